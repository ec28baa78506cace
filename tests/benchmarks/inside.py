"""How long it takes to look inside a step, and to go from phase to phase. Run by hand.

    python tests/benchmarks/inside.py [--times 20] [--cell lstm] [--hidden-size 100]
        [--sequence-length 25] [--size 1440x900]

Needs a display (an Xvfb will do). Trains a network, goes inside while it trains, and comes out
again; and walks through all phases of one step. It prints, as medians and as the worst of all, the
milliseconds from the press until the drawing and the equation of the new phase are painted: for the
first time, which makes the view as well; for every other time; and for a change of the phase.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from desktop import open_window, wait
from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication

from rnnviz.gui.controller import Controller
from rnnviz.gui.inside import inside as module
from rnnviz.gui.inside.view import InsideView
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration

_LONGEST_SECONDS = 30.0


class LastPaint(QObject):
    """Notes when each of some widgets was painted last."""

    def __init__(self) -> None:
        super().__init__()
        self.times: dict[int, float] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # named by Qt
        """Note the time, and let the event pass."""
        if event.type() == QEvent.Type.Paint:
            self.times[id(watched)] = time.perf_counter()
        return False


class Visitor:
    """Goes into a step, through it, and out again."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._paints = LastPaint()
        self._ready = 0.0
        # It is made when it is first wanted, and watched from its beginning.
        module.InsideView = self._new_view  # type: ignore[assignment,misc]

    def enter(self) -> float:
        """Go inside; return how many milliseconds it took until the first phase was painted."""
        began = time.perf_counter()
        self._controller.window.actions_by_name["action_inside"].trigger()
        self._pump(lambda: self._ready > began)
        return 1000 * (self._painted(self._ready) - began)

    def leave(self) -> None:
        """Come out, and train for a moment."""
        self._controller.inside.leave()
        wait(0.3)

    def walk(self) -> list[float]:
        """Go through all phases; return how many milliseconds each took to be painted."""
        view = self._controller.inside.view
        assert view is not None
        took = []
        for _ in range(len(view.step_cursor.phases) - 1):
            began = time.perf_counter()
            view.transport.next()
            took.append(1000 * (self._painted(began) - began))
            # What glides there has come to rest before the next one.
            wait(0.35)
        return took

    def _new_view(self, theme: Theme) -> InsideView:
        view = InsideView(theme)
        for widget in (view.canvas.viewport(), view.row.viewport()):
            widget.installEventFilter(self._paints)
        view.step_cursor.begun.connect(self._note)
        return view

    def _note(self) -> None:
        self._ready = time.perf_counter()

    def _painted(self, since: float) -> float:
        """Wait until everything was painted since then, and return when."""
        self._pump(
            lambda: len(self._paints.times) == 2 and min(self._paints.times.values()) > since
        )
        return max(self._paints.times.values())

    def _pump(self, holds: Callable[[], bool]) -> None:
        end = time.perf_counter() + _LONGEST_SECONDS
        while not holds():
            assert time.perf_counter() < end, "it did not come"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)


def _line(what: str, times: Sequence[float]) -> str:
    return f"| {what} | {statistics.median(times):.0f} | {max(times):.0f} | {len(times)} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--cell", default="vanilla")
    parser.add_argument("--hidden-size", type=int, default=100)
    parser.add_argument("--sequence-length", type=int, default=25)
    parser.add_argument("--size", default="1440x900")
    options = parser.parse_args()
    controller = open_window(options.size)
    controller.runs.front.post(
        NewRun(
            Configuration(
                cell=options.cell,
                hidden_size=options.hidden_size,
                sequence_length=options.sequence_length,
            )
        )
    )
    wait(1.5)
    controller.training_control.toggle()
    wait(1.5)
    visitor = Visitor(controller)
    opened = []
    for _ in range(options.times):
        opened.append(visitor.enter())
        visitor.leave()
    visitor.enter()
    wait(1.5)
    walked = visitor.walk()
    print("| What | Median, ms | Longest, ms | Times |\n| --- | ---: | ---: | ---: |")
    print(_line("opened for the first time", opened[:1]))
    print(_line("opened", opened[1:]))
    print(_line("to the next phase", walked))
    controller.close_now()


if __name__ == "__main__":
    main()
