"""Text files of any encoding that can be told or is chosen, read in pieces.

An encoding is told in this order: by the mark at the file's beginning; UTF-16 by its spaces,
which have a zero byte there; and all others by `rnnviz.data.text.encodings`. Broken bytes are
marked, counted and shown: whatever was read, a person sees at once whether it was read rightly.
"""

import codecs
import os
import stat
from io import IncrementalNewlineDecoder
from pathlib import Path
from typing import IO

import numpy as np

from rnnviz.data.errors import DataError
from rnnviz.data.files import readable_name, refusal_to_read
from rnnviz.data.progress import Progress, share_of
from rnnviz.data.text.archives import unpacked
from rnnviz.data.text.characters import code_points
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.encodings import AUTOMATIC, ENCODINGS, Evidence
from rnnviz.data.text.inspection import Inspection
from rnnviz.data.wording import readable

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

# Everything below the space that text does not use, and DEL. The upper control characters are no
# sign of a binary file: they stand where many old encodings have their letters.
_CONTROLS = frozenset(range(0x20)) - frozenset(map(ord, "\b\t\n\v\f\r\x1b")) | {0x7F}
_IS_CONTROL = np.array([code in _CONTROLS for code in range(0x81)])
_STRANGE_SHARE = 0.02
"""Text has fewer strange characters than this."""


class _WrongEncodingError(Exception):
    """The bytes are not valid in the encoding that was tried."""


def read_text_file(
    path: str | os.PathLike[str], progress: Progress | None = None, encoding: str = AUTOMATIC
) -> Corpus:
    r"""Return the text of a file, with `\r\n` and `\r` as `\n`.

    Parameters
    ----------
    path
        A regular file in UTF-32 with a mark, or in one of `ENCODINGS`; or one of these compressed
        by gzip, bzip2 or xz, whatever it is called.
    progress
        Told of each piece that is read; what it raises ends the reading.
    encoding
        A name of `ENCODINGS`, or `AUTOMATIC` to have it told.

    Returns
    -------
    Corpus
        Named after the file; its notices say when the encoding was a guess or a choice, with a
        sample, and how many bytes mean nothing in it.

    Raises
    ------
    DataError
        If the file cannot be read, is no text, is empty, or has one distinct character only.
    """
    return corpus_of(readable_name(path), *text_of_file(path, progress, encoding))


def text_of_file(
    path: str | os.PathLike[str], progress: Progress | None, encoding: str
) -> tuple[str, tuple[str, ...]]:
    """Return a file's text, which is not empty, and notices; all else as in `read_text_file`."""
    name = readable_name(path)
    try:
        text, notices = _read(Path(path), name, progress, encoding)
    except (OSError, MemoryError, ValueError) as error:
        raise DataError(refusal_to_read(name, error)) from error
    if not text:
        raise DataError(f"{name} is empty.")
    return text, notices


def corpus_of(
    name: str, text: str, notices: tuple[str, ...], bounds: tuple[int, ...] = ()
) -> Corpus:
    """Return what was read, called `name`; refuse what has one distinct character only."""
    # In nearly every text the first characters settle it.
    if text[1:1000].strip(text[0]) == "" and text.count(text[0]) == len(text):
        raise DataError(
            f"{name} has one distinct character only, {readable(text[0])}: "
            "there is nothing to predict."
        )
    return Corpus(name, name, text, None, notices, bounds)


def _read(
    path: Path, name: str, progress: Progress | None, encoding: str
) -> tuple[str, tuple[str, ...]]:
    """Return the text and the notices; errors of the operating system pass through."""
    # A pipe or a device would block or never end, so the kind is asked before the file is opened.
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise DataError(f"{name} is a folder, not a text file.")
    if not stat.S_ISREG(mode):
        raise DataError(f"{name} is not a regular file.")
    with path.open("rb") as file:
        packed = unpacked(file, name, share_of(progress, 0.0, 0.5))
        if packed is None:
            return _read_unpacked(file, name, progress, encoding)
        with packed:
            return _read_unpacked(packed, name, share_of(progress, 0.5, 1.0), encoding)


def _read_unpacked(
    file: IO[bytes], name: str, progress: Progress | None, encoding: str
) -> tuple[str, tuple[str, ...]]:
    if encoding == AUTOMATIC:
        return _read_as_told(file, name, progress)
    return _read_as_chosen(file, name, progress, encoding)


def _read_as_told(
    file: IO[bytes], name: str, progress: Progress | None
) -> tuple[str, tuple[str, ...]]:
    """Tell the encoding, and read the text in it."""
    head = file.read(_SAMPLE_BYTES)
    first_byte = 0
    for mark, codec, spoken in _MARKS:
        if not head.startswith(mark):
            continue
        first_byte = len(mark)
        if codec == "utf-8":
            break
        try:
            return _decode(file, name, codec, first_byte, progress, Inspection()), ()
        except _WrongEncodingError as error:
            message = f"{name} begins with the mark of {spoken} but is damaged."
            raise DataError(message) from error
    inspection = Inspection()
    wide = None if first_byte else _wide_encoding(head)
    if wide is not None:
        try:
            text = _decode(file, name, wide, 0, progress, inspection)
        except _WrongEncodingError as error:
            raise DataError(_binary_sentence(name)) from error
        return text, (inspection.sampled(f"{name} has no encoding mark; it was read as UTF-16"),)
    try:
        return _decode(file, name, "utf-8", first_byte, progress, inspection), ()
    except _WrongEncodingError:
        # The progress goes on from where UTF-8 broke off, not back to the beginning.
        rest = share_of(progress, file.tell() / _size(file), 1.0)
    encoding = _told(file, name, share_of(rest, 0.0, 0.5))
    told, inspection, last = ENCODINGS[encoding], Inspection(marks=True), share_of(rest, 0.5, 1.0)
    if encoding == "utf-8":
        text = _decode(file, name, told.codec, first_byte, last, inspection)
        return text, inspection.damage(name)
    text = _decode(file, name, told.codec, 0, last, inspection)
    guess = inspection.sampled(f"{name} is not UTF-8; it was read as {told.title}")
    return text, (f"{guess} Should that look wrong, choose its encoding.", *inspection.damage(name))


def _read_as_chosen(
    file: IO[bytes], name: str, progress: Progress | None, encoding: str
) -> tuple[str, tuple[str, ...]]:
    """Read the text in the encoding that the person knows it to be in."""
    head = file.read(_SAMPLE_BYTES)
    title, codec = ENCODINGS[encoding].title, ENCODINGS[encoding].codec
    is_wide, first_byte = encoding == "utf-16", 0
    if is_wide:
        codec = _wide_encoding(head) or "utf-16-le"
    for mark, marked, spoken in _MARKS:
        if spoken == title and head.startswith(mark):
            first_byte, codec = len(mark), marked
    inspection = Inspection(marks=not is_wide)
    try:
        text = _decode(file, name, codec, first_byte, progress, inspection)
    except _WrongEncodingError as error:
        raise DataError(f"{name} is not {title}. Choose another encoding.") from error
    is_certain = inspection.is_ascii or (encoding == "utf-8" and not inspection.broken)
    said = () if is_certain else (inspection.sampled(f"{name} was read as {title}, as chosen"),)
    return text, (*said, *inspection.damage(name))


def _told(file: IO[bytes], name: str, progress: Progress | None) -> str:
    """Return the name of the encoding of a file that is not valid UTF-8."""
    evidence, size = Evidence(), _size(file)
    file.seek(0)
    while True:
        if progress is not None:
            progress(min(file.tell() / size, 1.0), f"Telling the encoding of {name}")
        raw = file.read(_PIECE_BYTES)
        evidence.take(raw)
        if not raw:
            return evidence.encoding


def _decode(
    file: IO[bytes],
    name: str,
    codec: str,
    first_byte: int,
    progress: Progress | None,
    inspection: Inspection,
) -> str:
    """Return the file's text from `first_byte` on.

    Where broken bytes are not to be marked, they raise `_WrongEncodingError`.
    """
    # It holds back half a character, and a carriage return, until the next piece comes.
    by_piece = codecs.getincrementaldecoder(codec)(inspection.errors)
    decoder = IncrementalNewlineDecoder(by_piece, translate=True)
    size = _size(file)
    parts: list[str] = []
    file.seek(first_byte)
    while True:
        if progress is not None:
            progress(min(file.tell() / size, 1.0), f"Reading {name}")
        raw = file.read(_PIECE_BYTES)
        try:
            part = inspection.marked(decoder.decode(raw, final=not raw))
        except UnicodeDecodeError as error:
            raise _WrongEncodingError from error
        if "\0" in part or (len(parts) == 0 and _is_binary(part)):
            raise DataError(_binary_sentence(name))
        parts.append(part)
        if not raw:
            return "".join(parts)


def _size(file: IO[bytes]) -> int:
    """Return how many bytes a file has, for dividing by."""
    return max(os.fstat(file.fileno()).st_size, 1)


def _wide_encoding(head: bytes) -> str | None:
    """Return the UTF-16 that an unmarked file seems to be in, or None.

    In text of any language spaces, digits and line ends have a zero byte in UTF-16. Read the
    wrong way round they become rare characters or none, so the reading with more spaces is right;
    of two without any, the one with more ASCII.
    """
    if b"\0" not in head:
        return None
    best, best_score = None, (0, 0)
    for encoding in ("utf-16-le", "utf-16-be"):
        text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
        strange = sum(not (c.isprintable() or c.isspace()) or c == "\ufffd" for c in text)
        if strange > _STRANGE_SHARE * len(text):
            continue
        score = (sum(map(text.count, " \t\r\n")), sum(map(str.isascii, text)))
        if score > best_score:
            best, best_score = encoding, score
    return best


def _is_binary(text: str) -> bool:
    """Tell whether `text`, the file's first piece, has more control characters than text has."""
    codes = np.minimum(code_points(text), 0x80)
    return bool(np.count_nonzero(_IS_CONTROL[codes]) > _STRANGE_SHARE * codes.size)


def _binary_sentence(name: str) -> str:
    return f"{name} is a binary file, not a text."
