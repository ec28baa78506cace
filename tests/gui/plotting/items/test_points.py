import numpy as np
import pytest
from PySide6.QtWidgets import QGraphicsPathItem

from rnnviz.gui.plotting import PlotView

from ..conftest import MakePlot


def path_of(item):
    marks = item.graphics[0]
    assert isinstance(marks, QGraphicsPathItem)
    return marks.path()


def plane(make_plot: MakePlot, width: int, height: int) -> PlotView:
    plot = make_plot(width=width, height=height)
    plot.set_equal_scales()
    plot.set_x_range(-1.5, 1.5, steady=False)
    plot.set_y_range(-1.5, 1.5, steady=False)
    return plot


@pytest.mark.parametrize("size", [(480, 180), (200, 600), (300, 300), (120, 80), (1600, 900)])
def test_a_circle_is_a_circle_whatever_the_size_of_the_plot(make_plot, size):
    plot = plane(make_plot, *size)
    circle = plot.add_circle("unit circle", "threshold", 1.0, "1")
    plot.resize(size[0] + 40, size[1] + 10)
    rect = circle.graphics[0].rect()
    assert rect.width() == pytest.approx(rect.height(), abs=0.01)
    assert rect.width() > 10
    assert plot.mapping.rect.contains(rect)
    words = circle.graphics[1].sceneBoundingRect()
    assert plot.mapping.rect.right() >= words.right() - 1
    assert plot.mapping.rect.top() <= words.top() + 1
    assert plot.mapping.x.to_pixel(0) == pytest.approx(rect.center().x())
    # All that was asked for is visible, and in one direction no more.
    x, y = plot.mapping.x, plot.mapping.y
    assert min(x.high, y.high) == pytest.approx(1.5)
    assert max(x.high, y.high) >= 1.5


def test_pixels_and_values_agree_where_an_axis_shows_more_than_its_range(make_plot):
    plot = plane(make_plot, 480, 180)
    scale = plot.mapping.x
    assert scale.widening > 0
    for value in (-1.5, 0.0, 2.0):
        assert scale.to_value(scale.to_pixel(value)) == pytest.approx(value)
        assert scale.place(value) == pytest.approx(scale.to_pixel(value))
    assert scale.contains(1.4 + scale.widening)
    assert scale.to_pixel(scale.high) == pytest.approx(scale.end)


@pytest.mark.parametrize(("shape", "strokes"), [("dot", 1), ("cross", 2)])
def test_every_finite_point_is_marked_at_its_place(make_plot, shape, strokes):
    plot = plane(make_plot, 300, 300)
    points = plot.add_points("eigenvalue", "forward", shape)
    points.set_data([0.5, np.nan, -1.0, 0.5], [1.0, 0.0, np.inf, -1.0])
    path = path_of(points)
    moves = [k for k in range(path.elementCount()) if path.elementAt(k).isMoveTo()]
    # An infinite coordinate lies far outside, and only not-a-number is nowhere.
    assert len(moves) == 3 * strokes
    points.set_data([0.5], [1.0])
    box, x, y = path_of(points).boundingRect(), plot.mapping.x, plot.mapping.y
    assert box.center().x() == pytest.approx(x.to_pixel(0.5), abs=0.02)
    assert box.center().y() == pytest.approx(y.to_pixel(1.0), abs=0.02)
    points.clear()
    assert path_of(points).isEmpty()
    assert not points.graphics[0].isVisible()


def test_points_of_unequal_length_are_refused(make_plot):
    with pytest.raises(ValueError, match="eigenvalue"):
        make_plot().add_points("eigenvalue", "forward").set_data([1, 2], [1])


def test_a_table_has_both_coordinates_of_every_point(make_plot):
    plot = plane(make_plot, 300, 300)
    plot.add_circle("unit circle", "threshold", 1.0, "1")
    plot.add_points("a", "forward").set_data([0.5, 1.0], [0.25, 0.0])
    plot.add_points("b", "backward", "cross").set_data([3.0], [4.0])
    assert plot.to_csv().splitlines() == ['"a, x","a, y","b, x","b, y"', "0.5,0.25,3,4", "1,0,,"]
