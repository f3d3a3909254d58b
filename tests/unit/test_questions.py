"""Reading quiz.toml: what is right is read whole, what is wrong is named exactly."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dltutor.chapter import Chapter
from dltutor.errors import ContentError
from dltutor.learning.grading import expects
from dltutor.learning.questions import KINDS, grade, present, questions, read, solution

FOLDER = Path(__file__).parent / "data" / "quiz"
TEXT = (FOLDER / "kinds.toml").read_text(encoding="utf-8")
ALL = {question.kind: question for question in read(TEXT, "chapter3")}


def chapter_of(folder: Path, monkeypatch: pytest.MonkeyPatch, quiz: bytes | None) -> Chapter:
    """A chapter whose content package is ``folder``/quiz_content."""
    package = folder / "quiz_content"
    package.mkdir()
    (package / "__init__.py").touch()
    if quiz is not None:
        (package / "quiz.toml").write_bytes(quiz)
    monkeypatch.syspath_prepend(str(folder))
    return Chapter(id="chapter3", slug="x", title="X", summary="X", content="quiz_content")


def test_every_kind_is_read_and_its_stated_answer_is_right() -> None:
    assert tuple(ALL) == KINDS
    for question in ALL.values():
        assert question.id.startswith("chapter3/")
        presented = present(question, 5)
        assert grade(presented, solution(presented)).right
        assert expects(question)


def test_every_foreseen_wrong_answer_gets_its_reason() -> None:
    for question in ALL.values():
        for wrong in question.wrong:
            verdict = grade(present(question, 5), str(wrong.answer))
            assert not verdict.right
            assert verdict.explanation == wrong.why


def test_fields_are_read_as_they_are_meant() -> None:
    assert ALL["number"].answer == 7840
    assert ALL["number"].tolerance == 0
    assert ALL["number"].unit == ("weights", "个权重")
    assert ALL["shape"].answer == (8, 10)
    assert ALL["shape"].input == (8, 784)
    assert ALL["output"].answer == "3\n3.5"
    assert ALL["output"].code == "print(7 // 2)\nprint(7 / 2)"
    assert ALL["text"].answers == ("softmax", "软最大")
    assert [choice.right for choice in ALL["choices"].choices] == [True, True, False]
    assert ALL["match"].pairs[1][1] == {"en": "choose", "zh": "做选择"}


def test_texts_may_be_in_one_language() -> None:
    question = read((FOLDER / "english.toml").read_text(encoding="utf-8"), "my-chapter")[0]
    assert question.id == "my-chapter/plain"
    assert question.prompt == "The opposite of wrong?"
    assert grade(present(question, 1), "Right!").right


def test_the_same_seed_gives_the_same_letters_and_another_seed_others() -> None:
    question = ALL["choice"]
    orders = {tuple(o.index for o in present(question, seed).options) for seed in range(60)}
    assert len(orders) == 6
    assert present(question, "s") == present(question, "s")
    # a change of these would change the letters of a session that is repeated by its seed
    assert [o.index for o in present(ALL["choice"], 2).options] == [2, 0, 1]
    assert [o.index for o in present(ALL["order"], 2).options] == [3, 0, 1, 2]


@pytest.mark.parametrize("kind", ["order", "match"])
def test_an_order_and_a_match_are_never_shown_solved(kind: str) -> None:
    for seed in range(50):
        shown = [option.index for option in present(ALL[kind], seed).options]
        assert shown != sorted(shown)


# -- what is wrong -----------------------------------------------------------


def changed(kind: str, change: dict[str, Any], drop: str = "") -> dict[str, Any]:
    table = next(t for t in tomllib.loads(TEXT)["question"] if t["kind"] == kind)
    table.update(change)
    table.pop(drop, None)
    return table


def error_of(table: dict[str, Any]) -> str:
    with pytest.raises(ContentError) as caught:
        read(_toml([table]), "chapter3", "somewhere/quiz.toml")
    return str(caught.value)


def _toml(tables: list[dict[str, Any]]) -> str:
    return "\n".join(
        "[[question]]\n" + "\n".join(f"{key} = {_value(value)}" for key, value in table.items())
        for table in tables
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    return repr(value)


WHY = {"en": "so"}


@pytest.mark.parametrize(
    ("kind", "change", "drop", "named"),
    [
        ("number", {"anser": 3}, "", "anser: unknown key (did you mean answer?"),
        ("number", {}, "answer", "answer: is missing"),
        ("number", {}, "prompt", "prompt: is missing"),
        ("number", {}, "hint", "hint: is missing"),
        ("number", {}, "explain", "explain: is missing"),
        ("number", {}, "lesson", "lesson: is missing"),
        ("number", {"answer": "many"}, "", "answer: 'many' is not a finite number"),
        ("number", {"answer": True}, "", "answer: True is not a finite number"),
        ("number", {"answer": float("nan")}, "", "answer: nan is not"),
        ("number", {"tolerance": 2}, "", "tolerance: 2"),
        ("number", {"tolerance": -0.1}, "", "tolerance: -0.1"),
        ("number", {"unit": 5}, "", "unit: must be a list"),
        ("number", {"unit": [""]}, "", "unit: must be a text"),
        ("number", {"wrong": [{"answer": 3}]}, "", "wrong[1].why: is missing"),
        (
            "number",
            {"wrong": [{"answer": 3, "why": WHY, "hint": "x"}]},
            "",
            "wrong[1].hint: unknown key",
        ),
        ("number", {"prompt": {"en": ""}}, "", "prompt.en: must be a text that is not empty"),
        ("number", {"prompt": {"fr": "Quoi ?"}}, "", "prompt.fr: unknown language (one of en, zh)"),
        ("number", {"prompt": 5}, "", "prompt: must be a text"),
        ("number", {"id": "Not A Slug"}, "", "id: 'Not A Slug' is not lower-case"),
        ("number", {"lesson": "The Loss"}, "", "lesson: 'The Loss' is not lower-case"),
        (
            "number",
            {"kind": "riddle"},
            "",
            "kind: there is no kind 'riddle' (one of choice, choices",
        ),
        ("number", {"choices": []}, "", "choices: unknown key"),
        ("choice", {"choices": []}, "", "choices: must be a list of at least 2"),
        (
            "choice",
            {"choices": [{"text": "a", "right": True}, {"text": "b", "right": True}]},
            "",
            "choices: 2 are right",
        ),
        (
            "choice",
            {"choices": [{"text": "x", "right": True}, {"text": "y", "right": False}]},
            "",
            "choices[2].why: is missing",
        ),
        (
            "choice",
            {"choices": [{"text": "x", "right": 1}, {"text": "y", "right": False, "why": WHY}]},
            "",
            "choices[1].right: must be true or false",
        ),
        (
            "choice",
            {
                "choices": [
                    {"text": "It", "right": True},
                    {"text": " it", "right": False, "why": WHY},
                ]
            },
            "",
            "choices[2]: reads like choices[1]",
        ),
        (
            "choice",
            {"choices": [{"text": "c", "right": True}, {"text": "y", "right": False, "why": WHY}]},
            "",
            "choices[1]: 'c' would be taken for a letter",
        ),
        ("choice", {"choices": ["x", "y"]}, "", "choices[1]: must be a table"),
        (
            "choice",
            {"choices": [{"text": f"x{i}", "right": i == 0, "why": WHY} for i in range(27)]},
            "",
            "choices: holds 27",
        ),
        (
            "choices",
            {
                "choices": [
                    {"text": "x", "right": False, "why": WHY},
                    {"text": "y", "right": False, "why": WHY},
                ]
            },
            "",
            "choices: none is right",
        ),
        ("text", {"answers": []}, "", "answers: must be a list of at least 1"),
        ("text", {"answers": [3]}, "", "answers[1]: must be a text"),
        ("order", {"items": ["one"]}, "", "items: must be a list of at least 2"),
        ("order", {"items": ["one", "One"]}, "", "items[2]: reads like items[1]"),
        (
            "match",
            {"pairs": [{"left": "a1", "right": "x"}, {"left": "b1", "right": "x"}]},
            "",
            "pairs: all have the same right side",
        ),
        (
            "match",
            {"pairs": [{"left": "a1", "right": "x"}, {"left": "A1", "right": "y"}]},
            "",
            "pairs.left[2]: reads like",
        ),
        (
            "match",
            {"pairs": [{"left": "a1"}, {"left": "b1", "right": "x"}]},
            "",
            "pairs[1].right: is missing",
        ),
        ("shape", {"answer": [8, -1]}, "", "answer: must be a list of whole numbers"),
        ("shape", {"answer": [8, 1.5]}, "", "answer: must be a list of whole numbers"),
        ("shape", {"input": "8"}, "", "input: must be a list of whole numbers"),
        ("shape", {"code": "nn.Linear("}, "", "code: is not an expression of Python"),
        ("output", {"code": "print("}, "", "code: is not a program of Python"),
        ("output", {"code": ""}, "", "code: must be a text"),
        ("output", {}, "code", "code: is missing"),
    ],
)
def test_a_fault_is_named_with_file_question_and_key(
    kind: str, change: dict[str, Any], drop: str, named: str
) -> None:
    table = changed(kind, change, drop)
    message = error_of(table)
    assert named in message
    assert message.startswith(f"somewhere/quiz.toml: question {table['id']!r}: ")
    assert "\n" not in message


def test_a_question_without_id_is_named_by_its_number() -> None:
    first = changed("choice", {})
    with pytest.raises(ContentError, match="question 2: id: is missing"):
        read(_toml([first, changed("number", {}, "id")]), "chapter3")


def test_an_id_stands_once() -> None:
    table = changed("number", {})
    with pytest.raises(ContentError, match="'parameters': id: there are two"):
        read(_toml([table, table]), "chapter3")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[question]\n", "line 1"),
        ("[[questions]]\n", "unknown key 'questions'"),
        ("question = 3\n", "must be a list of tables"),
        ("title = 'x'\n", "unknown key 'title'"),
    ],
)
def test_a_file_that_is_no_quiz_is_named(text: str, named: str) -> None:
    with pytest.raises(ContentError, match=r"^quiz\.toml: .*") as caught:
        read(text, "chapter3")
    assert named in str(caught.value)


def test_a_chapter_without_a_quiz_has_no_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert questions(chapter_of(tmp_path, monkeypatch, None)) == ()


def test_the_file_of_a_chapter_is_named_whatever_is_wrong_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chapter = chapter_of(tmp_path, monkeypatch, b"\xff\xfe")
    file = tmp_path / "quiz_content" / "quiz.toml"
    with pytest.raises(ContentError, match="not UTF-8") as caught:
        questions(chapter)
    assert str(file) in str(caught.value)
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert len(questions(chapter)) == len(KINDS)
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert len(questions(chapter)) == len(KINDS)
