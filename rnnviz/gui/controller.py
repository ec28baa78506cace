"""The only joiner of run and widgets: decides what is posted and who is shown what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication

from rnnviz.core.loss import UNITS
from rnnviz.data import Trait
from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.experiments.leader import ExperimentLeader
from rnnviz.gui.gradient_check.checker import GradientChecker
from rnnviz.gui.inside.inside import Inside
from rnnviz.gui.lessons.deeds import Deeds
from rnnviz.gui.lessons.scene import Scene
from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.runs.glances import Glances
from rnnviz.gui.runs.live_control import LiveControl
from rnnviz.gui.runs.race import Race
from rnnviz.gui.runs.rival_control import RivalControl
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_file import RunFile
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.run_thread import RunThread
from rnnviz.gui.runs.saving import Saving
from rnnviz.gui.runs.settings_line import SettingsLine
from rnnviz.gui.runs.training_control import TrainingControl
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.axis_menu import AxisMenu
from rnnviz.gui.window.closing import Closing
from rnnviz.gui.window.file_menu import FileMenu
from rnnviz.gui.window.guidance import Guidance
from rnnviz.gui.window.job_views import ExportView, RecordView
from rnnviz.gui.window.looks import Looks
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.past_view import PastView
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.rivals_view import RivalsView
from rnnviz.gui.window.run_view import RunView
from rnnviz.gui.window.shown_panels import ShownPanels
from rnnviz.gui.window.undo_actions import UndoActions
from rnnviz.gui.wording.remarks import what_just_happened
from rnnviz.training.commands import SetSpeed
from rnnviz.training.configuration import Configuration
from rnnviz.training.lessons.todo import Deed
from rnnviz.training.snapshot import RunState, Snapshot

FRAMES_PER_SECOND = 60


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
        self._shown_run_id = ""
        self.gradient_checker = GradientChecker(
            lambda request: runs.front.post(request), theme, window
        )
        self.form = ControlForm(theme, frozenset(TextPanel.settings))
        self.shown = ShownPanels(window, theme, lambda: self.rivals_view.shown_runs())
        self.panels = self.shown.panels
        window.settings_edge.set_settings(self.form)
        card = window.experiment_card
        self.leader = ExperimentLeader(
            self.panels,
            lambda: card.isVisible() or window.lesson_bar.isVisible(),
            self.shown.bring_forward,
            self._put_in_front,
        )
        self.view = RunView(window, settings, self.form, self.shown, self.leader)
        self.saving = Saving(runs, self.view)
        self.run_control = RunControl(runs, self.view, self.saving)
        self.race = Race(runs)
        self.race.failed.connect(self._tell_problem)
        self.training_control = TrainingControl(runs, self.view, self.run_control, self.race)
        self.rivals = RivalControl(runs, self.view, self.run_control)
        self.rivals_view = RivalsView(
            window, theme, runs, self.rivals, self.training_control, self.race
        )
        self.inside = Inside(runs, self.training_control, theme, window.fill_with, window)
        self.inside.said.connect(window.messages.confirm)
        self.inside.failed.connect(self._tell_problem)
        self.past = PastView(window, runs, self.rivals, self.saving, settings)
        self.live = LiveControl(runs)
        self.glances = Glances(runs)
        scene = Scene(runs, self.run_control, self.rivals, self.training_control, self.live)
        deeds = Deeds(scene, self.inside, self.gradient_checker.check, window)
        self.guidance = Guidance(window, settings, self.shown, self.leader, scene, deeds)
        self.guide, self.lessons = self.guidance.experiments, self.guidance.lessons
        self.guide.opened.connect(self._show_how_they_stand)
        FileMenu(window, settings, self.open_file)
        self.axis_menu = AxisMenu(window, runs, self.shown, settings)
        Looks(window, theme, settings, self.shown.presentation)
        self.closing = Closing(
            window,
            theme,
            count_behind=lambda: sum(run.file.is_behind for run in runs),
            save_first=lambda then: self.saving.save_first(list(runs), then),
            end=self._end,
        )
        self._connect_panels()
        self._connect_actions()
        self._connect_form()
        self.rivals.joined.connect(self._welcome)
        self.rivals.changed.connect(self._runs_changed)
        for run in runs:
            self._connect_run(run)
        card.lead_asked.connect(self.training_control.lead_on)
        self.rivals.joined.connect(lambda _run: self.lessons.did(Deed.ADD_RIVAL))
        window.files_dropped.connect(lambda paths: self.open_files([Path(p) for p in paths]))
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

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open a text, or models, each as a run of its own; see `RivalControl.open_files`."""
        self.rivals.open_files(paths)

    def save(self, path: Path | None = None) -> None:
        """Save to `path`, or to the file that the run came from, or ask for one."""
        self.saving.save(path)

    def start(
        self,
        file: Path | None = None,
        experiment: str | None = None,
        lesson: str | None = None,
    ) -> None:
        """Start the thread and a first run: the file's, the experiment's, or the default."""
        for run in self.runs:
            run.thread.start()
        self._timer.start()
        # The panels were shown before anybody listened; until told, a run measures everything.
        self.shown.tell_watched()
        self.run_control.open_when_begun(file)
        has_begun, problems = self.guidance.begin(experiment, lesson)
        if not has_begun:
            self.run_control.begin(Configuration())
        for sentence in problems:
            self._tell_problem(sentence)

    # -- frames -------------------------------------------------------------------------------

    def show_frame(self) -> None:
        """Show the newest snapshots, if there are any: each whole, for a picture is of one step.

        While a text is watched, every other frame is for what changes smoothly, and for nothing
        that would make it late.
        """
        for run in self.runs:
            run.count_frame(self.runs.seconds_per_picture)
        if self.glances.are_due():
            if self.glances.take():
                self._draw(glances=True)
            return
        self.glances.ask()
        trained = [run.trains for run in self.runs]
        fresh = [run for run in self.runs if run.take_snapshot() is not None]
        front = self.runs.front
        for run in fresh:
            self.training_control.tell_failure(run)
            self.run_control.tell_done(run)
            self.live.share_watched(run)
        # While the run in front trains, its next picture brings the others along.
        leads = front in fresh or not front.trains
        if front in fresh:
            self._show_front()
        elif fresh and leads:
            self._draw()
        if fresh and (leads or trained != [run.trains for run in self.runs]):
            self._show_how_they_stand()

    def _show_front(self) -> None:
        """Show all that is about the run in front."""
        snapshot = self.snapshot
        if snapshot is None:
            return
        new_run = snapshot.run_id != self._shown_run_id
        self._shown_run_id = snapshot.run_id
        self._show_state(snapshot, new_run=new_run)
        self._show_numbers(snapshot)
        self._draw()
        self.past.show(snapshot)
        self.shown.mark_seen(snapshot)
        self.inside.follow()

    def _put_in_front(self, identity: str) -> None:
        self.rivals.put_in_front(next(run for run in self.runs if run.identity == identity))

    def _show_how_they_stand(self) -> None:
        latest = self.rivals_view.shown_runs()
        if latest is not None:
            self.leader.follow(*latest)
        self.training_control.follow_player()
        self.rivals_view.show()
        self.guidance.follow()
        at = [run.reached for run in self.runs]
        way = self.leader.way(filter(None, at)) if not self.runs.trains else None
        self.window.experiment_card.show_next_stop(None if way is None else way.stop)

    def _draw(self, *, glances: bool = False) -> None:
        latest = self.rivals_view.shown_runs()
        if latest is not None:
            self.axis_menu.follow()
            (self.shown.draw_glances if glances else self.shown.draw)(*latest)

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

    def _show_numbers(self, snapshot: Snapshot) -> None:
        self.window.toolbar.show_numbers(
            snapshot.seen, snapshot.tokens_per_second, of_past=snapshot.is_of_past
        )
        self.form.show_network(
            snapshot.parameter_count, snapshot.memory_needed, snapshot.hidden_size
        )
        self.form.show_learning_rate(snapshot.learning_rate)
        self.window.actions_by_name["action_use_best"].setEnabled(snapshot.best_step is not None)
        self.undo_actions.show(snapshot.undo)
        is_watched = snapshot.window is not None and snapshot.window.is_watched_text
        self.window.actions_by_name["action_watch"].setEnabled(not is_watched)
        self.window.actions_by_name["action_let_go"].setEnabled(bool(self.runs.watched_text))
        self.form.remarks.show_remarks(
            what_just_happened(snapshot),
            snapshot.timeline.seen or snapshot.step,
            at_once=snapshot.is_of_past or snapshot.state is not RunState.RUNNING,
        )

    # -- closing ------------------------------------------------------------------------------

    def close_for_system(self) -> None:
        """Close as the close button does; asked a second time, close though nobody has answered."""
        self.closing.close_for_system()

    def close_now(self) -> None:
        """Close the window without asking about what is not saved."""
        self.closing.close_now()

    def _end(self) -> None:
        self._timer.stop()
        if not self.window.isFullScreen():
            # The next start is no presentation: it takes the place that the window had before.
            self.settings.geometry = self.window.saveGeometry()
        self.settings.layout = self.shown.layout_to_keep
        self.window.hide()
        self.gradient_checker.close()
        self.recorder.close()
        self.exporter.close()
        self.inside.close()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.runs.stop()
        self.race.close()

    # -- wiring -------------------------------------------------------------------------------

    def _connect_panels(self) -> None:
        self.shown.watched.connect(
            lambda needs: self.live.measure(needs, self.shown.needs_of_rivals)
        )
        self.shown.player_changed.connect(self.training_control.follow_player)
        for panel in self.panels.values():
            panel.exported.connect(self.window.messages.confirm)
            panel.export_failed.connect(self._tell_problem)
            if isinstance(panel, TextPanel):
                panel.setting_edited.connect(self.live.change_writing)
                panel.text_wanted.connect(self.live.write)
            if isinstance(panel, ClippingPanel):
                panel.setting_edited.connect(self.form.choose)

    def _connect_actions(self) -> None:
        self.recorder = RecordView(self.window, self.theme, self.runs, self.shown, self.past)
        self.exporter = ExportView(self.window, self.theme, self.runs, self.shown, self.past)
        run, training = self.run_control, self.training_control
        line = SettingsLine(self.runs, self.view, run, self.live)
        self.undo_actions = UndoActions(self.window, run)
        handlers: dict[str, Callable[[], object]] = {
            "action_train": training.toggle,
            "action_step": training.take_step,
            "action_inside": self.inside.toggle,
            "action_reset": training.reset,
            "action_new_seed": run.choose_new_seed,
            "action_copy_settings": line.copy,
            "action_paste_settings": line.paste,
            "action_use_best": training.use_best,
            "action_check_gradients": self.gradient_checker.check,
            "action_watch": self.live.watch_shown,
            "action_let_go": self.live.let_go,
            "action_new": run.begin_default,
            "action_open": self.rivals.ask_what_to_open,
            "action_save": self.saving.save,
            "action_save_as": self.saving.ask_where_to_save,
            "action_save_all": self.saving.save_all,
            "action_export_model": self.saving.export,
            "action_add_rival": self.rivals.add_copy,
            "action_add_cells": partial(self.rivals.add_other_cells, equal_parameters=False),
            "action_add_cells_equal": partial(self.rivals.add_other_cells, equal_parameters=True),
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
        actions = self.window.actions_by_name
        self.form.offer([actions["action_watch"], actions["action_let_go"]])
        self.form.live_edited.connect(self.live.change)
        self.form.live_edited.connect(lambda *_: self.past.tell_where_it_acts())
        self.form.structure_edited.connect(self.run_control.structure_edited)
        self.form.draft_accepted.connect(self.run_control.start_draft)
        self.form.draft_dropped.connect(self.form.forget_draft)
        self.form.text_wanted.connect(self.rivals.ask_what_to_open)
        self.form.preset_chosen.connect(self.run_control.choose_preset)
        self.window.toolbar.speed_chosen.connect(self.live.set_speed)

    def _connect_run(self, run: Run) -> None:
        thread, control = run.thread, self.run_control
        thread.setParent(self)
        control.listen_to(run)
        thread.refused.connect(lambda _sentence: self._release(run))
        thread.foreign.connect(lambda _foreign: self._release(run))
        thread.faulted.connect(lambda _fault: self._release(run))
        thread.loading.connect(self.window.loading.show_loading)
        thread.copied.connect(self.gradient_checker.begin)
        thread.step_copied.connect(self.inside.begin)
        thread.branched.connect(partial(self.past.branch, run))
        thread.copied.connect(lambda _subject: self.lessons.did(Deed.CHECK_GRADIENTS))
        thread.died.connect(self._show_how_they_stand)

    def _release(self, run: Run) -> None:
        """Have nobody wait for a run that was told to begin and could not."""
        self.race.release(run)
        self.rivals.heard_refused(run)
        self.inside.give_up()

    def _welcome(self, run: Run) -> None:
        """Have another run begin as the others are: measured, and as fast."""
        self._connect_run(run)
        run.thread.start()
        run.post(SetSpeed(self.window.toolbar.speed_in_force))

    def _runs_changed(self) -> None:
        """Show the run in front, the others beside it, and have measured what is seen of each."""
        self.race.follow()
        self.shown.tell_watched()
        self._show_front()
        self._show_how_they_stand()

    def _space_pressed(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        elif self.inside.is_open:
            self.inside.play()
        else:
            self.training_control.lead_on()

    def _tell_problem(self, sentence: str) -> None:
        self.window.messages.tell(sentence, "problem")
