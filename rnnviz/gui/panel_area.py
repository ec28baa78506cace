"""Where the panels stand as docks."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

# How long a desktop may take to give a window the whole screen, or its own place again.
_SECONDS_TO_SETTLE = 1.5
# Sizes come one after the other: the shares are given once none has come for so long.
_PAUSE_MS = 60


class PanelArea(QMainWindow):
    """Where the panels stand as docks, in columns, movable and hidable."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setObjectName("panel_area")
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._shares: dict[QDockWidget, tuple[float, float]] = {}
        self._settled_at = 0.0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._give_shares)

    def keep_shares(self, docks: Sequence[QDockWidget]) -> None:
        """Give each dock the share of the room that it has now, whatever size comes next.

        Larger type in a window that is still small would push the columns aside for good.
        """
        width, height = self.width(), self.height()
        self._shares = {dock: (dock.width() / width, dock.height() / height) for dock in docks}
        self._settled_at = time.monotonic() + _SECONDS_TO_SETTLE
        self._pause.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the shares that are kept, anew."""
        super().resizeEvent(event)
        if time.monotonic() < self._settled_at:
            self._pause.start()

    def _give_shares(self) -> None:
        docks = list(self._shares)
        if any(dock.isHidden() or dock.isFloating() for dock in docks):
            # Somebody has arranged the panels otherwise meanwhile.
            self._settled_at = 0.0
            return
        widths = [round(width * self.width()) for width, _ in self._shares.values()]
        heights = [round(height * self.height()) for _, height in self._shares.values()]
        self.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        self.resizeDocks(docks, heights, Qt.Orientation.Vertical)
