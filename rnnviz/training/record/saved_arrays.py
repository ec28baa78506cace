"""Doubting the arrays of a history that was read from a file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.parameters import Array

# Up to here float64, in which files keep them, counts without a gap.
_LARGEST_COUNT = 2.0**53


def are_counts(values: Array) -> bool:
    """Tell whether all are whole numbers, and small enough for a float to tell neighbours apart."""
    return bool(((values >= 0) & (values <= _LARGEST_COUNT) & (values == np.floor(values))).all())


def finite_array(arrays: Mapping[str, Array], name: str) -> Array:
    """Return the array of that name as float64.

    Raises
    ------
    ValueError
        Where it is missing or not finite.
    """
    if name not in arrays:
        raise ValueError(f"the history lacks its {name}")
    array = np.asarray(arrays[name], dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"the history's {name} are not all finite")
    return array
