from itertools import combinations

import numpy as np
import pytest

from rnnviz.gui.plotting import Axis
from rnnviz.gui.plotting.items.color_ramps import HIGHEST, LOWEST, MIDDLE, MISSING, color_table
from rnnviz.gui.plotting.items.heat_map import indexed_pixmap
from rnnviz.gui.style.palette import DARK_PALETTE, LIGHT_PALETTE, Palette

from ..conftest import MakePlot


def rgb(color: int) -> str:
    return f"#{color & 0xFFFFFF:06x}"


@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE])
def test_zero_looks_like_the_panel_in_both_ramps(palette: Palette) -> None:
    signed, magnitude = color_table("signed", palette), color_table("magnitude", palette)
    assert rgb(signed[MIDDLE]) == rgb(signed[MISSING]) == palette.panel
    assert rgb(magnitude[LOWEST]) == rgb(magnitude[MISSING]) == palette.panel
    assert rgb(signed[LOWEST]) == palette.negative
    assert rgb(signed[HIGHEST]) == palette.positive
    assert rgb(magnitude[HIGHEST]) == palette.backward


def test_signed_values_are_centred_on_zero(make_plot: MakePlot) -> None:
    heat = make_plot().add_heat_map("state", "signed")
    indices = heat.quantize([[-2.0, -1.0, 0.0, 1.0, 2.0, np.nan]])
    assert indices.tolist() == [[LOWEST, LOWEST, MIDDLE, HIGHEST, HIGHEST, MISSING]]


def test_magnitudes_are_coloured_by_their_logarithm(make_plot: MakePlot) -> None:
    heat = make_plot().add_heat_map(
        "norm", "magnitude", levels=(1e-9, 1.0), value_axis=Axis("log", floor=1e-9)
    )
    indices = heat.quantize([[0.0, 1e-12, 1e-9, 10**-4.5, 1.0, 50.0, np.nan]])[0].tolist()
    assert indices == [LOWEST, LOWEST, LOWEST, MIDDLE, HIGHEST, HIGHEST, MISSING]


def test_bytes_are_taken_as_indices(make_plot: MakePlot) -> None:
    heat = make_plot().add_heat_map("state", "signed")
    heat.set_data(np.array([[MISSING, LOWEST, MIDDLE, HIGHEST]], np.uint8), (0, 4, 0, 1))
    assert heat.value_at(1.5, 0.5) == pytest.approx(-1)
    assert heat.value_at(3.5, 0.5) == pytest.approx(1)
    assert heat.value_at(9, 0.5) is None


def test_the_picture_shares_no_memory_with_the_array() -> None:
    indices = np.full((3, 5), 200, np.uint8)
    pixmap = indexed_pixmap(indices, color_table("signed", LIGHT_PALETTE))
    before = pixmap.toImage().pixel(2, 1)
    indices[:] = 1
    assert pixmap.toImage().pixel(2, 1) == before


@pytest.mark.parametrize("columns", [1, 2, 3, 5, 25, 127])
def test_rows_of_any_length_are_drawn_straight(columns: int) -> None:
    indices = np.zeros((4, columns), np.uint8)
    indices[:, 0] = HIGHEST
    table = color_table("magnitude", LIGHT_PALETTE)
    image = indexed_pixmap(indices, table).toImage()
    assert all(rgb(image.pixel(0, row)) == LIGHT_PALETTE.backward for row in range(4))


def test_the_first_row_is_on_top_of_an_inverted_axis(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("inverted"))
    plot.set_x_range(0, 2, steady=False)
    plot.set_y_range(0, 2, steady=False)
    heat = plot.add_heat_map("state", "signed")
    heat.set_data([[1.0, 1.0], [-1.0, -1.0]], (0, 2, 0, 2))
    image = plot.grab().toImage()
    rect = plot.mapping.rect
    ratio = image.devicePixelRatio()
    x = int(rect.center().x() * ratio)
    upper = image.pixelColor(x, int((rect.top() + 0.25 * rect.height()) * ratio)).name()
    lower = image.pixelColor(x, int((rect.top() + 0.75 * rect.height()) * ratio)).name()
    assert (upper, lower) == (LIGHT_PALETTE.positive, LIGHT_PALETTE.negative)


def test_a_column_of_characters_or_a_vector_is_no_matrix(make_plot: MakePlot) -> None:
    with pytest.raises(ValueError, match="state"):
        make_plot().add_heat_map("state").set_data([1.0, 2.0])


def test_an_empty_matrix_is_drawn_as_nothing(make_plot: MakePlot) -> None:
    heat = make_plot().add_heat_map("state")
    heat.set_data(np.zeros((0, 5)))
    heat.clear()
    assert heat.columns() == []


def test_the_bar_beside_it_tells_the_levels_in_force(make_plot: MakePlot) -> None:
    plot = make_plot()
    heat = plot.add_heat_map("state", "signed", levels=(-1.0, 1.0))
    heat.set_data([[0.5, -0.5]])
    heat.set_levels(-10.0, 10.0)
    bar = plot._frame.color_bar
    assert bar is not None
    assert [word.text for word in bar._row.words] == ["\N{MINUS SIGN}10", "0", "10"]


def test_values_near_the_largest_float_get_the_last_colour(make_plot: MakePlot) -> None:
    heat = make_plot().add_heat_map("state", "signed")
    values = np.array([[3e38, -3e38, 0.0]], np.float32)
    assert heat.quantize(values).tolist() == [[HIGHEST, LOWEST, MIDDLE]]
    assert heat.quantize(values.astype(np.float64) * 1e100).tolist() == [[HIGHEST, LOWEST, MIDDLE]]


@pytest.mark.parametrize("height", range(64, 180, 6))
def test_the_words_beside_the_bar_never_stand_over_each_other(make_plot, height):
    plot = make_plot(height=height)
    plot.add_heat_map("norm", "magnitude", levels=(0.01, 0.5), value_axis=Axis(kind="log"))
    places = [
        word.item.sceneBoundingRect()
        for word in plot._frame.color_bar._row.words
        if word.item.isVisible()
    ]
    assert len(places) >= 2
    for one, other in combinations(places, 2):
        # The letters themselves are lower than a line.
        assert one.intersected(other).height() <= 2


def test_a_message_has_no_colour_bar_in_its_way(make_plot):
    plot = make_plot(width=300, height=100)
    plot.add_heat_map("norm", "magnitude")
    bar = plot._frame.color_bar
    plot.set_empty_message("Training adds a column a step here.")
    assert not bar._bar.isVisible()
    assert not any(word.item.isVisible() for word in bar._row.words)
    plot.set_empty_message(None)
    assert bar._bar.isVisible()
    assert any(word.item.isVisible() for word in bar._row.words)


def test_a_plot_without_its_bar_has_the_room_of_it(make_plot):
    plot = make_plot(width=300, height=100)
    plot.add_heat_map("norm", "magnitude")
    bar, width = plot._frame.color_bar, plot.mapping.rect.width()
    plot.show_color_bar("never")
    assert not bar._bar.isVisible()
    assert plot.mapping.rect.width() == pytest.approx(width + plot.color_bar_room, abs=1)
    plot.show_color_bar("always")
    assert plot.mapping.rect.width() == width
    plot.set_empty_message("no layer 2")
    assert bar._bar.isVisible()


def test_of_logarithms_the_sizes_are_told_and_written(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(label="training step", whole=True), y=Axis("inverted", "steps back"))
    axis = Axis(number_format=lambda exponent: f"ten to the {exponent:g}")
    heat = plot.add_heat_map(
        "gradient norm", "magnitude", levels=(-6, 1), value_axis=axis, logarithms=True
    )
    plot.set_x_range(0, 32)
    plot.set_y_range(-0.5, 1.5, steady=False)
    heat.set_data(np.array([[0.0, 2.5], [-1.5, -14.0]]), (8, 24, -0.5, 1.5))
    told = [plot._readout(x, y) for y in (0.0, 1.0) for x in (9.0, 23.0)]
    assert [said.splitlines() for said in told] == [
        ["training step 12", "steps back 0", "gradient norm: 1.00"],
        ["training step 20", "steps back 0", "gradient norm: 316"],
        ["training step 12", "steps back 1", "gradient norm: 0.0316"],
        ["training step 20", "steps back 1", "gradient norm: <10⁻¹²"],
    ]
    head, *rows = plot.to_csv().splitlines()
    assert head == "training step,steps back,gradient norm"
    assert [float(row.split(",")[2]) for row in rows] == pytest.approx(
        [1, 10**2.5, 10**-1.5, 1e-14]
    )
    assert plot._frame.color_bar is not None
    bar = [word.text for word in plot._frame.color_bar._row.words]
    assert bar[0] == "ten to the -6"
    assert bar[-1] == "ten to the 1"
