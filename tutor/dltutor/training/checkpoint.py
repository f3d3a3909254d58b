"""Checkpoints: any nesting of state dicts as one safetensors file.

The tensors are the file's tensors; all the rest is JSON in its header, with a CRC-32 of both.
The file is written under another name and renamed, so it is there whole or not at all, and
nothing in it can run code when it is read.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save as save_tensors

from dltutor.errors import TutorError

SUFFIX = ".safetensors"


class DamagedCheckpoint(TutorError):  # noqa: N818 - it is named by what it is
    """A checkpoint that can not be read, or that is not what was written."""


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


def write(file: Path, state: Mapping[str, Any]) -> None:
    """Writes ``state`` as the checkpoint ``file``, replacing what was there."""
    tensors: dict[str, torch.Tensor] = {}
    text = json.dumps(pack(state, tensors), ensure_ascii=False)
    data = save_tensors(tensors, metadata={"state": text, "crc32": str(_checksum(text, tensors))})
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise TutorError(
            f"the checkpoint {file} can not be written: {error.strerror or error}",
            "free some space or make the folder writable; the checkpoint before it is whole",
        ) from error


def _checksum(text: str, tensors: Mapping[str, torch.Tensor]) -> int:
    crc = zlib.crc32(text.encode("utf-8"))
    for key in sorted(tensors, key=int):
        # a view of the bytes of any dtype, bfloat16 included
        crc = zlib.crc32(tensors[key].reshape(-1).view(torch.uint8).numpy().data, crc)
    return crc


def read(file: Path) -> dict[str, Any]:
    """The state of a checkpoint; DamagedCheckpoint names the file and what is wrong."""
    try:
        with safe_open(str(file), framework="pt") as content:
            metadata = content.metadata() or {}
            tensors = {key: content.get_tensor(key) for key in content.keys()}  # noqa: SIM118 - no mapping
        if _checksum(metadata["state"], tensors) != int(metadata["crc32"]):
            raise ValueError("its checksum differs")
        state = unpack(json.loads(metadata["state"]), tensors)
    except Exception as error:  # whatever a damaged file makes of the readers
        raise DamagedCheckpoint(f"the checkpoint {file} is damaged: {error}") from None
    if not isinstance(state, dict):
        raise DamagedCheckpoint(f"the checkpoint {file} is damaged: no state in it")
    return state


def kept(folder: Path) -> list[Path]:
    """The checkpoints in ``folder``, newest first."""
    found = [p for p in folder.glob("*" + SUFFIX) if p.stem.isdigit()]
    return sorted(found, key=lambda p: int(p.stem), reverse=True)


def tidy(folder: Path, keep: int = 2) -> None:
    """Removes all but the newest ``keep`` checkpoints, and what killed writers left behind."""
    for file in [*kept(folder)[keep:], *folder.glob(".*.tmp")]:
        file.unlink(missing_ok=True)
