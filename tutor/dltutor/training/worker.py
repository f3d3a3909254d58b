"""The process that works on one run: ``python -m dltutor.training.worker FOLDER``.

With ``--standby`` it imports torch first and reads the folder, as JSON, from standard input.
With ``--gently`` it leaves the processor to whatever else wants it.
Exit codes: 0 finished, 1 failed, 3 stopped, 74 the run's folder can not be written.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from dltutor import i18n, registry
from dltutor.data.roots import DataChoice
from dltutor.errors import TutorError
from dltutor.runs import folder, launch, words
from dltutor.runs.folder import RunFolder
from dltutor.runs.lock import FileLock
from dltutor.runs.spec import RunSpec
from dltutor.settings import write_whole
from dltutor.training import checkpoint, devices
from dltutor.training.engine import Engine, NotFinite, Stopped
from dltutor.training.recorder import Recorder, Unwritable
from dltutor.training.run import Run

NICE = 10
"""of a run in the background, as ``nice`` has it"""
FAILED, STOPPED, UNWRITABLE = 1, 3, 74
Echo = Callable[[dict[str, Any]], None] | None


def rank() -> int:
    """This process's place among all, before torch.distributed knows it."""
    for variable in ("RANK", "SLURM_PROCID", "LOCAL_RANK"):
        if variable in os.environ:
            return int(os.environ[variable])
    return 0


def work(run: RunFolder, fabric: Fabric | None = None, echo: Echo = None) -> int:
    """Takes up the run until it ends, and says how in ``result.json``; returns the exit code.

    ``fabric`` is given where the processes were begun by somebody else (torchrun, SLURM);
    ``echo`` is told every event.
    """
    first = rank() == 0
    lock = FileLock(run.lock_file)
    if first and not lock.acquire():
        print(f"another process works on run {run.id}", file=sys.stderr)
        return FAILED
    try:
        if first and (run.result() or {}).get("event") == "finished":
            print(f"run {run.id} has finished", file=sys.stderr)
            return 0
        recorder = Recorder(run.events_file, silent=not first, echo=echo if first else None)
        if first:
            write_whole(run.path / "pid", str(os.getpid()))
        last, code = _until_the_end(run, recorder, fabric)
        if first:
            write_whole(run.path / "result.json", json.dumps(last, ensure_ascii=False))
            run.stop_file.unlink(missing_ok=True)
        return code
    except (Unwritable, TutorError) as error:
        with contextlib.suppress(OSError):  # the log may lie on the same full disk
            print(f"{run.path} can not be written: {error}", file=sys.stderr, flush=True)
        return UNWRITABLE
    finally:
        lock.release()


def _until_the_end(
    run: RunFolder, recorder: Recorder, fabric: Fabric | None
) -> tuple[dict[str, Any], int]:
    try:
        spec = run.spec
        if fabric is None:
            fabric = make_fabric(spec)
            if spec.devices * spec.nodes > 1:
                fabric.launch()
        while True:
            try:
                return recorder.write("finished", **_attempt(run, recorder, fabric)), 0
            except torch.OutOfMemoryError as error:
                pieces = run.spec.micro_batches * 2
                if pieces > 1024:
                    raise TutorError("one sample alone does not fit into memory") from error
                text = (
                    f"out of memory: each batch is now computed in {pieces} pieces; its size stays"
                )
                recorder.write("warning", text=text, micro_batches=pieces)
                launch.with_micro_batches(run, pieces)
            # outside the handler: it holds the frames, and so the tensors, of what failed
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
    except Stopped:
        return recorder.write("stopped", hint=f"dltutor run --resume {run.id}"), STOPPED
    except NotFinite as error:
        good = checkpoint.kept(run.checkpoints)
        hint = f"the last good checkpoint is {good[0].stem}; " if good else ""
        return recorder.write(
            "failed", message=str(error), hint=hint + "try a smaller learning rate"
        ), FAILED
    except Unwritable:
        raise
    except TutorError as error:
        return recorder.write("failed", message=error.message, hint=error.hint), FAILED
    except Exception as error:  # a chapter's code may raise anything
        traceback.print_exc()
        text = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        return recorder.write(
            "failed", message=text, hint=f"the traceback is in {run.log_file}"
        ), FAILED


def _choices(spec: RunSpec) -> tuple[str, str, str, str]:
    """Device, why, precision, why."""
    training = launch.training_of(registry.find(spec.chapter))
    device, device_reason = devices.choose_device(spec.device)
    return (
        device,
        device_reason,
        *devices.choose_precision(spec.precision, device, bf16_on_cpu=training.bf16_on_cpu),
    )


def make_fabric(spec: RunSpec) -> Fabric:
    """The Fabric of the specification's device, processes and precision, not yet launched."""
    device, _, precision, _ = _choices(spec)
    return Fabric(
        accelerator="gpu" if device == "cuda" else device,
        devices=spec.devices,
        num_nodes=spec.nodes,
        precision=precision,  # type: ignore[arg-type]
        strategy="ddp" if spec.devices * spec.nodes > 1 else "auto",
    )


def _attempt(run: RunFolder, recorder: Recorder, fabric: Fabric) -> dict[str, Any]:
    """From the last checkpoint, or the start, to the end; the values of ``finished``."""
    spec = run.spec
    chapter = registry.find(spec.chapter)
    training = launch.training_of(chapter)
    config = launch.config_class(chapter)(**spec.config)
    device, device_reason, precision, precision_reason = _choices(spec)
    with contextlib.redirect_stdout(sys.stderr):
        fabric.seed_everything(spec.seed, workers=True)
    if device == "cuda":
        torch.set_float32_matmul_precision("high")
    work_run = Run(spec, fabric, run.path, DataChoice.from_json(spec.data), i18n.current())
    engine = Engine(work_run, run, recorder, training.best)
    recorder.write(
        "started",
        run=run.id,
        chapter=spec.chapter,
        preset=spec.preset,
        config=dict(spec.config),
        data=spec.data["label"],
        device=str(fabric.device),
        device_reason=device_reason,
        precision=precision,
        precision_reason=precision_reason,
        processes=work_run.world,
        seed=spec.seed,
        versions=dict(spec.versions),
        git=spec.git,
        command=spec.command,
    )
    _restore(run, work_run, recorder, engine)
    routine = registry.resolve(training.routine)(config, work_run)
    return engine.drive(routine)


def _restore(run: RunFolder, work_run: Run, recorder: Recorder, engine: Engine) -> None:
    """Goes back to the newest checkpoint that is whole, naming those that are not."""
    for file in checkpoint.kept(run.checkpoints):
        try:
            state = checkpoint.read(file)
        except checkpoint.DamagedCheckpoint as error:
            recorder.write("warning", text=f"{error.message}; the one before it is used")
            if work_run.rank == 0:
                file.unlink(missing_ok=True)
            continue
        work_run.restore(state)
        engine.restore(state["engine"])
        recorder.write("resumed", checkpoint=file.stem)
        return


@contextlib.contextmanager
def _gentle_signals() -> Iterator[None]:
    """SIGTERM and SIGINT ask the run to save and stop."""

    def ask(*_: object) -> None:
        Engine.stop_asked = True

    for name in ("SIGTERM", "SIGINT", "SIGUSR1"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), ask)
    yield


def work_launched(spec: RunSpec, resumed: str, *, as_json: bool) -> int:
    """One process of several that torchrun or SLURM began; the first one speaks.

    It also makes the folder, or sees that the run in ``resumed`` can go on.
    """
    fabric = make_fabric(spec)
    fabric.launch()
    path = ""
    if fabric.global_rank == 0:
        try:
            if resumed:
                launch.clear(RunFolder(Path(resumed)))
            path = resumed or str(folder.create(spec, registry.find(spec.chapter).run_prefix).path)
        except TutorError as error:
            print(error, file=sys.stderr)
    path = str(fabric.broadcast(path))
    if not path:
        return FAILED
    return work(RunFolder(Path(path)), fabric, words.Speaker(as_json=as_json).say)


def give_way() -> None:
    """Lowers this process's claim to the processor, so that the screens answer while it computes."""
    # Linux counts by threads, and libraries may have begun some as they were imported
    for thread in [int(task.name) for task in Path("/proc/self/task").glob("*")] or [0]:
        with contextlib.suppress(OSError, AttributeError):
            own = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, max(NICE, own))
    with contextlib.suppress(OSError):
        # where each session has a share of its own, a process's claim counts within it alone
        Path("/proc/self/autogroup").write_text(str(NICE), encoding="ascii")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--gently"]:
        give_way()
        arguments = arguments[1:]
    if arguments[:1] == ["--launched"]:
        request = json.loads(arguments[1])
        with _gentle_signals():
            spec = RunSpec.from_json(request["spec"])
            return work_launched(spec, request["run"], as_json=request["json"])
    if arguments == ["--standby"]:
        importlib.import_module("torch._dynamo")

        line = sys.stdin.readline()
        if not line.strip():
            return 0
        run = RunFolder(Path(json.loads(line)))
        log = os.open(run.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
    else:
        run = RunFolder(Path(arguments[0]))
    with _gentle_signals():
        return work(run)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
    if code == UNWRITABLE:
        os._exit(code)  # what Python would flush at its end can not be written either
    sys.exit(code)
