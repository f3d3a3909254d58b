"""Bad input through the public commands: one clear line, the right exit code, nothing lost."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Dltutor = Callable[..., Any]


def told(done: Any, code: int, *says: str) -> None:
    """Exactly one line on standard error, which begins as ours do and says all of that."""
    assert done.code == code, (done.out[-2000:], done.err)
    lines = done.err.splitlines()
    assert len(lines) == 1, done.err
    assert lines[0].startswith("dltutor: ")
    assert "Traceback" not in done.err
    for text in says:
        assert text in lines[0], lines[0]


# --- what was typed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("lst", "Did you mean list?"),
        ("--nope", "--nope"),
        ("--lang fr list", "one of en, zh"),
        ("--lang", "one of en, zh"),
        ("run", "which chapter?"),
        ("run chapter33", "did you mean chapter3?"),
        ("run mpl", "did you mean mlp?"),
        ("run quantum", "see: dltutor list"),
        ("run 3 --nope", "No such option: --nope"),
        ("run 3 --preset qick", "one of quick, standard, full"),
        ("run 3 --set lrr=1", "did you mean lr? valid keys: epochs, batch_size, lr"),
        ("run 3 --set lr", "write --set key=value"),
        ("run 3 --set lr=fast", "lr='fast' is not a number"),
        ("run 3 --set lr=5", "lr=5.0 is out of range (a number from 1e-06 to 1)"),
        ("run 3 --set lr=nan", "out of range"),
        ("run 3 --set epochs=1.5", "is not a whole number"),
        ("run 3 --set epochs=0", "out of range"),
        ("run 3 --set batch_size=-1", "out of range"),
        ("run 3 --device tpu", "one of auto, cpu, cuda, mps"),
        ("run 3 --precision 8", "one of auto, 32, bf16, 16"),
        ("run 3 --devices 0", "--devices 0"),
        ("run 3 --seed -1", "--seed"),
        ("run 3 --seed one", "--seed"),
        ("run 3 --data nowhere", "there is no such path"),
        ("run 3 --data bultin", "did you mean builtin?"),
        ("run 3 --resume none", "there is no run 'none'"),
        ("read 3 nope", "chapter3 has no lesson 'nope'"),
        ("read 99", "there is no chapter '99'"),
        ("quiz 33", "there is no chapter '33'"),
        ("demo 3 nope", "chapter3 has no demo 'nope'"),
        ("demo 3 digit --set nope=1", "there is no key 'nope'"),
        ("predict 3", "INPUT"),
        ("predict 3 --run none x.png", "there is no run 'none'"),
        ("runs show none", "there is no run 'none'"),
        ("data fetch nmist", "did you mean mnist?"),
        ("plugins disable chapter33", "did you mean chapter3?"),
        ("plugins check ./no/such/folder", "there is no folder ./no/such/folder"),
        ("exercise nope", "nope"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(dltutor: Dltutor, arguments: str, says: str) -> None:
    told(dltutor(*arguments.split()), 2, says)


def test_without_a_terminal_there_are_no_screens(dltutor: Dltutor) -> None:
    told(dltutor(), 2, "the screens need a terminal", "dltutor --help")


def test_debug_shows_the_traceback(dltutor: Dltutor) -> None:
    done = dltutor("--debug", "read", "99")
    assert done.code != 0
    assert "Traceback" in done.err


def test_in_chinese_too(dltutor: Dltutor) -> None:
    told(dltutor("--lang", "zh", "run", "3", "--data", "bultin"), 2, "没有这个路径", "builtin")


# --- data --------------------------------------------------------------------------------------


def idx(shape: tuple[int, ...], values: bytes | None = None) -> bytes:
    count = 1
    for length in shape:
        count *= length
    head = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    return head + (bytes(count) if values is None else values)


@pytest.fixture
def mnist_root(tmp_path: Path) -> Path:
    """A data root whose MNIST has 60 and 20 black pictures."""
    folder = tmp_path / "root/MNIST/raw"
    folder.mkdir(parents=True)
    for stem, count in (("train", 60), ("t10k", 20)):
        (folder / f"{stem}-images-idx3-ubyte").write_bytes(idx((count, 28, 28)))
        labels = bytes(n % 10 for n in range(count))
        (folder / f"{stem}-labels-idx1-ubyte").write_bytes(idx((count,), labels))
    return tmp_path / "root"


def train_on(dltutor: Dltutor, root: Path) -> Any:
    done = dltutor(
        "run", "3", "--data", "full", "--data-root", root, "--set", "epochs=1", "--plain"
    )
    lines = [line for line in done.err.splitlines() if line]
    assert "Traceback" not in done.err
    return done, lines[-1] if lines else ""


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t10k-images-idx3-ubyte", idx((20, 28, 28))[:1000], "is cut off: 20 x 28 x 28 values"),
        ("train-labels-idx1-ubyte", b"PK\x03\x04 this is a zip", "is not an idx file"),
        ("train-labels-idx1-ubyte", None, "can not be read: Is a directory"),
        ("train-labels-idx1-ubyte", idx((59,)), "train-labels-idx1-ubyte"),
        ("t10k-images-idx3-ubyte", idx((20, 27, 28)), "t10k-images-idx3-ubyte"),
        ("train-labels-idx1-ubyte", idx((60,), b"\x0b" * 60), "train-labels-idx1-ubyte"),
    ],
    ids=["cut-off", "other-format", "folder", "too-few-labels", "other-size", "label-11"],
)
def test_a_damaged_idx_file_is_named(
    dltutor: Dltutor, mnist_root: Path, name: str, content: bytes | None, says: str
) -> None:
    pytest.importorskip("torch")
    file = mnist_root / "MNIST/raw" / name
    file.unlink()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    done, last = train_on(dltutor, mnist_root)
    assert done.code == 1
    assert last.startswith("dltutor: ")
    assert says in last
    assert str(file) in last


def test_data_folders_without_the_set(dltutor: Dltutor, mnist_root: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (mnist_root / "MNIST/raw/t10k-labels-idx1-ubyte").unlink()
    run = ("run", "3", "--plain")
    told(dltutor(*run, "--data-root", mnist_root), 1, "t10k-labels-idx1-ubyte", "--data builtin")
    told(dltutor(*run, "--data-root", tmp_path / "gone"), 1, "gone does not exist")
    told(dltutor(*run, env={"DLTUTOR_DATA": str(tmp_path / "gone")}), 1, "DLTUTOR_DATA", "gone")
    # the set is fetched when it is asked for; here there is no network
    env = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = dltutor(*run, "--data", "full", env=env)
    assert done.code == 1
    assert "--data builtin" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
    (tmp_path / "empty").mkdir()
    told(dltutor(*run, "--data", tmp_path / "empty"), 1, "is an empty folder", "subfolder")


# --- pictures ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of somebody who has trained chapter 3 for one epoch."""
    pytest.importorskip("torch")
    home = tmp_path_factory.mktemp("trained")
    settings = ["--preset", "quick", "--set", "epochs=1", "--data", "builtin", "--plain"]
    subprocess.run(
        [sys.executable, "-m", "dltutor", "run", "3", *settings],
        env={**os.environ, "DLTUTOR_HOME": str(home), "DLTUTOR_LANG": "en"},
        check=True,
        capture_output=True,
        timeout=240,
    )
    return home


def test_what_is_no_picture_is_named(dltutor: Dltutor, trained: Path, tmp_path: Path) -> None:
    env = {"DLTUTOR_HOME": str(trained)}
    words = tmp_path / "words.png"
    words.write_text("no picture", encoding="utf-8")
    told(dltutor("predict", "3", words, env=env), 1, "words.png is not a picture")
    told(dltutor("predict", "3", tmp_path / "none.png", env=env), 1, "none.png does not exist")
    told(dltutor("predict", "3", tmp_path, env=env), 1, str(tmp_path))


def test_a_run_that_was_damaged_is_named(dltutor: Dltutor, trained: Path, tmp_path: Path) -> None:
    import shutil

    home = tmp_path / "copy"
    shutil.copytree(trained, home)
    run = next(p for p in (home / "data/runs").iterdir() if (p / "run.json").exists())
    (run / "run.json").write_text("{", encoding="utf-8")
    done = dltutor("runs", "show", run.name, env={"DLTUTOR_HOME": str(home)})
    assert done.code in (1, 2)
    assert run.name in done.err
    assert len(done.err.splitlines()) == 1
    # it does not take the other runs with it
    assert dltutor("runs", "list", env={"DLTUTOR_HOME": str(home)}).code == 0


# --- folders and disks -------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write")
def test_where_nothing_can_be_written(dltutor: Dltutor) -> None:
    """/proc refuses new files even from root."""
    env = {"DLTUTOR_HOME": "/proc/dltutor"}
    assert dltutor("list", env=env).code == 0
    assert dltutor("read", "3", "1", "--plain", env=env).code == 0
    answered = dltutor("quiz", "3", input="a\nq\n", env=env)
    assert "Traceback" not in answered.err
    pytest.importorskip("torch")
    told(dltutor("run", "3", "--plain", env=env), 1, "/proc/dltutor", "No such file")
    done = dltutor("data", "fetch", "mnist", env=env)
    told(done, 1, "/proc/dltutor", "can not be written")


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own; skips where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_ends_a_run_with_one_line(dltutor: Dltutor, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    with small_disk(tmp_path / "small", "1m") as disk:
        done = dltutor(
            "run", "3", "--preset", "quick", "--data", "builtin", "--plain",
            env={"DLTUTOR_RUNS": str(disk / "runs")},
        )  # fmt: skip
        assert done.code == 1, done.out
        lines = [line for line in done.err.splitlines() if line]
        assert "Traceback" not in done.err
        assert "No space left" in lines[-1] or "full" in lines[-1]
        assert lines[-1].startswith("dltutor: ")
        # what was written can still be looked at
        listed = dltutor("runs", "list", env={"DLTUTOR_RUNS": str(disk / "runs")})
        assert listed.code == 0
        assert "Traceback" not in listed.err


def test_progress_survives_a_full_disk(dltutor: Dltutor, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "96k") as disk:
        env = {"DLTUTOR_HOME": str(disk)}
        dltutor("quiz", "3", input="a\nq\n", env=env)
        before = json.loads(dltutor("progress", "--json", env=env).out or "null")
        with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(1024))
        done = dltutor("quiz", "3", input="b\nq\n", env=env)
        assert "Traceback" not in done.err
        (disk / "filler").unlink()
        assert json.loads(dltutor("progress", "--json", env=env).out or "null") == before


def test_a_limit_on_file_sizes_is_told(tmp_path: Path, home: Path) -> None:
    """As on a full disk, where no file system may be mounted."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

    with (tmp_path / "out.txt").open("w") as target:
        done = subprocess.run(
            # without -B it would leave bytecode cut off at 200 bytes behind
            [sys.executable, "-B", "-m", "dltutor", "--help"],
            stdout=target,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "dltutor: the output: File too large\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize(
    "arguments", ["list", "list --json", "--help", "read 3 1 --plain", "doctor"]
)
def test_output_onto_a_full_disk(arguments: str, home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dltutor", *arguments.split()],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "dltutor: the output: No space left on device\n"


# --- pipes and keys ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", ["list", "--help", "list --json", "read 3 1 --plain", "data list", "quiz 3"]
)
def test_a_pipe_that_closes_ends_it_without_a_word(arguments: str, home: Path) -> None:
    """The reading end is closed before the program starts, so its first write fails."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "dltutor", *arguments.split()],
        stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 0


def test_head_gets_its_line(home: Path) -> None:
    line = f"set -o pipefail; {sys.executable} -m dltutor list | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def test_closed_standard_output(home: Path) -> None:
    line = f"{sys.executable} -m dltutor list >&-"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_saves_the_run_and_it_can_be_resumed(
    terminal: Callable[..., Any], dltutor: Dltutor
) -> None:
    pytest.importorskip("torch")
    begun = terminal("run", "3", "--data", "builtin", "--set", "epochs=400", "--plain", columns=200)
    begun.wait(lambda text: "epoch" in text.lower() and "loss" in text.lower(), 120)
    begun.interrupt()
    assert begun.finish(60) == 130
    assert "Traceback" not in begun.text
    listed = json.loads(dltutor("runs", "list", "--json").out)
    runs = listed if isinstance(listed, list) else next(iter(listed.values()))
    assert len(runs) == 1
    assert "stopped" in json.dumps(runs[0])
    run = runs[0].get("id") or runs[0].get("run")
    again = terminal("run", "--resume", run, "--plain", columns=200)
    again.wait(lambda text: "epoch" in text.lower() and "loss" in text.lower(), 120)
    again.interrupt()
    assert again.finish(60) == 130


def test_ctrl_c_while_asking(terminal: Callable[..., Any]) -> None:
    asked = terminal("quiz", "3")
    asked.wait(lambda text: "1 of" in text or "1/" in text or "a" in text)
    asked.interrupt()
    assert asked.finish() == 130
    assert "Traceback" not in asked.text


def test_ctrl_c_in_a_pipe(dltutor: Dltutor) -> None:
    pytest.importorskip("torch")
    command = [sys.executable, "-m", "dltutor", "run", "3", "--data", "builtin"]
    process = subprocess.Popen(
        [*command, "--set", "epochs=400", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    events: list[dict[str, Any]] = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] == "metrics":
            process.send_signal(signal.SIGINT)
            break
    rest = process.stdout.read()
    assert process.wait(60) == 130
    said = process.stderr.read()
    assert "Traceback" not in said
    assert "go on with: dltutor run --resume" in said
    assert all(json.loads(line)["event"] for line in rest.splitlines())
    run = said.split("--resume ")[1].split()[0]
    follow = dltutor("runs", "follow", run, "--json")
    kinds = [json.loads(line)["event"] for line in follow.out.splitlines()]
    assert "saved" in kinds
    assert kinds[-1] == "stopped"


# --- small terminals ---------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (20, 5)])
def test_screens_in_a_terminal_too_small(
    terminal: Callable[..., Any], columns: int, rows: int
) -> None:
    """Nothing breaks, and it fits again when the terminal grows."""
    from dltutor import settings

    settings.save(welcomed=True)
    shown = terminal(columns=columns, rows=rows)
    shown.wait(lambda text: bool(text.strip()))
    shown.resize(80, 24)
    shown.wait("MNIST")
    shown.send("q")
    assert shown.finish() == 0


@pytest.mark.parametrize("arguments", ["list", "read 3 1 --plain", "doctor", "data list"])
def test_commands_in_a_narrow_terminal(terminal: Callable[..., Any], arguments: str) -> None:
    shown = terminal(*arguments.split(), columns=20, rows=6, env={"PAGER": "cat"})
    assert shown.finish(60) in (0, 1)
    assert b"Traceback" not in shown.raw
    assert len(shown.raw) > 40


def test_a_write_that_fails_half_way_leaves_the_old_file(home: Path, tmp_path: Path) -> None:
    """``settings.write_whole`` in a process that may write 100 bytes a file."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from pathlib import Path; from dltutor.settings import write_whole\n"
        "file = Path(sys.argv[1]); write_whole(file, 'old')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "write_whole(file, 'new' * 100)\n"
    )
    file = tmp_path / "kept.txt"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, file], capture_output=True, text=True, check=False
    )
    assert "can not be written: File too large" in done.stderr
    assert file.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["kept.txt"]
