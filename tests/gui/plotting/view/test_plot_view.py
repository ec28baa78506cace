import gc
import inspect
import pkgutil
import sys
from importlib import import_module

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QObject, QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

import rnnviz.gui.plotting
from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.view.export import picture
from rnnviz.gui.style.theme import ColorScheme, Theme

from ..conftest import MakePlot

PAINT_PATH = {
    "paint",
    "paintEvent",
    "boundingRect",
    "shape",
    "opaqueArea",
    "isObscuredBy",
    "contains",
    "collidesWithItem",
    "collidesWithPath",
    "sceneEvent",
    "itemChange",
    "drawBackground",
    "drawForeground",
    "drawItems",
    "viewportEvent",
    "event",
    "eventFilter",
    "initPainter",
    "metric",
    "paintEngine",
}


def test_no_class_takes_part_in_painting() -> None:
    package = rnnviz.gui.plotting
    checked = 0
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            if not kind.__module__.startswith(package.__name__):
                continue
            checked += 1
            if issubclass(kind, QObject | QGraphicsItem):
                assert not PAINT_PATH & set(vars(kind)), kind
            assert not (issubclass(kind, QGraphicsItem)), f"{kind} is painted through Python"
    assert checked > 15


def test_every_item_of_the_scene_is_a_stock_item(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.add_curve("curve", "forward", markers=True, label="curve").set_data([0, 1], [0, 1])
    plot.add_band("band", "forward_band").set_data([0, 1], [0, 0], [1, 1])
    plot.add_horizontal_line("line", "faint", label="line").set_value(0.5)
    plot.add_markers("marks", "threshold").set_data([0.5])
    plot.add_heat_map("heat").set_data(np.eye(3))
    plot.place_labels()
    modules = {type(item).__module__ for item in plot.scene().items()}
    assert modules == {"PySide6.QtWidgets"}


def test_hovering_tells_the_values_and_leaving_hides_them(
    make_plot: MakePlot, qtbot: QtBot
) -> None:
    plot = make_plot(x=Axis(label="training step", whole=True), y=Axis(unit="nats"))
    plot.set_x_range(0, 100)
    plot.set_y_range(0, 5)
    plot.add_curve("training", "forward").set_data(np.arange(101.0), np.full(101, 1.5))
    centre = plot.mapping.rect.center().toPoint()
    qtbot.mouseMove(plot.viewport(), centre)
    assert plot.hover_text == "training step 50\ntraining: 1.50 nats"
    plot.set_hover_formatter(lambda x, y: f"{x:.0f}")
    qtbot.mouseMove(plot.viewport(), centre + QPoint(1, 0))
    assert plot.hover_text in ("50", "51")
    qtbot.mouseMove(plot.viewport(), QPoint(1, 1))
    assert plot.hover_text == ""


def test_it_tells_where_its_axes_have_their_words(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis("step"), y=Axis("loss"))
    plot.add_curve("loss", "forward").set_data(np.arange(9.0), np.arange(9.0))
    frame = plot._frame
    words = [*frame._x_words.words, *frame._y_words.words]
    assert len(words) > 3
    for word in words:
        place = QRectF(word.item.x(), word.item.y(), word.width, word.height)
        assert any(rect.contains(place.center()) for rect in plot.axis_rects)
    assert not any(rect.intersects(plot.mapping.rect) for rect in plot.axis_rects)


def test_arrow_keys_move_the_readout(make_plot: MakePlot, qtbot: QtBot) -> None:
    plot = make_plot(x=Axis(name="time step", whole=True))
    plot.set_x_range(-0.5, 10.5, steady=False)
    plot.add_curve("norm", "backward").set_data(np.arange(11.0), np.arange(11.0))
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    first = plot.hover_text
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert first
    assert plot.hover_text != first


def test_hovering_a_heat_map_tells_the_character_the_row_and_the_value(
    make_plot: MakePlot, qtbot: QtBot
) -> None:
    plot = make_plot(x=Axis(name="time step", whole=True), y=Axis("inverted", name="unit"))
    plot.set_x_range(-0.5, 2.5, steady=False)
    plot.set_y_range(0.5, 3.5, steady=False)
    plot.set_characters(["a", " ", "b"])
    plot.add_heat_map("state").set_data(np.full((3, 3), -0.25), (-0.5, 2.5, 0.5, 3.5))
    qtbot.mouseMove(plot.viewport(), plot.mapping.rect.center().toPoint())
    assert plot.hover_text == "“␣” at time step 1, 1 step back\nunit 2\nstate: \N{MINUS SIGN}0.250"


def test_a_range_that_rests_moves_no_word(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_y_range(0, 4.5)
    rect = plot.mapping.rect
    for high in (4.4, 4.2, 4.45):
        plot.set_y_range(0, high)
    assert plot.mapping.rect == rect
    assert plot.mapping.y.range.high == pytest.approx(4.5)


def test_data_fill_another_size_at_once(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 10, steady=False)
    curve = plot.add_curve("loss", "forward")
    curve.set_data([0, 10], [0, 1])
    plot.resize(900, 400)
    QApplication.processEvents()
    assert curve.pixels[0][-1] == pytest.approx(plot.mapping.rect.right())
    assert plot.mapping.rect.width() > 700


def test_a_plot_in_a_small_card_still_has_room_for_data(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(label="training step"), y=Axis("log"), width=470, height=160)
    plot.set_y_range(1e-12, 1)
    plot.add_horizontal_line("line", "faint", label="letter frequencies").set_value(1e-3)
    assert plot.mapping.rect.width() > 250
    assert plot.mapping.rect.height() > 100


def test_a_plot_without_any_room_fails_at_nothing(make_plot: MakePlot) -> None:
    plot = make_plot(width=1, height=1)
    plot.add_curve("loss", "forward", label="loss").set_data([0, 1], [0, 1])
    plot.add_heat_map("heat").set_data(np.eye(3))
    plot.place_labels()
    plot.grab()


@pytest.mark.slow
def test_three_thousand_redraws_lose_no_reference(make_plot: MakePlot) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward", label="loss")
    heat = plot.add_heat_map("state")
    x = np.arange(200.0)
    values = np.zeros((20, 30))
    before = 0
    for step in range(3000):
        curve.set_data(x, np.sin(x + step))
        heat.set_data(values)
        plot.set_characters(list(f"{step:025d}"))
        plot.viewport().repaint()
        if step == 300:
            gc.collect()
            before = sys.getrefcount(None)
    gc.collect()
    assert abs(sys.getrefcount(None) - before) < 500


def test_a_plot_that_is_deleted_leaves_the_theme_in_peace(theme: Theme, qtbot: QtBot) -> None:
    plot = PlotView(theme)
    plot.add_curve("loss", "forward").set_data([0, 1], [0, 1])
    shiboken6.delete(plot)
    theme.set_scheme(ColorScheme.DARK)
    theme.set_scale(1.5)


@pytest.mark.parametrize("change", ["colours", "size"])
def test_a_plot_that_was_hidden_when_the_theme_changed_looks_like_a_new_one(
    qtbot: QtBot, change: str
) -> None:
    def filled(theme: Theme) -> PlotView:
        plot = PlotView(theme, x=Axis(label="training step"), y=Axis(label="loss"))
        qtbot.addWidget(plot)
        plot.resize(480, 240)
        plot.set_x_range(0, 10)
        plot.set_y_range(-1, 4)
        x = np.arange(11.0)
        plot.add_heat_map("state").set_data(np.linspace(-1, 1, 9).reshape(3, 3), (0, 4, 0, 3))
        plot.add_band("band", "forward_band").set_data(x, 0 * x, 0 * x + 1)
        plot.add_curve("training", "forward", label="training").set_data(x, x / 3)
        plot.add_markers("clipped", "threshold").set_data([2, 5])
        plot.add_horizontal_line("threshold", "threshold", label="threshold").set_value(2.5)
        plot.add_vertical_line("edge", "faint").set_value(7)
        plot.add_histogram("shares", "forward", "forward_band").set_data([5, 6, 7], [1, 2])
        plot.add_points("eigenvalues", "backward", "cross").set_data([8, 9], [1, 2])
        plot.add_circle("unit circle", "threshold", 1.0, "one")
        plot.add_trajectory("start", "ink", mark="ring").set_data([3, 4], [3, 2])
        plot.show()
        return plot

    theme, then = Theme(ColorScheme.LIGHT), Theme(ColorScheme.LIGHT)
    hidden = filled(theme)
    hidden.hide()
    for each in (theme, then):
        each.set_scheme(ColorScheme.DARK if change == "colours" else ColorScheme.LIGHT)
        each.set_scale(1.5 if change == "size" else 1.0)
    hidden.show()
    pictures = [picture(plot.paint_export, plot.size()) for plot in (hidden, filled(then))]
    assert pictures[0] == pictures[1]
    assert hidden.grab().toImage().pixelColor(1, 1) == theme.palette.color("panel")


@pytest.mark.parametrize("edge", ["top", "bottom"])
def test_of_two_notes_that_have_no_room_beside_each_other_one_is_seen(
    make_plot: MakePlot, edge: str
) -> None:
    plot = make_plot(width=480)
    plot.set_note("stream 1 of 64", f"{edge}_left")
    plot.set_note("◂ back through time", f"{edge}_right")
    notes = [plot._frame._notes[f"{edge}_{side}"][0].item for side in ("left", "right")]
    plot.lay_out()
    assert [note.isVisible() for note in notes] == [True, True]
    plot.resize(150, 180)
    plot.lay_out()
    assert [note.isVisible() for note in notes] == [False, True]
    plot.set_note("", f"{edge}_right")
    plot.lay_out()
    assert notes[0].isVisible()
