import pytest

from rnnviz.gui.wording.undo import change_words, done_words
from rnnviz.training.undo.view import Done, Undoable

OF_RATE = Undoable("setting", "learning_rate", 0.1)
OF_CLIPPING = Undoable("setting", "clip_mode", "norm")
OF_SIZE = Undoable("new run", "hidden_size", 1000)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (OF_RATE, "learning rate"), (Undoable("reset"), "reset"), (Undoable("new run"), "new run"),
        (OF_SIZE, "new run (hidden units)"),
    ],
)  # fmt: skip
def test_a_change_is_named_after_the_word_undo(change, words):
    assert change_words(change) == words


@pytest.mark.parametrize(
    ("change", "undone", "again"),
    [
        (OF_RATE, "Learning rate: 0.1 again.", "Learning rate: 0.1 again."),
        (OF_CLIPPING, "Clip gradients: norm again.", "Clip gradients: norm again."),
        (
            Undoable("reset"), "The run before the reset is back.",
            "The run after the reset is back.",
        ),
        (Undoable("new run"), "The earlier run is back.", "The later run is back."),
        (
            OF_SIZE, "The earlier run is back (hidden units: 1,000).",
            "The later run is back (hidden units: 1,000).",
        ),
    ],
)  # fmt: skip
def test_what_came_back_is_said(change, undone, again):
    assert done_words(Done(1, change, again=False)) == undone
    assert done_words(Done(2, change, again=True)) == again
