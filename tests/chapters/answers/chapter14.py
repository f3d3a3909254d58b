"""Chapter 14: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-one-wave": {
        "the range of the type": """
def one_wave(samples):
    if not samples.is_floating_point():
        samples = samples.to(torch.float32).div(-torch.iinfo(samples.dtype).min)
    return samples.reshape(len(samples), -1).mean(dim=-1)
""",
    },
    "03-by-speaker": {
        "the first of the alphabet": """
def split(speakers, share=0.2, seed=0):
    people = sorted(set(speakers))
    count = max(1, min(round(len(people) * share), len(people) - 1))
    tested = people[:count]
    return (
        [i for i, who in enumerate(speakers) if who not in tested],
        [i for i, who in enumerate(speakers) if who in tested],
    )
""",
    },
    "04-masked-mean": {
        "clip by clip": """
def centred(x, lengths):
    out = torch.zeros_like(x)
    for i, n in enumerate(lengths.tolist()):
        if n:
            out[i, :n] = x[i, :n] - x[i, :n].mean(dim=0)
    return out
""",
    },
    "05-pooling": {
        "einsum": """
def pool(x, scores, there):
    weights = torch.where(there, scores, torch.tensor(float("-inf"))).softmax(-1)
    return torch.einsum("bt,btw->bw", weights, x), weights
""",
    },
    "07-accept": {
        "strongest first": """
def accept(p, threshold, apart):
    found = []
    for at in p.argsort(descending=True).tolist():
        if p[at] >= threshold and all(abs(at - other) >= apart for other in found):
            found.append(at)
    return sorted(found)
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-one-wave": {
        "not scaled": ("one_channel", "samples.float() / 32768 -> samples.float()"),
        "flattened": ("two_channels", "samples.mean(dim=1) if samples.dim() == 2 else samples -> samples.flatten()"),
        "one channel taken": ("two_channels", "samples.mean(dim=1) -> samples[:, 0]"),
        "always divided": ("floats", "    if samples.dtype == torch.int16:\n        samples -> \n    samples"),
    },
    "02-mel-edges": {
        "natural logarithm": ("scale", "torch.log10 -> torch.log"),
        "even in hertz": ("edges", "    return to_hertz(mels) ->     return torch.linspace(low, high, filters + 2)"),
        "no corner outside": ("edges", "last.item(), filters + 2 -> last.item(), filters"),
        "one forgotten": ("back", "(m / 2595) - 1) -> (m / 2595))"),
    },
    "03-by-speaker": {
        "by clip": ("disjoint", """
def split(speakers, share=0.2, seed=0):
    order = list(range(len(speakers)))
    random.Random(seed).shuffle(order)
    count = round(len(order) * share)
    return sorted(order[count:]), sorted(order[:count])
"""),
        "nobody to test with": ("few", "min(max(1, round(len(people) * share)), len(people) - 1) -> round(len(people) * share)"),
        "by appearance": ("order", "sorted(set(speakers)) -> list(dict.fromkeys(speakers))"),
    },
    "04-masked-mean": {
        "over the padding": ("alone", "/ count) -> / x.shape[1])"),
        "padding moved": ("padding", "/ count) * there -> / count)"),
        "summed unmasked": ("nonsense", "    x = x.masked_fill(~there, 0)\n -> "),
        "division by 0": ("empty", "lengths.clamp(min=1) -> lengths"),
    },
    "05-pooling": {
        "zero before softmax": ("by_hand", "-torch.inf -> 0.0"),
        "a large number": ("low_scores", "-torch.inf -> -1e3"),
        "the wrong axis": ("batch", "softmax(dim=1) -> softmax(dim=0)"),
    },
    "06-sideways": {
        "reshape": ("moments", "x.transpose(1, 2) -> x.reshape(x.shape[0], x.shape[2], x.shape[1])"),
        "the last moment": ("moments", "places.mean(dim=1) -> places[:, -1]"),
    },
    "07-accept": {
        "neighbours too": ("example", "p[max(0, at - apart + 1) : at + apart] = -1 -> p[at] = -1"),
        "above only": ("edges", "p.max() >= threshold -> p.max() > threshold"),
        "strongest first": ("order", "sorted(found) -> found"),
        "in place": ("untouched", "    p = p.clone()\n -> "),
    },
}  # fmt: skip
