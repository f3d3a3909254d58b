"""A simulated learner walks every chapter through the public commands.

Reads each lesson, answers each question (some right, some wrong, some skipped at first), fails
and then solves exercises, and reviews: what a learner does, told by the machine-readable
output alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dltutor import registry
from dltutor.content import lessons
from dltutor.learning.exercises import exercises
from dltutor.learning.questions import Question, present, questions, solution

SEED = 7


def chapters() -> list[str]:
    return [c.id for c in registry.chapters()]


def ask(arguments: list[str], reply: Callable[[dict[str, Any]], str]) -> list[dict[str, Any]]:
    """Runs a command that asks in JSON lines; ``reply`` gives the answer to each question object."""
    events = []
    with subprocess.Popen(
        [sys.executable, "-m", "dltutor", *arguments, "--json", "--seed", str(SEED)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "question":
                process.stdin.write(reply(events[-1]) + "\n")
                process.stdin.flush()
    assert process.returncode == 0
    return events


def wrong(question: Question) -> str:
    """An answer of the right form that is wrong."""
    shown = present(question, SEED)
    right = solution(shown)
    if question.kind in ("choice", "choices"):
        return next(letter for letter in shown.letters() if letter != right)
    if question.kind == "order":
        return " ".join(reversed(right.split()))
    if question.kind == "match":
        letters = [pair[-1] for pair in right.split()]
        return " ".join(f"{i}{letter}" for i, letter in enumerate(letters[1:] + letters[:1], 1))
    return {"number": "-123456", "text": "zzz", "shape": "(9, 9, 9, 9, 9)", "output": "zzz"}[
        question.kind
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", chapters())
def test_a_learner_walks_the_chapter(name: str, dltutor: Any, tmp_path: Path) -> None:
    chapter = registry.find(name)

    for lang in ("en", "zh"):
        for lesson in lessons(chapter, lang):
            read = dltutor("read", name, lesson.slug, "--plain", env={"DLTUTOR_LANG": lang})
            assert read.code == 0, read.err
            assert lesson.title in read.out

    known = {q.id: q for q in questions(chapter)}
    order = list(known)
    missed = order[::4]
    skipped: set[str] = set()

    def answer(event: dict[str, Any]) -> str:
        question = known[event["id"]]
        place = order.index(question.id)
        if place % 4 == 1 and question.id not in skipped:
            skipped.add(question.id)
            return "skip"
        return wrong(question) if question.id in missed else solution(present(question, SEED))

    events = ask(["quiz", name], answer)
    verdicts = {e["id"]: e["right"] for e in events if e["event"] == "verdict"}
    assert skipped
    assert verdicts == {i: i not in missed for i in order}
    summary = events[-1]
    assert (summary["right"], summary["wrong"]) == (len(order) - len(missed), len(missed))
    assert summary["reread"]

    # only what is not mastered is asked again
    events = ask(["quiz", name], lambda e: solution(present(known[e["id"]], SEED)))
    assert sorted(e["id"] for e in events if e["event"] == "question") == sorted(missed)
    assert all(e["right"] for e in events if e["event"] == "verdict")

    review = ask(["review"], lambda e: solution(present(known[e["id"]], SEED)))
    assert review[-1]["event"] == "summary"

    # the gate runs all starters and solutions; here the way there is tried, with the first and a hunt
    every = exercises(chapter)
    tried = list({e.id: e for e in (every[0], next(e for e in every if e.bughunt))}.values())
    for exercise in tried:
        short = exercise.id.partition("/")[2]
        assert dltutor("exercise", "start", name, short).code == 0
        before = dltutor("exercise", "check", name, short, "--json")
        assert before.code == 0, before.err
        report = json.loads(before.out)
        assert not report["passed"]
        assert report["problem"] or any(
            c["message"] for c in report["cases"] if c["state"] != "passed"
        )
        for _ in exercise.hints:
            assert dltutor("exercise", "hint", name, short).out.strip()
        Path(report["file"]).write_text(exercise.solution, encoding="utf-8")
        after = dltutor("exercise", "check", name, short, "--json")
        assert json.loads(after.out)["passed"], after.out

    listed = json.loads(dltutor("list", "--json").out)
    row = next(c for c in listed["chapters"] if c["id"] == name)
    assert row["lessons"]["read"] == row["lessons"]["total"] == len(lessons(chapter, "en"))
    assert row["questions"]["right"] == row["questions"]["total"] == len(order)
    assert (row["exercises"]["passed"], row["exercises"]["total"]) == (len(tried), len(every))

    exported = tmp_path / "progress.json"
    assert dltutor("progress", "export", exported).code == 0
    assert dltutor("progress", "import", exported).code == 0
    assert json.loads(dltutor("list", "--json").out) == listed
