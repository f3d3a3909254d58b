"""Chapter 3's questions: what they call right is recomputed, and every kind and lesson is asked."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest

from dltutor.chapter import pick
from dltutor.learning.questions import questions
from dltutor_plugins.chapter03_mlp import dltutor_chapter

QUESTIONS = {q.id.partition("/")[2]: q for q in questions(dltutor_chapter())}


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


def test_numbers_from_arithmetic() -> None:
    assert number("idx-offset") == 16 + 3 * 28 * 28
    assert number("softmax-twice") == pytest.approx(math.log(1 + 1 / math.e), abs=5e-5)
    right = [0.9 * 40, 0.8 * 40, 0.5 * 20]
    assert number("uneven-batches") == pytest.approx(sum(right) / 100)


def test_narrower_interval() -> None:
    p = 0.975  # any share: it cancels out

    def reach(pictures: float) -> float:
        return math.sqrt(p * (1 - p) / pictures)

    assert reach(number("narrower-interval")) == pytest.approx(reach(2500) * 0.2 / 0.6)


def test_the_best_of_thirty_equal_networks() -> None:
    rng = random.Random(0)

    def accuracy() -> float:
        return sum(rng.random() < 0.96 for _ in range(500)) / 500

    best = [max(accuracy() for _ in range(30)) for _ in range(40)]
    assert sum(best) / len(best) == pytest.approx(0.977, abs=0.003)


def test_numbers_from_torch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    from itertools import pairwise

    def network(*widths: int) -> Any:
        return torch.nn.Sequential(*(torch.nn.Linear(n, m) for n, m in pairwise(widths)))

    def count(*widths: int) -> int:
        return sum(p.numel() for p in network(*widths).parameters())

    assert number("count-parameters") == count(784, 128, 64, 10)

    model = network(784, 312, 256, 10)
    optimiser = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 784)).sum().backward()
    optimiser.step()
    file = tmp_path / "checkpoint.safetensors"
    averages = {
        f"{i}.{name}": average
        for i, state in optimiser.state_dict()["state"].items()
        for name, average in state.items()
    }
    safetensors.save_file({**model.state_dict(), **averages}, file)
    assert number("checkpoint-size") == pytest.approx(file.stat().st_size / 1e6, rel=1e-3)

    certain = torch.tensor([[1.0, 0.0]])
    loss = torch.nn.functional.cross_entropy(certain, torch.tensor([0]))
    assert number("softmax-twice") == pytest.approx(loss.item(), abs=5e-5)


def test_which_lines_give_the_same_loss() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    names = {
        "F": torch.nn.functional,
        "logits": torch.randn(8, 10),
        "y": torch.randint(10, (8,)),
    }
    same = torch.nn.functional.cross_entropy(names["logits"], names["y"]).item()
    for choice in QUESTIONS["same-loss"].choices:
        line = pick(choice.text, "en").strip("`")
        assert (abs(eval(line, names).item() - same) < 1e-5) is choice.right, line
        assert pick(choice.text, "zh") == pick(choice.text, "en")
