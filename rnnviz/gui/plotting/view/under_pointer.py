"""Knows what is under the pointer in a plot: the chip, or the plot alone."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF

from rnnviz.gui.plotting.axes.transform import AxesTransform
from rnnviz.gui.plotting.view.chip import Chip
from rnnviz.gui.plotting.view.hand import Hand
from rnnviz.gui.plotting.view.touch import Touched


class UnderPointer:
    """Finds what can be clicked, and says what that does.

    Parameters
    ----------
    mapping, hand
        The plot's axes, and who has them follow the data again.
    chip
        What stands in the plot.
    """

    def __init__(self, mapping: AxesTransform, hand: Hand, *, chip: Chip) -> None:
        self._mapping = mapping
        self._hand = hand
        self._chip = chip

    def find(self, place: QPointF) -> Touched | None:
        """Return what is at a place in pixels, the uppermost; None where there is the plot."""
        if not self._chip.contains(place):
            return None
        both = (self._mapping.x, self._mapping.y)
        return Touched("Click: follow the data again", partial(self._hand.let_go.emit, both))
