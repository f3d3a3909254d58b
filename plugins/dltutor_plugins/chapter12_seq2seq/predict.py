"""How a trained model reads Chinese text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from dltutor.data.texts import asked, normalise
from dltutor.events import Prediction
from dltutor.views import Table
from dltutor_plugins.chapter12_seq2seq.data import padded
from dltutor_plugins.chapter12_seq2seq.decode import greedy
from dltutor_plugins.chapter12_seq2seq.model import Transformer, build
from dltutor_plugins.chapter12_seq2seq.vocabulary import (
    BOS,
    EOS,
    Vocabulary,
)

if TYPE_CHECKING:
    from dltutor.events import Trained

LONGEST = 24
"""characters that are read at once; training saw few longer sentences"""
HANZI = re.compile(
    "[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


class Reader(NamedTuple):
    """A model and the tokens that it knows."""

    model: Transformer
    hanzi: Vocabulary
    pinyin: Vocabulary


class Read(NamedTuple):
    """A piece of a text: Chinese with its syllables, or anything else."""

    text: str
    syllables: tuple[str, ...] = ()
    """empty for what is no Chinese"""
    probabilities: tuple[float, ...] = ()

    @property
    def aligned(self) -> bool:
        """Whether each character got a syllable."""
        return len(self.text) == len(self.syllables)


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Reads texts, and the lines of files that are named.

    What is no Chinese comes out as it is. A character that training never
    saw stands in brackets, since nobody can say how it is read. Raises
    DataError, naming the file, for a file that is no text.
    """
    reader = load_model(trained)
    for text in asked(inputs):
        pieces = read(reader, text)
        label = sentence(pieces, reader.hanzi) or "-"
        yield Prediction(text, label, (), readings_of(pieces))


def load_model(trained: Trained) -> Reader:
    """The run's model and its two vocabularies."""
    kept = trained.extra()
    model = trained.load(build(trained.config))
    return Reader(
        model, Vocabulary(kept["hanzi"]), Vocabulary(kept["pinyin"])
    )


def read(reader: Reader, text: str) -> list[Read]:
    """A text of any length, divided into Chinese and the rest."""
    pieces = [Read(piece) for piece in divided(normalise(text))]
    chinese = [i for i, p in enumerate(pieces) if HANZI.match(p.text)]
    device = next(reader.model.parameters()).device
    # 64 pieces at a time, like lengths together
    chinese.sort(key=lambda i: len(pieces[i].text))
    for start in range(0, len(chinese), 64):
        part = chinese[start : start + 64]
        numbers = [
            [*reader.hanzi.numbers(pieces[i].text), EOS] for i in part
        ]
        source = padded(numbers).to(device)
        rows = greedy(reader.model, source)
        sure = certainty(reader.model, source, rows).tolist()
        for i, row, p in zip(part, rows.tolist(), sure, strict=True):
            said = reader.pinyin.sentence(row)
            pieces[i] = Read(pieces[i].text, said, tuple(p[: len(said)]))
    return pieces


def divided(text: str) -> Iterator[str]:
    """Runs of Chinese of at most 24 characters, and what is between."""
    end = 0
    for found in HANZI.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        run, end = found.group(), found.end()
        # as few pieces as will do, of equal length: none is tiny
        count = -(-len(run) // LONGEST)
        for k in range(count):
            yield run[len(run) * k // count : len(run) * (k + 1) // count]
    if text[end:]:
        yield text[end:]


@torch.inference_mode()
def certainty(model: Transformer, source: Tensor, said: Tensor) -> Tensor:
    """The probability of each token (B, T) that was written."""
    begin = said.new_full((len(said), 1), BOS)
    logits = model(source, torch.cat([begin, said[:, :-1]], dim=1))
    p = logits.float().softmax(dim=2)
    found: Tensor = p.gather(2, said[:, :, None])[:, :, 0]
    return found


def sentence(pieces: Sequence[Read], hanzi: Vocabulary) -> str:
    """Syllables with spaces between, the rest as it was."""
    words = []
    for piece in pieces:
        if not piece.syllables:
            words.append(piece.text.strip())
        elif piece.aligned:
            words += [
                syllable if c in hanzi else f"[{c}]"
                for c, syllable in zip(
                    piece.text, piece.syllables, strict=True
                )
            ]
        else:
            words += piece.syllables
    return " ".join(word for word in words if word)


def readings_of(pieces: Sequence[Read], most: int = 30) -> Table | None:
    """The first characters, each with its syllable and how sure it is."""
    rows: list[tuple[str, str, float]] = []
    for piece in pieces:
        characters = piece.text if piece.aligned else "?" * 100
        rows += zip(
            characters,
            piece.syllables,
            (round(p, 3) for p in piece.probabilities),
            strict=False,
        )
    if not rows:
        return None
    return Table(
        columns=(
            {"en": "character", "zh": "字"},
            {"en": "syllable", "zh": "音节"},
            {"en": "probability", "zh": "概率"},
        ),
        rows=rows[:most],
    )
