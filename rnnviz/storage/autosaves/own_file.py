"""Which file of the person's an autosaved run has: noted beside the autosave, which may travel."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from rnnviz.data.files import readable_name
from rnnviz.storage.atomic import write_atomically
from rnnviz.storage.autosaves.names import note_of


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that a run was opened from or saved to, as it was then.

    Attributes
    ----------
    path
        With all its folders.
    size, changed_at
        In bytes, and nanoseconds since 1970: another program that writes it changes one of them.
    """

    path: Path
    size: int
    changed_at: int

    @classmethod
    def at(cls, path: Path) -> OwnFile | None:
        """Return the file at a path as it is; None where there is none."""
        try:
            status = path.stat()
        except (OSError, ValueError):
            return None
        return cls(path.absolute(), status.st_size, status.st_mtime_ns)

    @property
    def problem(self) -> str:
        """Why a run cannot go on in it, as a sentence; empty where it is as it was."""
        now = OwnFile.at(self.path)
        if now == self:
            return ""
        name = readable_name(self.path)
        if now is None:
            what = f"{name}, which this run was saved to, is not there any more"
        else:
            what = f"{name} was changed since this run was saved to it"
        return f"{what}: saving asks for a file."


def note_own_file(autosave: Path, own: OwnFile | None) -> None:
    """Note which file the run of an autosave has, if it has one.

    Raises
    ------
    StorageError
        Where that cannot be written.
    """
    note = note_of(autosave)
    if own is None:
        with contextlib.suppress(OSError):
            note.unlink()
    elif own != own_file_of(autosave):
        write_atomically(note, b"%d %d\n" % (own.size, own.changed_at) + os.fsencode(own.path))


def own_file_of(autosave: Path) -> OwnFile | None:
    """Return which file the run of an autosave has; None where none is noted."""
    try:
        numbers, _, path = note_of(autosave).read_bytes().partition(b"\n")
        size, changed_at = map(int, numbers.split())
    except (OSError, ValueError):
        return None
    return OwnFile(Path(os.fsdecode(path)), size, changed_at) if path else None
