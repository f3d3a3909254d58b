"""Chapter 6's lessons and questions: figures are computed again, in both languages."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from dltutor import content
from dltutor.chapter import pick
from dltutor.learning.questions import questions
from dltutor_plugins.chapter06_data import curve, dltutor_chapter
from dltutor_plugins.chapter06_data.data import prepare
from dltutor_plugins.chapter06_data.noise import two_epochs

CHAPTER = dltutor_chapter()
LESSONS = ("dataset", "transforms", "loader", "workers", "speed", "board", "curves")
QUESTIONS = {q.id.partition("/")[2]: q for q in questions(CHAPTER)}


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def run_of(settings: tuple[float, int]) -> tuple[float, float, float, float, int]:
    train, val = curve.fit(*settings, 0.0, 30)
    best = min(range(30), key=lambda k: val[k])
    return train[0], train[-1], val[-1], val[best], best


def claims() -> list[tuple[str, str]]:
    losses, sizes = (1.2, 0.8, 0.6), (4, 4, 2)
    weighted = sum(a * b for a, b in zip(losses, sizes, strict=True)) / sum(sizes)
    a, b, c, d = (run_of(s) for s in ((3.0, 600), (0.001, 600), (0.3, 60), (0.1, 600)))
    rows = [
        f"| {name} | {r[1]:.2f} | {r[2]:.2f} | {r[3]:.2f} |"
        for name, r in zip("ABCD", (a, b, c, d), strict=True)
    ]
    return [
        ("dataset", f"{math.ceil(55_000 / 128)}"),
        ("transforms", f"{128 * 784 * 4 / 1000:.0f} kB"),
        ("transforms", f"{128 * 784 / 1000:.0f} kB"),
        ("loader", f"$12 / 5 = {12 / 5}$"),
        *(("workers", " ".join(map(str, epoch))) for epoch in two_epochs(2)),
        ("workers", " ".join(map(str, two_epochs(0)[0]))),
        ("board", f"{sum(losses) / 4:.3f}"),
        ("board", f"{sum(losses) / 3:.3f}"),
        ("board", f"{weighted:.3f}"),
        ("board", f"\\log 10 = {math.log(10):.3f}"),
        *(("curves", row) for row in rows),
        ("curves", f"{a[0]:.1f}"),
        ("curves", f"{c[4]}"),
        *(("curves", f"{math.log(k):.2f}") for k in (2, 10, 1000)),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("slug", LESSONS)
def test_no_figure_is_left_to_be_measured(slug: str, lang: str) -> None:
    assert "@" not in lesson(slug, lang)


def test_the_other_batch_size_gives_the_other_figure() -> None:
    """Ten samples, the same losses, batches of two: what the second person sees in lesson 6."""
    each = torch.tensor([1.2] * 4 + [0.8] * 4 + [0.6] * 2)
    sums = {size: sum(b.mean().item() for b in each.split(size)) / size for size in (4, 2)}
    assert sums[4] == pytest.approx(0.650)
    assert f"{sums[2]:.3f}" in lesson("board", "en")
    assert f"{sums[2]:.3f}" in lesson("board", "zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_cured_numbers_are_those_of_the_lesson(lang: str) -> None:
    text = " ".join(lesson("workers", lang).replace("、", ", ").split())
    for epoch in two_epochs(2, cured=True):
        assert ", ".join(map(str, epoch)) in text


def test_boxes_are_mirrored_with_their_picture_and_labels_are_not() -> None:
    tv_tensors = pytest.importorskip("torchvision").tv_tensors
    from torchvision.transforms import v2

    box = tv_tensors.BoundingBoxes([[2, 5, 10, 20]], format="XYXY", canvas_size=(28, 28))
    x = torch.zeros(1, 28, 28)
    x[:, 5:20, 2:10] = 1
    picture, moved, label = v2.RandomHorizontalFlip(p=1.0)(x, box, torch.tensor(3))
    assert moved.tolist() == [[18, 5, 26, 20]]
    assert picture[:, 5:20, 18:26].min() == 1
    assert label == 3


def test_prepare_and_todtype_agree_and_scale_matters() -> None:
    from torchvision.transforms import v2

    x = torch.randint(0, 256, (3, 1, 4, 4), dtype=torch.uint8)
    assert torch.allclose(prepare(x), v2.ToDtype(torch.float32, scale=True)(x))
    assert v2.ToDtype(torch.float32)(x).max() == x.max()


def test_a_scaled_label_is_cut_off_to_nothing() -> None:
    assert {int(torch.tensor(float(k)) / 255) for k in range(10)} == {0}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("slug", LESSONS)
def test_both_languages_include_the_same_code_demos_and_commands(slug: str, lang: str) -> None:
    here, english = (content.find_lesson(CHAPTER, slug, code) for code in (lang, "en"))

    def of(one: Any) -> list[Any]:
        parts = content.parts(one)
        return [
            [p for p in parts if isinstance(p, content.Embedded | content.Formula)],
            [p.symbol for p in parts if isinstance(p, content.Listing) and p.symbol],
            [p.command for p in parts if isinstance(p, content.TryIt)],
        ]

    assert of(here) == of(english)
    assert of(here)[2], "there is something to try"


# --- questions


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


def test_numbers_of_the_questions() -> None:
    assert number("steps-of-an-epoch") == math.ceil(10_000 / 128)
    assert number("mean-with-padding") == torch.tensor([4.0, 8]).mean().item()
    assert number("mean-of-an-epoch") == pytest.approx((8 * 1 + 8 * 0.6 + 4 * 0.55) / 20)
    weights = torch.tensor([1 / 975] * 975 + [1 / 25] * 25, dtype=torch.float64)
    drawn = torch.multinomial(
        weights, 200_000, replacement=True, generator=torch.Generator().manual_seed(0)
    )
    each = (drawn >= 975).sum().item() / 25 / 200
    assert number("rare-class") == pytest.approx(each, rel=0.02)


def test_which_sources_of_noise_differ_between_workers() -> None:
    from torch.utils.data import DataLoader

    choices = QUESTIONS["which-generators"].choices
    for k, choice in enumerate(choices):
        numbers = [float(n) for n in DataLoader(_Source(k), batch_size=1, num_workers=2)]
        assert (numbers[0] != numbers[1]) is choice.right, pick(choice.text, "en")


class _Source(torch.utils.data.Dataset[float]):
    def __init__(self, kind: int) -> None:
        import numpy as np

        self.kind = kind
        self.rng = np.random.default_rng(0)

    def __len__(self) -> int:
        return 2

    def __getitem__(self, i: int) -> float:
        import numpy as np

        return [
            lambda: torch.rand(1).item(),
            lambda: np.random.rand(),
            lambda: self.rng.random(),
            lambda: np.random.default_rng(i).random(),
        ][self.kind]()


def test_a_counter_in_a_worker_stays_there() -> None:
    from torch.utils.data import DataLoader

    class Counting(_Source):
        calls = 0

        def __getitem__(self, i: int) -> float:
            self.calls += 1
            return 0.0

    data = Counting(0)
    list(DataLoader(data, batch_size=1, num_workers=2))
    right = [c for c in QUESTIONS["copied-counter"].choices if c.right]
    assert pick(right[0].text, "en") == str(data.calls)


def test_early_stopping_of_the_lesson_and_of_the_question() -> None:
    from importlib import resources

    source = resources.files("dltutor_content.chapter06_data") / "exercises/07-patience/solution.py"
    names: dict[str, Any] = {}
    exec(source.read_text(encoding="utf-8"), names)
    losses = [0.90, 0.60, 0.50, 0.52, 0.49, 0.55, 0.53, 0.56]
    assert names["stop"](losses, 3) == (4, 7)
    assert names["stop"](losses, 1) == (2, 3)
    assert " ".join(f"{v:.2f}" for v in losses) in " ".join(lesson("curves", "en").split())
    asked = [0.80, 0.55, 0.60, 0.50, 0.52, 0.58, 0.45]
    assert names["stop"](asked, 2)[0] == number("early-stop")


def test_cross_entropy_is_a_mean_already() -> None:
    z, y = torch.randn(6, 3), torch.randint(3, (6,))
    whole = F.cross_entropy(z, y, reduction="sum").item()
    assert F.cross_entropy(z, y).item() == pytest.approx(whole / 6, rel=1e-5)
