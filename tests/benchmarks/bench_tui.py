"""How fast the screens answer: in a real pseudo-terminal, idle and beside two training runs.

    python tests/benchmarks/bench_tui.py [--only latency live scale] [--presses 60] [--json FILE] [--check]

``latency`` is the time from writing a key to the arrival of the whole frame that it leads to;
``live`` the processor time of a run's screen that draws ten frames a second, above the same
screen at rest; ``scale`` how long screens take to open with 500 chapters, a lesson of 200 KB, a
run of a million events and 10,000 runs, as ratios to their usual time. ``--check`` exits 1
when a figure is over its budget.
"""

from __future__ import annotations

import argparse
import contextlib
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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dltutor import registry
from dltutor.content import lessons
from dltutor.learning.progress import Progress
from dltutor.runs import folder, launch
from dltutor.runs.folder import RunFolder
from dltutor.runs.lock import FileLock
from dltutor.runs.spec import RunSpec

FRAME_END = b"\x1b[?2026l"
ESCAPES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[\]P_^X].*?(\x07|\x1b\\)|[ -/]*[0-~])", re.DOTALL)
IDLE_MS, LOADED_MS = 50.0, 100.0
LIVE_SHARE = 0.30
SCALE = 2.0
UP, DOWN = "\x1b[A", "\x1b[B"
BEAT = ("accuracy", "loss", "val_loss", "lr")


class Screens:
    """``dltutor`` in a terminal of 80 x 24 (or another size) that knows whole frames."""

    def __init__(self, columns: int = 80, rows: int = 24, **env: str) -> None:
        self.born = time.perf_counter()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(
                TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(columns), LINES=str(rows)
            )
            os.environ.update(env)
            os.execv(sys.executable, [sys.executable, "-m", "dltutor"])
        self.seen = b""
        """what came since the last key"""
        self.frames = 0

    def read(self, seconds: float) -> bool:
        """Takes what comes within so many seconds; False when nothing did."""
        if not select.select([self.terminal], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            raise SystemExit(f"ended: {self.text[-2000:]}") from None
        if b"\x1b[?2026$p" in data:  # may frames be sent whole?
            os.write(self.terminal, b"\x1b[?2026;2$y")
        self.frames += data.count(FRAME_END)
        self.seen += data
        return True

    @property
    def text(self) -> str:
        """The text of the whole frames that came since the last key."""
        whole = self.seen[: self.seen.rfind(FRAME_END) + 1]
        return ESCAPES.sub(b"", whole).decode("utf-8", "replace")

    def press(self, key: str, wanted: str = "", seconds: float = 40.0) -> float:
        """Seconds from the key to the first whole frame, or to one in which ``wanted`` stands."""
        self.seen = b""
        start = time.perf_counter()
        if key:
            os.write(self.terminal, key.encode())
        while True:
            if self.read(seconds):
                now = time.perf_counter()
                if FRAME_END in self.seen and (not wanted or wanted in self.text):
                    return now - start
            if time.perf_counter() - start > seconds:
                raise SystemExit(f"{key!r}: no {wanted!r} within {seconds} s:\n{self.text[-3000:]}")

    def opened(self, wanted: str) -> float:
        """Seconds from the start of the process to the frame in which ``wanted`` stands."""
        self.press("", wanted)
        return time.perf_counter() - self.born

    def settle(self, quiet: float = 0.25, longest: float = 20.0) -> None:
        """Reads until nothing comes any more."""
        end = time.perf_counter() + longest
        while self.read(quiet) and time.perf_counter() < end:
            pass

    def cpu(self) -> float:
        """Seconds of processor time that the process has used, all threads together."""
        fields = (
            Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


@contextlib.contextmanager
def screens(columns: int = 80, rows: int = 24, **env: str) -> Iterator[Screens]:
    opened = Screens(columns, rows, **env)
    try:
        yield opened
    finally:
        opened.close()


# -- latency ---------------------------------------------------------------------------------------


def latency(presses: int) -> dict[str, list[float]]:
    """Seconds of each key on each screen. What a key leads to is waited for before the next one."""
    found: dict[str, list[float]] = {}

    def several(screen: Screens, name: str, keys: list[tuple[str, str]]) -> None:
        """Presses the keys in turn; of keys with a text the frame with it counts."""
        times = found.setdefault(name, [])
        while len(times) < presses:
            for key, wanted in keys:
                seconds = screen.press(key, wanted)
                if key != "\x1b":  # the reader waits 100 ms to see whether a longer code follows
                    times.append(seconds)
                # a person's pace: what the key set going is over by then
                screen.settle(0.15, longest=0.5)

    with screens() as s:
        s.opened("MNIST")
        s.settle()
        several(s, "home", [(DOWN, ""), (DOWN, ""), (UP, ""), (UP, "")])
        s.press("c", "about")
        s.settle()
        several(s, "lesson", [(" ", ""), (DOWN, ""), (DOWN, ""), ("\x1b[H", "")])
        s.press("u", "1 of")
        s.settle()
        several(s, "quiz", [("a", ""), ("b", "")])
        s.press("\x1b", "about")
        s.settle()
        s.press("\x1b", "MNIST")
        s.settle()
        s.press("t", "runs")
        s.settle()
        s.press("\r", "samples/s")
        s.settle(longest=3.0)
        # what draws itself ten times a second must show the key's own effect
        several(s, "run", [("k", "Configuration of"), ("\x1b", "samples/s")])
    return found


RUNS_ALIVE = False


@contextlib.contextmanager
def training(count: int) -> Iterator[None]:
    """So many runs of chapter 3 at work, each with as many threads as torch sees cores."""
    global RUNS_ALIVE
    names = []
    for _ in range(count):
        done = subprocess.run(
            [sys.executable, "-m", "dltutor", "run", "chapter3", "--data", "builtin", "--detach",
             "--set", "epochs=1000"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        names.append(done.stdout.strip())
    runs = [folder.find_run(name) for name in names]
    try:
        while not all(b'"progress"' in _bytes(run.events_file) for run in runs):
            time.sleep(0.2)
        time.sleep(3)
        RUNS_ALIVE = True
        yield
    finally:
        RUNS_ALIVE = False
        for run in runs:
            launch.kill(run)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


# -- live charts -----------------------------------------------------------------------------------


def specification(chapter: str = "chapter3") -> RunSpec:
    return RunSpec(
        chapter=chapter,
        preset="standard",
        config={"epochs": 100, "lr": 0.001},
        data={"kind": "builtin", "root": None, "label": "8x8 digits"},
        created="2026-01-01T12:00:00+00:00",
    )


def line(kind: str, step: int, **more: Any) -> str:
    record = {
        "event": kind, "time": "2026-01-01T12:00:00.000+00:00", "seconds": round(step * 0.1, 3),
        "step": step, "epoch": step // 1000, **more,
    }  # fmt: skip
    return json.dumps(record) + "\n"


def beat(step: int, steps: int = 1_000_000) -> str:
    """A progress event as the engine writes it."""
    loss = 2.3 / (1 + step / 500) + 0.01 * ((step * 7919) % 13)
    return line(
        "progress", step, values={"loss": loss, "accuracy": 1 - loss / 3, "lr": 0.001,
                                  "gradient_norm": 1.5 - loss / 7},
        steps=steps, epochs=1000, batch=step % 1000, batches=1000, samples_per_second=18234.5,
        seconds_left=4210.0, memory_bytes=412_000_000,
        time_split={"data": 0.06, "forward": 0.3, "backward": 0.5, "step": 0.14},
    )  # fmt: skip


def run_of(events: int) -> RunFolder:
    """A run of so many events, written without training; nobody works on it."""
    run = folder.create(specification(), "3")
    with run.events_file.open("w", encoding="utf-8") as file:
        file.write(line("started", 0, run=run.id, chapter="chapter3", device="cpu"))
        for step in range(1, events + 1):
            file.write(beat(step))
            if step % 1000 == 0:
                file.write(line("metrics", step, values={"val_accuracy": 0.9, "val_loss": 0.3}))
    run.lock_file.touch()
    return run


def live(seconds: float, columns: int, rows: int) -> dict[str, float]:
    """Shares of a core: the screen of a run at rest, and one that draws ten frames a second."""
    run = run_of(600)
    lock = FileLock(run.lock_file)
    lock.acquire()
    try:
        with screens(columns, rows) as s:
            s.opened("MNIST")
            s.settle()
            s.press("t", run.id)
            s.settle()
            s.press("\r", "samples/s")
            s.settle()
            idle = _share(s, seconds, lambda _: None)
            before = s.frames
            with run.events_file.open("a", encoding="utf-8", buffering=1) as file:
                busy = _share(s, seconds, lambda n: file.write(beat(601 + n)))
            frames = (s.frames - before) / seconds
    finally:
        lock.release()
    return {"idle": idle, "live": busy, "above idle": busy - idle, "frames a second": frames}


def _share(s: Screens, seconds: float, ten_a_second: Callable[[int], object]) -> float:
    before, start = s.cpu(), time.perf_counter()
    for number in range(round(10 * seconds)):
        ten_a_second(number)
        until = start + (number + 1) / 10
        while (left := until - time.perf_counter()) > 0:
            s.read(left)
    return (s.cpu() - before) / (time.perf_counter() - start)


# -- scale -----------------------------------------------------------------------------------------

CHAPTER = """
from dltutor.chapter import Chapter
from dltutor.hookspecs import hookimpl

@hookimpl
def dltutor_chapter():
    return Chapter(
        id={name!r}, number={number}, slug={name!r}, title="Chapter {name}", summary="One of many.",
        content={name!r},
    )
"""
LESSON = '+++\ntitle = "A lesson of {name}"\nminutes = 5\ngoals = ["Read it."]\nterms = ["loss"]\n+++\n\n{body}\n'
PARAGRAPH = (
    "## Part {n}\n\nThe `loss` falls with $\\frac{{1}}{{n}}$ until it does **not**: a paragraph of "
    "ordinary length, in which a word or two stand in *another* way, and a number, {n}.\n\n"
    "```python\ndef f{n}(x: float) -> float:\n    return x * {n}  # a line of code\n```\n"
)


def chapter(site: Path, name: str, number: int, parts: int) -> None:
    """A distribution with a chapter of one lesson."""
    package = site / name
    (package / "lessons/en").mkdir(parents=True)
    (package / "__init__.py").write_text(CHAPTER.format(name=name, number=number), encoding="utf-8")
    body = "\n".join(PARAGRAPH.format(n=n) for n in range(1, parts + 1))
    (package / "lessons/en/01-first.md").write_text(
        LESSON.format(name=name, body=body), encoding="utf-8"
    )
    about = site / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
    )
    (about / "entry_points.txt").write_text(
        f"[dltutor.chapters]\n{name} = {name}\n", encoding="utf-8"
    )


def pairs(
    rounds: int, usual: Callable[[], float], large: Callable[[], float]
) -> tuple[float, float]:
    """Medians of both, measured in turn after one round that warms the caches."""
    both: list[tuple[float, float]] = [(usual(), large()) for _ in range(rounds + 1)][1:]
    return statistics.median(a for a, _ in both), statistics.median(b for _, b in both)


def open_home(**env: str) -> float:
    with screens(**env) as s:
        return s.opened("MNIST")


def open_lesson(name: str, **env: str) -> float:
    """From the key that goes on with a chapter's lesson to its first lines."""
    with at_home(env), Progress.open() as progress:
        progress.set_position(name, "first", 0.0)
    with screens(**env) as s:
        s.opened("Continue")
        s.settle()
        return s.press("c", "Part 1")


def open_runs(**env: str) -> float:
    with screens(**env) as s:
        s.opened("MNIST")
        s.settle(0.6)
        return s.press("t", "standard")


def open_run(**env: str) -> float:
    """From Enter on the newest run to its curves and figures."""
    with screens(**env) as s:
        s.opened("MNIST")
        s.settle(0.6)
        s.press("t", "standard")
        s.settle(0.6)
        return s.press("\r", "412 MB")


def open_train(**env: str) -> float:
    with screens(**env) as s:
        s.opened("MNIST")
        s.settle(0.6)
        s.press("/", "")
        for letter in "multilayer":
            s.press(letter, "")
        s.settle(0.4)
        s.press("\r", "Quiz")
        s.settle(0.4)
        return s.press("t", "dltutor run")


def home_of(place: Path) -> dict[str, str]:
    """A home whose first start is over."""
    settings = place / "config/settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('{"welcomed": true}', encoding="utf-8")
    return {"DLTUTOR_HOME": str(place)}


@contextlib.contextmanager
def at_home(env: dict[str, str]) -> Iterator[None]:
    before = os.environ["DLTUTOR_HOME"]
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ["DLTUTOR_HOME"] = before


def scale(
    place: Path, rounds: int, events: int = 1_000_000, runs: int = 10_000
) -> dict[str, tuple[float, float]]:
    found = {}
    few, many = place / "few", place / "many"
    chapter(few, "usual", 900, 40)
    for number in range(500):
        chapter(many, f"many{number:03d}", 100 + number, 3)
    chapter(few, "large", 901, 900)
    size = (few / "large/lessons/en/01-first.md").stat().st_size
    print(f"the large lesson has {size:,} bytes", file=sys.stderr)

    plain = home_of(place / "plain")
    for site in (few, many):  # compiled, as an installer leaves them
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(site)], check=True)
    found["home, 500 chapters"] = pairs(
        rounds, lambda: open_home(**plain), lambda: open_home(PYTHONPATH=str(many), **plain)
    )
    env = {"PYTHONPATH": str(few), **plain}
    found["lesson, 200 KB"] = pairs(
        rounds,
        lambda: open_lesson("usual", **env),
        lambda: open_lesson("large", **env),
    )
    small, long, crowd = (home_of(place / name) for name in ("small", "long", "crowd"))
    with at_home(small):
        run_of(2_000)
    with at_home(long):
        run = run_of(events)
        print(f"the long run has {run.events_file.stat().st_size:,} bytes", file=sys.stderr)
    with at_home(crowd):
        first = run_of(2_000)
        spec = json.dumps(specification().to_json(), indent=1)
        ended = json.dumps({"event": "finished", "metrics": {"test_accuracy": 0.97}})
        for number in range(2, runs + 1):
            path = first.path.with_name(f"3-{number:04d}")
            path.mkdir()
            (path / "run.json").write_text(spec, encoding="utf-8")
            (path / "lock").touch()
            (path / "result.json").write_text(ended, encoding="utf-8")
        os.utime(first.path)  # the newest
    found["run, 1,000,000 events"] = pairs(
        rounds, lambda: open_run(**small), lambda: open_run(**long)
    )
    found["home, 10,000 runs"] = pairs(
        rounds, lambda: open_home(**small), lambda: open_home(**crowd)
    )
    found["runs, 10,000 runs"] = pairs(
        rounds, lambda: open_runs(**small), lambda: open_runs(**crowd)
    )
    found["run, 10,000 runs"] = pairs(rounds, lambda: open_run(**small), lambda: open_run(**crowd))
    found["train, 10,000 runs"] = pairs(
        rounds, lambda: open_train(**small), lambda: open_train(**crowd)
    )
    return found


# -- all of it -------------------------------------------------------------------------------------


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--only",
        nargs="+",
        choices=("latency", "live", "scale"),
        default=("latency", "live", "scale"),
    )
    parser.add_argument("--presses", type=int, default=60, help="keys on each screen")
    parser.add_argument(
        "--seconds", type=float, default=8.0, help="of each measurement of live charts"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of each measurement of opening")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--check", action="store_true", help="exit 1 over budget")
    options = parser.parse_args()
    over: list[str] = []
    figures: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load before": [round(x, 2) for x in os.getloadavg()],
    }

    def judge(name: str, value: float, budget: float) -> str:
        if value > budget:
            over.append(name)
            return "  over"
        return ""

    with tempfile.TemporaryDirectory(prefix="dltutor-bench-") as temporary:
        place = Path(temporary)
        os.environ.update(DLTUTOR_LANG="en", **home_of(place / "home"))
        for name in ("NO_COLOR", "DLTUTOR_RUNS", "PYTHONDONTWRITEBYTECODE"):
            os.environ.pop(name, None)
        if "latency" in options.only:
            run_of(600)
            with Progress.open() as progress:  # where ``c`` goes on
                progress.set_position(
                    "chapter3", lessons(registry.find("chapter3"), "en")[0].slug, 0.0
                )
            for state, budget, count in (("idle", IDLE_MS, 0), ("two runs", LOADED_MS, 2)):
                with training(count):
                    found = latency(options.presses)
                print(
                    f"key to frame, {state}: ms {'median':>8} {'p95':>8} {'most':>8}   budget p95 {budget:g}"
                )
                for name, times in found.items():
                    mark = judge(f"{name}, {state}", 1e3 * p95(times), budget)
                    print(
                        f"  {name:22} {1e3 * statistics.median(times):12.1f} "
                        f"{1e3 * p95(times):8.1f} {1e3 * max(times):8.1f}{mark}"
                    )
                figures[f"key to frame, {state}, p95 ms"] = {
                    n: round(1e3 * p95(v), 1) for n, v in found.items()
                }
        if "live" in options.only:
            for columns, rows in ((80, 24), (120, 40), (200, 60)):
                shares = live(options.seconds, columns, rows)
                mark = judge(f"live {columns}x{rows}", shares["above idle"], LIVE_SHARE)
                words = ", ".join(f"{name} {value:.3g}" for name, value in shares.items())
                print(
                    f"live charts {columns}x{rows}, shares of a core: {words}; budget {LIVE_SHARE} above idle{mark}"
                )
                figures[f"live charts {columns}x{rows}"] = {
                    n: round(v, 4) for n, v in shares.items()
                }
        if "scale" in options.only:
            for name, (usual, large) in scale(place, options.rounds).items():
                mark = judge(name, large / usual, SCALE)
                print(
                    f"{name:24} {1e3 * usual:8.0f} ms usual {1e3 * large:8.0f} ms   "
                    f"ratio {large / usual:5.2f}, budget {SCALE:g}{mark}"
                )
                figures[name] = round(large / usual, 2)
    print(json.dumps(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if options.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
