"""Text as grapheme clusters, what a reader takes for one character (UAX 29): é, 👩‍👩‍👧, क्षि."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.progress import Progress, pieces
from rnnviz.data.text.characters import CODE_POINT_LIMIT, code_points

_PIECE_LENGTH = 1 << 16
"""Characters that are cut at once: some 40 ms of work."""

LONGEST = 32
"""Characters of the longest cluster that is one token; longer ones are taken apart."""


def graphemes(text: str) -> list[str]:
    """Return the clusters of `text`, in order; in a row they are `text`."""
    return [cluster for piece in grapheme_pieces(text, None, "") for cluster in piece]


def grapheme_pieces(text: str, progress: Progress | None, doing: str) -> Iterator[str | list[str]]:
    """Yield the clusters of `text` in several parts, reporting before each and at the end.

    A part in which each character is a cluster is a string.
    """
    start = 0
    for piece in pieces(len(text), progress, doing, _PIECE_LENGTH):
        found: str | list[str] = text[start : piece.stop]
        assert isinstance(found, str)
        if not _is_plain(found):
            found = _clusters()(found)
        # The last one may go on in the next piece.
        if piece.stop < len(text) and len(found) > 1:
            start = piece.stop - len(found[-1])
            found = found[:-1]
        else:
            start = piece.stop
        yield _short_ones(found)


def _short_ones(found: str | list[str]) -> str | list[str]:
    if isinstance(found, str) or max(map(len, found), default=0) <= LONGEST:
        return found
    return [part for one in found for part in ((one,) if len(one) <= LONGEST else one)]


def _is_plain(text: str) -> bool:
    """Tell whether each character of `text` is a cluster for certain."""
    if text.isascii():
        return "\r" not in text
    return not bool(_joining()[code_points(text)].any())


@cache
def _clusters() -> Callable[[str], list[str]]:
    # Loading it takes a tenth of a second: only texts that need it pay.
    import regex

    find: Callable[[str], list[str]] = regex.compile(r"\X").findall
    return find


@cache
def _joining() -> NDArray[np.bool_]:
    """Return of every code point whether it may be in one cluster with another: (0x110000,)."""
    import regex

    kinds = ("CR", "Extend", "ZWJ", "SpacingMark", "Prepend", "Regional_Indicator", "L", "V", "T")
    # Of Hangul only the letters, not the syllables: two of these are never one cluster.
    pattern = regex.compile("[" + "".join(rf"\p{{GCB={kind}}}" for kind in kinds) + "]+")
    joining = np.zeros(CODE_POINT_LIMIT, np.bool_)
    for found in pattern.finditer("".join(map(chr, range(CODE_POINT_LIMIT)))):
        joining[found.start() : found.end()] = True
    return joining
