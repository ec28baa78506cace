"""The 255 colours of a GIF's frames, and which of them each colour of a frame becomes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.storage.video.frames import channels

SIZE = 255
"""Colours at most; the 256th index is left for "as before"."""
_UNKNOWN = SIZE
# A colour of its own has what covers so much of a frame: the background must be exact.
_LARGE, _MOST_LARGE = 1e-4, 128
# So many colours at a time are compared with all of a palette.
_AT_ONCE = 4096
# A palette is kept while what changes is so few of 255 levels off, or hardly more than what it was
# made for.
_UNSEEN, _FARTHER = 6.0, 1.5


class Palette:
    """The colours that suit one frame, and others that look like it.

    Parameters
    ----------
    colors
        A frame's, ``0xRRGGBB``; (height, width).
    changed
        Those of them that changed since the frame before, in any shape; all of them by default.

    Attributes
    ----------
    table
        (n, 3), uint8: red, green and blue of at most `SIZE` colours.
    """

    def __init__(
        self, colors: NDArray[np.uint32], changed: NDArray[np.uint32] | None = None
    ) -> None:
        self.table = _chosen(colors)
        # Of every colour that there is, once somebody asked for it: its index, and how far off.
        self._indices = np.full(1 << 24, _UNKNOWN, np.uint8)
        self._errors = np.zeros(1 << 24, np.uint8)
        self._first_error = self.error_of(colors if changed is None else changed)

    def map(self, colors: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return the index of the nearest colour for each; the same shape."""
        found = self._indices[colors]
        unknown = found == _UNKNOWN
        if unknown.any():
            self._learn(np.unique(colors[unknown]))
            found = self._indices[colors]
        return found

    def error_of(self, colors: NDArray[np.uint32]) -> float:
        """Return how far colours are from what they become, in levels of 0 to 255 on average."""
        if not colors.size:
            return 0.0
        self.map(colors)
        return float(self._errors[colors].mean())

    def suits(self, changed: NDArray[np.uint32]) -> bool:
        """Tell whether what changes comes out about as well as what it was made for."""
        return self.error_of(changed) <= max(_UNSEEN, _FARTHER * self._first_error)

    def _learn(self, new: NDArray[np.uint32]) -> None:
        self._indices[new] = nearest = _nearest(new, self.table)
        apart = channels(new).astype(np.int16) - self.table[nearest]
        self._errors[new] = np.abs(apart).max(axis=-1)


def _chosen(colors: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the colours that cover most as they are, and for the others a choice of them."""
    distinct, counts = np.unique(colors, return_counts=True)
    if len(distinct) <= SIZE:
        return channels(distinct)
    order = np.argsort(counts, kind="stable")[::-1]
    large = min(_MOST_LARGE, int((counts >= _LARGE * colors.size).sum()))
    exact, others = order[:large], order[large:]
    # Seldom is not unimportant: a thin curve has few pixels.
    weights = np.ceil(np.sqrt(counts[others])).astype(np.int64)
    rest = channels(np.repeat(distinct[others], weights))
    return np.concatenate([channels(distinct[exact]), _median_cut(rest, SIZE - large)])


def _median_cut(colors: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Return at most `count` colours for many; both (n, 3)."""
    from PIL import Image  # nothing else in the program needs it

    image = Image.fromarray(colors[np.newaxis])
    reduced = image.quantize(count, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = reduced.getpalette("RGB") or []
    return np.array(palette, np.uint8).reshape(-1, 3)[:count]


def _nearest(colors: NDArray[np.uint32], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return for each colour the index of the nearest in a table."""
    # |a - b|^2 without |a|^2, which is the same for the whole table.
    entries = table.astype(np.float32)
    lengths = (entries**2).sum(axis=1)
    found = np.empty(len(colors), np.uint8)
    for start in range(0, len(colors), _AT_ONCE):
        some = channels(colors[start : start + _AT_ONCE]).astype(np.float32)
        found[start : start + _AT_ONCE] = np.argmin(lengths - 2 * some @ entries.T, axis=1)
    return found
