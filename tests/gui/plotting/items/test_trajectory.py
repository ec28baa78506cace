"""Ways through a plane, clicks on a plot, and the ramp of losses."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import PlotView
from rnnviz.gui.plotting.items.color_ramps import HIGHEST, LOWEST, MISSING, color_table
from rnnviz.gui.plotting.items.trajectory import Trajectory
from rnnviz.gui.style.palette import DARK_PALETTE, LIGHT_PALETTE
from rnnviz.gui.style.theme import ColorScheme, Theme

from ..conftest import MakePlot


@pytest.fixture
def plane(make_plot: MakePlot) -> PlotView:
    plot = make_plot(width=400, height=300)
    plot.set_x_range(0, 10, steady=False)
    plot.set_y_range(0, 10, steady=False)
    return plot


def line_of(trail: Trajectory) -> list[tuple[float, float]]:
    path = trail.graphics[1].path()
    return [(path.elementAt(k).x, path.elementAt(k).y) for k in range(path.elementCount())]


def pixel(plot: PlotView, x: float, y: float) -> tuple[float, float]:
    return plot.mapping.x.to_pixel(x), plot.mapping.y.to_pixel(y)


def test_a_trail_passes_its_points_in_their_order(plane: PlotView) -> None:
    trail = plane.add_trajectory("way", "backward")
    places = [(5, 5), (2, 8), (2, 1), (9, 1), (2, 1)]
    trail.set_data(*zip(*places, strict=True))
    assert not trail.leaves
    expected = [pixel(plane, *place) for place in places]
    assert np.allclose(line_of(trail), expected)


def test_a_far_point_is_pointed_at_from_the_edge(plane: PlotView) -> None:
    trail = plane.add_trajectory("way", "backward", mark="cross", style="dashed")
    trail.set_data([4, 4, 1_000_004], [2, 6, 3_000_006])
    assert trail.leaves
    # From (4, 6) three upward for one to the right: the upper edge, 10, at 4 + 4 / 3.
    assert line_of(trail)[-1] == pytest.approx(pixel(plane, 4 + 4 / 3, 10), abs=0.01)
    heads = trail.graphics[3].path()
    assert not heads.isEmpty()
    assert heads.boundingRect().top() == pytest.approx(plane.mapping.rect.top(), abs=0.01)
    trail.set_data([4, 4], [2, 6])
    assert not trail.leaves


def test_a_trail_that_comes_back_begins_at_the_edge_again(plane: PlotView) -> None:
    trail = plane.add_trajectory("way", "backward")
    trail.set_data([5, 5, 15, 15, 5], [5, 6, 6, 4, 4])
    points = line_of(trail)
    assert points[2] == pytest.approx(pixel(plane, 10, 6))
    assert points[3] == pytest.approx(pixel(plane, 10, 4))
    assert len(points) == 5


def test_a_trail_that_never_enters_draws_nothing(plane: PlotView) -> None:
    trail = plane.add_trajectory("way", "backward")
    trail.set_data([11, 30], [11, 12])
    assert line_of(trail) == []
    assert not any(item.isVisible() for item in trail.graphics)
    trail.set_data([], [])
    trail.set_data([1e308, -1e308], [1e308, 1e308])
    plane.grab()


def test_every_mark_is_drawn_and_hidden_with_its_trail(plane: PlotView) -> None:
    for mark in ("none", "dot", "cross", "ring"):
        trail = plane.add_trajectory(mark, "backward", mark=mark)
        trail.set_data([1, 5, 3], [1, 2, 9])
        assert trail.graphics[1].isVisible()
        assert trail.graphics[2].isVisible() == (mark != "none")
        assert trail.graphics[3].isVisible() == (mark in ("dot", "cross"))
        trail.set_visible(False)
        assert not any(item.isVisible() for item in trail.graphics)
    modules = {type(item).__module__ for item in plane.scene().items()}
    assert modules == {"PySide6.QtWidgets"}


def test_a_trail_follows_range_size_and_theme(plane: PlotView, theme: Theme) -> None:
    trail = plane.add_trajectory("way", "backward")
    trail.set_data([1, 5], [1, 2])
    plane.resize(700, 500)
    plane.set_x_range(0, 20, steady=False)
    assert np.allclose(line_of(trail), [pixel(plane, 1, 1), pixel(plane, 5, 2)])
    theme.set_scheme(ColorScheme.DARK)
    assert trail.graphics[1].pen().color() == QColor(DARK_PALETTE.backward)
    assert "way" in plane.to_csv()


def test_a_trails_points_come_in_pairs(plane: PlotView) -> None:
    with pytest.raises(ValueError, match="way"):
        plane.add_trajectory("way", "backward").set_data([1, 2], [1])


def test_a_click_tells_its_place_in_the_data(plane: PlotView, qtbot: QtBot) -> None:
    x, y = (round(value) for value in pixel(plane, 2.5, 7.5))
    with qtbot.waitSignal(plane.clicked) as signal:
        qtbot.mouseClick(plane.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert signal.args == pytest.approx([2.5, 7.5], abs=0.05)


def test_what_is_no_click_in_the_plot_tells_nothing(plane: PlotView, qtbot: QtBot) -> None:
    inside = plane.mapping.rect.center().toPoint()
    view = plane.viewport()
    with qtbot.assertNotEmitted(plane.clicked):
        qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=inside)
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=inside)
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=inside + QPoint(30, 0))
        plane.set_empty_message("nothing yet")
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=inside)


@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE])
def test_losses_go_from_the_panel_to_the_blue_of_what_flows_forward(palette) -> None:
    table = color_table("loss", palette)
    assert QColor.fromRgb(table[MISSING]) == QColor(palette.panel)
    assert QColor.fromRgb(table[LOWEST]) == QColor(palette.panel)
    assert QColor.fromRgb(table[HIGHEST]) == QColor(palette.forward)
