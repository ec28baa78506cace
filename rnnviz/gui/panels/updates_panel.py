"""How far each step moves each matrix, over the run."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.core.parameters import Array
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.plotting import Axis, quantile
from rnnviz.gui.plotting.axes.training_axis import FEWEST_STEPS, LARGEST_MARKED, STEPS
from rnnviz.gui.plotting.items.item import LineStyle
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import Diagnostic
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import Snapshot

_FLOOR = 1e-12
_USUAL, _USUAL_LOW, _USUAL_HIGH = 1e-3, 1e-4, 1e-2
_SUBTITLE = "size of each step beside the weights"
# By the first letter of a parameter: colour, line, width. No two agree in all three.
_LOOKS: dict[str, tuple[ColorRole, LineStyle, float]] = {
    "U": ("backward", "solid", 1.25),
    "W": ("backward_deep", "solid", 2.25),
    "V": ("backward", "dashed", 1.75),
    "b": ("backward", "dotted", 1.5),
    "d": ("backward_deep", "dashed", 1.25),
    "c": ("backward_deep", "dotted", 1.5),
}
_EXPLANATION = """
How far a step moves each matrix, beside the matrix's own size: the length of the update, which is \
the weights after the step minus those before it, divided by the length of the weights before. \
Clipping, the learning rate and the optimiser are all in it, for the weights themselves are \
compared. The axis goes by factors of ten.

U is the matrix that reads the input, W carries the hidden state from step to step, V makes the \
output; the number is that of the layer. "Biases" adds the biases b and c, and a GRU's d. Most \
biases begin at zero: as long as one has no size, there is no ratio, and at first it is large.

The grey band, from 10⁻⁴ to 10⁻² around the dashed line at 10⁻³, is what practice calls healthy. \
It is a rule of thumb and no law: folklore, made popular by Karpathy's notes for the Stanford \
course CS231n, and said of steps like those of plain SGD. Far above it the learning rate may be \
too high, far below it little is learned. Towards the end of training a low ratio is as it should \
be, and where the vocabulary is large, few rows of U1 move at a step.

One step differs from the next, so the curves are rough. They are measured while this panel is \
seen, and no more often than training can bear.
""".strip()


class UpdatesPanel(LayerPanel):
    """The ratio of the update's norm to the parameter's norm, by matrix and training step.

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
            flow="backward",
            switch=("updates_biases", "biases", "the biases as well"),
            object_name="updates_panel",
            title="Updates",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=STEPS,
            y=Axis(kind="log", floor=_FLOOR, label="update / weights"),
            plot_title="Size of the update beside that of the weights, over training steps",
            parent=parent,
        )
        # Without a name: the table has its middle.
        self._band = self.view.add_band("", "line")
        self._usual = self.view.add_horizontal_line(
            "usual", "faint", "dashed", label="rule of thumb", label_on="line"
        )
        self._usual.set_value(_USUAL)
        self._curves = {
            letter: self.view.add_curve("", role, width=width, style=style)
            for letter, (role, style, width) in _LOOKS.items()
        }
        self._named: tuple[str, ...] = ()

    def offered(self, configuration: Configuration) -> tuple[str, ...]:
        """Return one name: only layers are chosen here."""
        return ("h",)

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the update ratios of the chosen layer and of the output."""
        if self.begins_run(snapshot):
            self._clear()
        series = snapshot.series.get(Diagnostic.UPDATES)
        begun = series is not None and len(series.steps) > 0
        self.view.set_empty_message(None if begun else "Training adds a point a step here.")
        self.set_subtitle(self.chooser.words or _SUBTITLE)
        if series is None or not begun:
            return
        names = self._names_of(series.labels)
        if names != self._named:
            self._name(names)
        ratios = series.values[:, [series.labels.index(name) for name in names]]
        self.view.set_x_range(0, max(snapshot.step, FEWEST_STEPS))
        self._set_y_range(ratios)
        end = self.view.mapping.x.range.high
        self._band.set_data([0.0, end], [_USUAL_LOW] * 2, [_USUAL_HIGH] * 2)
        for name, ratio in zip(names, ratios.T, strict=True):
            curve = self._curves[name[0]]
            curve.set_markers(len(series.steps) <= LARGEST_MARKED)
            curve.set_data(series.steps, ratio)

    def _names_of(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Return the parameters to show: of the chosen layer, and of the output."""
        number = str(self.chooser.layer + 1)
        return tuple(
            name
            for name in labels
            # A matrix has a capital letter, a bias a small one.
            if name[1:] in ("", number) and (name[0].isupper() or self.chooser.is_switched)
        )

    def _name(self, names: tuple[str, ...]) -> None:
        self._clear()
        self._named = names
        for name in names:
            curve = self._curves[name[0]]
            curve.set_label(name)
            curve.name = f"update ratio of {name}"
        self.view.settle_labels()

    def _clear(self) -> None:
        self._named = ()
        for curve in self._curves.values():
            if len(curve.x):
                curve.clear()

    def _set_y_range(self, ratios: Array) -> None:
        """Show the band, and of the ratios what is not a rare exception long ago."""
        low, high = _USUAL_LOW, _USUAL_HIGH
        recent = ratios[len(ratios) // 2 :].ravel()
        recent = recent[np.isfinite(recent) & (recent > 0)]
        if recent.size:
            low = min(low, quantile(recent, 0.01))
            high = max(high, quantile(recent, 0.99))
        self.view.set_y_range(max(low, _FLOOR), max(high, _USUAL_HIGH))
