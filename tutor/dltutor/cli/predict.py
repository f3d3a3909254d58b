"""``dltutor predict`` and ``dltutor model``."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Annotated

import typer

from dltutor import registry, views
from dltutor.cli.main import new_app
from dltutor.i18n import t
from dltutor.runs.host import Host
from dltutor.text import clean

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
) -> None:
    """Ask a trained model about your own input."""
    plugin = registry.find(chapter)
    registry.require_packages(plugin)
    given = [line.rstrip("\n") for line in sys.stdin] if inputs == ["-"] else inputs
    with Host(plugin) as host:
        for prediction in host.predict(given, run, device):
            if as_json:
                print(json.dumps({"input": prediction.input, "label": prediction.label,
                                  "probabilities": dict(prediction.probabilities)}, ensure_ascii=False))  # fmt: skip
            else:
                best = "  ".join(
                    f"{clean(name)} {p:.1%}" for name, p in prediction.probabilities[:3]
                )
                print(f"{clean(prediction.input)}: {clean(prediction.label)}  {best}".rstrip())
                if prediction.view is not None and sys.stdout.isatty():
                    print(shown(prediction.view))


def shown(view: views.View) -> str:
    """A view drawn for the terminal or the pipe that this command writes to."""
    from dltutor import drawing

    columns, rows = shutil.get_terminal_size((80, 24))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return drawing.draw(view, min(columns - 1, 100), max(10, min(rows - 2, 30)), colour=colour)


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
