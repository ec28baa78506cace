"""When each panel of a window was painted: not when it was told to, nor when a timer fired."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.base.panel import Panel

# What is painted closer together, in seconds, is parts of one picture.
_ONE_PICTURE = 0.004


class Paints(QObject):
    """Notes the paint events within every panel's body, whatever stands in it.

    Parameters
    ----------
    panels
        By object name.
    """

    def __init__(self, panels: Mapping[str, Panel]) -> None:
        super().__init__()
        self._panels = panels
        self._names: dict[int, str] = {}
        self._times: dict[str, list[float]] = defaultdict(list)

    def begin(self) -> None:
        """Forget what was painted, and heed what has come into the panels since."""
        self._times.clear()
        for name, panel in self._panels.items():
            body = panel._body
            # The wall has none before it is first seen.
            parts = [] if body is None else [body, *body.findChildren(QWidget)]
            for part in parts:
                if id(part) not in self._names:
                    part.installEventFilter(self)
                self._names[id(part)] = name.removesuffix("_panel")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # named by Qt
        """Note the time, and let the event pass."""
        if event.type() == QEvent.Type.Paint:
            times, now = self._times[self._names[id(watched)]], time.perf_counter()
            if not times or now - times[-1] > _ONE_PICTURE:
                times.append(now)
        return False

    def rates(self) -> dict[str, tuple[float, float]]:
        """Return of each panel that was painted how often a second, and the gap.

        The gap's 95th percentile, in milliseconds.
        """
        found = {}
        for name, times in sorted(self._times.items()):
            if len(times) > 1:
                gaps = np.diff(times)
                found[name] = 1 / float(gaps.mean()), 1000 * float(np.percentile(gaps, 95))
        return found
