"""What an experiment is: settings that show something, what to see in them, what they claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.training.claims.claim import Claim
from rnnviz.training.configuration import Configuration, Value

SEEDS = 5
"""With so many seeds every claim was tried."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the runs that an experiment sets side by side.

    Attributes
    ----------
    name
        What its button says; empty where there is one run only.
    settings
        What differs from the defaults.
    claims
        What the run shows.
    """

    name: str
    settings: Mapping[str, Value]
    claims: tuple[Claim, ...]

    def configuration(self, seed: int | None = None) -> Configuration:
        """Return the run's settings."""
        seeded = {} if seed is None else {"seed": seed}
        return Configuration.from_mapping({**self.settings, **seeded})


@dataclass(frozen=True, slots=True)
class Experiment:
    """Settings that show something, and the sentences that say what.

    Attributes
    ----------
    name
        The file's name without its ending.
    order
        Its place in the menu.
    title, do, see, why
        What it is called, what to do, what there is to see, and why it is so.
    panels
        Which panels to look at, such as ``loss`` and ``gradient``.
    stage
        The one of them that takes the stage in a presentation; the first unless the file says.
    seeds_of_five
        With how many of five seeds all claims were found to hold; None where nothing is claimed.
    variants
        Its runs, the one to begin with first.
    """

    name: str
    order: int
    title: str
    do: str
    see: str
    why: str
    panels: tuple[str, ...]
    stage: str
    seeds_of_five: int | None
    variants: tuple[Variant, ...]
