"""Where data sets are, and which data a run uses.

A data root is a folder laid out as the public sets are: ``MNIST/raw/train-images-idx3-ubyte``
and so on. Several are looked through, in this order: the one asked for (``--data-root``),
``DLTUTOR_DATA``, the setting, the folder of our own downloads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dltutor import paths, settings
from dltutor.chapter import Dataset, Training
from dltutor.errors import DataError, UsageError
from dltutor.i18n import local, t


@dataclass(frozen=True, slots=True)
class DataChoice:
    """The data that a run uses: ``run.data``, and ``data`` in ``run.json``."""

    kind: Literal["builtin", "full", "path"]
    root: Path | None
    """the data root of the full set, the path of the user's own data, None for builtin"""
    label: str
    """what it is, for people"""

    def to_json(self) -> dict[str, str | None]:
        root = None if self.root is None else str(self.root)
        return {"kind": self.kind, "root": root, "label": self.label}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DataChoice:
        """Raises ValueError for anything that ``to_json`` does not give."""
        kind, root, label = data.get("kind"), data.get("root"), data.get("label", "")
        if kind not in ("builtin", "full", "path") or (root is None) != (kind == "builtin"):
            raise ValueError(f"no choice of data: {dict(data)}")
        return cls(kind, None if root is None else Path(root), str(label))


@dataclass(frozen=True, slots=True)
class Root:
    """A data root and who named it."""

    path: Path
    source: Literal["--data-root", "DLTUTOR_DATA", "settings", "downloads"]


def roots(data_root: str = "") -> tuple[Root, ...]:
    """The data roots in the order they are looked through.

    One that is asked for stands alone. Raises DataError where a root that somebody named is
    no folder that can be read.
    """
    if data_root:
        return (_readable(Root(_path(data_root), "--data-root")),)
    found = []
    if named := os.environ.get("DLTUTOR_DATA", ""):
        found.append(_readable(Root(_path(named), "DLTUTOR_DATA")))
    if chosen := settings.load().data_root:
        found.append(_readable(Root(_path(chosen), "settings")))
    found.append(Root(paths.downloads_folder(), "downloads"))
    return tuple(found)


def _path(text: str) -> Path:
    # whole, since the run folder keeps it and is read from anywhere
    return Path(text).expanduser().resolve()


def _readable(root: Root) -> Root:
    if not root.path.is_dir():
        what = t("is a file, not a folder") if root.path.is_file() else t("does not exist")
        raise DataError(f"{root.source}: {root.path} {what}")
    if not os.access(root.path, os.R_OK | os.X_OK):
        raise DataError(f"{root.source}: {root.path} " + t("may not be read"))
    return root


def missing(dataset: Dataset, root: Path) -> str:
    """The first file of the set that is not below ``root``; the empty text when it is there."""
    for either in dataset.marks:
        if not any((root / dataset.folder / mark).exists() for mark in either):
            return f"{dataset.folder}/{either[0]}"
    return ""


def find(dataset: Dataset, data_root: str = "") -> Root | None:
    """The first data root that holds the set."""
    return next((root for root in roots(data_root) if not missing(dataset, root.path)), None)


def choose(training: Training, data: str = "", data_root: str = "") -> DataChoice:
    """The data for ``--data`` and ``--data-root``.

    ``""`` is the full set where a data root holds it and the builtin data otherwise; but a
    data root that was asked for must hold it. ``"full"`` must be there: DataError says where
    it was looked for and what to do (``downloads.choose`` fetches it first). Anything else is
    a path.
    """
    if data == "builtin" or (not data and training.full is None):
        return DataChoice("builtin", None, local(training.builtin))
    if data in ("", "full"):
        if training.full is None:
            raise UsageError(t("this chapter has no full data set"), t("use --data builtin"))
        found = find(training.full, data_root)
        if found is not None:
            return DataChoice("full", found.path, local(training.full.title))
        if data == "full" or data_root:
            raise absent(training.full, data_root)
        return DataChoice("builtin", None, local(training.builtin))
    return _own(training, data)


def absent(dataset: Dataset, data_root: str = "") -> DataError:
    """The error that says where the set was looked for and what to do."""
    looked = roots(data_root)
    where = ", ".join(str(root.path / dataset.folder) for root in looked)
    if len(looked) == 1 and missing(dataset, looked[0].path):
        where = str(looked[0].path / missing(dataset, looked[0].path))
    command = f"dltutor data fetch {dataset.name}" + (
        f" --data-root {data_root}" if data_root else ""
    )
    return DataError(
        t("{name} is not there: looked for {where}", name=dataset.name, where=where),
        t("run: {command}, or use --data builtin", command=command),
    )


def _own(training: Training, data: str) -> DataChoice:
    path = _path(data)
    wanted = local(training.own_data)
    if not wanted:
        raise UsageError(
            t("--data {data!r}: this chapter takes no data of your own", data=data),
            t("one of {choices}", choices="builtin, full" if training.full else "builtin"),
        )
    if not path.exists():
        from difflib import get_close_matches

        near = get_close_matches(data, ("builtin", "full"), n=1)
        hint = (
            t("did you mean {near}?", near=near[0])
            if near
            else t("builtin, full, or {what}", what=wanted)
        )
        raise UsageError(t("--data {data!r}: there is no such path", data=data), hint)
    if not os.access(path, os.R_OK):
        raise DataError(t("--data {data!r} may not be read", data=data))
    if path.is_dir() and not any(path.iterdir()):
        raise DataError(t("--data {data!r} is an empty folder", data=data), wanted)
    return DataChoice("path", path, str(path))
