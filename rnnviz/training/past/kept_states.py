"""Earlier states of a run, kept whole, from which every other one can be had again."""

from __future__ import annotations

import bisect
import copy
import math
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.errors import RnnvizError
from rnnviz.data.files import reason
from rnnviz.training.configuration import Configuration
from rnnviz.training.past.pieces import Pieces
from rnnviz.training.past.replay import can_begin_with
from rnnviz.training.past.spare_file import SpareFile
from rnnviz.training.record.gradient_history import RecentGradients
from rnnviz.training.state.checkpoint import BestWeights, Checkpoint, Sample
from rnnviz.training.state.journal import Journal, StepFailed
from rnnviz.training.state.training_state import TrainingState

_SHARE = 0.0025
"""What keeping a state takes is so much of what the steps take till the next.

About as much again it costs them: what they work with has left the processor's cache.
"""
FILE_TO_MEMORY = 32
"""A file may take so many times what memory may: an hour of an LSTM's steps needs that."""
_EVENLY = 7
"""Of eight states, so many are spread over all steps, and the rest over their logarithms."""
_COSTS = 16
"""Of so many the mean counts: one that a busy disk made dear must leave no hole in the past."""
_CANDIDATES = 8
"""Of so many times as many states as are wanted, those that are missed the least are left out."""
_FIRST_STEPS = 16
_EARLY = 100.0
"""In steps: below it, the beginning is not looked at any more closely."""


class _Best:
    """The best weights so far, which states have in common until there are better ones."""

    __slots__ = ("_known", "_pieces", "_source", "length")

    def __init__(self, best: BestWeights) -> None:
        self._known: BestWeights | None = best
        self._source = weakref.ref(best)
        self._pieces: Pieces | None = None
        self.length = sum(array.nbytes for array in best.parameters.values())

    def is_of(self, best: BestWeights) -> bool:
        return self._source() is best

    @property
    def num_bytes(self) -> int:
        """What they take of the memory."""
        return self.length if self._pieces is None else self._pieces.num_bytes_beside()

    def made_again(self) -> BestWeights:
        if self._known is not None:
            return self._known
        assert self._pieces is not None
        best = self._pieces.made_again()
        assert isinstance(best, BestWeights)
        return best

    def put_into(self, file: SpareFile) -> tuple[int, bool]:
        if self._known is None:
            return 0, True
        before, pieces = self.num_bytes, Pieces.of(self._known, None)
        is_whole = pieces.put_into(file)[1]
        if is_whole:
            self._known, self._pieces = None, pieces
        return before - self.num_bytes, is_whole


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A state; what is never written to, and is mostly the same, it has in common with others."""

    step: int
    pieces: Pieces
    knows_no_other: bool
    configuration: Configuration
    tokens: tuple[str, ...]
    journal: Journal
    best: _Best | None
    samples: tuple[Sample, ...]

    @classmethod
    def of(cls, state: TrainingState, before: _Kept | None) -> _Kept:
        bare = copy.copy(state)
        bare.best, bare.samples, bare.tokens = None, (), ()
        bare.score, bare.series = None, {}
        del bare.recent_gradients, bare.configuration, bare.journal
        knows_no_other = state.last_finite.knows_no_other
        # One that nothing leads to has to know itself what a step that fails goes back to.
        is_led_to = before is not None and before.is_told_of_in(state.journal)
        if knows_no_other or is_led_to:
            del bare.last_finite
        best = None if before is None else before.best
        if state.best is None:
            best = None
        elif best is None or not best.is_of(state.best):
            best = _Best(state.best)
        return cls(
            step=state.step,
            pieces=Pieces.of(bare, None if before is None else before.pieces),
            knows_no_other=knows_no_other,
            configuration=state.configuration,
            tokens=state.tokens,
            journal=state.journal.copy(),
            best=best,
            samples=state.samples,
        )

    def made_again(self) -> TrainingState:
        try:
            state = self.pieces.made_again()
            best = None if self.best is None else self.best.made_again()
        except OSError as error:
            raise RnnvizError(
                f"Step {self.step:,} was put on the disk, and cannot be read again: "
                f"{reason(error)}."
            ) from error
        assert isinstance(state, TrainingState)
        state.configuration, state.tokens = self.configuration, self.tokens
        state.journal = self.journal.copy()
        state.best, state.samples = best, self.samples
        state.recent_gradients = RecentGradients(state.gradient_history)
        if "last_finite" not in vars(state):
            state.forget_last_finite()
            state.last_finite.is_lost = not self.knows_no_other
        return state

    def is_told_of_in(self, journal: Journal) -> bool:
        """Tell whether a journal, later, knows what followed: not where it was begun anew since."""
        return self.journal.first_step == journal.first_step <= self.step

    def num_bytes_beside(self, one: _Kept | None = None, other: _Kept | None = None) -> int:
        """Return what goes when it goes, and these stay: its neighbours in time."""
        bests = [near.best for near in (one, other) if near is not None]
        best = 0 if self.best is None or self.best in bests else self.best.num_bytes
        return best + self.pieces.num_bytes_beside(
            None if one is None else one.pieces, None if other is None else other.pieces
        )

    @property
    def length(self) -> int:
        """Bytes of all of it, where nothing is shared."""
        return self.pieces.length + (0 if self.best is None else self.best.length)

    def put_into(self, file: SpareFile) -> tuple[int, bool]:
        """Lie in a file from now on; return what that freed of the memory, and whether all does."""
        freed, is_whole = self.pieces.put_into(file)
        if self.best is None or not is_whole:
            return freed, is_whole
        more, is_whole = self.best.put_into(file)
        return freed + more, is_whole


class KeptStates:
    """Keeps states of one run as it goes on, within a budget of memory.

    One is kept whenever that takes little of the time since the last one. Where memory has no more
    room, the oldest there goes into a file, and where that is full, too, one goes without which the
    least is missed: those that stay are spread evenly, most over all steps, and some over their
    logarithms, for a network learns most in its first steps.

    Of its histories only what has changed since the state before takes memory. What a step that
    fails goes back to, the last finite weights and slots, is as large as the weights and slots
    themselves, and is left out: one step done again knows it. So who wants all of the very step
    that was kept, or goes on from where a step failed, begins at an earlier state. The first one
    has it, for none is before it.

    Parameters
    ----------
    state
        The run as it is now: the first that is kept.
    clock
        Seconds that this thread was busy: what keeping costs is a share of what training does.

    Attributes
    ----------
    num_bytes
        What they take of the memory.
    needed
        Bytes that one more would have taken, where not even one had room; else 0.
    """

    def __init__(
        self,
        state: TrainingState,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock = clock
        self._kept: list[_Kept] = []
        self._file, self._num_in_file = SpareFile(), 0
        self._costs: deque[float] = deque(maxlen=_COSTS)
        self._due_step = 0
        self._ended_at, self._ended_step = 0.0, 0
        self.num_bytes = 0
        self.needed = 0
        self.steps: NDArray[np.int64] = np.empty(0, np.int64)
        """After how many steps each was kept, ascending; read only."""
        self._keep(state)

    @property
    def num_bytes_of_last(self) -> int:
        """What the last one takes where it has nothing in common with others, as in a file."""
        return self._kept[-1].length if self._kept else 0

    @property
    def num_bytes_in_file(self) -> int:
        """What they take of the disk."""
        return self._file.num_bytes

    def after_step(self, state: TrainingState) -> None:
        """Keep the run as it is now, if that is due."""
        if state.step >= self._due_step:
            self._keep(state)

    def nearest(self, step: int) -> TrainingState | None:
        """Return a copy of the last state that was kept at this step or before it; None if none.

        It is as the run was right after its step, before anything else was done to it. Its last
        finite weights may be lost; see `LastFinite.is_lost`.
        """
        index = bisect.bisect_right(self.steps.tolist(), step) - 1
        return None if index < 0 else self._kept[index].made_again()

    def nearest_to_go_on(self, step: int, journal: Journal) -> TrainingState | None:
        """Return the last one from which the journal leads to all of this step; None if none.

        It is at this step or before it, where it knows what a step that fails goes back to, or
        where nobody asks: a step of more that succeeds knows it again.
        """
        for kept in reversed(self._kept[: bisect.bisect_right(self.steps.tolist(), step)]):
            if not kept.is_told_of_in(journal):
                break
            state = kept.made_again()
            if can_begin_with(state, journal, step):
                return state
        return None

    def checkpoints(self, most: int, journal: Journal) -> tuple[Checkpoint, ...]:
        """Return some of them, spread as they are, for a file that knows no more of a run.

        The beginning is left out, which follows from the settings, and those from which a step
        failed: a file does not tell what such a run goes back to.
        """
        failed = {entry.step for entry in journal.entries if isinstance(entry, StepFailed)}
        steps = [step for step in self.steps.tolist() if step and step not in failed]
        chosen = _spread(np.array(steps, np.float64), most)
        states = [self.nearest(steps[index]) for index in chosen]
        return tuple(state.checkpoint() for state in states if state is not None)

    def take(self, state: TrainingState) -> None:
        """Keep a state that comes from elsewhere, such as a file; the steps have to ascend."""
        self._keep(state)

    def _keep(self, state: TrainingState) -> None:
        began = self._clock()
        if self._kept and self._kept[-1].step >= state.step:
            return
        last = self._kept[-1] if self._kept else None
        kept = _Kept.of(state, last)
        self._kept.append(kept)
        self._set_steps(np.append(self.steps, kept.step))
        self.num_bytes += kept.num_bytes_beside(last)
        self.fit(state.configuration.past_memory)
        now, done = self._clock(), state.step - self._ended_step
        of_a_step = (began - self._ended_at) / done if done > 0 else 0.0
        # Counted in steps: to look at a clock after each would cost as much again.
        self._costs.append(now - began)
        self._due_step = state.step + _steps_to_go(sum(self._costs) / len(self._costs), of_a_step)
        self._ended_at, self._ended_step = now, state.step

    def fit(self, megabytes: int) -> None:
        """Let go as many as do not fit into the budget."""
        last = self._kept[-1] if self._kept else None
        self._thin(megabytes * 1_000_000)
        if self._kept:
            self.needed = 0
        elif last is not None:
            self.needed = last.length

    def fit_loosely(self, megabytes: int) -> None:
        """Let go as many as do not fit into the budget, but for one."""
        self._thin(megabytes * 1_000_000, spared=1)

    def _thin(self, budget: int, spared: int = 0) -> None:
        """Have no more in memory than there is room for, nor in the file."""
        room = FILE_TO_MEMORY * budget
        while len(self._kept) > spared and (self.num_bytes > budget or self._file.num_bytes > room):
            if self._file.num_bytes >= room or not self._put_one_into_file():
                self._let_go(_least_missed(self.steps.astype(np.float64)))

    def _put_one_into_file(self) -> bool:
        """Put the oldest that is in memory into the file, but for the last; tell whether it is."""
        if self._num_in_file + 1 >= len(self._kept):
            return False
        freed, is_whole = self._kept[self._num_in_file].put_into(self._file)
        self.num_bytes -= freed
        self._num_in_file += is_whole
        return is_whole

    def _let_go(self, index: int) -> None:
        gone = self._kept.pop(index)
        self._num_in_file -= index < self._num_in_file
        self._set_steps(np.delete(self.steps, index))
        before = self._kept[index - 1] if index else None
        after = self._kept[index] if index < len(self._kept) else None
        # What both neighbours lack, no other one has: each was made out of the one before.
        self.num_bytes -= gone.num_bytes_beside(before, after)

    def _set_steps(self, steps: NDArray[np.int64]) -> None:
        self.steps = steps
        self.steps.setflags(write=False)


def _steps_to_go(cost: float, of_a_step: float) -> int:
    """Return how many steps are due before another state is, from what either takes, in seconds."""
    if not of_a_step:
        return _FIRST_STEPS  # none was done yet
    return max(1, math.ceil(cost / _SHARE / of_a_step))


def _least_missed(steps: NDArray[np.float64], evenly: float = _EVENLY) -> int:
    """Return which of these steps is missed the least: first and last stay as long as any do."""
    at = _places(steps, evenly)
    between = at[2:] - at[:-2]
    return int(between.argmin()) + 1 if between.size else len(steps) - 1


def _spread(steps: NDArray[np.float64], most: int) -> list[int]:
    """Return the indices of at most so many steps, half of them spread over the logarithms."""
    left = list(range(len(steps)))
    if len(left) > _CANDIDATES * most:
        # To let thousands go one by one takes most of a second.
        at = _places(steps, 1)
        wanted = np.linspace(at[0], at[-1], _CANDIDATES * most)
        left = [int(index) for index in np.unique(np.searchsorted(at, wanted))]
    while len(left) > most:
        del left[_least_missed(steps[left], 1)]
    return left


def _places(steps: NDArray[np.float64], evenly: float) -> NDArray[np.float64]:
    """Return where steps lie that are spread over all, and over their logarithms besides."""
    done = steps - steps[0]
    late, early = done / max(1.0, done[-1]), np.log1p(done / _EARLY)
    places: NDArray[np.float64] = evenly * late + early / max(1e-9, early[-1])
    return places
