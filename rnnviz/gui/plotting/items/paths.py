"""Painter paths from arrays, built without a Python loop over their points."""

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath

from rnnviz.gui.plotting.axes.axis import Floats

_FEW = 150
"""Lines of fewer points are cheap whatever they do."""
_SAME = 1.0
"""Heights that differ by less, in pixels, look the same."""
_ROUGH = 4.0


def line_path(x: Floats, y: Floats) -> QPainterPath:
    """Return a line through points, in pixels; a point that is not finite breaks it."""
    finite = np.isfinite(x) & np.isfinite(y)
    if finite.all():
        return _path(x, y, "all")
    if not finite.any():
        return QPainterPath()
    # A break: the points of each finite stretch are connected to their successor in it.
    connected = finite.astype(np.int32)
    connected[:-1] &= connected[1:]
    connected[-1] = 0
    return _path(x[finite], y[finite], connected[finite])


def separate_lines_path(x: Floats, y: Floats, drawn: NDArray[np.bool_]) -> QPainterPath:
    """Return those stretches of a line, in pixels, that are to be drawn.

    Parameters
    ----------
    x, y
        Shape ``(N,)`` each.
    drawn
        Shape ``(N - 1,)``: whether each point is joined to the next; both are finite then.
    """
    joined = np.zeros(len(x), np.int32)
    joined[:-1] = drawn
    needed = joined > 0
    needed[1:] |= drawn
    return _path(x[needed], y[needed], joined[needed])


def shapes_path(x: Floats, y: Floats, corners: Floats) -> QPainterPath:
    """Return one closed shape a point; its corners, shape ``(K, 2)``, are around the point."""
    closed = np.concatenate((corners, corners[:1]))
    corners_x, corners_y = x[:, None] + closed[:, 0], y[:, None] + closed[:, 1]
    path = _shapes(corners_x, corners_y)
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def area_path(x: Floats, low: Floats, high: Floats) -> QPainterPath:
    """Return the area between two lines, in pixels; a point that is not finite breaks it."""
    finite = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
    if finite.all():
        return _outline(x, low, high)
    path = QPainterPath()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], finite.view(np.int8), [0]))))
    for start, stop in edges.reshape(-1, 2):
        path.addPath(_outline(x[start:stop], low[start:stop], high[start:stop]))
    return path


def one_a_pixel(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return a line with no more points than its pixels can show.

    Where several points share a column of pixels, the column's lowest and highest are kept, in the
    order in which they came; where they are the same to the eye, one is. The time that Qt takes to
    paint a line grows with its points.

    Parameters
    ----------
    x, y
        Pixels, shape ``(N,)`` each, ``x`` ascending. Broken lines are returned as they are.
    """
    starts = _column_starts(x)
    if starts is None or not np.isfinite(y).all():
        return x, y
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    if float((high - low).max()) < _SAME:
        starts = np.append(starts, len(x) - 1)
        return x[starts], y[starts]
    ends = np.append(starts[1:] - 1, len(x) - 1)
    rising = y[ends] >= y[starts]
    pairs = np.column_stack((np.where(rising, low, high), np.where(rising, high, low)))
    return np.column_stack((x[starts], x[ends])).ravel(), pairs.ravel()


def band_a_pixel(x: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Return a band with one lower and one upper edge a column of pixels, the outermost ones.

    Parameters
    ----------
    x, low, high
        Pixels, shape ``(N,)`` each, ``x`` ascending; ``low`` is the greater one, as pixels are.
    """
    starts = _column_starts(x)
    if starts is None or not (np.isfinite(low).all() and np.isfinite(high).all()):
        return x, low, high
    places = x[starts]
    # The last column reaches to the last point: a band that grows must not end early.
    places[-1] = x[-1]
    return places, np.maximum.reduceat(low, starts), np.minimum.reduceat(high, starts)


def is_rough(x: Floats, y: Floats, times: float = _ROUGH) -> bool:
    """Return whether a line goes up and down so many times as far as it goes along."""
    if len(x) < _FEW:
        return False
    steps = np.abs(np.diff(y))
    return float(np.nansum(steps)) > times * abs(float(x[-1] - x[0]))


def smoothed(x: Floats, y: Floats, reach: float) -> tuple[Floats, Floats]:
    """Return the mean of a line around some of its points, as many as show its course.

    Parameters
    ----------
    x, y
        Pixels, shape ``(N,)`` each, ``x`` ascending.
    reach
        How many pixels to either side are taken, and near the ends fewer.
    """
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    sums = np.concatenate(([0.0], np.cumsum(y)))
    # What is finer than a quarter of the reach was smoothed away.
    columns = np.floor(4 * x / reach)
    places = np.append(x[:-1][columns[1:] != columns[:-1]], x[-1:])
    places = np.append(x[:1], places)
    reaches = np.minimum(reach, np.minimum(places - x[0], x[-1] - places))
    first = np.searchsorted(x, places - reaches, side="left")
    last = np.searchsorted(x, places + reaches, side="right")
    return places, (sums[last] - sums[first]) / (last - first)


def _column_starts(x: Floats) -> NDArray[np.intp] | None:
    """Return where each column of pixels begins, or nothing where there is little to spare."""
    if len(x) < _FEW or not len(x) > 1.3 * (x[-1] - x[0]):
        return None
    columns = np.floor(x)
    return np.flatnonzero(np.concatenate(([True], columns[1:] != columns[:-1])))


def dots_path(x: Floats, y: Floats) -> QPainterPath:
    """Return a path that a thick pen with round caps paints as one dot a point."""
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    # Strokes of no length are not painted everywhere; a hundredth of a pixel is.
    return _shapes(np.column_stack((x, x + 0.01)), np.column_stack((y, y)))


def crosses_path(x: Floats, y: Floats, reach: float) -> QPainterPath:
    """Return one slanting cross a point, whose arms reach so many pixels along either axis."""
    finite = np.isfinite(x) & np.isfinite(y)
    corners_x = x[finite, None] + np.array([-1.0, 1.0, -1.0, 1.0]) * reach
    corners_y = y[finite, None] + np.array([-1.0, 1.0, 1.0, -1.0]) * reach
    return _path(corners_x.ravel(), corners_y.ravel(), np.tile([1, 0], corners_x.size // 2))


def triangles_path(x: Floats, top: float, width: float, height: float) -> QPainterPath:
    """Return a row of triangles of this size that point down, whose upper edge is at ``top``.

    ``x`` ascends, and the last one comes first: in each row of pixels Qt looks for an edge's place
    from the left, past all that are there. So it paints them five times as fast, and the same.
    """
    x = x[::-1]
    corners_x = x[:, None] + np.array([-0.5, 0.5, 0.0, -0.5]) * width
    corners_y = np.array([0.0, 0.0, 1.0, 0.0]) * height + top
    path = _shapes(corners_x, np.broadcast_to(corners_y, corners_x.shape))
    # Where two overlap, the standard rule would leave a hole.
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def arrowheads_path(x: Floats, tips: Floats, reach: Floats) -> QPainterPath:
    """Return open arrowheads: their tips, in pixels, and how far each reaches back from its tip."""
    across = np.abs(reach)[:, None] * np.array([-1.0, 0.0, 1.0])
    along = reach[:, None] * np.array([1.0, 0.0, 1.0])
    corners_x, corners_y = x[:, None] + across, tips[:, None] + along
    return _shapes(corners_x, corners_y)


def lines_path(ends: list[tuple[float, float, float, float]]) -> QPainterPath:
    """Return separate straight lines, each ``(x1, y1, x2, y2)``."""
    path = QPainterPath()
    for x1, y1, x2, y2 in ends:
        path.moveTo(x1, y1)
        path.lineTo(x2, y2)
    return path


def _outline(x: Floats, low: Floats, high: Floats) -> QPainterPath:
    if len(x) == 1:
        x = np.array([x[0] - 0.5, x[0] + 0.5])
        low, high = np.repeat(low, 2), np.repeat(high, 2)
    return _path(np.concatenate((x, x[::-1])), np.concatenate((high, low[::-1])), "all")


def _shapes(x: Floats, y: Floats) -> QPainterPath:
    """Return separate lines of as many corners each, ``(lines, corners)``."""
    connected = np.ones(x.shape, np.int32)
    connected[:, -1:] = 0
    return _path(x.ravel(), y.ravel(), connected.ravel())


def _path(x: Floats, y: Floats, connect: str | NDArray[np.integer]) -> QPainterPath:
    if len(x) < 2:
        return QPainterPath()
    if not isinstance(connect, str):
        connect = connect.astype(np.int32, copy=False)
    path: QPainterPath = arrayToQPath(x, y, connect=connect, finiteCheck=False)
    return path
