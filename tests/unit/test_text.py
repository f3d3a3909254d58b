"""Display widths, wrapping, cleaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltutor.text import clean, pad, shorten, width, wrap

# what lessons, learners and terminals really mix
SOME = st.lists(
    st.sampled_from(
        [
            *"abcXYZ 012.,:;()[]-_/%`\n",
            *"多层感知机，。；：？！（）《》“”、…—",
            *("é", "e\u0301", "x\u0302", "👍🏽", "👨‍👩‍👧", "🇨🇳", "❤️", "ｱ", "Ａ", "한"),
        ]
    ),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("loss", 4),
        ("损失", 4),
        ("Ｆｕｌｌ", 8),
        ("ｱ", 1),  # half-width katakana
        ("é", 1),
        ("e\u0301", 1),
        ("x̂", 1),
        ("ŷᵢ", 2),
        ("∑", 1),
        ("α≤β", 3),
        ("“”", 2),  # ambiguous: one column each
        ("……", 2),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧", 2),
        ("🇨🇳", 2),
        ("🇨🇳🇨", 3),
        ("❤", 1),
        ("❤️", 2),
        ("1️⃣", 2),
        ("한국", 4),
        ("\u1112\u1161\u11ab", 2),  # 한 in three pieces
        ("a\u200bb", 2),
        ("─│⎛", 3),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@given(SOME)
def test_width_is_that_of_the_terminal_library(text: str) -> None:
    from rich.cells import cell_len

    line = text.replace("\n", "")
    assert width(line) == cell_len(line)


@given(SOME, st.integers(2, 40))
def test_wrapped_lines_fit(text: str, columns: int) -> None:
    assert all(width(line) <= columns for line in wrap(text, columns))


@given(SOME, st.integers(2, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    assert "".join(wrap(text, columns)).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@given(SOME, st.integers(2, 40))
def test_wrapping_again_changes_nothing(text: str, columns: int) -> None:
    once = wrap(text, columns)
    assert [line for part in once for line in wrap(part, columns)] == once


@given(
    st.text(st.sampled_from(list("字词多层感知机，。；：？！（）《》")), max_size=80),
    st.integers(8, 40),
)
def test_no_line_begins_with_closing_punctuation(text: str, columns: int) -> None:
    import re

    if re.search("[，。；：？！（）《》]{3}", text) or re.match("[，。；：？！）》]", text):
        return  # a run of punctuation as long as a line has to be cut somewhere
    for line in wrap(text, columns)[1:]:
        assert line[0] not in "，。；：？！）》"
    for line in wrap(text, columns)[:-1]:
        assert line[-1] not in "（《"


def test_words_break_at_spaces_and_hyphens_only() -> None:
    assert wrap("the cross-entropy loss --set lr=1e-3", 12) == [
        "the cross-",
        "entropy loss",
        "--set",
        "lr=1e-3",
    ]


def test_chinese_breaks_between_characters_and_keeps_latin_words() -> None:
    assert wrap("用 PyTorch 训练一个网络，只要几行。", 12) == [
        "用 PyTorch",
        "训练一个网",
        "络，只要几",
        "行。",
    ]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("see https://example.org/a/b", 10) == ["see", "https://ex", "ample.org/", "a/b"]


def test_line_ends_stay_and_trailing_spaces_go() -> None:
    assert wrap("a\n\nb  ", 5) == ["a", "", "b"]


def test_an_indent_stays_on_its_line() -> None:
    assert wrap("    code goes here", 12) == ["    code", "goes here"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\x", "x"),
        ("\x9b2Jgone", "gone"),
        ("bell\x07 back\x08 nul\x00", "bell back nul"),
        ("a\tb", "a   b"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("para\u2029graph", "para\ngraph"),
        ("abc\u202edef\u202c", "abcdef"),  # would be shown backwards
        ("\ud800", "\ufffd"),
        ("\x1b", ""),
        ("\x1b]never closed\nnext", "\nnext"),
    ],
)
def test_clean(text: str, safe: str) -> None:
    assert clean(text) == safe


@given(st.text())
def test_cleaned_text_can_be_printed(text: str) -> None:
    safe = clean(text)
    safe.encode("utf-8")
    assert not any(c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160) for c in safe)
    assert clean(safe) == safe


def test_pad_counts_columns() -> None:
    assert pad("损失", 6) == "损失  "
    assert pad("1.5", 6, "right") == "   1.5"
    assert pad("longer", 3) == "longer"


@given(SOME.map(lambda text: text.replace("\n", "")), st.integers(0, 30))
def test_shortened_text_fits(text: str, columns: int) -> None:
    short = shorten(text, columns)
    assert width(short) <= columns
    assert short == text or short.endswith("…") or columns == 0


def test_shorten_does_not_cut_a_wide_character_in_half() -> None:
    assert shorten("损失函数", 6) == "损失…"
