"""Eight runs can be told apart: by colour, by dash and by marker, to all eyes, in both themes."""

from itertools import combinations
from typing import get_args

import numpy as np
import pytest

from rnnviz.gui.style.palette import DARK_PALETTE, LIGHT_PALETTE, Flow, Palette
from rnnviz.gui.style.sign import SIGNS, free_sign
from rnnviz.gui.style.sign_drawing import DASHES, MARKERS, sign_pixmap
from rnnviz.gui.style.theme import ColorScheme, Theme

from .color_vision import VISIONS, as_seen, contrast, difference, differences, lab, linear_rgb

FLOWS: tuple[Flow, ...] = get_args(Flow)
# Of those that most races have, and of all eight.
LEAST_OF_THREE, LEAST_OF_EIGHT = 11.0, 5.0
# Of hue: by fewer degrees it hardly drifts to any side.
SIDE = 6.0


@pytest.fixture(params=[LIGHT_PALETTE, DARK_PALETTE], ids=["light", "dark"])
def palette(request: pytest.FixtureRequest) -> Palette:
    return request.param


def shades(palette: Palette, flow: Flow) -> list[str]:
    return [palette.shade(flow, sign.shade).name() for sign in SIGNS]


def test_there_is_a_sign_for_each_of_eight_runs() -> None:
    assert len(SIGNS) == 8
    for part in ("shade", "dash", "marker"):
        assert len({getattr(sign, part) for sign in SIGNS}) == len(SIGNS)
    assert set(DASHES) == {sign.dash for sign in SIGNS}
    assert set(MARKERS) == {sign.marker for sign in SIGNS}


def test_a_run_that_joins_has_the_first_sign_that_is_free() -> None:
    assert free_sign([]) == SIGNS[0]
    assert free_sign([SIGNS[0], SIGNS[2]]) == SIGNS[1]
    assert free_sign(SIGNS) in SIGNS


@pytest.mark.parametrize("flow", FLOWS)
def test_one_run_alone_has_the_familys_own_colour(palette: Palette, flow: Flow) -> None:
    assert palette.shade(flow, SIGNS[0].shade) == palette.color(flow)


@pytest.mark.parametrize("flow", FLOWS)
def test_every_shade_stands_out_from_the_panel(palette: Palette, flow: Flow) -> None:
    assert min(contrast(shade, palette.panel) for shade in shades(palette, flow)) >= 3


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("vision", VISIONS)
def test_no_two_shades_look_alike(palette: Palette, flow: Flow, vision: str) -> None:
    apart = differences(shades(palette, flow), vision) + np.diag([np.inf] * len(SIGNS))
    assert apart[:3, :3].min() >= LEAST_OF_THREE
    assert apart.min() >= LEAST_OF_EIGHT


@pytest.mark.parametrize("vision", VISIONS)
def test_no_blue_is_taken_for_an_orange(palette: Palette, vision: str) -> None:
    seen = [as_seen(linear_rgb(shades(palette, flow)), vision) for flow in FLOWS]
    assert difference(seen[0][:, None], seen[1][None]).min() >= 12


def test_both_shades_of_a_run_drift_to_the_same_side(palette: Palette) -> None:
    hues = []
    for flow in FLOWS:
        values = lab(linear_rgb(shades(palette, flow)))
        hues.append(np.degrees(np.arctan2(values[:, 2], values[:, 1])) % 360)
    drifts = [hue - hue[0] for hue in hues]
    # From blue towards green, as from orange towards yellow: the hue falls in the one, and rises
    # in the other.
    assert all(a < SIDE or b < SIDE for a, b in zip(*drifts, strict=True))
    assert all(a > -SIDE or b > -SIDE for a, b in zip(*drifts, strict=True))


def test_both_shades_of_a_run_have_nearly_the_same_rank_in_lightness(palette: Palette) -> None:
    light = [lab(linear_rgb(shades(palette, flow)))[1:, 0] for flow in FLOWS]
    pairs = list(combinations(range(len(SIGNS) - 1), 2))
    against = [
        (i, j) for i, j in pairs if (light[0][i] - light[0][j]) * (light[1][i] - light[1][j]) < -16
    ]
    assert not against


def test_the_picture_of_a_sign_is_in_its_shade_in_any_theme(qapp: object) -> None:
    for scheme in (ColorScheme.LIGHT, ColorScheme.DARK):
        theme = Theme(scheme)
        for sign in SIGNS:
            for flow in FLOWS:
                image = sign_pixmap(sign, theme, flow).toImage()
                middle = image.pixelColor(image.width() // 2, image.height() // 2)
                assert middle == theme.palette.shade(flow, sign.shade)


def test_differences_are_those_that_the_standard_gives() -> None:
    # The first, the 9th, the 17th and the last pair of Sharma, Wu & Dalal 2005.
    pairs = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    for one, other, known in pairs:
        assert float(difference(np.array(one), np.array(other))) == pytest.approx(known, abs=2e-4)
