"""Where autosaves lie: a folder for each process, whose lock the system holds while it lives."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import BaseFileLock, FileLock, Timeout

from rnnviz.data.files import reason
from rnnviz.storage.autosaves.names import SUFFIX, files_of, note_of, remove
from rnnviz.storage.errors import StorageError
from rnnviz.storage.fault_reports import CRASH_SUFFIX, collect_crash
from rnnviz.storage.folder import users_folder

HOME_VARIABLE = "RNNVIZ_AUTOSAVES"
"""The environment may name another folder than the user's own in this."""

MOST_RUNS, MOST_BYTES, MOST_SECONDS = 20, 1_000_000_000, 30 * 86_400.0
"""Of what processes left behind, no more than so much is kept, the newest first, for so long."""

_LOCK = ".lock"


def autosave_home() -> Path:
    """Return the folder in which every process of this user has its own; it need not be there."""
    return users_folder(
        HOME_VARIABLE, platformdirs.user_data_path("rnnviz", appauthor=False) / "autosaves"
    )


class AutosaveFolder:
    """The autosaves of one process, which nobody else claims as long as this one has them.

    The lock lies beside the folder, and is there before it: a folder without one is of a process
    that is no more.

    Parameters
    ----------
    path
        The folder.
    lock
        The lock, which is held.
    """

    def __init__(self, path: Path, lock: BaseFileLock) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def new(cls, home: Path) -> AutosaveFolder:
        """Make one for this process.

        Raises
        ------
        StorageError
            Where nothing can be written there.
        """
        # The time is for who looks into the folder; the rest has nobody else.
        path = home / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{secrets.token_hex(4)}"
        try:
            home.mkdir(parents=True, exist_ok=True)
            lock = _locked(path)
            # What is trained on may be private.
            path.mkdir(mode=0o700)
        except (OSError, NotImplementedError) as error:
            why = reason(error) if isinstance(error, OSError) else "its disk knows no locks"
            raise StorageError(f"Nothing can be written into {home}: {why}.") from error
        assert lock is not None, "nobody else knows of it"
        return cls(path, lock)

    @property
    def models(self) -> list[Path]:
        """The autosaves in it, the newest first."""
        return _newest_first(self.path.glob(f"*{SUFFIX}"))

    def collect_crashes(self) -> list[Path]:
        """Make reports of what tells that Python itself crashed; return them."""
        paths = sorted(self.path.glob(f"*{CRASH_SUFFIX}"))
        return [report for path in paths if (report := collect_crash(path)) is not None]

    def discard(self, place: str) -> None:
        """Remove what was autosaved of the networks that were trained in this place."""
        for path in list(files_of(self.path, place)):
            remove(path)

    def let_go(self) -> None:
        """Leave what is in it to the next program that starts; where nothing is, leave nothing."""
        if not self._lock.is_locked:
            return
        if not self.models:
            shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        # Not before: on some systems a file that is open cannot be removed.
        if not self.path.exists():
            _remove(_lock_of(self.path))


@dataclass(frozen=True, slots=True, eq=False)
class Claimed:
    """What processes left behind that are no more, and nobody else is offered meanwhile.

    Attributes
    ----------
    folders
        Each holds at least one autosave. `AutosaveFolder.let_go` gives one back.
    crashes
        Reports of those in which Python itself crashed, the oldest first.
    """

    folders: list[AutosaveFolder]
    crashes: list[Path]


def claim_left_behind(home: Path, now: float | None = None) -> Claimed:
    """Claim what processes left behind that are no more, so that nobody else offers it; tidy up.

    Parameters
    ----------
    home
        The folder that holds a folder for each process.
    now
        Seconds since 1970; the present unless given.
    """
    now = time.time() if now is None else now
    try:
        paths = sorted(path for path in home.iterdir() if path.is_dir())
    except OSError:
        # There is none yet, or none that can be read.
        return Claimed([], [])
    claimed = [folder for path in paths if (folder := _claimed(path)) is not None]
    crashed = [report for folder in claimed for report in folder.collect_crashes()]
    _tidy(claimed, now)
    _remove_old_locks(home, now)
    kept = []
    for folder in claimed:
        if folder.models:
            kept.append(folder)
        else:
            folder.let_go()
    return Claimed(kept, crashed)


def _claimed(path: Path) -> AutosaveFolder | None:
    try:
        lock = _locked(path)
    except (OSError, NotImplementedError):
        return None
    # Who had it before may have let it go between the look and the lock.
    return None if lock is None else AutosaveFolder(path, lock)


def _tidy(folders: Iterable[AutosaveFolder], now: float) -> None:
    """Remove what is too old or too much, and what was written in part."""
    room = MOST_BYTES
    for folder in folders:
        kept = {path for model in folder.models for path in (model, note_of(model))}
        for path in folder.path.iterdir() if folder.path.is_dir() else ():
            if path not in kept:
                _remove(path)
    models = _newest_first(path for folder in folders for path in folder.models)
    for number, path in enumerate(models):
        with contextlib.suppress(OSError):
            status = path.stat()
            room -= status.st_size
            # The newest stays, however large it is.
            is_too_much = number > 0 and (number >= MOST_RUNS or room < 0)
            if is_too_much or now - status.st_mtime > MOST_SECONDS:
                remove(path)


def _remove_old_locks(home: Path, now: float) -> None:
    """Remove the locks of folders that are no more; young ones may be about to have theirs."""
    for path in home.glob(f"*{_LOCK}"):
        with contextlib.suppress(OSError):
            if not path.with_suffix("").exists() and now - path.stat().st_mtime > MOST_SECONDS:
                path.unlink()


def _locked(path: Path) -> BaseFileLock | None:
    """Return a folder's lock, held by this process; None where another one holds it."""
    # One thread may lock, and another one let go.
    lock = FileLock(_lock_of(path), thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + _LOCK)


def _newest_first(paths: Iterable[Path]) -> list[Path]:
    return [path for _, path in sorted(_with_times(paths), reverse=True)]


def _with_times(paths: Iterable[Path]) -> Iterator[tuple[float, Path]]:
    for path in paths:
        # One that is removed meanwhile is none.
        with contextlib.suppress(OSError):
            yield path.stat().st_mtime, path


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
