"""What the dashes and markers of signs look like, and a sign as a small picture.

Only QtCore and QtGui are imported here: the window is painted before NumPy loads.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF

from rnnviz.gui.style.palette import Flow
from rnnviz.gui.style.sign import Dash, Marker, Sign
from rnnviz.gui.style.theme import Theme

DASHES: dict[Dash, tuple[float, ...]] = {
    "solid": (),
    "dashed": (9.0, 5.0),
    "dotted": (2.5, 3.5),
    "dash-dotted": (12.0, 4.0, 2.5, 4.0),
    "long-dashed": (24.0, 7.0),
    "dash-dot-dotted": (12.0, 4.0, 2.5, 4.0, 2.5, 4.0),
    "long-short": (22.0, 4.0, 7.0, 4.0),
    "sparsely dotted": (3.0, 9.0),
}
"""How long each stretch is, in designed pixels: drawn, left out, drawn, ..."""


def _around(*radii: float, turned: float = 0.0) -> tuple[tuple[float, float], ...]:
    """Return corners evenly around the origin, the first one above it, at these distances."""
    angles = (math.radians(turned) + 2 * math.pi * n / len(radii) for n in range(len(radii)))
    return tuple((r * math.sin(a), -r * math.cos(a)) for r, a in zip(radii, angles, strict=True))


_THIN, _LONG = 0.4, 1.12
_PLUS = tuple(
    (x * sx, y * sy)
    for sx, sy, corners in (
        (1, -1, ((_THIN, _LONG), (_THIN, _THIN), (_LONG, _THIN))),
        (1, 1, ((_LONG, _THIN), (_THIN, _THIN), (_THIN, _LONG))),
        (-1, 1, ((_THIN, _LONG), (_THIN, _THIN), (_LONG, _THIN))),
        (-1, -1, ((_LONG, _THIN), (_THIN, _THIN), (_THIN, _LONG))),
    )
    for x, y in corners
)
_SLANT = math.sqrt(0.5)
MARKERS: dict[Marker, tuple[tuple[float, float], ...]] = {
    "circle": _around(*[0.95] * 16),
    "square": _around(*[1.2] * 4, turned=45),
    "triangle": _around(*[1.25] * 3),
    "diamond": _around(1.3, 1.05, 1.3, 1.05),
    "inverted triangle": _around(*[1.25] * 3, turned=180),
    "cross": tuple(((x - y) * _SLANT, (x + y) * _SLANT) for x, y in _PLUS),
    "star": _around(*[1.35, 0.58] * 5),
    "plus": _PLUS,
}
"""The corners of each, around the origin; all about as large as a circle of radius 1."""

MARKER_RADIUS = 5.0
"""Of a marker on a curve, in designed pixels."""

_PICTURE, _LETTER = (48.0, 14.0), (14.0, 14.0)


def sign_pixmap(sign: Sign, theme: Theme, flow: Flow = "forward", ratio: float = 1.0) -> QPixmap:
    """Return a piece of a run's curve with its marker, as large as a word.

    Parameters
    ----------
    sign
        The run's.
    theme
        Colours and scale.
    flow
        Whether in the blue that goes forward, which is a run's own colour where nothing flows, or
        in the orange that comes back.
    ratio
        Pixels of the screen to one of the window's.
    """
    pixmap, room = _canvas(_PICTURE, theme, ratio)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sign(painter, room, sign, theme, flow)
    return pixmap


def marker_pixmap(sign: Sign, theme: Theme, flow: Flow = "forward", ratio: float = 1.0) -> QPixmap:
    """Return a sign's marker alone, as large as a letter; see `sign_pixmap`."""
    pixmap, room = _canvas(_LETTER, theme, ratio)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_marker(painter, room.center(), sign, theme, flow)
    return pixmap


def _canvas(size: tuple[float, float], theme: Theme, ratio: float) -> tuple[QPixmap, QRectF]:
    """Return an empty picture of a size in designed pixels, and its room in the window's."""
    width, height = (length * theme.scale for length in size)
    pixmap = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap, QRectF(0, 0, width, height)


def paint_sign(painter: QPainter, room: QRectF, sign: Sign, theme: Theme, flow: Flow) -> None:
    """Paint a piece of a run's curve across a room, with its marker in the middle."""
    color, width = theme.palette.shade(flow, sign.shade), 2.5 * theme.scale
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if DASHES[sign.dash]:
        pen.setDashPattern([length * theme.scale / width for length in DASHES[sign.dash]])
    painter.setPen(pen)
    middle = room.center()
    radius = MARKER_RADIUS * theme.scale
    for side in (-1, 1):
        start = middle + QPointF(side * (radius + theme.px(2)), 0)
        painter.drawLine(start, QPointF(room.center().x() + side * room.width() / 2, middle.y()))
    _paint_marker(painter, middle, sign, theme, flow)


def _paint_marker(painter: QPainter, middle: QPointF, sign: Sign, theme: Theme, flow: Flow) -> None:
    radius = MARKER_RADIUS * theme.scale
    corners = [middle + QPointF(x, y) * radius for x, y in MARKERS[sign.marker]]
    painter.setPen(QPen(theme.palette.color("panel"), 1.5 * theme.scale))
    painter.setBrush(theme.palette.shade(flow, sign.shade))
    painter.drawPolygon(QPolygonF(corners))
