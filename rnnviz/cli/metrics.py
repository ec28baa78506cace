"""The metrics file: what every step left behind, as CSV."""

from __future__ import annotations

import contextlib
import csv
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from rnnviz.data.files import readable_name, reason
from rnnviz.storage import StorageError
from rnnviz.training.record.history import StepResult

_LONGEST_ROW = 1000


class MetricsFile:
    """Writes a row for each step, in the order of `StepResult`; empty where nothing was measured.

    Parameters
    ----------
    path
        The file; None writes nothing.
    step
        How many steps the run has done: a file whose last row is that step's is gone on with, and
        any other begun anew.

    Raises
    ------
    StorageError
        If it cannot be written, here or later.
    """

    def __init__(self, path: Path | None, step: int = 0) -> None:
        self._path = path
        self._file = None
        if path is None:
            return
        try:
            goes_on = step > 0 and _last_step(path) == str(step)
            self._file = path.open("a" if goes_on else "w", encoding="utf-8", newline="")
        except (OSError, ValueError) as error:
            raise self._refusal(error) from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        if not goes_on:
            self._writer.writerow(StepResult._fields)
        try:
            self.flush()
        except StorageError:
            with contextlib.suppress(OSError):
                self._file.close()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file; what goes wrong now is told unless something else has gone wrong."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as failure:
            if kind is None:
                raise self._refusal(failure) from failure

    def write(self, record: StepResult) -> None:
        """Write one step's row; it may stay in memory until `flush`."""
        if self._file is not None:
            try:
                self._writer.writerow(record)
            except OSError as error:
                raise self._refusal(error) from error

    def flush(self) -> None:
        """Have the rows so far in the file, for who follows it."""
        if self._file is not None:
            try:
                self._file.flush()
            except OSError as error:
                raise self._refusal(error) from error

    def _refusal(self, error: OSError | ValueError) -> StorageError:
        assert self._path is not None
        why = reason(error) if isinstance(error, OSError) else "that is not a file name"
        return StorageError(f"The metrics cannot be written to {readable_name(self._path)}: {why}.")


def cut_half_row(path: Path) -> None:
    """Have a metrics file that somebody could not write to its end end with its last whole row."""
    if not path.is_file():
        # A device may have no end.
        return
    with contextlib.suppress(OSError), path.open("r+b") as file:
        start = max(0, file.seek(0, os.SEEK_END) - _LONGEST_ROW)
        file.seek(start)
        file.truncate(start + file.read(_LONGEST_ROW).rfind(b"\n") + 1)


def _last_step(path: Path) -> str:
    """Return the step of a metrics file's last row; nothing where it is no such file."""
    header = ",".join(StepResult._fields).encode() + b"\n"
    try:
        with path.open("rb") as file:
            if file.read(len(header)) != header:
                return ""
            file.seek(max(len(header), file.seek(0, os.SEEK_END) - _LONGEST_ROW))
            end = file.read()
    except OSError:
        return ""
    if not end.endswith(b"\n"):
        return ""
    return end.splitlines()[-1].partition(b",")[0].decode("ascii", "replace")
