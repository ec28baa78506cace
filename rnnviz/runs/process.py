"""A process that trains, from its start to its end. Loads nothing else: it is started first."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from rnnviz.runs.shared_memory import keep_account
from rnnviz.runs.worker import IGNORED, serve

# What the pipe holds before the trainer must wait for the window: a snapshot of lecture size.
_PIPE_BYTES = 1 << 20
_KILL_SECONDS = 2.0


class WorkerProcess:
    """Starts a process that is told things through one pipe and tells them through another.

    Parameters
    ----------
    target
        What it does: unless another is given, a loop waits for requests there, once it is woken.

    Attributes
    ----------
    requests
        The end of a pipe into which requests go.
    events
        The end of a pipe from which events come.

    Raises
    ------
    OSError
        Where the system starts no further process.
    """

    def __init__(self, target: Callable[[Connection, Connection], None] = serve) -> None:
        context = multiprocessing.get_context("spawn")
        theirs, self.requests = context.Pipe(duplex=False)
        self.events, their_events = context.Pipe(duplex=False)
        _widen(their_events)
        self._process = context.Process(
            target=target, args=(theirs, their_events), name="rnnviz training", daemon=True
        )
        with _signals_held_back():
            self._process.start()
        # Theirs alone, so that either side sees the other one end.
        theirs.close()
        their_events.close()
        # Before multiprocessing waits for its daemons: this one hears no signal but the last.
        atexit.register(self.kill)
        self._is_awake = False

    @property
    def pid(self) -> int | None:
        """The process's number."""
        return self._process.pid

    def wake(self) -> None:
        """Have the process load what it trains with, if it has not: it takes a processor for that.

        Before, the window may need that to be painted.
        """
        if not self._is_awake:
            self._is_awake = True
            with contextlib.suppress(OSError):
                self.requests.send_bytes(b"wake")

    def end(self, seconds: float) -> str:
        """Close the pipes, wait for the process to end, kill it where it does not; say how it went.

        To be called by one thread only.

        Returns
        -------
        str
            How the process ended: "killed by signal 9", "exit status 1".
        """
        # Both: who waits until somebody reads what he sends would not end.
        self.requests.close()
        self.events.close()
        self._process.join(seconds)
        if self._process.exitcode is None:
            self.kill()
            self._process.join(_KILL_SECONDS)
        atexit.unregister(self.kill)
        code = self._process.exitcode
        if code is None:
            return "it does not answer"
        return f"killed by signal {-code}" if code < 0 else f"exit status {code}"

    def kill(self) -> None:
        """End the process at once, whatever it does; safe from any thread."""
        with contextlib.suppress(OSError, ValueError):
            self._process.kill()


def _widen(connection: Connection) -> None:
    """Let a pipe hold a whole snapshot, where the system can be told so."""
    try:
        import fcntl

        fcntl.fcntl(connection.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        # Training waits now and then until the window has read what fits.
        return


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Have a process begin without hearing the signals that it will ignore."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Before: it lets the signals through for good when it is started.
    keep_account()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, IGNORED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
