"""The only bridge between the window and a run's loop: a thread that drives its client."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal
from threadpoolctl import threadpool_limits

from rnnviz.runs.client import Client
from rnnviz.runs.messages import (
    Autosaved,
    Begun,
    Branched,
    Copied,
    Died,
    Event,
    Exported,
    ExportedTo,
    Faulted,
    ForeignFile,
    Loading,
    Noticed,
    Refused,
    Request,
    Saved,
    StepCopied,
    Usable,
)
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.snapshot import Glance, Snapshot


class RunThread(QThread):
    """Hands requests to a run's loop and what comes of them to the window, as signals.

    Parameters
    ----------
    client
        Knows where the loop runs.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Signals
    -------
    refused(str)
        A request could not be obeyed, and why; nothing has changed.
    faulted(Fault)
        Something went wrong in this program itself; training is paused.
    noticed(str)
        Something that the person should know about the text or the model.
    loading(float, str)
        How far a text's reading has come, from 0 to 1, and what is being done; 1 when it ended.
    usable(str)
        The file at this path was read and can be opened.
    foreign(ForeignFile)
        A network of another program could be opened, once the person has helped.
    begun(str)
        A new run stands; the model file's path where it was opened from one, else empty.
    saved(str, int)
        The model was written to this path, as it was after so many steps.
    autosaved(Autosaved)
        What no file of the person's holds was kept.
    exported(Exported)
        The network that was seen was written to a file, or why it was not.
    exported_to(ExportedTo)
        The network that was seen was written for other programs.
    copied(CheckSubject)
        The network as it is between two steps, with its next window: nobody else's.
    step_copied(StepSubject)
        All that the next step depends on, which was not taken: nobody else's.
    branched(Checkpoint)
        All that is needed to go on from the step that is seen.
    died(str)
        The process that trained is gone, and a sentence about it.
    """

    refused = Signal(str)
    faulted = Signal(object)
    noticed = Signal(str)
    loading = Signal(float, str)
    usable = Signal(str)
    foreign = Signal(object)
    begun = Signal(str)
    saved = Signal(str, int)
    autosaved = Signal(object)
    exported = Signal(object)
    exported_to = Signal(object)
    copied = Signal(object)
    step_copied = Signal(object)
    branched = Signal(object)
    died = Signal(str)

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_thread")
        self.client = client

    def post(self, request: Request) -> None:
        """Queue a request; safe from any thread."""
        self.client.post(request)

    def want_snapshot(self) -> None:
        """Have a snapshot of one of the next steps made; safe from any thread."""
        self.client.want_snapshot()

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, once; safe from any thread."""
        return self.client.take_snapshot()

    def want_glance(self, diagnostics: frozenset[Diagnostic]) -> None:
        """Have the watched text looked at before one of the next steps; safe from any thread."""
        self.client.want_glance(diagnostics)

    def take_glance(self) -> Glance | None:
        """Return the newest glance at the watched text, once; safe from any thread."""
        return self.client.take_glance()

    def stop(self, *, keep: bool = False) -> None:
        """End the loop after the step that is under way, and wait for it; as `Client.stop`."""
        self.client.stop(keep=keep)
        self.wait()

    def run(self) -> None:
        """Drive the client until stopped."""
        # The window's own products too: a second BLAS thread freezes it for seconds.
        with threadpool_limits(1, user_api="blas"):
            self.client.run(self._tell)

    def _tell(self, event: Event) -> None:
        # Snapshots and glances wait in the client's mailboxes until the window has room.
        match event:
            case Refused(sentence):
                self.refused.emit(sentence)
            case Noticed(sentence):
                self.noticed.emit(sentence)
            case Loading(fraction, what):
                self.loading.emit(fraction, what)
            case Usable(path):
                self.usable.emit(str(path))
            case Begun(path):
                self.begun.emit("" if path is None else str(path))
            case Saved(path, step):
                self.saved.emit(str(path), step)
            case Died(sentence):
                self.died.emit(sentence)
            case _:
                self._hand_out(event)

    def _hand_out(self, event: Event) -> None:
        match event:
            case Exported():
                self.exported.emit(event)
            case ForeignFile():
                self.foreign.emit(event)
            case ExportedTo():
                self.exported_to.emit(event)
            case Faulted(fault):
                self.faulted.emit(fault)
            case Autosaved():
                self.autosaved.emit(event)
            case Copied(subject):
                self.copied.emit(subject)
            case StepCopied(subject):
                self.step_copied.emit(subject)
            case Branched(checkpoint):
                self.branched.emit(checkpoint)
