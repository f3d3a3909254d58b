"""``dltutor progress``: show, export, import and reset what is recorded."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dltutor import content, paths, registry
from dltutor.cli.main import new_app
from dltutor.errors import ContentError, TutorError, UsageError
from dltutor.i18n import local, t
from dltutor.settings import write_whole
from dltutor.text import clean, pad, shorten, width

if TYPE_CHECKING:
    from dltutor.learning.progress import Progress

app = new_app(help=t("Show, export, import or reset your progress."), invoke_without_command=True)
APPS: dict[str, typer.Typer] = {"progress": app}

Json = Annotated[bool, typer.Option("--json", help=t("As JSON."))]
_TITLE = 42


@app.callback()
def progress(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        show()


@app.command(help=t("How far you are in each chapter, and what is due."))
def show(as_json: Json = False) -> None:
    from dltutor.learning.progress import Progress

    with Progress.open() as record:
        data = _state(record)
    _notices(record)
    if as_json:
        print(json.dumps(data, ensure_ascii=False, indent=1))
        return
    if not any(_begun(row) for row in data["chapters"]) and not data["reviews"]["answered"]:
        print(t("Nothing is recorded yet. Begin with: {command}", command="dltutor list"))
        return
    for line in _table([row for row in data["chapters"] if _begun(row)]):
        print(line)
    print()
    due = data["reviews"]["due"]
    if due:
        print(t("Due for review: {count}. {command}", count=due, command="dltutor review"))
    if data["continue"]:
        command = "dltutor read {chapter} {lesson}".format(**data["continue"])
        print(t("Continue with: {command}", command=command))
    if data["days_in_a_row"] > 1:
        print(t("{count} days in a row.", count=data["days_in_a_row"]))
    print(t("Kept in {file}", file=data["file"]))


def _state(record: Progress) -> dict[str, Any]:
    from dltutor.learning import review

    chapters = registry.chapters()
    known = {chapter.id: chapter for chapter in chapters}
    rows = []
    for id_ in [*known, *(id_ for id_ in record.chapter_ids() if id_ not in known)]:
        done = record.counts(id_)
        lessons = questions = exercises = None
        if id_ in known:
            try:
                total = content.counts(known[id_])
                lessons, questions, exercises = total.lessons, total.questions, total.exercises
            except ContentError:
                pass
        rows.append(
            {
                "id": id_,
                "title": clean(local(known[id_].title)) if id_ in known else id_,
                "installed": id_ in known,
                "lessons": {"read": done.lessons_read, "total": lessons},
                "questions": {
                    "right": done.questions_right,
                    "answered": done.questions_answered,
                    "total": questions,
                },
                "exercises": {"passed": done.exercises_passed, "total": exercises},
                "runs": len(record.runs(id_)),
            }
        )
    last = record.last()
    times = record.due_times()
    following = review.next_due(record, chapters)
    return {
        "file": str(paths.progress_file()),
        "chapters": rows,
        "reviews": {
            "due": len(review.due(record, chapters)),
            "answered": len(times),
            "next": following.isoformat() if following else None,
        },
        "continue": {"chapter": last.chapter_id, "lesson": last.lesson} if last else None,
        "days": len(record.days()),
        "days_in_a_row": record.streak(),
    }


def _begun(row: dict[str, Any]) -> bool:
    counts = row["lessons"]["read"], row["questions"]["answered"], row["exercises"]["passed"]
    return any(counts) or bool(row["runs"])


def _table(rows: list[dict[str, Any]]) -> list[str]:
    heads = [t("lessons"), t("questions"), t("exercises")]
    sizes = [max(width(head), 9) for head in heads]
    lines = [
        pad("", _TITLE)
        + "".join("  " + pad(h, s, "right") for h, s in zip(heads, sizes, strict=True))
    ]
    for row in rows:
        cells = [
            (row["lessons"]["read"], row["lessons"]["total"]),
            (row["questions"]["right"], row["questions"]["total"]),
            (row["exercises"]["passed"], row["exercises"]["total"]),
        ]
        # ids that a chapter has lost still count as done, but never more than all
        texts = [
            str(done) if total is None else f"{min(done, total)}/{total}" for done, total in cells
        ]
        note = "" if row["installed"] else f" ({t('not installed')})"
        lines.append(
            pad(shorten(row["title"] + note, _TITLE), _TITLE)
            + "".join("  " + pad(x, s, "right") for x, s in zip(texts, sizes, strict=True))
        )
    return lines


@app.command("export", help=t("Write everything to a JSON file that another machine can import."))
def export_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=t("A file, or - for standard output."))
    ],
) -> None:
    from dltutor.learning.progress import Progress

    with Progress.open() as record:
        data = record.export()
    _notices(record)
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    if file == "-":
        sys.stdout.buffer.write(text.encode())
        return
    target = Path(file)
    if target.exists() and not _is_export(target):
        raise UsageError(
            t("{file} exists and is not an export of progress", file=file), t("give another name")
        )
    write_whole(target, text)
    count = len(data["answers"])
    print(t("Everything is in {file}; answers: {count}.", count=count, file=file))


@app.command(help=t("Your bookmarks and notes as Markdown, printed or written to a file."))
def notes(
    chapter: Annotated[
        str, typer.Argument(help=t("Number, id or short name; without it all."))
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="FILE", help=t("Write them here."))] = "",
) -> None:
    from dltutor.learning.notes import markdown
    from dltutor.learning.progress import Progress

    with Progress.open() as record:
        found = record.notes(registry.find(chapter).id if chapter else "")
    _notices(record)
    if not to:
        print(markdown(found), end="")
        return
    write_whole(Path(to), markdown(found))
    print(t("{count} notes are in {file}.", count=len(found), file=to))


@app.command("import", help=t("Merge an export. Doing it twice changes nothing."))
def import_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=t("A file, or - for standard input."))
    ],
) -> None:
    from dltutor.learning.progress import Progress

    name = t("standard input") if file == "-" else file
    data = _read(file, name)
    with Progress.open() as record:
        count = record.merge(data, name)
    _notices(record)
    if count:
        print(t("New entries: {count}.", count=count))
    else:
        print(t("Nothing in it was new."))


@app.command(help=t("Forget a chapter, or everything. An export is made first."))
def reset(
    chapter: Annotated[
        str, typer.Argument(help=t("Number, id or short name; without it all."))
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask."))] = False,
) -> None:
    from dltutor.learning.progress import Progress

    with Progress.open() as record:
        recorded = record.chapter_ids()
        id_ = "" if not chapter else chapter if chapter in recorded else registry.find(chapter).id
        if not recorded or (id_ and id_ not in recorded):
            print(t("Nothing is recorded there."))
            return
        if not yes:
            _confirm(id_)
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        copy = paths.progress_file().with_name(f"progress.before-reset-{stamp}.json")
        write_whole(copy, json.dumps(record.export(), ensure_ascii=False, indent=1))
        record.reset(id_)
    _notices(record)
    print(t("Forgotten. To have it back: {command}", command=f"dltutor progress import {copy}"))


def _confirm(id_: str) -> None:
    question = (
        t("Forget all that is recorded for {chapter}? [y/N] ", chapter=id_)
        if id_
        else t("Forget all that is recorded? [y/N] ")
    )
    if not sys.stdin.isatty():
        raise UsageError(t("this forgets progress, and nobody is there to ask"), t("add --yes"))
    try:
        answer = input(question).strip().lower()
    except EOFError:
        answer = ""
    if answer not in ("y", "yes", "是"):
        print(t("Nothing was changed."))
        raise typer.Exit


def _read(file: str, name: str) -> Any:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return json.loads(raw.decode("utf-8-sig"))
    except OSError as error:
        raise TutorError(
            t("{file} can not be read: {reason}", file=name, reason=error.strerror)
        ) from None
    except (ValueError, RecursionError) as error:
        raise TutorError(
            t("{file} is not JSON: {reason}", file=name, reason=error),
            t("dltutor progress export makes one"),
        ) from None


def _is_export(file: Path) -> bool:
    from dltutor.learning.exchange import FORMAT

    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get("format") == FORMAT


def _notices(record: Progress) -> None:
    from dltutor.cli.asking import show_notices

    show_notices(record)
