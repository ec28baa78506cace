"""What a frame of a video is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""(height, width, 4): blue, green, red, and a byte that is not looked at; contiguous.

That is how a window paints, so nothing has to be turned round before it is compressed.
"""


def as_colors(frame: Frame) -> NDArray[np.uint32]:
    """Return each pixel's colour as one number, ``0xRRGGBB``; (height, width)."""
    numbers = frame.view("<u4")[..., 0]
    return (numbers & np.uint32(0xFFFFFF)).astype(np.uint32, copy=False)


def channels(colors: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return red, green and blue of colours ``0xRRGGBB``; one more axis, of length 3."""
    parts = [(colors >> shift) & np.uint32(0xFF) for shift in (16, 8, 0)]
    return np.stack(parts, axis=-1).astype(np.uint8)
