"""Chapter 14's lessons: each figure that can be is computed again; both languages show the same."""

from __future__ import annotations

import math

import pytest
import torch

from dltutor import content
from dltutor.measure import interval
from dltutor_plugins.chapter14_speech import dltutor_chapter, features, mel, scale, voices
from dltutor_plugins.chapter14_speech.detect import STEP, at_most
from dltutor_plugins.chapter14_speech.model import Listener
from dltutor_plugins.chapter14_speech.show import THRESHOLDS

CHAPTER = dltutor_chapter()
SLUGS = ("sound", "mel", "batches", "speakers", "attention", "train", "wake")


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def claims() -> list[tuple[str, str]]:
    found = [("sound", f"{16_000 * 2:,}"), ("batches", f"{101 * 40:,}")]
    tone = torch.sin(2 * math.pi * 1020 * torch.arange(200) / 8000)
    bins = {name: scale.spectrum(tone, name) for name in ("none", "hann")}
    for at in (27, 29):
        found += [("sound", f"{bins[name][at]:.1f} dB") for name in bins]
    found.append(("sound", f"{bins['none'][60]:.1f} dB"))
    assert bins["hann"][60] == -80
    found += [("mel", f"{mel.to_mel(f):,.1f}") for f in (100, 500, 1000, 2000, 4000, 8000)]
    corners = mel.edges(3, 0, 8000)
    found += [("mel", f"{e:,.0f}") for e in corners]
    found += [("mel", f"{mel.triangle(1500, *corners[k : k + 3]):.3f}") for k in (0, 1)]
    lowest = mel.edges(40, 20, 8000)
    found.append(("mel", f"{lowest[2] - lowest[0]:.0f}"))
    assert 950 < lowest[-1] - lowest[-3] < 1000
    falling = mel.dct([-10, -20, -30, -40])
    found += [("mel", f"{c:.{d}f}") for c, d in zip(falling[:2], (1, 1), strict=True)]
    found += [("mel", f"{falling[3]:.2f}"), ("mel", f"{mel.dct([0, -10, -20, -30])[0]:.1f}")]
    for scores in ([1.0, 3.0, 2.0], [1.0, 3.0, -math.inf]):
        weights = torch.tensor(scores).softmax(dim=0).tolist()
        found += [("attention", f"{w:.3f}" if w else "| 0 |") for w in weights]
    one, two, _ = torch.tensor([1.0, 3.0, 2.0]).softmax(dim=0).tolist()
    found.append(("attention", f"{one + two:.3f}"))
    found += [("wake", f"| {at_most(k):.2f} |") for k in (0, 1, 2, 5, 10)]
    a_day = 24 * 3600 * 16_000 // STEP
    found += [("wake", f"{a_day:,}"), ("wake", f"{a_day // 1000} ")]
    found += [("train", f"{value:.3f}") for value in interval(295, 300)]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


def test_the_samples_of_two_tones_are_the_same_but_for_the_sign() -> None:
    time = torch.arange(8) / 8000
    low, high = (torch.sin(2 * math.pi * f * time) for f in (1000, 7000))
    assert torch.allclose(low, -high, atol=1e-5)
    assert scale.alias(7000, 8000) == 1000
    shown = "0 -0.707 -1 -0.707  0  0.707  1  0.707"
    assert [round(v, 3) for v in high.tolist()] == pytest.approx([*map(float, shown.split())])
    for lang in ("en", "zh"):
        assert shown in lesson("sound", lang)


def test_the_shapes_are_those_of_the_drawings() -> None:
    waves = torch.randn(2, 16_000)
    assert features.log_mel(waves).shape == (2, 101, 40)
    window, bank = features.tools(torch.device("cpu"))
    assert window.shape == (512,)
    assert bank.shape == (257, 40)
    model = Listener()
    places, _ = model.places(features.log_mel(waves))
    assert places.shape == (2, 51, 64)
    assert model(features.log_mel(waves)).shape == (2, 11)
    above = sum(k * 16_000 / 512 > 2000 for k in range(257))
    assert 190 < above < 200


def test_a_place_knows_thirteen_frames() -> None:
    model = Listener(layers=1)
    x = torch.zeros(1, 101, 40, requires_grad=True)
    stem = model.second(model.stem((x @ model.dct).transpose(1, 2)))
    stem[0, :, 25].sum().backward()
    assert x.grad is not None
    assert int((x.grad.abs().sum(dim=2) > 0).sum()) == 13


def test_the_voices_are_as_many_as_the_lesson_says() -> None:
    assert [len(v) for v in (voices.TRAIN, voices.VAL, voices.TEST)] == [24, 4, 8]
    assert "Alicia" not in (*voices.TRAIN, *voices.VAL, *voices.TEST)


def test_the_thresholds_of_the_table_are_those_of_a_run() -> None:
    for lang in ("en", "zh"):
        for threshold in THRESHOLDS:
            assert f"| {threshold:g} |" in lesson("wake", lang)


def test_both_languages_include_the_same_code_demos_and_commands() -> None:
    for slug in SLUGS:
        here, english = (content.find_lesson(CHAPTER, slug, lang) for lang in ("zh", "en"))
        for kind in (content.Embedded, content.Formula):
            assert [p for p in content.parts(here) if isinstance(p, kind)] == [
                p for p in content.parts(english) if isinstance(p, kind)
            ]
        tries = [
            [p.command for p in content.parts(one) if isinstance(p, content.TryIt)]
            for one in (here, english)
        ]
        assert tries[0] == tries[1]
        assert tries[0]


def test_no_figure_is_still_missing() -> None:
    for slug in SLUGS:
        for lang in ("en", "zh"):
            assert "@" not in lesson(slug, lang)
