"""Events in words: one line each, for logs and plain output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dltutor.i18n import t
from dltutor.text import clean


def line(event: Mapping[str, Any]) -> str:
    """What the event says, in one line; empty for those that have nothing to say in words."""
    kind = event.get("event")
    if kind == "started":
        return t(
            "run {run}: {chapter}, preset {preset}, data {data}, on {device} ({reason}), {precision}",
            run=event.get("run"), chapter=event.get("chapter"), preset=event.get("preset"),
            data=clean(str(event.get("data", ""))), device=event.get("device"),
            reason=event.get("device_reason"), precision=event.get("precision"),
        )  # fmt: skip
    if kind == "resumed":
        return t(
            "goes on from checkpoint {name}, step {step:,}",
            name=event.get("checkpoint"),
            step=event["step"],
        )
    if kind == "progress":
        return f"{place(event)}  {values(event.get('values', {}))}  {speed(event)}".rstrip()
    if kind == "metrics":
        return (
            t("epoch {epoch}", epoch=int(event.get("epoch", 0)) + 1)
            + "  "
            + values(event.get("values", {}))
        )
    if kind == "text":
        return clean(str(event.get("text", "")))
    if kind == "warning":
        return t("warning: {text}", text=clean(str(event.get("text", ""))))
    if kind == "saved":
        return t("saved checkpoint {name}", name=event.get("checkpoint"))
    if kind == "picture":
        return t("picture: {name}", name=clean(str(event.get("name", ""))))
    if kind == "finished":
        return t("finished in {time}", time=duration(event.get("seconds", 0)))
    if kind == "stopped":
        return t(
            "stopped at step {step:,}; go on with: {command}",
            step=event["step"],
            command=event.get("hint"),
        )
    if kind == "failed":
        hint = clean(str(event.get("hint", "")))
        return t("failed: {text}", text=clean(str(event.get("message", "")))) + (
            f" ({hint})" if hint else ""
        )
    return ""


class Speaker:
    """Prints events as they come: JSON lines, or lines of words that a screen reader can follow."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.said = 0
        """how many events were given to :meth:`say`"""
        self._spoken = float("-inf")

    def say(self, event: Mapping[str, Any]) -> None:
        self.said += 1
        kind = event["event"]
        if self.as_json:
            import json

            print(json.dumps(event, ensure_ascii=False), flush=True)
            return
        if kind == "progress":
            # a reader of lines wants a sign of life, not ten a second
            if event["seconds"] - self._spoken < 5:
                return
            self._spoken = event["seconds"]
        if kind == "picture":
            from dltutor import drawing, views

            print(drawing.describe(views.from_json(event["view"])), flush=True)
        elif kind not in ("failed", "saved") and (text := line(event)):
            print(text, flush=True)


def result(event: Mapping[str, Any]) -> str:
    """The last line of a run: its metrics by their standard names, and the data they hold for."""
    found = " ".join(f"{k}={number(v)}" for k, v in event.get("metrics", {}).items())
    return f'{found} data="{clean(str(event.get("data", "")))}"'


def place(event: Mapping[str, Any]) -> str:
    """``epoch 3/12 step 1,204/5,160``."""
    steps, epochs = event.get("steps"), event.get("epochs")
    text = t("epoch {epoch}", epoch=int(event.get("epoch", 0)) + 1) + (
        f"/{epochs}" if epochs else ""
    )
    return (
        text
        + "  "
        + t("step {step:,}", step=int(event.get("step", 0)))
        + (f"/{steps:,}" if steps else "")
    )


def values(found: Mapping[str, Any]) -> str:
    """``loss 0.0341  val_accuracy 0.9812``."""
    return "  ".join(f"{name} {number(value)}" for name, value in found.items())


def speed(event: Mapping[str, Any]) -> str:
    """``12,300 samples/s, 40 s left``."""
    rate, left = event.get("samples_per_second"), event.get("seconds_left")
    words = []
    if rate:
        words.append(t("{rate:,.0f} samples/s", rate=rate))
    if left is not None:
        words.append(t("{time} left", time=duration(left)))
    return ", ".join(words)


def number(value: Any) -> str:
    """A number in at most five significant digits; a dash for what is no number."""
    if value is None:
        return "-"
    value = float(value)
    if value == int(value) and abs(value) < 1e15:
        return f"{value:.0f}"
    return f"{value:.4f}" if 0.1 <= abs(value) < 10 else f"{value:.5g}"


def duration(seconds: float) -> str:
    """``42 s``, ``3 min 07 s``, ``2 h 05 min``."""
    seconds = max(0.0, float(seconds))
    if seconds < 60:
        return (
            t("{seconds:.0f} s", seconds=seconds)
            if seconds >= 10
            else t("{seconds:.1f} s", seconds=seconds)
        )
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return t("{minutes} min {seconds:02d} s", minutes=minutes, seconds=rest)
    return t("{hours} h {minutes:02d} min", hours=minutes // 60, minutes=minutes % 60)


def size(count: float) -> str:
    """``1.2 GB``: bytes, in powers of ten."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1000
    return f"{count:.3g} TB"
