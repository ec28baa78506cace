"""The loss over the run, between what guesses and the best of all models cost on average."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QWidget

from rnnviz.data import ReferenceLosses, Task
from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.plotting import Axis, quantile
from rnnviz.gui.plotting.axes.training_axis import FEWEST_STEPS, LARGEST_MARKED, STEPS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import in_percent, in_places
from rnnviz.training.claims.claim import Finding
from rnnviz.training.record.history import SMOOTHED_STEPS, HistoryView
from rnnviz.training.snapshot import RunState, Snapshot, TaskView
from rnnviz.training.validation import SOLVED

# Where the loss and its references take up less of the height, nobody can tell them apart.
_FLAT = 0.25
_UNIT = "nats per {token}"
_EXPLANATION = """
How surprised the network is by the next {token}, on average: 0 would be certainty. One nat is \
1.44 bits. The perplexity, e to the power of the loss, says among how many equally likely \
{tokens} it still hesitates.

The pale band reaches from the smallest to the largest loss of each stretch of steps, the line is \
their mean over about 50 steps. The rings are the loss on the end of the text, which the network \
never trains on, at the steps where it was measured.

The grey lines are what simpler guesses cost over the whole text: every {token} alike (uniform \
guess), each as often as it occurs ({letter} frequencies), each as often as it follows the last \
one ({letter} pairs). A network whose loss stays below {letter} pairs must be using its memory. Of \
the texts that this program makes itself, such as the tales, the true entropy is known: over a \
long text that it has not met before no model's mean loss is lower. Single windows are easier or \
harder than that, so the band can reach below it.
""".strip()

_OF_TASKS = """
How far the network's answers are from the right ones, on average over the steps that it has to \
answer: 0 would be perfect. {unit}

The pale band reaches from the smallest to the largest loss of each stretch of steps, the line is \
their mean over about 50 steps. The rings are the loss on new sequences, the same ones for every \
network, which it never trains on, at the steps where it was measured.

The grey line is the loss of {guess}: of one who knows the task, and has kept nothing of the \
sequence. A task is often not learned at all for a long while, and then all at once: until the \
gradient brings word of what stood at the beginning, there is no way down.

A sequence counts as wrong for {criterion}. The task counts as solved where less than {solved} of \
the new sequences are answered wrongly.
""".strip()
_UNITS_EXPLAINED = {
    "cross_entropy": "Its unit is the nat: the loss is minus the logarithm of the probability that "
    "the network gave the right answer.",
    "squared_error": "It is the square of the distance between the number that is right and the "
    "one that the network says.",
}

_REFERENCES = {
    "uniform": "uniform guess",
    "unigram": "{letter} frequencies",
    "bigram": "{letter} pairs",
    "true_entropy": "true entropy",
}


class LossPanel(PlotPanel):
    """Every interval's minimum and maximum as a band, the smoothed curve, validation, references.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    quantities = frozenset({"loss", "lowest_loss", "held_out_loss"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="loss_panel",
            title="Loss",
            subtitle=_UNIT,
            explanation=_EXPLANATION,
            x=STEPS,
            y=Axis(unit="nats"),
            plot_title="Loss over training steps",
            parent=parent,
        )
        self._lines = {
            field: self.view.add_horizontal_line(field, "faint", "dashed", label=label)
            for field, label in _REFERENCES.items()
        }
        self._chance = self.view.add_horizontal_line("chance", "faint", "dashed", label="guessing")
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
        self._curve.say = self._say_smoothed
        self._band.say = self._say_own
        self._validation.say = self._say_held_out
        self._interval = 1
        self._newest: float | None = None
        self._references: ReferenceLosses | None = None

    def place_in_plot(self, finding: Finding) -> tuple[float, float] | None:
        """Return the loss's place in the curve; see `PlotPanel.place_in_plot`."""
        return finding.claim.step, finding.measured

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the run's loss so far."""
        history = snapshot.history
        if history is None:
            return
        self._interval, self._newest = history.interval, snapshot.loss
        begins = self.begins_run(snapshot)
        if begins:
            self._take_kind(None if snapshot.task is None else snapshot.task.task)
        if begins or snapshot.references is not self._references:
            self._references = snapshot.references
            for field, line in self._lines.items():
                value = getattr(snapshot.references, field, None)
                line.set_value(value, self.of_tokens(_REFERENCES[field]))
        highest = _highest(_loss_of_guessing(snapshot), history)
        if snapshot.state is not RunState.RUNNING or highest < _FLAT * self.view.mapping.y.high:
            # Nothing comes back that would take up the room which is no longer used, and waiting
            # for it would keep the curve flat on the floor.
            self.view.reset_ranges()
        self.view.set_x_range(0, max(snapshot.step, FEWEST_STEPS))
        self.view.set_y_range(0, 1.08 * highest)
        loss = snapshot.smoothed_loss
        if snapshot.task is not None:
            unit = snapshot.task.task.loss_unit
            self.set_subtitle(unit if loss is None else f"{in_places(loss)} {unit}")
            self.view.set_note(_of_score(snapshot.task))
        else:
            words = _UNIT if loss is None else _in_other_units(loss)
            self.set_subtitle(self.of_tokens(words))
        self._band.set_data(history.steps, history.loss.low, history.loss.high)
        # The first steps are points: a line needs two, and one step should be seen.
        self._curve.set_markers(len(history.steps) <= LARGEST_MARKED)
        self._curve.set_data(history.steps, history.smoothed_loss)
        self._validation.set_data(history.validation_steps, history.validation_loss)

    # -- what hovering says -------------------------------------------------------------------

    def _say_smoothed(self, index: int) -> str:
        value = self._in_unit(self._curve.y[index])
        return f"training, smoothed over about {SMOOTHED_STEPS} steps: {value}"

    def _say_own(self, index: int) -> str:
        """Say the loss of a step, or between what those of a stretch of steps were."""
        last = int(self._band.x[index])
        first = int(self._band.x[index - 1]) + 1 if index else last - self._interval + 1
        low, high = float(self._band.low[index]), float(self._band.high[index])
        if first == last:
            return f"this step's own: {self._in_unit(low)}"
        words = f"steps {first:,} to {last:,}: {in_places(low)} to {self._in_unit(high)}"
        if self._newest is None or index < len(self._band.x) - 1:
            return words
        return f"{words}, the last {in_places(self._newest)}"

    def _say_held_out(self, index: int) -> str:
        step, value = int(self._validation.x[index]), self._in_unit(self._validation.y[index])
        return f"{self._validation.name}, at step {step:,}: {value}"

    def _in_unit(self, loss: float) -> str:
        return f"{in_places(float(loss))} {self.view.mapping.y.axis.unit}".rstrip()

    def _take_kind(self, task: Task | None) -> None:
        """Name everything after a text's loss, or after a task's."""
        held_out = "held-out text" if task is None else "new sequences"
        self._validation.name = held_out
        self._validation.set_label(held_out)
        if task is None:
            self._chance.set_value(None)
            self.view.set_note("")
            self.view.set_y_unit("nats")
            self.set_explanation(_EXPLANATION)
            return
        self._chance.set_value(task.chance, task.guess)
        self.view.set_y_unit("nats" if task.loss == "cross_entropy" else "")
        self.set_explanation(
            _OF_TASKS.format(
                unit=_UNITS_EXPLAINED[task.loss],
                guess=task.guess,
                criterion=task.criterion,
                solved=f"{100 * SOLVED:g} %",
            )
        )


def _loss_of_guessing(snapshot: Snapshot) -> float:
    if snapshot.task is not None:
        return snapshot.task.task.chance
    return math.log(snapshot.vocab_size)


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


def _of_score(view: TaskView) -> str:
    """Say when a task counts as solved, and how far from it the network was when tested."""
    solved = f"{100 * SOLVED:g} %"
    if view.score is None:
        return f"solved: less than {solved} wrong"
    wrong = f"{in_percent(view.score.wrong_share)} of {view.score.sequences:,} wrong"
    return f"{wrong}; solved: less than {solved}"


def _in_other_units(loss: float) -> str:
    """Say a loss in nats as bits and as perplexity too; what overflows is not said."""
    bits = in_places(loss / math.log(2))
    words = f"{in_places(loss)} {_UNIT} = {bits} bits"
    return f"{words}, perplexity {math.exp(loss):.3g}" if loss < 50 else words
