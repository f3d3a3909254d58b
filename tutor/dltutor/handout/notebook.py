"""The blocks as a Jupyter notebook, format 4.5."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from dltutor.handout import Anchor, Block, Code, Command, File, Folded, Words, links
from dltutor.parts import Formula


def notebook(blocks: Iterable[Block]) -> str:
    """Text cells, and cells that run: commands, and files to complete, each with its check."""
    cells: list[dict[str, Any]] = []
    text: list[str] = []

    def close() -> None:
        if text:
            cells.append(_cell("markdown", "\n\n".join(text), len(cells)))
            text.clear()

    for block in blocks:
        if isinstance(block, Anchor):
            close()
        for running, source in _sources(block):
            if running:
                close()
                cells.append(_cell("code", source, len(cells)))
            else:
                text.append(source.strip("\n"))
    close()
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _sources(block: Block) -> Iterator[tuple[bool, str]]:
    """What a block becomes: whether it runs, and its source."""
    if isinstance(block, Words):
        yield False, links(block.latex)
    elif isinstance(block, Anchor):
        yield False, f'<a id="{block.name}"></a>\n\n{"#" * block.level} {block.title}'
    elif isinstance(block, Code):
        caption = f"*{block.caption}*\n\n" if block.caption else ""
        yield False, f"{caption}```{block.language}\n{block.code}\n```"
    elif isinstance(block, Formula):
        yield False, f"$$\n{block.latex}\n$$"
    elif isinstance(block, Command):
        yield True, f"!{block.command}"
    elif isinstance(block, File):
        yield True, f"%%writefile {block.name}\n{block.code}"
        yield True, f"!{block.check}"
    else:
        yield False, _folded(block)


def _folded(block: Folded) -> str:
    inside = "\n\n".join(source for part in block.inside for _, source in _sources(part))
    # the empty lines let Markdown be read within the element
    return f"<details><summary>{escape(block.title)}</summary>\n\n{inside.strip(chr(10))}\n\n</details>"


def _cell(kind: str, source: str, number: int) -> dict[str, Any]:
    lines = source.strip("\n").splitlines(keepends=True)
    name = hashlib.sha256(f"{number} {source}".encode()).hexdigest()[:12]
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": lines}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
