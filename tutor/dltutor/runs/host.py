"""Asks the process that computes demos and predictions, so that nobody here imports torch."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from dltutor import i18n, views
from dltutor.chapter import Chapter, Param, Parameter
from dltutor.errors import TutorError
from dltutor.events import Prediction


class HostError(TutorError):
    """What a chapter's code raised, or a host that ended; ``traceback`` when there is one."""

    traceback = ""


class Host:
    """A child process with the chapter's heavy modules; started when first asked, kept until closed.

    Calls wait for their answer and may come from any thread; one at a time is served.
    """

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Starts the process ahead of the first question."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dltutor.training.host"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, encoding="utf-8",
            )  # fmt: skip

    def close(self) -> None:
        """Ends the process, also one that is busy."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            process.wait()

    def demo_parameters(self, name: str) -> tuple[Parameter, ...]:
        """The controls of a demo."""
        return tuple(_parameter(data) for data in self._ask("demo_parameters", demo=name))

    def demo(
        self,
        name: str,
        settings: Sequence[str] = (),
        run: str = "",
        live: Mapping[str, Any] | None = None,
    ) -> list[views.View]:
        """What the demo shows for these ``key=value`` settings.

        ``live`` is for a demo that plays: ``keys`` that were pressed, ``tick`` where time has
        passed, ``fresh`` where it begins. Its state is then kept until the next call.
        """
        values = {"demo": name, "settings": list(settings), "run": run, "live": live}
        answer = self._ask("demo_views", **values)
        return [views.from_json(view) for view in answer]

    def predict(
        self, inputs: Sequence[str], run: str = "", device: str = "auto"
    ) -> list[Prediction]:
        """What a trained run says of each input; ``run`` empty: the newest that has weights."""
        answer = self._ask("predict", inputs=list(inputs), run=run, device=device)
        return [
            Prediction(
                p["input"], p["label"], tuple((str(a), float(b)) for a, b in p["probabilities"]),
                views.from_json(p["view"]) if p["view"] else None,
            )
            for p in answer
        ]  # fmt: skip

    def model_table(self, settings: Sequence[str] = ()) -> dict[str, Any]:
        """``rows`` (name, kind, shape, parameters), ``input``, ``parameters``, ``printed``."""
        answer: dict[str, Any] = self._ask("model_table", settings=list(settings))
        return answer

    def model_export(self, to: str, settings: Sequence[str] = (), run: str = "") -> str:
        """Writes the model to ``to`` (.onnx or .pt2), with the weights of ``run`` if one is named."""
        return str(self._ask("model_export", to=to, settings=list(settings), run=run))

    def _ask(self, request: str, **values: Any) -> Any:
        with self._lock:
            self.start()
            process = self._process
            assert process is not None
            assert process.stdin is not None
            assert process.stdout is not None
            question = {
                "request": request,
                "chapter": self.chapter.id,
                "lang": i18n.current(),
                **values,
            }
            try:
                process.stdin.write(json.dumps(question) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except (OSError, ValueError):
                line = ""
        if not line:
            raise HostError(
                "the process that computes this has ended", "try again; see: dltutor doctor"
            )
        answer = json.loads(line)
        if "error" in answer:
            error = HostError(answer["error"], answer.get("hint", ""))
            error.exit_code = int(answer.get("code", 1))
            error.traceback = answer.get("traceback", "")
            raise error
        return answer["value"]


def _parameter(data: dict[str, Any]) -> Parameter:
    kind = {"bool": bool, "int": int, "float": float, "str": str}[data["kind"]]
    about = Param(
        data["help"],
        low=data["low"],
        high=data["high"],
        step=data["step"],
        log=data["log"],
        unit=data["unit"],
        pad=tuple(data["pad"]) if data["pad"] else None,
    )
    return Parameter(data["name"], kind, data["default"], about, tuple(data["choices"]))
