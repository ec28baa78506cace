"""How far back the gradient reached, over the whole run."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.panel import Panel
from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.numbers import format_floor, format_power
from rnnviz.gui.theme import Theme
from rnnviz.training.snapshot import Snapshot

_LEVELS = (-6.0, 1.0)
_FEWEST_STEPS = 100
_EXPLANATION = """
Each column is one training step, each row so many characters back from the last one; the colour \
is how much of the last character's error arrived there, by factors of ten.

A column that is orange all the way down reached far back: the network could learn from what it \
read long ago. Where the colour fades, the gradient has vanished on its way. Watch how the depth \
changes while the network learns.
""".strip()


def _power(value: float) -> str:
    exponent = round(value)
    return format_floor(exponent) if value <= _LEVELS[0] else format_power(exponent)


class GradientHistoryPanel(Panel):
    """Steps back by training step, coloured by the log of the norm of dL_T/dh_k.

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
            object_name="gradient_history_panel",
            title="Gradient history",
            subtitle="how far back the last error reached",
            explanation=_EXPLANATION,
            parent=parent,
        )
        self.view = PlotView(
            theme,
            x=Axis(label="training step", whole=True),
            y=Axis(kind="inverted", label="steps back", whole=True, ends=True),
            object_name="gradient_history_plot",
            title="Gradient norm by steps back and training step",
        )
        self._heat_map = self.view.add_heat_map(
            "log10 of the gradient norm",
            "magnitude",
            levels=_LEVELS,
            value_axis=Axis(whole=True, ends=True, number_format=_power),
        )
        self._run = -1
        self.set_body(self.view)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the run's gradients so far."""
        view = snapshot.gradient_history
        if view is None:
            return
        if snapshot.run_id != self._run:
            self._run = snapshot.run_id
            self.view.reset_ranges()
        count, lags = view.logarithms.shape
        lags = max(lags, snapshot.configuration.sequence_length)
        self.view.set_x_range(0, max(snapshot.step, _FEWEST_STEPS))
        self.view.set_y_range(-0.5, lags - 0.5, steady=False)
        self.view.set_empty_message(None if count else "Training adds a column a step here.")
        if not count:
            self._heat_map.clear()
            return
        half = view.interval / 2
        extent = (view.steps[0] - half, view.steps[-1] + half, -0.5, view.logarithms.shape[1] - 0.5)
        self._heat_map.set_data(view.logarithms.T, extent)
