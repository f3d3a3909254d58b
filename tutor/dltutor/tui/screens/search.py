"""Search over chapters, lessons, headings and terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from dltutor import content, registry
from dltutor.drawing.inks import Span
from dltutor.errors import TutorError
from dltutor.i18n import current, local, t
from dltutor.text import clean
from dltutor.tui.page import Overlay
from dltutor.tui.widgets.menu import Menu, Row


@dataclass(frozen=True, slots=True)
class Place:
    """Something that can be found."""

    title: str
    where: str
    chapter_id: str
    slug: str = ""
    words: str = ""
    weight: int = 0


def places(lang: str) -> list[Place]:
    """Every chapter and lesson of every chapter; a broken chapter is passed over."""
    found: list[Place] = []
    for chapter in registry.chapters():
        title = clean(local(chapter.title))
        number = f"{chapter.number} " if chapter.number is not None else ""
        found.append(
            Place(f"{number}{title}", "", chapter.id, "", clean(local(chapter.summary)), 3)
        )
        try:
            for lesson in content.lessons(chapter, lang):
                words = " ".join([*lesson.terms, *lesson.goals, lesson.slug])
                headings = [
                    line.lstrip("# ") for line in lesson.body.split("\n") if line.startswith("##")
                ]
                found.append(
                    Place(
                        clean(lesson.title),
                        f"{number}{title}",
                        chapter.id,
                        lesson.slug,
                        clean(words + " " + " ".join(headings)),
                        2,
                    )
                )
        except TutorError:
            continue
    return found


def find(wanted: str, among: Iterable[Place], limit: int = 50) -> list[Place]:
    """The places that hold every word, those with it in the title first."""
    words = wanted.casefold().split()
    ranked: list[tuple[int, int, Place]] = []
    for number, place in enumerate(among):
        title, rest = place.title.casefold(), f"{place.where} {place.words}".casefold()
        if not all(word in title or word in rest for word in words):
            continue
        score = (
            sum(4 if title.startswith(w) else 2 if w in title else 0 for w in words) + place.weight
        )
        ranked.append((-score, number, place))
    return [place for _, _, place in sorted(ranked, key=lambda r: r[:2])[:limit]]


class Search(Overlay):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []

    def body(self) -> Iterable[Widget]:
        yield Input(placeholder=t("a chapter, a lesson, a term"))
        yield Menu()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.query_one(Menu).styles.height = 12
        self.read()

    @work(thread=True)
    def read(self) -> None:
        found = places(current())
        self.from_thread(self._known, found)

    def _known(self, found: list[Place]) -> None:
        self.places = found
        self.fill(self.query_one(Input).value)

    def fill(self, wanted: str) -> None:
        found = find(wanted, self.places)
        rows = [
            Row([Span(p.title)], [Span(p.where, "muted")], (p.chapter_id, p.slug)) for p in found
        ] or [Row([Span(t("Nothing is called that."), "muted")])]
        menu = self.query_one(Menu)
        menu.cursor = -1
        menu.fill(rows)

    def on_input_changed(self, message: Input.Changed) -> None:
        self.fill(message.value)

    def on_input_submitted(self) -> None:
        self.query_one(Menu).action_enter()

    def action_move(self, step: int) -> None:
        self.query_one(Menu).action_move(step)

    def on_menu_chosen(self, message: Menu.Chosen) -> None:
        chapter_id, slug = message.value
        app = self.app
        self.dismiss(None)
        from dltutor.tui.app import TutorApp

        assert isinstance(app, TutorApp)
        chapter = registry.find(chapter_id)
        if slug:
            app.open_lesson(chapter, slug)
        else:
            app.open_chapter(chapter)
