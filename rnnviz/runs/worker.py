"""What a process that trains does: it feeds requests to a loop, and sends what comes of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.runs.loop import Loop
    from rnnviz.runs.messages import Event
    from rnnviz.runs.text_borrower import TextBorrower

IGNORED = frozenset(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Sent to the window too, which asks about what is not saved; then the worker must be there."""

_SECONDS_TO_END = 4.0


def ignore_signals() -> None:
    """Leave to the process that began this one what is sent to both; it says here what follows."""
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, IGNORED)


def serve(requests: Connection, events: Connection) -> None:
    """Train as the requests say until told to stop, or until nobody is at the pipes' other end.

    Nothing is loaded before a first message, which says no more than that it is time.
    """
    ignore_signals()
    try:
        requests.recv_bytes()
    except (EOFError, OSError):
        # The window has closed before it was furnished.
        return
    # Here and not above: who starts this process loads the module, and need not load NumPy.
    from rnnviz.runs.loop import Loop
    from rnnviz.runs.messages import Pictured
    from rnnviz.runs.pipe import send
    from rnnviz.runs.repeats import LastWindow
    from rnnviz.runs.text_borrower import TextBorrower

    last_window = LastWindow()

    def tell(event: Event) -> None:
        try:
            if isinstance(event, Pictured):
                send(events, last_window.leave_out(event))
                last_window.keep(event)
            else:
                send(events, event)
        except OSError:
            # The window is gone.
            loop.stop()

    texts = TextBorrower(tell)
    loop = Loop(tell, texts)
    endings: SimpleQueue[bool] = SimpleQueue()
    feeding = (requests, loop, texts, endings.put)
    threading.Thread(target=_feed, args=feeding, name="requests", daemon=True).start()
    loop.run()
    was_told = endings.get()
    if not was_told:
        loop.keep()


def _feed(
    requests: Connection, loop: Loop, texts: TextBorrower, say_ended: Callable[[bool], None]
) -> None:
    """Hand requests to the loop; when there can be no more, have the process end.

    Whether it was told to end is said then.
    """
    from rnnviz.runs.messages import AutosaveIn, Stop, TextAnswer, WantGlance, WantSnapshot
    from rnnviz.runs.pipe import receive
    from rnnviz.storage.fault_reports import report_fault, watch_for_crashes

    try:
        while True:
            match receive(requests):
                case Stop():
                    say_ended(True)
                    loop.stop()
                case WantSnapshot():
                    loop.want_snapshot()
                case WantGlance(diagnostics):
                    loop.want_glance(diagnostics)
                case TextAnswer() as answer:
                    texts.hear(answer)
                case request:
                    if isinstance(request, AutosaveIn):
                        watch_for_crashes(request.crash_file)
                    loop.post(request)  # type: ignore[arg-type]
    except (EOFError, OSError):
        pass
    except Exception as error:  # noqa: BLE001  # the process ends, and the window says so
        report_fault(error, "the training process ends")
    say_ended(False)
    loop.stop()
    # The step under way may end in time; one that takes too long is lost.
    time.sleep(_SECONDS_TO_END)
    os._exit(1)
