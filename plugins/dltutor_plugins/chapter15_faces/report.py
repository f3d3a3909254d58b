"""What the end of a run shows: ROC, distances, the hardest pairs."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show
from dltutor.views import Chart, Picture, Series, Table, View
from dltutor_plugins.chapter15_faces.data import People
from dltutor_plugins.chapter15_faces.detect import HEIGHT, WIDTH
from dltutor_plugins.chapter15_faces.roc import (
    Curve,
    Pairs,
    area,
    eer_interval,
    equal_error,
    errors_at,
    roc,
)

NAMES = {
    "network": {"en": "network", "zh": "网络"},
    "pixels": {"en": "pixels", "zh": "像素"},
    "hog": {"en": "HOG", "zh": "HOG"},
}


def report(
    compared: Mapping[str, Pairs],
    people: People,
    threshold: float,
    lang: str,
) -> Generator[Event, None, dict[str, float]]:
    """Charts and figures of the test's pairs; returns the final metrics."""
    pairs = compared["network"]
    curves = {name: roc(p.distance, p.same) for name, p in compared.items()}
    rates = {name: equal_error(curve)[0] for name, curve in curves.items()}
    yield Show("roc", roc_chart(curves))
    yield Show("distances", histogram(pairs, threshold))
    yield Show("hardest", hardest(pairs, people))
    low, high = eer_interval(pairs, people.y)
    accept, reject, accuracy = errors_at(pairs, threshold)
    yield Show("errors", table(curves))
    same, n = int(pairs.same.sum()), len(pairs.same)
    text = {
        "en": f"{len(np.unique(people.y))} people never seen, {same:,} "
        f"pairs of one person, {n - same:,} of two: equal error rate "
        f"{rates['network']:.4f}, 95 % interval {low:.4f} to {high:.4f} "
        f"(over people). Threshold {threshold:.3f} from other people: "
        f"{accept:.2%} false accepts, {reject:.2%} false rejects.",
        "zh": f"{len(np.unique(people.y))} 个没见过的人，同一人 {same:,} 对，"
        f"不同人 {n - same:,} 对：等错误率 {rates['network']:.4f}，95% 区间 "
        f"{low:.4f} 到 {high:.4f}（按人计算）。阈值 {threshold:.3f} 由另外的人"
        f"确定：误受 {accept:.2%}，误拒 {reject:.2%}。",
    }
    yield Say(pick(text, lang))
    return {
        "equal_error_rate": rates["network"],
        "equal_error_rate_low": low,
        "equal_error_rate_high": high,
        "test_accuracy": accuracy,
        "false_accept_rate": accept,
        "false_reject_rate": reject,
        "roc_area": area(curves["network"]),
        "threshold": threshold,
        "baseline_pixels": rates["pixels"],
        "baseline_hog": rates["hog"],
    }


def roc_chart(curves: Mapping[str, Curve]) -> Chart:
    """True accepts over false accepts, at no more points than are seen."""
    at = np.linspace(0, 1, 101)
    series = [
        Series(
            NAMES.get(name, name),
            np.interp(
                at, curve.false_accept, 1 - curve.false_reject
            ).tolist(),
            at.tolist(),
        )
        for name, curve in curves.items()
    ]
    return Chart(
        series=series,
        title={"en": "ROC on people never seen", "zh": "没见过的人的 ROC"},
        x_label={"en": "false accepts", "zh": "误受率"},
        y_label={"en": "true accepts", "zh": "正确接受率"},
        x_limits=(0.0, 1.0),
        y_limits=(0.0, 1.0),
    )


def histogram(pairs: Pairs, threshold: float) -> Chart:
    """How the distances of both kinds of pairs lie, as shares."""
    edges = np.linspace(0, 2, 41)
    centres = ((edges[1:] + edges[:-1]) / 2).tolist()

    def shares(chosen: NDArray[Any]) -> list[float]:
        counts = np.histogram(pairs.distance[chosen], edges)[0]
        return [float(n) / max(1, chosen.sum()) for n in counts]

    return Chart(
        series=[
            Series(
                {"en": "one person", "zh": "同一人"},
                shares(pairs.same),
                centres,
            ),
            Series(
                {"en": "two people", "zh": "不同的人"},
                shares(~pairs.same),
                centres,
            ),
        ],
        title={
            "en": f"Distances; the threshold is {threshold:.2f}",
            "zh": f"距离的分布，阈值为 {threshold:.2f}",
        },
        x_label={"en": "distance", "zh": "距离"},
    )


def hardest(pairs: Pairs, people: People, most: int = 4) -> Picture:
    """Left: most unlike of one person. Right: most alike of two."""
    apart = np.flatnonzero(pairs.same)
    apart = apart[np.argsort(-pairs.distance[apart])[:most]]
    close = np.flatnonzero(~pairs.same)
    close = close[np.argsort(pairs.distance[close])[:most]]
    sheet = np.full((most * (HEIGHT + 1), 4 * WIDTH + 8), 255, np.uint8)
    for left, chosen in ((0, apart), (2 * WIDTH + 8, close)):
        for row, pair in enumerate(chosen):
            top = row * (HEIGHT + 1)
            for k, i in enumerate((pairs.first[pair], pairs.second[pair])):
                x = left + k * WIDTH
                sheet[top : top + HEIGHT, x : x + WIDTH] = people.x[i]
    return Picture.of(
        sheet,
        {
            "en": "left: one person, far apart; right: two people, close",
            "zh": "左：同一人却很远；右：不同的人却很近",
        },
    )


def table(curves: Mapping[str, Curve]) -> View:
    """Error rates of each distance, the area, and the strict end."""
    rows = []
    for name, curve in curves.items():
        # the most that is truly accepted at one false accept in a hundred
        strict = curve.false_accept <= 0.01
        accepted = float((1 - curve.false_reject)[strict].max())
        rate, _ = equal_error(curve)
        known = NAMES.get(name, {"en": name})
        rows.append(
            (
                known["en"],
                round(rate, 4),
                round(area(curve), 4),
                round(accepted, 4),
            )
        )
    return Table(
        columns=(
            {"en": "distance", "zh": "距离"},
            {"en": "equal error rate", "zh": "等错误率"},
            {"en": "area under ROC", "zh": "ROC 下面积"},
            {"en": "accepted at 1 % false", "zh": "误受 1% 时的接受率"},
        ),
        rows=rows,
        title={"en": "People never seen", "zh": "没见过的人"},
    )
