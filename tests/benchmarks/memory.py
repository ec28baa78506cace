"""Resident memory of a window that trains, and of its workers. Run by hand.

    python tests/benchmarks/memory.py [--minutes 15] [--rivals] [--speed STEPS_A_SECOND]

Needs a display (an Xvfb will do). One network trains, or three rivals (vanilla, LSTM and GRU).
Prints every half minute the resident memory of the window's process and of each run's own, and at
the end their growth since a third of the time.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from desktop import open_window, wait

from rnnviz.gui.runs.run import Run
from rnnviz.runs.client import WorkerClient
from rnnviz.training.commands import NewRun, SetSpeed, Train
from rnnviz.training.configuration import Configuration

CELLS = ("vanilla", "lstm", "gru")
HALF_A_MINUTE = 30.0


def resident_megabytes(pid: int) -> float:
    """Return a process's resident memory: of Linux alone."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def process_of(run: Run) -> int:
    """Return the process that trains a run."""
    client = run.thread.client
    assert isinstance(client, WorkerClient)
    assert client.pid is not None
    return client.pid


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--rivals", action="store_true", help="train three cells side by side")
    parser.add_argument("--speed", type=float, help="steps a second; else as fast as it goes")
    arguments = parser.parse_args()
    controller = open_window("1280x800")
    wait(2.0)
    controller.runs.front.post(NewRun(Configuration()))
    for cell in CELLS[1:] if arguments.rivals else ():
        controller.rivals.begin(Configuration(cell=cell))
        wait(2.0)
    for run in controller.runs:
        run.post(SetSpeed(arguments.speed))
        run.post(Train())
    pids = [os.getpid(), *(process_of(run) for run in controller.runs)]
    halves = round(2 * arguments.minutes)
    seen: list[list[float]] = []
    for half in range(1, halves + 1):
        wait(HALF_A_MINUTE)
        seen.append([resident_megabytes(pid) for pid in pids])
        steps = " / ".join(f"{run.snapshot.step:,}" for run in controller.runs if run.snapshot)
        sizes = " / ".join(f"{size:.1f}" for size in seen[-1])
        print(f"{half / 2:4.1f} min  step {steps}  {sizes} MB", flush=True)
    growth = (last / third - 1 for last, third in zip(seen[-1], seen[halves // 3], strict=True))
    print("growth since a third of the time:", " / ".join(f"{part:+.1%}" for part in growth))
    # Without the question whether to save, which nobody is here to answer.
    controller.close_now()


if __name__ == "__main__":
    main()
