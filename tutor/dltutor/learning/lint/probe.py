"""Loads a chapter in a process of its own and tells what came of it, as JSON.

    python -m dltutor.learning.lint.probe TARGET NAME

Whatever the chapter's code does stays in this process. The first part looks at the hook and
the configuration, which must need nothing heavy; the second, if its packages are installed,
imports the rest.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import sys
from collections.abc import Callable
from typing import Any, Final

from dltutor import registry
from dltutor.chapter import Chapter, Config, Parameter, parameters
from dltutor.errors import TutorError

HEAVY: Final = (
    "torch", "numpy", "scipy", "sklearn", "pandas", "matplotlib", "transformers", "PIL", "cv2",
    "torchvision", "torchaudio", "lightning_fabric", "gymnasium", "textual", "plotext", "rich",
)  # fmt: skip


def main() -> None:
    problems: list[tuple[str, str]] = []
    """what it is about, and what is wrong"""
    known: dict[str, Any] = {"config": None, "demos": {}}
    """the parameters"""
    # a print on import would spoil the JSON, and is a fault of its own
    stray = io.StringIO()
    with contextlib.redirect_stdout(stray):
        _look(sys.argv[1], sys.argv[2], problems, known)
    if stray.getvalue().strip():
        problems.append(("hook", f"it prints on import: {stray.getvalue().strip()[:80]!r}"))
    print(json.dumps({"problems": problems, **known}, ensure_ascii=False))


def _look(target: str, name: str, problems: list[tuple[str, str]], known: dict[str, Any]) -> None:
    import importlib

    def attempt(what: str, do: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            return do(*arguments, **named)
        except TutorError as error:
            problems.append((what, str(error)))
        except (Exception, SystemExit) as error:
            text = " ".join(str(error).split())[:300]
            problems.append((what, f"{type(error).__name__}: {text}"))
        return None

    before = set(sys.modules)
    chapter = attempt("hook", lambda: registry.chapter_of(importlib.import_module(target), name))
    if not isinstance(chapter, Chapter):
        return
    _light("hook", "loading the chapter", before, problems)
    training = chapter.training
    if training is not None:
        config = attempt("config", registry.resolve, training.config)
        _light("config", f"importing {training.config}", before, problems)
        if config is not None:
            known["config"] = _config(chapter, config, problems, attempt)
    if registry.missing_packages(chapter):
        return
    if training is not None:
        routine = attempt("routine", registry.resolve, training.routine)
        if routine is not None:
            _arguments("routine", routine, 2, problems)
            if not inspect.isgeneratorfunction(routine):
                problems.append(
                    ("routine", f"{training.routine} is no generator: it yields no Step")
                )
        for what, reference, count in (
            ("predict", training.predict, 2),
            ("model", training.model, 1),
        ):
            if reference is not None:
                value = attempt(what, registry.resolve, reference)
                if value is not None:
                    _arguments(what, value, count, problems)
    for demo in chapter.demos:
        what = f"demo {demo.name}"
        function = attempt(what, registry.resolve, demo.function)
        if function is not None:
            found = attempt(what, parameters, function)
            known["demos"][demo.name] = [_described(p, what, problems) for p in found or ()]
            whole = [p.name for p in found or () if p.kind is int]
            if demo.plays and demo.plays not in whole:
                problems.append((what, f"plays={demo.plays!r} is no whole number of its function"))
            elif demo.rate and not demo.plays:
                _context(what, function, problems)


def _context(what: str, function: Any, problems: list[tuple[str, str]]) -> None:
    """Whether it takes a context, without which it can not know that time has passed."""
    first = next(iter(inspect.signature(function).parameters.values()), None)
    if first is None or first.default is not first.empty:
        problems.append((what, "it has a rate, so it needs a context as its first argument"))


def _light(what: str, doing: str, before: set[str], problems: list[tuple[str, str]]) -> None:
    heavy = [name for name in HEAVY if name in sys.modules and name not in before]
    if heavy:
        problems.append(
            (what, f"{doing} imports {', '.join(heavy)}; name it by a reference instead")
        )
        before.update(heavy)


def _config(
    chapter: Chapter, config: Any, problems: list[tuple[str, str]], attempt: Callable[..., Any]
) -> list[dict[str, Any]] | None:
    if not (isinstance(config, type) and issubclass(config, Config)):
        problems.append(("config", f"{config!r} is no subclass of dltutor.chapter.Config"))
        return None
    found = attempt("config", parameters, config)
    described = [_described(parameter, "config", problems) for parameter in found or ()]
    assert chapter.training is not None
    for preset, values in chapter.training.presets.items():
        attempt(f"preset {preset}", config, **values)
    return described


def _described(parameter: Parameter, what: str, problems: list[tuple[str, str]]) -> dict[str, Any]:
    about = parameter.about
    if not about.help or not about.zh:
        problems.append((what, f'{parameter.name} needs Annotated[…, Param("…", zh="…")]'))
    if parameter.kind in (int, float) and (about.low is None or about.high is None):
        problems.append((what, f"{parameter.name} has no low and high"))
    try:
        parameter.check(parameter.default)
    except TutorError as error:
        problems.append((what, f"its default: {error}"))
    return {
        "name": parameter.name,
        "kind": parameter.kind.__name__,
        "default": parameter.default,
        "low": about.low,
        "high": about.high,
        "choices": list(parameter.choices),
    }


def _arguments(what: str, function: Any, count: int, problems: list[tuple[str, str]]) -> None:
    """Whether it can be called with ``count`` positional arguments."""
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError) as error:
        problems.append((what, f"can not be called with {count} arguments: {error}"))


if __name__ == "__main__":
    main()
