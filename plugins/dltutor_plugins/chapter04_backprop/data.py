"""Points from a CSV file of the learner's own."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from dltutor.data.roots import DataChoice
from dltutor.errors import DataError
from dltutor.i18n import local
from dltutor_plugins.chapter04_backprop.line import Points, builtin


def load(data: DataChoice) -> Points:
    """The points to fit. DataError names the file, the line and the column."""
    if data.root is None:
        return builtin()
    columns = read_columns(data.root, ("x", "y"))
    points = Points(np.array(columns["x"]), np.array(columns["y"]))
    if len(set(columns["x"])) < 2:
        few = {
            "en": f"{data.root}: {len(columns['x'])} points at"
            f" {len(set(columns['x']))} places of x",
            "zh": f"{data.root}：{len(columns['x'])} 个点，"
            f"只有 {len(set(columns['x']))} 个不同的 x",
        }
        need = {
            "en": "a line needs points at two places at least",
            "zh": "确定一条直线至少需要两个不同的 x",
        }
        raise DataError(local(few), local(need))
    return points


def read_columns(
    file: Path, names: tuple[str, ...]
) -> dict[str, list[float]]:
    """The named columns of a CSV file with a header, as finite numbers."""
    if not file.is_file():
        what = {
            "en": f"{file} is no file",
            "zh": f"{file} 不是文件",
        }
        raise DataError(local(what), local(_WANTED))
    found: dict[str, list[float]] = {name: [] for name in names}
    try:
        # a spreadsheet puts a mark before UTF-8; utf-8-sig takes it away
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle)
            head = [cell.strip() for cell in next(rows, [])]
            for name in names:
                if name not in head:
                    raise _wrong(file, 1, name, ", ".join(head), head=True)
            places = {name: head.index(name) for name in names}
            for row in rows:
                if not any(cell.strip() for cell in row):
                    continue
                for name, place in places.items():
                    cell = row[place].strip() if place < len(row) else ""
                    number = _number(cell)
                    if number is None:
                        raise _wrong(file, rows.line_num, name, cell)
                    found[name].append(number)
    except UnicodeDecodeError:
        what = {
            "en": f"{file} is no text in UTF-8",
            "zh": f"{file} 不是 UTF-8 文本",
        }
        raise DataError(local(what), local(_WANTED)) from None
    except csv.Error as error:
        raise DataError(f"{file}: {error}", local(_WANTED)) from None
    return found


_WANTED = {
    "en": "a CSV file whose first line names the columns, such as x,y",
    "zh": "需要一个 CSV 文件，第一行是列名，例如 x,y",
}


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _wrong(
    file: Path, line: int, column: str, found: str, *, head: bool = False
) -> DataError:
    """The error for a cell that is no number, or for a missing column."""
    if head:
        what = {
            "en": f"{file}, line 1: no column {column} in {found!r}",
            "zh": f"{file} 第 1 行：{found!r} 中没有列 {column}",
        }
        return DataError(local(what), local(_WANTED))
    what = {
        "en": f"{file}, line {line}, column {column}: {found!r} is no number",
        "zh": f"{file} 第 {line} 行，列 {column}：{found!r} 不是数",
    }
    hint = {
        "en": "write a finite number such as -1.5, or leave the line out",
        "zh": "写一个有限的数，例如 -1.5，或者删去这一行",
    }
    return DataError(local(what), local(hint))
