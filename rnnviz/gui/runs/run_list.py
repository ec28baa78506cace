"""The window's runs, and which of them is in front."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rnnviz.core.errors import RnnvizError
from rnnviz.gui.runs.pace import seconds_per_picture
from rnnviz.gui.runs.run import Run
from rnnviz.gui.style.sign import free_sign
from rnnviz.gui.wording.runs import branch_name, run_names
from rnnviz.runs.client import Client
from rnnviz.runs.messages import Autosave, AutosaveIn
from rnnviz.training.configuration import Configuration

if TYPE_CHECKING:
    from rnnviz.storage.autosaves.folder import AutosaveFolder

MOST_RUNS = 8
"""More curves than these nobody tells apart."""


class RunList:
    """Holds at least one run; panels of one run show the one in front.

    Parameters
    ----------
    new_client
        Makes what knows where another run's loop runs; may raise OSError.
    first
        The first run's, where it was made already.

    Attributes
    ----------
    leaves_autosaves
        Whether what no file holds is left for the next start when all end: nobody has decided.
    """

    def __init__(self, new_client: Callable[[], Client], first: Client | None = None) -> None:
        self._new_client = new_client
        self._runs = [Run(new_client() if first is None else first)]
        self._front = self._runs[0]
        self._ending: list[threading.Thread] = []
        self._autosaves: AutosaveFolder | None = None
        self._autosave_seconds = 0.0
        self.leaves_autosaves = False

    def __iter__(self) -> Iterator[Run]:
        """Go through the runs, in the order of the strip."""
        return iter(self._runs)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._runs)

    @property
    def front(self) -> Run:
        """The run that panels of one run show, and that the form is about."""
        return self._front

    @property
    def compared(self) -> list[Run]:
        """Those that panels show beside each other: the ticked ones and the one in front."""
        return [run for run in self._runs if run.is_compared or run is self._front]

    @property
    def trains(self) -> bool:
        """Whether one of them trains now."""
        return any(run.trains for run in self._runs)

    def seconds_per_picture(self) -> float:
        """Return how many seconds lie between two pictures of one of them."""
        running = sum(run.trains for run in self._runs)
        return seconds_per_picture(running, is_watching=bool(self.watched_text))

    @property
    def watched_text(self) -> str:
        """The text that all of them are watched with, as far as they know it; empty for none."""
        return next((run.watched_text for run in (self.front, *self) if run.watched_text), "")

    def watched_alike(self, configuration: Configuration) -> Configuration:
        """Return the settings of a run that is to be watched as those are that are there."""
        text = self.watched_text or configuration.watched_text
        return configuration.with_value("watched_text", text)

    @property
    def names(self) -> dict[Run, str]:
        """What each is called; before there is a network, its number.

        A branch is called after its fork, and after what was changed since.
        """
        known = [(run, run.snapshot.configuration) for run in self._runs if run.snapshot]
        forked = [branch_name(run.origins[0].step) if run.origins else "" for run, _ in known]
        names = run_names([configuration for _, configuration in known], forked)
        return {run: run.title or f"Run {run.number}" for run in self._runs} | {
            run: name if run.origins else run.title or name
            for (run, _), name in zip(known, names, strict=True)
        }

    def numbered(self, number: int) -> Run:
        """Return the run of this number.

        Raises
        ------
        StopIteration
            Where there is none.
        """
        return next(run for run in self._runs if run.number == number)

    def called(self, title: str) -> Run | None:
        """Return the run that an experiment calls so; None where there is none, or no more."""
        return next((run for run in self._runs if run.title == title), None)

    def autosave_in(self, folder: AutosaveFolder, seconds: float) -> None:
        """Keep what no file holds, of each run of now and to come; in the end nothing of it stays.

        Parameters
        ----------
        folder
            Where to.
        seconds
            How often, while a run trains.
        """
        self._autosaves, self._autosave_seconds = folder, seconds
        for run in self._runs:
            self._tell_where(run, folder)

    def autosave(self) -> None:
        """Keep at once what no file holds: the program may be about to end."""
        for run in self._runs:
            run.post(Autosave())

    def _tell_where(self, run: Run, folder: AutosaveFolder) -> None:
        run.post(AutosaveIn(folder.path, run.identity, self._autosave_seconds))

    def put_in_front(self, run: Run) -> None:
        """Have panels and form be about this run."""
        self._front = run

    def add(self) -> Run:
        """Make a place for another run, with the least number that is free.

        Raises
        ------
        RnnvizError
            Where there are as many as can be told apart.
        OSError
            Where no process can be started for it.
        """
        if len(self._runs) >= MOST_RUNS:
            raise RnnvizError(f"There are {MOST_RUNS} runs already; remove one first.")
        taken = {run.number for run in self._runs}
        number = next(n for n in range(1, MOST_RUNS + 1) if n not in taken)
        run = Run(self._new_client(), number)
        run.sign = free_sign(run.sign for run in self._runs)
        if self._autosaves is not None:
            self._tell_where(run, self._autosaves)
        self._runs.append(run)
        self._runs.sort(key=lambda run: run.number)
        return run

    def remove(self, run: Run) -> None:
        """Take a run away, and end it after the step that is under way; one has to stay."""
        if len(self._runs) == 1:
            raise ValueError("The last run stays.")
        place = self._runs.index(run)
        self._runs.remove(run)
        if run is self._front:
            self._front = self._runs[max(0, place - 1)]
        # A step of a large network takes long, and the window does not wait for it.
        self._end(run)

    def stop(self) -> None:
        """End all runs at once, each after the step that is under way, and wait for them."""
        for run in self._runs:
            self._end(run)
        for ending in self._ending:
            ending.join()
        if self._autosaves is not None:
            self._autosaves.let_go()

    def _end(self, run: Run) -> None:
        ending = threading.Thread(target=self._end_and_forget, args=(run,), name="ending run")
        self._ending.append(ending)
        ending.start()

    def _end_and_forget(self, run: Run) -> None:
        """End a run, and keep no more of it than what is still to be decided about."""
        run.thread.stop(keep=self.leaves_autosaves)
        if self._autosaves is not None and not self.leaves_autosaves and run.lost is None:
            self._autosaves.discard(run.identity)
