"""A person's own text: a file, or a folder of texts, each of which stays a text by itself.

All files in a folder and its subfolders are read, but for hidden ones, in the order in which people
count: `2.txt` before `10.txt`. Each is read as it would be alone, its encoding told by itself. What
is no text is left out, and that is said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from rnnviz.data.errors import DataError
from rnnviz.data.files import readable_name, refusal_to_read
from rnnviz.data.progress import Progress, share_of
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.encodings import AUTOMATIC
from rnnviz.data.text.files import corpus_of, read_text_file, text_of_file

MOST_FILES = 10_000
"""More than this is no folder of texts, but somebody's disk."""
LARGEST_BYTES = 1 << 30
"""More than this, compressed or not, is no folder of texts either."""
_SHOWN = 3
_NUMBER = re.compile("([0-9]+)")


def read_text(
    path: str | os.PathLike[str], progress: Progress | None = None, encoding: str = AUTOMATIC
) -> Corpus:
    """Return the text of a file, as `read_text_file` does, or the texts of a folder.

    Of several texts, each ends with a line end, so that no word is of two; the corpus says where
    each begins.

    Raises
    ------
    DataError
        As `read_text_file` does; or where a folder has no text, or too much.
    """
    if os.path.isdir(path):
        return _read_folder(os.fspath(path), progress, encoding)
    return read_text_file(path, progress, encoding)


def files_in(folder: str) -> list[str]:
    """Return the paths of the files of a folder that are read, in order.

    Raises
    ------
    DataError
        If they are too many.
    OSError
        If it cannot be listed.
    """
    found: list[str] = []
    for path in _walked(folder):
        found.append(path)
        if len(found) > MOST_FILES:
            raise DataError(_too_much_sentence(readable_name(folder), f"{MOST_FILES:,} files"))
    return sorted(found, key=lambda path: _as_counted(os.path.relpath(path, folder)))


def _walked(folder: str) -> Iterator[str]:
    """Yield the files in a folder that are not hidden; a link to a folder may lead in a circle."""
    for home, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(home, name) for name in names if not name.startswith("."))


def _refuse(error: OSError) -> None:
    raise error


def _as_counted(path: str) -> tuple[list[list[str | int]], str]:
    """Return what to sort by: the numbers in each name by their values, small letters as large."""
    parts = path.casefold().split(os.sep)
    # Every other piece is a number, so that likes are compared.
    numbered: list[list[str | int]] = [
        [int(piece) if piece[:1].isdecimal() else piece for piece in _NUMBER.split(part)]
        for part in parts
    ]
    return numbered, path


def _read_folder(folder: str, progress: Progress | None, encoding: str) -> Corpus:
    name = readable_name(os.path.abspath(folder))
    try:
        files = files_in(folder)
        sizes = [os.path.getsize(file) for file in files]
    except (OSError, ValueError) as error:
        raise DataError(refusal_to_read(name, error)) from error
    whole = max(sum(sizes), 1)
    if whole > LARGEST_BYTES:
        raise DataError(_too_much_sentence(name, f"{LARGEST_BYTES >> 30} GB"))
    texts: list[str] = []
    length = 0
    names: list[str] = []
    remarks: list[str] = []
    left_out: list[str] = []
    for file, size, end in zip(files, sizes, accumulate(sizes), strict=True):
        share = share_of(progress, (end - size) / whole, end / whole)
        try:
            text, said = text_of_file(file, share, encoding)
        except DataError as error:
            left_out.append(str(error))
            continue
        texts.append(text)
        length += len(text)
        if length > LARGEST_BYTES:
            raise DataError(_too_much_sentence(name, f"{LARGEST_BYTES >> 30} GB"))
        names.append(readable_name(file))
        remarks.extend(said)
    if not texts:
        raise DataError(_nothing_sentence(name, left_out))
    # No word is to be of two texts.
    texts[:-1] = [text if text.endswith("\n") else f"{text}\n" for text in texts[:-1]]
    bounds = tuple(accumulate(map(len, texts[:-1])))
    notices = (
        *_order(name, names),
        *_left_out(name, len(files), left_out),
        *_first(remarks, f"of the texts in {name}"),
    )
    return corpus_of(name, "".join(texts), notices, bounds)


def _order(name: str, names: Sequence[str]) -> tuple[str, ...]:
    if len(names) == 1:
        return ()
    shown = ", ".join(names[:_SHOWN])
    more = f", … {names[-1]}" if len(names) > _SHOWN else ""
    return (f"{name} has {len(names):,} texts, read one after the other: {shown}{more}.",)


def _left_out(name: str, count: int, reasons: Sequence[str]) -> tuple[str, ...]:
    if not reasons:
        return ()
    were = "was" if len(reasons) == 1 else "were"
    first = " ".join(reasons[:_SHOWN])
    more = f" And {len(reasons) - _SHOWN:,} more." if len(reasons) > _SHOWN else ""
    return (f"{len(reasons):,} of the {count:,} files in {name} {were} left out. {first}{more}",)


def _first(remarks: Sequence[str], whose: str) -> tuple[str, ...]:
    """Return the first of many sentences, and how many more there are."""
    more = len(remarks) - _SHOWN
    rest = (f"There are {more:,} more remarks like these {whose}.",) if more > 0 else ()
    return (*remarks[:_SHOWN], *rest)


def _too_much_sentence(name: str, what: str) -> str:
    return f"{name} has more than {what}: choose a folder that has only the texts to learn from."


def _nothing_sentence(name: str, reasons: Sequence[str]) -> str:
    if not reasons:
        return f"There is no text in {name}: the folder has no file."
    more = len(reasons) - 1
    others = f" So it is with {more:,} more." if more else ""
    return f"There is no text in {name}: {reasons[0]}{others}"
