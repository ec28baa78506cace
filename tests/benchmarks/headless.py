"""Training without a window, in as many processes at once as a window has runs."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from threadpoolctl import threadpool_limits

from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer


class Pace(NamedTuple):
    """How fast a run trains.

    Attributes
    ----------
    rate
        Steps a second.
    step_seconds
        The processor's time for each, all else that its process does included.
    """

    rate: float
    step_seconds: float


def processor_seconds(pid: int) -> float:
    """Return how long a process has had a processor: of Linux alone."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _serve(configuration: Configuration, asked: Connection) -> None:
    """Train for as many seconds as asked, again and again; answer what came of it."""
    trainer = new_trainer(configuration)
    asked.send(None)
    with threadpool_limits(1, user_api="blas"):
        while seconds := asked.recv():
            steps, start, worked = 0, time.perf_counter(), time.thread_time()
            while time.perf_counter() - start < seconds:
                trainer.step()
                steps += 1
            took = time.perf_counter() - start
            asked.send(Pace(steps / took, (time.thread_time() - worked) / steps))


class Headless:
    """A process for each configuration, which trains only while it is measured.

    Parameters
    ----------
    configurations
        What they train.
    """

    def __init__(self, configurations: Sequence[Configuration]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for configuration in configurations:
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(configuration, theirs), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()

    def paces(self, seconds: float) -> list[Pace]:
        """Have all train at the same time."""
        for pipe in self._pipes:
            pipe.send(seconds)
        return [pipe.recv() for pipe in self._pipes]

    def close(self) -> None:
        """End the processes."""
        for pipe in self._pipes:
            pipe.send(0.0)
        for process in self._processes:
            process.join()
