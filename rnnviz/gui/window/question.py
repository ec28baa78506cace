"""A question that must be answered before anything else happens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.plain import plain_tip

_ICON, _MARGIN = 28, 20


class Question(QMessageBox):
    """A message box in the colours of the theme.

    Parameters
    ----------
    theme
        The colours and the type.
    icon
        The name of one of the program's icons.
    text, detail
        The question, and what one should know to answer it.
    buttons
        The answers.
    parent
        The window that waits.
    """

    def __init__(
        self,
        theme: Theme,
        icon: str,
        text: str,
        detail: str,
        buttons: QMessageBox.StandardButton,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icon = theme, icon
        self.setWindowTitle("rnnviz")
        # A file may be called as if it were HTML.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setInformativeText(plain_tip(detail))
        self.setStandardButtons(buttons)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        edge = self._theme.px(_ICON)
        icon = self._theme.icon(self._icon, "forward", size=_ICON)
        self.setIconPixmap(icon.pixmap(edge, edge))
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(*[self._theme.px(_MARGIN)] * 4)
