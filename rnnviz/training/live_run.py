"""A run that somebody commands, with what goes along with it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.training.claims.watch import ClaimWatch
from rnnviz.training.trainer import Trainer


@dataclass(slots=True, eq=False)
class LiveRun:
    """What is put away and taken back together.

    Attributes
    ----------
    trainer
        Steps it.
    claims
        What is said of it, measured on the way.
    """

    trainer: Trainer
    claims: ClaimWatch
