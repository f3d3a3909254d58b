"""Asks the questions of a session as JSON lines; the protocol stands in ``docs/progress.md``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from dltutor.cli.asking import command, flat
from dltutor.i18n import local
from dltutor.learning.grading import expects

if TYPE_CHECKING:
    from dltutor.learning.session import Asked, Session

PROTOCOL: Final = 1


def emit(event: str, **values: Any) -> None:
    """One JSON object on one line."""
    print(json.dumps({"event": event, **values}, ensure_ascii=False), flush=True)


def ask_all(session: Session) -> bool:
    """Asks until the end; every question takes one answer. False: broken off with Ctrl-C."""
    shown: Asked | None = None
    try:
        while (asked := session.current) is not None:
            if asked is not shown:
                _question(session, asked)
                shown = asked
            line = sys.stdin.readline()
            if not line or not _take(session, asked, line.rstrip("\r\n")):
                break
            if session.current is not asked:
                shown = None
    except KeyboardInterrupt:
        return False
    return True


def summary(session: Session, **more: Any) -> None:
    """The last object."""
    found = session.summary()
    emit(
        "summary",
        total=found.total,
        right=found.right,
        helped=found.helped,
        wrong=found.wrong,
        skipped=found.skipped,
        left=found.left,
        reread=[{"chapter": chapter, "lesson": lesson} for chapter, lesson in found.reread],
        known=[{"chapter": chapter, "lesson": lesson} for chapter, lesson in found.known],
        **more,
    )


def notices(session: Session) -> None:
    """What there is to know about the progress file."""
    for notice in session.progress.take_notices():
        emit("notice", text=notice)


def _question(session: Session, asked: Asked) -> None:
    question, presented = asked.question, asked.presented
    values: dict[str, Any] = {
        "number": session.number,
        "of": len(session.asked),
        "id": question.id,
        "kind": question.kind,
        "lesson": question.lesson,
        "prompt": flat(question.prompt),
        "expects": local(expects(question)),
    }
    if question.code:
        values["code"] = question.code
    if question.kind == "shape":
        values["input"] = list(question.input)
    if question.unit:
        values["unit"] = question.unit[0]
    if presented.lefts:
        values["left"] = [
            {"number": number, "text": flat(left)} for number, left in enumerate(presented.lefts, 1)
        ]
    if presented.options:
        values["choices"] = [{"letter": o.letter, "text": flat(o.text)} for o in presented.options]
    emit("question", **values)


def _take(session: Session, asked: Asked, line: str) -> bool:
    """One line of input. False: the end was asked for."""
    answer, name = line, ""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    # an answer can look like JSON too: only these two objects are the protocol's
    if isinstance(data, dict) and list(data) == ["answer"]:
        given = data["answer"]
        answer = given if isinstance(given, str) else json.dumps(given)
    elif isinstance(data, dict) and list(data) == ["do"]:
        name = command(f":{data['do']}", asked)
    else:
        name = command(line, asked)
    id_ = asked.question.id
    if name == "quit":
        return False
    if name == "hint":
        emit("hint", id=id_, text=flat(session.hint()))
    elif name == "lesson":
        question = asked.question
        emit("lesson", id=id_, chapter=question.chapter_id, lesson=question.lesson)
    elif name == "skip":
        session.skip()
        emit("skipped", id=id_, comes_back=asked in session.waiting)
    elif name == "reveal":
        _reveal(session, asked)
    elif name == "help":
        emit("help", id=id_, do=["hint", "skip", "reveal", "lesson", "quit"])
    else:
        verdict = session.answer(answer)
        notices(session)
        emit(
            "verdict",
            id=id_,
            right=verdict.right,
            explanation=flat(verdict.explanation) if verdict.explanation else "",
            problem=local(verdict.problem),
            open=bool(verdict.problem),
        )
        if not verdict.problem:
            session.proceed()
    return True


def _reveal(session: Session, asked: Asked) -> None:
    # a program that asks for the answer means it
    answer = session.reveal()
    answer = session.reveal() if answer is None else answer
    notices(session)
    emit("answer", id=asked.question.id, answer=answer, explanation=flat(asked.question.explain))
    session.proceed()
