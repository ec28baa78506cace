"""How long it takes from wheel to paint, while a run trains. Run by hand.

    python tests/benchmarks/hand.py [--panels first] [--seconds 8] [--rate 60] [--size 1280x800]

Needs a display (an Xvfb will do). A thread that knows nothing of the window's load turns the wheel
over the loss so many times a second, in and out again, then drags it to and fro as often. Printed
are the milliseconds from each notch, or each move, to the end of the next painting of that plot,
and of every plot over training that goes along and is seen.

First printed is how long an event takes that does nothing, while nobody touches anything: on a
machine that does something else besides, the rest means little without it.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from window import Bench

from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.plotting import PlotView
from rnnviz.training.commands import Train
from rnnviz.training.configuration import Configuration

_TOGETHER = 8
"""How many notches the wheel turns one way before it turns back."""
_FAR = 60
"""How many pixels a drag goes to either side."""


class Stopwatch(QObject):
    """Notes when notches were turned, and when plots that show them were painted to the end."""

    def __init__(self, views: list[PlotView]) -> None:
        super().__init__()
        self._views: dict[QObject, PlotView] = {view.viewport(): view for view in views}
        for viewport in self._views:
            viewport.installEventFilter(self)
        self._turned: deque[float] = deque()
        self._waiting: dict[str, list[float]] = {view.objectName(): [] for view in views}
        self._asked: deque[float] = deque()
        self.control: list[float] = []
        self.delays: dict[str, list[float]] = {view.objectName(): [] for view in views}

    def drag(self, target: QWidget, place: QPointF, kind: QEvent.Type) -> None:
        """Press the left button, move with it, or let it go, from any thread."""
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        moves, lets_go = kind is QEvent.Type.MouseMove, kind is QEvent.Type.MouseButtonRelease
        event = QMouseEvent(
            kind,
            place,
            target.mapToGlobal(place),
            none if moves else left,
            none if lets_go else left,
            Qt.KeyboardModifier.NoModifier,
        )
        if moves:
            self._turned.append(time.perf_counter())
        QApplication.postEvent(target, event)

    def turn(self, target: QWidget, place: QPointF, notches: int) -> None:
        """Turn the wheel, from any thread."""
        event = QWheelEvent(
            place,
            place,
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        self._turned.append(time.perf_counter())
        QApplication.postEvent(target, event)

    def ask(self) -> None:
        """Post an event that does nothing, from any thread."""
        self._asked.append(time.perf_counter())
        QApplication.postEvent(self, QEvent(QEvent.Type.User))

    def event(self, event: QEvent) -> bool:
        """Note how long that took."""
        if event.type() == QEvent.Type.User:
            self.control.append(1000 * (time.perf_counter() - self._asked.popleft()))
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # named by Qt
        """Note the times; a plot is painted here and now, so that its end is known."""
        view = self._views[watched]
        if event.type() in (QEvent.Type.Wheel, QEvent.Type.MouseMove) and self._turned:
            turned = self._turned.popleft()
            for waiting in self._waiting.values():
                waiting.append(turned)
        if event.type() != QEvent.Type.Paint:
            return False
        view.viewportEvent(event)
        waiting, now = self._waiting[view.objectName()], time.perf_counter()
        self.delays[view.objectName()] += [1000 * (now - turned) for turned in waiting]
        waiting.clear()
        return True

    def say(self, what: str) -> None:
        """Print the times since the last time, of those plots that were painted at all."""
        for name, delays in self.delays.items():
            if delays:
                half, most, nearly_all = np.percentile(delays, (50, 95, 99))
                print(
                    f"{what}: {name} painted after {half:.1f} ms (95 % within {most:.1f}, 99 % "
                    f"within {nearly_all:.1f}), {len(delays)} times",
                    flush=True,
                )
            delays.clear()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rate", type=float, default=60.0, help="notches a second")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--panels", default="first", help="first or all")
    arguments = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    application = QApplication([])
    width, height = (int(part) for part in arguments.size.split("x"))
    bench = Bench(application, (width, height), in_process=False)
    bench.wait(1.0)
    bench.show_panels(arguments.panels)
    bench.begin([Configuration()])
    bench.post(Train())
    bench.wait(4.0)
    loss = bench.controller.panels["loss_panel"]
    assert isinstance(loss, PlotPanel)
    plots = [view for view in bench.controller.shown.over_training if view.isVisible()]
    watch = Stopwatch(plots)
    place = loss.view.mapping.rect.center()
    use(bench, watch, loss.view.viewport(), place, arguments)
    bench.controller.close_now()


def use(
    bench: Bench,
    watch: Stopwatch,
    viewport: QWidget,
    place: QPointF,
    arguments: argparse.Namespace,
) -> None:
    """Do nothing, turn the wheel, and drag; print how long each takes."""
    ends = threading.Event()

    def repeat(act: Callable[[int], None]) -> None:
        number = 0
        while not ends.wait(1 / arguments.rate):
            act(number)
            number += 1

    def turn(number: int) -> None:
        way = 1 if number // _TOGETHER % 2 == 0 else -1
        watch.turn(viewport, place, way)

    def drag(number: int) -> None:
        # To and fro, a few pixels each time.
        there = abs((3 * number) % (4 * _FAR) - 2 * _FAR) - _FAR
        watch.drag(viewport, place + QPointF(there, 0), QEvent.Type.MouseMove)

    def measure(act: Callable[[int], None]) -> None:
        ends.clear()
        thread = threading.Thread(target=repeat, args=(act,))
        thread.start()
        bench.wait(arguments.seconds)
        ends.set()
        thread.join()
        bench.wait(0.3)

    measure(lambda _number: watch.ask())
    print(
        f"{arguments.panels} panels: an event that does nothing takes "
        f"{np.median(watch.control):.1f} ms (95 % within {np.percentile(watch.control, 95):.1f})"
    )
    measure(turn)
    watch.say(f"{arguments.panels} panels, {arguments.rate:g} notches a second")
    watch.drag(viewport, place, QEvent.Type.MouseButtonPress)
    measure(drag)
    watch.drag(viewport, place, QEvent.Type.MouseButtonRelease)
    watch.say(f"{arguments.panels} panels, dragged {arguments.rate:g} times a second")


if __name__ == "__main__":
    main()
