"""Demos without a model: samples of a tone, the mel scale, the cosine transform."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter14_speech.mel import (
    dct,
    edges,
    to_hertz,
    to_mel,
    triangle,
)


def alias(hertz: float, rate: float) -> float:
    """The frequency that the samples of a tone can not be told from."""
    return abs(hertz - rate * round(hertz / rate))


def spectrum(wave: torch.Tensor, window: str) -> torch.Tensor:
    """Decibels (bins,) of a frame, below its loudest bin; at least -80."""
    shape = {
        "none": torch.ones(len(wave)),
        "hann": torch.hann_window(len(wave)),
    }[window]
    power = torch.fft.rfft(wave * shape).abs().square()
    decibels: torch.Tensor = (
        10 * (power / power.max()).clamp(min=1e-8).log10()
    )
    return decibels


def sampling(
    hertz: Annotated[
        float,
        Param(
            "frequency of the tone",
            zh="纯音的频率",
            low=50,
            high=15000,
            step=50,
            unit="Hz",
        ),
    ] = 1000.0,
    rate: Annotated[
        int,
        Param(
            "samples a second",
            zh="采样率",
            low=2000,
            high=48000,
            step=1000,
            unit="Hz",
        ),
    ] = 8000,
    window: Annotated[
        Literal["hann", "none"], Param("window of the frame", zh="窗函数")
    ] = "hann",
) -> list[View]:
    """The first samples of a tone, and the spectrum of 25 ms of them."""
    count = rate // 40  # 25 ms
    time = torch.arange(count) / rate
    wave = torch.sin(2 * math.pi * hertz * time)
    shown = min(count, 24)
    fine = [k * shown / rate / 240 for k in range(240)]
    drawn = Chart(
        series=[
            Series(
                {"en": "the tone", "zh": "纯音"},
                [math.sin(2 * math.pi * hertz * s) for s in fine],
                [1000 * s for s in fine],
            ),
            Series(
                {"en": "samples", "zh": "采样"},
                wave[:shown].tolist(),
                (1000 * time[:shown]).tolist(),
            ),
        ],
        x_label={"en": "ms", "zh": "毫秒"},
        title={"en": "The first samples", "zh": "最初的采样"},
    )
    bins = spectrum(wave, window)
    powers = Chart(
        series=[
            Series(
                "dB",
                bins.tolist(),
                [k * rate / count for k in range(len(bins))],
            )
        ],
        x_label="Hz",
        y_limits=(-80.0, 0.0),
        title={"en": "Spectrum of 25 ms", "zh": "25 毫秒的频谱"},
    )
    heard = alias(hertz, rate)
    note = {
        "en": f"{hertz:g} Hz at {rate:,} samples a second gives the samples"
        f" of {heard:g} Hz; up to {rate / 2:g} Hz can be told apart.",
        "zh": f"每秒 {rate:,} 次采样时，{hertz:g} Hz 的采样值与 {heard:g} Hz"
        f" 的相同；能分辨的最高频率是 {rate / 2:g} Hz。",
    }
    return [drawn, powers, Note(note)]


def mel(
    filters: Annotated[
        int, Param("filters", zh="滤波器个数", low=3, high=80)
    ] = 8,
    hertz: Annotated[
        float,
        Param(
            "frequency to look up",
            zh="查看的频率",
            low=20,
            high=8000,
            step=50,
            unit="Hz",
        ),
    ] = 1000.0,
) -> list[View]:
    """The scale, the triangles over frequency, and one frequency by number."""
    at = [20 + 50.0 * k for k in range(160)]
    scale = Chart(
        series=[Series("mel", [to_mel(f) for f in at], at)],
        x_label="Hz",
        title={"en": "Hertz to mel", "zh": "赫兹到梅尔"},
    )
    e = edges(filters, 20, 8000)
    fine = [20 + 20.0 * k for k in range(400)]
    chosen = (
        range(filters) if filters <= 12 else (0, filters // 2, filters - 1)
    )
    bank = Chart(
        series=[
            Series(
                str(k + 1), [triangle(f, *e[k : k + 3]) for f in fine], fine
            )
            for k in chosen
        ],
        x_label="Hz",
        title={"en": "Filters", "zh": "滤波器"},
    )
    weights = [triangle(hertz, *e[k : k + 3]) for k in range(filters)]
    rows = [
        (
            k + 1,
            round(e[k], 1),
            round(e[k + 1], 1),
            round(e[k + 2], 1),
            round(weights[k], 3),
        )
        for k in range(filters)
        if weights[k] > 0
    ]
    table = Table(
        columns=(
            {"en": "filter", "zh": "滤波器"},
            {"en": "from Hz", "zh": "起点 Hz"},
            {"en": "top Hz", "zh": "顶点 Hz"},
            {"en": "to Hz", "zh": "终点 Hz"},
            {"en": "weight", "zh": "权重"},
        ),
        rows=rows,
    )
    m = to_mel(hertz)
    up = to_hertz(m + 100) - hertz
    note = {
        "en": f"{hertz:g} Hz is {m:.1f} mel; 100 mel more is {up:.0f} Hz more.",
        "zh": f"{hertz:g} Hz 是 {m:.1f} 梅尔；再高 100 梅尔就要再高 {up:.0f} Hz。",
    }
    return [scale, bank, table, Note(note)]


def cepstrum(
    low: Annotated[
        float,
        Param(
            "lowest band",
            zh="最低的频带",
            low=-80,
            high=0,
            step=5,
            unit="dB",
        ),
    ] = -10.0,
    middle: Annotated[
        float,
        Param(
            "middle band",
            zh="中间的频带",
            low=-80,
            high=0,
            step=5,
            unit="dB",
        ),
    ] = -30.0,
    high: Annotated[
        float,
        Param(
            "highest band",
            zh="最高的频带",
            low=-80,
            high=0,
            step=5,
            unit="dB",
        ),
    ] = -50.0,
    keep: Annotated[
        int, Param("coefficients kept", zh="保留的系数个数", low=1, high=16)
    ] = 4,
    gain: Annotated[
        float,
        Param(
            "louder by", zh="整体增大", low=-30, high=30, step=5, unit="dB"
        ),
    ] = 0.0,
) -> list[View]:
    """Sixteen bands, their coefficients, and the bands of a few of these."""
    n, half = 16, 7.5
    bands = [
        gain
        + (
            low + (middle - low) * k / half
            if k <= half
            else middle + (high - middle) * (k - half) / half
        )
        for k in range(n)
    ]
    c = dct(bands)
    back = [
        sum(
            c[k]
            * math.sqrt((1 if k == 0 else 2) / n)
            * math.cos(math.pi * k * (2 * i + 1) / (2 * n))
            for k in range(keep)
        )
        for i in range(n)
    ]
    worst = max(abs(a - b) for a, b in zip(bands, back, strict=True))
    curves = Chart(
        series=[
            Series({"en": "bands, dB", "zh": "频带 (dB)"}, bands),
            Series(
                {
                    "en": f"from {keep} coefficients",
                    "zh": f"由 {keep} 个系数恢复",
                },
                back,
            ),
        ],
        title={"en": "Band energies", "zh": "频带能量"},
    )
    bars = Chart(
        series=[Series("c", c)],
        kind="bar",
        categories=[str(k) for k in range(n)],
        title={"en": "Coefficients", "zh": "系数"},
    )
    note = {
        "en": f"c0 = {c[0]:.1f}, c1 = {c[1]:.1f}, c2 = {c[2]:.1f};"
        f" {keep} of {n} coefficients miss a band by at most {worst:.2f} dB.",
        "zh": f"c0 = {c[0]:.1f}，c1 = {c[1]:.1f}，c2 = {c[2]:.1f}；"
        f"保留 {n} 个系数中的 {keep} 个，频带误差最多 {worst:.2f} dB。",
    }
    return [curves, bars, Note(note)]
