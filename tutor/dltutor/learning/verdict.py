"""What a check found, in the reader's language.

Turns what the sandbox brings back into a :class:`Result`: cases with messages that teach, the
learner's own lines, and why a run came to no end.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dltutor.i18n import current, t
from dltutor.learning.explain import explain, forbidden
from dltutor.text import clean, shorten

if TYPE_CHECKING:
    from dltutor.learning.sandbox import Case, Outcome, Raised

PRINTED_LINES = 20
PRINTED_COLUMNS = 160

Lines = tuple[tuple[int, str, str], ...]
"""lines of the learner's code: number, function, text; the innermost last"""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one ``check_<case>`` went."""

    name: str
    title: str
    """what is checked, in the reader's language"""
    state: Literal["passed", "failed", "not run"]
    message: str = ""
    """what was expected and what came; may have several lines"""
    lines: Lines = ()
    """the learner's own lines, when the code raised: number, function, text; the innermost last"""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.state == "passed"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one file."""

    passed: bool
    cases: tuple[CaseResult, ...]
    problem: str = ""
    """why not all cases were run; empty when they were"""
    lines: Lines = ()
    """the learner's own lines that belong to ``problem``"""
    output: str = ""
    """the head of what the code printed"""
    output_left_out: int = 0
    """bytes of output beyond the head"""
    seconds: float = 0.0
    """of the learner's code, without the imports of the check"""
    file: str = ""

    def __str__(self) -> str:
        """The first thing that is wrong, in a line."""
        if self.passed:
            return t("All {all} checks pass.", all=len(self.cases))
        failed = next((c for c in self.cases if c.state == "failed" and c.message), None)
        text = self.problem or (f"{failed.title}: {failed.message}" if failed else "")
        return text.splitlines()[0] if text else ""


def result_of(outcome: Outcome, seconds: float, file: str) -> Result:
    """The verdict on ``file``, whose limit was ``seconds``."""
    problem, lines = _problem(outcome, seconds)
    cases = tuple(_case_result(case, outcome.ending) for case in outcome.cases)
    # the word of the child alone is not enough: all cases, each passed, and an end in good order
    passed = outcome.ending == "done" and bool(cases) and all(c.passed for c in cases)
    return Result(
        passed,
        cases,
        problem,
        lines,
        clean(outcome.output),
        outcome.output_left_out,
        outcome.seconds,
        file,
    )


def _case_result(case: Case, ending: str) -> CaseResult:
    title = _title(case.doc) or case.name.replace("_", " ")
    if case.state == "passed" and ending != "changed":
        return CaseResult(case.name, title, "passed", seconds=case.seconds)
    if case.state == "failed":
        return CaseResult(case.name, title, "failed", clean(case.message), seconds=case.seconds)
    if case.state == "raised" and case.raised is not None:
        message, lines = _explained(case.raised)
        return CaseResult(case.name, title, "failed", message, lines, case.seconds)
    if case.state == "running":
        return CaseResult(case.name, title, "failed", t("the check was cut short here"))
    return CaseResult(case.name, title, "not run")


def _title(doc: str) -> str:
    """The first paragraph of a docstring, in the reader's language: ``English || 中文``."""
    words = " ".join(doc.strip().split("\n\n")[0].split())
    english, bars, chinese = words.partition("||")
    return clean((chinese if bars and current() == "zh" else english).strip()).rstrip(".。")


def _problem(outcome: Outcome, limit: float) -> tuple[str, Lines]:
    """Why the run did not come to its end, and the learner's lines that belong to it."""
    lines: Lines = ((outcome.line, "", ""),) if outcome.line else ()
    seconds = f"{limit:g}"
    match outcome.ending:
        case "done":
            return "", ()
        case "import" if outcome.raised is not None:
            message, lines = _explained(outcome.raised)
            return t("the file could not be read as a program: {message}", message=message), lines
        case "time":
            return t(
                "it did not end within {seconds} s, and was stopped: is there a loop without an "
                "end?",
                seconds=seconds,
            ), lines
        case "scratch":
            return t("it wrote more files than an exercise may, and was stopped"), lines
        case "changed":
            return t(
                "your code replaces {name}, which the check relies on: leave it as it is",
                name=clean(outcome.detail),
            ), ()
        case "crashed":
            return t(
                "Python itself crashed ({signal}): too deep a recursion, too much memory, or "
                "machine code gone wrong",
                signal=outcome.detail,
            ), lines
        case _:
            return t(
                "your code ended the process before the check was through (exit code {code}): "
                "leave out exit()",
                code=clean(outcome.detail),
            ), lines


def _explained(raised: Raised) -> tuple[str, Lines]:
    kind, message = clean(raised.kind), clean(raised.message).strip()
    lines = tuple((number, clean(function), clean(text)) for number, function, text in raised.lines)
    if raised.missing:
        near = get_close_matches(raised.missing, raised.there, n=1)
        text = t("the file has no {name}, which the exercise asks for", name=clean(raised.missing))
        return (
            text + "; " + t("did you mean {near}?", near=clean(near[0])) if near else text
        ), lines
    if kind == "SystemExit":
        return t("your code called exit(), which ends the program: return instead"), lines
    refused = forbidden(message)
    if refused:
        return refused, lines
    first = message if len(message) <= 600 else message[:600] + "…"
    text = f"{kind}: {first}" if first else kind
    advice = explain(kind, message)
    return (f"{text}\n{advice}" if advice else text), lines


def report(result: Result) -> list[str]:
    """The verdict as lines of plain text."""
    marks = {"passed": "✓", "failed": "✗", "not run": "-"}
    rows: list[str] = []
    for case in result.cases:
        rows.append(
            f"{marks[case.state]} {case.title}"
            + (f"  ({t('not run')})" if case.state == "not run" else "")
        )
        rows += [f"    {line}" for line in case.message.splitlines()]
        rows += [f"    {line}" for line in _source_lines(result.file, case.lines)]
    if result.problem:
        rows += [
            ("! " if i == 0 else "  ") + line for i, line in enumerate(result.problem.splitlines())
        ]
        rows += [f"    {line}" for line in _source_lines(result.file, result.lines)]
    if result.output and not result.passed:
        rows.append(t("It printed:"))
        printed = [
            shorten(line, PRINTED_COLUMNS) for line in result.output.splitlines()[:PRINTED_LINES]
        ]
        rows += [f"  | {line}" for line in printed]
        left = (
            len(result.output.encode())
            + result.output_left_out
            - sum(len(line.encode()) + 1 for line in printed)
        )
        if left > len(printed):
            rows.append("  | " + t("… and {bytes} bytes more", bytes=f"{left:,}"))
    right = sum(case.passed for case in result.cases)
    if result.passed:
        rows.append(t("All {all} checks pass.", all=len(result.cases)))
    elif result.cases:
        rows.append(t("{right} of {all} checks pass.", right=right, all=len(result.cases)))
    return rows


def _source_lines(file: str, lines: Lines) -> list[str]:
    name = Path(file).name
    rows = []
    for number, function, text in lines:
        where = t("{file}, line {number}", file=name, number=number)
        if function and function != "<module>":
            where += t(", in {function}", function=function)
        rows.append(f"{where}: {text}" if text else where)
    return rows
