"""When the names beside a plot's curves look for their places."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_REST_MS = 1500


class NamingTimer(QTimer):
    """Has names placed once in the event loop's next round, or after a rest.

    Parameters
    ----------
    place
        Places them.
    parent
        Whose it is.
    """

    def __init__(self, place: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.timeout.connect(place)

    def place(self, *, at_once: bool) -> None:
        """Have them placed; where they can wait, no sooner than was asked for before."""
        if at_once:
            self.start(0)
        elif not self.isActive():
            self.start(_REST_MS)
