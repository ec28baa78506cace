"""How long the window stands still while a large text opens. Run by hand.

    python tests/benchmarks/large_text.py [--megabytes 200] [--in-process]

Needs a display (an Xvfb will do). Makes the text in a temporary folder, opens it in a window that
trains, and prints the longest gap between two ticks of the window's event loop, which should tick
every millisecond, until the text's run is shown and has trained; and beside it the longest that the
window's thread itself worked between two, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import Train


def write_text(path: Path, megabytes: int) -> None:
    """Write words of random letters, as many as it takes."""
    letters = np.frombuffer(b"etaoinshrdlucmfwypvbgk, .\n      ", np.uint8)
    rng = np.random.default_rng(1)
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(letters[rng.integers(0, letters.size, 1_000_000)].tobytes())


class Ticks:
    """Notes when the event loop comes round."""

    def __init__(self) -> None:
        self.ticks: list[tuple[float, float]] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(
            lambda: self.ticks.append((time.perf_counter(), time.thread_time()))
        )
        self._timer.start(1)

    def gaps_since(self, start: float) -> str:
        """Return the longest gaps between ticks, and the longest work between two."""
        ticks = np.array([tick for tick in self.ticks if tick[0] > start])
        gaps, work = np.sort(1000 * np.diff(ticks, axis=0), axis=0)[::-1][:5].round(1).T
        return f"longest gaps {gaps} ms, longest work {work} ms"


def main() -> None:
    """Open, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--in-process", action="store_true")
    options = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    worker = None if options.in_process else WorkerProcess()
    application = QApplication([])
    window, furnish = new_window(application, worker)
    window.resize(1280, 800)
    window.show()
    controller = furnish(None)

    def until(holds: object, what: str) -> None:
        end = time.monotonic() + 600
        while not holds():  # type: ignore[operator]
            assert time.monotonic() < end, what
            application.processEvents()

    def step() -> int:
        return -1 if controller.snapshot is None else controller.snapshot.step

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.txt"
        write_text(path, options.megabytes)
        ticks = Ticks()
        controller.thread_of_training.post(Train())
        until(lambda: step() > 100, "the first run")
        start = time.perf_counter()
        until(lambda: time.perf_counter() > start + 3, "a while")
        print(f"while it trains: {ticks.gaps_since(start)}")
        start = time.perf_counter()
        controller.run_control.restart(corpus="file", text_file=str(path))
        until(lambda: controller.snapshot.title == "large.txt", "the text's run")
        took = time.perf_counter() - start
        controller.thread_of_training.post(Train())
        until(lambda: controller.snapshot.title == "large.txt" and step() > 100, "training")
        print(f"{options.megabytes} MB open after {took:.1f} s: {ticks.gaps_since(start)}")
        controller.close_now()


if __name__ == "__main__":
    main()
