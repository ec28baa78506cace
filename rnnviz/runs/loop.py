"""The loop that drives a session: it obeys between steps, steps, and publishes. No Qt."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from threadpoolctl import threadpool_limits

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Reading
from rnnviz.data.files import readable_name
from rnnviz.data.text.folder import read_text
from rnnviz.data.text.reading import read_alone
from rnnviz.runs.autosaver import Autosaver
from rnnviz.runs.messages import (
    BEGINNINGS,
    Autosave,
    AutosaveIn,
    Begun,
    Branched,
    CheckFile,
    Copied,
    CopyForBranch,
    CopyForCheck,
    CopyForStep,
    Event,
    Exported,
    ExportedTo,
    ExportModel,
    ExportTo,
    Faulted,
    ForeignFile,
    Glanced,
    JoinRace,
    LeaveRace,
    Loading,
    Noticed,
    OpenModel,
    Pictured,
    Recover,
    Refused,
    Request,
    Saved,
    SaveModel,
    StepCopied,
    Usable,
)
from rnnviz.runs.race import Racer
from rnnviz.runs.saver import Saver
from rnnviz.runs.text_borrower import TextBorrower
from rnnviz.runs.training_time import TrainingTime
from rnnviz.storage import MODEL_SUFFIXES, load_model, save_model
from rnnviz.storage.autosaves.own_file import own_file_of
from rnnviz.storage.fault_reports import note, report_fault
from rnnviz.storage.travel.imports import PICKLE_SUFFIXES, HelpWantedError, Opened, open_model
from rnnviz.training.commands import Command, NewRun, Restart, Resume
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Glance, Snapshot

_AT_ONCE_SECONDS = 0.001
"""For so long steps follow each other and nothing else is heeded."""


class _GivenUpError(Exception):
    """Reading a text was given up because the loop ends or another run was asked for."""


class Loop:
    """Obeys requests between steps, in order, and does the steps.

    While training runs, a snapshot is made when one is asked for, so that the window sets the
    pace and a slow window costs no training. What a request did is shown unasked.

    Parameters
    ----------
    tell
        Told everything that comes of it, in the loop's own thread.
    texts
        Shares what is read with other runs, where there may be any.

    Attributes
    ----------
    session
        The run under command; only the loop's thread may use it while the loop runs.
    """

    def __init__(self, tell: Callable[[Event], None], texts: TextBorrower | None = None) -> None:
        self._tell = tell
        self._requests: deque[Request] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._wanted = True
        self._wanted_glance: frozenset[Diagnostic] | None = None
        self._beginning: Command | None = None
        self._racer: Racer | None = None
        self._time = TrainingTime()
        self._texts = texts
        share = read_alone if texts is None else texts.share
        self.session = Session(Reading(self._report_progress, share))
        self._autosaver = Autosaver(self.session, tell, self._wake.set)
        self._saver = Saver(self._wake.set)

    def post(self, request: Request) -> None:
        """Queue a request; safe from any thread."""
        self._requests.append(request)
        self._wake.set()

    def want_snapshot(self) -> None:
        """Have a snapshot of one of the next steps made; safe from any thread."""
        self._wanted = True

    def want_glance(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Have the watched text looked at before one of the next steps; safe from any thread."""
        self._wanted_glance = diagnostics

    def stop(self) -> None:
        """Have the loop end after the step that is under way; safe from any thread."""
        self._stopping = True
        self._wake.set()

    def keep(self) -> None:
        """Leave an autosave once the loop has ended: nobody is there to ask any more."""
        self._autosaver.save_last()

    def run(self) -> None:
        """Obey, step and publish until stopped."""
        # One BLAS thread: a second gains nothing beside a window, which it freezes for seconds.
        with threadpool_limits(1, user_api="blas"):
            while not self._stopping:
                try:
                    self._go_on()
                except Exception as error:  # noqa: BLE001  # it becomes a sentence
                    self._tell_fault(error)
        self._leave_race()
        self._saver.finish()
        self._autosaver.finish()
        # Somebody may hold on to this object for a while, and need not to all of the past.
        self.session.forget_past()

    def _go_on(self) -> None:
        session = self.session
        while not self._stopping:
            if self._requests:
                self._obey_and_publish()
            if self._saver.has_news:
                self._attempt(self._hear_saved)
            now = time.perf_counter()
            if now >= self._autosaver.due:
                self._autosave()
            wait = session.seconds_to_wait if self._racer is None else self._race(self._racer)
            if self._look_further_back() and wait != 0.0:
                continue
            if wait != 0.0:
                self._rest(wait, self._autosaver.due - now)
                continue
            if self._wanted_glance is not None:
                self._glance(self._wanted_glance)
            wanted, self._wanted = self._wanted, False
            if wanted:
                self._time.lap(session.trainer)
            until = now + _AT_ONCE_SECONDS if self._racer is None else 0.0
            snapshot = session.advance(look=wanted, until=until)
            if snapshot is not None:
                self._show(snapshot)
                self._time.lap_with_more(session.trainer)

    def _rest(self, wait: float | None, longest: float) -> None:
        """Do nothing until something is asked for, or something is due."""
        longest = longest if wait is None else min(wait, longest)
        self._wake.wait(None if longest == math.inf else max(0.0, longest))
        self._wake.clear()

    def _autosave(self) -> None:
        self._time.lap(self.session.trainer)
        self._autosaver.save()
        self._time.lap_with_more(self.session.trainer)

    def _obey_and_publish(self) -> None:
        self._obey_all()
        # A step may take long: what the request did is shown before it.
        self._publish()
        self._time.lap_with_more(self.session.trainer)
        if self._texts is not None:
            # Now nobody knows the run before any more.
            self._texts.let_go()

    def _look_further_back(self) -> bool:
        """Work at the step of the past that is wanted; tell whether one is."""
        session = self.session
        if not session.is_looking_back:
            return False
        self._time.lap(session.trainer)
        picture = session.look_further_back()
        if picture is not None:
            self._show(picture)
            self._tell_notices()
        self._time.lap_with_more(session.trainer)
        return True

    def _glance(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Look at the watched text; where training cannot bear that now, it stays wanted."""
        trainer = self.session.trainer
        self._time.lap(trainer)
        window = self.session.glance(diagnostics)
        if window is not None:
            self._wanted_glance = None
            self._tell(Glanced(Glance(self.session.run_id, window)))
        self._time.lap_with_more(trainer)

    def _race(self, racer: Racer) -> float | None:
        """Return how long to wait, for its time to come and for the others."""
        wait, trainer = self.session.seconds_to_wait, self.session.trainer
        if wait is None or trainer is None:
            racer.rest()
        elif wait == 0.0:
            self._time.lap(trainer)
            return racer.seconds_to_wait(trainer, self._time.step_seconds)
        return wait

    def _obey_all(self) -> None:
        self._time.lap(self.session.trainer)
        while self._requests and not self._stopping:
            request = self._requests.popleft()
            note(request)
            self._attempt(partial(self._obey, request))
        self._tell_notices()

    def _attempt(self, act: Callable[[], None]) -> None:
        """Do what may be refused in a sentence."""
        try:
            act()
        except _GivenUpError:
            pass
        except RnnvizError as error:
            self._tell(Refused(str(error)))
        except MemoryError:
            self._tell(Refused("There is not enough memory for that; the run goes on as it was."))

    def _tell_notices(self) -> None:
        notices = self.session.notices
        if notices:
            # Together, because the window shows one message, and the last would hide the others.
            self._tell(Noticed(" ".join(notices)))
            notices.clear()

    def _obey(self, request: Request) -> None:
        match request:
            case SaveModel() | ExportModel() | ExportTo():
                self._write(request)
            case CheckFile():
                self._check_file(request)
            case CopyForCheck() | CopyForStep() | CopyForBranch():
                self._tell(self._copy(request))
            case OpenModel() | Recover():
                self._open(request)
            case AutosaveIn(folder, place, seconds):
                self._autosaver.keep_in(folder, place, seconds)
            case Autosave():
                self._autosaver.save_at_once()
            case NewRun() | Restart() | Resume():
                self._begin(request, None)
            case JoinRace(table, row):
                self._leave_race()
                # A race that is over by now is none.
                with contextlib.suppress(FileNotFoundError):
                    self._racer = Racer(table, row)
            case LeaveRace():
                self._leave_race()
            case _:
                self.session.apply(request)

    def _write(self, request: SaveModel | ExportModel | ExportTo) -> None:
        if not isinstance(request, SaveModel):
            self._tell(self._export(request))
            return
        checkpoint = self.session.checkpoint(with_past=request.with_past)
        own, run_id = self._autosaver.own_file, self.session.run_id
        if late := self._saver.save(request.path, checkpoint, run_id, own):
            self.session.notices.append(late)
        else:
            self._hear_saved()

    def _hear_saved(self) -> None:
        written = self._saver.take()
        self._autosaver.has_file(written.own, written.run_id)
        if written.error is not None:
            raise written.error
        self._autosaver.saved(written.step, written.run_id)
        if written.run_id == self.session.run_id:
            self._tell(Saved(written.path, written.step))
        else:
            held = f"now holds the run before, as it was after step {written.step:,}."
            self._tell(Noticed(f"{readable_name(written.path)} {held}"))

    def _export(self, request: ExportModel | ExportTo) -> Event:
        path = request.path
        if isinstance(request, ExportTo):
            from rnnviz.storage.travel.exports import export_model

            checkpoint = self.session.seen_checkpoint()
            return ExportedTo(export_model(checkpoint, request.to, path), checkpoint.step)
        # Whoever waits for this file hears of it, and not the person for whom the run goes on.
        try:
            checkpoint = self.session.seen_checkpoint(with_past=request.with_past)
            save_model(path, checkpoint)
        except RnnvizError as error:
            return Exported(path, refusal=str(error))
        except MemoryError:
            return Exported(
                path, refusal=f"There is not enough memory to write {readable_name(path)}."
            )
        return Exported(path, checkpoint.step, checkpoint.configuration)

    def _copy(self, request: CopyForCheck | CopyForStep | CopyForBranch) -> Event:
        match request:
            case CopyForCheck():
                return Copied(self.session.check_subject())
            case CopyForStep():
                return StepCopied(self.session.step_subject())
            case CopyForBranch():
                return Branched(self.session.seen_checkpoint())

    def _open(self, request: OpenModel | Recover) -> None:
        if isinstance(request, Recover):
            own = own_file_of(request.path)
            problem = "" if own is None else own.problem
            checkpoint = load_model(request.path)
            self._begin(Resume(checkpoint), None if own is None or problem else own.path)
            self._autosaver.adopt(request.path)
            if problem:
                self.session.notices.append(problem)
            return
        opened = self._read_model(request)
        if opened is not None:
            # What was imported has no file of ours: saving must not write over the other's.
            self._begin(Resume(opened.checkpoint), None if opened.is_foreign else request.path)
            self.session.notices.extendleft(reversed(opened.notices))

    def _read_model(self, request: OpenModel | CheckFile) -> Opened | None:
        """Read a model, ours or another's; None where the person is asked for help with it."""
        try:
            return open_model(request.path, request.vocabulary)
        except HelpWantedError as error:
            self._tell(ForeignFile(request.path, str(error), error.lines))
            return None

    def _check_file(self, request: CheckFile) -> None:
        path = request.path
        try:
            if path.suffix.lower() in MODEL_SUFFIXES + PICKLE_SUFFIXES:
                if self._read_model(request) is None:
                    return
            else:
                read_text(path, self._report_progress)
        finally:
            self._tell(Loading(1.0, ""))
        self._tell(Usable(path))

    def _leave_race(self) -> None:
        if self._racer is not None:
            self._racer.leave()
            self._racer = None

    def _begin(self, command: Command, path: Path | None) -> None:
        self._beginning = command
        try:
            self.session.apply(command)
        finally:
            self._beginning = None
            self._tell(Loading(1.0, ""))
        self._autosaver.begun(path)
        self._tell(Begun(path))
        # Further requests may be waiting, and reading texts takes time: show what has begun.
        self._publish()

    def _publish(self) -> None:
        snapshot = self.session.snapshot()
        if snapshot is not None:
            self._show(snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        self._tell(Pictured(snapshot))
        self._autosaver.follow(snapshot)

    def _report_progress(self, fraction: float, what: str) -> None:
        # A copy: another thread may post meanwhile.
        waiting = list(self._requests)
        if self._stopping or any(_replaces(request, self._beginning) for request in waiting):
            raise _GivenUpError
        if self._racer is not None:
            self._racer.rest()
        self._tell(Loading(min(fraction, 0.999), what))

    def _tell_fault(self, error: Exception) -> None:
        """Turn a fault of ours into a sentence, and show that nothing trains any more."""
        fault = report_fault(error, "training is paused. The model can still be saved")
        self.session.pause_after_fault()
        self._tell(Faulted(fault))
        try:
            self._publish()
        except Exception as another:  # noqa: BLE001  # what is to be shown may be what is wrong
            report_fault(another, "nothing can be shown")


def _replaces(later: Request, beginning: Command | None) -> bool:
    """Tell whether a later request leaves nothing of what is read now.

    Parameters
    ----------
    later
        One that waits.
    beginning
        The one that is obeyed, where a run begins with it; None where a file is checked.
    """
    match later, beginning:
        case Restart(later_changes), Restart(changes):
            return dict(changes).keys() <= dict(later_changes).keys()
        case Restart(), NewRun() | Resume():
            # It goes on from the settings of the run that begins.
            return False
        case _:
            return isinstance(later, BEGINNINGS)
