"""Windows of several texts: each of one, in order, and the state is zeroed where one begins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import DataError, TextsReader
from rnnviz.data.text.windows import longest_text

LENGTHS = st.lists(st.integers(1, 60), min_size=2, max_size=8)


def reader_of(lengths: list[int], sequence_length: int, batch_size: int) -> TextsReader:
    bounds = np.cumsum(lengths)[:-1].tolist()
    ids = np.arange(sum(lengths), dtype=np.uint16)
    return TextsReader(ids, bounds, sequence_length=sequence_length, batch_size=batch_size)


@given(LENGTHS, st.integers(1, 12), st.integers(1, 4))
def test_an_epoch_has_the_windows_of_all_texts_in_order(
    lengths: list[int], sequence_length: int, batch_size: int
) -> None:
    edges = [0, *np.cumsum(lengths).tolist()]
    starts = [
        (start, start == begin)
        for begin, end in pairwise(edges)
        for start in range(begin, end - sequence_length, sequence_length)
    ]
    if len(starts) < batch_size:
        with pytest.raises(DataError, match=r"each by itself, give .* would fit\."):
            reader_of(lengths, sequence_length, batch_size)
        return
    reader = reader_of(lengths, sequence_length, batch_size)
    count = len(starts) // batch_size
    assert reader.windows_per_epoch == count
    for epoch in range(2):
        for number in range(count):
            window = reader.next_window()
            assert (reader.epoch, window.starts_epoch) == (epoch, number == 0)
            expected = [starts[stream * count + number] for stream in range(batch_size)]
            for stream, (start, _) in enumerate(expected):
                stretch = list(range(start, start + sequence_length + 1))
                assert window.inputs[:, stream].tolist() == stretch[:-1]
                assert window.targets[:, stream].tolist() == stretch[1:]
            begins = [begins for _, begins in expected]
            assert (window.begins is not None) == any(begins)
            assert window.begins is None or window.begins.tolist() == begins
        assert reader.progress_in_epoch == 1.0


def test_looking_ahead_changes_nothing_and_a_place_can_be_gone_back_to() -> None:
    reader, other = reader_of([30, 40, 9], 5, 2), reader_of([30, 40, 9], 5, 2)
    for _ in range(3):
        reader.next_window()
    assert np.array_equal(reader.peek_window().inputs, reader.peek_window().inputs)
    other.restore(reader.epoch, reader.position)
    assert np.array_equal(reader.next_window().inputs, other.next_window().inputs)
    with pytest.raises(DataError, match="The place in the text that was saved"):
        other.restore(0, 10_000)


def test_another_window_goes_on_at_the_same_share_and_the_same_one_where_it_was() -> None:
    reader = reader_of([300, 400, 90], 5, 2)
    for _ in range(30):
        reader.next_window()
    same = reader.resized()
    assert (same.epoch, same.position) == (reader.epoch, reader.position)
    other = reader.resized(sequence_length=10)
    assert other.position % 10 == 0
    assert other.progress_in_epoch == pytest.approx(reader.progress_in_epoch, abs=0.03)


def test_the_longest_text_is_a_view() -> None:
    ids = np.arange(10, dtype=np.uint8)
    assert longest_text(ids, [2, 7]).tolist() == [2, 3, 4, 5, 6]
    assert np.shares_memory(longest_text(ids, []), ids)
    assert longest_text(ids[:0], []).size == 0
