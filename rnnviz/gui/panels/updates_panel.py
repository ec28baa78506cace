"""How far each step moves each matrix, over the run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.core.cells import CELLS, Cell
from rnnviz.core.cells.declaration import Role, is_bias
from rnnviz.core.parameters import Array, layer_of, letter_of
from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.plotting import Axis, Curve, quantile
from rnnviz.gui.plotting.axes.training_axis import LARGEST_MARKED, STEPS
from rnnviz.gui.plotting.items.item import LineStyle
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.updates import UPDATES
from rnnviz.training.snapshot import Snapshot

_FLOOR = 1e-12
_USUAL, _USUAL_LOW, _USUAL_HIGH = 1e-3, 1e-4, 1e-2
_ALWAYS = (-1e15, 1e15)
"""From before the first step to after the last, wherever a person looks."""
_SUBTITLE = "size of each step beside the weights"
# By what a parameter does: colour, line, width. No two agree in all three.
_LOOKS: dict[Role, tuple[ColorRole, LineStyle, float]] = {
    "input": ("backward", "solid", 1.25),
    "recurrent": ("backward_deep", "solid", 2.25),
    "output": ("backward", "dashed", 1.75),
    "bias": ("backward", "dotted", 1.5),
    "recurrent bias": ("backward_deep", "dashed", 1.25),
    "output bias": ("backward_deep", "dotted", 1.5),
}
# Of several that do the same, the others have other lines.
_STYLES: tuple[LineStyle, ...] = ("solid", "dashed", "dotted", "dash_dotted")
# How a letter is named that single cells have.
_FURTHER: dict[Role, str] = {
    "recurrent": " (so does the {letter} of a {title})",
    "recurrent bias": ", and the {letter} of a {title}",
}
_EXPLANATION = """
How far a step moves each matrix, compared with the matrix's own size. It is the length of the \
update (the weights after the step minus the weights before it), divided by the length of the \
weights before. It includes clipping, the learning rate and the optimiser, because the weights \
themselves are compared. The axis is logarithmic.

U is the matrix that reads the input, W carries the hidden state from step to step[recurrent], and \
V makes the output; the number is the layer's. "Biases" adds the biases b and c[recurrent bias]. \
Most biases begin at zero: then there is no ratio at first, and a large one soon after.

The grey band, from 10⁻⁴ to 10⁻² around the dashed line at 10⁻³, is usually called healthy. This \
is a rule of thumb, not a law. Karpathy's notes for the Stanford course CS231n made it popular, \
and it is meant for plain SGD. Far above the band the learning rate may be too high; far below \
it, little is learned. Towards the end of training, a low ratio is what one wants. With a large \
vocabulary, few rows of U1 move in one step.

Steps differ, so the curves are rough. They are measured only while this panel is open, and only \
as often as it does not slow training down.
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

    shows = (UPDATES,)
    compares = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            flow="backward",
            switch=("updates_biases", "biases", "the biases as well"),
            object_name="updates_panel",
            title="Updates",
            subtitle=_SUBTITLE,
            explanation=_explanation(),
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
        self._of_role = {
            role: [
                self.view.add_curve("", color, width=width, style=each)
                for each in _styles_from(style, _most(role))
            ]
            for role, (color, style, width) in _LOOKS.items()
        }
        recurrent = Comparison(
            self.view,
            "update ratio",
            "backward",
            self._recurrent,
            alone=[curve for curves in self._of_role.values() for curve in curves],
        )
        self.compare(recurrent)
        self._curves: dict[str, Curve] = {}
        self._named: tuple[str, ...] = ()

    def offered(self, configuration: Configuration) -> dict[str, str]:
        """Offer no states: only layers are chosen here."""
        return {}

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the update ratios of the chosen layer and of the output."""
        if self.begins_run(snapshot):
            self._clear()
        series = snapshot.series.get(UPDATES)
        begun = series is not None and len(series.steps) > 0
        self.view.set_empty_message(None if begun else "Training adds a point a step here.")
        self.set_subtitle(self.chooser.words or _SUBTITLE)
        if series is None or not begun:
            return
        roles = CELLS[snapshot.configuration.cell].roles()
        names = self._names_of(series.labels, roles)
        if names != self._named:
            self._name(names, roles)
        ratios = series.values[:, [series.labels.index(name) for name in names]]
        self.view.set_x_range(*self.span_of(snapshot))
        self.view.set_y_range(*_span(ratios))
        self._band.set_data(_ALWAYS, [_USUAL_LOW] * 2, [_USUAL_HIGH] * 2)
        for name, ratio in zip(names, ratios.T, strict=True):
            curve = self._curves[name]
            curve.set_markers(len(series.steps) <= LARGEST_MARKED)
            curve.set_data(self.along(snapshot, series.steps), ratio)

    def _names_of(self, labels: tuple[str, ...], roles: Mapping[str, Role]) -> tuple[str, ...]:
        """Return the parameters to show: of the chosen layer, and of the output."""
        layers = (None, self.chooser.layer + 1)
        return tuple(
            name
            for name in labels
            if layer_of(name) in layers
            and (self.chooser.is_switched or not is_bias(roles[letter_of(name)]))
        )

    def _name(self, names: tuple[str, ...], roles: Mapping[str, Role]) -> None:
        self._clear()
        self._named = names
        curves = {role: iter(curves) for role, curves in self._of_role.items()}
        self._curves = {name: next(curves[roles[letter_of(name)]]) for name in names}
        for name, curve in self._curves.items():
            curve.set_label(name)
            curve.name = f"update ratio of {name}"
        self.view.settle_labels()

    def _clear(self) -> None:
        self._named = ()
        for curve in self._curves.values():
            if len(curve.x):
                curve.clear()

    def _recurrent(self, snapshot: Snapshot, _front: Snapshot) -> Trace | None:
        """Return how far a run's steps move what carries its state, in the chosen layer."""
        series, configuration = snapshot.series.get(UPDATES), snapshot.configuration
        if series is None:
            return None
        layer = min(self.chooser.layer, configuration.num_layers - 1) + 1
        roles = CELLS[configuration.cell].roles()
        name = next(
            name
            for name in series.labels
            if layer_of(name) == layer and roles[letter_of(name)] == "recurrent"
        )
        ratio = series.values[:, series.labels.index(name)]
        return Trace(series.steps, ratio, _span(ratio), name)


def _span(ratios: Array) -> tuple[float, float]:
    """Return what holds the band, and of the ratios what is not a rare exception long ago."""
    low, high = _USUAL_LOW, _USUAL_HIGH
    recent = ratios[len(ratios) // 2 :].ravel()
    recent = recent[np.isfinite(recent) & (recent > 0)]
    if recent.size:
        low = min(low, quantile(recent, 0.01))
        high = max(high, quantile(recent, 0.99))
    return max(low, _FLOOR), max(high, _USUAL_HIGH)


def _explanation() -> str:
    """Name what single cells have beside the parameters that all have."""
    text, usual = _EXPLANATION, {spec.letter for spec in Cell.parameters}
    for role, words in _FURTHER.items():
        named = [
            words.format(letter=spec.letter, title=cell.title)
            for cell in CELLS.values()
            for spec in cell.parameters
            if spec.role == role and spec.letter not in usual
        ]
        text = text.replace(f"[{role}]", "".join(named))
    return text


def _most(role: Role) -> int:
    """Return the largest number of parameters that play this role in one layer of any cell."""
    return max(list(cell.roles().values()).count(role) for cell in CELLS.values())


def _styles_from(first: LineStyle, count: int) -> list[LineStyle]:
    """Return lines for so many curves, the first one as given."""
    start = _STYLES.index(first)
    return [_STYLES[(start + number) % len(_STYLES)] for number in range(count)]
