"""Typed pinyin to characters, by an encoder and its counts."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from dltutor_plugins.chapter10_encoder.bigram import Bigram
from dltutor_plugins.chapter10_encoder.data import LONGEST, Vocabulary
from dltutor_plugins.chapter10_encoder.model import Encoder
from dltutor_plugins.chapter10_encoder.pinyin import Typed, typed

Decode = Literal["encoder", "seen", "bigram"]
"""all characters; those seen for the syllable; the bigram too"""


class Asked(NamedTuple):
    """A trained encoder with what it needs to read and write."""

    model: Encoder
    counts: Bigram
    words: Vocabulary
    weight: float


class Place(NamedTuple):
    """A piece of a line and what became of it."""

    typed: Typed
    number: int
    """of the syllable; 0: no pinyin, 1: an unknown syllable"""
    character: str
    """the chosen one; what was typed where there is none"""
    others: tuple[tuple[str, float], ...] = ()
    """the most probable characters, after the encoder alone"""


def convert(
    asked: Asked, line: str, decode: Decode = "bigram"
) -> list[Place]:
    """Every piece of a line. What is no pinyin stays and divides it.

    A sentence of more than 64 syllables is read in parts.
    """
    words = asked.words
    found, sentence = list[Place](), list[Typed]()

    def finish() -> None:
        for start in range(0, len(sentence), LONGEST):
            found.extend(
                read(asked, sentence[start : start + LONGEST], decode)
            )
        sentence.clear()

    for piece in typed(line, words.bases):
        if piece.base:
            sentence.append(piece)
        else:
            finish()
            found.append(Place(piece, 0, piece.text))
    finish()
    return found


def read(
    asked: Asked, sentence: list[Typed], decode: Decode
) -> list[Place]:
    """One sentence of at least a syllable."""
    words, counts = asked.words, asked.counts
    ids = words.read(piece.syllable for piece in sentence)
    scores = log_probabilities(asked.model, ids)
    if decode == "bigram":
        chosen = counts.decode(ids, scores, asked.weight)
    elif decode == "seen":
        chosen = counts.choose(ids, scores)
    else:
        chosen = scores.argmax(dim=1).tolist()
    found = []
    for piece, number, row, best in zip(
        sentence, ids, scores, chosen, strict=True
    ):
        p, top = row.exp().topk(min(5, len(row)))
        others = tuple(
            (words.characters[k], v)
            for k, v in zip(top.tolist(), p.tolist(), strict=True)
            if k
        )
        known = number > 1 and best > 0
        character = words.characters[best] if known else piece.text
        found.append(
            Place(piece, number, character, others if known else ())
        )
    return found


def text(places: list[Place]) -> str:
    """The characters; a space only beside letters that stayed letters."""
    written = ""
    for place in places:
        letters = place.number == 1
        if written and (letters or written[-1:].isascii()) and place.number:
            written += " "
        written += place.character
    return written


@torch.inference_mode()
def log_probabilities(model: Encoder, ids: list[int]) -> Tensor:
    """(T, characters) on the CPU, of one sentence."""
    device = next(model.parameters()).device
    x = torch.tensor([ids], device=device)
    scores: Tensor = model(x)[0].float()
    return scores.log_softmax(dim=1).cpu()


@torch.inference_mode()
def attention_maps(model: Encoder, ids: list[int]) -> Tensor:
    """(layers, heads, T, T): who asks whom in one sentence."""
    device = next(model.parameters()).device
    maps = model.read(torch.tensor([ids], device=device))[1]
    return torch.stack([layer[0] for layer in maps]).float().cpu()
