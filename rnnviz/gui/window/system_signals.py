"""The operating system's signals, heard while Qt runs: each closes the window in order."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class SystemSignals(QObject):
    """Calls a function when the process is asked to end.

    Python handles a signal between two of its own instructions, and none runs while Qt waits for
    events. So the interpreter writes each signal's number into a socket, which wakes Qt up.

    Parameters
    ----------
    on_end
        Called in the window's thread for Ctrl+C in the terminal, SIGTERM and SIGHUP.
    parent
        The QObject that owns this one.
    """

    def __init__(self, on_end: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_end = on_end
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        # Not every system has every signal.
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        self._before = {number: signal.signal(number, _wait_for_qt) for number in numbers}
        self._wakeup_before = signal.set_wakeup_fd(self._write.fileno())
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def restore(self) -> None:
        """Handle signals as before this object was made."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()

    def _woken(self) -> None:
        numbers = self._read.recv(64)
        if any(number in self._before for number in numbers):
            self._on_end()


def _wait_for_qt(_number: int, _frame: object) -> None:
    """Do nothing: the number is in the socket, and Qt will come to it."""
