"""A three-way merge of short texts, for a starter that changed while the learner was at work."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged text, and in how many places both sides changed the same lines."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str, labels: tuple[str, str]) -> Merge:
    """What changed from ``base`` to ``theirs``, put into ``mine``; conflicts stand between markers.

    ``git merge-file`` does it where there is git; otherwise :func:`merge_lines` does.
    """
    git = shutil.which("git")
    return (_with_git(git, base, mine, theirs, labels) if git else None) or merge_lines(
        base, mine, theirs, labels
    )


def _with_git(git: str, base: str, mine: str, theirs: str, labels: tuple[str, str]) -> Merge | None:
    with tempfile.TemporaryDirectory(prefix="dltutor-merge-") as name:
        folder = Path(name)
        for file, text in (("mine", mine), ("base", base), ("theirs", theirs)):
            (folder / file).write_bytes(text.encode("utf-8"))
        command = [
            git,
            "merge-file",
            "-p",
            "-q",
            "-L",
            labels[0],
            "-L",
            "base",
            "-L",
            labels[1],
            "mine",
            "base",
            "theirs",
        ]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=20, check=False
            )
            # the exit code is the number of conflicts, capped at 127; above that git failed
            return (
                Merge(done.stdout.decode("utf-8"), done.returncode)
                if 0 <= done.returncode <= 127
                else None
            )
        except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
            return None


def merge_lines(base: str, mine: str, theirs: str, labels: tuple[str, str]) -> Merge:
    """The same by comparing lines: regions that one side changed are taken from it."""
    b, m, t = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    out: list[str] = []
    conflicts = 0
    at_b = at_m = at_t = 0
    for sync_b, sync_m, sync_t, size in [*_anchors(b, m, t), (len(b), len(m), len(t), 0)]:
        old, ours, new = b[at_b:sync_b], m[at_m:sync_m], t[at_t:sync_t]
        if ours in (new, old):
            out += new
        elif new == old:
            out += ours
        else:
            conflicts += 1
            out += [
                f"<<<<<<< {labels[0]}\n",
                *_ended(ours),
                "=======\n",
                *_ended(new),
                f">>>>>>> {labels[1]}\n",
            ]
        out += m[sync_m : sync_m + size]
        at_b, at_m, at_t = sync_b + size, sync_m + size, sync_t + size
    return Merge("".join(out), conflicts)


def _anchors(
    b: Sequence[str], m: Sequence[str], t: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    """Runs of lines that all three have: where each begins in base, mine and theirs, and how many."""
    in_theirs = {}
    for block in SequenceMatcher(None, b, t, autojunk=False).get_matching_blocks():
        for i in range(block.size):
            in_theirs[block.a + i] = block.b + i
    found: list[tuple[int, int, int, int]] = []
    for block in SequenceMatcher(None, b, m, autojunk=False).get_matching_blocks():
        for i in range(block.size):
            line_b, line_m = block.a + i, block.b + i
            line_t = in_theirs.get(line_b)
            if line_t is None:
                continue
            if found:
                pb, pm, pt, size = found[-1]
                if (line_b, line_m, line_t) == (pb + size, pm + size, pt + size):
                    found[-1] = (pb, pm, pt, size + 1)
                    continue
            found.append((line_b, line_m, line_t, 1))
    return found


def _ended(lines: list[str]) -> list[str]:
    if lines and not lines[-1].endswith("\n"):
        return [*lines[:-1], lines[-1] + "\n"]
    return lines
