"""Noise on a slider, and the picture before and after the U-Net."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import torch
import torch.nn.functional as F
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.chapter import Param, pick
from dltutor.data.roots import DataChoice
from dltutor.events import Context, Trained
from dltutor.views import Note, View
from dltutor_plugins.chapter02_hello.baselines import best_blur, blur
from dltutor_plugins.chapter02_hello.data import Pictures, load
from dltutor_plugins.chapter02_hello.measure import (
    add_noise,
    fixed_noise,
    prepare,
    psnr,
)
from dltutor_plugins.chapter02_hello.model import UNet
from dltutor_plugins.chapter02_hello.predict import load_model
from dltutor_plugins.chapter02_hello.show import comparison, triples
from dltutor_plugins.chapter02_hello.train import denoise

STEPS = 100


def denoised(
    context: Context,
    noise: Annotated[
        float,
        Param(
            "standard deviation of the noise",
            zh="噪声的标准差",
            low=0,
            high=1,
            step=0.05,
        ),
    ] = 0.5,
    sample: Annotated[
        int,
        Param(
            "test picture of the builtin digits",
            zh="内置手写数字的测试图片",
            low=0,
            high=358,
        ),
    ] = 0,
    seed: Annotated[
        int, Param("another noise", zh="换一份噪声", low=0, high=99)
    ] = 0,
) -> list[View]:
    """Noisy, denoised, clean; the PSNR of each way to denoise; a sentence."""
    clean = prepare(builtin().test[sample : sample + 1])
    noisy = fixed_noise(clean, noise, seed)
    model, device, trained_at, source = model_to_ask(context.trained)
    output = denoise(model, noisy.to(device)).cpu()
    ways = {
        "noisy": noisy,
        "clip": noisy.clamp(0, 1),
        "blur": blur(noisy, best_blur(noisy, clean)),
        "model": output,
    }
    found = {way: psnr(x, clean).item() for way, x in ways.items()}
    gain = found["model"] - found["clip"]
    verdict = {
        "en": f"The net met noise of {trained_at:g} in training. {pick(source, 'en')}",
        "zh": f"网络在训练中见到的噪声标准差是 {trained_at:g}。{pick(source, 'zh')}",
    }
    if gain < 0:
        verdict = {
            "en": f"Here the net does harm: it changes what needs no change. {verdict['en']}",
            "zh": f"这里网络反而帮了倒忙：它改动了不需要改动的地方。{verdict['zh']}",
        }
    return [
        triples(noisy, output, clean),
        comparison(
            found,
            {"en": "PSNR of this picture", "zh": "这张图片的 PSNR"},
            context.lang,
        ),
        Note(verdict),
    ]


Source = tuple[UNet, torch.device, float, dict[str, str]]


def model_to_ask(trained: Trained | None) -> Source:
    """The learner's own run, else a small one, trained here and now."""
    if trained is None:
        return small_model()
    source = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
    model = run_model(trained)  # type: ignore[arg-type] # a class, so hashable
    return model, trained.device, trained.config.noise, source


@lru_cache(maxsize=2)
def run_model(trained: Trained) -> UNet:
    return load_model(trained)


@lru_cache(maxsize=1)
def builtin() -> Pictures:
    return load(DataChoice("builtin", None, "builtin"))


@lru_cache(maxsize=1)
def small_model() -> Source:
    """100 steps of 8 builtin digits: a few seconds, once a process."""
    train_x = builtin().train
    torch.manual_seed(0)
    model = UNet()
    optimiser = torch.optim.AdamW(model.parameters())
    schedule = OneCycleLR(optimiser, 3e-3, total_steps=STEPS)
    for _ in range(STEPS):
        clean = prepare(train_x[torch.randint(len(train_x), (8,))])
        loss = F.mse_loss(model(add_noise(clean, 0.5)), clean)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    source = {
        "en": f"There is no run yet, so it was trained just now, {STEPS} steps on builtin digits.",
        "zh": f"还没有训练过的运行，因此刚刚用内置数字训练了 {STEPS} 步。",
    }
    return model.eval(), torch.device("cpu"), 0.5, source
