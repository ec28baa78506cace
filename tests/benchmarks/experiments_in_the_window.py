"""How long a person waits for what each experiment claims. Run by hand, on a quiet machine.

    python tests/benchmarks/experiments_in_the_window.py [--free] [--present] [--dark]
        [--size 1440x900] [--pictures FOLDER] [NAME ...]

Needs a display (an Xvfb will do). Opens each experiment as the menu does and goes through each of
its runs as somebody does who is led: presses Space, waits for the stop, looks, presses again. With
`--free` it presses Train and waits for the last claim. It prints a table in Markdown: the step of
each stop, the seconds from the press until the card says what was found, and the 95th percentile
of the frame intervals meanwhile; and saves a picture of the window at every stop.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QLabel

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.wording.claims import HOLDS, PENDING
from rnnviz.training.experiments import Experiment
from rnnviz.training.snapshot import RunState, Snapshot

LONGEST_SECONDS = 180.0
LARGEST_STEP = 10_000_000
_BETWEEN = " \N{EM SPACE}\N{EN SPACE}"


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

    def go(self, *, led: bool) -> tuple[int, float]:
        """Press Space, or Train; return the step of the stop and the seconds until it was reached.

        Whoever presses Train stops it again when the last claim was answered on the screen.
        """
        controller = self._controller
        self._frames.clear()
        began = time.perf_counter()
        if led:
            controller.training_control.lead_on()
            # A single step may be done before anything shows that it runs.
            before = controller.snapshot
            self._wait_for(lambda: self._has_stopped_after(before), began)
        else:
            controller.training_control.toggle()
            self._wait_for(lambda: PENDING not in self.card, began)
        took = time.perf_counter() - began
        if not led:
            controller.training_control.toggle()
        wait(1.0)
        assert controller.snapshot is not None
        return controller.snapshot.step, took

    def _has_stopped_after(self, before: Snapshot | None) -> bool:
        now = self._controller.snapshot
        assert now is not None
        assert before is not None
        return now.step > before.step and now.state is not RunState.RUNNING

    def _wait_for(self, holds: Callable[[], bool], began: float) -> None:
        while not holds() and time.perf_counter() - began < LONGEST_SECONDS:
            wait(0.02)

    @property
    def frame_percentile(self) -> float:
        """The 95th percentile of the frame intervals since Train was pressed, in ms."""
        return float(np.percentile(1000 * np.diff(self._frames), 95))


def measure(
    watcher: Watcher,
    window: MainWindow,
    controller: Controller,
    one: Experiment,
    options: argparse.Namespace,
) -> None:
    """Print a line for each stop of each run of an experiment."""
    controller.guide.open(one.name)
    wait(1.5)
    for number, variant in enumerate(one.variants, start=1):
        if number > 1:
            controller.run_file.saved_step = LARGEST_STEP
            controller.guide._run_chosen(number - 1)
            wait(1.5)
        while PENDING in watcher.card:
            step, seconds = watcher.go(led=not options.free)
            findings = watcher.card.replace("\N{NO-BREAK SPACE}", " ")
            found = [line for line in findings.split(_BETWEEN) if PENDING not in line]
            verdict = "yes" if all(line.strip()[0] == HOLDS for line in found) else "no"
            print(
                f"| {one.title} | {variant.name} | {step:,} | {verdict} | {seconds:.1f} | "
                f"{watcher.frame_percentile:.1f} | {findings} |",
                flush=True,
            )
            if options.pictures:
                name = f"{one.order:02}-{one.name}-{number}-step-{step}.png"
                window.grab().save(str(options.pictures / name))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("names", nargs="*", metavar="NAME", help="all that claim something if none")
    parser.add_argument("--free", action="store_true", help="press Train, and not Space")
    parser.add_argument("--present", action="store_true", help="in a presentation")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="save the window's there")
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
    if options.dark != controller.theme.is_dark:
        window.actions_by_name["action_theme"].trigger()
    if options.present:
        controller.window.actions_by_name["action_present"].trigger()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    wait(1)
    print("| Experiment | Run | Step | Holds | Seconds | Frames, p95 ms | On the card |")
    print("|" + " --- |" * 7)
    for one in controller.guide.experiments:
        claims = any(variant.claims for variant in one.variants)
        if claims and (not options.names or one.name in options.names):
            measure(watcher, window, controller, one, options)
    controller.close_now()


if __name__ == "__main__":
    main()
