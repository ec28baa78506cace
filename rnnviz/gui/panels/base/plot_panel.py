"""Panels whose body is one plot, of the run or of one layer's states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Literal, Required, TypedDict, Unpack

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QWidget

from rnnviz.core.cells import CELLS
from rnnviz.core.parameters import Array
from rnnviz.gui.panels.base.claim_lines import ClaimLines
from rnnviz.gui.panels.base.comparison import Comparison, Trace, spans
from rnnviz.gui.panels.base.curve_menu import CurveMenu
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.base.read_text import ReadText, ReadToken
from rnnviz.gui.panels.base.shown_run import Found, ShownRun
from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.axes.training_axis import TrainingAxis, is_over_training
from rnnviz.gui.plotting.axes.transform import Span
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.emphasis import Mark
from rnnviz.gui.widgets.state_chooser import StateChooser
from rnnviz.gui.wording.claims import finding_words
from rnnviz.gui.wording.tokens import has_long_tokens
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.snapshot import Snapshot

_OF_RUNS = """
This plot compares several runs. Each has its own shade, dash and marker, and its name at the \
curve, cut where it is long. The thick curve is the run in front; everything else in the panel \
belongs to that run alone. While a step of its past is seen, a ring marks it on that curve; the \
other runs are as they are now. Rough curves are drawn as the mean over a short stretch; a saved \
table has all values.
""".strip()
_OF_FORKS = """
The axis counts from the fork, and what came before it is negative. A branch counts from where it \
left another run. A run that was left counts from the fork of the branch in front, or else of the \
last branch in the strip. A run that has no fork counts from its start.
""".strip()
_OF_HANDS = """
Turn the wheel over the plot, or over one of its axes, to zoom; drag to move it; hold Shift and \
drag to zoom into a box; double click to see everything again. Hold Ctrl and drag to measure a \
stretch. A saved picture, and a saved table, have what is in view.
""".strip()
_OF_NAMES = """
Click a name at a curve to hide the curve; double click it to see that one alone. What is hidden \
is named in the upper right corner, where a click brings it back.
""".strip()
_OF_THE_AXIS = "Click the axis of training to make it logarithmic, or linear again."


class _PlotWords(TypedDict, total=False):
    """What a `PlotPanel` is told."""

    object_name: Required[str]
    title: Required[str]
    subtitle: Required[str]
    explanation: Required[str]
    x: Required[Axis]
    y: Required[Axis]
    plot_title: Required[str]
    parent: QWidget | None


class PlotPanel(Panel):
    """A panel whose body is one plot.

    Parameters
    ----------
    theme, object_name, title, subtitle, explanation, parent
        As a `Panel` has them.
    x, y
        What the plot's axes mean.
    plot_title
        What the plot shows, for people who cannot see it.

    Attributes
    ----------
    view
        The plot.
    claim_lines
        Where its plot shows bounds of claims; None where it measures nothing that is claimed.
    """

    only_over_steps: ClassVar[bool] = False
    """Whether its course of training cannot be drawn over tokens or seconds."""

    has_curves: ClassVar[bool] = True
    """Whether there are curves in it that can be hidden, by its menu as well."""

    bounded: ClassVar[frozenset[str]] = frozenset()
    """Of `quantities`, those that are measured as the plot's y."""

    _axis = TrainingAxis()
    _latest_runs: tuple[ShownRun, Sequence[ShownRun]] | None = None

    def __init__(  # noqa: PLR0913  # keywords: a panel's words and axes, as in a table
        self,
        theme: Theme,
        *,
        object_name: str,
        title: str,
        subtitle: str,
        explanation: str,
        x: Axis,
        y: Axis,
        plot_title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme,
            object_name=object_name,
            title=title,
            subtitle=subtitle,
            explanation=explanation,
            parent=parent,
        )
        plot_name = object_name.replace("_panel", "_plot")
        self.view = PlotView(theme, x=x, y=y, object_name=plot_name, title=plot_title)
        self._run = ""
        self._comparisons: list[Comparison] = []
        self.claim_lines = ClaimLines(self.view, self.bounded) if self.bounded else None
        self.set_body(self.view)
        self.view.ranges_wanted.connect(self._draw_again)
        if self.has_curves:
            CurveMenu(self.exports.menu, object_name, lambda: self.plot_view.hiding)
            self._header.say_offered("copy, save, choose curves")

    @property
    def plot_view(self) -> PlotView:
        """The plot."""
        return self.view

    def compare(self, *comparisons: Comparison) -> None:
        """Have these drawn wherever several runs are shown; see `Comparison`."""
        known = {self.view, *(comparison.view for comparison in self._comparisons)}
        self._comparisons += comparisons
        for view in {comparison.view for comparison in comparisons} - known:
            view.ranges_wanted.connect(self._draw_again)

    @property
    def number_compared(self) -> int:
        """How many runs there are to be compared, one at the least."""
        return 1 if self._latest_runs is None else len(self._latest_runs[1])

    @property
    def is_comparing(self) -> bool:
        """Whether several runs are shown in the plot that is seen."""
        return self.number_compared > 1 and any(
            comparison.view is self.plot_view for comparison in self._comparisons
        )

    @property
    def whose(self) -> str:
        """Of which run something said of one run is, to begin the words; empty of one alone."""
        return f"{self.name_in_front}: " if self.name_in_front else ""

    @property
    def name_in_front(self) -> str:
        """The name of the run in front where several are compared; else empty."""
        front = self._latest_runs
        return front[0].name if front is not None and self.is_comparing else ""

    @property
    def explanation(self) -> str:
        """The answer to "What am I looking at?", to whose curves, and to how to look closer."""
        parts = {
            super().explanation: True,
            _OF_RUNS: self.is_comparing,
            _OF_FORKS: bool(self.training.forks and self._over_training),
            self._of_hands: True,
        }
        return "\n\n".join(part for part, is_said in parts.items() if is_said)

    @property
    def _of_hands(self) -> str:
        parts = [_OF_HANDS]
        # Before anything is shown, nobody knows what there is to take hold of.
        if self._latest_runs is not None:
            parts += [_OF_NAMES] if self.plot_view.hiding.names else []
            parts += [_OF_THE_AXIS] if is_over_training(self.plot_view.mapping.x.axis) else []
        return " ".join(parts)

    def show_runs(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Draw the curves of those that are compared, and the rest of the run in front."""
        self._latest_runs = front, compared
        traces: dict[PlotView, list[Trace]] = {one.view: [] for one in self._comparisons}
        for comparison in self._comparisons:
            over_training = is_over_training(comparison.view.mapping.x.axis)
            place = self.along if over_training else _as_it_is
            traces[comparison.view] += comparison.show(front, compared, place)
        for view, drawn in traces.items():
            x, y = view.mapping.x, view.mapping.y
            x.besides, y.besides = spans(drawn) or (None, None)
        self.show_snapshot(front.snapshot)

    def _draw_again(self) -> None:
        """Draw the latest once more: it is looked at otherwise."""
        if self._latest_runs is not None:
            self.show_runs(*self._latest_runs)

    # -- over training ------------------------------------------------------------------------

    @property
    def training(self) -> TrainingAxis:
        """What the course of training is drawn over here."""
        return self._axis.over_steps if self.only_over_steps else self._axis

    @property
    def _over_training(self) -> list[PlotView]:
        views = dict.fromkeys([self.view, *(comparison.view for comparison in self._comparisons)])
        return [view for view in views if is_over_training(view.mapping.x.axis)]

    def set_axis(self, axis: TrainingAxis) -> None:
        """Draw what is over training over this from now on."""
        before, self._axis = self._axis, axis
        for view in self._over_training if axis.axis != before.axis else ():
            # Another axis is looked at as a whole, and so is the same again afterwards.
            view.follow_x()
            view.take_x(self.training.axis)
        self.setAccessibleDescription(self.explanation)
        if self._over_training:
            self._draw_again()

    def along(self, snapshot: Snapshot, steps: Array) -> Array:
        """Return where a run's steps, shape ``(n,)``, stand on the axis of training."""
        return self.training.along(snapshot, steps)

    def span_of(self, snapshot: Snapshot) -> Span:
        """Return from where to where the axis of training has to reach for a run.

        On a log axis it begins at the first step. Of a long run, that is the first one of which
        something is still known by itself: where the record begins, all plots begin.
        """
        low, high = self.training.span(snapshot)
        if not self.plot_view.mapping.x.axis.is_logarithmic:
            return low, high
        history = snapshot.get(HISTORY)
        first = int(history.steps[0]) if history is not None and len(history.steps) else 1
        begin = self.training.place(snapshot, first)
        return (begin if math.isfinite(begin) else low), high

    def marks_of(self, own: Found | None, of_rivals: Sequence[Found]) -> list[Mark]:
        """Mark what was found of each run, and whose it is, where they stand in one plot."""
        if not self.is_comparing:
            return super().marks_of(own, of_rivals)
        seen = [one for one in of_rivals if self.place_in_plot(one) is not None]
        return [
            Mark(partial(self.place_of, one), finding_words(one.finding, one.run.name))
            for one in ([own] if own else []) + seen
        ]

    def places_of_words(self) -> Sequence[QRectF]:
        """Return where runs are named, and the axes; see `Panel.places_of_words`."""
        names = self.plot_view.label_rects if self.is_comparing else ()
        return [*names, *self.plot_view.axis_rects]

    def place_of(self, found: Found) -> QPointF | None:
        """Return where in the plot a finding can be seen, at the range's end where it lies beyond.

        See `Panel.place_of`.
        """
        place = self.place_in_plot(found)
        if place is None:
            return None
        mapping = self.view.mapping
        rect, (x, y) = mapping.rect, place
        return QPointF(
            min(max(mapping.x.to_pixel(x), rect.left()), rect.right()),
            min(max(mapping.y.to_pixel(y), rect.top()), rect.bottom()),
        )

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return where a finding can be seen, in data units; None where it is all of the plot."""
        return None

    def begins_run(self, snapshot: Snapshot) -> bool:
        """Return whether this is the first snapshot of a run, for which the ranges begin anew."""
        if snapshot.run_id == self._run:
            return False
        self._run = snapshot.run_id
        self.speak_of(snapshot.configuration.token)
        self.view.reset_ranges()
        return True


def _as_it_is(_snapshot: Snapshot, x: Array) -> Array:
    return x


class LayerPanel(PlotPanel):
    """A plot of one layer's states, chosen in its title row; a subclass says how they are drawn.

    Parameters
    ----------
    theme
        Colours and type.
    flow
        Whether they are shown as they flow forward, or their gradients as they come back.
    several, switch, more_switches
        Whether several states can be shown together, and what besides; see `StateChooser`.
    more
        As a `PlotPanel` has them.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        flow: Literal["forward", "backward"],
        several: bool = False,
        switch: tuple[str, str, str] | None = None,
        more_switches: tuple[tuple[str, str, str], ...] = (),
        **more: Unpack[_PlotWords],
    ) -> None:
        super().__init__(theme, **more)
        self.chooser = StateChooser(
            self.objectName(),
            several=several,
            switch=switch,
            more_switches=more_switches,
            flow=flow,
        )
        self.chooser.chosen.connect(self._show_choice)
        self.add_header_widget(self.chooser)
        self._latest: Snapshot | None = None
        self._text: ReadText | None = None
        self._first_place = 0
        self.view.hovered.connect(self._tell_pointed)

    def show_runs(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Offer the states of the network in front, and draw those that were chosen."""
        # Before anything is drawn: what is compared is chosen there.
        self.offer_states(front.snapshot.configuration)
        super().show_runs(front, compared)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Offer the states that the network has, and draw those that were chosen."""
        self._latest = snapshot
        self.offer_states(snapshot.configuration)
        self.show_again()

    def offer_states(self, configuration: Configuration) -> None:
        """Let the person choose among the layers and states that a network has."""
        self.chooser.offer(configuration.num_layers, self.offered(configuration))

    def offered(self, configuration: Configuration) -> dict[str, str]:
        """Return what can be chosen of a layer, by name and in words: the cell's states."""
        return {state.name: state.words for state in CELLS[configuration.cell].states}

    def show_tokens(self, snapshot: Snapshot, first: int = 0) -> None:
        """Label the time axis with what the network read, all of it or from a place on."""
        window = snapshot.window
        if window is not None:
            are_long = has_long_tokens(snapshot.configuration)
            self.view.set_characters(list(window.tokens[first:]), are_words=are_long)
            self._text, self._first_place = ReadText.of(window), first

    @property
    def pointed_token(self) -> ReadToken | None:
        """The token at the pointer's place on the time axis; see `Panel.pointed_token`."""
        place = self.view.pointed
        if self._text is None or place is None:
            return None
        return self._text.at(round(place[0]) + self._first_place)

    def mark_token(self, token: ReadToken | None) -> None:
        """Mark a token on the time axis; see `Panel.mark_token`."""
        # Other plots mark steps of training.
        if self._text is not None:
            place = None if token is None else token.place_in(self._text)
            self.view.mark_x(None if place is None else place - self._first_place)

    def _tell_pointed(self) -> None:
        if self._text is not None:
            self.token_pointed.emit()

    def show_again(self) -> None:
        """Draw the latest snapshot once more: something else of it was chosen."""
        if self._latest is not None:
            self.show_states(self._latest)

    def _show_choice(self) -> None:
        if self._latest_runs is not None and self.is_comparing:
            self.show_runs(*self._latest_runs)
        else:
            self.show_again()

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the chosen states as far as the snapshot carries them."""
        raise NotImplementedError
