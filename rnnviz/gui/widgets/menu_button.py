"""Buttons that open a menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton


def open_menu_with(button: QPushButton | QToolButton, menu: QMenu) -> None:
    """Let a button open a menu, and be at rest again once the menu is closed."""
    button.setMenu(menu)
    menu.aboutToHide.connect(partial(QTimer.singleShot, 0, button, partial(_let_go, button)))


def _let_go(button: QPushButton | QToolButton) -> None:
    """Tell a button that the pointer has left it: no event does that while a menu is open."""
    if not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
        QCoreApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
        button.update()
