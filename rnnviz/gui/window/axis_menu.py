"""The menu of what training is drawn over: steps, tokens or seconds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import get_args

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.training.record.progress import Unit


class AxisMenu(QObject):
    """Lets one of them be chosen, for every panel that shows the course of training.

    Parameters
    ----------
    menu
        Takes it as a menu of its own.
    panels
        All of them.
    """

    def __init__(self, menu: QMenu, panels: Iterable[Panel]) -> None:
        super().__init__(menu)
        self._panels = list(panels)
        menu.addSeparator()
        choices = menu.addMenu("Draw training over")
        choices.setObjectName("training_axis")
        self._group = QActionGroup(self)
        for unit in get_args(Unit):
            action = choices.addAction(unit)
            action.setObjectName(f"axis_{unit}")
            action.setCheckable(True)
            action.setChecked(unit == "steps")
            action.triggered.connect(partial(self._choose, unit))
            self._group.addAction(action)

    def _choose(self, unit: Unit, _checked: bool = True) -> None:
        for panel in self._panels:
            panel.set_axis(unit)
