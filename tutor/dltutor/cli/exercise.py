"""``dltutor exercise``: code to write, checked by running it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dltutor import content, paths, registry
from dltutor.chapter import Chapter, Text
from dltutor.cli.main import new_app
from dltutor.errors import ContentError, UsageError
from dltutor.i18n import local, t
from dltutor.learning.exercises import Exercise, Result, exercises, find_exercise, report
from dltutor.learning.workspace import Workspace
from dltutor.text import clean, pad, width, wrap

if TYPE_CHECKING:
    from dltutor.learning.sandbox import Sandbox

POLLS_A_SECOND = 5
WIDEST = 100

app = new_app(no_args_is_help=True)
APPS: dict[str, typer.Typer] = {"exercise": app}

ChapterName = Annotated[
    str,
    typer.Argument(
        metavar=t("CHAPTER"), help=t("Number or name of the chapter, or chapter/exercise.")
    ),
]
ExerciseName = Annotated[
    str, typer.Argument(metavar=t("NAME"), help=t("Number or name of the exercise."))
]
AsJson = Annotated[bool, typer.Option("--json", help=t("As JSON."))]


# --- finding


def _find(chapter: str, name: str) -> Exercise:
    """``3 2``, ``chapter3 one-hot`` and ``chapter3/one-hot`` name an exercise."""
    if not name:
        chapter, _, name = chapter.partition("/")
    found = registry.find(chapter)
    if not name:
        names = ", ".join(e.name for e in exercises(found))
        raise UsageError(
            t("which exercise of {chapter}?", chapter=found.id),
            t("there are: {names}", names=names),
        )
    return find_exercise(found, name)


def _command(verb: str, exercise: Exercise) -> str:
    return f"dltutor exercise {verb} {exercise.chapter_id} {exercise.name}"


# --- list


@app.command("list", help=t("The exercises, how far you are, and what is next."))
def list_exercises(
    chapter: Annotated[
        str, typer.Argument(metavar=t("CHAPTER"), help=t("Only this chapter's."))
    ] = "",
    as_json: AsJson = False,
) -> None:
    chosen = [registry.find(chapter)] if chapter else list(registry.chapters())
    rows = [(one, row) for one in chosen for row in _rows(one, alone=bool(chapter))]
    following = next((row for _, row in rows if row["state"] != "passed"), None)
    if as_json:
        data = {
            "exercises": [row for _, row in rows],
            "next": following["id"] if following else None,
        }
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return
    for line in _table(rows):
        print(line)
    if following:
        verb = "start" if following["state"] == "new" else "check"
        name = f"{following['chapter']} {following['name']}"
        print("\n" + t("Next: {title}", title=following["title"]))
        print(f"  dltutor exercise {verb} {name}")
    elif rows:
        print("\n" + t("All exercises pass."))
    else:
        print(t("There are no exercises."))


def _rows(chapter: Chapter, *, alone: bool) -> Iterator[dict[str, Any]]:
    """What is known of each exercise; ``state`` is new, started, tried or passed."""
    try:
        found = exercises(chapter)
    except ContentError as error:
        if alone:
            raise
        print(f"dltutor: {error}", file=sys.stderr)  # the other chapters are still listed
        return
    done = _results(chapter.id) if found else {}
    workspace = Workspace()
    for exercise in found:
        if done.get(exercise.id):
            state = "passed"
        elif exercise.id in done:
            state = "tried"
        else:
            state = "started" if workspace.started(exercise) else "new"
        yield {
            "id": exercise.id,
            "chapter": chapter.id,
            "number": exercise.number,
            "name": exercise.name,
            "title": clean(local(exercise.title)),
            "lesson": exercise.lesson,
            "bughunt": exercise.bughunt,
            "state": state,
            "hints": len(exercise.hints),
            "hints_shown": workspace.state(exercise).hints,
            "file": str(workspace.path(exercise)),
        }


def _results(chapter_id: str) -> dict[str, bool]:
    # who has not begun yet does not wait for a database
    if not paths.progress_file().is_file():
        return {}
    from dltutor.learning.progress import Progress

    with Progress.open() as progress:
        return progress.exercises(chapter_id)


def _table(rows: Sequence[tuple[Chapter, dict[str, Any]]]) -> Iterator[str]:
    marks = {"new": "◌", "started": "◐", "tried": "✗", "passed": "✓"}
    words = {"new": "", "started": t("started"), "tried": t("tried"), "passed": t("passed")}
    names = max((width(row["name"]) for _, row in rows), default=0)
    titles = max((width(row["title"]) for _, row in rows), default=0)
    last = ""
    for chapter, row in rows:
        if chapter.id != last:
            if last:
                yield ""
            number = f"{chapter.number}  " if chapter.number is not None else ""
            yield f"{number}{clean(local(chapter.title))}"
            last = chapter.id
        line = f"  {row['number']:>2} {marks[row['state']]} {pad(row['name'], names)}  {pad(row['title'], titles)}"
        yield f"{line}  {words[row['state']]}".rstrip()


# --- start, reset, diff


@app.command(help=t("Hand out the starter, and show what to do."))
def start(
    chapter: ChapterName,
    name: ExerciseName = "",
    merge: Annotated[
        bool,
        typer.Option(
            "--merge", help=t("Put what changed in the starter since then into your file.")
        ),
    ] = False,
) -> None:
    exercise, workspace = _find(chapter, name), Workspace()
    if merge:
        _merge(exercise, workspace)
        return
    new = workspace.start(exercise)
    _print_heading(exercise)
    for line in _markdown(exercise.statement(), exercise):
        print(line)
    print()
    if new:
        print(t("Your file: {file}", file=workspace.path(exercise)))
    else:
        print(t("Your file, as you left it: {file}", file=workspace.path(exercise)))
    _say_if_changed(exercise, workspace)
    print(t("Check it: {command}", command=_command("check", exercise)))
    print(t("At every save: {command}", command=_command("watch", exercise)))


def _merge(exercise: Exercise, workspace: Workspace) -> None:
    if not workspace.started(exercise):
        workspace.text(exercise)  # says how to start
    done = workspace.merge(exercise)
    if done is None:
        print(t("The starter is the one you were given: there is nothing to merge."))
        return
    print(t("Your file was kept as {file}", file=done.kept))
    if not done.conflicts:
        print(t("The new starter's changes are in {file}", file=workspace.path(exercise)))
        return
    print(
        t(
            "In {count} places you and the new starter changed the same lines. Choose there in "
            "{file}, "
            "between <<<<<<< and >>>>>>>.",
            count=done.conflicts,
            file=workspace.path(exercise),
        )
    )
    raise typer.Exit(1)


def _say_if_changed(exercise: Exercise, workspace: Workspace) -> None:
    if workspace.changed(exercise):
        print(t("The starter has changed since you were given it. Your file is as you left it."))
        print(
            t(
                "To put the changes into it: {command}",
                command=_command("start", exercise) + " --merge",
            )
        )


@app.command(help=t("Hand out the starter again; your file is kept as a copy."))
def reset(chapter: ChapterName, name: ExerciseName = "") -> None:
    exercise, workspace = _find(chapter, name), Workspace()
    kept = workspace.reset(exercise)
    if kept:
        print(t("Your file was kept as {file}", file=kept))
    print(t("The starter is in {file}", file=workspace.path(exercise)))


@app.command(help=t("What you changed in the starter."))
def diff(chapter: ChapterName, name: ExerciseName = "") -> None:
    exercise = _find(chapter, name)
    rows = Workspace().diff(exercise)
    if not rows:
        print(t("Your file is the starter, unchanged."))
    _print_diff(rows)


# --- check, watch


@app.command(help=t("Run the checks on your file."))
def check(
    chapter: ChapterName,
    name: ExerciseName = "",
    file: Annotated[
        Path | None, typer.Option("--file", help=t("Another file than the one in your workspace."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    exercise, workspace = _find(chapter, name), Workspace()
    if file is not None and not file.is_file():
        raise UsageError(t("{file} does not exist", file=file))
    result = workspace.check(exercise, file=file)
    if as_json:
        print(json.dumps(_as_json(exercise, result), ensure_ascii=False, indent=1))
        return
    _print_verdict(exercise, workspace, result)
    _say_if_changed(exercise, workspace)
    if not result.passed:
        raise typer.Exit(1)


@app.command(help=t("Run the checks whenever you save; Ctrl-C ends it."))
def watch(chapter: ChapterName, name: ExerciseName = "") -> None:
    from dltutor.learning.exercises import sandbox

    exercise, workspace = _find(chapter, name), Workspace()
    file = workspace.path(exercise)
    workspace.text(exercise)  # says how to start
    print(t("Watching {file}. Ctrl-C ends it.", file=file), flush=True)
    checked = before = ""
    ready: Sandbox | None = None
    try:
        while True:
            # the content decides: on some file systems events and time stamps do not
            try:
                now = hashlib.sha256(file.read_bytes()).hexdigest()
            except OSError:
                now = ""  # editors that rename have no file for a moment
            if now and now != checked and (now == before or not checked):
                checked = now
                print("\n" + time.strftime("── %H:%M:%S " + "─" * 40), flush=True)
                using, ready = ready, None
                _print_verdict(exercise, workspace, workspace.check(exercise, ready=using))
                sys.stdout.flush()
                # the next process does its imports while the learner types
                ready = sandbox(exercise)
            before = now
            time.sleep(1 / POLLS_A_SECOND)
    finally:
        if ready is not None:
            ready.close()


def _as_json(exercise: Exercise, result: Result) -> dict[str, Any]:
    def lines(rows: Sequence[tuple[int, str, str]]) -> list[dict[str, Any]]:
        return [
            {"line": number, "function": function, "text": text} for number, function, text in rows
        ]

    return {
        "exercise": exercise.id,
        "file": result.file,
        "passed": result.passed,
        "problem": result.problem,
        "lines": lines(result.lines),
        "cases": [
            {
                "name": case.name,
                "title": case.title,
                "state": case.state,
                "message": case.message,
                "lines": lines(case.lines),
                "seconds": round(case.seconds, 6),
            }
            for case in result.cases
        ],
        "output": result.output,
        "output_left_out": result.output_left_out,
        "seconds": round(result.seconds, 6),
    }


def _print_verdict(exercise: Exercise, workspace: Workspace, result: Result) -> None:
    paint = {"✓": "32", "✗": "31", "!": "31"}
    for line in report(result):
        style = paint.get(line[:1], "")
        indent = line[: len(line) - len(line.lstrip())]
        for part in wrap(line, _columns()) if not indent else _indented(line, indent):
            print(_painted(part, style))
    print()
    if result.passed:
        for line in _markdown(local(exercise.note), exercise):
            print(line)
        print(t("The solution beside yours: {command}", command=_command("solution", exercise)))
    elif workspace.state(exercise).hints < len(exercise.hints):
        print(t("A hint: {command}", command=_command("hint", exercise)))
    else:
        print(t("The solution: {command}", command=_command("solution", exercise)))


def _indented(line: str, indent: str) -> list[str]:
    return [indent + part for part in wrap(line.strip(), max(_columns() - len(indent), 20))] or [
        line
    ]


# --- hint, solution


@app.command(help=t("The next hint."))
def hint(
    chapter: ChapterName,
    name: ExerciseName = "",
    again: Annotated[bool, typer.Option("--again", help=t("The hints you have seen."))] = False,
) -> None:
    exercise, workspace = _find(chapter, name), Workspace()
    total = len(exercise.hints)
    if not again:
        following = workspace.next_hint(exercise)
        if following is not None:
            _print_hint(following[0], total, following[1], exercise)
            return
        print(t("These are all the hints."))
    shown = workspace.state(exercise).hints
    if not shown:
        print(t("You have seen no hint yet."))
    for number, text in enumerate(exercise.hints[:shown], 1):
        _print_hint(number, total, text, exercise)
    if shown == total:
        print(t("The solution: {command}", command=_command("solution", exercise)))


def _print_hint(number: int, total: int, text: Text, exercise: Exercise) -> None:
    print(t("Hint {number} of {total}", number=number, total=total))
    for line in _markdown(local(text), exercise):
        print("  " + line if line else "")


@app.command(help=t("The solution, as a change to your code, once you have tried."))
def solution(
    chapter: ChapterName,
    name: ExerciseName = "",
    anyway: Annotated[bool, typer.Option("--anyway", help=t("Also before the first try."))] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help=t("The whole file, not the change."))
    ] = False,
) -> None:
    exercise, workspace = _find(chapter, name), Workspace()
    if not (anyway or workspace.may_see_solution(exercise)):
        raise UsageError(
            t("you have not tried {exercise} yet", exercise=exercise.id),
            t("check it once, or say --anyway"),
        )
    if whole:
        print(exercise.solution, end="")
        return
    rows = workspace.solution_diff(exercise)
    if not rows:
        print(t("Your code is the solution, line for line."))
    _print_diff(rows)
    print()
    for line in _markdown(local(exercise.note), exercise):
        print(line)


# --- printing


def _columns() -> int:
    return min(shutil.get_terminal_size((80, 24)).columns, WIDEST)


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _painted(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style and _colour() else text


def _markdown(text: str, exercise: Exercise) -> list[str]:
    from dltutor import prose

    return prose.lines(
        content.inline_formulas(text, str(exercise.folder)), _columns(), colour=_colour()
    )


def _print_heading(exercise: Exercise) -> None:
    heading = f"{exercise.number}. {clean(local(exercise.title))}"
    print(_painted(heading, "1"))
    print("═" * min(width(heading), _columns()))
    print()


def _print_diff(rows: Sequence[str]) -> None:
    for row in rows:
        style = {"+": "32", "-": "31", "@": "36"}.get(row[:1], "")
        print(_painted(clean(row), style))
