"""A thread that compresses frames and writes them, while the next ones are painted."""

from __future__ import annotations

import queue
import traceback
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from rnnviz.storage import StorageError
from rnnviz.storage.video.formats import VideoFormat
from rnnviz.storage.video.frames import Frame

# Frames that wait; more of them only cost memory, 4 MB each at 1280 by 720.
_ROOM = 4


class _GivenUpError(Exception):
    """The recording was cancelled, or the window closes."""


class WritingThread(QThread):
    """Writes a file whole, or not at all.

    Parameters
    ----------
    path
        Where to.
    video_format
        How.
    frames_per_second
        As the file says.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Signals
    -------
    took_frame()
        There is room for another frame.
    written()
        The file is there, whole.
    failed(str)
        It could not be written, and why; nothing is left of it.
    """

    took_frame = Signal()
    written = Signal()
    failed = Signal(str)

    def __init__(
        self,
        path: Path,
        video_format: VideoFormat,
        frames_per_second: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recording_thread")
        self._path = path
        self._format = video_format
        self._rate = frames_per_second
        self._frames: queue.SimpleQueue[tuple[Frame, int] | None] = queue.SimpleQueue()
        self._given_up = False

    @property
    def has_room(self) -> bool:
        """Whether another frame may be put; it can be put anyway."""
        return self._frames.qsize() < _ROOM

    def put(self, frame: Frame, times: int) -> None:
        """Have a frame written so many times."""
        self._frames.put((frame, times))

    def finish(self) -> None:
        """Have the file completed with what was put."""
        self._frames.put(None)

    def give_up(self) -> None:
        """Have nothing written, soon."""
        self._given_up = True
        self._frames.put(None)

    def stop(self) -> None:
        """Have nothing written, and wait until the thread has ended."""
        self.give_up()
        self.wait()

    def run(self) -> None:
        """Write, and hand over whatever comes of it."""
        try:
            self._format.write(self._path, self._put(), self._rate)
        except _GivenUpError:
            pass
        except StorageError as error:
            self.failed.emit(str(error))
        except MemoryError:
            self.failed.emit("There is not enough memory to record that; the run is as it was.")
        except Exception as error:  # noqa: BLE001  # it is handed over as a sentence
            traceback.print_exception(error)
            self.failed.emit(
                f"Something unexpected went wrong ({type(error).__name__}: {error}); the run is "
                "as it was."
            )
        else:
            self.written.emit()

    def _put(self) -> Iterator[Frame]:
        while (item := self._frames.get()) is not None and not self._given_up:
            self.took_frame.emit()
            frame, times = item
            for _ in range(times):
                yield frame
        if self._given_up:
            raise _GivenUpError
