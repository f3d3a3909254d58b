"""The idx format of MNIST's files: written, read, and shown byte by byte."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np

from dltutor.chapter import Param
from dltutor.data import digits
from dltutor.data.digits import Bytes
from dltutor.views import Note, Picture, Table, View

WIDTH = 16
"""bytes in a row of the browser"""
ROWS = 8


def write(array: Bytes) -> bytes:
    """An array of bytes, of any shape, as the content of an idx file."""
    magic = bytes([0, 0, 0x08, array.ndim])  # 0x08: unsigned bytes
    lengths = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return magic + lengths + array.tobytes()


def read_header(data: bytes) -> tuple[int, ...]:
    """The shape that the header promises; ValueError if it is none."""
    if len(data) < 4 or data[:3] != bytes([0, 0, 0x08]):
        raise ValueError(
            f"no idx file of bytes: it begins with {data[:4]!r}"
        )
    axes = data[3]
    if len(data) < 4 + 4 * axes:
        raise ValueError("cut off within the header")
    lengths = (data[4 + 4 * k : 8 + 4 * k] for k in range(axes))
    return tuple(int.from_bytes(four, "big") for four in lengths)


def read(data: bytes) -> Bytes:
    """The array; ValueError if the length is not what the header says."""
    shape = read_header(data)
    start = 4 + 4 * len(shape)
    if len(data) != start + math.prod(shape):
        raise ValueError(f"{len(data)} bytes do not fit the shape {shape}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def browse(
    file: Annotated[
        Literal["pictures", "labels"],
        Param("which of the two files", zh="两个文件中的哪一个"),
    ] = "pictures",
    offset: Annotated[
        int,
        Param(
            "first byte that is shown",
            zh="从第几个字节开始显示",
            low=0,
            high=281_471,
            step=16,
        ),
    ] = 0,
) -> list[View]:
    """Rows of bytes, what they mean, and the picture that they belong to.

    The files hold the test pictures of the builtin digits.
    """
    data = files()[file]
    offset = min(offset, (len(data) - 1) // WIDTH * WIDTH)
    end = min(len(data), offset + WIDTH * ROWS)
    rows = [
        (start, data[start : min(start + WIDTH, end)].hex(" "))
        for start in range(offset, end, WIDTH)
    ]
    table = Table(
        title={
            "en": f"{file}: {len(data):,} bytes, shape {read_header(data)}",
            "zh": f"{file}：{len(data):,} 字节，形状 {read_header(data)}",
        },
        columns=(
            {"en": "byte", "zh": "字节"},
            {"en": "content, hexadecimal", "zh": "内容（十六进制）"},
        ),
        rows=rows,
    )
    meaning: list[View] = [
        Note({"en": english, "zh": chinese})
        for english, chinese in meanings(data, offset)
    ]
    return [table, *meaning, *picture_at(data, offset)]


@lru_cache(maxsize=1)
def files() -> dict[str, bytes]:
    """The two files, made from the builtin digits."""
    test = digits.builtin().test
    return {
        "pictures": write(test.x),
        "labels": write(test.y.astype(np.uint8)),
    }


def meanings(data: bytes, offset: int) -> list[tuple[str, str]]:
    """What the first 16 bytes from ``offset`` are, in both languages."""
    shape = read_header(data)
    start = 4 + 4 * len(shape)
    said = []
    if offset < 4:
        said.append(
            (
                f"Bytes 0 to 3: two zeros, 08 for unsigned bytes, number of axes {len(shape)}.",
                f"字节 0 到 3：两个零，08 表示无符号字节，{len(shape)} 个轴。",
            )
        )
    for k, length in enumerate(shape):
        first = 4 + 4 * k
        if offset <= first < offset + WIDTH:
            four = data[first : first + 4].hex(" ")
            said.append(
                (
                    f"Bytes {first} to {first + 3}: {four}, length of axis {k}: {length}.",
                    f"字节 {first} 到 {first + 3}：{four}，轴 {k} 的长度：{length}。",
                )
            )
    if offset + WIDTH > start:
        first = max(offset, start)
        index = np.unravel_index(first - start, shape)
        place = ", ".join(str(int(i)) for i in index)
        said.append(
            (
                f"Byte {first} is the value at [{place}]: {data[first]}.",
                f"字节 {first} 是 [{place}] 处的值：{data[first]}。",
            )
        )
    return said


def picture_at(data: bytes, offset: int) -> list[View]:
    """The picture in which the byte lies, with the shown rows brighter."""
    shape = read_header(data)
    if len(shape) != 3:
        return []
    start = 4 + 4 * len(shape)
    place = max(0, offset - start)
    size = shape[1] * shape[2]
    number = place // size
    grey = (
        read(data)[number] // 2
    )  # dark, so that the shown bytes stand out
    shown = grey.reshape(-1).copy()
    first = place - number * size
    last = max(first, offset + WIDTH * ROWS - start - number * size)
    shown[first:last] = np.minimum(255, shown[first:last] * 2.0 + 60)
    caption = {
        "en": f"picture {number}; the bytes above are the bright part",
        "zh": f"第 {number} 张图片；上面的字节是较亮的部分",
    }
    return [Picture.of(shown.reshape(grey.shape), caption)]
