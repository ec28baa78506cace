"""The only joiner of run and widgets: decides what is posted and who is shown what."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox

from rnnviz.core.loss import UNITS
from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.experiment_guide import ExperimentGuide
from rnnviz.gui.gradient_checker import GradientChecker
from rnnviz.gui.main_window import MainWindow
from rnnviz.gui.panel_kinds import PANELS, PanelKind
from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.settings import WindowSettings
from rnnviz.gui.theme import ColorScheme, Theme
from rnnviz.gui.trainer_thread import OpenModel, SaveModel, TrainerThread
from rnnviz.gui.wording import in_tokens
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.commands import (
    Change,
    NewRun,
    Pause,
    Reset,
    SetSpeed,
    TakeStep,
    Train,
    UseBest,
    Vary,
    Watch,
    Write,
)
from rnnviz.training.configuration import LARGEST_SEED, OWN_TEXT, Configuration, Value
from rnnviz.training.experiments import ExperimentError
from rnnviz.training.presets import PRESETS
from rnnviz.training.snapshot import RunState, Snapshot

FRAMES_PER_SECOND = 30
# Beside the panels, what is drawn in turns: the toolbar's numbers and what just happened.
_NUMBERS = "numbers"
_FRAMES_OF_NUMBERS = 3

_FILTER_MODEL = "Models (*.rnnviz *.safetensors)"
_FILTER_ALL = "Models and texts (*)"
_NOTHING_LEARNED = "Nothing is learned yet: press Train, or the space bar, to begin."
# A run of which this much training is not saved is not closed without asking.
_SECONDS_WORTH_ASKING = 20.0


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
    """

    def __init__(self, window: MainWindow, theme: Theme, settings: WindowSettings) -> None:
        super().__init__(window)
        self.window = window
        self.theme = theme
        self.settings = settings
        self.thread_of_training = TrainerThread(self)
        self.gradient_checker = GradientChecker(self.thread_of_training, theme, window)
        self.snapshot: Snapshot | None = None
        self.model_path: Path | None = None
        self._saved_step = 0
        self._unsaved_seconds = 0.0
        self._closing = False
        self._told = ""
        self._was_maximized = False
        self._after_saving: Callable[[], None] | None = None
        self._file_to_open: Path | None = None
        self._frame = 0
        self._turns: dict[str, int] = {}
        self._stale: set[str] = set()
        self._is_watched = False
        self._counted_until = time.monotonic()
        self.form = ControlForm(theme, frozenset(TextPanel.settings))
        self.panels: dict[str, Panel] = {}
        self._kinds: dict[str, PanelKind] = {}
        self._build_panels()
        window.set_controls(self.form)
        self._connect_actions()
        self._connect_form()
        self._connect_thread()
        self._fill_layout_menu()
        self._fill_file_menu()
        self.guide = ExperimentGuide(
            window,
            list(self.panels),
            begin=self._begin,
            show_panels=self._show_panels,
            ask_first=self._ask_first,
            current=lambda: None if self.snapshot is None else self.snapshot.configuration,
        )
        window.toolbar.file_menu.aboutToShow.connect(self._fill_file_menu)
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
        self._watch()
        self.guide.tell_problems()
        if experiment is not None:
            try:
                self.guide.open(experiment)
            except ExperimentError as error:
                self._begin(Configuration())
                self._tell_problem(str(error))
            return
        # The file comes after the default run has begun: one that cannot be used leaves that run
        # standing, not an empty window.
        self._file_to_open = file
        self._begin(Configuration())

    # -- frames -------------------------------------------------------------------------------

    def show_frame(self) -> None:
        """Take the newest snapshot, if there is one, and show it."""
        self._frame += 1
        self._count_unsaved_seconds()
        snapshot = self.thread_of_training.take_snapshot()
        at_once = False
        if snapshot is not None:
            before, self.snapshot = self.snapshot, snapshot
            new_run = before is None or before.run_id != snapshot.run_id
            at_once = new_run or snapshot.state is not RunState.RUNNING
            self._stale = {_NUMBERS, *self.panels}
            self._show_state(snapshot, before, new_run=new_run)
        if self.snapshot is not None:
            self._draw(self.snapshot, at_once=at_once)

    def _draw(self, snapshot: Snapshot, *, at_once: bool) -> None:
        """Draw what is out of date and has its turn."""
        if self._has_its_turn(_NUMBERS, self._frame // _FRAMES_OF_NUMBERS, at_once):
            self._show_numbers(snapshot)
        for number, (name, panel) in enumerate(self.panels.items()):
            # The number spreads the panels over the frames.
            turn = (self._frame + number) // self._kinds[name].frames
            if self._has_its_turn(name, turn, at_once) and self.window.is_seen(
                self.window.docks[name]
            ):
                panel.show_snapshot(snapshot)

    def _has_its_turn(self, what: str, turn: int, at_once: bool) -> bool:
        """Take the turn, if it is one; turns are counted in frames, for snapshots may be rare."""
        if what not in self._stale or (turn == self._turns.get(what) and not at_once):
            return False
        self._stale.remove(what)
        self._turns[what] = turn
        return True

    def _count_unsaved_seconds(self) -> None:
        now = time.monotonic()
        if self.snapshot is not None and self.snapshot.state is RunState.RUNNING:
            self._unsaved_seconds += now - self._counted_until
        self._counted_until = now

    def _show_state(self, snapshot: Snapshot, before: Snapshot | None, *, new_run: bool) -> None:
        running = snapshot.state is RunState.RUNNING
        window = self.window
        window.toolbar.show_running(running)
        self.form.show_configuration(snapshot.configuration)
        if new_run:
            self._saved_step, self._unsaved_seconds = snapshot.step, 0.0
            self.form.forget_draft()
            window.messages.withdraw_question()
            task = snapshot.configuration.task
            unit = "" if task is None else UNITS[task.loss]
            window.toolbar.speak_of(snapshot.configuration.token, unit)
            self._show_suitable_panels(learns_task=task is not None)
            self._show_title(snapshot)
        reason = snapshot.reason if snapshot.state is RunState.FAILED else ""
        # Told anew when somebody has tried again, though it may be the same failure.
        if reason and reason != self._told:
            window.messages.tell(reason, "problem")
        self._told = reason

    def _show_suitable_panels(self, *, learns_task: bool) -> None:
        """Let what a task answers be seen where a text would be, and the other way round."""
        for name, kind in self._kinds.items():
            if kind.instead_of:
                shown, other = (name, kind.instead_of) if learns_task else (kind.instead_of, name)
                self.window.show_instead(shown, other)
        self._show_what_is_expanded()

    def _show_what_is_expanded(self) -> None:
        for name, panel in self.panels.items():
            panel.set_expanded(name == self.window.expanded)

    def _show_numbers(self, snapshot: Snapshot) -> None:
        self.window.toolbar.show_numbers(
            snapshot.step, snapshot.epoch, snapshot.tokens_per_second, snapshot.smoothed_loss
        )
        self.form.show_network(
            snapshot.parameter_count, snapshot.memory_needed, snapshot.hidden_size
        )
        self.form.show_learning_rate(snapshot.learning_rate)
        self.window.actions_by_name["action_use_best"].setEnabled(snapshot.best_step is not None)
        token = snapshot.configuration.token
        said = (snapshot.reason,) if snapshot.reason else snapshot.remarks
        if snapshot.state is RunState.IDLE and not snapshot.step and self._is_watched:
            said = (_NOTHING_LEARNED, *said)
        self.form.remarks.show_remarks(
            tuple(in_tokens(token, remark) for remark in said),
            at_once=snapshot.state is not RunState.RUNNING,
        )

    def _show_title(self, snapshot: Snapshot) -> None:
        name = self.model_path.name if self.model_path else snapshot.title
        self.window.setWindowTitle(f"{name} — rnnviz")

    # -- runs and files -----------------------------------------------------------------------

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is training that no file holds."""
        return self.snapshot is not None and self.snapshot.step > self._saved_step

    def open_file(self, path: Path) -> None:
        """Open a model or a text, after asking where a run would be lost."""
        self._ask_first(f"Opening {path.name}", partial(self._open_now, path))

    def save(self, path: Path | None = None) -> None:
        """Save to `path`, or to the file that the run came from, or ask for one."""
        path = path or self.model_path
        if path is None:
            self._ask_where_to_save()
        else:
            self.thread_of_training.post(SaveModel(path))

    def _begin(self, configuration: Configuration) -> None:
        self.window.messages.clear()
        self.thread_of_training.post(NewRun(configuration))

    def _vary(self, **changes: Value) -> None:
        """Begin a new run with the settings in force, these changed."""
        self.window.messages.clear()
        self.thread_of_training.post(Vary(tuple(changes.items())))

    def _open_now(self, path: Path) -> None:
        if path.suffix.lower() in MODEL_SUFFIXES:
            self.window.messages.clear()
            self.thread_of_training.post(OpenModel(path))
            return
        self._vary(corpus=OWN_TEXT, text_file=str(path))

    def _ask_first(self, what: str, act: Callable[[], None]) -> None:
        """Do what throws the run away, after asking where it would be a loss."""
        if not self.is_worth_keeping:
            act()
            return
        # No count of what is lost: the run goes on while the person thinks.
        saved = self._saved_step
        lost = f"what came after step {saved:,}" if saved else "its training"
        self.window.messages.ask(
            f"{what} ends this run, and {lost} is not saved.",
            "Go ahead",
            act,
            "Keep this run",
        )

    def _start_draft(self) -> None:
        self._vary(**self.form.draft)

    def _structure_edited(self, draft: dict[str, object]) -> None:
        if not draft:
            return
        if self.is_worth_keeping:
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
            self._ask_first(f'The preset "{preset.title}"', partial(self._vary, **changes))

    def _new_seed(self) -> None:
        if self.snapshot is None:
            return
        self._vary(seed=(self.snapshot.configuration.seed + 1) % (LARGEST_SEED + 1))

    # -- what the thread says -----------------------------------------------------------------

    def _begun(self, path: str) -> None:
        file, self._file_to_open = self._file_to_open, None
        if file is not None:
            self._open_now(file)
            return
        self.model_path = Path(path) if path else None
        if self.model_path:
            self.settings.remember_file(self.model_path)

    def _saved(self, path: str) -> None:
        self.model_path = Path(path)
        self.settings.remember_file(self.model_path)
        if self.snapshot is not None:
            self._saved_step, self._unsaved_seconds = self.snapshot.step, 0.0
            self._show_title(self.snapshot)
        self.window.messages.tell(f"Saved {self.model_path.name}.")
        if self._after_saving is not None:
            self._after_saving()

    def _refused(self, sentence: str) -> None:
        self._after_saving = None
        self.form.forget_draft()
        self.window.messages.tell(sentence, "problem")

    # -- closing ------------------------------------------------------------------------------

    def _close_asked(self, event: QCloseEvent) -> None:
        worth_asking = self.is_worth_keeping and self._unsaved_seconds > _SECONDS_WORTH_ASKING
        if worth_asking and not self._closing:
            answer = QMessageBox.question(
                self.window,
                "rnnviz",
                "Save the model before closing? Its training is not saved.",
                QMessageBox.StandardButton.Save
                | QMessageBox.StandardButton.Discard
                | QMessageBox.StandardButton.Cancel,
            )
            if answer != QMessageBox.StandardButton.Discard:
                event.ignore()
                if answer == QMessageBox.StandardButton.Save:
                    self._after_saving = self.close_now
                    self.save()
                return
        self._timer.stop()
        if not self.window.isFullScreen():
            # The next start is no presentation: it takes the place that the window had before.
            self.settings.geometry = self.window.saveGeometry()
        self.settings.layout = self.window.save_layout()
        # A step under way is waited for, and a large network's may take long: out of sight.
        self.window.hide()
        self.gradient_checker.close()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.thread_of_training.stop()
        event.accept()

    def close_now(self) -> None:
        """Close the window without asking about what is not saved."""
        self._closing = True
        self.window.close()

    # -- wiring -------------------------------------------------------------------------------

    def _build_panels(self) -> None:
        for kind in PANELS:
            panel = kind.make(self.theme)
            name = panel.objectName()
            self.panels[name] = panel
            self._kinds[name] = kind
            panel.expand_requested.connect(partial(self._toggle_expanded, name))
            panel.watch_changed.connect(self._watch)
            panel.export_failed.connect(partial(self._tell_problem))
            if isinstance(panel, TextPanel):
                panel.setting_edited.connect(self._live_edited)
                panel.text_wanted.connect(self._write)
        self.window.set_panels(
            list(self.panels.values()),
            [name for name, kind in self._kinds.items() if kind.shown_at_first],
        )
        for name, dock in self.window.docks.items():
            dock.visibilityChanged.connect(partial(self._visibility_changed, name))

    def _connect_actions(self) -> None:
        handlers: dict[str, Callable[[], object]] = {
            "action_train": self._toggle_training,
            "action_step": self._take_step,
            "action_reset": self._reset,
            "action_new_seed": lambda: self._ask_first("Another seed", self._new_seed),
            "action_use_best": self._use_best,
            "action_check_gradients": self.gradient_checker.check,
            "action_new": lambda: self._ask_first(
                "A new run", partial(self._begin, Configuration())
            ),
            "action_open": self._ask_what_to_open,
            "action_save": self.save,
            "action_save_as": self._ask_where_to_save,
            "action_quit": self.window.close,
            "action_arrange": self._arrange,
            "action_restore_layout": self._restore_layout,
            "action_present": self._toggle_presentation,
            "action_theme": self._toggle_theme,
        }
        # Not a shortcut of the action: on a button that the tab key chose, Space presses it.
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.window)
        space.activated.connect(self._space_pressed)
        self.window.space_pressed.connect(self._toggle_training)
        for name, handler in handlers.items():
            action = self.window.actions_by_name[name]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())

    def _connect_form(self) -> None:
        self.form.live_edited.connect(self._live_edited)
        self.form.structure_edited.connect(self._structure_edited)
        self.form.draft_accepted.connect(self._start_draft)
        self.form.draft_dropped.connect(self.form.forget_draft)
        self.form.text_wanted.connect(self._ask_what_to_open)
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
        thread.saved.connect(self._saved)

    def _live_edited(self, name: str, value: object) -> None:
        self.thread_of_training.post(Change(name, value))  # type: ignore[arg-type]

    def _write(self, length: int) -> None:
        self.thread_of_training.post(Write(length))

    def _toggle_training(self) -> None:
        running = self.snapshot is not None and self.snapshot.state is RunState.RUNNING
        self.window.messages.clear()
        self._told = ""
        self.thread_of_training.post(Pause() if running else Train())

    def _take_step(self) -> None:
        self._told = ""
        self.thread_of_training.post(TakeStep())

    def _space_pressed(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self._toggle_training()

    def _reset(self) -> None:
        self.window.messages.clear()
        self.thread_of_training.post(Reset())

    def _use_best(self) -> None:
        self.window.messages.clear()
        self.thread_of_training.post(UseBest())

    def _tell_problem(self, sentence: str) -> None:
        self.window.messages.tell(sentence, "problem")

    def _ask_what_to_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.window, "Open a model or a text", "", f"{_FILTER_ALL};;{_FILTER_MODEL}"
        )
        if path:
            self.open_file(Path(path))

    def _ask_where_to_save(self) -> None:
        title = Path(self.snapshot.title).stem.lower() if self.snapshot else "model"
        suggestion = str(self.model_path or Path.home() / f"{title}{MODEL_SUFFIXES[0]}")
        path, _ = QFileDialog.getSaveFileName(
            self.window, "Save the model", suggestion, _FILTER_MODEL
        )
        if path:
            self.save(Path(path) if Path(path).suffix else Path(path + MODEL_SUFFIXES[0]))
        else:
            self._after_saving = None

    # -- menus and looks ----------------------------------------------------------------------

    def _fill_file_menu(self) -> None:
        menu, actions = self.window.toolbar.file_menu, self.window.actions_by_name
        menu.clear()
        for name in ("action_new", "action_new_seed", "action_open"):
            menu.addAction(actions[name])
        recent = menu.addMenu("Recent files")
        recent.setObjectName("recent_files")
        for path in self.settings.recent_files:
            action = recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open_recent, path))
        recent.setEnabled(not recent.isEmpty())
        menu.addSeparator()
        for name in ("action_save", "action_save_as"):
            menu.addAction(actions[name])
        menu.addSeparator()
        menu.addAction(actions["action_use_best"])
        menu.addAction(actions["action_check_gradients"])
        menu.addSeparator()
        menu.addAction(actions["action_quit"])

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.open_file(path)

    def _fill_layout_menu(self) -> None:
        menu = self.window.toolbar.layout_menu
        for name, dock in self.window.docks.items():
            action: QAction = dock.toggleViewAction()
            action.setObjectName(f"show_{name}")
            # Once it has its place: a panel comes in at the foot of a column.
            action.triggered.connect(
                lambda _on, name=name: QTimer.singleShot(0, partial(self.window.make_room, name))
            )
            menu.addAction(action)
        menu.addSeparator()
        for name in ("action_arrange", "action_restore_layout"):
            menu.addAction(self.window.actions_by_name[name])

    def _toggle_expanded(self, name: str) -> None:
        self.window.toggle_expanded(name)
        self._show_what_is_expanded()

    def _arrange(self) -> None:
        """Put the panels that are shown in order, all of the same size."""
        self._show_panels([n for n, dock in self.window.docks.items() if not dock.isHidden()])

    def _show_panels(self, names: Sequence[str]) -> None:
        """Show these panels and no others."""
        self.window.arrange(names)
        self._show_what_is_expanded()

    def _restore_layout(self) -> None:
        for dock in self.window.docks.values():
            dock.setFloating(False)
        self._show_panels([name for name, kind in self._kinds.items() if kind.shown_at_first])

    def _watch(self) -> None:
        """Have only measured what somebody looks at."""
        seen = [name for name, dock in self.window.docks.items() if self.window.is_seen(dock)]
        watched = {kind for name in seen if (kind := self._kinds[name].diagnostic) is not None}
        watched.update(*(self.panels[name].also_watches for name in seen))
        self._is_watched = bool(watched)
        self.thread_of_training.post(Watch(frozenset(watched)))

    def _visibility_changed(self, name: str, visible: bool) -> None:
        self._watch()
        if visible and self.snapshot is not None:
            self.panels[name].show_snapshot(self.snapshot)

    def _toggle_presentation(self) -> None:
        on = self.window.actions_by_name["action_present"].isChecked()
        self.window.keep_shares()
        if on:
            self._was_maximized = self.window.isMaximized()
            self.theme.set_presentation(True, screen_width=self.window.screen().size().width())
            self.window.showFullScreen()
            return
        self.theme.set_presentation(False)
        if self._was_maximized:
            self.window.showMaximized()
        else:
            self.window.showNormal()

    def _toggle_theme(self) -> None:
        scheme = ColorScheme.LIGHT if self.theme.is_dark else ColorScheme.DARK
        self.theme.set_scheme(scheme)
        self.settings.scheme = scheme.value
