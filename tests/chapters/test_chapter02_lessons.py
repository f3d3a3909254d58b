"""Chapter 2's lessons: what they claim is computed again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor import content
from dltutor.data.roots import DataChoice
from dltutor_plugins.chapter02_hello import data, dltutor_chapter
from dltutor_plugins.chapter02_hello.baselines import Linear
from dltutor_plugins.chapter02_hello.measure import add_noise, fixed_noise, prepare, psnr
from dltutor_plugins.chapter02_hello.model import UNet, count_parameters

CHAPTER = dltutor_chapter()
SLUGS = ("environment", "tensors", "softmax", "idx", "parts", "unet", "psnr")


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def db(mse: float) -> float:
    return -10 * math.log10(mse)


def claims() -> list[tuple[str, str]]:
    z = torch.tensor([1.0, 2.0, 3.0])
    model, plain = UNet(), UNet(skips=False)
    found = [
        ("environment", r"\begin{pmatrix} 5 & 14 \\ 14 & 50 \end{pmatrix}"),
        ("tensors", f"{64 * 784:,}"),
        ("tensors", f"= {255 / 512:.3f}"),
        *(("softmax", f"{v:.3f}") for v in (*z.exp().tolist(), *z.softmax(0).tolist())),
        ("softmax", f"{z.exp().sum():.3f}"),
        ("softmax", f"{z.log_softmax(0)[0]:.3f}"),
        ("softmax", "e^{88.7}"),
        ("idx", f"= {39 * 256 + 16}"),
        ("idx", f"= {16 + 10_000 * 784}"),
        ("idx", f"{16 + 10_000 * 784:,}"),
        ("idx", f"{int.from_bytes(bytes.fromhex('00002710'), 'little'):,}"),
        ("idx", f"{16 + 3 * 784:,}"),
        ("parts", f"{64 * 784:,}"),
        ("unet", f"{count_parameters(model):,}"),
        ("unet", f"{count_parameters(plain):,}"),
        ("psnr", f"= {db(0.05):.1f}"),
        ("psnr", f"= {db(0.25):.2f}"),
        ("psnr", f"{db((0.1 + 0.001) / 2):.1f} dB"),
        ("psnr", f"{20 * math.log10(255):.2f} dB"),
    ]
    shapes: dict[str, Any] = {}
    for name, layer in model.named_children():
        layer.register_forward_hook(lambda *a, name=name: shapes.update({name: a[2].shape}))
        found.append(("unet", f"{count_parameters(layer):,} |"))
    model(torch.zeros(1, 1, 28, 28))
    found += [("unet", f"`(B, {', '.join(map(str, s[1:]))})`") for s in shapes.values()]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_have_the_same_figures(slug: str, lang: str) -> None:
    import re

    def figures(text: str) -> set[str]:
        return set(re.findall(r"\d+\.\d+", text))

    assert figures(lesson(slug, lang)) == figures(lesson(slug, "en"))


def test_the_table_of_tensor_expressions() -> None:
    x = torch.arange(6).view(2, 3)
    assert x.dtype == torch.int64
    assert (x * 10).tolist() == [[0, 10, 20], [30, 40, 50]]
    assert (x.sum().item(), x.sum(0).tolist(), x.sum(1).tolist()) == (15, [3, 5, 7], [3, 12])
    assert x[:, None].shape == (2, 1, 3)
    assert (x - torch.tensor([3, 5, 7])).shape == (2, 3)
    with pytest.raises(RuntimeError, match="must match"):
        torch.zeros(64, 10) - torch.zeros(64)
    assert (torch.zeros(64, 1) - torch.zeros(64)).shape == (64, 64)
    byte = torch.tensor([200], dtype=torch.uint8)
    assert (byte + torch.tensor([100], dtype=torch.uint8)).tolist() == [44]
    zeros = torch.zeros(2, 3)
    row = zeros[1]
    row += 5
    assert zeros.sum() == 15


def test_the_limits_of_the_number_formats() -> None:
    assert torch.tensor(88.7).exp().isfinite()
    assert torch.tensor(89.0).exp().isinf()
    assert torch.finfo(torch.float16).max == 65504
    assert math.exp(11.1) > 65504
    assert torch.tensor([0.0, -104.0]).softmax(0).log()[1] == -math.inf
    assert torch.tensor([0.0, -102.0]).softmax(0).log()[1] > -math.inf


def test_a_reduction_of_true_fails_at_its_first_use() -> None:
    loss = nn.MSELoss(reduction=True)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="True is not a valid value for reduction"):
        loss(torch.zeros(2), torch.ones(2))


def field(model: nn.Module) -> int:
    """The widest input that changes a pixel in the middle of the output."""
    widths = []
    for place in range(30, 34):
        x = torch.randn(1, 1, 64, 64, requires_grad=True)
        model(x)[0, 0, place, place].backward()
        assert x.grad is not None
        rows = x.grad[0, 0].abs().sum(1).nonzero()
        widths.append(int(rows.max() - rows.min()) + 1)
    return max(widths)


def test_the_receptive_field() -> None:
    assert field(UNet()) == 17
    upper = UNet()
    nn.init.zeros_(upper.up1.weight)
    assert field(upper) == 5


def test_odd_sizes_do_not_fit() -> None:
    with pytest.raises(RuntimeError, match=r"[Ss]izes"):
        UNet()(torch.zeros(1, 1, 30, 30))


def test_the_best_linear_map_on_the_builtin_digits() -> None:
    digits = data.load(DataChoice("builtin", None, "builtin"))
    clean = prepare(digits.test)
    noisy = fixed_noise(clean, 0.5, 2)
    found = psnr(Linear(prepare(digits.train), 0.5)(noisy).clamp(0, 1), clean).mean()
    assert f"{found:.1f} dB" in lesson("psnr", "en")


def two_hundred_steps(
    target: str = "clean", white: int = 255, noise: float = 0.5, skips: bool = True
) -> tuple[float, float, float]:
    """The last losses, and the PSNR of the output, as it is and cut to 0 ... 1."""
    train_x, _, test_x = data.load(DataChoice("builtin", None, "builtin"))
    torch.manual_seed(0)
    model = UNet(skips).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(model.parameters())
    schedule = OneCycleLR(optimiser, 3e-3, total_steps=200)
    losses = []
    for _ in range(200):
        clean = train_x[torch.randint(len(train_x), (16,))].float() / white
        noisy = add_noise(clean, noise)
        loss = F.mse_loss(model(noisy), clean if target == "clean" else noisy)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    clean = test_x.float() / white
    with torch.inference_mode():
        out = model.eval()(fixed_noise(clean, noise, 2))
    uncut, cut = (psnr(x, clean).mean().item() for x in (out, out.clamp(0, 1)))
    return sum(losses[-10:]) / 10, uncut, cut


@pytest.mark.slow
def test_a_copy_has_the_smaller_loss_and_denoises_nothing() -> None:
    loss, uncut, _ = two_hundred_steps("noisy")
    assert loss == pytest.approx(0.0011, abs=0.0005)
    assert uncut == pytest.approx(6.05, abs=0.03)
    loss, uncut, _ = two_hundred_steps()
    assert loss == pytest.approx(0.0100, abs=0.0005)
    assert uncut == pytest.approx(20.23, abs=0.3)


@pytest.mark.slow
def test_dividing_by_512_flatters() -> None:
    assert two_hundred_steps(white=512)[2] == pytest.approx(23.2, abs=0.3)


@pytest.mark.slow
def test_with_little_noise_the_skips_buy_a_quarter_of_the_error() -> None:
    cut = [two_hundred_steps(noise=0.1, skips=skips)[2] for skips in (True, False)]
    assert cut == pytest.approx([27.34, 26.09], abs=0.4)
    assert cut[0] > cut[1] + 0.5


def test_mnist_is_as_the_lesson_shows_it(data_root: Path) -> None:
    folder = data_root / "MNIST" / "raw"
    with (folder / "t10k-images-idx3-ubyte").open("rb") as handle:
        assert handle.read(16).hex(" ") == "00 00 08 03 00 00 27 10 00 00 00 1c 00 00 00 1c"
    assert (folder / "t10k-images-idx3-ubyte").stat().st_size == 7_840_016
