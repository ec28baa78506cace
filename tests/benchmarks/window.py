"""What the window costs training, and how steadily it is painted. Run by hand, on a quiet machine.

    python tests/benchmarks/window.py [--rounds 5] [--seconds 6] [--size 1280x800] [--panels first]
        [--in-process]

Needs a display (an Xvfb will do). For the lecture network (hidden 100, batch 1) and a large one
(hidden 256, batch 32) it prints, as medians over the rounds: the share of headless speed that
training keeps with no panel, those shown at first, or all of them alive, each round against a
headless control before and after it in the same process; the frame interval's 95th percentile;
how often a second every panel that is seen was painted; and how long it takes until a change of the
learning rate has reached the trainer and is heard of in the window.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections import Counter

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication
from threadpoolctl import threadpool_limits

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import Change, NewRun, Pause, SetSpeed, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.trainer import Trainer

NETWORKS = {
    "hidden 100, batch 1": Configuration(),
    "hidden 256, batch 32": Configuration(hidden_size=256, batch_size=32),
}


def headless_rate(trainer: Trainer, seconds: float) -> float:
    """Train in a thread of its own, as the window does, and return steps a second."""
    done = 0
    took = 0.0

    def work() -> None:
        nonlocal done, took
        with threadpool_limits(1, user_api="blas"):
            start = time.perf_counter()
            while time.perf_counter() - start < seconds:
                trainer.step()
                done += 1
            took = time.perf_counter() - start

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return done / took


class Paints(QObject):
    """Counts the paint events of every panel's body."""

    def __init__(self, panels: dict[str, Panel]) -> None:
        super().__init__()
        self._names: dict[int, str] = {}
        self.counts: Counter[str] = Counter()
        for name, panel in panels.items():
            body = panel._body
            view = body.viewport() if isinstance(body, QAbstractScrollArea) else body
            if view is None:
                # The wall has none before it is first seen.
                continue
            self._names[id(view)] = name.removesuffix("_panel")
            view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # named by Qt
        """Count, and let the event pass."""
        if event.type() == QEvent.Type.Paint:
            self.counts[self._names[id(watched)]] += 1
        return False


class Bench:
    """A window that trains one network, and the clock beside it."""

    def __init__(
        self, application: QApplication, size: tuple[int, int], *, in_process: bool
    ) -> None:
        self.application = application
        worker = None if in_process else WorkerProcess()
        self.window, furnish = new_window(application, worker)
        self.window.resize(*size)
        self.window.show()
        self.controller: Controller = furnish(None)
        self.frames: list[float] = []
        self.steps: list[tuple[float, int]] = []
        self.paints = Paints(self.controller.panels)
        self.painted = ""
        show_frame = self.controller.show_frame

        def timed_frame() -> None:
            self.frames.append(time.perf_counter())
            before = self.controller.snapshot
            show_frame()
            snapshot = self.controller.snapshot
            if snapshot is not None and snapshot is not before:
                self.steps.append((self.frames[-1], snapshot.step))

        self.controller._timer.timeout.disconnect()
        self.controller._timer.timeout.connect(timed_frame)

    def post(self, command: object) -> None:
        """Tell the thread something."""
        self.controller.thread_of_training.post(command)  # type: ignore[arg-type]

    def wait(self, seconds: float) -> None:
        """Let the event loop run."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def show_panels(self, which: str) -> None:
        """Show no panel, those shown at first, or all of them."""
        docks = self.window.docks
        chosen = {
            "none": [],
            # Not what is seen now: a window begins with the layout that the last one left.
            "first": [n for n, kind in self.controller.shown.kinds.items() if kind.shown_at_first],
            "all": list(docks),
        }[which]
        if chosen:
            self.window.arrange(chosen)
        for name, dock in docks.items():
            dock.setVisible(name in chosen)
        self.wait(0.5)

    def rate(self, seconds: float) -> tuple[float, float]:
        """Train in the window; return steps a second and the 95th percentile of frames in ms."""
        self.post(Train())
        self.wait(1.0)
        self.frames.clear()
        self.steps.clear()
        self.paints.counts.clear()
        self.wait(seconds)
        (start, first), (end, last) = self.steps[0], self.steps[-1]
        rate = (last - first) / (end - start)
        percentile = float(np.percentile(1000 * np.diff(self.frames), 95))
        self.painted = ", ".join(
            f"{name} {count / seconds:.1f}" for name, count in sorted(self.paints.counts.items())
        )
        return rate, percentile

    def pause(self) -> None:
        """Stop training and let the last frame be drawn."""
        self.post(Pause())
        self.wait(0.4)

    def command_delays(self, count: int) -> list[float]:
        """Change the learning rate while training; return the milliseconds until that is known."""
        delays = []
        self.post(Train())
        self.wait(0.5)
        for number in range(count):
            value = 0.05 + 0.001 * number
            start = time.perf_counter()
            self.post(Change("learning_rate", value))
            snapshot = self.controller.snapshot
            while snapshot is None or snapshot.configuration.learning_rate != value:
                self.application.processEvents()
                taken = self.controller.thread_of_training.take_snapshot()
                snapshot = taken or self.controller.snapshot
            delays.append(1000 * (time.perf_counter() - start))
            self.wait(0.05)
        self.pause()
        return delays


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--panels", default="first", help="none, first or all; or several of them")
    parser.add_argument("--in-process", action="store_true", help="train in the window's process")
    arguments = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    application = QApplication([])
    width, height = (int(part) for part in arguments.size.split("x"))
    for which in arguments.panels.split(","):
        bench = Bench(application, (width, height), in_process=arguments.in_process)
        bench.wait(1.0)
        bench.show_panels(which)
        for name, configuration in NETWORKS.items():
            measure(bench, f"{name}, panels: {which}", configuration, arguments)
        bench.controller.close_now()


def measure(
    bench: Bench, name: str, configuration: Configuration, arguments: argparse.Namespace
) -> None:
    """Measure one network and print."""
    bench.post(NewRun(configuration))
    bench.post(SetSpeed(None))
    bench.wait(1.5)
    control = new_trainer(configuration)
    shares, percentiles = [], []
    for _ in range(arguments.rounds):
        before = headless_rate(control, arguments.seconds / 2)
        rate, percentile = bench.rate(arguments.seconds)
        bench.pause()
        after = headless_rate(control, arguments.seconds / 2)
        shares.append(rate / ((before + after) / 2))
        percentiles.append(percentile)
        print(
            f"{name}: headless {before:,.0f} and {after:,.0f}, window {rate:,.0f} steps/s, "
            f"kept {shares[-1]:.1%}, frame interval p95 {percentile:.1f} ms",
            flush=True,
        )
    print(f"{name}: paints a second in the last round: {bench.painted}", flush=True)
    delays = bench.command_delays(40)
    print(
        f"{name}: MEDIAN kept {statistics.median(shares):.1%}, frame interval p95 "
        f"{statistics.median(percentiles):.1f} ms; a learning rate is in force and known in "
        f"{statistics.median(delays):.1f} ms (95 % within {np.percentile(delays, 95):.1f} ms)",
        flush=True,
    )


if __name__ == "__main__":
    main()
