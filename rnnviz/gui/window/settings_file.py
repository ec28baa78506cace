"""The file of what the window remembers: opened where it can be trusted, else set aside."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from PySide6.QtCore import QLockFile, QSettings

from rnnviz.gui.window.messages import MessageKind

FORMAT_KEY, FORMAT = "format", 1
"""Every file says by which rules it was written, and a program leaves those of newer ones alone.

The number grows with a kind of value that earlier programs do not know, or would take for damage.
"""

_LARGEST_BYTES = 1_000_000
_LOCK_PATIENCE_MS = 2000

# Out of such values Qt makes objects of any kind. A damaged one ends the program, and none is ours.
_OBJECT = re.compile(rb'[=,]\s*"?@(?:Variant|DateTime)\(')
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


class Memory(dict[str, object]):
    """Remembers until the window closes, where there is no file to write to."""

    def value(self, key: str, default: object = None) -> object:
        """Return what is remembered, as QSettings would."""
        return self.get(key, default)

    def setValue(self, key: str, value: object) -> None:
        """Remember something."""
        self[key] = value

    def remove(self, group: str) -> None:
        """Forget a group's keys."""
        for key in [key for key in self if key.startswith(f"{group}/")]:
            del self[key]


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to tell of the file, and how much it matters."""

    text: str
    kind: MessageKind = "problem"


def open_settings(
    fits: Callable[[QSettings], bool], *, reset: bool = False
) -> tuple[QSettings | Memory, Remark | None]:
    """Open the file, or a new one beside which the one that was there lies under a dated name.

    Nothing is ever overwritten, and nothing raised.

    Parameters
    ----------
    fits
        Tells of a file of this version whether its values are what they should be.
    reset
        Set the file aside, whatever it holds.

    Returns
    -------
    store
        Where to read and write. What is written is gone with the window where a file cannot be
        used and cannot be set aside either.
    remark
        What the person should know; None if all is well.
    """
    path = _path()
    seen = _identity(path)
    found: QSettings | str = ""
    if not reset:
        found = _look(path, fits)
        if isinstance(found, QSettings):
            return found, _refusal_to_write(path)
    elif not os.path.lexists(path):
        nothing = "The window starts with its defaults: there were no settings to set aside."
        return _ini(path), _refusal_to_write(path) or Remark(nothing, "notice")
    # Who writes settings has this lock: nobody does between the second look and the renaming.
    lock = QLockFile(f"{path}.lock")
    lock.tryLock(_LOCK_PATIENCE_MS)
    try:
        # As long as the file is the same, Qt would not read it again, and find no fault.
        if not reset and _identity(path) != seen:
            found = _look(path, fits)
            if isinstance(found, QSettings):
                return found, _refusal_to_write(path)
        if lock.error() is QLockFile.LockError.LockFailedError:
            raise OSError(errno.EBUSY, "another program is writing them")
        place = _set_aside(path)
    except OSError as error:
        return Memory(), Remark(
            "The window starts with its defaults and will remember nothing: its settings in "
            f"{path} {found}cannot be set aside: {_reason(error)}."
        )
    finally:
        lock.unlock()
    return _ini(path), Remark(
        f"The window starts with its defaults: its settings {found}were set aside as {place}.",
        "notice" if reset else "problem",
    )


def _path() -> Path:
    """Return where the file is; it is not opened to find out, for nobody knows yet what it is."""
    of_organisation = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "rnnviz")
    return Path(of_organisation.fileName()).with_suffix("") / "rnnviz.ini"


def _ini(path: Path) -> QSettings:
    return QSettings(os.fspath(path), QSettings.Format.IniFormat)


def _identity(path: Path) -> tuple[int, int, int] | None:
    """Return what is another number once another file is there; None where none is seen."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _look(path: Path, fits: Callable[[QSettings], bool]) -> QSettings | str:
    """Open the file, which need not be there, or say what is wrong: its settings ... and."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_BYTES:
            return "were not written by rnnviz and "
        if _OBJECT.search(path.read_bytes()):
            return "were not written by rnnviz and "
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        return f"could not be read ({_reason(error)}) and "
    store = _ini(path)
    keys = store.allKeys()
    if store.status() is not QSettings.Status.NoError:
        return "were damaged and "
    if not keys:
        return store
    if not store.contains(FORMAT_KEY) and fits(store):
        return store  # of a version that wrote no format
    version = str(store.value(FORMAT_KEY))
    if not _VERSION.fullmatch(version):
        return "were not written by rnnviz and "
    if int(version) > FORMAT:
        return "were written by a newer version of rnnviz and "
    return store if fits(store) else "were damaged and "


def _set_aside(path: Path) -> Path:
    """Rename the file to a name of this moment that nothing else has, and return that."""
    name = f"{path.stem}-{datetime.now():%Y-%m-%d-%H%M%S}"
    names = (name if n == 1 else f"{name}-{n}" for n in count(1))
    places = (path.with_name(f"{name}{path.suffix}") for name in names)
    place = next(place for place in places if not os.path.lexists(place))
    path.rename(place)
    return place


def _refusal_to_write(path: Path) -> Remark | None:
    """Find out without writing whether the file could be written, and its folder made."""
    there = next(filter(os.path.lexists, path.parents), path.parent)
    can_write = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    if can_write and (not os.path.exists(path) or os.access(path, os.W_OK)):
        return None
    return Remark(
        f"The window will not remember how it is left: nothing can be written into {path.parent}."
    )


def _reason(error: OSError) -> str:
    # Not above: all kinds of texts come with it, and the window is painted before they load.
    from rnnviz.data.files import reason

    return reason(error)
