"""The wall in the error surface of the smallest recurrent network, and descents on it.

The network is that of Pascanu, Mikolov & Bengio 2013, equation 8 and figure 6: one hidden unit
without input, ::

    x_t = w sigmoid(x_{t-1}) + b,    x_0 = 0.5,    t = 1 ... 50,
    E   = (sigmoid(x_50) - 0.7)^2.

Both parameters can be drawn on paper, so that the whole error surface can be seen. Nothing here
looks at the network that is being trained.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnnviz.core.clipping import clip_gradients
from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only

INITIAL_STATE = 0.5
"""x_0."""

SEQUENCE_LENGTH = 50
"""How many times the state is replaced."""

TARGET = 0.7
"""What sigmoid(x_50) should be."""


@dataclass(frozen=True, slots=True)
class SurfacePoint:
    """The error at one place of the surface, and its gradient there.

    Attributes
    ----------
    error
        E.
    gradient
        dE/dw and dE/db.
    """

    error: float
    gradient: tuple[float, float]

    @property
    def norm(self) -> float:
        """The length of the gradient."""
        return math.hypot(*self.gradient)


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """A ball's way down the surface: the start, and where it was after each step.

    All arrays are read-only and of shape (N,), float64 but for `clipped`.

    Attributes
    ----------
    w, b
        Where the ball was.
    error
        The error there.
    norm
        The length of the true gradient there, before any clipping.
    clipped
        Whether the step that leads away from there was clipped; False for the last place.
    """

    w: Array
    b: Array
    error: Array
    norm: Array
    clipped: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.w)

    def first_outside(self, left: float, right: float, bottom: float, top: float) -> int | None:
        """Return the first step after which the ball is outside of this part of the surface."""
        inside = (self.w >= left) & (self.w <= right) & (self.b >= bottom) & (self.b <= top)
        return None if inside.all() else int(np.argmin(inside))


def error_surface(w: ArrayLike, b: ArrayLike) -> Array:
    """Return the error on a grid.

    Parameters
    ----------
    w, b
        (n,) and (m,), the grid's places along each axis.

    Returns
    -------
    (m, n) float64, read-only: row by `b`, column by `w`.
    """
    w = np.asarray(w, dtype=np.float64)
    b = np.asarray(b, dtype=np.float64)[:, None]
    x = np.full((b.shape[0], w.shape[0]), INITIAL_STATE)
    for _ in range(SEQUENCE_LENGTH):
        _sigmoid_in_place(x)
        x *= w
        x += b
    _sigmoid_in_place(x)
    return read_only((x - TARGET) ** 2)


def surface_point(w: float, b: float) -> SurfacePoint:
    """Return the error and its gradient at one place, by back-propagation through all steps.

    From one state back to the one before, the gradient is multiplied by
    w sigmoid'(x_{t-1}); the wall is where fifty such factors above 1 meet. What overflows is
    returned as infinity or not-a-number, without a warning.
    """
    factors, shares = [0.0] * SEQUENCE_LENGTH, [0.0] * SEQUENCE_LENGTH
    x = INITIAL_STATE
    for t in range(SEQUENCE_LENGTH):
        s = _sigmoid(x)
        shares[t] = s
        factors[t] = w * s * (1.0 - s)
        x = w * s + b
    output = _sigmoid(x)
    d_x = 2.0 * (output - TARGET) * output * (1.0 - output)
    d_w = d_b = 0.0
    for share, factor in zip(reversed(shares), reversed(factors), strict=True):
        d_w += d_x * share
        d_b += d_x
        d_x *= factor
    return SurfacePoint((output - TARGET) ** 2, (d_w, d_b))


def descend(
    start: tuple[float, float],
    learning_rate: float,
    steps: int,
    clip_threshold: float | None = None,
) -> Descent:
    """Follow plain gradient descent from a place on the surface.

    Parameters
    ----------
    start
        w and b.
    learning_rate
        By what the gradient, clipped or not, is multiplied.
    steps
        How many steps to take. The way ends sooner where the parameters or the gradient are no
        longer finite.
    clip_threshold
        The largest length of a gradient, limited as training does it
        (`rnnviz.core.clipping.clip_gradients` by norm); None for no clipping.
    """
    place = np.array(start, dtype=np.float64)
    rows: list[tuple[float, float, float, float]] = []
    clipped: list[bool] = []
    for step in range(steps + 1):
        w, b = place.tolist()
        point = surface_point(w, b)
        if not (math.isfinite(w) and math.isfinite(b) and math.isfinite(point.norm)):
            break
        rows.append((w, b, point.error, point.norm))
        gradient = np.array(point.gradient)
        if clip_threshold is None:
            report = clip_gradients(gradient, "none", 1.0)
        else:
            report = clip_gradients(gradient, "norm", clip_threshold)
        clipped.append(report.clipped and step < steps)
        with np.errstate(over="ignore", invalid="ignore"):
            place -= learning_rate * gradient
    w_of, b_of, error, norm = np.array(rows, dtype=np.float64).reshape(-1, 4).T.copy()
    return Descent(
        w=read_only(w_of),
        b=read_only(b_of),
        error=read_only(error),
        norm=read_only(norm),
        clipped=read_only(np.array(clipped, dtype=np.bool_)),
    )


def wall_line(w: ArrayLike) -> Array:
    """Return, for each `w` (n,), the b at which the unit never leaves its first state.

    There x_0 = w sigmoid(x_0) + b. Where `growth` is above 1 the state is repelled from x_0: a
    little above the line it climbs, a little below it falls, further with every step, and the error
    surface has its wall along the line.
    """
    return np.asarray(INITIAL_STATE - np.asarray(w, dtype=np.float64) * _sigmoid(INITIAL_STATE))


def growth(w: ArrayLike) -> Array:
    """Return, for each `w` (n,), the factor w sigmoid'(x_0) of every step on the wall's line."""
    s = _sigmoid(INITIAL_STATE)
    return np.asarray(np.asarray(w, dtype=np.float64) * s * (1.0 - s))


def _sigmoid(x: float) -> float:
    return 0.5 + 0.5 * math.tanh(0.5 * x)


def _sigmoid_in_place(x: Array) -> None:
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5
