"""Adam: momentum and RMSProp's scale in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from rnnviz.core.cells.lines import Lines
from rnnviz.core.optimizers.base import Optimizer, Slots, UpdateSettings, numbers
from rnnviz.core.optimizers.running_average import TINY, move_average
from rnnviz.core.parameters import Array


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
        move_average(old_mean, gradients, of_mean, step, mean, squared=False)
        move_average(old_square, gradients, of_square, step, mean_square, squared=True)
        rate = learning_rate / (1 - of_mean**self.steps)
        np.sqrt(mean_square, out=step)
        np.multiply(step, (1 - of_square**self.steps) ** -0.5, out=step)
        np.add(step, TINY, out=step)
        np.divide(mean, step, out=step)
        np.multiply(step, rate, out=step)

    @classmethod
    def _write(cls, lines: Lines, settings: UpdateSettings) -> None:
        eta, n = numbers(lines, eta=settings.learning_rate, n=settings.number)
        beta_1, beta_2 = numbers(lines, beta_1=cls.decays[0], beta_2=cls.decays[1])
        (epsilon,) = numbers(lines, epsilon=TINY)
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
