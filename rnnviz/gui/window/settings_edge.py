"""The window's left edge: the settings beside the panels, or withdrawn behind a tab."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QEnterEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.widgets.destroying import destroy_later

_WIDTH = 324
# So long the pointer may be elsewhere before settings that it had called withdraw again.
_PATIENCE_MS = 350


class _Tab(QToolButton):
    """A button whose words run upward, and that says when it is pointed at."""

    entered = Signal()

    def sizeHint(self) -> QSize:
        """Return the size of an ordinary button, on its side."""
        return super().sizeHint().transposed()

    def minimumSizeHint(self) -> QSize:
        """Return the size of the words."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint an ordinary button, turned."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.rect = option.rect.transposed()
        painter = QStylePainter(self)
        painter.translate(0, self.height())
        painter.rotate(-90)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the pointer has come."""
        super().enterEvent(event)
        self.entered.emit()


class SettingsEdge(QWidget):
    """Holds the settings beside the panels; withdrawn, a tab calls them back over the panels.

    Pointing at the tab shows them until the pointer leaves them; a click, until another one.

    Parameters
    ----------
    theme
        Colours, type and its scale.
    content
        The window's content, in which the settings lie over the panels while they are called.
    """

    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__(content)
        self._theme = theme
        self._settings = QWidget()
        self._stays = False
        # Why they are withdrawn, where they are.
        self._for_a_room = self._for_want_of_room = False
        self.tab = _Tab()
        self.tab.setObjectName("settings_tab")
        self.tab.setText("Settings")
        self.tab.setAccessibleName("Settings")
        # No tip: it would lie over what the tab shows.
        self.tab.setAccessibleDescription("Shows the settings; a click keeps them in sight")
        self.tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tab.entered.connect(self._pointed_at)
        self.tab.clicked.connect(self._clicked)
        self.tab.hide()
        self._content = content
        self._drawer = QFrame(content)
        self._drawer.setObjectName("settings_drawer")
        self._drawer.hide()
        drawer = QVBoxLayout(self._drawer)
        drawer.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.tab)
        self._row.addWidget(self._settings)
        self._watch = QTimer(self)
        self._watch.setInterval(_PATIENCE_MS)
        self._watch.timeout.connect(self._hide_if_left)
        theme.changed.connect(self._fit)
        self._fit()

    def set_settings(self, settings: QWidget) -> None:
        """Put the form here."""
        self._row.replaceWidget(self._settings, settings)
        destroy_later(self._settings)
        self._settings = settings
        self._fit()

    def set_withdrawn(self, withdrawn: bool) -> None:
        """Withdraw the settings to a tab, or put them back beside the panels if there is room."""
        self._for_a_room = withdrawn
        self._put()

    def set_cramped(self, cramped: bool) -> None:
        """Withdraw the settings while there is no room for them beside the panels."""
        if cramped != self._for_want_of_room:
            self._for_want_of_room = cramped
            self._put()

    def _put(self) -> None:
        withdrawn = self._for_a_room or self._for_want_of_room
        self._drawer.hide()
        self._watch.stop()
        self._stays = False
        self.tab.setVisible(withdrawn)
        room = self._drawer.layout() if withdrawn else self._row
        assert room is not None
        room.addWidget(self._settings)
        self._settings.show()

    @property
    def are_called(self) -> bool:
        """Whether withdrawn settings lie over the panels at present."""
        return self._drawer.isVisible()

    def dismiss(self) -> None:
        """Let withdrawn settings that were called withdraw again."""
        self._stays = False
        self._watch.stop()
        self._drawer.hide()

    def _pointed_at(self) -> None:
        self._call()
        self._watch.start()

    def _clicked(self) -> None:
        if self._stays:
            self.dismiss()
        else:
            self._stays = True
            self._call()

    def _call(self) -> None:
        self._place()
        self._drawer.show()
        self._drawer.raise_()

    def _hide_if_left(self) -> None:
        pointer = QCursor.pos()
        at = any(w.rect().contains(w.mapFromGlobal(pointer)) for w in (self._drawer, self.tab))
        focus = QApplication.focusWidget()
        edits = focus is not None and self._drawer.isAncestorOf(focus)
        # A list that an editor has opened lies outside.
        if not (self._stays or at or edits or QApplication.activePopupWidget()):
            self.dismiss()

    def _place(self) -> None:
        corner = self.mapTo(self._content, self.rect().topRight())
        width = self._theme.px(_WIDTH) + 2 * SPACING
        self._drawer.setGeometry(corner.x() + 1, corner.y(), width, self.height())

    def _fit(self) -> None:
        self._settings.setFixedWidth(self._theme.px(_WIDTH))
        self.tab.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep settings that are called as high as the panels."""
        super().resizeEvent(event)
        if self.are_called:
            self._place()
