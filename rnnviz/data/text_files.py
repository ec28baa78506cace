"""Text files of any encoding that can be told, read in pieces.

An encoding is told in this order: by the mark at the file's beginning; UTF-16 by the zero bytes
that it leaves at every other place; UTF-8, because other text is hardly ever valid UTF-8; and
Latin-1, in which every byte means something, as the last resort.
"""

import codecs
import os
import stat
from io import IncrementalNewlineDecoder
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rnnviz.data.characters import code_points, readable
from rnnviz.data.corpus import Corpus
from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress, share_of

_PIECE_BYTES = 1 << 22
_SAMPLE_BYTES = 1 << 16

# The mark of UTF-32-LE begins with that of UTF-16-LE, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)

# Everything below the space that text does not use, then DEL; and the upper control characters,
# which stand in Latin-1 where Windows has its curly quotes, so a few of them are text.
_CONTROLS = frozenset(range(0x20)) - frozenset(map(ord, "\b\t\n\v\f\r\x1b")) | {0x7F}
_UPPER_CONTROLS = range(0x80, 0xA0)
_CONTROL_SHARE = 0.02
_UPPER_CONTROL_SHARE = 0.1
_WEIRD = np.array([code in _CONTROLS for code in range(0xA1)])
_UPPER_WEIRD = np.array([code in _UPPER_CONTROLS for code in range(0xA1)])


class _WrongEncodingError(Exception):
    """The bytes are not valid in the encoding that was tried."""


def read_text_file(path: str | os.PathLike[str], progress: Progress | None = None) -> Corpus:
    r"""Return the text of a file, with `\r\n` and `\r` as `\n`.

    Parameters
    ----------
    path
        A regular file in UTF-8 or UTF-16 (each with or without a mark), UTF-32 with a mark, or
        Latin-1.
    progress
        Told of each piece that is read; what it raises ends the reading.

    Returns
    -------
    Corpus
        Named after the file; its notices say when the encoding was a guess.

    Raises
    ------
    DataError
        If the file cannot be read, is no text, is empty, or has one distinct character only.
    """
    # What the person knows the file by; a line end in a name would break the sentence in two.
    name = "".join(c if c.isprintable() else "?" for c in Path(path).name or os.fspath(path))
    try:
        text, notices = _read(Path(path), name, progress)
    except FileNotFoundError as error:
        raise DataError(f"There is no file {name}.") from error
    except PermissionError as error:
        raise DataError(f"You have no permission to read {name}.") from error
    except MemoryError as error:
        raise DataError(f"{name} is too large for this computer's memory.") from error
    except OSError as error:
        reason = error.strerror or "unknown error"
        raise DataError(f"{name} cannot be read ({reason}).") from error
    except ValueError as error:
        # A null character inside the path.
        raise DataError(f"There is no file {name}.") from error
    if not text:
        raise DataError(f"{name} is empty.")
    # In nearly every text the first characters settle it.
    if text[1:1000].strip(text[0]) == "" and text.count(text[0]) == len(text):
        raise DataError(
            f"{name} has one distinct character only, {readable(text[0])}: "
            "there is nothing to predict."
        )
    return Corpus(name, name, text, None, notices)


def _read(path: Path, name: str, progress: Progress | None) -> tuple[str, tuple[str, ...]]:
    """Return the text and the notices; errors of the operating system pass through."""
    # A pipe or a device would block or never end, so the kind is asked before the file is opened.
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise DataError(f"{name} is a folder, not a text file.")
    if not stat.S_ISREG(mode):
        raise DataError(f"{name} is not a regular file.")
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        for mark, encoding, spoken in _MARKS:
            if head.startswith(mark):
                try:
                    return _decode(file, name, encoding, len(mark), progress), ()
                except _WrongEncodingError as error:
                    if encoding == "utf-8":
                        break
                    message = f"{name} begins with the mark of {spoken} but is damaged."
                    raise DataError(message) from error
        wide = _wide_encoding(head)
        if wide is not None:
            try:
                text = _decode(file, name, wide, 0, progress)
            except _WrongEncodingError as error:
                raise DataError(_binary_sentence(name)) from error
            return text, (f"{name} has no encoding mark; it was read as UTF-16.",)
        try:
            return _decode(file, name, "utf-8", 0, progress), ()
        except _WrongEncodingError:
            # The progress goes on from where UTF-8 broke off, not back to the beginning.
            rest = share_of(progress, file.tell() / max(os.fstat(file.fileno()).st_size, 1), 1.0)
            text = _decode(file, name, "latin-1", 0, rest)
            return text, (f"{name} is not UTF-8; it was read as Latin-1.",)


def _decode(
    file: BinaryIO, name: str, encoding: str, first_byte: int, progress: Progress | None
) -> str:
    """Return the file's text from `first_byte` on, or raise `_WrongEncodingError`."""
    # It holds back half a character, and a carriage return, until the next piece comes.
    decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    size = max(os.fstat(file.fileno()).st_size, 1)
    parts: list[str] = []
    file.seek(first_byte)
    while True:
        if progress is not None:
            progress(min(file.tell() / size, 1.0), f"Reading {name}")
        raw = file.read(_PIECE_BYTES)
        try:
            part = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise _WrongEncodingError from error
        if "\0" in part or (len(parts) == 0 and _is_binary(part)):
            raise DataError(_binary_sentence(name))
        parts.append(part)
        if not raw:
            return "".join(parts)


def _wide_encoding(head: bytes) -> str | None:
    """Return the UTF-16 that an unmarked file seems to be in, or None.

    In text of any language spaces, digits and line ends have a zero byte in UTF-16, always at
    the same side of the pair. One side must therefore have zeros and the other none, or next to
    none: a few characters, such as U+0100, end in a zero byte themselves.
    """
    data = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8)
    zeros_first = int(np.count_nonzero(data[::2] == 0))
    zeros_second = int(np.count_nonzero(data[1::2] == 0))
    encoding, zeros, stray = "utf-16-le", zeros_second, zeros_first
    if zeros_first > zeros_second:
        encoding, zeros, stray = "utf-16-be", zeros_first, zeros_second
    if zeros < 0.01 * data.size / 2 or stray > 0.05 * zeros:
        return None
    # Numbers in a binary file have zeros in turn as well; only text is text when it is decoded.
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    strange = sum(not (c.isprintable() or c.isspace()) or c == "\ufffd" for c in text)
    return encoding if strange <= _CONTROL_SHARE * len(text) else None


def _is_binary(text: str) -> bool:
    """Tell whether `text`, the file's first piece, has more control characters than text has."""
    codes = np.minimum(code_points(text), 0xA0)
    return bool(
        np.count_nonzero(_WEIRD[codes]) > _CONTROL_SHARE * codes.size
        or np.count_nonzero(_UPPER_WEIRD[codes]) > _UPPER_CONTROL_SHARE * codes.size
    )


def _binary_sentence(name: str) -> str:
    return f"{name} is a binary file, not a text."
