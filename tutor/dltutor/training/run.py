"""``Run``: what a training routine is given."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat, TypeVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from dltutor.events import Warn
from dltutor.training import batches, checkpoint
from dltutor.training.batches import Plan
from dltutor.training.state import Means, Position, Split, capture_random, restore_random

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice
    from dltutor.runs.spec import RunSpec

_Batch = TypeVar("_Batch")


class Run:
    """A run in the making: device, batches, gradients, and the state that a checkpoint keeps.

    Attributes a routine may read: ``data`` (what to train on), ``device`` (torch.device),
    ``seed``, ``rank`` and ``world`` (this process and how many there are), ``folder``
    (a Path for files of its own), ``lang``, and ``at`` (the place: ``epoch``, and ``step``, the
    steps that are done).
    """

    def __init__(
        self, spec: RunSpec, fabric: Fabric, folder: Path, data: DataChoice, lang: str = "en"
    ) -> None:
        self.spec = spec
        self.fabric = fabric
        self.folder = folder
        self.data = data
        self.lang = lang
        self.seed = spec.seed
        self.device: torch.device = fabric.device
        if self.device.type != "cuda":
            # each step of an optimiser asks whether there is CUDA, and Fabric has that answered by
            # loading NVML's library anew: 40 microseconds, where torch's own way takes one
            os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "0"
        self.precision = fabric._precision.precision
        self.rank: int = fabric.global_rank
        self.world: int = fabric.world_size
        self.at = Position()
        self.epochs_total = 0
        self.batches_in_epoch = 0
        self.loops_in_epoch = 1
        """how many loops of an epoch take steps, as far as was seen"""
        self.split = Split()
        self.whole_batch = True
        """False between the pieces of one batch"""
        self.extra: dict[str, Any] = {}
        self._models: list[nn.Module] = []
        self._stateful: dict[str, Any] = {}
        self._optimisers: list[torch.optim.Optimizer] = []
        self._means = Means()
        self._piece: batches.Piece | None = None
        self._marks: list[float] = []
        self.between_epochs: Callable[[], None] = lambda: None
        """called when all of an epoch is done: the engine may save"""
        self._loop = -1
        self._states: dict[str, Any] = {}
        """states of a checkpoint that wait for their owners"""
        self._resume_epoch: dict[str, Any] | None = None
        self._resume_batch: dict[str, Any] | None = None
        self._epoch_random: dict[str, Any] | None = None
        self._loop_started = 0.0

    # -- what a routine calls -------------------------------------------------------------

    def setup(self, *things: Any) -> Any:
        """Takes a model, optimisers and schedules to the device, in the run's precision.

        Returns them in the same order (a single one by itself). When the run is resumed their
        states are the checkpoint's. Modules with two-dimensional convolutions are kept in
        channels-last memory order, which is what fast kernels want.
        """
        models = [t for t in things if isinstance(t, nn.Module)]
        optimisers = [t for t in things if isinstance(t, torch.optim.Optimizer)]
        ready: dict[int, Any] = {}
        # one process in full precision needs none of Fabric's wrappers, which cost in each step
        plain = self.world == 1 and self.precision == "32-true"
        for model in models:
            if any(isinstance(m, nn.Conv2d) for m in model.modules()):
                model.to(memory_format=torch.channels_last)
            self._models.append(model)
        if plain:
            ready = {id(m): self._compiled(m.to(self.device)) for m in models}
        elif len(models) == 1:
            prepared = self.fabric.setup(self._compiled(models[0]), *optimisers)
            prepared = prepared if isinstance(prepared, tuple) else (prepared,)
            ready = dict(zip(map(id, [models[0], *optimisers]), prepared, strict=True))
        else:
            for model in models:
                ready[id(model)] = self.fabric.setup_module(self._compiled(model))
            for optimiser in optimisers:
                ready[id(optimiser)] = self.fabric.setup_optimizers(optimiser)
        for model in models:
            self._stateful[f"model{len([k for k in self._stateful if k.startswith('model')])}"] = (
                model
            )
        if optimisers:
            # an optimiser imports this at its first step: seconds that no step should answer for
            importlib.import_module("torch._dynamo")
        for optimiser in optimisers:
            _fuse(optimiser)
        self._optimisers.extend(optimisers)
        for thing in things:
            if not isinstance(thing, nn.Module):
                self._stateful[
                    f"other{len([k for k in self._stateful if k.startswith('other')])}"
                ] = thing
        self._load_states()
        results = []
        for thing in things:
            result = ready.get(id(thing), thing)
            if self.spec.micro_batches > 1 and not isinstance(thing, nn.Module):
                result = _OncePerBatch(result, self)
            results.append(result)
        return results[0] if len(results) == 1 else tuple(results)

    def _compiled(self, model: nn.Module) -> nn.Module:
        if self.spec.compile:
            compiled = torch.compile(model)
            assert isinstance(compiled, nn.Module)
            return compiled
        return model

    def register(self, **things: Any) -> None:
        """Anything else with ``state_dict`` and ``load_state_dict`` that a checkpoint must keep."""
        self._stateful.update(things)
        self._load_states()

    def epochs(self, count: int, *, save_within: bool = True) -> Iterator[int]:
        """The epochs that are left, counted from 0.

        ``save_within=False`` says that an epoch can not be entered in its middle (it begins with
        something that is not repeatable, such as playing in an environment): checkpoints are
        then made between epochs alone.
        """
        self.epochs_total = count
        for epoch in range(self.at.epoch, count):
            if self._resume_epoch is not None:
                restore_random(self._resume_epoch)
                self._resume_epoch = None
            self._epoch_random = capture_random() if save_within else None
            self._loop = -1
            yield epoch
            # only now is all of the epoch done, its measurements included
            self._epoch_random = self._resume_batch = None
            self.at = replace(self.at, epoch=epoch + 1, loop=0, batch=0)
            self._means = Means()
            self.between_epochs()

    def batches(
        self,
        data: Sequence[Tensor],
        batch_size: int,
        *,
        shuffle: bool = True,
        lengths: Sequence[int] | None = None,
    ) -> Iterator[tuple[Tensor, ...]]:
        """Batches of tensors that share their first dimension, indexed where they lie.

        Every sample comes once an epoch; the last batch may be smaller. ``batch_size`` is that
        of the whole run: with several processes each gets its part of every batch.
        ``lengths`` puts samples of like length together.
        """
        if any(len(tensor) != len(data[0]) for tensor in data):
            raise ValueError("the tensors of a set differ in length")
        plan = self.plan(len(data[0]), batch_size, shuffle=shuffle, lengths=lengths)
        places = (piece.index.to(data[0].device, non_blocking=True) for piece in plan.pieces)
        yield from self.follow(plan, (tuple(t[where] for t in data) for where in places))

    def indices(
        self,
        count: int,
        batch_size: int,
        *,
        shuffle: bool = True,
        lengths: Sequence[int] | None = None,
    ) -> Iterator[Tensor]:
        """The same, as positions in the set (int64, on the CPU): for sets that are no tensors."""
        plan = self.plan(count, batch_size, shuffle=shuffle, lengths=lengths)
        yield from self.follow(plan, (piece.index for piece in plan.pieces))

    def plan(
        self,
        count: int,
        batch_size: int,
        *,
        shuffle: bool = True,
        lengths: Sequence[int] | None = None,
    ) -> Plan:
        """The same, as a list made ahead of time: for what fetches batches before they are used.

        A plan is a ``batch_sampler``: give it to a ``DataLoader``, and take the batches through
        :meth:`follow`.
        """
        if count == 0:
            raise ValueError("the set is empty")
        self._loop += 1
        loop = self._loop
        whole = batches.order(
            count,
            batch_size,
            seed=self.seed,
            epoch=self.at.epoch,
            loop=loop,
            shuffle=shuffle,
            lengths=lengths,
        )
        if loop < self.at.loop:
            left = []  # done before the checkpoint
        elif loop == self.at.loop:
            left = whole[self.at.batch :]
        else:
            left = whole
        share = {"rank": self.rank, "world": self.world, "micro": self.spec.micro_batches}
        pieces = [piece for batch in left for piece in batches.pieces(batch, **share)]
        return Plan(pieces, loop, len(whole))

    def follow(self, plan: Plan, fetched: Iterable[_Batch]) -> Iterator[_Batch]:
        """The batches of ``fetched``, which come in the order of ``plan``, one for each of its lists.

        However far ahead they are fetched, the run's place is that of the batch in use.
        """
        if plan.loop < self.at.loop:
            return
        self.batches_in_epoch = plan.batches
        source = iter(fetched)  # before the random states: making an iterator may draw a number
        if plan.loop > self.at.loop:
            self.at.loop, self.at.batch = plan.loop, 0
        elif self._resume_batch is not None:
            restore_random(self._resume_batch)
            self._resume_batch = None
        clock = time.perf_counter
        self._loop_started = clock()
        try:
            for piece in plan.pieces:
                asked = clock()
                try:
                    batch = next(source)
                except StopIteration:
                    raise ValueError("fewer batches were fetched than the plan has") from None
                self._piece, self.whole_batch = piece, piece.last
                self._marks = [asked, clock()]
                yield batch
                # the routine has yielded its Step by now; the engine counted it
        finally:
            self.at.train_seconds += clock() - self._loop_started
            self._loop_started = 0.0
            self._piece = None

    def backward(self, loss: Tensor) -> None:
        """Back-propagates the mean loss of the batch at hand, weighted by its share of the whole batch."""
        piece = self._piece
        if self._marks:
            self._marks.append(time.perf_counter())
        if piece is not None and piece.weight != 1.0:
            loss = loss * piece.weight
        if self.precision == "32-true" and self.world == 1:
            loss.backward()  # type: ignore[no-untyped-call]
        else:
            self.fabric.backward(loss)
        if self._marks:
            self._marks.append(time.perf_counter())

    def mean(self, name: str) -> float:
        """The mean of a Step's value over this epoch's samples, over all processes."""
        total = self._means.sums.get(name)
        count = float(self._means.counts.get(name, 0))
        if self.world > 1:
            pair = torch.tensor(
                [0.0 if total is None else float(total), count], dtype=torch.float64
            )
            pair = self.total(pair.to(self.device, torch.float32))
            return float(pair[0] / pair[1]) if pair[1] else float("nan")
        return float(total) / count if total is not None and count else float("nan")

    def total(self, value: Tensor) -> Tensor:
        """The sum of ``value`` over all processes."""
        if self.world == 1:
            return value
        result = self.fabric.all_reduce(value.clone(), reduce_op="sum")
        assert isinstance(result, Tensor)
        return result

    def share(self, count: int) -> slice:
        """The part of ``count`` samples that this process measures on; see :meth:`total`."""
        return slice(count * self.rank // self.world, count * (self.rank + 1) // self.world)

    def load_best(self) -> None:
        """Puts the weights of the best measured moment back into the models, if one was kept."""
        self.fabric.barrier()
        best = self.folder / "best.safetensors"
        if best.exists():
            state = checkpoint.read(best)
            for name, weights in state["models"].items():
                self._stateful[name].load_state_dict(weights)

    def keep(self, **things: Any) -> None:
        """Plain data that a prediction will need beside the weights: class names, a vocabulary."""
        self.extra.update(things)

    def overlap(self, train: Tensor, test: Tensor) -> Iterator[Warn]:
        """A warning when samples of the test set stand in the training set too.

        Both are tensors (n, ...) of one dtype; samples are compared byte by byte. Use it as
        ``yield from run.overlap(train_x, test_x)``.
        """
        if self.at.step == 0 and self.rank == 0:
            known = {row.tobytes() for row in train.cpu().numpy()}
            shared = sum(row.tobytes() in known for row in test.cpu().numpy())
            if shared:
                yield Warn(f"{shared} of {len(test)} test samples stand in the training set too")

    # -- what the engine calls ------------------------------------------------------------

    def count(self, samples: int, values: Mapping[str, Any]) -> None:
        """Notes a Step: its place, and its values in the epoch's means."""
        piece = self._piece
        if self._marks:
            self._marks.append(time.perf_counter())
            self.split.add(self._marks)
            self._marks = []
        counted = samples if piece is None or piece.samples else 0
        if counted:
            for name, value in values.items():
                number = value.detach() if isinstance(value, Tensor) else torch.tensor(float(value))
                total = self._means.sums.get(name)
                if total is None:
                    wide = torch.float32 if number.device.type == "mps" else torch.float64
                    total = number.new_zeros((), dtype=wide)
                self._means.sums[name] = torch.add(total, number, alpha=counted)
                self._means.counts[name] = self._means.counts.get(name, 0) + counted
        if self.whole_batch:
            self.at.step += 1
            if piece is not None:
                self.loops_in_epoch = max(self.loops_in_epoch, self.at.loop + 1)
                self.at.batch += 1
                self.at.samples += piece.total
        if piece is None:
            self.at.samples += samples * self.world

    @property
    def can_save(self) -> bool:
        """Whether the routine is suspended where a checkpoint could be resumed from."""
        return self._piece is not None and self.whole_batch and self._epoch_random is not None

    def steps_total(self) -> int:
        """All steps of the run if the epochs to come are like this one; 0 when one can not tell."""
        each = self.batches_in_epoch * self.loops_in_epoch
        if not each:
            return 0
        done = self.at.loop * self.batches_in_epoch + self.at.batch
        return self.at.step - done + (self.epochs_total - self.at.epoch) * each

    def training_seconds(self) -> float:
        """Time inside the loops over batches so far."""
        running = time.perf_counter() - self._loop_started if self._loop_started else 0.0
        return self.at.train_seconds + running

    def forget_time(self) -> None:
        """Leaves the time of the training so far out of the account (compiling, warming up)."""
        self.at.train_seconds, self._loop_started = 0.0, time.perf_counter()

    def total_mean(self, value: SupportsFloat, samples: int) -> float:
        """A Step's value over the whole batch, of which each process has ``samples``."""
        value = value.detach() if isinstance(value, Tensor) else value
        if self.world == 1:
            return float(value)
        piece = self._piece
        weight = samples if piece is None or piece.samples else 0
        pair = torch.tensor([float(value) * weight, weight], device=self.device)
        pair = self.total(pair)
        return float(pair[0] / pair[1])

    def learning_rate(self) -> float | None:
        """Of the first group of the first optimiser."""
        return float(self._optimisers[0].param_groups[0]["lr"]) if self._optimisers else None

    def gradient_norm(self) -> float | None:
        """The Euclidean norm of all gradients, as the last step used them."""
        gradients = [p.grad for m in self._models for p in m.parameters() if p.grad is not None]
        if not gradients:
            return None
        return float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients))))

    def parameter_count(self) -> int:
        return sum(p.numel() for m in self._models for p in m.parameters() if p.requires_grad)

    def weights(self) -> dict[str, Any]:
        """The states of the models alone."""
        return {k: v.state_dict() for k, v in self._stateful.items() if isinstance(v, nn.Module)}

    def state(self) -> dict[str, Any]:
        """All that a checkpoint keeps."""
        return {
            "states": {name: thing.state_dict() for name, thing in self._stateful.items()},
            "at": {name: getattr(self.at, name) for name in Position.__slots__}
            | {"train_seconds": self.training_seconds()},
            "random": capture_random(),
            "random_epoch": self._epoch_random,
            "means": {"sums": self._means.sums, "counts": self._means.counts},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Makes the routine, which begins anew, go on from ``state``."""
        self._states = dict(state["states"])
        self.at = Position(**state["at"])
        means = state["means"]
        self._means = Means(
            {k: v.to(self.device) for k, v in means["sums"].items()}, dict(means["counts"])
        )
        if state["random_epoch"] is None:  # saved between two epochs
            self._resume_epoch = state["random"]
        else:
            self._resume_epoch, self._resume_batch = state["random_epoch"], state["random"]

    def _load_states(self) -> None:
        for name in [n for n in self._states if n in self._stateful]:
            thing = self._stateful[name]
            thing.load_state_dict(self._states.pop(name))
            if isinstance(thing, torch.optim.Optimizer):
                _lay_out(thing)


def _fuse(optimiser: torch.optim.Optimizer) -> None:
    """Has an optimiser whose maker left it open update all parameters in one kernel."""
    for group in optimiser.param_groups:
        fits = all(
            p.is_floating_point() and p.device.type in ("cpu", "cuda", "mps")
            for p in group["params"]
        )
        if "fused" in group and group["fused"] is None and not group.get("foreach") and fits:
            group["fused"] = True


def _lay_out(optimiser: torch.optim.Optimizer) -> None:
    """Puts what an optimiser keeps for a parameter into the parameter's memory order.

    A checkpoint holds tensors row by row, a convolution's weights lie channels-last, and a fused
    kernel pairs numbers as they lie.
    """
    for parameter, kept in optimiser.state.items():
        for name, value in kept.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                kept[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


class _OncePerBatch:
    """An optimiser or schedule that acts once a batch, however many pieces the batch has."""

    def __init__(self, inner: Any, run: Run) -> None:
        self._inner = inner
        self._run = run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def step(self, *args: Any, **kwargs: Any) -> Any:
        return self._inner.step(*args, **kwargs) if self._run.whole_batch else None

    def zero_grad(self, *args: Any, **kwargs: Any) -> None:
        piece = self._run._piece
        if piece is None or piece.first:
            self._inner.zero_grad(*args, **kwargs)
