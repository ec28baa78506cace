"""How long it takes from wheel to paint, while a run trains. Run by hand.

    python tests/benchmarks/hand.py [--panels first] [--seconds 8] [--rate 60] [--size 1280x800]

Needs a display (an Xvfb will do). A thread that knows nothing of the window's load turns the wheel
over the loss so many times a second, in and out again. Printed are the milliseconds from each notch
to the end of the next painting of that plot, and of the last plot over training that it moves.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import deque

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from window import Bench

from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.plotting import PlotView
from rnnviz.training.commands import Train
from rnnviz.training.configuration import Configuration

_TOGETHER = 8
"""How many notches the wheel turns one way before it turns back."""


class Stopwatch(QObject):
    """Notes when notches were turned, and when plots that show them were painted to the end."""

    def __init__(self, views: list[PlotView]) -> None:
        super().__init__()
        self._views: dict[QObject, str] = {view.viewport(): view.objectName() for view in views}
        self._turned: deque[float] = deque()
        self._waiting: dict[str, list[float]] = {name: [] for name in self._views.values()}
        self._painting = ""
        self.delays: dict[str, list[float]] = {name: [] for name in self._views.values()}

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # named by Qt
        """Note the times, and let the event pass: whatever follows a painting ends it."""
        if self._painting:
            waiting, now = self._waiting[self._painting], time.perf_counter()
            self.delays[self._painting] += [1000 * (now - turned) for turned in waiting]
            waiting.clear()
            self._painting = ""
        if event.type() == QEvent.Type.Wheel and watched in self._views:
            turned = self._turned.popleft()
            for waiting in self._waiting.values():
                waiting.append(turned)
        elif event.type() == QEvent.Type.Paint and watched in self._views:
            self._painting = self._views[watched]
        return False


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
    application.installEventFilter(watch)
    place = loss.view.mapping.rect.center()
    ends = threading.Event()

    def turn_on() -> None:
        number = 0
        while not ends.wait(1 / arguments.rate):
            way = 1 if number // _TOGETHER % 2 == 0 else -1
            watch.turn(loss.view.viewport(), place, way)
            number += 1

    wheel = threading.Thread(target=turn_on)
    wheel.start()
    bench.wait(arguments.seconds)
    ends.set()
    wheel.join()
    bench.wait(0.3)
    for name, delays in watch.delays.items():
        share = np.percentile(delays, (50, 95, 99)) if delays else [np.nan] * 3
        print(
            f"{arguments.panels} panels, {arguments.rate:g} notches a second: {name} painted after "
            f"{share[0]:.1f} ms (95 % within {share[1]:.1f}, 99 % within {share[2]:.1f}), "
            f"{len(delays)} notches",
            flush=True,
        )
    application.removeEventFilter(watch)
    bench.controller.close_now()


if __name__ == "__main__":
    main()
