"""``dltutor doctor``: what it sees, what it says to do, how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths, settings


def findings(done: Any) -> dict[str, dict[str, str]]:
    """The findings of ``doctor --json``, by what was looked at."""
    return {row["check"]: row for row in json.loads(done.out)["findings"]}


def fake_package(folder: Path, name: str, code: str, version: str = "", wants: str = "") -> None:
    """Makes ``import name`` run ``code``, for a process that has ``folder`` on its path."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(code, encoding="utf-8")
    if version:
        about = folder / f"{name}-{version}.dist-info"
        about.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        text += f"Requires-Dist: {wants}\n" if wants else ""
        (about / "METADATA").write_text(text, encoding="utf-8")


# Stands in for torch, quick to import, in tests that are not about torch.
STAND_IN = """
__version__ = "2.12.0+cpu"
class version: cuda = None
def get_num_threads(): return 3
class cuda:
    is_available = staticmethod(lambda: False)
class backends:
    class mps:
        is_available = staticmethod(lambda: False)
class ops:
    class mkldnn:
        _is_mkldnn_bf16_supported = staticmethod(lambda: False)
"""


def light(tmp_path: Path) -> dict[str, str]:
    """An environment in which the probe of torch answers at once."""
    folder = tmp_path / "fake"
    fake_package(folder, "torch", STAND_IN, "2.12.0")
    for name in ("torchvision", "torchaudio"):
        fake_package(folder, name, "__version__ = '0.27'", "0.27")
    others = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{others}" if others else str(folder)}


def test_a_sound_machine_is_ok_and_json_says_the_same(dltutor: Callable[..., Any]) -> None:
    pytest.importorskip("torch")
    done = dltutor("doctor", "--json")
    whole = json.loads(done.out)
    assert done.code == 0, done.out
    assert done.err == ""
    assert whole["ok"] is True
    assert whole["counts"]["fail"] == 0
    seen = findings(done)
    import torch

    assert seen["torch"]["state"] == "ok"
    assert torch.__version__ in seen["torch"]["seen"]
    assert seen["Python"]["seen"].startswith(".".join(map(str, sys.version_info[:3])))
    assert seen["cores"]["state"] == "ok"
    assert int(seen["cores"]["seen"]) >= 1
    assert seen["chapter3"]["state"] == "ok"
    assert seen["mnist"] == {
        "group": "Data",
        "check": "mnist",
        "state": "note",
        "seen": "not there: MNIST, 60,000 + 10,000 handwritten digits; "
        "chapters train on builtin data",
        "mend": "dltutor data fetch mnist",
    }
    if not torch.cuda.is_available():  # no GPU is nothing to mend
        assert all(row["state"] != "fail" for row in seen.values() if "CUDA" in row["check"])


def test_plain_lines_have_a_sign_a_word_and_the_command_that_mends(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    fake_package(tmp_path / "fake", "torch", "raise ImportError('libtorch.so: cannot open')")
    done = dltutor("doctor", env={"PYTHONPATH": str(tmp_path / "fake")})
    assert done.code == 1
    lines = done.out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.split()[:3] == ["✗", "fail", "torch"])
    assert "importing torch failed: ImportError: libtorch.so: cannot open" in lines[at]
    assert lines[at + 1].strip().startswith(f"to mend it: {sys.executable} -m pip install")
    assert lines[-1].endswith("1 failing")
    assert any(line.startswith("  ✓ ok    Python") for line in lines)
    assert "\x1b" not in done.out


def test_a_torch_that_kills_its_process_is_a_finding(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGILL)"
    fake_package(tmp_path / "fake", "torch", code)
    done = dltutor("doctor", "--json", env={"PYTHONPATH": str(tmp_path / "fake")})
    assert done.code == 1
    assert findings(done)["torch"]["state"] == "fail"
    assert "SIGILL" in findings(done)["torch"]["seen"]
    assert "--force-reinstall" in findings(done)["torch"]["mend"]


def test_a_torchvision_for_another_torch_is_found(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "fake"
    fake_package(folder, "torch", STAND_IN, "2.12.0")
    fake_package(folder, "torchvision", "__version__ = '0.99'", "0.99", "torch==2.13.0")
    fake_package(folder, "torchaudio", "raise OSError('undefined symbol: _ZN3c10')", "2.9")
    done = dltutor("doctor", "--json", env={"PYTHONPATH": str(folder)})
    seen = findings(done)
    assert seen["torch"]["seen"] == "2.12.0+cpu, 3 threads"
    assert seen["torchvision"]["state"] == "fail"
    assert seen["torchvision"]["seen"] == "0.99: it wants torch ==2.13.0, there is 2.12.0+cpu"
    assert '"torch==2.13.0"' in seen["torchvision"]["mend"]
    assert seen["torchaudio"]["state"] == "fail"
    assert seen["torchaudio"]["seen"] == "OSError: undefined symbol: _ZN3c10"
    assert seen["bfloat16"]["state"] == "note"
    assert done.code == 1


def test_a_driver_that_torch_can_not_use_is_a_note(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    smi = programs / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho '580.1, Some GPU, 24564 MiB'\n", encoding="utf-8")
    smi.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = dltutor("doctor", "--json", env={**light(tmp_path), "PATH": path})
    seen = findings(done)
    assert seen["CUDA driver"]["seen"] == "580.1, Some GPU, 24564 MiB"
    assert seen["CUDA"]["state"] == "note"
    assert seen["CUDA"]["seen"] == "this torch was built without CUDA"
    assert done.code == 0


CARD = """
from types import SimpleNamespace
class version: cuda = "13.0"
class cuda:
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 1)
    is_bf16_supported = staticmethod(lambda including_emulation: True)
    get_device_properties = staticmethod(lambda index: SimpleNamespace(
        name="Old GPU", total_memory=4_000_000_000, major=3, minor=5))
def device(kind, index): return kind
def ones(*shape, device):
    {ones}
"""


@pytest.mark.parametrize(
    ("ones", "state", "says", "code"),
    [
        ("raise RuntimeError('no kernel image is available')", "fail", "no kernel image", 1),
        ("import numpy; return numpy.ones(shape)", "ok", "compute capability 3.5", 0),
    ],
)
def test_each_card_is_tried_with_one_multiplication(
    dltutor: Callable[..., Any], tmp_path: Path, ones: str, state: str, says: str, code: int
) -> None:
    pytest.importorskip("numpy")
    env = light(tmp_path)
    with (tmp_path / "fake/torch/__init__.py").open("a", encoding="utf-8") as file:
        file.write(CARD.format(ones=ones))
    done = dltutor("doctor", "--json", env=env)
    row = findings(done)["CUDA"]
    assert row["state"] == state
    assert row["seen"].startswith("Old GPU, 4.0 GB")
    assert says in row["seen"]
    assert ("--force-reinstall torch" in row["mend"]) is (state == "fail")
    assert findings(done)["bfloat16"]["seen"] == "in hardware: cuda"
    assert done.code == code


def test_a_missing_compiler_is_a_note(dltutor: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = dltutor("doctor", "--json", env={**light(tmp_path), "PATH": str(tmp_path / "empty")})
    assert findings(done)["compiler"]["state"] == "note"
    assert done.code == 0


def test_what_can_not_be_written_fails_with_a_command(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()  # no folder can be made below a file, not even by root
    done = dltutor(
        "doctor", "--json", env={**light(tmp_path), "DLTUTOR_RUNS": str(tmp_path / "file/runs")}
    )
    row = findings(done)["runs"]
    assert row["state"] == "fail"
    assert "Not a directory" in row["seen"]
    assert "DLTUTOR_HOME=" in row["mend"]
    assert done.code == 1


def test_a_damaged_progress_file_fails(dltutor: Callable[..., Any], tmp_path: Path) -> None:
    env = light(tmp_path)
    assert findings(dltutor("doctor", "--json", env=env))["progress file"]["seen"] == "none yet"
    file = paths.progress_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"this is no database" * 100)
    before = file.read_bytes()
    done = dltutor("doctor", "--json", env=env)
    row = findings(done)["progress file"]
    assert (row["state"], row["mend"]) == ("fail", "dltutor progress")
    assert "not a database" in row["seen"]
    assert done.code == 1
    assert file.read_bytes() == before  # looking changes nothing


def test_damaged_settings_fail_with_the_command_that_removes_them(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    file = paths.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{", encoding="utf-8")
    done = dltutor("doctor", "--json", env=light(tmp_path))
    assert done.code == 1
    text = done.out + done.err
    assert str(file) in text
    assert "damaged" in text


def test_a_data_root_that_is_gone_fails(dltutor: Callable[..., Any], tmp_path: Path) -> None:
    env = {**light(tmp_path), "DLTUTOR_DATA": str(tmp_path / "gone")}
    done = dltutor("doctor", "--json", env=env)
    row = findings(done)["data root"]
    assert row["seen"] == f"DLTUTOR_DATA: {tmp_path}/gone does not exist"
    assert row["mend"] == "unset DLTUTOR_DATA"
    assert done.code == 1


def test_data_that_is_there_is_named(
    dltutor: Callable[..., Any], tmp_path: Path, data_root: Path
) -> None:
    done = dltutor("doctor", "--json", env={**light(tmp_path), "DLTUTOR_DATA": str(data_root)})
    assert findings(done)["mnist"]["seen"] == f"{data_root}/MNIST/raw (DLTUTOR_DATA)"


def test_chapters_that_are_off_or_lack_packages(
    dltutor: Callable[..., Any], tmp_path: Path
) -> None:
    settings.save(disabled=("chapter3",))
    row = findings(dltutor("doctor", "--json", env=light(tmp_path)))["chapter3"]
    assert (row["state"], row["mend"]) == ("note", "dltutor plugins enable chapter3")


def test_chapters_of_others(
    dltutor: Callable[..., Any], tmp_path: Path, add_chapter: Callable[..., Path]
) -> None:
    add_chapter("needy", chapter="requires=('no_such_thing',), install='no-such-thing>=2'")
    add_chapter("broken", code="raise RuntimeError('half written')")
    done = dltutor("doctor", "--json", env=light(tmp_path))
    seen = findings(done)
    assert seen["needy"]["state"] == "note"
    assert "no_such_thing" in seen["needy"]["seen"]
    assert seen["needy"]["mend"] == f'{sys.executable} -m pip install "no-such-thing>=2"'
    assert seen["broken"]["state"] == "note"
    assert "RuntimeError: half written" in seen["broken"]["seen"]
    assert seen["broken"]["mend"] == "dltutor plugins disable broken"
    assert done.code == 0


def test_in_chinese(dltutor: Callable[..., Any], tmp_path: Path) -> None:
    done = dltutor("--lang", "zh", "doctor", env=light(tmp_path))
    assert "项正常" in done.out.splitlines()[-1]
    assert "  ✓ 正常  Python" in done.out


def test_in_a_terminal_it_says_what_the_terminal_can(
    terminal: Callable[..., Any], tmp_path: Path
) -> None:
    shown = terminal("doctor", columns=200, rows=80, env=light(tmp_path))
    assert shown.finish(60) == 0
    seen = {line.split()[2]: line for line in shown.text.splitlines() if line.startswith("  ")}
    assert seen["terminal"].split()[:2] == ["✓", "ok"]
    assert "xterm-256color" in seen["terminal"]
    assert seen["size"].split() == ["✓", "ok", "size", "200", "x", "80"]
    assert "16 million" in seen["colours"]
    # this terminal does not answer where its cursor is
    assert "does not answer" in seen["widths"]


def test_a_small_terminal_is_told_to_grow(terminal: Callable[..., Any], tmp_path: Path) -> None:
    shown = terminal("doctor", columns=60, rows=100, env={**light(tmp_path), "COLORTERM": ""})
    assert shown.finish(60) == 0
    assert "60 x 100: the screens are made for 80 x 24" in shown.text.replace("\n", "")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_tmux_answers_how_wide_chinese_is(
    terminal: Callable[..., Any], tmp_path: Path, home: Path
) -> None:
    env = {**light(tmp_path), "DLTUTOR_HOME": str(home), "TMUX_TMPDIR": str(tmp_path)}
    shown = terminal(
        "-u",
        "-f",
        os.devnull,
        "new-session",
        f"{sys.executable} -m dltutor doctor; cat",
        columns=150,
        rows=60,
        env=env,
        program=("tmux",),
    )
    try:
        text = shown.wait("failing", 60)
        assert "中 takes 2 columns, · takes 1" in text
        assert "through tmux" in text
    finally:
        subprocess.run(["tmux", "kill-server"], env={**os.environ, **env}, check=False)
