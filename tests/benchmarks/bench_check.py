"""How long a check takes, as a ratio to what it can not do without: importing what it imports.

    python tests/benchmarks/bench_check.py [ROUNDS]

Each round measures both, one after the other, so that a busy machine slows both; the figures
are medians. ``check`` is the whole of ``dltutor.learning.exercises.check``: start of the
process, imports, sandbox, cases, verdict, end. ``ready`` is the same with a process that has
done its imports while the learner was typing, as ``exercise watch`` keeps one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

DATA = Path(__file__).parents[1] / "unit" / "data"


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def import_of(module: str) -> None:
    # without the teardown of the interpreter, which is not import
    code = f"import os, {module}; os._exit(0)" if module else "import os; os._exit(0)"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-I", "-c", code], check=True, env=environment)


def main(rounds: int) -> None:
    from dltutor import registry
    from dltutor.chapter import Chapter
    from dltutor.learning.exercises import check, exercises, sandbox

    sys.path.insert(0, str(DATA.parent))
    plain, torch = exercises(Chapter(id="x", slug="x", title="", summary="", content="data"))
    found = [("pure Python", plain, ""), ("torch", torch, "torch")]
    for chapter in registry.chapters():
        found += [(e.id, e, "torch") for e in exercises(chapter)[:4]]
    print(f"{'exercise':24} {'import s':>9} {'check s':>9} {'ratio':>7} {'ready s':>9}")
    for name, exercise, module in found:
        imports, checks, ready = [], [], []
        check(exercise, exercise.solution_path)  # compiles the bytecode
        for _ in range(rounds):
            imports.append(seconds(partial(import_of, module)))
            checks.append(seconds(partial(check, exercise, exercise.solution_path)))
            waiting = sandbox(exercise)
            waiting.wait()
            ready.append(seconds(partial(check, exercise, exercise.solution_path, ready=waiting)))
        base, whole, quick = (statistics.median(x) for x in (imports, checks, ready))
        print(f"{name:24} {base:9.3f} {whole:9.3f} {whole / base:7.2f} {quick:9.3f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["DLTUTOR_HOME"] = home
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
