"""Bars, as they stand on the screen."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from rnnviz.gui.plotting.view.export import csv_text
from rnnviz.gui.plotting.view.readout import plot_columns


@pytest.fixture
def plot(make_plot):
    plot = make_plot()
    plot.set_x_range(0, 4, steady=False)
    plot.set_y_range(0, 10, steady=False)
    return plot


def test_a_bar_is_as_wide_as_its_edges_and_as_high_as_its_value(plot):
    bars = plot.add_histogram("share", "forward", "forward_band")
    bars.set_data([0, 1, 3, 4], [2, 10, 0])
    (area,) = bars.graphics
    place = plot.mapping
    for x, y in ((0.5, 1), (1.1, 9.5), (2.9, 9.5)):
        assert area.shape().contains(_point(place, x, y)), (x, y)
    for x, y in ((0.5, 3), (3.5, 1)):
        assert not area.shape().contains(_point(place, x, y)), (x, y)


def test_bars_are_found_from_their_first_edge_to_their_last(plot):
    bars = plot.add_histogram("share", "forward", "forward_band")
    assert bars.bar_at(0.5) is None
    bars.set_data([0, 1, 3, 4], [2, 10, 0])
    assert [bars.bar_at(x) for x in (-0.1, 0, 0.99, 1, 3.5, 4, 4.1)] == [
        None, 0, 0, 1, 2, 2, None
    ]  # fmt: skip
    with pytest.raises(ValueError, match="edges"):
        bars.set_data([0, 1], [1, 2])


def test_a_table_of_bars_says_where_each_begins_and_ends(plot):
    bars = plot.add_histogram("share", "forward", "forward_band")
    line = plot.add_vertical_line("mark", "threshold")
    bars.set_data([0, 1, 3], [0.25, 0.5])
    line.set_value(2.0, "50% beyond 2")
    rows = csv_text(plot_columns(plot.items_shown, plot.mapping, [])).splitlines()
    assert rows[0] == '"share, from","share, to",share,mark'
    assert [float(cell) for cell in rows[1].split(",")] == [0, 1, 0.25, 2]


def test_nothing_is_drawn_of_no_bars_and_of_a_line_outside(plot):
    bars = plot.add_histogram("share", "forward", "forward_band")
    line = plot.add_vertical_line("mark", "threshold")
    for item in (*bars.graphics, *line.graphics):
        assert not item.isVisible()
    line.set_value(5.0, "beyond")
    assert not line.graphics[0].isVisible()
    line.set_value(np.nan, "nowhere")
    assert line.value is None


def _point(mapping, x, y):
    return QPointF(mapping.x.to_pixel(x), mapping.y.to_pixel(y))
