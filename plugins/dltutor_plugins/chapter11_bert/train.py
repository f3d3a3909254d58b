"""The training of chapter 11: pretrain, then fine-tune, in two loops."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from dltutor.events import Event, Metrics, Step
from dltutor_plugins.chapter11_bert import data, show
from dltutor_plugins.chapter11_bert.data import Part, Sets
from dltutor_plugins.chapter11_bert.hub import checkpoint, open_tokenizer
from dltutor_plugins.chapter11_bert.masking import (
    Pairs,
    mask_tokens,
    sentence_pairs,
)
from dltutor_plugins.chapter11_bert.model import (
    Classifier,
    Pretraining,
    drawn_with,
    fits,
    mini_config,
    open_encoder,
    random_encoder,
)
from dltutor_plugins.chapter11_bert.tokens import (
    SPECIAL,
    Encoded,
    encode,
    tokenizer,
    trim,
    vocabulary,
)

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter11_bert.config import Config


def train(config: Config, run: Run) -> Routine:
    """Pretrains a miniature or takes a checkpoint; fine-tunes; measures."""
    sets = data.load(run.data)
    if config.model:
        run.keep(classifier="model0")
        folder = checkpoint(config.model)
    else:
        run.keep(classifier="model1")
        folder = yield from pretrain(config, run, sets)
    return (yield from finetune(config, run, sets, folder))


def pretrain(
    config: Config, run: Run, sets: Sets
) -> Generator[Event, None, Path]:
    """Learns from text without labels; gives the checkpoint's folder."""
    lines = data.unlabelled(sets, config.news)
    words = tokenizer(vocabulary(lines))
    pairs, lengths = make_pairs(config, run, lines, words)
    yield from show.corpus(len(lines), len(lengths), len(words), run.lang)

    model = Pretraining(mini_config(config, len(words)))
    net = model.net
    optimiser, schedule = optimisation(
        model, config.pretrain_lr, config.pretrain_epochs,
        math.ceil(len(lengths) / config.pretrain_batch),
    )  # fmt: skip
    model, optimiser, schedule = run.setup(model, optimiser, schedule)

    for _ in run.epochs(config.pretrain_epochs):
        model.train()
        for batch in run.batches(
            pairs, config.pretrain_batch, lengths=lengths
        ):
            ids, mask, segments, follows = Pairs(*batch).trimmed()
            seen, chosen = hidden(ids, config.masked, words)
            tokens, second = model(seen, mask, segments, chosen)
            loss = mlm = F.cross_entropy(tokens, ids[chosen])
            if config.next_sentence:
                loss = mlm + F.cross_entropy(second, follows)
            optimiser.zero_grad()
            run.backward(loss)
            optimiser.step()
            schedule.step()
            yield Step(samples=len(ids), loss=loss, mlm_loss=mlm)
        yield Metrics(mlm_loss=run.mean("mlm_loss"))

    return save(net, words, run, "pretrained")


def hidden(ids: Tensor, share: float, words: Any) -> tuple[Tensor, Tensor]:
    """What the model sees of a batch (B, T), and what it is asked for."""
    first = len(SPECIAL)
    return mask_tokens(
        ids, ids >= first, share, words.mask_token_id, first, len(words)
    )


def make_pairs(
    config: Config, run: Run, lines: list[str], words: Any
) -> tuple[Pairs, list[int]]:
    """The windows of the corpus on the device, and their lengths."""
    draws = np.random.default_rng(run.seed)
    share = 0.5 if config.next_sentence else 0.0
    pairs = sentence_pairs(lines, words, config.max_length, draws, share)
    lengths = pairs.mask.sum(dim=1).tolist()
    return Pairs(*(part.to(run.device) for part in pairs)), lengths


def finetune(
    config: Config, run: Run, sets: Sets, folder: Path
) -> Generator[Event, None, dict[str, float]]:
    """Trains on labelled texts, beside a twin that begins at random."""
    words = open_tokenizer(folder)
    few = data.labelled(sets.train, config.labels, run.seed)
    x, y = encoded(few, words, config, run)
    some = data.labelled(sets.val, VALIDATED, 0)
    val, test = (encoded(p, words, config, run) for p in (some, sets.test))
    yield from show.task(len(y), sets, folder, config, run.lang)

    with drawn_with(run.seed):
        models = two_models(config, folder, len(sets.classes))
    run.keep(**remembered(models[0], words, sets.classes))
    optimiser, schedule = optimisation(
        nn.ModuleList(models), config.lr, config.epochs,
        math.ceil(len(y) / config.batch_size),
    )  # fmt: skip
    *models, optimiser, schedule = run.setup(*models, optimiser, schedule)

    for _ in run.epochs(before(config) + config.epochs):
        for model in models:
            model.train()
        for ids, mask, target in run.batches(
            (*x, y), config.batch_size, lengths=x.lengths
        ):
            ids, mask = trim(ids, mask)  # (B, T) both
            # both models see the same batches; neither's gradient
            # depends on the other, so one sum trains both
            losses = [F.cross_entropy(m(ids, mask), target) for m in models]
            optimiser.zero_grad()
            run.backward(torch.stack(losses).sum())
            optimiser.step()
            schedule.step()
            yield Step(samples=len(ids), loss=losses[0])
        measured = dict(zip(NAMES, right(models, *val), strict=False))
        yield Metrics(train_loss=run.mean("loss"), **measured)

    save(models[0].encoder, words, run, "finetuned")
    return (yield from report(models, few, sets, test, run))


VALIDATED = 500
"""texts that are looked at after each epoch; nothing is chosen by them"""
NAMES = ("val_accuracy", "val_accuracy_random")


def save(net: Any, words: Any, run: Run, name: str) -> Path:
    """A checkpoint in the run's folder, written by one process for all."""
    folder = run.folder / name
    if run.rank == 0:
        net.save_pretrained(folder)
        words.save_pretrained(folder)
    run.fabric.barrier()
    return folder


def remembered(
    model: Classifier, words: Any, classes: tuple[str, ...]
) -> dict[str, Any]:
    """What a prediction needs beside the weights, as plain data."""
    return {
        "classes": list(classes),
        "encoder": model.encoder.config.to_dict(),
        "tokenizer": words.backend_tokenizer.to_str(),
        "pad": words.pad_token,
        "mask": words.mask_token,
    }


def before(config: Config) -> int:
    """Epochs that went before the fine-tuning."""
    return 0 if config.model else config.pretrain_epochs


def encoded(
    part: Part, words: Any, config: Config, run: Run
) -> tuple[Encoded, Tensor]:
    """A part as tensors on the device: ids with their mask, and classes."""
    x = encode(words, part.texts, config.max_length)
    on_device = Encoded(*(tensor.to(run.device) for tensor in x))
    return on_device, torch.tensor(part.y, device=run.device)


def two_models(
    config: Config, folder: Path, classes: int
) -> list[Classifier]:
    """The checkpoint with a new head, and its twin from random weights."""
    encoders = [open_encoder(folder)]
    fits(config, encoders[0].config)
    if config.random_twin:
        encoders.append(random_encoder(encoders[0].config))
    models = [Classifier(e, classes, config.pooling) for e in encoders]
    if config.frozen:
        for model in models:
            model.freeze()
    return models


def optimisation(
    model: nn.Module, lr: float, epochs: int, steps: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW; the learning rate rises in a tenth of the steps, then falls.

    The rise matters: large steps at the start would overwrite what the
    weights already know.
    """
    given = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        given, lr=lr, betas=(0.9, 0.98), weight_decay=0.01
    )
    total = max(1, epochs * steps)
    return optimiser, OneCycleLR(optimiser, lr, total, pct_start=0.1)


@torch.inference_mode()
def answers(model: nn.Module, x: Encoded) -> Tensor:
    """Class indices (N,) for a set, without dropout."""
    model.eval()
    order = x.mask.sum(dim=1).argsort()
    said = torch.empty_like(order)
    for part in torch.split(order, 128):
        said[part] = model(*trim(x.ids[part], x.mask[part])).argmax(dim=1)
    return said


def right(models: list[Classifier], x: Encoded, y: Tensor) -> list[float]:
    """The accuracy of each model over all of a set."""
    return [(answers(m, x) == y).sum().item() / len(y) for m in models]


def report(
    models: list[Classifier],
    few: Part,
    sets: Sets,
    test: tuple[Encoded, Tensor],
    run: Run,
) -> Generator[Event, None, dict[str, float]]:
    """The final figures, on texts that nothing was learned from."""
    x, y = test
    said = {"model": answers(models[0], x).tolist()}
    if len(models) > 1:
        said["random"] = answers(models[1], x).tolist()
    said["tfidf"] = linear(few, sets.test.texts)
    truth = y.tolist()
    yield from show.results(said, truth, sets.classes, run.lang)
    n = len(truth)
    share = {
        name: sum(a == b for a, b in zip(s, truth, strict=True)) / n
        for name, s in said.items()
    }
    found = {
        "test_accuracy": share["model"],
        "baseline_tfidf": share["tfidf"],
    }
    if "random" in share:
        found["baseline_random"] = share["random"]
        found["pretraining_gain"] = share["model"] - share["random"]
    return found


def linear(few: Part, texts: list[str]) -> list[int]:
    """What a linear model over characters and their pairs says of texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), sublinear_tf=True
    )
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(vectors.fit_transform(few.texts), few.y)
    said: list[int] = model.predict(vectors.transform(texts)).tolist()
    return said
