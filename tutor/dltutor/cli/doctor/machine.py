"""Python, the packages, torch and its devices, the room on disk and in memory."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion

from dltutor import __version__, paths, registry
from dltutor.cli.doctor.finding import Finding, State
from dltutor.data.stored import size
from dltutor.i18n import t

OLDEST_PYTHON = (3, 11)
PROBE_SECONDS = 180
"""the first import of torch reads gigabytes from a cold disk"""


def base() -> Iterator[Finding]:
    """What lists, reads and asks."""
    bits = "64" if sys.maxsize > 2**32 else "32"
    seen = f"{platform.python_version()}, {bits} bit, {sys.executable}"
    old = sys.version_info < OLDEST_PYTHON
    yield Finding(
        "Python", "fail" if old else "ok", seen, t("install Python 3.11 or newer") if old else ""
    )
    yield Finding("dltutor", "ok", f"{__version__}, {Path(registry.__file__).parent}")
    lacking, wrong = [], []
    known = requirements("dltutor")
    for name, wanted in known.items():
        have = _version(name)
        if not have:
            lacking.append(name)
        elif not _fits(have, wanted):
            wrong.append(f"{name} {have} ({t('tested')}: {wanted})")
    if lacking or wrong:
        seen = "; ".join([t("not installed: {name}", name=name) for name in lacking] + wrong)
        yield Finding(
            "packages", "fail" if lacking else "note", seen, registry.install_command("dltutor")
        )
    else:
        yield Finding(
            "packages", "ok", t("{count}, all within the tested versions", count=len(known))
        )
    for module, loss in (
        ("sqlite3", t("progress can not be kept")),
        ("ssl", t("nothing can be downloaded")),
    ):
        if importlib.util.find_spec(f"_{module}") is None:
            seen = t("this Python was built without {module}: {loss}", module=module, loss=loss)
            yield Finding(
                "Python",
                "fail" if module == "sqlite3" else "note",
                seen,
                t("install Python from python.org or your system"),
            )


def training() -> Iterator[Finding]:
    """What trains: torch in a child process, its devices, the compiler."""
    driver = nvidia_driver()
    if importlib.util.find_spec("torch") is None:
        seen = t("not installed: lessons, questions and reviews work, training and demos need it")
        yield Finding("torch", "note", seen, registry.install_command("dltutor[train]"))
        if driver:
            yield Finding("CUDA driver", "ok", driver)
        return
    found, problem = probe()
    if problem:
        again = f"{sys.executable} -m pip install --force-reinstall --no-cache-dir torch"
        yield Finding("torch", "fail", problem, again)
        if driver:
            yield Finding("CUDA driver", "ok", driver)
        return
    yield _torch(found)
    yield from _companions(found)
    yield from _cuda(found, driver)
    if platform.system() == "Darwin":
        works = found["mps"] is True
        seen = t("usable") if works else str(found["mps"] or t("this Mac has no Metal device"))
        yield Finding("MPS", "ok" if works else "note", seen)
    if found["bf16"]:
        yield Finding(
            "bfloat16", "ok", t("in hardware: {devices}", devices=", ".join(found["bf16"]))
        )
    else:
        yield Finding(
            "bfloat16", "note", t("no device here multiplies it in hardware; float32 is used")
        )
    yield _compiler()


def room() -> Iterator[Finding]:
    """Cores, memory and disk."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    yield Finding("cores", "ok", str(cores))
    memory = _memory()
    if memory:
        little = memory < 4e9
        seen = size(memory) + (
            ": " + t("enough for small models; close other programs") if little else ""
        )
        yield Finding("memory", "note" if little else "ok", seen)
    for name, variable, folder in (
        ("disk for runs", "DLTUTOR_RUNS", paths.runs_folder()),
        ("disk for data", "DLTUTOR_HOME", paths.downloads_folder()),
    ):
        there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
        free = shutil.disk_usage(there).free
        state: State = "fail" if free < 50e6 else "note" if free < 2e9 else "ok"
        seen = t("{free} free for {folder}", free=size(free), folder=folder)
        elsewhere = set_variable(variable, t("A_FOLDER_WITH_ROOM"))
        yield Finding(name, state, seen, "" if state == "ok" else elsewhere)


def set_variable(name: str, value: str) -> str:
    """The command that sets an environment variable in this system's usual shell."""
    return f'$env:{name} = "{value}"' if os.name == "nt" else f'export {name}="{value}"'


def probe() -> tuple[dict[str, Any], str]:
    """What torch says of the machine, from a child process; or what went wrong there."""
    command = [sys.executable, "-m", "dltutor.training.probe"]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace",
            timeout=PROBE_SECONDS, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {}, t("importing torch took longer than {seconds} s", seconds=PROBE_SECONDS)
    except OSError as error:
        return {}, t("a child process could not be started: {why}", why=error.strerror)
    if done.returncode == 0:
        try:
            return json.loads(done.stdout.splitlines()[-1]), ""
        except (ValueError, IndexError):
            return {}, t("importing torch printed something odd: {what}", what=done.stdout[-200:])
    if done.returncode < 0:
        import signal

        name = signal.Signals(-done.returncode).name
        return {}, t("importing torch ended the process with {signal}", signal=name)
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return {}, t(
        "importing torch failed: {why}", why=said[-1].strip()[:300] if said else done.returncode
    )


def nvidia_driver() -> str:
    """The driver's version and the devices, as nvidia-smi says; empty without one."""
    program = shutil.which("nvidia-smi")
    if program:
        query = "--query-gpu=driver_version,name,memory.total"
        try:
            done = subprocess.run(
                [program, query, "--format=csv,noheader"], capture_output=True, encoding="utf-8",
                errors="replace", timeout=20, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return ""
        if done.returncode == 0 and done.stdout.strip():
            return "; ".join(line.strip() for line in done.stdout.strip().splitlines())
    version = Path("/proc/driver/nvidia/version")
    if version.exists():
        match = re.search(
            r"Kernel Module\D*([\d.]+)", version.read_text(encoding="utf-8", errors="replace")
        )
        return match.group(1) if match else "?"
    return ""


def _torch(found: dict[str, Any]) -> Finding:
    wanted = requirements("dltutor", "train").get("torch", SpecifierSet())
    seen = t("{version}, {threads} threads", version=found["torch"], threads=found["threads"])
    if not _fits(found["torch"], wanted):
        again = f'{sys.executable} -m pip install "torch{wanted}"'
        return Finding("torch", "note", f"{seen} ({t('tested')}: {wanted})", again)
    return Finding("torch", "ok", seen)


def _companions(found: dict[str, Any]) -> Iterator[Finding]:
    """torchvision and torchaudio are built for one torch each."""
    for name in ("torchvision", "torchaudio"):
        if name in found["problems"]:
            again = f"{sys.executable} -m pip install --upgrade --force-reinstall --no-deps {name}"
            yield Finding(name, "fail", found["problems"][name], again)
        elif name in found:
            wanted = requirements(name).get("torch", SpecifierSet())
            if _fits(found["torch"], wanted):
                yield Finding(name, "ok", found[name])
            else:
                seen = f"{found[name]}: " + t(
                    "it wants torch {wanted}, there is {have}", wanted=wanted, have=found["torch"]
                )
                yield Finding(
                    name,
                    "fail",
                    seen,
                    f'{sys.executable} -m pip install --upgrade {name} "torch{wanted}"',
                )


def _cuda(found: dict[str, Any], driver: str) -> Iterator[Finding]:
    if driver:
        yield Finding("CUDA driver", "ok", driver)
    elif not found["cuda"] and platform.system() != "Darwin":
        yield Finding("CUDA driver", "note", t("none: models train on the processor"))
    for device in found["cuda"]:
        capability = t("compute capability {number}", number=device["capability"])
        seen = f"{device['name']}, {size(device['bytes'])}, {capability}"
        if device["works"] is True:
            yield Finding("CUDA", "ok", seen)
        else:
            yield Finding("CUDA", "fail", f"{seen}: {device['works']}", _reinstall_for_cuda())
    if driver and not found["cuda"]:
        if found["built_for_cuda"] is None:
            seen = t("this torch was built without CUDA")
        else:
            seen = t(
                "torch for CUDA {version} can not use this driver", version=found["built_for_cuda"]
            )
        yield Finding("CUDA", "note", seen, _reinstall_for_cuda())


def _reinstall_for_cuda() -> str:
    guide = "https://pytorch.org/get-started/locally"
    return f"{sys.executable} -m pip install --force-reinstall torch   # {guide}"


def _compiler() -> Finding:
    names = [
        os.environ.get("CXX", ""),
        *(("cl",) if os.name == "nt" else ("g++", "clang++", "c++")),
    ]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found:
        return Finding("compiler", "ok", t("{path}, so --compile works", path=found))
    seen = t("no C++ compiler: everything works but --compile")
    if platform.system() == "Darwin":
        return Finding("compiler", "note", seen, "xcode-select --install")
    if os.name == "nt":
        return Finding(
            "compiler", "note", seen, "winget install Microsoft.VisualStudio.2022.BuildTools"
        )
    for program, command in (
        ("apt-get", "sudo apt-get install -y g++"),
        ("dnf", "sudo dnf install -y gcc-c++"),
        ("pacman", "sudo pacman -S --noconfirm gcc"),
        ("apk", "sudo apk add g++"),
    ):
        if shutil.which(program):
            return Finding("compiler", "note", seen, command)
    return Finding("compiler", "note", seen)


def _memory() -> int:
    """Bytes of memory for this process: the machine's, or its container's if that is less."""
    found = []
    try:
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        if importlib.util.find_spec("psutil") is not None:
            import psutil

            found.append(int(psutil.virtual_memory().total))
    with contextlib.suppress(OSError, ValueError):  # no such file, or "max": no limit
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(found, default=0)


def requirements(distribution: str, extra: str = "") -> dict[str, SpecifierSet]:
    """The version ranges that a distribution requires here, at all or for one of its extras."""
    try:
        listed = [Requirement(line) for line in metadata.requires(distribution) or []]
    except (metadata.PackageNotFoundError, InvalidRequirement):
        return {}
    return {
        one.name: one.specifier
        for one in listed
        if (one.marker is None and not extra)
        or (
            one.marker is not None
            and one.marker.evaluate({"extra": extra})
            and (not extra or not one.marker.evaluate({"extra": ""}))
        )
    }


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def _fits(version: str, wanted: SpecifierSet) -> bool:
    try:
        # what stands behind a + names the build (2.11.0+cu130), not the version
        return wanted.contains(version.partition("+")[0], prereleases=True)
    except InvalidVersion:
        return True
