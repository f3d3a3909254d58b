"""Runs Python in a child process with a time limit: a chapter's code never runs in ours."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a child process printed, and how it ended."""

    code: int
    output: str
    errors: str
    timed_out: bool = False


def run_python(arguments: Sequence[str], seconds: float, text: str = "") -> Outcome:
    """``python ARGUMENTS`` with ``text`` on its standard input, in a scratch folder."""
    environment = dict(os.environ)
    # what this process found (a chapter at a path) the child must find, from another folder
    environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(p) for p in sys.path if p)  # noqa: PTH100
    environment |= {
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
    with tempfile.TemporaryDirectory(prefix="dltutor-check-") as scratch:
        try:
            done = subprocess.run(
                [sys.executable, *arguments],
                input=text,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                cwd=scratch,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(-1, "", "", timed_out=True)
    return Outcome(done.returncode, done.stdout, done.stderr)
