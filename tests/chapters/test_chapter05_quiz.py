"""Chapter 5's questions: what they call right is computed again."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from dltutor.chapter import pick
from dltutor.learning.questions import questions
from dltutor_plugins.chapter05_cnn import dltutor_chapter, stack

QUESTIONS = {q.id.partition("/")[2]: q for q in questions(dltutor_chapter())}


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


def count(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())


def test_the_one_cell() -> None:
    x, w = torch.tensor([[[[2.0, 0], [1, 3]]]]), torch.tensor([[[[1.0, 4], [-3, 2]]]])
    assert number("one-cell") == F.conv2d(x, w).item()
    wrong = [q.answer for q in QUESTIONS["one-cell"].wrong]
    assert wrong == [F.conv2d(x, w.flip(2, 3)).item(), F.conv2d(x, w.mT).item(), 6 * 4]


def test_counts() -> None:
    assert number("conv-parameters") == count(nn.Conv2d(32, 64, 3))
    parts = nn.Conv2d(32, 32, 3, groups=32, bias=False), nn.Conv2d(32, 64, 1, bias=False)
    assert number("separable-count") == sum(map(count, parts))


def test_sizes_and_fields() -> None:
    padding = int(number("dilated-padding"))
    assert stack.output_size(40, 5, 1, padding, 3) == 40
    assert number("field-of-stack") == stack.follow(64, stack.parse("3, pool 2, 3, 5"))[-1].field
    start = stack.follow(64, stack.parse("3 x3"))[-1]
    changes = ("3 x4", "3 s2, 3, 3", "3, 3, 3 s2", "3, 3, 3 d4")
    found = [stack.follow(64, stack.parse(text))[-1] for text in changes]
    assert [row.field for row in found] == [9, 11, 7, 13]
    assert [round(start.size / row.size) for row in found] == [1, 2, 2, 1]


def test_which_paddings_are_allowed() -> None:
    for choice in QUESTIONS["padding-values"].choices:
        value = eval(pick(choice.text, "en").strip("`"))
        try:
            nn.Conv2d(3, 8, 5, padding=value)(torch.zeros(1, 3, 9, 9))
        except (ValueError, RuntimeError, TypeError):
            assert not choice.right
        else:
            assert choice.right


def test_who_ignores_shifts() -> None:
    torch.manual_seed(0)
    x = torch.zeros(1, 1, 44, 44)
    x[..., 20:23, 20:23] = torch.rand(3, 3)
    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))

    def same(*layers: nn.Module) -> bool:
        model = nn.Sequential(*layers)
        return torch.allclose(model(x.roll(2, 3)), model(x), atol=1e-6)

    answers = [
        same(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), pooled),
        same(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 40 * 40, 3)),
        same(nn.Conv2d(1, 4, 5, stride=4), nn.ReLU(), pooled),
        same(nn.Conv2d(1, 4, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 20 * 20, 3)),
    ]
    assert answers == [c.right for c in QUESTIONS["who-ignores-shifts"].choices]
