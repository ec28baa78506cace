"""Claims as a person asks them: with another bound than the experiment has."""

from __future__ import annotations

import dataclasses
from typing import Literal

from PySide6.QtCore import QObject, Signal

from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.claims.watch import ClaimsView

Side = Literal["above", "below"]


class AskedClaims(QObject):
    """Knows which bounds were changed; what was measured is held against those.

    Nothing of it reaches a run, which measures the same, or the experiment's file.

    Signals
    -------
    changed()
        Something is asked otherwise than before.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asked: dict[Claim, Claim] = {}

    def of(self, claim: Claim) -> Claim:
        """Return a claim as it is asked."""
        return self._asked.get(claim, claim)

    @property
    def pairs(self) -> tuple[tuple[Claim, Claim], ...]:
        """What is asked otherwise: the claim of the experiment, and what is asked instead."""
        return tuple(self._asked.items())

    def ask(self, claim: Claim, side: Side, bound: float) -> None:
        """Ask for another bound of a claim that the experiment makes."""
        before = self.of(claim)
        asked = dataclasses.replace(
            before,
            above=bound if side == "above" else before.above,
            below=bound if side == "below" else before.below,
        )
        if asked == before:
            return
        self._asked.pop(claim, None)
        if asked != claim:
            self._asked[claim] = asked
        self.changed.emit()

    def forget(self) -> None:
        """Ask as the experiment does."""
        if self._asked:
            self._asked.clear()
            self.changed.emit()

    def applied(self, view: ClaimsView) -> ClaimsView:
        """Return how claims stand as they are asked."""
        findings = (
            None if one is None else Finding(self.of(one.claim), one.measured)
            for one in view.findings
        )
        return ClaimsView(
            tuple(self.of(claim) for claim in view.claims), tuple(findings), view.invalidated
        )
