"""What it is looked at with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rnnviz.data import Trait
from rnnviz.training.configuration.setting import Effect, declared

_declared = partial(declared, group="watching")


@dataclass(frozen=True)
class WatchingSettings:
    """What it is looked at with."""

    watched_text: str = _declared(
        "",
        "Watched text",
        "A text of your own that the panels are measured on, from a state of zeros, until it is "
        "let go: it holds still while the network learns. Empty, they show the window that is read "
        "next. What of it is not known is left out, and nothing is learned from it. A run that "
        "begins on another text keeps it if all of it is known there.",
        live=True,
        effects=frozenset({Effect.OTHER_WATCHED}),
        only_looks=True,
        help_without=(
            Trait.TEXT,
            "A sequence that the panels are measured on until it is let go: it holds still while "
            "the network learns. Empty, they show the first one of those that are read next. "
            "Nothing is learned from it.",
        ),
    )
    past_memory: int = _declared(
        128,
        "Kept past",
        "How much memory the earlier states of a run may take. A temporary file on the disk takes "
        "up to 32 times as much. The more are kept, the sooner any step of the past can be "
        "shown. With 0 only the present is known.",
        live=True,
        minimum=0,
        maximum=65_536,
        slider=(0, 1024),
        unit="MB",
        advanced=True,
        only_looks=True,
    )
