"""Bug hunts: what the learner sees of the fault looks right, and other cases find it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")

Judge = Callable[..., dict[str, str]]
Source = Callable[[str, str, str], str]


@pytest.mark.parametrize(
    ("chapter", "exercise", "quiet", "noticed"),
    [
        ("chapter4", "02-stop", {"minimum", "untouched"}, {"steps"}),
        ("chapter4", "06-biases", {"between", "shape"}, {"count"}),
        ("chapter5", "06-two-networks", set(), {"first_stays", "second_stays", "calls", "count"}),
    ],
)
def test_a_quiet_fault(
    chapter: str, exercise: str, quiet: set[str], noticed: set[str], judge: Judge, source: Source
) -> None:
    outcome = judge(chapter, exercise, source(chapter, exercise, "starter"))
    failed = {name for name, problem in outcome.items() if problem}
    assert noticed <= failed
    assert not quiet & failed
    assert quiet <= set(outcome)


def test_a_network_learns_labels_that_are_all_0(source: Source) -> None:
    """Chapter 6's starter trains, its loss falls to nothing, and every label is 0."""
    names: dict[str, object] = {}
    exec(source("chapter6", "02-label-column", "starter"), names)
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
