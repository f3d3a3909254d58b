"""Starts, resumes and stops the processes that train. Imports no torch."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dltutor import registry
from dltutor.chapter import Chapter, Config, Training, assign, parameters
from dltutor.data import roots
from dltutor.data.roots import DataChoice
from dltutor.errors import TutorError, UsageError
from dltutor.runs import folder
from dltutor.runs.folder import RunFolder
from dltutor.runs.spec import RunSpec
from dltutor.settings import write_whole

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "32", "bf16", "16")


def processes_begun_by_others() -> tuple[int, int] | None:
    """(processes on a machine, machines) where torchrun or SLURM began this process among others."""
    if "TORCHELASTIC_RUN_ID" in os.environ and "RANK" in os.environ:
        local = int(os.environ["LOCAL_WORLD_SIZE"])
        return local, int(os.environ["WORLD_SIZE"]) // local
    if "SLURM_PROCID" in os.environ and int(os.environ.get("SLURM_NTASKS", "1")) > 1:
        tasks, machines = int(os.environ["SLURM_NTASKS"]), int(os.environ.get("SLURM_NNODES", "1"))
        if tasks % machines:
            raise UsageError(
                f"SLURM began {tasks} processes on {machines} machines: each needs as many",
                "say --ntasks-per-node instead of --ntasks",
            )
        # Fabric wants to be told, also where only the sum was asked for
        os.environ.setdefault("SLURM_NTASKS_PER_NODE", str(tasks // machines))
        return tasks // machines, machines
    return None


def training_of(chapter: Chapter) -> Training:
    if chapter.training is None:
        raise UsageError(f"{chapter.id} has nothing to train")
    return chapter.training


def config_class(chapter: Chapter) -> type[Config]:
    """The class of the chapter's configuration; its module must be light."""
    found = registry.resolve(training_of(chapter).config)
    if not (isinstance(found, type) and issubclass(found, Config)):
        raise TypeError(f"{training_of(chapter).config} is no subclass of dltutor.chapter.Config")
    return found


def plan(
    chapter: Chapter,
    *,
    preset: str = "standard",
    settings: Sequence[str] = (),
    data: str = "",
    data_root: str = "",
    device: str = "auto",
    precision: str = "auto",
    choose: Callable[[Training, str, str], DataChoice] = roots.choose,
    **options: Any,
) -> RunSpec:
    """The specification of a run: preset and settings checked, data found, versions noted.

    ``choose`` finds the data; one that fetches them may be given.

    Raises UsageError for a wrong preset, key, value, device or precision, DataError for absent
    data, MissingPackagesError for packages that are not installed.
    """
    training = training_of(chapter)
    if preset not in training.presets:
        raise UsageError(
            f"{chapter.id} has no preset {preset!r}", "one of " + ", ".join(training.presets)
        )
    for name, value, known in (
        ("--device", device, DEVICES),
        ("--precision", precision, PRECISIONS),
    ):
        if value not in known:
            raise UsageError(f"{name} {value!r} is unknown", "one of " + ", ".join(known))
    for name in ("devices", "nodes"):
        if options.get(name, 1) < 1:
            raise UsageError(f"--{name} {options[name]} is less than 1")
    kind = config_class(chapter)
    config = kind(**{**training.presets[preset], **assign(parameters(kind), settings)})
    registry.require_packages(chapter)
    chosen = choose(training, data, data_root)
    return RunSpec(
        chapter=chapter.id,
        preset=preset,
        config=asdict(config),
        data=chosen.to_json(),
        device=device,
        precision=precision,
        command=shlex.join(["dltutor", *sys.argv[1:]]),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=versions(chapter),
        git=_git_revision(),
        **options,
    )


def versions(chapter: Chapter) -> Mapping[str, str]:
    """Of Python, dltutor and the packages that the chapter requires."""
    from importlib import metadata

    found = {"python": sys.version.split()[0]}
    distributions = {
        "sklearn": "scikit-learn",
        "PIL": "pillow",
        "cv2": "opencv-python",
        "lightning_fabric": "lightning-fabric",
    }
    for name in ("dltutor", *chapter.requires):
        try:
            found[name] = metadata.version(distributions.get(name, name))
        except metadata.PackageNotFoundError:
            continue
    return found


def _git_revision() -> str:
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def start(
    chapter: Chapter, spec: RunSpec, standby: Standby | None = None, *, gently: bool = False
) -> RunFolder:
    """Makes the run's folder and starts its process, which outlives this one.

    ``gently``: it leaves the processor to whatever else wants it, as a run should that somebody
    does not wait for. A standby does so anyway.
    """
    run = folder.create(spec, chapter.run_prefix)
    work(run, standby, gently=gently)
    return run


def resume(run: RunFolder, standby: Standby | None = None, *, gently: bool = False) -> RunFolder:
    """Continues a run from its last good checkpoint."""
    clear(run)
    work(run, standby, gently=gently)
    return run


def clear(run: RunFolder) -> None:
    """Makes a run that has come to a stop ready to go on; raises TutorError where it can not."""
    state = run.state()
    if state == "running":
        raise TutorError(f"run {run.id} is at work", f"follow it: dltutor runs follow {run.id}")
    if state == "finished":
        raise TutorError(f"run {run.id} has finished", "nothing is left to do")
    registry.require_packages(registry.find(run.spec.chapter))
    for file in (run.stop_file, run.pause_file, run.path / "result.json"):
        file.unlink(missing_ok=True)


def work(run: RunFolder, standby: Standby | None = None, *, gently: bool = False) -> None:
    """Has a worker process take up the run."""
    try:
        # the folder must not look as if nobody had begun while torch is being imported
        run.lock_file.touch()
        log = run.log_file.open("ab")
    except OSError as error:
        raise TutorError(f"{run.path} can not be written: {error.strerror}") from None
    with log:
        # a standby can not begin further processes: they would start as standbys again
        alone = run.spec.devices * run.spec.nodes == 1
        if standby is not None and alone and standby.take(run):
            return
        how = ["--gently"] if gently else []
        process = spawn([*how, str(run.path)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _begun(run, process)


def _begun(run: RunFolder, process: subprocess.Popen[bytes]) -> None:
    write_whole(run.path / "pid", str(process.pid))
    _CHILDREN[run.path] = process


_CHILDREN: dict[Path, subprocess.Popen[bytes]] = {}
"""the workers that this process began: reaped when asked about"""


def spawn(arguments: Sequence[str], **streams: Any) -> subprocess.Popen[bytes]:
    """A worker process in a session of its own: a closed terminal or a Ctrl-C does not reach it."""
    return subprocess.Popen(
        [sys.executable, "-m", "dltutor.training.worker", *arguments],
        start_new_session=True,
        # threads that spin while they wait take the cores from whatever else computes, and so
        # from one another; a short spin costs nothing where they have the machine to themselves
        env={"GOMP_SPINCOUNT": "3000", **os.environ, "PYTHONUNBUFFERED": "1"},
        **streams,
    )


def alive(run: RunFolder) -> bool:
    """Whether a process is at work on the run, or about to be."""
    child = _CHILDREN.get(run.path)
    if child is not None:
        return child.poll() is None
    return run.state() == "running" or run.is_starting()


def exit_code(run: RunFolder) -> int | None:
    """What the worker ended with, where this process began it; negative for a signal."""
    child = _CHILDREN.get(run.path)
    return child.poll() if child is not None else None


class Standby:
    """A worker that has imported torch and waits for a run, so that training begins at once."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = spawn(
            ["--gently", "--standby"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def take(self, run: RunFolder) -> bool:
        """Hands the run to the waiting worker; False when there is none any more."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.poll() is not None:
            return False
        try:
            process.stdin.write(json.dumps(str(run.path)).encode() + b"\n")
            process.stdin.close()
        except OSError:
            return False
        _begun(run, process)
        return True

    def close(self) -> None:
        """Ends a worker that was not needed."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def stop(run: RunFolder, patience: float = 30.0) -> bool:
    """Asks the run to save and stop, waits ``patience`` seconds, then insists.

    Returns whether it stopped by itself. Raises TutorError when it does not run.
    """
    if not alive(run):
        raise TutorError(f"run {run.id} is not running ({run.state()})")
    run.stop_file.touch()
    deadline = time.monotonic() + patience
    while alive(run) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not alive(run):
        return True
    kill(run)
    return False


def pause(run: RunFolder, patience: float = 30.0) -> bool:
    """Stops the run in order to go on later with ``resume``; returns what ``stop`` does.

    Its process ends, so that memory and devices are free and the pause outlasts a reboot;
    a resumed run ends as one that was left alone.
    """
    if alive(run):
        run.pause_file.touch()
    return stop(run, patience)


def kill(run: RunFolder) -> None:
    """Ends the run's processes at once. The last checkpoint stays."""
    try:
        pid = int((run.path / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if alive(run):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
        child = _CHILDREN.get(run.path)
        if child is not None:
            child.wait()


def with_micro_batches(run: RunFolder, pieces: int) -> RunSpec:
    """Notes in the specification that each batch is computed in ``pieces``."""
    spec = replace(run.spec, micro_batches=pieces)
    run.write_spec(spec)
    return spec
