"""Batches that are fetched ahead of time, and what a resumed run needs to go on with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from torch.utils.data import DataLoader, TensorDataset

from dltutor.data.roots import DataChoice
from dltutor.runs.spec import RunSpec
from dltutor.training import checkpoint
from dltutor.training.run import Run


def new_run(folder: Path, **options: Any) -> Run:
    spec = RunSpec(
        chapter="x", preset="standard", config={}, seed=3, data={"kind": "builtin"}, **options
    )
    return Run(spec, Fabric(accelerator="cpu", devices=1), folder, DataChoice("builtin", None, ""))


def test_a_plan_is_the_order_of_indices(tmp_path: Path) -> None:
    one, other = new_run(tmp_path), new_run(tmp_path)
    for _ in zip(one.epochs(2), other.epochs(2), strict=True):
        plan = one.plan(23, 5)
        assert len(plan) == 5
        assert list(plan) == [index.tolist() for index in other.indices(23, 5)]
        assert plan[1:3] == [plan[1], plan[2]]


def test_a_loader_that_is_ahead_does_not_move_the_place(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    asked: list[int] = []

    class Rows(TensorDataset):
        def __getitem__(self, i: int) -> Any:
            asked.append(i)
            return super().__getitem__(i)

    places = []
    for _ in run.epochs(1):
        plan = run.plan(12, 4)
        ahead = list(DataLoader(Rows(torch.arange(12)), batch_sampler=plan))
        assert len(asked) == 12
        for (x,), wanted in zip(run.follow(plan, ahead), plan, strict=True):
            assert x.tolist() == wanted
            places.append((run.at.batch, run.can_save))
            run.count(len(x), {"loss": 1.0})
        assert run.at.step == 3
        assert not run.can_save
    assert places == [(0, True), (1, True), (2, True)]


def test_a_resumed_run_plans_what_is_left(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    state: dict[str, Any] = {}
    whole: list[list[int]] = []
    for _ in run.epochs(1):
        plan = run.plan(20, 6)
        whole = list(plan)
        for k, batch in enumerate(run.follow(plan, whole)):
            run.count(len(batch), {})
            if k == 1:
                state = run.state()
                drawn = torch.rand(3)
    again = new_run(tmp_path)
    again.restore(state)
    for _ in again.epochs(1):
        plan = again.plan(20, 6)
        assert list(plan) == whole[2:]

        source = DataLoader(TensorDataset(torch.arange(20)), batch_sampler=plan)
        for k, _batch in enumerate(again.follow(plan, source)):
            if k == 0:
                assert torch.equal(torch.rand(3), drawn)


def test_too_few_batches_are_an_error(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    for _ in run.epochs(1):
        plan = run.plan(10, 2)
        with pytest.raises(ValueError, match="fewer batches"):
            list(run.follow(plan, [[0, 1]]))
        break


def test_a_resumed_convolution_goes_on_bit_for_bit(tmp_path: Path) -> None:
    """Its weights lie channels-last, a checkpoint's tensors row by row."""
    x = torch.randn(2, 3, 6, 6)

    def begin(run: Run) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
        torch.manual_seed(0)
        model = torch.nn.Conv2d(3, 5, 3)
        made: tuple[torch.nn.Module, torch.optim.Optimizer] = run.setup(
            model, torch.optim.AdamW(model.parameters(), lr=0.1)
        )
        return made

    def step(model: torch.nn.Module, optimiser: torch.optim.Optimizer) -> None:
        optimiser.zero_grad()
        model(x).square().mean().backward()
        optimiser.step()

    run = new_run(tmp_path)
    model, optimiser = begin(run)
    step(model, optimiser)
    file = tmp_path / "one.safetensors"
    checkpoint.write(file, run.state())
    again = new_run(tmp_path)
    again.restore(checkpoint.read(file))
    resumed = begin(again)
    step(model, optimiser)
    step(*resumed)
    for one, other in zip(model.parameters(), resumed[0].parameters(), strict=True):
        assert torch.equal(one, other)
