"""Chapter 11's lessons: their figures are computed again."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from dltutor import content
from dltutor.measure import interval, mean_interval
from dltutor_plugins.chapter11_bert import dltutor_chapter, hub, mini, probe
from dltutor_plugins.chapter11_bert.config import Config

CHAPTER = dltutor_chapter()


def body(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def claims() -> list[tuple[str, str]]:
    first, second = (0.80, 0.76, 0.82), (0.75, 0.72, 0.77)
    (one, wide), (two, other) = mean_interval(first), mean_interval(second)
    gain, narrow = mean_interval([a - b for a, b in zip(first, second, strict=True)])
    low = [f"{p:.3f}" for n in (156, 151) for p in interval(n, 170)]
    twice = math.e / (math.e + 1)
    return [
        ("heads", f"= {twice:.3f}$"),
        ("heads", f"\\ln {twice:.3f} = {-math.log(twice):.3f}$"),
        ("heads", f"{-math.log(twice):.4f}"),
        *(("sure", text) for text in low),
        ("sure", f"{one:.3f}"),
        ("sure", f"{two:.3f}"),
        ("sure", f"$\\pm$ {wide:.3f}"),
        ("sure", f"$\\pm$ {other:.3f}"),
        ("sure", f"{gain:.3f} $\\pm$ {narrow:.3f}"),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in " ".join(body(slug, lang).split())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_intervals_of_the_lesson_part_where_it_says(lang: str) -> None:
    assert "2,500" in body("sure", lang)
    assert interval(round(0.92 * 2500), 2500)[0] > interval(round(0.89 * 2500), 2500)[1]
    assert interval(round(0.92 * 1200), 1200)[0] < interval(round(0.89 * 1200), 1200)[1]


@pytest.mark.parametrize("slug", ["finetune", "sure"])
def test_the_gains_of_the_lesson_are_those_of_its_table(slug: str) -> None:
    for lang in ("en", "zh"):
        lines = body(slug, lang).splitlines()
        rows = [line.split("|")[1:-1] for line in lines if "| 0." in line]
        cells = [[float(cell) for cell in row[1:]] for row in rows if row[0].strip().isdigit()]
        assert len(cells) >= 3
        gains = [round(tuned - random, 4) for tuned, random, *_ in cells]
        mean, half = mean_interval(gains)
        assert mean - half > 0
        assert f"{mean:.3f} $\\pm$ {half:.3f}" in body(slug, lang)


def test_frozen_features_of_the_miniature_are_as_good_as_the_lesson_says() -> None:
    (pretrained, random), (other, blank) = probe.accuracies(2)
    assert (pretrained, random) == pytest.approx((0.6211, 0.5524), abs=0.005)
    assert (other, blank) == pytest.approx((0.6403, 0.5737), abs=0.005)
    for lang in ("en", "zh"):
        assert "0.067 $\\pm$ 0.012" in body("finetune", lang)


def test_the_miniature_is_the_standard_presets() -> None:
    config, words = mini.encoder_of(hub.MINI).config, mini.tokenizer_of(hub.MINI)
    standard = Config()
    assert (config.hidden_size, config.num_hidden_layers) == (standard.width, standard.layers)
    assert config.max_position_embeddings == standard.max_length
    assert config.vocab_size == len(words)
    for lang in ("en", "zh"):
        assert f"{len(words):,}" in body("masking", lang)
        assert f"{math.log(len(words)):.2f}" in body("masking", lang)
