"""Dashes that survive on dense curves: the line itself is cut, and no pen has to.

A pen counts its dashes along every wiggle of a line, so that on a rough one they become a haze,
which Qt is slow to paint besides. These are counted along the way that the eye follows.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainterPath

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.items.paths import line_path, separate_lines_path

_WIGGLE = 8.0
"""What goes up and down within so many pixels along x is no way that the eye follows."""


def dashed_path(x: Floats, y: Floats, dash: tuple[float, ...]) -> QPainterPath:
    """Return the drawn stretches of a dashed line.

    Parameters
    ----------
    x, y
        Pixels, shape ``(N,)`` each, ``x`` ascending; a point that is not finite breaks the line.
    dash
        How long each stretch is, in pixels: drawn, left out, drawn, ...; nothing for a solid line.
    """
    finite = np.isfinite(x) & np.isfinite(y)
    if not dash or finite.sum() < 2:
        return line_path(x, y)
    way = np.interp(np.arange(len(x)), np.flatnonzero(finite), _way(x[finite], y[finite]))
    ends = np.cumsum(dash)
    rounds = np.arange(way[-1] // ends[-1] + 1)[:, None]
    cuts = (rounds * ends[-1] + ends).ravel()
    cuts = cuts[cuts < way[-1]]
    places = np.searchsorted(way, cuts, side="right")
    before, after = places - 1, places
    share = (cuts - way[before]) / np.maximum(way[after] - way[before], 1e-9)
    cut = [line[before] + share * (line[after] - line[before]) for line in (x, y)]
    # All at once: to insert takes as long for three lines as for one.
    x, y, way = np.insert(np.stack((x, y, way)), places, np.stack((*cut, cuts)), axis=1)
    middles = (way[1:] + way[:-1]) / 2
    drawn = np.searchsorted(ends, middles % ends[-1], side="right") % 2 == 0
    drawn &= np.isfinite(y[1:]) & np.isfinite(y[:-1]) & np.isfinite(x[1:]) & np.isfinite(x[:-1])
    return separate_lines_path(x, y, drawn)


def _way(x: Floats, y: Floats) -> Floats:
    """Return how far each point lies along the line, its wiggles left out."""
    column = ((x - x[0]) / _WIGGLE).astype(np.intp)
    counts = np.bincount(column)
    used = counts > 0
    centres, means = (np.bincount(column, v)[used] / counts[used] for v in (x, y))
    smooth = np.interp(x, centres, means)
    way: Floats = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(smooth)))))
    return way
