"""Compressed texts: unpacked into a file without a name, from which they are read as any other."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tempfile
import zlib
from collections.abc import Callable
from typing import IO

from rnnviz.data.errors import DataError
from rnnviz.data.progress import Progress

_Packed = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
_KINDS: tuple[tuple[bytes, Callable[[IO[bytes]], _Packed]], ...] = (
    (b"\x1f\x8b\x08", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\0", lzma.LZMAFile),
)
"""How a file of each kind begins, and what reads it."""

_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")
"""How the first block of bzip2 begins, and how none does: texts, too, may begin with BZh."""

_PIECE_BYTES = 1 << 20
_ALWAYS_ROOM = 50_000_000
_LARGEST_RATIO = 200
"""A text that repeats itself shrinks to a hundredth; a bomb to a thousandth, or far less."""
_MOST_BYTES = 4_000_000_000
_MOST_MEMORY = 150_000_000
"""Bytes that unpacking may need: twice what `xz -9` asks for."""


def unpacked(file: IO[bytes], name: str, progress: Progress | None) -> IO[bytes] | None:
    """Return what is in a file compressed by gzip, bzip2 or xz; None if it is not compressed.

    Parameters
    ----------
    file
        Read from its beginning; it is back there where None is returned.
    name
        What a person knows it by.
    progress
        Told of each piece.

    Raises
    ------
    DataError
        If it is damaged, or would become so much larger than it is as no text does.
    OSError
        If it cannot be read, or what is in it has no room on the disk.
    """
    head = file.read(_PIECE_BYTES // 16)
    file.seek(0)
    opener = next((opener for begins, opener in _KINDS if head.startswith(begins)), None)
    if opener is None or (opener is bz2.BZ2File and head[4:10] not in _BLOCKS):
        return None
    size = max(1, os.fstat(file.fileno()).st_size)
    room = min(_MOST_BYTES, max(_ALWAYS_ROOM, _LARGEST_RATIO * size))
    unnamed = tempfile.TemporaryFile()  # noqa: SIM115 - it is handed on
    try:
        if opener is lzma.LZMAFile:
            lzma.LZMADecompressor(memlimit=_MOST_MEMORY).decompress(head, max_length=1)
        with opener(file) as packed:
            while piece := packed.read(_PIECE_BYTES):
                unnamed.write(piece)
                done = unnamed.tell()
                # What is to come is foreseen: a large bomb would take long to burst.
                if (
                    done > min(room, _ALWAYS_ROOM)
                    and max(done, done * size / max(1, file.tell())) > room
                ):
                    raise DataError(
                        f"{name} is not opened: unpacked, it would take more than "
                        f"{room // 1_000_000:,} MB, which is more than any text of its size does."
                    )
                if progress is not None:
                    progress(min(1.0, file.tell() / size), f"Unpacking {name}")
    except BaseException as error:
        unnamed.close()
        is_damage = isinstance(error, (EOFError, zlib.error, lzma.LZMAError)) or (
            # Of the disk's errors, the system tells a number.
            isinstance(error, OSError) and error.errno is None
        )
        if is_damage:
            raise DataError(f"{name} is damaged: it cannot be unpacked.") from error
        raise
    unnamed.seek(0)
    return unnamed


def unpacked_name(name: str) -> str:
    """Return what a file of this name is usually called once it is unpacked."""
    stem, suffix = os.path.splitext(name)
    return stem if suffix.lower() in {".gz", ".bz2", ".xz"} else name
