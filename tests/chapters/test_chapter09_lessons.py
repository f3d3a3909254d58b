"""Chapter 9's lessons: each figure that can be is computed again; both languages show the same."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from dltutor import content, views
from dltutor.measure import interval, mean_interval
from dltutor_plugins.chapter09_gru import demo, dltutor_chapter, memory, show, vanishing
from dltutor_plugins.chapter09_gru.config import Config
from dltutor_plugins.chapter09_gru.model import for_table, pooled, reverse

CHAPTER = dltutor_chapter()
SLUGS = ("characters", "unrolling", "gates", "lengths", "reader", "verdicts")


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def parameters(layer: nn.Module) -> int:
    return sum(p.numel() for p in layer.parameters())


def claims() -> list[tuple[str, str]]:
    found = [("characters", f"{532 / 776:.1%}".replace("%", "")), ("characters", "5,322")]

    # one number that remembers
    states = [0.0]
    for x in (1, 0, 0):
        states.append(math.tanh(x + 0.5 * states[-1]))
    found += [("unrolling", f"{h:.3f}") for h in states[1:]]
    slopes = [0.5 * (1 - h * h) for h in states[2:]]
    found += [("unrolling", f"{s:.3f}") for s in (*slopes, slopes[0] * slopes[1])]
    tanh = vanishing.norms("tanh", 60, 1.0, 0.0)
    found += [("unrolling", f"{tanh[-1]:.1f}"), ("unrolling", f"{tanh[0]:.9f}")]
    for name, gain, bias in (
        ("tanh", 1.0, 0.0), ("tanh", 1.5, 0.0), ("tanh", 2.0, 0.0), ("GRU", 1.0, 0.0),
        ("LSTM", 1.0, 0.0), ("GRU", 1.0, 4.0), ("GRU", 1.0, 6.0),
    ):  # fmt: skip
        v = vanishing.norms(name, 60, gain, bias)
        found.append(("unrolling", f"{(v[0] / v[-1]) ** (1 / 59):.3f}"))

    # gates
    steps = memory.run(memory.unit(8.0, 4.0, 0.0), [0, 1, 0, 0, 0, 0, -1, 0, 0, 0])
    found += [
        ("gates", f"{steps[1].update.item():.3f}"),
        ("gates", f"{steps[2].update.item():.3f}"),
    ]
    found += [("gates", f"{step.state.item():.3f}") for step in steps[1:6]]
    found.append(("gates", f"0.98^{{60}} = {0.98**60:.2f}"))
    for layer in (nn.RNN, nn.GRU, nn.LSTM):
        found.append(("gates", f"{parameters(layer(312, 256)):,}"))

    # the reader
    model, _ = for_table(Config())
    both = parameters(model.forwards) + parameters(model.backwards)
    parts = [parameters(model), parameters(model.embed), parameters(model.first), both]
    found += [("reader", f"{n:,}") for n in (*parts, parameters(model.verdict))]
    found.append(("reader", f"{parameters(model) / 6213:.0f}"))
    found.append(("reader", f"{-math.log(math.e / (math.e + 1)):.3f}"))

    # the verdicts
    found += [("verdicts", f"{n / 776:.3f}") for n in (693, 691, 689, 532)]
    mean, half = mean_interval([n / 776 for n in (693, 691, 689)])
    found.append(("verdicts", f"{mean:.3f} ± {half:.3f}"))
    found += [("verdicts", f"{v:.3f}") for v in interval(693, 776)]
    always = show.f1([1] * 776, [1] * 532 + [0] * 244)
    found.append(("verdicts", f"{always:.3f}"))
    found.append(("verdicts", f"{242 / 776:.0%}"[:-1]))
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


def test_the_vanished_gradient_in_words() -> None:
    v = vanishing.norms("tanh", 60, 1.0, 0.0)
    assert v[-1] / v[0] == pytest.approx(60e6, rel=0.02)  # a sixty-millionth
    assert math.isclose(1.127**59, 1000, rel_tol=0.2)  # grows by a thousand
    lstm = vanishing.norms("LSTM", 21, 1.0, 0.0)
    assert lstm[0] < 1e-4 * lstm[-1]  # less than a ten-thousandth after twenty steps


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verdict_of_the_padded_review(lang: str) -> None:
    (table,) = demo.padding()
    assert isinstance(table, views.Table)
    assert f"{float(table.rows[0][1]):.3f}" in lesson("lengths", lang)
    text = "房间干净，下次还来"
    assert text in lesson("lengths", lang)
    assert len(text) == 9


def test_the_drawn_rows() -> None:
    row = torch.arange(1.0, 8.0)[None, :, None]
    row[:, 4:] = 0
    assert reverse(row, torch.tensor([4]))[0, :, 0].tolist() == [4, 3, 2, 1, 0, 0, 0]
    packed = nn.utils.rnn.pack_sequence(
        [torch.tensor([1, 2, 3, 4]), torch.tensor([3, 4, 9, 8]), torch.tensor([7, 6])]
    )
    assert packed.batch_sizes.tolist() == [3, 3, 2, 2]
    assert packed.data.tolist() == [1, 3, 7, 2, 4, 6, 3, 9, 4, 8]  # 房不很 间错好 不, 错差
    states = torch.tensor([[[0.2], [-0.4], [0.0], [0.0]], [[-0.3], [-0.4], [0.0], [0.0]]])
    kept = pooled(states, torch.tensor([2, 2]))
    torch.testing.assert_close(kept, torch.tensor([[0.2, -0.1], [-0.3, -0.35]]))
    whole = pooled(states, torch.tensor([4, 4]))
    torch.testing.assert_close(whole[:, 0], torch.tensor([0.2, 0.0]))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_two_reviews_have_the_same_characters(lang: str) -> None:
    first, second = "房间很好，服务不差", "房间很差，服务不好"
    assert sorted(first) == sorted(second)
    assert first in lesson("characters", lang)
    assert second in lesson("characters", lang)


def test_the_lessons_are_these() -> None:
    assert tuple(found.slug for found in content.lessons(CHAPTER, "en")) == SLUGS
