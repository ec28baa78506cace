"""Who leads among several runs, since when and by how much: from their histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.training.record.history import HistoryView


@dataclass(frozen=True, slots=True)
class Standings:
    """How runs stand where all of them have been.

    Attributes
    ----------
    leader, second
        Places in the list of runs of those whose smoothed loss is the least and the next.
    losses
        The smoothed losses of all at the same progress, in the order of the runs.
    since, progress
        How far all were when the leader took the lead for good, and how far all are.
    """

    leader: int
    second: int
    losses: tuple[float, ...]
    since: float
    progress: float


def standings(histories: Sequence[HistoryView], rates: Sequence[float]) -> Standings | None:
    """Compare smoothed losses at equal progress.

    Parameters
    ----------
    histories
        Of two runs or more.
    rates
        How much progress a step of each is: 1 by steps, else its tokens or its seconds.

    Returns
    -------
    Standings or None
        None before all have done a step.
    """
    if len(histories) < 2 or any(not len(history.steps) for history in histories):
        return None
    ways = [history.steps * rate for history, rate in zip(histories, rates, strict=True)]
    first, last = max(way[0] for way in ways), min(way[-1] for way in ways)
    if not 0 < first <= last:
        return None
    # Where the coarsest history knows the loss, the others know it too: between two of its points,
    # a run would differ from itself.
    coarsest = max(ways, key=lambda way: float(way[-1] - way[0]) / len(way))
    places = coarsest[(coarsest >= first) & (coarsest <= last)]
    if not len(places):
        return None
    losses: Array = np.array(
        [
            np.interp(places, way, history.smoothed_loss)
            for way, history in zip(ways, histories, strict=True)
        ]
    )
    now = losses[:, -1]
    if not np.isfinite(now).all():
        return None
    order = np.argsort(now, kind="stable")
    leads = losses.argmin(axis=0) == order[0]
    others = np.flatnonzero(~leads)
    since = places[others[-1] + 1] if len(others) else places[0]
    return Standings(
        leader=int(order[0]),
        second=int(order[1]),
        losses=tuple(float(loss) for loss in now),
        since=float(since),
        progress=float(places[-1]),
    )
