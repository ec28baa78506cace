"""Names that are too long to stand where they belong, cut so that they are still told apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

_CUT = "…"
_LEAST_HEAD = 6
"""Fewer letters of a name's beginning say nothing."""


def short_names(names: Sequence[str], most: float, metrics: QFontMetricsF) -> list[str]:
    """Return names that are no wider than `most` pixels, in the type of `metrics`.

    One that fits stays whole. Of the others, the words with which all names begin go first, from
    their end on, for they tell nothing apart; then the middle. Where that leaves the same of
    several names, they are cut among themselves.
    """
    return _cut(names, 0, most, metrics)


def _cut(names: Sequence[str], gone: int, most: float, metrics: QFontMetricsF) -> list[str]:
    """Cut names of which so many letters have to go, and more if they have more in common."""
    common = max(gone, _letters_in_common(names))
    short = [_cut_one(name, common, most, metrics) for name in names]
    if common == gone and gone:
        return short
    for said in set(short):
        alike = [place for place, one in enumerate(short) if one == said]
        if len({names[place] for place in alike}) > 1:
            anew = _cut([names[place] for place in alike], common or 1, most, metrics)
            for place, name in zip(alike, anew, strict=True):
                short[place] = name
    return short


def _cut_one(name: str, gone: int, most: float, metrics: QFontMetricsF) -> str:
    if metrics.horizontalAdvance(name) <= most:
        return name
    rest = name
    if gone > 1:
        tail = name[gone:]
        room = most - metrics.horizontalAdvance(tail)
        head = metrics.elidedText(name[:gone], Qt.TextElideMode.ElideRight, room)
        rest = (head if len(head) > _LEAST_HEAD else _CUT) + tail
    return metrics.elidedText(rest, Qt.TextElideMode.ElideMiddle, most)


def _letters_in_common(names: Sequence[str]) -> int:
    """Return how many letters the whole words take with which all of several names begin."""
    if len(set(names)) < 2:
        return 0
    first, last = min(names), max(names)
    letters = next(
        (i for i, (one, other) in enumerate(zip(first, last, strict=False)) if one != other),
        min(len(first), len(last)),
    )
    return first.rfind(" ", 0, letters) + 1
