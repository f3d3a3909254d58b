"""Lessons and their parts, from real files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltutor import content, prose
from dltutor.chapter import Chapter
from dltutor.content import Embedded, Formula, Listing, Prose, TryIt
from dltutor.errors import ContentError, UsageError
from dltutor.text import width

FRONT = '+++\ntitle = "T"\nminutes = 5\ngoals = ["g"]\n+++\n'

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """``write("lessons/en/01-a.md", text)`` writes a file of the content package ``own_texts``."""
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "own_texts"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")

    def do(name: str, text: str) -> Path:
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return do


CHAPTER = Chapter(id="own", slug="own", title="Own", summary="", content="own_texts")


def body(write: Write, text: str) -> tuple[content.Part, ...]:
    write("lessons/en/01-a.md", FRONT + text)
    return content.parts(content.find_lesson(CHAPTER, "1", "en"))


# --- lessons


def test_lessons_come_in_order_and_in_the_language_or_in_english(write: Write) -> None:
    write("lessons/en/02-second.md", FRONT.replace('"T"', '"Second"'))
    write("lessons/en/01-first.md", FRONT.replace('"T"', '"First"'))
    write("lessons/zh/01-first.md", FRONT.replace('"T"', '"第一"'))
    found = content.lessons(CHAPTER, "zh")
    assert [(x.number, x.slug, x.lang, x.title) for x in found] == [
        (1, "first", "zh", "第一"),
        (2, "second", "en", "Second"),
    ]
    assert [x.lang for x in content.lessons(CHAPTER, "en")] == ["en", "en"]


def test_a_lesson_has_its_front_matter(write: Write) -> None:
    file = write(
        "lessons/en/07-x.md",
        '+++\ntitle = "X"\nminutes = 8\ngoals = ["a", "b"]\nterms = ["loss"]\n+++\n\n# text\n',
    )
    lesson = content.find_lesson(CHAPTER, "7", "en")
    assert (lesson.minutes, lesson.goals, lesson.terms) == (8, ("a", "b"), ("loss",))
    assert (lesson.file, lesson.line, lesson.body) == (file, 7, "\n# text\n")


@pytest.mark.parametrize("name", ["2", "02", "second", " Second "])
def test_a_lesson_is_found_by_number_or_name(write: Write, name: str) -> None:
    write("lessons/en/01-first.md", FRONT)
    write("lessons/en/02-second.md", FRONT)
    assert content.find_lesson(CHAPTER, name, "en").slug == "second"


def test_a_near_miss_suggests(write: Write) -> None:
    write("lessons/en/01-pictures.md", FRONT)
    with pytest.raises(UsageError, match="did you mean pictures"):
        content.find_lesson(CHAPTER, "picture", "en")
    with pytest.raises(UsageError, match="it has: 1 pictures"):
        content.find_lesson(CHAPTER, "9", "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no front matter", ":1: the front matter begins"),
        ("+++\ntitle = 1\n", "no closing line"),
        ("+++\ntitle = \n+++\n", "at line 2"),
        ("+++\nminutes = 5\ngoals = ['g']\n+++\n", "title"),
        ("+++\ntitle = 'T'\nminutes = 0\ngoals = ['g']\n+++\n", "minutes"),
        ("+++\ntitle = 'T'\nminutes = true\ngoals = ['g']\n+++\n", "minutes"),
        ("+++\ntitle = 'T'\nminutes = 5\n+++\n", "goals"),
        ("+++\ntitle = 'T'\nminutes = 5\ngoals = 'g'\n+++\n", "goals"),
        ("+++\ntitle = 'T'\nminutes = 5\ngoals = ['g']\ngoal = 1\n+++\n", "'goal'"),
    ],
)
def test_wrong_front_matter_is_named(write: Write, text: str, said: str) -> None:
    file = write("lessons/en/01-a.md", text)
    with pytest.raises(ContentError) as caught:
        content.lessons(CHAPTER, "en")
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("name", ["1-a.md", "01-A.md", "01_a.md", "notes.md"])
def test_a_file_with_another_name_is_no_lesson(write: Write, name: str) -> None:
    write(f"lessons/en/{name}", FRONT)
    with pytest.raises(ContentError, match="NN-slug"):
        content.lessons(CHAPTER, "en")


def test_two_lessons_of_one_slug(write: Write) -> None:
    write("lessons/en/01-a.md", FRONT)
    write("lessons/en/02-a.md", FRONT)
    with pytest.raises(ContentError, match=r"taken by 01-a\.md"):
        content.lessons(CHAPTER, "en")


def test_a_file_that_is_not_utf8_is_named(write: Write) -> None:
    file = write("lessons/en/01-a.md", FRONT)
    file.write_bytes(FRONT.encode() + b"\xff\xfe")
    with pytest.raises(ContentError, match="not UTF-8"):
        content.lessons(CHAPTER, "en")


def test_windows_line_ends_and_a_byte_order_mark_are_read(write: Write) -> None:
    file = write("lessons/en/01-a.md", "")
    file.write_bytes(b"\xef\xbb\xbf" + (FRONT + "text\n").replace("\n", "\r\n").encode())
    assert content.parts(content.find_lesson(CHAPTER, "1", "en")) == (Prose("text\n"),)


def test_counts_need_no_valid_lesson(write: Write) -> None:
    write("lessons/en/01-a.md", "anything")
    write("quiz.toml", "[[question]]\nid = 'a'\n\n[[question]]\nid = 'b'\n[[question.choices]]\n")
    write("exercises/01-x/exercise.toml", "")
    assert content.counts(CHAPTER) == content.Counts(lessons=1, questions=2, exercises=1)


def test_a_missing_content_package_is_named() -> None:
    lost = Chapter(id="lost", slug="lost", title="", summary="", content="nowhere.to.be_found")
    with pytest.raises(ContentError, match=r"lost: there is no content package nowhere\.to"):
        content.lessons(lost, "en")


def test_finding_the_texts_imports_nothing(write: Write) -> None:
    write("sub/__init__.py", "raise RuntimeError('imported')")
    write("sub/lessons/en/01-a.md", FRONT)
    chapter = Chapter(id="own", slug="own", title="", summary="", content="own_texts.sub")
    assert len(content.lessons(chapter, "en")) == 1
    assert "own_texts.sub" not in sys.modules


# --- parts


def test_prose_is_whole_between_other_parts(write: Write) -> None:
    assert body(write, "one\n\n```text\ncode\n```\n\n## two\n\nthree\n") == (
        Prose("one\n"),
        Listing("code", "text", "", content.find_lesson(CHAPTER, "1", "en").file, 9),
        Prose("## two\n\nthree\n"),
    )


def test_formulas_in_prose_are_unicode_and_safe_from_markdown(write: Write) -> None:
    (part,) = body(write, "a $x_y * z_y$ and `$code$` and \\$5, $|x|$\n")
    assert isinstance(part, Prose)
    assert part.markdown == "a x\\_y\u00a0\\*\u00a0z\\_y and `$code$` and \\$5, \\|x\\|\n"
    assert prose.lines(part.markdown, 80) == ["a x_y * z_y and `$code$` and $5, |x|"]


def test_prices_are_no_formulas(write: Write) -> None:
    (part,) = body(write, "from $5 to $10, or $ 6\n")
    assert part == Prose("from $5 to $10, or $ 6\n")


@pytest.mark.parametrize("text", ["$$\n\\frac{1}{2}\n$$\n", "$$ \\frac{1}{2} $$\n"])
def test_a_displayed_formula(write: Write, text: str) -> None:
    (part,) = body(write, text)
    assert part == Formula(" 1\n───\n 2", "\\frac{1}{2}")


def test_something_to_try(write: Write) -> None:
    text = (
        "> **Try it.** Look for the valley:\n> `dltutor demo own x --set lr=$1$`, then say why.\n"
    )
    (part,) = body(write, text)
    assert isinstance(part, TryIt)
    assert part.command == "dltutor demo own x --set lr=$1$"
    assert part.markdown.startswith("Look for the valley:\n`dltutor")
    (chinese,) = body(write, "> **动手试试。** 运行 `dltutor run own`。\n")
    assert chinese == TryIt("运行 `dltutor run own`。", "dltutor run own")


def test_a_quote_without_the_words_is_a_quote(write: Write) -> None:
    assert body(write, "> Only a quote.\n") == (Prose("> Only a quote.\n"),)


def test_an_embedded_demo(write: Write) -> None:
    assert body(write, "```demo digit shift_x=3 draw='## #'\n```\n") == (
        Embedded("digit", ("shift_x=3", "draw=## #")),
    )


def test_fences_inside_fences_and_tildes(write: Write) -> None:
    parts = body(write, "````markdown\n```demo x\n```\n````\n\n~~~text\n$$ no formula\n~~~\n")
    assert [part.code for part in parts if isinstance(part, Listing)] == [
        "```demo x\n```",
        "$$ no formula",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n```python\ncode\n", ":7: the code block is not closed"),
        ("$$\nx\n", ":6: $$ is not closed"),
        ("$$ x\n", ":6: $$ stands on a line"),
        ("one\ntwo $\\foo$\n", ":7: formula"),
        ("$$\n\\foo\n$$\n", ":6: formula"),
        ("> **Try it.** nothing\n", ":6: something to try holds one command, not 0"),
        ("> **Try it.** `dltutor a` `dltutor b`\n", "not 2"),
        ("```demo\n```\n", ":6: a demo is an empty block"),
        ("```demo x 3\n```\n", ":6: a demo is an empty block"),
        ("```demo x\ncode\n```\n", ":6: a demo is an empty block"),
        ("```python include=own_texts:gone\n```\n", ":6: own_texts has no 'gone'"),
        ("```python include=own_texts:gone\ncode\n```\n", ":6: an include is an empty block"),
        ("```python include=no_such.module:x\n```\n", ":6: there is no source file of the module"),
    ],
)
def test_what_is_wrong_in_a_lesson_is_named_with_its_line(
    write: Write, text: str, said: str
) -> None:
    with pytest.raises(ContentError) as caught:
        body(write, text)
    assert said in str(caught.value)
    assert "01-a.md" in str(caught.value)


# --- code by symbol

SOURCE = '''\
import nothing_that_exists

# The rate.
# It has two lines of comment.
RATE: float = 0.1
A, B = 1, 2


@decorated
# between
def function(
    x,
):
    """Text."""
    return x  # the end


class Net(Base):
    size = 3

    # Above the method.
    @staticmethod
    async def forward(x):
        if x:

            return """
not indented
"""
        return None

    class Inner:
        def deep(self): ...
'''


@pytest.mark.parametrize(
    ("symbol", "code", "line"),
    [
        ("RATE", "# The rate.\n# It has two lines of comment.\nRATE: float = 0.1", 3),
        ("B", "A, B = 1, 2", 6),
        (
            "function",
            "@decorated\n# between\ndef function(\n    x,\n):\n"
            '    """Text."""\n    return x  # the end',
            9,
        ),
        ("Net.size", "size = 3", 19),
        ("Net.Inner.deep", "def deep(self): ...", 32),
    ],
)
def test_source_by_symbol(write: Write, symbol: str, code: str, line: int) -> None:
    file = write("code.py", SOURCE)
    assert content.source_of(f"own_texts.code:{symbol}") == Listing(
        code, "python", symbol, file, line
    )


def test_a_method_is_dedented_but_texts_in_it_stay(write: Write) -> None:
    write("code.py", SOURCE)
    code = content.source_of("own_texts.code:Net.forward").code
    assert code.split("\n")[:3] == ["# Above the method.", "@staticmethod", "async def forward(x):"]
    assert '\n        return """\nnot indented\n"""\n    return None' in code


def test_the_listing_compiles_as_the_module_has_it(write: Write) -> None:
    import ast

    write("code.py", SOURCE)
    for symbol in ("RATE", "function", "Net", "Net.forward", "Net.Inner"):
        ast.parse(content.source_of(f"own_texts.code:{symbol}").code)
    assert "own_texts.code" not in sys.modules


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("own_texts.code", "is not package.module:name"),
        ("own_texts.code:", "is not package.module:name"),
        ("own_texts.code:funktion", "did you mean function"),
        ("own_texts.code:Net.backward", "'Net.backward'"),
        ("own_texts.code:RATE.real", "'RATE.real'"),
        ("own_texts.lost:x", "own_texts.lost"),
        ("own_texts.broken:x", "broken.py:2"),
    ],
)
def test_a_wrong_reference_is_named(write: Write, reference: str, said: str) -> None:
    write("code.py", SOURCE)
    write("broken.py", "a = 1\nb = (\n")
    with pytest.raises(ContentError) as caught:
        content.source_of(reference)
    assert said in str(caught.value)


# --- as lines of text


def test_markdown_as_lines() -> None:
    text = (
        "## Two `words`\n\nSome **bold** text with a [link](https://example.org/x) to\nread.\n\n"
        "- one\n- two\n\n1. first\n2. second\n\n> quoted\n"
    )
    assert prose.lines(text, 40) == [
        "Two `words`",
        "───────────",
        "",
        "Some bold text with a link",
        "(https://example.org/x) to read.",
        "",
        "  · one",
        "  · two",
        "",
        "  1. first",
        "  2. second",
        "",
        "│ quoted",
    ]


def test_chinese_lines_join_without_a_space() -> None:
    assert prose.lines("第一行\n第二行，\nthen PyTorch\n结束", 60) == [
        "第一行第二行，then PyTorch 结束"
    ]


def test_code_and_short_formulas_stay_on_one_line() -> None:
    markdown = content.inline_formulas("some words `f(a, b)` more $a + b = c$ end")
    assert prose.lines(markdown, 24) == ["some words `f(a, b)`", "more a + b = c end"]
    assert prose.lines(markdown, 17) == ["some words", "`f(a, b)` more a", "+ b = c end"]


def test_a_long_command_continues_on_the_next_line() -> None:
    command = "dltutor demo own d --set lr=0.5 --set 'draw=a b'"
    lines = prose.command_lines(command, 30)
    assert lines == ["dltutor demo own d \\", "  --set lr=0.5 \\", "  --set 'draw=a b'"]
    for command in ("dltutor list | head -n 3 > $HOME/x", 'python -c "print(1)"', "dltutor it's"):
        assert prose.command_lines(command, 80) == [command]


def test_tables_fit_and_numbers_stand_right() -> None:
    text = "| layer | parameters |\n| --- | ---: |\n| 线性层 | 1,234 |\n"
    text += "| ReLU and a long remark | 0 |\n"
    assert prose.lines(text, 26) == [
        "layer           parameters",
        "──────────────  ──────────",
        "线性层               1,234",
        "ReLU and a               0",
        "long remark",
    ]


def test_colour_only_adds_escapes() -> None:
    import re

    text = "## Head\n\nSome **bold *and* `code`**, [link](https://example.org).\n\n- 一个 `x`\n"
    plain = prose.lines(text, 30)
    coloured = prose.lines(text, 30, colour=True)
    assert [re.sub("\x1b\\[[0-9]*m", "", line) for line in coloured] == plain
    assert coloured != plain


def test_text_from_content_can_not_reach_the_terminal() -> None:
    assert prose.lines("a \x1b[31mred\x1b[0m <b>b</b> \x07", 40) == ["a red <b>b</b>"]


@pytest.mark.parametrize("columns", [20, 33, 80])
def test_a_lesson_fits_its_columns(write: Write, columns: int) -> None:
    write(
        "lessons/en/01-a.md",
        FRONT
        + "A long paragraph of words, 和一段很长的中文文字，有标点。" * 5
        + "\n\n$$\n\\frac{1}{2}\n$$\n\n"
        "> **Try it.** Do this: `dltutor run own`\n\n| a | b |\n| --- | --- |\n| x y z | 中文 |\n",
    )
    lesson = content.find_lesson(CHAPTER, "1", "en")
    assert all(width(line) <= columns for line in prose.lesson(lesson, columns))


def test_demos_in_a_lesson_are_drawn_or_named(write: Write) -> None:
    write("lessons/en/01-a.md", FRONT + "```demo d lr=0.5 draw='a b'\n```\n")
    lesson = content.find_lesson(CHAPTER, "1", "en")
    assert "    dltutor demo own d --set lr=0.5 --set 'draw=a b'" in list(prose.lesson(lesson, 80))
    assert "drawn d" in list(prose.lesson(lesson, 80, embedded=lambda part: [f"drawn {part.demo}"]))


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "word",
                "中文，",
                " ",
                "\n",
                "\n\n",
                "- ",
                "1. ",
                "> ",
                "## ",
                "| a | b |\n| --- | --- |\n",
            ),
            *(
                "`",
                "```",
                "```python\n",
                "~~~",
                "$",
                "$$",
                "x_1^2",
                "\\frac",
                "{",
                "}",
                "**",
                "*",
                "_",
            ),
            *(
                "[a](b)",
                "](",
                "<b>",
                "&amp;",
                "\\",
                "---\n",
                "+++",
                "> **Try it.** ",
                "`dltutor x`",
            ),
            *("```demo d\n```\n", "```python include=own_texts:x\n```\n", "\t", "\u00a0", "👍🏽"),
            *("\x1b[31m", "\x07", "```demo d a=\x1b[1m\n```\n", "`dltutor \x1b[2J`"),
        ]
    ),
    max_size=25,
).map("".join)


@given(PIECES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_lesson_or_a_named_fault(tmp_path: Path, text: str) -> None:
    lesson = content.Lesson(
        chapter_id="own", slug="a", number=1, lang="en", title="T\x1b[5m", minutes=1,
        goals=("g\x1b[5m",), terms=(), body=text, file=tmp_path / "01-a.md", line=1,
    )  # fmt: skip
    try:
        lines = list(prose.lesson(lesson, 40))
    except ContentError as error:
        said, lines = str(error), []
    else:
        said = "01-a.md:"
    assert "01-a.md:" in said
    assert all("\n" not in line and "\x1b" not in line for line in lines)


@given(PIECES, st.integers(8, 60))
def test_prose_fits_whatever_it_is(text: str, columns: int) -> None:
    code = prose.tokens(text)
    if any(token.type in ("fence", "code_block") for token in code) or columns < 30:
        return  # code is never broken, and deep nesting needs some room
    nested = max((token.level for token in code), default=0)
    if nested <= 6:
        assert all(width(line) <= columns for line in prose.lines(text, columns))
