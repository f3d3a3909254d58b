"""How good the verdicts are, and which went most wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show
from dltutor.measure import confusion, interval
from dltutor.views import Table
from dltutor_plugins.chapter09_gru.data import Reviews

SHOWN = 60
"""characters of a review that fit into a table"""


def f1(said: Sequence[int], truth: Sequence[int]) -> float:
    """The mean over the classes of F1 (macro F1), 0 to 1.

    F1 of a class is 2 TP / (2 TP + FP + FN): right answers against all
    places where it was said or true. A rare class counts like a common one.
    A class neither said nor true is left out, as in scikit-learn.
    """
    scores = []
    for k in sorted({*said, *truth}):
        both = sum(a == b == k for a, b in zip(said, truth, strict=True))
        either = sum(a == k for a in said) + sum(b == k for b in truth)
        scores.append(2 * both / either)
    return sum(scores) / len(scores)


def show(logits: Tensor, reviews: Reviews, lang: str) -> Iterator[Event]:
    """The confusions, the worst mistakes, and the accuracy's interval."""
    said, truth = logits.argmax(dim=1).tolist(), reviews.test.y
    if len(reviews.classes) <= 20:
        yield Show("confusion", confusion(said, truth, reviews.classes))
    yield Show("mistakes", worst(logits, reviews))
    right = sum(a == b for a, b in zip(said, truth, strict=True))
    low, high = interval(right, len(truth))
    text = {
        "en": f"{right:,} of {len(truth):,} test reviews right:"
        f" {right / len(truth):.4f}, 95 % interval {low:.4f} to {high:.4f}",
        "zh": f"{len(truth):,} 条测试评论答对 {right:,} 条："
        f"{right / len(truth):.4f}，95% 置信区间 {low:.4f} 到 {high:.4f}",
    }
    yield Say(pick(text, lang))


def worst(logits: Tensor, reviews: Reviews, most: int = 8) -> Table:
    """The test reviews whose label the model finds least likely."""
    p = logits.softmax(dim=1).cpu()  # (N, classes)
    y = reviews.test.y
    of_label = [p[i, k].item() for i, k in enumerate(y)]
    order = sorted(range(len(y)), key=of_label.__getitem__)[:most]
    return Table(
        title={"en": "Worst mistakes", "zh": "错得最厉害的评论"},
        columns=(
            {"en": "review", "zh": "评论"},
            {"en": "label", "zh": "标签"},
            {"en": "p(label)", "zh": "p（标签）"},
        ),
        rows=[
            (
                short(reviews.test.texts[i]),
                reviews.classes[y[i]],
                of_label[i],
            )
            for i in order
        ],
    )


def short(text: str, most: int = SHOWN) -> str:
    """The beginning of a text, with a mark when something is missing."""
    return text if len(text) <= most else text[: most - 1] + "…"
