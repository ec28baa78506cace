"""The past in the window: joins the timeline and who decides what is seen of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.runs.rival_control import RivalControl
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.saving import Saving
from rnnviz.gui.timeline.control import TimelineControl
from rnnviz.gui.widgets.plain import plain_tip
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.wording.timeline import mark_words, past_words, seen_words
from rnnviz.training.snapshot import Snapshot
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.wording import in_bytes


class PastView(QObject):
    """Takes the person back to any step of the run in front, and on from there as a rival.

    Parameters
    ----------
    window
        Has the strip.
    runs
        Those of the window.
    rivals
        Adds what goes on from the past.
    saving
        Saves runs with their past, or without.
    settings
        Remember how the timeline is drawn, until all panels are shown as at first.

    Attributes
    ----------
    control
        Decides what is asked of the run.

    Signals
    -------
    shown(Snapshot)
        The run in front is drawn as this says.
    """

    shown = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        runs: RunList,
        rivals: RivalControl,
        saving: Saving,
        settings: WindowSettings,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._rivals = rivals
        self._strip = window.timeline
        self._awaited: Run | None = None
        self.control = TimelineControl(runs)
        self.control.setParent(self)
        strip, control = self._strip, self.control
        strip.speak_with(mark_words, seen_words)
        strip.asked.connect(control.look_at)
        strip.now_asked.connect(control.come_back)
        strip.speed.currentIndexChanged.connect(self._choose_speed)
        control.film_changed.connect(strip.show_film)
        self._choose_speed()
        strip.log.setChecked(settings.is_on(strip.log.objectName()))
        strip.log.toggled.connect(lambda on: settings.set_on(strip.log.objectName(), on))
        window.actions_by_name["action_restore_layout"].triggered.connect(
            lambda: strip.log.setChecked(False)
        )
        handlers: dict[str, Callable[[], None]] = {
            "action_back_to_now": control.come_back,
            "action_branch": control.branch,
            "action_film": control.toggle_film,
            "action_earlier": lambda: control.go(later=False),
            "action_later": lambda: control.go(later=True),
        }
        for name, handler in handlers.items():
            action = window.actions_by_name[name]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())
        window.actions_by_name["action_beside_now"].toggled.connect(control.set_beside_now)
        window.actions_by_name["action_save_past"].toggled.connect(
            lambda on: setattr(saving, "with_past", on)
        )

    def show(self, snapshot: Snapshot) -> None:
        """Show the way of the run in front."""
        self._strip.show_view(snapshot.timeline)
        words = past_words(snapshot.timeline)
        if words != self._strip.accessibleDescription():
            self._strip.setAccessibleDescription(words)
            self._strip.setToolTip(plain_tip(words))
        more = in_bytes(snapshot.timeline.bytes_in_file)
        self._window.actions_by_name["action_save_past"].setText(
            f"Save with the past (about {more} more)"
        )
        self.control.follow(snapshot)
        self._greet(snapshot)
        self.shown.emit(snapshot)

    def tell_where_it_acts(self) -> None:
        """Say, where one is in the past, that a setting was changed of the run as it is now."""
        view = self.control.view
        if view is not None and view.seen is not None:
            self._window.messages.confirm(
                f"That changes the run at step {view.last:,}. To try it from here, branch."
            )

    def branch(self, origin: Run, checkpoint: Checkpoint) -> None:
        """Go on from a step of the past, beside the run that it was of."""
        self._awaited = self._rivals.branch(origin, checkpoint)
        if self._awaited is not None:
            self._window.messages.confirm(f"A branch is made at step {checkpoint.step:,}…")

    def _greet(self, snapshot: Snapshot) -> None:
        """Say that a branch stands, once it does: what is changed before is of another run."""
        if self._awaited is not None and self._awaited.snapshot is snapshot:
            self._awaited = None
            self._window.messages.confirm(
                f"A branch stands at step {snapshot.step:,}. Change one thing, and train."
            )

    def _choose_speed(self) -> None:
        self.control.set_film_speed(float(self._strip.speed.currentData()))
