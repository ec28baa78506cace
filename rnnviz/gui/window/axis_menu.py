"""The menu of what training is drawn over, and from where it is counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import get_args

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from rnnviz.gui.plotting import SharedAxis
from rnnviz.gui.plotting.axes.training_axis import TrainingAxis
from rnnviz.gui.runs.fork import counted_from
from rnnviz.gui.runs.run_list import RunList
from rnnviz.training.record.progress import Unit

_TIP = (
    "Lay branches over one another: each counts from where it left another run, and that run from "
    "the fork of the branch in front, or else of the last one"
)


class AxisMenu(QObject):
    """Lets it be chosen, for every panel that shows the course of training.

    Parameters
    ----------
    menu
        Takes it as a menu of its own.
    runs
        Those of the window: only where one of them is a branch, there is a fork to count from.
    draw_over
        Has all panels drawn over what was chosen.
    axis
        What their plots over training have in common: that they are linear, or logarithmic.
    """

    def __init__(
        self,
        menu: QMenu,
        runs: RunList,
        draw_over: Callable[[TrainingAxis], None],
        axis: SharedAxis,
    ) -> None:
        super().__init__(menu)
        self._runs = runs
        self._draw_over = draw_over
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
            action.triggered.connect(partial(self._choose, unit))
            self._group.addAction(action)
        choices.addSeparator()
        self._from_fork = choices.addAction("Count from the fork")
        self._from_fork.setObjectName("axis_from_fork")
        self._from_fork.setToolTip(_TIP)
        self._from_fork.setCheckable(True)
        self._from_fork.setEnabled(False)
        self._from_fork.toggled.connect(self.follow)
        logarithmic = choices.addAction("Logarithmic axis")
        logarithmic.setObjectName("axis_logarithmic")
        logarithmic.setCheckable(True)
        logarithmic.setToolTip("A click on such an axis does the same")
        logarithmic.triggered.connect(axis.set_logarithmic)
        axis.switched.connect(logarithmic.setChecked)

    def follow(self) -> None:
        """Take note of which runs are there, and which of them is in front."""
        self._from_fork.setEnabled(any(run.fork is not None for run in self._runs))
        if not self._from_fork.isEnabled():
            self._from_fork.setChecked(False)
        self._choose(self._axis.unit)

    def _choose(self, unit: Unit, _checked: bool = True) -> None:
        axis = TrainingAxis(unit)
        if self._from_fork.isChecked():
            shown = {run.run_id: run.fork for run in self._runs.compared if run.run_id}
            forks = counted_from(shown, self._runs.front.run_id)
            axis = TrainingAxis(unit, forks, bool(forks) and len(forks) < len(shown))
        if axis != self._axis:
            self._axis = axis
            self._draw_over(axis)
