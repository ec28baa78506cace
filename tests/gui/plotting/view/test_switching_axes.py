"""The axis of training is linear or logarithmic, by a click on it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, HeatMap, PlotView, SharedAxis
from rnnviz.gui.plotting.axes.training_axis import AXES, STEPS, is_over_training

from ..conftest import MakePlot

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def plots(make_plot: MakePlot) -> list[PlotView]:
    """Return two plots over steps, one over tokens, and one over something else."""
    plots = [make_plot(x=x) for x in (STEPS, STEPS, AXES["tokens"], Axis(name="value"))]
    steps = np.arange(1.0, 1001.0)
    for plot in plots:
        plot.add_curve("loss", "forward", label="loss").set_data(steps, np.log10(steps))
        plot.set_x_range(0, 1000)
        plot.set_y_range(0, 3)
    plots[0].setProperty("shared", SharedAxis(plots, plots[0]))
    return plots


def below(plot: PlotView) -> QPoint:
    """Return a place on the axis under a plot."""
    rect = plot.mapping.rect
    return QPoint(round(rect.center().x()), round(rect.bottom()) + 8)


def ends(plot: PlotView) -> tuple[float, float]:
    x = plot.mapping.x
    return x.to_value(x.start), x.to_value(x.end)


def ticks(plot: PlotView) -> list[str]:
    return [word.text for word in plot._frame._x_words.words]


def is_logarithmic(plot: PlotView) -> bool:
    return plot.mapping.x.axis.is_logarithmic


def test_a_click_on_the_axis_makes_it_logarithmic_in_all_plots_over_training(
    plots: list[PlotView], qtbot: QtBot
) -> None:
    clicks: list[object] = []
    plots[0].clicked.connect(lambda *place: clicks.append(place))
    qtbot.mouseMove(plots[0].viewport(), below(plots[0]))
    assert plots[0].viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert plots[0].hover_text == "Click: make this axis logarithmic"
    qtbot.mouseClick(plots[0].viewport(), LEFT, pos=below(plots[0]))
    qtbot.waitUntil(lambda: is_logarithmic(plots[0]))
    assert [is_logarithmic(plot) for plot in plots] == [True, True, True, False]
    for plot in plots[:3]:
        assert is_over_training(plot.mapping.x.axis)
        assert ends(plot) == pytest.approx((1, 1000))
    # A logarithm over a logarithmic axis is a straight line.
    x, y = plots[1].items_shown[0].pixels
    middle = np.interp((x[0] + x[-1]) / 2, x, y)
    assert middle == pytest.approx((y[0] + y[-1]) / 2, abs=2)
    qtbot.waitUntil(lambda: "Click: make this axis linear" in plots[0].hover_text)
    qtbot.mouseClick(plots[1].viewport(), LEFT, pos=below(plots[1]))
    qtbot.waitUntil(lambda: not any(map(is_logarithmic, plots)))
    assert ends(plots[0]) == pytest.approx((0, 1000))
    assert clicks == []


def test_the_first_step_is_written_as_one_and_decades_in_digits(
    plots: list[PlotView], qtbot: QtBot
) -> None:
    plots[0].set_x_range(0, 3000)
    plots[0].set_logarithmic_x(True)
    assert {"1", "10", "100", "1,000"} <= set(ticks(plots[0]))
    assert plots[0].mapping.x.axis.format(1.0) == "1"
    # Step 0 is drawn there as well.
    assert plots[0].mapping.x.to_pixel(0.0) == plots[0].mapping.x.to_pixel(1.0)
    plots[0].hold_x(3, 9)
    qtbot.waitUntil(lambda: "1" not in ticks(plots[0]))
    assert all(float(text).is_integer() for text in ticks(plots[0]))


def test_a_run_that_goes_on_needs_no_whole_decade_more(plots: list[PlotView]) -> None:
    plot = plots[0]
    plot.set_logarithmic_x(True)
    for reached in (1200, 2500, 58_000):
        plot.set_x_range(0, reached)
        assert reached <= ends(plot)[1] <= 1.3 * reached


def test_what_is_looked_at_stays(plots: list[PlotView], qtbot: QtBot) -> None:
    plots[0].hold_x(200, 600)
    plots[0].x_held.emit(200.0, 600.0)
    plots[0]._switch_x()
    for plot in plots[:2]:
        assert plot.mapping.x.range.is_held
        assert ends(plot) == pytest.approx((200, 600))
    plots[0].follow_x()
    assert ends(plots[0]) == pytest.approx((1, 1000))
    plots[1]._switch_x()
    assert ends(plots[1]) == pytest.approx((200, 600))


def test_a_double_click_on_the_axis_follows_the_data_and_switches_nothing(
    plots: list[PlotView], qtbot: QtBot
) -> None:
    plots[0].hold_x(200, 600)
    qtbot.mouseClick(plots[0].viewport(), LEFT, pos=below(plots[0]))
    assert plots[0]._under_pointer.switching.isActive()
    qtbot.mouseDClick(plots[0].viewport(), LEFT, pos=below(plots[0]))
    assert not plots[0].is_held
    assert not plots[0]._under_pointer.switching.isActive()
    assert not is_logarithmic(plots[0])


def test_other_axes_cannot_be_switched(plots: list[PlotView], qtbot: QtBot) -> None:
    qtbot.mouseMove(plots[3].viewport(), below(plots[3]))
    assert plots[3].hover_text == ""
    qtbot.mouseClick(plots[3].viewport(), LEFT, pos=below(plots[3]))
    beside = QPoint(8, round(plots[0].mapping.rect.center().y()))
    qtbot.mouseClick(plots[0].viewport(), LEFT, pos=beside)
    assert not any(plot._under_pointer.switching.isActive() for plot in plots)


def test_a_plot_that_shows_only_a_message_has_nothing_to_click(
    plots: list[PlotView], qtbot: QtBot
) -> None:
    plots[0].set_empty_message("Nothing yet.")
    qtbot.mouseMove(plots[0].viewport(), below(plots[0]))
    assert plots[0].viewport().cursor().shape() is not Qt.CursorShape.PointingHandCursor
    assert plots[0].hover_text == ""


def test_a_picture_stands_on_a_log_axis_where_its_columns_belong(
    make_plot: MakePlot, qtbot: QtBot
) -> None:
    plot = make_plot(x=STEPS, y=Axis("inverted"))
    heat_map: HeatMap = plot.add_heat_map("gradient", "magnitude", levels=(0.0, 1.0))
    # The first ten of a thousand steps are dark, the others nothing.
    values = np.zeros((2, 1000))
    values[:, :10] = 1.0
    heat_map.set_data(values, (0.5, 1000.5, -0.5, 1.5))
    plot.set_x_range(0, 1000, steady=False)
    plot.set_y_range(-0.5, 1.5, steady=False)

    def dark() -> float:
        """Return which share of the plot's width is dark."""
        image, rect = plot.grab().toImage(), plot.mapping.rect
        ratio = image.width() / plot.width()
        row = round(rect.top() + rect.height() / 4)
        inside = range(int(rect.left()) + 1, int(rect.right()) - 1)
        colors = [image.pixel(int(x * ratio), int(row * ratio)) for x in inside]
        return sum(color == colors[0] for color in colors) / len(colors)

    assert dark() == pytest.approx(0.01, abs=0.01)
    plot.set_logarithmic_x(True)
    assert dark() == pytest.approx(np.log10(10.5) / 3, abs=0.02)
    assert heat_map.value_at(5.0, 0.0) == 1.0
    # As far as somebody looks in, each column keeps its place.
    plot.hold_x(5, 20)
    half = pytest.approx(np.log(10.5 / 5) / np.log(4), abs=0.02)
    qtbot.waitUntil(lambda: dark() == half)
    heat_map.restyle()
    assert dark() == half
    plot.follow()
    plot.set_logarithmic_x(False)
    qtbot.waitUntil(lambda: dark() == pytest.approx(0.01, abs=0.01))
