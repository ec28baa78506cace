"""Turns: what is drawn in which frame."""

from __future__ import annotations

from collections.abc import Iterable


class Turns:
    """Spreads what is out of date over the frames, each thing at its own pace.

    Turns are counted in frames and not in snapshots, which may be rare.
    """

    def __init__(self) -> None:
        self._frame = 0
        self._last: dict[str, int] = {}
        self._stale: set[str] = set()

    def next_frame(self) -> None:
        """Begin another frame."""
        self._frame += 1

    def outdate(self, names: Iterable[str]) -> None:
        """Have these drawn anew, each when its turn comes."""
        self._stale.update(names)

    def take(self, name: str, frames: int, number: int = 0, *, at_once: bool = False) -> bool:
        """Take a turn, if it has come; return whether to draw.

        Parameters
        ----------
        name
            What would be drawn.
        frames
            Its turn comes at every so many-th frame.
        number
            Things with different numbers have their turns in different frames.
        at_once
            Whether to draw what is out of date without waiting for its turn.
        """
        turn = (self._frame + number) // frames
        if name not in self._stale or (turn == self._last.get(name) and not at_once):
            return False
        self._stale.remove(name)
        self._last[name] = turn
        return True
