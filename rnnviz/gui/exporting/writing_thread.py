"""A thread that makes the files of a folder and writes them, while the window goes on."""

from __future__ import annotations

import queue
import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from rnnviz.gui.plotting.view.export import ExportError
from rnnviz.storage import NewFolder, StorageError, write_atomically

Content = bytes | Callable[[], bytes]
"""What goes into a file, or what makes that."""


class FolderThread(QThread):
    """Writes a folder whole, or not at all.

    Parameters
    ----------
    folder
        Where to; others may write files into it as well, until it is finished or given up.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Signals
    -------
    wrote_file()
        One more file is written.
    written()
        The folder is there, whole.
    failed(str)
        It could not be written, and why; nothing is left of it.
    """

    wrote_file = Signal()
    written = Signal()
    failed = Signal(str)

    def __init__(self, folder: NewFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_thread")
        self._folder = folder
        self._files: queue.SimpleQueue[tuple[str, Content] | None] = queue.SimpleQueue()
        self._given_up = False

    def put(self, name: str, content: Content) -> None:
        """Have a file written; its content may be made in the thread."""
        self._files.put((name, content))

    def finish(self) -> None:
        """Have the folder completed with what was put."""
        self._files.put(None)

    def give_up(self) -> None:
        """Have nothing be left of it, soon."""
        self._given_up = True
        self._files.put(None)

    def stop(self) -> None:
        """Have nothing be left of it, and wait until the thread has ended."""
        self.give_up()
        self.wait()

    def run(self) -> None:
        """Write, and hand over whatever comes of it."""
        try:
            while (file := self._files.get()) is not None and not self._given_up:
                name, content = file
                data = content if isinstance(content, bytes) else content()
                write_atomically(self._folder.path / name, data)
                self.wrote_file.emit()
            if not self._given_up:
                self._folder.complete()
        except (StorageError, ExportError) as error:
            self._fail(str(error))
        except MemoryError:
            self._fail("There is not enough memory for that.")
        except Exception as error:  # noqa: BLE001  # it is handed over as a sentence
            traceback.print_exception(error)
            self._fail(f"Something unexpected went wrong ({type(error).__name__}: {error}).")
        else:
            if self._given_up:
                self._folder.discard()
            else:
                self.written.emit()

    def _fail(self, sentence: str) -> None:
        self._folder.discard()
        self.failed.emit(sentence)
