import subprocess
import sys
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QPushButton
from pytestqt.qtbot import QtBot

from rnnviz.gui.panels.units import panel as units_panel
from rnnviz.gui.panels.units import unit_list
from rnnviz.gui.style.palette import DARK_PALETTE, LIGHT_PALETTE, Palette, mix
from rnnviz.gui.style.theme import ColorScheme, PanelTheme, Theme


def luminance(color: str) -> float:
    channels = [QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE])
def test_words_are_legible_on_the_panel_and_on_the_background(palette: Palette) -> None:
    for ground in (palette.panel, palette.background):
        assert contrast(palette.ink, ground) > 7
        assert contrast(palette.soft, ground) > 4.5
    for role in ("forward", "threshold", "negative", "positive"):
        assert contrast(getattr(palette, role), palette.panel) > 4.5
    # Orange at its purest is a line and a short word; large text needs 3.
    assert contrast(palette.backward, palette.panel) > 3
    assert contrast(palette.on_accent, palette.forward) > 4.5


@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE])
@pytest.mark.parametrize("strongest", [unit_list._BAR, units_panel._STRONGEST])
def test_words_are_legible_on_the_strongest_signs(palette: Palette, strongest: float) -> None:
    for sign in (palette.negative, palette.positive):
        assert contrast(palette.ink, mix(palette.panel, sign, strongest)) > 4.5


# What is left of linear red, green and blue without the green or the red cones (Machado 2009).
COLOR_BLIND = {
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
WHITE = np.array([0.9505, 1.0, 1.0890])


def lab(color: str, seen: list[list[float]] | None = None) -> np.ndarray:
    """Return L*, a*, b* of a colour, as it is or as the colour-blind see it."""
    channels = np.array(QColor(color).getRgbF()[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    if seen is not None:
        linear = np.clip(np.array(seen) @ linear, 0, 1)
    x, y, z = np.cbrt(TO_XYZ @ linear / WHITE)  # none of these is near black
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE])
def test_the_signs_are_told_apart_by_lightness_and_without_red_or_green(palette: Palette) -> None:
    lightness = [lab(color)[0] for color in (palette.negative, palette.positive)]
    assert lightness[1] - lightness[0] > 20
    for seen in COLOR_BLIND.values():
        # The distance of CIE 1976, on the way to the ends as well as there.
        for share, least in ((1.0, 40), (0.5, 20)):
            ends = (mix(palette.panel, end, share) for end in (palette.negative, palette.positive))
            negative, positive = (lab(end, seen) for end in ends)
            assert np.linalg.norm(positive - negative) > least


def test_pale_roles_speak_in_soft_words() -> None:
    assert LIGHT_PALETTE.word_color("faint").name() == LIGHT_PALETTE.soft
    assert LIGHT_PALETTE.word_color("backward_band").name() == LIGHT_PALETTE.soft
    assert LIGHT_PALETTE.word_color("forward").name() == LIGHT_PALETTE.forward


def test_every_colour_is_written_as_six_digits() -> None:
    for palette in (LIGHT_PALETTE, DARK_PALETTE):
        for field in fields(palette):
            value = getattr(palette, field.name)
            for color in (value,) if isinstance(value, str) else value:
                assert QColor(color).name() == color


def test_changing_the_scheme_changes_the_palette_and_says_so(qtbot: QtBot) -> None:
    theme = Theme(ColorScheme.LIGHT)
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(ColorScheme.DARK)
    assert theme.is_dark
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_scheme(ColorScheme.DARK)


def test_a_system_that_says_nothing_gives_the_light_theme(qtbot: QtBot) -> None:
    theme = Theme(ColorScheme.SYSTEM)
    if QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Dark:
        assert not theme.is_dark


def test_presentation_enlarges_every_size_by_half(qtbot: QtBot) -> None:
    theme = Theme(ColorScheme.LIGHT)
    roles = ("small", "body", "heading", "display")
    assert [theme.font(role).pixelSize() for role in roles] == [12, 14, 18, 24]
    theme.set_presentation(True)
    assert [theme.font(role).pixelSize() for role in roles] == [18, 21, 27, 36]


def test_monospaced_roles_are_monospaced(qtbot: QtBot) -> None:
    assert Theme(ColorScheme.LIGHT).font("mono").fixedPitch()


def test_the_style_sheet_is_understood_in_every_theme_and_size(
    qtbot: QtBot, qapp: QApplication, capfd: pytest.CaptureFixture[str]
) -> None:
    theme = Theme(ColorScheme.LIGHT)
    theme.apply(qapp)
    button = QPushButton("Train")
    qtbot.addWidget(button)
    button.setProperty("primary", True)
    button.show()
    for scheme in (ColorScheme.LIGHT, ColorScheme.DARK):
        for scale in (1.0, 1.5):
            theme.set_scheme(scheme)
            theme.set_scale(scale)
            middle = button.grab().toImage().pixelColor(6, button.height() // 2)
            assert middle.name() == theme.palette.forward
            assert "$" not in qapp.styleSheet()
    assert "Could not parse" not in capfd.readouterr().err
    qapp.setStyleSheet("")


def test_a_spin_box_without_buttons_shows_its_number(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(ColorScheme.LIGHT).apply(qapp)
    box = QDoubleSpinBox()
    qtbot.addWidget(box)
    box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    box.show()
    assert box.lineEdit().width() > 0.6 * box.width()
    qapp.setStyleSheet("")


def test_icons_take_the_colours_of_the_theme(qtbot: QtBot) -> None:
    theme = Theme(ColorScheme.DARK)
    image = theme.icon("train", "forward").pixmap(18, 18).toImage()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert theme.palette.forward in colors


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ffffff", 1) == "#ffffff"
    steps = [mix("#1f5fd0", "#ffffff", share / 4) for share in range(5)]
    assert all(luminance(a) < luminance(b) for a, b in pairwise(steps))


def test_the_theme_loads_without_numpy_or_pyqtgraph() -> None:
    code = (
        "import sys, rnnviz.gui.style.theme\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'numpy', 'pyqtgraph'}, loaded\n"
        "assert 'PySide6.QtSvg' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("screen", "scale"),
    [
        ((1024, 768), 1.1),
        ((1280, 720), 1.25),
        ((1280, 800), 1.25),
        ((1920, 1080), 1.5),
        ((3840, 2160), 3.0),
    ],
)
def test_presentation_enlarges_as_much_as_the_screen_holds(
    qtbot: QtBot, screen: tuple[int, int], scale: float
) -> None:
    theme = Theme(ColorScheme.LIGHT)
    theme.set_presentation(True, screen=screen)
    assert theme.scale == scale
    theme.set_presentation(False, screen=screen)
    assert theme.scale == 1.0


def test_a_panels_type_grows_with_it_and_follows_the_window_in_all_else(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme = Theme(ColorScheme.LIGHT)
    own = PanelTheme(theme)
    button = QPushButton("Train")
    qtbot.addWidget(button)
    own.dress(button)
    own.grow(QSize(400, 300))
    assert (own.scale, button.styleSheet()) == (1.0, "")
    sizes = []
    for width in (400, 600, 900, 2000):
        own.grow(QSize(width, width))
        sizes.append(own.font("small").pixelSize())
    assert sizes == sorted(sizes)
    assert sizes[-1] == 18
    assert "21px" in button.styleSheet()
    theme.set_presentation(True)
    assert own.scale == 1.5 * theme.scale
    theme.set_scheme(ColorScheme.DARK)
    assert own.is_dark
    own.grow(None)
    assert own.scale == theme.scale
    assert not button.styleSheet()


@pytest.mark.parametrize(
    ("screen", "scale"), [((1280, 720), 1.1), ((1920, 1080), 1.5), ((3840, 2160), 3.0)]
)
def test_type_of_a_dense_view_is_as_large_as_the_room_needs_and_no_larger(
    qapp: QApplication, screen: tuple[int, int], scale: float
) -> None:
    theme = Theme(ColorScheme.LIGHT)
    own = PanelTheme(theme)
    own.suit(QSize(*screen))
    assert own.scale == 1.0
    theme.set_presentation(True, screen=screen)
    own.suit(QSize(*screen))
    assert own.scale == pytest.approx(scale)
