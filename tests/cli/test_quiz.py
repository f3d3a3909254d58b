"""``dltutor quiz`` and ``dltutor review``: in a pipe, as JSON, and on a real terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths, registry
from dltutor.learning.progress import Progress
from dltutor.learning.questions import present, questions, solution

QUESTIONS = {q.id: q for q in questions(registry.find("chapter3"))}
IDS = list(QUESTIONS)
SEED = 7


def right(id_: str, seed: int = SEED) -> str:
    return solution(present(QUESTIONS[id_], seed))


def wrong_letter(id_: str) -> str:
    shown = present(QUESTIONS[id_], SEED)
    return next(o.letter for o in shown.options if not QUESTIONS[id_].choices[o.index].right)


def of_kind(kind: str) -> str:
    return next(id_ for id_, question in QUESTIONS.items() if question.kind == kind)


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def recorded() -> list[tuple[str, bool]]:
    with Progress.open() as progress:
        rows = progress.store.read("SELECT question, right FROM answers ORDER BY at")
    return [(question, bool(was_right)) for question, was_right in rows]


# -- in words --------------------------------------------------------------------


def test_a_whole_quiz_in_a_pipe(dltutor: Callable[..., Any]) -> None:
    answers = [right(id_).replace("\n", "\\n") for id_ in IDS]
    done = dltutor("quiz", "3", "--seed", SEED, input="\n".join(answers) + "\n")
    assert done.code == 0
    assert done.err == ""
    assert done.out.count("Right.") == len(IDS)
    assert f"In all {len(IDS)}: {len(IDS)} right at once" in done.out
    assert "Worth reading again" not in done.out
    assert recorded() == [(id_, True) for id_ in IDS]
    done = dltutor("quiz", "3")
    assert done.code == 0
    assert f"All {len(IDS)} questions were answered right." in done.out
    assert "--again" in done.out


def test_a_quiz_goes_on_where_it_stopped(dltutor: Callable[..., Any]) -> None:
    dltutor("quiz", "mlp", "--seed", SEED, input=right(IDS[0]) + "\nquit\n")
    done = dltutor("quiz", "chapter3", "--seed", SEED, input="")
    assert done.code == 0
    assert f"Question 1 of {len(IDS) - 1}" in done.out
    again = dltutor("quiz", "chapter3", "--seed", SEED, "--again", input="")
    assert f"Question 1 of {len(IDS)}" in again.out


def test_what_the_words_do(dltutor: Callable[..., Any]) -> None:
    id_ = of_kind("choice")
    typed = ["hint", "lesson", "?", "", "zzz", wrong_letter(id_), ":v", ":v", ""]
    done = dltutor(
        "quiz", "3", "--seed", SEED, "--question", id_, "--plain", input="\n".join(typed)
    )
    assert done.code == 0
    question = QUESTIONS[id_]
    assert "Hint: " in done.out
    assert f"dltutor read chapter3 {question.lesson}" in done.out
    assert "quit: stop here." in done.out
    assert "Not counted: The letters go from a to" in done.out
    assert "Not right." in done.out
    assert "ask again" in done.out
    assert f"The answer: {right(id_)}" in done.out
    assert "Worth reading again:" in done.out
    assert recorded() == [(id_, False)]
    assert "\x1b" not in done.out
    assert "✓" not in done.out


def test_a_skipped_question_comes_back(dltutor: Callable[..., Any]) -> None:
    lesson = QUESTIONS[IDS[0]].lesson
    ids = [id_ for id_ in IDS if QUESTIONS[id_].lesson == lesson]
    typed = ["skip"] * len(ids) + [right(ids[0]).replace("\n", "\\n"), "跳过"]
    done = dltutor("quiz", "3", "--seed", SEED, "--lesson", lesson, input="\n".join(typed) + "\n")
    assert "Skipped; it comes back at the end." in done.out
    assert done.out.count(f"Question 1 of {len(ids)}") == 2
    assert "1 right at once" in done.out
    assert f"{len(ids) - 1} skipped" in done.out


def test_a_quiz_in_chinese(dltutor: Callable[..., Any]) -> None:
    id_ = of_kind("number")
    answer = unicodedata.normalize("NFKC", right(id_)).translate(
        str.maketrans("0123456789.", "０１２３４５６７８９．")
    )
    done = dltutor("--lang", "zh", "quiz", "3", "--question", id_, input=f"提示\n{answer}\n")
    assert done.code == 0
    assert "提示：" in done.out
    assert "正确。" in done.out
    assert recorded() == [(id_, True)]
    import re

    ours = re.sub(r"[A-Za-z0-9_.:/-]+", "", done.out.splitlines()[1])
    assert not re.search("[A-Za-z]", ours)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_line_is_wider_than_the_terminal(dltutor: Callable[..., Any], lang: str) -> None:
    from dltutor.text import width

    typed = "\n".join("hint\nreveal\nreveal" for _ in IDS)
    done = dltutor(
        "--lang", lang, "quiz", "3", "--seed", SEED, "--plain", input=typed, env={"COLUMNS": "60"}
    )
    assert f"{len(IDS)} " in done.out
    code = {line for q in QUESTIONS.values() for line in q.code.split("\n")}
    long = [line for line in done.out.splitlines() if width(line) > 60 and line.strip() not in code]
    # a command that is to be copied is not broken
    assert [line for line in long if "dltutor read" not in line] == []


def test_the_end_of_the_input_ends_with_the_summary(dltutor: Callable[..., Any]) -> None:
    done = dltutor("quiz", "3", input="")
    assert done.code == 0
    assert f"{len(IDS)} left" in done.out


def test_input_that_is_no_text_is_survived() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dltutor", "quiz", "3", "--plain"],
        input=b"\xff\xfe\x00\x1b[2J\nquit\n", capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"\x1b" not in done.stdout


def test_a_terminal_that_knows_only_ascii_gets_no_traceback(dltutor: Callable[..., Any]) -> None:
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = dltutor("--lang", "zh", "quiz", "3", input="quit\n", env=env)
    assert done.code == 0
    assert done.err == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nochapter"], "nochapter"),
        (["3", "--question", "idx-ofset"], "did you mean idx-offset?"),
        (["3", "--lesson", "los"], "los"),
        (["3", "--placement", "--again"], "--placement"),
        (["3", "--seed", "many"], "--seed"),
    ],
)
def test_a_wrong_name_is_one_line(
    dltutor: Callable[..., Any], arguments: list[str], named: str
) -> None:
    done = dltutor("quiz", *arguments)
    assert done.code == 2
    assert named in done.err
    assert "Traceback" not in done.err


# -- on a terminal ------------------------------------------------------------------


def test_on_a_terminal_with_colour(terminal: Callable[..., Any]) -> None:
    id_ = of_kind("choice")
    screen = terminal("quiz", "3", "--question", id_, "--seed", str(SEED))
    screen.wait("Your answer:")
    screen.send(f"{wrong_letter(id_)}\r")
    screen.wait("✗ Not right.")
    screen.send(f"{right(id_)}\r")
    screen.wait("✓ Right.")
    assert screen.finish() == 0
    assert b"\x1b[32m" in screen.raw
    assert recorded() == [(id_, False), (id_, True)]


def test_no_colour_when_it_is_not_wanted(terminal: Callable[..., Any]) -> None:
    screen = terminal("quiz", "3", "--seed", str(SEED), env={"NO_COLOR": "1"})
    screen.wait("Your answer:")
    screen.send(":q\r")
    assert screen.finish() == 0
    assert b"\x1b[3" not in screen.raw


def test_ctrl_c_ends_with_the_summary_and_keeps_the_answers(terminal: Callable[..., Any]) -> None:
    screen = terminal("quiz", "3", "--seed", str(SEED))
    screen.wait("Your answer:")
    screen.send(right(IDS[0]) + "\r")
    screen.wait("Question 2")
    screen.wait("Your answer:")
    screen.interrupt()
    screen.wait("1 right at once")
    assert screen.finish() == 130
    assert recorded() == [(IDS[0], True)]


def test_chinese_can_be_typed(terminal: Callable[..., Any]) -> None:
    screen = terminal("--lang", "zh", "quiz", "3", "--seed", str(SEED))
    screen.wait("你的回答：")
    screen.send("退出\r")
    assert screen.finish() == 0


# -- as JSON ----------------------------------------------------------------------------


def test_every_question_and_verdict_is_an_object(dltutor: Callable[..., Any]) -> None:
    typed = [json.dumps({"answer": right(id_)}) for id_ in IDS]
    done = dltutor("quiz", "3", "--json", "--seed", SEED, input="\n".join(typed) + "\n")
    assert done.code == 0
    found = objects(done.out)
    assert found[0] == {
        "event": "session", "protocol": 1, "kind": "quiz", "lang": "en", "seed": SEED, "questions": len(IDS),
    }  # fmt: skip
    asked = [x for x in found if x["event"] == "question"]
    assert [x["id"] for x in asked] == IDS
    assert {x["kind"] for x in asked} == {q.kind for q in QUESTIONS.values()}
    for one in asked:
        assert one["prompt"]
        assert one["expects"]
        assert "$" not in one["prompt"]
        if one["kind"] in ("choice", "choices", "order", "match"):
            assert [c["letter"] for c in one["choices"]] == list("abcdefgh"[: len(one["choices"])])
        if one["kind"] in ("shape", "output"):
            assert one["code"]
    verdicts = [x for x in found if x["event"] == "verdict"]
    assert all(x["right"] and x["explanation"] and not x["problem"] for x in verdicts)
    assert len(verdicts) == len(IDS)
    assert found[-1]["event"] == "summary"
    assert found[-1]["right"] == len(IDS)
    assert datetime.fromisoformat(found[-1]["next_due"]) > datetime.now(UTC)


def test_a_wrong_answer_is_no_failure_and_goes_on(dltutor: Callable[..., Any]) -> None:
    id_ = of_kind("choice")
    typed = f'zzz\n{{"do": "hint"}}\n{wrong_letter(id_)}\n'
    done = dltutor("quiz", "3", "--json", "--seed", SEED, "--question", id_, input=typed)
    assert done.code == 0
    _, question, unclear, hint, verdict, summary = objects(done.out)
    assert question["id"] == id_
    assert unclear["problem"]
    assert unclear["open"] is True
    assert hint["text"]
    assert (verdict["right"], verdict["open"]) == (False, False)
    assert (summary["wrong"], summary["left"]) == (1, 0)
    assert summary["reread"] == [{"chapter": "chapter3", "lesson": QUESTIONS[id_].lesson}]
    assert recorded() == [(id_, False)]


def test_skipping_revealing_and_leaving_by_json(dltutor: Callable[..., Any]) -> None:
    typed = [
        '{"do": "skip"}',
        '{"do": "reveal"}',
        '{"do": "lesson"}',
        '{"do": "nothing"}',
        '{"do": "quit"}',
        "never read",
    ]
    done = dltutor("quiz", "3", "--json", "--seed", SEED, input="\n".join(typed))
    assert done.code == 0
    events = [x["event"] for x in objects(done.out)]
    assert events == [
        "session",
        "question",
        "skipped",
        "question",
        "answer",
        "question",
        "lesson",
        "help",
        "summary",
    ]
    found = {x["event"]: x for x in objects(done.out)}
    assert found["skipped"]["comes_back"] is True
    assert found["answer"]["answer"] == right(IDS[1])
    assert found["summary"]["left"] == len(IDS) - 2


def test_an_answer_that_looks_like_json_is_an_answer(dltutor: Callable[..., Any]) -> None:
    id_ = of_kind("shape")
    listed = json.dumps(list(QUESTIONS[id_].answer))  # type: ignore[arg-type]
    for text in (listed, json.dumps({"answer": json.loads(listed)})):
        done = dltutor("quiz", "3", "--json", "--question", id_, input=text + "\n")
        assert objects(done.out)[2]["right"] is True
    done = dltutor("quiz", "3", "--json", "--question", of_kind("output"), input='{"a": 1}\n')
    assert objects(done.out)[2]["event"] == "verdict"


def test_json_ends_with_a_summary_when_it_is_interrupted() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dltutor", "quiz", "3", "--json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["event"] != "question":
        pass
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert objects(out)[-1]["event"] == "summary"
    assert process.returncode == 130


def test_the_progress_file_fails_and_the_quiz_goes_on(
    dltutor: Callable[..., Any], home: Path
) -> None:
    home.mkdir()
    (home / "data").write_text("in the way")
    done = dltutor("quiz", "3", "--seed", SEED, input=right(IDS[0]) + "\nquit\n")
    assert done.code == 0
    assert "Right." in done.out
    first, last = done.err.splitlines()
    assert str(home / "data") in first
    rescue = Path(last.rpartition(" ")[2])
    (home / "data").unlink()
    assert dltutor("progress", "import", rescue).code == 0
    rescue.unlink()
    assert recorded() == [(IDS[0], True)]


# -- placement and review ------------------------------------------------------------------


def placement(dltutor: Callable[..., Any], missed: str) -> list[dict[str, Any]]:
    """Answers by JSON: right, except for questions on the lesson ``missed``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dltutor", "quiz", "3", "--placement", "--json", "--seed", str(SEED)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=dict(os.environ),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    found = []
    for line in process.stdout:
        found.append(json.loads(line))
        if found[-1]["event"] == "question":
            known = found[-1]["lesson"] != missed
            print(
                json.dumps({"answer": right(found[-1]["id"])} if known else {"do": "skip"}),
                file=process.stdin,
                flush=True,
            )
    assert process.wait(30) == 0
    return found


def test_a_placement_marks_what_is_known(dltutor: Callable[..., Any]) -> None:
    lessons = list(dict.fromkeys(q.lesson for q in QUESTIONS.values()))
    found = placement(dltutor, lessons[0])
    asked = [x["lesson"] for x in found if x["event"] == "question"]
    assert asked[: len(lessons)] == lessons
    assert asked.count(lessons[0]) == 1
    assert len(asked) <= 2 * len(lessons)
    assert [x["lesson"] for x in found[-1]["known"]] == lessons[1:]
    with Progress.open() as progress:
        assert progress.lessons("chapter3") == dict.fromkeys(lessons[1:], "known")
    assert dltutor("progress", "reset", "3", "--yes").code == 0
    with Progress.open() as progress:
        assert progress.lessons("chapter3") == {}


def test_a_placement_in_words_does_not_dwell_on_a_wrong_answer(dltutor: Callable[..., Any]) -> None:
    done = dltutor("quiz", "3", "--placement", "--seed", SEED, input="hint\n" + "skip\n" * 20)
    assert done.code == 0
    assert "placement" in done.out.splitlines()[0]
    assert "comes back" not in done.out
    assert "Known" not in done.out


def test_nothing_is_due_at_first(dltutor: Callable[..., Any]) -> None:
    done = dltutor("review")
    assert done.code == 0
    assert "Nothing is due" in done.out
    assert not paths.progress_file().exists()
    assert objects(dltutor("review", "--json").out)[-1]["next_due"] is None


def make_due(*ids: str) -> None:
    """Wrong answers of an hour ago."""
    at = datetime.now(UTC) - timedelta(hours=1)
    with Progress.open() as progress:
        for i, id_ in enumerate(ids):
            progress.answer(id_, right=False)
            stamp = (
                (at + timedelta(seconds=i))
                .isoformat(timespec="microseconds")
                .replace("+00:00", "Z")
            )
            progress.store.write(("UPDATE answers SET at = ? WHERE question = ?", (stamp, id_)))


def test_what_was_missed_comes_back(dltutor: Callable[..., Any]) -> None:
    make_due("gone/question", IDS[2], IDS[0])
    done = dltutor("review", "--seed", SEED, input=right(IDS[2]) + "\n" + right(IDS[0]) + "\n")
    assert done.code == 0
    assert "Review: 2 of 2 due questions" in done.out
    assert "2 right at once" in done.out
    after = dltutor("review")
    assert "The next question is due" in after.out
    assert recorded()[-2:] == [(IDS[2], True), (IDS[0], True)]


def test_a_review_can_be_limited(dltutor: Callable[..., Any]) -> None:
    make_due(*IDS[:4])
    found = objects(dltutor("review", "--json", "--limit", "2", input="").out)
    assert found[0]["kind"] == "review"
    assert found[0]["questions"] == 2
    assert [x["id"] for x in found if x["event"] == "question"] == [IDS[0]]
    assert objects(dltutor("review", "--json", "--limit", "0", input="").out)[0]["questions"] == 4
