"""Pictures side by side, and the table that compares ways to denoise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from dltutor.chapter import Text
from dltutor.views import Picture, Table

LINE = 0.4
"""the grey of the lines between pictures"""

IN_ROW: Text = {
    "en": "in each row: noisy, denoised, clean",
    "zh": "每行：含噪、去噪后、干净",
}


def grid(rows: Sequence[Sequence[Tensor]], caption: Text) -> Picture:
    """Pictures (H, W), all alike in size, in rows with lines between."""
    high, wide = rows[0][0].shape
    sheet = torch.full(
        (len(rows) * (high + 1) - 1, len(rows[0]) * (wide + 1) - 1), LINE
    )
    for i, row in enumerate(rows):
        for k, picture in enumerate(row):
            top, left = i * (high + 1), k * (wide + 1)
            sheet[top : top + high, left : left + wide] = picture.cpu()
    return Picture.of(sheet, caption)


def triples(noisy: Tensor, denoised: Tensor, clean: Tensor) -> Picture:
    """Three batches (N, 1, 28, 28) as a grid of N rows.

    An edge of one pixel is left out: three pictures then fill 80 columns.
    """
    inside = slice(1, -1)
    return grid(
        [
            [picture[0, inside, inside] for picture in three]
            for three in zip(noisy, denoised, clean, strict=True)
        ],
        IN_ROW,
    )


WAYS: Mapping[str, Text] = {
    "noisy": {"en": "as it came", "zh": "原样"},
    "clip": {"en": "clipped to 0 ... 1", "zh": "截断到 0 至 1"},
    "black": {"en": "all black", "zh": "全黑"},
    "average": {"en": "the average picture", "zh": "平均图片"},
    "blur": {"en": "the best Gaussian blur", "zh": "最佳高斯模糊"},
    "linear": {"en": "the best linear map", "zh": "最佳线性映射"},
    "model": {"en": "the U-Net", "zh": "U-Net"},
}


def comparison(
    psnr_db: Mapping[str, float], of: Mapping[str, str], lang: str
) -> Table:
    """PSNR of each way to denoise, and its gain over the noisy input.

    ``of`` is what was measured, the table's title.
    """
    from dltutor.chapter import pick

    return Table(
        title=of,
        columns=(
            {"en": "what is measured", "zh": "测量对象"},
            "PSNR, dB",
            {"en": "gain, dB", "zh": "增益, dB"},
        ),
        rows=[
            (
                pick(WAYS[way], lang),
                f"{value:.2f}",
                f"{value - psnr_db['noisy']:+.2f}",
            )
            for way, value in psnr_db.items()
        ],
    )
