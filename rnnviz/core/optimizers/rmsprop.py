"""RMSProp: each weight's steps are scaled by its recent gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from rnnviz.core.cells.lines import Lines
from rnnviz.core.optimizers.base import Optimizer, Slots, UpdateSettings, numbers
from rnnviz.core.optimizers.running_average import TINY, move_average
from rnnviz.core.parameters import Array


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
        move_average(old, gradients, self.decay, step, mean_square, squared=True)
        np.sqrt(mean_square, out=step)
        np.add(step, TINY, out=step)
        np.divide(gradients, step, out=step)
        np.multiply(step, learning_rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        eta, beta, epsilon = numbers(
            lines, eta=settings.learning_rate, beta=cls.decay, epsilon=TINY
        )
        g, s = lines["g"], lines["mean_square_before"]
        s = beta * s + (1 - beta) * g * g
        lines.write("mean_square", "s_new = beta * s + (1 - beta) * g^2", s)
        u = eta * g / (np.sqrt(s) + epsilon)
        lines.write("update", "delta = eta * g / (sqrt(s_new) + epsilon)", u)
