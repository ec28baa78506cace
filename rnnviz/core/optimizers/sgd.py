"""Stochastic gradient descent."""

from __future__ import annotations

import numpy as np

from rnnviz.core.cells.lines import Lines
from rnnviz.core.optimizers.base import Optimizer, Slots, UpdateSettings, numbers
from rnnviz.core.parameters import Array


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
        (eta,) = numbers(lines, eta=settings.learning_rate)
        lines.write("update", "delta = eta * g", eta * lines["g"])
