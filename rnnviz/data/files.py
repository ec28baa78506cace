"""Files in words for a person: what they are called, and why they cannot be read or written."""

import errno
import os

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


def refusal_to_read(name: str, error: OSError | MemoryError | ValueError) -> str:
    """Return why the file that a person knows as `name` cannot be read, as a sentence."""
    match error:
        case PermissionError():
            return f"You have no permission to read {name}."
        case OSError() if not isinstance(error, FileNotFoundError):
            return f"{name} cannot be read: {reason(error)}."
        case MemoryError():
            return f"{name} is too large for this computer's memory."
    # A ValueError is a null character inside the path.
    return f"There is no file {name}."
