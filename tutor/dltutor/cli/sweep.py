"""``dltutor sweep``: a grid of settings, trained side by side."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from dltutor import registry
from dltutor.cli.main import new_app
from dltutor.errors import UsageError
from dltutor.i18n import t
from dltutor.runs import follow, sweep, words
from dltutor.runs.folder import RunFolder

app = new_app()
APPS = {"sweep": app}


@app.command("sweep")
def sweep_(
    chapter: Annotated[
        str, typer.Argument(help=t("Chapter: an id, a number or a short name."))
    ] = "",
    grid: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=A,B,...",
            help=t("The values to try of one setting, or of seed; may be repeated."),
        ),
    ] = [],  # noqa: B006
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help=t("Change a value of the configuration.")),
    ] = [],  # noqa: B006
    jobs: Annotated[int, typer.Option(help=t("Runs at the same time."))] = 1,
    preset: Annotated[
        str, typer.Option(help=t("quick, standard, full, or another of the chapter."))
    ] = "standard",
    data: Annotated[str, typer.Option(help=t("builtin, full, or a path to your own data."))] = "",
    data_root: Annotated[
        str, typer.Option(help=t("Folder of public data sets (DLTUTOR_DATA)."))
    ] = "",
    device: Annotated[str, typer.Option(help=t("auto, cpu, cuda or mps."))] = "auto",
    seed: Annotated[int, typer.Option(help=t("Seed of all random numbers."))] = 0,
    engine: Annotated[str, typer.Option(help=t("local, or ray for a Ray cluster."))] = "local",
    resume: Annotated[str, typer.Option(metavar="SWEEP", help=t("Continue this sweep."))] = "",
    as_json: Annotated[bool, typer.Option("--json", help=t("Print JSON."))] = False,
) -> None:
    """Train every combination of the values given, as ordinary runs, and compare them."""
    if engine not in ("local", "ray"):
        raise UsageError(f"--engine {engine!r} is unknown", "local or ray")
    if jobs < 1:
        raise UsageError(f"--jobs {jobs} is less than 1")
    if resume:
        found = sweep.load(resume)
    else:
        if not chapter:
            raise UsageError(
                "which chapter?", "for example: dltutor sweep chapter3 --grid lr=1e-3,3e-3"
            )
        found = sweep.plan(
            registry.find(chapter), grid, preset=preset, settings=set_, data=data,
            data_root=data_root, device=device, seed=seed,
        )  # fmt: skip
    if not as_json:
        print(
            t(
                "{name}: {count} runs, {jobs} at a time",
                name=found.name,
                count=len(found.specs),
                jobs=jobs,
            )
        )

    def report(place: int, run: RunFolder) -> None:
        result = run.result() or {}
        values = "  ".join(f"{k}={v}" for k, v in found.settings(place).items())
        if not as_json:
            state, figures = t(run.state()), words.values(result.get("metrics", {}))
            print(f"{run.id}  {values}  {state}  {figures}", flush=True)

    try:
        sweep.train(found, jobs=jobs, engine=engine, report=report)
    except KeyboardInterrupt:
        print(t("go on with: dltutor sweep --resume {name}", name=found.name), file=sys.stderr)
        raise
    rows = list(sweep.results(found))
    if as_json:
        trials = [
            {"run": run.id if run else None, "settings": settings, "metrics": metrics}
            for settings, run, metrics in rows
        ]
        seeds = [asdict(one) for one in sweep.over_seeds(rows)]
        print(json.dumps({"sweep": found.name, "runs": trials, "seeds": seeds}, ensure_ascii=False))
    else:
        _compare(found, rows)
    if not all(metrics for _, _, metrics in rows):
        raise typer.Exit(1)


def _compare(found: sweep.Sweep, rows: list[sweep.Row]) -> None:
    from dltutor import drawing
    from dltutor.cli.live import main_curves

    runs = [run for _, run, _ in rows if run is not None]
    summaries = [follow.summarise(run) for run in runs]
    ready = [s for s in summaries if s.curves]
    columns = min(120, (os.get_terminal_size().columns if sys.stdout.isatty() else 80)) - 1
    if ready:
        # more lines than this can not be told apart
        chart = follow.chart(ready[:6], main_curves(ready[0]))
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        print(drawing.draw(chart, columns, 16, colour=colour))
    names = list(dict.fromkeys(k for _, _, metrics in rows for k in metrics))
    cells = [
        [
            run.id if run else "-",
            *map(str, settings.values()),
            *(words.number(metrics.get(n)) for n in names),
        ]
        for settings, run, metrics in rows
    ]
    print(_table(["run", *found.keys, *names], cells, columns))
    compared = sweep.over_seeds(rows)
    if compared:
        print("\n" + t("Over the seeds: mean ± half of the 95 % interval"))
        _intervals([(one, one.means) for one in compared], names)
    if any(one.gains for one in compared):
        print("\n" + t("Against the first, seed by seed"))
        _intervals([(one, one.gains) for one in compared if one.gains], names, sign="+")


def _intervals(
    rows: Sequence[tuple[sweep.OverSeeds, Mapping[str, tuple[float, float]]]],
    names: Sequence[str],
    sign: str = "",
) -> None:
    """A line for each metric: a table of so many wide columns fits no terminal."""
    for one, values in rows:
        settings = "  ".join(f"{k}={v}" for k, v in one.settings.items())
        print(f"{settings}  ({t('{count} seeds', count=len(one.seeds))})".strip())
        wide = max(map(len, values))
        for name in names:
            if name in values:
                mean, half = values[name]
                print(f"  {name:{wide}}  {mean:{sign}.4g} ± {half:.2g}")


def _table(head: list[str], cells: list[list[str]], columns: int) -> str:
    from dltutor import drawing, views

    return drawing.draw(views.Table(columns=head, rows=cells), columns, 10_000, colour=False)
