"""A form made from parameters: names, values and ranges, moved by arrows, typing or the mouse."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from dltutor.chapter import Parameter
from dltutor.drawing.inks import Line, Span
from dltutor.drawing.numbers import figure
from dltutor.errors import UsageError
from dltutor.i18n import local, t
from dltutor.text import clean, pad, shorten, width, wrap
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.menu import Menu, Row

ARROWS = 6
"""columns at the right end of a row in which a click means less or more"""


def text_of(value: Any) -> str:
    """A value as one would type it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def moved(parameter: Parameter, value: Any, steps: int) -> Any:
    """The value ``steps`` key presses further, inside its range."""
    about = parameter.about
    if parameter.choices:
        at = parameter.choices.index(value) if value in parameter.choices else 0
        return parameter.choices[(at + steps) % len(parameter.choices)]
    if parameter.kind is bool:
        return not value
    if parameter.kind is str:
        return value
    new: float
    if about.log and value > 0:
        # 1, 2, 5, 10: the steps of a knob
        places = [m * 10.0**p for p in range(-12, 13) for m in (1, 2, 5)]
        at = sum(place < value * (1 - 1e-9) for place in places)
        exact = math.isclose(places[min(at, len(places) - 1)], value, rel_tol=1e-6)
        index = at + steps if exact or steps < 0 else at + steps - 1
        new = places[min(max(index, 0), len(places) - 1)]
    elif about.step:
        new = value + steps * about.step
    elif parameter.kind is int:
        new = value + steps * _whole_step(about.low, about.high, value)
    else:
        new = value + steps * _fine_step(about.low, about.high, value)
    if about.low is not None:
        new = max(new, about.low)
    if about.high is not None:
        new = min(new, about.high)
    return round(new) if parameter.kind is int else float(f"{new:.10g}")


def _whole_step(low: float | None, high: float | None, value: float) -> int:
    if low is not None and high is not None and high - low <= 400:
        return 1
    return max(1, int(10 ** (len(str(abs(int(value)))) - 2)))


def _fine_step(low: float | None, high: float | None, value: float) -> float:
    size = high - low if low is not None and high is not None else abs(value) or 1.0
    return 10.0 ** math.floor(math.log10(size / 10)) if size > 0 else 0.1


class Controls(Vertical):
    """Posts :class:`Controls.Changed` for every new value; ``settings`` are ``key=value`` texts."""

    DEFAULT_CSS = """
    Controls { height: auto; }
    Controls Menu { height: auto; }
    Controls Input { display: none; margin: 0 3; }
    Controls.-editing Input { display: block; }
    Controls Block { height: auto; padding: 0 0 0 3; }
    """

    class Changed(Message):
        """A value was changed."""

    class Draw(Message):
        """Somebody wants to draw the value of this parameter."""

        def __init__(self, parameter: Parameter) -> None:
            super().__init__()
            self.parameter = parameter

    def __init__(
        self,
        parameters: Sequence[Parameter] = (),
        values: Mapping[str, Any] | None = None,
        *,
        extra: Sequence[Row] = (),
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.parameters = tuple(parameters)
        self.values: dict[str, Any] = {p.name: p.default for p in self.parameters} | dict(
            values or {}
        )
        self.extra = list(extra)
        self.editing = ""
        self.problem = ""

    def compose(self) -> Any:
        yield ControlMenu(self)
        yield Input()
        yield Block(self._about)

    @property
    def menu(self) -> Menu:
        return self.query_one(Menu)

    def on_mount(self) -> None:
        self.fill()

    def load(self, parameters: Sequence[Parameter], values: Mapping[str, Any]) -> None:
        """Another set of parameters."""
        self.parameters = tuple(parameters)
        self.values = {p.name: p.default for p in self.parameters} | dict(values)
        self.fill()

    def settings(self, *, all: bool = False) -> list[str]:
        """``key=value`` for each value that is not the default, or for all."""
        return [
            f"{p.name}={text_of(self.values[p.name])}"
            for p in self.parameters
            if all or self.values[p.name] != p.default
        ]

    def _parameter(self, name: object) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)

    def fill(self) -> None:
        names = max((width(p.name) for p in self.parameters), default=4)
        rows = [*self.extra]
        for p in self.parameters:
            value = self.values[p.name]
            changed = value != p.default
            shown = text_of(value) if value != "" else "–"
            if p.about.pad and value != "":
                shown = t("a drawing")
            unit = f" {p.about.unit}" if p.about.unit else ""
            rows.append(
                Row(
                    [
                        Span(pad(p.name, names + 2)),
                        Span(shorten(clean(local(p.about.text)), 60), "muted"),
                    ],
                    [
                        Span(shorten(clean(shown), 24) + unit, "accent" if changed else ""),
                        Span("  ◂ ▸" if p.kind is not str or p.choices else "   ⏎", "muted"),
                    ],
                    p.name,
                )
            )
        self.menu.fill(rows)
        self.query_one(Block).show(self._about)

    def _about(self, columns: int) -> list[Line]:
        """The range of the value under the cursor, or what is wrong with what was typed."""
        if self.problem:
            first, *rest = wrap(self.problem, columns - 2)
            return [[Span("! ", "warn"), Span(first)], *([Span("  " + row)] for row in rest)]
        p = self._parameter(self.menu.value)
        if p is None:
            return [[]]
        about = p.about
        if p.choices:
            text = t("one of {choices}", choices=", ".join(p.choices))
        elif p.kind is bool:
            text = t("true or false")
        elif p.about.pad:
            text = t("Enter draws it")
        elif p.kind is str:
            text = t("a text; Enter types it")
        elif about.low is not None and about.high is not None:
            text = t(
                "{low} to {high}; Enter types a value",
                low=figure(about.low),
                high=figure(about.high),
            )
        else:
            text = t("Enter types a value")
        if local(about.text):
            text = t("{what}: {range}", what=clean(local(about.text)), range=text)
        return [[Span(row, "muted")] for row in wrap(text, columns)]

    def move(self, steps: int) -> None:
        """Changes the value under the cursor."""
        p = self._parameter(self.menu.value)
        if p is None:
            return
        new = moved(p, self.values[p.name], steps)
        if new != self.values[p.name]:
            self.values[p.name] = new
            self.problem = ""
            self.fill()
            self.post_message(self.Changed())

    def put(self, name: str, value: Any) -> None:
        """Sets a value from outside, as if it had been typed."""
        self.values[name] = value
        self.fill()
        self.post_message(self.Changed())

    def edit(self) -> None:
        """Opens the line in which the value is typed."""
        p = self._parameter(self.menu.value)
        if p is None:
            return
        if p.kind is bool or p.choices:
            self.move(1)
            return
        if p.about.pad:
            self.post_message(self.Draw(p))
            return
        self.editing = p.name
        field = self.query_one(Input)
        field.value = text_of(self.values[p.name])
        field.placeholder = p.name
        self.add_class("-editing")
        field.focus()
        field.action_select_all()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        p = self._parameter(self.editing)
        if p is None:
            return
        try:
            new = p.parse(message.value.strip() if p.kind is not str else message.value)
        except UsageError as error:
            self.problem = str(error)
            self.query_one(Block).show(self._about)
            return
        self.values[p.name] = new
        self.close_editor()
        self.post_message(self.Changed())

    def close_editor(self) -> None:
        self.editing, self.problem = "", ""
        self.remove_class("-editing")
        self.fill()
        self.menu.focus()

    def on_menu_moved(self) -> None:
        self.problem = ""
        self.query_one(Block).show(self._about)

    def on_key(self, event: events.Key) -> None:
        if self.editing and event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close_editor()


class ControlMenu(Menu):
    """Rows whose values the arrows move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "less", "less", show=False),
        Binding("right", "more", "more", show=False),
        Binding("shift+left", "less(10)", show=False),
        Binding("shift+right", "more(10)", show=False),
        Binding("enter", "enter", "change"),
    ]

    def __init__(self, owner: Controls) -> None:
        super().__init__()
        self.owner = owner

    def action_less(self, steps: int = 1) -> None:
        self.owner.move(-steps)

    def action_more(self, steps: int = 1) -> None:
        self.owner.move(steps)

    def action_enter(self) -> None:
        if self.owner._parameter(self.value) is not None:
            self.owner.edit()
        else:
            super().action_enter()

    def on_click(self, event: events.Click) -> None:
        """A click on the arrows at the right end moves the value; elsewhere it chooses the row."""
        event.prevent_default()
        index = self._row_at(event)
        if index < 0 or self.rows[index].value is None:
            return
        self.focus()
        self.go(index)
        right = self.size.width - event.x
        if self.owner._parameter(self.value) is None:
            self.action_enter()
        elif right <= ARROWS // 2:
            self.owner.move(1)
        elif right <= ARROWS:
            self.owner.move(-1)
        else:
            self.owner.edit()
