"""How far a step moves each parameter, beside that parameter's own size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only

# So many numbers at a time are converted to float64, that they stay in the processor's cache.
_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class UpdateRatios:
    """The size of one update by parameter.

    Attributes
    ----------
    names
        The n parameters, matrices and biases, as the network calls them.
    update_norms
        (n,) float64: the Euclidean norm of what the step added to each.
    parameter_norms
        (n,) float64: the norm of each before the step.
    ratios
        (n,) float64: the one by the other; NaN where that is no finite number, as for a bias that
        is still zero.
    """

    names: tuple[str, ...]
    update_norms: Array
    parameter_norms: Array
    ratios: Array


def update_ratios(before: Mapping[str, Array], after: Mapping[str, Array]) -> UpdateRatios:
    """Measure what a step has done, by parameter.

    Clipping, the learning rate and whatever the optimiser does are all in it: it is taken from
    the parameters themselves. That the ratio should be near 1e-3 is folklore, made popular by
    Karpathy's notes for the course CS231n (Stanford, 2015), and meant of steps like plain SGD's.

    Parameters
    ----------
    before, after
        Arrays by name, the same names and shapes in both; read only.
    """
    names = tuple(before)
    with np.errstate(all="ignore"):
        updates = np.array([_norm_of_difference(after[name], before[name]) for name in names])
        sizes = np.array([_norm(before[name]) for name in names])
        ratios = updates / sizes
    ratios[~np.isfinite(ratios)] = np.nan
    return UpdateRatios(names, read_only(updates), read_only(sizes), read_only(ratios))


def _norm(array: Array) -> float:
    flat = array.reshape(-1)
    total = 0.0
    for start in range(0, flat.size, _BLOCK):
        # float32 squares vanish below 1e-23, and an update's entries may be smaller.
        block = flat[start : start + _BLOCK].astype(np.float64)
        total += float(np.dot(block, block))
    return math.sqrt(total)


def _norm_of_difference(after: Array, before: Array) -> float:
    after, before = after.reshape(-1), before.reshape(-1)
    total = 0.0
    for start in range(0, after.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        step = np.subtract(after[block], before[block], dtype=np.float64)
        total += float(np.dot(step, step))
    return math.sqrt(total)
