"""What the network holds in mind while it reads a window."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.base.small_multiples import LayerMultiples
from rnnviz.gui.plotting import Axis, quantile
from rnnviz.gui.plotting.axes.axis import nice_step
from rnnviz.gui.plotting.axes.training_axis import POSITIONS
from rnnviz.gui.style.theme import Theme
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.snapshot import Snapshot

_FAR_TOO_WIDE = 5.0
_LOW = 300
_READS = "reads left to right ▸"
_SUBTITLE = "one row a unit, one column a {token}"
_EXPLANATION = """
The hidden state, which is all that a layer hands on. Each row is a unit, and each column is a \
{token}, read from left to right. {window}

Teal is positive, plum is negative, and no colour is 0.

In a vanilla RNN with tanh, a unit stays between -1 and 1. A strongly coloured unit is saturated: \
its slope is almost 0, and little of a gradient passes back through it. With ReLU, a unit is \
never negative and has no upper limit; the bar beside the picture says how far the colours reach.

The hidden state of an LSTM or a GRU also stays between -1 and 1, but gates decide how much of it \
is replaced, so a strong colour may be something that is well remembered. An LSTM stores its \
memory in the cell state c. Every {token} can add to it, so it may grow beyond 1, and h is the \
part of it that the output gate lets through.

A row that changes with every {token} follows closely what is read. A row that keeps its colour \
over many {tokens} remembers something.
""".strip()


class HiddenPanel(LayerMultiples):
    """Unit by time step, coloured by activation.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (HIDDEN_STATE,)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            flow="forward",
            object_name="hidden_panel",
            title="Hidden state",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=POSITIONS,
            y=Axis(kind="inverted", name="unit", whole=True, ends=True),
            plot_title="State by unit and step",
            parent=parent,
        )
        self._heat_map = self.view.add_heat_map("hidden state", "signed", levels=(-1.0, 1.0))
        self.limit = 1.0
        """What the ends of the colours would be if this run were alone."""
        self._shown: tuple[int, str, bool] = (0, "h", False)
        self.view.set_note(_READS, "bottom_left", "forward")

    def fit_body(self, height: int) -> None:
        """Leave the direction unsaid where several low pictures would each say it."""
        is_low = self.is_compared and height < _LOW
        self.view.set_note("" if is_low else _READS, "bottom_left", "forward")

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw one layer's state over the snapshot's window."""
        all_states = snapshot.get(HIDDEN_STATE)
        if all_states is None:
            return
        layer, (state,) = self.chooser.layer, self.chooser.states
        values = all_states[state][layer].T
        units, length = values.shape
        shown = layer, state, self.is_compared
        if self.begins_run(snapshot) or shown != self._shown:
            self._shown = shown
            self.limit = 1.0
            self._heat_map.name = self.chooser.words or "hidden state"
            self.set_subtitle(self._words_of(units))
        self._set_levels(values)
        self.view.set_x_range(-0.5, length - 0.5, steady=False)
        self.view.set_y_range(0.5, units + 0.5, steady=False)
        self.show_tokens(snapshot)
        self._heat_map.set_data(values, (-0.5, length - 0.5, 0.5, units + 0.5))

    def _words_of(self, units: int) -> str:
        """Say in few words what is shown: the buttons beside them leave little room."""
        if self.chooser.offers_states:
            return self.chooser.words
        layer = self.chooser.words
        if self.is_compared:
            # The captions tell how many units each has.
            return layer or self.of_tokens(_SUBTITLE)
        rest = self.of_tokens("one column a {token}") if not layer else ""
        counted = "1 unit" if units == 1 else f"{units:,} units"
        return ", ".join(part for part in (layer, counted, rest) if part)

    def _set_levels(self, values: np.ndarray) -> None:
        """Keep -1 to 1, or, for what has no upper end, a round number that holds nearly all.

        Once wide, the colours stay so until they are far too wide: they must not flicker. They mean
        the same in all runs that are compared.
        """
        magnitudes = np.abs(values).reshape(-1)
        largest = float(magnitudes.max()) if magnitudes.size else 0.0
        if largest > 1.0:
            largest = quantile(magnitudes, 0.99)
        if self.limit < largest < np.inf or largest < self.limit / _FAR_TOO_WIDE:
            self.limit = max(1.0, nice_step(largest))
        common = max(one.limit for one in self.side_by_side)
        for one in self.side_by_side:
            one.reach_to(common)

    def reach_to(self, limit: float) -> None:
        """Let the colours end at this value on either side of 0."""
        self._heat_map.set_levels(-limit, limit)
