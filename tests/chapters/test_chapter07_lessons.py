"""Chapter 7's lessons: each figure in them is computed again, and both languages show the same.

Figures that took long to measure follow from the accuracies below, which
``tests/benchmarks/bench_resnet.py`` printed (CIFAR-10 subset, two-core machine).
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dltutor import content
from dltutor.data.roots import DataChoice
from dltutor.measure import interval, mean_interval
from dltutor_plugins.chapter07_resnet import data, demo, dltutor_chapter
from dltutor_plugins.chapter07_resnet.fast import PATCH
from dltutor_plugins.chapter07_resnet.model import (
    BasicBlock,
    Bottleneck,
    build,
    count_parameters,
)
from dltutor_plugins.chapter07_resnet.train import nearest_mean, some

CHAPTER = dltutor_chapter()
SLUGS = ("depth", "block", "norm", "family", "train", "fast")

DEPTH = {
    "residual 44": (0.5349, 0.5634, 0.5241),
    "plain 44": (0.3215, 0.3363, 0.2871),
    "residual 20": (0.5595, 0.5516, 0.5575),
    "plain 20": (0.4710, 0.4631, 0.4267),
}
"""test accuracy with the seeds 0, 1, 2"""
RIGHT = {
    "all": (605, 624, 634, 618, 614, 616),
    "no flip": (629, 610, 631, 607, 605, 615),
    "no shift": (611, 635, 619, 615, 629, 637),
    "no whitening": (583, 579, 585, 574, 568, 603),
    "no label smoothing": (626, 616, 635, 613, 615, 603),
    "constant rate": (646, 653, 637, 662, 639, 655),
    "no average": (608, 639, 646, 637, 615, 628),
    "neither": (586, 577, 621, 610, 629, 589),
}
"""of 1,017 test pictures, with the seeds 0 to 5: all tricks, and one less at a time; at last a constant
rate and no average"""
TRICKS = {name: tuple(count / 1017 for count in counts) for name, counts in RIGHT.items()}


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def points(values: tuple[float, ...]) -> str:
    mean, half = mean_interval(values)
    return f"{100 * mean:.1f} ± {100 * half:.1f}"


def differences(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def convolutions(block: nn.Module) -> int:
    return sum(m.weight.numel() for m in block.modules() if isinstance(m, nn.Conv2d))


def claims() -> list[tuple[str, str]]:
    batch = torch.tensor([1.0, 2, 3, 6])
    norm = nn.BatchNorm1d(1, eps=1e-12)
    normal = norm(batch[:, None])[:, 0].tolist()
    small = [build(name) for name in ("resnet20", "resnet32", "resnet44", "resnet56")]
    large = [build(n, 1000, large=True) for n in ("resnet18", "resnet34", "resnet50")]
    wide, narrow = BasicBlock(256, 256), Bottleneck(256, 64)
    low, high = interval(795, 1017)
    found = [
        *(("depth", points(values)) for values in DEPTH.values()),
        ("depth", points(differences(DEPTH["residual 44"], DEPTH["plain 44"]))),
        ("depth", f"{0.8**43:.6f}"),
        ("depth", f"{round(1.2**43, -1):,.0f}"),
        ("block", f"{0.1 * -0.2 * 0.1:.3f}"),
        ("block", f"{1.1 * 0.8 * 1.1:.3f}"),
        ("block", f"= {(32 + 2 - 1) // 2 + 1}$"),
        *(("norm", f"{value:.3f}") for value in normal),
        ("norm", f"{batch.var(unbiased=False).sqrt():.3f}"),
        ("norm", f"{batch.var():.3f}"),
        ("norm", f"{0.9 + 0.1 * batch.var():.4f}"),
        ("norm", f"{(6 - 0.3) / math.sqrt(0.9 + 0.1 * batch.var()):.3f}"),
        ("norm", f"{0.9**100:.5f}"),
        *(("family", f"{count_parameters(model):,}") for model in (*small, *large)),
        ("family", f"{count_parameters(build('resnet18')):,}"),
        ("family", f"{count_parameters(BasicBlock(16, 16)):,}"),
        ("family", f"{count_parameters(BasicBlock(64, 64)):,}"),
        ("family", f"{convolutions(wide):,}"),
        ("family", f"{convolutions(narrow):,}"),
        ("family", f"{round(convolutions(wide) / convolutions(narrow))} "),
        ("train", f"{10_000 * 3073:,}"),
        *(("train", f"{100 * value:.1f}") for value in (795 / 1017, low, high)),
        ("fast", f"= {0.9 + 0.1 / 10:.2f}$"),
        ("fast", f"= {math.log(91):.2f}$"),
        ("fast", f"{-(0.91 * math.log(0.91) + 0.09 * math.log(0.01)):.3f}"),
        ("fast", f"{50_000 * 3072 / 1e6:.0f} MB"),
    ]
    assert norm.running_mean is not None
    assert norm.running_mean.item() == pytest.approx(0.3)
    found.append(("fast", points(TRICKS["all"])))
    first = differences(TRICKS["all"], TRICKS["no whitening"])[:3]
    found.append(("fast", points(first)))
    for name in ("neither", "no average", "constant rate", "all"):
        found.append(("fast", f"{100 * sum(TRICKS[name]) / 6:.1f}"))
    for name, values in TRICKS.items():
        if name not in ("all", "neither"):
            found.append(("fast", points(differences(TRICKS["all"], values))))
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


def test_the_largest_networks_have_the_stated_size() -> None:
    for name in ("resnet101", "resnet152"):
        table, _ = demo.blocks(name, 224, True)  # type: ignore[arg-type]
        total = sum(row[3] for row in table.rows)
        assert f"| {total:,} |" in lesson("family", "en")


def test_the_gradients_at_44_layers_are_as_the_lesson_says() -> None:
    residual, plain = (demo.by_layer(7, shortcuts, True) for shortcuts in (True, False))
    assert 300 < max(plain) / min(plain) < 800
    assert plain.index(max(plain)) <= 1
    assert 15 < max(residual) / min(residual) < 40
    assert residual.index(max(residual)) == 0
    assert max(residual[1:]) / min(residual) < 15


def test_residual_networks_are_better_at_the_greater_depth() -> None:
    mean, half = mean_interval(differences(DEPTH["residual 44"], DEPTH["plain 44"]))
    assert mean - half > 0.15
    mean, half = mean_interval(differences(DEPTH["plain 20"], DEPTH["plain 44"]))
    assert mean - half > 0.1
    mean, half = mean_interval(differences(DEPTH["residual 44"], DEPTH["residual 20"]))
    assert abs(mean) < half, "the two residual networks can not be told apart"


def test_relu_with_channels_overwrites_its_input() -> None:
    x = torch.tensor([-1.0, 2.0])
    nn.ReLU(64)(x)
    assert x.tolist() == [0, 2]


def test_batchnorm_behaves_as_the_lesson_says() -> None:
    norm = nn.BatchNorm2d(1)
    x = torch.randn(4, 1, 3, 3)
    convolution = nn.Conv2d(1, 1, 3, bias=False)
    before = norm(convolution(x))
    with torch.no_grad():
        convolution.weight *= 2
    assert torch.allclose(norm(convolution(x)), before, atol=1e-3)
    with pytest.raises(ValueError, match="more than 1 value"):
        norm(torch.randn(1, 1, 1, 1))


def test_whitening_two_pixels() -> None:
    values = torch.linalg.eigvalsh(torch.tensor([[1.0, 0.9], [0.9, 1.0]]))
    assert values.tolist() == pytest.approx([0.1, 1.9], abs=1e-6)


def test_the_large_stem_leaves_one_place_of_32() -> None:
    table, _ = demo.blocks("resnet18", 32, True)
    assert [row[2] for row in table.rows][4] == "512 x 1 x 1"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_languages_include_the_same_code_and_demos(lang: str) -> None:
    for slug in SLUGS:
        here, english = (content.find_lesson(CHAPTER, slug, code) for code in (lang, "en"))
        for kind in (content.Embedded, content.Formula):
            assert [p for p in content.parts(here) if isinstance(p, kind)] == [
                p for p in content.parts(english) if isinstance(p, kind)
            ]
        listings = [
            [p.symbol for p in content.parts(one) if isinstance(p, content.Listing) and p.symbol]
            for one in (here, english)
        ]
        assert listings[0] == listings[1]
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


def test_the_subset_is_as_the_lessons_show_it(data_root: Path) -> None:

    root = data_root
    if not (root / "cifar10" / "train").is_dir():
        pytest.skip("the data root holds no cifar10 in folders")
    found = data.load(DataChoice("full", root, "CIFAR-10"))
    for part in found[:3]:
        assert f"{len(part.y):,} |" in lesson("train", "en")
    frog = found.train.x[found.train.y == 6]
    first = [0x3B, 0x2B, 0x32, 0x44]
    assert any(row[0, 0, :4].tolist() == first for row in frog)
    assert "06   3b 2b 32 44 ...   3e 2e 30 36 ...   3f 2d 2b 2a ..." in lesson("train", "en")
    x = data.prepare(some(found.train, 2000).x)
    patches = F.unfold(x, PATCH).transpose(1, 2).flatten(0, 1)
    values = torch.linalg.eigvalsh(torch.cov(patches.T.double()))
    assert f"{100 * values[-1] / values.sum():.0f} %" in lesson("fast", "en")
    assert values[0] / values[-1] < 1e-5

    assert f"{100 * nearest_mean(found.train, found.test):.1f} %" in lesson("train", "en")
