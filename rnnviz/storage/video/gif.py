"""GIF: each frame is what changed since the one before, in colours shared while they suit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from rnnviz.storage.video.frames import Frame, as_colors
from rnnviz.storage.video.palette import SIZE, Palette

_AS_BEFORE = SIZE
# Durations are told in hundredths of a second, and players make those below two much longer.
_TICKS = 100
MOST_FRAMES_PER_SECOND = 50


def write_gif(file: BinaryIO, frames: Iterable[Frame], frames_per_second: float) -> None:
    """Write a GIF that begins anew at its end.

    What does not change between two frames is not written again, and so does not flicker. Frames
    that are alike become one that is shown longer.

    Parameters
    ----------
    file
        Where to.
    frames
        At least one, all of the same size; taken one at a time.
    frames_per_second
        At most `MOST_FRAMES_PER_SECOND`.

    Raises
    ------
    OSError
        If it cannot be written.
    ValueError
        If there is no frame.
    """
    writer: _Writer | None = None
    for number, frame in enumerate(frames):
        colors = as_colors(frame)
        begins = round(number * _TICKS / frames_per_second)
        if writer is None:
            writer = _Writer(file, colors)
        else:
            writer.add(colors, begins)
        ends = round((number + 1) * _TICKS / frames_per_second)
    if writer is None:
        raise ValueError("a GIF needs at least one frame")
    writer.end(ends)


class _Writer:
    """Writes each frame once it is known how long it is shown, which is when the next one comes."""

    def __init__(self, file: BinaryIO, first: NDArray[np.uint32]) -> None:
        self._file = file
        self._last = first
        self._palette = self._shared = Palette(first)
        self._place = (0, 0)
        self._waiting = self._palette.map(first)
        self._begins = 0
        height, width = first.shape
        # Version, size, 256 shared colours, no background, square pixels; then: for ever.
        self._file.write(b"GIF89a" + _short(width) + _short(height) + b"\xf7\x00\x00")
        self._file.write(_table(self._shared) + b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    def add(self, colors: NDArray[np.uint32], begins: int) -> None:
        """Take the next frame, which begins at this hundredth of a second."""
        changed = colors != self._last
        rows, columns = changed.any(axis=1).nonzero()[0], changed.any(axis=0).nonzero()[0]
        if not len(rows):
            return
        self._write(begins)
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if not self._palette.suits(colors[changed]):
            self._palette = Palette(colors, colors[changed])
        self._waiting = np.full(changed[part].shape, _AS_BEFORE, np.uint8)
        self._waiting[changed[part]] = self._palette.map(colors[changed])
        self._place = (int(columns[0]), int(rows[0]))
        self._begins = begins
        self._last = colors

    def end(self, ends: int) -> None:
        """Write the last frame, which is shown until this hundredth of a second."""
        self._write(ends)
        self._file.write(b";")

    def _write(self, ends: int) -> None:
        from PIL import Image  # only its compression: nothing else in the program needs it

        height, width = self._waiting.shape
        x, y = self._place
        # Leave it in place, one index is "as before"; how long; which index.
        control = b"!\xf9\x04\x05" + _short(max(1, ends - self._begins)) + bytes([_AS_BEFORE, 0])
        own = self._palette is not self._shared
        place = b"," + b"".join(_short(number) for number in (x, y, width, height))
        self._file.write(control + place + (b"\x87" + _table(self._palette) if own else b"\x00"))
        image = Image.fromarray(self._waiting)
        # Eight bits an index; Pillow's encoder makes the blocks, and an empty one ends them.
        self._file.write(b"\x08" + image.tobytes("gif", "L", 8, 0) + b"\x00")


def _short(number: int) -> bytes:
    return number.to_bytes(2, "little")


def _table(palette: Palette) -> bytes:
    return palette.table.tobytes().ljust(3 * 256, b"\x00")
