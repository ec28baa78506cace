"""Results are handed to other threads, so nobody may write to them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def read_only(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return `array` itself, locked; it must be the caller's own, not a view of a buffer."""
    array.setflags(write=False)
    return array
