"""What is at the other end of a pipe already is not sent again.

A window that is measured rarely, or stands still, comes with every snapshot: sent each time, it
would arrive as another one each time, and the panels would draw the same picture again.
"""

from __future__ import annotations

import dataclasses

from rnnviz.runs.messages import Pictured
from rnnviz.training.snapshot import WindowView


class LastWindow:
    """The window of the snapshot that crossed a pipe last; there is one at each end."""

    def __init__(self) -> None:
        self._window: WindowView | None = None

    def leave_out(self, pictured: Pictured) -> Pictured:
        """Return what is to be sent: a snapshot without its window, where it is the last one."""
        snapshot = pictured.snapshot
        if snapshot.window is None or snapshot.window is not self._window:
            return pictured
        return Pictured(dataclasses.replace(snapshot, window=None), has_last_window=True)

    def put_back(self, pictured: Pictured) -> Pictured:
        """Return what was to be sent."""
        if not pictured.has_last_window:
            return pictured
        return Pictured(dataclasses.replace(pictured.snapshot, window=self._window))

    def keep(self, pictured: Pictured) -> None:
        """Take note of a whole snapshot that has crossed."""
        self._window = pictured.snapshot.window
