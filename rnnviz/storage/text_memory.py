"""Where this computer read which text last: model files name texts without their folders."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import platformdirs

from rnnviz.storage.atomic import write_atomically
from rnnviz.storage.errors import StorageError
from rnnviz.storage.folder import users_folder

HOME_VARIABLE = "RNNVIZ_TEXTS"
"""The environment may name another folder than the user's own in this."""

MOST = 1000
"""Of so many texts it is remembered, those that were saved last."""


def home() -> Path:
    """Return the folder that has a file for each text, by its fingerprint; it need not be there."""
    return users_folder(
        HOME_VARIABLE, platformdirs.user_data_path("rnnviz", appauthor=False) / "texts"
    )


def last_read(fingerprint: str) -> str:
    """Return the path at which a text of this fingerprint was read last; empty if unknown."""
    try:
        return os.fsdecode((home() / fingerprint).read_bytes()) if fingerprint else ""
    except (OSError, ValueError):
        return ""


def remember(fingerprint: str, path: str) -> None:
    """Take note that a text of this fingerprint was read at a path; where it can't be, do not."""
    entry = home() / fingerprint
    with contextlib.suppress(OSError, StorageError):
        if last_read(fingerprint) == path:
            os.utime(entry)
            return
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(entry, os.fsencode(path))
        _forget_oldest()


def _forget_oldest() -> None:
    entries = sorted(home().iterdir(), key=lambda entry: entry.stat().st_mtime)
    for entry in entries[:-MOST]:
        entry.unlink()
