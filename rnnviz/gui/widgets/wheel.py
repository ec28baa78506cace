"""The wheel scrolls the settings; it never changes the one that happens to lie under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QWidget


class WheelPassesOn(QObject):
    """An event filter that hands the wheel from a control to whatever it can scroll."""

    def calm(self, widget: QWidget) -> None:
        """Let the wheel change nothing in a widget or the controls inside it."""
        controls = (widget, *widget.findChildren(QWidget))
        for control in controls:
            if isinstance(control, QAbstractSlider | QAbstractSpinBox | QComboBox):
                control.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the wheel from the control; ignored, the event goes on to its parent."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False
