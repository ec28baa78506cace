"""Saves a run by hand in a thread: training goes on where the disk does not answer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rnnviz.data.files import readable_name
from rnnviz.storage import StorageError, save_model
from rnnviz.storage.autosaves.own_file import OwnFile
from rnnviz.training.state.checkpoint import Checkpoint

_PATIENCE = 2.0
"""So many seconds a save is waited for; most take a hundredth of that."""
_SECONDS_TO_FINISH = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A save that has ended.

    Attributes
    ----------
    path
        Where to.
    run_id, step
        Of the network, as it was when the save began.
    own
        The file as it is by now, which the network has; None where it has none.
    error
        Why it was not written; None where it was.
    """

    path: Path
    run_id: str
    step: int
    own: OwnFile | None
    error: Exception | None


class Saver:
    """Writes model files, each in a thread, and hands over what became of them.

    Parameters
    ----------
    wake
        Called in another thread when something is to be handed over.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._threads: dict[Path, threading.Thread] = {}
        self._written: deque[Written] = deque()

    @property
    def has_news(self) -> bool:
        """Whether a save has ended that nobody has taken note of."""
        return bool(self._written)

    def take(self) -> Written:
        """Return a save that has ended, once."""
        written = self._written.popleft()
        del self._threads[written.path]
        return written

    def save(
        self, path: Path, checkpoint: Checkpoint, run_id: str, own: OwnFile | None = None
    ) -> str:
        """Begin to write a file, and say so where that does not end soon; else return nothing.

        The network's own file is refused, once, where another program has written it since.

        Raises
        ------
        StorageError
            Where this file is being written already: the older state might come last.
        """
        if path in self._threads:
            raise StorageError(f"{readable_name(path)} is still being saved.")
        thread = threading.Thread(
            target=self._write, args=(path, checkpoint, run_id, own), name="save", daemon=True
        )
        self._threads[path] = thread
        thread.start()
        thread.join(_PATIENCE)
        if not thread.is_alive():
            return ""
        late = f"{readable_name(path)} is not saved yet: its disk does not answer."
        return f"{late} The run goes on meanwhile."

    def finish(self) -> None:
        """Wait for what is being written; nobody waits forever for a disk that does not answer."""
        for thread in self._threads.values():
            thread.join(_SECONDS_TO_FINISH)

    def _write(self, path: Path, checkpoint: Checkpoint, run_id: str, own: OwnFile | None) -> None:
        error: Exception | None = None
        try:
            there = OwnFile.at(path)
            if own is not None and there is not None and own.path == there.path and own != there:
                own = there
                raise StorageError(
                    f"{readable_name(path)} was changed since this run was saved to it: save again "
                    "to write over it, or save under another name."
                )
            save_model(path, checkpoint)
            own = OwnFile.at(path)
        except Exception as why:  # noqa: BLE001  # it is handed over
            error = why
        self._written.append(Written(path, run_id, checkpoint.step, own, error))
        self._wake()
