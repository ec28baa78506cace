import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.gui.widgets.menu_button import open_menu_with

Button = QPushButton | QToolButton


def close_menu(qtbot: QtBot, button: Button, pointer: QPoint) -> None:
    """Close the menu of a button that was under the pointer, which is elsewhere by now."""
    qtbot.addWidget(button)
    button.resize(80, 30)
    open_menu_with(button, QMenu(button))
    button.show()
    QCursor.setPos(button.mapToGlobal(pointer))
    QApplication.processEvents()
    # While a menu is open, no event tells the button that the pointer has left it.
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    button.menu().aboutToHide.emit()
    QApplication.processEvents()


@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_a_button_is_at_rest_once_its_menu_is_closed_elsewhere(qtbot: QtBot, kind) -> None:
    button = kind()
    close_menu(qtbot, button, QPoint(300, 300))
    assert not button.underMouse()


@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_a_button_under_the_pointer_stays_lit_once_its_menu_is_closed(qtbot: QtBot, kind) -> None:
    button = kind()
    close_menu(qtbot, button, QPoint(5, 5))
    assert button.underMouse()


def test_every_button_of_the_window_with_a_menu_lets_go(new_driver, qtbot: QtBot) -> None:
    window: QWidget = new_driver().window
    buttons: list[Button] = [*window.findChildren(QPushButton), *window.findChildren(QToolButton)]
    with_menu = [button for button in buttons if button.menu() is not None]
    assert len(with_menu) > 8
    QCursor.setPos(window.mapToGlobal(QPoint(window.width() + 50, 0)))
    for button in with_menu:
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
        button.menu().aboutToHide.emit()
    qtbot.waitUntil(lambda: not any(button.underMouse() for button in with_menu))
