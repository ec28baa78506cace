"""Finds a free place beside each curve for its name, and leaves it there as long as it is free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene

from rnnviz.gui.plotting.axis import Floats
from rnnviz.gui.plotting.items import LAYER_LABEL, Curve, LevelLine
from rnnviz.gui.plotting.mapping import Mapping
from rnnviz.gui.plotting.words import Word
from rnnviz.gui.theme import Theme

_PLACES = np.linspace(0.08, 0.92, 15)
_PROBES = 9
_GAP = 5.0
_GOOD = 1.0
"""A place that costs less than this is kept, even when another has become better."""


@dataclass(slots=True)
class _Label:
    word: Word
    plate: QGraphicsRectItem
    rect: QRectF


class CurveLabels:
    """The names of curves and of level lines that carry theirs themselves.

    A label that moved with its curve would be unreadable, and one that stood still for ever would
    be run over. So places are looked at about once a second, and one that is still free is kept.
    """

    def __init__(self, scene: QGraphicsScene, theme: Theme, mapping: Mapping) -> None:
        self._scene = scene
        self._theme = theme
        self._mapping = mapping
        self._labels: dict[int, _Label] = {}

    @property
    def rects(self) -> list[QRectF]:
        """Where the visible labels stand."""
        return [label.rect for label in self._labels.values() if label.word.item.isVisible()]

    def restyle(self) -> None:
        """Forget how labels looked; :meth:`place` dresses them again."""
        for label in self._labels.values():
            label.rect = QRectF()

    def place(self, curves: list[Curve], levels: list[LevelLine]) -> None:
        """Give each named curve and level line its label."""
        shown = [curve for curve in curves if curve.visible and len(curve.pixels[0]) > 1]
        taken: list[QRectF] = []
        labelled: set[int] = set()
        for line in levels:
            if line.label_on == "line" and line.label and line.shown:
                y = np.full(2, line.pixel)
                x = np.array([self._mapping.rect.left(), self._mapping.rect.right()])
                taken.append(self._put(line, line.label, (x, y), shown, levels, taken))
                labelled.add(id(line))
        for curve in shown:
            if curve.label and np.isfinite(curve.pixels[1]).sum() > 1:
                taken.append(self._put(curve, curve.label, curve.pixels, shown, levels, taken))
                labelled.add(id(curve))
        for key, label in self._labels.items():
            label.word.set_visible(key in labelled)
            label.plate.setVisible(key in labelled)

    def _put(
        self,
        owner: Curve | LevelLine,
        text: str,
        pixels: tuple[Floats, Floats],
        curves: list[Curve],
        levels: list[LevelLine],
        taken: list[QRectF],
    ) -> QRectF:
        label = self._label_of(owner)
        label.word.set_style(self._theme.font("small"), self._theme.palette.word_color(owner.role))
        label.word.set_text(text)
        size = (label.word.width, label.word.height)
        others = [curve.pixels for curve in curves if curve is not owner]
        heights = [line.pixel for line in levels if line.shown and line is not owner]

        def cost(rect: QRectF) -> float:
            return _cost(rect, pixels, others, heights, taken, self._mapping.rect)

        rect = label.rect
        if (rect.width(), rect.height()) != size or cost(rect) > _GOOD:
            rect = min(_candidates(pixels, size, self._mapping.rect), key=cost)
        label.rect = rect
        label.word.move(rect.left(), rect.top())
        plate = self._theme.palette.color("panel")
        plate.setAlpha(190)
        label.plate.setBrush(plate)
        label.plate.setRect(rect.adjusted(-2, 1, 2, -1))
        return rect

    def _label_of(self, owner: Curve | LevelLine) -> _Label:
        label = self._labels.get(id(owner))
        if label is None:
            plate = QGraphicsRectItem()
            plate.setPen(QPen(Qt.PenStyle.NoPen))
            plate.setZValue(LAYER_LABEL - 1)
            self._scene.addItem(plate)
            label = self._labels[id(owner)] = _Label(Word(self._scene), plate, QRectF())
        return label


def _candidates(
    pixels: tuple[Floats, Floats], size: tuple[float, float], plot: QRectF
) -> list[QRectF]:
    """Return places above and below the curve, all along it, inside the plot."""
    x, y = pixels
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    width, height = size
    found = []
    for share in _PLACES:
        left = plot.left() + share * plot.width() - width / 2
        left = min(max(left, plot.left() + 2), plot.right() - width - 2)
        under = np.interp(np.linspace(left, left + width, _PROBES), x, y)
        for top in (
            under.min() - height - _GAP,
            under.max() + _GAP,
            under.min() - height - 4 * _GAP,
            under.max() + 4 * _GAP,
        ):
            top = min(max(top, plot.top()), plot.bottom() - height)
            found.append(QRectF(left, top, width, height))
    return found


def _cost(
    rect: QRectF,
    own: tuple[Floats, Floats],
    others: list[tuple[Floats, Floats]],
    levels: list[float],
    taken: list[QRectF],
    plot: QRectF,
) -> float:
    """Return how bad a place is: 0 is free and near, more than 1 is worth leaving."""
    if rect.isEmpty() or not plot.adjusted(-1, -1, 1, 1).contains(rect):
        return 1000.0
    x = np.linspace(rect.left() - 3, rect.right() + 3, _PROBES)
    middle, half = rect.center().y(), rect.height() / 2
    cost = sum(50.0 for other in taken if other.adjusted(-6, -2, 6, 2).intersects(rect))
    distance = _distance(own, x, middle)
    cost += 2.0 * float((distance < half).sum())
    near = float(distance.min())
    # Too far from its curve, a name belongs to none.
    cost += max(0.0, near - 3 * half) / 20
    for other in others:
        distance = _distance(other, x, middle)
        cost += 2.0 * float((distance < half + 1).sum())
        if float(distance.min()) < near:
            cost += 0.9
    cost += sum(1.5 for y in levels if abs(y - middle) < half - 2)
    return cost


def _distance(pixels: tuple[Floats, Floats], x: Floats, y: float) -> Floats:
    """Return how far a curve is above or below a height, at some x; far where it is not."""
    curve_x, curve_y = pixels
    finite = np.isfinite(curve_x) & np.isfinite(curve_y)
    if not finite.any():
        return np.full(x.shape, np.inf)
    heights = np.interp(x, curve_x[finite], curve_y[finite], left=np.inf, right=np.inf)
    return np.asarray(np.abs(heights - y))
