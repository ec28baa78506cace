"""One run, as panels that compare runs are shown it."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.gui.style.sign import Sign
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
    """

    identity: str
    name: str
    sign: Sign
    snapshot: Snapshot
