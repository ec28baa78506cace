"""Analytic gradients against central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import LossName, window_loss
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import Inputs, State

# Differences at two distances that part by more, relative to the gradient, settle nothing; and
# those that part by more than this are worth another try.
_SETTLED, _SHARP = 1e-7, 1e-8
# At an entry so many other distances are tried, each ten times nearer, where gradients explode.
_TRIES = 3
# Up to so many times what rounding may do to it, a difference is spoiled by rounding.
_ROUNDED = 4.0


@dataclass(frozen=True, slots=True)
class ParameterCheck:
    """How far one parameter's gradient is from central differences.

    Attributes
    ----------
    name
        The parameter.
    entries
        How many of its entries were compared.
    relative_error
        ``|analytic - numeric| / (|analytic| + |numeric|)``, in Euclidean norms over the entries
        compared; 0 where both vanish, NaN where none could be compared.
    left_out
        How many entries more were tried, but differences settle nothing there: at two distances
        they contradict each other, for a kink of ReLU lies between or the gradient is too faint.
    resolution
        How far differences at two distances are apart, or rounding lets them be, relative as the
        error is: an error that is not well above it says nothing about the gradient.
    """

    name: str
    entries: int
    relative_error: float
    left_out: int = 0
    resolution: float = 0.0


def each_check(  # noqa: PLR0913  # keywords with usual values
    network: Network,
    inputs: Inputs,
    targets: NDArray[Any],
    state: State | None = None,
    *,
    loss_name: LossName = "cross_entropy",
    entries_per_parameter: int = 100,
    epsilon: float = 1e-5,
    rng: np.random.Generator | None = None,
    progress: Callable[[float], None] | None = None,
) -> Iterator[ParameterCheck]:
    """Compare `network`'s gradients with central differences, in float64, on a copy.

    Parameters
    ----------
    network
        Any network; it is not changed.
    inputs
        (T, B) token ids, or (T, B, n) numbers.
    targets
        Of the window's last steps, as ``rnnviz.core.loss.window_loss`` takes them.
    loss_name
        Which loss.
    state
        The state before the window; zeros where None.
    entries_per_parameter
        Larger parameters are compared at this many entries: half where the analytic gradient is
        largest, half drawn at random. Drawn at random alone they would miss the few rows of U
        that a short window reads.
    epsilon
        The losses are taken at this distance and at twice this distance on both sides. Where the
        two differences are apart, down to a thousandth of it is tried as well, or ten times of it
        where rounding may be what keeps them apart.
    rng
        Draws the entries; a fixed one where None.
    progress
        Told before each loss how far the check has come, from 0 to 1; may raise to give it up.

    Yields
    ------
    ParameterCheck
        One for each parameter, in the network's order.
    """
    rng = rng or np.random.default_rng(0)
    twin = Network(network.architecture, np.float64)
    twin.parameters.flat[:] = network.parameters.flat
    sequence_length, batch_size = inputs.shape[:2]
    tape = twin.new_tape(sequence_length, batch_size)
    start = twin.zero_state(batch_size) if state is None else state

    done = 0.0

    def loss() -> float:
        if progress is not None:
            progress(done)
        with np.errstate(all="ignore"):
            twin.forward(inputs, start, tape)
            return window_loss(tape, targets, loss_name)

    here = loss()
    # Of the loss, or of the logits where they are larger: what is lost there is not in the loss.
    largest = max(abs(here), float(np.abs(tape.logits).max()))
    rounding = float(np.finfo(np.float64).eps) * largest
    gradients = twin.parameters.zeros_like()
    with np.errstate(all="ignore"):
        twin.backward(tape, gradients)
    for number, (name, view) in enumerate(twin.parameters.items()):
        gradient = gradients[name].reshape(-1)
        entries = _choose_entries(gradient, entries_per_parameter, rng)
        differences = _Differences(loss, here, view.reshape(-1), entries, epsilon, rounding)
        for index in range(entries.size):
            done = (number + index / entries.size) / len(twin.parameters)
            differences.take(index)
        for index in differences.apart(gradient[entries], _SHARP):
            differences.take_elsewhere(int(index))
        yield _compared(name, gradient[entries], differences)


class _Differences:
    """Central differences of a loss by some entries of one parameter, and what they are worth.

    Parameters
    ----------
    loss
        Measures it with the parameter as it is.
    here
        What it measures with nothing moved.
    flat
        (n,) the parameter's numbers; moved and put back.
    entries
        (m,) which of them.
    epsilon, rounding
        The distance, and how far rounding may move a loss.
    """

    def __init__(
        self,
        loss: Callable[[], float],
        here: float,
        flat: Array,
        entries: NDArray[np.intp],
        epsilon: float,
        rounding: float,
    ) -> None:
        self._loss, self._here, self._flat, self._entries = loss, here, flat, entries
        self._epsilon, self._rounding = epsilon, rounding
        self.numeric = np.zeros(entries.size)
        self.spread = np.full(entries.size, np.inf)

    def take(self, index: int, factor: float = 1.0) -> None:
        """Take the differences at one entry; what was known better of it stays."""
        epsilon, flat, entry = factor * self._epsilon, self._flat, self._entries[index]
        kept = flat[entry]
        ahead, behind = [], []
        for distance in (epsilon, 2 * epsilon):
            flat[entry] = kept + distance
            ahead.append(self._loss())
            flat[entry] = kept - distance
            behind.append(self._loss())
        flat[entry] = kept
        near, far = (a - b for a, b in zip(ahead, behind, strict=True))
        bent, far_bent = (a + b - 2 * self._here for a, b in zip(ahead, behind, strict=True))
        spread = max(
            abs(2 * near - far) / (4 * epsilon),
            # A kink right here spoils both differences alike. What is smooth bends four times as
            # much at twice the distance, a kink twice as much.
            abs(4 * bent - far_bent) / (8 * epsilon),
            self._rounding / epsilon,
        )
        if spread < self.spread[index]:
            self.spread[index] = spread
            # Two differences together cancel the third derivative, which in a network that
            # amplifies over many steps spoils the seventh digit of one alone.
            self.numeric[index] = (8 * near - far) / (12 * epsilon)

    def take_elsewhere(self, index: int) -> None:
        """Try farther off where rounding spoils the differences, else nearer, where it is straight.

        Nearer until rounding spoils them, or three times: there is a kink, or the loss is steep.
        """
        if self.spread[index] <= _ROUNDED * self._rounding / self._epsilon:
            self.take(index, 10.0)
            return
        for tried in range(1, _TRIES + 1):
            factor = 0.1**tried
            self.take(index, factor)
            if self.spread[index] <= _ROUNDED * self._rounding / (factor * self._epsilon):
                return

    def apart(self, analytic: Array, share: float) -> NDArray[np.intp]:
        """Return the places of the entries whose spread is more than a share of the gradient."""
        with np.errstate(all="ignore"):
            scale = np.linalg.norm(analytic) + np.linalg.norm(self.numeric)
        if scale == 0 and np.isfinite(self.spread).all():
            return np.zeros(0, np.intp)
        return np.flatnonzero(~(self.spread <= share * scale))


def _compared(name: str, analytic: Array, differences: _Differences) -> ParameterCheck:
    left_out = differences.apart(analytic, _SETTLED)
    numeric = np.delete(differences.numeric, left_out)
    spread = np.delete(differences.spread, left_out)
    analytic = np.delete(analytic, left_out)
    if not numeric.size:
        return ParameterCheck(name, 0, np.nan, left_out.size, np.inf)
    scale = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
    if scale == 0:
        return ParameterCheck(name, numeric.size, 0.0, left_out.size)
    error = float(np.linalg.norm(analytic - numeric)) / scale
    resolution = float(np.linalg.norm(spread)) / scale
    return ParameterCheck(name, numeric.size, error, left_out.size, resolution)


def _choose_entries(gradient: Array, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    if gradient.size <= count:
        return np.arange(gradient.size)
    by_size = np.argsort(np.abs(gradient))[::-1]
    largest, others = np.split(by_size, [count // 2])
    drawn = rng.choice(others, size=count - largest.size, replace=False)
    return np.concatenate([largest, drawn])
