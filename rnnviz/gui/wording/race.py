"""How runs stand against each other, in words."""

from __future__ import annotations

from collections.abc import Sequence

from rnnviz.gui.wording.numbers import in_places
from rnnviz.training.record.standings import Standings

_PROGRESS = {"steps": "step {0:,.0f}", "tokens": "token {0:,.0f}", "time": "second {0:,.1f}"}
_LEVEL = 0.0005
"""A smaller difference of two losses is not shown."""
NOT_COMPARABLE = "These runs learn from different texts, so their losses cannot be compared."


def result_sentence(standings: Standings, names: Sequence[str], rule: str) -> str:
    """Say who leads, since when, and by how much.

    Parameters
    ----------
    standings
        As they were measured.
    names
        Of all runs.
    rule
        ``steps``, ``tokens`` or ``time``.
    """
    leader, second = (f"“{names[run]}”" for run in (standings.leader, standings.second))
    ahead = standings.losses[standings.second] - standings.losses[standings.leader]
    progress = _PROGRESS[rule]
    at = f"At {progress.format(standings.progress)}"
    if ahead < _LEVEL:
        return f"{at} {leader} and {second} are level."
    since = progress.format(standings.since)
    return f"{at} {leader} leads {second} by {in_places(ahead)} in loss, since {since}."
