"""The learner's own copies of exercises.

``<exercises folder>/<chapter>/<name>.py`` is the learner's and is never overwritten except by
``reset`` and ``merge``, which keep a copy. Beside it the hidden folder ``.dltutor`` holds the
starter as it was handed out, how many hints and tries there were, and those copies.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dltutor import paths
from dltutor.chapter import Text
from dltutor.errors import TutorError, UsageError
from dltutor.i18n import t
from dltutor.learning.exercises import Exercise, Result, check
from dltutor.settings import write_whole

if TYPE_CHECKING:
    from dltutor.learning.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class State:
    """How far the learner is with an exercise."""

    hints: int = 0
    """rungs of the ladder that were shown"""
    failed: int = 0
    """checks that failed"""
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge of a changed starter did."""

    conflicts: int
    kept: Path
    """the learner's file as it was"""


class Workspace:
    """The folder of the learner's copies; by default the one of ``dltutor.paths``."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.exercises_folder()

    def path(self, exercise: Exercise) -> Path:
        """The learner's file, whether or not it is there."""
        return self.folder / exercise.chapter_id / f"{exercise.name}.py"

    def started(self, exercise: Exercise) -> bool:
        return self.path(exercise).is_file()

    def start(self, exercise: Exercise) -> bool:
        """Hands out the starter where there is no file yet; returns whether it did."""
        if self.started(exercise):
            return False
        self._hand_out(exercise)
        return True

    def reset(self, exercise: Exercise) -> Path | None:
        """Hands out the starter again, and returns the copy of what the learner had."""
        kept = self._keep(exercise) if self.started(exercise) else None
        self._hand_out(exercise)
        self._save(exercise, replace(self.state(exercise), hints=0))
        return kept

    def changed(self, exercise: Exercise) -> bool:
        """Whether the starter is another one now than when it was handed out."""
        given = self._given(exercise)
        return self.started(exercise) and given is not None and given != exercise.starter

    def merge(self, exercise: Exercise) -> Merged | None:
        """Puts what changed in the starter into the learner's file; None when nothing did."""
        from dltutor.learning.merge import merge

        given = self._given(exercise)
        if not self.changed(exercise) or given is None:
            return None
        mine = self.text(exercise)
        # the learner's line ends stay
        ends = "\r\n" if "\r\n" in mine else "\n"
        done = merge(
            given,
            mine.replace("\r\n", "\n"),
            exercise.starter,
            (t("your code"), t("the new starter")),
        )
        kept = self._keep(exercise)
        write_whole(self.path(exercise), done.text.replace("\n", ends))
        write_whole(self._hidden(exercise, ".starter.py"), exercise.starter)
        return Merged(done.conflicts, kept)

    def text(self, exercise: Exercise) -> str:
        """The learner's file, with its line ends."""
        file = self.path(exercise)
        try:
            return file.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise UsageError(
                t("{exercise} is not started", exercise=exercise.id),
                t(
                    "run: {command}",
                    command=f"dltutor exercise start {exercise.chapter_id} {exercise.name}",
                ),
            ) from None
        except UnicodeDecodeError:
            raise TutorError(t("{file} is not UTF-8", file=file), t("save it as UTF-8")) from None
        except OSError as error:
            raise TutorError(
                t("{file} can not be read: {reason}", file=file, reason=error.strerror)
            ) from None

    def diff(self, exercise: Exercise) -> list[str]:
        """From the starter as handed out to the learner's code, as a unified diff."""
        starter = self._given(exercise)
        return _diff(
            exercise.starter if starter is None else starter,
            self.text(exercise),
            t("the starter"),
            t("your code"),
        )

    def solution_diff(self, exercise: Exercise) -> list[str]:
        """From the learner's code (the starter where there is none) to the solution."""
        mine = self.text(exercise) if self.started(exercise) else exercise.starter
        return _diff(mine, exercise.solution, t("your code"), t("the solution"))

    def may_see_solution(self, exercise: Exercise) -> bool:
        """Whether the learner has tried: a check failed or passed."""
        state = self.state(exercise)
        return state.failed > 0 or state.passed

    def next_hint(self, exercise: Exercise) -> tuple[int, Text] | None:
        """The number and text of the next rung, remembered as shown; None when all were shown."""
        state = self.state(exercise)
        if state.hints >= len(exercise.hints):
            return None
        self._save(exercise, replace(state, hints=state.hints + 1))
        return state.hints + 1, exercise.hints[state.hints]

    def check(
        self, exercise: Exercise, *, file: Path | None = None, ready: Sandbox | None = None
    ) -> Result:
        """Checks the learner's file (or another), and remembers the result here and in the progress."""
        if file is None and not self.started(exercise):
            self.text(exercise)  # says how to start
        result = check(exercise, file or self.path(exercise), ready=ready)
        state = self.state(exercise)
        self._save(
            exercise,
            replace(
                state,
                passed=state.passed or result.passed,
                failed=state.failed + (not result.passed),
            ),
        )
        from dltutor.learning.progress import Progress

        with Progress.open() as progress:
            progress.exercise_result(exercise.id, passed=result.passed)
        return result

    def state(self, exercise: Exercise) -> State:
        """What is remembered; a damaged file counts as nothing remembered."""
        try:
            data = json.loads(self._hidden(exercise, ".json").read_text(encoding="utf-8"))
            return State(int(data["hints"]), int(data["failed"]), data["passed"] is True)
        except (OSError, ValueError, KeyError, TypeError):
            return State()

    def _save(self, exercise: Exercise, state: State) -> None:
        write_whole(self._hidden(exercise, ".json"), json.dumps(asdict(state)))

    def _hidden(self, exercise: Exercise, end: str) -> Path:
        return self.folder / exercise.chapter_id / ".dltutor" / f"{exercise.name}{end}"

    def _hand_out(self, exercise: Exercise) -> None:
        starter = exercise.starter
        # what was handed out is written first: without it a later change of the starter goes unseen
        write_whole(self._hidden(exercise, ".starter.py"), starter)
        write_whole(self.path(exercise), starter)

    def _given(self, exercise: Exercise) -> str | None:
        try:
            return self._hidden(exercise, ".starter.py").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def _keep(self, exercise: Exercise) -> Path:
        """A copy of the learner's file as it is, under a name that is not taken."""
        data = self.path(exercise).read_bytes()
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        names = (f".{stamp}{f'-{n}' if n else ''}.py" for n in range(1000))
        file = next(f for f in (self._hidden(exercise, name) for name in names) if not f.exists())
        write_whole(file, data)
        return file


def _diff(before: str, after: str, name_before: str, name_after: str) -> list[str]:
    rows: Iterator[str] = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name_before, name_after, lineterm=""
    )
    return list(rows)
