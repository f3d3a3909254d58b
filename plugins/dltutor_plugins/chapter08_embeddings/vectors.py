"""Words and their vectors: neighbours, analogies, files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from dltutor.errors import DataError, UsageError
from dltutor.i18n import local

Floats = NDArray[np.float32]

WIDEST = 10_000
"""numbers a vector; a heading that says more is no heading"""


@dataclass(frozen=True)
class Vectors:
    """Words, most frequent first, and a row for each: (V, D) float32."""

    words: tuple[str, ...]
    table: Floats
    unseen: Callable[[str], Floats | None] | None = None
    """makes the vector (D,) of a word that is not in ``words``"""
    index: dict[str, int] = field(init=False, repr=False)
    unit: Floats = field(init=False, repr=False)
    """the rows, each of length 1"""

    def __post_init__(self) -> None:
        if self.table.ndim != 2 or len(self.words) != len(self.table):
            raise ValueError(
                f"{len(self.words)} words, table {self.table.shape}"
            )
        index: dict[str, int] = {}
        for i, word in enumerate(self.words):
            index.setdefault(word, i)
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "unit", unit(self.table))

    def of(self, word: str) -> Floats | None:
        """The word's vector (D,), or None where there is none."""
        if word in self.index:
            row: Floats = self.table[self.index[word]]
            return row
        return self.unseen(word) if self.unseen else None

    def nearest(
        self, vector: Floats, count: int, leave_out: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """The words whose directions are nearest, with their cosines."""
        cosine = self.unit @ unit(vector[None])[0]
        for word in leave_out:
            if word in self.index:
                cosine[self.index[word]] = -np.inf
        count = min(count, len(self.words))
        top = np.argpartition(-cosine, count - 1)[:count]
        top = top[np.argsort(-cosine[top], kind="stable")]
        return [
            (self.words[i], float(cosine[i]))
            for i in top
            if cosine[i] > -np.inf
        ]

    def neighbours(self, word: str, count: int) -> list[tuple[str, float]]:
        """The nearest words of a word, itself left out.

        Raises UsageError, with words that look alike, for an unknown word.
        """
        return self.nearest(self.need(word), count, [word])

    def analogy(
        self, a: str, b: str, c: str, count: int
    ) -> list[tuple[str, float]]:
        """What is to ``c`` as ``b`` is to ``a``: near b - a + c.

        Of unit vectors, as Mikolov et al.; the three are left out, since
        the nearest word would nearly always be ``b`` or ``c``.
        """
        ua, ub, uc = (unit(self.need(w)[None])[0] for w in (a, b, c))
        return self.nearest(ub - ua + uc, count, [a, b, c])

    def need(self, word: str) -> Floats:
        found = self.of(word)
        if found is not None:
            return found
        from difflib import get_close_matches

        near = get_close_matches(word, self.words[:20_000], 3, 0.5)
        raise UsageError(
            local(
                {
                    "en": f"there is no vector of {word!r}",
                    "zh": f"没有“{word}”的向量",
                }
            ),
            ", ".join(near),
        )


def unit(table: Floats) -> Floats:
    """Rows of length 1; a row of zeros stays one."""
    norm = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.maximum(norm, 1e-12), np.float32)


# --- files in word2vec's format


def save(vectors: Vectors, file: Path, binary: bool = False) -> None:
    """A heading ``V D``, then each word and its D numbers.

    In text the numbers are written out; in the binary form they are 4
    bytes each, little end first. Spaces in a word become underscores.
    """
    heading = f"{len(vectors.words)} {vectors.table.shape[1]}\n"
    with file.open("wb") as out:
        out.write(heading.encode())
        for word, row in zip(vectors.words, vectors.table, strict=True):
            name = "_".join(word.split()).encode()
            if binary:
                out.write(name + b" " + row.astype("<f4").tobytes())
                out.write(b"\n")
            else:
                numbers = " ".join(f"{x:.6g}" for x in row.tolist())
                out.write(name + b" " + numbers.encode() + b"\n")


def load(
    file: Path, most: int = 200_000, keep: set[str] | None = None
) -> Vectors:
    """The first ``most`` vectors of a file, read row by row.

    Files of published vectors hold millions (Tencent's 12 million of 200
    numbers: some 20 GB as text), ordered by frequency. ``keep`` takes only
    these words. Text or binary is found out from the first row. Raises
    DataError that names the file and the row.
    """
    try:
        with file.open("rb") as source:
            rows, width = heading(source, file)
            read = binary_rows if is_binary(source, width) else text_rows
            words, table = [], []
            for word, row in islice(read(source, file, width), rows):
                if keep is None or word in keep:
                    words.append(word)
                    table.append(row)
                    if len(words) == most:
                        break
    except OSError as error:
        raise DataError(f"{file}: {error.strerror or error}") from None
    if not words:
        raise unfit(file, 2, {"en": "no vectors", "zh": "没有向量"})
    return Vectors(tuple(words), np.stack(table))


def heading(source: IO[bytes], file: Path) -> tuple[int, int]:
    """How many rows, and how wide; GloVe's files have no heading."""
    first = source.readline(1 << 20)
    cells = first.split()
    try:
        rows, width = map(int, cells)
    except ValueError:
        rows, width = 1 << 62, len(cells) - 1
        source.seek(0)
    if not (0 < width <= WIDEST and rows > 0):
        expected = {
            "en": "a heading such as '5000 100' is expected",
            "zh": "第一行应当像“5000 100”那样",
        }
        raise unfit(file, 1, expected)
    return rows, width


def is_binary(source: IO[bytes], width: int) -> bool:
    """Whether what follows is no row of numbers in text. Stays in place."""
    start = source.tell()
    sample = source.read(64 * width + 1024)
    source.seek(start)
    row = sample.partition(b"\n")[0].split(b" ")
    try:
        [float(x) for x in row[-width:] if x]
        return len(row) <= width
    except ValueError:
        return True


def text_rows(
    source: IO[bytes], file: Path, width: int
) -> Iterator[tuple[str, Floats]]:
    """Word and numbers with single spaces between.

    Split from the right: some published words hold spaces themselves.
    """
    for number, line in enumerate(source, 2):
        cells = line.rstrip(b" \r\n").rsplit(b" ", width)
        if cells == [b""]:
            continue
        try:
            row = np.array(cells[1:], np.float32)
        except ValueError:
            row = np.empty(0, np.float32)
        if len(row) != width or not np.isfinite(row).all():
            expected = {
                "en": f"a word and {width} numbers are expected",
                "zh": f"应当是一个词和 {width} 个数",
            }
            raise unfit(file, number, expected)
        yield cells[0].decode(errors="replace"), row


def binary_rows(
    source: IO[bytes], file: Path, width: int
) -> Iterator[tuple[str, Floats]]:
    """A word, a space, 4 * width bytes, and perhaps the end of a line."""
    number = 2
    while True:
        name = bytearray()
        while (byte := source.read(1)) not in (b" ", b""):
            name += byte
            if len(name) > 10_000:
                break
        data = source.read(4 * width)
        if not name and not data:
            return
        if len(data) < 4 * width:
            expected = {
                "en": f"the file ends within a vector of {width} numbers",
                "zh": f"文件在一个 {width} 维向量的中间结束了",
            }
            raise unfit(file, number, expected)
        word = bytes(name).lstrip(b"\r\n").decode(errors="replace")
        row = np.frombuffer(data, "<f4").astype(np.float32)
        yield word, row
        number += 1


def unfit(file: Path, row: int, expected: dict[str, str]) -> DataError:
    where = local({"en": f"row {row}", "zh": f"第 {row} 行"})
    return DataError(f"{file}, {where}: {local(expected)}")
