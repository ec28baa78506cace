"""Ctrl+Z in a field undoes typing; where there is none to undo, it is the window's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox


class UndoKeyPassesOn(QObject):
    """An event filter that hands Undo and Redo on to the window.

    Qt's fields take these keys also where they have nothing to do with them: who had set a number
    and gone on to the next field could not undo it.
    """

    def watch(self, field: QLineEdit | QSpinBox | QDoubleSpinBox) -> None:
        """Leave to a field what was typed in it, and nothing else."""
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key from the field before it can claim it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        line = watched.lineEdit() if isinstance(watched, QSpinBox | QDoubleSpinBox) else watched
        assert isinstance(line, QLineEdit)
        undoes = event.matches(QKeySequence.StandardKey.Undo)
        redoes = event.matches(QKeySequence.StandardKey.Redo)
        if (undoes and not line.isUndoAvailable()) or (redoes and not line.isRedoAvailable()):
            event.ignore()
            return True
        return False
