"""The hand of the random user: does with mouse, keys and files what was decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from names import found
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QWidget

from rnnviz.gui.window.main_window import MainWindow

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Steps = list[Callable[[], object]]


class Hand:
    """Does things with a window.

    Parameters
    ----------
    window
        The program's.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def steps_of(self, act: dict) -> Steps:
        """Return what is to be done one after the other, with the loop coming by in between.

        What is not there (any more) is left alone.
        """
        do = act["do"]
        if "on" not in act:
            return [partial(getattr(self, f"_{do}"), act)]
        target = found(act["on"])
        if target is None or target.window().windowHandle() is None:
            return []
        return getattr(self, f"_{do}")(target, act)

    # -- mouse ------------------------------------------------------------------------------------

    def _click(self, target: QWidget, act: dict, button: Qt.MouseButton = _LEFT) -> Steps:
        at = act["at"]
        return [
            partial(self._mouse, "mouseMove", target, at),
            partial(self._mouse, "mouseClick", target, at, button, _modifiers(act)),
        ]

    def _right(self, target: QWidget, act: dict) -> Steps:
        return self._click(target, act, _RIGHT)

    def _double(self, target: QWidget, act: dict) -> Steps:
        return [partial(self._mouse, "mouseDClick", target, act["at"], _LEFT, _modifiers(act))]

    def _drag(self, target: QWidget, act: dict) -> Steps:
        at, by = act["at"], _modifiers(act)
        top = target.window()
        return [
            partial(self._mouse, "mousePress", target, at, _LEFT, by),
            *(partial(self._mouse, "mouseMove", top, place) for place in act["to"]),
            partial(self._mouse, "mouseRelease", top, act["to"][-1], _LEFT, by),
        ]

    def _wheel(self, target: QWidget, act: dict) -> Steps:
        def turn() -> None:
            handle, at = _place(target, act["at"])
            if handle is not None:
                QTest.wheelEvent(handle, QPointF(at), QPoint(0, act["by"]),
                                 stateKey=_modifiers(act))  # fmt: skip

        return [turn] * act["turns"]

    def _mouse(self, kind: str, target: QWidget, at: list[float], *how: object) -> None:
        handle, place = _place(target, at)
        if handle is not None:
            if kind == "mouseMove":
                QTest.mouseMove(handle, place)
            else:
                button, modifiers = how
                getattr(QTest, kind)(handle, button, modifiers, place)

    # -- keys -------------------------------------------------------------------------------------

    def _key(self, target: QWidget, act: dict) -> Steps:
        key = _key_called(act["key"])

        def press() -> None:
            handle = target.window().windowHandle() if _is_there(target) else None
            if handle is not None and handle.isVisible():
                QTest.keyClick(handle, key, _modifiers(act))

        return [press] * act.get("times", 1)

    def _type(self, target: QLineEdit, act: dict) -> Steps:
        def write() -> None:
            if _is_there(target) and target.isEnabled() and not target.isReadOnly():
                target.setFocus()
                target.selectAll()
                target.insert(act["text"])
                target.textEdited.emit(target.text())

        steps: Steps = [write]
        if act["ends"]:
            steps += self._key(target, {"key": act["ends"]})
        return steps

    # -- what has no place, or one that is hard to hit --------------------------------------------

    def _action(self, act: dict) -> None:
        self._window.actions_by_name[act["name"]].trigger()

    def _menu(self, act: dict) -> None:
        menu = getattr(self._window.toolbar, act["menu"])
        menu.aboutToShow.emit()
        leaves = list(_leaves(menu))
        leaves[int(act["part"] * len(leaves))].trigger()

    def _panel(self, act: dict) -> None:
        self._window.docks[act["name"]].toggleViewAction().trigger()

    def _speed(self, act: dict) -> None:
        slider = self._window.toolbar.speed
        slider.setValue(round(act["part"] * slider.maximum()))

    def _resize(self, act: dict) -> None:
        match act["how"]:
            case "size":
                self._window.showNormal()
                self._window.resize(*act["size"])
            case "maximize":
                self._window.showMaximized()
            case "minimize":
                self._window.showNormal()
                self._window.resize(self._window.minimumSize())
            case "full":
                self._window.showFullScreen()

    def _drop(self, act: dict) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(Path.cwd() / name)) for name in act["names"]])
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        at = QPoint(200, 200)
        QApplication.sendEvent(self._window, QDragEnterEvent(at, copy, data, _LEFT, none))
        QApplication.sendEvent(self._window, QDropEvent(QPointF(at), copy, data, _LEFT, none))

    def _answer(self, act: dict) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            name = dialog.findChild(QLineEdit, "fileNameEdit")
            name.setText(str(Path.cwd() / act["name"]))
            QTest.keyClick(name, Qt.Key.Key_Return)


def _is_there(target: QWidget) -> bool:
    """Tell whether a widget is alive and seen: the step before may have been its end."""
    from shiboken6 import isValid

    return isValid(target) and target.isVisible()


def _place(target: QWidget, part: list[float]):
    """Return the window of the system in which a target lies, and the place in it; or None."""
    if not _is_there(target):
        return None, QPoint()
    top = target.window()
    inside = QPoint(int(part[0] * target.width()), int(part[1] * target.height()))
    at = target.mapTo(top, inside) if target is not top else inside
    handle = top.windowHandle()
    if handle is None or not handle.isVisible() or not top.rect().contains(at):
        return None, QPoint()
    return handle, at


def _key_called(name: str) -> Qt.Key:
    return QKeySequence(name)[0].key() if len(name) == 1 else getattr(Qt.Key, f"Key_{name}")


def _modifiers(act: dict) -> Qt.KeyboardModifier:
    found = Qt.KeyboardModifier.NoModifier
    for name in filter(None, act.get("with", "").split("+")):
        name = {"Ctrl": "Control"}.get(name, name)
        found |= getattr(Qt.KeyboardModifier, f"{name}Modifier")
    return found


def _leaves(menu: QMenu):
    """Yield what one can choose in a menu and in those within it."""
    for action in menu.actions():
        if action.menu() is not None:
            yield from _leaves(action.menu())
        elif _can_be_chosen(action):
            yield action


def _can_be_chosen(action: QAction) -> bool:
    return action.isEnabled() and action.isVisible() and not action.isSeparator()
