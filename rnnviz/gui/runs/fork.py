"""Where runs part, and from where each is counted so that they can be laid over one another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rnnviz.training.snapshot import Snapshot
from rnnviz.training.state.origin import Origin


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


def forks_of(runs: Sequence[Snapshot]) -> dict[str, Fork | None]:
    """Return where each of some runs left another one, by `Snapshot.run_id`; None where it did not.

    A run that was left in another session is known by what it follows from: its text, its settings,
    and what was done to it before the fork.
    """
    return {run.run_id: _fork_of(run, runs) if run.origins else None for run in runs}


def _fork_of(branch: Snapshot, runs: Sequence[Snapshot]) -> Fork:
    left = [
        run_id
        for place in range(len(branch.origins))
        for run_id in _left_at(branch, place, runs)
        if run_id != branch.run_id
    ]
    return Fork(branch.origins[0].step, tuple(dict.fromkeys(left)))


def parted_at(one: Snapshot, other: Snapshot, runs: Sequence[Snapshot]) -> float:
    """Return after how many steps two runs have parted, which were one; 0 where they never were."""
    ways = [_way_back(run, runs) for run in (one, other)]
    common = ways[0].keys() & ways[1].keys()
    return max((min(ways[0][run], ways[1][run]) for run in common), default=0.0)


def _way_back(branch: Snapshot, runs: Sequence[Snapshot]) -> dict[str, float]:
    """Return up to which step a run was one with each of those that it came from, and itself."""
    step, way = math.inf, {branch.run_id: math.inf}
    for place, origin in enumerate(branch.origins):
        step = min(step, origin.step)
        for run_id in (origin.run_id, *_left_at(branch, place, runs)):
            way.setdefault(run_id, step)
    return way


def _left_at(branch: Snapshot, place: int, runs: Sequence[Snapshot]) -> list[str]:
    """Return the runs that may be the one at this place among those that a branch has left."""
    origin: Origin = branch.origins[place]
    if origin.run_id in {run.run_id for run in runs}:
        return [origin.run_id]
    lineage, before = branch.lineage.before(origin.step), len(branch.origins) - place - 1
    return [
        run.run_id
        for run in runs
        if lineage
        and run.step >= origin.step
        and len(run.origins) == before
        and run.lineage.before(origin.step) == lineage
    ]


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
