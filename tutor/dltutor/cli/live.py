"""A run on a terminal: a bar, the rate, the time left, a curve that grows."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from dltutor import drawing, views
from dltutor.i18n import t
from dltutor.runs import follow, words
from dltutor.runs.folder import RunFolder

SMALLEST = (50, 16)
"""columns and rows below which there is no room for a curve"""
PREFERRED = (
    "val_accuracy",
    "test_accuracy",
    "accuracy",
    "mean_return",
    "psnr_db",
    "val_loss",
    "loss",
)


def watch_live(run: RunFolder, after: int) -> dict[str, Any] | None:
    """Draws the run until it ends; returns its last event, None when it vanished."""
    console = Console(highlight=False)
    summary = follow.Summary(run_id=run.id)
    if after:
        summary = follow.summarise(run)
    last: dict[str, Any] | None = None
    with Live(
        console=console,
        refresh_per_second=8,
        transient=True,
        get_renderable=lambda: panel(summary, console),
    ):
        for event in follow.follow(run, after=after):
            if event is None:
                continue
            last = event if event["event"] in ("finished", "stopped", "failed") else None
            summary.add(event)
            text = words.line(event)
            if text and event["event"] not in ("progress", "saved", "failed", "picture"):
                style = {"warning": "yellow", "finished": "bold green", "started": "dim"}.get(
                    event["event"], ""
                )
                console.print(Text(text, style=style))
    for name, data in summary.pictures.items():
        view = views.from_json(data)
        console.print(Text(name, style="dim"))
        height = min(24, max(8, console.height - 4))
        console.print(
            _ansi(drawing.draw(view, console.width - 1, height, colour=not console.no_color))
        )
    if summary.ended is not None and summary.curves:
        console.print(_chart(summary, console, max(10, min(16, console.height - 8))))
    return last


def panel(summary: follow.Summary, console: Console) -> Group:
    """The moving part: the curve and the line of progress."""
    parts: list[Any] = []
    width, height = console.size
    if width >= SMALLEST[0] and height >= SMALLEST[1] and summary.curves:
        parts.append(_chart(summary, console, min(16, height - 6)))
    row = Table.grid(padding=(0, 1))
    if summary.steps:
        row.add_row(
            ProgressBar(
                total=summary.steps, completed=summary.step, width=max(10, min(40, width - 50))
            ),
            f"{summary.step / summary.steps:>4.0%}",
            Text(words.place(_as_event(summary))),
        )
    else:
        row.add_row(Text(t("starting: importing torch, reading data")))
    parts.append(row)
    shown = {k: v for k, v in summary.latest.items() if k not in ("lr", "gradient_norm")}
    parts.append(
        Text(
            words.values(shown) + "  " + words.speed(_as_event(summary)),
            overflow="ellipsis",
            no_wrap=True,
        )
    )
    return Group(*parts)


def _as_event(summary: follow.Summary) -> dict[str, Any]:
    return {
        "epoch": min(summary.epoch, max(0, summary.epochs - 1)),
        "epochs": summary.epochs,
        "step": summary.step,
        "steps": summary.steps,
        "samples_per_second": summary.samples_per_second,
        "seconds_left": summary.seconds_left,
    }


def _chart(summary: follow.Summary, console: Console, rows: int) -> Text:
    chart = follow.chart([summary], main_curves(summary))
    return _ansi(
        drawing.draw(chart, min(console.width - 1, 100), rows, colour=not console.no_color)
    )


def main_curves(summary: follow.Summary) -> list[str]:
    """The one or two curves that say most: a measured figure when there are two points of it, else the loss."""
    ready = [n for n in PREFERRED if n in summary.curves and len(summary.curves[n].steps) > 1]
    if ready:
        return ready[:1]
    return [n for n in summary.curves if n not in ("lr", "gradient_norm")][:1]


def _ansi(text: str) -> Text:
    return Text.from_ansi(text, no_wrap=True)
