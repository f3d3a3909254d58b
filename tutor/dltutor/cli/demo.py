"""``dltutor demo``: a chapter's demo drawn once, for the parameters given."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from dltutor import registry, views
from dltutor.chapter import Chapter
from dltutor.cli.main import new_app
from dltutor.cli.predict import shown
from dltutor.errors import UsageError
from dltutor.i18n import local, t
from dltutor.runs.host import Host

app = new_app()
APPS = {"demo": app}


@app.command()
def demo(
    chapter: Annotated[str, typer.Argument(help=t("Chapter: an id, a number or a short name."))],
    name: Annotated[
        str, typer.Argument(help=t("The demo; the chapter's first if not given."))
    ] = "",
    set_: Annotated[
        list[str], typer.Option("--set", metavar="KEY=VALUE", help=t("A parameter of the demo."))
    ] = [],  # noqa: B006
    run: Annotated[
        str,
        typer.Option(
            help=t("The run whose weights are used; the newest if not given; none: no run's.")
        ),
    ] = "",
    show_list: Annotated[
        bool, typer.Option("--list", help=t("The chapter's demos and their parameters."))
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help=t("Words and numbers instead of a drawing."))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("The views as JSON."))] = False,
) -> None:
    """A chapter's demo, drawn for the parameters given. In the screens it moves with the keys."""
    plugin = registry.find(chapter)
    if not plugin.demos:
        raise UsageError(f"{plugin.id} has no demo")
    registry.require_packages(plugin)
    with Host(plugin) as host:
        if show_list:
            _list(plugin, host)
            return
        views_shown = host.demo(name or plugin.demos[0].name, set_, run)
    if as_json:
        print(json.dumps([views.to_json(view) for view in views_shown], ensure_ascii=False))
        return
    from dltutor import drawing

    for view in views_shown:
        print(drawing.describe(view) if plain else shown(view))


def _list(plugin: Chapter, host: Host) -> None:
    for entry in plugin.demos:
        print(f"{entry.name}: {local(entry.title)}")
        for p in host.demo_parameters(entry.name):
            about = local(p.about.text)
            print(
                f"  {p.name}={p.default!r}  {about}, {p.range()}"
                + (f", {p.about.unit}" if p.about.unit else "")
            )
