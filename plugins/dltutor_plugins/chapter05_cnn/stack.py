"""Arithmetic of a stack of layers: output sizes and receptive fields. Needs no torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dltutor.errors import UsageError
from dltutor.i18n import local


class Layer(NamedTuple):
    """A convolution or a pooling, the same in both directions."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    name: str = "conv"


class Row(NamedTuple):
    """What is known after a layer."""

    layer: Layer
    size: int
    """cells in a row of its output"""
    jump: int
    """input pixels between two neighbouring cells"""
    field: int
    """input pixels in a row that one cell can see"""


def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> int:
    """How many places a kernel has: floor((W - F + 2P) / S) + 1.

    F is what the kernel spans: dilation * (kernel - 1) + 1 pixels.
    """
    span = dilation * (kernel - 1) + 1
    return (size - span + 2 * padding) // stride + 1


def follow(size: int, layers: Sequence[Layer]) -> list[Row]:
    """Sizes and receptive fields after each layer, from ``size`` pixels."""
    rows: list[Row] = []
    jump, field = 1, 1
    for layer in layers:
        field += layer.dilation * (layer.kernel - 1) * jump
        jump *= layer.stride
        kernel, stride, padding, dilation, _ = layer
        size = output_size(size, kernel, stride, padding, dilation)
        if size < 1:
            raise too_small(layer, len(rows) + 1)
        rows.append(Row(layer, size, jump, field))
    return rows


def too_small(layer: Layer, place: int) -> UsageError:
    """The error for a kernel that has no place in its input."""
    span = layer.dilation * (layer.kernel - 1) + 1
    return UsageError(
        local(
            {
                "en": f"layer {place} spans {span} pixels and gets fewer",
                "zh": f"第 {place} 层跨 {span} 个像素，而它的输入没有这么大",
            }
        ),
        local(
            {
                "en": "add padding, or take a smaller kernel or dilation",
                "zh": "增大填充，或减小卷积核、膨胀",
            }
        ),
    )


MOST = 64
"""layers in a stack, and the largest number in a layer"""


def parse(text: str) -> list[Layer]:
    """Reads ``"7 s2 p3, pool 2, 3 d2 x4"``: layers, with commas between.

    First the kernel's size, then s for stride, p for padding, d for dilation
    and x for how many of them. ``pool N`` is a pooling, stride N unless said.
    """
    layers: list[Layer] = []
    for part in text.split(","):
        layer, times = parse_one(part.strip())
        layers += [layer] * times
    if len(layers) > MOST:
        raise unreadable(text, f"{len(layers)} > {MOST}")
    return layers


def parse_one(part: str) -> tuple[Layer, int]:
    """One layer and how often it comes."""
    name, rest = "conv", part.lower()
    for word in ("conv", "pool"):
        if rest.startswith(word):
            name, rest = word, rest.removeprefix(word)
    if not re.fullmatch(r"\s*\d{1,3}(\s+[spdx]\d{1,3})*\s*", rest):
        raise unreadable(part)
    kernel, *marks = rest.split()
    found = {mark[0]: int(mark[1:]) for mark in marks}
    stride = found.get("s", int(kernel) if name == "pool" else 1)
    layer = Layer(
        int(kernel), stride, found.get("p", 0), found.get("d", 1), name
    )
    times = found.get("x", 1)
    numbers = (layer.kernel, layer.stride, layer.dilation, times)
    fine = min(numbers) >= 1 and max(*numbers, layer.padding) <= MOST
    if not fine or len(found) != len(marks):
        raise unreadable(part)
    return layer, times


def unreadable(part: str, why: str = "") -> UsageError:
    """The error that quotes what is no layer and shows some that are."""
    quoted = repr(part) + (f" ({why})" if why else "")
    return UsageError(
        local(
            {
                "en": f"layers: {quoted} is no layer",
                "zh": f"layers：{quoted} 不是一层",
            }
        ),
        local(
            {
                "en": "write for example 7 s2 p3, pool 2, 3 d2 x4; numbers up to"
                f" {MOST}",
                "zh": f"写法如 7 s2 p3, pool 2, 3 d2 x4；数字最大 {MOST}",
            }
        ),
    )
