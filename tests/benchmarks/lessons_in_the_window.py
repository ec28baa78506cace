"""Whether each lesson can be gone through in the window, and how long it takes. Run by hand.

    python tests/benchmarks/lessons_in_the_window.py [--doing] [--present] [--dark]
        [--size 1440x900] [--pictures FOLDER] [NAME ...]

Needs a display (an Xvfb will do). Goes through each lesson by its own "Show me"; or, with
`--doing`, as a person does who does what each page asks for: trains until it is so, types numbers,
changes settings, walks through the phases with the keys and computes there. It prints a table in
Markdown: for each page whether it was ticked, and after how many seconds; and saves a picture of
the window as each page is when it opens, and when it is done.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from desktop import open_window, wait
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from rnnviz.gui.controller import Controller
from rnnviz.gui.inside.view import InsideView
from rnnviz.gui.lessons.judge import right_answer
from rnnviz.training.lessons import Lesson
from rnnviz.training.lessons.todo import BestUnit, Choose, Deed, Do, Number, Phase, Reach, Todo

LONGEST_SECONDS = 300.0
SECONDS_TO_LOOK = 1.0
LARGEST_STEP = 10_000_000
TICK = "\N{CHECK MARK}"


def wait_for(holds: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> bool:
    """Let the event loop run until something is so, or nobody would wait any longer."""
    began = time.perf_counter()
    while not holds() and time.perf_counter() - began < seconds:
        wait(0.02)
    return holds()


class Student:
    """Goes through lessons as the window offers them."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._window = controller.window

    def open(self, lesson: Lesson) -> None:
        """Choose a lesson that nothing was done of."""
        for run in self._controller.runs:
            run.file.saved_step = LARGEST_STEP
        self._controller.settings.forget_lessons()
        self._controller.lessons.open(lesson.name)

    def is_ticked(self, page: int) -> bool:
        """Tell whether a page, from 1, is shown as done."""
        return self._button(f"lesson_page_{page}").text() == TICK

    def turn(self) -> None:
        """Press Next."""
        self._button("lesson_next").click()

    def show_me(self) -> None:
        """Have the program do it."""
        self._button("lesson_show_me").click()

    def rest(self) -> None:
        """Wait until no run trains."""
        runs = self._controller.runs
        if not wait_for(lambda: not runs.trains, 20.0):
            self._controller.training_control.pause()
            wait_for(lambda: not runs.trains)

    def do(self, todo: Todo, page: int) -> None:
        """Do what a page asks for."""
        match todo.wish:
            case Reach():
                for name, value in todo.show_me.change.items():
                    self._controller.live.change(name, value)
                self._train_until(lambda: self.is_ticked(page))
            case Number() | BestUnit():
                if todo.show_me.train:
                    self._controller.window.actions_by_name["action_step"].trigger()
                self._answer(todo.wish)
            case Choose(setting):
                self._controller.live.change(setting, todo.show_me.change[setting])
            case Do(deed, phase):
                self._do(deed, phase)

    def _do(self, deed: Deed, phase: Phase | None) -> None:
        actions = self._window.actions_by_name
        if deed is Deed.ADD_RIVAL:
            actions["action_add_rival"].trigger()
        elif deed is Deed.CHECK_GRADIENTS:
            actions["action_check_gradients"].trigger()
        else:
            view = self._inside()
            if phase is not None:
                self._walk_to(view, phase)
            if deed is Deed.ANSWER_BY_HAND:
                self._compute(view)

    def _train_until(self, holds: Callable[[], bool]) -> None:
        self._controller.training_control.toggle()
        wait_for(holds)
        self._controller.training_control.pause()

    def _answer(self, wish: Number | BestUnit) -> None:
        wait_for(lambda: bool(right_answer(wish, self._controller.snapshot)))
        self._type("lesson_answer", right_answer(wish, self._controller.snapshot))

    def _inside(self) -> InsideView:
        inside = self._controller.inside
        if not inside.is_open:
            self._window.actions_by_name["action_inside"].trigger()
        wait_for(lambda: inside.view is not None and inside.view.step_cursor.has_record)
        assert inside.view is not None
        return inside.view

    def _walk_to(self, view: InsideView, phase: Phase) -> None:
        cursor = view.step_cursor

        def is_there() -> bool:
            return cursor.phase.kind == phase.kind and phase.t in (0, cursor.phase.t)

        if not is_there():
            there = [n for n, p in enumerate(cursor.phases) if p.kind == phase.kind]
            key = Qt.Key.Key_Right if cursor.number < there[-1] else Qt.Key.Key_Left
            for _ in cursor.phases:
                if not is_there():
                    _press(view, key)

    def _compute(self, view: InsideView) -> None:
        """Have a number asked for, and write the right one as one reads it on the screen."""
        if not view.header.asks:
            view.header.set_asks(True)
        question = view.story.by_hand.question
        assert question is not None, "nothing of this phase is asked for"
        self._type("inside_answer", f"{question.value:.4g}")

    def _type(self, name: str, text: str) -> None:
        line = self._window.findChild(QLineEdit, name)
        assert line is not None
        line.setText(text)
        _press(line, Qt.Key.Key_Return)

    def _button(self, name: str) -> QPushButton:
        button = self._window.findChild(QPushButton, name)
        assert button is not None
        return button


def _press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(widget, event)


def go_through(
    student: Student, lesson: Lesson, *, by_doing: bool, save: Callable[[str], None]
) -> bool:
    """Print a line for each page; tell whether all were ticked."""
    student.open(lesson)
    all_ticked = True
    for number, page in enumerate(lesson.pages, 1):
        wait(SECONDS_TO_LOOK)
        student.rest()
        save(f"{lesson.order}-{lesson.name}-{number}-opened")
        began = time.perf_counter()
        if page.todo is not None:
            if by_doing:
                student.do(page.todo, number)
            else:
                student.show_me()
            wait_for(lambda number=number: student.is_ticked(number), LONGEST_SECONDS)
        seconds = time.perf_counter() - began
        student.rest()
        wait(SECONDS_TO_LOOK / 2)
        save(f"{lesson.order}-{lesson.name}-{number}-done")
        if page.todo is None:
            student.turn()
        is_ticked = student.is_ticked(number)
        if page.todo is not None:
            student.turn()
        all_ticked &= is_ticked
        verdict = "yes" if is_ticked else "no"
        print(
            f"| {lesson.name} | {number}. {page.heading} | {verdict} | {seconds:.1f} |", flush=True
        )
    return all_ticked


def main() -> None:
    """Go through them, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="all lessons if none")
    parser.add_argument("--doing", action="store_true", help='do it, and press no "Show me"')
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--present", action="store_true", help="in a presentation")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="save the window's there")
    options = parser.parse_args()
    controller = open_window(options.size, dark=options.dark, present=options.present)
    window = controller.window
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)

    def save(name: str) -> None:
        if options.pictures:
            window.grab().save(str(options.pictures / f"{name}.png"))

    print("| Lesson | Page | Ticked | Seconds |\n| --- | --- | --- | ---: |")
    student = Student(controller)
    lessons = [
        one for one in controller.lessons.lessons if not options.names or one.name in options.names
    ]
    ticked = [go_through(student, one, by_doing=options.doing, save=save) for one in lessons]
    controller.close_now()
    sys.exit(0 if all(ticked) else 1)


if __name__ == "__main__":
    main()
