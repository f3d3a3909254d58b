"""Three small pictures of what PPO computes."""

from __future__ import annotations

from typing import Annotated

from dltutor.chapter import Param
from dltutor.views import Chart, Series, Table, View

REWARDS = (0.0, -1.0, 0.0, 0.0, 10.0)
VALUES = (4.0, 4.0, 6.0, 7.0, 8.0)
"""what a critic said of the five states of a small episode"""


def returns(rewards: tuple[float, ...], gamma: float) -> list[float]:
    """The discounted return from each step on."""
    found: list[float] = []
    ahead = 0.0
    for reward in reversed(rewards):
        ahead = reward + gamma * ahead
        found.append(ahead)
    return found[::-1]


def advantages(
    rewards: tuple[float, ...],
    values: tuple[float, ...],
    gamma: float,
    lam: float,
    follows: float = 0.0,
) -> tuple[list[float], list[float]]:
    """TD errors and advantages; ``follows`` is the value after the last step."""
    nexts = (*values[1:], follows)
    errors = [
        r + gamma * after - v
        for r, v, after in zip(rewards, values, nexts, strict=True)
    ]
    return errors, returns(tuple(errors), gamma * lam)


def ahead(
    gamma: Annotated[
        float, Param("discount", zh="折扣因子", low=0, high=1, step=0.05)
    ] = 0.9,
    lam: Annotated[
        float,
        Param(
            "how far advantages look",
            zh="优势看多远",
            low=0,
            high=1,
            step=0.05,
        ),
    ] = 0.95,
) -> list[View]:
    """Returns, TD errors and advantages of an episode of five steps."""
    errors, gains = advantages(REWARDS, VALUES, gamma, lam)
    names = ("reward", "return", "value", "TD error", "advantage")
    rows_of = (REWARDS, returns(REWARDS, gamma), VALUES, errors, gains)
    table = Table(
        columns=["", *(f"t={t}" for t in range(len(REWARDS)))],
        rows=[
            [name, *(round(v, 2) for v in row)]
            for name, row in zip(names, rows_of, strict=True)
        ],
        title={"en": "An episode of five steps", "zh": "一个五步的回合"},
    )
    chart = Chart(
        series=[
            Series({"en": "TD error", "zh": "TD 误差"}, errors),
            Series({"en": "advantage", "zh": "优势"}, gains),
        ],
        x_label={"en": "step", "zh": "步"},
    )
    return [table, chart]


def objective(
    clip: Annotated[
        float, Param("clip", zh="裁剪范围", low=0.05, high=0.9, step=0.05)
    ] = 0.2,
    advantage: Annotated[
        float, Param("advantage", zh="优势", low=-2, high=2, step=0.5)
    ] = 1.0,
) -> Chart:
    """PPO's objective of one action, over the probability ratio."""
    ratios = [n / 50 for n in range(101)]
    held = [min(max(r, 1 - clip), 1 + clip) for r in ratios]
    pairs = zip(ratios, held, strict=True)
    clipped = [min(r * advantage, h * advantage) for r, h in pairs]
    return Chart(
        series=[
            Series({"en": "clipped", "zh": "裁剪后"}, clipped, ratios),
            Series(
                {"en": "not clipped", "zh": "未裁剪"},
                [r * advantage for r in ratios],
                ratios,
            ),
        ],
        title={"en": "The objective", "zh": "目标函数"},
        x_label={"en": "probability ratio", "zh": "概率比"},
    )
