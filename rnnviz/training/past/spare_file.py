"""A file without a name, for what memory has no room for: it is gone when the process is."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import IO

import platformdirs

_LEFT_FREE = 2_000_000_000
"""Bytes of the disk that stay free for everybody else."""
_OF_FREE = 16
"""A file takes no more than one such part of what is free, so that eight runs leave half of it."""
_GROWTH = 16_000_000
"""After so many bytes more it is looked again at what is free."""


class Place:
    """Where some bytes lie in a file; once nobody holds it, others may lie there."""

    __slots__ = ("_file", "_length", "_start")

    def __init__(self, file: SpareFile, start: int, length: int) -> None:
        self._file, self._start, self._length = file, start, length

    def read(self) -> bytes:
        """Return what lies there.

        Raises
        ------
        OSError
            If the disk cannot be read.
        """
        return self._file.read_at(self._start, self._length)

    def __del__(self) -> None:
        self._file.give_back(self._start, self._length)


class SpareFile:
    """Bytes on the disk, in the user's folder for what can be made again.

    Nothing of it is seen, and nothing stays, however the process ends: the system holds the file
    under no name. It is made when it is first written to.

    Attributes
    ----------
    num_bytes
        What lies in it.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end, self._may_end = 0, 0
        self._gaps: defaultdict[int, list[int]] = defaultdict(list)
        """Where others lay, by their length: what is kept of a run is mostly equally long."""
        self._is_closed = False
        self.num_bytes = 0

    def put(self, piece: bytes) -> Place | None:
        """Write some bytes; return where they lie, or None where the disk has no room.

        Where it has none for a longer file there may be some within it once others are gone.
        """
        if self._is_closed:
            return None
        length = len(piece)
        gaps = self._gaps[length]
        start = gaps[-1] if gaps else self._end
        try:
            if not gaps and not self._may_grow(length):
                return None
            self._write(start, piece)
        except OSError:
            self._is_closed = True  # it is full, or cannot be written to; what lies in it stays
            return None
        if gaps:
            gaps.pop()
        else:
            self._end += length
        self.num_bytes += length
        return Place(self, start, length)

    def read_at(self, start: int, length: int) -> bytes:
        """Return what lies somewhere.

        Raises
        ------
        OSError
            If the disk cannot be read.
        """
        assert self._file is not None
        self._file.seek(start)
        found = self._file.read(length)
        if len(found) < length:
            raise OSError("A file of this program's own is shorter than it was.")
        return found

    def give_back(self, start: int, length: int) -> None:
        """Let others lie there."""
        self._gaps[length].append(start)
        self.num_bytes -= length
        if not self.num_bytes:
            self._empty()

    def _empty(self) -> None:
        self._gaps.clear()
        self._end = self._may_end = 0
        if self._file is not None and not self._file.closed:
            with contextlib.suppress(OSError):
                self._file.truncate(0)

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def _may_grow(self, length: int) -> bool:
        if self._end + length > self._may_end:
            free = shutil.disk_usage(self._folder()).free
            if free < max(_LEFT_FREE, _OF_FREE * (self._end + _GROWTH + length)):
                return False
            self._may_end = self._end + _GROWTH + length
        return True

    def _write(self, start: int, piece: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(  # noqa: SIM115 - it lasts
                dir=self._folder(), buffering=0
            )
        self._file.seek(start)
        written = self._file.write(piece)
        if written != len(piece):
            raise OSError("The disk is full.")

    @staticmethod
    def _folder() -> Path:
        folder = platformdirs.user_cache_path("rnnviz", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
