"""The blocks as one page of HTML that asks nothing of the network."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from dltutor import drawing
from dltutor.drawing.png import png
from dltutor.handout import Anchor, Block, Code, Command, File, Words, links
from dltutor.i18n import local
from dltutor.parts import Formula
from dltutor.text import clean
from dltutor.views import Note, Picture, View

COLUMNS, ROWS = 76, 18


def page(blocks: Iterable[Block], title: str, lang: str) -> str:
    """The whole page; styles are in it, scripts it has none."""
    body = "\n".join(_html(block) for block in blocks)
    code = {"en": "en", "zh": "zh-Hans"}[lang]
    return (
        f'<!doctype html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    if isinstance(block, Words):
        return _markdown(block.markdown)
    if isinstance(block, Anchor):
        return f'<h{block.level} id="{block.name}">{escape(block.title)}</h{block.level}>'
    if isinstance(block, Code):
        caption = f"<figcaption>{escape(block.caption)}</figcaption>" if block.caption else ""
        return f"<figure>{caption}{_coloured(block.code, block.language)}</figure>"
    if isinstance(block, Formula):
        return f'<pre class="formula">{escape(block.text)}</pre>'
    if isinstance(block, Command):
        shown = "".join(_view(view) for view in block.views)
        return f'<div class="views">{shown}</div><pre class="command">{escape(block.command)}</pre>'
    if isinstance(block, File):
        check = f'<pre class="command">{escape(block.check)}</pre>'
        return _html(Code(block.code.rstrip("\n"), "python", block.name)) + check
    inside = "".join(_html(part) for part in block.inside)
    return f"<details><summary>{escape(block.title)}</summary>{inside}</details>"


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "highlight": None}).enable("table")
    return str(reader.render(clean(links(text))))


def _coloured(code: str, language: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return str(highlight(clean(code), lexer, HtmlFormatter(cssclass="code", wrapcode=True)))


def _view(view: View) -> str:
    if isinstance(view, Note):
        return f"<p>{escape(clean(local(view.text)))}</p>"
    if isinstance(view, Picture):
        caption = escape(clean(local(view.caption)))
        data = base64.b64encode(png(view)).decode("ascii")
        return (
            f'<figure><img alt="{caption}" src="data:image/png;base64,{data}" '
            f'width="{max(view.width, 168)}"><figcaption>{caption}</figcaption></figure>'
        )
    drawn = drawing.draw(view, COLUMNS, ROWS, colour=False)
    return f"<pre>{escape(drawn)}</pre>"


def _style() -> str:
    from pygments.formatters import HtmlFormatter

    light: str = HtmlFormatter(style="default", cssclass="code").get_style_defs(".code")
    dark: str = HtmlFormatter(style="github-dark", cssclass="code").get_style_defs(".code")
    return _STYLE + light + "@media (prefers-color-scheme: dark) {" + dark + "}"


_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fdfdfb; --quiet: #6a6f76; --box: #f1f1ec; --lead: #0b63b0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e6e8; --paper: #16181b; --quiet: #9aa1a9; --box: #202327; --lead: #7db8f0; }
}
body { background: var(--paper); color: var(--ink); margin: 0; line-height: 1.65;
  font: 17px/1.65 Georgia, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.2rem 6rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2.2em 0 .6em; }
h2 { border-top: 1px solid var(--box); padding-top: 1.2em; }
a { color: var(--lead); }
pre, code { font: .86em/1.45 "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; }
pre { background: var(--box); padding: .8em 1em; overflow-x: auto; border-radius: 6px; }
pre code { font-size: 1em; }
.code, .code pre { background: var(--box) !important; border-radius: 6px; }
pre.formula { background: none; padding-left: 2em; }
pre.command::before { content: "$ "; color: var(--quiet); }
figure { margin: 1em 0; }
figcaption { color: var(--quiet); font-size: .85em; }
img { image-rendering: pixelated; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid var(--box); padding: .3em .9em .3em 0; text-align: left; }
blockquote { margin-left: 0; padding-left: 1em; border-left: 3px solid var(--box); }
details { margin: .5em 0; }
summary { cursor: pointer; color: var(--lead); }
@media print { details { display: none; } h2 { break-before: page; } }
"""
