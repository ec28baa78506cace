"""The way into a step and out again: a copy from the run, its record, the view of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.diagnostics.one_step.phases import PhaseKind
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.gui.inside.recorder import Recorder
from rnnviz.gui.inside.view import InsideView
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.training_control import TrainingControl
from rnnviz.gui.style.theme import Theme
from rnnviz.runs.messages import CopyForStep

Fill = Callable[[QWidget | None, QVBoxLayout | None], None]


class Inside(QObject):
    """Joins the run in front and the view; the view is made when it is first wanted.

    All runs wait while one is inside, and go on as they were when one leaves.

    Parameters
    ----------
    runs
        Those of the window.
    training
        Holds them, and takes steps.
    theme
        Colours and type.
    fill
        Has a view fill the window, or lets it go.

    Attributes
    ----------
    view
        None before it is first wanted.

    Signals
    -------
    shown(Phase)
        A phase is shown: where one enters, and wherever one goes.
    answered(Phase)
        A number of this phase that was asked for was computed rightly by hand.
    said(str)
        Something was done; a sentence says what.
    failed(str)
        Something could not be done; a sentence says why.
    """

    shown = Signal(object)
    answered = Signal(object)
    said = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        runs: RunList,
        training: TrainingControl,
        theme: Theme,
        fill: Fill,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._training = training
        self._theme = theme
        self._fill = fill
        self._held: dict[Run, str] = {}
        self._is_open = False
        self._is_asked = False
        # What waits for the record.
        self._wanted: tuple[PhaseKind, int] | None = None
        self._is_to_answer = False
        # What the record is of: which run with which settings, and after how many steps.
        self._run_and_settings: tuple[object, ...] = ()
        self._step = -1
        self._recorder = Recorder(self)
        self._recorder.recorded.connect(self._recorded)
        self._recorder.failed.connect(self._not_recorded)
        self.view: InsideView | None = None

    @property
    def is_open(self) -> bool:
        """Whether one is inside, or about to be."""
        return self._is_open

    def enter(self, kind: PhaseKind | None = None, t: int = 0) -> None:
        """Hold training, and look into the next step of the run in front.

        Parameters
        ----------
        kind, t
            At which phase; t is 0 for the first one of its kind. None for the first of all, or for
            where one is already.
        """
        self._wanted = None if kind is None else (kind, t)
        if not self._is_open:
            self._is_open = True
            self._held = self._training.hold()
            self._ask()
        else:
            self._do_what_waits()

    def answer_by_hand(self) -> None:
        """Have a number of the phase asked for, once one is inside, and give the right answer."""
        self._is_to_answer = True
        self._do_what_waits()

    def ask_nothing(self) -> None:
        """Have no number asked for."""
        if self.view is not None:
            self.view.header.set_asks(False)

    def leave(self) -> None:
        """Show the panels again, and let training go on as it was."""
        if not self._is_open:
            return
        self._is_open = self._is_asked = self._is_to_answer = False
        self._recorder.give_up()
        if self.view is not None:
            self.view.rest()
        self._fill(None, None)
        held, self._held = self._held, {}
        self._training.go_on(held)

    def toggle(self) -> None:
        """Enter, or leave."""
        if self._is_open:
            self.leave()
        else:
            self.enter()

    def close(self) -> None:
        """Stop for good."""
        self._is_open = False
        self._recorder.give_up()
        self._recorder.wait()
        if self.view is not None:
            self.view.rest()

    def give_up(self) -> None:
        """Leave where the run could not hand out what is asked for; it has said why."""
        if self._is_asked:
            self._is_asked = False
            self.leave()

    def begin(self, subject: StepSubject) -> None:
        """Look into a copy that has come."""
        self._is_asked = False
        if not self._is_open:
            return
        self._step = subject.step
        self._recorder.record(subject)
        self._shown_view().show_subject(subject)

    def follow(self) -> None:
        """Look into another step, where the run in front stands at another one by now."""
        front = self._runs.front
        if not self._is_open or self._is_asked or front.snapshot is None or front.trains:
            return
        seen = front.snapshot.timeline.seen
        step = front.snapshot.step if seen is None else seen
        if step != self._step or self._of_front() != self._run_and_settings:
            self._ask()
        elif self.view is not None:
            # A step that could not be done leaves everything as it was; of the past none is done.
            self.view.header.set_can_step(seen is None)

    def play(self) -> None:
        """Go through the phases slowly, or hold."""
        if self.view is not None and self.view.step_cursor.has_record:
            self.view.transport.toggle_play()

    def _ask(self) -> None:
        self._is_asked = True
        self._run_and_settings = self._of_front()
        self._runs.front.post(CopyForStep())

    def _of_front(self) -> tuple[object, ...]:
        snapshot = self._runs.front.snapshot
        return () if snapshot is None else (snapshot.run_id, snapshot.configuration)

    def _recorded(self, record: StepRecord) -> None:
        if self._is_open and self.view is not None:
            self.view.show_record(record)
            snapshot = self._runs.front.snapshot
            # Of the past no step is taken.
            self.view.header.set_can_step(snapshot is None or not snapshot.is_of_past)
            self._do_what_waits()

    def _not_recorded(self, sentence: str) -> None:
        self.leave()
        self.failed.emit(sentence)

    def _do_what_waits(self) -> None:
        """Go to the phase that was asked for, and answer there, once there is a record."""
        view = self.view
        if view is None or self._recorder.is_busy or self._is_asked or not self._is_open:
            return
        if self._wanted is not None:
            (kind, t), self._wanted = self._wanted, None
            cursor = view.step_cursor
            found = (n for n, p in enumerate(cursor.phases) if p.kind == kind and t in (0, p.t))
            cursor.go_to(next(found, cursor.number))
        if self._is_to_answer:
            self._is_to_answer = False
            view.header.set_asks(True)
            view.story.by_hand.solve()

    def _tell_phase(self) -> None:
        if self._is_open and self.view is not None:
            self.shown.emit(self.view.step_cursor.phase)

    def _tell_answer(self) -> None:
        if self.view is not None:
            self.answered.emit(self.view.step_cursor.phase)

    def _shown_view(self) -> InsideView:
        if self.view is None:
            self.view = InsideView(self._theme)
            self.view.left.connect(self.leave)
            self.view.step_wanted.connect(self._take_step)
            self.view.step_cursor.phase_entered.connect(self._tell_phase)
            self.view.story.by_hand.found.connect(self._tell_answer)
            self.view.take_along.done.connect(self.said)
            self.view.take_along.failed.connect(self.failed)
        self._fill(self.view, self.view.above)
        return self.view

    def _take_step(self) -> None:
        if self.view is not None:
            self.view.header.set_can_step(False)
        self._training.step_runs()
