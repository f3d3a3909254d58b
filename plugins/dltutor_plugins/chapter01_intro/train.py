"""The training of chapter 1: one network, eagerly and compiled."""

from __future__ import annotations

import copy
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dltutor.chapter import pick
from dltutor.errors import UsageError
from dltutor.events import Event, Metrics, Say, Show, Step, Warn
from dltutor_plugins.chapter01_intro import methods, show
from dltutor_plugins.chapter01_intro.data import (
    Part,
    load,
    prepare,
    whole_batches,
)
from dltutor_plugins.chapter01_intro.model import Network
from dltutor_plugins.chapter01_intro.stopwatch import Stopwatch, wait_for

if TYPE_CHECKING:
    from dltutor.events import Routine
    from dltutor.training.run import Run
    from dltutor_plugins.chapter01_intro.config import Config

EAGER, COMPILED = "eager", "compiled"
DIGITS = tuple("0123456789")
TOLERANCE, COARSE_TOLERANCE = 1e-2, 0.1
"""losses farther apart get a warning: in float32, and in what is coarser"""


def train(config: Config, run: Run) -> Routine:
    """Trains both side by side, on the same batches, and times the steps."""
    refuse_compile_option(run)
    train_set, val_set, test_set, classes = load(run.data, run.device)
    run.keep(classes=list(classes), framed=run.data.kind != "path")
    yield from run.overlap(train_set.x, test_set.x)
    batches, size = whole_batches(train_set, config.batch_size)

    eager, twin, *optimisers = run.setup(*twins(config, len(classes)))
    watch = Stopwatch(run.device)
    run.register(watch=watch)
    mine = run.share(size)  # this process's part of a batch
    first_batch = batches.x[mine], batches.y[mine]
    first_pass(run, eager, *first_batch)
    seconds, reason = compile_now(run, twin, *first_batch)
    if EAGER in watch.ms and COMPILED not in watch.ms:  # it is resumed
        reason = pick(show.BEGAN_ALONE, run.lang)
    watch.compiling = watch.compiling or seconds
    pairs = {EAGER: (eager, optimisers[0])}
    if reason:
        yield Warn(pick(show.no_compiler(reason), run.lang))
    else:
        yield Say(pick(show.compiled_in(seconds), run.lang))
        pairs[COMPILED] = (twin, optimisers[1])

    for _ in run.epochs(config.epochs):
        for x, y in run.batches(batches, size):
            losses = step_of_each(run, watch, pairs, x, y)
            yield Step(samples=len(y), loss=losses[EAGER])
        val_loss, val_accuracy = evaluate(eager, val_set)
        yield Metrics(
            train_loss=run.mean("loss"),
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            **{f"{name}_step_ms": watch.median(name) for name in watch.ms},
        )

    run.load_best()
    yield from report(run, watch)
    test_loss, test_accuracy = evaluate(eager, test_set)
    return {
        "test_accuracy": test_accuracy,
        "test_loss": test_loss,
        **figures(watch),
        **baselines(train_set, test_set, classes),
    }


Pairs = dict[str, tuple[nn.Module, torch.optim.Optimizer]]
"""each model with its optimiser, by name"""


def twins(config: Config, classes: int) -> tuple[Any, ...]:
    """Two models with the same weights, and an optimiser for each."""
    eager = Network(config.width, config.blocks, classes)
    twin = copy.deepcopy(eager)
    twin.compile()  # from here on, calling it goes through torch.compile
    optimisers = [
        torch.optim.AdamW(model.parameters(), lr=config.lr)
        for model in (eager, twin)
    ]
    return eager, twin, *optimisers


def step_of_each(
    run: Run, watch: Stopwatch, pairs: Pairs, x: Tensor, y: Tensor
) -> dict[str, float]:
    """One step of every model on the same batch, each of them timed."""
    pictures, losses = prepare(x), {}
    for name, (model, optimiser) in pairs.items():
        with watch.time(name):
            loss = F.cross_entropy(model(pictures), y)
            optimiser.zero_grad()
            run.backward(loss)
            optimiser.step()
        losses[name] = loss.item()
    watch.compare(list(losses.values()))
    return losses


def refuse_compile_option(run: Run) -> None:
    """With ``--compile`` both would be compiled, and nothing compared."""
    if run.spec.compile:
        raise UsageError(
            pick(show.COMPILE_OPTION, run.lang),
            pick(show.COMPILE_HINT, run.lang),
        )


def first_pass(run: Run, model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Seconds of one pass forward and backward that changes no weight."""
    start = time.perf_counter()
    run.backward(F.cross_entropy(model(prepare(x)), y))
    model.zero_grad()
    wait_for(run.device)
    return time.perf_counter() - start


COMPILER_ERRORS = (
    RuntimeError,
    OSError,
    ImportError,
    subprocess.SubprocessError,
)
"""what torch.compile raises where it can not work"""


def compile_now(
    run: Run, model: nn.Module, x: Tensor, y: Tensor
) -> tuple[float, str]:
    """The compiler works at the first call: its seconds, or why not."""
    try:
        return first_pass(run, model, x, y), ""
    except COMPILER_ERRORS as error:
        model.zero_grad()
        lines = [line for line in str(error).splitlines() if line.strip()]
        said = " ".join((lines or [""])[0].split())
        return 0.0, f"{type(error).__name__}: {said}"[:300]


@torch.inference_mode()
def evaluate(model: nn.Module, data: Part) -> tuple[float, float]:
    """Mean loss and accuracy over all of a set."""
    parts = torch.split(data.x, 5_000)  # at a time, so that memory suffices
    logits = torch.cat([model(prepare(part)).float() for part in parts])
    loss = F.cross_entropy(logits, data.y).item()
    return loss, methods.accuracy(logits.argmax(dim=1), data.y)


def figures(watch: Stopwatch) -> dict[str, float]:
    """The final figures of time; only the eager one without a compiler."""
    found = {"eager_step_ms": watch.median(EAGER)}
    if COMPILED in watch.ms:
        compiled = watch.median(COMPILED)
        found["compiled_step_ms"] = compiled
        found["compile_ratio"] = found["eager_step_ms"] / compiled
        found["compile_seconds"] = watch.compiling
        found["largest_loss_difference"] = watch.largest_difference
    return found


def report(run: Run, watch: Stopwatch) -> Iterator[Event]:
    """The times as a chart and a table, and what they mean."""
    yield Show("step_times", show.chart(watch.ms))
    yield Show("step_table", show.table(watch.ms))
    if COMPILED not in watch.ms:
        return
    eager, compiled = watch.median(EAGER), watch.median(COMPILED)
    verdict = show.verdict(eager, compiled, watch.compiling)
    yield Say(pick(verdict, run.lang))
    difference = watch.largest_difference
    said = pick(show.agreement(difference), run.lang)
    exact = run.precision == "32-true"
    most = TOLERANCE if exact else COARSE_TOLERANCE
    yield Say(said) if difference <= most else Warn(said)


def baselines(
    train_set: Part, test_set: Part, classes: tuple[str, ...]
) -> dict[str, float]:
    """What a rule and a statistic reach on the same test pictures."""
    counts = methods.count(train_set.x, train_set.y, len(classes))
    said = methods.most_likely(counts, test_set.x).argmax(dim=1)
    found = {"baseline_counts": methods.accuracy(said, test_set.y)}
    if classes == DIGITS:
        said = methods.rule(test_set.x)
        found["baseline_rule"] = methods.accuracy(said, test_set.y)
    return found
