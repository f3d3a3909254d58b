"""Chapter 2's questions: what they call right is recomputed."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dltutor.chapter import pick
from dltutor.learning.questions import questions
from dltutor_plugins.chapter02_hello import dltutor_chapter, idx

QUESTIONS = {q.id.partition("/")[2]: q for q in questions(dltutor_chapter())}


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


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
