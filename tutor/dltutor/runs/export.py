"""A run's measurements in the formats of others."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dltutor.errors import TutorError, UsageError
from dltutor.runs.folder import RunFolder
from dltutor.settings import write_whole


def measurements(run: RunFolder) -> Iterator[dict[str, Any]]:
    """One row for each event that measured: step, epoch, seconds, time, and the values by name.

    What a resumed run measured again replaces what it had measured after its checkpoint.
    """
    rows: list[dict[str, Any]] = []
    for event in run.events()[0]:
        if event["event"] == "resumed":
            rows = [r for r in rows if r["step"] <= event["step"]]
        elif event["event"] in ("progress", "metrics"):
            place = {k: event.get(k) for k in ("step", "epoch", "seconds", "time")}
            rows.append({**place, "kind": event["event"], **event.get("values", {})})
    yield from rows


def export_run(run: RunFolder, to: Path) -> Path:
    """Writes ``to`` by its ending (.csv, .json; none: TensorBoard files in that folder)."""
    if to.suffix == ".csv":
        rows = list(measurements(run))
        names = list(dict.fromkeys(k for row in rows for k in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(to, text.getvalue())
    elif to.suffix == ".json":
        data = {
            "run": run.id,
            "spec": run.spec.to_json(),
            "result": run.result(),
            "measurements": list(measurements(run)),
        }
        write_whole(to, json.dumps(data, ensure_ascii=False, indent=1))
    elif to.suffix:
        raise UsageError(
            f"{to}: the ending {to.suffix!r} is unknown", ".csv, .json, or a folder for TensorBoard"
        )
    else:
        # TensorBoard's writer comes with torch, which the front end does not import
        done = subprocess.run(
            [sys.executable, "-m", "dltutor.training.tensorboard", str(run.path), str(to)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise TutorError(
                f"no TensorBoard files could be written: {reason[0]}",
                "they need torch and tensorboard",
            )
    return to
