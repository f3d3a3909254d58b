"""Chapter 12's lessons: each figure that can be is computed again, in both languages."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dltutor import content
from dltutor.data.roots import DataChoice
from dltutor_plugins.chapter12_seq2seq import (
    baselines,
    copying,
    data,
    decode,
    demo,
    dltutor_chapter,
)
from dltutor_plugins.chapter12_seq2seq.config import Config
from dltutor_plugins.chapter12_seq2seq.measure import distance, scores
from dltutor_plugins.chapter12_seq2seq.model import (
    KeyValue,
    Transformer,
    build,
    positions,
)

CHAPTER = dltutor_chapter()


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def claims() -> list[tuple[str, str]]:
    q = torch.tensor([2.0, 0.0])
    keys = torch.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0], [3.0, 0.0]])
    score = keys @ q / math.sqrt(2)
    found = [("cross", f"{s:.3f}") for s in (score[0], score[1], score[3])]
    found += [("cross", f"{w:.3f}") for w in score.softmax(0)]
    found += [("cross", f"{w:.3f}") for w in score[:3].softmax(0)]
    for longest in (10_000.0, 100.0):
        waves = positions(torch.arange(32), 192, longest)
        products = waves @ waves.T / 96
        found += [("align", f"{products[5, 5 + k]:.3f}") for k in (1, 2, 4, 8, 16)]
        period = 2 * math.pi * longest ** (190 / 192)
        found.append(("align", f" {round(period, -3 if period > 1000 else -1):,.0f}"))
    for alignment in ("plain", "ready"):
        found.append(("align", f"{demo.by_distance(alignment, 24, 192, 0)[0]:.3f}"))
    smoothed = torch.full((1536,), 0.1 / 1536, dtype=torch.float64)
    smoothed[0] += 0.9
    floor = float(-(smoothed * smoothed.log()).sum())
    found += [("train", f"{floor:.2f}"), ("train", f"{0.97**16:.2f}")]
    found += [("search", f"{a * b:.3f}") for a, b in ((0.55, 0.5), (0.55, 0.3), (0.45, 0.9))]
    found += [("search", f"{math.log(0.45) + math.log(0.9):.3f}")]
    found += [("search", f"{sum(range(1, 17))}")]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


def test_what_a_count_and_a_dictionary_can_do(data_root: Path) -> None:
    """The baselines of lessons 1, 5 and 7, on the 500 sentences that are held out."""
    sets = data.load(DataChoice("full", data_root, "full"))
    assert list(map(len, sets)) == [13_728, 500, 500]
    assert sum(len(p.hanzi) for p in sets.test) == 7_566
    readings = baselines.count(sets.train)
    assert len(readings) == 3_460
    several = baselines.polyphones(readings)
    assert sum(c in several for p in sets.test for c in p.hanzi) == 699
    assert sum(c not in readings for p in sets.test for c in p.hanzi) == 33
    known_texts = [p.hanzi for p in sets.train]
    assert sum(any(p.hanzi in t or t in p.hanzi for t in known_texts) for p in sets.test) == 6
    rare = sum(counts.total() <= 2 for counts in readings.values())
    frequent = scores(
        [baselines.most_frequent(readings, p.hanzi) for p in sets.test], sets.test, several
    )
    said = [baselines.by_dictionary(p.hanzi) for p in sets.test]
    known = scores(said, sets.test, several)
    ground = sum(
        (c, a, b) == ("地", "de", "di4")
        for p, o in zip(sets.test, said, strict=True)
        for c, a, b in zip(p.hanzi, p.pinyin, o, strict=True)
    )
    assert ground == 11
    for lang in ("en", "zh"):
        for found in (frequent, known):
            shown = (
                f"{found.token_accuracy:.4f} | {found.polyphone_accuracy:.4f} | "
                f"{found.edit_rate:.4f} | {found.sequence_error_rate:.3f}"
            )
            assert shown in lesson("train", lang)
            assert f"{found.polyphone_accuracy:.4f}" in lesson("two-halves", lang)
        assert f"{rare:,}" in lesson("verdict", lang)


def test_the_shapes_are_those_of_the_tables() -> None:
    model = build(Config()).eval()
    source = torch.randint(4, 1000, (64, 16))
    with torch.no_grad():
        memory = model.encode(source)
        assert memory.there.shape == (64, 1, 1, 16)
        assert isinstance(memory.source[0], KeyValue)
        assert memory.source[0].key.shape == (64, 6, 16, 32)
        logits, _ = model.decode(torch.randint(4, 1000, (64, 15)), memory)
        assert logits.shape == (64, 15, 1536)
        weights = decode.cross_weights(model, source, torch.randint(4, 1000, (64, 15)))
        assert weights.shape == (2, 64, 6, 15, 16)


def test_the_full_preset_is_as_large_as_is_said() -> None:
    config = Config(**{**CHAPTER.training.presets["full"], "layers": 1})  # type: ignore[union-attr]
    one, two = (
        sum(p.numel() for p in build(replace(config, layers=n)).parameters()) for n in (1, 2)
    )
    count = one + 5 * (two - one)
    assert 47.5e6 <= count < 48.5e6
    assert "about 48 million" in lesson("verdict", "en")
    assert "约 4,800 万" in lesson("verdict", "zh")


def test_the_test_of_the_causal_mask_is_one() -> None:
    """The lines that lesson 2 shows run, and find a mask that is missing."""
    code = lesson("decoder", "en").split("```python\n")[1].split("```")[0]
    assert code in lesson("decoder", "zh")
    torch.manual_seed(0)
    model = Transformer(200, 200, 32, 4, 1).eval()
    names = {"torch": torch, "model": model, "source": torch.randint(4, 200, (1, 8))}
    with torch.no_grad():
        exec(code, names)
        for layer in model.decoder_layers:
            own = layer.attention.forward
            layer.attention.forward = (  # type: ignore[method-assign]
                lambda x, kv, mask, own=own: own(x, kv, torch.ones_like(mask))
            )
        with pytest.raises(AssertionError):
            exec(code, names)


def test_a_ready_start_copies_sooner() -> None:
    """Lesson 4's table, one seed and fewer steps."""
    plain, ready = (
        copying.learnt(wave, same, (60,))[0] for wave, same in ((10_000.0, False), (100.0, True))
    )
    assert ready > plain + 0.05
    assert plain > 0.1  # more than chance, one in twenty


def test_a_gap_is_one_edit() -> None:
    truth, said = ["wo3", "ai4", "bei3", "jing1"], ["wo3", "bei3", "jing1"]
    assert distance(said, truth) == 1
    assert sum(a == b for a, b in zip(said, truth, strict=False)) == 1
    for lang in ("en", "zh"):
        assert f"*{' '.join(truth)}*" in lesson("train", lang)
        assert f"*{' '.join(said)}*" in lesson("train", lang)
