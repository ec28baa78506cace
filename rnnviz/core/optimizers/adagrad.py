"""Adagrad: each weight's steps shrink by the gradients it has met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from rnnviz.core.cells.lines import Lines
from rnnviz.core.optimizers.base import SMALLEST_SUM, Optimizer, Slots, UpdateSettings, numbers
from rnnviz.core.parameters import Array


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
    keeps = "s is the sum of all g² so far and of what it began with"
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
        (eta,) = numbers(lines, eta=settings.learning_rate)
        g, s = lines["g"], lines["sum_before"]
        s = lines.write("sum", "s_new = s + g^2", s + g * g)
        lines.write("update", "delta = eta * g / sqrt(s_new)", eta * g / np.sqrt(s))
