"""The line of a live setting: where it stands is what is set, and whoever drags it sets it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.plotting import HorizontalLine, PlotView
from rnnviz.training.configuration import Setting, Value
from rnnviz.training.snapshot import Snapshot

_DIGITS = 3
"""So many are kept of what is dragged: a hand means no more."""


class SettingLine(QObject):
    """Stands at the value in force; at the person's own while it is dragged, and until it acts.

    Parameters
    ----------
    view
        The plot.
    line
        Is drawn in it.
    setting
        What is set.
    words
        Returns what is written at the line, for a value.

    Signals
    -------
    chosen(str, object, bool)
        The person has dragged the setting of this name to this value, and whether this goes on
        with the value before: nobody has let go since.
    """

    chosen = Signal(str, object, bool)

    def __init__(
        self,
        view: PlotView,
        line: HorizontalLine,
        setting: Setting,
        words: Callable[[float], str],
    ) -> None:
        super().__init__(view)
        self._line = line
        self._setting = setting
        self._words = words
        self._awaited: float | None = None
        self._is_set_by_hand = False
        # What the run may still have, while what was chosen is on its way to it.
        self._before: set[Value] = set()
        self._of: tuple[object, ...] = ()
        self._grip = view.grip_line(line, f"Drag: set the {setting.label.lower()}")
        self._grip.grasped.connect(self._grasp)
        self._grip.dragged.connect(lambda _x, y: self._stand_at(self._checked(y)))
        self._grip.set_to.connect(lambda _x, y: self._choose(self._checked(y)))

    def show(self, snapshot: Snapshot, *, is_there: bool = True) -> None:
        """Stand where the setting of a run is, or nowhere."""
        value = getattr(snapshot.configuration, self._setting.name)
        # What was undone since does not come any more.
        of = snapshot.run_id, snapshot.undo.last
        is_under_way = of == self._of and value in self._before
        self._of = of
        if self._grip.is_held:
            self._before |= {value} - {self._awaited}
        elif self._awaited is None or not is_under_way:
            self._awaited = None
            self._stand_at(value if is_there else None)

    def _grasp(self) -> None:
        self._is_set_by_hand = False
        if self._line.value is not None:
            self._before = {self._line.value}

    def _stand_at(self, value: float | None) -> None:
        self._line.set_value(value, None if value is None else self._words(value))

    def _choose(self, value: float) -> None:
        if self._awaited is not None:
            self._before.add(self._awaited)
        self._before.discard(value)
        self._awaited = value
        goes_on, self._is_set_by_hand = self._is_set_by_hand, True
        self.chosen.emit(self._setting.name, value, goes_on)

    def _checked(self, value: float) -> float:
        """Return a value of the setting, near to where the line was dragged."""
        low, high = self._setting.minimum, self._setting.maximum
        rounded = float(f"{value:.{_DIGITS}g}")
        return min(max(rounded, rounded if low is None else low), rounded if high is None else high)
