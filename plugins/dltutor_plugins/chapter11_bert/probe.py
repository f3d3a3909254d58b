"""What frozen features are worth, before and after pretraining.

``python -m dltutor_plugins.chapter11_bert.probe`` prints the lesson's figures.
"""

from __future__ import annotations

from collections.abc import Iterator

from sklearn.linear_model import LogisticRegression

from dltutor.data.roots import DataChoice
from dltutor.measure import mean_interval
from dltutor_plugins.chapter11_bert import data
from dltutor_plugins.chapter11_bert.hub import MINI
from dltutor_plugins.chapter11_bert.mini import (
    encoder_of,
    features,
    random_mini,
    tokenizer_of,
)


def accuracies(
    draws: int, labels: int = 200
) -> Iterator[tuple[float, float]]:
    """Test accuracy of a linear classifier on features, draw by draw.

    The first is on the pretrained miniature's features, the second on those
    of the same network with random weights. Both see the same texts.
    """
    sets = data.load(DataChoice("builtin", None, "builtin"))
    words = tokenizer_of(MINI)
    encoders = (encoder_of(MINI), random_mini())
    asked = [features(e, words, sets.test.texts) for e in encoders]
    for draw in range(draws):
        few = data.labelled(sets.train, labels, draw)
        found = []
        for encoder, x in zip(encoders, asked, strict=True):
            model = LogisticRegression(max_iter=2000)
            model.fit(features(encoder, words, few.texts), few.y)
            found.append(float(model.score(x, sets.test.y)))
        yield found[0], found[1]


if __name__ == "__main__":
    rows = list(accuracies(10))
    for pretrained, random in rows:
        print(f"{pretrained:.4f}  {random:.4f}")
    mean, half = mean_interval([a - b for a, b in rows])
    print(f"difference {mean:.3f} +- {half:.3f}")
