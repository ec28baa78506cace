"""What goes wrong with files, in sentences."""

from __future__ import annotations

import errno
import os

from rnnviz.core.errors import RnnvizError


class StorageError(RnnvizError):
    """A file that cannot be read or written; the message is one sentence that names it."""


class DamageError(Exception):
    """What is wrong inside a model file, as the end of a sentence: "the header is not JSON"."""


_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "the disk does not hold files that large",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "you have no permission",
    errno.EPERM: "you have no permission",
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "its folder is not a folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EIO: "the disk has failed",
}


def readable_name(path: str | os.PathLike[str]) -> str:
    """Return what a person knows a file by: its name, with nothing that could break a line."""
    text = os.fspath(path)
    name = os.path.basename(text) or text
    return "".join(c if c.isprintable() else "?" for c in name) or "The file"


def reason(error: OSError) -> str:
    """Return why the operating system refused, as the end of a sentence."""
    known = _REASONS.get(error.errno) if error.errno is not None else None
    if known is not None:
        return known
    told = (error.strerror or "unknown reason").rstrip(".")
    return told[:1].lower() + told[1:]
