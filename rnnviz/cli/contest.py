"""The processes of a race: what they are told and what they tell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Self

from rnnviz.cli.race_worker import Entry, GoOn, Stop, Told, enter_race
from rnnviz.cli.rivals import Rival
from rnnviz.core.errors import RnnvizError
from rnnviz.data.files import reason
from rnnviz.runs.messages import TextAnswer, TextEvent
from rnnviz.runs.process import WorkerProcess
from rnnviz.runs.race import RaceRule, RaceTable
from rnnviz.runs.text_registry import TextRegistry

_SECONDS_TO_HEAR = 0.1
_SECONDS_TO_STOP = 5.0


@dataclass(frozen=True, slots=True)
class Died:
    """A rival's process has ended unasked, and how."""

    ending: str


class Contest:
    """One process for each rival, the table of their race, and the texts that they have read.

    Parameters
    ----------
    rivals
        Who races.
    rule
        What they have equally much of.

    Raises
    ------
    RnnvizError
        Where a process cannot be started, or nothing be shared.
    """

    def __init__(self, rivals: Sequence[Rival], rule: RaceRule) -> None:
        self._processes: dict[Rival, WorkerProcess] = {}
        self._texts = TextRegistry(between_processes=True)
        self._answers = {rival: partial(self.tell, rival) for rival in rivals}
        try:
            self.table = RaceTable(rule)
        except OSError as error:
            raise RnnvizError(f"The race needs memory to share: {reason(error)}.") from error
        for rival in rivals:
            try:
                self._processes[rival] = WorkerProcess(enter_race)
            except OSError as error:
                self.close()
                raise RnnvizError(
                    rival.saying(f"its process could not be started: {reason(error)}.")
                ) from error
            self.tell(rival, Entry(rival.options, rival.configuration, self.table.name, rival.row))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all that still run."""
        self.close()

    @property
    def racing(self) -> list[Rival]:
        """Those whose process has not ended."""
        return list(self._processes)

    def tell(self, rival: Rival, order: Entry | GoOn | Stop | TextAnswer) -> None:
        """Tell a process something; one that has died says so when it is heard."""
        with contextlib.suppress(OSError):
            self._processes[rival].requests.send(order)

    def hear(self) -> Iterator[tuple[Rival, Told | Died]]:
        """Give out what the processes tell, waiting for it a moment; who has ended is gone."""
        events = {process.events: rival for rival, process in self._processes.items()}
        for ready in wait(list(events), _SECONDS_TO_HEAR):
            assert isinstance(ready, Connection)
            rival = events[ready]
            try:
                told: Told | TextEvent = ready.recv()
            except (EOFError, OSError):
                yield rival, Died(self.end(rival))
                continue
            if isinstance(told, TextEvent):
                self._texts.hear(told, self._answers[rival])
            else:
                yield rival, told

    def end(self, rival: Rival) -> str:
        """End a process that has nothing more to do, and say how it went."""
        ending = self._processes.pop(rival).end(_SECONDS_TO_STOP)
        self.table.release(rival.row)
        self._texts.leave(self._answers[rival])
        return ending

    def close(self) -> None:
        """Have all that still run save what they train, and end."""
        for rival in self.racing:
            self.tell(rival, Stop())
        for rival in self.racing:
            self.end(rival)
        self.table.close()
