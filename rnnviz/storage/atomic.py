"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from rnnviz.data.files import readable_name, reason
from rnnviz.storage.errors import StorageError

_PREFIX, _SUFFIX = ".rnnviz-", ".tmp"
_YOUNG_SECONDS = 60.0
"""A file that is younger may be of somebody who has not taken hold of it yet."""

Content = bytes | Callable[[BinaryIO], object]
"""What goes into a file, or what writes it."""


def write_atomically(path: str | os.PathLike[str], content: Content) -> None:
    """Write a file so that at every moment the old one or the new one is there, whole.

    It is written beside its place, flushed to the disk and then renamed. A link keeps pointing to
    where it points, and a file that is replaced keeps its permissions.

    Parameters
    ----------
    path
        Where; what is there is replaced, if it is a regular file.
    content
        The bytes, or a function that writes them to the file it is given.

    Raises
    ------
    StorageError
        If it cannot be written; what was there is untouched then, and nothing is left behind.
    """
    with _sentences(path):
        target = _target(path)
        with _temporary_beside(target) as (file, name):
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.replace(name, target)
        _flush_folder(target.parent)


def write_atomically_by_name(path: str | os.PathLike[str], write: Callable[[str], object]) -> None:
    """Have another program write a file, so that the old one or the new one is there, whole.

    Parameters
    ----------
    path
        As for `write_atomically`.
    write
        Has the file written whose path it is given, which is there and empty, in the same folder.

    Raises
    ------
    StorageError
        As `write_atomically` does; what else `write` raises is passed on.
    """
    with _sentences(path):
        target = _target(path)
        with _temporary_beside(target) as (file, name):
            if os.name == "nt":
                file.close()  # nobody else may write it before
            write(name)
            # For writing: only such a file can be flushed everywhere.
            with open(name, "r+b") as written:
                os.fsync(written.fileno())
            os.replace(name, target)
        _flush_folder(target.parent)


def ensure_writable(path: str | os.PathLike[str]) -> None:
    """Find out before the work whether its result can be written to `path`.

    A temporary file is made in the folder and removed; what is at `path` is not touched.

    Raises
    ------
    StorageError
        As `write_atomically` would.
    """
    with _sentences(path), _temporary_beside(_target(path)):
        pass


def tidy(folder: Path, now: float | None = None) -> None:
    """Remove what is left in a folder of files that somebody was killed in the midst of writing.

    Parameters
    ----------
    folder
        It need not be there.
    now
        Seconds since 1970; the present unless given.
    """
    now = time.time() if now is None else now
    try:
        paths = list(folder.glob(f"{_PREFIX}*{_SUFFIX}"))
    except OSError:
        return
    for path in paths:
        # One that is gone by now, or that somebody writes.
        with contextlib.suppress(OSError):
            if path.is_file() and now - path.stat().st_mtime > _YOUNG_SECONDS:
                with path.open("ab") as file:
                    _take_hold(file)
                    if os.name != "nt":
                        path.unlink()
                if os.name == "nt":
                    path.unlink()  # refused as long as somebody has it open


def _take_hold(file: BinaryIO) -> None:
    """Let others know that somebody lives who has this file; raise `OSError` where another has.

    The system forgets it when the process ends, however that ends.
    """
    try:
        import fcntl
    except ImportError:
        return  # there, what is open cannot be removed
    fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _sentences(path: str | os.PathLike[str]) -> Iterator[None]:
    name = readable_name(path)
    try:
        yield
    except OSError as error:
        raise StorageError(f"{name} cannot be saved: {reason(error)}.") from error
    except ValueError as error:
        # A null character inside the path.
        raise StorageError(f"{name} cannot be saved: that is not a file name.") from error
    except MemoryError as error:
        raise StorageError(f"{name} cannot be saved: there is not enough memory.") from error


def _target(path: str | os.PathLike[str]) -> Path:
    """Return the file that `path` leads to, once it is clear that it may be replaced."""
    target = Path(os.path.realpath(path))
    name = readable_name(path)
    if not target.parent.is_dir():
        raise StorageError(f"{name} cannot be saved: there is no folder {target.parent}.")
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISDIR(mode):
        raise StorageError(f"{name} cannot be saved: there is a folder of that name.")
    # Renaming over a device such as /dev/null would take it away from the whole machine.
    if not stat.S_ISREG(mode):
        raise StorageError(f"{name} cannot be saved: what is there is not a regular file.")
    # Renaming needs no permission on the file itself, but a write-protected one is meant to stay.
    if not os.access(target, os.W_OK):
        raise StorageError(f"{name} cannot be saved: the file there is write-protected.")
    return target


@contextlib.contextmanager
def _temporary_beside(target: Path) -> Iterator[tuple[BinaryIO, str]]:
    """Give a new file in the folder of `target`, and its name; it is gone afterwards."""
    # Not mkstemp, whose files only their owner may read: this one is what the umask says.
    tidy(target.parent)
    name = os.fspath(target.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    descriptor = os.open(name, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(OSError):
                _take_hold(file)  # not every disk knows locks
            if target.exists() and hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):
                    os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            yield file, name
    finally:
        # After the renaming there is none, and where it cannot be removed the cause counts more.
        with contextlib.suppress(OSError):
            os.unlink(name)


def _flush_folder(folder: Path) -> None:
    """Have the new name outlive a power failure, where the system knows how."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
