"""Optimisers: how a gradient becomes an update, on flat vectors and in place."""

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
_TINY = 1e-8
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


class SGD(Optimizer):
    """Stochastic gradient descent: ``p <- p - lr * g``."""

    name = "sgd"
    title = "SGD"

    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        np.multiply(gradients, learning_rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        (eta,) = _numbers(lines, eta=settings.learning_rate)
        lines.write("update", "delta = eta * g", eta * lines["g"])


class Momentum(Optimizer):
    """SGD with momentum (Polyak 1964): ``v <- m * v + g``, ``p <- p - lr * v``."""

    name = "momentum"
    title = "SGD with momentum"
    largest_usual_rate = 0.2
    slot_names = ("velocity",)
    slot_symbols: ClassVar[Mapping[str, str]] = {"velocity": "v"}
    keeps = "v is the sum of all g so far, older ones counting less"
    leaves_zeros = False

    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        (old,), (velocity,) = before, slots
        np.multiply(old, self.momentum, out=velocity)
        np.add(velocity, gradients, out=velocity)
        np.multiply(velocity, learning_rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        eta, mu = _numbers(lines, eta=settings.learning_rate, mu=settings.momentum)
        v = mu * lines["velocity_before"] + lines["g"]
        lines.write("velocity", "v_new = mu * v + g", v)
        lines.write("update", "delta = eta * v_new", eta * v)


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan & Singer 2011): ``s <- s + g^2``, ``p <- p - lr * g / sqrt(s)``.

    The sum of squares begins at `initial_sum`, which is 10 unless asked for: the first steps are
    as long as their gradients say, where a sum of about zero, as it is often written, moves every
    weight by the whole learning rate at once and saturates the units (measured on tales, hidden
    100, lr 0.1, norm clip 100, 3,000 steps, three seeds: 1.13 to 1.15 nats a character on held-out
    text, against 1.7 to 2.0 and more with sums of 1e-8 to 0.1).
    """

    name = "adagrad"
    title = "Adagrad"
    largest_usual_rate = 0.5
    slot_names = ("sum",)
    slot_symbols: ClassVar[Mapping[str, str]] = {"sum": "s"}
    keeps = "s is the sum of all g² so far"
    lowest_slots: ClassVar[Mapping[str, float]] = {"sum": 0.99 * SMALLEST_SUM}

    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        (old,), (total,) = before, slots
        np.multiply(gradients, gradients, out=step)
        np.add(old, step, out=total)
        overflowed = self._may_overflow and total.max() == np.inf
        if overflowed:
            # A finite gradient's square is not always finite, and an infinite sum cannot be saved.
            np.minimum(total, np.finfo(total.dtype).max, out=total)
        np.sqrt(total, out=step)
        np.divide(gradients, step, out=step)
        if overflowed:
            np.clip(step, -1.0, 1.0, out=step)  # |g| / sqrt(s) is at most 1
        np.multiply(step, learning_rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        (eta,) = _numbers(lines, eta=settings.learning_rate)
        g, s = lines["g"], lines["sum_before"]
        s = lines.write("sum", "s_new = s + g^2", s + g * g)
        lines.write("update", "delta = eta * g / sqrt(s_new)", eta * g / np.sqrt(s))


class RMSProp(Optimizer):
    """RMSProp (Tieleman & Hinton 2012): ``s <- a s + (1 - a) g^2``, ``p <- p - lr g / sqrt(s)``.

    With a = 0.95, as in Karpathy's char-rnn. The root has 1e-8 added, for weights that no gradient
    has reached yet.
    """

    name = "rmsprop"
    title = "RMSProp"
    largest_usual_rate = 0.02
    slot_names = ("mean_square",)
    slot_symbols: ClassVar[Mapping[str, str]] = {"mean_square": "s"}
    keeps = "s is a running mean of g²"
    lowest_slots: ClassVar[Mapping[str, float]] = {"mean_square": 0.0}
    leaves_zeros = False
    decay: ClassVar[float] = 0.95

    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        (old,), (mean_square,) = before, slots
        _average(old, gradients, self.decay, step, mean_square, squared=True)
        np.sqrt(mean_square, out=step)
        np.add(step, _TINY, out=step)
        np.divide(gradients, step, out=step)
        np.multiply(step, learning_rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        eta, beta, epsilon = _numbers(
            lines, eta=settings.learning_rate, beta=cls.decay, epsilon=_TINY
        )
        g, s = lines["g"], lines["mean_square_before"]
        s = beta * s + (1 - beta) * g * g
        lines.write("mean_square", "s_new = beta * s + (1 - beta) * g^2", s)
        u = eta * g / (np.sqrt(s) + epsilon)
        lines.write("update", "delta = eta * g / (sqrt(s_new) + epsilon)", u)


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015): RMSProp's scale on a running mean of the gradients.

    ::

        m <- b1 * m + (1 - b1) * g        s <- b2 * s + (1 - b2) * g^2
        p <- p - lr * (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + 1e-8)

    With b1 = 0.9 and b2 = 0.999; t counts the updates, and the divisors undo that m and s begin
    at zero.
    """

    name = "adam"
    title = "Adam"
    largest_usual_rate = 0.02
    slot_names = ("mean", "mean_square")
    slot_symbols: ClassVar[Mapping[str, str]] = {"mean": "m", "mean_square": "s"}
    keeps = "m is a running mean of g, and s one of g²"
    lowest_slots: ClassVar[Mapping[str, float]] = {"mean_square": 0.0}
    leaves_zeros = False
    decays: ClassVar[tuple[float, float]] = (0.9, 0.999)

    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        (old_mean, old_square), (mean, mean_square) = before, slots
        of_mean, of_square = self.decays
        _average(old_mean, gradients, of_mean, step, mean, squared=False)
        _average(old_square, gradients, of_square, step, mean_square, squared=True)
        rate = learning_rate / (1 - of_mean**self.steps)
        np.sqrt(mean_square, out=step)
        np.multiply(step, (1 - of_square**self.steps) ** -0.5, out=step)
        np.add(step, _TINY, out=step)
        np.divide(mean, step, out=step)
        np.multiply(step, rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        eta, n = _numbers(lines, eta=settings.learning_rate, n=settings.number)
        beta_1, beta_2 = _numbers(lines, beta_1=cls.decays[0], beta_2=cls.decays[1])
        (epsilon,) = _numbers(lines, epsilon=_TINY)
        g = lines["g"]
        m = beta_1 * lines["mean_before"] + (1 - beta_1) * g
        lines.write("mean", "m_new = beta_1 * m + (1 - beta_1) * g", m)
        s = beta_2 * lines["mean_square_before"] + (1 - beta_2) * g * g
        lines.write("mean_square", "s_new = beta_2 * s + (1 - beta_2) * g^2", s)
        m_hat, s_hat = m / (1 - beta_1**n), s / (1 - beta_2**n)
        lines.write("mean_unbiased", "m_hat = m_new / (1 - beta_1^n)", m_hat)
        lines.write("square_unbiased", "s_hat = s_new / (1 - beta_2^n)", s_hat)
        u = eta * m_hat / (np.sqrt(s_hat) + epsilon)
        lines.write("update", "delta = eta * m_hat / (sqrt(s_hat) + epsilon)", u)


def _average(
    old: Array, gradients: Array, decay: float, scratch: Array, new: Array, *, squared: bool
) -> None:
    """Move a running average of the gradients, or of their squares, a step on."""
    np.multiply(gradients, 1 - decay, out=scratch)
    if squared:
        np.multiply(scratch, gradients, out=scratch)
    np.multiply(old, decay, out=new)
    np.add(new, scratch, out=new)


def _numbers(lines: Lines, **numbers: float) -> list[Array]:
    """Write numbers that equations name, and return them."""
    return [
        lines.write(symbol, symbol, np.array(float(number))) for symbol, number in numbers.items()
    ]


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (Adagrad, SGD, Momentum, RMSProp, Adam)
}
