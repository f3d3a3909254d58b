"""The kernel editor: a picture, its feature map, and the sum behind one cell."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from dltutor.chapter import Param
from dltutor.errors import UsageError
from dltutor.i18n import local
from dltutor.views import Note, Picture, Table, View
from dltutor_plugins.chapter05_cnn.sums import (
    Grid,
    feature_map,
    padded,
    window,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

KERNELS: dict[str, Grid] = {
    "edges": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "vertical": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "horizontal": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}
"""The vertical and horizontal ones are Sobel's."""
WIDEST = 7
LIGHT, TINT = 0.45, np.array([1.0, 0.55, 0.1])
"""how the chosen window and cell are coloured"""


def show(
    picture: Annotated[
        Literal["digit", "shapes", "temple"],
        Param("what to look at", zh="图片"),
    ] = "digit",
    kernel: Annotated[
        Literal[
            "vertical",
            "horizontal",
            "edges",
            "blur",
            "sharpen",
            "emboss",
            "identity",
        ],
        Param("a kernel of 3 x 3", zh="3 x 3 的卷积核"),
    ] = "vertical",
    numbers: Annotated[
        str,
        Param(
            "weights instead: rows with | between",
            zh="自己写权重：各行以 | 分隔",
        ),
    ] = "",
    stride: Annotated[
        int, Param("step of the kernel", zh="步幅", low=1, high=4)
    ] = 1,
    padding: Annotated[
        int, Param("border of zeros", zh="填充的零", low=0, high=8)
    ] = 0,
    dilation: Annotated[
        int, Param("spread of the kernel", zh="膨胀", low=1, high=4)
    ] = 1,
    row: Annotated[
        int,
        Param("row of the chosen cell", zh="所选格的行", low=0, high=75),
    ] = 12,
    column: Annotated[
        int,
        Param("column of the chosen cell", zh="所选格的列", low=0, high=75),
    ] = 10,
) -> list[View]:
    """The picture, the feature map, and how its chosen cell came about."""
    weights = read(numbers) if numbers.strip() else KERNELS[kernel]
    x = padded(PICTURES[picture](), padding)
    spans = [
        dilation * (n - 1) + 1 for n in (len(weights), len(weights[0]))
    ]
    out = feature_map(x, weights, stride, 0, dilation)
    row, column = min(row, len(out) - 1), min(column, len(out[0]) - 1)
    top, left = row * stride, column * stride

    seen = np.array(x)
    below = seen[top : top + spans[0], left : left + spans[1]]
    marked = grey_as_colour(seen)
    marked[top : top + spans[0], left : left + spans[1]] = tinted(below)
    values = np.array(out)
    return [
        Picture.of(marked, sizes("picture", "图片", seen)),
        Picture.of(mark_cell(values, row, column), map_caption(values)),
        sum_table(
            window(x, (len(weights), len(weights[0])), top, left, dilation),
            weights,
        ),
        Note(verdict(row, column, out[row][column])),
    ]


def read(text: str) -> Grid:
    """``"0 -1 0 | -1 5 -1 | 0 -1 0"`` as rows of numbers."""
    try:
        rows = [
            [fraction(word) for word in line.replace(",", " ").split()]
            for line in text.split("|")
        ]
    except (ValueError, ZeroDivisionError):
        raise no_kernel(text) from None
    size = len(rows[0])
    fits = 1 <= size <= WIDEST and len(rows) <= WIDEST
    if not fits or any(len(line) != size for line in rows):
        raise no_kernel(text)
    return rows


def fraction(word: str) -> float:
    """``"1/9"``, ``"-2"`` or ``"0.5"``; within a million, and finite."""
    above, _, below = word.partition("/")
    value = float(above) / float(below or 1)
    if not abs(value) <= 1e6:
        raise ValueError(word)
    return value


def no_kernel(text: str) -> UsageError:
    """The error for numbers that make no kernel."""
    return UsageError(
        local(
            {
                "en": f"numbers: {text!r} is no kernel",
                "zh": f"numbers：{text!r} 不是卷积核",
            }
        ),
        local(
            {
                "en": "rows of equal length with | between, for example"
                f" 0 -1 0 | -1 5 -1 | 0 -1 0; up to {WIDEST} x {WIDEST}",
                "zh": "各行一样长，以 | 分隔，例如"
                f" 0 -1 0 | -1 5 -1 | 0 -1 0；最大 {WIDEST} x {WIDEST}",
            }
        ),
    )


def sum_table(below: Grid, weights: Grid) -> Table:
    """A line for each row of the kernel: pixels, weights, their sum."""
    rows = [
        (
            "  ".join(f"{pixel:.2f}" for pixel in pixels),
            "  ".join(f"{w:.3g}" for w in line),
            f"{sum(p * w for p, w in zip(pixels, line, strict=True)):.2f}",
        )
        for pixels, line in zip(below, weights, strict=True)
    ]
    return Table(
        title={
            "en": "The chosen cell: pixels times weights, added up",
            "zh": "所选的格：像素乘权重，加起来",
        },
        columns=(
            {"en": "pixels", "zh": "像素"},
            {"en": "weights", "zh": "权重"},
            {"en": "sum of the row", "zh": "这一行的和"},
        ),
        rows=rows,
    )


def verdict(row: int, column: int, value: float) -> dict[str, str]:
    """The cell's value in words."""
    return {
        "en": f"Row {row}, column {column} of the feature map: {value:.2f}.",
        "zh": f"特征图第 {row} 行第 {column} 列：{value:.2f}。",
    }


def sizes(en: str, zh: str, values: NDArray[Any]) -> dict[str, str]:
    """A caption that says the size."""
    size = f"{values.shape[0]} x {values.shape[1]}"
    return {"en": f"{en}, {size}", "zh": f"{zh}，{size}"}


def map_caption(values: NDArray[Any]) -> dict[str, str]:
    """What the shades of the map mean."""
    low, high = values.min(), values.max()
    text = sizes("feature map", "特征图", values)
    return {
        "en": f"{text['en']}: black {low:.2f}, white {high:.2f}",
        "zh": f"{text['zh']}：黑 {low:.2f}，白 {high:.2f}",
    }


def mark_cell(values: NDArray[Any], row: int, column: int) -> NDArray[Any]:
    """The map from black to white, (H, W, 3), with one cell coloured."""
    spread = values.max() - values.min()
    grey = (values - values.min()) / (spread if spread > 0 else 1)
    colour = grey_as_colour(grey)
    cell = grey[row : row + 1, column : column + 1]
    colour[row : row + 1, column : column + 1] = tinted(cell)
    return colour


def grey_as_colour(grey: NDArray[Any]) -> NDArray[Any]:
    """(H, W) to (H, W, 3)."""
    return np.repeat(grey[:, :, None], 3, axis=2)


def tinted(grey: NDArray[Any]) -> NDArray[Any]:
    """(H, W) to orange (H, W, 3) in which light and dark can still be told."""
    colour: NDArray[Any] = (LIGHT + (1 - LIGHT) * grey[:, :, None]) * TINT
    return colour


@lru_cache(maxsize=1)
def digit() -> Grid:
    """A handwritten 3 of scikit-learn's, 28 x 28."""
    from dltutor.data.digits import builtin

    test = builtin().test
    values: Grid = (test.x[test.y == 3][0] / 255).tolist()
    return values


@lru_cache(maxsize=1)
def shapes() -> Grid:
    """A square, a disc, a slanted line and a ramp of grey, 40 x 56."""
    y, x = np.mgrid[0:40, 0:56]
    picture = np.zeros((40, 56))
    picture[6:18, 6:18] = 1
    picture[(y - 12) ** 2 + (x - 38) ** 2 <= 64] = 0.8
    picture[abs(y - 40 + x) <= 1] = 1
    picture[28:36, 26:52] = np.linspace(0, 1, 26)
    values: Grid = picture.tolist()
    return values


@lru_cache(maxsize=1)
def temple() -> Grid:
    """The photograph of a temple that comes with scikit-learn, 40 x 60."""
    from PIL import Image
    from sklearn.datasets import load_sample_image

    photograph = Image.fromarray(load_sample_image("china.jpg")).convert(
        "L"
    )
    values: Grid = (np.array(photograph.resize((60, 40))) / 255).tolist()
    return values


PICTURES = {"digit": digit, "shapes": shapes, "temple": temple}
