"""``dltutor plugins``: what is installed, a new chapter, the gate, coming and going."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dltutor import registry, settings
from dltutor.cli.main import new_app
from dltutor.errors import TutorError, UsageError
from dltutor.i18n import local, t
from dltutor.text import clean, pad, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dltutor.chapter import Chapter
    from dltutor.learning.lint import Finding

app = new_app(no_args_is_help=True, help=t("List, make, check, install chapters."))
APPS: dict[str, typer.Typer] = {"plugins": app}

AsJson = Annotated[bool, typer.Option("--json", help=t("As JSON."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=t("Do not ask."))]


@app.command("list", help=t("The installed chapters, where each comes from, and its state."))
def list_plugins(as_json: AsJson = False) -> None:
    rows = [_row(entry) for entry in registry.entries()]
    if as_json:
        print(json.dumps({"plugins": rows}, ensure_ascii=False, indent=1))
        return
    if not rows:
        print(t("No chapter is installed."))
        return
    name = max(width(row["name"]) for row in rows)
    source = max(width(f"{row['distribution']} {row['version']}") for row in rows)
    for row in rows:
        state = (
            t("on") if row["state"] == "on" else t("off") if row["state"] == "off" else t("broken")
        )
        came = pad(f"{row['distribution']} {row['version']}", source)
        print(f"{pad(row['name'], name)}  {came}  {pad(state, 6)}  {row['title']}".rstrip())
        if row["problem"] and row["state"] != "off":
            print(f"{'':{name}}  {row['problem']}")


def _row(entry: registry.Entry) -> dict[str, Any]:
    state = "off" if not entry.enabled else "on" if entry.chapter is not None else "broken"
    return {
        "name": clean(entry.name),
        "id": entry.chapter.id if entry.chapter else None,
        "title": clean(local(entry.chapter.title)) if entry.chapter else "",
        "distribution": clean(entry.distribution),
        "version": clean(entry.version),
        "module": clean(entry.target),
        "state": state,
        "problem": clean(entry.problem),
        "seconds": round(entry.seconds, 4),
    }


@app.command(help=t("Write a new chapter: a distribution that installs and passes the check."))
def new(
    name: Annotated[str, typer.Argument(help=t("Its name, for example my-chapter."))],
    to: Annotated[Path, typer.Option("--to", help=t("The folder it is written into."))] = Path(),
) -> None:
    from dltutor.learning import new_chapter

    files = new_chapter.write(name, to)
    for file in files:
        print(file)
    folder = to / name
    print()
    print(t("Check it with: {command}", command=f"dltutor plugins check {folder}"))
    print(t("Install it with: {command}", command=f"dltutor plugins install {folder}"))


@app.command(help=t("The gate: everything that is wrong with a chapter."))
def check(
    chapters: Annotated[
        list[str] | None,
        typer.Argument(help=t("Chapters, or folders of chapters; all that are installed.")),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help=t("One of: contract, lessons, quiz, exercises.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    from dltutor.learning import lint

    areas = tuple(part.strip() for text in only or () for part in text.split(",")) or lint.AREAS
    for area in areas:
        if area not in lint.AREAS:
            raise UsageError(
                f"--only {area!r}: there is no such part", "one of " + ", ".join(lint.AREAS)
            )
    targets, found = _targets(chapters or []), []
    tell = None if as_json or not sys.stderr.isatty() else _tell
    for chapter, target in targets:
        found.append((chapter, lint.check(chapter, target, areas, tell)))
    broken = [] if chapters else [e for e in registry.entries() if e.enabled and e.chapter is None]
    errors = len(broken) + sum(f.level == "error" for _, rows in found for f in rows)
    if as_json:
        print(json.dumps(_findings_json(found, broken), ensure_ascii=False, indent=1))
    else:
        _print_findings(found, broken)
    if errors:
        raise typer.Exit(1)


def _tell(text: str) -> None:
    print(f"\r\x1b[K{text} …", end="\r", file=sys.stderr, flush=True)


def _targets(names: Sequence[str]) -> list[tuple[Chapter, str]]:
    """Chapters by name, or by the folder of their distribution, with the modules of their hooks."""
    from dltutor.learning.lint.source_tree import chapters_at

    if not names:
        return [(e.chapter, e.target) for e in registry.entries() if e.chapter is not None]
    found: list[tuple[Chapter, str]] = []
    for name in names:
        if Path(name).is_dir():
            found += chapters_at(Path(name))
            continue
        if "/" in name or "\\" in name:
            raise UsageError(f"there is no folder {name}")
        chapter = registry.find(name)
        found.append((chapter, next(e.target for e in registry.entries() if e.chapter is chapter)))
    return found


def _findings_json(
    found: Sequence[tuple[Chapter, list[Finding]]], broken: Sequence[registry.Entry]
) -> dict[str, Any]:
    from dataclasses import asdict

    rows = [{"chapter": chapter.id, **asdict(f)} for chapter, findings in found for f in findings]
    rows += [
        {
            "chapter": entry.name, "level": "error", "area": "contract", "file": "", "line": 0,
            "message": clean(entry.problem),
        }
        for entry in broken
    ]  # fmt: skip
    errors = sum(row["level"] == "error" for row in rows)
    return {
        "chapters": [chapter.id for chapter, _ in found],
        "errors": errors,
        "warnings": len(rows) - errors,
        "findings": rows,
    }


def _print_findings(
    found: Sequence[tuple[Chapter, list[Finding]]], broken: Sequence[registry.Entry]
) -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    for entry in broken:
        print(t("error: {problem}", problem=clean(f"{entry.name}: {entry.problem}")))
    for chapter, findings in found:
        for finding in findings:
            print(clean(str(_relative(finding))))
        errors = sum(f.level == "error" for f in findings)
        print(
            t(
                "{chapter}: errors {errors}, warnings {warnings}",
                chapter=chapter.id,
                errors=errors,
                warnings=len(findings) - errors,
            )
        )


def _relative(finding: Finding) -> Finding:
    from dataclasses import replace

    try:
        return (
            replace(finding, file=str(Path(finding.file).relative_to(Path.cwd())))
            if finding.file
            else finding
        )
    except ValueError:
        return finding


# --- coming and going


@app.command(help=t("Install a distribution that brings chapters, with pip or uv."))
def install(
    spec: Annotated[
        str, typer.Argument(help=t("A name, a folder, a wheel, an address: whatever pip takes."))
    ],
    yes: Yes = False,
) -> None:
    if spec.startswith("-"):
        raise UsageError(f"{spec!r} is an option, not a distribution")
    if Path(spec).exists():
        spec = str(Path(spec).resolve())
    _confirm(t("A chapter is code that runs on your machine. Install {spec}?", spec=spec), yes)
    before = {row["name"] for row in _fresh_list()}
    _installer("install", spec)
    came = [row for row in _fresh_list() if row["name"] not in before]
    if not came:
        print(t("Installed; it brings no chapter that was not there before."))
    for row in came:
        if row["state"] == "on":
            print(t("Installed {name}: {title}", name=row["name"], title=row["title"]))
            print(t("Read it with: {command}", command=f"dltutor read {row['id']}"))
        else:
            print(
                t(
                    "Installed {name}, but it does not load: {problem}",
                    name=row["name"],
                    problem=row["problem"],
                )
            )
    if any(row["state"] == "broken" for row in came):
        raise typer.Exit(1)


@app.command(help=t("Uninstall the distribution that brings a chapter."))
def remove(
    name: Annotated[str, typer.Argument(help=t("The chapter, or the distribution."))],
    yes: Yes = False,
) -> None:
    entry = _find(name, distributions=True)
    if entry.distribution in ("dltutor", "?"):
        raise UsageError(
            f"{entry.name} comes with dltutor and is not removed by itself",
            f"switch it off: dltutor plugins disable {entry.name}",
        )
    gone = [e.name for e in registry.entries() if e.distribution == entry.distribution]
    _confirm(
        t(
            "Uninstall {distribution}, which brings {names}? Your progress stays.",
            distribution=entry.distribution,
            names=", ".join(gone),
        ),
        yes,
    )
    _installer("uninstall", entry.distribution)
    left = {row["name"] for row in _fresh_list()}
    if left & set(gone):
        raise TutorError(
            f"{', '.join(sorted(left & set(gone)))} is still there", "is it installed twice?"
        )
    settings.save(disabled=tuple(n for n in settings.load().disabled if n not in gone))
    print(t("Removed {names}", names=", ".join(gone)))


@app.command(help=t("Switch a chapter on again."))
def enable(name: Annotated[str, typer.Argument(help=t("The chapter."))]) -> None:
    entry = _find(name)
    settings.save(disabled=tuple(n for n in settings.load().disabled if n != entry.name))
    print(t("{name} is on", name=entry.name))


@app.command(help=t("Switch a chapter off: it is not even loaded."))
def disable(name: Annotated[str, typer.Argument(help=t("The chapter."))]) -> None:
    entry = _find(name)
    settings.save(disabled=(*(n for n in settings.load().disabled if n != entry.name), entry.name))
    print(t("{name} is off", name=entry.name))


def _find(name: str, *, distributions: bool = False) -> registry.Entry:
    """The entry point of that name, or of the chapter of that id, number or short name."""
    wanted = name.strip().lower()
    known: dict[str, registry.Entry] = {}
    for entry in registry.entries():
        names = [entry.name]
        if entry.chapter is not None:
            names += [entry.chapter.id, entry.chapter.slug, str(entry.chapter.number or entry.name)]
        if distributions:
            names.append(entry.distribution)
        for known_name in names:
            known.setdefault(known_name.lower(), entry)
    if wanted not in known:
        from difflib import get_close_matches

        near = get_close_matches(wanted, known, n=1)
        raise UsageError(
            f"there is no chapter {name!r}",
            f"did you mean {near[0]}?" if near else "see: dltutor plugins list",
        )
    return known[wanted]


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("nobody can be asked here", "add --yes if you mean it")
    if not typer.confirm(question):
        raise typer.Exit(1)


def _fresh_list() -> list[dict[str, Any]]:
    """``plugins list`` in a new process: what is installed changes under a running one."""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "dltutor", "plugins", "list", "--json"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    try:
        rows: list[dict[str, Any]] = json.loads(done.stdout)["plugins"]
    except (ValueError, KeyError):
        last = (done.stderr.strip() or "no answer").splitlines()[-1]
        raise TutorError(f"dltutor does not start any more: {last}") from None
    return rows


def _installer(action: str, spec: str) -> None:
    """Runs pip, or uv where this environment has no pip; its own output goes to standard error."""
    import importlib.util
    import shutil
    import subprocess

    uv = shutil.which("uv")
    if importlib.util.find_spec("pip") is not None:
        command = [
            sys.executable,
            "-m",
            "pip",
            action,
            *(["--yes"] if action == "uninstall" else []),
        ]
    elif uv is not None:
        command = [uv, "pip", action, "--python", sys.executable]
    else:
        raise TutorError(
            "this environment has neither pip nor uv", f"{sys.executable} -m ensurepip"
        )
    done = subprocess.run([*command, spec], stdout=sys.stderr, check=False)
    if done.returncode:
        raise TutorError(f"{Path(command[0]).name} ended with code {done.returncode}: see above")
