"""Files in words for a person: what they are called, and why they cannot be read or written."""

import errno
import os
import unicodedata

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

_LONGEST_NAME, _LONGEST_END = 80, 24
_MOST_MARKS = 4
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


def readable_name(path: str | os.PathLike[str]) -> str:
    """Return what a person knows a file by: its name, so that it can be read within a line.

    What is not seen, or turns the way around in which one reads, is a question mark; what joins
    the parts of an emoji or of a letter stays. Of marks on a letter no more than some are left, of
    a long name its beginning and its end.
    """
    text = os.fspath(path)
    name = os.path.basename(text) or text
    shown: list[str] = []
    marks = 0
    for c in name:
        marks = marks + 1 if unicodedata.combining(c) else 0
        joins = c in _JOINERS and bool(shown) and not shown[-1].isascii()
        if marks <= _MOST_MARKS:
            shown.append(c if c.isprintable() or joins else "?")
    if len(shown) > _LONGEST_NAME:
        shown = [*shown[: _LONGEST_NAME - _LONGEST_END - 1], "…", *shown[-_LONGEST_END:]]
    return "".join(shown) or "The file"


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
