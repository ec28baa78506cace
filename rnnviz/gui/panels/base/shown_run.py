"""One run, as panels that compare runs are shown it, and what was found of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from rnnviz.gui.style.sign import Sign
from rnnviz.training.claims.claim import Finding
from rnnviz.training.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class ShownRun:
    """A run at one moment, with what tells it from its rivals.

    Attributes
    ----------
    identity
        Of the run's place in the window: the same for every network that is begun in it.
    name
        A few words: its cell and size.
    sign
        Its shade, dash and marker.
    snapshot
        How it stands.
    glanced
        As a glance at the watched text has seen it since; None where none has.
    is_of_now
        Whether it is the run in front as it is now, beside its past: of a window, and what it
        writes, for all else of the run in front is of now anyway.
    says_step
        Whether its name says already of which step it is.
    """

    identity: str
    name: str
    sign: Sign
    snapshot: Snapshot
    glanced: Snapshot | None = None
    is_of_now: bool = False
    says_step: bool = False

    @property
    def newest(self) -> ShownRun:
        """The run as panels show it that are drawn at every frame."""
        if self.glanced is None:
            return self
        return dataclasses.replace(self, snapshot=self.glanced, glanced=None)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found of a claim, for panels to point it out.

    Attributes
    ----------
    run
        Of which it was claimed.
    finding
        What was measured.
    """

    run: ShownRun
    finding: Finding
