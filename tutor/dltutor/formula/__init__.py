"""LaTeX formulas as Unicode: in one line of text, or laid out over several.

The macros are those that a course on deep learning needs (``symbols``). Anything else is a
ContentError that names it, so a formula never reaches a reader half translated.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from dltutor.errors import ContentError
from dltutor.text import clean


def to_unicode(latex: str) -> str:
    """The formula in one line: ``\\frac{1}{N}\\sum_{i=1}^N x_i`` is ``1/N ∑ᵢ₌₁ᴺ xᵢ``."""
    return _convert(latex, False)[0]


def display(latex: str) -> list[str]:
    """The formula as lines of text, with fractions, limits and matrices stacked."""
    return list(_convert(latex, True))


@lru_cache(maxsize=512)
def _convert(latex: str, tall: bool) -> tuple[str, ...]:
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    from dltutor.formula.layout import Layout
    from dltutor.formula.reading import context

    latex = clean(latex)
    walker = LatexWalker(latex, latex_context=context(), tolerant_parsing=False)
    try:
        nodes, _, _ = walker.get_latex_nodes(
            parsing_state=walker.make_parsing_state(in_math_mode=True)
        )
        box = Layout(tall).box(nodes)
    except LatexWalkerError as error:
        reason = str(error).partition("\n")[0].partition(" @(")[0]
        raise ContentError(f"formula ${latex.strip()}$: {reason}") from None
    except ContentError as error:
        raise ContentError(f"formula ${latex.strip()}$: {error.message}", error.hint) from None
    except RecursionError:
        raise ContentError(f"formula ${latex.strip()[:40]}…$: nested too deeply") from None
    if not any(line.strip() for line in box.lines):
        raise ContentError(f"formula ${latex}$ is empty")
    return tuple(
        unicodedata.normalize("NFC", line).replace("′′", "″").rstrip() for line in box.lines
    )
