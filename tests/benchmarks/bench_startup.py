"""How long dltutor takes to start, as ratios to ``python -c pass`` on the same machine.

    python tests/benchmarks/bench_startup.py [--fresh] [--runs 11] [--json FILE] [--check]

Every round runs everything once, so that a busy machine slows all alike; medians of the
rounds are compared. ``--fresh`` measures a wheel in an environment with base dependencies
only: other packages' .pth files run at every start of Python and blur the ratios. The
screens run in a real pseudo-terminal; their time ends when the first frame is on it.
``--check`` exits 1 when a ratio is over its budget.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import pty
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUDGET = {"dltutor --help": 14.0, "dltutor list": 15.0, "first frame": 50.0}
"""ratios to ``python -c pass``"""
ESCAPES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[\]P_^X].*?(\x07|\x1b\\)|[ -/]*[0-~])", re.DOTALL)
FRAME_CHARACTERS = 150
"""so many visible characters are a frame and no mere greeting"""


def finished(*command: str) -> float:
    """Seconds until a command has ended."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def first_frame(*command: str) -> float:
    """Seconds until a program has drawn its first screen in an 80 x 24 terminal."""
    start = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS="80", LINES="24")
        os.execv(command[0], command)
    drawn = b""
    try:
        while True:
            if not select.select([terminal], [], [], 60)[0]:
                raise SystemExit(f"no frame within 60 s: {drawn[-500:]!r}")
            drawn += os.read(terminal, 1 << 16)
            seen = len(re.sub(rb"\s", b"", ESCAPES.sub(b"", drawn.partition(b"\x1b[?1049h")[2])))
            if seen >= FRAME_CHARACTERS:
                return time.perf_counter() - start
    except OSError:
        raise SystemExit(f"ended without a frame: {drawn[-500:].decode()}") from None
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def fresh(folder: Path) -> Path:
    """A Python with nothing but dltutor's wheel and its base dependencies, all compiled."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", ROOT], check=True)
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "-y", "setuptools"], check=True)
    return python


def measure(python: Path, runs: int) -> dict[str, list[float]]:
    """The seconds of each round, after one that warms the caches."""
    dltutor = [str(python), "-m", "dltutor"]
    cases: dict[str, Callable[[], float]] = {
        "python -c pass": lambda: finished(str(python), "-c", "pass"),
        "dltutor --help": lambda: finished(*dltutor, "--help"),
        "dltutor list": lambda: finished(*dltutor, "list"),
        "first frame": lambda: first_frame(*dltutor),
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(runs + 1):
        for name, run in cases.items():
            seconds = run()
            if number:
                found[name].append(seconds)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Start-up times as ratios to python -c pass.")
    parser.add_argument("--fresh", action="store_true", help="in an environment made for it")
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--check", action="store_true", help="exit 1 over budget")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(DLTUTOR_HOME=f"{folder}/home", DLTUTOR_LANG="en")
        # the first start asks for the language, which is another screen
        settings = Path(folder, "home/config/settings.json")
        settings.parent.mkdir(parents=True)
        settings.write_text('{"welcomed": true}', encoding="utf-8")
        python = fresh(Path(folder, "env")) if options.fresh else Path(sys.executable)
        if not options.fresh:
            for source in ("tutor", "plugins", "content"):
                compileall.compile_dir(ROOT / source, quiet=1)
        found = measure(python, options.runs)

    medians = {name: statistics.median(seconds) for name, seconds in found.items()}
    ratios = {name: medians[name] / medians["python -c pass"] for name in BUDGET}
    over = [name for name in BUDGET if ratios[name] > BUDGET[name]]
    print(f"{'':16} {'median ms':>10} {'least ms':>10} {'ratio':>7} {'budget':>7}")
    for name, seconds in found.items():
        row = f"{name:16} {medians[name] * 1e3:10.1f} {min(seconds) * 1e3:10.1f}"
        if name in BUDGET:
            row += f" {ratios[name]:7.1f} {BUDGET[name]:7.1f}" + (" over" if name in over else "")
        print(row)
    figures = {
        "ratios": {name: round(ratio, 2) for name, ratio in ratios.items()},
        "budget": BUDGET,
        "median_ms": {name: round(1e3 * seconds, 2) for name, seconds in medians.items()},
        "runs": options.runs,
        "fresh": options.fresh,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    print(json.dumps(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if options.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
