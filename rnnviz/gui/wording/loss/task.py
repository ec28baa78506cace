"""What there is to say of a task's loss."""

from __future__ import annotations

from rnnviz.data import Source, Task
from rnnviz.gui.wording.loss.words import UNITS_EXPLAINED, LossWords, share_of_wrong
from rnnviz.gui.wording.numbers import in_whole_percent
from rnnviz.training.score import SOLVED, Score

_EXPLANATION = """
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
