"""Chapter 2's questions: what they call right is recomputed."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dltutor.chapter import pick
from dltutor.learning.questions import Question, grade, present, questions, solution
from dltutor.text import width
from dltutor_plugins.chapter02_hello import dltutor_chapter, idx

QUESTIONS = {q.id.partition("/")[2]: q for q in questions(dltutor_chapter())}
LESSONS = ("environment", "tensors", "softmax", "idx", "parts", "unet", "psnr")


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


def test_every_lesson_is_asked_in_order_and_by_many_kinds() -> None:
    assert 16 <= len(QUESTIONS) <= 20
    assert len({q.kind for q in QUESTIONS.values()}) >= 6
    assert min(Counter(q.lesson for q in QUESTIONS.values()).values()) >= 2
    order = [LESSONS.index(q.lesson) for q in QUESTIONS.values()]
    assert order == sorted(order)
    assert set(order) == set(range(len(LESSONS)))


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_right_is_right_and_each_wrong_answer_has_its_own_reason(question: Question) -> None:
    shown = present(question, 7)
    assert grade(shown, solution(shown)).right
    for wrong in question.wrong:
        verdict = grade(shown, str(wrong.answer))
        assert not verdict.problem
        assert not verdict.right
        assert verdict.explanation == wrong.why


@pytest.mark.parametrize(
    "question",
    [q for q in QUESTIONS.values() if q.kind in ("choice", "choices")],
    ids=lambda q: q.id,
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_length_of_a_choice_tells_nothing(question: Question, lang: str) -> None:
    right = max(width(pick(c.text, lang)) for c in question.choices if c.right)
    wrong = max(width(pick(c.text, lang)) for c in question.choices if not c.right)
    assert right <= 1.15 * wrong


def test_numbers() -> None:
    z = torch.tensor([1000.0, 1000 + math.log(3)], dtype=torch.float64)
    assert number("large-but-near") == pytest.approx(z.softmax(0)[1].item())
    head = bytes.fromhex("00000802 00000005 00000100")
    assert idx.read_header(head) == (5, 256)
    assert number("bytes-in-all") == len(head) + 5 * 256
    assert number("wrong-end") == int.from_bytes(bytes.fromhex("0000001c"), "little")
    torch.manual_seed(0)
    clean = torch.rand(100, 1, 28, 28)
    noisy = clean + 0.3 * torch.randn_like(clean)
    assert number("gives-back") == pytest.approx(F.mse_loss(noisy, clean).item(), rel=0.02)
    pair = torch.ones(32, 1, 28, 28), torch.zeros(32, 1, 28, 28)
    ratio = F.mse_loss(*pair, reduction="sum") / F.mse_loss(*pair)
    assert number("sum-or-mean") == ratio.item()
    layer = nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)
    assert number("without-skip") == sum(p.numel() for p in layer.parameters())
    assert number("noise-in-db") == pytest.approx(-10 * math.log10(0.1**2))
    assert number("six-db") == pytest.approx(10 ** ((24.02 - 18) / 10), rel=0.002)


def test_which_lines_are_a_safe_softmax() -> None:
    z = torch.tensor([500.0, 0.0, -500.0])
    near = torch.tensor([2.0, 0.5, -1.0])
    for choice in QUESTIONS["which-are-safe"].choices:
        line = pick(choice.text, "en").strip("`")
        assert pick(choice.text, "zh") == pick(choice.text, "en")

        def value(logits: torch.Tensor, line: str = line) -> torch.Tensor:
            found = eval(line, {"torch": torch, "F": F, "z": logits})
            assert isinstance(found, torch.Tensor)
            return found

        far = torch.tensor([500.0, 90.0, 89.0])
        safe = bool(value(z).isfinite().all()) and all(
            torch.allclose(value(v), v.softmax(0), atol=1e-6) for v in (near, far)
        )
        assert safe is choice.right, line
