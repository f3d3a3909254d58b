"""Reads a number as people type it: exactly, in any usual spelling.

``0.125``, ``1/8``, ``12.5 %``, ``１２．５％``, ``1.25e-1``, ``1.25 × 10^-1``, ``½``, ``235,146``,
``2^10``, ``784*10 + 10``, ``3万``, ``百分之十二点五``. The value is a Fraction, so nothing is lost
before it is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

LONGEST: Final = 200
_LARGEST_EXPONENT: Final = 400

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("×⋅·∙✕✖∗", "*"),
        **dict.fromkeys("÷⁄∕", "/"),
        **dict.fromkeys("−–—‐‑‒﹣", "-"),
        "。": ".",
        "負": "-",
        "负": "-",
    }
)
_MULTIPLIERS: Final = {
    "k": 10**3,
    "thousand": 10**3,
    "million": 10**6,
    "M": 10**6,
    "billion": 10**9,
    "B": 10**9,
    "G": 10**9,
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
}
_WORDS: Final = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
# dimension -> spelling -> size in the dimension's base unit; capitals do not matter
_UNITS: Final[tuple[dict[str, Fraction], ...]] = (
    {
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), Fraction(1)),
        **dict.fromkeys(("ms", "millisecond", "milliseconds", "毫秒"), Fraction(1, 10**3)),
        **dict.fromkeys(("us", "μs", "microsecond", "microseconds", "微秒"), Fraction(1, 10**6)),
        **dict.fromkeys(("ns", "nanosecond", "nanoseconds", "纳秒"), Fraction(1, 10**9)),
        **dict.fromkeys(("min", "mins", "minute", "minutes", "分钟", "分"), Fraction(60)),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时"), Fraction(3600)),
    },
    {
        **dict.fromkeys(("b", "byte", "bytes", "字节"), Fraction(1)),
        **dict.fromkeys(("bit", "bits", "比特", "位"), Fraction(1, 8)),
        **dict.fromkeys(("kb", "kilobyte", "kilobytes", "千字节"), Fraction(10**3)),
        **dict.fromkeys(("mb", "megabyte", "megabytes", "兆字节"), Fraction(10**6)),
        **dict.fromkeys(("gb", "gigabyte", "gigabytes", "吉字节"), Fraction(10**9)),
        **dict.fromkeys(("tb", "terabyte", "terabytes"), Fraction(10**12)),
        **dict.fromkeys(("kib", "kibibyte", "kibibytes"), Fraction(2**10)),
        **dict.fromkeys(("mib", "mebibyte", "mebibytes"), Fraction(2**20)),
        **dict.fromkeys(("gib", "gibibyte", "gibibytes"), Fraction(2**30)),
    },
    {
        **dict.fromkeys(("%", "percent", "per cent", "pct"), Fraction(1, 100)),
        **dict.fromkeys(("‰", "per mille"), Fraction(1, 1000)),
    },
)


class NumberError(ValueError):
    """``reason`` is ``"form"``, ``"comma"`` or ``"unit"``; ``word`` is what was not understood."""

    def __init__(self, reason: str, word: str = "") -> None:
        super().__init__(f"{reason}: {word}")
        self.reason = reason
        self.word = word


def evaluate(text: str) -> Fraction:
    """The value of a number without unit, or of simple arithmetic. Raises NumberError."""
    return _Parser(_tidy(text)).value()


def measure(text: str, unit: Sequence[str]) -> Fraction:
    """The value, in ``unit``, of a number that may name its unit.

    ``unit`` holds its spellings. A unit of the same kind is converted: ``"0.5 s"`` in
    milliseconds is 500.
    """
    tidy = _tidy(text)
    own = sorted((unicodedata.normalize("NFKC", u) for u in unit), key=len, reverse=True)
    for spelling in own:
        number = _without(tidy, spelling)
        if number is not None:
            return _Parser(number).value()
    for sizes in _UNITS:
        scale = next((sizes[u.casefold()] for u in own if u.casefold() in sizes), None)
        if scale is None:
            continue
        for spelling in sorted(sizes, key=len, reverse=True):
            number = _without(tidy, spelling)
            if number is not None:
                return _Parser(number).value() * sizes[spelling] / scale
    return _Parser(tidy).value()


def _without(text: str, unit: str) -> str | None:
    """The number before the unit, or None where the text does not end with it."""
    if not text.casefold().endswith(unit.casefold()):
        return None
    number = text[: -len(unit)].rstrip()
    # "5 s" but not the end of a longer word
    if not number or (number[-1].isalpha() and number[-1].isascii() and unit[0].isalpha()):
        return None
    return number


def _tidy(text: str) -> str:
    if len(text) > LONGEST:
        raise NumberError("form", text[:20] + "…")
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^(" + m[0].translate(_SUPERSCRIPTS) + ")", text)
    text = re.sub(
        r"(\d*)\s*([¼½¾⅐-⅞])",
        lambda m: f"({m[1] or 0}+{unicodedata.normalize('NFKC', m[2])})",
        text,
    )
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()
    text = re.sub(
        r"^(?:≈|~|=|约等于|大约|约|about\b|approximately\b)\s*", "", text, flags=re.IGNORECASE
    )
    text = re.sub("百分之(.+)", r"(\1)%", text)
    text = re.sub("([^分]+)分之([^分]+)", r"(\2)/(\1)", text)
    text = re.sub(
        r"(?<![\d.])[十百零〇一二两三四五六七八九][零〇一二两三四五六七八九十百千万亿点]*",
        _chinese,
        text,
    )
    text = re.sub(r"(?<=\d)['’_](?=\d)", "", text)
    # thousands set apart by spaces
    text = re.sub(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)", lambda m: m[0].replace(" ", ""), text)
    return text


_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def _chinese(match: re.Match[str]) -> str:
    whole, _, fraction = match[0].partition("点")
    if not all(c in _DIGITS for c in fraction):
        return match[0]
    if all(c in _DIGITS for c in whole):
        result = "".join(str(_DIGITS[c]) for c in whole)
    else:
        total = section = 0
        digit: int | None = None
        for c in whole:
            if c in _DIGITS:
                digit = _DIGITS[c]
            elif c in "十百千":
                section += (1 if digit is None else digit) * {"十": 10, "百": 100, "千": 1000}[c]
                digit = None
            else:
                total = (total + section + (digit or 0)) * {"万": 10**4, "亿": 10**8}[c]
                section, digit = 0, None
        result = str(total + section + (digit or 0))
    return result + ("." + "".join(str(_DIGITS[c]) for c in fraction) if fraction else "")


_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9a-fA-F]+\b|0[bB][01]+\b"
    r"|(?:\d+(?:,\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d_]+)|(?P<sign>\*\*|\S))"
)


class _Parser:
    """Arithmetic over Fractions: ``+ - * / ^ %`` and parentheses."""

    def __init__(self, text: str) -> None:
        self.tokens = [
            (m.lastgroup or "", m[m.lastgroup or 0]) for m in _TOKEN.finditer(text.strip())
        ]
        self.at = 0

    def value(self) -> Fraction:
        try:
            result = self._sum()
        except (ZeroDivisionError, OverflowError, RecursionError):
            raise NumberError("form") from None
        if self.at < len(self.tokens):
            kind, word = self.tokens[self.at]
            raise NumberError("unit" if kind == "word" else "form", word)
        return result

    def _next(self, *wanted: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][1] in wanted:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _sum(self) -> Fraction:
        result = self._product()
        while sign := self._next("+", "-"):
            result = result + self._product() if sign == "+" else result - self._product()
        return result

    def _product(self) -> Fraction:
        result = self._signed()
        while sign := self._next("*", "/", "x", "X"):
            result = result / self._signed() if sign == "/" else result * self._signed()
        return result

    def _signed(self) -> Fraction:
        if sign := self._next("+", "-"):
            return -self._signed() if sign == "-" else self._signed()
        base = self._atom()
        while self._next("%", "percent", "Percent", "pct"):
            base /= 100
        if self._next("^", "**"):
            exponent = self._signed()
            digits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if abs(exponent) * digits > 20 * _LARGEST_EXPONENT:
                raise NumberError("form")
            if exponent.denominator == 1:
                return base ** int(exponent)
            if base < 0:
                raise NumberError("form")
            return Fraction(float(base) ** float(exponent))
        return base

    def _atom(self) -> Fraction:
        if self.at >= len(self.tokens):
            raise NumberError("form")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            result = _number(word)
        elif kind == "word" and word.lower() in _WORDS:
            result = Fraction(_WORDS[word.lower()])
        elif word == "(":
            result = self._sum()
            if not self._next(")"):
                raise NumberError("form", "(")
        else:
            raise NumberError("form", word)
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "word":
            name = self.tokens[self.at][1]
            factor = _MULTIPLIERS.get(name) or _MULTIPLIERS.get(name.lower())
            if factor:
                self.at += 1
                result *= factor
        return result


def _number(word: str) -> Fraction:
    if word[:2].lower() in ("0x", "0b"):
        return Fraction(int(word, 0))
    number, _, exponent = word.lower().partition("e")
    if abs(int(exponent or 0)) > _LARGEST_EXPONENT:
        raise NumberError("form", word)
    whole, point, fraction = number.partition(".")
    if "," in whole:
        groups = whole.split(",")
        if (
            all(len(group) == 3 for group in groups[1:])
            and len(groups[0]) <= 3
            and groups[0] != "0"
        ):
            whole = "".join(groups)
        elif len(groups) == 2 and not point and (len(groups[1]) < 3 or groups[0] == "0"):
            whole, fraction = groups  # a decimal comma
        else:
            raise NumberError("comma", word)
    return Fraction(f"{whole or 0}.{fraction or 0}e{exponent or 0}")
