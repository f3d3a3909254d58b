"""``dltutor run``: training, watched from a terminal, a pipe or a script."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from dltutor import registry
from dltutor.chapter import Training
from dltutor.cli.main import new_app
from dltutor.data import roots
from dltutor.data.roots import DataChoice
from dltutor.errors import TutorError, UsageError
from dltutor.i18n import t
from dltutor.runs import follow, launch, words
from dltutor.runs.folder import RunFolder, find_run
from dltutor.runs.spec import RunSpec

app = new_app()
APPS = {"run": app}


@app.command()
def run(
    chapter: Annotated[
        str, typer.Argument(help=t("Chapter: an id, a number or a short name."))
    ] = "",
    preset: Annotated[
        str, typer.Option(help=t("quick, standard, full, or another of the chapter."))
    ] = "standard",
    data: Annotated[str, typer.Option(help=t("builtin, full, or a path to your own data."))] = "",
    data_root: Annotated[
        str, typer.Option(help=t("Folder of public data sets (DLTUTOR_DATA)."))
    ] = "",
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help=t("Change a value of the configuration.")),
    ] = [],  # noqa: B006
    device: Annotated[str, typer.Option(help=t("auto, cpu, cuda or mps."))] = "auto",
    devices: Annotated[int, typer.Option(help=t("Processes on each machine."))] = 1,
    nodes: Annotated[int, typer.Option(help=t("Machines."))] = 1,
    precision: Annotated[str, typer.Option(help=t("auto, 32, bf16 or 16."))] = "auto",
    compile: Annotated[
        bool, typer.Option("--compile", help=t("Compile the model; slow to start."))
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help=t("Write a profiler trace of a few steps."))
    ] = False,
    seed: Annotated[int, typer.Option(help=t("Seed of all random numbers."))] = 0,
    save_every: Annotated[float, typer.Option(help=t("Seconds between checkpoints."))] = 15.0,
    resume: Annotated[
        str, typer.Option(metavar="RUN", help=t("Continue this run from its last checkpoint."))
    ] = "",
    detach: Annotated[
        bool, typer.Option("--detach", help=t("Start it and return at once."))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("Print the events as JSON lines."))
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help=t("Print lines, no live display."))
    ] = False,
) -> None:
    """Train a chapter's model. The run goes on if this terminal closes; Ctrl-C saves and stops it."""
    from dltutor.learning.progress import Progress

    if resume:
        found = find_run(resume)
        if chapter and registry.find(chapter).id != found.spec.chapter:
            raise UsageError(f"run {found.id} is of {found.spec.chapter}, not of {chapter}")
        if set_ or preset != "standard":
            raise UsageError(
                "--resume goes on with the run's own configuration", "leave out --set and --preset"
            )
        if (others := launch.processes_begun_by_others()) is not None:
            _go_on(found, *others, as_json=as_json)
        started = launch.resume(found, gently=detach)
        seen = started.events()[1]
    else:
        if not chapter:
            raise UsageError("which chapter?", "for example: dltutor run chapter3")
        if seed < 0:
            raise UsageError("--seed is less than 0")
        if save_every < 0:
            raise UsageError("--save-every is less than 0")
        plugin = registry.find(chapter)
        others = launch.processes_begun_by_others()
        devices, nodes = others or (devices, nodes)
        spec = launch.plan(
            plugin, preset=preset, settings=set_, data=data, data_root=data_root, device=device,
            devices=devices, nodes=nodes, precision=precision, compile=compile, profile=profile,
            seed=seed, save_every=save_every, choose=fetch_and_choose,
        )  # fmt: skip
        if others is not None:
            _become_worker(spec, as_json=as_json)
        if nodes > 1:
            raise UsageError(
                "--nodes needs a process on every machine",
                "start it with torchrun --nnodes N -m dltutor run ..., or with srun",
            )
        started = launch.start(plugin, spec, gently=detach)
        with Progress.open() as progress:
            progress.add_run(plugin.id, started.id)
        seen = 0
    if detach:
        print(
            json.dumps({"run": started.id, "folder": str(started.path)}) if as_json else started.id
        )
        return
    watch(started, after=seen, as_json=as_json, plain=plain, stop_on_interrupt=True)


def fetch_and_choose(training: Training, data: str, data_root: str) -> DataChoice:
    """The data to train on; a full set that is asked for and absent is downloaded, shown on stderr."""
    from dltutor.cli.data import drawn
    from dltutor.data import downloads

    if (
        data == "full"
        and training.full is not None
        and roots.find(training.full, data_root) is None
    ):
        with drawn(training.full, as_json=False) as progress:
            return downloads.choose(training, data, data_root, progress)
    return roots.choose(training, data, data_root)


def watch(
    run: RunFolder,
    *,
    after: int = 0,
    as_json: bool = False,
    plain: bool = False,
    stop_on_interrupt: bool,
) -> None:
    """Shows a run until it ends and leaves with the exit code that fits how it did."""
    speaker = words.Speaker(as_json=as_json)
    try:
        if as_json or plain or not sys.stdout.isatty():
            last = _watch_lines(run, after, speaker)
        else:
            from dltutor.cli.live import watch_live

            last = watch_live(run, after)
    except KeyboardInterrupt:
        if not stop_on_interrupt:
            raise
        print(t("stopping: saving a checkpoint (Ctrl-C again to end it at once)"), file=sys.stderr)
        try:
            gentle = launch.stop(run)
        except KeyboardInterrupt:
            launch.kill(run)
            gentle = False
        except TutorError:
            gentle = True
        if as_json:
            for event in run.events(after)[0][speaker.said :]:
                speaker.say(event)
        if gentle and run.state() == "finished":
            last = run.result()
        else:
            print(t("go on with: dltutor run --resume {run}", run=run.id), file=sys.stderr)
            raise typer.Exit(130) from None
    leave(run, last, as_json=as_json)


def leave(run: RunFolder, last: dict[str, Any] | None, *, as_json: bool) -> None:
    """The last line, and the exit code, of a run that has ended."""
    last = last or run.result()
    if last is None:
        raise TutorError(
            f"run {run.id}: {vanished(run)}", f"go on with: dltutor run --resume {run.id}"
        )
    if last["event"] == "finished":
        if not as_json:
            print(words.result(last))
    elif last["event"] == "stopped":
        raise typer.Exit(130)
    else:
        raise TutorError(str(last.get("message", "failed")), str(last.get("hint", "")))


def vanished(run: RunFolder) -> str:
    """What is known of a process that ended without a word."""
    code = launch.exit_code(run)
    if code == 74:
        return f"{run.path} could not be written; is the disk full?"
    if code is not None and code < 0:
        import signal

        name = signal.Signals(-code).name
        reason = ", perhaps for want of memory" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{reason}"
    tail = last_words(run.log_file)
    return "its process ended without a word" + (f"; it printed: {tail}" if tail else "")


def last_words(file: Path) -> str:
    from dltutor.text import clean

    try:
        lines = clean(file.read_text(encoding="utf-8", errors="replace")).strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""


def _watch_lines(run: RunFolder, after: int, speaker: words.Speaker) -> dict[str, Any] | None:
    last = None
    for event in follow.follow(run, after=after):
        if event is not None:
            speaker.say(event)
            last = event if event["event"] in ("finished", "stopped", "failed") else None
    return last


def _go_on(run: RunFolder, devices: int, nodes: int, *, as_json: bool) -> None:
    before = run.spec.devices * run.spec.nodes
    if devices * nodes != before:
        raise UsageError(
            f"run {run.id} was trained by {before} processes, and {devices * nodes} were begun",
            "begin as many as before",
        )
    _become_worker(
        replace(run.spec, devices=devices, nodes=nodes), as_json=as_json, run=str(run.path)
    )


def _become_worker(spec: RunSpec, *, as_json: bool, run: str = "") -> None:
    """Under torchrun or SLURM this process is one of the workers, and goes on as that.

    ``run`` is the folder of one that is to be resumed.
    """
    request = json.dumps({"spec": spec.to_json(), "json": as_json, "run": run})
    arguments = [sys.executable, "-m", "dltutor.training.worker", "--launched", request]
    os.execv(sys.executable, arguments)
