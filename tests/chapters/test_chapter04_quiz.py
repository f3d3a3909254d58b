"""Chapter 4's questions: what they call right is recomputed, and every kind and lesson is asked."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from dltutor.learning.questions import questions
from dltutor_plugins.chapter04_backprop import dltutor_chapter, graph, line, network
from dltutor_plugins.chapter04_backprop.optimisers import Adam, Descent

QUESTIONS = {q.id.partition("/")[2]: q for q in questions(dltutor_chapter())}


def number(name: str) -> float:
    answer = QUESTIONS[name].answer
    assert isinstance(answer, int | float)
    return float(answer)


def test_numbers_of_the_line() -> None:
    r = np.array([3.0, -4.0, 0.0])
    assert [*line.norms(r), round(float(r @ r) / 6, 4)] == [7, 5, 4, 4.1667]


def test_numbers_of_the_steps() -> None:
    w = np.array([4.0])
    Descent(0.2).step([w], [2 * (w - 2)])
    assert number("one-step") == pytest.approx(w[0])
    assert number("largest-rate") == 2 / max(np.linalg.eigvalsh(np.diag([2.0, 8.0])))
    w = np.array([5.0])
    Adam(0.01).step([w], [np.array([250.0])])
    assert number("adam-first") == pytest.approx(w[0])
    uncorrected = 5 - 0.01 * 0.1 / math.sqrt(0.001)
    assert QUESTIONS["adam-first"].wrong[1].answer == pytest.approx(uncorrected, abs=5e-5)


def test_the_number_on_the_graph() -> None:
    x, y = graph.Value(3.0), graph.Value(4.0)
    (x * y + x + x * x).backward()
    assert number("used-three-times") == x.grad


def test_equal_units_stay_equal_and_do_not_learn() -> None:
    weights = network.Weights(*(np.full_like(w, 0.5) for w in network.create(0)))
    for _ in range(2000):
        values = network.forward(weights, network.X, "tanh")
        gradients = network.backward(weights, values, network.X, network.Y, "tanh")
        assert all(float(np.abs(g).max()) > 0 for g in gradients)
        Descent(0.5).step(weights, gradients)
    assert np.ptp(weights.w1, axis=1) == pytest.approx([0, 0], abs=1e-12)
    assert not network.learnt(values.p)


def test_the_missing_bias_is_counted() -> None:
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 5, bias=False), torch.nn.Tanh(), torch.nn.Linear(5, 1, bias=False)
    )
    assert number("missing-bias") == sum(p.numel() for p in model.parameters())


def test_layers_until_a_thousandth() -> None:
    layers = int(number("quarter"))
    assert 0.25**layers < 0.001 < 0.25 ** (layers - 1)


def test_a_tiny_step_leaves_three_digits() -> None:
    weights = network.create(0)
    values = network.forward(weights, network.X, "tanh")
    exact = network.backward(weights, values, network.X, network.Y, "tanh")

    def loss() -> float:
        return float(network.loss(network.forward(weights, network.X, "tanh"), network.Y))

    far = max(
        float(np.abs(network.numerical(loss, w, 1e-13) - g).max())
        for w, g in zip(weights, exact, strict=True)
    )
    assert 1e-4 < far < 5e-3


@pytest.mark.parametrize(
    ("fault", "falls"),
    [
        (lambda g: 10 * g, True),
        (lambda g: g * np.array([0.5, 1.0]), True),
        (lambda g: -g, False),
        (lambda g: g * np.array([0.0, 1.0]), True),
    ],
)
def test_faults_with_which_the_loss_still_falls(fault: object, falls: bool) -> None:
    assert callable(fault)
    x, y = line.builtin()
    theta = np.zeros(2)
    losses = [line.loss(theta, x, y)]
    for _ in range(50):
        theta = theta - 0.001 * fault(line.gradient(theta, x, y))
        losses.append(line.loss(theta, x, y))
    assert bool((np.diff(losses) < 0).all()) is falls
