"""``dltutor export``: a chapter as a notebook and as a page."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dltutor.drawing.png import png
from dltutor.views import Picture


class Page(HTMLParser):
    """What a browser would see: elements that close, ids, links, what is asked of the network."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag not in ("meta", "img", "br", "hr"):
            self.open.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values.get("href", ""))
        if "src" in values:
            self.sources.append(values["src"])
        assert tag not in ("script", "link", "iframe")
        assert not any(name.startswith("on") for name in values)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "img", "br", "hr"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_is_whole_and_asks_nothing(
    dltutor: Callable[..., Any], tmp_path: Path, lang: str
) -> None:
    file = tmp_path / "page.html"
    done = dltutor("--lang", lang, "export", "chapter3", "--out", str(file))
    assert done.code == 0, done.err
    assert done.out.strip() == str(file)
    page = Page(file.read_text(encoding="utf-8"))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    inner = [link[1:] for link in page.links if link.startswith("#")]
    assert {"pictures", "network", "loss", "loop", "measure", "inspect"} <= set(inner)
    assert set(inner) <= set(page.ids)
    assert all(link.startswith(("#", "https://")) for link in page.links)
    # the demo's picture of a digit is in the page, not beside it
    assert page.sources
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    words = "".join(page.words)
    assert ("Wilson", "def evaluate(")[1] in words
    assert {"en": "Solution", "zh": "参考答案"}[lang] in words
    assert "$" + chr(92) not in words
    assert "url(" not in file.read_text(encoding="utf-8")


def test_a_notebook_can_be_worked_through(dltutor: Callable[..., Any], tmp_path: Path) -> None:
    done = dltutor("export", "chapter3", "--to", "ipynb", "--out", str(tmp_path))
    assert done.code == 0, done.err
    book = json.loads((tmp_path / "chapter3-mlp.ipynb").read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    cells = book["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert all(cell["cell_type"] in ("code", "markdown") for cell in cells)
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert all(source.startswith(("!dltutor ", "%%writefile ")) for source in sources)
    texts = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert "$$" in texts
    assert texts.count("<details>") == texts.count("</details>") > 20

    # an exercise as in the notebook: the starter fails, and the solution in the same file passes
    at = next(i for i, s in enumerate(sources) if s.startswith("%%writefile one_hot.py"))
    file = tmp_path / "one_hot.py"
    file.write_text(sources[at].partition(chr(10))[2], encoding="utf-8")
    check = sources[at + 1].removeprefix("!dltutor ").split()
    assert dltutor(*check, cwd=tmp_path).code == 1
    solution = re.search(r"def one_hot.*?(?=```)", texts[texts.index("Solution</summary>") :], re.S)
    assert solution
    before = texts[texts.index("Solution</summary>") : solution.start() + texts.index("Solution")]
    head = before.partition("```python\n")[2]
    file.write_text(head + solution[0], encoding="utf-8")
    done = dltutor(*check, cwd=tmp_path)
    assert done.code == 0, done.out


def test_a_file_is_not_replaced_unasked(dltutor: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "mine.ipynb"
    file.write_text("mine")
    done = dltutor("export", "3", "--to", "ipynb", "--out", str(file))
    assert (done.code, file.read_text()) == (2, "mine")
    assert "--force" in done.err
    assert dltutor("export", "3", "--to", "ipynb", "--out", str(file), "--force").code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["nbformat"] == 4
    wrong = dltutor("export", "3", "--to", "pdf")
    assert wrong.code == 2
    assert "ipynb, html" in wrong.err


@pytest.mark.parametrize("channels", [1, 3])
def test_the_png_holds_the_pixels(channels: int, tmp_path: Path) -> None:
    from PIL import Image

    pixels = bytes(range(6 * channels))
    file = tmp_path / "p.png"
    file.write_bytes(png(Picture(width=3, height=2, pixels=pixels)))
    assert Image.open(file).tobytes() == pixels
    assert struct.unpack(">I", file.read_bytes()[-4:])[0] == zlib.crc32(b"IEND")
