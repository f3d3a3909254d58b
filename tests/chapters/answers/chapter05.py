"""Chapter 5: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-conv2d": {
        "unfold": """
def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    out, per, kh, kw = weight.shape
    rows = (x.shape[2] + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
    columns = F.unfold(x, (kh, kw), dilation, padding, stride)
    parts = columns.unflatten(1, (groups, per * kh * kw))
    y = weight.reshape(groups, out // groups, -1) @ parts
    y = y.flatten(1, 2).unflatten(2, (rows, -1))
    return y if bias is None else y + bias.view(-1, 1, 1)
""",
    },
    "04-pooling": {
        "loops": """
def max_pool(x, window):
    h, w = x.shape[2] // window, x.shape[3] // window
    parts = [x[:, :, i:h * window:window, j:w * window:window] for i in range(window) for j in range(window)]
    return __import__("torch").stack(parts).max(dim=0).values
""",
    },
    "06-two-networks": {
        "copies": """
import copy
_two = two_networks

def two_networks(channels=12, classes=10):
    return tuple(copy.deepcopy(model) for model in _two(channels, classes))
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-conv2d": {
        "the kernel turned": ("channels", "weight[..., i, j] -> weight[..., height - 1 - i, width - 1 - j]"),
        "rows and columns swapped": ("random", "below = x[..., i * dilation :: stride, j * dilation :: stride] -> below = x[..., j * dilation :: stride, i * dilation :: stride]"),
        "groups ignored in the order of channels": ("groups", "x = x.unflatten(1, (groups, -1)) -> x = x.unflatten(1, (-1, groups)).transpose(1, 2)"),
        "dilation left out of the size": ("padding_and_dilation", "rows = (x.shape[2] - dilation * (height - 1) - 1) // stride + 1 -> rows = (x.shape[2] - height) // stride + 1"),
        "no bias": ("channels", "return y if bias is None else y + bias[:, None, None] -> return y"),
        "PyTorch's own": ("one_cell", "    out, _, height, width = weight.shape ->     return F.conv2d(x, weight, bias, stride, 0, dilation, groups)\n    out, _, height, width = weight.shape"),
        "imported by name": ("one_cell", "    out, _, height, width = weight.shape ->     from torch import conv2d as c\n    return c(x, weight, bias, stride, 0, dilation, groups)\n    out, _, height, width = weight.shape"),
        "detached": ("gradient", "y = y.flatten(1, 2) -> y = y.flatten(1, 2).detach()"),
    },
    "02-sizes": {
        "dilation times kernel": ("random", "return dilation * (kernel - 1) + 1 -> return dilation * kernel"),
        "padding once": ("random", "size + 2 * padding -> size + padding"),
        "rounded up": ("stride", "room // stride + 1 if -> -(-room // stride) + 1 if"),
        "the first place forgotten": ("this_chapter", "room // stride + 1 if -> room // stride if"),
        "no place gives one": ("no_place", " if room >= 0 else 0 -> "),
        "the left gets more": ("same_even", "return both // 2, both - both // 2 -> return both - both // 2, both // 2"),
    },
    "03-field": {
        "jump too early": ("field", "        field += layer.dilation * (layer.kernel - 1) * jump\n        jump *= layer.stride ->         jump *= layer.stride\n        field += layer.dilation * (layer.kernel - 1) * jump"),
        "strides ignored": ("random", "        jump *= layer.stride  # for the layers that come after this one\n -> "),
        "layers forwards": ("pixels", "in reversed(layers) -> in layers"),
        "padding ignored": ("border", "first * stride - padding -> first * stride"),
    },
    "04-pooling": {
        "the mean": ("by_hand", "windows.amax(dim=(3, 5)) -> windows.mean(dim=(3, 5))"),
        "windows interleaved": ("windows", "unflatten(2, (rows, window)) -> unflatten(2, (window, rows)).transpose(2, 3)"),
        "nothing dropped": ("left_over", "    x = x[:, :, : rows * window, : columns * window]\n -> "),
        "the sum over places": ("head", "maps.mean(dim=(2, 3)) -> maps.sum(dim=(2, 3))"),
    },
    "05-separable": {
        "no groups": ("weights", "            groups=n,\n -> "),
        "a bias in both": ("weights", "            bias=False,\n -> "),
        "padding without dilation": ("shapes", "padding=dilation * (kernel - 1) // 2 -> padding=(kernel - 1) // 2"),
        "the bias uncounted": ("counts", "m * (n + 1) -> m * n"),
    },
    "06-two-networks": {
        "only the last layer shared": ("first_stays", "last = nn.Linear(channels, classes) -> last = KEPT.setdefault(0, nn.Linear(channels, classes))"),
        "one layer for all calls": ("calls", "first = nn.Conv2d(1, channels, 7) -> first = KEPT.setdefault(channels, nn.Conv2d(1, channels, 7))"),
    },
}  # fmt: skip
