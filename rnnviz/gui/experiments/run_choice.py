"""Which of an experiment's runs are looked at: all of them racing, or one alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.widgets.menu_button import open_menu_with
from rnnviz.gui.widgets.plain import plain_tip

ALL_AT_ONCE = 1000
"""The number of what has all runs race."""
_GAP = 4


class RunChoice(QWidget):
    """A button for the race and one for each run alone; nothing where there is one run only.

    Where there is no room for all of them, one button tells what is chosen, with a menu.

    Signals
    -------
    chosen(int)
        The person wants the run with this number, from 0, or `ALL_AT_ONCE`.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = QActionGroup(self)
        self._pills: dict[QAction, QPushButton] = {}
        self._row = QWidget(self)
        self._layout = QHBoxLayout(self._row)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._menu = QMenu(self)
        self._button = _new_pill("experiment_runs")
        self._button.setParent(self)
        open_menu_with(self._button, self._menu)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def offer(self, runs: Sequence[str]) -> None:
        """Offer these runs, by name, and all of them at once."""
        for action, pill in self._pills.items():
            self._actions.removeAction(action)
            destroy_later(action)
            destroy_later(pill)
        self._pills.clear()
        if len(runs) > 1:
            what = "Train all runs side by side, from the same step on"
            self._add(ALL_AT_ONCE, "all at once", "experiment_run_all", what)
            for number, run in enumerate(runs):
                self._add(number, run, f"experiment_run_{number + 1}", f"Look at one alone: {run}")
        self.setVisible(bool(self._pills))
        self.updateGeometry()
        self._fit()

    def mark(self, number: int) -> None:
        """Show which of them is under way."""
        for action, pill in self._pills.items():
            is_chosen = action.data() == number
            action.setChecked(is_chosen)
            pill.setChecked(is_chosen)
            if is_chosen:
                self._button.setText(action.text())
                self._button.setToolTip(f"Now: {action.text()}. Choose all at once, or one alone")
                self._button.setAccessibleName(self._button.toolTip())
        self.updateGeometry()
        self._fit()

    def _add(self, number: int, words: str, name: str, what: str) -> None:
        action = QAction(words, self)
        action.setCheckable(True)
        action.setData(number)
        action.setToolTip(plain_tip(what))
        action.triggered.connect(partial(self._choose, number))
        pill = _new_pill(name)
        pill.setText(words)
        pill.setCheckable(True)
        pill.setAccessibleName(what)
        pill.setToolTip(plain_tip(what))
        pill.clicked.connect(action.trigger)
        self._actions.addAction(action)
        self._menu.addAction(action)
        self._layout.addWidget(pill)
        self._pills[action] = pill

    def _choose(self, number: int, _checked: bool = False) -> None:
        self.mark(number)
        self.chosen.emit(number)

    # -- how it is laid out -------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the room for all buttons."""
        return QSize(self._row_width, self._button.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for the one button that stands for all."""
        least = self._button.sizeHint()
        return QSize(min(least.width(), self._row_width), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self._fit()

    @property
    def _row_width(self) -> int:
        widths = [pill.sizeHint().width() for pill in self._pills.values()]
        return sum(widths) + _GAP * max(len(widths) - 1, 0)

    def _fit(self) -> None:
        fits = self.width() >= self._row_width
        self._row.setVisible(fits)
        self._button.setVisible(not fits)
        self._row.setGeometry(0, 0, self._row_width, self.height())
        self._button.setGeometry(0, 0, self._button.sizeHint().width(), self.height())


def _new_pill(name: str) -> QPushButton:
    pill = QPushButton()
    pill.setObjectName(name)
    pill.setProperty("pill", True)
    pill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return pill
