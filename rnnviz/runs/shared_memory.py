"""Memory that several processes see, and that is given back whatever becomes of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory

# Where Linux has such memory as files.
_FOLDER = Path("/dev/shm")
_UNSAID = "ignore:resource_tracker:UserWarning"


def new_memory(size: int, name: str | None = None) -> SharedMemory:
    """Make memory that others can find by its name: the one given, or one of its own.

    Raises
    ------
    OSError
        Where there is no room for it.
    """
    from multiprocessing.shared_memory import SharedMemory

    keep_account()
    memory = SharedMemory(name, create=True, size=size)
    try:
        _reserve(memory)
    except OSError:
        give_back(memory)
        raise
    return memory


def attached(name: str) -> SharedMemory:
    """Return memory that another process has made.

    Raises
    ------
    FileNotFoundError
        Where it has been given back.
    """
    from multiprocessing.shared_memory import SharedMemory

    return SharedMemory(name)


def give_back(memory: SharedMemory) -> None:
    """Have the memory be gone when the last one ends who sees it now."""
    memory.close()
    with contextlib.suppress(FileNotFoundError):
        memory.unlink()


def give_back_named(name: str) -> None:
    """Give memory back that somebody made who has died, if he came so far."""
    try:
        give_back(attached(name))
    except FileNotFoundError:
        return
    except ValueError:
        # He came no further than its name.
        (_FOLDER / name).unlink(missing_ok=True)


def keep_account() -> None:
    """Start the process of Python's that gives back what is left when all others were killed.

    It is started once, with whatever needs it first. It calls a fault what is its work here, and
    nobody is to read that.
    """
    if os.name != "posix":
        # The system itself keeps account.
        return
    from multiprocessing import resource_tracker

    with _warnings_unsaid():
        resource_tracker.ensure_running()


@contextlib.contextmanager
def _warnings_unsaid() -> Iterator[None]:
    """Have a process of Python's that is started meanwhile leave its warnings unsaid."""
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = f"{before},{_UNSAID}" if before else _UNSAID
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def _reserve(memory: SharedMemory) -> None:
    """Take the memory from the system now: who writes where there is none left is killed."""
    file = _FOLDER / memory.name
    if file.exists():
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, memory.size)
