"""The loss over the run, between what guessing costs and what no model can beat."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QWidget

from rnnviz.data import ReferenceLosses
from rnnviz.gui.panels.panel import PlotPanel
from rnnviz.gui.plotting import Axis, quantile
from rnnviz.gui.theme import Theme
from rnnviz.gui.wording import in_tokens
from rnnviz.training.snapshot import Snapshot

_FEWEST_STEPS = 100
_LARGEST_MARKED = 20
_UNIT = "nats per character"
_EXPLANATION = """
How surprised the network is by the next character, on average: 0 would be certainty. One nat is \
1.44 bits. The perplexity, e to the power of the loss, says among how many equally likely \
characters it still hesitates.

The pale band reaches from the smallest to the largest loss of each stretch of steps, the line is \
their mean over about 50 steps. The dotted line is the loss on the end of the text, which the \
network never trains on.

The grey lines are what simpler guesses cost: every character alike (uniform guess), each as often \
as it occurs (letter frequencies), each as often as it follows the last one (letter pairs). Below \
letter pairs the network must be using its memory. Of the texts that this program makes itself, \
such as the tales, the true entropy is known: no model can come below it for long.
""".strip()

_REFERENCES = {
    "uniform": "uniform guess",
    "letter_frequencies": "letter frequencies",
    "letter_pairs": "letter pairs",
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

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="loss_panel",
            title="Loss",
            subtitle=_UNIT,
            explanation=_EXPLANATION,
            x=Axis(label="training step", whole=True),
            y=Axis(unit="nats"),
            plot_title="Loss over training steps",
            parent=parent,
        )
        self._lines = {
            field: self.view.add_level_line(field, "faint", "dashed", label=label)
            for field, label in _REFERENCES.items()
        }
        self._band = self.view.add_band("loss", "forward_band")
        self._validation = self.view.add_curve(
            "held-out text", "ink", width=1.5, style="dotted", label="held-out text"
        )
        self._curve = self.view.add_curve("training", "forward", label="training")
        self._references: ReferenceLosses | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the run's loss so far."""
        history = snapshot.history
        if history is None:
            return
        level = snapshot.configuration.level
        if self.begins_run(snapshot) or snapshot.references is not self._references:
            self._references = snapshot.references
            for field, line in self._lines.items():
                value = getattr(snapshot.references, field, None)
                line.set_value(value, in_tokens(level, _REFERENCES[field]))
        highest = float(np.log(snapshot.vocab_size))
        if len(history.steps):
            smooth = history.smoothed_loss
            recent = smooth[len(smooth) // 2 :]
            highest = max(highest, quantile(smooth, 0.98), float(recent.max()))
            if highest > 2 * smooth[-1] and len(smooth) > 20:
                # What exploded long ago must not press today's curve flat.
                highest = max(float(np.log(snapshot.vocab_size)), float(recent.max()))
        self.view.set_x_range(0, max(snapshot.step, _FEWEST_STEPS))
        self.view.set_y_range(0, 1.08 * highest)
        loss = snapshot.smoothed_loss
        self.set_subtitle(in_tokens(level, _UNIT if loss is None else _in_other_units(loss)))
        self._band.set_data(history.steps, history.loss.low, history.loss.high)
        # The first steps are points: a line needs two, and one step should be seen.
        self._curve.set_markers(len(history.steps) <= _LARGEST_MARKED)
        self._curve.set_data(history.steps, history.smoothed_loss)
        self._validation.set_data(history.validation_steps, history.validation_loss)


def _in_other_units(loss: float) -> str:
    """Say a loss in nats as bits and as perplexity too; what overflows is not said."""
    words = f"{loss:.2f} nats per character = {loss / math.log(2):.2f} bits"
    return f"{words}, perplexity {math.exp(loss):.3g}" if loss < 50 else words
