"""Chapter 4's lessons: each figure in them is computed again, and both languages show the same."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from dltutor import content
from dltutor.measure import interval
from dltutor_plugins.chapter04_backprop import dltutor_chapter, graph, line, network, surface
from dltutor_plugins.chapter04_backprop.optimisers import BY_HAND, Momentum
from dltutor_plugins.chapter04_backprop.vanishing import norms

CHAPTER = dltutor_chapter()
SLUGS = ("line", "descent", "optimisers", "graph", "network", "vanishing", "check")
LANGS = ("en", "zh")
THREE = (np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]))


@lru_cache
def lesson(slug: str, lang: str) -> str:
    # a figure must not depend on where a line breaks
    return " ".join(content.find_lesson(CHAPTER, slug, lang).body.split())


def says(slug: str, *figures: str) -> None:
    for lang in LANGS:
        for figure in figures:
            assert " ".join(figure.split()) in lesson(slug, lang), f"{lang}: {figure}"


def power(value: float, digits: int = 1) -> str:
    """2.3e-13 as the lessons write it."""
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$"


# --- the line


def test_three_points() -> None:
    x, y = THREE
    theta = line.normal_equation(x, y)
    assert theta == pytest.approx([5 / 6, 3 / 2])
    r = line.residual(theta, x, y)
    says("line", *(f"{v:.3f}" for v in {round(float(v), 3) for v in r}))
    says("line", *(f"{v:.3f}" for v in line.norms(r)))
    assert line.norms(line.residual(np.ones(2), x, y)) == (1, 1, 1)
    a = line.design(x)
    assert (a.T @ a).tolist() == [[3, 3], [3, 5]]
    assert (a.T @ y).tolist() == [7, 10]


def test_a_hundred_points() -> None:
    x, y = line.builtin()
    b, w = line.normal_equation(x, y)
    least = line.loss(np.array([b, w]), x, y)
    says("line", f"y = {b:.4f} + {w:.4f} x", f"{least:.5f}")
    says("line", f"{line.loss(np.ones(2), x, y):.5f}", f"{line.loss(np.zeros(2), x, y):.3f}")
    says("line", f"{least * 1e4:.1f}", f"{1.0 / 2 * 100:.0f}", f"{1 / (2 * 100)}")
    says("descent", f"{least:.5f}")


# --- descent


def test_the_first_step() -> None:
    x, y = THREE
    start = np.zeros(2)
    g = line.gradient(start, x, y)
    after = start - 0.1 * g
    says("descent", f"{line.loss(start, x, y):g}", *(f"{v:.3f}" for v in g))
    says("descent", f"b = {after[0]:.4f}", f"w = {after[1]:.4f}")
    says("descent", f"{line.loss(after, x, y):.3f}")


def test_the_factors_of_a_step() -> None:
    for rate in (0.01, 0.1, 0.25, 0.4, 0.5, 0.6):
        says("descent", f"| {rate:g} | {round(1 - 4 * rate, 2):g} |")
    assert math.ceil(math.log(0.1) / math.log(0.96)) == 57


def test_the_limit_and_the_steps_of_the_line() -> None:
    x, y = line.builtin()
    a = line.design(x)
    small, large = np.linalg.eigvalsh(a.T @ a / 100)
    says("descent", f"{large:.3f}", f"{small:.3f}", f"{line.largest_rate(x):.4f}")
    assert round(large / small) == 37
    for rate in (0.01, 0.1, 0.29, 0.3):
        steps = line.descend(x, y, rate, most=20_000)[1]
        says("descent", f"| {rate:g} | {steps:,} |")
    a[:, 1] *= 100
    assert 8_500 < np.linalg.eigvalsh(a.T @ a / 100)[-1] / large < 9_000
    near, _ = line.descend(x, y, 0.3, most=20_000)
    assert np.linalg.norm(near - line.normal_equation(x, y)) < 1e-8


@pytest.mark.slow
def test_the_slowest_and_the_diverging_rate() -> None:
    x, y = line.builtin()
    says("descent", f"| 0.001 | {line.descend(x, y, 0.001, most=100_000)[1]:,} |")
    away, _ = line.descend(x, y, 0.3005, most=100_000)
    assert away[0] == pytest.approx(-3e32, rel=0.2)


# --- optimisers


def sgd(size: int, rate: float, epochs: int) -> list[float]:
    """Distances from the best line after each epoch, as the lesson's table has them."""
    x, y = line.builtin()
    best, theta = line.normal_equation(x, y), np.zeros(2)
    generator = np.random.default_rng(0)
    found = []
    for _ in range(epochs):
        order = generator.permutation(100)
        for i in range(0, 100, size):
            part = order[i : i + size]
            theta = theta - rate * line.gradient(theta, x[part], y[part])
        found.append(float(np.linalg.norm(theta - best)))
    return found


@pytest.mark.parametrize(("size", "rate"), [(100, 0.1), (10, 0.1), (1, 0.01), (1, 0.1)])
def test_batches(size: int, rate: float) -> None:
    found = sgd(size, rate, 20)
    says("optimisers", f"| {size} | {rate:g} | {found[0]:.3f} | {found[19]:.3f} |")


def test_the_velocities() -> None:
    for gradients in ((1.0, 1.0, 1.0), (1.0, -1.0, 1.0)):
        momentum, seen = Momentum(1.0), []
        for g in gradients:
            momentum.step([np.zeros(1)], [np.array([g])])
            seen.append(f"{momentum.v[0][0]:g}")
        for lang in LANGS:
            text = lesson("optimisers", lang)
            assert ", ".join(seen) in text or "、".join(seen) in text
    assert f"{0.1 / math.sqrt(0.001):.2f}" == "3.16"
    says("optimisers", "3.16")


def arrives(name: str, optimiser: str) -> tuple[int, float] | None:
    """The least steps to within 0.01 over 21 learning rates, and the rate."""
    ground, best = surface.SURFACES[name], None
    for rate in 10.0 ** np.arange(-4, 1.01, 0.25):
        walked = surface.walk(ground, optimiser, float(rate), 3000, np.array([-1.8, 1.2]))
        far = [np.linalg.norm(walked.path - np.array(m), axis=1) for m in ground.minima]
        hits = np.flatnonzero(np.min(far, axis=0) < 1e-2)
        if len(hits) and not walked.diverged and (best is None or hits[0] < best[0]):
            best = int(hits[0]), float(rate)
    return best


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("quadratic", "1 和 4"),
        ("ravine", "1 和 50"),
        ("saddle", "鞍面"),
        ("rosenbrock", "Rosenbrock"),
    ],
)
def test_four_surfaces(name: str, row: str) -> None:
    cells = []
    for optimiser in ("descent", "momentum", "adam", "line search"):
        found = arrives(name, optimiser)
        cells.append("> 3,000" if found is None else f"{found[0]:,}")
    says("optimisers", f"| {' | '.join(cells)} |")
    assert f"{row} | {' | '.join(cells)} |" in lesson("optimisers", "zh")
    if name == "ravine":
        steps, rate = arrives(name, "line search") or (0, 0.0)
        start = np.array([-1.8, 1.2])
        tried = surface.walk(surface.SURFACES[name], "line search", rate, steps, start).tried
        says("optimisers", f"{steps}", f"{tried}")


def test_the_saddle_and_the_valley() -> None:
    saddle, valley = surface.SURFACES["saddle"], surface.SURFACES["rosenbrock"]
    stuck = surface.walk(saddle, "descent", 0.1, 300, np.array([-1.8, 0.0])).path[-1]
    assert stuck.tolist() == pytest.approx([0, 0], abs=1e-9)
    beside = surface.walk(saddle, "descent", 0.1, 300, np.array([-1.8, 0.001])).path
    far = np.linalg.norm(np.abs(beside) - np.array([0, 1]), axis=1)
    assert int((far < 0.01).argmax()) == 90
    says("optimisers", "90")
    start = np.array([-1.8, 1.2])
    assert not surface.walk(valley, "descent", 0.002, 5000, start).diverged
    assert surface.walk(valley, "descent", 0.0025, 5000, start).diverged


# --- the graph


def test_the_hairs() -> None:
    e = {d: graph.example(2 + d[0], 1 + d[1])["e"].data for d in ((0, 0), (0.01, 0), (0, 0.01))}
    assert e[0, 0] == 6
    assert e[0.01, 0] - 6 == pytest.approx(0.02)
    assert e[0, 0.01] - 6 == pytest.approx(0.0501)
    zero = graph.example(-1, 1)
    assert [zero[n].grad for n in "abcde"] == [2, 2, 2, 0, 1]


# --- the network


def test_the_passes_on_paper() -> None:
    leaves = [
        torch.tensor(v, dtype=torch.float64, requires_grad=True)
        for v in ([[1.0, -1], [1, -1]], [-0.5, 1.5], [1.0, 1], -0.5)
    ]
    w1, b1, w2, b2 = leaves
    h = torch.tanh(torch.tensor([1.0, 0], dtype=torch.float64) @ w1 + b1)
    z = h @ w2 + b2
    p = torch.sigmoid(z)
    loss = -torch.log(p)
    loss.backward()
    says("network", *(f"{v:.4f}" for v in (*h.tolist(), z.item(), p.item(), loss.item())))
    says("network", f"{p.item() - 1:.4f}", f"{1 - h[0].item() ** 2:.4f}")
    for leaf in leaves:
        assert leaf.grad is not None
        says("network", *(f"{v:.4f}" for v in leaf.grad.flatten().tolist() if v))


@lru_cache
def hundred(
    activation: str, optimiser: str = "momentum", rate: float = 0.2, without: str = ""
) -> tuple[Any, Any, Any]:
    """100 seeds, 1,000 steps: which learnt, when (or -1), and the last hidden values."""
    weights = network.stack(network.create(seed) for seed in range(100))
    by_hand = BY_HAND[optimiser](rate)
    gone = [name for name in ("b1", "b2") if name in without]
    for name in gone:
        getattr(weights, name)[...] = 0
    when = np.full(100, -1)
    for step in range(1001):
        values = network.forward(weights, network.X, activation)
        ok = network.learnt(values.p)
        when[(when < 0) & ok] = step
        if step < 1000:
            slopes = network.backward(weights, values, network.X, network.Y, activation)
            for name in gone:
                getattr(slopes, name)[...] = 0
            by_hand.step(weights, slopes)
    return ok, when, values.h


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "row"),
    [("", "both"), ("b2", "only $b_1$"), ("b1", "only $b_2$"), ("b1 b2", "none")],
)
def test_networks_without_biases(without: str, row: str) -> None:
    counts = [int(hundred(a, without=without)[0].sum()) for a in ("tanh", "sigmoid", "relu")]
    says("network", f"| {' | '.join(map(str, counts))} |")
    assert f"| {row} | {' | '.join(map(str, counts))} |" in lesson("network", "en")


@pytest.mark.slow
def test_how_often_xor_is_learnt() -> None:
    for name, activation in (("sigmoid", "sigmoid"), ("tanh", "tanh"), ("ReLU", "relu")):
        runs = [
            hundred(activation, *how)[0]
            for how in (("descent", 0.5), ("momentum", 0.2), ("adam", 0.03))
        ]
        says("check", f"| {name} | {' | '.join(str(int(ok.sum())) for ok in runs)} |")
    ok, _, _ = hundred("tanh", "descent", 0.5)
    assert ok.sum() >= 95


@pytest.mark.slow
def test_how_fast_and_how_dead() -> None:
    for name, activation in (("sigmoid", "sigmoid"), ("tanh", "tanh"), ("ReLU", "relu")):
        ok, when, _ = hundred(activation)
        steps = int(np.median(when[when >= 0]))
        en = f"| {name} | {ok.sum()} of 100 | {steps} |"
        assert en in lesson("vanishing", "en")
        assert f"| {name} | 100 个中的 {ok.sum()} 个 | {steps} |" in lesson("vanishing", "zh")
    ok, _, h = hundred("relu")
    alive = (h > 0).any(axis=1).sum(axis=-1)
    assert ((~ok).sum(), (alive[~ok] <= 2).sum()) == (25, 15)
    assert alive[ok].min() == 2
    assert np.bincount(alive[ok]).argmax() == 4
    says("vanishing", "25", "15", "75")


# --- vanishing


def test_slopes_of_the_activations() -> None:
    z = np.array([2.0, 5.0])
    s, t = network.sigmoid(z), np.tanh(z)
    says("vanishing", *(f"{v:.2g}" if v < 0.1 else f"{v:.3f}" for v in s * (1 - s)))
    says("vanishing", *(f"{v:.2g}" for v in 1 - t * t))
    says("vanishing", power(0.25**10).strip("$"))


@pytest.mark.parametrize("layers", [5, 10, 20])
def test_norms_by_depth(layers: int) -> None:
    sigmoid, tanh, relu = (norms(a, layers, 1.0)[0] for a in ("sigmoid", "tanh", "relu"))
    first = f"{sigmoid:.5f}" if sigmoid > 1e-4 else power(sigmoid)
    says("vanishing", f"| {layers} | {first} | {tanh:.3f} |", f"{relu:.3g}")


def test_norms_by_spread() -> None:
    for name, activation, gain, shown in (
        ("ReLU", "relu", 1.0, "1"),
        ("ReLU", "relu", math.sqrt(2), "1.414"),
        ("tanh", "tanh", 0.5, "0.5"),
        ("tanh", "tanh", 1.0, "1"),
        ("tanh", "tanh", 2.0, "2"),
        ("sigmoid", "sigmoid", 4.0, "4"),
    ):
        value = norms(activation, 20, gain)[0]
        text = (
            power(value)
            if value < 1e-4
            else f"{value:.5f}"
            if value < 0.01
            else f"{value:.3f}"
            if value < 1
            else f"{value:.1f}"
        )
        says("vanishing", f"| {name} | {shown} | {text} |")


# --- the check


def test_central_differences_by_step() -> None:
    weights = network.create(0)

    def errors(dtype: Any, h: float) -> float:
        w = network.Weights(*(v.astype(dtype) for v in weights))
        x, y = network.X.astype(dtype), network.Y.astype(dtype)

        def loss() -> float:
            return float(network.loss(network.forward(w, x, "tanh"), y))

        exact = network.backward(
            weights, network.forward(weights, network.X, "tanh"), network.X, network.Y, "tanh"
        )
        assert max(float(np.abs(g).max()) for g in exact) == pytest.approx(0.17, abs=0.005)
        return max(
            float(np.abs(network.numerical(loss, v, h) - g).max())
            for v, g in zip(w, exact, strict=True)
        )

    for h, stated in ((0.1, 1.3e-4), (0.01, 1.3e-6), (0.001, 1.3e-8), (1e-4, 1.3e-10)):
        assert errors(np.float64, h) == pytest.approx(stated, rel=0.05)
        says("check", power(stated))
    # what rounding makes differs from machine to machine: its size is what counts
    for h, stated in ((1e-5, 8e-12), (1e-6, 1.3e-10), (1e-8, 1.1e-8), (1e-12, 1e-4)):
        assert stated / 5 < errors(np.float64, h) < stated * 5
    for h, stated in ((0.01, 5e-6), (0.001, 4e-5), (1e-4, 3e-4), (1e-5, 0.003), (1e-6, 0.04)):
        assert stated / 5 < errors(np.float32, h) < stated * 5


def test_autograd_in_two_precisions() -> None:
    weights = network.create(0)
    values = network.forward(weights, network.X, "tanh")
    exact = network.backward(weights, values, network.X, network.Y, "tanh")
    far = {}
    for dtype in (torch.float64, torch.float32):
        leaves = [torch.tensor(w, dtype=dtype, requires_grad=True) for w in weights]
        w1, b1, w2, b2 = leaves
        z = torch.tanh(torch.tensor(network.X, dtype=dtype) @ w1 + b1) @ w2 + b2
        F.binary_cross_entropy_with_logits(z, torch.tensor(network.Y, dtype=dtype)).backward()
        far[dtype] = max(
            float(np.abs(leaf.grad.numpy() - g).max())
            for leaf, g in zip(leaves, exact, strict=True)
            if leaf.grad is not None
        )
    assert far[torch.float64] < 1e-15
    assert 1e-9 < far[torch.float32] < 1e-7


def test_the_intervals() -> None:
    low, high = interval(98, 100)
    says("check", f"{interval(100, 100)[0]:.3f}", f"{low:.3f}", f"{math.floor(high * 1000) / 1000}")
    says("network", f"{interval(100, 100)[0]:.3f}")


# --- both languages


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_include_the_same_code_and_demos(slug: str) -> None:
    chinese, english = (content.find_lesson(CHAPTER, slug, code) for code in ("zh", "en"))
    for kind in (content.Embedded, content.Formula):
        assert [p for p in content.parts(chinese) if isinstance(p, kind)] == [
            p for p in content.parts(english) if isinstance(p, kind)
        ]
    symbols, tries = (
        [
            [getattr(p, field) for p in content.parts(one) if isinstance(p, kind)]
            for one in (chinese, english)
        ]
        for kind, field in ((content.Listing, "symbol"), (content.TryIt, "command"))
    )
    assert symbols[0] == symbols[1]
    assert tries[0] == tries[1]
    assert tries[0]
