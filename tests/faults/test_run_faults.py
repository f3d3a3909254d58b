"""What happens to a run when the machine lets it down: one clear line, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dltutor.runs.folder import RunFolder, list_runs

SAMPLE = Path(__file__).parent.parent / "training" / "sample"


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SAMPLE))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("no file system can be mounted here: " + done.stderr.decode().strip())
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def one_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def test_a_full_disk_is_named_and_what_was_saved_stays(dltutor: Any, small_disk: Path) -> None:
    done = dltutor(
        "run",
        "tiny",
        "--set",
        "hidden=4096",
        "--save-every",
        "0",
        env={"DLTUTOR_RUNS": str(small_disk)},
    )
    assert done.code == 1
    assert "can not be written: No space left on device" in one_line(done.err)
    run = RunFolder(next(small_disk.glob("tiny-*")))
    assert run.events()[0][0]["event"] == "started"
    assert run.state() == "failed"
    assert not list(run.checkpoints.glob("*")), "half a checkpoint was left"


def test_a_disk_without_room_for_a_line(dltutor: Any, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (256 * 1024 - 8192))
    done = dltutor("run", "tiny", "--set", "epochs=1000", env={"DLTUTOR_RUNS": str(small_disk)})
    assert done.code == 1
    assert "written" in one_line(done.err)


def test_a_folder_that_can_not_be_written(dltutor: Any) -> None:
    done = dltutor("run", "tiny", env={"DLTUTOR_RUNS": "/proc/nowhere"})
    assert done.code == 1
    assert "no run folder can be made in /proc/nowhere" in one_line(done.err)


def begin(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dltutor", "run", "tiny", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)
    return found


def trains() -> RunFolder | None:
    runs = list_runs()
    return runs[0] if runs and any(e["event"] == "progress" for e in runs[0].events()[0]) else None


def test_a_worker_that_the_kernel_killed(home: Path) -> None:
    front = begin("--set", "epochs=1000", "--set", "sleep=0.01", "--save-every", "0")
    run = until(trains)
    until(lambda: list(run.checkpoints.glob("[0-9]*")))
    os.kill(int((run.path / "pid").read_text()), signal.SIGKILL)
    _, err = front.communicate(timeout=30)
    assert front.returncode == 1
    line = one_line(err)
    assert "SIGKILL" in line
    assert f"dltutor run --resume {run.id}" in line
    assert run.state() == "vanished"


def test_ctrl_c_saves_and_says_how_to_go_on(dltutor: Any) -> None:
    front = begin("--set", "epochs=12", "--set", "sleep=0.01", "--save-every", "1000")
    run = until(trains)
    front.send_signal(signal.SIGINT)
    _, err = front.communicate(timeout=60)
    assert front.returncode == 130
    assert f"dltutor run --resume {run.id}" in err
    assert run.state() == "stopped"
    assert len(list(run.checkpoints.glob("[0-9]*"))) == 1
    done = dltutor("run", "--resume", run.id)
    assert done.code == 0
    assert "goes on from checkpoint" in done.out
    assert done.out.splitlines()[-1].startswith("test_accuracy=")


def test_ctrl_c_in_json_mode_tells_the_end_too(home: Path) -> None:
    front = begin("--set", "epochs=1000", "--set", "sleep=0.01", "--json")
    until(trains)
    front.send_signal(signal.SIGINT)
    out, _ = front.communicate(timeout=60)
    kinds = [json.loads(line)["event"] for line in out.splitlines()]
    assert kinds[-2:] == ["saved", "stopped"]
    assert kinds.count("started") == 1


def test_the_run_outlives_the_front_end(home: Path) -> None:
    front = begin("--set", "epochs=6", "--set", "sleep=0.01")
    run = until(trains)
    front.kill()
    front.wait()
    until(lambda: run.state() == "finished")


def test_a_reader_that_goes_away_does_not_stop_the_run(home: Path) -> None:
    front = begin("--set", "epochs=6", "--set", "sleep=0.01", "--json")
    assert front.stdout is not None
    front.stdout.readline()
    front.stdout.close()
    run = until(trains)
    assert front.wait(timeout=60) == 0
    until(lambda: run.state() == "finished")


def test_own_pictures_that_vanish_between_two_goes(dltutor: Any, tmp_path: Path) -> None:
    from PIL import Image

    for name, shade in (("dark", 40), ("light", 200)):
        folder = tmp_path / "own" / name
        folder.mkdir(parents=True)
        for i in range(40):
            Image.new("L", (28, 28), shade + i % 20).save(folder / f"{i}.png")
    front = subprocess.Popen(
        [sys.executable, "-m", "dltutor", "run", "chapter3", "--data", str(tmp_path / "own"), "--set", "epochs=1000",
         "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(trains)
    front.send_signal(signal.SIGINT)
    front.communicate(timeout=60)
    shutil.rmtree(tmp_path / "own")
    done = dltutor("run", "--resume", "last")
    assert done.code == 1
    assert str(tmp_path / "own") in one_line(done.err)
