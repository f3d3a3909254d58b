"""Chapter 13's lessons: what can be computed again is, and both languages say the same.

Figures of whole trainings (five seeds, Stable-Baselines3, steps a second) come from
``tests/benchmarks/bench_ppo.py``.
"""

from __future__ import annotations

import math
import statistics

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("gymnasium")
pytest.importorskip("Box2D")

from dltutor import content  # noqa: E402
from dltutor.measure import mean_interval  # noqa: E402
from dltutor_plugins.chapter13_ppo import (  # noqa: E402
    dltutor_chapter,
    evaluate,
    flight,
    ideas,
)
from dltutor_plugins.chapter13_ppo.config import LANDER, Config  # noqa: E402
from dltutor_plugins.chapter13_ppo.model import ActorCritic  # noqa: E402
from dltutor_plugins.chapter13_ppo.train import normalise  # noqa: E402

CHAPTER = dltutor_chapter()
SLUGS = ("reward", "policy", "advantage", "clip", "loop", "measure")
SEEDS = {
    0: ("274.1", "4.8", 409_600),
    1: ("269.9", "4.8", 245_760),
    2: ("275.8", "4.6", 327_680),
    3: ("252.7", "6.0", 491_520),
    4: ("273.8", "4.2", 245_760),
}
"""the runs: mean return, half of its interval, steps to solve"""


def lesson(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def claims() -> list[tuple[str, str]]:
    config = Config()
    parameters = sum(p.numel() for p in ActorCritic(8, 4, config.hidden).parameters())
    round_of = config.envs * config.horizon
    updates = config.steps // round_of
    returns = ideas.returns(ideas.REWARDS, 0.9)
    errors, _ = ideas.advantages(ideas.REWARDS, ideas.VALUES, 0.9, 0.95)
    logits = torch.tensor([1.0, 0.0, 0.0, -1.0])
    moved = torch.tensor([0.1, -0.1]).softmax(0).tolist()
    overall = mean_interval([float(mean) for mean, _, _ in SEEDS.values()])
    return [
        *(("reward", f"{value:.2f}".rstrip("0").rstrip(".")) for value in returns),
        ("reward", f"0.99^{{1000}} = {0.99**1000:.5f}"),
        ("reward", f"0.999^{{1000}} = {0.999**1000:.2f}"),
        *(("policy", f"{value:.2f}") for value in logits.softmax(0).tolist()),
        ("policy", f"\\log 4 = {math.log(4):.3f}"),
        *(("policy", f"{value:.2f}") for value in moved),
        ("policy", f"{parameters:,}"),
        ("advantage", f"\\delta_0 = 0 + 0.9 \\cdot 4 - 4 = {errors[0]:.1f}"),
        ("advantage", f"\\delta_4 = 10 + 0 - 8 = {errors[4]:.0f}"),
        ("advantage", f"(0.9 \\cdot 0.95)^4 = {2 * (0.9 * 0.95) ** 4:.2f}"),
        ("advantage", f"\\dots = {1 / (1 - 0.99):.0f}"),
        ("clip", f"{round_of:,}"),
        ("clip", f"{config.passes * round_of // config.batch_size}"),
        ("clip", f"{normalise(torch.tensor([99.0, 100, 101]))[2]:.2f}"),
        ("clip", f"\\epsilon = {config.clip}"),
        ("loop", f"{updates} · {config.envs} · {config.horizon}"),
        ("loop", f"{updates * round_of:,}"),
        ("loop", f"{2 * config.horizon:,}"),
        *(("measure", f"| {s} | {m} ± {h} | {n:,} |") for s, (m, h, n) in SEEDS.items()),
        ("measure", f"{overall[0]:.1f} ± {overall[1]:.1f}"),
        ("measure", f"{config.evaluate_every * round_of:,}"),
        ("measure", f"{15242 / 3275:.1f}"),
        ("measure", f"{1119.2:,.0f}"),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in lesson(slug, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_said_of_the_recorded_episode(lang: str) -> None:
    found = flight.fly(flight.given(), 0)
    text = lesson("advantage", lang)
    for at in (0, 200):
        assert f"{found.moments[at].value:.1f}" in text
        assert f"{found.follows(at, 0.999):.1f}" in text
    text = lesson("measure", lang)
    assert f"{len(found.moments) - 1}" in text
    assert f"{found.total:.0f}" in text
    hovering = flight.fly(flight.given(), 49)
    assert hovering.ending == "time ran out"
    assert f"{hovering.total:.0f}" in text


def test_what_is_said_of_the_hundred_test_episodes() -> None:
    policy = evaluate.greedy(flight.given().model, torch.device("cpu"))
    episodes = evaluate.play(policy, LANDER, evaluate.TEST)
    returns = [episode.total for episode in episodes]
    # the weights that come with the chapter are the first of the narrower network's five
    assert f"{evaluate.mean_return(episodes):.1f}" == "257.8"
    assert "(257.8," in lesson("measure", "en")
    assert f"{mean_interval(returns)[1]:.1f}" == "4.4"
    assert sum(value >= 200 for value in returns) == 99
    assert (round(min(returns)), round(max(returns))) == (148, 299)
    assert round(statistics.fmean(len(episode.actions) for episode in episodes)) == 339
    random = evaluate.play(evaluate.uniform(4), LANDER, evaluate.TEST)
    returns = [episode.total for episode in random]
    assert f"{evaluate.mean_return(random):.1f}" == "-182.8"
    assert (round(min(returns)), round(max(returns))) == (-467, 29)
    assert round(statistics.fmean(len(episode.actions) for episode in random)) == 90
    assert all(episode.rewards[-1] == -100 for episode in random)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pitfalls_are_taught(lang: str) -> None:
    words = {
        "en": ("Truncation taken for an end", "A `sleep`", "Advantages never normalised",
               "Reporting the last training episode"),
        "zh": ("把截断当成终止", "`sleep`", "从不归一化优势", "报告最后一个训练回合"),
    }[lang]  # fmt: skip
    slugs = ("advantage", "loop", "clip", "measure")
    for slug, word in zip(slugs, words, strict=True):
        assert word in lesson(slug, lang)


def test_both_languages_have_the_same_lessons() -> None:
    for lang in ("en", "zh"):
        assert all(lesson(slug, lang) for slug in SLUGS)
