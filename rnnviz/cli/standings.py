"""How a race ended: a table of what was measured, and a sentence about who leads."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rnnviz.cli.console import in_places
from rnnviz.cli.contest import Died
from rnnviz.cli.race_worker import Ended, Trained
from rnnviz.cli.rivals import Rival
from rnnviz.data.files import readable_name
from rnnviz.runs.race import RaceRule

Outcome = Ended | Died
Outcomes = Mapping[Rival, Outcome]

_HEAD = ("rival", "steps", "tokens", "seconds", "loss", "held out", "wrong", "file")
# What is written from the left; numbers stand below each other.
_WORDS = {"rival", "file"}
_NOTHING = "-"


def table(outcomes: Outcomes, last_seen: Mapping[Rival, Trained]) -> str:
    """Return a line for each rival, with columns of which one at least has something to say.

    Parameters
    ----------
    outcomes
        How each one ended, in the order in which they are to stand.
    last_seen
        How far those had come whose process has died.
    """
    rows = [_HEAD, *(_row(rival, end, last_seen.get(rival)) for rival, end in outcomes.items())]
    columns = [column for column in zip(*rows, strict=True) if set(column[1:]) != {_NOTHING}]
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        padded = [
            cell.ljust(width) if column[0] in _WORDS else cell.rjust(width)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _row(rival: Rival, outcome: Outcome, seen: Trained | None) -> tuple[str, ...]:
    name = f"{rival.number} {rival.name}"
    if isinstance(outcome, Died):
        if seen is None:
            return (name, *[_NOTHING] * 6, "not saved: its process died")
        so_far = (f"{seen.step:,}", f"{seen.tokens:,}", _NOTHING, _number(seen.loss))
        return (name, *so_far, _NOTHING, _NOTHING, "not saved: its process died")
    score, file = (
        outcome.score,
        readable_name(rival.options.out) if outcome.is_saved else "not saved",
    )
    return (
        name,
        f"{outcome.step:,}",
        f"{outcome.tokens:,}",
        f"{outcome.seconds:,.2f}",
        _number(outcome.loss),
        _number(outcome.held_out_loss),
        _NOTHING if score is None else f"{score.wrong:,} of {score.sequences:,}",
        f"{file}, failed" if outcome.failure else file,
    )


def _number(loss: float | None) -> str:
    return _NOTHING if loss is None or math.isnan(loss) else in_places(loss)


def who_leads(outcomes: Outcomes, rule: RaceRule) -> str:
    """Say who leads, by how much and by which rule; or why nobody does.

    Who failed or died has trained less than the others, and is left out.
    """
    fair = {
        rival: end
        for rival, end in outcomes.items()
        if isinstance(end, Ended) and not end.failure and end.loss is not None
    }
    if len(fair) < 2:
        return "Nobody leads: fewer than two runs have trained to the end."
    kinds = {
        (end.fingerprint, rival.configuration.token, rival.configuration.source.loss_unit)
        for rival, end in fair.items()
    }
    if len(kinds) > 1:
        return (
            "Nobody leads: the runs learned from different data, so their losses cannot be "
            "compared."
        )
    source = next(iter(fair)).configuration.source
    on_held_out = all(end.held_out_loss is not None for end in fair.values())
    losses = {
        rival: (end.held_out_loss if on_held_out else end.loss) or 0.0
        for rival, end in fair.items()
    }
    first, second = sorted(losses, key=losses.__getitem__)[:2]
    measured = f"{source.loss_unit} on {source.held_out}" if on_held_out else source.loss_unit
    if losses[first] == losses[second]:
        return f"Nobody leads: {first.name} and {second.name} have the same loss."
    return (
        f"{first.name} leads, by {rule.words} ({_amount(list(fair.values()), rule)}): "
        f"{in_places(losses[first])} {measured}, "
        f"{in_places(losses[second] - losses[first])} less than "
        f"{second.name}."
    )


def _amount(ends: list[Ended], rule: RaceRule) -> str:
    """Say how much each has had of what is equal."""
    if rule is RaceRule.TIME:
        least, most = (pick(end.seconds for end in ends) for pick in (min, max))
        return f"{least:,.2f} to {most:,.2f} s of a processor"
    amounts = [end.step if rule is RaceRule.STEPS else end.tokens for end in ends]
    least, most = min(amounts), max(amounts)
    return f"{least:,} each" if least == most else f"{least:,} to {most:,}"
