"""The only joiner of run and widgets: decides what is posted and who is shown what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication

from rnnviz.core.loss import UNITS
from rnnviz.data import Trait
from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.experiments.guide import ExperimentGuide
from rnnviz.gui.experiments.leader import ExperimentLeader
from rnnviz.gui.gradient_check.checker import GradientChecker
from rnnviz.gui.panels.base.shown_run import ShownRun
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_file import RunFile
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.run_thread import RunThread
from rnnviz.gui.runs.training_control import TrainingControl
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.closing import Closing
from rnnviz.gui.window.file_menu import FileMenu
from rnnviz.gui.window.looks import Looks
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.run_view import RunView
from rnnviz.gui.window.shown_panels import ShownPanels
from rnnviz.gui.wording.remarks import remark_sentence
from rnnviz.gui.wording.runs import run_name
from rnnviz.training.commands import (
    Change,
    SetSpeed,
    Watch,
    Write,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import ExperimentError
from rnnviz.training.snapshot import RunState, Snapshot

FRAMES_PER_SECOND = 30
# A picture of the run in every so many-th frame; where so few steps lie between two, in each.
_FRAMES_PER_PICTURE = 5
_STEPS_TO_FOLLOW = 3

_NOTHING_LEARNED = "Nothing is learned yet: press Train, or the space bar, to begin."


class Controller(QObject):
    """Joins the runs and a window: makes the widgets, wires them up and shows snapshots.

    What is done with a run is decided by a `RunControl` and a `TrainingControl`, without widgets.

    Parameters
    ----------
    window
        The window, with its toolbar; form and panels are put into it here.
    theme
        Colours and type.
    settings
        What is remembered from start to start.
    runs
        The runs, of which the one in front is shown.
    """

    def __init__(
        self, window: MainWindow, theme: Theme, settings: WindowSettings, runs: RunList
    ) -> None:
        super().__init__(window)
        self.window = window
        self.theme = theme
        self.settings = settings
        self.runs = runs
        for run in runs:
            run.thread.setParent(self)
        self._frames_to_wait = 0
        self.gradient_checker = GradientChecker(self.thread_of_training, theme, window)
        self.form = ControlForm(theme, frozenset(TextPanel.settings))
        self.shown = ShownPanels(window, theme, self._shown_runs)
        self.panels = self.shown.panels
        window.settings_edge.set_settings(self.form)
        card = window.experiment_card
        self.leader = ExperimentLeader(
            self.panels, card.isVisible, self.shown.presentation.bring_forward
        )
        self.view = RunView(window, settings, self.form, self.shown, self.leader)
        self.run_control = RunControl(runs, self.view)
        self.training_control = TrainingControl(runs, self.view, self.run_control)
        self.guide = ExperimentGuide(
            card,
            list(self.panels),
            begin=self.run_control.begin,
            show_panels=self.shown.arrange_for_experiment,
            ask_first=self.run_control.ask_first,
            claims=lambda: None if self.snapshot is None else self.snapshot.claims,
        )
        window.toolbar.experiments_menu.addActions(self.guide.actions)
        FileMenu(window, settings, self.open_file)
        Looks(window, theme, settings, self.shown.presentation)
        self._closing = Closing(
            window,
            theme,
            is_behind=lambda: self.run_file.is_behind,
            save_first=self.run_control.save_first,
            end=self._end,
        )
        self._connect_panels()
        self._connect_actions()
        self._connect_form()
        self._connect_thread()
        card.lead_asked.connect(self.training_control.lead_on)
        card.closed.connect(self.leader.let_go)
        window.file_dropped.connect(lambda path: self.open_file(Path(path)))
        self._timer = QTimer(self)
        self._timer.setObjectName("frame_timer")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(1000 / FRAMES_PER_SECOND))
        self._timer.timeout.connect(self.show_frame)

    # -- the run in front ---------------------------------------------------------------------

    @property
    def thread_of_training(self) -> RunThread:
        """What the run in front is told through."""
        return self.runs.front.thread

    @property
    def snapshot(self) -> Snapshot | None:
        """What is shown of the run in front; None before there is anything."""
        return self.runs.front.snapshot

    @property
    def run_file(self) -> RunFile:
        """What is saved of the run in front, and where."""
        return self.runs.front.file

    def open_file(self, path: Path) -> None:
        """Open a model or a text, after asking where a run would be lost."""
        self.run_control.open_file(path)

    def save(self, path: Path | None = None) -> None:
        """Save to `path`, or to the file that the run came from, or ask for one."""
        self.run_control.save(path)

    def start(self, file: Path | None = None, experiment: str | None = None) -> None:
        """Start the thread and a first run: the file's, the experiment's, or the default."""
        for run in self.runs:
            run.thread.start()
        self._timer.start()
        # The panels were shown before anybody listened; until told, a run measures everything.
        self.shown.tell_watched()
        self.run_control.open_when_begun(file)
        has_begun, complaint = False, ""
        if experiment is not None:
            try:
                has_begun = self.guide.open(experiment)
            except ExperimentError as error:
                complaint = str(error)
        if not has_begun:
            self.run_control.begin(Configuration())
        for sentence in filter(None, (self.guide.problems, complaint)):
            self._tell_problem(sentence)

    # -- frames -------------------------------------------------------------------------------

    def show_frame(self) -> None:
        """Show the newest snapshot, if there is one: all of it, for a picture is of one step."""
        before, snapshot = self.snapshot, self.runs.front.take_snapshot()
        if snapshot is not None:
            new_run = before is None or before.run_id != snapshot.run_id
            follows = before is not None and snapshot.step - before.step <= _STEPS_TO_FOLLOW
            self._frames_to_wait = 1 if follows else _FRAMES_PER_PICTURE
            self._show_state(snapshot, new_run=new_run)
            self._show_numbers(snapshot)
            self._draw()
            self.leader.follow(snapshot)
        self._frames_to_wait -= 1
        if self._frames_to_wait <= 0:
            self.thread_of_training.want_snapshot()

    def _draw(self) -> None:
        latest = self._shown_runs()
        if latest is not None:
            self.shown.draw(*latest)

    def _shown_runs(self) -> tuple[ShownRun, tuple[ShownRun, ...]] | None:
        """Return the run in front, and all that panels compare; None before there is anything."""
        front = _shown(self.runs.front)
        return None if front is None else (front, (front,))

    def _show_state(self, snapshot: Snapshot, *, new_run: bool) -> None:
        window = self.window
        self.training_control.follow_player()
        self.form.show_configuration(snapshot.configuration)
        if new_run:
            self.view.take_name(self.run_file.name)
            self.form.forget_draft()
            window.messages.withdraw_question()
            configuration, source = snapshot.configuration, snapshot.configuration.source
            window.toolbar.speak_of(
                configuration.token,
                source.per(configuration.level),
                UNITS[source.loss],
                has_epochs=Trait.EPOCHS in source.traits,
            )
            self.shown.suit(source.kind)
        self.guide.show_claims(snapshot.claims)
        way = None if self.runs.front.trains else self.leader.way(snapshot)
        window.experiment_card.show_next_stop(None if way is None else way.stop)
        self.training_control.tell_failure(snapshot)

    def _show_numbers(self, snapshot: Snapshot) -> None:
        self.window.toolbar.show_numbers(
            snapshot.step, snapshot.epoch, snapshot.tokens_per_second, snapshot.smoothed_loss
        )
        self.form.show_network(
            snapshot.parameter_count, snapshot.memory_needed, snapshot.hidden_size
        )
        self.form.show_learning_rate(snapshot.learning_rate)
        self.window.actions_by_name["action_use_best"].setEnabled(snapshot.best_step is not None)
        self.window.actions_by_name["action_undo_reset"].setEnabled(snapshot.can_undo_reset)
        token = snapshot.configuration.token
        said = tuple(remark_sentence(remark, token) for remark in snapshot.remarks)
        if snapshot.reason:
            said = (snapshot.reason,)
        if snapshot.state is RunState.IDLE and not snapshot.step:
            said = (_NOTHING_LEARNED, *said)
        self.form.remarks.show_remarks(
            said, snapshot.step, at_once=snapshot.state is not RunState.RUNNING
        )

    # -- closing ------------------------------------------------------------------------------

    def close_for_system(self) -> None:
        """Close as the close button does; asked a second time, close without saving."""
        self._closing.close_for_system()

    def close_now(self) -> None:
        """Close the window without asking about what is not saved."""
        self._closing.close_now()

    def _end(self) -> None:
        self._timer.stop()
        if not self.window.isFullScreen():
            # The next start is no presentation: it takes the place that the window had before.
            self.settings.geometry = self.window.saveGeometry()
        self.settings.layout = self.shown.layout_to_keep
        self.window.hide()
        self.gradient_checker.close()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.runs.stop()

    # -- wiring -------------------------------------------------------------------------------

    def _connect_panels(self) -> None:
        self.shown.watched.connect(lambda what: self.thread_of_training.post(Watch(what)))
        self.shown.player_changed.connect(self.training_control.follow_player)
        for panel in self.panels.values():
            panel.exported.connect(self.window.messages.confirm)
            panel.export_failed.connect(self._tell_problem)
            if isinstance(panel, TextPanel):
                panel.setting_edited.connect(self._live_edited)
                panel.text_wanted.connect(self._write)

    def _connect_actions(self) -> None:
        run, training = self.run_control, self.training_control
        handlers: dict[str, Callable[[], object]] = {
            "action_train": training.toggle,
            "action_step": training.take_step,
            "action_reset": training.reset,
            "action_new_seed": run.choose_new_seed,
            "action_undo_reset": run.undo_reset,
            "action_use_best": training.use_best,
            "action_check_gradients": self.gradient_checker.check,
            "action_new": run.begin_default,
            "action_open": run.ask_what_to_open,
            "action_save": run.save,
            "action_save_as": run.ask_where_to_save,
            "action_quit": self.window.close,
            "action_arrange": self.shown.arrange_shown,
            "action_restore_layout": self.shown.restore,
        }
        # Not a shortcut of the action: on a button that the tab key chose, Space presses it.
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.window)
        space.activated.connect(self._space_pressed)
        self.window.space_pressed.connect(training.lead_on)
        for name, handler in handlers.items():
            action = self.window.actions_by_name[name]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())

    def _connect_form(self) -> None:
        self.form.live_edited.connect(self._live_edited)
        self.form.structure_edited.connect(self.run_control.structure_edited)
        self.form.draft_accepted.connect(self.run_control.start_draft)
        self.form.draft_dropped.connect(self.form.forget_draft)
        self.form.text_wanted.connect(self.run_control.ask_what_to_open)
        self.form.preset_chosen.connect(self.run_control.choose_preset)
        self.window.toolbar.speed_chosen.connect(
            lambda speed: self.thread_of_training.post(SetSpeed(speed))
        )

    def _connect_thread(self) -> None:
        thread, run = self.thread_of_training, self.run_control
        thread.refused.connect(run.heard_refused)
        thread.noticed.connect(self.window.messages.tell)
        thread.loading.connect(self.window.loading.show_loading)
        thread.begun.connect(run.heard_begun)
        thread.usable.connect(run.heard_usable)
        thread.saved.connect(run.heard_saved)
        thread.died.connect(run.heard_died)
        thread.died.connect(self._show_pause)

    def _show_pause(self, _sentence: str) -> None:
        self.training_control.follow_player()

    def _live_edited(self, name: str, value: object) -> None:
        self.thread_of_training.post(Change(name, value))  # type: ignore[arg-type]

    def _write(self, length: int) -> None:
        self.thread_of_training.post(Write(length))

    def _space_pressed(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self.training_control.lead_on()

    def _tell_problem(self, sentence: str) -> None:
        self.window.messages.tell(sentence, "problem")


def _shown(run: Run) -> ShownRun | None:
    snapshot = run.snapshot
    if snapshot is None:
        return None
    return ShownRun(run.identity, run_name(snapshot.configuration), run.sign, snapshot)
