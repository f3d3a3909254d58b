"""How sure the figures are: intervals, and a comparison text by text."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show
from dltutor.measure import confusion, interval, most_confused
from dltutor.views import Table
from dltutor_plugins.chapter08_embeddings import linear, tokens
from dltutor_plugins.chapter08_embeddings.data import Sets


def report(
    said: Sequence[int],
    divided: Sequence[Sequence[str]],
    sets: Sets,
    lang: str,
) -> Generator[Event, None, float]:
    """Asks the linear model too, and shows both with their intervals.

    ``divided`` are the training texts as words. Returns the accuracy of
    the linear model.
    """
    truth = sets.test.y
    test = [tokens.words(text) for text in sets.test.texts]
    simple: list[int] = linear.answers(divided, sets.train.y, test).tolist()
    right = [a == b for a, b in zip(said, truth, strict=True)]
    plain = [a == b for a, b in zip(simple, truth, strict=True)]
    names = {
        "en": ("network", "TF-IDF + linear"),
        "zh": ("网络", "TF-IDF + 线性"),
    }
    rows = []
    for name, each in zip(names[lang], (right, plain), strict=True):
        low, high = interval(sum(each), len(each))
        share = sum(each) / len(each)
        rows.append((name, f"{share:.4f}", f"{low:.4f} .. {high:.4f}"))
    table = Table(
        title={"en": "On the test set", "zh": "在测试集上"},
        columns=(
            {"en": "model", "zh": "模型"},
            {"en": "accuracy", "zh": "准确率"},
            {"en": "95 % interval", "zh": "95% 置信区间"},
        ),
        rows=rows,
    )
    yield Show("accuracy", table)
    d, half = difference(right, plain)
    text = {
        "en": f"network minus linear model: {d:+.4f} +- {half:.4f}"
        " (95 %, same texts)",
        "zh": f"网络减线性模型：{d:+.4f} ± {half:.4f}（95%，同一批文本）",
    }
    yield Say(pick(text, lang))
    yield Show("confusion", confusion(said, truth, sets.classes))
    yield Show("mistakes", most_confused(said, truth, sets.classes))
    return sum(plain) / len(plain)


def difference(
    one: Sequence[bool], other: Sequence[bool]
) -> tuple[float, float]:
    """How much more often ``one`` is right, and half of the 95 % interval.

    Both were asked the same questions, so only those count that one of
    them got right and the other wrong.
    """
    n = len(one)
    gains = sum(a and not b for a, b in zip(one, other, strict=True))
    losses = sum(b and not a for a, b in zip(one, other, strict=True))
    d = (gains - losses) / n
    variance = ((gains + losses) / n - d * d) / n
    return d, 1.96 * math.sqrt(variance)
