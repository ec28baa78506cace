"""Analytic gradients against central differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import LossName, window_loss
from rnnviz.core.network import Inputs, Network, State
from rnnviz.core.parameters import Array


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
        compared; 0 where both vanish.
    """

    name: str
    entries: int
    relative_error: float


def check_gradients(
    network: Network,
    inputs: Inputs,
    targets: NDArray[Any],
    state: State | None = None,
    *,
    loss_name: LossName = "cross_entropy",
    entries_per_parameter: int = 100,
    epsilon: float = 1e-5,
    rng: np.random.Generator | None = None,
) -> tuple[ParameterCheck, ...]:
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
        The losses are taken at this distance and at twice this distance on both sides. Where a
        kink of ReLU lies between them, differences say nothing about the gradient.
    rng
        Draws the entries; a fixed one where None.
    """
    rng = rng or np.random.default_rng(0)
    twin = Network(network.architecture, np.float64)
    twin.parameters.flat[:] = network.parameters.flat
    sequence_length, batch_size = inputs.shape[:2]
    tape = twin.new_tape(sequence_length, batch_size)
    start = twin.zero_state(batch_size) if state is None else state

    def loss() -> float:
        twin.forward(inputs, start, tape)
        return window_loss(tape, targets, loss_name)

    loss()
    gradients = twin.parameters.zeros_like()
    twin.backward(tape, gradients)
    checks = []
    for name, view in twin.parameters.items():
        flat: Array = view.reshape(-1)
        entries = _choose_entries(gradients[name].reshape(-1), entries_per_parameter, rng)
        numeric = np.zeros(entries.size)
        for index, entry in enumerate(entries):
            kept = flat[entry]
            flat[entry] = kept + epsilon
            near = loss()
            flat[entry] = kept - epsilon
            near -= loss()
            flat[entry] = kept + 2 * epsilon
            far = loss()
            flat[entry] = kept - 2 * epsilon
            far -= loss()
            flat[entry] = kept
            # Two differences together cancel the third derivative, which in a network that
            # amplifies over many steps spoils the seventh digit of one alone.
            numeric[index] = (8 * near - far) / (12 * epsilon)
        analytic = gradients[name].reshape(-1)[entries]
        scale = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
        difference = float(np.linalg.norm(analytic - numeric))
        checks.append(ParameterCheck(name, entries.size, difference / scale if scale else 0.0))
    return tuple(checks)


def _choose_entries(gradient: Array, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    if gradient.size <= count:
        return np.arange(gradient.size)
    by_size = np.argsort(np.abs(gradient))[::-1]
    largest, others = np.split(by_size, [count // 2])
    drawn = rng.choice(others, size=count - largest.size, replace=False)
    return np.concatenate([largest, drawn])
