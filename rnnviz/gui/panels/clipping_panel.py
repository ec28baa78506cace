"""The size of the whole gradient, and clipping as it acts."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from rnnviz.core.parameters import Array
from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.panels.base.setting_line import SettingLine
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.plotting import Axis, quantile
from rnnviz.gui.plotting.axes.training_axis import LARGEST_MARKED, STEPS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import in_full, in_percent
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.record.history import RECENT_STEPS, HistoryView
from rnnviz.training.snapshot import Snapshot

_FLOOR = 1e-12
_EXPLANATION = """
The length of the whole gradient, of all weights together, at every training step, on a \
logarithmic axis. The pale band shows the smallest and the largest length before clipping in each \
stretch of steps. The line is the mean length after clipping, which is what the optimiser is \
given. Where clipping acts, a dotted line above it shows the mean before clipping.

The red line is the threshold, as it was set at each step. Clipping by norm shortens a longer \
gradient to the threshold and keeps its direction. Clipping by value limits every entry \
separately, which can change the direction; it has no line in this plot. Drag the line's last \
part, where its name stands, to set the threshold.

A red triangle marks a clipped step. When it stands for a stretch of steps, it is fuller the more \
of them were clipped. The count below the plot covers the last 1,000 steps only.
""".strip()


class ClippingPanel(PlotPanel):
    """The global norm before and after clipping, the threshold, the clipped steps.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.

    Signals
    -------
    setting_edited(str, object, bool)
        As `SettingLine.chosen`: the person has dragged the line of the threshold to this value.
    """

    setting_edited = Signal(str, object, bool)

    shows = (HISTORY,)
    compares = True
    quantities = frozenset({"largest_norm", "clipped_share"})
    bounded = frozenset({"largest_norm"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="clipping_panel",
            title="Clipping",
            subtitle="size of the whole gradient, before and after",
            explanation=_EXPLANATION,
            x=STEPS,
            y=Axis(kind="log", floor=_FLOOR, label="gradient norm"),
            plot_title="Gradient norm before and after clipping",
            parent=parent,
        )
        self._band = self.view.add_band("norm before clipping", "backward_band")
        self._before = self.view.add_curve(
            "mean norm before clipping", "backward", width=1.0, style="dotted"
        )
        self._after = self.view.add_curve(
            "mean norm after clipping", "backward", label="norm after clipping"
        )
        self._threshold = self.view.add_stepped_line("threshold", "threshold", label="threshold")
        self._limit = SettingLine(
            self.view,
            self._threshold,
            SETTINGS["clip_threshold"],
            lambda value: f"threshold {in_full(value)}",
        )
        self._limit.chosen.connect(self.setting_edited)
        # It is the same curve where clipping is off.
        self._after.set_group("norm after clipping")
        norm = Comparison(
            self.view,
            "mean norm after clipping",
            "backward",
            _norm_after,
            alone=[self._before, self._after],
        )
        self.compare(norm)
        self._clipped = self.view.add_markers("clipped share of the steps", "threshold")
        self._steps: Array = np.empty(0)
        self._interval = 1
        self._thresholds: Array = np.empty(0)
        self._limit_now = 0.0
        self._band.say = self._say_clipped

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return the highest norm, or the last clipped one; see `PlotPanel.place_in_plot`."""
        history = found.run.snapshot.get(HISTORY)
        if history is None or not history.steps.size:
            return None
        x, norms, at = self.along(found.run.snapshot, history.steps), history.norm_after.mean, -1
        if found.finding.claim.quantity == "largest_norm":
            norms = history.norm_before.high
            at = int(np.argmax(norms))
        return float(x[at]), float(norms[at])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the run's gradient norms so far."""
        history = snapshot.get(HISTORY)
        if history is None:
            return
        self.begins_run(snapshot)
        configuration = snapshot.configuration
        way = snapshot.timeline.thresholds
        self._threshold.set_way(self.along(snapshot, way.steps), way.thresholds)
        self._limit.show(snapshot, is_there=configuration.clip_mode == "norm")
        is_off = configuration.clip_mode == "none"
        self._after.set_label("norm, not clipped" if is_off else "norm after clipping")
        self.view.set_x_range(*self.span_of(snapshot))
        self.view.set_y_range(*_span(snapshot, history))
        before, after = history.norm_before, history.norm_after
        self._steps, steps = history.steps, self.along(snapshot, history.steps)
        self._band.set_group(self.name_in_front)
        self._band.set_data(steps, before.low, before.high)
        self._before.set_data(steps, before.mean)
        self._after.set_markers(len(history.steps) <= LARGEST_MARKED)
        self._after.set_data(steps, after.mean)
        self._interval = history.interval
        self._limit_now = configuration.clip_threshold
        self._thresholds = way.at(history.steps)
        counts = np.diff(history.steps, prepend=history.steps[:1] - history.interval)
        self._clipped.set_data(steps, history.clipped_steps / counts)
        words = _words(snapshot, history)
        width = QFontMetricsF(self.theme.font("small")).horizontalAdvance(self.whose + words)
        whose = self.whose if width <= self.view.mapping.rect.width() else ""
        self.view.set_note(whose + words, "bottom_left", "threshold")

    def _say_clipped(self, index: int) -> str:
        """Say whether a step, or how many of a stretch of steps, were clipped."""
        steps = self._steps
        count = int(steps[index] - steps[index - 1]) if index else self._interval
        clipped = round(count * self._clipped.shares[index])
        words = f"clipped: {clipped:,} of these {count:,} steps"
        if count == 1:
            words = "clipped" if clipped else "not clipped"
        then = float(self._thresholds[index])
        # Of now the line itself says it.
        is_other = math.isfinite(then) and then != self._limit_now
        return f"{self.whose}{words}" + (f", threshold {in_full(then)}" if is_other else "")


def _norm_after(snapshot: Snapshot, _front: Snapshot) -> Trace | None:
    history = snapshot.get(HISTORY)
    if history is None:
        return None
    return Trace(history.steps, history.norm_after.mean, _span(snapshot, history))


def _span(snapshot: Snapshot, history: HistoryView) -> tuple[float, float]:
    """Return from where to where the norms and thresholds reach that matter now."""
    threshold = snapshot.configuration.clip_threshold
    low, high = threshold / 10, threshold * 10
    if len(history.steps):
        recent = slice(len(history.steps) // 2, None)
        low = min(low, quantile(history.norm_after.low[recent], 0.02))
        high = max(high, quantile(history.norm_before.high[recent], 0.98))
        then = snapshot.timeline.thresholds.at(history.steps)[recent]
        then = then[np.isfinite(then)]
        if len(then):
            low, high = min(low, quantile(then, 0.02)), max(high, quantile(then, 0.98))
    return max(low, _FLOOR), max(high, _FLOOR * 10)


def _words(snapshot: Snapshot, history: HistoryView) -> str:
    mode = snapshot.configuration.clip_mode
    if mode == "none":
        return "clipping is off"
    limit = f" at ±{in_full(snapshot.configuration.clip_threshold)}" if mode == "value" else ""
    seen = snapshot.timeline.seen
    clipped, steps = history.recent_clipped, history.recent_steps
    which = f"the last {steps:,}"
    if seen is not None:
        clipped, steps = _clipped_before(history, seen)
        which = f"the {steps:,} before step {seen:,}"
    if not steps:
        return f"▾ a clipped step{limit}"
    if steps == 1:
        return f"▾ clipped steps{limit}: {clipped} of 1"
    return f"▾ clipped steps{limit}: {clipped:,} of {which} ({in_percent(clipped / steps)})"


def _clipped_before(history: HistoryView, step: int) -> tuple[int, int]:
    """Return how many of the steps before one were clipped, and of how many that is known."""
    counts = np.diff(history.steps, prepend=history.steps[:1] - history.interval)
    ended = int(np.searchsorted(history.steps, step, side="right"))
    # So many as are counted of now, or the whole interval that holds them.
    before = np.cumsum(counts[:ended][::-1])
    used = int(np.searchsorted(before, RECENT_STEPS)) + 1
    recent = slice(max(0, ended - used), ended)
    return int(history.clipped_steps[recent].sum()), int(counts[recent].sum())
