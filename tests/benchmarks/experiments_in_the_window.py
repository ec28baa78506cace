"""How long a person waits for what each experiment claims. Run by hand, on a quiet machine.

    python tests/benchmarks/experiments_in_the_window.py [--alone] [--free] [--present] [--dark]
        [--size 1440x900] [--pictures FOLDER] [NAME ...]

Needs a display (an Xvfb will do). Opens each experiment as the menu does, which has its runs race,
or with `--alone` each of its runs as the card's buttons do, and goes through it as somebody does
who is led: presses Space, waits for the stop, looks, presses again. With `--free` it presses Train
and waits for the last claim. It prints a table in Markdown: the step of each stop, the seconds from
the press until the card says what was found, and the 95th percentile of the frame intervals
meanwhile; and saves a picture of the window at every stop.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from desktop import open_window, wait
from PySide6.QtCore import QRegularExpression
from PySide6.QtWidgets import QLabel

from rnnviz.gui.controller import Controller
from rnnviz.gui.runs.run import Run
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.wording.claims import HOLDS, PENDING
from rnnviz.training.experiments import Experiment

LONGEST_SECONDS = 600.0
SECONDS_TO_BEGIN = 3.0
LARGEST_STEP = 10_000_000
_FINDINGS = QRegularExpression("^experiment_findings")


class Watcher:
    """Presses Train, and looks at the card as a person does."""

    def __init__(self, window: MainWindow, controller: Controller) -> None:
        self._window = window
        self._controller = controller
        self._frames: list[float] = []
        controller._timer.timeout.connect(lambda: self._frames.append(time.perf_counter()))

    @property
    def card(self) -> list[str]:
        """What the card says of each claim that was measured, or will be."""
        lines = []
        for label in self._window.experiment_card.findChildren(QLabel, _FINDINGS):
            # In a presentation the marks alone are seen, and the sentences are still there.
            if not label.isHidden():
                whose, claims = label.accessibleName().removeprefix("Measured in ").split(": ", 1)
                lines += [f"{whose}: {claim}" for claim in claims.split("; ")]
        return lines

    @property
    def is_pending(self) -> bool:
        """Whether something is still to be measured."""
        return any(PENDING in line for line in self.card)

    def go(self, *, led: bool) -> tuple[int, float]:
        """Press Space, or Train; return the step of the stop and the seconds until it was reached.

        Whoever presses Train stops it again when the last claim was answered on the screen.
        """
        controller = self._controller
        self._frames.clear()
        before = self._steps
        began = time.perf_counter()
        if led:
            controller.training_control.lead_on()
            # A single step may be done before anything shows that it runs.
            self._wait_for(lambda: self._have_stopped_after(before), began)
        else:
            controller.training_control.toggle()
            self._wait_for(lambda: not self.is_pending, began)
        took = time.perf_counter() - began
        if not led:
            controller.training_control.toggle()
        wait(1.0)
        return max(self._steps.values()), took

    @property
    def _steps(self) -> dict[Run, int]:
        """How far each run is that goes along."""
        return {run: at.step for run in self._controller.runs if (at := run.reached) is not None}

    def _have_stopped_after(self, before: Mapping[Run, int]) -> bool:
        have_gone_on = all(step > before[run] for run, step in self._steps.items())
        return have_gone_on and not self._controller.runs.trains

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
    """Print a line for each stop of the race, or of each run alone."""
    controller.guide.open(one.name)
    wait(SECONDS_TO_BEGIN)
    alone = range(len(one.variants)) if options.alone and len(one.variants) > 1 else ()
    for number in alone or (None,):
        who = "all" if number is None else one.variants[number].name
        if number is not None:
            for run in controller.runs:
                run.file.saved_step = LARGEST_STEP
            controller.guide._run_chosen(number)
            wait(SECONDS_TO_BEGIN)
        while watcher.is_pending:
            step, seconds = watcher.go(led=not options.free)
            found = [line for line in watcher.card if PENDING not in line]
            verdict = "yes" if all(f": {HOLDS}" in line for line in found) else "no"
            print(
                f"| {one.title} | {who} | {step:,} | {verdict} | {seconds:.1f} | "
                f"{watcher.frame_percentile:.1f} | {'; '.join(found)} |",
                flush=True,
            )
            if options.pictures:
                name = f"{one.order:02}-{one.name}-{who.replace(' ', '-')}-step-{step}.png"
                window.grab().save(str(options.pictures / name))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("names", nargs="*", metavar="NAME", help="all that claim something if none")
    parser.add_argument("--alone", action="store_true", help="look at each run alone")
    parser.add_argument("--free", action="store_true", help="press Train, and not Space")
    parser.add_argument("--present", action="store_true", help="in a presentation")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="save the window's there")
    options = parser.parse_args()
    controller = open_window(options.size, dark=options.dark, present=options.present)
    window = controller.window
    watcher = Watcher(window, controller)
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
