"""What there is to say of a text's loss."""

from __future__ import annotations

import math

from rnnviz.data import Source
from rnnviz.gui.wording.loss.words import LossWords
from rnnviz.gui.wording.numbers import format_number, in_places

UNIT = "nats per {token}"
EXPLANATION = """
How surprised the network is by the next {token}, on average; 0 would be certainty. One nat is \
1.44 bits. The perplexity, e to the power of the loss, says how many equally likely {tokens} the \
network still hesitates between.

The pale band reaches from the smallest to the largest loss of each stretch of steps, the line is \
their mean over about 50 steps. The rings show the loss on the held-out end of the text, which \
the network never trains on.

The grey lines show the loss of simpler guesses over the whole text: all {tokens} equally likely \
(uniform guess), each as likely as it is frequent ({letter} frequencies), or as likely as it is \
after the last one ({letter} pairs). A network whose loss stays below {letter} pairs must be \
using its memory. For texts that this program writes itself, such as the tales, the true entropy \
is known: over a long text that it has not seen before, no model has a lower mean loss. Single \
windows are easier or harder, so the band can reach below that line. Where grey lines lie too \
close to each other to be named, those in the middle are left out.
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
        return f"{words}, perplexity {format_number(math.exp(loss))}" if loss < 50 else words
