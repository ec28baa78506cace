"""Plots are zoomed, moved and let go of, with all that a person has hands for."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.axes.training_axis import AXES, STEPS
from rnnviz.gui.plotting.view.export import picture
from rnnviz.gui.plotting.view.shared_axis import SharedAxis

from ..conftest import MakePlot

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
Ends = tuple[float, float, float, float]


def ends(plot: PlotView) -> Ends:
    x, y = plot.mapping.x, plot.mapping.y
    return x.low, x.high, y.low, y.high


def turn(plot: PlotView, place: QPointF, angle: QPoint, pixels: QPoint = QPoint()) -> bool:  # noqa: B008
    event = QWheelEvent(
        place,
        QPointF(plot.viewport().mapToGlobal(place)),
        pixels,
        angle,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot.viewport(), event)
    return event.isAccepted()


def pinch(plot: PlotView, place: QPointF, value: float) -> None:
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        place,
        place,
        QPointF(plot.viewport().mapToGlobal(place)),
        value,
        QPointF(),
    )
    QApplication.sendEvent(plot.viewport(), event)


def drag(
    qtbot: QtBot,
    plot: PlotView,
    start: QPointF,
    end: QPointF,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    viewport, middle = plot.viewport(), (start + end) / 2
    qtbot.mousePress(viewport, LEFT, modifier, start.toPoint())
    qtbot.mouseMove(viewport, middle.toPoint())
    qtbot.mouseMove(viewport, end.toPoint())
    qtbot.mouseRelease(viewport, LEFT, modifier, end.toPoint())


@pytest.fixture
def plot(make_plot: MakePlot) -> PlotView:
    plot = make_plot(x=STEPS, y=Axis(unit="nats"))
    plot.set_x_range(0, 1000, steady=False)
    plot.set_y_range(0, 4, steady=False)
    x = np.arange(1000.0)
    plot.add_curve("training", "forward", label="training").set_data(x, 4 / (1 + x / 100))
    return plot


def at(plot: PlotView, x: float, y: float) -> QPointF:
    return QPointF(plot.mapping.x.to_pixel(x), plot.mapping.y.to_pixel(y))


def test_the_wheel_zooms_about_the_pointer(plot: PlotView, qtbot: QtBot) -> None:
    place = at(plot, 250, 1)
    assert turn(plot, place, QPoint(0, 120))
    assert ends(plot) == pytest.approx((50, 850, 0.2, 3.4))
    # Turned back as far, it is where it was; but held there.
    turn(plot, place, QPoint(0, -120))
    assert ends(plot) == pytest.approx((0, 1000, 0, 4))
    qtbot.waitUntil(lambda: plot.chip_text == "not following")


def test_what_was_pointed_at_is_drawn_where_it_was(plot: PlotView, qtbot: QtBot) -> None:
    rect, place = plot.mapping.rect, at(plot, 250, 1)
    curve = plot.items_shown[0]
    before = len(curve.pixels[0])
    for _ in range(4):
        turn(plot, place, QPoint(0, 120))
    qtbot.waitUntil(lambda: len(curve.pixels[0]) < before)
    assert plot.mapping.rect == rect
    assert (at(plot, 250, 1) - place).manhattanLength() < 1e-6


@pytest.mark.parametrize(
    ("place", "moves_x", "moves_y"),
    [
        (lambda rect: QPointF(rect.center().x(), rect.bottom() + 8), True, False),
        (lambda rect: QPointF(rect.left() - 8, rect.center().y()), False, True),
        (lambda rect: QPointF(rect.left() - 8, rect.bottom() + 8), False, False),
    ],
)
def test_over_an_axis_that_axis_alone_is_meant(
    plot: PlotView,
    qtbot: QtBot,
    place: Callable[..., QPointF],
    moves_x: bool,
    moves_y: bool,
) -> None:
    point, before = place(plot.mapping.rect), ends(plot)
    assert turn(plot, point, QPoint(0, 120)) is (moves_x or moves_y)
    zoomed = ends(plot)
    assert (zoomed[:2] != before[:2], zoomed[2:] != before[2:]) == (moves_x, moves_y)
    drag(qtbot, plot, point, point + QPointF(20, -20))
    moved = ends(plot)
    assert (moved[:2] != zoomed[:2], moved[2:] != zoomed[2:]) == (moves_x, moves_y)
    qtbot.mouseDClick(plot.viewport(), LEFT, pos=point.toPoint())
    assert ends(plot) == before


def test_a_touchpad_zooms_as_far_as_its_fingers_go_and_moves_sideways(plot: PlotView) -> None:
    place = at(plot, 500, 2)
    # Some tell the pixels alone.
    turn(plot, place, QPoint(), QPoint(3, 30))
    assert plot.mapping.x.high - plot.mapping.x.low == pytest.approx(1000 / 1.25**0.5)
    low = plot.mapping.x.low
    turn(plot, place, QPoint(), QPoint(40, 3))
    assert plot.mapping.x.low < low
    assert turn(plot, place, QPoint(), QPoint())


def test_a_pinch_zooms_while_the_pointer_is_over_the_plot(plot: PlotView) -> None:
    place = at(plot, 250, 1)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    pinch(plot, place, 0.25)
    assert not plot.is_held
    QApplication.sendEvent(plot, QEnterEvent(place, place, place))
    pinch(plot, place, 0.25)
    assert ends(plot) == pytest.approx((50, 850, 0.2, 3.4))
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    pinch(plot, place, 0.25)
    assert ends(plot) == pytest.approx((50, 850, 0.2, 3.4))


def test_dragging_takes_what_was_pressed_along(plot: PlotView, qtbot: QtBot) -> None:
    start = at(plot, 250, 1)
    end = start + QPointF(40, -30)
    qtbot.mousePress(plot.viewport(), LEFT, pos=start.toPoint())
    qtbot.mouseMove(plot.viewport(), end.toPoint())
    assert plot.viewport().cursor().shape() is Qt.CursorShape.ClosedHandCursor
    assert plot.hover_text == ""
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=end.toPoint())
    assert plot.viewport().cursor().shape() is not Qt.CursorShape.ClosedHandCursor
    assert (at(plot, 250, 1) - end).manhattanLength() < 2.1
    assert plot.mapping.x.high - plot.mapping.x.low == pytest.approx(1000)
    before = ends(plot)
    qtbot.mouseMove(plot.viewport(), start.toPoint())
    assert ends(plot) == before


def test_a_box_is_looked_into(plot: PlotView, qtbot: QtBot) -> None:
    drag(qtbot, plot, at(plot, 200, 3), at(plot, 600, 1), SHIFT)
    # A pixel is some steps.
    assert ends(plot) == pytest.approx((200, 600, 1, 3), rel=0.03)
    assert not plot._hand._box.isVisible()


def test_a_thin_box_is_of_one_axis(plot: PlotView, qtbot: QtBot) -> None:
    start = at(plot, 200, 2)
    drag(qtbot, plot, start, at(plot, 600, 2) + QPointF(0, 4), SHIFT)
    assert ends(plot)[:2] == pytest.approx((200, 600), rel=0.03)
    assert ends(plot)[2:] == (0, 4)
    assert not plot.mapping.y.range.is_held
    # Below the plot it is of x, however high it is.
    plot.follow()
    below = QPointF(0, plot.mapping.rect.bottom() - start.y() + 8)
    drag(qtbot, plot, start + below, at(plot, 600, 1), SHIFT)
    assert ends(plot)[2:] == (0, 4)
    assert plot.mapping.x.range.is_held


def test_keys_zoom_move_and_let_go(plot: PlotView, qtbot: QtBot) -> None:
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert ends(plot) == pytest.approx((100, 900, 0.4, 3.6))
    qtbot.keyClick(plot, Qt.Key.Key_Right, CONTROL)
    assert ends(plot) == pytest.approx((180, 980, 0.4, 3.6))
    qtbot.keyClick(plot, Qt.Key.Key_Up, CONTROL)
    assert ends(plot) == pytest.approx((180, 980, 0.72, 3.92))
    qtbot.keyClick(plot, Qt.Key.Key_Minus)
    assert ends(plot) == pytest.approx((80, 1080, 0.32, 4.32))
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert ends(plot) == (0, 1000, 0, 4)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.hover_text
    assert ends(plot) == (0, 1000, 0, 4)


def test_a_plot_that_is_held_stays_and_one_click_follows_again(
    plot: PlotView, qtbot: QtBot
) -> None:
    clicks: list[object] = []
    plot.clicked.connect(lambda *place: clicks.append(place))
    turn(plot, at(plot, 250, 1), QPoint(0, 240))
    qtbot.waitUntil(lambda: plot.chip_text == "not following")
    before = ends(plot)
    for reached in (2000, 5000, 90_000):
        plot.set_x_range(0, reached)
        plot.set_y_range(0, reached, steady=False)
        plot.reset_ranges()
    assert ends(plot) == before
    middle = plot._chip.rect.center().toPoint()
    assert plot.mapping.rect.contains(plot._chip.rect)
    qtbot.mouseMove(plot.viewport(), middle)
    assert plot.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert plot.hover_text.endswith("Click: follow the data again")
    qtbot.mouseClick(plot.viewport(), LEFT, pos=middle)
    assert ends(plot)[1] >= 90_000
    assert ends(plot)[3] == 90_000
    qtbot.waitUntil(lambda: plot.chip_text == "")
    assert clicks == []


def test_a_click_stays_a_click_however_an_unsteady_hand_strays(
    plot: PlotView, qtbot: QtBot
) -> None:
    clicks: list[tuple[float, float]] = []
    plot.clicked.connect(lambda *place: clicks.append(place))
    place = at(plot, 500, 2).toPoint()
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), place + QPoint(2, 1))
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place + QPoint(2, 1))
    assert len(clicks) == 1
    assert not plot.is_held
    # What has gone far is none, even if it comes back.
    qtbot.mousePress(plot.viewport(), LEFT, pos=place)
    qtbot.mouseMove(plot.viewport(), place + QPoint(30, 0))
    qtbot.mouseMove(plot.viewport(), place)
    qtbot.mouseRelease(plot.viewport(), LEFT, pos=place)
    assert len(clicks) == 1


def test_a_cursor_of_its_own_comes_back(plot: PlotView, qtbot: QtBot) -> None:
    plot.viewport().setCursor(Qt.CursorShape.CrossCursor)
    drag(qtbot, plot, at(plot, 500, 2), at(plot, 300, 2))
    assert plot.viewport().cursor().shape() is Qt.CursorShape.CrossCursor


def test_a_plot_that_shows_only_a_message_cannot_be_taken_hold_of(
    plot: PlotView, qtbot: QtBot
) -> None:
    plot.set_empty_message("Nothing yet.")
    assert not turn(plot, at(plot, 500, 2), QPoint(0, 120))
    drag(qtbot, plot, at(plot, 500, 2), at(plot, 300, 2))
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert not plot.is_held


def test_a_circle_stays_a_circle(make_plot: MakePlot, qtbot: QtBot) -> None:
    plot = make_plot(width=500, height=200)
    plot.set_equal_scales()
    plot.set_x_range(-1.2, 1.2)
    plot.set_y_range(-1.2, 1.2)
    circle = plot.add_circle("unit circle", "threshold", 1.0, "one")
    below = QPointF(plot.mapping.rect.center().x(), plot.mapping.rect.bottom() + 8)
    before = circle.rect.width()
    for place in (at(plot, 0.5, 0.5), below):
        turn(plot, place, QPoint(0, 120))
        width, before = before, before * 1.25
        qtbot.waitUntil(lambda width=width: circle.rect.width() > width)
        assert circle.rect.width() == pytest.approx(before)
        assert circle.rect.height() == pytest.approx(before)


def test_of_a_wheel_that_turns_on_and_on_the_first_notch_and_the_last_are_drawn(
    plot: PlotView, qtbot: QtBot
) -> None:
    drawn = 0
    lay_out = plot.lay_out

    def counted(**options: bool) -> None:
        nonlocal drawn
        drawn += 1
        lay_out(**options)

    plot.lay_out = counted
    curve = plot.items_shown[0]
    for _ in range(10):
        turn(plot, at(plot, 250, 1), QPoint(0, 60))
    assert drawn == 1
    qtbot.waitUntil(lambda: not plot._moving.isActive())
    assert drawn == 2
    way = curve.pixels
    lay_out()
    np.testing.assert_array_equal(curve.pixels, way)


def test_a_file_shows_what_is_seen_without_the_chip(plot: PlotView, qtbot: QtBot) -> None:
    whole = picture(plot.paint_export, plot.size())
    turn(plot, at(plot, 250, 1), QPoint(0, 480))
    qtbot.waitUntil(lambda: plot.chip_text != "")
    zoomed = picture(plot.paint_export, plot.size())
    assert plot.chip_text
    chip = plot._chip.rect
    corner = zoomed.copy((QPointF(chip.topLeft()) * 2).toPoint().x(), int(2 * chip.top()), 30, 20)
    assert zoomed != whole
    # There is nothing else in that corner.
    assert len({corner.pixel(x, 10) for x in range(corner.width())}) == 1


def test_nothing_sticks_out_of_a_stretch_that_is_held(plot: PlotView, qtbot: QtBot) -> None:
    rect = plot.mapping.rect
    assert plot._clip.rect().contains(rect.adjusted(-4, -4, 4, 4))
    turn(plot, at(plot, 500, 2), QPoint(0, 240))
    qtbot.waitUntil(lambda: plot.chip_text != "")
    assert rect.adjusted(-1, -1, 1, 1).contains(plot._clip.rect())


@pytest.mark.parametrize("height", [3.9, 3.5, 3.2])
def test_no_name_stands_behind_the_chip(plot: PlotView, qtbot: QtBot, height: float) -> None:
    (curve,) = plot.items_shown
    # Only there is it in sight.
    curve.set_data(np.linspace(950, 1000, 50), np.full(50, height))
    plot.hold_x(600, 1000)
    qtbot.waitUntil(lambda: plot.chip_text != "")
    plot.place_labels()
    chip = plot._chip.rect
    assert not any(chip.intersects(rect) for rect in plot.label_rects)


def test_wherever_a_person_looks_every_item_finds_a_place(
    make_plot: MakePlot, qtbot: QtBot
) -> None:
    plot = make_plot(x=Axis(name="time step", whole=True), y=Axis("log", label="norm"))
    x = np.arange(200.0)
    plot.set_x_range(0, 200)
    plot.set_y_range(1e-8, 10)
    plot.set_characters(list("abcdefghij" * 20))
    plot.add_heat_map("state").set_data(np.eye(20))
    plot.add_band("band", "forward_band").set_data(x, 0 * x + 1e-3, 0 * x + 1)
    plot.add_curve("a", "forward", label="a", hollow=True, markers=True).set_data(x[::20], x[:10])
    plot.add_curve("b", "backward", label="b", open_ended=True).set_data(x, 10.0 ** -(x / 20))
    plot.add_run_curve("c", "forward").set_data(x, x / 200)
    plot.add_markers("clipped", "threshold").set_data([2, 5, 150])
    plot.add_horizontal_line("threshold", "threshold", label="threshold").set_value(2.5)
    plot.add_vertical_line("edge", "faint").set_value(7)
    plot.add_histogram("shares", "forward", "forward_band").set_data([5, 6, 7], [1, 2])
    plot.add_points("points", "backward", "cross").set_data([8, 9], [1, 2])
    plot.add_trajectory("start", "ink", mark="ring").set_data([3, 4], [3, 2])
    plot.show_color_bar("always")
    rng = np.random.default_rng(0)
    for _ in range(60):
        rect = plot.mapping.rect
        spot = QPointF(*(rng.uniform(0, 1, 2) * (plot.width(), plot.height())))
        turn(plot, spot, QPoint(0, int(rng.choice([-600, 240, 600]))))
        plot._move()
        plot.place_labels()
        row = plot._frame.characters._row.words
        shown = [word.item.x() for word in row if word.item.isVisible()]
        assert all(rect.left() - 12 <= left <= rect.right() + 12 for left in shown)
        assert np.isfinite(ends(plot)).all()
        plot.grab()


# -- over training ------------------------------------------------------------------------------


@pytest.fixture
def three(make_plot: MakePlot) -> list[PlotView]:
    """Return two plots over steps, one with a log axis, and one over tokens."""
    axes = (STEPS, Axis("log", label=STEPS.label, floor=1.0, whole=True), AXES["tokens"])
    plots = [make_plot(x=axis) for axis in axes]
    for plot in plots:
        plot.set_x_range(1, 1000, steady=False)
    plots[0].setProperty("shared", SharedAxis(plots, plots[0]))
    return plots


def test_plots_over_steps_look_at_the_same_ones(three: list[PlotView], qtbot: QtBot) -> None:
    linear, logarithmic, tokens = three
    drag(qtbot, linear, at(linear, 200, 0.5), at(linear, 601, 0.5), SHIFT)
    x = logarithmic.mapping.x
    first, last = linear.mapping.x.low, linear.mapping.x.high
    assert (first, last) == pytest.approx((200, 600), rel=0.03)
    assert (10**x.low, 10**x.high) == pytest.approx((first, last))
    assert not logarithmic.mapping.y.range.is_held
    assert not tokens.is_held
    qtbot.waitUntil(lambda: logarithmic.chip_text == "not following")
    qtbot.mouseClick(logarithmic.viewport(), LEFT, pos=logarithmic._chip.rect.center().toPoint())
    assert not linear.is_held
    qtbot.waitUntil(lambda: linear.chip_text == "")


def test_what_nobody_sees_is_drawn_when_somebody_does(three: list[PlotView], qtbot: QtBot) -> None:
    linear, hidden, _ = three
    hidden.hide()
    turn(linear, at(linear, 500, 0.5), QPoint(0, 120))
    qtbot.waitUntil(lambda: linear.chip_text != "")
    assert hidden.is_held
    assert hidden.chip_text == ""
    hidden.show()
    assert hidden.chip_text == "not following"


def test_a_step_that_is_pointed_at_is_marked_in_every_plot_over_steps(
    three: list[PlotView], qtbot: QtBot
) -> None:
    linear, logarithmic, tokens = three
    steps = np.arange(1.0, 1001.0)
    logarithmic.add_curve("norm", "backward").set_data(steps, steps)
    logarithmic.add_heat_map("gradients").set_data(np.ones((2, 1000)), (1, 1000, 0, 1))
    qtbot.mouseMove(linear.viewport(), at(linear, 400, 0.5).toPoint())
    marked = logarithmic.marked_x
    assert marked == pytest.approx(400, rel=0.02)
    assert linear.marked_x is None
    assert tokens.marked_x is None
    # Where it stands is told by the plot that is pointed at, and a heat map has no row to tell of.
    assert logarithmic.hover_text == f"norm: {round(marked):,}"
    line = logarithmic._hover._plate._upright.line()
    assert line.x1() == pytest.approx(logarithmic.mapping.x.to_pixel(marked), abs=1)
    # With it goes what moves under it, and it goes when the pointer does.
    turn(linear, at(linear, 400, 0.5), QPoint(0, 240))
    moved = logarithmic._hover._plate._upright.line()
    assert moved.x1() != line.x1()
    assert moved.x1() == pytest.approx(logarithmic.mapping.x.to_pixel(marked), abs=1)
    QApplication.sendEvent(linear, QEvent(QEvent.Type.Leave))
    assert logarithmic.marked_x is None
    assert logarithmic.hover_text == ""


def test_a_plot_that_is_pointed_at_by_keys_heeds_no_other_pointer(
    three: list[PlotView], qtbot: QtBot
) -> None:
    linear, logarithmic, _ = three
    logarithmic.setFocus()
    qtbot.keyClick(logarithmic, Qt.Key.Key_Right)
    own = logarithmic.pointed
    assert linear.marked_x == pytest.approx(own[0])
    qtbot.mouseMove(linear.viewport(), at(linear, 400, 0.5).toPoint())
    assert logarithmic.pointed == own
    assert logarithmic.marked_x is None


def test_a_step_that_is_not_in_sight_is_not_marked(three: list[PlotView], qtbot: QtBot) -> None:
    linear, logarithmic, _ = three
    logarithmic.set_x_range(1, 300, steady=False)
    for step, marked in ((200, True), (400, False), (201, True)):
        qtbot.mouseMove(linear.viewport(), at(linear, step, 0.5).toPoint())
        # There are no curves whose values could be told.
        assert linear.hover_text == logarithmic.hover_text == ""
        assert (logarithmic.marked_x is not None) is marked
    logarithmic.set_empty_message("Nothing yet.")
    qtbot.mouseMove(linear.viewport(), at(linear, 210, 0.5).toPoint())
    assert logarithmic.marked_x is None


def test_a_file_has_no_mark_of_where_somebody_points(three: list[PlotView], qtbot: QtBot) -> None:
    linear, logarithmic, _ = three
    without = picture(logarithmic.paint_export, logarithmic.size())
    qtbot.mouseMove(linear.viewport(), at(linear, 400, 0.5).toPoint())
    assert logarithmic.marked_x is not None
    assert picture(logarithmic.paint_export, logarithmic.size()) == without
