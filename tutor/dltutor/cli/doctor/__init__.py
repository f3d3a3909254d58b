"""``dltutor doctor``: what this machine has and lacks, with the commands that mend it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from dltutor import __version__
from dltutor.cli.doctor.finding import Finding
from dltutor.cli.main import new_app
from dltutor.i18n import t

app = new_app()
APPS = {"doctor": app}

SIGNS = {"ok": "✓", "note": "·", "fail": "✗"}
COLOURS = {"ok": "32", "note": "33", "fail": "31"}


def checks() -> tuple[tuple[str, Callable[[], Iterator[Finding]]], ...]:
    """The groups of checks, by their headings."""
    from dltutor.cli.doctor import home, machine, terminal

    return (
        (t("Base"), machine.base),
        (t("Training"), machine.training),
        (t("Room"), machine.room),
        (t("Terminal"), terminal.terminal),
        (t("Folders and files"), home.files),
        (t("Data"), home.data),
        (t("Chapters"), home.chapters),
    )


@app.command(
    help=t("Check this machine. Every failing line is followed by the command that mends it.")
)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=t("Print the findings as JSON."))] = False,
) -> None:
    found: list[tuple[str, Finding]] = []
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for heading, group in checks():
        if not as_json:
            print(heading)
        for finding in group():
            found.append((heading, finding))
            if not as_json:
                show(finding, colour=colour)
    counts = {state: sum(f.state == state for _, f in found) for state in SIGNS}
    if as_json:
        rows = [{"group": heading, **asdict(finding)} for heading, finding in found]
        whole = {
            "ok": not counts["fail"],
            "version": __version__,
            "counts": counts,
            "findings": rows,
        }
        print(json.dumps(whole, ensure_ascii=False))
    else:
        print()
        print(t("{ok} ok, {note} to note, {fail} failing", **counts))
    if counts["fail"]:
        raise typer.Exit(1)


def show(finding: Finding, *, colour: bool) -> None:
    """One finding: sign, word, what was looked at, what was seen; and how to mend it."""
    from dltutor.text import clean, pad

    words = {"ok": t("ok"), "note": t("note"), "fail": t("fail")}
    mark = f"{SIGNS[finding.state]} {pad(words[finding.state], 4)}"
    if colour:
        mark = f"\x1b[{COLOURS[finding.state]}m{mark}\x1b[0m"
    print(f"  {mark}  {pad(clean(t(finding.check)), 16)}  {clean(finding.seen)}", flush=True)
    if finding.mend:
        how = t("to mend it:") if finding.state == "fail" else t("to change it:")
        print(f"           {how} {clean(finding.mend)}")
