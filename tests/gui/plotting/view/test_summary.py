"""A stretch is selected, and what curves do in it is shown and copied."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.axes.training_axis import STEPS
from rnnviz.gui.plotting.view.export import picture
from rnnviz.gui.plotting.view.summary import summaries, summary_words

from ..conftest import MakePlot

CONTROL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def plot(make_plot: MakePlot) -> PlotView:
    plot = make_plot(x=STEPS, y=Axis(unit="nats"), width=800)
    plot.set_x_range(0, 10_000, steady=False)
    plot.set_y_range(0, 4, steady=False)
    x = np.arange(0.0, 10_001.0, 10.0)
    # One that falls straight, by 0.3 in every 1,000 steps.
    plot.add_curve("mean loss", "forward", label="training").set_data(x, 3.5 - 0.0003 * x)
    held_out = plot.add_curve("held out", "forward")
    held_out.set_data([1000, 4000, 7000, 9000], [3.0, 2.0, math.nan, 1.0])
    another = plot.add_curve("another run", "forward")
    another.set_data(x, x)
    another.set_visible(False)
    plot.add_curve("", "faint").set_data(x, 0 * x)
    plot.add_band("loss", "forward_band").set_data(x, 0 * x, 0 * x + 4)
    return plot


def select(qtbot: QtBot, plot: PlotView, first: float, last: float, *, ends: bool = True) -> None:
    to_x, y = plot.mapping.x.to_pixel, plot.mapping.rect.center().y()
    places = [QPointF(to_x(step), y).toPoint() for step in (first, last)]
    qtbot.mousePress(plot.viewport(), LEFT, CONTROL, places[0])
    qtbot.mouseMove(plot.viewport(), places[1] + QPoint(0, 9))
    if ends:
        qtbot.mouseRelease(plot.viewport(), LEFT, CONTROL, places[1])


def test_a_stretch_is_summed_up_for_every_curve_that_is_seen(plot: PlotView) -> None:
    training, held_out = summaries(plot.items_shown, (2000, 8000))
    assert training.name == "training"
    assert training.mean == pytest.approx(2.0)
    assert (training.minimum, training.maximum) == pytest.approx((1.1, 2.9))
    assert training.slope == pytest.approx(-0.0003)
    # Of a single point there is no slope, and what is not a number is no point.
    assert (held_out.mean, held_out.minimum, held_out.maximum) == (2.0, 2.0, 2.0)
    assert math.isnan(held_out.slope)
    assert summaries(plot.items_shown, (1002, 1004)) == []


@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=40, unique=True),
    st.floats(-5, 5),
    st.floats(-50, 50),
)
def test_the_slope_is_that_of_the_nearest_line(
    places: list[float], slope: float, at_zero: float
) -> None:
    from rnnviz.gui.plotting.view.summary import _slope

    x = np.sort(np.array(places))
    noise = np.cos(np.arange(len(x)))
    if np.ptp(x) < 1e-3:
        return
    assert _slope(x, at_zero + slope * x) == pytest.approx(slope, abs=1e-6)
    assert _slope(x, noise) == pytest.approx(np.polyfit(x, noise, 1)[0], rel=1e-6, abs=1e-9)


def test_it_reads_as_a_sentence_a_curve(plot: PlotView) -> None:
    stretch = (2000.0, 8000.0)
    found = summaries(plot.items_shown, stretch)
    assert summary_words(found, stretch, STEPS, plot.mapping.y.axis).split("\n") == [
        "training step 2,000 to 8,000; slopes per 1,000",
        "training: mean 2.00 nats (1.10 to 2.90), slope −0.300, 601 points",
        "held out: mean 2.00 nats (2.00 to 2.00), slope none, 1 point",
    ]
    assert summary_words([], stretch, STEPS, plot.mapping.y.axis) == ""


def test_a_stretch_that_is_drawn_is_told_and_copied(plot: PlotView, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("before")
    clicks: list[object] = []
    plot.clicked.connect(lambda *place: clicks.append(place))
    without = picture(plot.paint_export, plot.size())
    select(qtbot, plot, 2000, 8000, ends=False)
    assert plot.stretch_text.startswith("training step ")
    assert QGuiApplication.clipboard().text() == "before"
    with qtbot.waitSignal(plot.copied) as copied:
        select(qtbot, plot, 8000, 2000)
    first, last = plot._stretch.ends
    assert (first, last) == pytest.approx((2000, 8000), abs=20)
    assert first.is_integer()
    place = f"training step {first:,.0f} to {last:,.0f}"
    assert copied.args == [f"Copied mean, minimum, maximum and slope, {place}."]
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0] == [place]
    assert rows[1] == ["curve", "points", "mean", "minimum", "maximum", "slope per training step"]
    assert [row[0] for row in rows[2:]] == ["training", "held out"]
    assert float(rows[2][5]) == pytest.approx(-0.0003)
    assert not plot.is_held
    assert clicks == []
    # Whoever selected it wants it in a picture; the next press takes it away.
    assert picture(plot.paint_export, plot.size()) != without
    qtbot.mouseClick(plot.viewport(), LEFT, pos=plot.mapping.rect.center().toPoint())
    assert plot.stretch_text == ""
    assert picture(plot.paint_export, plot.size()) == without


def test_a_stretch_goes_with_the_steps_that_it_is_of(plot: PlotView, qtbot: QtBot) -> None:
    select(qtbot, plot, 2000, 8000)
    wide = plot._stretch._field.rect()
    assert wide.left() == pytest.approx(plot.mapping.x.to_pixel(2000), abs=1)
    assert wide.right() == pytest.approx(plot.mapping.x.to_pixel(8000), abs=1)
    plot.hold_x(0, 20_000)
    narrow = plot._stretch._field.rect()
    assert narrow.width() == pytest.approx(wide.width() / 2, abs=1)
    # All of its words can be read, wherever it ends.
    for first, last in ((0, 500), (4000, 6000), (9000, 9990)):
        select(qtbot, plot, first, last)
        assert plot.rect().contains(plot._stretch._plate.rect.toRect())
    # What is pointed at elsewhere is marked, and does not speak over it.
    plot.mark_x(5000)
    assert plot.marked_x == 5000
    assert plot.hover_text == ""
    plot.hold_x(2000, 2500)
    qtbot.waitUntil(lambda: not plot._stretch._field.isVisible())
    plot.follow()
    assert plot.stretch_text == ""


def test_a_stretch_without_a_curve_is_none(plot: PlotView, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("before")
    for item in plot.items_shown:
        item.set_visible(False)
    select(qtbot, plot, 2000, 8000)
    assert plot._stretch.ends is None
    assert QGuiApplication.clipboard().text() == "before"


def test_the_copy_key_takes_all_that_is_in_sight(plot: PlotView, qtbot: QtBot) -> None:
    plot.hold_x(2000, 8000)
    qtbot.keyClick(plot, Qt.Key.Key_C, CONTROL)
    assert plot._stretch.ends == (2000, 8000)
    assert QGuiApplication.clipboard().text().startswith("training step 2,000 to 8,000\n")
