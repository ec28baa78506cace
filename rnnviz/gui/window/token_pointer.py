"""A token that is pointed at in one panel is marked in every panel that shows the same text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject

from rnnviz.gui.panels.base.panel import Panel


class TokenPointer(QObject):
    """Asks the panel under the pointer which token it means, and has the others mark that one.

    Parameters
    ----------
    panels
        All of them.
    parent
        Whose they are.
    """

    def __init__(self, panels: Iterable[Panel], parent: QObject) -> None:
        super().__init__(parent)
        self._panels = list(panels)
        self._pointed: Panel | None = None
        for panel in self._panels:
            panel.token_pointed.connect(partial(self._point, panel))

    def follow(self) -> None:
        """Mark what the pointer means now: another text may have come under it."""
        if self._pointed is not None:
            self._point(self._pointed)

    def _point(self, pointed: Panel) -> None:
        token = pointed.pointed_token
        if token is None and self._pointed is not pointed:
            return  # The pointer is elsewhere by now.
        self._pointed = None if token is None else pointed
        for panel in self._panels:
            panel.mark_token(token)
