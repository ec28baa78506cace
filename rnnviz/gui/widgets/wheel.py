"""What the wheel does: it scrolls, and never changes a setting that happens to lie under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QWidget,
)


def scroll_either_way(area: QAbstractScrollArea, event: QWheelEvent) -> None:
    """Have the wheel scroll an area sideways where there is nothing to scroll up and down."""
    across, down = area.horizontalScrollBar(), area.verticalScrollBar()
    QApplication.sendEvent(down if down.maximum() else across, event)


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
