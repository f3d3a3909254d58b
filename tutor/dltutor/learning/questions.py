"""A chapter's questions: read from ``quiz.toml``, shuffled for showing, and graded.

The format stands in ``docs/architecture.md``. The reader is strict: whatever is missing,
misspelt or contradictory is a ContentError that names the file, the question and the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dltutor.chapter import LANGUAGES, Chapter, Text, pick
from dltutor.errors import ContentError

if TYPE_CHECKING:
    from dltutor.learning.grading import Verdict

FILE: Final = "quiz.toml"
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_COMMON: Final = ("id", "kind", "lesson", "prompt", "hint", "explain")
# kind -> (keys it needs, keys it may have)
_KEYS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "choice": (("choices",), ()),
    "choices": (("choices",), ()),
    "number": (("answer",), ("tolerance", "unit", "wrong")),
    "text": (("answers",), ("wrong",)),
    "order": (("items",), ()),
    "match": (("pairs",), ()),
    "shape": (("answer", "code", "input"), ("wrong",)),
    "output": (("answer", "code"), ("wrong",)),
}
KINDS: Final = tuple(_KEYS)
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Answer = int | float | str | tuple[int, ...]
"""A number's value, a text or printed output, a shape; by the question's kind."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice, and what to say to whoever takes it."""

    text: Text
    right: bool
    why: Text = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer that people really give, and why it is wrong."""

    answer: Answer
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. The fields after ``explain`` are filled according to ``kind``."""

    id: str
    """``"chapter3/one-hot"``: progress hangs on it, so it never changes"""
    kind: str
    """one of KINDS"""
    lesson: str
    """the slug of the lesson that answers it"""
    prompt: Text
    hint: Text
    explain: Text
    choices: tuple[Choice, ...] = ()
    answer: Answer = ""
    """number, shape, output: the right answer"""
    answers: tuple[str, ...] = ()
    """text: everything that is right, in any language"""
    tolerance: float = 0.0
    """number: how far off is still right, relative to the answer (absolute where it is 0)"""
    unit: tuple[str, ...] = ()
    """number: the unit, in its spellings; the first is shown"""
    items: tuple[Text, ...] = ()
    """order: in the right order"""
    pairs: tuple[tuple[Text, Text], ...] = ()
    """match: left and right"""
    code: str = ""
    """shape: an expression that is a layer; output: a program"""
    input: tuple[int, ...] = ()
    """shape: what the layer is given"""
    wrong: tuple[Wrong, ...] = ()

    @property
    def chapter_id(self) -> str:
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, to order or to match with, and the letter it goes by this time."""

    letter: str
    text: Text
    index: int
    """its place in ``choices`` or ``items``, or the first pair with this right side"""


@dataclass(frozen=True, slots=True)
class Presented:
    """A question as it is shown once: options shuffled and lettered."""

    question: Question
    options: tuple[Option, ...] = ()
    """choices, items, or right-hand sides; none for answers that are typed"""
    lefts: tuple[Text, ...] = ()
    """match: the left-hand sides, numbered from 1"""

    def letters(self) -> str:
        return LETTERS[: len(self.options)]


# -- reading ------------------------------------------------------------


def questions(chapter: Chapter) -> tuple[Question, ...]:
    """The chapter's questions as in its ``quiz.toml``; none where there is no such file."""
    from dltutor import content

    file = content.folder(chapter) / FILE
    return read(content.read_text(file), chapter.id, str(file)) if file.exists() else ()


def read(text: str, chapter_id: str, file: str = FILE) -> tuple[Question, ...]:
    """The questions in the text of a ``quiz.toml``; ``file`` is named in errors."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file}: {error}") from None
    for key in data:
        if key != "question":
            raise ContentError(
                f"{file}: unknown key {key!r}", "a quiz holds [[question]] tables only"
            )
    tables = data.get("question", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ContentError(f"{file}: 'question' must be a list of tables", "write [[question]]")
    found: dict[str, Question] = {}
    for number, table in enumerate(tables, 1):
        question = _Reader(file, number, table).question(chapter_id)
        if question.id in found:
            raise ContentError(
                f"{file}: question {question.id.partition('/')[2]!r}: id: there are two of this id"
            )
        found[question.id] = question
    return tuple(found.values())


class _Reader:
    """Reads one ``[[question]]`` and says exactly what is wrong with it."""

    def __init__(self, file: str, number: int, table: dict[str, Any]) -> None:
        self.table = table
        name = table.get("id")
        self.where = (
            f"{file}: question {name!r}"
            if isinstance(name, str) and name
            else f"{file}: question {number}"
        )

    def fail(self, key: str, message: str, hint: str = "") -> ContentError:
        return ContentError(f"{self.where}: {key}: {message}", hint)

    def question(self, chapter_id: str) -> Question:
        for key in ("id", "kind", "lesson"):
            if key not in self.table:
                raise self.fail(key, "is missing")
        for key in ("id", "lesson"):
            if not isinstance(self.table[key], str) or not _SLUG.fullmatch(self.table[key]):
                raise self.fail(
                    key, f"{self.table[key]!r} is not lower-case letters and digits joined by '-'"
                )
        kind = self.table["kind"]
        if kind not in KINDS:
            raise self.fail("kind", f"there is no kind {kind!r}", "one of " + ", ".join(KINDS))
        needed, allowed = _KEYS[kind]
        self._check_keys(self.table, "", (*_COMMON, *needed), allowed, f"keys of kind {kind}")
        return Question(
            id=f"{chapter_id}/{self.table['id']}",
            kind=kind,
            lesson=self.table["lesson"],
            prompt=self.text(self.table["prompt"], "prompt"),
            hint=self.text(self.table["hint"], "hint"),
            explain=self.text(self.table["explain"], "explain"),
            **getattr(self, f"_{kind}")(),
        )

    def _check_keys(
        self,
        table: Mapping[str, Any],
        at: str,
        needed: Sequence[str],
        allowed: Sequence[str],
        what: str,
    ) -> None:
        for key in table:
            if key not in needed and key not in allowed:
                from difflib import get_close_matches

                near = get_close_matches(key, (*needed, *allowed), n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise self.fail(
                    at + key, "unknown key", f"{hint}{what}: {', '.join((*needed, *allowed))}"
                )
        for key in needed:
            if key not in table:
                raise self.fail(at + key, "is missing")

    def text(self, value: Any, key: str) -> Text:
        """A text in one language or by language."""
        if isinstance(value, dict):
            for lang, words in value.items():
                if lang not in LANGUAGES:
                    raise self.fail(
                        f"{key}.{lang}", "unknown language", "one of " + ", ".join(LANGUAGES)
                    )
                if not isinstance(words, str) or not words.strip():
                    raise self.fail(f"{key}.{lang}", "must be a text that is not empty")
            if value:
                return {lang: words.strip() for lang, words in value.items()}
        elif isinstance(value, str) and value.strip():
            return value.strip()
        raise self.fail(key, "must be a text, or {en = ..., zh = ...}, not empty")

    def string(self, value: Any, key: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, "must be a text that is not empty")
        return value

    def array(self, value: Any, key: str, least: int = 1) -> list[Any]:
        if not isinstance(value, list) or len(value) < least:
            raise self.fail(key, f"must be a list of at least {least}")
        if len(value) > len(LETTERS):
            raise self.fail(key, f"holds {len(value)}, and there are {len(LETTERS)} letters")
        return value

    def shape(self, value: Any, key: str) -> tuple[int, ...]:
        if not isinstance(value, list) or not all(
            type(size) is int and size >= 0 for size in value
        ):
            raise self.fail(
                key, "must be a list of whole numbers that are not negative, such as [8, 10]"
            )
        return tuple(value)

    def tables(
        self, key: str, needed: Sequence[str], allowed: Sequence[str] = (), least: int = 1
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for i, table in enumerate(self.array(self.table[key], key, least), 1):
            if not isinstance(table, dict):
                raise self.fail(f"{key}[{i}]", "must be a table {...}")
            self._check_keys(table, f"{key}[{i}].", needed, allowed, f"keys of {key}")
            yield f"{key}[{i}]", table

    def distinct(self, texts: Sequence[Text], key: str) -> None:
        from dltutor.learning.grading import tidy

        for lang in LANGUAGES:
            seen: dict[str, int] = {}
            for i, text in enumerate(texts, 1):
                if (
                    key == "choices"
                    and len(tidy(pick(text, lang))) == 1
                    and tidy(pick(text, lang)) in LETTERS
                ):
                    raise self.fail(
                        f"{key}[{i}]", f"{pick(text, lang)!r} would be taken for a letter"
                    )
                first = seen.setdefault(tidy(pick(text, lang)), i)
                if first != i:
                    raise self.fail(
                        f"{key}[{i}]", f"reads like {key}[{first}]: {pick(text, lang)!r}"
                    )

    def _choice(self) -> dict[str, Any]:
        found = []
        for key, table in self.tables("choices", ("text", "right"), ("why",), least=2):
            if type(table["right"]) is not bool:
                raise self.fail(f"{key}.right", "must be true or false")
            if not table["right"] and "why" not in table:
                raise self.fail(
                    f"{key}.why", "is missing", "say why this choice tempts and why it fails"
                )
            why = self.text(table["why"], f"{key}.why") if "why" in table else ""
            found.append(Choice(self.text(table["text"], f"{key}.text"), table["right"], why))
        right = sum(choice.right for choice in found)
        if self.table["kind"] == "choice" and right != 1:
            raise self.fail(
                "choices", f"{right} are right, and it must be one", 'several: kind = "choices"'
            )
        if right == 0:
            raise self.fail("choices", "none is right")
        self.distinct([choice.text for choice in found], "choices")
        return {"choices": tuple(found)}

    _choices = _choice

    def _number(self) -> dict[str, Any]:
        answer = self.number(self.table["answer"], "answer")
        tolerance = self.table.get("tolerance", 0 if isinstance(answer, int) else 1e-6)
        if type(tolerance) not in (int, float) or not 0 <= tolerance < 1:
            raise self.fail(
                "tolerance", f"{tolerance!r} is not a number from 0 to below 1", "0.01 means 1 %"
            )
        unit = self.table.get("unit", [])
        units = [unit] if isinstance(unit, str) else self.array(unit, "unit", 0)
        return {
            "answer": answer,
            "tolerance": float(tolerance),
            "unit": tuple(self.string(u, "unit").strip() for u in units),
            "wrong": self.wrong(self.number),
        }

    def number(self, value: Any, key: str) -> int | float | str:
        """A number, or a text that is one exactly, such as "1/3"."""
        if type(value) is int:
            return value
        if type(value) is float and value == value and abs(value) != float("inf"):
            return value
        if isinstance(value, str):
            from dltutor.learning.numbers import NumberError, evaluate

            try:
                evaluate(value)
            except NumberError:
                pass
            else:
                return value
        raise self.fail(key, f"{value!r} is not a finite number")

    def _text(self) -> dict[str, Any]:
        answers = self.array(self.table["answers"], "answers")
        return {
            "answers": tuple(
                self.string(a, f"answers[{i}]").strip() for i, a in enumerate(answers, 1)
            ),
            "wrong": self.wrong(self.string),
        }

    def _order(self) -> dict[str, Any]:
        items = [
            self.text(item, f"items[{i}]")
            for i, item in enumerate(self.array(self.table["items"], "items", 2), 1)
        ]
        self.distinct(items, "items")
        return {"items": tuple(items)}

    def _match(self) -> dict[str, Any]:
        pairs = tuple(
            (self.text(table["left"], f"{key}.left"), self.text(table["right"], f"{key}.right"))
            for key, table in self.tables("pairs", ("left", "right"), least=2)
        )
        self.distinct([left for left, _ in pairs], "pairs.left")
        if len({repr(right) for _, right in pairs}) < 2:
            raise self.fail("pairs", "all have the same right side")
        return {"pairs": pairs}

    def _shape(self) -> dict[str, Any]:
        return {
            "answer": self.shape(self.table["answer"], "answer"),
            "code": self.program("eval"),
            "input": self.shape(self.table["input"], "input"),
            "wrong": self.wrong(self.shape),
        }

    def _output(self) -> dict[str, Any]:
        return {
            "answer": self.string(self.table["answer"], "answer").strip("\n"),
            "code": self.program("exec"),
            "wrong": self.wrong(self.string),
        }

    def program(self, mode: str) -> str:
        code = self.string(self.table["code"], "code").strip("\n")
        try:
            compile(code, "<code>", mode)
        except (SyntaxError, ValueError) as error:
            what = "an expression" if mode == "eval" else "a program"
            raise self.fail("code", f"is not {what} of Python: {error}") from None
        return code

    def wrong(self, reader: Any) -> tuple[Wrong, ...]:
        if "wrong" not in self.table:
            return ()
        return tuple(
            Wrong(reader(table["answer"], f"{key}.answer"), self.text(table["why"], f"{key}.why"))
            for key, table in self.tables("wrong", ("answer", "why"))
        )


# -- showing and grading ------------------------------------------------------------


def present(question: Question, seed: int | str) -> Presented:
    """The question with its options shuffled by ``seed``: the same seed, the same letters.

    Items to order and sides to match are never shown in the right order.
    """
    import random

    texts: list[Text] = [choice.text for choice in question.choices] or list(question.items)
    first = list(range(len(texts)))
    if question.kind == "match":
        # one option for each different right side: several lefts may share one
        texts = [right for _, right in question.pairs]
        first = [i for i, text in enumerate(texts) if text not in texts[:i]]
    shuffled = first.copy()
    # a text as seed gives the same order in every process and version of Python
    rng = random.Random(f"{seed} {question.id}")
    rng.shuffle(shuffled)
    if question.kind in ("order", "match"):
        while shuffled == first:
            rng.shuffle(shuffled)
    return Presented(
        question,
        tuple(Option(LETTERS[i], texts[index], index) for i, index in enumerate(shuffled)),
        tuple(left for left, _ in question.pairs),
    )


def solution(presented: Presented) -> str:
    """The right answer as one would type it: ``"b"``, ``"b a c"``, ``"1b 2a"``, ``"(8, 10)"``."""
    question = presented.question
    letter = {option.index: option.letter for option in presented.options}
    if question.kind in ("choice", "choices"):
        return " ".join(
            option.letter for option in presented.options if question.choices[option.index].right
        )
    if question.kind == "order":
        return " ".join(letter[i] for i in range(len(question.items)))
    if question.kind == "match":
        rights = [right for _, right in question.pairs]
        return " ".join(f"{i}{letter[rights.index(right)]}" for i, right in enumerate(rights, 1))
    if question.kind == "text":
        return question.answers[0]
    return str(question.answer)


def grade(presented: Presented, answer: str) -> Verdict:
    """Judges a typed answer. One with a ``problem`` was not understood: do not count it."""
    from dltutor.learning import grading

    return grading.grade(presented, answer)
