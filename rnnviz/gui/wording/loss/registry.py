"""Which words there are for a kind of source's loss."""

from collections.abc import Mapping

from rnnviz.gui.wording.loss.task import TaskLossWords
from rnnviz.gui.wording.loss.text import TextLossWords
from rnnviz.gui.wording.loss.words import LossWords

_WORDS: Mapping[str, LossWords] = {"text": TextLossWords(), "task": TaskLossWords()}


def loss_words(kind: str) -> LossWords:
    """Return the words for a kind of source, those that are true of any where it has none."""
    return _WORDS.get(kind) or LossWords()
