from datetime import datetime

import pytest

from rnnviz.gui.wording.recovery import (
    ago_words,
    how_far_words,
    offer_words,
    what_words,
    when_words,
)
from rnnviz.training.configuration import Configuration

NOW = datetime(2026, 12, 1, 9, 5)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 12, 1, 8, 2), "today, 08:02"),
        (datetime(2026, 11, 30, 23, 59), "yesterday, 23:59"),
        (datetime(2026, 11, 24, 18, 0), "24 November, 18:00"),
    ],
)
def test_when_is_said_as_people_say_it(then, words):
    assert when_words(then, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1.0, "a moment ago"), (0.4, "a moment ago"), (1.0, "1 second ago"),
        (59.9, "59 seconds ago"), (60.0, "1 minute ago"), (7300.0, "2 hours ago"),
    ],
)  # fmt: skip
def test_how_long_ago_is_said_in_the_largest_unit(seconds, words):
    assert ago_words(seconds) == words


def test_what_and_how_far_is_said_of_texts_and_of_tasks():
    text = Configuration(cell="lstm", hidden_size=128)
    assert what_words(text, "Tales") == "Tales: LSTM, 128 units"
    assert how_far_words(text, 12340, 1.518) == "Step 12,340, loss 1.52 nats per character"
    assert how_far_words(text, 1, None) == "Step 1"
    words = Configuration(level="word")
    assert how_far_words(words, 1, 5.0) == "Step 1, loss 5.00 nats per word"
    task = Configuration(corpus="adding")
    assert how_far_words(task, 20, 0.25) == "Step 20, loss 0.25 squared error"


@pytest.mark.parametrize(
    ("count", "can_open", "heading", "words"),
    [
        (1, True, "Your training is still here", "this run was saved. Open its autosave to go on"),
        (3, True, "Your training is still here", "these runs were saved. Open their autosaves to"),
        (1, False, "An autosave is damaged", "saved, and its autosave cannot be opened."),
        (2, False, "2 autosaves are damaged", "saved, and their autosaves cannot be opened."),
    ],
)
def test_one_who_did_not_expect_it_is_told_what_has_happened(count, can_open, heading, words):
    said = offer_words(count, can_open=can_open)
    assert said[0] == heading
    assert words in said[1]
