"""A short list of units, the best first, and the line that chance draws through it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QLinearGradient
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from rnnviz.core.parameters import Array
from rnnviz.gui.style.palette import mix
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import MINUS

_LONGEST = 20
_BAR = 0.45
_LINE = "\N{BOX DRAWINGS LIGHT HORIZONTAL}"
_UNIT = Qt.ItemDataRole.UserRole


class UnitList(QListWidget):
    """Each row is a unit with its correlation, as a number and as a bar behind it.

    Parameters
    ----------
    name, accessible_name
        The object's name, and what it is called.
    parent
        The widget that holds it.

    Signals
    -------
    unit_chosen(int)
        The person chose this unit, from 0.
    """

    unit_chosen = Signal(int)

    HEAD = " unit r"
    """What stands above the columns, in the list's own type."""

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setUniformItemSizes(True)
        self.setMinimumHeight(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._colors: dict[bool, QColor] = {}
        self._ink = self._threshold = QColor()
        self.currentItemChanged.connect(self._chosen)

    @property
    def rows(self) -> list[str]:
        """What the rows say."""
        return [self.item(row).text() for row in range(self.count())]

    def dress(self, theme: Theme, width: int) -> None:
        """Take the theme's colours and type; the rows follow with the next ranking."""
        palette = theme.palette
        self.setFont(theme.font("mono_small"))
        self.setFixedWidth(width)
        self._colors = {
            negative: QColor(mix(palette.panel, end, _BAR))
            for negative, end in ((True, palette.negative), (False, palette.positive))
        }
        self._ink, self._threshold = palette.color("ink"), palette.color("threshold")

    def show_ranking(
        self, order: NDArray[np.intp], correlations: Array, chance: float, chosen: int
    ) -> None:
        """Show the best units, the chosen one among them or below them.

        Parameters
        ----------
        order
            (H,) units, the best first.
        correlations
            (H,) by unit.
        chance
            Where to draw the line; NaN for nowhere.
        chosen
            The unit that is chosen.
        """
        units: list[int | None] = [int(unit) for unit in order[:_LONGEST]]
        beyond = int(np.count_nonzero(np.abs(correlations) > chance))
        if math.isfinite(chance) and beyond <= len(units):
            units.insert(beyond, None)
        if chosen not in units:
            units.append(chosen)
        with QSignalBlocker(self):
            while self.count() > len(units):
                self.takeItem(self.count() - 1)
            while self.count() < len(units):
                self.addItem(QListWidgetItem())
            for row, unit in enumerate(units):
                if unit is None:
                    self._draw_line(self.item(row), chance)
                else:
                    self._fill(self.item(row), unit, float(correlations[unit]))
            self.setCurrentRow(units.index(chosen))

    def _fill(self, item: QListWidgetItem, unit: int, correlation: float) -> None:
        item.setText(f"{unit + 1:>5} {signed_words(correlation, 2)}")
        item.setToolTip(f"unit {unit + 1:,}: r = {signed_words(correlation, 3)}")
        item.setData(_UNIT, unit)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setForeground(self._ink)
        item.setBackground(self._bar(correlation))

    def _draw_line(self, item: QListWidgetItem, chance: float) -> None:
        item.setText(f"{_LINE} chance {chance:.2f} {_LINE}")
        item.setToolTip("By chance, the best unit gets this far in 1 of 20 tries")
        item.setData(_UNIT, None)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setForeground(self._threshold)
        item.setBackground(QBrush())

    def _bar(self, correlation: float) -> QBrush:
        """Return a colour that fills the row as far as |r| goes: drawn by Qt alone."""
        color, none = self._colors[correlation < 0], QColor(Qt.GlobalColor.transparent)
        share = min(max(abs(correlation), 0.0), 1.0)
        gradient = QLinearGradient(QPointF(0.0, 0.0), QPointF(1.0, 0.0))
        gradient.setCoordinateMode(QLinearGradient.CoordinateMode.ObjectMode)
        for at, end in ((0.0, color), (share, color), (min(share + 1e-4, 1.0), none), (1.0, none)):
            gradient.setColorAt(at, end)
        return QBrush(gradient)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        unit = None if item is None else item.data(_UNIT)
        if unit is not None:
            self.unit_chosen.emit(unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Space to the window, where it trains and pauses; arrow keys choose."""
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)


def signed_words(value: float, digits: int) -> str:
    """Write a number with its sign, or say that it is none."""
    if not math.isfinite(value):
        return "not finite"
    return f"{value:+.{digits}f}".replace("-", MINUS)
