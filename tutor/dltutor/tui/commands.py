"""What a ``dltutor ...`` command in a lesson means inside the screens."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from dltutor import content, registry
from dltutor.i18n import current

if TYPE_CHECKING:
    from dltutor.chapter import Chapter
    from dltutor.tui.app import TutorApp


def _taken_apart(words: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Plain words, and the options with their values."""
    plain: list[str] = []
    options: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            flags = ("--plain", "--json", "--detach", "--compile", "--profile")
            if not equals:
                value = "" if name in flags else next(rest, "")
            options.setdefault(name, []).append(value)
        else:
            plain.append(word)
    return plain, options


def follow(app: TutorApp, command: str, chapter: Chapter) -> bool:
    """Opens the screen that does what the command says; False for what has no screen."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    if len(words) < 2 or words[0] != "dltutor":
        return False
    plain, options = _taken_apart(words[2:])
    settings = options.get("--set", [])
    target = registry.find(plain[0]) if plain and words[1] not in ("runs", "review") else chapter
    if words[1] == "demo":
        app.open_demo(target, plain[1] if len(plain) > 1 else "", settings)
    elif words[1] == "run":
        preset = (options.get("--preset") or [""])[-1]
        data = (options.get("--data") or [""])[-1]
        app.open_training(target, preset, settings, data=data)
    elif words[1] == "quiz":
        app.open_quiz(target, (options.get("--lesson") or [""])[-1])
    elif words[1] == "review":
        app.open_review()
    elif words[1] == "exercise":
        app.open_exercise(target, plain[1] if len(plain) > 1 else "")
    elif words[1] == "read":
        if len(plain) > 1:
            app.open_lesson(target, content.find_lesson(target, plain[1], current()).slug)
        else:
            app.open_chapter(target)
    elif words[1] == "runs" and plain[:1] == ["list"]:
        app.open_runs()
    else:
        return False
    return True
