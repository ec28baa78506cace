"""What of a session can be undone and done again, as the window is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rnnviz.training.configuration import Value

ChangeKind = Literal["setting", "reset", "new run"]


@dataclass(frozen=True, slots=True)
class Undoable:
    """One change that can be undone or done again, or was.

    Attributes
    ----------
    kind
        What: a setting, or another run in this one's place, by a reset or with other settings.
    name, value
        Which setting, and the value that comes back with it. Of a new run this is the one setting
        in which the two differ. Both are empty where there is no such setting, or several.
    """

    kind: ChangeKind
    name: str = ""
    value: Value = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was undone or done again last.

    Attributes
    ----------
    number
        How many times anything was so far: another number is another deed.
    change
        What came back.
    again
        Whether it was done again; else it was undone.
    """

    number: int
    change: Undoable
    again: bool


@dataclass(frozen=True, slots=True)
class PutAway:
    """A run that gave way to another one, and comes back when that is undone.

    Attributes
    ----------
    run_id
        As in its snapshots.
    first_step, step
        The step that it began with here, and how far it came.
    undos
        How many times to undo until it is back; 0 where it only comes back when what was undone is
        done again.
    by_reset
        Whether it was a reset that put it away.
    """

    run_id: str
    first_step: int
    step: int
    undos: int
    by_reset: bool


@dataclass(frozen=True, slots=True)
class UndoView:
    """What can be undone and done again.

    Attributes
    ----------
    to_undo, to_redo
        What is next; None where there is nothing.
    last
        What was done about it last; None where nothing was since the run began.
    put_away
        The runs that are kept for it: first those that come back by undoing, the next one first.
    """

    to_undo: Undoable | None = None
    to_redo: Undoable | None = None
    last: Done | None = None
    put_away: tuple[PutAway, ...] = ()
