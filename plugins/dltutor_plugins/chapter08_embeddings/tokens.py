"""From text as people write it to words, and to letters."""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from functools import lru_cache
from typing import Any

from dltutor import paths
from dltutor.data.texts import normalise

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
TOKEN = re.compile(
    rf"[{HAN}]+"  # Chinese, still in one piece
    r"|\d+(?:[.,]\d+)*"  # a number: 3.5, 10,000
    rf"|(?:(?![{HAN}])[^\W\d_])+"  # letters: a word,
    rf"(?:['’](?:(?![{HAN}])[^\W\d_])+)*"  # with its apostrophes
    r"|[^\w\s](?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*"  # a sign
)


def clean(text: str) -> str:
    """Text without what machines put into it, in small letters.

    Full-width forms become usual ones, entities such as ``&amp;`` what
    they stand for (AG News has lost the ``&`` of some), tags and
    backslashes spaces, never nothing: words would run together.
    """
    text = re.sub(r" ?(?<!&)#39;", "'", text)
    text = re.sub(r"(?<!&)#(\d{2,4});", r"&#\1;", text)
    text = html.unescape(text.replace("\\", " "))
    text = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", text)
    return normalise(text).lower()


def words(text: str) -> list[str]:
    """The words of a text in any mixture of scripts, cleaned.

    Chinese is divided by jieba, everything else at spaces and signs.
    Punctuation is left out; emoji and other symbols are words.
    """
    found: list[str] = []
    for piece in TOKEN.findall(clean(text)):
        if is_han(piece):
            found += jieba().cut(piece)
        elif unicodedata.category(piece[0])[0] in "LNSM":
            found.append(piece)
    return found


def is_han(text: str) -> bool:
    return re.match(rf"[{HAN}]", text) is not None


@lru_cache(maxsize=1)
def jieba() -> Any:
    """jieba's tokenizer: loaded at first use, silent, its cache with ours."""
    import jieba as package

    package.setLogLevel(logging.WARNING)
    tokenizer = package.Tokenizer()
    folder = cache_folder()
    tokenizer.tmp_dir = str(folder)
    return tokenizer


def cache_folder() -> Any:
    """Where this chapter keeps what can be made again."""
    folder = paths.cache_folder() / "chapter8"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# --- words that say little, and forms of one word

_ENGLISH = (
    "a about after all also an and any are as at be been but by "
    "can could did do does for from had has have he her his how i "
    "if in into is it its me more my no not of on or our she so "
    "some than that the their them then there these they this to up "
    "was we were what when which who will with would you your "
)
_CHINESE = (
    "的 了 和 是 在 也 就 都 而 及 与 着 或 一个 没有 我们 你们 他们 "
    "它们 我 你 他 她 它 这 那 这个 那个 这些 那些 之 把 被 让 给 从 "
    "对 对于 为 为了 以 于 由 向 到 上 下 中 里 后 前 还 又 很 太 最 "
    "更 再 不 要 会 能 可以 可 地 得 吗 呢 吧 啊 呀 因为 所以 但是 但 "
    "如果 就是 还是 一 有 去 来 说 等 个 将 并 其 "
)
STOP = frozenset(f"{_ENGLISH}{_CHINESE}".split())


def content_words(text: str) -> list[str]:
    """The words of a text that are no stop words: for keywords."""
    return [w for w in words(text) if w not in STOP and w[0].isalnum()]


VOWEL = re.compile(r"[aeiouy]")


def stem(word: str) -> str:
    """An English word without -s, -es, -ed and -ing.

    Step 1 of M. F. Porter's algorithm (1980); four more steps take off
    -ation, -ness and the like.
    """
    if len(word) < 3 or not word.isascii():
        return word
    if word.endswith(("sses", "ies")):
        word = word[:-2]  # caresses: caress, ponies: poni
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest == word or word.endswith("eed"):
            continue
        if not VOWEL.search(rest):
            break  # sing: nothing would be left that can be spoken
        if rest.endswith(("at", "bl", "iz")):
            word = rest + "e"  # conflat: conflate
        elif rest[-2:-1] == rest[-1:] and rest[-1] not in "lsz":
            word = rest[:-1]  # hopp: hop
        elif re.search(r"^[^aeiou]*[aeiouy][^aeiouwxy]$", rest):
            word = rest + "e"  # fil: file
        else:
            word = rest
        break
    if word.endswith("y") and VOWEL.search(word[:-1]):
        word = word[:-1] + "i"  # happy: happi
    return word


# --- letters

ALPHABET = " abcdefghijklmnopqrstuvwxyz0123456789,.;:!?'\"()-$%&/@#+*=<>_~|"
"""what the character network sees; the space is one of them"""


def letters(text: str) -> str:
    """The text in letters: Chinese as pinyin, accents taken off.

    Each syllable is a word with its tone behind it: 北京 is bei3 jing1.
    """
    text = clean(text)
    if re.search(rf"[{HAN}]", text):
        text = pinyin(text)
    plain = unicodedata.normalize("NFD", text)
    return "".join(c for c in plain if not unicodedata.combining(c))


def pinyin(text: str) -> str:
    """Toned pinyin with spaces round syllables; all else as it is."""
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(text, style=Style.TONE3)
    return normalise(" ".join(parts))
