"""Analytic gradients against central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Ids, Network, State
from rnnviz.core.parameters import Array

# Differences at two distances that part by more, relative to the gradient, settle nothing.
_SETTLED = 1e-7
# Where the first distance settles nothing, a kink may lie within (try nearer), or the gradient
# may be too faint (try farther).
_OTHER_DISTANCES = (0.1, 10.0)


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


def check_gradients(
    network: Network,
    inputs: Ids,
    targets: Ids,
    state: State | None = None,
    *,
    entries_per_parameter: int = 100,
    epsilon: float = 1e-5,
    rng: np.random.Generator | None = None,
) -> tuple[ParameterCheck, ...]:
    """Compare `network`'s gradients with central differences; see `each_check`."""
    return tuple(
        each_check(
            network,
            inputs,
            targets,
            state,
            entries_per_parameter=entries_per_parameter,
            epsilon=epsilon,
            rng=rng,
        )
    )


def each_check(
    network: Network,
    inputs: Ids,
    targets: Ids,
    state: State | None = None,
    *,
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
    inputs, targets
        (T, B) token ids.
    state
        The state before the window; zeros where None.
    entries_per_parameter
        Larger parameters are compared at this many entries: half where the analytic gradient is
        largest, half drawn at random. Drawn at random alone they would miss the few rows of U
        that a short window reads.
    epsilon
        The losses are taken at this distance and at twice this distance on both sides. Where the
        two differences contradict each other, a tenth and ten times of it are tried as well.
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
    sequence_length, batch_size = inputs.shape
    tape = twin.new_tape(sequence_length, batch_size)
    start = twin.zero_state(batch_size) if state is None else state

    done = 0.0

    def loss() -> float:
        if progress is not None:
            progress(done)
        with np.errstate(all="ignore"):
            twin.forward(inputs, start, tape)
            return cross_entropy(tape.logits, targets, tape.d_logits)

    rounding = float(np.finfo(np.float64).eps) * abs(loss())
    gradients = twin.parameters.zeros_like()
    with np.errstate(all="ignore"):
        twin.backward(tape, gradients)
    for number, (name, view) in enumerate(twin.parameters.items()):
        gradient = gradients[name].reshape(-1)
        entries = _choose_entries(gradient, entries_per_parameter, rng)
        differences = _Differences(loss, view.reshape(-1), entries, epsilon, rounding)
        for index in range(entries.size):
            done = (number + index / entries.size) / len(twin.parameters)
            differences.take(index)
        for index in differences.unsettled(gradient[entries]):
            for factor in _OTHER_DISTANCES:
                differences.take(int(index), factor)
        yield _compared(name, gradient[entries], differences)


class _Differences:
    """Central differences of a loss by some entries of one parameter, and what they are worth.

    Parameters
    ----------
    loss
        Measures it with the parameter as it is.
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
        flat: Array,
        entries: NDArray[np.intp],
        epsilon: float,
        rounding: float,
    ) -> None:
        self._loss, self._flat, self._entries = loss, flat, entries
        self._epsilon, self._rounding = epsilon, rounding
        self.numeric = np.zeros(entries.size)
        self.spread = np.full(entries.size, np.inf)

    def take(self, index: int, factor: float = 1.0) -> None:
        """Take the differences at one entry; what was known better of it stays."""
        epsilon, flat, entry = factor * self._epsilon, self._flat, self._entries[index]
        kept = flat[entry]
        flat[entry] = kept + epsilon
        near = self._loss()
        flat[entry] = kept - epsilon
        near -= self._loss()
        flat[entry] = kept + 2 * epsilon
        far = self._loss()
        flat[entry] = kept - 2 * epsilon
        far -= self._loss()
        flat[entry] = kept
        spread = max(abs(2 * near - far) / (4 * epsilon), self._rounding / epsilon)
        if spread < self.spread[index]:
            self.spread[index] = spread
            # Two differences together cancel the third derivative, which in a network that
            # amplifies over many steps spoils the seventh digit of one alone.
            self.numeric[index] = (8 * near - far) / (12 * epsilon)

    def unsettled(self, analytic: Array) -> NDArray[np.intp]:
        """Return the places of those entries whose spread is large beside the gradient."""
        with np.errstate(all="ignore"):
            scale = np.linalg.norm(analytic) + np.linalg.norm(self.numeric)
        if scale == 0 and np.isfinite(self.spread).all():
            return np.zeros(0, np.intp)
        return np.flatnonzero(~(self.spread <= _SETTLED * scale))


def _compared(name: str, analytic: Array, differences: _Differences) -> ParameterCheck:
    left_out = differences.unsettled(analytic)
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
