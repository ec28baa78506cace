"""The window as a room full of people sees it: one panel on the stage, few beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.spotlight import Spotlight

_MOST_BESIDE = 2
# A panel beside the stage is so high at least: its plot alone has 240 pixels, and in designed
# pixels there are the title row and the words around the plot.
_LEAST_PLOT, _AROUND_PLOT = 240, 104
_SHARE_OF_STAGE = 0.64
# A screen of so many designed pixels shows the sentences of a lesson, and what they are about.
_HIGH_ENOUGH = 640
_KEYS = 9
_WALK = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
# How long a desktop may take to give the window its own size again.
_MS_TO_SETTLE = 1500
_Feature = QDockWidget.DockWidgetFeature
# Nothing is dragged about before a room; without the first, a panel would leave the menu.
_FIXED = _Feature.DockWidgetClosable
_FREE = _FIXED | _Feature.DockWidgetMovable | _Feature.DockWidgetFloatable


class Presentation(QObject):
    """Puts the window into a form of its own for a room, and back into exactly the one it had.

    The settings withdraw to a tab, the experiment's card becomes a headline, and of the panels one
    takes the stage, with at most two beside it. Keys 1 to 9, or a click on a title row, put another
    one there; left and right walk through the headline or the lesson; S, held, makes a spotlight of
    the pointer; Escape leaves.

    Parameters
    ----------
    window
        With its panels.
    theme
        Type and its scale.
    panels
        All panels, by their object names.

    Attributes
    ----------
    lead
        The panel that takes the stage first, where it is shown; empty for the first that is.

    Signals
    -------
    changed()
        It has begun or ended, or other panels are on the stage.
    begun()
        The panels stand as it begins.
    """

    changed = Signal()
    begun = Signal()

    def __init__(self, window: MainWindow, theme: Theme, panels: Mapping[str, Panel]) -> None:
        super().__init__(window)
        self.lead = ""
        self._window = window
        self._theme = theme
        self._panels = panels
        self._is_on = False
        self._names: list[str] = []
        # The same, in the order of their places: the stage, beside it, and out of sight.
        self._places: list[str] = []
        self._before = QByteArray()
        self._is_other = False
        self._filled_before = ""
        self._was_maximized = False
        self._put_back_at = QSize()
        self._spotlight = Spotlight(window)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_MS_TO_SETTLE)
        window.key_changed.connect(self._key_changed)
        window.panel_area.settled.connect(self._settled)
        for name, panel in panels.items():
            panel.title_clicked.connect(partial(self._title_clicked, name))

    @property
    def is_on(self) -> bool:
        """Whether the window is shown to a room."""
        return self._is_on

    @property
    def layout_before(self) -> QByteArray | None:
        """Where the panels stood before; None if it is not on."""
        return self._before if self._is_on else None

    @property
    def on_stage(self) -> list[str]:
        """The panels that are seen, the one on the stage first."""
        return self._places[: 1 + self._count_beside()]

    def set_on(self, on: bool) -> None:
        """Begin, or leave everything as it was before."""
        if on != self._is_on:
            (self._begin if on else self._end)()

    def show(self, names: Sequence[str], lead: str = "") -> None:
        """Have these panels take part, one of them on the stage, whatever was shown before."""
        self._is_other = True
        self.lead = lead
        self._take(names)

    def bring(self, name: str) -> None:
        """Put a panel on the stage; the one that stood there takes its place."""
        if name not in self._places:
            self._names.append(name)
            self._places.append(name)
            self._show_keys()
        place = self._places.index(name)
        self._places[0], self._places[place] = self._places[place], self._places[0]
        self._arrange()

    def bring_forward(self, names: Sequence[str]) -> None:
        """Let those of these panels that take part be seen first, in order."""
        forward = [name for name in names if name in self._places]
        if self._is_on and self._places[: len(forward)] != forward:
            self._places = list(dict.fromkeys([*forward, *self._places]))
            self._arrange()

    def suit(self) -> None:
        """Follow the window, where panels do not suit the run and others stand in for them."""
        if self._is_on and self._window.suited(self._places) != self._places:
            self._names = self._window.suited(self._names)
            self._places = self._window.suited(self._places)
            self._show_keys()

    # -- coming and going ---------------------------------------------------------------------

    def _begin(self) -> None:
        window = self._window
        self._before = window.save_layout()
        self._filled_before = window.expanded
        if self._filled_before:
            window.toggle_expanded(self._filled_before)
        self._is_other = False
        self._is_on = True
        self._was_maximized = window.isMaximized()
        focused = QApplication.focusWidget()
        if focused is not None:
            # The keys are the lecturer's now, not an editor's.
            focused.clearFocus()
        shown = [name for name, dock in window.docks.items() if not dock.isHidden()]
        for dock in window.docks.values():
            dock.setFloating(False)
            dock.setFeatures(_FIXED)
        window.settings_edge.set_withdrawn(True)
        for words in (window.experiment_card, window.lesson_bar):
            words.set_headline(True)
        size = window.screen().size()
        self._theme.set_presentation(True, screen=(size.width(), size.height()))
        window.lesson_bar.set_brief(size.height() < self._theme.px(_HIGH_ENOUGH))
        if self._filled_before in shown:
            self.lead = self._filled_before
        self._take(shown)
        self.begun.emit()
        window.showFullScreen()

    def _end(self) -> None:
        window = self._window
        self._is_on = False
        self._spotlight.set_on(False)
        self._show_keys()
        self._theme.set_presentation(False)
        window.lesson_bar.set_brief(False)
        for words in (window.experiment_card, window.lesson_bar):
            words.set_headline(False)
        window.settings_edge.set_withdrawn(False)
        for dock in window.docks.values():
            dock.setFeatures(_FREE)
        if self._was_maximized:
            window.showMaximized()
        else:
            window.showNormal()
        self._put_back_at = QSize()
        self._put_back()
        self._settling.start()
        window.panel_area.settle()

    def _put_back(self) -> None:
        window = self._window
        if self._is_other:
            window.arrange(self._names)
        else:
            window.restore_layout(self._before)
            if self._filled_before:
                window.toggle_expanded(self._filled_before, under=self._before)
        self.changed.emit()

    def _settled(self) -> None:
        """Give the panels their sizes once the desktop has given the window its own."""
        if self._is_on:
            seen = [n for n, dock in self._window.docks.items() if not dock.isHidden()]
            if set(seen) != set(self.on_stage) and not self._window.expanded:
                self._arrange()
            else:
                self._share_room()
        elif self._settling.isActive() and self._window.panel_area.size() != self._put_back_at:
            self._put_back_at = self._window.panel_area.size()
            self._put_back()

    # -- the stage ----------------------------------------------------------------------------

    def _take(self, names: Sequence[str]) -> None:
        self._names = self._window.suited(names)
        lead = [name for name in self._window.suited([self.lead]) if name in self._names]
        self._places = list(dict.fromkeys([*lead, *self._names]))
        self._show_keys()
        self._arrange()

    def _count_beside(self) -> int:
        """Return how many panels have room beside the stage, below each other."""
        least = _LEAST_PLOT + self._theme.px(_AROUND_PLOT)
        return max(1, min(_MOST_BESIDE, self._window.panel_area.height() // least))

    def _arrange(self) -> None:
        stage, *beside = self.on_stage or [""]
        if stage:
            self._window.place([[stage], beside] if beside else [[stage]])
        self.changed.emit()
        # Docks take their sizes once they are laid out, which is after this event.
        QTimer.singleShot(0, self._share_room)

    def _share_room(self) -> None:
        window = self._window
        if not self._is_on or window.expanded:
            return
        area = window.panel_area
        stage, *beside = (window.docks[name] for name in self.on_stage)
        if beside:
            width = round(_SHARE_OF_STAGE * area.width())
            area.resizeDocks(
                [stage, beside[0]], [width, area.width() - width], Qt.Orientation.Horizontal
            )
            heights = [area.height() // len(beside)] * len(beside)
            area.resizeDocks(beside, heights, Qt.Orientation.Vertical)

    # -- what the person does -----------------------------------------------------------------

    def _show_keys(self) -> None:
        """Let the first panels be called by a digit, and say so in their titles and the menu."""
        for name, panel in self._panels.items():
            has_key = self._is_on and name in self._names[:_KEYS]
            key = str(self._names.index(name) + 1) if has_key else ""
            panel.show_key(key)
            action: QAction = self._window.docks[name].toggleViewAction()
            action.setShortcut(QKeySequence(key))

    def _title_clicked(self, name: str) -> None:
        if self._is_on and name != self._places[0] and not self._window.expanded:
            # Once the click is over: the title row moves away from under it.
            QTimer.singleShot(0, partial(self.bring, name))

    def _key_changed(self, event: QKeyEvent) -> None:
        pressed = event.type() == QEvent.Type.KeyPress
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_S and self._is_on and not event.isAutoRepeat():
            self._spotlight.set_on(pressed)
        elif pressed and key is Qt.Key.Key_Escape:
            self._escape()
        elif pressed and key in _WALK and self._is_on:
            self._walk(_WALK[key])
        else:
            return
        event.accept()

    def _walk(self, by: int) -> None:
        """Go to the next sentence of the experiment, or to the next page of the lesson."""
        for words in (self._window.experiment_card, self._window.lesson_bar):
            if words.isVisible():
                words.walk(by)

    def _escape(self) -> None:
        """Leave what was entered last: called settings, a filled panel, the presentation."""
        window = self._window
        if window.settings_edge.are_called:
            window.settings_edge.dismiss()
        elif window.expanded:
            self._panels[window.expanded].expand_requested.emit()
        elif self._is_on:
            window.actions_by_name["action_present"].trigger()
