"""A reader of a text that is not at hand keeps the place and refuses to train."""

from __future__ import annotations

import pytest

from rnnviz.data import NoTextError, NoTextReader, Vocabulary

VOCABULARY = Vocabulary(("a", "b", "c"))


def reader_of(text: str, sequence_length: int = 4, batch_size: int = 2) -> NoTextReader:
    return NoTextReader(
        VOCABULARY, lambda: text, sequence_length=sequence_length, batch_size=batch_size
    )


def test_it_gives_no_window_to_train_on() -> None:
    reader = reader_of("abc")
    with pytest.raises(NoTextError, match="no text to train on"):
        reader.next_window()
    assert (reader.epoch, reader.position) == (0, 0)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("abcabc", [0, 1, 2, 0, 1]), ("ab", [0, 1, 0, 1, 0]), ("b?c", [1, 2, 1, 2, 1]), ("", [0] * 5)],
)
def test_it_shows_one_stream_of_what_the_network_writes(text: str, tokens: list[int]) -> None:
    reader = reader_of(text)
    window = reader.peek_window()
    assert window.inputs[:, 0].tolist() == tokens[:-1]
    assert window.targets[:, 0].tolist() == tokens[1:]
    assert window.inputs.shape == reader.shown_shape == (4, 1)
    assert window.starts_epoch


def test_it_keeps_the_place_which_other_streams_do_not_have() -> None:
    reader = reader_of("abc")
    reader.restore(3, 70)
    longer = reader.resized(sequence_length=9)
    assert (longer.epoch, longer.position) == (3, 70)
    assert (longer.sequence_length, longer.batch_size) == (9, 2)
    assert reader.resized(batch_size=2).position == 70
    others = longer.resized(batch_size=5)
    assert (others.epoch, others.position) == (3, 0)
    assert (reader.epoch, reader.position) == (3, 70)
