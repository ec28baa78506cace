"""Where this program's folders lie, and folders that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from rnnviz.data.files import reason
from rnnviz.storage.errors import StorageError


def users_folder(variable: str, usual: Path) -> Path:
    """Return the folder that the environment names in a variable, or else the usual one."""
    named = os.environ.get(variable)
    return Path(named) if named else usual


class NewFolder:
    """A folder that is filled under a hidden name, and has its own once it is complete.

    Nothing that is there is ever replaced: where there is something of its name, it gets a number.

    Parameters
    ----------
    parent
        The folder in which it is to be.
    name
        What it is to be called.

    Attributes
    ----------
    path
        Where its files are written; after `complete`, where they are.

    Raises
    ------
    StorageError
        If there can be no folder in `parent`.
    """

    def __init__(self, parent: Path, name: str) -> None:
        self._parent = parent
        self._name = name
        # Beside its place, for it to be renamed.
        self.path = parent / f".rnnviz-{secrets.token_hex(8)}.tmp"
        with self._sentences():
            if not parent.is_dir():
                raise StorageError(f"There is no folder {parent}.")
            self.path.mkdir()

    def complete(self) -> None:
        """Give it its name.

        Raises
        ------
        StorageError
            If that cannot be done; it is gone then.
        """
        with self._sentences():
            names = (self._name if n == 1 else f"{self._name}-{n}" for n in count(1))
            place = next(p for name in names if not os.path.lexists(p := self._parent / name))
            # Had somebody made a file or a full folder of that name since, this would be refused.
            self.path.rename(place)
            self.path = place

    def discard(self) -> None:
        """Have nothing be left of it."""
        shutil.rmtree(self.path, ignore_errors=True)

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            self.discard()
            # A ValueError is a null character in the name.
            why = reason(error) if isinstance(error, OSError) else "that is not a folder's name"
            raise StorageError(f"Nothing can be written into {self._parent}: {why}.") from error
