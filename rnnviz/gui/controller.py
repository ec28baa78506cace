"""The only joiner of run and widgets: decides what is posted and who is shown what."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from rnnviz.core.loss import UNITS
from rnnviz.data import Trait
from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.experiments.guide import ExperimentGuide
from rnnviz.gui.experiments.leader import ExperimentLeader
from rnnviz.gui.gradient_check.checker import GradientChecker
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.runs.run_file import RunFile
from rnnviz.gui.runs.run_thread import RunThread
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.question import Question
from rnnviz.gui.window.shown_panels import ShownPanels
from rnnviz.gui.wording.remarks import remark_sentence
from rnnviz.runs.client import Client
from rnnviz.runs.messages import CheckFile, OpenModel
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.claims.claim import Claim
from rnnviz.training.commands import (
    Change,
    NewRun,
    Pause,
    Reset,
    Restart,
    SetSpeed,
    TakeStep,
    Train,
    UndoReset,
    UseBest,
    Watch,
    Write,
)
from rnnviz.training.configuration import LARGEST_SEED, OWN_TEXT, Configuration, Value
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.experiments import ExperimentError
from rnnviz.training.snapshot import RunState, Snapshot

FRAMES_PER_SECOND = 30
# A picture of the run in every so many-th frame; where so few steps lie between two, in each.
_FRAMES_PER_PICTURE = 5
_STEPS_TO_FOLLOW = 3

_NOTHING_LEARNED = "Nothing is learned yet: press Train, or the space bar, to begin."


class Controller(QObject):
    """Joins a trainer thread and a window.

    Parameters
    ----------
    window
        The window, with its toolbar; form and panels are put into it here.
    theme
        Colours and type.
    settings
        What is remembered from start to start.
    client
        Knows where the run's loop runs.
    """

    def __init__(
        self, window: MainWindow, theme: Theme, settings: WindowSettings, client: Client
    ) -> None:
        super().__init__(window)
        self.window = window
        self.theme = theme
        self.settings = settings
        self.thread_of_training = RunThread(client, self)
        self.gradient_checker = GradientChecker(self.thread_of_training, theme, window)
        self.snapshot: Snapshot | None = None
        self._closing = False
        self._waits = False
        self._question: QMessageBox | None = None
        self._told = ""
        self._file_to_open: Path | None = None
        self._file_checked: Path | None = None
        self._frames_to_wait = 0
        self.run_file = RunFile(window, settings, self.thread_of_training, self.open_file)
        self.form = ControlForm(theme, frozenset(TextPanel.settings))
        self.shown = ShownPanels(window, theme, lambda: self.snapshot)
        self.panels = self.shown.panels
        window.settings_edge.set_settings(self.form)
        self._connect_panels()
        self._connect_actions()
        self._connect_form()
        self._connect_thread()
        self.guide = ExperimentGuide(
            window,
            list(self.panels),
            begin=self._begin,
            show_panels=self.shown.arrange_for_experiment,
            ask_first=self._ask_first,
            claims=lambda: None if self.snapshot is None else self.snapshot.claims,
        )
        card = window.experiment_card
        self.leader = ExperimentLeader(
            self.panels, card.isVisible, self.shown.presentation.bring_forward
        )
        card.lead_asked.connect(self._lead_on)
        card.closed.connect(self.leader.let_go)
        window.file_dropped.connect(lambda path: self.open_file(Path(path)))
        window.close_asked.connect(self._close_asked)
        self._timer = QTimer(self)
        self._timer.setObjectName("frame_timer")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(1000 / FRAMES_PER_SECOND))
        self._timer.timeout.connect(self.show_frame)

    def start(self, file: Path | None = None, experiment: str | None = None) -> None:
        """Start the thread and a first run: the file's, the experiment's, or the default."""
        self.thread_of_training.start()
        self._timer.start()
        # The panels were shown before anybody listened; until told, a run measures everything.
        self.shown.tell_watched()
        # The file comes after the default run has begun: one that cannot be used leaves that run
        # standing, not an empty window.
        self._file_to_open = file
        has_begun, complaint = False, ""
        if experiment is not None:
            try:
                has_begun = self.guide.open(experiment)
            except ExperimentError as error:
                complaint = str(error)
        if not has_begun:
            self._begin(Configuration())
        self.guide.tell_problems()
        if complaint:
            self._tell_problem(complaint)

    # -- frames -------------------------------------------------------------------------------

    def show_frame(self) -> None:
        """Show the newest snapshot, if there is one: all of it, for a picture is of one step."""
        snapshot = self.thread_of_training.take_snapshot()
        if snapshot is not None:
            before, self.snapshot = self.snapshot, snapshot
            new_run = before is None or before.run_id != snapshot.run_id
            follows = before is not None and snapshot.step - before.step <= _STEPS_TO_FOLLOW
            self._frames_to_wait = 1 if follows else _FRAMES_PER_PICTURE
            self.run_file.follow(snapshot, new_run=new_run)
            self._show_state(snapshot, new_run=new_run)
            self._show_numbers(snapshot)
            self.shown.draw(snapshot)
            self.leader.follow(snapshot)
        self._frames_to_wait -= 1
        if self._frames_to_wait <= 0:
            self.thread_of_training.want_snapshot()

    def _show_state(self, snapshot: Snapshot, *, new_run: bool) -> None:
        window = self.window
        self._follow_player()
        self.form.show_configuration(snapshot.configuration)
        if new_run:
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
        way = None if self._trains else self.leader.way(snapshot)
        window.experiment_card.show_next_stop(None if way is None else way.stop)
        reason = snapshot.reason if snapshot.state is RunState.FAILED else ""
        # Told anew when somebody has tried again, though it may be the same failure.
        if reason and reason != self._told:
            window.messages.tell(reason, "problem")
        self._told = reason

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

    # -- runs and files -----------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Open a model or a text, after asking where a run would be lost.

        Nothing is asked about a file that cannot be used.
        """
        if self.run_file.is_behind:
            self._file_checked = path
            self.thread_of_training.post(CheckFile(path))
        else:
            self._open_now(path)

    def _usable(self, path: str) -> None:
        """Ask about the file that was checked last."""
        if self._file_checked == Path(path):
            self._file_checked = None
            self._ask_first(f"Opening {Path(path).name}", partial(self._open_now, Path(path)))

    def save(self, path: Path | None = None) -> None:
        """Save to `path`, or to the file that the run came from, or ask for one."""
        self.run_file.save(path)

    def _begin(self, configuration: Configuration, claims: tuple[Claim, ...] = ()) -> None:
        self.window.messages.clear()
        self.thread_of_training.post(NewRun(configuration, claims))

    def _restart(self, **changes: Value) -> None:
        """Begin a new run with the settings in force, these changed."""
        self.window.messages.clear()
        self.thread_of_training.post(Restart(tuple(changes.items())))

    def _open_now(self, path: Path) -> None:
        if path.suffix.lower() in MODEL_SUFFIXES:
            self.window.messages.clear()
            self.thread_of_training.post(OpenModel(path))
            return
        self._restart(corpus=OWN_TEXT, text_file=str(path))

    def _ask_first(self, what: str, act: Callable[[], None]) -> None:
        """Do what throws the run away, after asking where it would be a loss."""
        if self.snapshot is None or not self.run_file.is_behind:
            act()
            return
        # No count of what is lost: the run goes on while the person thinks.
        self.window.messages.ask(
            f"{what} ends this run, and {self.run_file.unsaved} is not saved.",
            "Go ahead without saving",
            act,
            "Keep this run",
            on_save=partial(self._save_first, act),
        )

    def _save_first(self, act: Callable[[], None]) -> None:
        """Save what is not saved, then do what throws it away."""
        if self.snapshot is not None and self.snapshot.step <= self.run_file.saved_step:
            # What is not saved is the run that a reset put away.
            self._undo_reset()
        self.run_file.save(then=act)

    def _start_draft(self) -> None:
        self._restart(**self.form.draft)

    def _structure_edited(self, draft: dict[str, object]) -> None:
        if not draft:
            return
        if self.run_file.is_behind:
            self.form.ask_about_draft()
        else:
            self._start_draft()

    def _preset_chosen(self, name: str) -> None:
        """Follow a preset, after asking where a run would be lost; do nothing if it is followed."""
        if self.snapshot is None:
            return
        preset = PRESETS[name]
        changes = preset.changes(self.snapshot.configuration)
        if changes:
            self._ask_first(f'The preset "{preset.title}"', partial(self._restart, **changes))

    def _new_seed(self) -> None:
        if self.snapshot is None:
            return
        self._restart(seed=(self.snapshot.configuration.seed + 1) % (LARGEST_SEED + 1))

    # -- what the thread says -----------------------------------------------------------------

    def _begun(self, path: str) -> None:
        file, self._file_to_open = self._file_to_open, None
        if file is not None:
            self._open_now(file)
            return
        self.run_file.begin(Path(path) if path else None)

    def _refused(self, sentence: str) -> None:
        self.run_file.give_up()
        self.form.forget_draft()
        self.window.messages.tell(sentence, "problem")

    def _died(self, sentence: str) -> None:
        """Show that nothing trains any more, and offer to begin with the same settings."""
        self.run_file.lose()
        if self.snapshot is not None and self.snapshot.state is RunState.RUNNING:
            self.snapshot = dataclasses.replace(self.snapshot, state=RunState.PAUSED)
            self._follow_player()
        self.window.messages.offer(sentence, "Begin anew", self._begin_alike, "problem")

    def _begin_alike(self) -> None:
        snapshot = self.snapshot
        if snapshot is None:
            self._begin(Configuration())
            return
        claims = () if snapshot.claims is None else snapshot.claims.claims
        self._begin(snapshot.configuration, claims)

    # -- closing ------------------------------------------------------------------------------

    def _close_asked(self, event: QCloseEvent) -> None:
        if self.run_file.is_behind and not self._closing:
            answer = self._ask_about_closing()
            if answer != QMessageBox.StandardButton.Discard:
                event.ignore()
                if answer == QMessageBox.StandardButton.Save:
                    self._save_first(self.close_now)
                return
        self._timer.stop()
        if not self.window.isFullScreen():
            # The next start is no presentation: it takes the place that the window had before.
            self.settings.geometry = self.window.saveGeometry()
        self.settings.layout = self.shown.layout_to_keep
        # A step under way is waited for, and a large network's may take long: out of sight.
        self.window.hide()
        self.gradient_checker.close()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.thread_of_training.stop()
        event.accept()

    def _ask_about_closing(self) -> int:
        button = QMessageBox.StandardButton
        self._question = Question(
            self.theme,
            "save",
            "Save the model before closing?",
            "Its training is not saved.",
            button.Save | button.Discard | button.Cancel,
            self.window,
        )
        self._question.setDefaultButton(button.Save)
        self._question.button(button.Discard).setText("Close without saving")
        answer = self._question.exec()
        self._question.deleteLater()
        self._question = None
        return answer

    def close_for_system(self) -> None:
        """Close as the close button does; asked a second time, close without saving."""
        if self._question is not None:
            self._question.done(int(QMessageBox.StandardButton.Discard.value))
        else:
            self.window.close()

    def close_now(self) -> None:
        """Close the window without asking about what is not saved."""
        self._closing = True
        self.window.close()

    # -- wiring -------------------------------------------------------------------------------

    def _connect_panels(self) -> None:
        self.shown.watched.connect(lambda what: self.thread_of_training.post(Watch(what)))
        self.shown.player_changed.connect(self._follow_player)
        for panel in self.panels.values():
            panel.exported.connect(self.window.messages.confirm)
            panel.export_failed.connect(self._tell_problem)
            if isinstance(panel, TextPanel):
                panel.setting_edited.connect(self._live_edited)
                panel.text_wanted.connect(self._write)

    def _connect_actions(self) -> None:
        handlers: dict[str, Callable[[], object]] = {
            "action_train": self._toggle_training,
            "action_step": self._take_step,
            "action_reset": self._reset,
            "action_new_seed": lambda: self._ask_first("Another seed", self._new_seed),
            "action_undo_reset": self._undo_reset,
            "action_use_best": self._use_best,
            "action_check_gradients": self.gradient_checker.check,
            "action_new": lambda: self._ask_first(
                "A new run", partial(self._begin, Configuration())
            ),
            "action_open": self.run_file.ask_what_to_open,
            "action_save": self.save,
            "action_save_as": self.run_file.ask_where_to_save,
            "action_quit": self.window.close,
            "action_arrange": self.shown.arrange_shown,
            "action_restore_layout": self.shown.restore,
            "action_present": self._toggle_presentation,
            "action_theme": self._toggle_theme,
        }
        # Not a shortcut of the action: on a button that the tab key chose, Space presses it.
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.window)
        space.activated.connect(self._space_pressed)
        self.window.space_pressed.connect(self._lead_on)
        for name, handler in handlers.items():
            action = self.window.actions_by_name[name]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())

    def _connect_form(self) -> None:
        self.form.live_edited.connect(self._live_edited)
        self.form.structure_edited.connect(self._structure_edited)
        self.form.draft_accepted.connect(self._start_draft)
        self.form.draft_dropped.connect(self.form.forget_draft)
        self.form.text_wanted.connect(self.run_file.ask_what_to_open)
        self.form.preset_chosen.connect(self._preset_chosen)
        self.window.toolbar.speed_chosen.connect(
            lambda speed: self.thread_of_training.post(SetSpeed(speed))
        )

    def _connect_thread(self) -> None:
        thread = self.thread_of_training
        thread.refused.connect(self._refused)
        thread.noticed.connect(self.window.messages.tell)
        thread.loading.connect(self.window.loading.show_loading)
        thread.begun.connect(self._begun)
        thread.usable.connect(self._usable)
        thread.died.connect(self._died)

    def _live_edited(self, name: str, value: object) -> None:
        self.thread_of_training.post(Change(name, value))  # type: ignore[arg-type]

    def _write(self, length: int) -> None:
        self.thread_of_training.post(Write(length))

    @property
    def _trains(self) -> bool:
        return self.snapshot is not None and self.snapshot.state is RunState.RUNNING

    def _follow_player(self) -> None:
        """Let toolbar and form be about what is seen; a run that nobody sees waits."""
        player = self.shown.player
        self.window.set_about_run(player is None)
        self.window.toolbar.show_running(self._trains if player is None else player.runs)
        if player is not None and self._trains and not self._waits:
            self._waits = True
            self.thread_of_training.post(Pause())
            self.window.messages.confirm("Training is paused: nothing of it is seen here.")
        elif player is None:
            self._waits = False

    def _toggle_training(self) -> None:
        if (player := self.shown.player) is not None:
            player.toggle()
            return
        self.window.messages.clear()
        self._told = ""
        self.thread_of_training.post(Pause() if self._trains else Train())

    def _lead_on(self) -> None:
        """Train to the experiment's next claim, where there is one; else train or pause."""
        leads = not self._trains and self.shown.player is None
        training = self.leader.training(self.snapshot) if leads else None
        if training is None:
            self._toggle_training()
            return
        self.window.messages.clear()
        self._told = ""
        self.thread_of_training.post(training)

    def _take_step(self) -> None:
        if (player := self.shown.player) is not None:
            player.take_step()
            return
        self._told = ""
        self.thread_of_training.post(TakeStep())

    def _space_pressed(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self._lead_on()

    def _reset(self) -> None:
        if (player := self.shown.player) is not None:
            player.put_back()
            return
        self.window.messages.clear()
        had_steps = self.snapshot is not None and self.snapshot.step > 0
        self.thread_of_training.post(Reset())
        if had_steps:
            self.window.messages.offer(
                "Back at this seed's first weights. The run is kept until another begins.",
                "Undo reset",
                self._undo_reset,
            )

    def _undo_reset(self) -> None:
        if self.snapshot is None or not self.snapshot.can_undo_reset:
            return
        self.window.messages.clear()
        self.run_file.undo_reset()
        self.thread_of_training.post(UndoReset())

    def _use_best(self) -> None:
        self.window.messages.clear()
        self.thread_of_training.post(UseBest())

    def _tell_problem(self, sentence: str) -> None:
        self.window.messages.tell(sentence, "problem")

    # -- looks --------------------------------------------------------------------------------

    def _toggle_presentation(self) -> None:
        on = self.window.actions_by_name["action_present"].isChecked()
        for name in ("action_arrange", "action_restore_layout"):
            self.window.actions_by_name[name].setEnabled(not on)
        self.shown.presentation.set_on(on)

    def _toggle_theme(self) -> None:
        scheme = ColorScheme.LIGHT if self.theme.is_dark else ColorScheme.DARK
        self.theme.set_scheme(scheme)
        self.settings.scheme = scheme.value
