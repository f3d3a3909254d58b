"""What the user chose once: language, theme, data root, chapters that are off."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from dltutor import paths
from dltutor.chapter import LANGUAGES
from dltutor.errors import TutorError, UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    lang: str = ""
    """empty: as the locale says"""
    theme: str = ""
    data_root: str = ""
    editor: str = ""
    pictures: str = ""
    """empty: as the terminal can; ``blocks``, or a protocol by name (see ``drawing.terminal``)"""
    welcomed: bool = False
    disabled: tuple[str, ...] = ()
    """entry-point names of chapters that are not loaded"""


def load() -> Settings:
    """The settings on disk, or the defaults. A damaged file is an error that names it."""
    file = paths.settings_file()
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise ValueError("not an object")
        known = {f.name for f in fields(Settings)}
        values: dict[str, Any] = {k: v for k, v in data.items() if k in known}
        values["disabled"] = tuple(values.get("disabled", ()))
        return Settings(**values)
    except FileNotFoundError:
        return Settings()
    except (ValueError, TypeError) as error:
        raise TutorError(f"{file} is damaged: {error}", "mend or delete it") from None
    except OSError as error:
        raise TutorError(f"{file} can not be read: {error.strerror}") from None


def save(**changes: Any) -> Settings:
    """Writes the settings with ``changes``, whole or not at all."""
    new = replace(load(), **changes)
    write_whole(paths.settings_file(), json.dumps(asdict(new), ensure_ascii=False, indent=1))
    return new


def write_whole(file: Path, text: str | bytes) -> None:
    """Writes a file under a temporary name beside it and renames it, so nobody sees half of it."""
    data = text.encode("utf-8") if isinstance(text, str) else text
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(file)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise TutorError(f"{file} can not be written: {error.strerror}") from error


def language(asked: str = "") -> str:
    """The language to speak: asked for, ``DLTUTOR_LANG``, the setting, the locale, English."""
    for source, value in (("--lang", asked), ("DLTUTOR_LANG", os.environ.get("DLTUTOR_LANG", ""))):
        if value:
            if value[:2].lower() not in LANGUAGES:
                raise UsageError(
                    f"{source} {value!r}: there is no such language",
                    "one of " + ", ".join(LANGUAGES),
                )
            return value[:2].lower()
    chosen = load().lang
    if chosen in LANGUAGES:
        return chosen
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
