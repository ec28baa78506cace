"""What travels between two processes arrives as it was sent."""

import threading
from multiprocessing import Pipe

import numpy as np
import pytest

from rnnviz.runs.pipe import receive, send


def travelled(value: object) -> object:
    theirs, ours = Pipe(duplex=False)
    # More than a pipe holds is sent only while somebody reads.
    sender = threading.Thread(target=send, args=(ours, value))
    sender.start()
    arrived = receive(theirs)
    sender.join()
    return arrived


@pytest.mark.parametrize("length", [0, 3, 1000, 300_000])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("writeable", [True, False])
def test_an_array_can_be_written_to_where_it_could_before_and_only_there(
    length: int, order: str, writeable: bool
) -> None:
    array = np.asarray(np.arange(2.0 * length).reshape(2, length), order=order)
    array.setflags(write=writeable)
    arrived = travelled({"one": array, "other": [array]})
    assert np.array_equal(arrived["one"], array)
    assert arrived["one"].dtype == array.dtype
    assert arrived["one"].flags.writeable is writeable
    assert arrived["one"].flags.f_contiguous is array.flags.f_contiguous
    assert arrived["one"] is arrived["other"][0], "what is one stays one"


@pytest.mark.parametrize("length", [4, 30_000])
def test_a_strided_array_is_read_only_where_it_was(length: int) -> None:
    table = np.arange(2.0 * length).reshape(length, 2)
    table.setflags(write=False)
    arrived = travelled(table[:, 0])
    assert np.array_equal(arrived, table[:, 0])
    assert not arrived.flags.writeable


def test_a_large_read_only_array_is_what_came_through_the_pipe_and_no_copy_of_it() -> None:
    array = np.zeros(100_000)
    array.setflags(write=False)
    base = travelled(array)
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(base, bytes)
    assert len(base) == array.nbytes


def test_what_cannot_be_pickled_leaves_nothing_in_the_pipe() -> None:
    theirs, ours = Pipe(duplex=False)
    with pytest.raises((TypeError, AttributeError, ValueError)):
        send(ours, [np.zeros(10_000), lambda: None, threading.Lock()])
    send(ours, "next")
    assert receive(theirs) == "next"


def test_nobody_at_the_other_end_is_an_error_and_no_wait() -> None:
    theirs, ours = Pipe(duplex=False)
    ours.close()
    with pytest.raises(EOFError):
        receive(theirs)
    theirs, ours = Pipe(duplex=False)
    theirs.close()
    with pytest.raises(BrokenPipeError):
        send(ours, "anybody?")
