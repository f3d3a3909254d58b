"""The time of a step on a device that works on by itself."""

from collections.abc import Callable, Sequence
from statistics import median


def step_times(
    step: Callable[[], None],
    wait: Callable[[], None],
    clock: Callable[[], float],
    steps: int,
    warm_up: int,
) -> list[float]:
    """Milliseconds of ``steps`` steps, after ``warm_up`` untimed ones."""
    for _ in range(warm_up):
        step()
    wait()  # the warm-up's work is not the first step's
    times = []
    for _ in range(steps):
        start = clock()
        step()
        wait()  # the step's work is done, and only then the clock is read
        times.append(1000 * (clock() - start))
    return times


def ratio(eager: Sequence[float], compiled: Sequence[float]) -> float:
    """How many times as fast the compiled steps are; above 1 is faster."""
    return median(eager) / median(compiled)
