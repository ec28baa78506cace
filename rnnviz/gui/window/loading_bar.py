"""How far a long text's reading has come."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

_PLACES = 1000


class LoadingBar(QFrame):
    """Shows what is being done and how far it is; hidden while nothing is.

    Parameters
    ----------
    parent
        The widget that holds it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loading_bar")
        self.setProperty("card", True)
        self._words = QLabel()
        self._words.setObjectName("loading_words")
        self._progress = QProgressBar()
        self._progress.setObjectName("loading_progress")
        self._progress.setAccessibleName("Reading a text")
        self._progress.setRange(0, _PLACES)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 8)
        layout.setSpacing(12)
        layout.addWidget(self._words)
        layout.addWidget(self._progress, 1)
        self.hide()

    def show_loading(self, fraction: float, what: str) -> None:
        """Show a share from 0 to 1 and what is being done; 1 takes the bar away."""
        self._progress.setValue(round(_PLACES * fraction))
        self._words.setText(what)
        self.setVisible(fraction < 1)
