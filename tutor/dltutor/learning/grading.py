"""Grades an answer by what it means, not by how it is written.

An answer that can not be understood gets a ``problem`` that says what is expected; it is
never counted. A wrong answer gets the author's reason where there is one, and otherwise may
learn how it is near, never what is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from dltutor import i18n
from dltutor.chapter import LANGUAGES, Text, pick
from dltutor.learning.numbers import NumberError, evaluate, measure
from dltutor.learning.questions import Option, Presented, Question


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an answer."""

    right: bool
    explanation: Text = ""
    """why it is right, or what is wrong with it"""
    problem: Text = ""
    """not empty: the answer could not be understood, so it is not counted"""


class _UnclearError(Exception):
    """The answer can not be understood; ``text`` says what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__()
        self.text = text


def grade(presented: Presented, answer: str) -> Verdict:
    """Judges what was typed."""
    question = presented.question
    try:
        if not answer.strip():
            raise _UnclearError(expects(question))
        return _GRADERS[question.kind](presented, answer)
    except _UnclearError as unclear:
        return Verdict(False, problem=unclear.text)


def expects(question: Question) -> Text:
    """The form of an answer, in words: what to show at the input."""
    kind = question.kind
    if kind == "choice":
        return say("one letter, such as: b")
    if kind == "choices":
        return say("the letters of all that are right, such as: a c")
    if kind == "order":
        return say("every letter once, in order, such as: b a c")
    if kind == "match":
        return say("a letter for each number, such as: 1b 2a 3c")
    if kind == "shape":
        return say("a shape, such as: (2, 3)")
    if kind == "text":
        return say("a word or a few")
    if kind == "output":
        if "\n" in str(question.answer):
            return say("what is printed, with \\n between the lines")
        return say("what is printed")
    if question.unit:
        return say("a number, in {unit}", unit=question.unit[0])
    return say("a number, such as: 42, 0.5, 1/8, 3e-4 or 12 %")


# -- texts ------------------------------------------------------------


def say(text: str, **values: object) -> Text:
    """An interface text in every language."""
    return {
        lang: (i18n.catalogue().get(text, text) if lang == "zh" else text).format(**values)
        for lang in LANGUAGES
    }


def join(texts: Iterable[Text], between: str = "\n") -> Text:
    """Several texts as one, in every language; empty and repeated ones are left out."""
    kept = [text for text in texts if text]
    if not kept:
        return ""
    # Chinese has no space between sentences
    signs = {lang: "" if lang == "zh" and between == " " else between for lang in LANGUAGES}
    return {
        lang: sign.join(dict.fromkeys(pick(text, lang) for text in kept))
        for lang, sign in signs.items()
    }


def tidy(text: str) -> str:
    """Width, case and spaces made alike; every sign is kept."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_ENDS: Final = " .,;:!?。、"
_QUOTES: Final = re.compile("[\"'`“”‘’「」『』《》]")
_LETTER: Final = r"[^\W\d_]"


def plain(text: str) -> str:
    """A word or phrase made alike in what does not change its meaning.

    Quotes, full stops, a leading article and ``()`` at the end go; so do spaces, hyphens and
    underscores between words. Signs next to digits stay: ``1e-3`` is not ``1e3``.
    """
    kept = tidy(text)
    short = _QUOTES.sub("", kept).strip(_ENDS)
    short = re.sub(r"^(?:a|an|the) (?=\w)", "", short).removesuffix("()")
    short = re.sub("[‐‑‒–—−]", "-", short)
    short = re.sub(rf"(?<={_LETTER})[-_ ]+(?={_LETTER})", "", short)
    short = re.sub(rf"(?<={_LETTER}{_LETTER})-(?=\d)", "", short)
    short = re.sub(r"(?<!\d) | (?!\d)", "", short)
    return short if re.search(_LETTER, short) else kept


# -- letters ------------------------------------------------------------

_BETWEEN: Final = re.compile(r"[\s,;、/+&>→]+|[-=]+>|\band\b|\bthen\b|[和与及]")


def _letter(presented: Presented, word: str) -> Option | None:
    """The option that ``word`` means: its letter, its text, its number, or letter and text."""
    word = tidy(word)
    options = presented.options
    bare = re.fullmatch(r"[(\[]?([a-z])[)\].:、]?", word)
    if bare:
        return next((o for o in options if o.letter == bare[1]), None)
    for form in (tidy, plain, _shown):
        same = [
            o for o in options if any(form(pick(o.text, lang)) == form(word) for lang in LANGUAGES)
        ]
        if len(same) == 1:
            return same[0]
    if word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= len(options):
        return options[int(word) - 1]
    both = re.fullmatch(r"([a-z])[).:、]\s*(.+)", word)
    if both:
        option = _letter(presented, both[1])
        return option if option and _letter(presented, both[2]) == option else None
    return None


def _shown(text: str) -> str:
    """A choice as it stands on the screen, without markup and spaces, formulas in Unicode."""
    from dltutor import content, prose

    words = _QUOTES.sub("", prose.plain(content.inline_formulas(text)))
    return "".join(plain(words).split())


def _letters(presented: Presented, answer: str) -> list[Option]:
    """The options named by ``ac``, ``a c``, ``1 3``, or their texts with commas between."""
    word = tidy(answer)
    whole = _letter(presented, word)
    if whole:
        return [whole]
    glued = re.fullmatch(r"[a-z]+|[1-9]+", word)
    if glued:
        found = [_letter(presented, c) for c in word]
        if None not in found:
            return [o for o in found if o]
    # commas first: of "a tensor; 784" the a is no letter
    for between in (re.compile(r"\s*[,;、]\s*"), _BETWEEN):
        parts = [part for part in between.split(word) if part.strip("()[]{} ")]
        found = [
            _letter(presented, part.strip("()[]{} ") if len(part) <= 4 else part) for part in parts
        ]
        if found and None not in found:
            return [o for o in found if o]
    raise _unclear(
        presented.question, say("The letters go from a to {last}.", last=presented.letters()[-1])
    )


def _unclear(question: Question, first: Text = "") -> _UnclearError:
    """``first``, then what form of answer is expected."""
    return _UnclearError(join([first, _form(question)], " "))


def _form(question: Question) -> Text:
    form = expects(question)
    return {lang: pick(say("Expected: {form}.", form=pick(form, lang)), lang) for lang in LANGUAGES}


def _choice(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    chosen = _letters(presented, answer)
    if len(chosen) != 1:
        raise _unclear(question, say("Only one is right."))
    choice = question.choices[chosen[0].index]
    if choice.right:
        return Verdict(True, join([choice.why, question.explain]))
    return Verdict(False, choice.why)


def _choices(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    chosen = [question.choices[option.index] for option in _letters(presented, answer)]
    if all(choice.right == (choice in chosen) for choice in question.choices):
        return Verdict(True, question.explain)
    wrong = [choice for choice in chosen if not choice.right]
    if not wrong:
        return Verdict(False, say("What you chose is right, but something is missing."))
    # one reason for each wrong choice, with the choice in front where there are several
    reasons = [
        choice.why if len(wrong) == 1 else join([choice.text, choice.why], ": ") for choice in wrong
    ]
    return Verdict(False, join(reasons))


def _order(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    chosen = [option.index for option in _letters(presented, answer)]
    if sorted(chosen) != list(range(len(question.items))):
        raise _unclear(
            question, say("Every letter from a to {last} once.", last=presented.letters()[-1])
        )
    placed = sum(place == index for place, index in enumerate(chosen))
    if placed == len(chosen):
        return Verdict(True, question.explain)
    return Verdict(
        False, say("{count} of {total} stand in their place.", count=placed, total=len(chosen))
    )


_PAIR: Final = re.compile(r"[(\[]?(\d+)[-=:>→.)\] ]*([a-z])[)\]]?")
_PAIR_TURNED: Final = re.compile(r"[(\[]?([a-z])[-=:>→.)\] ]*(\d+)[)\]]?")


def _match(presented: Presented, answer: str) -> Verdict:
    question, lefts = presented.question, presented.lefts
    word = tidy(answer)
    pairs: list[tuple[int, Option | None]] = []
    for pattern, left, right in ((_PAIR, 1, 2), (_PAIR_TURNED, 2, 1)):
        found = list(pattern.finditer(word))
        if found and not pattern.sub("", word).strip(" ,;、/.|"):
            pairs = [(int(m[left][:4]), _letter(presented, m[right])) for m in found]
            break
    else:
        pairs = list(enumerate(_letters(presented, answer), 1))
    last = presented.letters()[-1]
    if sorted(number for number, _ in pairs) != list(range(1, len(lefts) + 1)):
        raise _unclear(question, say("Every number from 1 to {count} once.", count=len(lefts)))
    chosen = [option for _, option in sorted(pairs, key=lambda pair: pair[0]) if option]
    if len(chosen) < len(lefts):
        raise _unclear(question, say("The letters go from a to {last}.", last=last))
    if len(presented.options) == len(lefts) and len({o.letter for o in chosen}) < len(chosen):
        raise _unclear(question, say("Every letter from a to {last} once.", last=last))
    rights = [right for _, right in question.pairs]
    matched = sum(option.text == right for option, right in zip(chosen, rights, strict=True))
    if matched == len(rights):
        return Verdict(True, question.explain)
    return Verdict(
        False, say("{count} of {total} are matched rightly.", count=matched, total=len(rights))
    )


# -- numbers ------------------------------------------------------------


def exact(value: Any) -> Fraction:
    """The number that the author wrote, as written: 0.1 is a tenth."""
    return evaluate(value) if isinstance(value, str) else Fraction(str(value))


def _is_within(value: Fraction, answer: Fraction, tolerance: float) -> bool:
    return abs(value - answer) <= Fraction(str(tolerance)) * (abs(answer) or 1)


def _number(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    try:
        value = measure(answer, question.unit)
    except NumberError as error:
        if error.reason == "comma":
            raise _unclear(
                question, say("The comma in {word} can be read in two ways.", word=error.word)
            ) from None
        if error.reason == "unit" and question.unit:
            raise _unclear(question, say("The unit is {unit}.", unit=question.unit[0])) from None
        if error.reason == "unit":
            raise _unclear(
                question, say("Only the number, without {word}.", word=error.word)
            ) from None
        raise _unclear(question, say("That is not a number.")) from None
    right = exact(question.answer)
    if _is_within(value, right, question.tolerance):
        return Verdict(True, question.explain)
    for wrong in question.wrong:
        if _is_within(value, exact(wrong.answer), question.tolerance):
            return Verdict(False, wrong.why)
    return Verdict(False, join([_near_number(value, right, question), _form(question)], " "))


def _near_number(value: Fraction, right: Fraction, question: Question) -> Text:
    def like(other: Fraction) -> bool:
        return _is_within(value, other, max(question.tolerance, 1e-9))

    if right and like(-right):
        return say("The size is right; look at the sign.")
    if right and (like(right * 100) or like(right / 100)):
        return say("Off by a factor of 100: is it a share or a percentage?")
    if right and any(like(right * Fraction(10) ** power) for power in range(-9, 10) if power):
        return say("The digits are right; look at the power of ten.")
    if right and value and like(1 / right):
        return say("That is the reciprocal.")
    if right and abs(value - right) <= abs(right) / 50:
        return say("Very near, but not exact enough.")
    return say("That is not it.")


# -- words ------------------------------------------------------------


def _text(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    given = plain(answer)
    if any(given == plain(accepted) for accepted in question.answers):
        return Verdict(True, question.explain)
    for wrong in question.wrong:
        if given == plain(str(wrong.answer)):
            return Verdict(False, wrong.why)
    if any(_is_slip(given, plain(accepted)) for accepted in question.answers):
        raise _UnclearError(say("Nearly: look at the spelling."))
    return Verdict(False, join([say("That is not it."), _form(question)], " "))


def _is_slip(given: str, right: str) -> bool:
    """One letter too many, too few, wrong or swapped, in a Latin word of six or more."""
    if (
        min(len(given), len(right)) < 6
        or not (given.isascii() and right.isascii())
        or given == right
    ):
        return False
    if any(c.isdigit() for c in given + right):
        return False
    start = 0
    while start < min(len(given), len(right)) and given[start] == right[start]:
        start += 1
    a, b = given[start:], right[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


# -- shapes and output ------------------------------------------------------------

_SHAPE_NAME: Final = re.compile(
    r"^(?:(?:shape|形状)\s*[:=是为]?\s*)?(?:(?:torch\s*\.\s*)?size)?\s*"
)
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}


def shape(text: str) -> tuple[int, ...] | None:
    """The sizes in ``(5, 10)``, ``5x10``, ``5 10``, ``torch.Size([5, 10])``; else None."""
    word = unicodedata.normalize("NFKC", text).casefold().strip().strip(" .。")
    word = _SHAPE_NAME.sub("", word)
    if word in ("scalar", "标量"):
        return ()
    bracketed = False
    while word and word[0] in _BRACKETS and word[-1] == _BRACKETS[word[0]]:
        word, bracketed = word[1:-1].strip(), True
    if not word:
        return () if bracketed else None
    parts = re.split(r"\s*[,x×✕✖*、;乘]\s*|\s+by\s+|\s+", word.rstrip(", "))
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        return None
    return tuple(int(part) for part in parts)


def _shape(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    given = shape(answer)
    if given is None:
        raise _unclear(question, say("That is not a shape of whole numbers."))
    right = tuple(question.answer) if isinstance(question.answer, tuple) else ()
    if given == right:
        return Verdict(True, question.explain)
    for wrong in question.wrong:
        if given == wrong.answer:
            return Verdict(False, wrong.why)
    return Verdict(False, _near_shape(given, right))


def _near_shape(given: tuple[int, ...], right: tuple[int, ...]) -> Text:
    from math import prod

    if sorted(given) == sorted(right):
        return say("The right sizes, in another order.")
    if len(given) != len(right):
        return say("The number of dimensions is not right.")
    if prod(given) == prod(right):
        return say("The right number of elements, shared out differently.")
    same = sum(a == b for a, b in zip(given, right, strict=True))
    return say("{count} of {total} sizes are right.", count=same, total=len(right))


_PRINTED_NUMBER: Final = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w])", re.IGNORECASE
)


def printed(text: str) -> list[str]:
    """The lines of printed text with what can not be seen made alike."""
    text = unicodedata.normalize("NFKC", text.replace("\\n", "\n")).replace("'", '"')
    lines = []
    for line in text.strip().split("\n"):
        line = re.sub(r"\s*([\[\](),:{}=])\s*", r"\1", " ".join(line.split()))
        lines.append(re.sub(r"\b(true|false|none)\b", lambda m: m[0].capitalize(), line))
    return lines


def _same_output(given: str, right: str, *, loose: bool = False) -> bool:
    a, b = printed(given), printed(right)
    if len(a) == 1 < len(b):
        # an answer of one line may have spaces where the lines end
        b = printed(" ".join(b))
    if len(a) != len(b):
        return False
    return all(_same_line(x, y, loose) for x, y in zip(a, b, strict=True))


def _same_line(given: str, right: str, loose: bool) -> bool:
    if loose:
        given, right = given.casefold(), right.casefold()
    if _PRINTED_NUMBER.sub("#", given) != _PRINTED_NUMBER.sub("#", right):
        return False
    numbers = zip(_PRINTED_NUMBER.findall(given), _PRINTED_NUMBER.findall(right), strict=True)
    return all(_same_number(x, y, loose) for x, y in numbers)


def _same_number(given: str, right: str, loose: bool) -> bool:
    """Equal to the precision that is printed. 2 and 2.0 are printed differently, and differ."""
    is_whole = [bool(re.fullmatch(r"[-+]?\d+", word)) for word in (given, right)]
    if is_whole[0] != is_whole[1] and not loose:
        return False
    if all(is_whole):
        return int(given) == int(right)
    number, _, exponent = right.lower().partition("e")
    decimals = len(number.partition(".")[2]) - int(exponent or 0)
    return abs(Fraction(given) - Fraction(right)) <= Fraction(1, 2) / Fraction(10) ** decimals


def _output(presented: Presented, answer: str) -> Verdict:
    question = presented.question
    right = str(question.answer)
    if _same_output(answer, right):
        return Verdict(True, question.explain)
    for wrong in question.wrong:
        if _same_output(answer, str(wrong.answer)):
            return Verdict(False, wrong.why)
    if _same_output(answer, right, loose=True):
        return Verdict(
            False,
            say("The values are right; look at how exactly they are printed: 2 or 2.0, a or A."),
        )
    return Verdict(False, join([say("That is not what it prints."), _form(question)], " "))


_GRADERS: Final = {
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "text": _text,
    "order": _order,
    "match": _match,
    "shape": _shape,
    "output": _output,
}
