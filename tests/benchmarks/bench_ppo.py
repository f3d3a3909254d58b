"""The figures of chapter 13: steps a second, steps to solve, and Stable-Baselines3 beside it.

    python tests/benchmarks/bench_ppo.py speed
    python tests/benchmarks/bench_ppo.py seeds [--seeds 5]
    python tests/benchmarks/bench_ppo.py sb3   [--seeds 1] [--together]

``speed`` plays with one environment alone and with sixteen, a round each in turn, so that a busy
machine slows both alike; it gives medians. ``seeds`` trains the preset ``standard`` by
``dltutor run``, a seed after the other. ``sb3`` trains, with the same seed, this chapter's PPO and
that of Stable-Baselines3 (``pip install stable-baselines3``) with the hyperparameters of RL
Baselines3 Zoo for LunarLander-v3, 1,000,000 steps each, in processes of their own with one thread,
one after the other or ``--together``. Both final policies fly the same hundred test episodes by
their most probable action. Our seconds hold the evaluations and the reading of results as well,
those of Stable-Baselines3 the learning alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np
import torch
from torch.distributions import Categorical

from dltutor.measure import mean_interval
from dltutor_plugins.chapter13_ppo import evaluate
from dltutor_plugins.chapter13_ppo.config import Config
from dltutor_plugins.chapter13_ppo.env import Simulators, make, sizes
from dltutor_plugins.chapter13_ppo.evaluate import mean_return, play
from dltutor_plugins.chapter13_ppo.model import ActorCritic
from dltutor_plugins.chapter13_ppo.train import rollout

ENV = "LunarLander-v3"
CPU = torch.device("cpu")


@torch.inference_mode()
def alone(model: ActorCritic, steps: int) -> float:
    """Steps a second of one environment, by the loop that one writes first."""
    env = make(ENV)
    state, _ = env.reset(seed=0)
    begin = time.perf_counter()
    for _ in range(steps):
        logits, _ = model(torch.from_numpy(state)[None])
        policy = Categorical(logits=logits)
        action = policy.sample()
        policy.log_prob(action)
        state, _, terminated, truncated, _ = env.step(np.int64(action.item()))
        if terminated or truncated:
            state, _ = env.reset()
    return steps / (time.perf_counter() - begin)


def together(model: ActorCritic, envs: Simulators, steps: int) -> float:
    begin = time.perf_counter()
    rollout(model, envs, steps // len(envs.lanes), CPU)
    return steps / (time.perf_counter() - begin)


def speed(rounds: int = 9, steps: int = 4096) -> None:
    torch.manual_seed(0)
    model = ActorCritic(*sizes(ENV), Config().hidden)
    envs = Simulators(ENV, 16, 0)
    found: dict[str, list[float]] = {"one alone": [], "sixteen": []}
    for _ in range(rounds):
        found["one alone"].append(alone(model, steps))
        found["sixteen"].append(together(model, envs, steps))
    first, second = (statistics.median(values) for values in found.values())
    print(f"one alone  {first:8.0f} steps/s")
    print(f"sixteen    {second:8.0f} steps/s   {second / first:.2f} times")


def our_process(seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dltutor", "run", "chapter13", "--data", "builtin"]
    return _started([*command, "--seed", str(seed), "--json"])


def their_process(seed: int) -> subprocess.Popen[str]:
    return _started([sys.executable, __file__, "_sb3", "--seed", str(seed)])


def _started(command: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=environment)


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The last line of its output; ``seconds`` and the metrics."""
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a run ended with {process.returncode}")
    last = json.loads(out.splitlines()[-1])
    return {"seconds": last["seconds"], **last["metrics"]}


def theirs(seed: int) -> None:
    """Stable-Baselines3's PPO, as RL Baselines3 Zoo sets it for this environment."""
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env

    begin = time.perf_counter()
    model = PPO(
        "MlpPolicy", make_vec_env(ENV, n_envs=16, seed=seed), seed=seed, device="cpu",
        n_steps=1024, batch_size=64, n_epochs=4, gamma=0.999, gae_lambda=0.98, ent_coef=0.01,
    )  # fmt: skip
    model.learn(1_000_000)
    seconds = time.perf_counter() - begin
    episodes = play(lambda x: model.predict(x, deterministic=True)[0], ENV, evaluate.TEST)
    metrics = {"mean_return": mean_return(episodes)}
    print(json.dumps({"seconds": round(seconds, 1), "metrics": metrics}))


def line(name: str, seed: int, found: dict[str, Any]) -> None:
    words = [f"{name:6} seed {seed}  mean return {found['mean_return']:7.1f}"]
    words += [f"{found['seconds']:7.1f} s"]
    for key in ("steps_to_solve", "env_steps_per_second"):
        if key in found:
            words.append(f"{key} {found[key]:,.0f}")
    print("  ".join(words), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("speed", "seeds", "sb3", "_sb3"))
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--together", action="store_true")
    given = parser.parse_args()
    if given.what == "speed":
        return speed()
    if given.what == "_sb3":
        return theirs(given.seed)
    ours: list[float] = []
    for seed in range(
        given.seed, given.seed + (given.seeds or (5 if given.what == "seeds" else 1))
    ):
        mine = our_process(seed)
        if given.what == "seeds":
            found = result(mine)
        elif given.together:
            other = their_process(seed)
            found = result(mine)
            line("SB3", seed, result(other))
        else:
            found = result(mine)
            line("SB3", seed, result(their_process(seed)))
        line("ours", seed, found)
        ours.append(found["mean_return"])
    if len(ours) > 1:
        mean, half = mean_interval(ours)
        print(f"ours: {mean:.1f} +- {half:.1f} over {len(ours)} seeds, worst {min(ours):.1f}")


if __name__ == "__main__":
    main()
