"""A thread that writes what it is given, whole or not at all, while the window goes on."""

from __future__ import annotations

import queue
import traceback
from abc import abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

from rnnviz.gui.plotting.view.export import ExportError
from rnnviz.storage import StorageError

Part = TypeVar("Part")


class _GivenUpError(Exception):
    """The job was cancelled, or the window closes."""


class WritingThread(QThread, Generic[Part]):
    """Takes one part after the other, until there are no more or the job is given up.

    Parameters
    ----------
    name
        Its object name.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Signals
    -------
    written()
        All is written.
    failed(str)
        It could not be written, and why; nothing is left of it.
    """

    written = Signal()
    failed = Signal(str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._parts: queue.SimpleQueue[Part | None] = queue.SimpleQueue()
        self._given_up = False

    def finish(self) -> None:
        """Have all completed with what was put."""
        self._parts.put(None)

    def give_up(self) -> None:
        """Have nothing be left of it, soon."""
        self._given_up = True
        self._parts.put(None)

    def stop(self) -> None:
        """Have nothing be left of it, and wait until the thread has ended."""
        self.give_up()
        self.wait()

    @abstractmethod
    def _write(self, parts: Iterator[Part]) -> None:
        """Write all parts; where the job is given up, they end with an error."""

    def _discard(self) -> None:
        """Leave nothing of what was not completed."""

    def run(self) -> None:
        """Write, and hand over whatever comes of it."""
        try:
            self._write(self._until_finished())
        except _GivenUpError:
            self._discard()
        except (StorageError, ExportError) as error:
            self._fail(str(error))
        except MemoryError:
            self._fail("There is not enough memory for that; the run is as it was.")
        except Exception as error:  # noqa: BLE001  # it is handed over as a sentence
            traceback.print_exception(error)
            self._fail(
                f"Something unexpected went wrong ({type(error).__name__}: {error}); the run is "
                "as it was."
            )
        else:
            self.written.emit()

    def _until_finished(self) -> Iterator[Part]:
        while (part := self._parts.get()) is not None and not self._given_up:
            yield part
        if self._given_up:
            raise _GivenUpError

    def _fail(self, sentence: str) -> None:
        self._discard()
        self.failed.emit(sentence)
