"""Gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from rnnviz.core.cells.lines import Lines
from rnnviz.core.optimizers.base import Optimizer, Slots, UpdateSettings, numbers
from rnnviz.core.parameters import Array


class Momentum(Optimizer):
    """SGD with momentum (Polyak 1964): ``v <- m * v + g``, ``p <- p - lr * v``."""

    name = "momentum"
    title = "SGD with momentum"
    largest_usual_rate = 0.2
    slot_names = ("velocity",)
    slot_symbols: ClassVar[Mapping[str, str]] = {"velocity": "v"}
    keeps = "v is the sum of all g so far, older ones counting less"
    leaves_zeros = False
    uses_momentum = True

    def _write_step(
        self, step: Array, gradients: Array, learning_rate: float, before: Slots, slots: Slots
    ) -> None:
        (old,), (velocity,) = before, slots
        np.multiply(old, self.momentum, out=velocity)
        np.add(velocity, gradients, out=velocity)
        np.multiply(velocity, learning_rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        eta, mu = numbers(lines, eta=settings.learning_rate, mu=settings.momentum)
        v = mu * lines["velocity_before"] + lines["g"]
        lines.write("velocity", "v_new = mu * v + g", v)
        lines.write("update", "delta = eta * v_new", eta * v)
