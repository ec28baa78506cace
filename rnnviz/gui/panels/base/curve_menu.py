"""Which curves of a panel's plot are shown, in its menu: for whoever has no mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from rnnviz.gui.plotting.view.hiding import Hiding


class CurveMenu(QObject):
    """Hides and shows every curve that has a name, or shows all of them again.

    Parameters
    ----------
    menu
        Takes it as a menu of its own.
    panel_name
        The panel's object name, with which the menu's begins.
    hiding
        Returns what is hidden in the plot that is seen.
    """

    def __init__(self, menu: QMenu, panel_name: str, hiding: Callable[[], Hiding]) -> None:
        super().__init__(menu)
        self._hiding = hiding
        menu.addSeparator()
        self._curves = menu.addMenu("Curves")
        self._curves.setObjectName(f"{panel_name}_curves")
        self._all = menu.addAction("Show all curves")
        self._all.setObjectName(f"{panel_name}_show_all_curves")
        self._all.triggered.connect(lambda: self._hiding().show_all())
        menu.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        hiding = self._hiding()
        hidden = hiding.hidden
        self._curves.clear()
        for name in hiding.names:
            action = self._curves.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name not in hidden)
            action.triggered.connect(partial(self._choose, name))
        # A picture has no names.
        self._curves.menuAction().setVisible(not self._curves.isEmpty())
        self._all.setVisible(not self._curves.isEmpty())
        self._all.setEnabled(bool(hidden))

    def _choose(self, name: str, _checked: bool = False) -> None:
        hiding = self._hiding()
        (hiding.show if name in hiding.hidden else hiding.hide)(name)
