"""The window's panels: which of them are shown, where, and what they need measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtGui import QAction

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.base.player import Player
from rnnviz.gui.panels.base.shown_run import ShownRun
from rnnviz.gui.panels.registry import PANELS, PanelKind
from rnnviz.gui.plotting import PlotView, SharedAxis
from rnnviz.gui.plotting.axes.training_axis import TrainingAxis, is_over_training
from rnnviz.gui.style.theme import PanelTheme, Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.presentation import Presentation
from rnnviz.gui.window.token_pointer import TokenPointer
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.snapshot import Snapshot


class ShownPanels(QObject):
    """Makes the panels, shows and hides them, and draws those that somebody sees.

    Parameters
    ----------
    window
        Holds the panels, and the menu of them.
    theme
        Colours and type.
    latest
        The run in front and those that are compared with it, as `Panel.show_runs` takes them, for
        a panel that comes into sight; None before there is a snapshot.

    Attributes
    ----------
    panels
        All of them, by their object names.
    kinds
        What is known of each besides.
    over_training, training
        The plots whose x is the course of training, and what they have in common.
    presentation
        Shows some of them to a room.

    Signals
    -------
    watched(frozenset)
        What the panels that somebody sees need measured.
    player_changed()
        `player` is another one, or plays now, or holds.
    """

    watched = Signal(object)
    player_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        latest: Callable[[], tuple[ShownRun, Sequence[ShownRun]] | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        # Where the panels stood before an experiment showed its own; None while none does.
        self._own_layout: QByteArray | None = None
        self._latest = latest
        self.panels: dict[str, Panel] = {}
        self.kinds: dict[str, PanelKind] = {}
        self._themes: dict[str, PanelTheme] = {}
        for kind in PANELS:
            own_theme = PanelTheme(theme)
            panel = kind.make(own_theme)
            name = panel.objectName()
            self.panels[name] = panel
            self._themes[name] = own_theme
            self.kinds[name] = kind
            panel.expand_requested.connect(partial(self._toggle_expanded, name))
            panel.watch_changed.connect(self.tell_watched)
            panel.played.connect(self.player_changed)
            for plot in panel.findChildren(PlotView):
                plot.copied.connect(panel.exported)
        self._run = ""
        self.over_training = [view for view in self._plots if is_over_training(view.mapping.x.axis)]
        self._axis = TrainingAxis()
        self._seen_of: Snapshot | None = None
        self.training = SharedAxis(self.over_training, self)
        self._pointer = TokenPointer(self.panels.values(), self)
        # Once the panels have their places: on their way there, one may be seen alone.
        self._arranging = QTimer(self, interval=0, singleShot=True)
        self._arranging.timeout.connect(self.player_changed)
        window.set_panels(list(self.panels.values()), self._shown_at_first)
        for name, dock in window.docks.items():
            self._themes[name].dress(dock)
            dock.visibilityChanged.connect(partial(self._visibility_changed, name))
        self.presentation = Presentation(window, theme, self.panels)
        self.presentation.changed.connect(self._show_what_is_expanded)
        # Never while the docks are being laid out, as growing type asks for another layout.
        self._growing = QTimer(self)
        self._growing.setSingleShot(True)
        self._growing.timeout.connect(self._let_grow)
        for panel in self.panels.values():
            panel.room_changed.connect(self._growing.start)
        window.panel_area.settled.connect(self._fit)
        self._fill_menu()

    def draw(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Draw every panel that is seen; see `Panel.show_runs`."""
        self._follow_new_run(front.snapshot.run_id, is_alone=len(compared) == 1)
        for name in self.panels:
            if self._window.is_seen(self._window.docks[name]):
                self._show(name, front, compared)
        self._pointer.follow()

    def draw_over(self, axis: TrainingAxis) -> None:
        """Draw the course of training over something else."""
        self._axis = axis
        for panel in self.panels.values():
            panel.set_axis(axis)
        if self._seen_of is not None:
            self.mark_seen(self._seen_of)

    def mark_seen(self, snapshot: Snapshot) -> None:
        """Mark the step of a run's past that is seen, if one is, in all plots over steps."""
        self._seen_of, step = snapshot, snapshot.timeline.seen
        over_steps = self._axis.over_steps
        place = None if step is None else over_steps.place(snapshot, step)
        self.training.stay_at(place, over_steps.axis.title)

    def draw_glances(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Draw those that are for every frame, with all others as they are."""
        for name in self._seen:
            if self.panels[name].is_for_every_frame:
                self._show(name, front, compared)
        self._pointer.follow()

    def _show(self, name: str, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        panel = self.panels[name]
        if not (panel.of_window or TEXT in panel.shows):
            # It is of the run's record, the same at whichever step.
            compared = tuple(run for run in compared if not run.is_of_now)
        elif any(run.is_of_now for run in compared):
            front, compared = _named_by_step(front, compared)
        if panel.is_for_every_frame:
            front, compared = front.newest, tuple(run.newest for run in compared)
        snapshot = front.snapshot
        panel.show_runs(front, compared)
        # What it showed when it was last seen is of another window.
        panel.set_waiting(panel.lacks(snapshot))
        step = panel.step_of(snapshot)
        panel.say_behind(step if step != snapshot.step else None)
        panel.say_watched(panel.is_of_watched_text(snapshot))

    @property
    def _plots(self) -> list[PlotView]:
        return [view for panel in self.panels.values() for view in panel.findChildren(PlotView)]

    def _follow_new_run(self, run: str, *, is_alone: bool) -> None:
        """Show all of a run that has just begun; of several, what is looked at is in all."""
        if run != self._run:
            self._run = run
            for plot in self._plots if is_alone else ():
                plot.follow()

    def suit(self, source: str) -> None:
        """Let the panel about this kind of source be seen where that of another would be."""
        about = {name: kind.of_source for name, kind in self.kinds.items() if kind.of_source}
        for shown in (name for name, kind in about.items() if kind == source):
            self._window.show_instead(shown, about.keys() - {shown})
        self.presentation.suit()
        self._show_what_is_expanded()

    def arrange(self, names: Sequence[str]) -> None:
        """Show these panels and no others, in order and all of the same size."""
        self._window.arrange(names)
        self._show_what_is_expanded()

    def arrange_for_experiment(self, names: Sequence[str], lead: str) -> None:
        """Show an experiment's panels; the person's own layout is kept for the next start.

        Parameters
        ----------
        names
            The panels.
        lead
            The one that takes the stage in a presentation.
        """
        if self._own_layout is None:
            self._own_layout = self.layout_to_keep
        if self.presentation.is_on:
            self.presentation.show(names, lead)
        else:
            self.presentation.lead = lead
            self.arrange(names)

    def bring_forward(self, names: Sequence[str]) -> None:
        """Let those of these panels that are shown be seen first, in order."""
        if self.presentation.is_on:
            self.presentation.bring_forward(names)
            return
        for dock in reversed([self._window.docks[name] for name in names]):
            if not dock.isHidden() and not self._window.is_seen(dock):
                dock.raise_()

    @property
    def layout_to_keep(self) -> QByteArray:
        """The layout of the next start: the person's own, not an experiment's."""
        if self._own_layout is not None:
            return self._own_layout
        before = self.presentation.layout_before
        return self._window.save_layout() if before is None else before

    def arrange_shown(self) -> None:
        """Put the panels that are shown in order."""
        self._own_layout = None
        self.arrange([n for n, dock in self._window.docks.items() if not dock.isHidden()])

    def restore(self) -> None:
        """Show the panels of the first start, where they stood then."""
        self._own_layout = None
        for dock in self._window.docks.values():
            dock.setFloating(False)
        self.arrange(self._shown_at_first)

    def tell_watched(self) -> None:
        """Have only measured what somebody looks at."""
        self.watched.emit(self.needs)

    @property
    def player(self) -> Player | None:
        """What Train, Step and Reset act on: something seen while nothing of the run is, or it."""
        if self.needs:
            return None
        players = (self.panels[name].player for name in self._seen)
        return next((player for player in players if player is not None), None)

    @property
    def _seen(self) -> list[str]:
        return [name for name, dock in self._window.docks.items() if self._window.is_seen(dock)]

    @property
    def seen(self) -> dict[str, Panel]:
        """Those that somebody sees, by their object names."""
        return {name: self.panels[name] for name in self._seen}

    @property
    def needs(self) -> frozenset[Diagnostic]:
        """What the panels that somebody sees need measured; nothing of those beside the run."""
        return frozenset().union(*(self.panels[name].watches for name in self._seen))

    @property
    def needs_of_rivals(self) -> frozenset[Diagnostic]:
        """What those of them need measured of a run that is not in front."""
        comparing = [name for name in self._seen if self.panels[name].compares]
        return frozenset().union(*(self.panels[name].watches for name in comparing))

    @property
    def _shown_at_first(self) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind.shown_at_first]

    def _visibility_changed(self, name: str, visible: bool) -> None:
        self.tell_watched()
        self._arranging.start()
        latest = self._latest()
        if visible and latest is not None:
            self._show(name, *latest)
            self._pointer.follow()

    def _toggle_expanded(self, name: str) -> None:
        self._window.toggle_expanded(name)
        self._show_what_is_expanded()

    def _show_what_is_expanded(self) -> None:
        for name, panel in self.panels.items():
            panel.set_expanded(name == self._window.expanded)
        self._let_grow()

    def _let_grow(self) -> None:
        """Let the type of a panel that fills the window, or is shown to a room, suit its size."""
        for name, theme in self._themes.items():
            grows = self.presentation.is_on or name == self._window.expanded
            theme.grow(self._window.docks[name].size() if grows else None)

    def _fit(self) -> None:
        """Leave no panel that is seen too small; a presentation sees to that itself."""
        if not (self.presentation.is_on or self._window.expanded):
            self._window.fit()

    def _asked_for(self, name: str) -> None:
        if self.presentation.is_on:
            self.presentation.bring(name)
        else:
            # Once it has its place: a panel comes in at the foot of a column.
            QTimer.singleShot(0, partial(self._window.make_room, name))

    def _fill_menu(self) -> None:
        window, menu = self._window, self._window.toolbar.layout_menu
        # What fills the window in their place is looked for here too.
        menu.addAction(window.actions_by_name["action_inside"])
        menu.addSeparator()
        for name, dock in window.docks.items():
            action: QAction = dock.toggleViewAction()
            action.setObjectName(f"show_{name}")
            action.triggered.connect(lambda _on, name=name: self._asked_for(name))
            # A key of a presentation acts though the menu is closed.
            window.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        for name in ("action_arrange", "action_restore_layout"):
            menu.addAction(window.actions_by_name[name])


def _named_by_step(
    front: ShownRun, compared: Sequence[ShownRun]
) -> tuple[ShownRun, tuple[ShownRun, ...]]:
    """Name the run in front by the step of its past that is seen, beside itself as it is now."""
    step = f"step {front.snapshot.timeline.seen:,}"
    name = step if len(compared) == 2 else f"{front.name}, {step}"
    named = dataclasses.replace(front, name=name, says_step=True)
    return named, tuple(named if run is front else run for run in compared)
