"""What is asked of a run: everything that decides its result, written to ``run.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from dltutor.errors import TutorError

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """The question that a run answers. JSON-ready."""

    chapter: str
    preset: str
    config: Mapping[str, Any]
    data: Mapping[str, Any]
    """``kind`` (builtin, full or path), ``root`` (a folder or null) and ``label`` (words)"""
    seed: int = 0
    device: str = "auto"
    devices: int = 1
    nodes: int = 1
    precision: str = "auto"
    compile: bool = False
    profile: bool = False
    save_every: float = 15.0
    """seconds between checkpoints"""
    micro_batches: int = 1
    """pieces that each batch is computed in, so that it fits into memory"""
    command: str = ""
    created: str = ""
    """UTC, ISO 8601"""
    versions: Mapping[str, str] = field(default_factory=dict)
    git: str = ""
    """revision of the repository around the working folder, where there is one"""
    sweep: str = ""
    schema: int = SCHEMA

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RunSpec:
        """Raises TutorError for a specification of a newer schema or one that lacks a key."""
        if int(data.get("schema", 0)) > SCHEMA:
            raise TutorError(
                "this run was made by a newer dltutor", "update: pip install -U dltutor"
            )
        known = {f.name for f in fields(cls)}
        try:
            return cls(**{k: v for k, v in data.items() if k in known})
        except TypeError as error:
            raise TutorError(f"run.json is not a run's specification: {error}") from None
