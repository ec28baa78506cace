"""The window's layout, and nothing else: no decision is taken here.

It imports only Qt, so that it can be painted before NumPy and the plots are loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QByteArray, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.experiments.card import ExperimentCard
from rnnviz.gui.lessons.bar import LessonBar
from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.timeline.strip import TimelineStrip
from rnnviz.gui.window.actions import new_actions
from rnnviz.gui.window.dock_area import PanelArea
from rnnviz.gui.window.loading_bar import LoadingBar
from rnnviz.gui.window.messages import MessageBar
from rnnviz.gui.window.settings_edge import SettingsEdge
from rnnviz.gui.window.toolbar import Toolbar

if TYPE_CHECKING:
    from rnnviz.gui.panels.base.panel import Panel

_Item = TypeVar("_Item")

_FIRST_SIZE = (1440, 900)
# A third column of panels has to be as wide as that, and comes where more than so many are shown.
_LEAST_COLUMN, _FULL = 400, 6
# A row of panels is at least as high; where that is too much, panels stand behind each other.
_LEAST_ROW, _TABS = 170, 28
# What the desktop puts above a window.
_FRAME = 32
# In a narrower window, settings beside two columns of panels leave those too little room.
_LEAST_WITH_SETTINGS = 1152
_LEAST_SIZE = (800, 560)


class MainWindow(QMainWindow):
    """Toolbar above, controls at the left, panels in two columns or three.

    Parameters
    ----------
    theme
        Colours and type.

    Signals
    -------
    space_pressed()
        The space bar was pressed where nothing else wanted it.
    key_changed(QKeyEvent)
        Another key was pressed or released where nothing else wanted it; accept it to take it.
    files_dropped(list)
        The files' paths.
    close_asked(QCloseEvent)
        The window is about to close; ignore the event to keep it.
    """

    space_pressed = Signal()
    key_changed = Signal(object)
    files_dropped = Signal(list)
    close_asked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("rnnviz")
        self.setAcceptDrops(True)
        self._take_first_size()
        self.actions_by_name: dict[str, QAction] = new_actions(self)
        self.toolbar = Toolbar(theme, self.actions_by_name)
        self.messages = MessageBar(theme)
        self.loading = LoadingBar()
        self.experiment_card = ExperimentCard(theme)
        self.lesson_bar = LessonBar(theme)
        self.timeline = TimelineStrip(theme, self.actions_by_name)
        self.panel_area = PanelArea()
        self.docks: dict[str, QDockWidget] = {}
        self._theme = theme
        self._shown_at_first: tuple[str, ...] = ()
        self._expanded = ""
        self._before_expanding = QByteArray()
        self._instead: dict[str, str] = {}
        self._in_front: set[QDockWidget] = set()
        content = QWidget()
        self.settings_edge = SettingsEdge(theme, content)
        body = QHBoxLayout()
        # Above, where nothing is said, its place leaves a gap already; below is the timeline.
        body.setContentsMargins(SPACING, 0, SPACING, SPACING // 2)
        body.setSpacing(SPACING)
        body.addWidget(self.settings_edge)
        right = QVBoxLayout()
        right.setSpacing(SPACING)
        self.notices = QWidget()
        notices = QVBoxLayout(self.notices)
        notices.setContentsMargins(0, 0, 0, 0)
        notices.setSpacing(SPACING)
        notices.addWidget(self.messages)
        notices.addWidget(self.loading)
        # One goes through a lesson inside a step as well.
        notices.addWidget(self.lesson_bar)
        right.addWidget(self.notices)
        right.addWidget(self.experiment_card)
        right.addWidget(self.panel_area, 1)
        self._right = right
        body.addLayout(right, 1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addLayout(body, 1)
        column.addWidget(self.timeline)
        # What fills the window instead of all this lies behind it until it is wanted.
        self._pages = QStackedWidget()
        self._pages.addWidget(content)
        self.setCentralWidget(self._pages)

    def _take_first_size(self) -> None:
        self.setMinimumSize(*_LEAST_SIZE)
        room = self.screen().availableGeometry()
        self.resize(min(_FIRST_SIZE[0], room.width()), min(_FIRST_SIZE[1], room.height() - _FRAME))

    def fill_with(self, view: QWidget | None, above: QVBoxLayout | None = None) -> None:
        """Let a view fill the window, with what is said in a layout of its own; None for panels."""
        if view is None or above is None:
            self._right.insertWidget(0, self.notices)
            self._pages.setCurrentIndex(0)
            self.setFocus()
            return
        above.addWidget(self.notices)
        self._pages.addWidget(view)
        self._pages.setCurrentWidget(view)

    def set_about_run(self, about_run: bool) -> None:
        """Show what is about the run, or not: where nothing of it is seen, it would mislead."""
        if about_run != self.settings_edge.isHidden():
            return
        self.settings_edge.dismiss()
        self.settings_edge.setVisible(about_run)
        self.toolbar.set_about_run(about_run)

    def set_strip(self, strip: QWidget) -> None:
        """Take in the strip of runs, above the panels."""
        self._right.insertWidget(self._right.indexOf(self.panel_area), strip)

    def set_panels(self, panels: Sequence[Panel], shown_at_first: Sequence[str]) -> None:
        """Take the panels in, and show those that are named."""
        for panel in panels:
            self._new_dock(panel)
        self._shown_at_first = tuple(shown_at_first)
        self.arrange(self._shown_at_first)

    def arrange(self, names: Sequence[str]) -> None:
        """Show these panels and no others, in columns from top to bottom, all of the same size."""
        self.place(self._in_columns(self.suited(names)))
        # Docks take their sizes once they are laid out, which is after this event.
        QTimer.singleShot(0, self.even_out)

    def suited(self, names: Sequence[str]) -> list[str]:
        """Return each panel once, and in place of one that does not suit the run the other."""
        return list(dict.fromkeys(self._instead.get(name, name) for name in names))

    def place(self, columns: Sequence[Sequence[str]]) -> None:
        """Show these panels and no others, in columns from top to bottom.

        A hidden panel has its place at the foot of a column, for when somebody asks for it.
        """
        self._expanded = ""
        names = [name for column in columns for name in column]
        for dock in self.docks.values():
            self.panel_area.removeDockWidget(dock)
        filled = [list(column) for column in columns]
        above: QDockWidget | None = None
        for column in columns:
            head = self.docks[column[0]]
            if above is None:
                self.panel_area.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, head)
            else:
                self.panel_area.splitDockWidget(above, head, Qt.Orientation.Horizontal)
            above = head
        others = [name for name in self.docks if name not in names]
        for number, name in enumerate(others):
            filled[number % len(filled)].append(name)
        fronts = [front for column in filled for front in self._stack(column, names)]
        for name, dock in self.docks.items():
            dock.setVisible(name in names)
        for front in fronts:
            front.raise_()

    def _stack(self, column: list[str], shown: list[str]) -> list[QDockWidget]:
        """Put a column's panels below each other, or behind each other where they would be too low.

        Returns those that stand in front.
        """
        docks = [self.docks[name] for name in column if name in shown]
        places = _cut(docks, min(self._rows(len(docks)), len(docks)))
        hidden = [[self.docks[name]] for name in column if name not in shown]
        for above, below in pairwise([*places, *hidden]):
            self.panel_area.splitDockWidget(above[0], below[0], Qt.Orientation.Vertical)
        for place in places:
            for front, behind in pairwise(place):
                self.panel_area.tabifyDockWidget(front, behind)
        return [place[0] for place in places]

    def _rows(self, wanted: int) -> int:
        """Return how many panels have room below each other."""
        height, least = self.panel_area.height(), self._theme.px(_LEAST_ROW)
        if wanted * least <= height:
            return wanted
        return max(1, height // (least + self._theme.px(_TABS)))

    def _in_columns(self, names: list[str]) -> list[list[str]]:
        """Cut the list in two, or in three where there is much to show and room for it."""
        wide = self.panel_area.width() >= 3 * self._theme.px(_LEAST_COLUMN)
        count = min(3 if wide and len(names) > _FULL else 2, len(names))
        return _cut(names, count)

    def even_out(self) -> None:
        """Give all columns the same width, and the panels of each the same height."""
        if self._expanded:
            return
        columns: dict[int, list[QDockWidget]] = {}
        for dock in self._seen():
            columns.setdefault(dock.x(), []).append(dock)
        if not columns:
            return
        width, height = self.panel_area.width(), self.panel_area.height()
        firsts = [docks[0] for docks in columns.values()]
        share = width // len(firsts)
        self.panel_area.resizeDocks(firsts, [share] * len(firsts), Qt.Orientation.Horizontal)
        for docks in columns.values():
            row = height // len(docks)
            self.panel_area.resizeDocks(docks, [row] * len(docks), Qt.Orientation.Vertical)

    def make_room(self, name: str) -> None:
        """Even out, and put a panel that has just come in where it has room: below or behind."""
        dock, area = self.docks[name], self.panel_area
        if area.minimumSizeHint().height() > area.height() and not dock.isFloating():
            column = [d for d in self._seen() if d.x() == dock.x() and d.y() < dock.y()]
            if column and not dock.isHidden():
                area.tabifyDockWidget(max(column, key=QDockWidget.y), dock)
                dock.raise_()
        QTimer.singleShot(0, self.even_out)

    def fit(self) -> None:
        """Put panels behind each other until those that are seen have the room that they need."""
        area, seen = self.panel_area, self._seen()
        while len(seen) > 1:
            needed = area.minimumSizeHint()
            too_high = needed.height() > area.height()
            if not too_high and needed.width() <= area.width():
                return
            front, behind = _last_two(seen, below=too_high)
            area.tabifyDockWidget(front, behind)
            front.raise_()
            seen.remove(behind)

    def _seen(self) -> list[QDockWidget]:
        return [d for d in self.docks.values() if self.is_seen(d) and not d.isFloating()]

    def is_seen(self, dock: QDockWidget) -> bool:
        """Tell whether a panel is shown and does not stand behind another one."""
        if dock.isHidden():
            return False
        mates = self.panel_area.tabifiedDockWidgets(dock)
        return dock in self._in_front or all(mate.isHidden() for mate in mates)

    @property
    def expanded(self) -> str:
        """The panel that fills the area; empty while none does."""
        return self._expanded

    def show_instead(self, shown: str, others: Collection[str]) -> None:
        """Show one panel wherever, whenever and as large as others would be, until told otherwise.

        The person hides, moves and expands them as one.
        """
        self._instead = {
            absent: present
            for absent, present in self._instead.items()
            if shown not in (absent, present)
        } | dict.fromkeys(others, shown)
        for other in others:
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
        if layout is None:
            self.arrange(self._shown_at_first)
            return
        self.panel_area.restoreState(layout)
        self._put_instead()

    def toggle_expanded(self, name: str, under: QByteArray | None = None) -> bool:
        """Let one panel fill the area, or put all back; return whether it fills it now.

        The panels will be put back as they stand now, or as `under` says.
        """
        if self._expanded:
            self._expanded = ""
            self.panel_area.restoreState(self._before_expanding)
            self._put_instead()
            return False
        self._before_expanding = self.panel_area.saveState() if under is None else under
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
        dock.visibilityChanged.connect(partial(self._visibility_changed, dock))
        dock.topLevelChanged.connect(self.panel_area.settle)
        return dock

    def _visibility_changed(self, dock: QDockWidget, visible: bool) -> None:
        self.panel_area.settle()
        (self._in_front.add if visible else self._in_front.discard)(dock)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the panels where it is little."""
        super().resizeEvent(event)
        self.settings_edge.set_cramped(self.width() < _LEAST_WITH_SETTINGS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the space bar from what had no use for it."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.space_pressed.emit()
            return
        if self.timeline.take_key(event.key()):
            return
        event.ignore()
        self.key_changed.emit(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Offer the key to who waits for its release."""
        event.ignore()
        self.key_changed.emit(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the controller decide."""
        self.close_asked.emit(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders."""
        if _dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Announce them."""
        paths = _dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)


def _cut(items: list[_Item], count: int) -> list[list[_Item]]:
    """Cut a list into so many of nearly the same length, the longer ones first."""
    length, longer = divmod(len(items), count)
    ends = list(accumulate(length + (number < longer) for number in range(count)))
    return [items[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _last_two(docks: list[QDockWidget], *, below: bool) -> list[QDockWidget]:
    """Return the last two of the column, or of the row, that needs most room."""
    lines: dict[int, list[QDockWidget]] = {}
    for dock in sorted(docks, key=lambda dock: (dock.x(), dock.y())):
        lines.setdefault(dock.x() if below else dock.y(), []).append(dock)

    def needed(line: list[QDockWidget]) -> int:
        sizes = [dock.minimumSizeHint() for dock in line]
        return sum(size.height() if below else size.width() for size in sizes)

    several = [line for line in lines.values() if len(line) > 1]
    return max(several or [docks], key=needed)[-2:]


def _dropped_files(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
