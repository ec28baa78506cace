"""Runs that race: each sees in shared memory how far the others are, and waits for them.

Only when a step is done depends on it, never what the step does: a run in a race has the losses
that it has alone, bit for bit.
"""

from __future__ import annotations

import contextlib
import math
from enum import Enum
from typing import TYPE_CHECKING

from rnnviz.runs.shared_memory import attached, give_back, new_memory

if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory

    from rnnviz.training.trainer import Trainer

MOST_RACERS = 8

# The first row has the rule's number. Every other one is a racer's: whether it trains, then by each
# rule how far it is, and by each rule how far its next step takes it. A row is a cache line, so
# that nobody's writing slows another's.
_ROW, _DONE, _STEP, _STEP_SECONDS = 8, 1, 4, 6
_CELLS = (1 + MOST_RACERS) * _ROW
_FIRST_CELLS = range(_ROW, _CELLS, _ROW)
_BYTES_A_CELL = 8
# Who waits looks again in a part of the longest step's time.
_PART_OF_A_STEP = 0.25
_SHORTEST_WAIT, _LONGEST_WAIT = 1e-4, 1e-2


class RaceRule(Enum):
    """What those that race have equally much of."""

    STEPS = "steps"
    """Nobody is more than four steps ahead of the last one."""
    TOKENS = "tokens"
    """Nobody is more than the largest window ahead: who has a larger one does fewer steps."""
    TIME = "time"
    """Nobody's steps took more than 0.1 s of a processor, or the longest step's time, more."""

    @property
    def words(self) -> str:
        """What the rule is called."""
        return f"equal {self.value}"


_RULES = tuple(RaceRule)
# By each rule, how far one may be ahead of the last one: so much, or the largest of their steps.
_ALLOWANCES = (4.0, 0.0, 0.1)


class RaceTable:
    """The shared memory of a race with up to `MOST_RACERS` rows, which lasts as long as its owner.

    To be closed when those that race have ended: who joins later races with nobody.

    Parameters
    ----------
    rule
        What the runs have equally much of.

    Attributes
    ----------
    name
        What others find it by.

    Raises
    ------
    OSError
        Where there is no memory to be shared.
    """

    def __init__(self, rule: RaceRule) -> None:
        self._memory = new_memory(_CELLS * _BYTES_A_CELL)
        self._cells = _cells_of(self._memory)
        self._is_open = True
        self.name = self._memory.name
        self.rule = rule

    @property
    def rule(self) -> RaceRule:
        """What the runs have equally much of; another one holds at once, for all of them."""
        return _RULES[int(self._cells[0])]

    @rule.setter
    def rule(self, rule: RaceRule) -> None:
        self._cells[0] = _RULES.index(rule)

    def progress(self, row: int, rule: RaceRule) -> float:
        """Return how far a racer is: in steps, tokens, or seconds of a processor."""
        return self._cells[_FIRST_CELLS[row] + _DONE + _RULES.index(rule)]

    def expect(self, row: int) -> None:
        """Have all wait for one that is about to begin, until it says how it stands."""
        self._cells[_FIRST_CELLS[row]] = 1.0

    def release(self, row: int) -> None:
        """Have nobody wait for this one any more, unless it trains."""
        self._cells[_FIRST_CELLS[row]] = 0.0

    def close(self) -> None:
        """Give the memory back, for all; a second time it does nothing."""
        if self._is_open:
            self._is_open = False
            self._cells.release()
            give_back(self._memory)


class Racer:
    """One run's row of a race's table.

    Parameters
    ----------
    table
        Its name.
    row
        From 0 on, this run's alone.

    Raises
    ------
    FileNotFoundError
        Where there is no such table any more.
    """

    def __init__(self, table: str, row: int) -> None:
        self._memory = attached(table)
        self._cells = _cells_of(self._memory)
        self._first = _FIRST_CELLS[row]
        self._trains = False

    @property
    def rule(self) -> RaceRule:
        """What the runs have equally much of."""
        return _RULES[int(self._cells[0])]

    def seconds_to_wait(self, trainer: Trainer, step_seconds: float) -> float:
        """Say how far the run is, and ask whether its next step may begin.

        Parameters
        ----------
        trainer
            Of the run.
        step_seconds
            What a step of it takes of a processor.

        Returns
        -------
        float
            0 if it may; else seconds after which to ask again.
        """
        self._write(trainer, step_seconds)
        # Asked before each step: number by number it takes half the time of slices and their least.
        cells, number = self._cells, int(self._cells[0])
        done, step = _DONE + number, _STEP + number
        least, largest, longest = math.inf, _ALLOWANCES[number], 0.0
        for first in _FIRST_CELLS:
            if cells[first]:
                if cells[first + done] < least:
                    least = cells[first + done]
                if cells[first + step] > largest:
                    largest = cells[first + step]
                if cells[first + _STEP_SECONDS] > longest:
                    longest = cells[first + _STEP_SECONDS]
        if cells[self._first + done] + cells[self._first + step] <= least + largest:
            return 0.0
        return min(max(longest * _PART_OF_A_STEP, _SHORTEST_WAIT), _LONGEST_WAIT)

    def _write(self, trainer: Trainer, step_seconds: float) -> None:
        cells, first, state = self._cells, self._first, trainer.state
        length, streams = trainer.reader.shown_shape
        cells[first + _DONE] = state.step
        cells[first + _DONE + 1] = state.tokens_seen
        cells[first + _DONE + 2] = trainer.processor_seconds
        cells[first + _STEP] = 1.0
        cells[first + _STEP + 1] = length * streams
        cells[first + _STEP_SECONDS] = step_seconds
        # Last: who sees that it trains sees how far it is.
        cells[first] = 1.0
        self._trains = True

    def rest(self) -> None:
        """Hold nobody back while the run does not train."""
        if self._trains:
            self._trains = False
            self._cells[self._first] = 0.0

    def leave(self) -> None:
        """Race no more."""
        self._cells[self._first] = 0.0
        self.stay_behind()

    def stay_behind(self) -> None:
        """Race no more, but have the others wait until the table's owner releases this row."""
        self._cells.release()
        self._memory.close()


def release_dead(table: str, row: int) -> None:
    """Have nobody wait for one whose process has ended, if there is still a race."""
    with contextlib.suppress(FileNotFoundError):
        Racer(table, row).leave()


def _cells_of(memory: SharedMemory) -> memoryview[float]:
    """Return the table's numbers; some systems share more than was asked for."""
    assert memory.buf is not None  # until it is closed
    return memory.buf[: _CELLS * _BYTES_A_CELL].cast("d")
