from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnnviz.data import DataError, Window, WindowReader

lengths = st.integers(2, 200)
sizes = st.integers(1, 30)


def ids_of(length: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    # Distinct neighbours, so that a shift by one can be seen.
    return np.arange(length, dtype=np.uint8)


def reader_of(length: int, sequence_length: int, batch_size: int) -> WindowReader:
    assume(length // batch_size > sequence_length)
    return WindowReader(ids_of(length), sequence_length=sequence_length, batch_size=batch_size)


def place_of(reader: WindowReader) -> tuple[int, int]:
    return reader.epoch, reader.position


def same(first: Window, second: Window) -> bool:
    return (
        np.array_equal(first.inputs, second.inputs)
        and np.array_equal(first.targets, second.targets)
        and first.starts_epoch == second.starts_epoch
    )


@given(lengths, sizes, sizes)
def test_the_windows_of_an_epoch_in_a_row_are_the_streams(
    length: int, sequence_length: int, batch_size: int
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    stream_length = length // batch_size
    streams = ids_of(length)[: stream_length * batch_size].reshape(batch_size, stream_length)
    windows = [reader.next_window() for _ in range(reader.windows_per_epoch)]
    read = np.concatenate([window.inputs for window in windows]).T
    targets = np.concatenate([window.targets for window in windows]).T
    assert np.array_equal(read, streams[:, : read.shape[1]])
    assert np.array_equal(targets, streams[:, 1 : read.shape[1] + 1])
    assert stream_length - read.shape[1] < sequence_length + 1
    assert reader.position == read.shape[1]


@given(lengths, sizes, sizes)
def test_windows_have_the_documented_shape_type_and_layout(
    length: int, sequence_length: int, batch_size: int
) -> None:
    window = reader_of(length, sequence_length, batch_size).next_window()
    for array in (window.inputs, window.targets):
        assert array.shape == (sequence_length, batch_size)
        assert array.dtype == np.intp
        assert array.flags.c_contiguous


@given(lengths, sizes, sizes)
def test_only_the_first_window_of_an_epoch_starts_it_and_the_next_epoch_is_the_same(
    length: int, sequence_length: int, batch_size: int
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    count = reader.windows_per_epoch
    first = [reader.next_window() for _ in range(count)]
    assert reader.epoch == 0
    second = [reader.next_window() for _ in range(count)]
    assert reader.epoch == 1
    assert [window.starts_epoch for window in first] == [True] + [False] * (count - 1)
    assert all(map(same, first, second))


@given(lengths, sizes, sizes, st.integers(0, 40))
def test_peeking_shows_the_next_window_and_stays(
    length: int, sequence_length: int, batch_size: int, steps: int
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    for _ in range(steps):
        reader.next_window()
    before = place_of(reader)
    peeked = reader.peek_window()
    assert place_of(reader) == before
    assert same(peeked, reader.next_window())


@given(lengths, sizes, sizes, st.integers(0, 40))
def test_a_reader_at_the_place_of_another_goes_on_bit_for_bit(
    length: int, sequence_length: int, batch_size: int, steps: int
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    for _ in range(steps):
        reader.next_window()
    other = reader_of(length, sequence_length, batch_size)
    other.restore(*place_of(reader))
    for _ in range(5):
        assert same(reader.next_window(), other.next_window())
        assert place_of(reader) == place_of(other)


@given(lengths, sizes, sizes, sizes, st.integers(0, 40))
def test_another_sequence_length_goes_on_from_the_same_token(
    length: int, sequence_length: int, batch_size: int, new_length: int, steps: int
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    assume(reader.stream_length > new_length)
    for _ in range(steps):
        reader.next_window()
    resized = reader.resized(sequence_length=new_length)
    assert (resized.epoch, resized.position) == (reader.epoch, reader.position)
    window = resized.next_window()
    if reader.position + new_length < reader.stream_length:
        start = reader.position
    else:
        start = 0
        assert resized.epoch == reader.epoch + 1
    streams = ids_of(length)[: reader.stream_length * batch_size].reshape(batch_size, -1)
    assert np.array_equal(window.inputs.T, streams[:, start : start + new_length])
    assert window.starts_epoch == (start == 0)


@given(lengths, sizes, sizes, sizes, st.integers(0, 40))
def test_another_batch_size_goes_on_at_the_same_share_of_the_epoch(
    length: int, sequence_length: int, batch_size: int, new_batch_size: int, steps: int
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    assume(length // new_batch_size > sequence_length)
    for _ in range(steps):
        reader.next_window()
    resized = reader.resized(batch_size=new_batch_size)
    assert resized.epoch == reader.epoch
    lost = reader.progress_in_epoch - resized.progress_in_epoch
    # Rounded down to a whole token of the new streams.
    assert -1e-12 < lost < 1 / (resized.stream_length - 1)


@given(lengths, sizes, sizes, st.lists(st.tuples(sizes, sizes), max_size=20))
def test_after_any_resizing_windows_stay_inside_the_streams(
    length: int, sequence_length: int, batch_size: int, changes: list[tuple[int, int]]
) -> None:
    reader = reader_of(length, sequence_length, batch_size)
    for new_length, new_batch_size in changes:
        before = place_of(reader)
        try:
            reader = reader.resized(new_length, new_batch_size)
        except DataError:
            assert length // new_batch_size <= new_length
            assert place_of(reader) == before
        window = reader.next_window()
        assert np.array_equal(window.targets, window.inputs + 1)
        assert 0.0 < reader.progress_in_epoch <= 1.0


def test_a_window_is_the_callers_own_to_change() -> None:
    ids = ids_of(20)
    ids.setflags(write=False)
    reader = WindowReader(ids, sequence_length=4, batch_size=2)
    reader.peek_window().inputs[:] = 99
    assert reader.next_window().inputs[:, 0].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("length", "sequence_length", "batch_size", "sentence"),
    [
        (
            100,
            25,
            32,
            "The text gives 100 tokens to train on, so each of 32 streams has 3, but a window of "
            "sequence length 25 needs 26: a sequence length of at most 2 or a batch size of at "
            "most 3 would fit.",
        ),
        (
            10,
            25,
            1,
            "The text gives 10 tokens to train on, so one stream has 10, but a window of sequence "
            "length 25 needs 26: a sequence length of at most 9 would fit.",
        ),
        (
            10,
            25,
            20,
            "The text gives 10 tokens to train on, so each of 20 streams has 0, but a window of "
            "sequence length 25 needs 26: a sequence length of at most 9 with a batch size of 1 "
            "would fit.",
        ),
        (
            1,
            1,
            1,
            "The text gives 1 token to train on, so one stream has 1, but a window of sequence "
            "length 1 needs 2.",
        ),
        (9, 0, 1, "The sequence length and the batch size must be at least 1."),
        (9, 1, 0, "The sequence length and the batch size must be at least 1."),
    ],
)
def test_streams_that_are_too_short_are_refused_with_what_would_fit(
    length: int, sequence_length: int, batch_size: int, sentence: str
) -> None:
    with pytest.raises(DataError) as caught:
        WindowReader(ids_of(length), sequence_length=sequence_length, batch_size=batch_size)
    assert str(caught.value) == sentence


@given(st.integers(2, 200), st.integers(1, 300), st.integers(1, 300))
def test_the_advice_of_a_refusal_fits(length: int, sequence_length: int, batch_size: int) -> None:
    assume(length // batch_size <= sequence_length)
    with pytest.raises(DataError) as caught:
        WindowReader(ids_of(length), sequence_length=sequence_length, batch_size=batch_size)
    words = str(caught.value).replace(",", "").rsplit(": ", 1)[1].split()
    at_most = [int(words[place + 2]) for place, word in enumerate(words) if word == "at"]
    if "with" in words:
        WindowReader(ids_of(length), sequence_length=at_most[0], batch_size=1)
    elif "sequence" in words:
        WindowReader(ids_of(length), sequence_length=at_most[0], batch_size=batch_size)
    if "or" in words or "sequence" not in words:
        WindowReader(ids_of(length), sequence_length=sequence_length, batch_size=at_most[-1])


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (0, 20), (0, 10**9)])
def test_a_saved_place_that_is_none_is_refused_and_changes_nothing(place: tuple[int, int]) -> None:
    reader = WindowReader(ids_of(20), sequence_length=3, batch_size=1)
    reader.next_window()
    before = place_of(reader)
    with pytest.raises(DataError, match="place in the text"):
        reader.restore(*place)
    assert place_of(reader) == before
