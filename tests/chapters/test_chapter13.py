"""Chapter 13: simulators, advantages, the loss, training, demos, predictions and recordings."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("gymnasium")
pytest.importorskip("Box2D")

from PIL import Image  # noqa: E402

from dltutor.errors import DataError, UsageError  # noqa: E402
from dltutor.runs.folder import find_run  # noqa: E402
from dltutor.training import checkpoint  # noqa: E402
from dltutor.views import Chart, Note, Picture  # noqa: E402
from dltutor_plugins.chapter13_ppo import demo, env, evaluate, flight, predict, record  # noqa: E402
from dltutor_plugins.chapter13_ppo.config import LANDER, Config  # noqa: E402
from dltutor_plugins.chapter13_ppo.model import ActorCritic, for_table  # noqa: E402
from dltutor_plugins.chapter13_ppo.train import (  # noqa: E402
    Rollout,
    clipped_loss,
    gae,
    normalise,
    ppo_loss,
    prepare,
    rollout,
)

CPU = torch.device("cpu")


# --- environments


def test_an_environment_that_will_not_do_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match="NoSuchGame-v0"):
        env.make("NoSuchGame-v0")
    with pytest.raises(UsageError, match="no discrete actions"):
        env.make("Pendulum-v1")


def test_states_are_vectors_also_where_they_are_numbers() -> None:
    assert env.sizes(LANDER) == (8, 4)
    assert env.sizes("CartPole-v1") == (4, 2)
    assert env.sizes("FrozenLake-v1") == (16, 4)
    state, _ = env.make("FrozenLake-v1").reset(seed=0)
    assert state.dtype == np.float32
    assert state.tolist() == [1.0] + 15 * [0.0]
    assert env.threshold(LANDER) == 200


def actions(count: int, steps: int) -> Any:
    return np.random.default_rng(0).integers(0, 4, (steps, count))


def test_simulators_differ_from_one_another_and_repeat_themselves() -> None:
    envs, again, other = (env.Simulators(LANDER, 3, seed) for seed in (0, 0, 1))
    assert len({row.tobytes() for row in envs.states}) == 3
    assert not np.array_equal(envs.states, other.states)
    for chosen in actions(3, 150):
        first, second = envs.step(chosen), again.step(chosen)
        assert all(np.array_equal(a, b) for a, b in zip(first[:4], second[:4], strict=True))


def test_the_state_that_an_action_led_to_is_not_the_next_start() -> None:
    envs = env.Simulators(LANDER, 2, 0)
    alone = env.make(LANDER)
    alone.reset(seed=env.seed_of(0, 0, 0))
    total = 0.0
    for chosen in actions(2, 400):
        _, terminated, truncated, after, ended = envs.step(chosen)
        state, reward, over, cut, _ = alone.step(chosen[0])
        total += float(reward)
        assert np.array_equal(after[0], state)
        assert (bool(terminated[0]), bool(truncated[0])) == (over, cut)
        if over:
            start, _ = alone.reset(seed=env.seed_of(0, 0, 1))
            assert np.array_equal(envs.states[0], start)
            assert not np.array_equal(after[0], start)
            assert any(value == pytest.approx(total) for value in ended)
            return
    raise AssertionError("no episode ended")


def test_simulators_go_on_from_a_checkpoint_bit_for_bit(tmp_path: Path) -> None:
    envs = env.Simulators(LANDER, 3, 7)
    plan = actions(3, 260)
    for chosen in plan[:130]:
        envs.step(chosen)
    assert max(lane.episode for lane in envs.lanes) > 0
    checkpoint.write(tmp_path / "x.safetensors", {"envs": envs.state_dict()})
    again = env.Simulators(LANDER, 3, 7)
    again.load_state_dict(checkpoint.read(tmp_path / "x.safetensors")["envs"])
    assert np.array_equal(again.states, envs.states)
    for chosen in plan[130:]:
        first, second = envs.step(chosen), again.step(chosen)
        assert all(np.array_equal(a, b) for a, b in zip(first[:4], second[:4], strict=True))
        assert first[4] == second[4]


# --- advantages and the loss


def played(steps: int = 30, envs: int = 4, seed: int = 0) -> Rollout:
    generator = torch.Generator().manual_seed(seed)
    rewards, values, following = torch.randn(3, steps, envs, generator=generator)
    ends = torch.rand(2, steps, envs, generator=generator) < 0.1
    nothing = torch.zeros(steps, envs)
    states = torch.randn(steps, envs, 8, generator=generator)
    chosen = torch.randint(4, (steps, envs), generator=generator)
    return Rollout(
        states, chosen, nothing - 1.4, rewards, ends[0], ends[1] & ~ends[0], values, following, []
    )


@pytest.mark.parametrize("lam", [0.0, 0.5, 1.0])
def test_advantages_are_the_sum_of_discounted_errors_up_to_the_end(lam: float) -> None:
    data, gamma = played(), 0.9
    found = gae(data, gamma, lam)
    for n in range(4):
        for t in range(30):
            total, weight = 0.0, 1.0
            for k in range(t, 30):
                after = 0.0 if data.terminated[k, n] else float(data.next_values[k, n])
                error = float(data.rewards[k, n]) + gamma * after - float(data.values[k, n])
                total += weight * error
                weight *= gamma * lam
                if data.terminated[k, n] or data.truncated[k, n]:
                    break
            assert float(found[t, n]) == pytest.approx(total, abs=1e-5)


def test_rows_keep_step_and_environment_together() -> None:
    data = played()
    states, chosen, _, advantages, returns = prepare(data, 0.9, 0.8)
    assert torch.equal(states[4 * 3 + 2], data.states[3, 2])
    assert int(chosen[4 * 3 + 2]) == int(data.actions[3, 2])
    assert torch.allclose(returns - advantages, data.values.flatten())


@pytest.mark.parametrize(
    ("ratio", "advantage", "value", "slope"),
    [(1.5, 1.0, 1.2, 0.0), (0.5, 1.0, 0.5, 1.0), (0.5, -1.0, -0.8, 0.0), (1.5, -1.0, -1.5, -1.0)],
)
def test_the_four_corners_of_the_clip(
    ratio: float, advantage: float, value: float, slope: float
) -> None:
    x = torch.tensor([ratio], requires_grad=True)
    loss = clipped_loss(x, torch.tensor([advantage]), 0.2)
    loss.backward()
    assert -loss.item() == pytest.approx(value)
    assert -float(x.grad) == pytest.approx(slope)


def test_normalised_advantages_have_no_unit() -> None:
    advantages = torch.tensor([99.0, 100.0, 101.0])
    assert torch.allclose(normalise(advantages), torch.tensor([-1.2247, 0, 1.2247]), atol=1e-4)
    assert torch.allclose(normalise(100 * advantages), normalise(advantages), atol=1e-4)
    assert torch.equal(normalise(torch.ones(4)), torch.zeros(4))


def test_before_the_first_step_no_ratio_has_moved() -> None:
    torch.manual_seed(0)
    model, envs = ActorCritic(8, 4), env.Simulators(LANDER, 4, 0)
    data = rollout(model, envs, 40, CPU)
    assert data.states.shape == (40, 4, 8)
    assert data.values.shape == data.next_values.shape == data.rewards.shape == (40, 4)
    found = ppo_loss(model, tuple(prepare(data, 0.99, 0.95)), Config())
    assert float(found["clipped"]) == 0
    assert float(found["divergence"]) == pytest.approx(0, abs=1e-6)
    assert found["policy_loss"].item() == pytest.approx(0, abs=1e-5)  # normalised, all ratios 1
    assert found["entropy"].item() == pytest.approx(math.log(4), abs=0.01)


def test_the_layer_table_has_a_model_and_an_input() -> None:
    model, x = for_table(Config())
    logits, value = model(x)
    assert logits.shape == (1, 4)
    assert value.shape == (1,)
    assert sum(p.numel() for p in model.parameters()) == 35_973


# --- training


QUICK = ("--data", "builtin", "--json", "--set", "envs=4", "--set", "horizon=64", "--set",
         "batch_size=64", "--set", "passes=2", "--set", "env=CartPole-v1")  # fmt: skip


def test_it_learns_to_balance_a_pole(dltutor: Any) -> None:
    done = dltutor(
        "run", "chapter13", "--data", "builtin", "--json", "--set", "env=CartPole-v1",
        "--set", "steps=24000", "--set", "envs=8", "--set", "horizon=128", "--set", "batch_size=256",
        "--set", "gamma=0.98",
    )  # fmt: skip
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    metrics = events[-1]["metrics"]
    assert metrics["env_steps"] == 23 * 8 * 128
    assert metrics["baseline_random"] < 30
    assert metrics["mean_return"] > 3 * metrics["baseline_random"]
    names = {name for e in events if e["event"] == "metrics" for name in e["values"]}
    assert names == {"training_return", "mean_return", "env_steps"}
    # the total that the progress tells is right once a round was seen
    steps = [e["steps"] for e in events if e["event"] == "progress"]
    assert steps[-1] == events[-1]["steps"]


def weights(run: str) -> Any:
    return checkpoint.read(find_run(run).best)["models"]["model0"]


def test_a_run_that_was_stopped_ends_like_one_that_was_not(dltutor: Any, home: Path) -> None:
    settings = (*QUICK, "--set", "steps=2560", "--set", "evaluate_every=10")
    whole = dltutor("run", "chapter13", *settings)
    assert whole.code == 0, whole.err
    process = subprocess.Popen(
        [sys.executable, "-m", "dltutor", "run", "chapter13", *settings, "--save-every", "0"],
        stdout=subprocess.PIPE, encoding="utf-8", env=os.environ,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "saved":
            process.send_signal(signal.SIGINT)
            break
    process.communicate(timeout=60)
    resumed = dltutor("run", "--resume", "last", "--json")
    assert resumed.code == 0, resumed.err
    first, second = (json.loads(d.out.splitlines()[-1]) for d in (whole, resumed))
    assert first["run"] != second["run"]
    one, two = weights(first["run"]), weights(second["run"])
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert first["metrics"]["mean_return"] == second["metrics"]["mean_return"]


# --- the policy that comes along, its flights and recordings


@pytest.fixture(scope="module")
def landing() -> flight.Flight:
    return flight.fly(flight.given(), 0)


def test_the_given_policy_lands(landing: flight.Flight) -> None:
    assert landing.ending == "landed"
    assert len(landing.moments) - 1 == 308
    assert landing.total == pytest.approx(251.986, abs=0.01)
    policy = evaluate.greedy(flight.given().model, CPU)
    episodes = evaluate.play(policy, LANDER, evaluate.TEST[:8])
    assert episodes[0].total == pytest.approx(landing.total)
    assert evaluate.mean_return(episodes) > 240
    again = evaluate.play(policy, LANDER, evaluate.TEST[:8])
    assert [e.actions for e in again] == [e.actions for e in episodes]
    random = flight.fly(flight.given(), 0, "random")
    assert random.ending == "crashed"
    assert random.total < 0


def test_what_follows_is_the_discounted_return(landing: flight.Flight) -> None:
    rewards = [moment.reward for moment in landing.moments]
    expected = sum(0.9**k * r for k, r in enumerate(rewards[300:]))
    assert landing.follows(300, 0.9) == pytest.approx(expected)


class Context:
    """What the host gives to a demo."""

    trained = None

    def __init__(self, lang: str = "en") -> None:
        self.lang = lang
        self.state: dict[str, Any] = {}
        self.keys: tuple[str, ...] = ()
        self.tick = False

    def call(self, *keys: str, **values: Any) -> Any:
        self.keys, self.tick = keys, True
        return demo.by_hand(self, **values)


def test_a_landing_is_watched_moment_by_moment() -> None:
    seen, bars, note = demo.watch(Context(), frame=60)
    assert isinstance(seen, Picture)
    assert isinstance(bars, Chart)
    assert isinstance(note, Note)
    assert bars.categories == flight.ACTIONS["en"]
    assert sum(bars.series[0].y) == pytest.approx(1, abs=1e-4)
    assert "Moment 60 of 308: nothing. Value 180.8, what comes is 174.8" in note.text["en"]
    last = demo.watch(Context("zh"), frame=1000)
    assert "时刻 308，共 308：着陆成功" in last[2].text["zh"]
    assert last[1].categories == flight.ACTIONS["zh"]
    assert demo.watch(Context(), frame=0)[0] != seen


def flown(context: Context, *keys: str, ticks: int = 20) -> Any:
    context.call("r")
    for _ in range(ticks):
        context.call(*keys)
    return context.state["env"].unwrapped.lander


def test_keys_fly_the_lander() -> None:
    context = Context()
    idle = flown(context)
    place, fall = idle.position.x, idle.linearVelocity.y
    lifted = flown(context, "up")
    assert lifted.linearVelocity.y > fall + 1
    left = flown(context, "left").position.x
    right = flown(context, "right").position.x
    assert left < place < right


def test_a_press_burns_for_a_while_and_then_stops() -> None:
    context = Context()
    context.call()
    context.call("up")
    burning = [context.state["action"]]
    for _ in range(7):
        context.call()
        burning.append(context.state["action"])
    assert burning == [2] * demo.BURNS + [0] * (8 - demo.BURNS)


def test_a_flight_by_hand_ends_and_begins_again() -> None:
    context = Context()
    for _ in range(60):
        shown = context.call(pace=5)
    assert context.state["over"] == "crashed"
    steps = context.state["steps"]
    assert "You: crashed. r: again." in shown[2].text["en"]
    context.call(pace=5)
    assert context.state["steps"] == steps
    context.call("r")
    assert context.state["steps"] == 1
    context.tick = False
    demo.by_hand(context, episode=3)
    assert (context.state["episode"], context.state["steps"]) == (3, 0)


def test_a_recording_for_the_terminal(landing: flight.Flight, tmp_path: Path) -> None:
    record.write(landing, tmp_path / "landing.cast")
    lines = (tmp_path / "landing.cast").read_text(encoding="utf-8").splitlines()
    head, events = json.loads(lines[0]), [json.loads(line) for line in lines[1:]]
    assert (head["version"], head["width"], head["height"]) == (2, 72, 25)
    times = [time for time, _, _ in events]
    assert times == sorted(times)
    assert times[-2] == pytest.approx(308 / 50)
    assert {kind for _, kind, _ in events} == {"o"}
    import pyte

    screen = pyte.Screen(72, 25)
    pyte.Stream(screen).feed("".join(text for _, _, text in events))
    assert any("landed" in line for line in screen.display)
    assert "return   252.0" in "\n".join(screen.display)


def test_a_recording_as_a_moving_picture(landing: flight.Flight, tmp_path: Path) -> None:
    record.write(landing, tmp_path / "landing.gif")
    with Image.open(tmp_path / "landing.gif") as picture:
        assert picture.size == (360, 240)
        frames = picture.n_frames
        seconds = 0
        for n in range(frames):
            picture.seek(n)
            seconds += picture.info["duration"]
    assert frames > 100
    assert seconds == pytest.approx(1000 * 308 / 50 + 2000, abs=100)
    with pytest.raises(DataError, match="is there already"):
        record.write(landing, tmp_path / "landing.gif")


def test_what_can_be_predicted_is_said() -> None:
    assert predict.wanted("7") == 7
    assert predict.wanted("a/b.gif") == Path("a/b.gif")
    for wrong in ("100", "-1", "landing.png", ""):
        with pytest.raises(UsageError, match="a number from 0 to 99") as caught:
            predict.wanted(wrong)
        assert caught.value.exit_code == 2
