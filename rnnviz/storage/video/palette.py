"""The 255 colours of a GIF's frames, and which of them each colour of a frame becomes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.storage.video.frames import channels

SIZE = 255
"""Colours; the 256th index is left for "as before"."""
# A colour of its own has what covers so much of a frame: the background must be exact.
_LARGE, _MOST_LARGE = 1e-4, 128
# So many colours at a time are compared with all of a palette.
_AT_ONCE = 4096
# A palette is kept while the colours that it gives are hardly farther off than at first.
_FARTHER, _FARTHER_BY = 1.5, 1.0


class Palette:
    """The colours that suit one frame, and others that look like it.

    Parameters
    ----------
    colors
        A frame's, ``0xRRGGBB``; (height, width).

    Attributes
    ----------
    table
        (n, 3), uint8: red, green and blue of at most `SIZE` colours.
    """

    def __init__(self, colors: NDArray[np.uint32]) -> None:
        self.table = _chosen(colors)
        # Of every colour that there is: its index, or -1 where nobody asked for it yet.
        self._indices = np.full(1 << 24, -1, np.int16)
        self._error = self.error_of(colors)

    def map(self, colors: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return the index of the nearest colour for each; the same shape."""
        found = self._indices[colors]
        if (found < 0).any():
            new = np.unique(colors[found < 0])
            self._indices[new] = _nearest(new, self.table)
            found = self._indices[colors]
        return found.astype(np.uint8)

    def error_of(self, colors: NDArray[np.uint32]) -> float:
        """Return how far colours are from what they become, in levels of 0 to 255 on average."""
        if not colors.size:
            return 0.0
        apart = channels(colors).astype(np.int16) - self.table[self.map(colors)]
        return float(np.abs(apart).max(axis=-1).mean())

    def suits(self, colors: NDArray[np.uint32]) -> bool:
        """Tell whether colours come out about as well as those that it was made for."""
        return self.error_of(colors) <= _FARTHER * self._error + _FARTHER_BY


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


def _nearest(colors: NDArray[np.uint32], table: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return for each colour the index of the nearest in a table."""
    # |a - b|^2 without |a|^2, which is the same for the whole table.
    entries = table.astype(np.float32)
    lengths = (entries**2).sum(axis=1)
    found = np.empty(len(colors), np.int16)
    for start in range(0, len(colors), _AT_ONCE):
        some = channels(colors[start : start + _AT_ONCE]).astype(np.float32)
        found[start : start + _AT_ONCE] = np.argmin(lengths - 2 * some @ entries.T, axis=1)
    return found
