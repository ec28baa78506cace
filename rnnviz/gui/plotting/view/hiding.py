"""Which curves of a plot a person has hidden: by their names, whatever becomes of their data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from rnnviz.gui.plotting.axes.axis import Axis, Floats
from rnnviz.gui.plotting.axes.transform import Span
from rnnviz.gui.plotting.items.curves import Band, Curve
from rnnviz.gui.plotting.items.item import PlotItem
from rnnviz.gui.plotting.items.lines import HorizontalLine

_NEAR = 0.15
"""What ends within this share of a range from its end has decided where that is."""


class Hiding(QObject):
    """Hides and shows all that goes under a name: the curve that is named, and what belongs to it.

    A name stays hidden until somebody shows it again, also while nothing in the plot has it.

    Parameters
    ----------
    items
        What the plot is made of, now and later.
    parent
        The plot.

    Signals
    -------
    changed()
        Other names are hidden.
    """

    changed = Signal()

    def __init__(self, items: Sequence[PlotItem], parent: QObject) -> None:
        super().__init__(parent)
        self._items = items
        self._hidden: set[str] = set()

    @property
    def names(self) -> list[str]:
        """What can be hidden, or is: the names of all curves that have something to show."""
        curves = (item for item in self._items if isinstance(item, Curve) and item.wanted)
        return list(dict.fromkeys(curve.group for curve in curves if curve.label and len(curve.x)))

    @property
    def hidden(self) -> list[str]:
        """Those of them that are hidden."""
        return [name for name in self.names if name in self._hidden]

    def is_alone(self, name: str) -> bool:
        """Return whether all others are hidden."""
        return set(self.names) - {name} <= self._hidden

    def hide(self, name: str) -> None:
        """Hide what goes under a name."""
        self._take(self._hidden | {name})

    def show(self, name: str) -> None:
        """Show what goes under a name again."""
        self._take(self._hidden - {name})

    def show_alone(self, name: str) -> None:
        """Hide all others; where they are hidden already, show them again."""
        others = set(self.names) - {name}
        self._take(set() if self.is_alone(name) else (self._hidden | others) - {name})

    def show_all(self) -> None:
        """Hide nothing."""
        self._take(set())

    def apply_to(self, item: PlotItem) -> None:
        """Hide an item, or show it, as its name is."""
        item.set_hidden(item.group in self._hidden)

    def narrowed(self, axis: Axis, low: float, high: float) -> Span:
        """Return what of a range of y, in data units, is needed without what is hidden.

        An end that only a hidden curve has made so far away comes in to what is shown; any other
        end stays, such as a zero that a panel always shows.
        """
        if not self._hidden:
            return low, high
        ends = _coordinates(axis, low, high)
        shown = _reach((item for item in self._items if item.visible), axis, ends)
        hidden = _reach((i for i in self._items if i.wanted and not i.visible), axis, ends)
        if shown is None or hidden is None:
            return low, high
        near = _NEAR * (ends[1] - ends[0])
        above, below = ends[1] - hidden[1], hidden[0] - ends[0]
        if hidden[1] > shown[1] and above <= near:
            high = axis.inverse(shown[1] + above)
        if hidden[0] < shown[0] and below <= near:
            low = axis.inverse(shown[0] - below)
        return low, high

    def _take(self, hidden: set[str]) -> None:
        if hidden != self._hidden:
            self._hidden = hidden
            for item in self._items:
                self.apply_to(item)
            self.changed.emit()


def _coordinates(axis: Axis, low: float, high: float) -> Span:
    first, last = axis.forward(np.array([low, high], dtype=np.float64)).tolist()
    return first, last


def _reach(items: Iterable[PlotItem], axis: Axis, ends: Span) -> Span | None:
    """Return from where to where items reach in a stretch, all in the axis's coordinate."""
    known = [heights[np.isfinite(heights)] for item in items for heights in _heights_of(item)]
    known = [heights for heights in known if heights.size]
    if not known:
        return None
    low = min(float(heights.min()) for heights in known)
    high = max(float(heights.max()) for heights in known)
    first, last = np.clip(_coordinates(axis, low, high), *ends).tolist()
    return first, last


def _heights_of(item: PlotItem) -> tuple[Floats, ...]:
    if isinstance(item, Curve):
        return (item.y,)
    if isinstance(item, Band):
        return item.low, item.high
    if isinstance(item, HorizontalLine) and item.value is not None:
        return (np.array([item.value]),)
    return ()
