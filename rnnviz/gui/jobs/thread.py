"""Threads for what takes long and must not hold the window up."""

from __future__ import annotations

import queue
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, SignalInstance

from rnnviz.gui.plotting.view.export import ExportError
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.storage import StorageError
from rnnviz.storage.fault_reports import report_fault


class GivenUpError(Exception):
    """What a thread does was given up: it was cancelled, or the window closes."""


class JobThread(QThread):
    """Does one piece of work, and is destroyed once it has ended.

    Parameters
    ----------
    name
        Its object name.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Attributes
    ----------
    NO_MEMORY
        What is said where there is not enough memory.

    Signals
    -------
    failed(str)
        It could not be done, and why.
    """

    NO_MEMORY: ClassVar[str] = "There is not enough memory for that; the run is as it was."

    failed = Signal(str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._given_up = False
        self.finished.connect(self._ended)

    def hear(self, signal: SignalInstance, slot: Callable[..., None]) -> None:
        """Have a slot called with what it tells; once it is given up, that is heard no more."""
        # A signal crosses over to the window's thread: it may arrive after that.
        signal.connect(lambda *told: None if self._given_up else slot(*told))

    def give_up(self) -> None:
        """Have it end soon, with nothing done."""
        self._given_up = True

    def stop(self) -> None:
        """Give it up, and wait until it has ended."""
        self.give_up()
        self.wait()

    def run(self) -> None:
        """Work, and hand over whatever comes of it."""
        try:
            self._work()
        except GivenUpError:
            self._discard()
        except (StorageError, ExportError) as error:
            self._fail(str(error))
        except MemoryError:
            self._fail(self.NO_MEMORY)
        except Exception as error:  # noqa: BLE001  # it is handed over as a sentence
            self._fail(report_fault(error, "the run is as it was").sentence)

    @abstractmethod
    def _work(self) -> None:
        """Do it, or raise: what is given up ends with a `GivenUpError`."""

    def _discard(self) -> None:
        """Leave nothing of what was not completed."""

    def _fail(self, sentence: str) -> None:
        self._discard()
        self.failed.emit(sentence)

    def _ended(self) -> None:
        # It says so before it has ended: who destroys it then, now and then ends the program.
        self.wait()
        destroy_later(self)


Part = TypeVar("Part")


class WritingThread(JobThread, Generic[Part]):
    """Writes one part after the other, whole or not at all.

    Signals
    -------
    written()
        All is written.
    """

    written = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(name, parent)
        self._parts: queue.SimpleQueue[Part | None] = queue.SimpleQueue()

    def finish(self) -> None:
        """Have all completed with what was put."""
        self._parts.put(None)

    def give_up(self) -> None:
        """Have nothing be left of it, soon."""
        super().give_up()
        self._parts.put(None)

    @abstractmethod
    def _write(self, parts: Iterator[Part]) -> None:
        """Write all parts; where it is given up, they end with an error."""

    def _work(self) -> None:
        self._write(self._until_finished())
        self.written.emit()

    def _until_finished(self) -> Iterator[Part]:
        while (part := self._parts.get()) is not None and not self._given_up:
            yield part
        if self._given_up:
            raise GivenUpError
