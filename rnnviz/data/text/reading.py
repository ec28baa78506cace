"""How a text is read: who is told how it comes along, and who may have read it already."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress
from rnnviz.data.text.dataset import TextDataset
from rnnviz.data.text.encodings import AUTOMATIC
from rnnviz.data.text.folder import files_in
from rnnviz.data.text.levels import WORDS


@dataclass(frozen=True, slots=True)
class TextKey:
    """A file or folder as it stands, and how it is read: under one key there is one dataset.

    Attributes
    ----------
    path
        Absolute.
    stamp
        What the file system says of the file: device, number, size, and when it was last changed
        by two clocks, of which a program that sets one back moves the other. Whoever writes to it
        changes the stamp. That of a folder is the digest of the names and stamps of all its files.
    validation_fraction, level
        As in `rnnviz.data.build_dataset`.
    encoding
        As in `rnnviz.data.read_text_file`.
    vocabulary
        How many words of its own it has at the most, 0 for all its characters or graphemes; or
        the tokens of another vocabulary that it is read in.
    """

    path: str
    stamp: tuple[int, ...]
    validation_fraction: float
    level: str
    vocabulary: int | tuple[str, ...]
    encoding: str = AUTOMATIC

    @classmethod
    def of_file(
        cls,
        path: str,
        validation_fraction: float,
        level: str,
        vocabulary: int | tuple[str, ...],
        encoding: str = AUTOMATIC,
    ) -> TextKey | None:
        """Return the key of a file or folder as it stands now; None where there is none."""
        stamp = _stamp(path)
        if stamp is None:
            return None
        path = os.path.abspath(path)
        return cls(path, stamp, validation_fraction, level, vocabulary, encoding)

    @property
    def is_current(self) -> bool:
        """Whether the file or folder still stands there as it did."""
        return _stamp(self.path) == self.stamp

    def answered_by(self, dataset: TextDataset) -> frozenset[TextKey]:
        """Return every key under which what was read under this one would be the same."""
        keys = {self, dataclasses.replace(self, vocabulary=dataset.vocabulary.tokens)}
        if self.level not in WORDS and dataset.vocabulary_is_own:
            keys.add(dataclasses.replace(self, vocabulary=0))
        return frozenset(keys)


def _stamp(path: str) -> tuple[int, ...] | None:
    try:
        if os.path.isdir(path):
            return _stamp_of_folder(path)
        return _stamp_of_file(path)
    except (OSError, ValueError, DataError):
        return None


def _stamp_of_folder(path: str) -> tuple[int, ...]:
    files = [(os.path.relpath(file, path), _stamp_of_file(file)) for file in files_in(path)]
    # One number for all: a folder may have thousands of files, and keys travel.
    digest = hashlib.sha256(repr(files).encode("ascii", "backslashreplace")).digest()
    return (len(files), int.from_bytes(digest))


def _stamp_of_file(path: str) -> tuple[int, ...]:
    found = os.stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


Share = Callable[[TextKey, Callable[[], TextDataset], Progress | None], TextDataset]
"""Returns the dataset of a key, from whoever has read it; else reads it with the given function.

The progress is told, and asked whether to give up, where somebody else must be waited for.
"""


def read_alone(
    key: TextKey, read: Callable[[], TextDataset], progress: Progress | None
) -> TextDataset:
    """Read a text without asking anybody: a `Share`."""
    return read()


@dataclass(frozen=True, slots=True)
class Reading:
    """What goes along with reading a source.

    Attributes
    ----------
    progress
        Told how it comes along; may raise to give it up.
    share
        Knows who has read a text already.
    """

    progress: Progress | None = None
    share: Share = read_alone


ALONE = Reading()
"""Nobody is told anything, and nobody is asked."""
