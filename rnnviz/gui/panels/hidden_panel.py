"""What the network holds in mind while it reads a window."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.plotting import Axis, PlotView, quantile
from rnnviz.gui.theme import Theme
from rnnviz.training.snapshot import Snapshot

_EXPLANATION = """
The hidden state, all that the network remembers: one row a unit, one column a character read, \
from left to right. Teal is positive, plum is negative, and nothing is 0.

With tanh a unit stays between -1 and 1. One that is strongly coloured is saturated: its slope is \
almost 0 there, and little of a gradient passes back through it.

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
            x=Axis(whole=True),
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
            self.set_subtitle(f"{units:,} units, one column a character")
        self._set_levels(values)
        self.view.set_x_range(-0.5, length - 0.5, steady=False)
        self.view.set_y_range(0.5, units + 0.5, steady=False)
        self.view.set_characters(list(window.characters))
        self._heat_map.set_data(values, (-0.5, length - 0.5, 0.5, units + 0.5))

    def _set_levels(self, values: np.ndarray) -> None:
        """Keep -1 to 1, or, for what has no upper end, a power of ten that holds nearly all."""
        limit = 1.0
        magnitudes = np.abs(values).reshape(-1)
        if magnitudes.size and magnitudes.max() > 1.0:
            largest = quantile(magnitudes, 0.99)
            if 1.0 < largest < np.inf:
                limit = float(10.0 ** np.ceil(np.log10(largest)))
        if self._heat_map.levels != (-limit, limit):
            self._heat_map.set_levels(-limit, limit)
