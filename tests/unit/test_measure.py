"""Intervals and confusions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dltutor.measure import confusion, interval, interval_text, mean_interval, most_confused


def test_confusion_counts_every_picture_once() -> None:
    y, said = np.array([0, 0, 1, 2, 2, 2]), [0, 1, 1, 2, 0, 0]
    view = confusion(said, y, ("a", "b", "c"))
    assert view.values == [[1, 1, 0], [0, 1, 0], [2, 0, 1]]
    assert view.limits == (0.0, 2.0)
    assert most_confused(said, y, ("a", "b", "c")).rows == [("c", "a", 2), ("a", "b", 1)]


def test_where_nothing_is_confused() -> None:
    assert confusion([0, 1], [0, 1], ("a", "b")).limits == (0.0, 1.0)
    assert most_confused([0, 1], [0, 1], ("a", "b")).rows == []
    with pytest.raises(ValueError, match="argument 2 is"):
        confusion([0], [0, 1], ("a", "b"))


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_shrinks(counts: tuple[int, int]) -> None:
    right, n = counts
    low, high = interval(right, n)
    assert 0 <= low <= right / n + 1e-9
    assert right / n - 1e-9 <= high <= 1
    narrower = interval(right * 4, n * 4)
    assert narrower[1] - narrower[0] < high - low


def test_the_interval_in_words_is_in_the_readers_language() -> None:
    assert "345 of 359" in interval_text(345, 359, "en")
    assert "置信区间 0.9356 到 0.9766" in interval_text(345, 359, "zh")


@pytest.mark.parametrize("n", [2, 3, 5, 11, 12, 30, 200])
def test_the_interval_of_a_mean_is_students(n: int) -> None:
    values = np.random.default_rng(n).normal(0.9, 0.01, n).tolist()
    low, high = stats.t.interval(0.95, n - 1, loc=np.mean(values), scale=stats.sem(values))
    mean, half = mean_interval(values)
    assert mean == pytest.approx(np.mean(values))
    assert half == pytest.approx((high - low) / 2, rel=1e-3)


def test_one_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="two values"):
        mean_interval([0.5])
