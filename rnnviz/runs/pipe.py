"""How values travel between two processes: pickled, large read-only arrays beside the pickle.

A read-only array is read-only at the other side as well; a large one is copied neither into the
pickle nor out of it. One that can be written to travels within the pickle, and can be written to
again.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from array import array
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PROTOCOL = 5
# Below this, a buffer of its own costs more than a copy.
_BESIDE_BYTES = 1 << 12
_COUNT_BYTES = 8


def _reduced(values: NDArray[Any]) -> Any:
    """Return how an array is pickled: NumPy's way would make a strided read-only one writeable."""
    if not (values.flags.writeable or values.flags.forc):
        values = np.ascontiguousarray(values)
        values.setflags(write=False)
    return values.__reduce_ex__(_PROTOCOL)


class _Pickler(pickle.Pickler):
    dispatch_table: dict[type, Callable[[Any], Any]] = {  # noqa: RUF012  # so pickle has it
        **copyreg.dispatch_table,
        np.ndarray: _reduced,
    }


def send(connection: Connection, value: object) -> None:
    """Send a value.

    Raises
    ------
    OSError
        Where nobody is at the other end any more.
    """
    beside: list[memoryview] = []

    def stays_within(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if not raw.readonly or raw.nbytes < _BESIDE_BYTES:
            return True
        beside.append(raw)
        return False

    # All of it is pickled before any of it is sent: what cannot be leaves nothing in the pipe.
    message = io.BytesIO()
    message.write(bytes(_COUNT_BYTES))
    _Pickler(message, _PROTOCOL, buffer_callback=stays_within).dump(value)
    with message.getbuffer() as written:
        written[:_COUNT_BYTES] = array("Q", [len(beside)]).tobytes()
        connection.send_bytes(written)
    for raw in beside:
        connection.send_bytes(raw)


def receive(connection: Connection) -> object:
    """Wait for a value and return it.

    Raises
    ------
    EOFError, OSError
        Where nobody is at the other end any more.
    """
    message = memoryview(connection.recv_bytes())
    (count,) = message[:_COUNT_BYTES].cast("Q")
    beside = [connection.recv_bytes() for _ in range(count)]
    value: object = pickle.loads(message[_COUNT_BYTES:], buffers=beside)
    return value
