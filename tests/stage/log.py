"""The log: a JSON object in each line, written before anything happens that it tells of."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path


class Log:
    """Adds lines to a file; whole ones, even of a process that is killed, and from any thread."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self.action = 0

    def add(self, **what: object) -> None:
        """Write a line, with the number of the action that is under way and the seconds so far."""
        with self._lock:
            line = {"n": self.action, "t": round(time.monotonic() - self._began, 2), **what}
            os.write(self._file, (json.dumps(line) + "\n").encode())

    def fault(self, kind: str, told: str) -> None:
        """Write down that something went wrong."""
        self.add(fault=kind, told=told)


def lines_of(path: Path) -> Iterator[dict]:
    """Read a log."""
    with path.open() as lines:
        for line in lines:
            yield json.loads(line)


def faults_in(lines: list[dict]) -> list[dict]:
    """Return what went wrong."""
    return [line for line in lines if "fault" in line]
