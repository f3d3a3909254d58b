"""Graders accept every equivalent form of a right answer, and no wrong one."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dltutor.chapter import LANGUAGES, pick
from dltutor.learning.grading import plain
from dltutor.learning.numbers import NumberError, evaluate, measure
from dltutor.learning.questions import Choice, Question, Wrong, grade, present, solution

# a first call imports the formulas, and the machine may be busy
settings.register_profile("grading", deadline=None)
settings.load_profile("grading")

WHY = {"en": "because", "zh": "因为"}


def ask(kind: str, **fields: Any) -> Question:
    texts = {"prompt": "?", "hint": "h", "explain": {"en": "so it is", "zh": "就是这样"}}
    return Question(id="chapter3/q", kind=kind, lesson="network", **{**texts, **fields})


def is_right(question: Question, answer: str, seed: int = 0) -> bool:
    verdict = grade(present(question, seed), answer)
    assert not verdict.problem, f"{answer!r} was not understood: {verdict.problem}"
    if verdict.right:
        assert pick(verdict.explanation, "zh") == "就是这样"
    else:
        assert all(pick(verdict.explanation, lang).strip() for lang in LANGUAGES)
    return verdict.right


def problem(question: Question, answer: str) -> str:
    verdict = grade(present(question, 0), answer)
    assert not verdict.right
    assert verdict.problem, f"{answer!r} was understood"
    assert pick(verdict.problem, "zh") != pick(verdict.problem, "en")
    return pick(verdict.problem, "en")


FULL_WIDTH = str.maketrans("0123456789.,%-+()[]xX", "０１２３４５６７８９．，％－＋（）［］ｘＸ")
full_width = st.booleans()
spaces = st.sampled_from(["", " ", "  ", "\u3000", "\t"])


# -- numbers ---------------------------------------------------------------


def spellings(value: int) -> list[str]:
    """Ways to write a whole number."""
    sign, digits = ("-" if value < 0 else ""), str(abs(value))
    grouped = f"{abs(value):,}"
    return [
        sign + digits,
        f"{sign}{digits}.0",
        sign + grouped,
        sign + grouped.replace(",", " "),
        sign + grouped.replace(",", "_"),
        sign + grouped.replace(",", "'"),
        sign + grouped.replace(",", "\u202f"),
        f"{sign}{digits}e0",
        f"{sign}{digits}0e-1",
        f"{sign}{digits} × 10^0",
        f"{sign}{digits}0 x 10⁻¹",
        f"{sign}{digits}0*10**-1",
        f"{value * 3}/3",
        f"{value - 1} + 1",
        f"({value * 7}) / 7",
        f"{value * 100} %",
        ("−" if value < 0 else "") + digits,
        f"≈ {value}",
        f"= {value}",
        f"约{value}",
    ]


@given(st.integers(-(10**9), 10**9), st.data(), spaces, full_width)
def test_a_whole_number_is_right_in_every_spelling(
    value: int, data: st.DataObject, space: str, wide: bool
) -> None:
    text = space + data.draw(st.sampled_from(spellings(value))) + space
    assert is_right(ask("number", answer=value), text.translate(FULL_WIDTH) if wide else text)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.data())
def test_another_whole_number_is_wrong_in_every_spelling(
    value: int, other: int, data: st.DataObject
) -> None:
    assume(value != other)
    assert not is_right(ask("number", answer=value), data.draw(st.sampled_from(spellings(other))))


@given(
    st.floats(-1e12, 1e12).filter(lambda x: x == 0 or abs(x) > 1e-12),
    st.sampled_from([1e-6, 1e-3, 0.05]),
    st.floats(-0.98, 0.98),
    st.sampled_from(["{:r}", "{:.17g}", "{:.17e}", "{:.17E}", "{:.24f}"]),
)
def test_a_number_within_the_tolerance_is_right(
    answer: float, tolerance: float, share: float, form: str
) -> None:
    value = answer * (1 + share * tolerance)
    text = repr(value) if form == "{:r}" else form.format(value)
    question = ask("number", answer=answer, tolerance=tolerance)
    assert is_right(question, text)
    assert is_right(question, text.translate(FULL_WIDTH))


@given(
    st.floats(-1e12, 1e12).filter(lambda x: abs(x) > 1e-12),
    st.sampled_from([1e-6, 1e-3, 0.05]),
    st.floats(1.02, 30),
    st.sampled_from([-1, 1]),
)
def test_a_number_outside_the_tolerance_is_wrong(
    answer: float, tolerance: float, share: float, side: int
) -> None:
    value = answer * (1 + side * share * tolerance)
    assert not is_right(ask("number", answer=answer, tolerance=tolerance), repr(value))


@given(st.fractions(max_denominator=1000), st.integers(1, 50))
def test_a_fraction_is_exact_however_it_is_extended(value: Fraction, factor: int) -> None:
    question = ask("number", answer=f"{value.numerator}/{value.denominator}")
    assert is_right(question, f"{value.numerator * factor}/{value.denominator * factor}")
    assert is_right(question, f"{value.numerator * factor} ÷ {value.denominator * factor}")
    assert not is_right(question, f"{value.numerator * factor + 1}/{value.denominator * factor}")


@given(st.decimals(0, 1000, places=3))
def test_a_percentage_and_a_share_are_told_apart(value: Any) -> None:
    assume(value != 0)
    percent, share = ask("number", answer=str(value), unit=("%",)), ask("number", answer=str(value))
    for text in (f"{value}", f"{value}%", f"{value} ％", f"{value} percent", f"百分之{value}"):
        assert is_right(percent, text), text
    assert not is_right(percent, str(value / 100))
    for text in (f"{value * 100}%", f"{value * 100} percent", f"百分之 {value * 100}", f"{value}"):
        assert is_right(share, text), text
    assert not is_right(share, f"{value}%")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("１２．５％", "0.125"),
        ("百分之十二点五", "0.125"),
        ("八分之一", "0.125"),
        ("⅛", "0.125"),
        ("1½", "1.5"),
        ("1.25 × 10⁻¹", "0.125"),
        ("125 * 10^(-3)", "0.125"),
        ("0,125", "0.125"),
        ("12。5", "12.5"),
        ("3万", "30000"),
        ("１.２ 亿", "120000000"),
        ("一万二千三百", "12300"),
        ("负十二", "-12"),
        ("二〇二六", "2026"),
        ("235k", "235000"),
        ("1.2M", "1200000"),
        ("1.2 million", "1200000"),
        ("784*256 + 256", "200960"),
        ("2^10", "1024"),
        ("(1 + 2) * 3", "9"),
        ("-2^2", "-4"),
        ("ten", "10"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1E3", "1000"),
        ("0x10", "16"),
    ],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert evaluate(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seven apples",
        "5 5",
        "1..2",
        "1/0",
        "nan",
        "inf",
        "9^9^9",
        "1e999999",
        "(1",
        "1)",
        "-",
        "12,3456",
        "1,2,3",
        "--",
        "1+",
        "(" * 150,
        "9" * 500,
        "1e5e5",
        "²",
        "a",
        "%",
        "(-8)^0.5",
    ],
)
def test_what_is_no_number_is_not_counted(text: str) -> None:
    with pytest.raises(NumberError):
        evaluate(text)
    if text:
        problem(ask("number", answer=5), text)


@given(st.text(max_size=220))
@settings(max_examples=300)
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    try:
        value = evaluate(text)
    except NumberError:
        return
    assert isinstance(value, Fraction)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("500", ("ms",), "500"),
        ("500ms", ("ms",), "500"),
        ("500 毫秒", ("ms",), "500"),
        ("0.5 s", ("ms",), "500"),
        ("0.5秒", ("ms",), "500"),
        ("2 minutes", ("s",), "120"),
        ("1.5 h", ("min",), "90"),
        ("4 KiB", ("bytes",), "4096"),
        ("4 KB", ("bytes",), "4000"),
        ("8 bits", ("byte",), "1"),
        ("3 µs", ("μs",), "3"),
        ("12 个参数", ("parameters", "个参数"), "12"),
        ("12 Parameters", ("parameters", "个参数"), "12"),
        ("1/2 s", ("s",), "0.5"),
        ("１２ｍｓ", ("ms",), "12"),
    ],
)
def test_a_unit_is_understood_and_converted(text: str, unit: tuple[str, ...], value: str) -> None:
    assert measure(text, unit) == Fraction(value)
    assert is_right(ask("number", answer=value, unit=unit), text)


def test_a_unit_of_another_kind_is_not_counted() -> None:
    assert "ms" in problem(ask("number", answer=500, unit=("ms",)), "500 MB")
    assert "ms" in problem(ask("number", answer=500, unit=("ms",)), "500 apples")


def test_near_misses_say_how_they_are_near_and_never_the_answer() -> None:
    question = ask("number", answer=0.125, tolerance=0.001)
    for text, part in (
        ("-0.125", "sign"),
        ("12.5", "percentage"),
        ("1.25", "power of ten"),
        ("8", "reciprocal"),
        ("0.126", "near"),
        ("77", "not it"),
    ):
        said = pick(grade(present(question, 0), text).explanation, "en")
        assert part in said
        assert "0.125" not in said


def test_a_foreseen_wrong_answer_gets_its_own_reason_in_any_spelling() -> None:
    question = ask("number", answer=7850, wrong=(Wrong(7840, WHY),))
    for text in ("7840", "7,840", "784*10", "７８４０", "7.84e3"):
        verdict = grade(present(question, 0), text)
        assert not verdict.right
        assert verdict.explanation == WHY


# -- texts ----------------------------------------------------------------

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)


@given(st.lists(WORD, min_size=1, max_size=3), st.data())
def test_a_phrase_is_right_in_every_dress(words: list[str], data: st.DataObject) -> None:
    question = ask("text", answers=("-".join(words), "交叉熵"))
    dressed = data.draw(st.sampled_from([" ", "-", "_", "  ", "", "\u3000", " - "])).join(
        data.draw(st.sampled_from([str.upper, str.lower, str.title]))(word) for word in words
    )
    if data.draw(st.booleans()):
        dressed = dressed.translate({ord(c): ord(c) + 0xFEE0 for c in "abcxyzABCXYZ"})
    before = data.draw(st.sampled_from(["", " ", "the ", '"', "`", "“"]))
    after = data.draw(st.sampled_from(["", " ", ".", "。", "!", '"', "`", "”"]))
    assume(words[0] not in ("an", "the"))
    assert is_right(question, before + dressed + after)


@given(WORD, WORD)
def test_another_word_is_never_right(word: str, other: str) -> None:
    assume(plain(word) != plain(other))
    assert not grade(present(ask("text", answers=(word,)), 0), other).right


@pytest.mark.parametrize(
    "text", ["交叉熵", " 交叉熵。", "「交叉熵」", "Cross Entropy", "crossentropy", "CROSS-ENTROPY"]
)
def test_both_languages_are_right_whatever_the_interface_speaks(text: str) -> None:
    assert is_right(ask("text", answers=("cross-entropy", "交叉熵")), text)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("1e-3", "1e3"),
        ("-1", "1"),
        ("!=", "=="),
        ("x + y", "x - y"),
        ("C++", "C"),
        ("L1", "L2"),
        ("0.5", "05"),
        ("a/b", "ab"),
    ],
)
def test_signs_that_carry_meaning_are_kept(right: str, wrong: str) -> None:
    question = ask("text", answers=(right,))
    assert is_right(question, right)
    assert not is_right(question, wrong)


@pytest.mark.parametrize("slip", ["sotfmax", "softmx", "softmaax", "softnax"])
def test_a_slip_of_spelling_is_not_counted(slip: str) -> None:
    assert "spelling" in problem(ask("text", answers=("softmax",)), slip)


def test_a_foreseen_wrong_word_is_wrong_even_where_it_looks_like_a_slip() -> None:
    question = ask("text", answers=("softmax",), wrong=(Wrong("softmin", WHY),))
    verdict = grade(present(question, 0), "Soft-Min")
    assert (verdict.right, verdict.problem, verdict.explanation) == (False, "", WHY)


# -- letters ----------------------------------------------------------------


def choices(flags: list[bool]) -> Question:
    words = [
        "ReLU keeps it",
        "one, two; three",
        "784",
        "$x^2$",
        "交叉熵损失",
        "nn.Linear(3, 4)",
        "a tensor",
        "2.5",
    ]
    return ask(
        "choices",
        choices=tuple(
            Choice(
                {"en": words[i], "zh": words[i] + "（中）"},
                flag,
                {"en": f"why {i}", "zh": f"因为 {i}"},
            )
            for i, flag in enumerate(flags)
        ),
    )


def test_a_text_that_begins_like_a_letter_is_a_text() -> None:
    presented = present(choices([False] * 6 + [True, True]), 1)
    assert next(o for o in presented.options if o.letter == "a").index not in (6, 7)
    assert grade(presented, "a tensor; 2.5").right


FLAGS = st.lists(st.booleans(), min_size=2, max_size=8).filter(any)
SEEDS = st.integers(0, 10**9)


@given(FLAGS, st.sets(st.integers(0, 7)), SEEDS, st.data())
def test_several_choices_are_right_when_all_and_only_the_right_ones_are_named(
    flags: list[bool], taken: set[int], seed: int, data: st.DataObject
) -> None:
    question = choices(flags)
    presented = present(question, seed)
    options = [o for o in presented.options if o.index in taken]
    assume(options)
    options = data.draw(st.permutations(options))
    names = [o.letter for o in options]
    forms = [
        "".join(names),
        " ".join(names),
        ", ".join(names).upper(),
        "、".join(names),
        " and ".join(names),
        " 和 ".join(names),
        "(" + ") (".join(names) + ")",
        ";".join(names),
        " ".join(str("abcdefgh".index(n) + 1) for n in names),
    ]
    if all("," not in pick(o.text, "en") for o in options):
        forms += ["; ".join(pick(o.text, lang) for o in options) for lang in LANGUAGES]
    text = data.draw(st.sampled_from(forms))
    verdict = grade(presented, text.translate(FULL_WIDTH) if data.draw(full_width) else text)
    assert not verdict.problem, (text, verdict.problem)
    assert verdict.right == (
        {o.index for o in options} == {i for i, flag in enumerate(flags) if flag}
    )
    if not verdict.right:
        wrong = [o.index for o in options if not flags[o.index]]
        said = pick(verdict.explanation, "en")
        assert all(f"why {i}" in said for i in wrong)
        assert not any(f"why {i}" in said for i in range(len(flags)) if i not in wrong)


@given(st.integers(0, 3), SEEDS, st.data())
def test_one_choice_by_letter_number_or_text(right: int, seed: int, data: st.DataObject) -> None:
    texts = ["It grows", "It shrinks", "It stays", "It oscillates"]
    question = ask(
        "choice",
        choices=tuple(
            Choice({"en": x, "zh": x + "。"}, i == right, WHY) for i, x in enumerate(texts)
        ),
    )
    presented = present(question, seed)
    option = data.draw(st.sampled_from(presented.options))
    text = pick(option.text, "en")
    form = data.draw(
        st.sampled_from(
            [
                option.letter,
                option.letter.upper(),
                f"({option.letter})",
                f"{option.letter})",
                f"{option.letter}.",
                f" {option.letter} ",
                chr(ord(option.letter) + 0xFEE0),
                text,
                text.lower() + ".",
                f"{option.letter}) {text}",
                str("abcd".index(option.letter) + 1),
                pick(option.text, "zh"),
            ]
        )
    )
    verdict = grade(presented, form)
    assert not verdict.problem, form
    assert verdict.right == (option.index == right)
    if not verdict.right:
        assert verdict.explanation == WHY


@pytest.mark.parametrize("text", ["28 × 28", "28×28 ", "use torch.no_grad()", "`28 × 28`"])
def test_a_choice_may_be_typed_as_it_is_shown(text: str) -> None:
    question = ask(
        "choices",
        choices=(
            Choice(r"$28 \times 28$", True),
            Choice("Use `torch.no_grad()`", True),
            Choice("**Neither**", False, WHY),
        ),
    )
    verdict = grade(present(question, 0), text)
    assert not verdict.problem
    assert "missing" in pick(verdict.explanation, "en")
    assert not grade(present(question, 0), "neither").problem


def test_the_text_of_a_choice_goes_before_its_number() -> None:
    question = ask(
        "choice", choices=(Choice("2", True), Choice("1", False, WHY), Choice("3", False, WHY))
    )
    for seed in range(12):
        assert is_right(question, "2", seed)
        assert not is_right(question, "1", seed)


@pytest.mark.parametrize("text", ["", "  ", "e", "5", "0", "none", "a b", "ab", "a a b", "?", "@"])
def test_what_names_no_single_choice_is_not_counted(text: str) -> None:
    question = ask(
        "choice",
        choices=tuple(Choice(x, x == "It is", WHY) for x in ("It is", "It was", "It may", "No")),
    )
    problem(question, text)


@given(st.integers(2, 8), SEEDS, st.data())
def test_an_order_is_right_only_as_a_whole(count: int, seed: int, data: st.DataObject) -> None:
    question = ask(
        "order", items=tuple({"en": f"step {i}", "zh": f"第 {i} 步"} for i in "ABCDEFGH"[:count])
    )
    presented = present(question, seed)
    letter = {o.index: o.letter for o in presented.options}
    taken = data.draw(st.permutations(range(count)))
    names = [letter[i] for i in taken]
    forms = [
        "".join(names),
        " ".join(names),
        ",".join(names),
        " > ".join(names),
        " → ".join(names),
        "->".join(names),
        "、".join(names).upper(),
        " ".join(str("abcdefgh".index(n) + 1) for n in names),
        "; ".join(pick(question.items[i], "en") for i in taken),
    ]
    verdict = grade(presented, data.draw(st.sampled_from(forms)))
    assert not verdict.problem
    assert verdict.right == (list(taken) == list(range(count)))


@pytest.mark.parametrize("text", ["a b", "a b b", "a b c d", "abd", "1 2", "1 2 9"])
def test_an_order_that_is_no_order_is_not_counted(text: str) -> None:
    problem(ask("order", items=("one", "two", "three")), text)


@given(st.integers(2, 6), SEEDS, st.data())
def test_a_match_is_right_only_as_a_whole(count: int, seed: int, data: st.DataObject) -> None:
    question = ask("match", pairs=tuple((f"left {i}", f"right {i}") for i in range(count)))
    presented = present(question, seed)
    letter = {o.index: o.letter for o in presented.options}
    taken = data.draw(st.permutations(range(count)))
    pairs = [(i + 1, letter[right]) for i, right in enumerate(taken)]
    turned = data.draw(st.permutations(pairs))
    forms = [
        " ".join(x for _, x in pairs),
        "".join(x for _, x in pairs),
        " ".join(f"{n}{x}" for n, x in turned),
        ", ".join(f"{n}-{x}" for n, x in turned),
        "; ".join(f"{n} = {x.upper()}" for n, x in turned),
        " ".join(f"{n}:{x}" for n, x in turned),
        " ".join(f"({n}){x}" for n, x in turned),
        "，".join(f"{n}→{x}" for n, x in turned),
        " ".join(f"{x}{n}" for n, x in turned),
    ]
    text = data.draw(st.sampled_from(forms))
    verdict = grade(presented, text.translate(FULL_WIDTH) if data.draw(full_width) else text)
    assert not verdict.problem, text
    assert verdict.right == (list(taken) == list(range(count)))


def test_two_left_sides_may_share_a_right_side() -> None:
    question = ask("match", pairs=(("Adam", "adaptive"), ("SGD", "plain"), ("AdamW", "adaptive")))
    for seed in range(8):
        presented = present(question, seed)
        assert len(presented.options) == 2
        letter = {pick(o.text, "en"): o.letter for o in presented.options}
        assert grade(
            presented, f"1{letter['adaptive']} 2{letter['plain']} 3{letter['adaptive']}"
        ).right
        assert not grade(
            presented, f"1{letter['plain']} 2{letter['plain']} 3{letter['adaptive']}"
        ).right


@pytest.mark.parametrize(
    "text", ["1a 2b", "1a 1b 2c", "1a 2a 3b", "1a 2b 4c", "1a 2b 3d", "a b", "x"]
)
def test_a_match_that_leaves_something_open_is_not_counted(text: str) -> None:
    problem(ask("match", pairs=(("1", "one"), ("2", "two"), ("3", "three"))), text)


# -- shapes ----------------------------------------------------------------

SIZES = st.lists(st.integers(0, 2048), min_size=1, max_size=6).map(tuple)


def shapes(sizes: tuple[int, ...]) -> list[str]:
    words = [str(size) for size in sizes]
    forms = [
        str(sizes),
        str(list(sizes)),
        f"torch.Size({list(sizes)})",
        f"torch.Size( {list(sizes)} )",
        f"Size({list(sizes)})",
        f"TORCH.SIZE({list(sizes)})",
        f"({list(sizes)})",
        "(" + ",".join(words) + ",)",
        ",".join(words),
        ", ".join(words),
        " ".join(words),
        "[" + " ".join(words) + "]",
        "（" + "，".join(words) + "）",
        "、".join(words),
        "{" + ", ".join(words) + "}",
        f"shape {sizes}",
        f"shape: {sizes}",
        f"shape = {sizes}",
        f"形状是{sizes}",
        str(sizes) + ".",
    ]
    if len(words) > 1:
        forms += [
            sign.join(words) for sign in ("x", " x ", "×", " × ", "X", "*", " * ", "乘", " by ")
        ]
    return forms


@given(SIZES, st.data(), spaces, full_width)
def test_a_shape_is_right_in_every_notation(
    sizes: tuple[int, ...], data: st.DataObject, space: str, wide: bool
) -> None:
    text = space + data.draw(st.sampled_from(shapes(sizes))) + space
    assert is_right(ask("shape", answer=sizes), text.translate(FULL_WIDTH) if wide else text)


@given(SIZES, SIZES, st.data())
def test_another_shape_is_wrong(
    sizes: tuple[int, ...], other: tuple[int, ...], data: st.DataObject
) -> None:
    assume(sizes != other)
    assert not is_right(ask("shape", answer=sizes), data.draw(st.sampled_from(shapes(other))))


@pytest.mark.parametrize("text", ["()", "torch.Size([])", "[]", "scalar", "标量", "（）"])
def test_the_shape_of_a_scalar(text: str) -> None:
    assert is_right(ask("shape", answer=()), text)


@pytest.mark.parametrize(
    "text",
    [
        "(B, 10)",
        "(-1, 10)",
        "5.0 x 3",
        "shape",
        "(5, 10",
        "5 10)",
        "five by ten",
        "x",
        ",",
        "5xx3",
        "(5,,3)",
    ],
)
def test_what_is_no_shape_is_not_counted(text: str) -> None:
    assert "(2, 3)" in problem(ask("shape", answer=(5, 10)), text)


def test_near_shapes_say_how_they_are_near() -> None:
    question = ask("shape", answer=(8, 64, 16, 16), wrong=(Wrong((8, 64, 32, 32), WHY),))

    def said(text: str) -> str:
        return pick(grade(present(question, 0), text).explanation, "en")

    assert "order" in said("(8, 16, 16, 64)")
    assert "dimensions" in said("(64, 16, 16)")
    assert "elements" in said("(8, 64, 8, 32)")
    assert "2 of 4" in said("(8, 64, 3, 3)")
    assert said("8x64x32x32") == "because"


# -- output ----------------------------------------------------------------

OUTPUTS = st.lists(
    st.lists(
        st.sampled_from(
            [
                "loss",
                "[1, 2]",
                "0.6931",
                "-3",
                "tensor([0.5000, 1.2500])",
                "True",
                "epoch",
                "7",
                "x=2",
            ]
        ),
        min_size=1,
        max_size=4,
    ).map(" ".join),
    min_size=1,
    max_size=4,
).map("\n".join)


@given(OUTPUTS, st.data())
def test_output_is_right_whatever_can_not_be_seen(output: str, data: st.DataObject) -> None:
    question = ask("output", answer=output, code="pass")
    ends = data.draw(st.sampled_from(["", " ", "\t", "  "]))
    lines = [line + ends for line in output.split("\n")]
    for text in (
        "\n".join(lines),
        "\\n".join(lines),
        "\n".join(lines) + "\n",
        "\r\n".join(lines),
        " ".join(lines),
        output.replace(", ", ","),
        output.replace(" ", "  "),
        output.replace("True", "true"),
    ):
        assert is_right(question, text), text


@given(OUTPUTS, OUTPUTS)
def test_other_output_is_wrong(output: str, other: str) -> None:
    assume(output.split() != other.split())
    assert not is_right(ask("output", answer=output, code="pass"), other)


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        (
            "0.6931",
            ["0.6931", ".6931", "0.69314", "0.69310", "6.931e-1"],
            ["0.6932", "0.693", "0.7", "1"],
        ),
        ("2.0", ["2.0", "2.", "2.00"], ["2", "2.1"]),
        ("2", ["2", "02"], ["2.0", "3"]),
        (
            "tensor([0.5000, 0.2500])",
            ["tensor([.5,.25])", "tensor([0.5, 0.25])"],
            ["tensor([0.5, 0.26])", "[0.5, 0.25]"],
        ),
        (
            "tensor([1, 2])",
            ["tensor([1,2])", "tensor( [ 1, 2 ] )"],
            ["tensor([1., 2.])", "tensor([2, 1])"],
        ),
        ("a b", ["a b", "a  b "], ["ab", "A b", "b a"]),
        ("{'k': 1}", ['{"k": 1}', "{'k':1}"], ["{'k': 2}", "{'K': 1}"]),
        ("1 2\n3", ["1 2\\n3", "1 2 3"], ["1 23", "1\\n2 3"]),
        ("nan", ["nan"], ["inf", "0.0"]),
        ("1e-08", ["1e-08", "1e-8", "0.00000001"], ["1e-7", "1e8"]),
    ],
)
def test_numbers_in_output_count_to_the_printed_precision(
    answer: str, right: list[str], wrong: list[str]
) -> None:
    question = ask("output", answer=answer, code="pass")
    assert [text for text in right if not is_right(question, text)] == []
    assert [text for text in wrong if is_right(question, text)] == []


# -- all kinds --------------------------------------------------------------

EVERY_KIND = [
    ask("choice", choices=(Choice("yes", True), Choice("no", False, WHY))),
    choices([True, False, True]),
    ask("number", answer=0.125, unit=("ms",)),
    ask("text", answers=("softmax",)),
    ask("order", items=("one", "two", "three")),
    ask("match", pairs=(("1", "one"), ("2", "two"))),
    ask("shape", answer=(5, 10)),
    ask("output", answer="loss 0.5", code="pass"),
]


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda q: q.kind)
@given(text=st.text(max_size=300))
@settings(max_examples=60)
def test_no_text_breaks_a_grader(question: Question, text: str) -> None:
    verdict = grade(present(question, 3), text)
    assert not (verdict.right and verdict.problem)
    assert verdict.right or verdict.explanation or verdict.problem


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda q: q.kind)
@given(seed=SEEDS)
def test_the_stated_solution_is_right_for_every_seed(question: Question, seed: int) -> None:
    presented = present(question, seed)
    assert grade(presented, solution(presented)).right
    assert presented == present(question, seed)
    assert math.prod(len(pick(o.text, "en")) for o in presented.options) > 0


def test_every_text_of_the_graders_is_there_in_chinese() -> None:
    import ast

    from dltutor.i18n import catalogue
    from dltutor.learning import grading

    tree = ast.parse(Path(grading.__file__).read_text(encoding="utf-8"))
    texts = [
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "say"
        and isinstance(call.args[0], ast.Constant)
    ]
    assert len(texts) > 25
    assert [text for text in texts if text not in catalogue()] == []


def test_a_word_after_a_number_without_unit_is_not_counted() -> None:
    assert "without apples" in problem(ask("number", answer=5), "5 apples")
