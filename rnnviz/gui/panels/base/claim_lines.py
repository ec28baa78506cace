"""The bounds of an experiment's claims as lines in a plot, which can be dragged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.plotting import HorizontalLine, PlotView
from rnnviz.gui.plotting.view.grip import Grip
from rnnviz.gui.wording.claims import bound_words
from rnnviz.training.claims.claim import Claim

_DIGITS = 3
"""So many are kept of what is dragged."""
_SIDES: tuple[Literal["above", "below"], ...] = ("above", "below")


class ClaimLines(QObject):
    """Draws each bound at its height, as long as that is in sight.

    Parameters
    ----------
    view
        The plot.
    quantities
        What is claimed of these is measured as the plot's y.

    Signals
    -------
    asked(object, str, float)
        The person asks a claim, as the experiment makes it, with another bound on this side.
    """

    asked = Signal(object, str, float)

    def __init__(self, view: PlotView, quantities: frozenset[str]) -> None:
        super().__init__(view)
        self._view = view
        self._quantities = quantities
        self._lines: list[tuple[HorizontalLine, Grip]] = []
        self._shown: list[tuple[Claim, Claim, Literal["above", "below"]]] = []

    def show(self, claims: Sequence[tuple[Claim, Claim]]) -> None:
        """Draw the bounds of claims, each as it is made and as it is asked."""
        self._shown = [
            (made, asked, side)
            for made, asked in claims
            for side in _SIDES
            if made.quantity in self._quantities and getattr(made, side) is not None
        ]
        while len(self._lines) < len(self._shown):
            self._lines.append(self._new_line(len(self._lines)))
        for number, (line, grip) in enumerate(self._lines):
            if number >= len(self._shown):
                line.set_value(None)
            elif not grip.is_held:
                _, asked, side = self._shown[number]
                self._stand_at(number, getattr(asked, side))

    def _new_line(self, number: int) -> tuple[HorizontalLine, Grip]:
        line = self._view.add_horizontal_line("", "ink", "dash_dotted", label_on="line")
        grip = self._view.grip_line(line, "Drag: ask the claim with another bound")
        grip.dragged.connect(lambda _x, y: self._stand_at(number, _rounded(y)))
        # Only then: the card says so, and takes room that it did not have.
        grip.let_go.connect(partial(self._ask, number))
        return line, grip

    def _stand_at(self, number: int, bound: float) -> None:
        if number < len(self._shown):
            made, _, side = self._shown[number]
            verb = "claimed" if bound == getattr(made, side) else "asked"
            self._lines[number][0].set_value(bound, bound_words(made, side, bound, verb))

    def _ask(self, number: int) -> None:
        bound = self._lines[number][0].value
        if number < len(self._shown) and bound is not None:
            made, _, side = self._shown[number]
            self.asked.emit(made, side, bound)


def _rounded(bound: float) -> float:
    return float(f"{bound:.{_DIGITS}g}")
