"""A grid of settings, each trained as an ordinary run."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dltutor import paths, registry
from dltutor.chapter import Chapter, assign, parameters
from dltutor.errors import MissingPackagesError, TutorError, UsageError
from dltutor.measure import mean_interval
from dltutor.runs import folder, launch
from dltutor.runs.folder import RunFolder
from dltutor.runs.spec import RunSpec
from dltutor.settings import write_whole

SEED = "seed"


@dataclass(frozen=True, slots=True)
class Sweep:
    """The specifications of all trials, kept in a file so that a sweep can be continued."""

    name: str
    keys: tuple[str, ...]
    """the settings that differ, ``seed`` among them when several are tried"""
    specs: tuple[RunSpec, ...]

    def settings(self, place: int) -> dict[str, Any]:
        """What a trial has of its own."""
        spec = self.specs[place]
        return {k: spec.seed if k == SEED else spec.config[k] for k in self.keys}

    def save(self) -> None:
        data = {"name": self.name, "keys": self.keys, "specs": [s.to_json() for s in self.specs]}
        write_whole(_file(self.name), json.dumps(data, ensure_ascii=False, indent=1))

    def runs(self) -> dict[int, RunFolder]:
        """The runs that there are, by the trial's place."""
        found: dict[int, RunFolder] = {}
        for run in folder.list_runs(self.specs[0].chapter):
            spec = run.spec
            if spec.sweep == self.name:
                asked = [(s.config, s.seed) for s in self.specs]
                if (spec.config, spec.seed) in asked:
                    found[asked.index((spec.config, spec.seed))] = run
        return found


def _file(name: str) -> Any:
    return paths.runs_folder() / ".sweeps" / f"{name}.json"


def grid(chapter: Chapter, axes: Sequence[str]) -> list[dict[str, Any]]:
    """All combinations of ``key=value,value`` axes, each value checked against the configuration.

    ``seed=0,1,2`` is an axis too, though no setting: how far a result depends on chance.
    """
    known = parameters(launch.config_class(chapter))
    columns: list[list[tuple[str, Any]]] = []
    for axis in axes:
        key, equals, values = axis.partition("=")
        if not equals or not values:
            raise UsageError(f"--grid {axis!r} names no values", "write --grid lr=1e-3,3e-3")
        column = [
            (key, _seed(value) if key == SEED else assign(known, [f"{key}={value}"])[key])
            for value in values.split(",")
        ]
        if key in {c[0][0] for c in columns}:
            raise UsageError(f"--grid names {key!r} twice")
        columns.append(list(dict.fromkeys(column)))
    if not columns:
        raise UsageError("a sweep needs at least one --grid", "for example --grid lr=1e-3,3e-3")
    return [dict(combination) for combination in itertools.product(*columns)]


def _seed(text: str) -> int:
    if text.strip().isdecimal() and int(text) < 1 << 32:
        return int(text)
    raise UsageError(f"--grid seed: {text!r} is no seed", "a whole number from 0 on: seed=0,1,2")


def plan(chapter: Chapter, axes: Sequence[str], **options: Any) -> Sweep:
    """A new sweep; ``options`` are those of :func:`dltutor.runs.launch.plan`."""
    combinations = grid(chapter, axes)
    base = launch.plan(chapter, **options)
    kind = launch.config_class(chapter)
    place = paths.runs_folder() / ".sweeps"
    numbers = (p.stem.rpartition("-")[2] for p in place.glob("sweep-*.json"))
    name = f"sweep-{1 + max((int(n) for n in numbers if n.isdigit()), default=0):04d}"
    from dataclasses import asdict

    specs = []
    for values in combinations:
        seed = values.get(SEED, base.seed)
        own = {k: v for k, v in values.items() if k != SEED}
        config = asdict(kind(**{**base.config, **own}))
        specs.append(replace(base, config=config, seed=seed, sweep=name))
    sweep = Sweep(name, tuple(combinations[0]), tuple(specs))
    sweep.save()
    return sweep


def load(name: str) -> Sweep:
    """A sweep that was begun."""
    try:
        data = json.loads(_file(name).read_text(encoding="utf-8"))
        return Sweep(
            data["name"], tuple(data["keys"]), tuple(RunSpec.from_json(s) for s in data["specs"])
        )
    except FileNotFoundError:
        known = sorted(p.stem for p in (paths.runs_folder() / ".sweeps").glob("*.json"))
        raise UsageError(
            f"there is no sweep {name!r}", "there is: " + ", ".join(known) if known else "none yet"
        ) from None
    except (OSError, ValueError, KeyError) as error:
        raise TutorError(f"{_file(name)} can not be read: {error}") from None


Report = Callable[[int, RunFolder], None]


def train(sweep: Sweep, *, jobs: int, engine: str, report: Report) -> None:
    """Trains what is not finished, ``jobs`` at a time; calls ``report`` as each trial ends.

    Interrupted (KeyboardInterrupt), it saves and stops the runs at work; a later call goes on.
    """
    if engine == "ray":
        _train_with_ray(sweep, jobs, report)
        return
    # side by side they share the cores; more threads than cores make all of them slow
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // jobs)))
    waiting, working = _open_trials(sweep), dict[int, RunFolder]()
    try:
        while waiting or working:
            while waiting and len(working) < jobs:
                place, run = waiting.pop(0)
                working[place] = _begin(sweep, place, run)
            for place, run in list(working.items()):
                if not launch.alive(run):
                    del working[place]
                    report(place, run)
            time.sleep(0.05)
    except KeyboardInterrupt:
        for run in working.values():
            run.stop_file.touch()
        for run in working.values():
            if launch.alive(run):
                launch.stop(run)
        raise


def _open_trials(sweep: Sweep) -> list[tuple[int, RunFolder | None]]:
    begun = sweep.runs()
    return [
        (place, begun.get(place))
        for place in range(len(sweep.specs))
        if place not in begun or begun[place].state() not in ("finished", "running")
    ]


def _begin(sweep: Sweep, place: int, run: RunFolder | None) -> RunFolder:
    if run is not None:
        return launch.resume(run)
    return launch.start(registry.find(sweep.specs[place].chapter), sweep.specs[place])


def _train_with_ray(sweep: Sweep, jobs: int, report: Report) -> None:
    """Hands each trial to a Ray cluster whose machines share the runs folder."""
    try:
        import ray
    except ImportError:
        raise MissingPackagesError(
            "--engine ray needs ray, which is not installed",
            f"run: {registry.install_command('dltutor[ray]')}",
        ) from None
    ray.init(ignore_reinit_error=True, log_to_driver=False, include_dashboard=False)
    chapter = registry.find(sweep.specs[0].chapter)

    # threads follow num_cpus; several runs on a machine then do not crowd one another
    @ray.remote(num_cpus=1)  # type: ignore[untyped-decorator,unused-ignore]
    def trial(path: str) -> int:
        import subprocess
        import sys

        return subprocess.run(
            [sys.executable, "-m", "dltutor.training.worker", path], check=False
        ).returncode

    places: dict[Any, tuple[int, RunFolder]] = {}
    waiting = _open_trials(sweep)
    while waiting or places:
        while waiting and len(places) < jobs:
            place, begun = waiting.pop(0)
            run = begun or folder.create(sweep.specs[place], chapter.run_prefix)
            run.lock_file.touch()
            (run.path / "result.json").unlink(missing_ok=True)
            run.stop_file.unlink(missing_ok=True)
            places[trial.remote(str(run.path))] = (place, run)
        done, _ = ray.wait(list(places), num_returns=1)
        for future in done:
            report(*places.pop(future))


Row = tuple[Mapping[str, Any], RunFolder | None, Mapping[str, Any]]


def results(sweep: Sweep) -> Iterator[Row]:
    """For each trial its settings, its run and its final metrics."""
    begun = sweep.runs()
    for place in range(len(sweep.specs)):
        run = begun.get(place)
        result = (run.result() if run is not None else None) or {}
        yield sweep.settings(place), run, result.get("metrics", {})


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """One combination of settings, over the seeds it was trained with."""

    settings: Mapping[str, Any]
    seeds: tuple[int, ...]
    means: Mapping[str, tuple[float, float]]
    """metric to (mean, half of Student's 95 % interval)"""
    gains: Mapping[str, tuple[float, float]]
    """the same of the differences to the first combination, seed by seed; empty for the first"""


def over_seeds(rows: Sequence[Row]) -> list[OverSeeds]:
    """What remains when chance is averaged out; empty unless several seeds were trained."""
    groups: dict[tuple[Any, ...], dict[int, Mapping[str, Any]]] = {}
    for settings, _, metrics in rows:
        if SEED in settings and metrics:
            rest = tuple((k, v) for k, v in settings.items() if k != SEED)
            groups.setdefault(rest, {})[settings[SEED]] = metrics
    found: list[OverSeeds] = []
    first: Mapping[int, Mapping[str, Any]] = {}
    for rest, by_seed in groups.items():
        first = first or by_seed
        shared = [seed for seed in by_seed if seed in first] if by_seed is not first else []
        found.append(
            OverSeeds(
                dict(rest),
                tuple(by_seed),
                _intervals([by_seed[seed] for seed in by_seed]),
                _intervals(
                    [
                        {
                            k: by_seed[seed][k] - v
                            for k, v in first[seed].items()
                            if k in by_seed[seed]
                        }
                        for seed in shared
                    ]
                ),
            )
        )
    return [one for one in found if one.means]


def _intervals(values: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    if len(values) < 2:
        return {}
    names = [name for name in values[0] if all(name in other for other in values)]
    return {name: mean_interval([other[name] for other in values]) for name in names}
