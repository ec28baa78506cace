"""How much of a layer sits at the flat ends of its activations."""

from __future__ import annotations

import math
from itertools import cycle, islice

import numpy as np
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedWidget, QWidget

from rnnviz.core.cells import CELLS
from rnnviz.core.parameters import Array
from rnnviz.diagnostics.saturation import (
    SATURATED,
    SHUT,
    Distribution,
    Saturation,
    dead_label,
    quantity_words,
    series_label,
)
from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.plotting import Axis, Curve, PlotView
from rnnviz.gui.plotting.axes.axis import nice_step
from rnnviz.gui.plotting.axes.training_axis import LARGEST_MARKED, STEPS
from rnnviz.gui.plotting.items.item import LineStyle
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import format_number, with_space
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.record.series import DiagnosticSeriesView
from rnnviz.training.snapshot import Snapshot

_SUBTITLE = "what sits at the flat ends"
_HEADROOM, _ABOVE = 1.25, 1.05
_LEAST_SHARE = 0.04
_LEAST_SHARE_OF_RELU = 0.002
_FAR_TOO_WIDE = 2.5
_STYLES: tuple[LineStyle, ...] = ("solid", "dashed", "dotted")
_EXPLANATION = """
How a layer's values are distributed over all steps of the window. The height of a bar is the \
share of the values that lie in its range. {window}

Beyond the red line at 0.95, tanh is almost flat. In a vanilla RNN, a unit there is saturated: it \
passes on at most a tenth of the gradient that reaches it. The more values lie there, the less of \
the gradient gets through. In an LSTM or a GRU, such a value of h may be something that is well \
remembered.

An LSTM or a GRU has gates, which you can choose in the title row. A gate is a sigmoid between 0 \
and 1 with two flat ends: below 0.05 it is shut, above 0.95 it is open. That need not be a fault: \
an open forget gate keeps the memory and lets the gradient pass. But a gate at one of its ends \
hardly learns to do anything else. The cell state c has no limits, so tanh(c) is shown, through \
which the error has to pass.

With ReLU nothing saturates, for it has no upper limit; the bars show the values above 0. But a \
unit can die: "dead" counts the units that are 0 at every step of the window, so that no gradient \
passes through them at all. Another window may wake such a unit; the longer the window, the less \
likely that is.

"Over training" shows how the share at the flat ends changed during the run, with one curve for \
the hidden state and one for each gate; the chosen one is thick. It is measured only while this \
panel is open, and only as often as it does not slow training down.
""".strip()


def percent(share: float) -> str:
    """Return a share in few digits, but never 0 % of something, nor 100 % of less than all."""
    if 0 < share < 0.0005:
        return with_space("<0.1%")
    if 0.9995 <= share < 1:
        return with_space(">99.9%")
    finely = 0 < share < 0.0995 or 0.995 <= share < 1
    return with_space(f"{share:.1%}" if finely else f"{share:.0%}")


def _tick(share: float) -> str:
    return with_space(f"{round(100 * share, 3):g}%")


class SaturationPanel(LayerPanel):
    """The distribution of |h| or of a gate with its marks; or the shares beyond them by step.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (SATURATION,)
    compares = True
    quantities = frozenset({"saturated_share"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            flow="forward",
            switch=("saturation_series", "over training", "how the shares went over training"),
            object_name="saturation_panel",
            title="Saturation",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=Axis(name="value"),
            y=Axis(number_format=_tick, name="share of the values"),
            plot_title="Distribution of a layer's values over the window",
            parent=parent,
        )
        self._histogram = self.view.add_histogram("share of the values", "forward", "forward_band")
        self._shut = self.view.add_vertical_line("shut below", "threshold", "right")
        self._saturated = self.view.add_vertical_line("saturated beyond", "threshold", "left")
        self.view.set_hover_formatter(self._bar_words)
        self._symbol, self._counted = "", 0
        self._reach = self._height = 0.0
        self.series_view = PlotView(
            theme,
            x=STEPS,
            y=Axis(number_format=_tick, name="share at the flat ends"),
            object_name="saturation_series_plot",
            title="Share of saturated values over training",
        )
        most = max(len(quantity_words(cell)) for cell in CELLS.values())
        self._each = [
            self.series_view.add_curve("", "forward", width=1.0, style=style)
            for style in islice(cycle(_STYLES), most)
        ]
        self._part = self.series_view.add_curve("", "forward", width=1.5, style="dotted")
        self._chosen = self.series_view.add_curve("", "forward", width=2.5)
        shares = Comparison(
            self.series_view,
            "share",
            "forward",
            self._share,
            alone=[*self._each, self._part, self._chosen],
        )
        self.compare(shares)
        self._views = QStackedWidget()
        # The body that was has no parent any more, and takes its place among the two.
        self.set_body(self._views)
        self._views.addWidget(self.view)
        self._views.addWidget(self.series_view)
        self._named: tuple[object, ...] = ()
        self._drawn: tuple[object, ...] = ()

    @property
    def plot_view(self) -> PlotView:
        """The plot that is seen."""
        return self.series_view if self.chooser.is_switched else self.view

    def render_body(self, painter: QPainter) -> None:
        """Paint the plot that is seen."""
        self.plot_view.paint_export(painter)

    def offered(self, configuration: Configuration) -> dict[str, str]:
        """Return what has flat ends: the states, or their tanh, and every gate."""
        return quantity_words(CELLS[configuration.cell])

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return the top of the outermost bar; see `PlotPanel.place_in_plot`."""
        heights, edges = self._histogram.heights, self._histogram.edges
        if self.chooser.is_switched or not heights.size:
            return None
        return float(edges[-2:].mean()), float(heights[-1])

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the distribution of what was chosen, or the series of its layer."""
        saturation = snapshot.get(SATURATION)
        if saturation is None:
            return
        (name,) = self.chooser.states
        if name not in saturation.quantities:
            return
        if self.begins_run(snapshot) or (self.chooser.layer, name) != self._drawn:
            self._drawn = self.chooser.layer, name
            self._reach = self._height = 0.0
            self.series_view.reset_ranges()
        self.set_subtitle(self.chooser.words or _SUBTITLE)
        self._views.setCurrentWidget(self.plot_view)
        if self.chooser.is_switched:
            self._show_series(snapshot, saturation, name)
        else:
            self._show_distribution(saturation, name)

    # -- the window's distribution --------------------------------------------------------------

    def _show_distribution(self, saturation: Saturation, name: str) -> None:
        layer, distribution = self.chooser.layer, saturation.quantities[name]
        shares = distribution.shares[layer]
        steps, streams, units = saturation.shape
        # What has no lower end has a sign, of which nothing is shown.
        self._symbol = f"|{name}|" if distribution.low is None else name
        self._counted = steps * streams * units
        least = _LEAST_SHARE if saturation.dead is None else _LEAST_SHARE_OF_RELU
        highest = _HEADROOM * max(float(shares.max()), least)
        self.view.set_x_range(0.0, self._reach_of(distribution, saturation), steady=False)
        self._height = _steady(self._height, highest)
        self.view.set_y_range(0.0, min(self._height, 1.0), steady=False)
        self._histogram.set_data(distribution.edges, shares)
        self._mark(distribution, layer)
        words = [_counted(steps, "step"), _counted(units, "unit")]
        words += [_counted(streams, "stream")] if streams > 1 else []
        self.view.set_note(f"{self._symbol} at {', '.join(words)}", "bottom_left", "forward")
        self.view.set_note(_dead_words(saturation, name, layer), "top_left", "threshold")

    def _reach_of(self, distribution: Distribution, saturation: Saturation) -> float:
        """Return where the axis ends: at 1, or for ReLU at a round number that does not tremble."""
        largest = float(distribution.edges[-1])
        self._reach = largest if saturation.dead is None else _steady(self._reach, largest)
        return self._reach

    def _mark(self, distribution: Distribution, layer: int) -> None:
        """Draw the marks of the flat ends, and say what lies beyond them."""
        low, high = distribution.low, distribution.high
        if high is None:
            self._saturated.set_value(None)
            self._shut.set_value(None)
            return
        beyond = percent(float(high[layer]))
        self._saturated.set_value(SATURATED, f"{beyond} beyond {SATURATED:g}")
        if low is None:
            self._shut.set_value(None)
        else:
            self._shut.set_value(SHUT, f"{percent(float(low[layer]))} below {SHUT:g}")

    def _bar_words(self, x: float, _: float) -> str | None:
        bar = self._histogram.bar_at(x)
        if bar is None:
            return None
        first, last = (format_number(edge) for edge in self._histogram.edges[bar : bar + 2])
        share = percent(float(self._histogram.heights[bar]))
        values = _counted(self._counted, "value")
        return f"{self._symbol} from {first} to {last}\n{share} of {values}"

    # -- over training ----------------------------------------------------------------------------

    def _show_series(self, snapshot: Snapshot, saturation: Saturation, name: str) -> None:
        series = snapshot.series.get(SATURATION)
        if series is None:
            return
        layer = self.chooser.layer
        curves: dict[Curve, tuple[str, Array]] = {}
        if saturation.dead is not None:
            curves[self._chosen] = "dead units", _column(series, dead_label(layer))
            hidden = next(iter(saturation.quantities))
            zeros = _column(series, series_label(hidden, layer, "low"))
            curves[self._part] = f"{hidden} is 0", zeros
            note = "share of the units, and of their values"
        else:
            for curve, each in zip(self._each, saturation.quantities, strict=False):
                thin_or_thick = self._chosen if each == name else curve
                curves[thin_or_thick] = each, _at_the_ends(series, each, layer)
            if saturation.quantities[name].low is not None:
                part = _column(series, series_label(name, layer, "low"))
                curves[self._part] = f"{name} below {SHUT:g}", part
            gated = len(saturation.quantities) > 1
            note = f"share beyond {SATURATED:g}{f', or below {SHUT:g}' if gated else ''}"
        self.series_view.set_note(note, "top_left")
        self._draw_series(series.steps, curves, snapshot)

    def _share(self, snapshot: Snapshot, _front: Snapshot) -> Trace | None:
        """Return the share at the flat ends of what was chosen, or of a run's own first state."""
        series, saturation = snapshot.series.get(SATURATION), snapshot.get(SATURATION)
        if series is None or saturation is None or not self.chooser.is_switched:
            return None
        layer = min(self.chooser.layer, snapshot.configuration.num_layers - 1)
        if saturation.dead is not None:
            words, values = "dead units", _column(series, dead_label(layer))
        else:
            (chosen,) = self.chooser.states
            words = next(iter(saturation.quantities))
            words = chosen if chosen in saturation.quantities else words
            values = _at_the_ends(series, words, layer)
        highest = max(float(values.max(initial=0.0)), _LEAST_SHARE)
        return Trace(series.steps, values, (0.0, _ABOVE * highest), words)

    def _draw_series(
        self, steps: Array, curves: dict[Curve, tuple[str, Array]], snapshot: Snapshot
    ) -> None:
        words = {curve: word for curve, (word, _) in curves.items()}
        if (words, self.chooser.layer) != self._named:
            self._named = (words, self.chooser.layer)
            layer = f", layer {self.chooser.layer + 1}" if self.chooser.words else ""
            for curve, word in words.items():
                curve.set_label(word)
                curve.name = f"share of {word}{layer}"
            self.series_view.settle_labels()
        shown = np.concatenate([values for _, values in curves.values()])
        highest = max(float(shown.max(initial=0.0)), _LEAST_SHARE)
        self.series_view.set_x_range(*self.span_of(snapshot))
        self.series_view.set_y_range(0.0, _ABOVE * highest)
        self._chosen.set_markers(len(steps) <= LARGEST_MARKED)
        for curve in (*self._each, self._part, self._chosen):
            if curve in curves:
                curve.set_data(self.along(snapshot, steps), curves[curve][1])
            elif len(curve.x):
                curve.clear()


def _steady(end: float, largest: float) -> float:
    """Return where an axis from 0 ends: where it did, unless that is too near or far too wide."""
    if end / _FAR_TOO_WIDE <= largest <= end:
        return end
    step = nice_step(largest / 8)
    return math.ceil(largest / step - 1e-9) * step


def _at_the_ends(series: DiagnosticSeriesView, name: str, layer: int) -> Array:
    """Return the share at both flat ends together, as far as there are two."""
    total: Array = np.zeros(len(series.steps))
    for end in ("low", "high"):
        if series_label(name, layer, end) in series.labels:
            total = total + _column(series, series_label(name, layer, end))
    return total


def _column(series: DiagnosticSeriesView, label: str) -> Array:
    column: Array = series.values[:, series.labels.index(label)]
    return column


def _dead_words(saturation: Saturation, name: str, layer: int) -> str:
    low = saturation.quantities[name].low
    if saturation.dead is None or low is None:
        return ""
    zeros = percent(float(low[layer]))
    units = _counted(saturation.shape[2], "unit")
    return f"{saturation.dead[layer]:,} of {units} dead, {zeros} of {name} is 0"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
