"""What the network holds in mind while it reads a window."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.plotting import Axis, PlotView, quantile
from rnnviz.gui.plotting.axis import nice_step
from rnnviz.gui.theme import Theme
from rnnviz.training.snapshot import Snapshot

_FAR_TOO_WIDE = 5.0
_EXPLANATION = """
The hidden state, all that the network remembers: one row a unit, one column a character read, \
from left to right. Teal is positive, plum is negative, and a cell without colour is 0.

With tanh a unit stays between -1 and 1. One that is strongly coloured is saturated: its slope is \
almost 0 there, and little of a gradient passes back through it. With ReLU a unit is never \
negative and has no upper end: the colours reach as far as the bar beside them says.

A row that changes with every character follows the text closely; one that keeps its colour over \
many characters remembers something.
""".strip()


class HiddenPanel(Panel):
    """Unit by time step, coloured by activation.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="hidden_panel",
            title="Hidden state",
            subtitle="one row a unit, one column a character",
            explanation=_EXPLANATION,
            parent=parent,
        )
        self.view = PlotView(
            theme,
            x=Axis(name="position", whole=True),
            y=Axis(kind="inverted", name="unit", whole=True, ends=True),
            object_name="hidden_plot",
            title="Hidden state by unit and character",
        )
        self._heat_map = self.view.add_heat_map("hidden state", "signed", levels=(-1.0, 1.0))
        self._run = -1
        self.set_body(self.view)
        self.view.set_note("reads left to right ▸", "bottom_left", "forward")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the last layer's hidden state over the snapshot's window."""
        window = snapshot.window
        if window is None or window.hidden is None:
            return
        values = window.hidden[-1].T
        units, length = values.shape
        if snapshot.run_id != self._run:
            self._run = snapshot.run_id
            self.view.reset_ranges()
            self._heat_map.set_levels(-1.0, 1.0)
            self.set_subtitle(f"{units:,} units, one column a character")
        self._set_levels(values)
        self.view.set_x_range(-0.5, length - 0.5, steady=False)
        self.view.set_y_range(0.5, units + 0.5, steady=False)
        self.view.set_characters(list(window.characters))
        self._heat_map.set_data(values, (-0.5, length - 0.5, 0.5, units + 0.5))

    def _set_levels(self, values: np.ndarray) -> None:
        """Keep -1 to 1, or, for what has no upper end, a round number that holds nearly all.

        Once wide, the colours stay so until they are far too wide: they must not flicker.
        """
        limit = self._heat_map.levels[1]
        magnitudes = np.abs(values).reshape(-1)
        largest = float(magnitudes.max()) if magnitudes.size else 0.0
        if largest > 1.0:
            largest = quantile(magnitudes, 0.99)
        if limit < largest < np.inf or largest < limit / _FAR_TOO_WIDE:
            limit = max(1.0, nice_step(largest))
            self._heat_map.set_levels(-limit, limit)
