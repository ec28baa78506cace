import pytest

from rnnviz.gui.plotting import PlotView
from rnnviz.gui.plotting.items.lines import Side

from ..conftest import MakePlot


@pytest.fixture
def plot(make_plot: MakePlot) -> PlotView:
    plot = make_plot()
    plot.set_x_range(0, 4, steady=False)
    plot.set_y_range(0, 10, steady=False)
    return plot


def test_a_level_line_without_a_value_is_hidden(plot: PlotView) -> None:
    line = plot.add_horizontal_line("true entropy", "faint", label="true entropy")
    assert not line.shown
    line.set_value(1.0)
    assert line.shown
    line.set_value(11.0)
    assert not line.shown
    line.set_value(float("nan"))
    assert line.value is None


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_words_of_an_upright_line_stand_on_their_side_of_it(plot: PlotView, side: Side) -> None:
    line = plot.add_vertical_line("mark", "threshold", side)
    line.set_value(2.0, "10% beyond 2")
    drawn, words = line.graphics
    x = plot.mapping.x.to_pixel(2.0)
    assert abs(drawn.line().x1() - x) <= 1
    box = words.sceneBoundingRect()
    assert box.right() <= x if side == "left" else box.left() >= x


def test_words_that_would_leave_the_plot_stay_in_it(plot: PlotView) -> None:
    line = plot.add_vertical_line("mark", "threshold", "left")
    line.set_value(0.01, "10% beyond 2")
    assert line.graphics[1].sceneBoundingRect().left() >= plot.mapping.rect.left()
