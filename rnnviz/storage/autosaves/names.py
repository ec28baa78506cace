"""What autosaves are called in the folder of their process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from rnnviz.storage.model_file import MODEL_SUFFIXES

SUFFIX = MODEL_SUFFIXES[0]
_NOTE_SUFFIX = ".file"


def file_in(folder: Path, place: str, run_id: str) -> Path:
    """Return where the autosave lies of a network, in whose place others may be trained later."""
    return folder / f"{place}-{run_id}{SUFFIX}"


def files_of(folder: Path, place: str) -> Iterator[Path]:
    """Go through the autosaves of the networks that were trained in a place."""
    return folder.glob(f"{place}-*{SUFFIX}")


def note_of(autosave: Path) -> Path:
    """Return where it is noted which file of the person's the run of an autosave has."""
    return autosave.with_suffix(_NOTE_SUFFIX)


def remove(autosave: Path) -> None:
    """Remove an autosave, with what is noted beside it, as far as that can be done."""
    for path in (autosave, note_of(autosave)):
        with contextlib.suppress(OSError):
            path.unlink()
