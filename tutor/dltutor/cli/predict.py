"""``dltutor predict`` and ``dltutor model``."""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dltutor import registry, settings, views
from dltutor.cli.main import new_app
from dltutor.i18n import local, t
from dltutor.runs.host import Host
from dltutor.text import clean

if TYPE_CHECKING:
    from dltutor.drawing.terminal import Found
    from dltutor.events import Prediction

predict_app = new_app()
model_app = new_app()
APPS = {"predict": predict_app, "model": model_app}

Set = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help=t("Change a value of the configuration.")),
]


@predict_app.command()
def predict(
    chapter: Annotated[str, typer.Argument(help=t("Chapter: an id, a number or a short name."))],
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help=t("Files, folders or texts; - reads lines from standard input."),
        ),
    ],
    run: Annotated[
        str, typer.Option(help=t("The run whose weights are used; the newest if not given."))
    ] = "",
    device: Annotated[str, typer.Option(help=t("auto, cpu, cuda or mps."))] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help=t("One JSON object for each input."))
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help=t("A folder for the pictures that are shown."))
    ] = None,
) -> None:
    """Ask a trained model about your own input."""
    plugin = registry.find(chapter)
    registry.require_packages(plugin)
    given = [line.rstrip("\n") for line in sys.stdin] if inputs == ["-"] else inputs
    with Host(plugin) as host:
        for number, prediction in enumerate(host.predict(given, run, device), 1):
            file = _kept(out, number, prediction) if out is not None else None
            if as_json:
                print(json.dumps({"input": prediction.input, "label": prediction.label,
                                  "probabilities": dict(prediction.probabilities)}
                                 | ({"picture": str(file)} if file else {}), ensure_ascii=False))  # fmt: skip
            else:
                best = "  ".join(
                    f"{clean(name)} {p:.1%}" for name, p in prediction.probabilities[:3]
                )
                print(f"{clean(prediction.input)}: {clean(prediction.label)}  {best}".rstrip())
                if prediction.view is not None and sys.stdout.isatty():
                    print(shown(prediction.view))
                if file is not None:
                    print(f"  {file}")


def _kept(folder: Path, number: int, prediction: Prediction) -> Path | None:
    """Writes the prediction's picture, if it has one, and returns the file."""
    from dltutor.drawing.png import png

    if not isinstance(prediction.view, views.Picture):
        return None
    stem = Path(prediction.input).stem if Path(prediction.input).is_file() else "input"
    # numbered, since two folders may hold files of one name
    file = folder / f"{number:04d}-{stem}.png"
    settings.write_whole(file, png(prediction.view))
    return file


def shown(view: views.View) -> str:
    """A view drawn for the terminal or the pipe that this command writes to."""
    from dltutor import drawing

    columns, rows = shutil.get_terminal_size((80, 24))
    columns, rows = min(columns - 1, 100), max(10, min(rows - 2, 30))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    if colour and isinstance(view, views.Picture):
        found = _terminal()
        if found.protocol == "sixel":
            from dltutor.drawing.sixel import at_size, sixel

            size = columns * found.cell[0], (rows - 1) * found.cell[1]
            caption = clean(local(view.caption))
            return sixel(at_size(view, *size)) + (f"\n{caption}" if caption else "")
        if found.protocol == "kitty":
            return drawing.draw(view, columns, rows, colour=True, depth=24)
    return drawing.draw(view, columns, rows, colour=colour)


@lru_cache(maxsize=1)
def _terminal() -> Found:
    """What the terminal can, asked when the first picture is to be shown."""
    from dltutor.drawing import terminal
    from dltutor.drawing.kitty import Kitty

    found = terminal.find(settings.load().pictures)
    if found.protocol == "kitty":
        terminal.graphics = Kitty(sys.stdout.write, found.cell)
    return found


@model_app.command()
def model(
    chapter: Annotated[str, typer.Argument(help=t("Chapter: an id, a number or a short name."))],
    set_: Set = [],  # noqa: B006
    export: Annotated[
        str,
        typer.Option(
            metavar="FILE", help=t("Write the model as .onnx or .pt2, to open in Netron.")
        ),
    ] = "",
    run: Annotated[
        str, typer.Option(help=t("With --export: the run whose weights go into the file."))
    ] = "",
    printed: Annotated[bool, typer.Option("--printed", help=t("As torch prints it."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("Print JSON."))] = False,
) -> None:
    """A chapter's model layer by layer, or as a file for Netron."""
    plugin = registry.find(chapter)
    registry.require_packages(plugin)
    with Host(plugin) as host:
        if export:
            print(t("written: {path}", path=host.model_export(export, set_, run)))
            return
        table = host.model_table(set_)
    if as_json:
        print(json.dumps(table, ensure_ascii=False))
    elif printed:
        print(table["printed"])
    else:
        from dltutor import drawing

        rows = [
            [r["name"], r["kind"], _shape(r["shape"]), f"{r['parameters']:,}"]
            for r in table["rows"]
        ]
        rows.append([t("all"), "", "", f"{table['parameters']:,}"])
        view = views.Table(
            columns=[t("layer"), t("kind"), t("output shape"), t("parameters")],
            rows=rows, title=t("input {shape}", shape=_shape(table["input"])),
        )  # fmt: skip
        columns = shutil.get_terminal_size((80, 24)).columns
        print(drawing.draw(view, min(columns, 100), len(rows) + 10, colour=False))


def _shape(shape: list[int] | None) -> str:
    return "(" + ", ".join(map(str, shape)) + ")" if shape is not None else "-"
