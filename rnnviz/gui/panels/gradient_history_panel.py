"""How far back the gradient reached, over the whole run."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.plotting import Axis
from rnnviz.gui.plotting.axes.training_axis import STEPS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import format_floor, format_power
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.record.gradient_history import from_first_size
from rnnviz.training.snapshot import Snapshot

_LEVELS = (-6.0, 1.0)
_RELATIVE = "gradient norm relative to its first size"
_ABSOLUTE = "gradient norm"
# Of a state that is read only one step later, whose gradient is 0 at the loss itself.
_FROM_LATER = "relative to its first size above 0"
_SUBTITLE = "how far back the last error reached"
_EXPLANATION = """
Each column is one training step, and each row is one {token} further back from the end of the \
window. The colour shows how much of the gradient of the last error is left that far back, \
relative to its size at the last {token}, on a logarithmic scale.

In a column that is orange all the way down, the gradient reached far back: the network could \
learn from what it read long ago. Where the colour fades downwards, the gradient vanished on its \
way. Watch how this depth changes while the network learns.

"Absolute" shows the sizes themselves. A column that is pale from the top down then began small: \
the last {token} was predicted well, so there was hardly any error to send back. It says nothing \
about how far the gradient reached.

An LSTM has one picture for the hidden state h and one for the cell state c. Along the cell \
state, the gradient is only multiplied by the forget gate at each step back.
""".strip()


def _power(value: float) -> str:
    exponent = round(value)
    if value <= _LEVELS[0]:
        return format_floor(exponent)
    # The colours end there, the values need not.
    at_least = "\N{GREATER-THAN OR EQUAL TO}\N{THIN SPACE}" if value >= _LEVELS[1] else ""
    return f"{at_least}{format_power(exponent)}"


class GradientHistoryPanel(LayerPanel):
    """Steps back by training step, coloured by the log of the norm of dL_T/dh_k or dL_T/dc_k.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (GRADIENT_HISTORY,)
    only_over_steps = True
    has_curves = False
    quantities = frozenset({"gradient_ratio"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            flow="backward",
            switch=(
                "gradient_absolute",
                "absolute",
                "the sizes themselves, not relative to the first",
            ),
            object_name="gradient_history_panel",
            title="Gradient history",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=STEPS,
            y=Axis(kind="inverted", label="steps back", whole=True, ends=True),
            plot_title="Gradient norm by steps back and training step",
            parent=parent,
        )
        self._heat_map = self.view.add_heat_map(
            _RELATIVE,
            "magnitude",
            levels=_LEVELS,
            value_axis=Axis(number_format=_power),
            logarithms=True,
        )
        self._drawn: tuple[object, ...] = ()

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return the step's column, so many steps back; see `PlotPanel.place_in_plot`."""
        claim = found.finding.claim
        return self.training.place(found.run.snapshot, claim.step), claim.lag

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the run's gradients so far."""
        view = snapshot.get(GRADIENT_HISTORY)
        if view is None:
            return
        self.begins_run(snapshot)
        count, _, lags = view.logarithms.shape
        self.view.set_x_range(*self.span_of(snapshot))
        rows = max(lags, snapshot.configuration.sequence_length)
        self.view.set_y_range(-0.5, rows - 0.5, steady=False)
        self.view.set_empty_message(None if count else "Training adds a column a step here.")
        (state,) = self.chooser.states
        label = f"{state}{self.chooser.layer + 1}"
        is_absolute = self.chooser.is_switched
        drawn = view, label, is_absolute, self.training.fork_of(snapshot)
        if self._drawn == drawn:
            return
        self._drawn = drawn
        self.set_subtitle(self.chooser.words or _SUBTITLE)
        of_what = f", {self.chooser.words}" if self.chooser.words else ""
        self._heat_map.name = f"{_ABSOLUTE if is_absolute else _RELATIVE}{of_what}"
        if not count:
            self._heat_map.clear()
            return
        half = view.interval / 2
        steps = self.along(snapshot, view.steps)
        extent = (float(steps[0]) - half, float(steps[-1]) + half, -0.5, lags - 0.5)
        values = view.logarithms[:, view.labels.index(label)]
        if not is_absolute:
            values = from_first_size(values)
            if np.isnan(values[:, 0]).any():
                self.set_subtitle(f"{self.chooser.words}, {_FROM_LATER}")
        self._heat_map.set_data(values.T, extent)
