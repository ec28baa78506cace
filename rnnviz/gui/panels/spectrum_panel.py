"""Whether the recurrence fades or grows: its eigenvalues, and how their size went."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from rnnviz.core.cells import CELLS
from rnnviz.diagnostics.spectrum import LARGEST_STATE, Eigenvalues, LayerSpectrum
from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.plotting import Axis, PlotView, Points
from rnnviz.gui.plotting.axes.training_axis import STEPS
from rnnviz.gui.style.palette import Flow
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import MINUS, format_number
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.record.series import DiagnosticSeriesView
from rnnviz.training.snapshot import Snapshot

_LEAST_REACH, _LARGEST_REACH = 1.1, 1000.0
_NEAR = 14.0
_WEIGHTS, _JACOBIAN = "eigenvalue of W", "eigenvalue of the Jacobian"
_TOO_LARGE = (
    "This network is too large to watch:\nthe eigenvalues of a layer that carries\n"
    f"more than {LARGEST_STATE} numbers take so long\nthat training would stand still."
)
_NOT_FINITE = "There are no eigenvalues:\nthe numbers are no longer finite."
_SUBTITLE = "eigenvalues"
_EXPLANATION = """
From one {token} to the next, a layer turns its old state into a new one. An eigenvalue says what \
one such step does to one direction of the state: its distance from the centre is the factor by \
which that direction grows or shrinks, and its angle is how far it turns. The red circle marks a \
factor of 1: inside it things fade, and outside it they grow. The largest distance is the \
spectral radius ρ.

The blue dots are the eigenvalues of the recurrent weights W alone. They would tell the whole \
story if the network were linear. The largest singular value σ is the most by which one step of W \
can lengthen anything; it is never below ρ.

The orange crosses are the eigenvalues of the Jacobian: what a small change of the state really \
becomes one step later, with the activations as they are, averaged over the window (its first \
stream). Each step back multiplies the gradient by the transpose of that step's Jacobian, which \
has the same eigenvalues. In a tanh network, the Jacobian is W with each row multiplied by the \
slope 1 − h² of its unit. So the ρ of W alone misleads: in a network with ρ = 7 whose units are \
almost all saturated, the slopes are near 0, the crosses can lie well inside the circle, and the \
network still forgets.

An LSTM or a GRU has not one W but one for each gate. For these, only the largest singular values \
are given. The crosses belong to the Jacobian of the whole step, gates included; for an LSTM, it \
is that of h and c together. Crosses close to 1 are what the gates keep.

{window} The average over a window is only a summary: the Jacobians of single steps differ, and \
the gradient is multiplied by all of them in turn. So it may grow although every cross lies \
inside the circle, as after some steps of the experiment "It explodes"; "Gradient through time" \
shows what really happened. "History" shows how both radii changed during training while this \
panel was open.
""".strip()


class SpectrumPanel(LayerPanel):
    """Eigenvalues of W and of the averaged Jacobian, and on demand both radii over training.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (SPECTRUM,)
    compares = True
    quantities = frozenset({"spectral_radius"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            flow="backward",
            switch=("spectrum_series", "history", "both radii over training"),
            object_name="spectrum_panel",
            title="Recurrent spectrum",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=Axis(name="real part"),
            y=Axis(name="imaginary part"),
            plot_title="Eigenvalues in the complex plane",
            parent=parent,
        )
        self.view.set_equal_scales()
        self.view.set_hover_formatter(self._at)
        self._circle = self.view.add_circle("unit circle", "threshold", 1.0, "|λ| = 1")
        self._weights = self.view.add_points(_WEIGHTS, "forward")
        self._jacobian = self.view.add_points(_JACOBIAN, "backward", "cross")
        self._series = PlotView(
            theme,
            x=STEPS,
            y=Axis(name="spectral radius"),
            object_name="spectrum_series_plot",
            title="Spectral radii over training",
        )
        self._one = self._series.add_horizontal_line(
            "threshold", "threshold", "solid", label="ρ = 1", label_on="line"
        )
        self._one.set_value(1.0)
        self._radius_of_weights = self._series.add_curve("ρ of W", "forward", label="ρ of W")
        self._radius_of_jacobian = self._series.add_curve(
            "ρ of the Jacobian", "backward", style="dashed", label="ρ of the Jacobian"
        )
        for curve, letter in ((self._radius_of_weights, "W"), (self._radius_of_jacobian, "J")):
            flow: Flow = "forward" if letter == "W" else "backward"
            radius = partial(self._radius, letter)
            self.compare(
                Comparison(
                    self._series, curve.name, flow, radius, alone=[curve], is_one_of_several=True
                )
            )
        self._shown: LayerSpectrum | None = None
        self._matrices: tuple[str, ...] = ()
        self._height = 0
        self._key = QLabel()
        self._key.setObjectName("spectrum_numbers")
        self._key.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._key.setTextFormat(Qt.TextFormat.RichText)
        # Where it is low, fewer lines are written: see `_write_key`.
        self._key.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        theme.changed.connect(self._write_key)
        self._lay_out_body()

    @property
    def plot_view(self) -> PlotView:
        """The plot that is seen."""
        return self._series if self.chooser.is_switched else self.view

    def render_body(self, painter: QPainter) -> None:
        """Paint the plot that is seen, and the numbers beside it."""
        painter.save()
        painter.translate(self.plot_view.pos())
        self.plot_view.paint_export(painter)
        painter.restore()
        if not self._key.isHidden():
            self._key.render(painter, self._key.pos(), QRegion(), QWidget.RenderFlag.DrawChildren)

    def fit_body(self, height: int) -> None:
        """Write as many numbers as there is room for."""
        if height != self._height:
            self._height = height
            self._write_key()

    def offered(self, configuration: Configuration) -> dict[str, str]:
        """Offer no choice: the Jacobian is that of all states together."""
        return {}

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return the eigenvalue that is farthest out; see `PlotPanel.place_in_plot`."""
        x, y = self._weights.x, self._weights.y
        if self.chooser.is_switched or not x.size:
            return None
        farthest = int(np.argmax(x**2 + y**2))
        return float(x[farthest]), float(y[farthest])

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the chosen layer's spectrum, or its radii over training."""
        spectrum = snapshot.get(SPECTRUM)
        if spectrum is None:
            return
        if self.begins_run(snapshot):
            self._series.reset_ranges()
        self._take_choice(snapshot)
        shown = None if spectrum.is_too_large else spectrum.layers[self.chooser.layer]
        message = _TOO_LARGE if shown is None else None
        if shown is not None and shown.of_jacobian is None and shown.of_weights is None:
            message = _NOT_FINITE
        self.view.set_empty_message(message)
        if shown is not self._shown:
            self._shown = shown
            self._matrices = tuple(CELLS[snapshot.configuration.cell].recurrent_matrices())
            self._draw_plane()
            self._write_key()
        series = snapshot.series.get(SPECTRUM)
        self._series.set_empty_message(message if series is None else None)
        if series is not None and self.chooser.is_switched:
            self._draw_series(series, snapshot)

    def _lay_out_body(self) -> None:
        body = QWidget()
        # The plot has to leave the card before it can stand inside the new body.
        self.set_body(body)
        beside_nothing = self.view.sizePolicy()
        beside_nothing.setRetainSizeWhenHidden(False)
        self.view.setSizePolicy(beside_nothing)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        row.addWidget(self._series, 1)
        row.addWidget(self._key)
        self._series.hide()

    def _take_choice(self, snapshot: Snapshot) -> None:
        switched = self.chooser.is_switched
        self.view.setHidden(switched)
        self._series.setHidden(not switched)
        self._key.setHidden(switched)
        layers = snapshot.configuration.num_layers
        self.set_subtitle(f"layer {self.chooser.layer + 1}" if layers > 1 else _SUBTITLE)

    # -- the plane ----------------------------------------------------------------------------

    def _draw_plane(self) -> None:
        shown, reach = self._shown, _LEAST_REACH
        drawn: list[tuple[Points, Eigenvalues | None]] = [
            (self._weights, None if shown is None else shown.of_weights),
            (self._jacobian, None if shown is None else shown.of_jacobian),
        ]
        for points, values in drawn:
            if values is None:
                points.clear()
            else:
                reach = max(reach, 1.06 * float(np.abs(values[0])))
                points.set_data(values.real.copy(), values.imag.copy())
        reach = min(reach, _LARGEST_REACH)
        self.view.set_x_range(-reach, reach)
        self.view.set_y_range(-reach, reach)

    def _at(self, x: float, y: float) -> str | None:
        """Say what one of the eigenvalues near a place does in one step."""
        scale = self.view.mapping.x
        pixel = (scale.high - scale.low) / abs(scale.end - scale.start)
        best: tuple[float, str, complex] | None = None
        for points in (self._weights, self._jacobian):
            if len(points.x):
                distances = np.hypot(points.x - x, points.y - y)
                index = int(np.argmin(distances))
                value = complex(points.x[index], points.y[index])
                if best is None or distances[index] < best[0]:
                    best = float(distances[index]), points.name, value
        if best is None or best[0] > _NEAR * pixel:
            return f"|λ| = {format_number(math.hypot(x, y))} here"
        _, name, value = best
        angle = abs(math.degrees(math.atan2(value.imag, value.real)))
        turns = f", turns by {angle:.0f}° a step" if round(angle) else ""
        return f"{name}: {_complex(value)}\n|λ| = {format_number(abs(value))}{turns}"

    # -- the numbers --------------------------------------------------------------------------

    def _write_key(self) -> None:
        """Say which mark is what, and the three numbers."""
        shown, palette = self._shown, self.theme.palette
        if shown is None:
            self._key.setText("")
            return
        lines: list[str] = []
        blue, orange = palette.forward, palette.backward
        norms = shown.largest_singular_values
        if len(norms) == 1:
            lines += [
                f'<span style="color:{blue}">● weights {self._matrices[0]}</span>',
                _number_line("ρ", shown.radius_of_weights),
                _number_line("σ", next(iter(norms.values()))),
                "",
            ]
        lines += [
            f'<span style="color:{orange}">× Jacobian</span>',
            _number_line("ρ", shown.radius_of_jacobian),
        ]
        if len(norms) > 1:
            one = len(self._matrices) == 1
            lines += ["", f"σ of {self._matrices[0]} by gate" if one else "σ by matrix"]
            lines += [_number_line(gate, norm) for gate, norm in norms.items()]
        self._key.setFont(self.theme.font("mono_small"))
        gap = self.theme.px(8)
        most = (self.theme.px(self._height) - gap) // self._key.fontMetrics().lineSpacing()
        if len(lines) > most:
            lines = [line for line in lines if line][: max(most, 1)]
        self._key.setContentsMargins(gap, gap, gap, 0)
        self._key.setText(f'<div style="white-space:pre">{"<br>".join(lines)}</div>')

    # -- over training ------------------------------------------------------------------------

    def _draw_series(self, series: DiagnosticSeriesView, snapshot: Snapshot) -> None:
        number = self.chooser.layer + 1
        self._series.set_x_range(*self.span_of(snapshot))
        highest = 1.0
        for curve, label in (
            (self._radius_of_weights, f"W{number}"),
            (self._radius_of_jacobian, f"J{number}"),
        ):
            values = series.values[:, series.labels.index(label)]
            known = values[np.isfinite(values)]
            if len(known):
                highest = max(highest, min(float(known.max()), _LARGEST_REACH))
                curve.set_markers(len(known) == 1)
                curve.set_data(self.along(snapshot, series.steps), values)
            elif len(curve.x):
                curve.clear()
        self._series.set_y_range(0, 1.1 * highest)

    def _radius(self, letter: str, snapshot: Snapshot, _front: Snapshot) -> Trace | None:
        """Return how a run's radius went, of the chosen layer or of its last."""
        series = snapshot.series.get(SPECTRUM)
        if series is None or not self.chooser.is_switched:
            return None
        layer = min(self.chooser.layer + 1, snapshot.configuration.num_layers)
        values = series.values[:, series.labels.index(f"{letter}{layer}")]
        known = values[np.isfinite(values)]
        if not known.size:
            return None
        return Trace(series.steps, values, (0.0, min(float(known.max()), _LARGEST_REACH)), letter)


def _number_line(name: str, value: float) -> str:
    text = f"{value:.3f}" if 0.0005 <= abs(value) < 100 else format_number(value)
    return f"{name} = {text}" if math.isfinite(value) else f"{name}: none"


def _complex(value: complex) -> str:
    imaginary = format_number(abs(value.imag))
    sign = MINUS if value.imag < 0 else "+"
    real = format_number(value.real)
    return real if value.imag == 0 else f"{real} {sign} {imaginary}i"
