"""Whole objects as bytes, of which those kept one after the other share what is equal in them."""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass
from itertools import zip_longest

from rnnviz.training.past.spare_file import Place, SpareFile

_PROTOCOL = 5
_BLOCK = 2048
"""Bytes a piece of an array that grows at its end: small beside it, large beside its own cost."""


class Piece:
    """Bytes that are never written to: in memory, or in a file."""

    __slots__ = ("_held", "length")

    def __init__(self, held: bytes) -> None:
        self._held: bytes | Place = held
        self.length = len(held)

    @property
    def content(self) -> bytes:
        """The bytes, wherever they are; `OSError` if they are in a file that cannot be read."""
        return self._held if isinstance(self._held, bytes) else self._held.read()

    @property
    def num_bytes(self) -> int:
        """What it takes of the memory."""
        return sys.getsizeof(self) + sys.getsizeof(self._held)

    def put_into(self, file: SpareFile) -> int | None:
        """Lie in a file from now on; return what that frees of the memory, None if it is full."""
        before = self.num_bytes
        if isinstance(self._held, bytes):
            place = file.put(self._held)
            if place is None:
                return None
            self._held = place
        return before - self.num_bytes


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """An object, pickled, with its arrays cut where they may have something in common with others.

    An array that begins as it did before has grown at its end, and is cut into blocks, of which
    all but the last few are the same. One that does not has changed as a whole, and stays whole.

    Attributes
    ----------
    buffers
        The pieces of the pickle, and those of each of its arrays.
    """

    buffers: tuple[tuple[Piece, ...], ...]

    @classmethod
    def of(cls, thing: object, before: Pieces | None) -> Pieces:
        """Return an object as pieces; one that equals its like in `before` is that very object."""
        large: list[memoryview] = []

        def is_small(buffer: pickle.PickleBuffer) -> bool:
            view = buffer.raw()
            if view.nbytes < _BLOCK:
                return True  # it stays within the pickle
            large.append(view)
            return False

        pickled = pickle.dumps(thing, _PROTOCOL, buffer_callback=is_small)
        views = [memoryview(pickled), *large]
        known = before.buffers if before is not None else ()
        buffers = []
        for index, view in enumerate(views):
            olds = known[index] if index < len(known) else ()
            # The arrays may be others than before: then they hardly begin the same.
            buffers.append(_cut(view, olds))
        return cls(tuple(buffers))

    def made_again(self) -> object:
        """Return the object once more, which has nothing in common with what is kept.

        Raises
        ------
        OSError
            If some of it is in a file that cannot be read.
        """
        pickled, *arrays = (
            bytearray().join(piece.content for piece in pieces) for pieces in self.buffers
        )
        # Out of an array of bytes that can be written to, numpy makes one that can be, too.
        made: object = pickle.loads(pickled, buffers=arrays)
        return made

    @property
    def length(self) -> int:
        """Bytes of all of it, where nothing is shared."""
        return sum(piece.length for pieces in self.buffers for piece in pieces)

    def put_into(self, file: SpareFile) -> tuple[int, bool]:
        """Lie in a file from now on; return what that freed of the memory, and whether all does."""
        freed = 0
        for pieces in self.buffers:
            for piece in pieces:
                more = piece.put_into(file)
                if more is None:
                    return freed, False
                freed += more
        return freed, True

    def num_bytes_beside(self, one: Pieces | None = None, other: Pieces | None = None) -> int:
        """Return what it takes of the memory beside two others, which are kept in any case."""
        taken = 0
        for index, pieces in enumerate(self.buffers):
            likes = zip_longest(pieces, _buffer(one, index), _buffer(other, index))
            taken += sys.getsizeof(pieces)
            taken += sum(
                piece.num_bytes
                for piece, its, theirs in likes
                if piece is not its and piece is not theirs and piece is not None
            )
        return taken


def _cut(view: memoryview, olds: tuple[Piece, ...]) -> tuple[Piece, ...]:
    first = olds[0].content[:_BLOCK] if olds else b""
    if not first or view[: len(first)] != first:
        return (Piece(bytes(view)),)
    blocks = [bytes(view[at : at + _BLOCK]) for at in range(0, len(view), _BLOCK)]
    pieces = [
        old if old.length == len(block) and old.content == block else Piece(block)
        for old, block in zip(olds, blocks, strict=False)
    ]
    return (*pieces, *map(Piece, blocks[len(pieces) :]))


def _buffer(pieces: Pieces | None, index: int) -> tuple[Piece, ...]:
    return pieces.buffers[index] if pieces is not None and index < len(pieces.buffers) else ()
