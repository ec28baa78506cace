"""Paints a picture: with the theme's colours, into the window or into a file."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from rnnviz.gui.inside.drawing.numbers import in_cell
from rnnviz.gui.inside.drawing.shapes import (
    Badge,
    Cells,
    Entry,
    Gauge,
    Halo,
    Ramp,
    Ring,
    Shape,
    Tile,
    Wire,
    Words,
)
from rnnviz.gui.inside.typesetting import find
from rnnviz.gui.style.palette import Flow, Palette, mix
from rnnviz.gui.style.theme import FontRole, Theme
from rnnviz.gui.wording.tokens import short_word

# How strong the strongest colour of a cell is: numbers have to be read on it.
_FAINTEST, _FULL, _LEVELS = 0.06, 0.62, 64
# Gradients are told apart over so many powers of ten below the largest.
_DECADES = 3.0
_GLOW_RINGS = 6
_ROUND = 3.0
_HEAD = 7.0
_LONGEST_LABEL = 7


class Painter:
    """Paints shapes.

    Parameters
    ----------
    theme
        Colours, type and scale.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._fonts: dict[tuple[FontRole, int, bool], QFont] = {}

    def paint(
        self, painter: QPainter, shape: Shape, hovered: Entry | None = None, lit: bool = False
    ) -> None:
        """Paint one shape.

        Parameters
        ----------
        painter
            With antialiasing.
        shape
            What to paint.
        hovered
            A cell that is pointed at, or chosen.
        lit
            Whether all of it is.
        """
        match shape:
            case Cells():
                self._cells(painter, shape, hovered, lit)
            case Wire():
                self._wire(painter, shape, lit)
            case Badge():
                self._badge(painter, shape)
            case Ring():
                self._circle(painter, shape)
            case Tile():
                self._tile(painter, shape)
            case Words():
                self._words(painter, shape)
            case Halo(rect=rect, flow=flow, glow="output"):
                self._glow(painter, rect, self._theme.palette.color(flow))
            case Halo(rect=rect, flow=flow):
                around = rect.adjusted(-2, -2, 2, 2)
                self._ring(painter, around, self._theme.palette.color(flow), 1.6)
            case Gauge():
                self._gauge(painter, shape)

    # -- cells --------------------------------------------------------------------------------

    def _cells(self, painter: QPainter, cells: Cells, hovered: Entry | None, lit: bool) -> None:
        palette = self._theme.palette
        flow: Flow = "backward" if cells.ramp == "gradient" else "forward"
        if cells.glow == "output":
            self._glow(painter, cells.rect, palette.color(flow))
        if not cells.values:
            self._outlines(painter, cells)
            return
        font = self._number_font(cells.rect.width(), cells.rect.height() / len(cells.entries))
        painter.setFont(font)
        for number, (entry, value) in enumerate(zip(cells.entries, cells.values, strict=True)):
            room = cells.cell(number).adjusted(0.5, 0.5, -0.5, -0.5)
            is_hidden = entry in cells.hidden
            level = _level(cells.ramp, value, cells.reach)
            color, ink = _shade(palette, cells.ramp, value > 0, level)
            if is_hidden:
                color, ink = palette.color("panel"), palette.color("ink")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(room, _ROUND, _ROUND)
            if not cells.bare:
                painter.setPen(ink)
                text = "?" if is_hidden else in_cell(value)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
            if number == cells.marked:
                self._ring(painter, room, palette.color("ink"), 1.6)
            if entry == hovered or is_hidden:
                self._ring(painter, room, palette.color(flow), 2.0)
        if lit or cells.glow == "input":
            self._ring(painter, cells.rect, palette.color(flow), 1.6)
        if cells.labels:
            self._labels(painter, cells)

    def _outlines(self, painter: QPainter, cells: Cells) -> None:
        """Show where numbers will stand."""
        pen = QPen(self._theme.palette.color("line"), 1.0)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in range(len(cells.entries)):
            painter.drawRoundedRect(cells.cell(number).adjusted(1, 1, -1, -1), _ROUND, _ROUND)
        if cells.labels:
            self._labels(painter, cells)

    def _labels(self, painter: QPainter, cells: Cells) -> None:
        painter.setFont(self._font("mono_small", self._theme.px(12)))
        painter.setPen(self._theme.palette.color("soft"))
        gap = self._theme.px(cells.label_gap)
        for number, label in enumerate(cells.labels):
            room = cells.cell(number)
            room.setRect(room.x() - 100 - gap, room.y(), 100, room.height())
            painter.drawText(
                room,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                short_word(label, _LONGEST_LABEL),
            )

    def _number_font(self, width: float, height: float) -> QFont:
        widest = math.floor(width / 3.9)
        size = max(8, min(self._theme.px(14), math.floor(height * 0.66), widest))
        return self._font("mono_small", size)

    def _font(self, role: FontRole, size: int, *, bold: bool = False) -> QFont:
        """Return a font, each made once."""
        font = self._fonts.get((role, size, bold))
        if font is None:
            font = self._fonts[role, size, bold] = self._theme.font(role)
            font.setPixelSize(size)
            font.setBold(bold)
        return font

    def _glow(self, painter: QPainter, rect: QRectF, color: QColor) -> None:
        """Paint a soft light around what is being computed."""
        painter.setPen(Qt.PenStyle.NoPen)
        spread = self._theme.px(12)
        for ring in range(_GLOW_RINGS, 0, -1):
            out = spread * ring / _GLOW_RINGS
            light = QColor(color)
            light.setAlphaF(0.075)
            painter.setBrush(light)
            painter.drawRoundedRect(rect.adjusted(-out, -out, out, out), out + 2, out + 2)

    def _ring(self, painter: QPainter, rect: QRectF, color: QColor, width: float) -> None:
        painter.setPen(QPen(color, width * self._theme.scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, _ROUND, _ROUND)

    # -- everything else ----------------------------------------------------------------------

    def _wire(self, painter: QPainter, wire: Wire, lit: bool) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        color = palette.color("line" if wire.faint else wire.flow)
        active = bool(wire.glow) or lit
        if not (wire.faint or active):
            color = QColor(mix(color.name(), palette.panel, 0.35))
        width = (2.6 if active else 1.5) * scale
        tip, before = wire.points[-1], wire.points[-2]
        length = math.hypot(tip.x() - before.x(), tip.y() - before.y()) or 1.0
        ahead = (tip - before) / length
        size = _HEAD * scale if wire.head else 0.0
        points = [*wire.points[:-1], tip - ahead * (0.7 * size)]
        pen = QPen(color, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_rounded(points, 6 * scale))
        if wire.head:
            aside = QPointF(-ahead.y(), ahead.x()) * (0.48 * size)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            base = tip - ahead * size
            painter.drawPolygon(QPolygonF([tip, base + aside, base - aside]))
        if wire.tex:
            words = palette.color("faint" if wire.faint else wire.flow)
            self._symbol(painter, wire.tex, wire.tex_at, 15 * scale, words)

    def _badge(self, painter: QPainter, badge: Badge) -> None:
        palette = self._theme.palette
        color = palette.color("faint" if badge.faint else badge.flow)
        painter.setPen(QPen(color, 1.3 * self._theme.scale))
        painter.setBrush(palette.color("panel"))
        radius = badge.rect.height() / 2
        painter.drawRoundedRect(badge.rect, radius, radius)
        self._symbol(painter, badge.tex, badge.rect.center(), 0.62 * badge.rect.height(), color)

    def _circle(self, painter: QPainter, ring: Ring) -> None:
        palette = self._theme.palette
        color = palette.color(ring.flow)
        painter.setPen(QPen(color, 1.6 * self._theme.scale))
        painter.setBrush(QColor(mix(palette.panel, color.name(), 0.1)))
        painter.drawEllipse(ring.rect)
        self._symbol(painter, ring.tex, ring.rect.center(), 0.44 * ring.rect.height(), color)

    def _tile(self, painter: QPainter, tile: Tile) -> None:
        palette = self._theme.palette
        color = palette.color("line" if tile.faint else "forward")
        tint = QColor(mix(palette.panel, palette.forward, 0.14))
        painter.setPen(QPen(color, 1.3 * self._theme.scale))
        painter.setBrush(tint if tile.filled and not tile.faint else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tile.rect, 5, 5)
        text, room = short_word(tile.text, 9), tile.rect.width() - 6
        if not text or room <= 0:
            return
        size = max(8, min(round(0.62 * tile.rect.height()), self._theme.px(18)))
        width = QFontMetricsF(self._font("mono", size)).horizontalAdvance(text)
        if width > room:
            size = max(8, round(size * room / width))
        painter.setFont(self._font("mono", size))
        painter.setPen(palette.color("soft" if tile.faint else "ink"))
        painter.drawText(tile.rect, Qt.AlignmentFlag.AlignCenter, text)

    def _words(self, painter: QPainter, words: Words) -> None:
        color = self._theme.palette.word_color(words.role)
        if words.tex:
            width = find(words.tex).width * words.size
            x = words.rect.x() + (words.rect.width() - width) * (words.align + 1) / 2
            middle = QPointF(x + width / 2, words.rect.center().y())
            self._symbol(painter, words.tex, middle, words.size, color)
            return
        role: FontRole = "mono_small" if words.mono else "small"
        painter.setFont(self._font(role, round(words.size), bold=words.bold))
        painter.setPen(color)
        side = {
            -1: Qt.AlignmentFlag.AlignLeft,
            0: Qt.AlignmentFlag.AlignHCenter,
            1: Qt.AlignmentFlag.AlignRight,
        }[words.align]
        painter.drawText(words.rect, side | Qt.AlignmentFlag.AlignVCenter, words.text)

    def _gauge(self, painter: QPainter, gauge: Gauge) -> None:
        palette, scale = self._theme.palette, self._theme.scale
        full = 1.25 * max(*gauge.values, gauge.threshold or 0.0, 1e-12)
        width, high = 0.5 * gauge.rect.width(), gauge.rect.height() / len(gauge.values)
        painter.setFont(self._theme.font("small"))
        for number, (value, text) in enumerate(zip(gauge.values, gauge.texts, strict=True)):
            middle = gauge.rect.y() + (number + 0.5) * high
            bar = QRectF(gauge.rect.x(), middle - 5 * scale, width * value / full, 10 * scale)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(gauge.flow))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(palette.color("ink"))
            room = QRectF(gauge.rect.x() + width + 10 * scale, middle - high / 2, 400 * scale, high)
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, side, text)
        if gauge.threshold is not None:
            x = gauge.rect.x() + width * gauge.threshold / full
            painter.setPen(QPen(palette.color("threshold"), 1.5 * scale))
            painter.drawLine(QPointF(x, gauge.rect.y() - 2), QPointF(x, gauge.rect.bottom() + 2))

    def _symbol(
        self, painter: QPainter, tex: str, middle: QPointF, size: float, color: QColor
    ) -> None:
        symbol = find(tex)
        left = middle.x() - symbol.width * size / 2
        baseline = middle.y() + (symbol.ascent - symbol.descent) * size / 2
        symbol.draw(painter, QPointF(left, baseline), size, color)


def _level(ramp: Ramp, value: float, reach: float) -> int:
    """Return how full the colour of a number is, from 0 to `_LEVELS`; below it is no number."""
    if not math.isfinite(value):
        return -1
    size = min(1.0, abs(value) / reach) if reach > 0 else 0.0
    if ramp == "gradient":
        size = max(0.0, 1.0 + math.log10(size) / _DECADES) if size > 0 else 0.0
    elif ramp == "plain":
        size = 0.4
    return round(_LEVELS * size)


@lru_cache(maxsize=2048)
def _shade(palette: Palette, ramp: Ramp, is_positive: bool, level: int) -> tuple[QColor, QColor]:
    """Return the colour of a cell, and that of the number on it."""
    ends = {
        "signed": palette.positive if is_positive else palette.negative,
        "probability": palette.forward,
        "gradient": palette.backward
        if is_positive
        else mix(palette.backward, palette.negative, 0.5),
        "plain": palette.line,
    }
    full = _FAINTEST + (_FULL - _FAINTEST) * level / _LEVELS
    color = QColor(mix(palette.panel, ends[ramp], full))
    if level < 0:
        color = QColor(mix(palette.panel, palette.threshold, 0.4))
    ink, panel = palette.color("ink"), palette.color("panel")
    return color, max(ink, panel, key=lambda one: abs(_lightness(one) - _lightness(color)))


def _lightness(color: QColor) -> float:
    return 0.3 * color.redF() + 0.59 * color.greenF() + 0.11 * color.blueF()


def _rounded(points: list[QPointF], radius: float) -> QPainterPath:
    """Return a path through points whose corners are rounded."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        back, ahead = before - corner, after - corner
        lengths = [math.hypot(way.x(), way.y()) or 1.0 for way in (back, ahead)]
        cut = min(radius, *(length / 2 for length in lengths))
        path.lineTo(corner + back * (cut / lengths[0]))
        path.quadTo(corner, corner + ahead * (cut / lengths[1]))
    path.lineTo(points[-1])
    return path
