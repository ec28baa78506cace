import numpy as np
import pytest
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from rnnviz.gui.plotting import Axis, Curve
from rnnviz.gui.plotting.items.paths import line_path, one_a_pixel

from ..conftest import MakePlot


def path_of(curve: Curve) -> QPainterPath:
    line = curve.graphics[0]
    assert isinstance(line, QGraphicsPathItem)
    return line.path()


def pieces(path: QPainterPath) -> int:
    return sum(path.elementAt(k).isMoveTo() for k in range(path.elementCount()))


def test_a_log_axis_draws_zeros_at_its_floor_without_a_gap(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("log", floor=1e-12))
    plot.set_y_range(1e-12, 1)
    curve = plot.add_curve("gradient", "backward")
    curve.set_data(np.arange(5.0), [1.0, 1e-6, 0.0, 1e-300, 0.0])
    assert pieces(path_of(curve)) == 1
    _, y = curve.pixels
    np.testing.assert_allclose(y[2:], plot.mapping.rect.bottom())


def test_a_log_axis_draws_what_lies_below_its_range_at_the_bottom(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("log"))
    plot.set_y_range(1e-3, 1)
    curve = plot.add_curve("gradient", "backward")
    curve.set_data(np.arange(3.0), [1.0, 1e-9, 1e-3])
    assert curve.pixels[1][1] == pytest.approx(plot.mapping.rect.bottom())


def test_not_a_number_breaks_a_line(make_plot: MakePlot) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward")
    curve.set_data(np.arange(7.0), [0, 1, np.nan, 1, 0, np.nan, 1])
    assert pieces(path_of(curve)) == 3


def test_a_curve_of_no_or_one_point_draws_nothing_and_fails_at_nothing(
    make_plot: MakePlot,
) -> None:
    curve = make_plot().add_curve("loss", "forward", markers=True)
    curve.set_data([], [])
    curve.set_data([1.0], [0.5])
    curve.set_data([1.0, 2.0], [np.nan, np.nan])
    assert path_of(curve).isEmpty()


def test_arrays_that_differ_in_length_are_refused(make_plot: MakePlot) -> None:
    with pytest.raises(ValueError, match="loss"):
        make_plot().add_curve("loss", "forward").set_data([1, 2], [1])


def test_values_far_outside_the_range_stay_where_qt_can_paint_them(make_plot: MakePlot) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward")
    curve.set_data(np.arange(4.0), [0, 1e300, -1e300, np.inf])
    assert np.abs(curve.pixels[1]).max() < 1e4


def test_points_that_share_a_pixel_keep_their_extremes() -> None:
    x = np.linspace(0, 300, 5000)
    y = np.zeros(5000)
    y[2345], y[4000] = 80.0, -90.0
    thin_x, thin_y = one_a_pixel(x, y)
    assert len(thin_x) <= 2 * 301
    assert (thin_y.min(), thin_y.max()) == (-90.0, 80.0)
    assert (np.diff(thin_x) >= 0).all()
    assert (thin_x[0], thin_x[-1]) == (x[0], x[-1])


def test_the_path_of_a_line_goes_through_its_points() -> None:
    path = line_path(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]))
    points = [(path.elementAt(k).x, path.elementAt(k).y) for k in range(path.elementCount())]
    assert points == [(1, 4), (2, 5), (3, 6)]


def test_dots_are_drawn_only_where_they_would_not_touch(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 200)
    curve = plot.add_curve("gradient", "backward", markers=True)
    dots = curve.graphics[2]
    curve.set_data(np.arange(25.0), np.ones(25))
    assert dots.isVisible()
    curve.set_data(np.arange(200.0), np.ones(200))
    assert not dots.isVisible()
    curve.set_data(np.arange(25.0), np.ones(25))
    curve.set_markers(False)
    assert not dots.isVisible()


def test_a_line_that_leaves_the_range_ends_in_an_arrow_there(
    make_plot: MakePlot,
) -> None:
    plot = make_plot(y=Axis("log"))
    plot.set_x_range(0, 5, steady=False)
    plot.set_y_range(1e-4, 1)
    curve = plot.add_curve("gradient", "backward", open_ended=True, markers=True)
    curve.set_data(np.arange(6), [0.0, 1e-30, 1e-8, 1e-2, 1e-1, 1])
    assert np.isfinite(curve.pixels[1]).tolist() == [False] * 3 + [True] * 3
    assert curve.arrows == 1
    box = curve._arrows.path().boundingRect()
    bottom = plot.mapping.rect.bottom()
    assert abs(box.bottom() - bottom) < 1, "at the range's end"
    assert path_of(curve).boundingRect().bottom() < bottom, "and no further"
    between = plot.mapping.x.to_pixels(np.array([2.0, 3.0]))
    assert between[0] < box.center().x() < between[1], "where the line leaves"
    curve.set_data(np.arange(6), [1, 1, 100, 1, 1, 1e-9])
    assert curve.arrows == 3, "one at either side above, and one below"
    curve.set_data(np.arange(6), np.full(6, 1e-9))
    assert curve.arrows == 1, "what is out of sight altogether is pointed at"
    curve.set_data(np.arange(6), [np.nan, 1, 1, np.nan, 0.5, 0.5])
    assert curve.arrows == 0
    curve.clear()
    assert curve.arrows == 0


def test_a_line_is_said_to_be_below_the_floor_where_it_ends_there(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("log", floor=1e-12))
    plot.set_x_range(0, 2, steady=False)
    plot.set_y_range(1e-12, 1)
    curve = plot.add_curve("gradient", "backward", open_ended=True)
    curve.set_data(np.arange(3), [1e-20, 1e-6, 1])
    assert curve.arrows == 1
    assert "gradient: <10⁻¹²" in plot._readout(0.0, 0.0)


def test_a_band_says_what_it_was_given_to_say(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 2, steady=False)
    band = plot.add_band("usual", "forward_band", edges=("10 %", "90 %"))
    band.say = "the {}.".format
    assert plot._readout(1.2, 0.0) is None
    band.set_data(np.arange(3), np.zeros(3), np.ones(3))
    assert plot._readout(1.2, 0.0).splitlines() == ["x 1.00", "the 1."]
    assert plot.to_csv().splitlines()[0] == "x,usual 10 %,usual 90 %"


def test_rings_are_not_joined_and_make_a_line_only_where_there_is_no_room(
    make_plot: MakePlot,
) -> None:
    plot = make_plot(width=300)
    plot.set_x_range(0, 1000)
    curve = plot.add_curve("held out", "forward", style="dotted", markers=True, hollow=True)
    line, _, dots, holes, _ = curve.graphics
    curve.set_data([500.0, 1000.0], [0.5, 0.2])
    assert curve.key == "○"
    assert path_of(curve).isEmpty()
    assert dots.isVisible()
    assert holes.isVisible()
    assert dots.path().elementAt(0).x == plot.mapping.x.to_pixel(500)
    assert holes.pen().widthF() < dots.pen().widthF()
    curve.set_data(np.linspace(10, 1000, 100), np.full(100, 0.5))
    assert line.isVisible()
    assert not dots.isVisible()
    assert not holes.isVisible()
    assert "●" not in curve.key


def test_a_line_that_leaves_the_plot_at_its_very_edge_never_goes_back(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 3, steady=False)
    plot.set_y_range(0, 1, steady=False)
    pixel = 1 / plot.mapping.rect.height()
    curve = plot.add_curve("gradient", "backward", open_ended=True)
    curve.set_data(np.arange(4.0), [0.5, 1 + 0.49 * pixel, 1 + 0.51 * pixel, 0.5])
    path = path_of(curve)
    places = [path.elementAt(k).x for k in range(path.elementCount())]
    assert places == sorted(places)


def height_at(x: float, way: tuple[np.ndarray, ...]) -> float:
    return float(np.interp(x, *way))


@pytest.mark.parametrize("stretch", [(10, 20), (49_990, 50_010), (0, 3), (99_990, 100_500)])
def test_of_a_stretch_that_is_held_a_line_enters_and_leaves_where_it_should(
    make_plot: MakePlot, stretch: tuple[float, float]
) -> None:
    plot = make_plot()
    plot.set_y_range(0, 1, steady=False)
    curve, band = plot.add_curve("loss", "forward"), plot.add_band("band", "forward_band")
    # One point in ten thousand steps: the next is tens of thousands of pixels away.
    x, y = np.linspace(0, 100_000, 11), np.tile([0.2, 0.9], 6)[:11]
    curve.set_data(x, y)
    band.set_data(x, y - 0.1, y + 0.1)
    plot.mapping.x.hold(*stretch)
    plot.lay_out()
    middle = min(sum(stretch) / 2, 99_999)
    pixel, true = plot.mapping.x.to_pixel(middle), float(np.interp(middle, x, y))
    assert height_at(pixel, curve.pixels) == pytest.approx(plot.mapping.y.to_pixel(true), abs=0.1)
    assert height_at(pixel, band.pixels[:2]) == pytest.approx(
        plot.mapping.y.to_pixel(true - 0.1), abs=0.1
    )
    assert np.ptp(curve.pixels[0]) <= plot.mapping.rect.width() + 80


def test_of_a_stretch_that_is_held_only_that_is_drawn(make_plot: MakePlot) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward")
    x = np.arange(-50.0, 10_000.0)
    x[:50] = np.nan  # where a run's first steps stood is not known
    curve.set_data(x, np.sin(x))
    plot.set_x_range(0, 10_000)
    plot.mapping.x.hold(100, 150)
    plot.lay_out()
    assert 50 < len(curve.pixels[0]) < 100
    plot.mapping.x.hold(20_000, 20_010)
    plot.lay_out()
    assert path_of(curve).isEmpty()
