"""What goes wrong with files, in sentences."""

from __future__ import annotations

from rnnviz.core.errors import RnnvizError


class StorageError(RnnvizError):
    """A file that cannot be read or written; the message is one sentence that names it."""


class DamageError(Exception):
    """What is wrong inside a model file, as the end of a sentence: "the header is not JSON"."""
