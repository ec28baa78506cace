"""The window's layout, and nothing else: no decision is taken here.

It imports only Qt, so that it can be painted before NumPy and the plots are loaded.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from rnnviz.gui.actions import new_actions
from rnnviz.gui.loading_bar import LoadingBar
from rnnviz.gui.message_bar import MessageBar
from rnnviz.gui.theme import SPACING, Theme
from rnnviz.gui.toolbar import Toolbar

if TYPE_CHECKING:
    from rnnviz.gui.panels.panel import Panel


_CONTROLS_WIDTH = 324
_FIRST_SIZE = (1440, 900)
# What the desktop puts above a window.
_FRAME = 32
# Below this, two columns of panels would stand over each other.
_LEAST_SIZE = (1152, 600)


class PanelArea(QMainWindow):
    """Where the panels stand as docks, in columns, movable and hidable."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setObjectName("panel_area")
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)


class MainWindow(QMainWindow):
    """Toolbar above, controls at the left, panels in two columns.

    Parameters
    ----------
    theme
        Colours and type.

    Signals
    -------
    space_pressed()
        The space bar was pressed where nothing else wanted it.
    file_dropped(str)
        A file's path.
    close_asked(QCloseEvent)
        The window is about to close; ignore the event to keep it.
    """

    space_pressed = Signal()
    file_dropped = Signal(str)
    close_asked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("rnnviz")
        self.setAcceptDrops(True)
        self.setMinimumSize(*_LEAST_SIZE)
        room = self.screen().availableGeometry()
        self.resize(min(_FIRST_SIZE[0], room.width()), min(_FIRST_SIZE[1], room.height() - _FRAME))
        self.actions_by_name: dict[str, QAction] = new_actions(self)
        self.toolbar = Toolbar(theme, self.actions_by_name)
        self.messages = MessageBar(theme)
        self.loading = LoadingBar()
        self.panel_area = PanelArea()
        self.docks: dict[str, QDockWidget] = {}
        self._theme = theme
        self._controls = QWidget()
        theme.changed.connect(self._fit_controls)
        self._first_layout = QByteArray()
        self._columns: list[list[str]] = []
        self._hidden_at_first: frozenset[str] = frozenset()
        self._expanded = ""
        self._before_expanding = QByteArray()
        self._instead: dict[str, str] = {}
        self._body = QHBoxLayout()
        self._body.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        self._body.setSpacing(SPACING)
        self._body.addWidget(self._controls)
        right = QVBoxLayout()
        right.setSpacing(SPACING)
        right.addWidget(self.messages)
        right.addWidget(self.loading)
        right.addWidget(self.panel_area, 1)
        self._body.addLayout(right, 1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addLayout(self._body, 1)
        self.setCentralWidget(content)
        self._fit_controls()

    def set_controls(self, controls: QWidget) -> None:
        """Put the form at the left."""
        self._body.replaceWidget(self._controls, controls)
        self._controls.deleteLater()
        self._controls = controls
        self._fit_controls()

    def _fit_controls(self) -> None:
        self._controls.setFixedWidth(self._theme.px(_CONTROLS_WIDTH))

    def set_panels(self, columns: list[list[Panel]], hidden: frozenset[str]) -> None:
        """Put the panels in columns of equal width, rows of equal height; hide those named so."""
        firsts: list[QDockWidget] = []
        for panels in columns:
            docks = [self._new_dock(panel) for panel in panels]
            if firsts:
                self.panel_area.splitDockWidget(firsts[-1], docks[0], Qt.Orientation.Horizontal)
            else:
                self.panel_area.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks[0])
            firsts.append(docks[0])
        for panels in columns:
            docks = [self.docks[panel.objectName()] for panel in panels]
            for above, below in pairwise(docks):
                self.panel_area.splitDockWidget(above, below, Qt.Orientation.Vertical)
        self._columns = [[panel.objectName() for panel in panels] for panels in columns]
        self._hidden_at_first = hidden
        for name in hidden:
            self.docks[name].hide()
        self._first_layout = self.panel_area.saveState()
        # Docks take their sizes once they are laid out, which is after this event.
        QTimer.singleShot(0, self._even_out)

    def _even_out(self) -> None:
        """Give all columns the same width and all rows the same height."""
        shown = [
            [self.docks[name] for name in names if not self.docks[name].isHidden()]
            for names in self._columns
        ]
        columns = [docks for docks in shown if docks]
        width, height = self.panel_area.width(), self.panel_area.height()
        firsts = [docks[0] for docks in columns]
        share = width // len(firsts)
        self.panel_area.resizeDocks(firsts, [share] * len(firsts), Qt.Orientation.Horizontal)
        for docks in columns:
            row = height // len(docks)
            self.panel_area.resizeDocks(docks, [row] * len(docks), Qt.Orientation.Vertical)

    @property
    def expanded(self) -> str:
        """The panel that fills the area; empty while none does."""
        return self._expanded

    def show_instead(self, shown: str, other: str) -> None:
        """Show one panel wherever, whenever and as large as another would be, until told otherwise.

        The person hides, moves and expands both as one.
        """
        self._instead = {
            absent: present
            for absent, present in self._instead.items()
            if shown not in (absent, present)
        } | {other: shown}
        self.docks[other].toggleViewAction().setVisible(False)
        self.docks[shown].toggleViewAction().setVisible(True)
        self._put_instead()

    def _put_instead(self) -> None:
        """Put panels where others are seen that do not suit the run."""
        for absent, present in self._instead.items():
            leaving, coming = self.docks[absent], self.docks[present]
            if leaving.isHidden():
                continue
            coming.setFloating(leaving.isFloating())
            if leaving.isFloating():
                coming.setGeometry(leaving.geometry())
            else:
                self.panel_area.tabifyDockWidget(leaving, coming)
            coming.show()
            leaving.hide()
            coming.raise_()
            if self._expanded == absent:
                self._expanded = present

    def save_layout(self) -> QByteArray:
        """Return where the panels stand."""
        return self._before_expanding if self._expanded else self.panel_area.saveState()

    def restore_layout(self, layout: QByteArray | None = None) -> None:
        """Put the panels where `layout` says, or, without one, where they stood at first."""
        self._expanded = ""
        self.panel_area.restoreState(layout or self._first_layout)
        if layout is None:
            # The first layout was noted before the docks were seen, and has them all hidden.
            for name, dock in self.docks.items():
                dock.setHidden(name in self._hidden_at_first)
            QTimer.singleShot(0, self._even_out)
        self._put_instead()

    def toggle_expanded(self, name: str) -> bool:
        """Let one panel fill the area, or put all back; return whether it fills it now."""
        if self._expanded:
            self._expanded = ""
            self.panel_area.restoreState(self._before_expanding)
            self._put_instead()
            return False
        self._before_expanding = self.panel_area.saveState()
        self._expanded = name
        for dock_name, dock in self.docks.items():
            dock.setVisible(dock_name == name)
        return True

    def _new_dock(self, panel: Panel) -> QDockWidget:
        dock = QDockWidget(panel.title, self.panel_area)
        dock.setObjectName(f"{panel.objectName()}_dock")
        # The panel's own title row is the bar to drag the dock by; a dock's would say it twice.
        dock.setTitleBarWidget(panel.take_header())
        dock.setWidget(panel)
        self.docks[panel.objectName()] = dock
        return dock

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the space bar from what had no use for it."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.space_pressed.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the controller decide."""
        self.close_asked.emit(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one file."""
        if _dropped_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Announce the file."""
        path = _dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.file_dropped.emit(path)


def _dropped_file(data: QMimeData) -> str:
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return files[0] if len(files) == 1 else ""
