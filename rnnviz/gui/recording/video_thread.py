"""A thread that compresses frames and writes them, while the next ones are painted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.jobs.thread import WritingThread
from rnnviz.storage.video.formats import VideoFormat
from rnnviz.storage.video.frames import Frame

# Frames that wait; more of them only cost memory, 4 MB each at 1280 by 720.
_ROOM = 4


class VideoThread(WritingThread[tuple[Frame, int]]):
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
        As of any writing thread.

    Signals
    -------
    took_frame()
        There is room for another frame.
    """

    took_frame = Signal()

    def __init__(
        self,
        path: Path,
        video_format: VideoFormat,
        frames_per_second: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("recording_thread", parent)
        self._path = path
        self._format = video_format
        self._rate = frames_per_second

    @property
    def has_room(self) -> bool:
        """Whether another frame may be put; it can be put anyway."""
        return self._parts.qsize() < _ROOM

    def put(self, frame: Frame, times: int) -> None:
        """Have a frame written so many times."""
        self._parts.put((frame, times))

    def _write(self, parts: Iterator[tuple[Frame, int]]) -> None:
        self._format.write(self._path, self._frames(parts), self._rate)

    def _frames(self, parts: Iterator[tuple[Frame, int]]) -> Iterator[Frame]:
        for frame, times in parts:
            self.took_frame.emit()
            for _ in range(times):
                yield frame
