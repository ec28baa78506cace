"""A client in a thread, with everything that came of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from rnnviz.runs.client import Client
from rnnviz.runs.messages import BEGINNINGS, Begun, Died, Event, Refused, Request, Saved, SaveModel
from rnnviz.training.commands import Train
from rnnviz.training.snapshot import Snapshot


class Side:
    """A client, with everything that came of it in order."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.told: list[Event] = []
        self.shown: list[Snapshot] = []
        # Every snapshot counts here, not only the newest.
        client._mailbox.put = self.shown.append  # type: ignore[attr-defined]
        self.thread = threading.Thread(target=client.run, args=(self.told.append,))
        self.thread.start()

    def close(self) -> None:
        self.client.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()

    def ask(self, request: Request) -> Snapshot:
        """Post a request, wait until all that comes of it is here, and return what is shown."""
        until(self.post(request))
        return self.shown[-1]

    def post(self, request: Request) -> Callable[[], bool]:
        """Post a request, and return what tells whether all that comes of it is here.

        After a request one snapshot is published, after a beginning another one before it, and
        where training ends one more. So sides of which the same is asked are looked at equally
        often.
        """
        events, pictures = len(self.told), len(self.shown)
        self.client.post(request)

        def has_come() -> bool:
            news = self.told[events:]
            assert not any(isinstance(event, Died) for event in news), news
            expected = 1
            if isinstance(request, BEGINNINGS):
                if not any(isinstance(event, Begun | Refused) for event in news):
                    return False
                expected += any(isinstance(event, Begun) for event in news)
            elif isinstance(request, Train):
                refused = any(isinstance(event, Refused) for event in news)
                expected += not refused
            return len(self.shown) - pictures == expected

        return has_come

    def saved(self, path: Path) -> bytes:
        self.ask(SaveModel(path))
        assert isinstance(self.told[-1], Saved)
        assert self.told[-1].path == path
        return path.read_bytes()


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)
