"""The names of hidden curves, pale, where one click brings each of them back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsScene

from rnnviz.gui.plotting.axes.layers import LAYER_HOVER
from rnnviz.gui.plotting.items.plate import Plate
from rnnviz.gui.style.theme import Theme

_BEFORE, _BETWEEN = "hidden: ", ", "
_WIDEST = 0.7
"""Which share of the plot's width they take at most: else they are only counted."""


class HiddenNames:
    """A chip that names what is hidden, or counts it where there is little room.

    Parameters
    ----------
    scene, theme
        Where it stands, and how it looks.
    """

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self._theme = theme
        self._chip = Plate(scene, theme, LAYER_HOVER - 1, role="soft", is_button=True)
        self._names: Sequence[str] = ()
        self._ends: list[float] = []

    @property
    def text(self) -> str:
        """What can be read there now; empty while nothing is hidden."""
        return self._chip.text

    @property
    def rect(self) -> QRectF:
        """Where it stands, in pixels; empty while nothing is hidden."""
        return self._chip.rect

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        self._chip.restyle()

    def show(self, names: Sequence[str], right: float, top: float, room: float) -> None:
        """Name these.

        Parameters
        ----------
        names
            What is hidden; nothing is shown of nothing.
        right, top
            The upper right corner, in pixels.
        room
            How wide it can be at the utmost.
        """
        width = QFontMetricsF(self._theme.font("small")).horizontalAdvance
        starts = [_BETWEEN.join(names[:count]) for count in range(1, len(names) + 1)]
        ends = [self._chip.pad + width(_BEFORE + start) for start in starts]
        fits = bool(ends) and ends[-1] + self._chip.pad <= _WIDEST * room
        self._names, self._ends = (names, ends) if fits else ((), [])
        counted = f"{len(names)} hidden" if names else ""
        self._chip.say(_BEFORE + _BETWEEN.join(names) if fits else counted)
        self._chip.place(right, top)

    def name_at(self, place: QPointF) -> str | None:
        """Return the name at a place in pixels; empty where it is about all; None beside it."""
        if not self._chip.contains(place):
            return None
        across = place.x() - self._chip.rect.left()
        before = self._chip.pad + QFontMetricsF(self._theme.font("small")).horizontalAdvance(
            _BEFORE
        )
        if not self._names or across < before:
            return ""
        reached = (name for name, end in zip(self._names, self._ends, strict=True) if across <= end)
        return next(reached, self._names[-1])
