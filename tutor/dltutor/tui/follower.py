"""Follows a run in a thread and makes what its screen shows, ready to be put there."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dltutor import drawing, views
from dltutor.drawing.inks import Ink, Line, Span, series_ink
from dltutor.drawing.numbers import figure, span
from dltutor.errors import TutorError
from dltutor.i18n import t
from dltutor.runs import launch, words
from dltutor.runs.folder import RunFolder
from dltutor.runs.follow import (
    LONG,
    Summary,
    chart,
    length,
    sketch,
    smoothed,
    summarise,
    thinning,
)
from dltutor.text import pad, shorten, width
from dltutor.tui.runlines import STATES, state_word
from dltutor.views import Chart, Series

FRAME = 0.1
"""seconds between two looks at the events"""
SHARE = 0.28
"""of a core, that drawing a run as it goes may cost"""
BLOCK = 1 << 19
"""bytes of events read at once: a long past is read piece by piece, so that the keys stay quick"""
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


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the curves stand on the drawn chart, and what they are made of: for reading values."""

    series: tuple[tuple[str, Ink, Sequence[float], Sequence[float]], ...]
    """label, ink, steps, values"""
    left: int
    right: int
    """the columns of the first and the last step"""
    low: float
    high: float

    def step_at(self, column: int) -> float:
        share = (column - self.left) / max(1, self.right - self.left)
        return self.low + (self.high - self.low) * share

    def values_at(self, column: int) -> list[tuple[str, Ink, int, float]]:
        """Of each series label, ink, step and value of the point nearest to the column."""
        wanted, found = self.step_at(column), []
        for label, ink, xs, ys in self.series:
            at = min(bisect_left(xs, wanted), len(xs) - 1)
            if at and wanted - xs[at - 1] < xs[at] - wanted:
                at -= 1
            found.append((label, ink, int(xs[at]), ys[at]))
        return found


def plot_of(view: Chart, lines: Sequence[Line], columns: int) -> Plot | None:
    """The geometry of a drawn line chart; None where nothing is drawn."""
    series = tuple(
        (str(s.label), series_ink(number), s.x, s.y)
        for number, s in enumerate(view.series)
        if s.x and len(s.x) == len(s.y)
    )
    for line in lines:
        text = "".join(span.text for span in line)
        axis = min((i for i in (text.find("┤"), text.find("│")) if i >= 0), default=-1)
        if axis >= 0 and series:
            low, high = span([x for _, _, xs, _ in series for x in xs], view.x_limits)
            return Plot(series, axis + 1, columns - 1, low, high)
    return None


def read_off(lines: Sequence[Line], plot: Plot, column: int, columns: int) -> list[Line]:
    """The drawn chart with a mark at ``column`` and, below it, what the curves say there."""
    shown = [_marked(line, column) for line in lines[:-1]]
    points = plot.values_at(column)
    last: Line = [Span(t("step") + f" {points[0][2]:,}", "strong")]
    for label, ink, _, value in points:
        last += [Span("  ━ ", ink), Span(f"{label} "), Span(figure(value), "strong")]
    return [*shown, cut(last, columns)]


def _marked(line: Line, column: int) -> Line:
    """A line of the chart with the mark where nothing is drawn."""
    if not any("┤" in span.text or "│" in span.text for span in line):
        return line
    found: Line = []
    at = 0
    for piece in line:
        inside = column - at
        if 0 <= inside < len(piece.text) and piece.text[inside] in " \u2800":
            found += [
                piece._replace(text=piece.text[:inside]),
                Span("┊", "accent"),
                piece._replace(text=piece.text[inside + 1 :]),
            ]
        else:
            found.append(piece)
        at += len(piece.text)
    if at <= column:  # what is empty at the end of a line is not drawn
        found.append(Span(" " * (column - at) + "┊", "accent"))
    return found


def cut(line: Line, columns: int) -> Line:
    """As much of a line as fits."""
    found: Line = []
    for piece in line:
        text = shorten(piece.text, columns)
        found.append(piece._replace(text=text))
        columns -= width(text)
        if text != piece.text or columns <= 0:
            break
    return found


@dataclass(slots=True)
class Sight:
    """What there is to see now."""

    chart: list[Line] = field(default_factory=list)
    plot: Plot | None = None
    """None while a picture is shown"""
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
        self._reading = self.summary
        self._every = 1
        self._drawn: tuple[object, ...] = ()
        self._sight = Sight()
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
            if self._place == 0 and (size := length(self.run)) > LONG:
                # until all of it is read, what a few places say is shown
                self.summary, self._reading = sketch(self.run), Summary(run_id=self.run.id)
                self._every = thinning(size)
            events, place = self.run.events(self._place, BLOCK, self._every)
            self.behind = place > self._place and length(self.run) - place >= BLOCK // 2
            self._place = place
            state = "running" if living else self.run.state()
            problem = ""
        except TutorError as error:
            events, state, problem = [], "failed", str(error)
        for event in events:
            self._reading.add(event)
        if not self.behind:
            self.summary, self._every = self._reading, 1
        if state == "waiting" and living:
            state = "running"
        wish = self.wish
        shown = 0 if self.summary is not self._reading else self._place
        key = (wish, state, problem, shown, len(self.others))
        if key == self._drawn:
            return None
        self._drawn = key
        self._sight = self._seen(wish, state, problem)
        return self._sight

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
            sight.chart, sight.plot = self._chart(wish, groups, state)
        return sight

    def _chart(
        self, wish: Wish, groups: list[tuple[str, list[str]]], state: str
    ) -> tuple[list[Line], Plot | None]:
        names = list(self.summary.pictures)
        if wish.picture >= 0 and names:
            name = names[wish.picture % len(names)]
            try:
                view = views.from_json(self.summary.pictures[name])
            except ValueError as error:
                return [[Span(str(error), "warn")]], None
            head: Line = [Span(shorten(name, wish.columns), "title")]
            body = drawing.draw_lines(view, wish.columns, wish.rows - 1, depth=wish.depth)
            return [head, *body], None
        if not groups:
            text = {
                "running": t("The run has started; the first figures come in a moment."),
                "waiting": t("The run waits for its process."),
                "failed": t("The run failed before it gave a figure."),
            }.get(state, t("This run has given no figures."))
            return [[], [Span(shorten(text, wish.columns), "muted")]], None
        base, members = groups[wish.group % len(groups)]
        rest = [g for g in groups if g[0] != base][:3]
        rows = wish.rows - (1 if rest else 0)
        view = self._curves(base, members, wish)
        lines = drawing.draw_lines(view, wish.columns, rows, depth=wish.depth)
        plot = plot_of(view, lines, wish.columns)
        if rest:
            lines += [[]] * max(0, rows - len(lines))
            lines.append(self._sparks(rest, wish.columns))
        return lines, plot

    def _curves(self, base: str, members: list[str], wish: Wish) -> Chart:
        view = chart([self.summary, *self.others], members, log_y=wish.log_y)
        series = [
            Series(s.label, smoothed(s.y, wish.smoothing) if len(s.y) > 30 else s.y, s.x)
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
        device = str(s.started.get("device") or "")
        if s.memory_bytes:
            name = t("GPU memory") if device.startswith("cuda") else t("memory")
            rows.append((name, words.size(s.memory_bytes)))
        if s.gpu_busy is not None and state == "running":
            rows.append((t("GPU busy"), f"{s.gpu_busy:.0%}"))
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
        if device:
            rows.append((t("device"), device))
        # where a step's time goes: loading too slowly shows here
        rows += [
            (t("time: {part}", part=t(part)), f"{share:.0%}")
            for part, share in s.time_split.items()
        ]
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
    for name, value in sight.figures:
        room = columns - width(value)
        lines.append([Span(pad(shorten(name, room - 1), room), "muted"), Span(value)])
    return lines
