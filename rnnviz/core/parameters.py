"""All of a network's numbers in one flat vector, reachable by name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating]
Shape = tuple[int, ...]


class ParameterVector(Mapping[str, Array]):
    """Named arrays that are views of one contiguous vector.

    Clipping and updating work on `flat` as a handful of vector operations; the forward and
    backward passes read and write the views. Every view is C-contiguous.

    Parameters
    ----------
    shapes
        The name and the shape of each array, in the order in which they lie in the vector.
    dtype
        float32 for training, float64 for gradient checks.
    flat
        The vector itself, contiguous, where it exists already; else zeros.
    """

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        dtype: DTypeLike = np.float32,
        flat: Array | None = None,
    ) -> None:
        self.shapes = dict(shapes)
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        self.flat: Array = np.zeros(sum(sizes), dtype=dtype) if flat is None else flat
        self._views: dict[str, Array] = {}
        self._stacks: dict[tuple[str, str], Array] = {}
        start = 0
        for (name, shape), size in zip(self.shapes.items(), sizes, strict=True):
            self._views[name] = self.flat[start : start + size].reshape(shape)
            start += size

    def __getitem__(self, name: str) -> Array:
        """Return the view of this name."""
        return self._views[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names in the vector's order."""
        return iter(self._views)

    def __len__(self) -> int:
        """Return the number of names."""
        return len(self._views)

    def __reduce__(self) -> tuple[type[ParameterVector], tuple[object, ...]]:
        """Have copies and pickles carry the vector alone: copied views would be of nothing."""
        return ParameterVector, (self.shapes, self.flat.dtype, self.flat)

    @property
    def size(self) -> int:
        """How many numbers the vector holds."""
        return self.flat.size

    def stacked(self, first: str, last: str) -> Array:
        """Return the arrays from `first` to `last` as one matrix: their rows, one below the other.

        A bias is one row; all of them have as many columns.
        """
        if (first, last) not in self._stacks:
            self._stacks[first, last] = self._stack(first, last)
        return self._stacks[first, last]

    def _stack(self, first: str, last: str) -> Array:
        columns = self.shapes[first][-1]
        names = list(self.shapes)
        between = names[names.index(first) : names.index(last) + 1]
        start = sum(self[name].size for name in names[: names.index(first)])
        size = sum(self[name].size for name in between)
        return self.flat[start : start + size].reshape(-1, columns)

    def zeros_like(self) -> ParameterVector:
        """Return a vector of the same layout and dtype, filled with zeros."""
        return ParameterVector(self.shapes, self.flat.dtype)

    def first_non_finite(self) -> str | None:
        """Name the first array that holds a NaN or an infinity, or None where all is finite."""
        for name, view in self._views.items():
            if not np.isfinite(view).all():
                return name
        return None


def letter_of(name: str) -> str:
    """Return a parameter's letter, without the number of its layer: ``U`` of ``U2``."""
    return name.rstrip("0123456789")


def layer_of(name: str) -> int | None:
    """Return the layer, from 1, that a parameter belongs to; None for the output's ``V, c``."""
    number = name[len(letter_of(name)) :]
    return int(number) if number else None
