"""Frames as a window might paint them."""

from __future__ import annotations

import numpy as np

from rnnviz.storage.video.frames import Frame

BACKGROUND, LINE = (0xF3, 0xF4, 0xF6), (0x1F, 0x5F, 0xD0)


def plain(height: int = 48, width: int = 64, color: tuple[int, int, int] = BACKGROUND) -> Frame:
    """Return a frame of one colour, given as red, green and blue."""
    frame = np.zeros((height, width, 4), np.uint8)
    frame[..., :3] = color[::-1]
    return frame


def growing(count: int, height: int = 48, width: int = 64) -> list[Frame]:
    """Return frames in which a block grows to the right."""
    frames = [plain(height, width) for _ in range(count)]
    for number, frame in enumerate(frames):
        frame[10:20, : 4 * (number + 1), :3] = LINE[::-1]
    return frames


def colorful(seed: int = 0, height: int = 48, width: int = 64) -> Frame:
    """Return a frame with far more than 256 colours."""
    frame = plain(height, width)
    frame[:, width // 2 :, :3] = np.random.default_rng(seed).integers(
        0, 256, (height, width - width // 2, 3)
    )
    return frame


def rgb(frame: Frame) -> np.ndarray:
    """Return (height, width, 3): red, green and blue."""
    return frame[..., [2, 1, 0]].astype(int)
