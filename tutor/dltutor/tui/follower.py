"""Follows a run in a thread and makes what its screen shows, ready to be put there."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dltutor import drawing, views
from dltutor.drawing.inks import Line, Span
from dltutor.drawing.numbers import figure
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.runs import launch, words
from dltutor.runs.folder import RunFolder
from dltutor.runs.follow import Summary, chart, summarise
from dltutor.text import pad, shorten, width
from dltutor.tui.runlines import STATES, state_word
from dltutor.views import Chart, Series

FRAME = 0.1
"""seconds between two looks at the events"""
BLOCK = 1 << 17
"""bytes of events read at once: a long past is read piece by piece, so that the keys stay quick"""
PATIENCE = 0.5
"""seconds between two drawings while a long past is read"""
SMOOTHING = (0.0, 0.6, 0.9)
BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the screen wants to see, and how large."""

    columns: int = 0
    rows: int = 0
    log_columns: int = 0
    depth: int = 24
    group: int = 0
    """which metrics"""
    log_y: bool = False
    smoothing: float = 0.0
    picture: int = -1
    """which picture of the run instead of its curves"""


@dataclass(slots=True)
class Sight:
    """What there is to see now."""

    chart: list[Line] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    log: list[Line] = field(default_factory=list)
    state: str = "waiting"
    share: float = 0.0
    title: str = ""
    groups: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    problem: str = ""
    result: dict[str, float] = field(default_factory=dict)


def groups_of(names: Sequence[str], best: str = "") -> list[tuple[str, list[str]]]:
    """Metrics that belong on one chart: those alike but for ``train_``, ``val_``, ``test_``.

    The group of the metric that marks the best checkpoint comes first, then the losses.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        base = name
        for prefix in ("train_", "val_", "test_", "baseline_"):
            base = base.removeprefix(prefix)
        found.setdefault(base, []).append(name)

    def place(item: tuple[str, list[str]]) -> tuple[bool, bool, str]:
        return (best not in item[1], item[0] != "loss", item[0])

    return sorted(((base, members) for base, members in found.items()), key=place)


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """An exponential moving average, corrected for its beginning at zero."""
    if not weight:
        return list(values)
    mean, total, result = 0.0, 0.0, []
    for value in values:
        mean = weight * mean + (1 - weight) * value
        total = weight * total + (1 - weight)
        result.append(mean / total)
    return result


def spark(values: Sequence[float], columns: int) -> str:
    """A curve in one line of text."""
    good = [v for v in values if v - v == 0]
    if not good or columns < 1:
        return ""
    if len(good) > columns:
        good = [good[(i + 1) * len(good) // columns - 1] for i in range(columns)]
    low, high = min(good), max(good)
    if high == low:
        return BARS[0] * len(good)
    return "".join(BARS[min(7, int((v - low) / (high - low) * 8))] for v in good)


class Follower:
    """Reads events, keeps their summary, draws. Everything here runs outside the screens' thread."""

    def __init__(self, run: RunFolder, best: str = "") -> None:
        self.run = run
        self.best = best.lstrip("-")
        self.less_is_better = best.startswith("-")
        self.summary = Summary(run_id=run.id)
        self.others: list[Summary] = []
        self.wish = Wish()
        self.wake = threading.Event()
        self._place = 0
        self._drawn: tuple[object, ...] = ()
        self._sight = Sight()
        self._drawn_at = 0.0
        self._block = BLOCK
        self.behind = False
        """more events wait to be read than one look takes"""

    def ask(self, **changes: object) -> None:
        """Another wish: seen at the next look, which comes at once."""
        self.wish = replace(self.wish, **changes)  # type: ignore[arg-type]
        self.wake.set()

    def compare(self, runs: Sequence[RunFolder]) -> None:
        """Lays the curves of other runs beside this one's."""
        self.others = [summarise(run) for run in runs]
        self._drawn = ()
        self.wake.set()

    def restart(self) -> None:
        """The run goes on: what was read stays, since its events are appended."""
        self.summary.ended = None
        self.wake.set()

    def look(self) -> Sight | None:
        """What has changed since the last look; None when nothing has."""
        self.wake.clear()
        living = launch.alive(self.run)
        try:
            events, place = self.run.events(self._place, self._block)
            waiting = self._waiting(place)
            if place == self._place and waiting >= self._block:
                self._block *= 2  # one event is longer than a block
            self.behind = waiting > 0 and (bool(events) or waiting >= self._block // 2)
            self._place = place
            state = "running" if living else self.run.state()
            problem = ""
        except TutorError as error:
            events, state, problem = [], "failed", str(error)
        for event in events:
            self.summary.add(event)
        if state == "waiting" and living:
            state = "running"
        now = time.monotonic()
        if self.behind and now - self._drawn_at < PATIENCE:
            return None
        wish = self.wish
        key = (wish, state, problem, self._place, len(self.others))
        if key == self._drawn:
            return None
        self._drawn, self._drawn_at = key, now
        self._sight = self._seen(wish, state, problem)
        return self._sight

    def _waiting(self, place: int) -> int:
        """Bytes of events that are not read yet."""
        try:
            return self.run.events_file.stat().st_size - place
        except OSError:
            return 0

    # -- drawing ------------------------------------------------------------------------------

    def groups(self) -> list[tuple[str, list[str]]]:
        names = [n for n, c in self.summary.curves.items() if c.values]
        return groups_of(names, self.best)

    def _seen(self, wish: Wish, state: str, problem: str) -> Sight:
        s = self.summary
        groups = self.groups()
        sight = Sight(
            state=state,
            problem=problem,
            groups=tuple(base for base, _ in groups),
            pictures=tuple(s.pictures),
        )
        sight.share = min(1.0, s.step / s.steps) if s.steps else 0.0
        if state == "finished":
            sight.share = 1.0
        sight.figures = self._figures(state)
        sight.log = self._log(wish.log_columns)
        if s.ended and s.ended.get("event") == "finished":
            sight.result = {
                k: float(v) for k, v in s.ended.get("metrics", {}).items() if v is not None
            }
        if wish.columns > 8 and wish.rows > 3:
            sight.chart = self._chart(wish, groups, state)
        return sight

    def _chart(self, wish: Wish, groups: list[tuple[str, list[str]]], state: str) -> list[Line]:
        names = list(self.summary.pictures)
        if wish.picture >= 0 and names:
            name = names[wish.picture % len(names)]
            try:
                view = views.from_json(self.summary.pictures[name])
            except ValueError as error:
                return [[Span(str(error), "warn")]]
            head: Line = [Span(shorten(name, wish.columns), "title")]
            return [head, *drawing.draw_lines(view, wish.columns, wish.rows - 1, depth=wish.depth)]
        if not groups:
            text = {
                "running": t("The run has started; the first figures come in a moment."),
                "waiting": t("The run waits for its process."),
                "failed": t("The run failed before it gave a figure."),
            }.get(state, t("This run has given no figures."))
            return [[], [Span(shorten(text, wish.columns), "muted")]]
        base, members = groups[wish.group % len(groups)]
        rest = [g for g in groups if g[0] != base][:3]
        rows = wish.rows - (1 if rest else 0)
        lines = drawing.draw_lines(
            self._curves(base, members, wish), wish.columns, rows, depth=wish.depth
        )
        if rest:
            lines += [[]] * max(0, rows - len(lines))
            lines.append(self._sparks(rest, wish.columns))
        return lines

    def _curves(self, base: str, members: list[str], wish: Wish) -> Chart:
        view = chart([self.summary, *self.others], members, log_y=wish.log_y)
        series = [
            Series(s.label, smooth(s.y, wish.smoothing) if len(s.y) > 30 else s.y, s.x)
            for s in view.series
        ]
        return replace(view, series=series, title=base.replace("_", " "), x_label=t("step"))

    def _sparks(self, groups: list[tuple[str, list[str]]], columns: int) -> Line:
        each = columns // len(groups)
        line: Line = []
        for base, members in groups:
            curve = self.summary.curves[members[-1]]
            name = shorten(base.replace("_", " "), max(4, each // 2 - 2))
            bars = spark(curve.values, max(3, each - width(name) - 3))
            line += [Span(name + " ", "muted"), Span(bars, "series1")]
            line.append(Span(" " * max(1, each - width(name) - 1 - len(bars))))
        return line

    def _figures(self, state: str) -> list[tuple[str, str]]:
        s = self.summary
        rows: list[tuple[str, str]] = []
        if s.epochs:
            at = min(s.epoch + (1 if state == "running" else 0), s.epochs) or 1
            rows.append((t("epoch"), f"{at} / {s.epochs}"))
        if s.steps:
            rows.append((t("step"), f"{s.step:,} / {s.steps:,}"))
        elif s.step:
            rows.append((t("step"), f"{s.step:,}"))
        if s.samples_per_second:
            rows.append((t("samples/s"), f"{s.samples_per_second:,.0f}"))
        if s.seconds:
            rows.append((t("time"), words.duration(s.seconds)))
        if s.seconds_left is not None and state == "running":
            rows.append((t("left"), words.duration(s.seconds_left)))
        if s.memory_bytes:
            rows.append((t("memory"), words.size(s.memory_bytes)))
        if state == "finished" and s.ended:
            # what it came to, before the last values on the way there
            metrics = s.ended.get("metrics") or {}
            rows += [
                (n, figure(float(v)))
                for n, v in metrics.items()
                if v is not None and n.startswith("test_")
            ]
        for name in ("loss", *(n for n in s.metrics if n != "loss")):
            if name in s.latest and len(rows) < 11:
                rows.append((name, figure(s.latest[name])))
        curve = s.curves.get(self.best)
        if curve is not None and curve.values and len(rows) < 12:
            rows.append(
                (t("best"), figure(min(curve.values) if self.less_is_better else max(curve.values)))
            )
        return rows

    def _log(self, columns: int) -> list[Line]:
        lines: list[Line] = []
        for event in self.summary.log:
            text = words.line(event)
            if not text:
                continue
            kind = event.get("event")
            ink = {
                "warning": "warn",
                "failed": "bad",
                "finished": "good",
                "stopped": "warn",
                "saved": "muted",
            }.get(str(kind), "")
            clock = _clock(str(event.get("time", "")))
            lines.append(
                [Span(clock + "  ", "muted"), Span(shorten(text, max(8, columns - 10)), ink)]
            )
        return lines


def _clock(stamp: str) -> str:
    try:
        return datetime.fromisoformat(stamp).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return "--:--:--"


def figure_lines(sight: Sight, columns: int) -> list[Line]:
    """The figures with their names, numbers at the right edge, the state and a bar above them."""
    sign, ink = STATES.get(sight.state, ("?", "bad"))
    lines: list[Line] = [[Span(f"{sign} {state_word(sight.state)}", f"{ink} strong")]]
    filled = round(sight.share * columns)
    lines.append([Span("━" * filled, "accent"), Span("─" * (columns - filled), "rule")])
    names = max((width(name) for name, _ in sight.figures), default=0)
    for name, value in sight.figures:
        room = columns - min(names, columns // 2) - 1
        lines.append(
            [
                Span(pad(shorten(name, columns - len(value) - 1), columns - len(value)), "muted"),
                Span(shorten(value, max(room, len(value)))),
            ]
        )
    return lines
