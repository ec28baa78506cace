"""What is set in a plot can be grasped and dragged."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, HorizontalLine, PlotView, Trajectory
from rnnviz.gui.plotting.axes.training_axis import STEPS
from rnnviz.gui.plotting.view.grip import Grip

from ..conftest import MakePlot

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def plot(make_plot: MakePlot) -> PlotView:
    plot = make_plot(x=STEPS, y=Axis("log", floor=1e-12, label="norm"))
    plot.set_x_range(0, 100, steady=False)
    plot.set_y_range(0.01, 100)
    x = np.arange(100.0)
    plot.add_curve("norm", "backward", label="norm").set_data(x, np.full(100, 10.0))
    return plot


@pytest.fixture
def line(plot: PlotView) -> HorizontalLine:
    line = plot.add_horizontal_line("threshold", "threshold", "solid", label_on="line")
    line.set_value(1.0, "threshold 1")
    plot.place_labels()
    return line


@pytest.fixture
def grip(plot: PlotView, line: HorizontalLine) -> Grip:
    grip = plot.grip_line(line, "Drag: set the threshold")
    grip.dragged.connect(lambda _x, y: line.set_value(y, f"threshold {y:.0f}"))
    return grip


def at(plot: PlotView, x: float, y: float) -> QPoint:
    return QPointF(plot.mapping.x.to_pixel(x), plot.mapping.y.to_pixel(y)).toPoint()


def shape(plot: PlotView) -> Qt.CursorShape:
    return plot.viewport().cursor().shape()


def test_a_line_is_dragged_and_the_plot_is_not(
    plot: PlotView, line: HorizontalLine, grip: Grip, qtbot: QtBot
) -> None:
    told: list[float] = []
    grip.set_to.connect(lambda _x, y: told.append(y))
    place = at(plot, 20, 1.0) + QPoint(0, 2)
    qtbot.mouseMove(plot.viewport(), place)
    assert shape(plot) is Qt.CursorShape.SizeVerCursor
    assert plot.hover_text.endswith("Drag: set the threshold")
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    end = at(plot, 60, 10.0) + QPoint(0, 2)
    qtbot.mouseMove(plot.viewport(), end)
    assert grip.is_held
    assert line.value == pytest.approx(10.0, rel=0.1), "as far beside the pointer as it was grasped"
    # It is told at the pointer: a name on the line would stay behind.
    assert plot.hover_text == "threshold 10"
    plot.place_labels()
    assert not any(
        label.word.item.isVisible()
        for label in plot._labels._labels.values()
        if label.owner is line
    )
    # Wherever the pointer strays, it is still dragged.
    qtbot.mouseMove(plot.viewport(), QPoint(end.x(), 1))
    assert line.value == pytest.approx(100.0)
    assert shape(plot) is Qt.CursorShape.SizeVerCursor
    qtbot.mouseMove(plot.viewport(), end)
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=end)
    assert not grip.is_held
    assert not plot.is_held
    plot.place_labels()
    assert any(label.owner is line for label in plot._labels._labels.values())
    assert told[-1] == line.value


def test_it_is_set_now_and_then_while_it_is_dragged_and_once_more_where_it_is_let_go(
    plot: PlotView, grip: Grip, qtbot: QtBot
) -> None:
    told: list[float] = []
    grip.set_to.connect(lambda _x, y: told.append(y))
    place = at(plot, 20, 1.0)
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    for down in range(6, 26):
        qtbot.mouseMove(plot.viewport(), place + QPoint(0, down))
    assert len(told) <= 4
    qtbot.waitUntil(lambda: told != [])
    count = len(told)
    qtbot.mouseMove(plot.viewport(), place + QPoint(0, 40))
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place + QPoint(0, 40))
    assert len(told) == count + 1
    assert not grip._setting.isActive()


def test_a_click_on_it_sets_nothing_and_is_the_plot_s(
    plot: PlotView, line: HorizontalLine, grip: Grip, qtbot: QtBot
) -> None:
    clicks: list[object] = []
    plot.clicked.connect(lambda *place: clicks.append(place))
    qtbot.mouseClick(plot.viewport(), LEFT, pos=at(plot, 20, 1.0))
    assert line.value == 1.0
    assert len(clicks) == 1


def test_its_name_is_grasped_as_well(
    plot: PlotView, line: HorizontalLine, grip: Grip, qtbot: QtBot
) -> None:
    label = next(one for one in plot._labels._labels.values() if one.owner is line)
    place = label.rect.center().toPoint()
    before = place.y()
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), place + QPoint(0, 20))
    assert line.pixel == pytest.approx(plot.mapping.y.to_pixel(1.0) + 20, abs=0.01)
    assert place.y() == before
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place + QPoint(0, 20))


def test_nothing_moves_under_what_is_dragged_and_all_is_shown_afterwards(
    plot: PlotView, grip: Grip, qtbot: QtBot
) -> None:
    place = at(plot, 20, 1.0)
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), place + QPoint(0, 20))
    plot.set_y_range(1e-6, 1e6)
    plot.set_x_range(0, 500, steady=False)
    assert (plot.mapping.y.low, plot.mapping.y.high) == (-2, 2)
    assert plot.mapping.x.high == 500, "what goes on beside it is seen"
    assert plot.chip_text == ""
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place + QPoint(0, 20))
    assert (plot.mapping.y.low, plot.mapping.y.high) == (-6, 6)


def test_a_line_that_is_not_there_cannot_be_grasped(
    plot: PlotView, line: HorizontalLine, grip: Grip, qtbot: QtBot
) -> None:
    place = at(plot, 20, 1.0)
    line.set_value(None)
    qtbot.mouseMove(plot.viewport(), place)
    assert shape(plot) is not Qt.CursorShape.SizeVerCursor
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), place + QPoint(0, 20))
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place + QPoint(0, 20))
    assert plot.is_held


def test_with_a_key_the_plot_is_meant(
    plot: PlotView, line: HorizontalLine, grip: Grip, qtbot: QtBot
) -> None:
    qtbot.mousePress(plot.viewport(), LEFT, SHIFT, at(plot, 20, 1.0))
    qtbot.mouseMove(plot.viewport(), at(plot, 60, 0.1))
    qtbot.mouseRelease(plot.viewport(), LEFT, SHIFT, at(plot, 60, 0.1))
    assert line.value == 1.0
    assert plot.is_held


def test_the_nearest_of_several_points_is_dragged(make_plot: MakePlot, qtbot: QtBot) -> None:
    plot = make_plot(x=Axis(name="w"), y=Axis(name="b"), width=400, height=400)
    plot.set_x_range(0, 10, steady=False)
    plot.set_y_range(0, 10, steady=False)
    first: Trajectory = plot.add_trajectory("first", "backward")
    second: Trajectory = plot.add_trajectory("second", "forward")
    first.set_data([1, 2], [1, 2])
    second.set_data([8], [8])
    grip = plot.grip_points([first, second], "Drag: start there")
    told: list[tuple[float, float]] = []
    grip.set_to.connect(lambda x, y: told.append((x, y)))
    qtbot.mouseMove(plot.viewport(), at(plot, 1, 1))
    assert shape(plot) is not Qt.CursorShape.OpenHandCursor, "only its last point"
    qtbot.mouseMove(plot.viewport(), at(plot, 2, 2))
    assert shape(plot) is Qt.CursorShape.OpenHandCursor
    place = at(plot, 8, 8) + QPoint(3, -3)
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), at(plot, 5, 4) + QPoint(3, -3))
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=at(plot, 5, 4) + QPoint(3, -3))
    assert told[-1] == pytest.approx((5, 4), abs=0.05)
