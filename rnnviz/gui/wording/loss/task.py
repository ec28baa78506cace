"""What there is to say of a task's loss."""

from __future__ import annotations

from rnnviz.data import Source, Task
from rnnviz.gui.wording.loss.words import UNITS_EXPLAINED, LossWords, share_of_wrong
from rnnviz.gui.wording.numbers import in_whole_percent
from rnnviz.training.score import SOLVED, Score

_EXPLANATION = """
How far the network's answers are from the right ones, on average over the steps at which it has \
to answer; 0 would be perfect. {unit}

The pale band reaches from the smallest to the largest loss of each stretch of steps, the line is \
their mean over about 50 steps. The rings show the loss on new sequences, which no network trains \
on and which are the same for every network.

The grey line is the loss of {guess}: the best that can be done by knowing the task and \
remembering nothing of the sequence. Often a task is not learned at all for a long while, and \
then all at once: the loss cannot fall until the gradient brings news of what came at the \
beginning.

A sequence counts as wrong for {criterion}. The task counts as solved when less than {solved} of \
the new sequences are answered wrongly.
""".strip()


class TaskLossWords(LossWords):
    """Of a task it is said when it counts as solved."""

    def explanation(self, source: Source) -> str:
        """Explain the loss, the one line, and what is wrong and solved."""
        assert isinstance(source, Task)
        return _EXPLANATION.format(
            unit=UNITS_EXPLAINED[source.loss],
            guess=source.guess,
            criterion=source.criterion,
            solved=in_whole_percent(SOLVED),
        )

    def note(self, source: Source, score: Score | None) -> str:
        """Say when a task counts as solved, and how far from it the network was when tested."""
        solved = f"solved: less than {in_whole_percent(SOLVED)}"
        return f"{solved} wrong" if score is None else f"{share_of_wrong(score)}; {solved}"
