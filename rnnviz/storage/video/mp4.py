"""MP4: frames are handed to the encoder, a program that the extra ``video`` brings along."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import subprocess
import tempfile
from collections.abc import Iterable
from itertools import chain
from typing import IO

from rnnviz.storage.errors import StorageError
from rnnviz.storage.video.frames import Frame

NEEDED = "imageio_ffmpeg"
_DISK_FULL = ("no space left", "not enough space")
_ENDED_BY = 10.0


def is_available() -> bool:
    """Tell whether the encoder is installed."""
    return importlib.util.find_spec(NEEDED) is not None


def write_mp4(path: str, frames: Iterable[Frame], frames_per_second: float) -> None:
    """Have an MP4 written that every player and browser shows: H.264, and its index in front.

    Parameters
    ----------
    path
        Where to; what is there is replaced.
    frames
        At least one, all of the same size; taken one at a time. Of an odd width or height, the
        last column or row is left out: the format halves the colours' resolution.
    frames_per_second
        Greater than 0.

    Raises
    ------
    OSError
        If it cannot be written.
    StorageError
        If the encoder is not installed, cannot be started, or fails otherwise.
    ValueError
        If there is no frame.
    """
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise ValueError("an MP4 needs at least one frame")
    with tempfile.TemporaryFile() as said:
        process = _started(_command(path, first, frames_per_second), said)
        try:
            _hand_over(process, chain([first], rest))
        finally:
            # Whatever went wrong, no program of ours is left behind.
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        if process.returncode:
            said.seek(0)
            raise _failure(said.read().decode("utf-8", "replace"))


def _command(path: str, first: Frame, frames_per_second: float) -> list[str]:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        program = get_ffmpeg_exe()
    except (ImportError, RuntimeError, OSError) as error:
        raise StorageError("The encoder for MP4 is not installed.") from error
    height, width = first.shape[:2]
    return [
        *(program, "-y", "-v", "error", "-nostdin"),
        # What comes in: raw pixels, as a window paints them.
        *("-f", "rawvideo", "-pix_fmt", "bgr0", "-s", f"{width}x{height}"),
        *("-r", f"{frames_per_second:g}", "-i", "pipe:0", "-an"),
        # What goes out; the matrix is named, lest players show the colours a little otherwise.
        *("-vf", f"crop={width // 2 * 2}:{height // 2 * 2}:0:0,scale=out_color_matrix=bt709"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-tune", "animation"),
        *("-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", path),
    ]


def _started(command: list[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            creationflags=hidden,
        )
    except OSError as error:
        raise StorageError(f"The encoder for MP4 cannot be started: {error.strerror}.") from error


def _hand_over(process: subprocess.Popen[bytes], frames: Iterable[Frame]) -> None:
    assert process.stdin is not None
    try:
        for frame in frames:
            process.stdin.write(frame.data)
        process.stdin.close()
    except OSError as error:
        # It ended before its time, and says itself why.
        if error.errno not in (errno.EPIPE, errno.EINVAL):
            raise
        try:
            process.wait(_ENDED_BY)
        except subprocess.TimeoutExpired:
            raise error from None
    process.wait()


def _failure(said: str) -> Exception:
    """Return what an encoder's last words mean."""
    if any(words in said.lower() for words in _DISK_FULL):
        return OSError(errno.ENOSPC, "No space left on device")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = f" It says: {lines[-1].rstrip('.')}." if lines else ""
    return StorageError(f"The encoder for MP4 has failed.{told}")
