import numpy as np

from dltutor.learning.checks import close, equal, that, untouched


def square(theta):
    return float((theta**2).sum())


def slope(theta):
    return 2 * theta


def check_steps(work):
    """it stops after the first step that changes the loss by less than tol || 损失的变化第一次小于 tol 时停下"""
    for tol, steps in ((0.2, 2), (0.02, 4), (0.001, 6)):
        theta, taken = work.minimise(square, slope, np.array([1.0]), 0.25, tol)
        when = {"start": [1.0], "lr": 0.25, "tol": tol}
        equal(taken, steps, "the number of steps || 步数", when)
        close(theta, np.array([0.5**steps]), name="theta", when=when)


def check_tolerance(work):
    """a looser tolerance takes fewer steps || 放宽 tol，步数变少"""
    counts = [
        work.minimise(square, slope, np.array([3.0, -2.0]), 0.01, tol)[1]
        for tol in (1e-2, 1e-6, 1e-10)
    ]
    that(
        counts[0] < counts[1] < counts[2] < 10_000,
        f"With tol = 1e-2, 1e-6 and 1e-10 it took {counts} steps: they should grow, and stay below the limit of 10,000."
        f" || tol 为 1e-2、1e-6、1e-10 时，步数是 {counts}：应当逐个增加，并且少于上限 10,000。",
    )


def check_minimum(work):
    """the minimum of an uneven bowl is found || 找到一个不对称的碗的最低点"""
    a = np.array([1.0, 10.0])
    theta, _ = work.minimise(
        lambda t: float((a * (t - 1) ** 2).sum() / 2), lambda t: a * (t - 1), np.zeros(2), 0.1, 1e-14
    )
    close(theta, np.ones(2), atol=1e-5, name="theta", when="a bowl about (1, 1) || 以 (1, 1) 为中心的碗")


def check_limit(work):
    """it never takes more than most steps || 步数不超过 most"""
    theta, taken = work.minimise(square, slope, np.array([1.0]), 0.25, 0.0, 7)
    equal(taken, 7, "the number of steps || 步数", {"tol": 0.0, "most": 7})
    close(theta, np.array([0.5**7]), name="theta", when={"most": 7})
    calls = []
    _, taken = work.minimise(square, lambda t: calls.append(1) or 2 * t, np.array([1.0]), 1.5, 1e-9, 20)
    equal((taken, len(calls)), (20, 20), "(steps, gradients computed) || （步数，求梯度的次数）", {"lr": 1.5, "most": 20})


def check_at_the_bottom(work):
    """begun at the minimum it stops at once || 从最小值出发，立刻停下"""
    theta, taken = work.minimise(square, slope, np.zeros(3), 0.1)
    equal(taken, 1, "the number of steps || 步数", "the start is the minimum || 起点就是最小值")
    equal(theta, np.zeros(3), "theta")


def check_untouched(work):
    """the start stays as it was || 起点不被改动"""
    start = np.array([1.0, 2.0])
    untouched(lambda s: work.minimise(square, slope, s, 0.1), start, name="minimise(...)")
