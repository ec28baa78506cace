"""The gradient of one window, travelling back through time."""

from __future__ import annotations

import math
from functools import partial
from itertools import cycle, islice

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.core.cells import CELLS, Cell
from rnnviz.core.cells.declaration import HIDDEN
from rnnviz.core.parameters import Array
from rnnviz.data import Source, Trait
from rnnviz.diagnostics.gradient_flow import GradientFlow
from rnnviz.diagnostics.theory import GradientTheory
from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.plotting import Axis, Curve
from rnnviz.gui.plotting.axes.training_axis import POSITIONS
from rnnviz.gui.plotting.items.item import LineStyle
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.bounds import bound_words, theory_words
from rnnviz.gui.wording.numbers import format_floor, format_number
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.theory import THEORY
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.snapshot import RunState, Snapshot, WindowView

_FLOOR = 1e-12
_LARGEST_MARKED = 80
# Of the states, in their order: no two agree in both.
_LOOKS: tuple[tuple[ColorRole, LineStyle], ...] = (
    ("backward", "solid"),
    ("backward_deep", "solid"),
    ("backward", "dashed"),
    ("backward_deep", "dashed"),
)
# The unit and the label of the axis.
_SIZES, _SHARES = ("", "gradient norm"), ("times its first size", "gradient / first size")
_NAMES = ("from the last step only", "all losses together")
_THEORY = "gradient_theory"
_ABSOLUTE = "gradient_flow_absolute"
_SPREAD = (0.1, 0.5, 0.9)
# How many times beyond the measured curve a line of theory is still followed.
_FOLLOWED = 1e3
_SUBTITLE = "by {token}"
_EXPLANATION = """
How strongly each earlier state is held responsible for an error: the length of the gradient of a \
loss with respect to the state at that {token}, relative to its length at the {token} of the loss \
itself. The axis is logarithmic. {window}

The orange curve follows the error of the last {token} alone back through the hidden states h, \
from right to left. Where it falls to almost nothing, the gradient vanishes, and the network can \
hardly learn from what it read there. Where it rises to the left, the gradient explodes. Where \
the curve leaves the plot, it ends in an arrow.

A single window says as much about its text as about the network. So the pale band shows where \
four fifths of the last fifty measured windows lie; point at it to read their median. The axis \
follows the band.
""".strip()
_OF_MARKS = """
The blue triangles above mark what the answer depends on. The network can learn the task only \
from the gradient that arrives there.
""".strip()
_ALL_LOSSES = """
"All losses", the dotted curve, adds up all errors of the window, as training does. In a {noun}, \
every {{token}} has an error of its own and feeds this curve, so it looks flat even in a network \
that has forgotten everything. In a task, only the last answers feed it.
""".strip()
_OF_SIZES = """
"Absolute" shows the sizes themselves. A curve that is low everywhere then began small: the error \
was small, which says nothing about how far the gradient reached.
""".strip()
_MATTERS = "▾ what the answer depends on"
_TOO_DEAR = "too large to be compared with theory"
_NO_ERROR = "the last error is 0: nothing goes back"
_FROM_LATER = "dL/d{state} is 0 at the loss itself: relative to its first size above 0"


class GradientPanel(LayerPanel):
    """The norm of dL_T/dh_k (and dL_T/dc_k) by k, and, on demand, that of the sum of all losses.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (GRADIENT_FLOW,)
    compares = True
    quantities = frozenset({"gradient_ratio"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            flow="backward",
            several=True,
            switch=("gradient_total", "all losses", "the gradient of all losses together"),
            more_switches=(
                (_THEORY, "theory", "what theory says of the gradient"),
                (_ABSOLUTE, "absolute", "the sizes themselves, not relative to the first"),
            ),
            object_name="gradient_panel",
            title="Gradient through time",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=POSITIONS,
            y=Axis(kind="log", floor=_FLOOR),
            plot_title="Gradient norm by time step",
            parent=parent,
        )
        add_curve = partial(self.view.add_curve, open_ended=True)
        most = max(len(cell.states) for cell in CELLS.values())
        looks = list(islice(cycle(_LOOKS), most))
        self._totals = [add_curve("", role, width=1.5, style="dotted") for role, _ in looks]
        self._from_lasts = [
            # Without dots, the second curve differs from the first also where colours do not.
            add_curve("", role, style=style, markers=place == 0)
            for place, (role, style) in enumerate(looks)
        ]
        self._spreads = [
            self.view.add_band("", "backward_band", edges=("10 %", "90 %")) for _ in looks
        ]
        sizes = Comparison(
            self.view,
            "gradient",
            "backward",
            self._of_run,
            alone=[*self._totals, *self._from_lasts],
            open_ended=True,
        )
        self.compare(sizes)
        self._name_after_states((HIDDEN.name,))
        self._reference = add_curve(
            "linear reference", "faint", width=1.5, style="dashed", label="ρᵏ, linear reference"
        )
        self._proved = add_curve(
            "proved bound", "faint", width=2.0, style="dotted", label="(γσ)ᵏ, proved bound"
        )
        self._product = add_curve(
            "product of norms", "faint", width=1.5, style="dash_dotted", label="product of norms"
        )
        self._shown: tuple[object, ...] = ()
        self._settled = ("", -1)
        self._matters = self.view.add_markers("what the answer depends on", "forward")
        self.view.set_note("◂ steps back through time", "bottom_right", "backward")
        self.chooser.chosen.connect(self._take_switches)
        self._watched_theory = self._was_absolute = False

    def _name_after_states(self, states: tuple[str, ...]) -> None:
        """Give each of these states its curves and its band, and empty those left over."""
        self._states = states
        self._total = dict(zip(states, self._totals, strict=False))
        self._from_last = dict(zip(states, self._from_lasts, strict=False))
        self._spread = dict(zip(states, self._spreads, strict=False))
        self._usual: dict[str, tuple[Array, Array, Array]] = {}
        for state, band in self._spread.items():
            band.say = partial(self._say_spread, state)
        for band in self._spreads[len(states) :]:
            if len(band.x):
                band.clear()

    @property
    def watches(self) -> frozenset[Diagnostic]:
        """Theory as well, while it is switched on."""
        return super().watches | ({THEORY} if self.chooser.is_on(_THEORY) else set())

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return what was measured, so many steps back; see `PlotPanel.place_in_plot`."""
        flow, drawn = found.run.snapshot.get(GRADIENT_FLOW), self._from_lasts[0]
        place = len(drawn.x) - 1 - found.finding.claim.lag
        if place < 0 or flow is None:
            return None
        hidden = next(iter(flow.from_last.values()))
        first = float(hidden[-1][-1]) if self.is_absolute else 1.0
        return float(drawn.x[place]), found.finding.measured * first

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the gradient of the snapshot's window."""
        window, flow = snapshot.window, snapshot.get(GRADIENT_FLOW)
        if window is None or flow is None:
            return
        self.begins_run(snapshot)
        self._take_choice(snapshot)
        layer, states = self.chooser.layer, self.chooser.states
        total = states if self.chooser.is_switched else ()
        compared = self._compared_with_theory(window, snapshot.configuration)
        length = len(window.tokens)
        steps = np.arange(length)
        if not self.is_absolute:
            self._say_where_it_begins(flow)
        shares = partial(flow.from_first_size, layer=layer, relative=not self.is_absolute)
        curves = {self._from_last[s]: shares(flow.from_last[s][layer], s) for s in states}
        totals = {self._total[s]: shares(flow.total[s][layer], s) for s in total}
        theory = {
            curve: shares(values, self._states[0])
            for curve, values in self._theory_curves(compared).items()
        }
        self._show_spread(snapshot, window)
        measured = self._to_be_seen(window, list(curves.values()))
        if snapshot.state is not RunState.RUNNING:
            # What is looked at longer must not depend on what the windows before needed.
            self.view.reset_ranges()
        self._set_y_range([*measured, *totals.values()], list(theory.values()))
        curves |= totals | theory
        self.view.set_x_range(-0.5, length - 0.5, steady=False)
        self.view.count_back_from(length - 1)
        self.show_tokens(snapshot)
        self._mark_what_matters(snapshot, window.tokens)
        # Dots that would touch say nothing.
        self._from_lasts[0].set_markers(length <= _LARGEST_MARKED)
        for curve in (*self._from_lasts, *self._totals, *self._grey):
            if curve in curves:
                curve.set_data(steps, curves[curve])
            elif len(curve.x):
                curve.clear()
        continues = Trait.CONTINUOUS in snapshot.configuration.source.traits
        one = "stream" if continues else "sequence"
        read = "your watched text" if window.is_watched_text else "what it read"
        streams = f"{one} 1 of {window.streams:,}" if window.streams > 1 else read
        if snapshot.state is not RunState.RUNNING:
            if window.step != snapshot.step:
                streams += f", step {window.step:,}"
            if (snapshot.run_id, window.step) != self._settled:
                self._settled = (snapshot.run_id, window.step)
                self.view.settle_labels()
        self.view.set_note(streams, "bottom_left")

    @property
    def is_absolute(self) -> bool:
        """Whether the sizes themselves are shown, and not relative to the first."""
        return self.chooser.is_on(_ABSOLUTE)

    def _say_where_it_begins(self, flow: GradientFlow) -> None:
        """Say so where a state's first size is not that at the loss itself."""
        layer = self.chooser.layer
        later = [state for state in self.chooser.states if flow.first_lag(state, layer)]
        if later and not self.chooser.is_on(_THEORY):
            self.view.set_note(_FROM_LATER.format(state=later[0]), "top_left")
        elif not flow.from_last[self._states[0]][layer][-1]:
            self.view.set_note(_NO_ERROR, "top_left")

    def _show_spread(self, snapshot: Snapshot, window: WindowView) -> None:
        """Show between which sizes four fifths of the last windows lie."""
        recent, length = snapshot.recent_gradients, len(window.tokens)
        for state, band in self._spread.items():
            of_state = f"dL/d{state}, " if self.chooser.offers_states else ""
            count = len(recent.steps)
            band.name = of_state + ("last window" if count == 1 else f"last {count} windows")
            low = median = high = np.empty(0)
            if state in self.chooser.states:
                label = f"{state}{self.chooser.layer + 1}"
                by_lag = recent.quantiles(label, _SPREAD, relative=not self.is_absolute)
                low, median, high = by_lag[:, ::-1]
            if len(low) > length:
                # They are of longer windows: from before the length was changed, or than the text.
                kept = slice(-length, None) if window.is_watched_text else slice(0)
                low, median, high = low[kept], median[kept], high[kept]
            self._usual[state] = low, median, high
            band.set_group(self.name_in_front or self._from_last[state].group)
            # Where nearly all have vanished there is no width to be seen.
            seen = np.where(high > _FLOOR, (low, high), np.nan)
            if len(low) or len(band.x):
                band.set_data(np.arange(length - len(low), length), *seen)

    def _to_be_seen(self, window: WindowView, curves: list[Array]) -> list[Array]:
        """Return what the axis follows: the bands; curves that hold still, or stand alone, too."""
        states = self.chooser.states
        bands = [edge for state in states for edge in self._usual[state][::2] if len(edge)]
        return bands + curves if window.is_watched_text or not bands else bands

    def _say_spread(self, state: str, index: int) -> str:
        low, median, high = (
            format_floor(round(math.log10(_FLOOR))) if size <= _FLOOR else format_number(size)
            for size in (float(sizes[index]) for sizes in self._usual[state])
        )
        return f"{self._spread[state].name}: median {median} ({low} to {high})"

    def _mark_what_matters(self, snapshot: Snapshot, read: tuple[str, ...]) -> None:
        """Show how far back the gradient has to reach, where that is known."""
        source = snapshot.configuration.source
        self._matters.set_data([k for k, shown in enumerate(read) if source.matters(shown)])
        # Theory has a verdict to write there, and there is no room for both.
        told = Trait.MARKED in source.traits and not self.chooser.is_on(_THEORY)
        self.view.set_note(_MATTERS if told else "", "top_right", "forward")

    def _of_run(self, snapshot: Snapshot, front: Snapshot) -> Trace | None:
        """Return a run's gradient as that of the run in front is chosen, last step upon last."""
        flow, own, ahead = snapshot.get(GRADIENT_FLOW), snapshot.window, front.window
        if flow is None or own is None or ahead is None:
            return None
        by_state = flow.total if self.chooser.is_switched else flow.from_last
        chosen, hidden = self.chooser.states[0], next(iter(by_state))
        state = chosen if chosen in by_state else hidden
        layer = min(self.chooser.layer, snapshot.configuration.num_layers - 1)
        sizes = flow.from_first_size(
            by_state[state][layer], state, layer, relative=not self.is_absolute
        )
        steps = np.arange(len(sizes), dtype=np.float64) + (len(ahead.tokens) - len(sizes))
        return Trace(steps, sizes, _reach(sizes), state if len(by_state) > 1 else "")

    # -- theory -------------------------------------------------------------------------------

    @property
    def _grey(self) -> tuple[Curve, Curve, Curve]:
        return self._reference, self._proved, self._product

    def _take_switches(self) -> None:
        """Have theory measured only while it is switched on, and the range begin anew."""
        if self._was_absolute != self.is_absolute:
            self._was_absolute = self.is_absolute
            self.view.reset_ranges()
        if self._watched_theory != self.chooser.is_on(_THEORY):
            self._watched_theory = not self._watched_theory
            self.view.reset_ranges()
            self.watch_changed.emit()

    def _compared_with_theory(
        self, window: WindowView, configuration: Configuration
    ) -> GradientTheory | None:
        """Return what is to be shown of theory, and say what must be said of it."""
        theory, note, layers = window.measured.get(THEORY), "", configuration.num_layers
        if THEORY not in window.measured or not self.chooser.is_on(_THEORY):
            theory = None
        elif self.chooser.layer != layers - 1:
            theory, note = None, f"theory holds for the last layer, {layers}, alone"
        elif self._states[0] not in self.chooser.states:
            hidden = CELLS[configuration.cell].states[0]
            theory, note = None, f"theory is of the {hidden.words}"
        elif theory is None:
            note = _TOO_DEAR
        else:
            note = bound_words(theory)
        self.view.set_note(note, "top_left")
        return theory

    def _theory_curves(self, theory: GradientTheory | None) -> dict[Curve, Array]:
        if theory is None:
            return {}
        values = (theory.linear_reference, theory.proved_bound, theory.norm_product)
        return {c: v for c, v in zip(self._grey, values, strict=True) if v is not None}

    def _set_y_range(self, measured: list[Array], theory: list[Array]) -> None:
        """Show all that was measured, and of theory what is not far beyond."""
        low, high = _reach(np.concatenate(measured))
        if low > high:
            return  # There is none.
        if theory:
            grey = np.concatenate(theory)
            grey = np.clip(grey[np.isfinite(grey)], low / _FOLLOWED, high * _FOLLOWED)
            if grey.size:
                low, high = min(low, float(grey.min())), max(high, float(grey.max()))
        self.view.set_y_range(max(low, _FLOOR), high)

    def _take_choice(self, snapshot: Snapshot) -> None:
        """Name the curves after what was chosen, where that is something else than before."""
        configuration, chooser = snapshot.configuration, self.chooser
        has_cell = chooser.offers_states
        layer = f"layer {chooser.layer + 1}" if configuration.num_layers > 1 else ""
        shown = (
            has_cell,
            chooser.states,
            layer,
            chooser.is_switched,
            self.chooser.is_on(_THEORY),
            self.is_absolute,
            configuration.token,
            configuration.cell,
            configuration.source,
        )
        if shown == self._shown:
            return
        self._shown = shown
        kind = CELLS[configuration.cell]
        if kind.state_names() != self._states:
            self._name_after_states(kind.state_names())
        self.set_explanation(
            _explanation(kind, configuration.source, compared=chooser.is_on(_THEORY))
        )
        by_token = self.of_tokens(_SUBTITLE)
        self.set_subtitle(f"{layer}, {by_token}" if layer else by_token)
        self.view.set_y_unit(*(_SIZES if self.is_absolute else _SHARES))
        how = "" if self.is_absolute else ", relative to its first size"
        one, all_of_them = ("last step only", "all losses") if has_cell else _NAMES
        for state in self._states:
            of_state = f"dL/d{state}, " if has_cell else ""
            for curve, loss in ((self._from_last[state], one), (self._total[state], all_of_them)):
                curve.set_label(f"{of_state}{loss}")
                curve.name = f"{of_state}{loss}{', ' if layer else ''}{layer}{how}"
        self.view.settle_labels()


def _reach(sizes: Array) -> tuple[float, float]:
    """Return from where to where sizes reach; from where they end to where they begin of none."""
    known = sizes[np.isfinite(sizes)]
    if not known.size:
        return 1.0, 0.0
    high = max(float(known.max()), 10 * _FLOOR)
    return max(min(float(known.min()), high * 1e-3), _FLOOR), high


def _explanation(cell: type[Cell], source: Source, *, compared: bool) -> str:
    """Explain what is there to be seen, and nothing else: all of it fills a page."""
    noun = source.noun if Trait.CONTINUOUS in source.traits else "text"
    parts = {
        _EXPLANATION: True,
        _OF_MARKS: Trait.MARKED in source.traits,
        cell.way_back: bool(cell.way_back),
        _ALL_LOSSES.format(noun=noun): True,
        _OF_SIZES: True,
        theory_words(compared=compared, is_square=cell.square_matrix() is not None): True,
    }
    return "\n\n".join(part for part, is_seen in parts.items() if is_seen)
