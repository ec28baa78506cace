"""What there is to say of any source's loss."""

from __future__ import annotations

from rnnviz.core.loss import LossName
from rnnviz.data import Source
from rnnviz.gui.wording.numbers import in_percent, in_places
from rnnviz.training.record.history import SMOOTHED_STEPS
from rnnviz.training.score import Score

UNITS_EXPLAINED: dict[LossName, str] = {
    "cross_entropy": "Its unit is the nat: the loss is minus the logarithm of the probability that "
    "the network gave the right answer.",
    "squared_error": "It is the square of the distance between the right number and the network's.",
}
"""What each loss is, in sentences."""

_EXPLANATION = """
How far the network's answers are from the right ones, on average; 0 would be perfect. {unit}

The pale band reaches from the smallest to the largest loss of each stretch of steps, the line is \
their mean over about {smoothed} steps. The rings are the loss on {held_out}, which the network \
never trains on, at the steps where it was measured.

The grey lines are losses that need no network, the first that of {guess}.
""".strip()


class LossWords:
    """What the panel says where nothing better is known of a kind of source.

    ``{token}`` and the like, in what is returned, stand for what one step reads.
    """

    def explanation(self, source: Source) -> str:
        """Answer "What am I looking at?", in paragraphs."""
        return _EXPLANATION.format(
            unit=UNITS_EXPLAINED[source.loss],
            smoothed=SMOOTHED_STEPS,
            held_out=source.held_out,
            guess=source.guess,
        )

    def subtitle(self, source: Source, loss: float | None) -> str:
        """Say the loss with its unit, or the unit alone."""
        return source.loss_unit if loss is None else f"{in_places(loss)} {source.loss_unit}"

    def note(self, source: Source, score: Score | None) -> str:
        """Say how the last test went, where an answer is right or wrong."""
        return "" if score is None else share_of_wrong(score)


def share_of_wrong(score: Score) -> str:
    """Say how many answers were wrong."""
    return f"{in_percent(score.wrong_share)} of {score.sequences:,} wrong"
