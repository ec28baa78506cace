"""The menu of lessons, which says of each how far one has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from rnnviz.gui.lessons.bar import DONE
from rnnviz.gui.widgets.plain import plain_tip
from rnnviz.training.lessons import Lesson


class LessonMenu(QObject):
    """Offers the lessons.

    Parameters
    ----------
    menu
        Is filled.
    pages_done
        Tells of each page of a lesson whether it was done.

    Signals
    -------
    chosen(Lesson)
        The person wants this one.
    forget_asked()
        The person wants all ticks taken away.
    """

    chosen = Signal(object)
    forget_asked = Signal()

    def __init__(self, menu: QMenu, pages_done: Callable[[Lesson], Sequence[bool]]) -> None:
        super().__init__(menu)
        self._menu = menu
        self._pages_done = pages_done
        self._offered: list[tuple[QAction, Lesson]] = []
        menu.aboutToShow.connect(self._say_how_far)

    def fill(self, lessons: Sequence[Lesson], own: Sequence[Lesson] = ()) -> None:
        """Offer these lessons, and a person's own below them."""
        self._menu.clear()
        self._offered = []
        for group in filter(None, (lessons, own)):
            for lesson in group:
                action = QAction(self._menu)
                action.setObjectName(f"lesson_{lesson.name}")
                action.setToolTip(plain_tip(lesson.about))
                action.triggered.connect(partial(self._choose, lesson))
                self._menu.addAction(action)
                self._offered.append((action, lesson))
            self._menu.addSeparator()
        forget = self._menu.addAction("Forget what was done")
        forget.setObjectName("lessons_forget")
        forget.setToolTip("Take all ticks away, for another person or another time")
        forget.triggered.connect(lambda: self.forget_asked.emit())
        self._say_how_far()

    def _choose(self, lesson: Lesson, _checked: bool = False) -> None:
        self.chosen.emit(lesson)

    def _say_how_far(self) -> None:
        for number, (action, lesson) in enumerate(self._offered, start=1):
            done = self._pages_done(lesson)
            count = sum(done)
            how_far = DONE if all(done) else f"{count} of {len(done)}"
            # What follows the tabulator stands at the menu's right edge.
            action.setText(f"{number}.  {lesson.title}" + (f"\t{how_far}" if count else ""))
