"""What can be drawn: values that say what to show, not how.

A demo returns views, an event carries one, a lesson embeds one. They are plain data that
travel as JSON, so the process that computes them needs no terminal and the process that
draws them needs no torch.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dltutor.chapter import Text


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one group of bars, of a chart."""

    label: Text
    y: Sequence[float]
    x: Sequence[float] = ()
    """as long as ``y``; empty means 0, 1, 2, ..."""
    names: Sequence[str] = ()
    """as long as ``y``: what stands beside the points of a scatter chart"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines, points or bars over two axes. Values that are not finite are left out."""

    series: Sequence[Series]
    kind: Literal["line", "scatter", "bar"] = "line"
    title: Text = ""
    x_label: Text = ""
    y_label: Text = ""
    categories: Sequence[str] = ()
    """the names of the bars"""
    y_limits: tuple[float, float] | None = None
    x_limits: tuple[float, float] | None = None
    log_y: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Pixels, row by row: 1 byte each when grey, 3 when colour."""

    width: int
    height: int
    pixels: bytes
    caption: Text = ""

    def __post_init__(self) -> None:
        if (
            self.width < 1
            or self.height < 1
            or len(self.pixels) not in (self.width * self.height, 3 * self.width * self.height)
        ):
            raise ValueError(
                f"{len(self.pixels)} bytes are no {self.width} x {self.height} picture"
            )

    @property
    def channels(self) -> int:
        return len(self.pixels) // (self.width * self.height)

    @classmethod
    def of(cls, array: Any, caption: Text = "") -> Picture:
        """From an array or tensor (H, W), (H, W, 3), (1, H, W) or (3, H, W).

        Floats are taken as 0 (black) to 1 (white) and clipped; integers as 0 to 255.
        """
        if hasattr(array, "detach"):
            array = array.detach().cpu()
            array = (array.float() if array.is_floating_point() else array).numpy()
        if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
            array = array.transpose(1, 2, 0)
        if array.ndim == 3 and array.shape[2] == 1:
            array = array[:, :, 0]
        if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
            raise ValueError(f"shape {array.shape} is no picture: (H, W), (H, W, 3) or (3, H, W)")
        if array.dtype.kind == "f":
            array = (array.clip(0, 1) * 255).round()
        array = array.astype("uint8")
        return cls(
            width=array.shape[1], height=array.shape[0], pixels=array.tobytes(), caption=caption
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    """A matrix as shades, with names for rows and columns: attention, confusion, a surface."""

    values: Sequence[Sequence[float]]
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    title: Text = ""
    x_label: Text = ""
    y_label: Text = ""
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells; numbers are aligned to the right."""

    columns: Sequence[Text]
    rows: Sequence[Sequence[str | int | float]]
    title: Text = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph of text. Shown as text: no markup, no terminal escapes."""

    text: Text


View = Chart | Picture | Heatmap | Table | Note

_KINDS: Mapping[str, type] = {c.__name__.lower(): c for c in (Chart, Picture, Heatmap, Table, Note)}


def to_json(view: View) -> dict[str, Any]:
    """The view as JSON-ready data, its kind under ``view``."""
    data: dict[str, Any] = {"view": type(view).__name__.lower()}
    for name in type(view).__slots__:
        value = getattr(view, name)
        if name == "pixels":
            value = base64.b64encode(value).decode("ascii")
        elif name == "series":
            value = [
                {"label": s.label, "y": _floats(s.y), "x": _floats(s.x)}
                | ({"names": list(s.names)} if s.names else {})
                for s in value
            ]
        data[name] = value
    return data


def _floats(values: Sequence[float]) -> list[float | None]:
    # JSON has no NaN and no infinity: they travel as null
    return [v if v - v == 0 else None for v in map(float, values)]


def from_json(data: Mapping[str, Any]) -> View:
    """The view back from JSON; raises ValueError for anything that is not one."""
    kind = _KINDS.get(str(data.get("view")))
    if kind is None:
        raise ValueError(f"no view is called {data.get('view')!r}")
    values = {k: v for k, v in data.items() if k in kind.__slots__}  # type: ignore[attr-defined]
    try:
        if kind is Picture:
            values["pixels"] = base64.b64decode(values["pixels"])
        if kind is Chart:
            values["series"] = [
                Series(
                    s["label"],
                    [float("nan") if v is None else v for v in s["y"]],
                    [float("nan") if v is None else v for v in s["x"]],
                    [str(n) for n in s.get("names", ())],
                )
                for s in values["series"]
            ]
            for limits in ("x_limits", "y_limits"):
                if values.get(limits):
                    values[limits] = tuple(values[limits])
        view: View = kind(**values)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a {kind.__name__.lower()}: {error}") from None
    return view
