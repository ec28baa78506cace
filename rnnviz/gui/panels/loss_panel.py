"""The loss over the run, between what guesses and the best of all models cost on average."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import zip_longest

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.core.parameters import Array
from rnnviz.data import ReferenceLine, Source
from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.plotting import Axis, HorizontalLine, quantile
from rnnviz.gui.plotting.axes.training_axis import LARGEST_MARKED, STEPS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.loss.registry import loss_words
from rnnviz.gui.wording.numbers import in_places
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.record.history import SMOOTHED_STEPS, HistoryView
from rnnviz.training.snapshot import RunState, Snapshot

# Where the loss and its references take up less of the height, nobody can tell them apart.
_FLAT = 0.25
# How much higher than the loss the plot reaches.
_HEADROOM = 1.08
# Where more runs are compared, what is held out is shown of the one in front alone.
_MOST_WITH_RINGS = 3
# So many lines of reference a text has; a source with more gets more.
_LINES = 4


class LossPanel(PlotPanel):
    """Every interval's minimum and maximum as a band, the smoothed curve, validation, references.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (HISTORY,)
    compares = True
    quantities = bounded = frozenset({"loss", "lowest_loss", "held_out_loss"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        source = Configuration().source
        words = loss_words(source.kind)
        super().__init__(
            theme,
            object_name="loss_panel",
            title="Loss",
            subtitle=words.subtitle(source, None),
            explanation=words.explanation(source),
            x=STEPS,
            y=Axis(unit="nats"),
            plot_title="Loss over training steps",
            parent=parent,
        )
        self._lines = [self._new_line() for _ in range(_LINES)]
        self._curve = self.view.add_curve("training, smoothed", "forward", label="training")
        self._band = self.view.add_band("loss", "forward_band")
        self._validation = self.view.add_curve(
            "held-out text",
            "forward",
            width=1.5,
            style="dotted",
            markers=True,
            hollow=True,
            label="held-out text",
        )
        self.compare(
            Comparison(
                self.view, "training, smoothed", "forward", self._smoothed, alone=[self._curve]
            ),
            Comparison(
                self.view,
                "held out",
                "forward",
                self._held_out,
                alone=[self._validation],
                hollow=True,
            ),
        )
        self._curve.say = self._say_smoothed
        self._band.say = self._say_own
        self._validation.say = self._say_held_out
        self._steps: Array = np.empty(0)
        self._held_out_steps: Array = np.empty(0)
        self._in_steps: Callable[[int, int], str] = lambda _first, _last: ""
        self._interval = 1
        self._newest: float | None = None
        self._words = words
        self._references: tuple[ReferenceLine, ...] = ()

    def place_in_plot(self, found: Found) -> tuple[float, float] | None:
        """Return the loss's place in the run's curve; see `PlotPanel.place_in_plot`."""
        snapshot, finding = found.run.snapshot, found.finding
        history = snapshot.get(HISTORY)
        if history is None or not history.steps.size:
            return None
        # The place is the curve's, whatever it is drawn over.
        x = self.along(snapshot, history.steps)
        return float(np.interp(finding.claim.step, history.steps, x)), finding.measured

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the run's loss so far."""
        history = snapshot.get(HISTORY)
        if history is None:
            return
        self._interval, self._newest = history.interval, snapshot.loss
        begins = self.begins_run(snapshot)
        source = snapshot.configuration.source
        if begins:
            self._speak_of_source(source)
        if begins or snapshot.references != self._references:
            self._take_references(snapshot.references)
        highest = _highest(source.loss_of_guess(snapshot.vocab_size), history)
        if snapshot.state is not RunState.RUNNING or highest < _FLAT * self.view.mapping.y.high:
            # Nothing comes back that would take up the room which is no longer used, and waiting
            # for it would keep the curve flat on the floor.
            self.view.reset_ranges()
        self.view.set_x_range(*self.span_of(snapshot))
        self.view.set_y_range(0, _HEADROOM * highest)
        seen = snapshot.seen
        words = self._words.subtitle(source, seen.smoothed_loss)
        when = f"step {seen.step:,}: " if snapshot.is_of_past else ""
        self.set_subtitle(self.whose + when + self.of_tokens(words))
        note = self._words.note(source, snapshot.score)
        of_now = snapshot.is_of_past and snapshot.score is not None
        self.view.set_note(f"now {note}" if of_now else note)
        self._steps, self._held_out_steps = history.steps, history.validation_steps
        self._in_steps = partial(self.training.in_words, snapshot)
        steps = self.along(snapshot, history.steps)
        self._band.set_group(self.name_in_front or self._curve.group)
        self._band.set_data(steps, history.loss.low, history.loss.high)
        # The first steps are points: a line needs two, and one step should be seen.
        self._curve.set_markers(len(history.steps) <= LARGEST_MARKED)
        self._curve.set_data(steps, history.smoothed_loss)
        tested = self.along(snapshot, history.validation_steps)
        self._validation.set_data(tested, history.validation_loss)

    # -- beside others ------------------------------------------------------------------------

    def _smoothed(self, snapshot: Snapshot, front: Snapshot) -> Trace | None:
        history = _comparable(snapshot, front)
        if history is None:
            return None
        guess = snapshot.configuration.source.loss_of_guess(snapshot.vocab_size)
        span = (0.0, _HEADROOM * _highest(guess, history))
        return Trace(history.steps, history.smoothed_loss, span)

    def _held_out(self, snapshot: Snapshot, front: Snapshot) -> Trace | None:
        history = _comparable(snapshot, front)
        if history is None or (self.number_compared > _MOST_WITH_RINGS and snapshot is not front):
            return None
        return Trace(history.validation_steps, history.validation_loss, (0.0, 0.0))

    # -- what hovering says -------------------------------------------------------------------

    def _say_smoothed(self, index: int) -> str:
        value = self._in_unit(self._curve.y[index])
        return f"training, smoothed over about {SMOOTHED_STEPS} steps: {value}"

    def _say_own(self, index: int) -> str:
        """Say the loss of a step, or between what those of a stretch of steps were."""
        last = int(self._steps[index])
        first = int(self._steps[index - 1]) + 1 if index else last - self._interval + 1
        low, high = float(self._band.low[index]), float(self._band.high[index])
        if first == last:
            return f"{self.whose}this step's own: {self._in_unit(low)}"
        steps = self._in_steps(first, last)
        words = f"{self.whose}{steps}: {in_places(low)} to {self._in_unit(high)}"
        if self._newest is None or index < len(self._band.x) - 1:
            return words
        return f"{words}, the last {in_places(self._newest)}"

    def _say_held_out(self, index: int) -> str:
        step, value = int(self._held_out_steps[index]), self._in_unit(self._validation.y[index])
        return f"{self._validation.name}, at {self._in_steps(step, step)}: {value}"

    def _in_unit(self, loss: float) -> str:
        return f"{in_places(float(loss))} {self.view.mapping.y.axis.unit}".rstrip()

    def _new_line(self) -> HorizontalLine:
        return self.view.add_horizontal_line("", "faint", "dashed")

    def _take_references(self, references: tuple[ReferenceLine, ...]) -> None:
        """Draw a line for each loss that needs no network."""
        self._references = references
        while len(self._lines) < len(references):
            self._lines.append(self._new_line())
        for line, reference in zip_longest(self._lines, references):
            if reference is None:
                line.set_value(None)
            else:
                line.name = reference.name
                line.set_value(reference.loss, reference.label)

    def _speak_of_source(self, source: Source) -> None:
        """Name everything after the loss of such a source."""
        self._words = loss_words(source.kind)
        self._validation.name = source.held_out
        self._validation.set_label(source.held_out)
        self.view.set_y_unit("nats" if source.loss == "cross_entropy" else "")
        self.set_explanation(self._words.explanation(source))


def _comparable(snapshot: Snapshot, front: Snapshot) -> HistoryView | None:
    """Return a run's history, if its loss is measured as that of the run in front is."""
    sources = [one.configuration.source for one in (snapshot, front)]
    return snapshot.get(HISTORY) if sources[0].loss_unit == sources[1].loss_unit else None


def _highest(least: float, history: HistoryView) -> float:
    """Return how high the curve reaches that matters now, `least` at the least."""
    if not len(history.steps):
        return least
    smooth = history.smoothed_loss
    recent = smooth[len(smooth) // 2 :]
    highest = max(least, quantile(smooth, 0.98), float(recent.max()))
    if highest > 2 * smooth[-1] and len(smooth) > 20:
        # What exploded long ago must not press today's curve flat.
        highest = max(least, float(recent.max()))
    return highest
