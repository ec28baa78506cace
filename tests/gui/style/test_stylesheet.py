from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QRadioButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.gui.style.theme import ColorScheme, Theme

SCALES = [1.0, 1.1, 1.17, 1.25, 1.3, 1.42, 1.5, 1.75, 2.0, 2.4]


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(ColorScheme.LIGHT)
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")


def painted(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return pixels.reshape(image.height(), image.width(), 4)[:, :, 2::-1].astype(int)


def near(pixels: np.ndarray, color: str) -> np.ndarray:
    wanted = QColor(color)
    return np.abs(pixels - [wanted.red(), wanted.green(), wanted.blue()]).max(axis=-1) < 40


def assert_round(filled: np.ndarray) -> None:
    """A disc covers pi/4 of its square, and none of the corners."""
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert abs(height - width) <= 1
    square = filled[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert not any(square[y, x] for y in (0, -1) for x in (0, -1))
    assert 0.6 < square.mean() < 0.94


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("focused", [False, True])
def test_the_knob_of_a_slider_is_round_at_every_size(
    qtbot: QtBot, theme: Theme, scale: float, focused: bool
) -> None:
    theme.set_scale(scale)
    slider = QSlider()
    slider.setOrientation(slider.orientation().Horizontal)
    qtbot.addWidget(slider)
    slider.resize(round(200 * scale), round(40 * scale))
    slider.show()
    if focused:
        slider.setFocus()
        qtbot.waitUntil(slider.hasFocus)
    # At its lowest value nothing but the knob is filled.
    pixels = painted(slider)
    knob = near(pixels, theme.palette.forward) | near(pixels, theme.palette.ink)
    assert_round(knob)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("chosen", [False, True])
def test_the_mark_of_a_choice_is_round_at_every_size(
    qtbot: QtBot, theme: Theme, scale: float, chosen: bool
) -> None:
    theme.set_scale(scale)
    choice = QRadioButton()
    qtbot.addWidget(choice)
    choice.setChecked(chosen)
    choice.show()
    pixels = painted(choice)
    background = pixels[0, 0]
    assert_round(np.abs(pixels - background).max(axis=-1) > 4)


def test_nothing_is_rounded_by_more_than_half_of_it(theme: Theme, qapp: QApplication) -> None:
    for scale in SCALES:
        theme.set_scale(scale)
        assert "$" not in qapp.styleSheet()
        assert "-px" not in qapp.styleSheet()
