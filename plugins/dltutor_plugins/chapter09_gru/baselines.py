"""What a recurrent network has to beat: rivals that know no order."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dltutor.chapter import pick
from dltutor.events import Event, Say
from dltutor_plugins.chapter09_gru.data import Part, Reviews

if TYPE_CHECKING:
    from collections.abc import Generator

SECONDS = 30.0
"""snownlp cuts texts into words one by one; it is asked no longer"""


def baselines(
    reviews: Reviews, kind: str, lang: str
) -> Generator[Event, None, Mapping[str, float]]:
    """Test accuracy of always the same answer, a linear model, snownlp."""
    train, test = reviews.train, reviews.test
    found = {
        "baseline_majority": majority(train, test),
        "baseline_linear": accuracy(linear(train, test.texts), test.y),
    }
    if reviews.classes == ("negative", "positive"):
        if kind == "builtin":  # it would be asked what it was taught
            yield Say(pick(TAUGHT, lang))
        else:
            said = snownlp_says(test.texts)
            truth = [test.y[i] for i in said]
            found["baseline_snownlp"] = accuracy(list(said.values()), truth)
            yield Say(pick(asked(len(said), len(test.y)), lang))
    return found


TAUGHT = {
    "en": "snownlp's classifier was trained on these very reviews:"
    " as a rival it is left out",
    "zh": "snownlp 的分类器正是用这些评论训练的，因此不作为对手",
}


def asked(n: int, of: int) -> dict[str, str]:
    """How many reviews snownlp was asked about."""
    return {
        "en": f"snownlp's classifier was asked about {n:,} of the {of:,}"
        " test reviews",
        "zh": f"snownlp 的分类器判断了 {of:,} 条测试评论中的 {n:,} 条",
    }


def accuracy(said: Sequence[int], truth: Sequence[int]) -> float:
    """The share of right answers."""
    right = sum(a == b for a, b in zip(said, truth, strict=True))
    return right / len(truth)


def majority(train: Part, test: Part) -> float:
    """Accuracy of the most frequent class of the training set."""
    most = Counter(train.y).most_common(1)[0][0]
    return accuracy([most] * len(test.y), test.y)


def linear(train: Part, asked: Sequence[str]) -> list[int]:
    """Counts of characters and pairs, weighted by TF-IDF; one weight each.

    Logistic regression; the setting is fixed and was chosen on validation
    reviews of ChnSentiCorp.
    """
    return linear_model(train).predict(list(asked)).tolist()  # type: ignore[no-any-return]


def linear_model(train: Part) -> Any:
    """The trained pipeline of scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    counts = TfidfVectorizer(
        analyzer="char",
        ngram_range=(1, 2),
        min_df=2,
        sublinear_tf=True,
        lowercase=False,
    )
    model = make_pipeline(counts, LogisticRegression(C=10, max_iter=300))
    return model.fit(list(train.texts), list(train.y))


def snownlp_says(
    asked: Sequence[str], seconds: float = SECONDS
) -> dict[int, int]:
    """Its answers, 1 for positive, by place, for as many as time allows.

    A naive Bayes classifier over words, trained on reviews. The places are
    drawn, since a set may be sorted: its beginning would not stand for it.
    """
    from snownlp import sentiment  # takes seconds

    said: dict[int, int] = {}
    began = time.perf_counter()
    for i in random.Random(0).sample(range(len(asked)), len(asked)):
        said[i] = int(sentiment.classify(asked[i]) > 0.5)
        if time.perf_counter() - began > seconds:
            break
    return said
