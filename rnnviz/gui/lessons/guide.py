"""Lessons in the window: chosen in the menu, gone through page by page, ticked where done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from rnnviz.data.files import readable_name
from rnnviz.gui.lessons.bar import LessonBar
from rnnviz.gui.lessons.deeds import Deeds
from rnnviz.gui.lessons.demonstrator import Demonstrator
from rnnviz.gui.lessons.judge import judged, right_answer, stands
from rnnviz.gui.lessons.menu import LessonMenu
from rnnviz.gui.lessons.scene import Scene
from rnnviz.gui.wording.claims import claim_lines, explained
from rnnviz.training.claims.claim import Claim
from rnnviz.training.lessons import Lesson, LessonError, Page, load_lessons, read_lesson
from rnnviz.training.lessons.todo import BestUnit, Deed, Do, Number, Phase

_PANEL = "_panel"


class PagesDone(Protocol):
    """Remembers from start to start which pages were done."""

    def pages_done(self, lesson: str) -> frozenset[str]:
        """Return the headings of a lesson's pages that were done."""

    def note_page_done(self, lesson: str, heading: str) -> None:
        """Remember that a page was done."""

    def forget_lessons(self) -> None:
        """Forget which pages were done, of all lessons."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What a lesson wants of the window beside its runs.

    Attributes
    ----------
    panels
        The object names of all panels.
    show_panels
        Shows these panels and no others; the second name is the one for a presentation's stage.
    deeds
        Does what is to be done in the window, and tells that it was done.
    """

    panels: Sequence[str]
    show_panels: Callable[[Sequence[str], str], None]
    deeds: Deeds


class LessonGuide(QObject):
    """Offers the lessons, shows their pages, and ticks what was measured as done.

    Parameters
    ----------
    bar
        Shows the page that is open.
    menu
        Offers the lessons.
    memory
        Remembers what was done.
    scene
        Where runs are begun and looked at.
    furniture
        The rest of the window.

    Attributes
    ----------
    problems
        Sentences about the files that cannot be used; empty where there are none.

    Signals
    -------
    entered()
        Another page is shown.
    """

    entered = Signal()

    def __init__(
        self,
        bar: LessonBar,
        menu: QMenu,
        memory: PagesDone,
        scene: Scene,
        furniture: Furniture,
    ) -> None:
        super().__init__(bar)
        self._bar = bar
        self._panels = [name.removesuffix(_PANEL) for name in furniture.panels]
        self._memory = memory
        self._scene = scene
        self._furniture = furniture
        self._demonstrator = Demonstrator(scene)
        self._open: Lesson | None = None
        self._number = 0
        # The page with which the runs began that are there, and the panels that were shown last.
        self._begun: int | None = None
        self._begins = False
        self._arranged: tuple[str, ...] = ()
        self._holds = False
        # Whether the program is to go inside as soon as the run is there, and to answer as soon as
        # it knows the answer.
        self._owes_look = self._owes_answer = False
        self.lessons, problems = load_lessons(self._panels)
        self.problems = " ".join(problems)
        self._offered = LessonMenu(menu, self._done_of)
        self._offered.fill(self.lessons)
        self._offered.chosen.connect(self._chosen)
        self._offered.forget_asked.connect(self._forget)
        bar.page_chosen.connect(self._page_chosen)
        bar.next_asked.connect(self._next)
        bar.back_asked.connect(lambda: self._go(max(0, self._number - 1)))
        bar.show_me_asked.connect(self._show_me)
        bar.answered.connect(self._answered)
        bar.closed.connect(self._closed)
        furniture.deeds.done.connect(self.did)

    # -- what is open -------------------------------------------------------------------------

    def open(self, name: str) -> bool:
        """Begin a lesson by its name, or by the path of a file, or of a folder of them.

        Returns
        -------
        bool
            That a run begins with it, as one does with every lesson.

        Raises
        ------
        LessonError
            Where there is none, or a file cannot be used.
        """
        self._start(self._found(name))
        return True

    @property
    def page(self) -> Page | None:
        """The page that is shown; None where no lesson is open."""
        return None if self._open is None else self._open.pages[self._number]

    @property
    def led_to(self) -> tuple[Claim, ...] | None:
        """The claims that are trained for on the page that is shown; None without a lesson."""
        page = self.page
        return None if page is None else page.claims

    def did(self, deed: Deed, phase: Phase | None = None) -> None:
        """Take note of something that the person has done in the window."""
        page = self.page
        if page is None or page.todo is None or self._begins:
            return
        wish = page.todo.wish
        if isinstance(wish, Do) and wish.is_done_by(deed, phase):
            self._done()

    def follow(self) -> None:
        """Look at how the runs stand, whenever there is something new of them."""
        page = self.page
        if page is None:
            return
        self._show_claims(page)
        if self._owes_look and self._scene.front is not None:
            self._owes_look = False
            self._furniture.deeds.turn_to(page)
        if page.todo is None:
            return
        wish, scene = page.todo.wish, self._scene
        self._holds, words = stands(wish, scene.front, scene.snapshots)
        if words:
            self._bar.show_state(words)
        if self._holds:
            self._done()
        if self._demonstrator.follow(is_done=self._holds):
            self._finish_showing(page)
        elif self._owes_answer:
            self._answer(page)

    # -- from page to page --------------------------------------------------------------------

    def _chosen(self, lesson: Lesson) -> None:
        if lesson is self._open:
            return
        start = partial(self._start, lesson)
        self._scene.ask_first(f'The lesson "{lesson.title}"', start)

    def _start(self, lesson: Lesson) -> None:
        self._demonstrator.stop()
        self._open, self._begun, self._arranged = lesson, None, ()
        self._bar.show_lesson(lesson.title, [page.heading for page in lesson.pages])
        done = self._done_of(lesson)
        first = done.index(False) if False in done else 0
        # What a page builds on is not there any more: its network is trained once more.
        self._enter(lesson.runs_on(first)[0] if lesson.builds_on_training(first) else first)

    def _page_chosen(self, number: int) -> None:
        self._go(number)
        if self._number != number:
            # The person is asked first: until then the page stays.
            self._bar.mark_page(self._number)

    def _next(self) -> None:
        lesson, page = self._open, self.page
        if lesson is None or page is None:
            return
        if page.todo is None:
            self._done()
        if self._number + 1 < len(lesson.pages):
            self._go(self._number + 1)
        else:
            self._bar.put_away()

    def _go(self, number: int) -> None:
        lesson = self._open
        if lesson is None:
            return
        if lesson.runs_on(number)[0] == self._begun:
            self._enter(number)
        else:
            heading, enter = lesson.pages[number].heading, partial(self._enter, number)
            self._scene.ask_about_files(f'The page "{heading}"', enter)

    def _enter(self, number: int) -> None:
        lesson = self._open
        if lesson is None:
            return
        self._demonstrator.stop()
        self._bar.show_showing(False)
        self._number = number
        self._holds = self._owes_answer = False
        page, todo = lesson.pages[number], lesson.pages[number].todo
        asks = todo is not None and isinstance(todo.wish, Number | BestUnit)
        self.entered.emit()
        self._bar.show_page(number, page.text, "" if todo is None else todo.say, asks=asks)
        self._bar.show_done(self._done_of(lesson))
        panels, stage = lesson.panels_on(number)
        if panels and panels != self._arranged:
            self._arranged = panels
            self._furniture.show_panels([f"{name}{_PANEL}" for name in panels], f"{stage}{_PANEL}")
        begun, runs = lesson.runs_on(number)
        if begun != self._begun:
            self._begun, self._begins = begun, True
            self._scene.begin(runs)
            self._begins = False
            if lesson.builds_on_training(number):
                self._bar.show_state(f"This network is trained from page {begun + 1} on.")
        self._scene.pursue(page.goals)
        self._owes_look = page.inside is not None
        if not self._owes_look:
            self._furniture.deeds.leave_inside()
        self.follow()

    def _closed(self) -> None:
        self._demonstrator.stop()
        self._scene.pursue(())
        self._open = None

    # -- what is done -------------------------------------------------------------------------

    @property
    def _is_done(self) -> bool:
        """Whether the page that is shown was done, now or at another time."""
        return self._open is not None and self._done_of(self._open)[self._number]

    def _done_of(self, lesson: Lesson) -> list[bool]:
        done = self._memory.pages_done(lesson.name)
        return [page.heading in done for page in lesson.pages]

    def _done(self) -> None:
        lesson, page = self._open, self.page
        if lesson is None or page is None or self._is_done:
            return
        self._memory.note_page_done(lesson.name, page.heading)
        self._bar.show_done(self._done_of(lesson))

    def _answered(self, answer: str) -> None:
        page = self.page
        if page is None or page.todo is None:
            return
        is_right, words = judged(page.todo.wish, answer, self._scene.front)
        self._bar.show_state(words)
        if is_right:
            self._done()
            self._show_claims(page)

    def _show_claims(self, page: Page) -> None:
        """Say how what the page claims stands, of each run that it is about."""
        runs, shown = self._scene.runs, self._claims_shown(page)
        views = [(run.title, run.claims.only(shown)) for run in runs if run.claims is not None]
        lines: list[str] = []
        explanation = ""
        for title, view in views:
            whose = f"{title}, " if title else ""
            lines += [f"{line[0]} {whose}{line[2:]}" for line in claim_lines(view)]
            explanation = explanation or (explained(view, "This page") if view.claims else "")
        self._bar.show_findings(lines, explanation)

    def _claims_shown(self, page: Page) -> tuple[Claim, ...]:
        """Return a page's claims, but for those that would give the answer away."""
        wish = None if page.todo is None else page.todo.wish
        if not isinstance(wish, Number) or self._is_done:
            return page.claims
        return tuple(claim for claim in page.claims if not claim.is_about(wish.goal))

    # -- how it is done -----------------------------------------------------------------------

    def _show_me(self) -> None:
        page = self.page
        if page is None or page.todo is None:
            return
        if self._demonstrator.is_busy:
            self._demonstrator.stop()
            self._bar.show_showing(False)
            return
        last = max((claim.step for claim in page.claims), default=0)
        self._demonstrator.begin(page.todo.show_me, last, is_done=self._holds)
        self._bar.show_showing(self._demonstrator.is_busy)
        if not self._demonstrator.is_busy:
            self._finish_showing(page)

    def _finish_showing(self, page: Page) -> None:
        """Answer what is asked, or do what is to be done in the window."""
        self._bar.show_showing(False)
        wish = None if page.todo is None else page.todo.wish
        if page.inside is not None and not isinstance(wish, Do):
            # A step that was taken has led to another phase.
            self._furniture.deeds.look_inside(page.inside)
        match wish:
            case Number() | BestUnit():
                self._owes_answer = True
                self._answer(page)
            case Do(deed, phase):
                self._furniture.deeds.do(deed, phase or page.inside)

    def _answer(self, page: Page) -> None:
        """Answer what is asked for, once that is measured."""
        answer = "" if page.todo is None else right_answer(page.todo.wish, self._scene.front)
        if answer:
            self._owes_answer = False
            self._bar.write_answer(answer)
            self._answered(answer)

    # -- which there are ----------------------------------------------------------------------

    def _found(self, name: str) -> Lesson:
        path = Path(name)
        if name.lower().endswith(".toml"):
            lesson = read_lesson(path, self._panels)
            self._offered.fill(self.lessons, (lesson,))
            return lesson
        if path.is_dir():
            lessons, problems = load_lessons(self._panels, path)
            self.problems = " ".join(filter(None, (self.problems, *problems)))
            if not lessons:
                raise LessonError(f"There is no lesson in the folder {readable_name(path)}.")
            self._offered.fill(self.lessons, lessons)
            return lessons[0]
        by_name = {lesson.name: lesson for lesson in self.lessons}
        if name not in by_name:
            raise LessonError(f'There is no lesson "{name}"; there are {", ".join(by_name)}.')
        return by_name[name]

    def _forget(self) -> None:
        self._memory.forget_lessons()
        if self._open is not None:
            self._bar.show_done(self._done_of(self._open))
