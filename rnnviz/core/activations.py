"""Activation functions, those of the vanilla cell with the derivative in terms of the output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function and its derivative.

    Attributes
    ----------
    name
        As the configuration names it.
    apply
        ``apply(a, out)`` writes f(a) into `out`, which may be `a` itself.
    derivative
        ``derivative(h, out)`` writes f'(a), expressed through h = f(a), into `out`.
    bounded
        Whether |f| stays below 1, so that "saturated" has a meaning.
    slope
        What f'(a) is, expressed through h, for people to read.
    """

    name: str
    apply: Callable[[Array, Array], object]
    derivative: Callable[[Array, Array], object]
    bounded: bool
    slope: str


def sigmoid(a: Array) -> Array:
    """Return 1 / (1 + exp(-a)), by way of tanh, which does not overflow."""
    return (1 + np.tanh(a / 2)) / 2


def _tanh_derivative(h: Array, out: Array) -> None:
    np.multiply(h, h, out=out)
    np.subtract(1.0, out, out=out)


def _relu(a: Array, out: Array) -> None:
    np.maximum(a, 0.0, out=out)


def _relu_derivative(h: Array, out: Array) -> None:
    np.greater(h, 0.0, out=out, casting="unsafe")


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation("tanh", np.tanh, _tanh_derivative, bounded=True, slope="1 - h_t^2"),
    "relu": Activation("relu", _relu, _relu_derivative, bounded=False, slope="[h_t > 0]"),
}
