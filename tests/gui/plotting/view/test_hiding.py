"""A name at a curve hides it, shows it alone, and comes back with one click."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.axes.training_axis import STEPS
from rnnviz.gui.plotting.view.export import picture
from rnnviz.gui.plotting.view.summary import summaries
from rnnviz.gui.style.theme import ColorScheme, Theme

from ..conftest import MakePlot

LEFT = Qt.MouseButton.LeftButton
NAMES = ("training", "held out", "best")


@pytest.fixture
def plot(make_plot: MakePlot) -> PlotView:
    """Return three named curves, the first of which reaches far beyond the others."""
    plot = make_plot(x=STEPS, y=Axis(unit="nats"), width=640, height=240)
    x = np.arange(100.0)
    for name, height in zip(NAMES, (7.0, 3.0, 1.0), strict=True):
        plot.add_curve(name, "forward", label=name).set_data(x, np.full(100, height))
    plot.set_x_range(0, 100, steady=False)
    plot.set_y_range(0, 8)
    plot.place_labels()
    return plot


def shown(plot: PlotView) -> list[str]:
    return [item.label for item in plot.items_shown if item.visible]


def name_of(plot: PlotView, name: str) -> QPoint:
    """Return where a curve's name stands."""
    for label in plot._labels._labels.values():
        if label.owner.label == name and label.word.item.isVisible():
            return label.rect.center().toPoint()
    raise AssertionError(f"{name} has no name")


def click(qtbot: QtBot, plot: PlotView, place: QPoint) -> None:
    qtbot.mouseClick(plot.viewport(), LEFT, pos=place)
    plot.place_labels()


def double_click(qtbot: QtBot, plot: PlotView, place: QPoint) -> None:
    """Click twice, as a hand does: the second press comes as a double click."""
    qtbot.mouseClick(plot.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(plot.viewport(), LEFT, pos=place)
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place)
    plot.place_labels()


def on_hidden(plot: PlotView, name: str) -> QPoint:
    """Return where a hidden curve's name stands in the corner."""
    rect = plot._hidden_names.rect
    places = (
        QPointF(rect.left() + across, rect.center().y()) for across in range(int(rect.width()))
    )
    found = [place.toPoint() for place in places if plot._hidden_names.name_at(place) == name]
    return found[len(found) // 2]


def test_a_click_on_a_name_hides_its_curve_and_a_click_on_it_there_brings_it_back(
    plot: PlotView, qtbot: QtBot
) -> None:
    clicks: list[object] = []
    plot.clicked.connect(lambda *place: clicks.append(place))
    place = name_of(plot, "held out")
    qtbot.mouseMove(plot.viewport(), place)
    assert plot.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert "Click: hide “held out”. Double click: show it alone" in plot.hover_text
    click(qtbot, plot, place)
    assert shown(plot) == ["training", "best"]
    assert plot.hidden_text == "hidden: held out"
    place = on_hidden(plot, "held out")
    qtbot.mouseMove(plot.viewport(), place)
    assert "Click: show “held out” again" in plot.hover_text
    click(qtbot, plot, place)
    assert shown(plot) == list(NAMES)
    assert plot.hidden_text == ""
    assert clicks == [], "the plot itself was not clicked"


def test_a_double_click_on_a_name_shows_its_curve_alone_and_again_all(
    plot: PlotView, qtbot: QtBot
) -> None:
    double_click(qtbot, plot, name_of(plot, "best"))
    assert shown(plot) == ["best"]
    assert plot.hidden_text == "hidden: training, held out"
    place = name_of(plot, "best")
    qtbot.mouseMove(plot.viewport(), place)
    assert "Double click: show all again" in plot.hover_text
    double_click(qtbot, plot, place)
    assert shown(plot) == list(NAMES)


def test_a_double_click_beside_the_names_follows_the_data_again(
    plot: PlotView, qtbot: QtBot
) -> None:
    plot.hold_x(10, 20)
    place = QPoint(round(plot.mapping.rect.left()) + 3, round(plot.mapping.rect.bottom()) - 3)
    double_click(qtbot, plot, place)
    assert not plot.is_held
    assert shown(plot) == list(NAMES)


def test_a_name_that_is_pointed_at_does_not_run_away(plot: PlotView, qtbot: QtBot) -> None:
    place = name_of(plot, "best")
    qtbot.mouseMove(plot.viewport(), place)
    for height in (1.2, 0.8, 1.1):
        plot.items_shown[2].set_data(np.arange(100.0), np.full(100, height))
        plot.place_labels()
        assert name_of(plot, "best") == place
    click(qtbot, plot, place)
    assert shown(plot) == ["training", "held out"]


def test_who_drags_from_a_name_moves_the_plot(plot: PlotView, qtbot: QtBot) -> None:
    place = name_of(plot, "best")
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), place + QPoint(40, 0))
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place + QPoint(40, 0))
    assert plot.is_held
    assert shown(plot) == list(NAMES)


def test_several_come_back_one_by_one_or_all_at_once(plot: PlotView, qtbot: QtBot) -> None:
    for name in NAMES:
        click(qtbot, plot, name_of(plot, name))
    assert shown(plot) == []
    assert plot.hidden_text == "hidden: training, held out, best"
    click(qtbot, plot, on_hidden(plot, "held out"))
    assert shown(plot) == ["held out"]
    click(qtbot, plot, on_hidden(plot, ""))
    assert shown(plot) == list(NAMES)


def test_where_there_is_little_room_they_are_counted(plot: PlotView, qtbot: QtBot) -> None:
    for name in NAMES:
        plot.hiding.hide(name)
    plot.resize(200, 240)
    qtbot.waitUntil(lambda: plot.hidden_text == "3 hidden")
    click(qtbot, plot, plot._hidden_names.rect.center().toPoint())
    assert shown(plot) == list(NAMES)


def test_it_stands_beside_the_chip_of_a_plot_that_is_held(plot: PlotView, qtbot: QtBot) -> None:
    plot.hiding.hide("best")
    plot.hold_x(10, 20)
    qtbot.waitUntil(lambda: plot.chip_text != "")
    assert plot.hidden_text
    assert plot._hidden_names.rect.right() < plot._chip.rect.left()
    assert plot.mapping.rect.contains(plot._hidden_names.rect)


def test_it_stays_hidden_whatever_becomes_of_the_data(plot: PlotView, qtbot: QtBot) -> None:
    plot.hiding.hide("best")
    curve = plot.items_shown[2]
    curve.set_data(np.arange(300.0), np.ones(300))
    curve.set_markers(True)
    plot.set_x_range(0, 300, steady=False)
    plot.reset_ranges()
    plot.restyle()
    assert not curve.visible
    assert not any(item.isVisible() for item in curve.graphics)
    # A panel that shows something else meanwhile, and then the same.
    curve.set_visible(False)
    plot.place_labels()
    assert plot.hidden_text == ""
    curve.set_visible(True)
    plot.place_labels()
    assert (curve.visible, plot.hidden_text) == (False, "hidden: best")
    curve.clear()
    plot.place_labels()
    assert plot.hidden_text == "", "there is nothing that could be shown"
    # Another curve takes the name, and this one another.
    curve.set_data([0.0, 1.0], [1.0, 1.0])
    curve.set_label("worst")
    plot.items_shown[1].set_label("best")
    assert shown(plot) == ["training", "worst"]


def test_a_theme_that_changes_leaves_it_hidden(plot: PlotView, theme: Theme) -> None:
    plot.hiding.hide("best")
    theme.set_scheme(ColorScheme.DARK)
    assert shown(plot) == ["training", "held out"]
    assert plot.hidden_text == "hidden: best"


def test_a_hidden_curve_takes_part_in_nothing(plot: PlotView, qtbot: QtBot) -> None:
    plot.hiding.hide("training")
    assert plot.mapping.y.high == pytest.approx(4.0)
    assert plot.mapping.y.low == 0, "the panel always shows zero"
    assert "training:" not in plot._readout(50, 2)
    assert [one.name for one in summaries(plot.items_shown, (0, 100))] == ["held out", "best"]
    assert "training" not in plot.to_csv().splitlines()[0].split(",")
    assert "held out" in plot.to_csv()
    # As more data arrive, it is asked for again.
    plot.items_shown[0].set_data(np.arange(100.0), np.full(100, 8.0))
    plot.set_y_range(0, 9)
    assert plot.mapping.y.high < 6
    plot.hiding.show_all()
    assert plot.mapping.y.high >= 9


def test_what_belongs_to_a_curve_goes_with_it(plot: PlotView, qtbot: QtBot) -> None:
    band = plot.add_band("spread", "forward_band")
    band.set_data(np.arange(100.0), np.full(100, 6.0), np.full(100, 7.9))
    band.set_group("training")
    plot.hiding.hide("training")
    assert not band.visible
    assert plot.mapping.y.high < 4
    plot.hiding.show("training")
    assert band.visible


def test_on_a_log_axis_both_ends_come_in(make_plot: MakePlot) -> None:
    plot = make_plot(x=STEPS, y=Axis("log", floor=1e-12))
    x = np.arange(1.0, 11.0)
    plot.add_curve("tiny", "backward", label="tiny").set_data(x, np.full(10, 1e-9))
    plot.add_curve("usual", "backward", label="usual").set_data(x, np.full(10, 0.5))
    plot.set_y_range(1e-9, 1.0)
    assert plot.mapping.y.low == -9
    plot.hiding.hide("tiny")
    assert plot.mapping.y.low == -1
    plot.hiding.show_all()
    assert plot.mapping.y.low == -9


def test_a_plot_that_is_held_stays_where_it_is(plot: PlotView, qtbot: QtBot) -> None:
    plot.mapping.y.hold(2, 6)
    plot.hiding.hide("training")
    assert (plot.mapping.y.low, plot.mapping.y.high) == (2, 6)


def test_a_file_shows_what_is_seen_without_the_names_of_the_hidden(
    plot: PlotView, qtbot: QtBot
) -> None:
    plot.hiding.hide("training")
    with_names = picture(plot.paint_export, plot.size())
    assert plot.hidden_text
    chip = plot._hidden_names.rect
    corner = with_names.copy(int(2 * chip.left()), int(2 * chip.top()), int(2 * chip.width()), 20)
    assert len({corner.pixel(x, 10) for x in range(corner.width())}) == 1
