"""Chapter 5's lessons: each figure in them that code can give is computed again."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dltutor import content
from dltutor.measure import interval
from dltutor_plugins.chapter05_cnn import dltutor_chapter, stack, sums
from dltutor_plugins.chapter05_cnn.compare import networks
from dltutor_plugins.chapter05_cnn.model import (
    CNN,
    count_parameters,
    multiply_adds,
    plain,
    separable,
)

CHAPTER = dltutor_chapter()
LESSONS = ("convolution", "channels", "sizes", "field", "pooling", "separable")
ONE = torch.zeros(1, 1, 28, 28)


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def row_of(layers: str) -> str:
    found = stack.parse(layers)
    last = stack.follow(28, found)[-1]
    weights = sum(layer.kernel**2 for layer in found if layer.name == "conv")
    return f"| `{layers}` | {last.field} | {last.size} | {weights} |"


def claims() -> list[tuple[str, str]]:
    plain_model, cheap = CNN(), CNN("separable")
    convs = [m for m in plain().modules() if isinstance(m, nn.Conv2d)]
    cheap_convs = [m for m in separable().modules() if isinstance(m, nn.Conv2d)]
    counts = [count_parameters(m) for m in cheap_convs]
    found = [
        ("convolution", f"$22 \\cdot 22 = {22 * 22}$"),
        ("channels", f"6 \\cdot (24 \\cdot 9 + 1) = {count_parameters(convs[2])}"),
        ("channels", f"6 \\cdot 20 \\cdot 20 = {6 * 20 * 20}"),
        ("channels", f"{sum(p.numel() for p in plain_model.parameters() if p.dim() > 1):,}"),
        ("sizes", f"6 \\cdot 17 \\cdot 17 = {6 * 17 * 17}"),
        ("sizes", f"\\lfloor 25 / 2 \\rfloor + 1 = {stack.output_size(28, 3, 2)}"),
        *(("sizes", f"| {stack.output_size(28, 7, 1, p)} |") for p in (0, 1, 3, 6)),
        ("field", f"$1 + 6 + 4 + 2 = {stack.follow(28, stack.parse('7, 5, 3'))[-1].field}$"),
        ("field", f"{100 * 13**2 / 28**2:.0f}"),
        *(
            ("field", row_of(layers))
            for layers in ("13", "3 x6", "7, 5, 3", "3, 3 d2, 3 d3", "3, pool 2, 3, 3")
        ),
        ("pooling", f"$6 \\cdot 10 + 10 = {count_parameters(CNN(head='pool').head)}$"),
        ("separable", f"{count_parameters(plain()):,}"),
        ("separable", f"| {count_parameters(plain()):,} | {count_parameters(separable()):,} |"),
        ("separable", f"| {counts[1]} + {counts[2]} |"),
        ("separable", f"| {counts[3]} + {counts[4]} |"),
        ("separable", f"| {count_parameters(plain_model):,} | {count_parameters(cheap):,} |"),
        ("separable", f"{multiply_adds(plain_model, ONE) / multiply_adds(cheap, ONE):.1f}"),
    ]
    for name, model in networks().items():
        row = f"| {count_parameters(model):,} | {multiply_adds(model, ONE):,} |"
        found.append(("separable" if name == "separable" else "channels", row))
    for conv in convs:
        weights, biases = conv.weight.numel(), conv.out_channels
        found.append(("channels", f"| {weights:,} | {biases} | {weights + biases:,} |"))
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_intervals_in_the_lessons_belong_to_their_accuracies(lang: str) -> None:
    import re

    text = lesson("separable", lang)
    rows = re.findall(r"\| (0\.9\d{3}) \| (0\.9\d{3}) (?:to|到) (0\.9\d{3}) \|", text)
    assert len(rows) == 4
    for accuracy, low, high in rows:
        wilson = interval(round(float(accuracy) * 10_000), 10_000)
        assert (low, high) == tuple(f"{end:.4f}" for end in wilson)


def test_the_small_examples_by_hand() -> None:
    row, w = [[0.0, 0, 1, 1, 0]], [[-1.0, 0, 1]]
    assert sums.feature_map(row, w) == [[1, 1, -1]]
    assert sums.feature_map(row, [w[0][::-1]]) == [[-1, -1, 1]]
    x = torch.tensor([[[[1.0, 2]], [[4.0, 0]]]])
    weight = torch.tensor([[[[3.0, 0]], [[-1.0, 5]]]])
    assert F.conv2d(x, weight, torch.tensor([2.0])).item() == 1
    pool = torch.tensor([[[[1.0, 0, 2, 3], [4, 6, 6, 8], [3, 1, 1, 0], [1, 2, 2, 4]]]])
    assert F.max_pool2d(pool, 2).flatten().tolist() == [6, 8, 3, 4]
    assert F.avg_pool2d(pool, 2).flatten().tolist() == [2.75, 4.75, 1.75, 1.75]


def test_a_kernel_in_the_corner_moves_down_and_to_the_left() -> None:
    x = torch.zeros(1, 1, 7, 7)
    x[0, 0, 3, 3] = 1
    corner = torch.zeros(1, 1, 3, 3)
    corner[0, 0, 0, 2] = 1
    assert F.conv2d(x, corner, padding=1)[0, 0].nonzero().tolist() == [[4, 2]]


def test_two_dilated_layers_leave_holes() -> None:
    def touched(*dilations: int) -> int:
        x = torch.zeros(1, 1, 40, requires_grad=True)
        y = x
        for d in dilations:
            y = F.conv1d(y, torch.ones(1, 1, 3), dilation=d)
        y[0, 0, 15].backward()
        assert x.grad is not None
        return int((x.grad != 0).sum())

    assert touched(2, 2) == 5
    assert touched(1, 2, 3) == 13


def test_what_the_lessons_say_of_pytorch() -> None:
    assert nn.Conv2d(1, 1, 2).stride == (1, 1)
    assert nn.MaxPool2d(2).stride == 2
    assert nn.MaxPool2d(2)(torch.zeros(1, 13, 13)).shape == (1, 6, 6)
    assert nn.MaxPool2d(2, ceil_mode=True)(torch.zeros(1, 13, 13)).shape == (1, 7, 7)
    with pytest.raises(ValueError, match="same"):
        nn.Conv2d(1, 1, 3, stride=2, padding="same")
    with pytest.warns(UserWarning, match="even kernel"):
        assert nn.Conv2d(1, 1, 4, padding="same")(ONE).shape == ONE.shape
    with pytest.raises(RuntimeError, match="64 channels"):
        nn.Conv2d(1, 1, 3)(torch.zeros(64, 28, 28))
    with pytest.raises(ValueError, match="divisible"):
        nn.Conv2d(6, 8, 3, groups=4)
    assert nn.Conv2d(1, 1, 7, padding=(3, 0))(ONE).shape == (1, 1, 28, 22)
    border = nn.AvgPool2d(3, stride=1, padding=1)(torch.ones(1, 1, 3, 3))
    assert border[0, 0, 0, 0].item() == pytest.approx(4 / 9)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("slug", LESSONS)
def test_no_figure_is_missing(slug: str, lang: str) -> None:
    assert "FIG" not in lesson(slug, lang)
