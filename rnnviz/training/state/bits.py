"""Comparing down to the last bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np


def same_bits(one: object, other: object) -> bool:
    """Tell whether two values, and all arrays and floats in them, agree in every bit and type.

    A NaN is the same as itself. Mappings are compared by their names, whatever holds them.
    """
    return _bits(one) == _bits(other)


def _bits(value: object) -> object:
    """Return something that is equal for values that agree in every bit."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, Mapping):
        return {key: _bits(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_bits(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        entries = dataclasses.fields(value)
        return type(value), {entry.name: _bits(getattr(value, entry.name)) for entry in entries}
    return type(value), value
