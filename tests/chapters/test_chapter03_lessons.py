"""Chapter 3's lessons: each figure in them is computed again, and both languages show the same."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dltutor import content
from dltutor.data.roots import DataChoice
from dltutor.measure import interval
from dltutor_plugins.chapter03_mlp import data, dltutor_chapter, softmax
from dltutor_plugins.chapter03_mlp.model import MLP, count_parameters
from dltutor_plugins.chapter03_mlp.train import all_logits, nearest_mean

CHAPTER = dltutor_chapter()


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def small_network() -> tuple[list[float], list[float]]:
    x = torch.tensor([0, 0.5, 1])
    sums = torch.tensor([[1.0, -1, 2], [1, 1, -2]]) @ x + torch.tensor([0, 0.5])
    z = torch.tensor([[1.0, -1], [-1, 2]]) @ sums.relu() + torch.tensor([0, 0.5])
    return sums.tolist(), z.tolist()


def test_the_small_network_of_the_lesson() -> None:
    assert small_network() == ([1.5, -1.0], [1.5, -1.0])
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))
    assert count_parameters(model) == 14


def percent(value: float, digits: int) -> str:
    return f"{100 * value:.{digits}f}"


def claims() -> list[tuple[str, str]]:
    z, loss = [2.0, 1.0, -1.0], softmax.cross_entropy
    p = softmax.softmax(z)
    wilson = [interval(*counts) for counts in ((10, 10), (345, 359), (9862, 10_000))]
    found = [
        ("pictures", f"= {16 + 60_000 * 784}"),
        ("pictures", f"{0xEA} \\cdot 256 + {0x60} = 60000"),
        ("pictures", f"{55_000 * 784 / 1e6:.0f} MB"),
        ("pictures", f"{55_000 * 784 * 4 / 1e6:.0f} MB"),
        ("network", f"{count_parameters(MLP()):,}"),
        ("network", f"{sum(p.numel() for p in MLP().parameters() if p.dim() == 1)} |"),
        ("network", f"{sum(p.numel() for p in MLP().parameters() if p.dim() == 2):,}"),
        *(("loss", f"{math.exp(v):.3f}") for v in z),
        *(("loss", f"{v:.3f}") for v in (*p, sum(map(math.exp, z)))),
        ("network", f"{count_parameters(MLP(1000, 1000)) / count_parameters(MLP()):.1f}"),
        ("loss", f"{loss(z, 0):.3f}"),
        ("loss", f"{loss(z, 2):.3f}"),
        ("loss", f"{p[0] - 1:.3f}"),
        ("loss", f"\\log 10 = {math.log(10):.3f}"),
        *(("loss", f"{v:.3f}") for v in softmax.softmax(p)),
        ("loss", f"{loss([1, 0, 0], 0):.3f}"),
        ("loss", f"{loss([1] + [0] * 9, 0):.3f}"),
        ("loop", f"{2 - 0.01 * 2 * (2 * 3 - 12) * 3:.2f}"),
        ("loop", f"= {(2.36 * 3 - 12) ** 2:.1f}$"),
        ("loop", f"{math.ceil(55_000 / 256)}"),
        ("loop", f"{55_000 % 256}"),
        ("measure", f"0.95^{{10}} = {0.95**10:.2f}"),
        ("measure", percent(345 / 359, 1)),
        ("measure", percent(347 / 359, 1)),
        *(("measure", percent(low, 1 if low < 0.95 else 2)) for low, _ in wilson),
        *(("measure", percent(high, 1 if high < 0.98 else 2)) for _, high in wilson[1:]),
        ("inspect", f"= {4 * count_parameters(MLP())}"),
    ]
    for name, tensor in MLP().state_dict().items():
        shape = str(tuple(tensor.shape))
        found.append(("inspect", f"| `{name}` | `{shape}` | {tensor.numel():,} |"))
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


def test_float32_overflows_where_the_lesson_says() -> None:
    assert torch.tensor(89.0).exp().isinf()
    assert torch.tensor(88.0).exp().isfinite()


def test_labels_as_bytes_are_masks_and_int32_is_refused() -> None:
    y = torch.tensor([0, 1, 1], dtype=torch.uint8)
    with pytest.warns(UserWarning, match=r"torch\.uint8"):
        assert torch.arange(3)[y].tolist() == [1, 2]
    assert (y - 1).tolist() == [255, 0, 0]
    logits = torch.zeros(3, 10)
    assert F.cross_entropy(logits, y).item() == pytest.approx(math.log(10))
    with pytest.raises(RuntimeError):
        F.cross_entropy(logits, y.to(torch.int32))
    with pytest.raises(RuntimeError):
        F.cross_entropy(logits, F.one_hot(y.long(), 10))


def test_two_linear_layers_without_relu_are_one() -> None:
    torch.manual_seed(0)
    first, second = nn.Linear(7, 5).double(), nn.Linear(5, 3).double()
    x = torch.rand(4, 7, dtype=torch.float64)
    joined = x @ (second.weight @ first.weight).T + second.weight @ first.bias + second.bias
    assert torch.allclose(second(first(x)), joined, atol=1e-12)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_languages_include_the_same_code_and_demos(lang: str) -> None:
    for slug in ("pictures", "network", "loss", "loop", "measure", "inspect"):
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


def test_mnist_is_as_the_lessons_show_it(data_root: Path) -> None:
    folder = data_root / "MNIST" / "raw"
    with (folder / "train-images-idx3-ubyte").open("rb") as handle:
        head = handle.read(16).hex(" ")
    assert head == "00 00 08 03 00 00 ea 60 00 00 00 1c 00 00 00 1c"
    with (folder / "train-labels-idx1-ubyte").open("rb") as handle:
        assert handle.read(13)[8:].hex(" ") == "05 00 04 01 09"
    assert (folder / "train-images-idx3-ubyte").stat().st_size == 47_040_016
    digits = data.load(DataChoice("full", data_root, "MNIST"))
    assert [len(part.y) for part in digits[:3]] == [55_000, 5_000, 10_000]
    rows = digits.train.x[0, 0, 5:9, 12:22].tolist()
    for row in rows:
        assert "".join(f"{value:4d}" for value in row) in lesson("pictures", "en")
    assert f"{digits.test.y.bincount().max() / 100:.2f}" in lesson("measure", "en")
    assert percent(nearest_mean(digits.train, digits.test), 2) in lesson("measure", "en")
    mean = torch.cat([digits.train.x, digits.val.x]).float().mean().item() / 255
    assert f"{mean:.2f}" in lesson("inspect", "en")


def test_sorted_pictures_teach_the_last_class_alone(data_root: Path) -> None:
    digits = data.load(DataChoice("full", data_root, "MNIST"))
    order = digits.train.y.argsort(stable=True)
    torch.manual_seed(0)
    model = MLP(312, 256, 10, 0.1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for rows in order.split(64):
        loss = F.cross_entropy(model(data.prepare(digits.train.x[rows])), digits.train.y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    said = all_logits(model, digits.val.x).argmax(dim=1)
    assert set(said.tolist()) == {9}
    right = (said == digits.val.y).sum().item() / len(said)
    for lang in ("en", "zh"):
        assert f"{loss.item():.3f}" in lesson("loop", lang)
        assert percent(right, 1) in lesson("loop", lang)
