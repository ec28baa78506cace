"""Text as arrays of code points."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CODE_POINT_LIMIT = 0x110000


def code_points(text: str) -> NDArray[np.unsignedinteger[Any]]:
    """Return the code points of `text`, shape (len(text),), uint8 for ASCII and uint32 otherwise.

    Lone surrogates, which no encoding of a file can give but a Python string can hold, are kept.
    """
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
