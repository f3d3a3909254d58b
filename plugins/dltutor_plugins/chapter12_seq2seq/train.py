"""The training of chapter 12: one loop, read from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Metrics, Step
from dltutor_plugins.chapter12_seq2seq.data import (
    Sentences,
    load,
    tensors,
)
from dltutor_plugins.chapter12_seq2seq.measure import (
    forced,
    generated,
    scores,
)
from dltutor_plugins.chapter12_seq2seq.model import Transformer, build
from dltutor_plugins.chapter12_seq2seq.report import describe, report
from dltutor_plugins.chapter12_seq2seq.vocabulary import (
    PAD,
    UNK,
    Vocabulary,
)

if TYPE_CHECKING:
    from dltutor.data.texts import Pair
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter12_seq2seq.config import Config


def train(config: Config, run: Run) -> Routine:
    """Trains with the truth as past, measures what is written without."""
    sets = load(run.data, config.sentences)
    hanzi, pinyin = vocabularies(sets.train, config)
    run.keep(hanzi=list(hanzi.tokens), pinyin=list(pinyin.tokens))
    yield from describe(run.data, sets, run.lang)
    train_set = tensors(sets.train, hanzi, pinyin, run.device)
    val_set = tensors(sets.val, hanzi, pinyin, run.device)

    plain = build(config)
    optimiser, schedule = optimisation(plain, config, len(sets.train))
    model, optimiser, schedule = run.setup(plain, optimiser, schedule)
    lengths = train_set.lengths.tolist()
    for _ in run.epochs(config.epochs):
        model.train()
        for places in run.indices(
            len(lengths), config.batch_size, lengths=lengths
        ):
            source, target = train_set.batch(places)  # (B, S), (B, S + 1)
            source = hide(source, config.unknown)
            # the output so far goes in, its next token is to come out
            logits = model(source, target[:, :-1])  # (B, S, n)
            loss = F.cross_entropy(
                logits.flatten(0, 1),
                target[:, 1:].flatten(),
                ignore_index=PAD,
                label_smoothing=config.smoothing,
            )
            optimiser.zero_grad()
            run.backward(loss)
            optimiser.step()
            schedule.step()
            yield Step(samples=len(places), loss=loss)
        figures = validate(plain, val_set, sets.val, pinyin)
        yield Metrics(train_loss=run.mean("loss"), **figures)

    run.load_best()  # the epoch with the best val_token_accuracy
    return (yield from report(plain, config, sets, (hanzi, pinyin), run))


def vocabularies(
    sentences: Sequence[Pair], config: Config
) -> tuple[Vocabulary, Vocabulary]:
    """What occurs in training: characters, and syllables."""
    return (
        Vocabulary.of((p.hanzi for p in sentences), config.characters),
        Vocabulary.of((p.pinyin for p in sentences), config.syllables),
    )


def validate(
    model: Transformer,
    data: Sentences,
    sentences: Sequence[Pair],
    pinyin: Vocabulary,
) -> dict[str, float]:
    """With the truth as past, and as it is written without."""
    loss, accuracy = forced(model, data)
    said = generated(model, data, pinyin)
    return {
        "val_loss": loss,
        "val_forced_accuracy": accuracy,
        "val_token_accuracy": scores(said, sentences).token_accuracy,
    }


def hide(source: Tensor, share: float) -> Tensor:
    """Some characters (B, S) as UNK, so that it too means something."""
    if share == 0:
        return source
    chance = torch.rand(source.shape, device=source.device)
    return source.masked_fill((chance < share) & (source > UNK), UNK)


def optimisation(
    model: nn.Module, config: Config, sentences: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a learning rate that rises to ``lr`` and falls to 0."""
    optimiser = torch.optim.AdamW(
        model.parameters(),
        lr=config.lr,
        betas=(0.9, 0.98),
        weight_decay=config.weight_decay,
    )
    steps = config.epochs * math.ceil(sentences / config.batch_size)
    schedule = OneCycleLR(
        optimiser, config.lr, total_steps=steps, pct_start=config.warmup
    )
    return optimiser, schedule
