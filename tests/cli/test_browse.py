"""``dltutor list`` and ``dltutor read``, as their users see them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LESSON = """+++
title = "{title}"
minutes = 5
goals = ["See `x` and $x^2$"]
+++

Some **prose** with $\\alpha$ and a [link](https://example.org/page).

```python
def f(x):
    return x + 1
```

> **Try it.** Run `dltutor run own` now.

$$
\\frac{{1}}{{2}}
$$

```demo d lr=0.5
```
"""

Make = Callable[..., Path]


@pytest.fixture
def own(add_chapter: Make) -> Path:
    """A chapter of two lessons, one of them in Chinese too, and one question."""
    package = add_chapter("own", chapter="number=40")
    for lang, name, title in (
        ("en", "01-first.md", "The first"),
        ("en", "02-second.md", "The second"),
        ("zh", "01-first.md", "第一课"),
    ):
        file = package / "lessons" / lang / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(LESSON.format(title=title), encoding="utf-8")
    (package / "quiz.toml").write_text('[[question]]\nid = "a"\n', encoding="utf-8")
    return package


def row(done: Any, identifier: str) -> dict[str, Any]:
    assert done.code == 0, done.err
    (found,) = [r for r in json.loads(done.out)["chapters"] if r["id"] == identifier]
    return dict(found)


# --- list


def test_the_list_shows_what_there_is(dltutor: Any, own: Path) -> None:
    done = dltutor("list")
    assert done.code == 0
    (line,) = [line for line in done.out.splitlines() if "Chapter own" in line]
    assert line.split() == ["40", "Chapter", "own", "◌", "0/2", "0/1", "0/0"]


def test_the_list_as_json(dltutor: Any, own: Path) -> None:
    found = row(dltutor("list", "--json"), "own")
    assert found["lessons"] == {"total": 2, "read": 0}
    assert found["questions"] == {"total": 1, "right": 0, "answered": 0}
    assert found["exercises"] == {"total": 0, "passed": 0}
    assert (found["number"], found["missing"], found["problem"]) == (40, [], "")


def test_a_broken_chapter_is_a_row_that_says_why(
    dltutor: Any, own: Path, add_chapter: Make
) -> None:
    add_chapter("broken", code="raise RuntimeError('no good \\x1b[31m')")
    add_chapter("hollow", code="x = 1")
    done = dltutor("list")
    assert done.code == 0
    assert "problem: RuntimeError: no good" in done.out
    assert "\x1b" not in done.out
    assert "hollow" in done.out
    assert "Chapter own" in done.out


def test_missing_packages_are_named_with_the_command(dltutor: Any, add_chapter: Make) -> None:
    package = add_chapter("needy", chapter="requires=('no_such_package',), install='needy[all]'")
    (package / "lessons" / "en").mkdir(parents=True)
    found = row(dltutor("list", "--json"), "needy")
    assert found["missing"] == ["no_such_package"]
    assert found["install"].endswith('-m pip install "needy[all]"')
    assert "to train it needs no_such_package" in dltutor("list").out


def test_a_chapter_that_is_off_is_listed_and_not_loaded(
    dltutor: Any, own: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "loaded"
    init = own / "__init__.py"
    code = init.read_text(encoding="utf-8")
    init.write_text(f"open({str(mark)!r}, 'w').close()\n{code}", encoding="utf-8")
    assert dltutor("plugins", "disable", "own").code == 0
    mark.unlink()
    assert "switched off" in dltutor("list").out
    assert not mark.exists()


def test_the_list_counts_what_was_read(dltutor: Any, own: Path) -> None:
    assert dltutor("read", "own", "1", "--plain").code == 0
    assert row(dltutor("list", "--json"), "own")["lessons"] == {"total": 2, "read": 1}
    assert "◐" in next(line for line in dltutor("list").out.splitlines() if "Chapter own" in line)


def test_the_list_loads_nothing_heavy(own: Path) -> None:
    import subprocess

    code = (
        "import sys; sys.argv = ['dltutor', 'list']\n"
        "from dltutor.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'textual', 'plotext', 'rich', 'markdown_it', 'sqlite3',"
        " 'pylatexenc', 'asyncio', 'tomllib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_list_fits_80_columns_in_both_languages(dltutor: Any, own: Path) -> None:
    from dltutor.text import width

    for lang in ("en", "zh"):
        lines = dltutor("--lang", lang, "list").out.splitlines()
        assert lines
        assert all(width(line) <= 80 for line in lines)


# --- read


def test_without_a_lesson_the_contents(dltutor: Any, own: Path) -> None:
    done = dltutor("read", "40")
    assert done.code == 0
    assert "1  The first" in done.out
    assert "See x and x²" not in done.out  # back-ticks stay
    assert "See `x` and x²" in done.out
    assert "Read on with: dltutor read own first" in done.out
    found = json.loads(dltutor("read", "own", "--json").out)
    assert [(x["slug"], x["read"]) for x in found["lessons"]] == [
        ("first", False),
        ("second", False),
    ]


def test_a_lesson_as_text(dltutor: Any, own: Path) -> None:
    done = dltutor("read", "own", "first")
    assert done.code == 0
    for line in (
        "1  The first",
        "Some prose with α and a link (https://example.org/page).",
        "    def f(x):",
        "        return x + 1",
        "▸ Try it:",
        "  Run `dltutor run own` now.",
        "    ───",
        "Next: The second   dltutor read own second",
    ):
        assert line in done.out.splitlines()
    assert "\x1b" not in done.out


def test_the_last_lesson_leads_to_the_questions(dltutor: Any, own: Path) -> None:
    assert "dltutor quiz own" in dltutor("read", "own", "2", "--plain").out


def test_reading_is_remembered(dltutor: Any, own: Path) -> None:
    dltutor("read", "own", "1", "--json")
    found = json.loads(dltutor("read", "own", "--json").out)
    assert [x["read"] for x in found["lessons"]] == [True, False]
    assert "✓ read" in dltutor("read", "own").out
    assert "dltutor read own second" in dltutor("read", "own").out


def test_looking_at_the_source_is_not_reading(dltutor: Any, own: Path) -> None:
    done = dltutor("read", "own", "1", "--source")
    assert done.out == LESSON.format(title="The first")
    assert not json.loads(dltutor("read", "own", "--json").out)["lessons"][0]["read"]


def test_a_lesson_as_json(dltutor: Any, own: Path) -> None:
    found = json.loads(dltutor("read", "own", "1", "--json").out)
    assert found["next"] == "second"
    assert [part["part"] for part in found["parts"]] == [
        "prose", "listing", "tryit", "formula", "embedded",
    ]  # fmt: skip
    assert found["parts"][1]["code"] == "def f(x):\n    return x + 1"
    assert found["parts"][2]["command"] == "dltutor run own"
    assert found["parts"][4] == {"part": "embedded", "demo": "d", "settings": ["lr=0.5"]}


def test_the_language_is_chosen_and_english_fills_in(dltutor: Any, own: Path) -> None:
    assert "1  第一课" in dltutor("--lang", "zh", "read", "own", "1").out
    assert "动手试试" in dltutor("read", "own", "1", "--lang", "zh").out
    assert "2  The second" in dltutor("--lang", "zh", "read", "own", "2").out


def test_columns(dltutor: Any, own: Path) -> None:
    lines = dltutor("read", "own", "1", "--columns", "30").out.splitlines()
    assert max(len(line) for line in lines if "dltutor demo" not in line) <= 30


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("read", "own", "frist"), 2, "did you mean first?"),
        (("read", "own", "9"), 2, "own has no lesson '9' (it has: 1 first, 2 second)"),
        (("read", "owm"), 2, "did you mean own?"),
        (("read",), 2, "'chapter'"),
        (("read", "own", "1", "--columns", "wide"), 2, "--columns"),
    ],
)
def test_wrong_use_is_one_line(
    dltutor: Any, own: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = dltutor(*words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_damaged_lesson_names_file_and_line(dltutor: Any, own: Path) -> None:
    file = own / "lessons" / "en" / "01-first.md"
    file.write_text(file.read_text(encoding="utf-8") + "\n$\\foo$\n", encoding="utf-8")
    done = dltutor("read", "own", "1")
    assert done.code == 1
    assert f"{file}:23: formula $\\foo$" in done.err
    assert "Traceback" not in done.err
    assert dltutor("read", "own", "2").code == 0


def test_a_reader_that_goes_away_is_no_error(own: Path) -> None:
    import subprocess

    command = f"{sys.executable} -m dltutor read own 1 | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "1  The first\n"
    assert done.stderr == ""


# --- on a terminal


def test_on_a_terminal_there_is_colour_and_a_pager(terminal: Any, own: Path) -> None:
    screen = terminal("read", "own", "1", env={"PAGER": "less"}, rows=12)
    screen.wait("The first")
    screen.wait(":")
    assert b"\x1b[1m" in screen.raw
    screen.send("q")
    assert screen.finish() == 0


def test_a_short_text_needs_no_pager(terminal: Any, own: Path) -> None:
    screen = terminal("read", "own", "1", env={"PAGER": "no-such-pager"}, rows=60)
    assert screen.finish() == 0
    assert "Next: The second" in screen.text


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_can_be_refused(terminal: Any, own: Path, env: dict[str, str]) -> None:
    screen = terminal("read", "own", "1", env=env | {"PAGER": "cat"})
    assert screen.finish() == 0
    assert b"\x1b[" not in screen.raw
