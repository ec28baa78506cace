"""Which run a branch left, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

MOST_ORIGINS = 64
"""So many runs at most are named that were left one after the other."""
LONGEST_NAME = 200
"""In characters: a longer name of a run is cut."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that a branch left.

    Attributes
    ----------
    step
        After how many steps.
    name
        What that run was called then.
    run_id
        As in its snapshots; empty where that was in another session. No file holds it.
    """

    step: int
    name: str
    run_id: str = field(default="", compare=False)


def origins_of_branch(
    step: int, name: str, run_id: str, before: Sequence[Origin]
) -> tuple[Origin, ...]:
    """Return which runs a new branch has left, the last one first.

    Parameters
    ----------
    step, name, run_id
        Of the run that it leaves, as in `Origin`.
    before
        Which ones that run has left. Where it is left at an earlier step than it left these, they
        are left there too: up to it all are the same.
    """
    left = (replace(origin, step=min(origin.step, step)) for origin in before)
    return (Origin(step, name[:LONGEST_NAME], run_id), *left)[:MOST_ORIGINS]
