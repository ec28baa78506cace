"""Optimisers: how a gradient becomes an update, on flat vectors and in place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from rnnviz.core.parameters import Array


class Optimizer(ABC):
    """Updates a flat parameter vector.

    Parameters
    ----------
    parameters
        (n,), updated in place by `update`.

    Attributes
    ----------
    slots
        What the optimiser remembers, each of the parameters' shape; saved in model files.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, parameters: Array) -> None:
        self.parameters = parameters
        self.slots: dict[str, Array] = {}
        self._scratch: Array = np.empty_like(parameters)

    @abstractmethod
    def update(self, gradients: Array, learning_rate: float) -> None:
        """Take one step against `gradients` (n,), all finite."""


class SGD(Optimizer):
    """Stochastic gradient descent: ``p <- p - lr * g``."""

    name = "sgd"
    title = "SGD"

    def update(self, gradients: Array, learning_rate: float) -> None:
        """Take one step against `gradients` (n,)."""
        np.multiply(gradients, learning_rate, out=self._scratch)
        np.subtract(self.parameters, self._scratch, out=self.parameters)


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan & Singer 2011): ``s <- s + g^2``, ``p <- p - lr * g / sqrt(s)``.

    The sum of squares begins at 10 instead of zero. Nothing is ever divided by zero then, and the
    first steps are as long as their gradients say, where a sum of zero would move every weight
    by the whole learning rate at once and saturate the units (measured on tales, hidden 100, lr
    0.1, norm clip 100, 3,000 steps, three seeds: 1.13 to 1.15 nats a character on held-out text,
    against 1.7 to 2.0 and more with sums of 1e-8 to 0.1).
    """

    name = "adagrad"
    title = "Adagrad"
    initial_sum: ClassVar[float] = 10.0

    def __init__(self, parameters: Array) -> None:
        super().__init__(parameters)
        self.slots["sum"] = np.full_like(parameters, self.initial_sum)

    def update(self, gradients: Array, learning_rate: float) -> None:
        """Take one step against `gradients` (n,)."""
        scratch, total = self._scratch, self.slots["sum"]
        with np.errstate(over="ignore"):
            np.multiply(gradients, gradients, out=scratch)
            np.add(total, scratch, out=total)
        overflowed = total.max() == np.inf
        if overflowed:
            # A finite gradient's square is not always finite, and an infinite sum cannot be saved.
            np.minimum(total, np.finfo(total.dtype).max, out=total)
        np.sqrt(total, out=scratch)
        np.divide(gradients, scratch, out=scratch)
        if overflowed:
            np.clip(scratch, -1.0, 1.0, out=scratch)  # |g| / sqrt(s) is at most 1
        np.multiply(scratch, learning_rate, out=scratch)
        np.subtract(self.parameters, scratch, out=self.parameters)


OPTIMIZERS: dict[str, type[Optimizer]] = {kind.name: kind for kind in (Adagrad, SGD)}
