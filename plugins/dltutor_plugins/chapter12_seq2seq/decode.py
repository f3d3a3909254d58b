"""Writing an output token by token: greedy and beam search, with a cache."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from dltutor_plugins.chapter12_seq2seq.model import (
    KeyValue,
    Memory,
    Transformer,
)
from dltutor_plugins.chapter12_seq2seq.vocabulary import BOS, EOS, PAD

EXTRA = 4
"""tokens that an output may have more than its source before it is stopped"""


@torch.inference_mode()
def greedy(model: Transformer, source: Tensor) -> Tensor:
    """The likeliest token at every step: sources (B, S) to (B, T).

    A row ends with EOS and is PAD behind it. All rows go on until the
    last one has ended or is EXTRA tokens longer than the sources.
    """
    memory = model.encode(source)
    token = source.new_full((len(source), 1), BOS)
    ended = torch.zeros_like(token, dtype=torch.bool)
    said = []
    for _ in range(source.shape[1] + EXTRA):
        logits, memory = model.decode(token, memory)  # (B, 1, n)
        token = logits.argmax(dim=2).masked_fill(ended, PAD)
        said.append(token)
        ended = ended | (token == EOS)
        if ended.all():
            break
    return torch.cat(said, dim=1)


@torch.inference_mode()
def greedy_without_cache(model: Transformer, source: Tensor) -> Tensor:
    """The same, with all of the output computed anew for every token."""
    memory = model.encode(source)
    said = source.new_full((len(source), 1), BOS)
    ended = torch.zeros_like(said, dtype=torch.bool)
    for _ in range(source.shape[1] + EXTRA):
        logits, _ = model.decode(said, memory)  # the memory stays as it is
        last = logits[:, -1:]  # the others are thrown away
        token = last.argmax(dim=2).masked_fill(ended, PAD)
        said = torch.cat([said, token], dim=1)
        ended = ended | (token == EOS)
        if ended.all():
            break
    return said[:, 1:]


class Hypothesis(NamedTuple):
    """An output as a beam search has it."""

    tokens: tuple[int, ...]
    """with EOS, if it has ended"""
    score: float
    """the sum of the logarithms of its tokens' probabilities"""

    @property
    def ended(self) -> bool:
        return self.tokens[-1:] == (EOS,)

    @property
    def mean(self) -> float:
        """The score a token, which does not prefer short outputs."""
        return self.score / max(1, len(self.tokens))


@torch.inference_mode()
def beam(
    model: Transformer, source: Tensor, width: int
) -> list[list[Hypothesis]]:
    """The best hypotheses of one source (1, S), step by step.

    The last of the returned lists is the result, best first. A
    hypothesis that has ended keeps its place in the beam.
    """
    memory = model.encode(source)
    alive = [Hypothesis((), 0.0)]
    steps = []
    token = source.new_full((1, 1), BOS)
    for _ in range(source.shape[1] + EXTRA):
        logits, memory = model.decode(token, memory)
        logp = logits[:, -1].float().log_softmax(dim=1)  # (k, n)
        alive, rows = best(alive, logp, width)
        steps.append(alive)
        if all(h.ended for h in alive):
            break
        # each hypothesis goes on from the cache of the one it came from
        memory = picked(memory, torch.tensor(rows, device=source.device))
        last = [[h.tokens[-1]] for h in alive]
        token = torch.tensor(last, device=source.device)
    return steps


def best(
    alive: list[Hypothesis], logp: Tensor, width: int
) -> tuple[list[Hypothesis], list[int]]:
    """The ``width`` best continuations, and which rows they go on from.

    ``logp`` (k, n) are the log-probabilities behind the k hypotheses.
    """
    found = []
    for row, one in enumerate(alive):
        if one.ended:
            found.append((one, row))
            continue
        top = logp[row].topk(min(width, logp.shape[1]))
        for value, token in zip(*map(Tensor.tolist, top), strict=True):
            longer = (*one.tokens, int(token))
            found.append((Hypothesis(longer, one.score + value), row))
    found.sort(key=lambda pair: -pair[0].mean)
    kept = found[:width]
    return [one for one, _ in kept], [row for _, row in kept]


def picked(memory: Memory, rows: Tensor) -> Memory:
    """The memory of some hypotheses, any of them several times."""

    def of(kv: KeyValue) -> KeyValue:
        return KeyValue(kv.key[rows], kv.value[rows])

    return memory._replace(
        source=tuple(of(kv) for kv in memory.source),
        there=memory.there[rows],
        past=tuple(of(kv) if kv else None for kv in memory.past),
    )


@torch.inference_mode()
def cross_weights(
    model: Transformer, source: Tensor, output: Tensor
) -> Tensor:
    """What each layer of the decoder looked at: (layers, B, heads, T, S).

    For an output (B, T) that is known. Since no place sees a later one,
    the rows are those of writing it token by token.
    """
    rows: list[Tensor] = []

    def keep(cross: Any, asks: Any) -> None:
        rows.append(cross.weights(*asks))

    hooks = [
        layer.cross.register_forward_pre_hook(keep)
        for layer in model.decoder_layers
    ]
    try:
        model(source, output)
    finally:
        for hook in hooks:
            hook.remove()
    return torch.stack(rows)
