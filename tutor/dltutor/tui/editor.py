"""Opens files in the learner's own editor, the screens stepping aside meanwhile."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from dltutor import settings
from dltutor.errors import UsageError
from dltutor.i18n import t

if TYPE_CHECKING:
    from dltutor.tui.app import TutorApp

KNOW_LINES = ("vi", "vim", "nvim", "nano", "emacs", "micro", "hx", "kak", "joe", "ne")


def command(file: Path, line: int = 1) -> list[str]:
    """The editor's command: the setting, $VISUAL, $EDITOR, or what is installed."""
    wished = settings.load().editor or os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    words = shlex.split(wished, posix=os.name != "nt")
    if not words:
        fallback = ("notepad",) if os.name == "nt" else ("nano", "vim", "vi")
        words = [next((name for name in fallback if shutil.which(name)), "")]
    if not words[0] or not shutil.which(words[0]):
        raise UsageError(
            t("there is no editor {name!r}", name=words[0]), t("set one in Settings, or set EDITOR")
        )
    program = Path(words[0]).stem
    if program == "code":
        return [*words, "--wait", "--goto", f"{file}:{line}"]
    if program in ("hx",):
        return [*words, f"{file}:{line}"]
    if line > 1 and program in KNOW_LINES:
        words.append(f"+{line}")
    return [*words, str(file)]


def edit(app: TutorApp, file: Path, line: int = 1) -> bool:
    """Whether the editor ended well. Problems are messages."""
    from textual.app import SuspendNotSupported

    from dltutor.errors import TutorError

    if app.is_web:
        app.tell(t("In a browser there is no other editor than the one on this page."))
        return False
    try:
        words = command(file, line)
        with app.suspend():
            ended = subprocess.run(words, check=False)
        if ended.returncode:
            raise UsageError(t("the editor ended with code {code}", code=ended.returncode))
    except SuspendNotSupported:
        app.tell(t("This terminal can not make room for another program."))
        return False
    except (TutorError, OSError) as error:
        app.complain(error)
        return False
    return True
