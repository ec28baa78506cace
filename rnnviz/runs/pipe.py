"""How values travel between two processes: pickled, large read-only arrays beside the pickle.

An array that is contiguous and read-only is so at the other side as well, and is not copied into
the pickle or out of it. One that can be written to travels within the pickle, and can be written
to again.
"""

from __future__ import annotations

import pickle
from array import array
from multiprocessing.connection import Connection

_PROTOCOL = 5
# Below this, a buffer of its own costs more than a copy.
_BESIDE_BYTES = 1 << 12


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
    pickled = pickle.dumps(value, _PROTOCOL, buffer_callback=stays_within)
    connection.send_bytes(array("Q", [len(beside)]).tobytes() + pickled)
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
    (count,) = message[:8].cast("Q")
    beside = [connection.recv_bytes() for _ in range(count)]
    value: object = pickle.loads(message[8:], buffers=beside)
    return value
