"""Where runs part, and from where each is counted so that they can be laid over one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a branch left another run.

    Attributes
    ----------
    step
        After how many steps.
    origins
        By `Snapshot.run_id`: the run that it left, the one which that had left, and so on.
    """

    step: int
    origins: tuple[str, ...]


def counted_from(runs: Mapping[str, Fork | None], front: str) -> dict[str, int]:
    """Return the steps from which runs are counted, without those counted from their start.

    A branch is counted from its own fork. A run that was left is counted from the fork of the
    branch in front, if that left it, and else of the last branch that did. What the branch in front
    left is counted so though it is a branch itself: up to the fork the two are the same.

    Parameters
    ----------
    runs
        Those that are shown, in the order of the strip, by `Snapshot.run_id`: where each left
        another one; None where it left none.
    front
        The one in front.
    """
    order = (front, *reversed(list(runs)))
    branches = {run: fork for run in order if (fork := runs.get(run)) is not None}
    counted: dict[str, int] = {}
    for branch, fork in branches.items():
        counted.setdefault(branch, fork.step)
        for origin in fork.origins:
            if branch == front or origin not in branches:
                counted.setdefault(origin, fork.step)
    return {run: step for run, step in counted.items() if run in runs}
