"""Where the panels stand as docks."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

# Sizes come one after the other: it has settled once none has come for so long.
_PAUSE_MS = 60


class PanelArea(QMainWindow):
    """Where the panels stand as docks, in columns, movable and hidable.

    Signals
    -------
    settled()
        It has had another size, or other panels, and nothing further has come for a moment.
    """

    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setObjectName("panel_area")
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        # After whatever waits to be laid out: an event loop that was held up has much of it.
        self._telling = QTimer(self, interval=0, singleShot=True)
        self._pause.timeout.connect(self._telling.start)
        self._telling.timeout.connect(self._tell)

    def settle(self) -> None:
        """Say a moment later that it has settled."""
        self._pause.start()

    def _tell(self) -> None:
        if not self._pause.isActive():
            self.settled.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wait for the next size."""
        super().resizeEvent(event)
        self._pause.start()
