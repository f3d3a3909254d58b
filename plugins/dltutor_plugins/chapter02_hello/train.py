"""The training of chapter 2: data, model, loss, optimiser, loop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.chapter import pick
from dltutor.events import Metrics, Say, Show, Step
from dltutor.measure import mean_interval
from dltutor_plugins.chapter02_hello.baselines import (
    Linear,
    best_blur,
    blur,
)
from dltutor_plugins.chapter02_hello.data import load
from dltutor_plugins.chapter02_hello.measure import (
    add_noise,
    fixed_noise,
    prepare,
    psnr,
)
from dltutor_plugins.chapter02_hello.model import UNet
from dltutor_plugins.chapter02_hello.show import comparison, triples

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter02_hello.config import Config


def train(config: Config, run: Run) -> Routine:
    """Trains the U-Net, measures it on pictures it has never seen."""
    train_x, val_x, test_x = load(run.data, run.device)
    yield from run.overlap(train_x, test_x)
    train_x = as_many(train_x, config.pictures)
    val = Pairs.of(val_x, config.noise, seed=1)
    test = Pairs.of(test_x, config.noise, seed=2)

    model = UNet(config.skips)
    optimiser, schedule = optimisation(model, config)
    model, optimiser, schedule = run.setup(model, optimiser, schedule)

    for _ in run.epochs(config.epochs):
        model.train()
        for (x,) in run.batches([train_x], config.batch_size):
            clean = prepare(x)  # (B, 1, 28, 28), 0 to 1
            noisy = add_noise(clean, config.noise)  # new each time
            loss = F.mse_loss(model(noisy), clean)
            optimiser.zero_grad()
            run.backward(loss)  # loss.backward(), in the run's precision
            optimiser.step()
            schedule.step()
            yield Step(samples=len(x), loss=loss)
        denoised = denoise(model, val.noisy)
        yield Metrics(
            train_loss=run.mean("loss"),
            val_loss=F.mse_loss(denoised, val.clean),
            val_psnr_db=psnr(denoised, val.clean).mean(),
        )
        few = slice(2)
        sheet = triples(val.noisy[few], denoised[few], val.clean[few])
        yield Show("grid", sheet)

    run.load_best()  # the epoch with the best val_psnr_db
    found = yardsticks(train_x, val, test, config.noise)
    return (yield from result(model, test, found, run.lang))


class Pairs(NamedTuple):
    """Noisy pictures and the clean ones that belong to them."""

    noisy: Tensor
    """(N, 1, 28, 28) float, with noise that is the same in every run"""
    clean: Tensor
    """(N, 1, 28, 28) float, 0 to 1"""

    @classmethod
    def of(cls, x: Tensor, std: float, seed: int) -> Pairs:
        clean = prepare(x)
        return cls(fixed_noise(clean, std, seed), clean)


def as_many(x: Tensor, pictures: int) -> Tensor:
    """The first ``pictures`` of a set; a smaller one is repeated.

    A picture that comes again has new noise, so it is a new task.
    """
    return x[torch.arange(pictures, device=x.device) % len(x)]


def optimisation(
    model: nn.Module, config: Config
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.lr)
    steps = config.epochs * math.ceil(config.pictures / config.batch_size)
    return optimiser, OneCycleLR(optimiser, config.lr, total_steps=steps)


@torch.inference_mode()
def denoise(model: nn.Module, noisy: Tensor) -> Tensor:
    """Pictures (N, 1, H, W) to pictures, 0 to 1: what is beyond is cut."""
    model.eval()
    parts = torch.split(noisy, 500)  # at a time, so that memory suffices
    return torch.cat([model(x).float().clamp(0, 1) for x in parts])


def yardsticks(
    train_x: Tensor, val: Pairs, test: Pairs, std: float
) -> dict[str, float]:
    """The PSNR in dB on the test set of what needs no network."""
    clean = prepare(train_x[:10_000])
    width = best_blur(val.noisy, val.clean)  # not chosen on the test set
    found = {
        "noisy": test.noisy,
        "clip": test.noisy.clamp(0, 1),
        "black": torch.zeros_like(test.clean),
        "average": clean.mean(dim=0).expand_as(test.clean),
        "blur": blur(test.noisy, width),
        "linear": Linear(clean, std)(test.noisy).clamp(0, 1),
    }
    return {
        name: psnr(pictures, test.clean).mean().item()
        for name, pictures in found.items()
    }


def result(
    model: nn.Module, test: Pairs, found: dict[str, float], lang: str
) -> Routine:
    """Measures the model beside the yardsticks, shows both."""
    denoised = denoise(model, test.noisy)
    each = psnr(denoised, test.clean)
    found = {**found, "model": each.mean().item()}
    of = {"en": "PSNR on the test set", "zh": "测试集上的 PSNR"}
    yield Show("comparison", comparison(found, of, lang))
    yield Say(interval_text(each, lang))
    gains = {way: value - found["noisy"] for way, value in found.items()}
    return {
        "psnr_db": found["model"],
        "psnr_noisy_db": found["noisy"],
        "psnr_gain_db": gains["model"],
        "test_loss": F.mse_loss(denoised, test.clean),
        "baseline_clip_psnr_gain_db": gains["clip"],
        "baseline_average_psnr_gain_db": gains["average"],
        "baseline_blur_psnr_gain_db": gains["blur"],
        "baseline_linear_psnr_gain_db": gains["linear"],
    }


def interval_text(each: Tensor, lang: str) -> str:
    """The mean PSNR of pictures (N,) and how sure it is, in words."""
    if len(each) < 2:
        return f"PSNR {each.mean():.2f} dB"
    mean, half = mean_interval(each.tolist())
    n = f"{len(each):,}"
    text = {
        "en": f"PSNR {mean:.2f} dB, 95 % interval of the mean "
        f"± {half:.2f} dB, over {n} test pictures",
        "zh": f"PSNR {mean:.2f} dB，平均值的 95% 置信区间"
        f" ± {half:.2f} dB，共 {n} 张测试图片",
    }
    return pick(text, lang)
