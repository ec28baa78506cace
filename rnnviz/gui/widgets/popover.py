"""A few paragraphs beside what they explain."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from rnnviz.gui.style.theme import Theme

_WIDTH = 360
_GAP, _EDGE = 4, 8


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
        content = QWidget()
        content.setObjectName("scroll_content")
        layout = QVBoxLayout(content)
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

        self._content = content
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setWidget(content)
        self.setFocusProxy(self._area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def show_beside(self, explained: QRect, screen: QRect) -> None:
        """Open where it covers the least of what it explains.

        Parameters
        ----------
        explained
            What is explained, in the screen's pixels.
        screen
            The part of the screen that it has to stay in; a longer text is scrolled there.
        """
        for part in (self, *self.findChildren(QWidget)):
            # Its size is that of its words in the type that it will have once it is shown.
            part.ensurePolished()
        room = screen.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        frame = 2 * self.frameWidth()
        width = self._content.sizeHint().width()
        self._content.setMinimumSize(width, self._content.heightForWidth(width))
        size = self._content.minimumSize() + QSize(frame, frame)
        if size.height() > room.height():
            size += QSize(self._area.verticalScrollBar().sizeHint().width(), 0)
        size = size.boundedTo(room.size())
        self.setGeometry(best_place(size, explained, room))
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)


def best_place(size: QSize, explained: QRect, room: QRect) -> QRect:
    """Return where in `room` something of a size covers the least of what it explains.

    Beside it comes first, then below and above; of equal places the first.
    """
    width, height = size.width(), size.height()
    beside = explained.right() + 1 + _GAP, explained.left() - _GAP - width
    below = explained.bottom() + 1 + _GAP, explained.top() - _GAP - height
    corners = [QPoint(x, explained.top()) for x in beside]
    corners += [QPoint(explained.right() + 1 - width, y) for y in below]
    places = [
        QRect(
            QPoint(
                max(room.left(), min(corner.x(), room.right() + 1 - width)),
                max(room.top(), min(corner.y(), room.bottom() + 1 - height)),
            ),
            size,
        )
        for corner in corners
    ]
    return min(places, key=lambda place: _covered(place, explained))


def _covered(place: QRect, explained: QRect) -> int:
    overlap = place.intersected(explained)
    return 0 if overlap.isEmpty() else overlap.width() * overlap.height()
