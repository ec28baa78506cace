"""A few paragraphs beside the button that asked for them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from rnnviz.gui.theme import Theme

_WIDTH = 360


class Popover(QFrame):
    """A small window with a heading and a text, closed by Escape or by a click elsewhere.

    Parameters
    ----------
    theme
        Colours and type.
    heading
        One bold line.
    text
        Paragraphs, separated by empty lines.
    parent
        The widget that it explains.
    """

    def __init__(self, theme: Theme, heading: str, text: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.setObjectName("explanation_popover")
        self.setAccessibleName(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        pad = theme.px(16)
        layout.setContentsMargins(pad, pad - theme.px(4), pad, pad)
        layout.setSpacing(theme.px(8))
        title = QLabel(heading)
        title.setProperty("words", "title")
        layout.addWidget(title)
        for paragraph in text.strip().split("\n\n"):
            label = QLabel(" ".join(paragraph.split()))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setFixedWidth(theme.px(_WIDTH))
            layout.addWidget(label)

    def show_below(self, widget: QWidget) -> None:
        """Open below a widget, its right edge at the widget's, inside the screen."""
        # Not adjustSize, which stops at two thirds of the screen and cuts the last lines off.
        self.resize(self.sizeHint())
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), widget.height() + 4))
        screen = widget.screen().availableGeometry()
        x = max(screen.left() + 8, min(corner.x(), screen.right() - self.width() - 8))
        y = corner.y()
        if y + self.height() > screen.bottom() - 8:
            above = widget.mapToGlobal(QPoint(0, 0)).y() - self.height() - 4
            y = max(screen.top() + 8, above)
        self.move(x, y)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
