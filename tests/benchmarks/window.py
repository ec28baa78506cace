"""What the window costs training, and how smoothly its panels are painted. Run by hand.

    python tests/benchmarks/window.py [--rounds 5] [--seconds 6] [--size 1280x800] [--panels first]
        [--watched] [--rivals] [--large] [--in-process]

Needs a display (an Xvfb will do). For the lecture network (hidden 100, batch 1), or a large one
(hidden 256, batch 32), or three rivals (vanilla, LSTM and GRU), it prints, as medians over the
rounds: the share of headless speed that training keeps with no panel, those shown at first, or all
of them alive, each round between two of a headless control with as many processes; how often a
second every panel that is seen was painted, and the 95th percentile of the gap; and how long it
takes until a change of the learning rate has reached the trainer and is heard of in the window.

With `--watched` a text holds still meanwhile. On a machine that does something else besides, only
shares mean anything: most of all how much of a worker's processor time goes into its steps.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from headless import Headless, Pace, processor_seconds
from paints import Paints
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.gui.runs.run import Run
from rnnviz.runs.client import WorkerClient
from rnnviz.runs.messages import LeaveRace
from rnnviz.runs.process import WorkerProcess
from rnnviz.training.commands import Change, NewRun, Pause, SetSpeed, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import RunState

WATCHED = "the old miller who sings "
CELLS = ("vanilla", "lstm", "gru")


class Progress(NamedTuple):
    """How far a run is, when, and how long its process had a processor."""

    time: float
    step: int
    worked: float


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
        furnish.load()
        self.controller: Controller = furnish(None)
        self.paints = Paints(self.controller.panels)
        self.own_share = 0.0

    def begin(self, configurations: Sequence[Configuration]) -> None:
        """Begin a run for each, in the places that there are and in new ones."""
        runs = list(self.controller.runs)
        for run, configuration in zip(runs, configurations, strict=False):
            run.post(NewRun(configuration))
            run.post(SetSpeed(None))
        for configuration in configurations[len(runs) :]:
            self.controller.rivals.begin(configuration)
        self.controller.rivals.put_in_front(runs[0])
        # Nobody waits for anybody in the control either.
        self.post(LeaveRace())
        self.wait_for(lambda run: run.snapshot is not None)
        self.wait(1.5)

    def post(self, command: object) -> None:
        """Tell every run something."""
        for run in self.controller.runs:
            run.post(command)  # type: ignore[arg-type]

    def wait_for(self, holds: Callable[[Run], bool]) -> None:
        """Let the event loop run until something holds of every run."""
        end = time.perf_counter() + 60
        while not all(holds(run) for run in self.controller.runs):
            assert time.perf_counter() < end
            self.wait(0.02)

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

    def paces(self, seconds: float) -> list[Pace]:
        """Train in the window; return how fast each run does, and note what is painted."""
        runs = list(self.controller.runs)
        self.post(Train())
        self.wait(1.0)
        self.paints.begin()
        own = processor_seconds(os.getpid())
        start = time.perf_counter()
        before = [self._progress(run) for run in runs]
        self.wait(seconds)
        after = [self._progress(run) for run in runs]
        self.own_share = (processor_seconds(os.getpid()) - own) / (time.perf_counter() - start)
        return [
            Pace((b.step - a.step) / (b.time - a.time), (b.worked - a.worked) / (b.step - a.step))
            for a, b in zip(before, after, strict=True)
        ]

    def _progress(self, run: Run) -> Progress:
        """Wait for a run's next snapshot, and say how far it is."""
        old = run.snapshot
        while run.snapshot is old:
            self.wait(0.001)
        assert run.snapshot is not None
        client = run.thread.client
        pid = client.pid if isinstance(client, WorkerClient) else None
        worked = processor_seconds(pid or os.getpid())
        return Progress(time.perf_counter(), run.snapshot.step, worked)

    def pause(self) -> None:
        """Stop training and let the last frame be drawn."""
        self.post(Pause())
        self.wait_for(lambda run: run.snapshot is None or run.snapshot.state is RunState.PAUSED)
        self.wait(0.2)

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
    parser.add_argument("--watched", action="store_true", help="let a text hold still")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--rivals", action="store_true", help="train three cells side by side")
    which.add_argument("--large", action="store_true", help="hidden 256, batch 32")
    parser.add_argument("--in-process", action="store_true", help="train in the window's process")
    arguments = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    base = {"watched_text": WATCHED if arguments.watched else ""}
    if arguments.large:
        base |= {"hidden_size": 256, "batch_size": 32}
    cells = CELLS if arguments.rivals else CELLS[:1]
    configurations = [Configuration.from_mapping(base | {"cell": cell}) for cell in cells]
    application = QApplication([])
    width, height = (int(part) for part in arguments.size.split("x"))
    headless = Headless(configurations)
    for panels in arguments.panels.split(","):
        bench = Bench(application, (width, height), in_process=arguments.in_process)
        bench.wait(1.0)
        bench.show_panels(panels)
        bench.begin(configurations)
        measure(bench, headless, cells, f"panels: {panels}", arguments)
        bench.controller.close_now()
    headless.close()


def measure(
    bench: Bench,
    headless: Headless,
    cells: Sequence[str],
    name: str,
    arguments: argparse.Namespace,
) -> None:
    """Measure as many rounds as asked and print."""
    shares, own_shares, painted, window_shares = [], [], [], []
    for _ in range(arguments.rounds):
        before = headless.paces(arguments.seconds / 2)
        seen = bench.paces(arguments.seconds)
        painted.append(bench.paints.rates())
        window_shares.append(bench.own_share)
        bench.pause()
        after = headless.paces(arguments.seconds / 2)
        alone = [Pace(*np.mean(pair, axis=0)) for pair in zip(before, after, strict=True)]
        shares.append([one.rate / pace.rate for one, pace in zip(seen, alone, strict=True)])
        own_shares.append(
            [pace.step_seconds / one.step_seconds for one, pace in zip(seen, alone, strict=True)]
        )
        for cell, one, pace, share in zip(cells, seen, alone, shares[-1], strict=True):
            print(
                f"{name}: {cell} headless {pace.rate:,.0f}, window {one.rate:,.0f} steps/s, "
                f"kept {share:.1%}",
                flush=True,
            )
    for panel in sorted({panel for round_ in painted for panel in round_}):
        rate, gap = np.median([round_.get(panel, (0.0, np.inf)) for round_ in painted], axis=0)
        print(f"{name}: {panel} painted {rate:.1f} times a second, gap p95 {gap:.0f} ms")
    for place, cell in enumerate(cells):
        kept, of_own = (statistics.median(one[place] for one in s) for s in (shares, own_shares))
        print(
            f"{name}: {cell} MEDIAN kept {kept:.1%}; of the processor's time that its process has, "
            f"{of_own:.1%} goes into its steps"
        )
    print(f"{name}: the window's process has {statistics.median(window_shares):.1%} of a core")
    delays = bench.command_delays(40)
    print(
        f"{name}: a learning rate is in force and known in "
        f"{statistics.median(delays):.1f} ms (95 % within {np.percentile(delays, 95):.1f} ms)",
        flush=True,
    )


if __name__ == "__main__":
    main()
