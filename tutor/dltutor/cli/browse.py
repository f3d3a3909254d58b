"""``dltutor list`` and ``dltutor read``: what there is, and a lesson to read."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dltutor import content, i18n, paths, registry
from dltutor.chapter import Chapter
from dltutor.cli.main import new_app
from dltutor.errors import ContentError, TutorError
from dltutor.i18n import local, t
from dltutor.text import clean, pad, shorten, width, wrap

if TYPE_CHECKING:
    import subprocess

    from dltutor.content import Embedded, Lesson, Part
    from dltutor.learning.progress import Counts, Progress
    from dltutor.runs.host import Host

WIDEST = 100
PIPE = 80

list_app = new_app()
read_app = new_app()
APPS: dict[str, typer.Typer] = {"list": list_app, "read": read_app}


# --- list


@list_app.command(help=t("The chapters in the order of the book, and how far you are."))
def list_chapters(
    as_json: Annotated[bool, typer.Option("--json", help=t("As JSON."))] = False,
) -> None:
    rows = [_row(entry) for entry in registry.entries()]
    if as_json:
        print(json.dumps({"chapters": rows}, ensure_ascii=False, indent=1))
        return
    for line in _table(rows):
        print(line)


def _row(entry: registry.Entry) -> dict[str, Any]:
    """What is known of one installed chapter; ``problem`` is empty when all is well."""
    chapter = entry.chapter
    row: dict[str, Any] = {
        "id": chapter.id if chapter else entry.name,
        "number": chapter.number if chapter else None,
        "slug": chapter.slug if chapter else None,
        "title": clean(local(chapter.title)) if chapter else entry.name,
        "summary": clean(local(chapter.summary)) if chapter else "",
        "distribution": entry.distribution,
        "version": entry.version,
        "enabled": entry.enabled,
        "problem": clean(entry.problem),
        "missing": [],
        "install": "",
    }
    if chapter is None:
        return row
    missing = registry.missing_packages(chapter)
    if missing:
        row["missing"] = list(missing)
        row["install"] = registry.install_command(chapter.install or " ".join(missing))
    try:
        total = content.counts(chapter)
    except ContentError as error:
        return row | {"problem": clean(str(error))}
    done = _counts(chapter.id)
    row["lessons"] = {"total": total.lessons, "read": done.lessons_read if done else 0}
    row["questions"] = {
        "total": total.questions,
        "right": done.questions_right if done else 0,
        "answered": done.questions_answered if done else 0,
    }
    row["exercises"] = {"total": total.exercises, "passed": done.exercises_passed if done else 0}
    return row


def _counts(chapter_id: str) -> Counts | None:
    # who has not begun yet does not wait for a database
    if not paths.progress_file().is_file():
        return None
    from dltutor.learning.progress import Progress

    with Progress.open() as progress:
        counts = progress.counts(chapter_id)
        _tell(progress)
    return counts


def _table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    columns = _columns(0)
    if not rows:
        yield t("No chapter is installed.")
        return
    heads = (t("lessons"), t("quiz"), t("exercises"))
    sizes = [max(width(head), 7) for head in heads]
    names = [str(row["id"] if row["number"] is None else row["number"]) for row in rows]
    first = max(4, *map(width, names))
    room = max(columns - first - 4 - sum(sizes) - 2 * len(sizes), 16)
    yield " " * (first + room + 4) + "".join(
        "  " + pad(head, size, "right") for head, size in zip(heads, sizes, strict=True)
    )
    for name, row in zip(names, rows, strict=True):
        title = pad(shorten(str(row["title"]), room), room)
        line = f"{pad(name, first, 'right')}  {title} {_sign(row)}"
        for (key, done), size in zip(
            (("lessons", "read"), ("questions", "right"), ("exercises", "passed")),
            sizes,
            strict=True,
        ):
            count = row.get(key)
            text = f"{min(count[done], count['total'])}/{count['total']}" if count else ""
            line += "  " + pad(text, size, "right")
        yield line.rstrip()
        for note in _notes(row):
            yield from (" " * (first + 2) + part for part in wrap(note, columns - first - 2))
    yield ""
    yield t("Read one with: {command}", command=f"dltutor read {names[0]}")


def _sign(row: dict[str, Any]) -> str:
    if "lessons" not in row or row["missing"]:
        return "!"
    pairs = [
        (row["lessons"]["read"], row["lessons"]["total"]),
        (row["questions"]["right"], row["questions"]["total"]),
        (row["exercises"]["passed"], row["exercises"]["total"]),
    ]
    if all(done >= total for done, total in pairs):
        return "✓"
    return "◐" if any(done for done, _ in pairs) else "◌"


def _notes(row: dict[str, Any]) -> Iterator[str]:
    if not row["enabled"]:
        yield t(
            "switched off; switch on with: {command}", command=f"dltutor plugins enable {row['id']}"
        )
    elif row["problem"]:
        yield t("problem: {problem}", problem=row["problem"])
    if row["missing"]:
        yield t("to train it needs {packages}:", packages=", ".join(row["missing"]))
        yield row["install"]


# --- read


@read_app.command(help=t("Read a lesson; without LESSON see the contents of a chapter."))
def read(
    chapter: Annotated[str, typer.Argument(help=t("Number, id or short name: 3, chapter3, mlp."))],
    lesson: Annotated[str, typer.Argument(help=t("Number or name; without it the contents."))] = "",
    plain: Annotated[bool, typer.Option("--plain", help=t("No colour, no pager."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("As JSON."))] = False,
    source: Annotated[
        bool, typer.Option("--source", help=t("The Markdown as it was written."))
    ] = False,
    columns: Annotated[
        int, typer.Option("--columns", min=0, help=t("Width; 0: the terminal's."))
    ] = 0,
) -> None:
    found = registry.find(chapter)
    if not lesson:
        _contents(found, as_json=as_json, columns=_columns(columns))
        return
    chosen = content.find_lesson(found, lesson, i18n.current())
    if source:
        print(clean(content.read_text(chosen.file)), end="")
        return
    follows = _next(found, chosen)
    if as_json:
        print(json.dumps(_lesson_json(chosen, follows), ensure_ascii=False, indent=1))
    else:
        size = _columns(columns)
        lines = _lesson_lines(found, chosen, size, plain=plain)
        lines += ["", "─" * min(size, 40), *wrap(_what_next(found, follows), size)]
        show(lines, paged=not plain)
    _mark_read(chosen)


def _lesson_lines(chapter: Chapter, lesson: Lesson, columns: int, *, plain: bool) -> list[str]:
    from dltutor import prose
    from dltutor.runs.host import Host

    colour = not plain and colour_wanted()
    with Host(chapter) as host:
        draw = None
        if not plain and not registry.missing_packages(chapter):
            draw = _drawer(host, columns, colour)
        return list(prose.lesson(lesson, columns, colour=colour, embedded=draw))


def _drawer(host: Host, columns: int, colour: bool) -> Callable[[Embedded], list[str]]:
    """Draws the demos that a lesson embeds; the command stands below, or alone where that fails."""
    from dltutor import drawing, prose

    def embedded(part: Embedded) -> list[str]:
        command = prose.part(part, host.chapter.id, columns, colour=colour)
        try:
            shown = host.demo(part.demo, part.settings)
        except TutorError as error:
            return [*command, *wrap(f"    ({clean(str(error))})", columns)]
        lines: list[str] = []
        for view in shown:
            drawn = drawing.draw(view, min(columns, 76), 16, colour=colour)
            lines += [*(line.rstrip() for line in drawn.split("\n")), ""]
        return [*lines, *command]

    return embedded


def _contents(chapter: Chapter, *, as_json: bool, columns: int) -> None:
    found = content.lessons(chapter, i18n.current())
    read = _read_slugs(chapter.id)
    if as_json:
        rows = [{**_head(x), "read": x.slug in read} for x in found]
        data = {"id": chapter.id, "title": local(chapter.title), "lessons": rows}
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return
    number = f"{chapter.number}  " if chapter.number is not None else ""
    for line in wrap(clean(number + local(chapter.title)), columns):
        print(line)
    for line in wrap(clean(local(chapter.summary)), columns):
        print(line)
    for lesson in found:
        sign = f"✓ {t('read')}" if lesson.slug in read else ""
        minutes = t("{minutes} min", minutes=lesson.minutes)
        title = f"{lesson.number:>3}  {clean(lesson.title)}"
        right = f"{pad(minutes, 9, 'right')}  {pad(sign, 8)}"
        room = max(columns - width(right), 20)
        print()
        print((pad(shorten(title, room), room) + right).rstrip())
        for goal in lesson.goals:
            body = wrap(_plain(goal), max(columns - 9, 20))
            print(
                "\n".join(f"     {'· ' if i == 0 else '  '}{line}" for i, line in enumerate(body))
            )
    print()
    first = next((x for x in found if x.slug not in read), None)
    if first is not None:
        print(t("Read on with: {command}", command=f"dltutor read {chapter.id} {first.slug}"))


def _plain(markdown: str) -> str:
    from dltutor import prose

    return prose.plain(content.inline_formulas(markdown))


def _read_slugs(chapter_id: str) -> frozenset[str]:
    if not paths.progress_file().is_file():
        return frozenset()
    from dltutor.learning.progress import Progress

    with Progress.open() as progress:
        slugs = frozenset(progress.lessons(chapter_id))
        _tell(progress)
    return slugs


def _mark_read(lesson: Lesson) -> None:
    from dltutor.learning.progress import Progress

    with Progress.open() as progress:
        progress.read_lesson(lesson.chapter_id, lesson.slug)
        progress.set_position(lesson.chapter_id, lesson.slug, 1.0)
        _tell(progress)


def _tell(progress: Progress) -> None:
    """What the learner should know about the file of their progress."""
    for notice in progress.take_notices():
        print(f"dltutor: {notice}", file=sys.stderr)


def _next(chapter: Chapter, lesson: Lesson) -> Lesson | None:
    found = content.lessons(chapter, i18n.current())
    return next((x for x in found if x.number > lesson.number), None)


def _what_next(chapter: Chapter, follows: Lesson | None) -> str:
    if follows is not None:
        return t(
            "Next: {title}   {command}",
            title=clean(follows.title),
            command=f"dltutor read {chapter.id} {follows.slug}",
        )
    return t(
        "That was the last lesson. Now: {quiz}, then {exercises}",
        quiz=f"dltutor quiz {chapter.id}",
        exercises=f"dltutor exercise list {chapter.id}",
    )


def _head(lesson: Lesson) -> dict[str, Any]:
    return {
        "number": lesson.number,
        "slug": lesson.slug,
        "lang": lesson.lang,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "goals": list(lesson.goals),
        "terms": list(lesson.terms),
    }


def _lesson_json(lesson: Lesson, follows: Lesson | None) -> dict[str, Any]:
    return {
        "chapter": lesson.chapter_id,
        **_head(lesson),
        "parts": [_part_json(part) for part in content.parts(lesson)],
        "next": follows.slug if follows else None,
    }


def _part_json(part: Part) -> dict[str, Any]:
    from dataclasses import asdict

    # the no-break spaces of formulas are for the terminal
    data = {
        k: v.replace("\u00a0", " ") if isinstance(v, str) else str(v) if k == "file" else v
        for k, v in asdict(part).items()
    }
    return {"part": type(part).__name__.lower(), **data}


# --- the terminal


def colour_wanted() -> bool:
    """Whether standard output is a terminal that wants colour."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def _columns(asked: int) -> int:
    if asked:
        return max(asked, 20)
    if not sys.stdout.isatty():
        return PIPE
    return max(min(os.get_terminal_size(sys.stdout.fileno()).columns, WIDEST), 20)


def _feed(pager: subprocess.Popen[str], text: str) -> None:
    # a reader who has seen enough ends the pager before it took everything
    with contextlib.suppress(BrokenPipeError), pager:
        while True:
            try:
                pager.communicate(text)
                return
            except KeyboardInterrupt:
                continue  # Ctrl-C is for the pager


def show(lines: Iterable[str], *, paged: bool) -> None:
    """Prints lines; on a terminal that they do not fit into, through the pager."""
    import shlex
    import shutil
    import subprocess

    lines = list(lines)
    text = "\n".join(lines) + "\n"
    if paged and sys.stdout.isatty() and sys.stdin.isatty():
        rows = os.get_terminal_size(sys.stdout.fileno()).lines
        words = shlex.split(os.environ.get("PAGER", "less"))
        program = shutil.which(words[0]) if words else None
        if len(lines) >= rows and program is not None:
            # what git asks of less: colours through, stay on the screen
            environment = {"LESS": "-RFX", "LESSCHARSET": "utf-8"} | dict(os.environ)
            try:
                pager = subprocess.Popen(
                    [program, *words[1:]], stdin=subprocess.PIPE, encoding="utf-8", env=environment
                )
            except OSError:
                pass
            else:
                _feed(pager, text)
                return
    sys.stdout.write(text)
