"""What LaTeX macros look like in Unicode: the tables behind ``dltutor.formula``."""

from __future__ import annotations

import unicodedata
from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


def _greek() -> dict[str, str]:
    names = _words(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
        "upsilon phi chi psi omega"
    )
    letters = dict(zip(names, "αβγδεζηθικλμνξπρστυϕχψω", strict=True))
    letters |= {"varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "varsigma": "ς"}
    capitals = _words("Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega")
    return letters | dict(zip(capitals, "ΓΔΘΛΞΠΣΥΦΨΩ", strict=True))


ORDINARY: Final[dict[str, str]] = _greek() | {
    "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "hbar": "ℏ", "emptyset": "∅",
    "varnothing": "∅", "forall": "∀", "exists": "∃", "neg": "¬", "top": "⊤", "bot": "⊥",
    "prime": "′", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
    "degree": "°", "%": "%", "#": "#", "&": "&", "$": "$", "_": "_", "|": "‖", "Vert": "‖",
    "vert": "|", "backslash": "\\", "square": "□", "checkmark": "✓", "angle": "∠", "triangle": "△",
    "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "S": "§", "imath": "ı", "jmath": "ȷ",
}  # fmt: skip

BINARY: Final[dict[str, str]] = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆",
    "circ": "∘", "bullet": "•", "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "ominus": "⊖",
    "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨",
    "bmod": "mod",
}  # fmt: skip

RELATION: Final[dict[str, str]] = {
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠",
    "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "simeq": "≃", "cong": "≅", "propto": "∝",
    "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆",
    "supset": "⊃", "supseteq": "⊇", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←",
    "leftrightarrow": "↔", "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔",
    "implies": "⟹", "iff": "⟺", "mapsto": "↦", "longrightarrow": "⟶", "longmapsto": "⟼",
    "uparrow": "↑", "downarrow": "↓", "hookrightarrow": "↪", "mid": "|", "parallel": "∥",
    "perp": "⊥", "triangleq": "≜", "coloneqq": "≔", "doteq": "≐", "prec": "≺", "succ": "≻",
    "leadsto": "⇝", "rightleftharpoons": "⇌",
}  # fmt: skip

OPEN: Final[dict[str, str]] = {
    "{": "{", "lbrace": "{", "lbrack": "[", "langle": "⟨", "lfloor": "⌊", "lceil": "⌈",
    "lvert": "|", "lVert": "‖",
}  # fmt: skip
CLOSE: Final[dict[str, str]] = {
    "}": "}", "rbrace": "}", "rbrack": "]", "rangle": "⟩", "rfloor": "⌋", "rceil": "⌉",
    "rvert": "|", "rVert": "‖",
}  # fmt: skip

BIG: Final[dict[str, str]] = {
    "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "oint": "∮",
    "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂",
}  # fmt: skip

LIMITS: Final = frozenset(_words("max min sup inf lim argmax argmin limsup liminf"))
"""functions whose subscript stands below them in a display"""
FUNCTIONS: Final = LIMITS | frozenset(
    _words(
        "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh det dim ker "
        "deg gcd arg Pr softmax sigmoid relu ReLU GELU SiLU diag tr rank sign sgn erf Var Cov KL"
    )
)

SPACES: Final[dict[str, int]] = {
    ",": 1, ":": 1, ";": 1, " ": 1, "!": 0, "quad": 2, "qquad": 4, "thinspace": 1, "enspace": 1,
}  # fmt: skip
IGNORED: Final = frozenset(
    _words(
        "displaystyle textstyle scriptstyle limits nolimits nonumber notag big Big bigg Bigg "
        "bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle mathstrut"
    )
)
ACCENTS: Final[dict[str, str]] = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303",
    "bar": "\u0304", "vec": "\u20d7", "overrightarrow": "\u20d7",
    "overleftarrow": "\u20d6", "dot": "\u0307", "ddot": "\u0308", "breve": "\u0306",
    "check": "\u030c", "acute": "\u0301", "grave": "\u0300",
}  # fmt: skip
LINES: Final[dict[str, str]] = {"overline": "\u0305", "underline": "\u0332"}
"""accents that go over or under every character"""

SUPERSCRIPTS: Final[dict[str, str]] = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθϕφχ⊤′∗*∘°",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵠᵡᵀ′**°°",
        strict=True,
    )
)
SUBSCRIPTS: Final[dict[str, str]] = dict(
    zip(
        "0123456789+−=()aehijklmnoprstuvxβγρϕφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵩᵪ",
        strict=True,
    )
)

_STYLES: Final[dict[str, str]] = {
    "mathbb": "DOUBLE-STRUCK", "mathbf": "MATHEMATICAL BOLD", "boldsymbol": "MATHEMATICAL BOLD",
    "bm": "MATHEMATICAL BOLD", "mathcal": "MATHEMATICAL SCRIPT", "mathscr": "MATHEMATICAL SCRIPT",
    "mathfrak": "MATHEMATICAL FRAKTUR",
}  # fmt: skip
PLAIN_STYLES: Final = frozenset(_words("mathrm mathit mathsf mathtt mathnormal"))
STYLES: Final = frozenset(_STYLES) | PLAIN_STYLES


def styled(macro: str, text: str) -> str:
    """``text`` in the alphabet of ``\\mathbb`` and its like; what that alphabet lacks stays."""
    style = _STYLES.get(macro)
    return text if style is None else "".join(_styled(style, char) for char in text)


def _styled(style: str, char: str) -> str:
    name = unicodedata.name(char, "")
    if char.isascii() and char.isalpha():
        kind = f"{'CAPITAL' if char.isupper() else 'SMALL'} {char.upper()}"
    elif char.isdigit() or name.startswith("GREEK"):
        kind = name.removeprefix("GREEK ").replace("LETTER ", "")
    else:
        return char
    # a few letters, such as ℝ, were in Unicode before the mathematical alphabets were
    short = style.removeprefix("MATHEMATICAL ")
    early = "BLACK-LETTER" if short == "FRAKTUR" else short
    for candidate in (f"MATHEMATICAL {short} {kind}", f"{early} {kind}"):
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    return char


TALL: Final[dict[str, tuple[str, str, str, str]]] = {
    # top, middle, bottom, extension
    "(": ("⎛", "⎜", "⎝", "⎜"), ")": ("⎞", "⎟", "⎠", "⎟"),
    "[": ("⎡", "⎢", "⎣", "⎢"), "]": ("⎤", "⎥", "⎦", "⎥"),
    "{": ("⎧", "⎨", "⎩", "⎪"), "}": ("⎫", "⎬", "⎭", "⎪"),
    "|": ("│", "│", "│", "│"), "‖": ("║", "║", "║", "║"),
    "⌊": ("⎢", "⎢", "⎣", "⎢"), "⌋": ("⎥", "⎥", "⎦", "⎥"),
    "⌈": ("⎡", "⎢", "⎢", "⎢"), "⌉": ("⎤", "⎥", "⎥", "⎥"),
}  # fmt: skip
"""delimiters that grow with what they hold"""
MATRICES: Final[dict[str, tuple[str, str]]] = {
    "matrix": ("", ""), "array": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"), "smallmatrix": ("", ""),
}  # fmt: skip
ALIGNED: Final = frozenset(_words("aligned align align* split gathered gather gather*"))
