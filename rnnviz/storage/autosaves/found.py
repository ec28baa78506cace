"""What an autosave holds, as far as a person wants to know it before deciding about it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from rnnviz.core.parameters import Array
from rnnviz.data.files import readable_name
from rnnviz.storage.errors import StorageError
from rnnviz.storage.model_file import load_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.record.history import History, HistoryView


@dataclass(frozen=True, slots=True, eq=False)
class FoundRun:
    """A run that can be gone on with.

    Attributes
    ----------
    configuration
        Its settings.
    title
        What the text or the task is called that it is trained on.
    step
        After how many steps.
    history
        How it went; None where its file does not tell.
    """

    configuration: Configuration
    title: str
    step: int
    history: HistoryView | None

    @property
    def loss(self) -> Array | None:
        """The smoothed loss at the end of each of the history's intervals, (n,)."""
        return None if self.history is None else self.history.smoothed_loss


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An autosave that a process left behind.

    Attributes
    ----------
    path
        Its file.
    saved_at
        When it was written, in seconds since 1970.
    run
        What it holds; None where it cannot be opened.
    refusal
        Why not: a sentence that calls the file "it".
    """

    path: Path
    saved_at: float
    run: FoundRun | None
    refusal: str = ""


def look_into(path: Path) -> Found | None:
    """Read an autosave, doubting it as every model file; None where it is not there any more."""
    try:
        saved_at = path.stat().st_mtime
    except OSError:
        return None
    try:
        checkpoint = load_model(path)
    except StorageError as error:
        sentence = str(error).replace(readable_name(path), "it")
        return Found(path, saved_at, None, sentence[:1].upper() + sentence[1:])
    history = None
    if checkpoint.history:
        with contextlib.suppress(ValueError):
            history = History.from_arrays(checkpoint.history).view()
    return Found(
        path,
        saved_at,
        FoundRun(checkpoint.configuration, checkpoint.title, checkpoint.step, history),
    )
