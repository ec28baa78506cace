"""A frame is what can be seen, in any size."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter

from rnnviz.gui.recording.picture import Subject, take_frame

BACKGROUND = QColor(0x10, 0x20, 0x30)


def halves(width=200, height=100):
    """Return something whose left half is red and whose right half is green."""

    def paint(painter: QPainter) -> None:
        painter.fillRect(-50, -50, 50 + width // 2, 100 + height, QColor(255, 0, 0))
        painter.fillRect(width // 2, -50, 50 + width // 2, 100 + height, QColor(0, 255, 0))

    return Subject(paint, lambda: QSize(width, height))


def colors(frame):
    return frame[..., [2, 1, 0]].tolist()


@pytest.mark.parametrize("size", [(200, 100), (199, 99), (50, 25), (401, 200)])
def test_it_fills_a_frame_of_its_own_shape(size):
    frame = take_frame(halves(), QSize(*size), BACKGROUND)
    assert frame.shape == (size[1], size[0], 4)
    assert frame.dtype == np.uint8
    seen = colors(frame)
    assert seen[size[1] // 2][2] == [255, 0, 0]
    assert seen[size[1] // 2][-4] == [0, 255, 0]


def test_in_a_frame_of_another_shape_it_stands_in_the_middle_and_nothing_sticks_out():
    seen = colors(take_frame(halves(), QSize(100, 100), BACKGROUND))
    assert seen[24][50] == seen[75][50] == [0x10, 0x20, 0x30]
    assert seen[25][49] == seen[74][0] == [255, 0, 0]
    assert seen[25][50] == seen[74][99] == [0, 255, 0]


def test_a_frame_is_nobody_elses():
    subject = halves()
    first = take_frame(subject, QSize(20, 10), BACKGROUND)
    kept = first.copy()
    take_frame(Subject(lambda painter: None, subject.size), QSize(20, 10), BACKGROUND)
    assert np.array_equal(first, kept)
    first[:] = 0  # and can be written
