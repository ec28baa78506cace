"""What there is to say of a text's loss."""

from __future__ import annotations

import math

from rnnviz.data import Source
from rnnviz.gui.wording.loss.words import LossWords
from rnnviz.gui.wording.numbers import in_places

UNIT = "nats per {token}"
EXPLANATION = """
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


class TextLossWords(LossWords):
    """Of a text the loss is said in bits and as perplexity too."""

    def explanation(self, source: Source) -> str:
        """Explain the loss, the perplexity and the four lines."""
        return EXPLANATION

    def subtitle(self, source: Source, loss: float | None) -> str:
        """Say a loss in nats as bits and as perplexity too; what overflows is not said."""
        if loss is None:
            return UNIT
        words = f"{in_places(loss)} {UNIT} = {in_places(loss / math.log(2))} bits"
        return f"{words}, perplexity {math.exp(loss):.3g}" if loss < 50 else words
