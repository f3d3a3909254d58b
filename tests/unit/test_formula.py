"""LaTeX as Unicode."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltutor.errors import ContentError
from dltutor.formula import display, symbols, to_unicode
from dltutor.text import width


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("a=b+c-d", "a = b + c − d"),
        ("-x + (-y)", "−x + (−y)"),
        ("2x, y; z", "2x, y; z"),
        (r"\alpha\le\beta", "α ≤ β"),
        ("x_i^2", "xᵢ²"),
        ("x^2_i", "xᵢ²"),
        ("x_{t-1}", "xₜ₋₁"),
        ("x^{(l)}", "x⁽ˡ⁾"),
        (r"A^\top", "Aᵀ"),
        ("10^{-3}", "10⁻³"),
        ("e^{z_i}", "e^(zᵢ)"),
        ("x_y", "x_y"),
        (r"\nabla_\theta L", "∇_θ L"),
        (r"f_\theta(x)", "f_θ(x)"),
        (r"\theta_{\text{new}}", "θ_new"),
        (r"\mathcal{L}_{\mathrm{CE}}", "ℒ_CE"),
        ("f'(x) + f''", "f′(x) + f″"),
        (r"\frac{1}{N}\sum_{i=1}^N x_i", "1/N ∑ᵢ₌₁ᴺ xᵢ"),
        (r"\frac{\partial L}{\partial w_{ij}}", "∂L/∂wᵢⱼ"),
        (r"\frac{a+b}{c}", "(a + b)/c"),
        (r"\frac{1}{2x}", "1/(2x)"),
        (r"\frac{n}{\log n}", "n/(log n)"),
        (r"\frac{f(x)}{g(x)}", "f(x)/g(x)"),
        (r"\frac12", "1/2"),
        (r"\sqrt{x} + \sqrt{x+1} + \sqrt[3]{8}", "√x + √(x + 1) + ³√8"),
        (r"\sqrt{\frac{a}{b}}", "√(a/b)"),
        (r"-\log p_k", "−log pₖ"),
        (r"\log_2 8 = 3", "log₂ 8 = 3"),
        (r"\log(x)", "log(x)"),
        (r"\max_{k} z_k", "maxₖ zₖ"),
        (r"\operatorname{softmax}(z)", "softmax(z)"),
        (r"\operatorname*{arg\,max}_k z_k", "arg maxₖ zₖ"),
        (r"\mathbf{W} \in \mathbb{R}^{m \times n}", "𝐖 ∈ ℝ^(m×n)"),
        (r"\mathbb{E}[x], \mathcal{N}(0, 1)", "𝔼[x], 𝒩(0, 1)"),
        (r"\boldsymbol{\theta}", "𝛉"),
        (r"\mathfrak{R}", "ℜ"),
        (r"\hat{y}, \bar x, \tilde{x}, \vec v", "ŷ, x̄, x̃, v⃗"),
        (r"\hat{y}_i", "ŷᵢ"),
        (r"\overline{AB}", "A\u0305B\u0305"),
        (r"\lVert x - y \rVert_2^2", "‖x − y‖₂²"),
        (r"\left| x \right|", "|x|"),
        (r"\left\lfloor \frac{n}{2} \right\rfloor", "⌊n/2⌋"),
        (r"p(y \mid x)", "p(y | x)"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1, 2; 3, 4)"),
        (r"\begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}", "{ x  x > 0; 0  else }"),
        (r"\text{准确率} = \frac{\text{正确数}}{N}", "准确率 = 正确数/N"),
        (r"\text{if } x > 0", "if x > 0"),
        (r"1{,}000 \approx 10^3", "1,000 ≈ 10³"),
        (r"8 \times 784 \to 8 \times 10", "8 × 784 → 8 × 10"),
        (r"W \leftarrow W - \eta \, \partial L/\partial W", "W ← W − η ∂L/∂W"),
        (r"i = 1, \dots, n", "i = 1, …, n"),
        (r"\underbrace{a+b}_{\text{sum}}", "(a + b)_sum"),
        (r"\overset{!}{=}", "=^!"),
        (r"50\,\%", "50 %"),
        (r"\{1, 2\}", "{1, 2}"),
        (r"x := 3", "x := 3"),
        (r"W^{[l]}, x_{i,j}", "W^[l], x_(i,j)"),
        (r"\overrightarrow{h}_t", "h⃗ₜ"),
        (r"\left.\frac{\partial f}{\partial x}\right|_{x=0}", "∂f/∂x|ₓ₌₀"),
        (r"\prod_{t=1}^T p(w_t \mid w_{<t})", "∏ₜ₌₁ᵀ p(wₜ | w_(<t))"),
        (r"\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right)V", "softmax(QKᵀ/√dₖ)V"),
        (r"z_t = \sigma(W_z x_t + b_z)", "zₜ = σ(W_z xₜ + b_z)"),
        (r"\bigl( x \bigr)", "(x)"),
        (r"n \bmod 2", "n mod 2"),
    ],
)
def test_in_a_line(latex: str, text: str) -> None:
    assert to_unicode(latex) == text


@pytest.mark.parametrize(
    ("latex", "lines"),
    [
        (
            r"\frac{1}{N}\sum_{i=1}^N x_i",
            [
                " 1   N",
                "───  ∑  xᵢ",
                " N  i=1",
            ],
        ),
        (
            r"p_k = \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}",
            [
                "         zₖ",
                "        e",
                "pₖ = ─────────",
                "       K   zⱼ",
                "       ∑  e",
                "      j=1",
            ],
        ),
        (
            r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
            [
                "       ⎧ x   if x > 0",
                "f(x) = ⎨",
                "       ⎩ 0   otherwise",
            ],
        ),
        (
            r"\begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}",
            [
                "⎡ x₁ ⎤",
                "⎢ ⋮  ⎥",
                "⎣ xₙ ⎦",
            ],
        ),
        (
            r"\begin{aligned} h &= W x + b \\ \hat{y} &= h \end{aligned}",
            [
                "h = Wx + b",
                "ŷ = h",
            ],
        ),
        (
            r"\begin{aligned} f &= a \\ &+ b \end{aligned}",
            [
                "f = a",
                "  + b",
            ],
        ),
        (
            r"\left( \frac{a}{b} \right)^2",
            [
                "⎛  a  ⎞²",
                "⎜ ─── ⎟",
                "⎝  b  ⎠",
            ],
        ),
        (
            r"\sqrt{\frac{p}{n}}",
            [
                " ┌────",
                " │  p",
                " │ ───",
                "√│  n",
            ],
        ),
        (
            r"\max_\theta f(\theta)",
            [
                "max f(θ)",
                " θ",
            ],
        ),
        (
            r"\underbrace{x + y}_{\text{和}}",
            [
                "x + y",
                "╰─┬─╯",
                " 和",
            ],
        ),
        (
            r"\text{准确率} = \frac{\text{正确数}}{\text{总数}}",
            [
                "          正确数",
                "准确率 = ────────",
                "           总数",
            ],
        ),
        (r"E = mc^2", ["E = mc²"]),
    ],
)
def test_displayed(latex: str, lines: list[str]) -> None:
    assert display(latex) == lines


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\foo{x}", r"\foo"),
        (r"\fract{1}{2}", r"\frac"),  # the near miss
        (r"\begin{tabular} a \end{tabular}", "tabular"),
        (r"\frac{1}", "frac"),
        ("{a", "'}'"),
        ("a}", "'}'"),
        ("a & b", "&"),
        (r"\left( x", r"\right"),
        (r"\left( x \right", "delimiter"),
        ("x_", "_"),
        ("x_12", "braces"),
        ("x_a_b", "_"),
        ("50 % of", r"\%"),
        ("", "empty"),
        (r"\,", "empty"),
        (r"\text{a $x$}", "text"),
        ("{" * 2000 + "}" * 2000, "nested"),
    ],
)
def test_what_is_not_understood_is_named(latex: str, said: str) -> None:
    with pytest.raises(ContentError, match=r"formula") as caught:
        to_unicode(latex)
    assert said in str(caught.value)


SIMPLE = st.sampled_from(
    ["x", "7", r"\alpha", r"\mathbb{R}", r"\text{中文}", r"\hat{y}", r"\infty", "(a)", r"\log p"]
)
FORMULAS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"),
        st.tuples(inner, inner).map(lambda p: rf"{p[0]} + {p[1]}"),
        st.tuples(SIMPLE, inner).map(lambda p: rf"{{{p[0]}}}_{{{p[1]}}}"),
        st.tuples(SIMPLE, inner).map(lambda p: rf"{{{p[0]}}}^{{{p[1]}}}"),
        inner.map(lambda f: rf"\sqrt{{{f}}}"),
        inner.map(lambda f: rf"\left[ {f} \right]"),
        st.tuples(inner, inner).map(lambda p: rf"\sum_{{{p[0]}}}^{{{p[1]}}} x"),
        st.tuples(inner, inner).map(
            lambda p: rf"\begin{{pmatrix}} {p[0]} & 1 \\ 0 & {p[1]} \end{{pmatrix}}"
        ),
    ),
    max_leaves=8,
)


@given(FORMULAS)
def test_every_formula_is_one_line_in_text_and_straight_when_displayed(latex: str) -> None:
    line = to_unicode(latex)
    assert line
    assert "\n" not in line
    assert "\\" not in line
    lines = display(latex)
    assert all(text == text.rstrip() for text in lines)
    # nothing gets lost on the way to two dimensions
    for sign in ("∞", "ℝ", "中文"):
        assert "".join(lines).count(sign) == line.count(sign) == latex_count(latex, sign)


def latex_count(latex: str, sign: str) -> int:
    return latex.count({"∞": r"\infty", "ℝ": r"\mathbb{R}", "中文": "中文"}[sign])


@given(FORMULAS)
def test_delimiters_stand_in_straight_columns(latex: str) -> None:
    lines = display(rf"\left[ {latex} \right]")
    if len(lines) > 1:
        assert lines[0][0] == "⎡"
        assert lines[-1][0] == "⎣"
        assert len({width(line) for line in lines}) == 1


def test_every_macro_of_the_tables_works() -> None:
    for table in (symbols.ORDINARY, symbols.BINARY, symbols.RELATION, symbols.BIG):
        for name, sign in table.items():
            assert sign in to_unicode(rf"a \{name} b"), name
    for name in symbols.FUNCTIONS:
        assert name in to_unicode(rf"\{name} x")
    for name in (*symbols.ACCENTS, *symbols.LINES, *symbols.STYLES):
        assert to_unicode(rf"\{name}{{x}}")
    for name in symbols.MATRICES:
        column = "{c}" if name == "array" else ""
        assert to_unicode(rf"\begin{{{name}}}{column} a \end{{{name}}}")


def test_scripts_cover_what_unicode_has() -> None:
    for char, small in symbols.SUPERSCRIPTS.items():
        assert width(small) == 1, char
    for char, small in symbols.SUBSCRIPTS.items():
        assert width(small) == 1, char


def test_the_guide_shows_what_comes_out() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "authors.md").read_text(encoding="utf-8")
    latex = r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"
    shown = "\n".join(f"    {line}" for line in display(latex))
    assert f"    {latex}           in a line:  {to_unicode(latex)}\n\n{shown}\n" in guide
