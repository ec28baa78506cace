"""One run in the window: who it is, what it is told through, how it stands, what its file is."""

from __future__ import annotations

import dataclasses
from uuid import uuid4

from rnnviz.gui.runs.run_file import RunFile
from rnnviz.gui.runs.run_thread import RunThread
from rnnviz.gui.style.sign import SIGNS, Sign
from rnnviz.runs.client import Client
from rnnviz.runs.messages import Request
from rnnviz.training.snapshot import RunState, Snapshot


class Run:
    """A place in which networks are trained, one after the other.

    Parameters
    ----------
    client
        Knows where its loop runs.
    sign
        How it is told from others.

    Attributes
    ----------
    identity
        Of this place, and of no other in any window. Each network that is begun in it has a
        `Snapshot.run_id` of its own.
    sign
        How it is told from others.
    thread
        Drives the client.
    snapshot
        The newest; None before there is one.
    file
        What is saved of it, and where.
    """

    def __init__(self, client: Client, sign: Sign = SIGNS[0]) -> None:
        self.identity = uuid4().hex
        self.sign = sign
        self.thread = RunThread(client)
        self.snapshot: Snapshot | None = None
        self.file = RunFile()

    def post(self, request: Request) -> None:
        """Queue a request; they are obeyed in order."""
        self.thread.post(request)

    def take_snapshot(self) -> Snapshot | None:
        """Take note of the newest snapshot, and return it, once."""
        snapshot = self.thread.take_snapshot()
        if snapshot is not None:
            before, self.snapshot = self.snapshot, snapshot
            is_new = before is None or before.run_id != snapshot.run_id
            self.file.follow(snapshot, new_run=is_new)
        return snapshot

    @property
    def trains(self) -> bool:
        """Whether it trains now."""
        return self.snapshot is not None and self.snapshot.state is RunState.RUNNING

    def lose(self) -> None:
        """Take note that the process that trained is gone, with all that no file holds."""
        self.file.lose()
        if self.snapshot is not None:
            self.snapshot = dataclasses.replace(
                self.snapshot, state=RunState.PAUSED, can_undo_reset=False
            )
