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
    leader, second = standings.leader, standings.second
    best, next_best = standings.losses[leader], standings.losses[second]
    progress = _PROGRESS[rule]
    if next_best - best < _LEVEL:
        return (
            f"At {progress.format(standings.progress)} {names[leader]} and {names[second]} are "
            f"level, with a loss of {in_places(best)}."
        )
    return (
        f"At {progress.format(standings.progress)} {names[leader]} leads with a loss of "
        f"{in_places(best)}, {in_places(next_best - best)} below {names[second]}, "
        f"since {progress.format(standings.since)}."
    )
