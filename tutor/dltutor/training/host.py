"""The process that computes demos, predictions and model tables: ``python -m dltutor.training.host``.

Reads requests and writes answers as JSON lines on its standard streams. One request, one
answer, in order; an error is an answer too, so a broken demo costs nobody a process.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dltutor import i18n, registry, views
from dltutor.chapter import Chapter, Demo, Parameter, assign, parameters
from dltutor.errors import TutorError, UsageError
from dltutor.runs import launch
from dltutor.runs.folder import find_run, trained_runs


class Context:
    """What a demo is given as its first argument."""

    def __init__(self, chapter: Chapter, run: str) -> None:
        self.lang = i18n.current()
        self.state: dict[str, Any] = {}
        """the demo's own, kept from call to call while somebody has it open"""
        self.keys: tuple[str, ...] = ()
        """names of the keys that were pressed since the last call"""
        self.tick = False
        """whether it is played, so that time has passed since the last call"""
        self._chapter = chapter
        self._run = run
        self._trained: Any = None
        self._looked = False

    @property
    def trained(self) -> Any:
        """The run to use as a :class:`dltutor.events.Trained`: the one asked for, else the newest one
        that has weights, else None; also None when ``none`` was asked for."""
        if not self._looked and self._run != "none":
            from dltutor.training.trained import TrainedRun

            found = find_run(self._run) if self._run else next(trained_runs(self._chapter.id), None)
            self._trained = TrainedRun(found) if found is not None else None
        self._looked = True
        return self._trained


_contexts: dict[tuple[str, str], Context] = {}


_states: dict[tuple[str, str, str], dict[str, Any]] = {}


def _context(chapter: Chapter, demo: str, run: str, live: Live | None) -> Context:
    # kept, so that a demo that changes with a slider loads its weights once
    context = _contexts.setdefault((chapter.id, run), Context(chapter, run))
    where = (chapter.id, demo, run)
    if live is None or live.get("fresh"):
        _states.pop(where, None)
    live = live or {}
    context.state = _states.setdefault(where, {})
    context.keys, context.tick = tuple(live.get("keys", ())), bool(live.get("tick"))
    return context


def _demo(chapter: Chapter, name: str) -> tuple[Demo, Any]:
    found = [d for d in chapter.demos if d.name == name]
    if not found:
        names = ", ".join(d.name for d in chapter.demos) or "none"
        raise UsageError(f"{chapter.id} has no demo {name!r}", f"there is: {names}")
    return found[0], registry.resolve(found[0].function)


def _describe(parameter: Parameter) -> dict[str, Any]:
    about = parameter.about
    return {
        "name": parameter.name,
        "kind": parameter.kind.__name__,
        "default": parameter.default,
        "choices": list(parameter.choices),
        "help": i18n.local(about.text),
        "low": about.low,
        "high": about.high,
        "step": about.step,
        "log": about.log,
        "unit": about.unit,
        "pad": about.pad,
    }


def demo_parameters(chapter: Chapter, demo: str) -> Any:
    return [_describe(p) for p in parameters(_demo(chapter, demo)[1])]


Live = dict[str, Any]
"""of a demo that somebody has open: ``keys``, ``tick``, and ``fresh`` for the first call"""


def demo_views(
    chapter: Chapter, demo: str, settings: Sequence[str], run: str = "", live: Live | None = None
) -> Any:
    function = _demo(chapter, demo)[1]
    values = assign(parameters(function), settings)
    first = next(iter(inspect.signature(function).parameters.values()), None)
    arguments = (
        [_context(chapter, demo, run, live)]
        if first is not None and first.default is first.empty
        else []
    )
    result = function(*arguments, **values)
    shown = result if isinstance(result, list | tuple) else [result]
    return [views.to_json(view) for view in shown]


def predict(chapter: Chapter, run: str, inputs: Sequence[str], device: str = "auto") -> Any:
    from dltutor.training.trained import TrainedRun

    training = launch.training_of(chapter)
    if training.predict is None:
        raise UsageError(f"{chapter.id} has nothing to predict")
    found = find_run(run) if run else next(trained_runs(chapter.id), None)
    if found is None:
        raise UsageError(
            f"{chapter.id} has no trained run yet", f"train one: dltutor run {chapter.id}"
        )
    if found.spec.chapter != chapter.id:
        raise UsageError(f"run {found.id} is of {found.spec.chapter}, not of {chapter.id}")
    function = registry.resolve(training.predict)
    return [
        {
            "input": p.input,
            "label": p.label,
            "probabilities": [list(pair) for pair in p.probabilities],
            "view": views.to_json(p.view) if p.view is not None else None,
            "run": found.id,
        }
        for p in function(TrainedRun(found, device), list(inputs))
    ]


def model_table(chapter: Chapter, settings: Sequence[str]) -> Any:
    from dltutor.training.model_table import layer_rows

    model, example = _model(chapter, settings)
    return layer_rows(model, example)


def model_export(chapter: Chapter, settings: Sequence[str], to: str, run: str = "") -> Any:
    from dltutor.training.model_table import export
    from dltutor.training.trained import TrainedRun

    model, example = _model(chapter, settings)
    if run:
        model = TrainedRun(find_run(run), "cpu").load(model)
    return str(export(model, example, Path(to)))


def _model(chapter: Chapter, settings: Sequence[str]) -> Any:
    training = launch.training_of(chapter)
    if training.model is None:
        raise UsageError(f"{chapter.id} has no model to show")
    kind = launch.config_class(chapter)
    return registry.resolve(training.model)(kind(**assign(parameters(kind), settings)))


REQUESTS = {
    f.__name__: f for f in (demo_parameters, demo_views, predict, model_table, model_export)
}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request: ``{"value": ...}`` or ``{"error": ..., "hint": ...}``."""
    try:
        if "lang" in request:
            i18n.use(request.pop("lang"))
        chapter = registry.find(request.pop("chapter"))
        registry.require_packages(chapter)
        return {"value": REQUESTS[request.pop("request")](chapter, **request)}
    except TutorError as error:
        return {"error": error.message, "hint": error.hint, "code": error.exit_code}
    except Exception as error:  # a chapter's code may raise anything
        text = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        return {"error": text, "hint": "", "code": 1, "traceback": traceback.format_exc()}


@contextlib.contextmanager
def _answers_apart() -> Iterator[int]:
    """The answers' stream, out of the reach of what a chapter prints."""
    stream = os.dup(1)
    os.dup2(2, 1)
    yield stream


def main() -> None:
    import signal

    # Ctrl-C is for the program in front; this process ends when its input does
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _answers_apart() as stream, os.fdopen(stream, "w", encoding="utf-8") as out:
        for line in sys.stdin:
            out.write(json.dumps(answer(json.loads(line)), ensure_ascii=False, default=str) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
