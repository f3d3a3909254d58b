"""Takes noise from picture files with a trained U-Net."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.data import pictures
from dltutor.data.digits import resize
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor_plugins.chapter02_hello.measure import prepare
from dltutor_plugins.chapter02_hello.model import UNet
from dltutor_plugins.chapter02_hello.show import grid
from dltutor_plugins.chapter02_hello.train import denoise

if TYPE_CHECKING:
    from dltutor.events import Trained

MOST_PIXELS = 1_000_000
"""a larger picture is made smaller first: the net takes about 1 kB a pixel"""


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads picture files, or folders of them, and denoises each as it is.

    No noise is added, and light stays light: the picture, in grey, goes in
    at its own size. DataError names the file that is no picture.
    """
    model = load_model(trained)
    for file in pictures.files(inputs):
        noisy, size = read(file)
        noisy = noisy.to(trained.device)
        denoised = any_size(model, noisy)
        removed = (noisy - denoised).square().mean().sqrt().item()
        label = {
            "en": f"removed {removed:.3f} (root mean square, white is 1)",
            "zh": f"去掉了 {removed:.3f}（均方根，白色为 1）",
        }
        caption = {
            "en": f"as it came and denoised, {size}",
            "zh": f"原图与去噪后，{size}",
        }
        view = grid([[noisy[0, 0], denoised[0, 0]]], caption)
        yield Prediction(str(file), local(label), view=view)


def load_model(trained: Trained) -> UNet:
    """The run's model with its best weights, on the run's device."""
    model = UNet(trained.config.skips)
    trained.load(model)
    return model


def read(file: Path) -> tuple[Tensor, str]:
    """The picture as (1, 1, H, W), 0 to 1, and its size in words."""
    grey = pictures.read_grey(file)
    height, width = grey.shape
    size = f"{width:,} x {height:,}"
    if height * width > MOST_PIXELS:
        scale = math.sqrt(MOST_PIXELS / (height * width))
        width, height = (max(1, int(n * scale)) for n in (width, height))
        grey = resize(grey, width, height)
        size += f" → {width:,} x {height:,}"
    return prepare(torch.from_numpy(grey)[None, None]), size


def any_size(model: UNet, noisy: Tensor) -> Tensor:
    """Denoises (1, 1, H, W) of any size: the net needs multiples of 4.

    What is missing is filled up with the last row and column, and cut off
    again afterwards.
    """
    height, width = noisy.shape[-2:]
    missing = (0, -width % 4, 0, -height % 4)  # right and below
    padded = F.pad(noisy, missing, mode="replicate")
    return denoise(model, padded)[..., :height, :width]
