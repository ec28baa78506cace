"""Knows what is under the pointer in a plot: a chip, a name, a grip, an axis, or the plot alone."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPointF, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from rnnviz.gui.plotting.axes.transform import AxesTransform
from rnnviz.gui.plotting.items.curve_labels import CurveLabels
from rnnviz.gui.plotting.items.curves import Curve
from rnnviz.gui.plotting.items.plate import Plate
from rnnviz.gui.plotting.view.grip import Grip
from rnnviz.gui.plotting.view.hand import Hand
from rnnviz.gui.plotting.view.hidden_names import HiddenNames
from rnnviz.gui.plotting.view.hiding import Hiding
from rnnviz.gui.plotting.view.touch import Touched


class UnderPointer(QObject):
    """Finds what can be clicked, or dragged instead of the plot, and says what that does.

    Parameters
    ----------
    mapping, hand
        The plot's axes, and who has them follow the data again.
    chip, hidden_names, hiding, labels
        What stands in the plot, and what is hidden of it.
    parent
        The plot.

    Attributes
    ----------
    grips
        What can be dragged.

    Signals
    -------
    switch_asked()
        The person wants x logarithmic, or linear again.
    """

    switch_asked = Signal()

    def __init__(  # noqa: PLR0913  # keywords: what there is in a plot
        self,
        mapping: AxesTransform,
        hand: Hand,
        *,
        chip: Plate,
        hidden_names: HiddenNames,
        hiding: Hiding,
        labels: CurveLabels,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._mapping = mapping
        self._hand = hand
        self._chip = chip
        self._hidden_names = hidden_names
        self._hiding = hiding
        self._labels = labels
        self.grips: list[Grip] = []
        # A click on an axis waits for a second one, which means something else.
        interval = QGuiApplication.styleHints().mouseDoubleClickInterval()
        self.switching = QTimer(self, interval=interval, singleShot=True)
        self.switching.timeout.connect(self.switch_asked)

    def find(self, place: QPointF) -> Touched | None:
        """Return what is at a place in pixels, the uppermost; None where there is the plot."""
        finders = (self._chip_at, self._hidden_at, self._grip_at, self._name_at, self._axis_at)
        found = (find(place) for find in finders)
        return next((touched for touched in found if touched is not None), None)

    def _chip_at(self, place: QPointF) -> Touched | None:
        if not self._chip.contains(place):
            return None
        both = (self._mapping.x, self._mapping.y)
        return Touched("Click: follow the data again", partial(self._hand.let_go.emit, both))

    def _hidden_at(self, place: QPointF) -> Touched | None:
        name = self._hidden_names.name_at(place)
        if name is None:
            return None
        if not name:
            return Touched("Click: show all curves again", self._hiding.show_all)
        return Touched(f"Click: show “{name}” again", partial(self._hiding.show, name))

    def _grip_at(self, place: QPointF) -> Touched | None:
        if not self.grips:
            return None
        named = self._labels.owner_at(place)
        for grip in self.grips:
            offset = grip.offset_from(place, named)
            if offset is not None:
                return Touched(grip.words, cursor=grip.cursor, grip=grip, offset=offset)
        return None

    def _name_at(self, place: QPointF) -> Touched | None:
        owner = self._labels.owner_at(place)
        if not isinstance(owner, Curve):
            return None
        name = owner.group
        twice = "show all again" if self._hiding.is_alone(name) else "show it alone"
        return Touched(
            f"Click: hide “{name}”. Double click: {twice}",
            partial(self._hiding.hide, name),
            partial(self._hiding.show_alone, name),
        )

    def _axis_at(self, place: QPointF) -> Touched | None:
        x = self._mapping.x
        if not x.axis.switchable or self._hand.scales_at(place) != (x,):
            return None
        kind = "linear" if x.axis.is_logarithmic else "logarithmic"
        return Touched(f"Click: make this axis {kind}", self.switching.start, self._follow_x)

    def _follow_x(self) -> None:
        self.switching.stop()
        self._hand.let_go.emit((self._mapping.x,))
