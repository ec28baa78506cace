"""Whole objects as bytes, of which those kept one after the other share what is equal in them."""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass
from itertools import zip_longest

_PROTOCOL = 5
_BLOCK = 2048
"""Bytes a block: small beside an array that grows at its end, large beside what a block costs."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """An object, pickled, with its arrays cut into blocks.

    Attributes
    ----------
    buffers
        The blocks of the pickle, and those of each of its arrays. They are never written to.
    """

    buffers: tuple[tuple[bytes, ...], ...]

    @classmethod
    def of(cls, thing: object, before: Blocks | None) -> Blocks:
        """Return an object as blocks; one that equals its like in `before` is that very object."""
        raw: list[pickle.PickleBuffer] = []
        pickled = pickle.dumps(thing, _PROTOCOL, buffer_callback=raw.append)
        views = [memoryview(pickled), *(buffer.raw() for buffer in raw)]
        known = before.buffers if before is not None else ()
        buffers = []
        for index, view in enumerate(views):
            blocks = [bytes(view[at : at + _BLOCK]) for at in range(0, len(view), _BLOCK)]
            if index < len(known):
                # The arrays may be others than before: then hardly a block is the same.
                for place, (old, new) in enumerate(zip(known[index], blocks, strict=False)):
                    if old == new:
                        blocks[place] = old
            buffers.append(tuple(blocks))
        return cls(tuple(buffers))

    def made_again(self) -> object:
        """Return the object once more, which has nothing in common with what is kept."""
        pickled, *arrays = (bytearray().join(blocks) for blocks in self.buffers)
        # Out of an array of bytes that can be written to, numpy makes one that can be, too.
        made: object = pickle.loads(pickled, buffers=arrays)
        return made

    def num_bytes_beside(self, one: Blocks | None = None, other: Blocks | None = None) -> int:
        """Return what it takes of the memory beside two others, which are kept in any case."""
        taken = 0
        for index, blocks in enumerate(self.buffers):
            likes = zip_longest(blocks, _buffer(one, index), _buffer(other, index))
            taken += sys.getsizeof(blocks)
            taken += sum(
                sys.getsizeof(block)
                for block, its, theirs in likes
                if block is not its and block is not theirs and block is not None
            )
        return taken


def _buffer(blocks: Blocks | None, index: int) -> tuple[bytes, ...]:
    return blocks.buffers[index] if blocks is not None and index < len(blocks.buffers) else ()
