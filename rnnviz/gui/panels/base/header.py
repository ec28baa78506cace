"""The title row of a panel: what it is called, what it shows, and its buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.menu_button import open_menu_with

_MARGIN = 14
_DRAGGABLE = "Drag to move; double-click to fill the window"


class _Subtitle(QWidget):
    """Soft words that say when their room changes: what stands beside them comes and goes.

    They change with every picture, and take what room there is: the label is in no layout, so that
    the window is not laid out anew for them.
    """

    resized = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self.label = QLabel(text, self)
        self.label.setProperty("words", "small")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """Return how much room the words would take."""
        return self.label.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that there is other room now."""
        super().resizeEvent(event)
        self.label.setGeometry(self.rect())
        self.resized.emit()


class PanelHeader(QFrame):
    """A title row; what it does not use itself, such as dragging, passes on to its parent.

    Parameters
    ----------
    theme
        Colours and type; the panel has it taken up with `restyle`.
    panel_name
        The panel's object name, with which those of the parts begin.
    title, subtitle
        What the panel shows, plainly, and a few soft words after it.

    Attributes
    ----------
    help
        The button that asks for the explanation.

    Signals
    -------
    help_wanted()
        The person wants to know what they are looking at.
    expand_wanted()
        The panel should fill the window, or go back.
    menu_wanted(QPoint)
        The exports should be offered at this place of the screen.
    clicked()
        The row was clicked, and not dragged by.
    resized()
        There is other room now.
    """

    clicked = Signal()
    help_wanted = Signal()
    expand_wanted = Signal()
    menu_wanted = Signal(QPoint)
    resized = Signal()

    def __init__(self, theme: Theme, *, panel_name: str, title: str, subtitle: str) -> None:
        super().__init__()
        self.setObjectName(f"{panel_name}_header")
        self._theme = theme
        self._panel_name = panel_name
        self._title = title
        self._subtitle = subtitle
        self._expanded = False
        self._pressed_at: QPoint | None = None
        self._key_label = QLabel()
        self._key_label.setProperty("words", "soft")
        self._key_label.hide()
        self._title_label = QLabel(title)
        self._title_label.setProperty("words", "title")
        self._room = _Subtitle(subtitle)
        self._room.resized.connect(self._elide)
        self._subtitle_label = self._room.label
        self.help = self._new_button("help", f"What am I looking at? ({title})")
        self.help.clicked.connect(self.help_wanted)
        self._more = self._new_button("more", "")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._expand = self._new_button("expand", f"Fill the window with {title}")
        self._expand.clicked.connect(self.expand_wanted)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._key_label)
        self._row.addWidget(self._title_label)
        self._row.addWidget(self._room, 1)
        for button in (self.help, self._more, self._expand):
            self._row.addWidget(button)

    @property
    def subtitle(self) -> str:
        """The soft words after the title, all of them."""
        return self._subtitle

    def set_subtitle(self, text: str) -> None:
        """Change the soft words after the title."""
        if text != self._subtitle:
            self._subtitle = text
            self._elide()

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu with the second button."""
        open_menu_with(self._more, menu)
        self.say_offered("copy, save")

    def say_offered(self, offered: str) -> None:
        """Say what the menu offers, in a few words."""
        words = f"Menu of {self._title}: {offered}"
        self._more.setAccessibleName(words)
        self._more.setToolTip(words)

    def add_widget(self, widget: QWidget, stretch: int) -> None:
        """Put a control to the left of the row's own buttons."""
        self._row.insertWidget(self._row.indexOf(self.help), widget, stretch)

    def say_draggable(self) -> None:
        """Say that the row is the bar to drag the panel by."""
        self.setToolTip(_DRAGGABLE)

    def show_key(self, key: str) -> None:
        """Say which key puts the panel on the stage; with none, that it can be dragged again."""
        self._key_label.setText(key)
        self._key_label.setVisible(bool(key))
        self.setToolTip(f"Click, or press {key}, to put it on the stage" if key else _DRAGGABLE)

    def set_expanded(self, expanded: bool) -> None:
        """Say whether the panel fills the window at present; only its button changes."""
        if expanded == self._expanded:
            return
        self._expanded = expanded
        words = "Show all panels again" if expanded else f"Fill the window with {self._title}"
        self._expand.setAccessibleName(words)
        self._expand.setToolTip(words)
        self._restyle_buttons()

    def restyle(self, left: int, right: int) -> None:
        """Take type and icons from the theme; so many pixels beside it are there already."""
        theme = self._theme
        self._key_label.setFont(theme.font("body"))
        self._key_label.setContentsMargins(0, 0, theme.px(6), 0)
        self._title_label.setFont(theme.font("title"))
        self._subtitle_label.setFont(theme.font("small"))
        self._room.updateGeometry()
        self._restyle_buttons()
        self._row.setContentsMargins(
            theme.px(_MARGIN) - left, theme.px(8), theme.px(8) - right, theme.px(2)
        )
        self._row.setSpacing(theme.px(2))
        self._elide()

    def paint_words(self, painter: QPainter, origin: QPoint) -> None:
        """Paint title and subtitle for a file, whole and without the buttons."""
        palette = self._theme.palette
        for label, words, color in (
            (self._title_label, self._title, palette.color("ink")),
            (self._subtitle_label, self._subtitle, palette.color("soft")),
        ):
            place = origin + label.mapTo(self, QPoint(0, 0))
            painter.setFont(label.font())
            painter.setPen(color)
            baseline = place.y() + (label.height() + painter.fontMetrics().ascent()) // 2 - 1
            painter.drawText(place.x() + max(label.indent(), 0), baseline, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a click may begin; the dock may be dragged by it all the same."""
        is_left = event.button() is Qt.MouseButton.LeftButton
        self._pressed_at = event.position().toPoint() if is_left else None
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click."""
        pressed, self._pressed_at = self._pressed_at, None
        place = event.position().toPoint()
        distance = QApplication.startDragDistance()
        if pressed is not None and (place - pressed).manhattanLength() < distance:
            self.clicked.emit()
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep the double click: a dock would float away on it."""
        self.expand_wanted.emit()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the exports where the person clicked."""
        self.menu_wanted.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the subtitle, and say that there is other room now."""
        super().resizeEvent(event)
        self._row.activate()
        self._elide()
        self.resized.emit()

    def _new_button(self, part: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{self._panel_name}_{part}")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setProperty("flat", True)
        button.setProperty("tiny", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _restyle_buttons(self) -> None:
        theme = self._theme
        expand = "collapse" if self._expanded else "expand"
        for button, icon in ((self.help, "help"), (self._more, "more"), (self._expand, expand)):
            button.setIcon(theme.icon(icon, "faint", "ink", 16))
            button.setIconSize(QSize(theme.px(16), theme.px(16)))

    def _elide(self) -> None:
        """Fit the subtitle into its room; done here, so that no label is painted by Python."""
        room = self._room.width() - self._theme.px(6)
        metrics = QFontMetricsF(self._subtitle_label.font())
        text = metrics.elidedText(self._subtitle, Qt.TextElideMode.ElideRight, max(room, 0))
        if len(text) < len(self._subtitle) / 2:
            # The first words of a sentence tell nothing.
            text = ""
        self._subtitle_label.setText(text)
        self._subtitle_label.setToolTip(self._subtitle if text != self._subtitle else "")
        self._subtitle_label.setAccessibleName(self._subtitle)
        self._subtitle_label.setIndent(self._theme.px(6))
        self._room.setVisible(bool(self._subtitle))
