"""Chapter 6's exercises: the checks know right from wrong, however it is written.

``ANSWERS`` are written differently from the solution and right; ``MISTAKES`` are what people
write, with the case that has to notice each. A text that begins with a line break is put behind
the solution; ``"old -> new"`` replaces.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

torch = pytest.importorskip("torch")

import dltutor_content.chapter06_data as content  # noqa: E402
from dltutor.learning.checks import CheckFailed  # noqa: E402

FOLDER = Path(content.__path__[0]) / "exercises"
EXERCISES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0] != "_")

ANSWERS = {
    "01-table": """
class Table(Table):
    def __getitem__(self, i):
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        x = self.x[i] + 0
        return (x if self.transform is None else self.transform(x)), self.y.tolist()[i]
""",
    "02-label-column": """
class Rows(Rows):
    def __getitem__(self, i):
        row = self.table[i]
        return row[1:].reshape(1, 28, 28) / 255, row[0].item()
""",
    "03-mean-loss": """
@torch.no_grad()
def epoch_loss(model, batches):
    sums = [(F.cross_entropy(model(x), y, reduction="sum").item(), len(x)) for x, y in batches]
    return sum(s for s, _ in sums) / sum(n for _, n in sums)
""",
    "04-ragged": """
def collate(samples, padding=0.0):
    lengths = torch.tensor([len(x) for x, _ in samples])
    padded = samples[0][0].new_full((len(samples), int(lengths.max())), padding)
    for row, (x, _) in zip(padded, samples):
        row[: len(x)] = x
    return padded, lengths, torch.tensor([y for _, y in samples])

def mean_of(padded, lengths):
    return torch.stack([row[:n].mean() for row, n in zip(padded, lengths.tolist())])
""",
    "05-order": """
import random

class Batches(Batches):
    def __len__(self):
        return len(range(0, self.count, self.batch_size)) - self.done

    def __iter__(self):
        order = list(range(self.count))
        random.Random(f"{self.seed} {self.epoch}").shuffle(order)
        for start in range(self.done * self.batch_size, self.count, self.batch_size):
            yield order[start : start + self.batch_size]
""",
    "06-noise": """
import numpy as np

class Noisy(Noisy):
    def __getitem__(self, i):
        x = self.x[i]
        noise = np.random.default_rng([self.seed, self.epoch, i]).standard_normal(x.shape)
        return x + self.strength * torch.from_numpy(noise).float()
""",
    "07-patience": """
def stop(losses, patience):
    seen = []
    for epoch, loss in enumerate(losses):
        seen.append(loss if loss == loss else float("inf"))
        best = seen.index(min(seen))
        real = [e for e, v in enumerate(seen) if v < float("inf")]
        if epoch - (best if real else -1) >= patience:
            break
    return best, epoch
""",
}

MISTAKES = {
    "01-table": [
        ("sample", "int(self.y[i]) -> self.y[i]"),
        ("in_place", "self.x[i].clone() -> self.x[i]"),
        ("end", "self.x[i].clone(), int(self.y[i]) -> self.x[i % 5].clone(), int(self.y[i % 5])"),
        ("transform", "x = self.transform(x) -> y = int(self.transform(self.y[i]))"),
        ("sample", "return len(self.y) -> return len(self.x[0])"),
    ],
    "02-label-column": [
        ("classes", "int(self.table[i, 0]) -> int(self.table[i, 0] / 255)"),
        ("all_pixels", "self.table[i, 1:] -> self.table[i, :-1]"),
        ("pixels", ".float() / 255 -> .float()"),
        ("unchanged", "self.table[i, 1:].float() / 255 -> self.table[i, 1:].div_(2).float() / 255"),
    ],
    "03-mean-loss": [
        ("uneven", "loss.item() * len(y) -> loss.item()"),
        ("untouched", "@torch.no_grad()\n -> "),
        ("generator", "    total, seen = 0.0, 0\n ->     total, seen = 0.0, 0 * len(batches)\n"),
        (
            "uneven",
            """
@torch.no_grad()
def epoch_loss(model, batches):
    losses = [F.cross_entropy(model(x), y).item() for x, y in batches]
    return sum(losses) / len(losses)
""",
        ),
        (
            "even",
            """
@torch.no_grad()
def epoch_loss(model, batches):
    for x, y in batches:
        loss = F.cross_entropy(model(x), y).item()
    return loss
""",
        ),
    ],
    "04-ragged": [
        ("padded", "padding_value=padding -> padding_value=0.0"),
        ("padded", "batch_first=True -> batch_first=False"),
        ("mean", "torch.where(true, padded, 0.0).sum(dim=1) -> (padded * true).sum(dim=1)"),
        ("mean", "torch.where(true, padded, 0.0).sum(dim=1) / lengths -> padded.mean(dim=1)"),
        (
            "mean",
            """
def mean_of(padded, lengths):
    return padded.sum(dim=1) / (padded != 0).sum(dim=1)
""",
        ),
        ("lengths_and_classes", "padded, lengths, torch.tensor(y) -> padded, lengths.float(), torch.tensor(y)"),
    ],
    "05-order": [
        ("length", "-(-self.count // self.batch_size) -> self.count // self.batch_size"),
        ("length", " - self.done\n -> \n"),
        ("differs", "self.seed * 1_000_003 + self.epoch -> self.seed + self.epoch"),
        ("differs", "self.seed * 1_000_003 + self.epoch -> self.seed"),
        ("global", "generator=generator) -> )"),
        ("resumed", "[self.done :] -> "),
        ("once_each", "places.tolist() -> places"),
        ("repeatable", "mixed = self.seed * 1_000_003 + self.epoch -> mixed = self.epoch = self.epoch + 1"),
    ],
    "06-noise": [
        ("copies", "torch.Generator().manual_seed(mixed % 2**32) -> None"),
        ("differs", "(self.seed * 1_000_003 + self.epoch) * 1_000_003 + i -> self.seed + self.epoch + i"),
        ("differs", "(self.seed * 1_000_003 + self.epoch) * 1_000_003 + i -> self.seed * 1_000 + i"),
        ("noise", "x + self.strength * noise -> x + noise"),
        ("differs", "torch.randn(x.shape, -> torch.randn((1,),"),
        ("global", "torch.Generator().manual_seed -> torch.manual_seed"),
    ],
    "07-patience": [
        ("future", """
def stop(losses, patience):
    best = losses.index(min(losses))
    return best, min(best + patience, len(losses) - 1)
"""),
        ("equal", "loss < lowest -> loss <= lowest"),
        ("nan", "loss < lowest -> not loss >= lowest"),
        ("renewed", "best, lowest, waited = epoch, loss, 0 -> best, lowest = epoch, loss"),
        ("lesson", "waited == patience -> waited > patience"),
    ],
}  # fmt: skip


def source(exercise: str, name: str) -> str:
    return (FOLDER / exercise / f"{name}.py").read_text(encoding="utf-8")


def changed(exercise: str, change: str) -> str:
    solution = source(exercise, "solution")
    if change.startswith("\n"):
        return solution + "\n" + change
    old, _, new = change.partition(" -> ")
    assert solution.count(old) == 1, f"{exercise}: {old!r} does not stand in the solution once"
    return solution.replace(old, new)


Judge = Callable[..., dict[str, str]]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Runs an exercise's checks over an answer here: case to problem, ``""`` when it passed."""

    def run(exercise: str, answer: str, seed: int = 0) -> dict[str, str]:
        checks, work = ModuleType("check"), ModuleType("work")
        monkeypatch.setitem(sys.modules, "work", work)
        exec(compile(source(exercise, "check"), "check.py", "exec"), vars(checks))
        exec(compile(answer, "work.py", "exec"), vars(work))
        outcome = {}
        for name, function in list(vars(checks).items()):
            if name.startswith("check_"):
                torch.manual_seed(seed)
                try:
                    function(work)
                except CheckFailed as failure:
                    outcome[name.removeprefix("check_")] = str(failure)
                except Exception as error:  # the learner's code is called
                    outcome[name.removeprefix("check_")] = f"{type(error).__name__}: {error}"
                else:
                    outcome[name.removeprefix("check_")] = ""
        return outcome

    return run


def test_there_are_seven_exercises_two_of_them_bug_hunts_and_one_on_each_pitfall() -> None:
    read = [tomllib.loads((FOLDER / e / "exercise.toml").read_text("utf-8")) for e in EXERCISES]
    assert len(read) == 7
    assert {e["id"] for e in read if e["bughunt"]} == {"label-column", "mean-loss"}
    lessons = {e["lesson"] for e in read}
    assert lessons == {"dataset", "transforms", "loader", "workers", "board", "curves"}
    assert set(ANSWERS) == set(MISTAKES) == set(EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_solution_passes_whatever_the_seed_and_the_starter_never(
    exercise: str, judge: Judge
) -> None:
    for seed in range(4):
        outcome = judge(exercise, source(exercise, "solution"), seed)
        assert not any(outcome.values()), outcome
        assert any(judge(exercise, source(exercise, "starter"), seed).values())


@pytest.mark.parametrize("exercise", EXERCISES)
def test_another_right_answer_passes(exercise: str, judge: Judge) -> None:
    outcome = judge(exercise, changed(exercise, ANSWERS[exercise]))
    assert not any(outcome.values()), outcome


@pytest.mark.parametrize(
    ("exercise", "case", "change"),
    [(exercise, case, change) for exercise, all_ in MISTAKES.items() for case, change in all_],
)
def test_a_mistake_is_noticed(exercise: str, case: str, change: str, judge: Judge) -> None:
    outcome = judge(exercise, changed(exercise, change))
    assert case in [name for name, problem in outcome.items() if problem]


def test_the_bug_of_the_label_column_is_quiet() -> None:
    """The starter trains, its loss falls to nothing, and every label is 0."""
    names: dict[str, object] = {}
    exec(source("02-label-column", "starter"), names)
    table = torch.randint(0, 256, (64, 785), dtype=torch.uint8)
    table[:, 0] = torch.arange(64) % 10
    rows = names["Rows"](table)  # type: ignore[operator]
    x = torch.stack([rows[i][0] for i in range(64)]).flatten(1)
    y = torch.tensor([rows[i][1] for i in range(64)])
    assert y.unique().tolist() == [0]
    torch.manual_seed(0)
    model = torch.nn.Linear(784, 10)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(30):
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.01
