"""How long a person waits for what each experiment claims. Run by hand, on a quiet machine.

    python tests/benchmarks/experiments_in_the_window.py [--size 1440x900] [NAME ...]

Needs a display (an Xvfb will do). Opens each experiment as the menu does, presses Train in each of
its runs, and prints a table in Markdown: seconds from there until the card says of the last claim
what was found, and the 95th percentile of the frame intervals meanwhile.
"""

from __future__ import annotations

import argparse
import tempfile
import time

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from rnnviz.gui.application import new_window
from rnnviz.gui.claim_wording import HOLDS, PENDING
from rnnviz.gui.controller import Controller
from rnnviz.gui.main_window import MainWindow
from rnnviz.training.experiments import Experiment

LONGEST_SECONDS = 180.0


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


class Watcher:
    """Presses Train, and looks at the card as a person does."""

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        self._window = window
        self._controller = controller
        self._frames: list[float] = []
        controller._timer.timeout.connect(lambda: self._frames.append(time.perf_counter()))

    @property
    def card(self) -> str:
        """What the card says was measured."""
        label = self._window.findChild(QLabel, "experiment_findings")
        assert label is not None
        return label.text()

    def seconds_to_see(self) -> float:
        """Press Train; return when the last claim was answered on the screen, then pause."""
        train = self._window.findChild(QAction, "action_train")
        assert train is not None
        self._frames.clear()
        began = time.perf_counter()
        train.trigger()
        while PENDING in self.card and time.perf_counter() - began < LONGEST_SECONDS:
            wait(0.05)
        took = time.perf_counter() - began
        train.trigger()
        wait(0.5)
        return took

    @property
    def frame_percentile(self) -> float:
        """The 95th percentile of the frame intervals since Train was pressed, in ms."""
        return float(np.percentile(1000 * np.diff(self._frames), 95))


def measure(watcher: Watcher, window: MainWindow, controller: Controller, one: Experiment) -> None:
    """Print a line for each run of an experiment."""
    controller.guide.open(one.name)
    wait(1.5)
    for number, variant in enumerate(one.variants, start=1):
        if number > 1:
            button = window.findChild(QPushButton, f"experiment_run_{number}")
            assert button is not None
            button.click()
            wait(1.5)
        seconds = watcher.seconds_to_see()
        findings = watcher.card.replace("\N{NO-BREAK SPACE}", " ")
        last = max(claim.step for claim in variant.claims)
        verdict = "yes" if findings.count(HOLDS) == len(variant.claims) else "no"
        print(
            f"| {one.title} | {variant.name} | {last:,} | {verdict} | {seconds:.1f} | "
            f"{watcher.frame_percentile:.1f} | {findings} |",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("names", nargs="*", metavar="NAME", help="all that claim something if none")
    options = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    application = QApplication([])
    window, furnish = new_window(application)
    window.resize(*(int(side) for side in options.size.split("x")))
    window.show()
    controller = furnish(None)
    watcher = Watcher(window, controller)
    wait(1)
    print("| Experiment | Run | Steps | Holds | Seconds | Frames, p95 ms | On the card |")
    print("|" + " --- |" * 7)
    for one in controller.guide.experiments:
        claims = any(variant.claims for variant in one.variants)
        if claims and (not options.names or one.name in options.names):
            measure(watcher, window, controller, one)
    controller.close_now()


if __name__ == "__main__":
    main()
