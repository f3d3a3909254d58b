"""What a trained encoder writes for pinyin: typed, in files, piped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltutor.data import texts
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor.views import Table
from dltutor_plugins.chapter10_encoder.bigram import Bigram
from dltutor_plugins.chapter10_encoder.convert import (
    Asked,
    Place,
    convert,
    text,
)
from dltutor_plugins.chapter10_encoder.data import Vocabulary
from dltutor_plugins.chapter10_encoder.model import build

if TYPE_CHECKING:
    from dltutor.events import Trained

EMPTY = {"en": "no pinyin", "zh": "没有拼音"}
UNKNOWN = {"en": "unknown syllable", "zh": "未知音节"}


def load_model(trained: Any) -> Asked:
    """The run's encoder and its counts, in evaluation mode."""
    kept = trained.extra()
    words = Vocabulary(kept["syllables"], kept["characters"])
    syllables, characters = len(words.syllables), len(words.characters)
    model = trained.load(build(trained.config, syllables, characters))
    counts = Bigram(syllables, characters, *kept["sizes"])
    trained.load(counts, "counts")
    # a stopped run has not chosen its weight yet
    return Asked(model, counts.cpu(), words, kept.get("weight", 0.25))


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Characters for each line of pinyin, and for each line of a file.

    With tones (``lv4``, ``lǜ``) or without, apart or together. Letters that
    are no syllable stay as they are and are named in the table. Raises
    DataError, naming the file, for one that is no text.
    """
    asked = load_model(trained)
    for line in texts.asked(inputs):
        places = convert(asked, line)
        if not any(place.number for place in places):
            yield Prediction(line, local(EMPTY))
            continue
        single = places[0].others if len(places) == 1 else ()
        yield Prediction(line, text(places), single, table(places))


def table(places: Sequence[Place]) -> Table:
    """A row for each piece: what was typed, what was chosen, what else."""
    rows = []
    for place in places:
        others = "  ".join(f"{c} {p:.2f}" for c, p in place.others)
        if place.number and not place.others:
            others = local(UNKNOWN)
        rows.append((place.typed.text, place.character, others))
    columns = (
        {"en": "typed", "zh": "输入"},
        {"en": "chosen", "zh": "选出"},
        {"en": "the encoder's probabilities", "zh": "编码器给出的概率"},
    )
    return Table(columns=columns, rows=rows)
