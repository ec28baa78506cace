"""The menu of what training is drawn over, and from where it is counted."""

from __future__ import annotations

from functools import partial
from typing import get_args

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from rnnviz.gui.plotting.axes.training_axis import TrainingAxis
from rnnviz.gui.runs.fork import counted_from, forks_of
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.shown_panels import ShownPanels
from rnnviz.training.record.progress import Unit

_TIP = (
    "Lay branches over one another: each counts from where it left another run, and that run from "
    "the fork of the branch in front, or else of the last one"
)


class AxisMenu(QObject):
    """Lets it be chosen, for every panel that shows the course of training.

    What was chosen is chosen again at the next start, until all panels are shown as at first.

    Parameters
    ----------
    window
        Has the menu that takes it as a menu of its own.
    runs
        Those of the window: only where one of them is a branch, there is a fork to count from.
    shown
        The panels, which are drawn over what was chosen.
    settings
        Remember it.
    """

    def __init__(
        self, window: MainWindow, runs: RunList, shown: ShownPanels, settings: WindowSettings
    ) -> None:
        menu = window.toolbar.compare_menu
        super().__init__(menu)
        self._runs = runs
        self._draw_over = shown.draw_over
        self._settings = settings
        self._axis = TrainingAxis()
        menu.addSeparator()
        choices = menu.addMenu("Draw training over")
        choices.setObjectName("training_axis")
        choices.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        for unit in get_args(Unit):
            action = choices.addAction(unit)
            action.setObjectName(f"axis_{unit}")
            action.setCheckable(True)
            action.setChecked(unit == self._axis.unit)
            action.triggered.connect(partial(self._choose_unit, unit))
            self._group.addAction(action)
        choices.addSeparator()
        self._from_fork = choices.addAction("Count from the fork")
        self._from_fork.setObjectName("axis_from_fork")
        self._from_fork.setToolTip(_TIP)
        self._from_fork.setCheckable(True)
        self._from_fork.setEnabled(False)
        self._from_fork.triggered.connect(self._count_from_fork)
        self._logarithmic = choices.addAction("Logarithmic axis")
        self._logarithmic.setObjectName("axis_logarithmic")
        self._logarithmic.setCheckable(True)
        self._logarithmic.setToolTip("A click on such an axis does the same")
        self._shared = shown.training
        self._logarithmic.triggered.connect(self._shared.set_logarithmic)
        self._shared.switched.connect(self._note_logarithmic)
        window.actions_by_name["action_restore_layout"].triggered.connect(self._begin_as_at_first)
        self._begin_as_before()

    def follow(self) -> None:
        """Take note of which runs are there, and which of them is in front."""
        has_fork = any(run.origins for run in self._runs)
        self._from_fork.setEnabled(has_fork)
        self._from_fork.setChecked(has_fork and self._is_from_fork)
        self._choose(self._axis.unit)

    def _begin_as_before(self) -> None:
        """Choose what was chosen when the window was there last."""
        settings = self._settings
        self._is_from_fork = settings.is_on(self._from_fork.objectName())
        if settings.is_on(self._logarithmic.objectName()):
            self._shared.set_logarithmic(True)
        for unit in get_args(Unit):
            if unit == settings.training_unit:
                self._choose_unit(unit)

    def _begin_as_at_first(self) -> None:
        self._count_from_fork(False)
        self._shared.set_logarithmic(False)
        self._choose_unit(TrainingAxis().unit)

    def _count_from_fork(self, on: bool) -> None:
        self._is_from_fork = on
        self._settings.set_on(self._from_fork.objectName(), on)
        self.follow()

    def _note_logarithmic(self, on: bool) -> None:
        self._logarithmic.setChecked(on)
        self._settings.set_on(self._logarithmic.objectName(), on)

    def _choose_unit(self, unit: Unit, _checked: bool = True) -> None:
        self._settings.training_unit = unit
        for action in self._group.actions():
            action.setChecked(action.text() == unit)
        self._choose(unit)

    def _choose(self, unit: Unit) -> None:
        axis = TrainingAxis(unit)
        if self._from_fork.isChecked():
            shown = forks_of([run.snapshot for run in self._runs.compared if run.snapshot])
            forks = counted_from(shown, self._runs.front.run_id)
            axis = TrainingAxis(unit, forks, bool(forks) and len(forks) < len(shown))
        if axis != self._axis:
            self._axis = axis
            self._draw_over(axis)
