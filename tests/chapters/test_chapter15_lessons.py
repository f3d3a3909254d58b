"""Chapter 15's lessons: their figures are computed again."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")
pytest.importorskip("cv2")

import numpy as np
import torch

from dltutor import content
from dltutor_plugins.chapter15_faces import dltutor_chapter, losses, threshold
from dltutor_plugins.chapter15_faces.roc import equal_error, roc

CHAPTER = dltutor_chapter()
SLUGS = [lesson.slug for lesson in content.lessons(CHAPTER, "en")]


def body(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def claims() -> list[tuple[str, str]]:
    ada, friday, bo = np.array([[0.8, 0.6, 0], [0.6, 0.8, 0], [0, 0.6, 0.8]])
    found = [
        *(
            ("two-questions", f"| {n:,} | {100 * (1 - 0.999**n):.1f} % |")
            for n in (1, 100, 1000, 10_000)
        ),
        ("two-questions", f"{np.linalg.norm(ada - friday):.3f}"),
        ("two-questions", f"{np.linalg.norm(ada - bo):.3f}"),
        ("detect", f"= {math.hypot(30, 40):.0f}$"),
        ("detect", f"= {math.degrees(math.atan2(40, 30)):.1f}$"),
        ("siamese", f"60 \\cdot 59 / 2 = {60 * 59 // 2}"),
        ("siamese", f"12 \\cdot 10 = {12 * math.comb(5, 2)}"),
        ("siamese", f"{math.comb(60, 2) - 120:,}"),
        ("people", f"{math.comb(400, 2):,}"),
        ("people", f"100 \\cdot 99 / 2 = {math.comb(100, 2)}"),
        ("people", f"10 \\cdot 45 = {10 * math.comb(10, 2)}"),
    ]
    for s, d in ((1, 0.3), (1, 0.9), (0, 0.3), (0, 1.2)):
        loss = s * d * d + (1 - s) * max(0, 1 - d) ** 2
        found.append(("siamese", f"| {s} | {d} | {loss:.2f} |"))
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in body(slug, lang)


def test_the_twelve_pairs_have_the_equal_error_rate_of_the_lesson() -> None:
    d = np.array(threshold.ONE_PERSON + threshold.TWO_PEOPLE)
    same = np.arange(12) < 4
    assert equal_error(roc(d, same)) == (0.25, 0.8)
    for lang in ("en", "zh"):
        drawn = next(x for x in body("threshold", lang).split("```text")[1:]).split("```")[0]
        rows = [[float(w) for w in line.split() if w[0].isdigit()] for line in drawn.splitlines()]
        assert [row for row in rows if len(row) > 3] == [
            list(threshold.ONE_PERSON),
            list(threshold.TWO_PEOPLE),
        ]


def test_the_triplet_of_the_lesson() -> None:
    # on a circle, at chosen distances from the anchor
    def at(distance: float) -> list[float]:
        angle = 2 * math.asin(distance / 2)
        return [math.cos(angle), math.sin(angle)]

    z = torch.tensor([[1.0, 0.0], at(0.5), at(-0.6)], dtype=torch.float64)
    d = losses.distances(z)
    assert d[0, 1:].tolist() == pytest.approx([0.5, 0.6], abs=1e-4)
    assert float(torch.relu(d[0, 1] - d[0, 2] + 0.3)) == pytest.approx(0.2, abs=1e-4)
    assert "0.2" in body("siamese", "en")


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_show_the_same(slug: str) -> None:
    shown = []
    for lang in ("en", "zh"):
        parts = content.parts(content.find_lesson(CHAPTER, slug, lang))
        shown.append(
            (
                [p for p in parts if isinstance(p, content.Embedded | content.Formula)],
                [p.symbol for p in parts if isinstance(p, content.Listing) and p.symbol],
                [p.command for p in parts if isinstance(p, content.TryIt)],
            )
        )
    assert shown[0] == shown[1]
    assert shown[0][1]  # code that runs
    assert shown[0][2]  # something to try
