"""What optimisers share: how a gradient becomes an update, on flat vectors and in place."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.parameters import Array
from rnnviz.core.sparse_rows import SparseRows

# An update goes over the parameters this many at a time: what belongs to one block (weights,
# gradient, slots, scratch) then stays in the cache from its first operation to its last.
_BLOCK = 1 << 17
# What a running average has forgotten is set to zero now and then: numbers too small to be normal
# (below 1e-38 in float32) are ten and more times slower to compute with on many processors.
_FORGOTTEN = 1e-30
_STEPS_TO_FORGET = 64


Slots = Sequence[Array]
SMALLEST_SUM, DEFAULT_SUM = 1e-8, 10.0
"""Where Adagrad's sum of squares may begin at least, and where it begins unless asked for."""
SAFE_GRADIENT = 1e15
"""A smaller gradient's square cannot make a finite sum of squares infinite.

Beside the largest float32 it is less than half of the last digit, so the sum stays what it is.
"""


@dataclass(frozen=True, slots=True)
class UpdateSettings:
    """The numbers of one update.

    Attributes
    ----------
    learning_rate
        Of this step.
    momentum
        As in `Optimizer`.
    number
        Which update it is, from 1.
    """

    learning_rate: float
    momentum: float
    number: int


class Optimizer(ABC):
    """Updates a flat parameter vector.

    A new optimiser is one file here and one line in the registry
    ``rnnviz.core.optimizers.OPTIMIZERS``: what settings, files and words need to know of it, it
    declares.

    Parameters
    ----------
    parameters
        (n,), updated in place by `update`.
    momentum
        How much of its last step an optimiser that has momentum keeps, from 0 to less than 1.
    initial_sum
        Where the sum of squares of an optimiser that has one begins; at least `SMALLEST_SUM`.

    Attributes
    ----------
    slots
        What the optimiser remembers, each of the parameters' shape; saved in model files.
    steps
        How many updates it has done.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    slot_names: ClassVar[tuple[str, ...]] = ()
    largest_usual_rate: ClassVar[float] = 1.0
    """Above it a learning rate is seldom of use."""
    lowest_slots: ClassVar[Mapping[str, float]] = {}
    """What no entry of a slot is ever below, for slots of which that is true."""
    leaves_zeros: ClassVar[bool] = True
    """Whether a gradient of zero moves neither its weight nor its slots."""
    slot_symbols: ClassVar[Mapping[str, str]] = {}
    """What the equations of `by_step` call each slot."""
    keeps: ClassVar[str] = ""
    """What its slots are, in words, by their symbols."""
    uses_momentum: ClassVar[bool] = False
    """Whether it heeds the momentum that it is given."""

    def __init__(
        self, parameters: Array, momentum: float = 0.9, initial_sum: float = DEFAULT_SUM
    ) -> None:
        self.parameters = parameters
        self.momentum = momentum
        self.steps = 0
        self.slots: dict[str, Array] = {
            name: np.full_like(parameters, initial_sum if name == "sum" else 0.0)
            for name in self.slot_names
        }
        self._scratch: Array = np.empty_like(parameters[:_BLOCK])
        self._may_overflow = True

    def __getstate__(self) -> dict[str, object]:
        """Have copies and pickles go without what is only room to work in."""
        return {name: value for name, value in vars(self).items() if name != "_scratch"}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Be what was copied, with room of its own."""
        vars(self).update(state)
        self._scratch = np.empty_like(self.parameters[:_BLOCK])

    def update(
        self,
        gradients: Array,
        learning_rate: float,
        sparse_rows: SparseRows | None = None,
        largest: float = math.inf,
        before: Mapping[str, Array] | None = None,
    ) -> None:
        """Take one step.

        Parameters
        ----------
        gradients
            (n,), all finite; or what `sparse_rows` packed of them.
        learning_rate
            Factor on the step.
        sparse_rows
            Where it is given, `gradients` are those of the rows of `U1` that a window read and of
            all that follows `U1`. Allowed where `leaves_zeros` is true: the step is the same then.
        largest
            What no gradient is larger than, such as their norm: below `SAFE_GRADIENT` it saves
            looking for overflow.
        before
            What the slots were, where `slots` are room for what they become: who keeps the old
            ones then need not copy them (2 us of a vanilla lecture step). None where `slots` hold
            it themselves.
        """
        self.steps += 1
        self._may_overflow = largest >= SAFE_GRADIENT
        if not self._may_overflow:
            self._update(gradients, learning_rate, sparse_rows, before)
            return
        with np.errstate(over="ignore", under="ignore"):
            self._update(gradients, learning_rate, sparse_rows, before)

    def _update(
        self,
        gradients: Array,
        learning_rate: float,
        sparse_rows: SparseRows | None,
        before: Mapping[str, Array] | None,
    ) -> None:
        behind = 0
        if sparse_rows is not None:
            behind = self._update_rows(sparse_rows, gradients, learning_rate)
            gradients = gradients[sparse_rows.ids.size * sparse_rows.shape[1] :]
        forgets = not self.leaves_zeros and self.steps % _STEPS_TO_FORGET == 0
        for start in range(0, gradients.size, _BLOCK):
            block = slice(behind + start, behind + start + _BLOCK)
            weights = self.parameters[block]
            slots = [slot[block] for slot in self.slots.values()]
            old = slots if before is None else [slot[block] for slot in before.values()]
            if forgets:
                old = [np.where(np.abs(slot) < _FORGOTTEN, 0, slot) for slot in old]
            step = self._scratch[: weights.size]
            some = gradients[start : start + _BLOCK]
            self._write_step(step, some, learning_rate, old, slots)
            np.subtract(weights, step, out=weights)

    def _update_rows(self, sparse_rows: SparseRows, gradients: Array, learning_rate: float) -> int:
        """Update the rows of `U1` that were read; return how many numbers `U1` has."""
        count, size = sparse_rows.ids.size * sparse_rows.shape[1], math.prod(sparse_rows.shape)

        def matrix(flat: Array) -> Array:
            return flat[:size].reshape(sparse_rows.shape)

        slots = {name: matrix(slot)[sparse_rows.ids] for name, slot in self.slots.items()}
        step = np.empty(count, gradients.dtype)
        flat_slots = [slot.reshape(-1) for slot in slots.values()]
        self._write_step(step, gradients[:count], learning_rate, flat_slots, flat_slots)
        matrix(self.parameters)[sparse_rows.ids] -= step.reshape(-1, sparse_rows.shape[1])
        for name, slot in slots.items():
            matrix(self.slots[name])[sparse_rows.ids] = slot
        return size

    @abstractmethod
    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        """Write into `step` what is to be subtracted from a block of weights; renew its slots.

        They are what was `before`; both may be the same arrays.
        """

    @classmethod
    def by_step(
        cls,
        letter: str,
        weights: Array,
        g: Line,
        before: Mapping[str, Array],
        settings: UpdateSettings,
    ) -> Lines:
        """Update one parameter as the textbook writes it: pure, and every value by name.

        `update` does the same, fast, and is held against it.

        Parameters
        ----------
        letter, weights
            The parameter: what it is called, and what it is.
        g
            Its gradient as it is after clipping.
        before
            The slots, by their names.
        settings
            Of this update.

        Returns
        -------
        Lines
            ``g``; the slots before it, ``velocity_before`` and so on; the numbers that the
            equations name; the slots after it by their names; ``update``, which is subtracted; and
            ``new``, the new weights.
        """
        lines = Lines()
        lines.add(g)
        for name in cls.slot_names:
            lines.write(f"{name}_before", cls.slot_symbols[name], before[name])
        cls._write(lines, settings)
        lines.write("new", f"{letter}_new = {letter} - delta", weights - lines["update"])
        return lines

    @classmethod
    @abstractmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        """Add the slots after the update and ``update`` to what `by_step` begins with."""


def numbers(lines: Lines, **numbers: float) -> list[Array]:
    """Write numbers that equations name, and return them."""
    return [
        lines.write(symbol, symbol, np.array(float(number))) for symbol, number in numbers.items()
    ]
