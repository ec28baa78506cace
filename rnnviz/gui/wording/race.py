"""How runs stand against each other, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rnnviz.gui.wording.numbers import in_places
from rnnviz.training.record.standings import Standings

_PROGRESS = {"steps": "step {0:,.0f}", "tokens": "token {0:,.0f}", "time": "second {0:,.1f}"}
_LEVEL = 0.0005
"""A smaller difference of two losses is not shown."""
NOT_COMPARABLE = "These runs learn from different texts, so their losses cannot be compared."


def result_sentence(
    standings: Standings,
    names: Sequence[str],
    rule: str,
    *,
    parted: float = 0.0,
    front: int | None = None,
) -> str:
    """Say who leads, since when, and by how much.

    Parameters
    ----------
    standings
        As they were measured.
    names
        Of all runs.
    rule
        ``steps``, ``tokens`` or ``time``.
    parted
        How far the first two were when one branched from the other; 0 where none did.
    front
        Which run is in front: of it, too, it is said how it stands.
    """
    leader, second = (f"“{names[run]}”" for run in (standings.leader, standings.second))
    progress = _PROGRESS[rule]
    at = f"At {progress.format(standings.progress)}"
    if standings.progress <= parted:
        return f"Up to {progress.format(standings.progress)} {leader} and {second} are one run."
    said = f"{at} {leader} and {second} are level"
    best = standings.losses[standings.leader]
    ahead = standings.losses[standings.second] - best
    if ahead >= _LEVEL:
        since = progress.format(max(standings.since, parted))
        said = f"{at} {leader} leads {second} by {in_places(ahead)} in loss, since {since}"
    if front is None or front in (standings.leader, standings.second):
        return f"{said}."
    behind = in_places(standings.losses[front] - best)
    return f"{said}; “{names[front]}” is {behind} behind."


def seen_beside_rivals(step: int, of_rivals: Iterable[int | None]) -> str:
    """Say which step of the run in front is seen, and that its rivals are seen as they are now.

    Where an earlier step of one of those is seen, too, its line says so.
    """
    are_of_now = all(seen is None for seen in of_rivals)
    others = ", the others as they are now" if are_of_now else ""
    return f"The run in front is seen at step {step:,}{others}."
