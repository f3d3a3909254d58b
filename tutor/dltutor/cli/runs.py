"""``dltutor runs``: what has been trained and what is being trained."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dltutor import registry
from dltutor.cli.main import new_app
from dltutor.errors import TutorError, UsageError
from dltutor.i18n import t
from dltutor.runs import follow, launch, words
from dltutor.runs.folder import RunFolder, find_run, list_runs

app = new_app(
    help="List, follow, plot, compare, stop, export and remove runs.", no_args_is_help=True
)
APPS = {"runs": app}

Name = Annotated[str, typer.Argument(metavar="RUN", help=t("A run's name, or 'last'."))]
AsJson = Annotated[bool, typer.Option("--json", help=t("Print JSON."))]
STATES = {
    "waiting": ("◌", t("waiting")),
    "running": ("▶", t("running")),
    "paused": ("‖", t("paused")),
    "finished": ("✓", t("finished")),
    "stopped": ("■", t("stopped")),
    "failed": ("✗", t("failed")),
    "vanished": ("?", t("vanished")),
}
"""sign and word; ``vanished``: the process ended without a word"""


@app.command("list")
def list_(
    chapter: Annotated[str, typer.Argument(help=t("Only runs of this chapter."))] = "",
    as_json: AsJson = False,
) -> None:
    """The runs, oldest first."""
    found = list_runs(registry.find(chapter).id if chapter else "")
    rows = [_row(run) for run in found]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        print(t("There are no runs yet. Start one: dltutor run chapter3"))
        return
    from dltutor.text import pad

    for row in rows:
        sign, word = STATES[row["state"]]
        cells = [
            pad(row["run"], 12),
            sign,
            pad(word, 9),
            pad(row["preset"], 9),
            row["created"][:16],
        ]
        print(" ".join(cells) + "  " + words.values(row["metrics"]))


def _row(run: RunFolder) -> dict[str, Any]:
    spec, result = run.spec, run.result() or {}
    return {
        "run": run.id,
        "state": run.state(),
        "chapter": spec.chapter,
        "preset": spec.preset,
        "created": spec.created,
        "data": spec.data["label"],
        "metrics": result.get("metrics", {}),
        "folder": str(run.path),
    }


@app.command()
def show(run: Name, as_json: AsJson = False) -> None:
    """All about one run: what was asked, how it went, what came out."""
    found = find_run(run)
    spec, summary, state = found.spec, follow.summarise(found), found.state()
    if as_json:
        print(json.dumps({**_row(found), "spec": spec.to_json(), "step": summary.step, "result": found.result(),
                          "latest": summary.latest}, ensure_ascii=False))  # fmt: skip
        return
    sign, word = STATES[state]
    print(f"{found.id}  {sign} {word}  {found.path}")
    print(
        t(
            "chapter {chapter}, preset {preset}, seed {seed}",
            chapter=spec.chapter,
            preset=spec.preset,
            seed=spec.seed,
        )
    )
    print(t("data: {label}", label=spec.data["label"]))
    if summary.started:
        print(t("device: {device} ({reason}), {precision}", device=summary.started.get("device"),
                reason=summary.started.get("device_reason"), precision=summary.started.get("precision")))  # fmt: skip
    print(
        t("configuration: {values}", values="  ".join(f"{k}={v}" for k, v in spec.config.items()))
    )
    print(t("versions: {values}", values="  ".join(f"{k} {v}" for k, v in spec.versions.items())))
    print(t("command: {command}", command=spec.command))
    for event in summary.log:
        if event["event"] not in ("started", "saved"):
            print("  " + words.line(event))
    for name, data in summary.pictures.items():
        from dltutor import views
        from dltutor.cli.predict import shown

        print(f"\n{name}\n{shown(views.from_json(data))}")
    if state == "vanished":
        print(
            t(
                "Its process ended without a word. Go on with: dltutor run --resume {run}",
                run=found.id,
            )
        )
    if summary.ended is not None and summary.ended["event"] == "finished":
        print(words.result(summary.ended))


@app.command("follow")
def follow_(
    run: Name,
    as_json: AsJson = False,
    plain: Annotated[
        bool, typer.Option("--plain", help=t("Print lines, no live display."))
    ] = False,
) -> None:
    """Watch a run until it ends. Ctrl-C stops the watching, not the run."""
    from dltutor.cli.run import watch

    watch(find_run(run), as_json=as_json, plain=plain, stop_on_interrupt=False)


@app.command()
def plot(
    run: Name,
    metric: Annotated[
        list[str], typer.Option("--metric", "-m", help=t("A curve's name; may be repeated."))
    ] = [],  # noqa: B006
    log: Annotated[bool, typer.Option("--log", help=t("Logarithmic vertical axis."))] = False,
    smooth: Annotated[float, typer.Option(help=t("0 (as measured) to 0.99 (very smooth)."))] = 0.0,
    plain: Annotated[
        bool, typer.Option("--plain", help=t("Words and numbers instead of a chart."))
    ] = False,
) -> None:
    """The curves of a run as a chart."""
    found = find_run(run)
    _draw([follow.summarise(found)], metric, log=log, smooth=smooth, plain=plain)


@app.command()
def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help=t("Two runs or more."))],
    metric: Annotated[
        list[str], typer.Option("--metric", "-m", help=t("A curve's name; may be repeated."))
    ] = [],  # noqa: B006
    log: Annotated[bool, typer.Option("--log", help=t("Logarithmic vertical axis."))] = False,
    smooth: Annotated[float, typer.Option(help=t("0 (as measured) to 0.99 (very smooth)."))] = 0.0,
    plain: Annotated[
        bool, typer.Option("--plain", help=t("Words and numbers instead of a chart."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Curves over one another, and a table of the settings in which the runs differ."""
    found = [find_run(name) for name in runs]
    if len(found) < 2:
        raise UsageError(
            "one run can not be compared", "name two or more: dltutor runs compare 3-0001 3-0002"
        )
    asked = [_asked(run) for run in found]
    keys = [
        k
        for k in dict.fromkeys(k for a in asked for k in a)
        if len({str(a.get(k)) for a in asked}) > 1
    ]
    results = [(run.result() or {}).get("metrics", {}) for run in found]
    if as_json:
        print(json.dumps([{"run": r.id, "settings": {k: a.get(k) for k in keys}, "metrics": m}
                          for r, a, m in zip(found, asked, results, strict=True)], ensure_ascii=False))  # fmt: skip
        return
    _draw([follow.summarise(run) for run in found], metric, log=log, smooth=smooth, plain=plain)
    from dltutor import drawing, views

    names = list(dict.fromkeys(k for m in results for k in m))
    rows = [
        [r.id, *(str(a.get(k, "-")) for k in keys), *(words.number(m.get(k)) for k in names)]
        for r, a, m in zip(found, asked, results, strict=True)
    ]
    print(
        drawing.draw(
            views.Table(columns=["run", *keys, *names], rows=rows), _columns(), 1000, colour=False
        )
    )


def _asked(run: RunFolder) -> dict[str, Any]:
    spec = run.spec
    outside = {
        k: getattr(spec, k)
        for k in ("chapter", "seed", "device", "devices", "precision", "compile")
    }
    return {**spec.config, **outside, "data": spec.data["label"]}


def _draw(
    summaries: list[follow.Summary], names: list[str], *, log: bool, smooth: float, plain: bool
) -> None:
    from dltutor import drawing
    from dltutor.cli.live import main_curves

    if not 0 <= smooth < 1:
        raise UsageError(f"--smooth {smooth} is out of range", "a number from 0 to 0.99")
    known = list(dict.fromkeys(n for s in summaries for n in s.curves))
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no curve {name!r}",
                "one of " + ", ".join(known) if known else "no curve yet",
            )
    if not known:
        raise TutorError("there is nothing to plot yet", "the run has written no measurement")
    chart = follow.chart(summaries, names or main_curves(summaries[0]), log_y=log, smooth=smooth)
    if plain:
        print(drawing.describe(chart))
    else:
        rows = min(24, shutil.get_terminal_size((80, 24)).lines - 4)
        print(drawing.draw(chart, _columns(), max(8, rows), colour=_colour()))


def _columns() -> int:
    return min(120, shutil.get_terminal_size((80, 24)).columns - 1)


def _colour() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@app.command()
def stop(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help=t("Runs to stop."))],
    patience: Annotated[float, typer.Option(help=t("Seconds to wait before insisting."))] = 30.0,
) -> None:
    """Ask runs to save and stop; end those that do not answer."""
    for run in [find_run(name) for name in runs]:
        if launch.stop(run, patience):
            print(t("{run} saved and stopped; go on with: dltutor run --resume {run}", run=run.id))
        else:
            print(t("{run} did not answer and was ended; its last checkpoint stays", run=run.id))


@app.command()
def pause(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help=t("Runs to pause."))],
    patience: Annotated[float, typer.Option(help=t("Seconds to wait before insisting."))] = 30.0,
) -> None:
    """Ask runs to save and make room; they go on, as if left alone, with run --resume."""
    for run in [find_run(name) for name in runs]:
        if launch.pause(run, patience):
            print(t("{run} is paused; go on with: dltutor run --resume {run}", run=run.id))
        else:
            print(t("{run} did not answer and was ended; its last checkpoint stays", run=run.id))


@app.command()
def remove(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help=t("Runs to remove."))],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=t("Do not ask."))] = False,
) -> None:
    """Delete runs with their checkpoints."""
    found = [find_run(name) for name in runs]
    for run in found:
        if run.state() == "running":
            raise TutorError(
                f"run {run.id} is at work", f"stop it first: dltutor runs stop {run.id}"
            )
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("removing needs a yes", "add --yes")
        typer.confirm(t("Delete {runs}?", runs=", ".join(r.id for r in found)), abort=True)
    for run in found:
        try:
            shutil.rmtree(run.path)
        except OSError as error:
            raise TutorError(f"{run.path} can not be removed: {error.strerror}") from None
        print(t("removed {run}", run=run.id))


@app.command()
def export(
    run: Name,
    to: Annotated[
        Path,
        typer.Option("--to", help=t("A .csv or .json file, or a folder for TensorBoard files.")),
    ],
) -> None:
    """The run's measurements as CSV, as JSON, or as files that TensorBoard opens."""
    from dltutor.runs.export import export_run

    print(t("written: {path}", path=export_run(find_run(run), to)))
