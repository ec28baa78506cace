"""Two fingers that are spread or closed on a touchpad."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent
from PySide6.QtWidgets import QWidget

_LEAST, _MOST = 0.5, 2.0
"""What a single event may be: some touchpads tell of a jump when a finger is set down."""


class Pinch(QObject):
    """Tells of pinches over a widget while it listens.

    Qt hands them to nobody by name. So that nothing of a widget is painted through Python while
    nobody touches it, listening begins when the pointer comes in, and ends when it goes.

    Parameters
    ----------
    widget
        The widget over which the fingers are.

    Signals
    -------
    pinched(QPointF, float)
        Where, in the widget's pixels, and how many times farther apart the fingers are now.
    """

    pinched = Signal(QPointF, float)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget

    def listen(self, listens: bool) -> None:
        """Listen from now on, or no longer."""
        self._widget.removeEventFilter(self)
        if listens:
            self._widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take pinches, and let all else pass."""
        if event.type() != QEvent.Type.NativeGesture or not isinstance(event, QNativeGestureEvent):
            return False
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.pinched.emit(event.position(), min(max(1.0 + event.value(), _LEAST), _MOST))
        return True
