"""Checkpoints: any nesting of state dicts as ``tensors.safetensors`` and ``state.json``.

A checkpoint is a folder, written under another name and renamed, so it is there whole or not
at all. ``state.json`` holds the CRC-32 of the tensors' file; nothing in a checkpoint can run
code when it is read.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from dltutor.errors import TutorError

TENSORS = "tensors.safetensors"
STATE = "state.json"


class DamagedCheckpoint(TutorError):  # noqa: N818 - it is named by what it is
    """A checkpoint whose files do not agree or can not be read."""


def pack(value: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """``value`` as JSON, its tensors moved into ``tensors`` under running numbers."""
    if isinstance(value, np.ndarray):
        return {"$numpy": pack(torch.from_numpy(value.copy()), tensors)}
    if isinstance(value, torch.Tensor):
        key = str(len(tensors))
        # a copy: shared storage (tied weights) may not be saved twice by reference
        tensors[key] = value.detach().cpu().contiguous().clone()
        return {"$tensor": key}
    if isinstance(value, Mapping):
        if all(isinstance(k, str) and not k.startswith("$") for k in value):
            return {k: pack(v, tensors) for k, v in value.items()}
        return {"$dict": [[pack(k, tensors), pack(v, tensors)] for k, v in value.items()]}
    if isinstance(value, tuple):
        return {"$tuple": [pack(v, tensors) for v in value]}
    if isinstance(value, list):
        return [pack(v, tensors) for v in value]
    if isinstance(value, float) and value - value != 0:
        return {"$float": repr(value)}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a {type(value).__name__} can not be kept in a checkpoint")


def unpack(value: Any, tensors: Mapping[str, torch.Tensor]) -> Any:
    """The inverse of :func:`pack`."""
    if isinstance(value, list):
        return [unpack(v, tensors) for v in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$tensor": key}:
            return tensors[key]
        case {"$numpy": inner}:
            return unpack(inner, tensors).numpy()
        case {"$dict": pairs}:
            return {unpack(k, tensors): unpack(v, tensors) for k, v in pairs}
        case {"$tuple": items}:
            return tuple(unpack(v, tensors) for v in items)
        case {"$float": text}:
            return float(text)
        case _:
            return {k: unpack(v, tensors) for k, v in value.items()}


def write(folder: Path, state: Mapping[str, Any]) -> None:
    """Writes ``state`` as the checkpoint ``folder``, replacing what was there."""
    tensors: dict[str, torch.Tensor] = {}
    packed = pack(state, tensors)
    data = save_tensors(tensors)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        _write_synced(temporary / TENSORS, data)
        text = json.dumps({"crc32": zlib.crc32(data), "state": packed}, ensure_ascii=False)
        _write_synced(temporary / STATE, text.encode("utf-8"))
        if folder.exists():
            # a folder can not be renamed over another one: the old one goes aside first
            aside = folder.with_name(f".{folder.name}.old")
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)
            temporary.rename(folder)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            temporary.rename(folder)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise TutorError(
            f"the checkpoint {folder} can not be written: {error.strerror or error}",
            "free some space or make the folder writable; the checkpoint before it is whole",
        ) from error


def _write_synced(file: Path, data: bytes) -> None:
    with file.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def read(folder: Path) -> dict[str, Any]:
    """The state of a checkpoint; DamagedCheckpoint names the folder and what is wrong."""
    try:
        text = json.loads((folder / STATE).read_text(encoding="utf-8"))
        data = (folder / TENSORS).read_bytes()
        if zlib.crc32(data) != text["crc32"]:
            raise ValueError("the tensors' checksum differs")
        state = unpack(text["state"], load_tensors(data))
    except Exception as error:  # whatever a damaged file makes of the readers
        raise DamagedCheckpoint(f"the checkpoint {folder} is damaged: {error}") from None
    if not isinstance(state, dict):
        raise DamagedCheckpoint(f"the checkpoint {folder} is damaged: no state in it")
    return state


def kept(root: Path) -> list[Path]:
    """The checkpoints below ``root``, newest first, and an interrupted replacement put right."""
    if not root.is_dir():
        return []
    return sorted((p for p in root.iterdir() if p.name.isdigit()), key=lambda p: int(p.name), reverse=True)


def tidy(root: Path, keep: int = 2) -> None:
    """Removes all but the newest ``keep`` checkpoints, and what killed writers left behind."""
    for path in kept(root)[keep:]:
        shutil.rmtree(path, ignore_errors=True)
    if root.is_dir():
        for path in root.glob(".*"):
            shutil.rmtree(path, ignore_errors=True)
