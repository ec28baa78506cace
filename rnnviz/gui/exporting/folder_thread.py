"""A thread that makes the files of a folder and writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.jobs.thread import WritingThread
from rnnviz.storage import NewFolder, write_atomically

Content = bytes | Callable[[], bytes]
"""What goes into a file, or what makes that."""


class FolderThread(WritingThread[tuple[str, Content]]):
    """Writes a folder whole, or not at all.

    Parameters
    ----------
    folder
        Where to; others may write files into it as well, until it is finished or given up.
    parent
        As of any writing thread.

    Signals
    -------
    wrote_file()
        One more file is written.
    """

    wrote_file = Signal()

    def __init__(self, folder: NewFolder, parent: QObject | None = None) -> None:
        super().__init__("export_thread", parent)
        self._folder = folder

    def put(self, name: str, content: Content) -> None:
        """Have a file written; its content may be made in the thread."""
        self._parts.put((name, content))

    def _write(self, parts: Iterator[tuple[str, Content]]) -> None:
        for name, content in parts:
            data = content if isinstance(content, bytes) else content()
            write_atomically(self._folder.path / name, data)
            self.wrote_file.emit()
        self._folder.complete()

    def _discard(self) -> None:
        self._folder.discard()
