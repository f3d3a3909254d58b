"""``dltutor export``: a chapter as a notebook or a page to take along."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from dltutor import i18n, registry
from dltutor.chapter import Chapter
from dltutor.cli.main import new_app
from dltutor.errors import TutorError, UsageError
from dltutor.i18n import local, t
from dltutor.parts import Embedded
from dltutor.settings import write_whole
from dltutor.text import clean
from dltutor.views import View

app = new_app()
APPS: dict[str, typer.Typer] = {"export": app}
FORMATS = ("ipynb", "html")


@app.command(help=t("A chapter as a Jupyter notebook or as one page of HTML."))
def export(
    chapter: Annotated[str, typer.Argument(help=t("Number, id or short name: 3, chapter3, mlp."))],
    to: Annotated[str, typer.Option("--to", help=t("ipynb or html."))] = "html",
    out: Annotated[
        Path | None, typer.Option("--out", help=t("The file; the chapter's name if not given."))
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=t("Replace a file that exists."))] = False,
) -> None:
    found = registry.find(chapter)
    if to not in FORMATS:
        raise UsageError(f"--to {to}", t("one of {names}", names=", ".join(FORMATS)))
    file = out or Path(f"{found.id}-{found.slug}.{to}")
    if file.is_dir():
        file = file / f"{found.id}-{found.slug}.{to}"
    if file.exists() and not force:
        raise UsageError(t("{file} exists", file=file), t("--force replaces it"))
    write_whole(file, _made(found, to))
    print(file)


def _made(chapter: Chapter, to: Literal["ipynb", "html"] | str) -> str:
    from dltutor.handout import blocks

    lang = i18n.current()
    if to == "ipynb":
        from dltutor.handout.notebook import notebook

        return notebook(blocks(chapter, lang))
    from dltutor.handout.page import page
    from dltutor.runs.host import Host

    with ExitStack() as stack:
        missing = registry.missing_packages(chapter)
        host = None if missing or not chapter.demos else stack.enter_context(Host(chapter))
        if missing:
            _tell(t("without pictures of the demos: {names} missing", names=", ".join(missing)))

        def views(part: Embedded) -> Sequence[View]:
            if host is None:
                return ()
            try:
                return host.demo(part.demo, part.settings)
            except TutorError as error:  # one demo that fails costs its picture, not the page
                _tell(f"{part.demo}: {error.message}")
                return ()

        return page(blocks(chapter, lang, views), local(chapter.title), lang)


def _tell(text: str) -> None:
    print(f"dltutor: {clean(text)}", file=sys.stderr)
