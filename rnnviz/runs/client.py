"""The window's end of a run: posts requests and hands out events, wherever the loop runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import ClassVar, Generic, Protocol, TypeVar

from rnnviz.core.errors import RnnvizError
from rnnviz.runs.loop import Loop
from rnnviz.runs.messages import (
    BEGINNINGS,
    Autosave,
    AutosaveIn,
    Died,
    Event,
    Glanced,
    JoinRace,
    LeaveRace,
    LetTextGo,
    Loading,
    Pictured,
    Refused,
    Request,
    Stop,
    TextAnswer,
    TextRead,
    WantGlance,
    WantSnapshot,
    WantText,
)
from rnnviz.runs.pipe import receive, send
from rnnviz.runs.process import WorkerProcess
from rnnviz.runs.race import release_dead
from rnnviz.runs.repeats import LastWindow
from rnnviz.runs.text_borrower import TextBorrower
from rnnviz.runs.text_registry import TextRegistry
from rnnviz.storage.fault_reports import collect_crash, note, report_fault, where_it_lies
from rnnviz.training.commands import NewRun, Restart, SetSpeed, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.snapshot import Glance, Snapshot

News = TypeVar("News", Snapshot, Glance)

# A step under way is waited for so long when the window closes, and so is the file being written.
_SECONDS_TO_STOP = 5.0


class Client(Protocol):
    """One run's session, as the window knows it. All but `run` is safe from any thread."""

    def post(self, request: Request) -> None:
        """Queue a request; they are obeyed in order."""

    def want_snapshot(self) -> None:
        """Have a snapshot of one of the next steps made."""

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, once."""

    def want_glance(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Have the watched text looked at before one of the next steps."""

    def take_glance(self) -> Glance | None:
        """Return the newest glance at the watched text, once."""

    def run(self, tell: Callable[[Event], None]) -> None:
        """Hand out what happens, all but snapshots, in the caller's thread, until stopped."""

    def stop(self, *, keep: bool = False) -> None:
        """Have `run` return after the step that is under way; keep what no file holds, or not."""


class Mailbox(Generic[News]):
    """Holds one snapshot, or one glance: the newest wins."""

    def __init__(self) -> None:
        self._place: deque[News] = deque(maxlen=1)

    def put(self, news: News) -> None:
        """Put one in the place of an older one."""
        self._place.append(news)

    def take(self) -> News | None:
        """Return the newest, once."""
        try:
            return self._place.pop()
        except IndexError:
            return None


class InProcessClient:
    """Runs the loop in the thread that calls `run`.

    Attributes
    ----------
    texts
        What all runs of this process have read.
    """

    texts: ClassVar = TextRegistry(between_processes=False)

    def __init__(self) -> None:
        self._mailbox = Mailbox[Snapshot]()
        self._glances = Mailbox[Glance]()
        self._tell: Callable[[Event], None] = lambda _event: None
        self._borrower = TextBorrower(self._sort)
        self.loop = Loop(self._sort, self._borrower)
        self.post = self.loop.post
        self.want_snapshot = self.loop.want_snapshot
        self.take_snapshot = self._mailbox.take
        self.want_glance = self.loop.want_glance
        self.take_glance = self._glances.take
        self._keeps = False

    def stop(self, *, keep: bool = False) -> None:
        """Have `run` return after the step that is under way; keep what no file holds, or not."""
        self._keeps = keep
        self.loop.stop()

    def run(self, tell: Callable[[Event], None]) -> None:
        """Train in this thread until stopped."""
        self._tell = tell
        try:
            self.loop.run()
            if self._keeps:
                self.loop.keep()
        finally:
            self.texts.leave(self._borrower.hear)

    def _sort(self, event: Event) -> None:
        match event:
            case Pictured(snapshot):
                self._mailbox.put(snapshot)
            case Glanced(glance):
                self._glances.put(glance)
            case WantText() | TextRead() | LetTextGo():
                self.texts.hear(event, self._borrower.hear)
            case _:
                self._tell(event)


class WorkerClient:
    """Has the loop run in a process of its own; one that dies is a sentence, never a hang.

    After that the next request with which a run begins starts another process; every other one
    is answered with the sentence.

    Parameters
    ----------
    worker
        The process, where it was started already.

    Attributes
    ----------
    texts
        What all workers of this process have read.
    """

    texts: ClassVar = TextRegistry(between_processes=True)

    def __init__(self, worker: WorkerProcess | None = None) -> None:
        self._mailbox = Mailbox[Snapshot]()
        self._glances = Mailbox[Glance]()
        self._requests: deque[Request | TextAnswer] = deque()
        self._bell, self._bell_rope = Pipe(duplex=False)
        self._has_rung = False
        self._wanted = False
        self._asked = False
        self._wanted_glance: frozenset[Diagnostic] | None = None
        self._asked_glance = False
        self._last_window = LastWindow()
        self._stopping = self._keeps = False
        self._ended = threading.Event()
        self._ended.set()
        self._worker: WorkerProcess | None = worker or WorkerProcess()
        # What a process that takes another's place must be told before anything begins.
        self._standing: dict[type[Request], Request] = {}
        # Where others may wait for the process, should it end; the last place where they did.
        self._joined: JoinRace | None = None
        self._configuration: Configuration | None = None
        self._sentence = ""

    @property
    def pid(self) -> int | None:
        """The number of the process that trains; None while there is none."""
        worker = self._worker
        return None if worker is None else worker.pid

    def post(self, request: Request) -> None:
        """Queue a request; they are obeyed in order."""
        self._requests.append(request)
        self._ring()

    def _answer(self, answer: TextAnswer) -> None:
        """Queue what the run asked others."""
        self._requests.append(answer)
        self._ring()

    def want_snapshot(self) -> None:
        """Have a snapshot of one of the next steps made, where none is on its way."""
        if not self._asked:
            # In this order: as soon as it is wanted, the other thread may have the answer.
            self._asked = True
            self._wanted = True
            self._ring()

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, once."""
        return self._mailbox.take()

    def want_glance(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Have the watched text looked at before one of the next steps, as soon as it can be."""
        if not self._asked_glance:
            self._asked_glance = True
            self._wanted_glance = diagnostics
            self._ring()

    def take_glance(self) -> Glance | None:
        """Return the newest glance at the watched text, once."""
        return self._glances.take()

    def stop(self, *, keep: bool = False) -> None:
        """Have `run` return after the step under way; kill the process where it takes too long.

        It may keep what no file holds.
        """
        self._keeps = keep
        self._stopping = True
        self._ring()
        worker = self._worker
        if not self._ended.wait(_SECONDS_TO_STOP) and worker is not None:
            worker.kill()

    def run(self, tell: Callable[[Event], None]) -> None:
        """Carry requests and events until stopped."""
        self._ended.clear()
        try:
            while not self._stopping:
                worker = self._worker or self._begin_anew(tell)
                if worker is not None:
                    self._carry(worker, tell)
                    ending = self._end(worker)
                    if not self._stopping:
                        self._say_died(ending, tell)
        finally:
            if self._worker is not None:
                self._end(self._worker)
            self._ended.set()

    def _end(self, worker: WorkerProcess) -> str:
        ending = worker.end(_SECONDS_TO_STOP)
        self._worker = None
        if self._joined is not None:
            release_dead(self._joined.table, self._joined.row)
        self.texts.leave(self._answer)
        self._wanted = self._asked = self._asked_glance = False
        self._wanted_glance = None
        return ending

    def _carry(self, worker: WorkerProcess, tell: Callable[[Event], None]) -> None:
        """Carry requests there and events back until stopped, or until the process has ended."""
        worker.wake()
        self._last_window = LastWindow()
        try:
            while not self._stopping:
                self._send_all(worker)
                ready = wait([worker.events, self._bell])
                if self._bell in ready:
                    self._hear()
                if worker.events in ready:
                    self._sort(receive(worker.events), tell)
            # Who is not told that it was asked about keeps it.
            if not self._keeps:
                send(worker.requests, Stop())
        except (EOFError, OSError):
            # It has ended: how is for `WorkerProcess.end` to say.
            return
        except Exception as error:  # noqa: BLE001  # nor can what follows be understood
            report_fault(error, "the training process is ended")
            worker.kill()

    def _send_all(self, worker: WorkerProcess) -> None:
        while self._requests:
            request = self._requests.popleft()
            note(request)
            try:
                send(worker.requests, request)
            except OSError:
                # A request that finds nobody is kept: it may begin another run.
                self._requests.appendleft(request)
                raise
            self._keep_standing(request)
        if self._wanted:
            self._wanted = False
            send(worker.requests, WantSnapshot())
        if self._wanted_glance is not None:
            wanted, self._wanted_glance = self._wanted_glance, None
            send(worker.requests, WantGlance(wanted))

    def _keep_standing(self, request: Request | TextAnswer) -> bool:
        """Keep what another process must be told too; return whether nothing is to come of it."""
        match request:
            case Watch() | SetSpeed() | AutosaveIn():
                self._standing[type(request)] = request
            case JoinRace():
                self._standing[JoinRace] = self._joined = request
            case LeaveRace():
                self._standing.pop(JoinRace, None)
            case TextAnswer():
                """Who asked has heard it, or is no more."""
            case _:
                return False
        return True

    def _sort(self, event: object, tell: Callable[[Event], None]) -> None:
        match event:
            case WantText() | TextRead() | LetTextGo():
                self.texts.hear(event, self._answer)
            case Pictured():
                pictured = self._last_window.put_back(event)
                self._last_window.keep(pictured)
                self._configuration = pictured.snapshot.configuration
                self._asked = False
                self._mailbox.put(pictured.snapshot)
            case Glanced(glance):
                self._asked_glance = False
                self._glances.put(glance)
            case _:
                tell(event)  # type: ignore[arg-type]

    def _begin_anew(self, tell: Callable[[Event], None]) -> WorkerProcess | None:
        """Wait for a request with which a run begins, and start a process; None when stopped."""
        while not self._stopping:
            while self._requests:
                request = self._requests.popleft()
                if self._keep_standing(request) or isinstance(request, Autosave):
                    continue
                if not isinstance(request, BEGINNINGS):
                    tell(Died(self._sentence))
                elif (worker := self._started_for(request, tell)) is not None:
                    return worker
            wait([self._bell])
            self._hear()
        return None

    def _started_for(self, request: Request, tell: Callable[[Event], None]) -> WorkerProcess | None:
        """Start a process and queue for it what it needs to obey a request."""
        try:
            if isinstance(request, Restart):
                request = self._as_new_run(request)
            worker = self._worker = WorkerProcess()
        except RnnvizError as error:
            tell(Refused(str(error)))
        except OSError as error:
            self._say_died(f"no other one could be started: {error.strerror}", tell)
        else:
            self._requests.extendleft([request, *self._standing.values()])
            return worker
        return None

    def _as_new_run(self, restart: Restart) -> NewRun:
        """Return a beginning that needs no run before it."""
        before = self._configuration or Configuration()
        return NewRun(Configuration.from_mapping(before.to_mapping() | dict(restart.changes)))

    def _say_died(self, ending: str, tell: Callable[[Event], None]) -> None:
        self._sentence = f"The training process ended unexpectedly ({ending})."
        autosaves = self._standing.get(AutosaveIn)
        if isinstance(autosaves, AutosaveIn):
            report = collect_crash(autosaves.crash_file)
            if report is not None:
                self._sentence += f" {where_it_lies(report)}"
        tell(Loading(1.0, ""))
        tell(Died(self._sentence))

    def _ring(self) -> None:
        if not self._has_rung:
            self._has_rung = True
            self._bell_rope.send_bytes(b"!")

    def _hear(self) -> None:
        self._bell.recv_bytes()
        # Before looking at what was posted: what comes later rings again.
        self._has_rung = False
