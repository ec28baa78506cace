"""Words about training that was autosaved: what, when, how far."""

from __future__ import annotations

from datetime import datetime

from rnnviz.core.loss import UNITS
from rnnviz.gui.wording.numbers import in_places
from rnnviz.gui.wording.runs import run_name
from rnnviz.training.configuration import Configuration

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MINUTE, _HOUR = 60, 3600


def offer_words(count: int, *, can_open: bool) -> tuple[str, str]:
    """Say that so many runs were left behind, in a heading, and what can be done about it.

    Parameters
    ----------
    count
        Of the runs.
    can_open
        Whether one of them can be gone on with.
    """
    several = count > 1
    ended = f"rnnviz ended before {'these runs were' if several else 'this run was'} saved"
    if not can_open:
        autosaves = "autosaves" if several else "autosave"
        return (
            f"{count} autosaves are damaged" if several else "An autosave is damaged",
            f"{ended}, and {'their' if several else 'its'} {autosaves} cannot be opened.",
        )
    return (
        "Your training is still here",
        f"{ended}. Open {'their autosaves' if several else 'its autosave'} to go on from there. "
        "What you leave for later is offered at the next start.",
    )


def what_words(configuration: Configuration, title: str) -> str:
    """Say what was trained, and on what: ``Tales: LSTM, 128 units``."""
    return f"{title}: {run_name(configuration)}" if title else run_name(configuration)


def how_far_words(configuration: Configuration, step: int, loss: float | None) -> str:
    """Say how far it came: ``Step 12,340, loss 1.52 nats per character``."""
    words = f"Step {step:,}"
    if loss is None:
        return words
    source = configuration.source
    unit = UNITS[source.loss]
    if source.loss == "cross_entropy":
        unit = f"{unit} per {source.per(configuration.level)}"
    return f"{words}, loss {in_places(loss, 2)} {unit}"


def when_words(then: datetime, now: datetime) -> str:
    """Say when something was: ``today, 14:02``, ``yesterday, 09:30``, ``24 November, 18:00``."""
    days = (now.date() - then.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"{then.day} {_MONTHS[then.month - 1]}")
    return f"{day}, {then:%H:%M}"


def ago_words(seconds: float) -> str:
    """Say how long ago something was: ``8 seconds ago``, ``2 minutes ago``."""
    for size, name in ((_HOUR, "hour"), (_MINUTE, "minute"), (1, "second")):
        count = int(seconds // size)
        if count > 0:
            return f"1 {name} ago" if count == 1 else f"{count:,} {name}s ago"
    return "a moment ago"
