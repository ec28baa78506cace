"""The table of a plot: all of it where it follows the data, else what is in view."""

import csv
import io
from typing import Literal

import numpy as np
import pytest

from rnnviz.gui.plotting import Axis, PlotView

from ..conftest import MakePlot


def rows_of(plot: PlotView) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(plot.to_csv())))


def numbers(plot: PlotView, column: str) -> list[float]:
    return [float(row[column]) for row in rows_of(plot) if row[column]]


@pytest.fixture
def long_plot(make_plot: MakePlot) -> PlotView:
    """Return a plot of far more points than it is wide."""
    plot = make_plot(x=Axis(label="step", whole=True), y=Axis(label="loss"))
    steps = np.arange(10_000.0)
    rough = np.random.default_rng(0).normal(size=len(steps))
    plot.add_band("every step", "forward_band").set_data(steps, rough - 1, rough + 1)
    plot.add_curve("training", "forward").set_data(steps, rough)
    plot.add_curve("held out", "forward").set_data([0, 5_000, 9_999], [3.0, 2.0, 1.0])
    plot.add_markers("clipped", "threshold").set_data([10, 4_200])
    plot.add_horizontal_line("threshold", "threshold").set_value(0.5)
    plot.set_x_range(0, 10_000)
    plot.set_y_range(-5, 5)
    return plot


def test_a_plot_that_follows_has_every_row(long_plot: PlotView) -> None:
    assert numbers(long_plot, "step") == list(range(10_000))
    long_plot.set_x_range(0, 100, steady=False)
    assert len(rows_of(long_plot)) == 10_000, "what follows is out of sight by chance alone"


def test_a_plot_that_is_held_has_the_rows_in_view_with_their_true_values(
    long_plot: PlotView,
) -> None:
    whole = rows_of(long_plot)
    long_plot.hold_x(4_000, 5_000)
    rows = rows_of(long_plot)
    assert [int(row["step"]) for row in rows] == list(range(4_000, 5_001))
    assert numbers(long_plot, "held out") == [2.0]
    assert numbers(long_plot, "clipped") == [1.0]
    without_line = [{**row, "threshold": ""} for row in rows]
    assert without_line == [{**row, "threshold": ""} for row in whole[4_000:5_001]]
    long_plot.follow()
    assert rows_of(long_plot) == whole


def test_a_stretch_without_data_leaves_the_header(long_plot: PlotView) -> None:
    header = long_plot.to_csv().partition("\n")[0].replace(",threshold", "")
    long_plot.hold_x(20_000, 30_000)
    long_plot.mapping.y.hold(2, 3)
    assert long_plot.to_csv() == f"{header},threshold\n"


def test_a_curve_keeps_its_values_above_and_below_what_is_seen(long_plot: PlotView) -> None:
    long_plot.mapping.y.hold(-0.1, 0.1)
    assert len(numbers(long_plot, "training")) == 10_000
    assert numbers(long_plot, "threshold") == [], "the line itself is out of sight"


@pytest.mark.parametrize("kind", ["linear", "inverted"])
def test_of_a_heat_map_the_cells_count_of_which_something_is_seen(
    make_plot: MakePlot, kind: Literal["linear", "inverted"]
) -> None:
    plot = make_plot(x=Axis(name="position", first=1), y=Axis(kind, name="unit"))
    plot.add_heat_map("state").set_data(np.arange(30.0).reshape(5, 6))
    plot.hold_x(1.5, 3.7)
    plot.mapping.y.hold(0.5, 2.5)
    assert {row["position"] for row in rows_of(plot)} == {"3", "4", "5"}
    assert {row["unit"] for row in rows_of(plot)} == {"1", "2"}
    assert numbers(plot, "state") == [8, 9, 10, 14, 15, 16]


def test_points_count_where_both_of_their_coordinates_are_seen(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(name="re"), y=Axis(name="im"))
    plot.add_points("eigenvalue", "forward").set_data([0, 1, 2], [0, 1, 2])
    plot.hold_x(0.5, 3)
    plot.mapping.y.hold(-1, 1.5)
    assert [list(row.values()) for row in rows_of(plot)] == [["1", "1"]]


def test_bars_count_of_which_something_is_seen(make_plot: MakePlot) -> None:
    plot = make_plot()
    bars = plot.add_histogram("share", "forward", "forward_band")
    bars.set_data([0, 1, 2, 3, 4], [10, 20, 30, 40])
    plot.hold_x(1.5, 3.0)
    assert numbers(plot, "share") == [20, 30]


def test_what_nobody_knows_the_place_of_is_not_in_view(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(name="seconds"))
    plot.add_curve("loss", "forward").set_data([np.nan, 1, 2], [5, 4, 3])
    assert len(rows_of(plot)) == 3
    plot.hold_x(0, 1.5)
    assert numbers(plot, "loss") == [4]


def test_on_a_log_axis_the_stretch_is_that_which_is_seen(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis("log", floor=1e-6, name="size"))
    plot.add_curve("norm", "backward").set_data([1e-9, 1e-3, 1e-2, 1.0], [1, 2, 3, 4])
    plot.hold_x(1e-3, 1e-1)
    assert numbers(plot, "norm") == [2, 3]
