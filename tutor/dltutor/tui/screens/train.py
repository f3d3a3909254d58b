"""The form in front of a run: preset, data, device and the chapter's own configuration."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from dltutor import registry
from dltutor.chapter import Chapter, Param, Parameter, Training, assign, parameters
from dltutor.drawing.inks import Line, Span
from dltutor.errors import TutorError
from dltutor.i18n import local, t
from dltutor.runs import launch
from dltutor.text import clean, wrap
from dltutor.tui.page import Page, told
from dltutor.tui.widgets.block import Block
from dltutor.tui.widgets.controls import Controls

if TYPE_CHECKING:
    from dltutor.tui.fetch import Fetch


class TrainForm(Page):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,ctrl+s", "start", "start"),
        Binding("p", "preset", "preset"),
        Binding("a", "data", "data"),
        Binding("f", "fetch", "fetch the data"),
        Binding("r", "runs", "earlier runs"),
        Binding("y", "app.copy", "copy the command"),
    ]

    def __init__(
        self, chapter: Chapter, preset: str = "", settings: Sequence[str] = (), data: str = ""
    ) -> None:
        super().__init__()
        self.chapter = chapter
        self.training: Training = launch.training_of(chapter)
        self.kind = launch.config_class(chapter)
        self.known = parameters(self.kind)
        self.begin = {"preset": preset or "standard", "data": data, "device": "auto"}
        self.begin_settings = list(settings)
        self.standby: launch.Standby | None = None
        self.starting = False
        self.data_label = ""
        self.offer: Fetch | None = None
        """the full data set, where it could be downloaded"""

    def again(self) -> Page:
        controls = self.query_one(Controls)
        page = TrainForm(
            self.chapter,
            str(controls.values["preset"]),
            self.changed(),
            str(controls.values["data"]),
        )
        page.standby, self.standby = self.standby, None
        return page

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(can_focus=False):
            yield Block(self.intro)
            yield Controls(id="form")
            yield Block(self.outlook, id="outlook")

    def on_mount(self) -> None:
        number = f"{self.chapter.number} " if self.chapter.number is not None else ""
        self.head.say(f"{number}{clean(local(self.chapter.title))} · {t('train')}")
        try:
            values = self._preset_values(self.begin["preset"]) | assign(
                self.known, self.begin_settings
            )
        except TutorError as error:
            self.complain(error)
            self.begin["preset"] = "standard"
            values = self._preset_values("standard")
        self.query_one(Controls).load((*self._general(), *self.known), {**self.begin, **values})
        self.query_one(Controls).menu.focus()
        self.choose_data()
        if not registry.missing_packages(self.chapter):
            self.stand_by()

    def on_unmount(self) -> None:
        if self.offer is not None:
            self.offer.cancel()
        if self.standby is not None:
            # closing waits for torch's import to notice: not here
            standby, self.standby = self.standby, None
            self.app.run_worker(standby.close, thread=True)

    @work(thread=True, group="standby")
    def stand_by(self) -> None:
        """Starts the process that will train, so that torch is imported while one still chooses."""
        try:
            standby = launch.Standby()
        except OSError:
            return
        if self.is_mounted:
            self.standby = standby
        else:
            standby.close()

    # -- the form -----------------------------------------------------------------------------------

    def _general(self) -> tuple[Parameter, ...]:
        data = ("auto", "builtin") + (("full",) if self.training.full is not None else ())
        own = bool(self.training.own_data)
        return (
            Parameter(
                "preset",
                str,
                "standard",
                Param("named settings", zh="预设"),
                tuple(self.training.presets),
            ),
            Parameter(
                "data",
                str,
                "",
                Param(
                    "builtin, full, or a folder; empty: what there is",
                    zh="builtin、full 或文件夹；空则自动",
                ),
            )
            if own
            else Parameter("data", str, "auto", Param("which data", zh="使用哪些数据"), data),
            Parameter(
                "device", str, "auto", Param("where to compute", zh="计算设备"), launch.DEVICES
            ),
        )

    def _preset_values(self, preset: str) -> dict[str, Any]:
        if preset not in self.training.presets:
            names = ", ".join(self.training.presets)
            raise TutorError(
                t("there is no preset {name!r}", name=preset), t("one of {choices}", choices=names)
            )
        return {p.name: p.default for p in self.known} | dict(self.training.presets[preset])

    def on_controls_changed(self) -> None:
        controls = self.query_one(Controls)
        preset = str(controls.values["preset"])
        if preset != self.begin["preset"]:
            # another preset brings its own values
            self.begin["preset"] = preset
            controls.values.update(self._preset_values(preset))
            controls.fill()
        if controls.values["data"] != self.begin["data"]:
            self.begin["data"] = str(controls.values["data"])
            self.choose_data()
        self.query_one("#outlook", Block).show(self.outlook)

    def changed(self) -> list[str]:
        """The settings that differ from the preset."""
        controls = self.query_one(Controls)
        preset = self._preset_values(str(controls.values["preset"]))
        from dltutor.tui.widgets.controls import text_of

        return [
            f"{name}={text_of(controls.values[name])}"
            for name, value in preset.items()
            if controls.values[name] != value
        ]

    @property
    def data(self) -> str:
        data = str(self.query_one(Controls).values["data"])
        return "" if data == "auto" else data

    def choose_data(self) -> None:
        self.look_at(self.data)

    @work(thread=True, exclusive=True, group="data")
    def look_at(self, data: str) -> None:
        """Says which data these are, or what is wrong with them, and what could be fetched."""
        from dltutor.data import roots

        offer = None if self.offer and self.offer.working else self._offer(data)
        try:
            label = roots.choose(self.training, data, "").label
        except TutorError as error:
            label = t("not here yet") if offer and data == "full" else f"! {told(error)}"
        except Exception as error:  # a folder of the learner's can be anything
            label = f"! {told(error)}"
        self.from_thread(self._data_chosen, label, offer)

    def _offer(self, data: str) -> Fetch | None:
        from dltutor.tui.fetch import offered

        if data not in ("", "full"):
            return None
        return offered(self.training.full, lambda: self.from_thread(self.show_outlook))

    def _data_chosen(self, label: str, offer: Fetch | None) -> None:
        self.data_label = clean(label)
        if self.offer is None or not self.offer.working:
            self.offer = offer
        self.refresh_bindings()
        self.show_outlook()

    def show_outlook(self) -> None:
        self.query_one("#outlook", Block).show(self.outlook)

    def intro(self, columns: int) -> list[Line]:  # noqa: ARG002
        lines: list[Line] = [[]]
        missing = registry.missing_packages(self.chapter)
        if missing:
            text = t("Training needs {what}. Install with:", what=", ".join(missing))
            command = registry.install_command(self.chapter.install or " ".join(missing))
            lines += [[Span("   ! ", "warn"), Span(text)], [Span("     " + command, "code")], []]
        return lines

    def outlook(self, columns: int) -> list[Line]:
        """What would run: the data, and the command that does the same."""
        lines: list[Line] = [[]]
        for row in wrap(t("Data: {label}", label=self.data_label or "…"), columns - 4):
            lines.append(
                [Span("   "), Span(row, "warn" if self.data_label.startswith("!") else "muted")]
            )
        if self.query(Controls) and self.query_one(Controls).values.get("preset"):
            lines += [
                [],
                *([Span("   "), Span(row, "code")] for row in wrap(self.copied(), columns - 4)),
            ]
        if self.offer is not None:
            lines += [[], *([Span("   "), *line] for line in self.offer.lines(columns - 6))]
        if self.starting:
            lines += [[], [Span("   " + t("starting"), "accent")]]
        return lines

    def copied(self) -> str:
        """The command that starts the same run."""
        values = self.query_one(Controls).values
        words = ["dltutor", "run", self.chapter.id]
        if values["preset"] != "standard":
            words += ["--preset", str(values["preset"])]
        if self.data:
            words += ["--data", self.data]
        if values["device"] != "auto":
            words += ["--device", str(values["device"])]
        for setting in self.changed():
            words += ["--set", setting]
        return shlex.join(words)

    # -- actions --------------------------------------------------------------------------------------

    def action_preset(self) -> None:
        controls = self.query_one(Controls)
        controls.menu.go(0)
        controls.move(1)

    def action_data(self) -> None:
        controls = self.query_one(Controls)
        controls.menu.go(1)
        controls.edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "fetch" or self.offer is not None

    def action_fetch(self) -> None:
        """Begins the download that is offered, or ends the one that goes on."""
        if self.offer is not None and self.offer.working:
            self.offer.cancel()
        elif self.offer is not None:
            self.fetch(self.offer)

    @work(thread=True, exclusive=True, group="fetch")
    def fetch(self, offer: Fetch) -> None:
        try:
            whole = offer.work()
        except TutorError as error:
            self.app.call_from_thread(self.complain, error)
        else:
            told = t("The data are here.") if whole else t("The download was ended.")
            self.app.call_from_thread(self.tutor.tell, told)
        self.from_thread(self.choose_data)

    def action_runs(self) -> None:
        self.tutor.open_runs(self.chapter.id)

    def action_start(self) -> None:
        if self.starting:
            return
        values = self.query_one(Controls).values
        self.starting = True
        self.show_outlook()
        self.start(str(values["preset"]), self.changed(), self.data, str(values["device"]))

    @work(thread=True, group="start")
    def start(self, preset: str, settings: list[str], data: str, device: str) -> None:
        """Plans and starts the run; data may have to be looked at, so not in the screens' thread."""
        try:
            spec = launch.plan(
                self.chapter, preset=preset, settings=settings, data=data, device=device
            )
            standby, self.standby = self.standby, None
            run = launch.start(self.chapter, spec, standby, gently=True)
            self.tutor.progress.add_run(self.chapter.id, run.id)
        except (TutorError, OSError) as error:
            self.app.call_from_thread(self.complain, error)
            self.from_thread(self._failed)
            return
        self.from_thread(self._started, run)

    def _failed(self) -> None:
        self.starting = False
        self.show_outlook()

    def _started(self, run: Any) -> None:
        self.starting = False
        from dltutor.tui.screens.run import RunPage

        self.app.switch_screen(RunPage(run))
