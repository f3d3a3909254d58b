"""Every screen by keys alone and by the mouse alone, in both languages and at several sizes."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.selection import Selection

from dltutor import registry, settings
from dltutor.learning.exercises import find_exercise
from dltutor.learning.lint.lessons import CODE_COLUMNS
from dltutor.learning.progress import Progress
from dltutor.learning.questions import questions, solution
from dltutor.learning.workspace import Workspace
from dltutor.parts import Listing
from dltutor.text import width
from dltutor.tui.screens.chapter import ChapterPage
from dltutor.tui.screens.demo import DemoPage
from dltutor.tui.screens.exercise import ExercisePage, exercise_page
from dltutor.tui.screens.home import Home
from dltutor.tui.screens.lesson import LessonPage
from dltutor.tui.screens.quiz import quiz
from dltutor.tui.widgets import reader
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.menu import Menu

SIZES = [(80, 24), (120, 40)]
LANGUAGES = ["en", "zh"]


def sample() -> Any:
    return registry.find("sample")


def whole(text: str, size: tuple[int, int]) -> None:
    """Every line has exactly the terminal's width, and there are as many as it has rows."""
    lines = text.split("\n")
    assert len(lines) == size[1]
    assert {width(line) for line in lines} == {size[0]}, [
        line for line in lines if width(line) != size[0]
    ]


# -- home and chapter ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_home_shows_chapters_progress_and_keys(
    start: Any, size: tuple[int, int], lang: str
) -> None:
    async with start(size, lang) as screen:
        await screen.until("0/8")
        whole(screen.text, size)
        assert ("Waves and their sums" if lang == "en" else "波与波的叠加") in screen.text
        await screen.press("end")  # fifteen chapters are more than 24 rows
        await screen.until("RuntimeError: this chapter is broken on purpose")
        whole(screen.text, size)
        assert "Enter" in screen.keys
        assert "?" in screen.keys


async def test_from_home_to_the_first_lesson_by_keys(start: Any) -> None:
    async with start() as screen:
        await screen.until("0/8")
        await screen.press("enter")
        assert isinstance(screen.app.screen, LessonPage)
        await screen.until("Two waves, one sum")
        await screen.press("escape")
        assert isinstance(screen.app.screen, Home)
        await screen.until("Continue")
        assert "Two waves, one sum" in screen.text


async def test_a_number_goes_to_its_chapter(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with start() as screen:
        await screen.until("0/8")
        menu = screen.app.screen.query_one(Menu)
        for keys, wanted in (("13", "chapter13"), ("9", "chapter9"), ("0", "sample")):
            await screen.type(keys)
            assert menu.value == ("chapter", wanted)
            # what follows is another number
            monkeypatch.setattr(screen.app.screen, "_number_at", -10.0)
        await screen.press("1", "7")  # there is no seventeenth
        assert menu.value == ("chapter", "chapter7")
        await screen.press("enter")
        assert isinstance(screen.app.screen, ChapterPage)


async def test_from_home_to_a_lesson_by_mouse(start: Any) -> None:
    async with start() as screen:
        await screen.until("0/8")
        await screen.click("Waves and their sums  ")
        assert isinstance(screen.app.screen, ChapterPage)
        await screen.click("Bars instead of lines")
        assert isinstance(screen.app.screen, LessonPage)
        await screen.until("A bar has a length.")
        await screen.click("Esc back")
        assert isinstance(screen.app.screen, ChapterPage)


async def test_search_finds_lessons_by_term(start: Any) -> None:
    async with start() as screen:
        await screen.press("slash")
        await screen.type("superpos")
        await screen.until("Two waves, one sum")
        await screen.press("enter")
        assert isinstance(screen.app.screen, LessonPage)
        assert screen.app.screen.slug == "sums"


async def test_search_says_when_nothing_is_found(start: Any) -> None:
    async with start() as screen:
        await screen.press("slash")
        await screen.type("zzz")
        await screen.until("Nothing is called that.")
        await screen.press("enter", "escape")
        assert isinstance(screen.app.screen, Home)


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_chapter_lists_everything(start: Any, lang: str) -> None:
    async with start((80, 40), lang, lambda _: ChapterPage(sample())) as screen:
        await screen.until("1" if lang == "en" else "测验")
        whole(screen.text, (80, 40))
        words = {
            "en": ["Two waves, one sum", "Quiz", "0 of 8 right", "Twice the wave", "A wave"],
            "zh": ["两个波，一个和", "测验", "0 / 8", "两倍的波", "一个波"],
        }
        for word in words[lang]:
            assert word in screen.text


# -- lesson -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [*SIZES, (200, 60)])
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_lesson_is_laid_out_whole(start: Any, size: tuple[int, int], lang: str) -> None:
    async with start(size, lang, lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves" if lang == "en" else "两个波")
        page = screen.app.screen
        await screen.until(lambda: bool(page.drawn))
        whole(screen.text, size)
        text = page.sheet.plain()
        assert "def wave(" in text
        assert "demos.py  wave" in text
        assert "The wave" in text or "波形" in text  # the embedded chart
        assert "sin x + √x" in text
        assert "dltutor demo sample wave --set frequency=9" in text.replace("\n  ", " ")
        assert all(width(line) <= page.sheet.columns for line in text.split("\n"))


async def test_lesson_is_read_by_paging_and_the_place_is_kept(start: Any) -> None:
    async with start(page=lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves, one sum")
        page = screen.app.screen
        await screen.until(lambda: bool(page.drawn))
        await screen.press("space")
        assert page.sheet.scroll_offset.y > 10
        middle = page.sheet.scroll_offset.y
        page.keep_place()
        kept = screen.app.progress.position("sample")
        assert kept is not None
        assert kept.lesson == "sums"
        assert kept.place > 0
        await screen.press("end")
        await screen.until("✓ read")
        await screen.press("n")
        await screen.until("A bar has a length.")
        await screen.press("n")
        await screen.press("p")
        await screen.until("Two waves, one sum")
    assert middle
    with Progress.open() as progress:
        assert set(progress.lessons("sample")) == {"sums", "bars"}


async def test_lesson_outline_source_help_and_bookmark(start: Any) -> None:
    async with start(page=lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves, one sum")
        page = screen.app.screen
        await screen.until(lambda: bool(page.drawn))
        await screen.press("o", "down", "down", "enter")
        assert any("The code" in line for line in screen.text.split("\n")[2:6])
        await screen.press("s")
        await screen.until("def wave(")
        assert "demos.py  wave" in screen.text.split("\n")[0]
        await screen.press("escape", "question_mark")
        await screen.until("bookmark")
        assert "outline" in screen.text
        await screen.press("escape", "b")
        await screen.type("look again")
        await screen.press("enter")
    with Progress.open() as progress:
        assert [note.text for note in progress.notes("sample")] == ["look again"]


async def test_code_as_wide_as_the_gate_allows_is_whole_in_the_smallest_window(start: Any) -> None:
    code = "x = [" + "1, " * ((CODE_COLUMNS - 6) // 3) + "]"
    code += "#" * (CODE_COLUMNS - len(code))
    async with start(page=lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves, one sum")
        page = screen.app.screen
        listing = Listing(code + "\n" + code + "!", "python", "", Path(), 1)
        lines, _ = reader.lay_out(page.lesson, [listing], page.sheet.columns, {}, 24)
        texts = ["".join(span.text for span in line) for line in lines]
        assert texts[-3:] == ["▏ " + code, "▏ " + code, "▏↪!" + " " * (CODE_COLUMNS - 1)]
        # prose begins where the code does
        assert "".join(span.text for span in lines[1]) == "  " + page.lesson.title


async def test_code_of_a_question_is_whole_in_the_smallest_window(start: Any) -> None:
    code = "x" * CODE_COLUMNS
    question = replace(questions(sample())[0], code=code)
    async with start(page=lambda app: quiz(app, sample())) as screen:
        await screen.until("1 of")
        page = screen.app.screen
        block = page.query_one("#prompt", Block)
        lines = page.prompt(question, block.size.width)
        assert " ▏ " + code in ["".join(span.text for span in line).rstrip() for line in lines]
        assert all(sum(width(span.text) for span in line) <= block.size.width for line in lines)


async def test_what_is_copied_from_a_lesson_is_words_and_code(start: Any) -> None:
    for columns in (80, 200):
        async with start((columns, 24), page=lambda _: LessonPage(sample(), "sums")) as screen:
            await screen.until("Two waves, one sum")
            page = screen.app.screen
            await screen.until(lambda: bool(page.drawn))  # noqa: B023
            found, _ = page.sheet.get_selection(Selection(None, None))
            assert "▏" not in found
            assert "\ndef wave(\n" in found
            assert "\n    frequency: Annotated" in found
            assert "\nTwo waves, one sum\n" in found


async def test_try_it_opens_the_demo_with_its_setting(start: Any) -> None:
    async with start(page=lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves, one sum")
        await screen.press("x")
        assert isinstance(screen.app.screen, DemoPage)
        await screen.until("frequency 9")


async def test_a_lesson_that_is_broken_is_a_message(start: Any, tmp_path: Path) -> None:
    async with start(page=lambda _: LessonPage(sample(), "nowhere")) as screen:
        await screen.until("has no lesson 'nowhere'")
        await screen.press("space", "n", "s", "x", "b", "escape")
        assert screen.app.is_running


async def test_a_very_long_lesson_is_laid_out_in_a_thread(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltutor.tui.screens import lesson

    monkeypatch.setattr(lesson, "LONG", 10)
    async with start(page=lambda _: LessonPage(sample(), "sums", 1.0)) as screen:
        await screen.until("the questions on this lesson")
        page = screen.app.screen
        await screen.press("home")
        await screen.until("Two waves, one sum")
        await screen.pilot.resize_terminal(130, 40)
        await screen.until("A first example  ")
        assert page.marks


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
async def test_a_demo_that_comes_late_does_not_move_what_is_read(
    start: Any, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    from dltutor.tui.hosts import Hosts
    from dltutor.tui.screens import lesson

    if long:
        monkeypatch.setattr(lesson, "LONG", 10)
    come = threading.Event()
    compute = Hosts.demo

    def late(*arguments: Any) -> Any:
        come.wait(30)
        return compute(*arguments)

    monkeypatch.setattr(Hosts, "demo", late)
    async with start(size=(80, 16), page=lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves, one sum")
        page = screen.app.screen
        await screen.until(lambda: bool(page.marks))
        sheet = page.sheet
        below = next(n for n, line in enumerate(sheet.plain().split("\n")) if "What goes" in line)
        sheet.go(below)
        length = len(sheet.lines)
        await screen.until(lambda: "What goes" in screen.text.split("\n")[2])
        come.set()
        await screen.until(lambda: bool(page.drawn) and len(sheet.lines) != length)
        await screen.pilot.pause()
        assert "What goes" in screen.text.split("\n")[2]


async def test_a_lesson_scrolls_at_once(start: Any) -> None:
    """Else a demo that comes before the next frame would hold it where it was."""
    async with start(page=lambda _: LessonPage(sample(), "sums", 1.0)) as screen:
        await screen.until("the questions on this lesson")
        sheet = screen.app.screen.sheet
        assert sheet.scroll_y > 0
        sheet.action_scroll_home()
        assert sheet.scroll_y == 0
        sheet._scroll_down_for_pointer()
        assert sheet.scroll_y > 0


async def test_a_key_that_bubbles_up_while_a_screen_is_made_waits_for_it(start: Any) -> None:
    async with start(page=lambda _: Home()) as screen:
        await screen.until("Waves and their sums")
        late = events.Key("end", None)
        late._set_forwarded()
        page = LessonPage(sample(), "sums")
        screen.app.push_screen(page)
        await screen.app.on_event(late)
        await screen.until("the questions on this lesson")


async def test_what_a_thread_finds_out_for_a_screen_that_has_gone_is_dropped(start: Any) -> None:
    async with start(page=lambda _: Home()) as screen:
        await screen.until("Waves and their sums")
        page = screen.app.screen
        await screen.app.speak("zh")
        assert screen.app.screen is not page
        done: list[str] = []
        await asyncio.to_thread(page.from_thread, done.append, "old")
        await asyncio.to_thread(screen.app.screen.from_thread, done.append, "new")
        assert done == ["new"]


# -- quiz ---------------------------------------------------------------------------------------


async def answer(screen: Any) -> None:
    """Gives the right answer to the question that is shown, by keys."""
    page = screen.app.screen
    presented = page.presented
    right = solution(presented)
    kind = presented.question.kind
    if kind in ("choice", "choices"):
        await screen.press(*right.split())
    elif kind == "match":
        await screen.press(*(pair[-1] for pair in right.split()))
    elif kind == "order":
        options = page.query_one("#options")
        for place, letter in enumerate(right.split()):
            at = [o.letter for o in options.order].index(letter)
            options.cursor = at
            await screen.press("space", *["up"] * (at - place), "space")
    else:
        await screen.type(right)
    await screen.press("enter")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_kind_of_question_by_keys(start: Any, lang: str) -> None:
    chapter = sample()
    async with start((80, 24), lang, lambda app: quiz(app, chapter)) as screen:
        kinds = set()
        for number in range(8):
            await screen.until(f"{number + 1} of 8" if lang == "en" else f"{number + 1} / 8")
            whole(screen.text, (80, 24))
            kinds.add(screen.app.screen.presented.question.kind)
            await answer(screen)
            await screen.until("✓ Right." if lang == "en" else "✓ ")
            assert screen.app.screen.right == number + 1, screen.text
            await screen.press("enter")
        assert len(kinds) == 8
        await screen.until("8 of 8 right." if lang == "en" else "8 / 8")
        await screen.press("enter")
        await screen.press("escape")
    with Progress.open() as progress:
        assert progress.counts("sample").questions_right == 8


async def test_a_wrong_answer_says_why_and_may_be_tried_again(start: Any) -> None:
    async with start(page=lambda app: quiz(app, sample(), "sums")) as screen:
        page = screen.app.screen
        await screen.until("Two equal waves")
        wrong = next(o for o in page.presented.options if o.index == 1)
        await screen.press(wrong.letter, "enter")
        await screen.until("That is the sum without the move.")
        await screen.press("h")
        await screen.until("Add them at one point.")
        await screen.press(solution(page.presented), "enter")
        await screen.until("Right.")
        await screen.press("enter", "v")
        await screen.until("A try teaches more than an answer.")
        await screen.press("v")
        await screen.until("At all multiples of π.")
        await screen.press("l")
        assert isinstance(screen.app.screen, LessonPage)


async def test_an_answer_that_is_not_understood_is_not_counted(start: Any) -> None:
    async with start(page=lambda app: quiz(app, sample(), "sums")) as screen:
        await screen.press("s", "s")
        await screen.until("How many zeros")
        await screen.type("many")
        await screen.press("enter")
        await screen.until("! ")
        assert screen.app.progress.questions("sample") == {}
        assert "^T hint" in screen.keys
        assert "h hint" not in screen.keys.replace("^T hint", "")
        await screen.press("ctrl+t")
        await screen.until("Begin at 0.")


@pytest.mark.parametrize("by", ["letter", "arrows"])
async def test_keys_that_come_at_once_are_taken_in_their_order(start: Any, by: str) -> None:
    async with start(page=lambda app: quiz(app, sample(), "sums")) as screen:
        await screen.until("Two equal waves")
        page = screen.app.screen
        right = solution(page.presented)
        at = next(i for i, o in enumerate(page.presented.options) if o.letter == right)
        down = ["down", "up", *["down"] * at] if at else ["down", "up"]
        screen.burst(*([right] if by == "letter" else down), "enter", "enter", "s", *"42", "enter")
        await screen.until("How many zeros")
        await screen.until("Not yet.")
        assert page.right == 1
        assert "42" in screen.text


async def test_what_was_typed_is_in_the_file_that_is_checked(start: Any) -> None:
    async with start(page=lambda _: exercise_page(sample(), "double")) as screen:
        await screen.until("def double")
        await screen.press("ctrl+home")
        screen.burst(*"# mine ", "ctrl+s")
        await screen.until(lambda: screen.app.screen.checking)
        assert Workspace().text(find_exercise(sample(), "double")).startswith("# mine ")
        await screen.until(lambda: not screen.app.screen.checking)


async def test_a_choice_by_mouse_alone(start: Any) -> None:
    async with start(page=lambda app: quiz(app, sample(), "sums")) as screen:
        await screen.until("Two equal waves")
        await screen.click("nothing: zero everywhere")
        await screen.click("Enter answer")
        await screen.until("Right.")
        await screen.click("Enter next")
        await screen.until("Several may be right")
        for option in screen.app.screen.presented.options:
            if option.index in (0, 1):
                await screen.click(f"□ {option.letter}")
        await screen.click("Enter answer")
        await screen.until("At all multiples of π.")


async def test_order_and_match_by_mouse(start: Any) -> None:
    async with start(page=lambda app: quiz(app, sample(), "bars")) as screen:
        await screen.until("From low to high pitch")
        for place, word in enumerate(("one wave", "two waves", "nine waves")):
            options = screen.app.screen.query_one("#options")
            target = options.order[place]
            if word != {"en": target.text["en"]}["en"]:
                await screen.click(word)
                await screen.click(f"{place + 1} {target.letter}")
        await screen.click("Enter answer")
        await screen.until("More waves, higher pitch.")
        await screen.click("Enter next")
        await screen.until("Match the numbers")
        presented = screen.app.screen.presented
        for pair in solution(presented).split():
            row, letter = int(pair[:-1]), pair[-1]
            for _ in range(presented.letters().index(letter) + 1):
                await screen.click(f"{row}  {presented.lefts[row - 1]}")
        await screen.click("Enter answer")
        await screen.until("2·2, 3·3, 4·4.")


async def test_review_asks_what_was_missed(start: Any) -> None:
    from datetime import datetime, timedelta

    asked = questions(sample())[0]
    with Progress.open() as progress:
        progress.answer(asked.id, right=False)
        assert not progress.due()
        assert progress.due(datetime.now(UTC) + timedelta(hours=1)) == [asked.id]
    async with start() as screen:
        await screen.press("r")
        await screen.until("Nothing is due.")
        assert isinstance(screen.app.screen, Home)


# -- exercise -----------------------------------------------------------------------------------


async def test_an_exercise_from_starter_to_solution(start: Any) -> None:
    async with start(page=lambda _: exercise_page(sample(), "double")) as screen:
        await screen.until("return values")
        whole(screen.text, (80, 24))
        await screen.press("ctrl+r")
        await screen.until("The solution opens")
        await screen.press("ctrl+s")
        await screen.until("1 of 2 checks pass.")
        assert "double([1, 2, 3])" in screen.text
        await screen.press("ctrl+t")
        await screen.until("Multiply each value.")
        await screen.press("ctrl+r")
        await screen.until("+    return [2 * value for value in values]")
        await screen.press("escape")
        editor = screen.app.screen.editor
        editor.text = "def double(values):"
        editor.focus()
        editor.move_cursor((0, len("def double(values):")))
        await screen.press("enter")
        assert editor.text.endswith("\n    ")
        await screen.type("return [2 * v for v in values]")
        await screen.press("ctrl+s")
        await screen.until("All 2 checks pass.")
        await screen.until("✓ passed")
    assert (
        Workspace().text(find_exercise(sample(), "double"))
        == "def double(values):\n    return [2 * v for v in values]"
    )
    with Progress.open() as progress:
        assert progress.exercises("sample") == {"sample/double": True}


async def test_leaving_an_exercise_keeps_what_was_typed(start: Any) -> None:
    async with start(page=lambda _: ChapterPage(sample())) as screen:
        await screen.press("e")
        assert isinstance(screen.app.screen, ExercisePage)
        await screen.until("return values")
        await screen.type("# mine ")
        await screen.press("escape", "escape")
        assert isinstance(screen.app.screen, ChapterPage)
    assert Workspace().text(find_exercise(sample(), "double")).startswith("# mine ")


# -- demo ---------------------------------------------------------------------------------------


async def test_the_command_of_a_demo_and_a_problem_are_whole(start: Any) -> None:
    begin = ("frequency=3.5", "points=123", "shape=square", "filled=true", "name=four words long")
    async with start((60, 30), page=lambda _: DemoPage(sample(), "wave", begin)) as screen:
        await screen.until("points=123")
        shown = " ".join(screen.text.replace("\\\n", " ").split()).replace(" \\ ", " ")
        assert "--shape" not in shown
        for setting in begin[:4]:
            assert f"--set {setting}" in shown
        assert "'name=four words long'" in shown
        assert "…" not in screen.text.split("dltutor demo")[1]
        await screen.press("enter")
        await screen.type("9" * 12)
        await screen.press("enter")
        await screen.until("range")
        whole(screen.text, (60, 30))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_demo_answers_its_controls(start: Any, size: tuple[int, int], lang: str) -> None:
    async with start(size, lang, lambda _: DemoPage(sample(), "wave")) as screen:
        await screen.until("frequency 2" if lang == "en" else "频率 2")
        whole(screen.text, size)
        await screen.press("right")
        await screen.until("frequency 2.5" if lang == "en" else "频率 2.5")
        assert "--set frequency=2.5" in screen.text
        await screen.press("enter")
        await screen.type("99")
        await screen.press("enter")
        await screen.until("0.5")
        assert "out of range" in screen.text or "范围" in screen.text
        await screen.press("escape", "z")
        await screen.until("frequency 2" if lang == "en" else "频率 2")
        await screen.press("escape")


async def test_a_demo_by_mouse(start: Any) -> None:
    async with start(page=lambda _: DemoPage(sample(), "wave")) as screen:
        await screen.until("frequency 2")
        row = next(line for line in screen.text.split("\n") if "waves on the axis" in line)
        y = screen.text.split("\n").index(row)
        await screen.pilot.click(offset=(width(row.rstrip()) - 1, y))
        await screen.until("frequency 2.5")
        await screen.click("form of the wave")
        await screen.until("shape=square")


async def test_a_demo_that_fails_is_a_message(start: Any) -> None:
    async with start(page=lambda _: DemoPage(sample(), "fault")) as screen:
        await screen.until("no demo at depth 1")
        await screen.press("right")
        await screen.until("no demo at depth 2")
        assert screen.app.is_running


# -- settings, help, doctor ---------------------------------------------------------------------


async def test_language_changes_without_restart_and_is_kept(start: Any) -> None:
    async with start() as screen:
        await screen.press("enter")
        await screen.until("Two waves, one sum")
        await screen.press("f2")
        await screen.until("中文")
        await screen.click("中文")
        await screen.until("语言")
        assert settings.load().lang == "zh"
        await screen.press("escape")
        await screen.until("两个波，一个和")
        await screen.press("escape")
        await screen.until("波与波的叠加")


async def test_theme_is_kept(start: Any) -> None:
    async with start() as screen:
        await screen.press("f2")
        await screen.click("light")
        assert screen.app.theme == "dltutor-light"
    async with start() as screen:
        assert screen.app.theme == "dltutor-light"


async def test_help_lists_the_keys_of_each_screen(start: Any) -> None:
    async with start() as screen:
        await screen.press("question_mark")
        await screen.until("Keys")
        for word in ("search", "review", "quit", "Everywhere"):
            assert word in screen.text
        await screen.press("escape")
        assert isinstance(screen.app.screen, Home)


async def test_help_is_as_high_as_it_needs_and_can(start: Any) -> None:
    for columns, rows, whole_ in ((80, 24, False), (80, 40, True), (50, 50, True)):
        async with start((columns, rows)) as screen:
            await screen.press("question_mark")
            await screen.until("Keys")
            assert ("Drag selects text" in screen.text) == whole_
            await screen.press("end")
            await screen.until("Drag selects text")
            words = screen.text.replace("│", " ").split()
            assert "terminal." in words, "the last line is whole"


async def test_doctor_shows_what_the_command_finds(start: Any) -> None:
    async with start((100, 40)) as screen:
        await screen.press("d")
        await screen.until("Python", 120)
        await screen.until("torch")


async def test_the_first_start_offers_language_look_and_a_beginning(start: Any) -> None:
    settings.save(welcomed=False)
    async with start() as screen:
        await screen.until("Begin with the first lesson")
        whole(screen.text, (80, 24))
        await screen.click("中文")
        await screen.until("从第一课开始")
        await screen.click("English")
        await screen.until("Begin with the first lesson")
        await screen.click("Begin with the first lesson")
        await screen.until("Two waves, one sum")
        assert isinstance(screen.app.screen, LessonPage)
    async with start() as screen:
        await screen.until("Continue")
        assert isinstance(screen.app.screen, Home)


async def test_the_first_start_can_be_passed_by(start: Any) -> None:
    settings.save(welcomed=False)
    async with start() as screen:
        await screen.until("Begin with the first lesson")
        await screen.press("escape")
        assert isinstance(screen.app.screen, Home)
    assert settings.load().welcomed


async def test_chapters_are_switched_off_and_on(start: Any) -> None:
    from dltutor.tui.screens.plugins import Plugins

    async with start(page=lambda _: Plugins()) as screen:
        await screen.until("this chapter is broken on purpose")
        await screen.click("Waves and their sums")
        await screen.until("off")
        assert settings.load().disabled == ("sample",)
        await screen.press("enter")
        await screen.until(lambda: settings.load().disabled == ())


async def test_the_doctor_looks_once_at_a_time(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dltutor.tui.screens import doctor

    calls: list[Any] = []
    done = threading.Event()

    def asked(*arguments: Any, **_: Any) -> Any:
        calls.append(arguments)
        done.wait(30)
        return doctor.subprocess.CompletedProcess([], 0, '{"findings": []}', "")

    monkeypatch.setattr(doctor.subprocess, "run", asked)
    async with start(page=lambda _: doctor.Doctor()) as screen:
        await screen.until(lambda: len(calls) == 1)
        await screen.press("f5", "f5", "f5")
        assert len(calls) == 1
        done.set()
        await screen.until("all is well")
        await screen.press("f5")
        await screen.until(lambda: len(calls) == 2)


async def test_bookmarks_lead_back_to_their_place(start: Any) -> None:
    with Progress.open() as progress:
        progress.add_note("sample", "sums", 1.0, "the end of it")
    async with start((80, 40), page=lambda _: ChapterPage(sample())) as screen:
        await screen.click("the end of it")
        await screen.until("the questions on this lesson")
        assert isinstance(screen.app.screen, LessonPage)
        await screen.until(lambda: screen.app.screen.sheet.at_end)
        await screen.press("escape", "end", "delete")
        await screen.until(lambda: not screen.app.progress.notes("sample"))


# -- looks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "theme", ["dltutor-dark", "dltutor-light", "dltutor-contrast", "dltutor-16"]
)
async def test_every_theme_draws_every_ink(start: Any, theme: str) -> None:
    settings.save(theme=theme)
    async with start(page=lambda _: LessonPage(sample(), "sums")) as screen:
        assert screen.app.theme == theme
        await screen.until("Two waves, one sum")
        strips = screen.app.screen._compositor.render_strips()
        inks = {s.style.color for strip in strips for s in strip if s.style and s.text.strip()}
        assert len(inks) >= 2


async def test_without_colour_everything_is_still_said(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with start(page=lambda _: DemoPage(sample(), "wave")) as screen:
        assert screen.app.depth == 0
        await screen.until("frequency 2")
        await screen.press("question_mark")
        await screen.until("Keys")


async def test_growing_and_shrinking_lays_out_again(start: Any) -> None:
    async with start(page=lambda _: LessonPage(sample(), "sums")) as screen:
        await screen.until("Two waves, one sum")
        for size in ((130, 40), (60, 20), (30, 10), (80, 24)):
            await screen.pilot.resize_terminal(*size)
            await screen.pilot.pause()
            await screen.pilot.pause()
            whole(screen.text, size)
        assert "Two waves, one sum" in screen.text


def test_every_text_of_the_keys_has_a_translation() -> None:
    """Descriptions of bindings and names of themes are given to ``t`` as values."""
    import ast

    from dltutor.i18n import catalogue
    from dltutor.tui.themes import PALETTES

    folder = Path(settings.__file__).parent / "tui"
    texts = {p.title for p in PALETTES.values()}
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if called == "Binding" and len(node.args) > 2:
                texts.add(ast.literal_eval(node.args[2]))
    assert sorted(text for text in texts if text not in catalogue()) == []
