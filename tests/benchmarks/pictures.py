"""What a picture of the whole window costs, and a glance: milliseconds of the window's thread.

    python tests/benchmarks/pictures.py [--pictures 30] [--size 1280x800] [--panels first]
        [--watched] [--rivals]

Needs a display (an Xvfb will do). What runs would send is recorded before, so that nothing trains
meanwhile, and only the processor's time counts: the figures mean something on a busy machine too.
Drawing is what the program does, painting what Qt does after it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import deque

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from window import CELLS, WATCHED, Bench

from rnnviz.gui.runs.run import Run
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Glance, Snapshot

_STEPS_BEFORE, _STEPS_APART, _GLANCES = 500, 60, 5
_WARM_UP = 5
_QUICK = frozenset({HIDDEN_STATE, GRADIENT_FLOW})


class Recorded:
    """A client that hands out what was recorded, one after the other."""

    def __init__(self) -> None:
        self.snapshots: deque[Snapshot] = deque()
        self.glances: deque[Glance] = deque()

    def take_snapshot(self) -> Snapshot | None:
        return self.snapshots.popleft() if self.snapshots else None

    def take_glance(self) -> Glance | None:
        return self.glances.popleft() if self.glances else None

    def post(self, request: object) -> None: ...
    def want_snapshot(self) -> None: ...
    def want_glance(self, diagnostics: object) -> None: ...
    def stop(self) -> None: ...


def record(
    configuration: Configuration, watched: frozenset[Diagnostic], count: int
) -> list[tuple[Snapshot, list[Glance]]]:
    """Train, and return snapshots, each with the glances that follow it."""
    session = Session()
    session.apply(NewRun(configuration))
    session._onlooker.watched = watched
    trainer = session.trainer
    assert trainer is not None
    observer = trainer._observer
    for throttle in (observer._throttle, observer._throttle_of_glances):
        throttle.is_due = lambda _idle=0.0: True  # type: ignore[method-assign]
    session.apply(Train())
    for _ in range(_STEPS_BEFORE):
        session.advance(look=False)
    recorded = []
    for _ in range(count):
        for _ in range(_STEPS_APART):
            session.advance(look=False)
        snapshot, glances = session.advance(look=True), []
        assert snapshot is not None
        for _ in range(_GLANCES):
            session.advance(look=False)
            window = trainer.glance(_QUICK)
            glances += [] if window is None else [Glance(session.run_id, window)]
        recorded.append((snapshot, glances))
    return recorded


def take_over(run: Run) -> Recorded:
    """Have a run show what is recorded, and train no more."""
    run.thread.stop()
    client = run.thread.client = Recorded()  # type: ignore[assignment]
    return client  # type: ignore[return-value]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=30)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--panels", default="first", help="none, first or all")
    parser.add_argument("--watched", action="store_true", help="let a text hold still")
    parser.add_argument("--rivals", action="store_true", help="show three cells side by side")
    arguments = parser.parse_args()
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    application = QApplication([])
    width, height = (int(part) for part in arguments.size.split("x"))
    bench = Bench(application, (width, height), in_process=True)
    bench.wait(1.0)
    bench.show_panels(arguments.panels)
    text = WATCHED if arguments.watched else ""
    cells = CELLS if arguments.rivals else CELLS[:1]
    configurations = [Configuration(cell=cell, watched_text=text) for cell in cells]
    bench.begin(configurations)
    bench.controller._timer.stop()
    runs = list(bench.controller.runs)
    recordings = [
        record(configuration, run._watched or frozenset(), arguments.pictures + _WARM_UP)
        for run, configuration in zip(runs, configurations, strict=True)
    ]
    clients = [take_over(run) for run in runs]
    pictures, glances = [], []
    for number, moment in enumerate(zip(*recordings, strict=True)):
        for client, (snapshot, _) in zip(clients, moment, strict=True):
            client.snapshots.append(snapshot)
        costs = cost(bench)
        if number >= _WARM_UP:
            pictures.append(costs)
        bench.wait(0.1)
        for place in range(_GLANCES if arguments.watched else 0):
            which = place % len(runs)
            clients[which].glances.append(moment[which][1][place])
            costs = cost(bench)
            if number >= _WARM_UP:
                glances.append(costs)
    for name, measured in (("picture", pictures), ("glance", glances)):
        if measured:
            drawing, painting = (statistics.median(part) for part in zip(*measured, strict=True))
            print(f"a {name}: {drawing:.1f} ms to draw, {painting:.1f} ms to paint")
    bench.controller.close_now()


def cost(bench: Bench) -> tuple[float, float]:
    """Show what has come; return the milliseconds that drawing and painting take."""
    start = time.thread_time()
    # One of two frames is for glances alone.
    bench.controller.show_frame()
    bench.controller.show_frame()
    drawn = time.thread_time()
    bench.wait(0.015)
    return 1000 * (drawn - start), 1000 * (time.thread_time() - drawn)


if __name__ == "__main__":
    main()
