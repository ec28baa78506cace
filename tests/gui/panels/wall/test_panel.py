"""The wall: what its defaults claim, and the panel in a real window."""

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from rnnviz.diagnostics.wall import descend, surface_point
from rnnviz.gui.panels.wall.board import EXTENT, STEPS
from rnnviz.gui.panels.wall.controls import B_RANGE, W_RANGE, WallSettings
from rnnviz.gui.panels.wall.readout import ball_words
from rnnviz.gui.style.theme import ColorScheme
from rnnviz.gui.widgets.numbers import RealBox
from rnnviz.training.commands import Watch
from rnnviz.training.snapshot import RunState

IN_THE_VALLEY = 0.01


def both_ways(w, b):
    settings = WallSettings()
    rate = settings.learning_rate
    return descend((w, b), rate, STEPS, settings.clip_threshold), descend((w, b), rate, STEPS)


# A billionth to every side: the claim must not hang on the last bit of somebody's exponential.
@pytest.mark.parametrize(("d_w", "d_b"), [(0, 0), (1e-9, 0), (-1e-9, 0), (0, 1e-9), (0, -1e-9)])
def test_at_the_defaults_the_wall_throws_one_ball_off_and_the_clipped_one_reaches_the_valley(
    d_w, d_b
):
    settings = WallSettings()
    clipped, unclipped = both_ways(settings.w + d_w, settings.b + d_b)
    assert clipped.error[0] > IN_THE_VALLEY
    # Without clipping: off the picture in one step, by far more than its size, and never back.
    outside = unclipped.first_outside(*EXTENT)
    assert outside is not None
    assert 5 < outside < STEPS / 2
    assert unclipped.norm[outside - 1] > 1000 * settings.clip_threshold
    assert unclipped.w[outside] > 20 * W_RANGE[1]
    assert unclipped.norm[-1] < 1e-12
    assert unclipped.error[-1] > 5 * IN_THE_VALLEY
    # With clipping: it meets gradients at the wall that are too long as well, and stays.
    assert clipped.first_outside(*EXTENT) is None
    assert clipped.norm.max() > 10 * settings.clip_threshold
    assert clipped.clipped.sum() > 10
    assert (clipped.error[-20:] < IN_THE_VALLEY).all()


def test_the_same_holds_from_many_starts_not_from_that_one_alone():
    starts = [(w, b) for w in np.linspace(3.1, 6.9, 12) for b in np.linspace(-3.9, -1.1, 10)]
    ways = [both_ways(*start) for start in starts]
    left = [[way.first_outside(*EXTENT) is not None for way in pair] for pair in ways]
    lost, thrown = np.sum(left, axis=0)
    arrived = [sum(pair[k].error[-1] < IN_THE_VALLEY for pair in ways) for k in (0, 1)]
    assert thrown > 0.2 * len(starts)
    assert lost < 0.02 * len(starts)
    assert arrived[0] > 1.3 * arrived[1]


@pytest.fixture
def wall(driver):
    driver.window.docks["wall_panel"].show()
    panel = driver.controller.panels["wall_panel"]
    driver.qtbot.waitUntil(lambda: panel.isVisible() and panel.board.map.width() > 100)
    driver.settle()
    return panel.board


def timer_of(panel):
    return panel.findChild(QTimer, "wall_timer")


def let_arrive(driver, board):
    """Let both balls roll to the end of their ways."""
    timer_of(board).setInterval(0)
    if not board.runs:
        press(driver, "run")
    driver.qtbot.waitUntil(lambda: board.step == STEPS)


def press(driver, name):
    driver.child(QPushButton, f"wall_{name}").click()


def test_it_is_hidden_at_first_and_has_computed_nothing(driver):
    panel = driver.controller.panels["wall_panel"]
    assert driver.window.docks["wall_panel"].isHidden()
    assert panel._board is None
    assert panel.findChild(QTimer) is None


def test_it_asks_nothing_of_the_run(driver, monkeypatch):
    posted = []
    thread = driver.controller.thread_of_training
    post = thread.post
    monkeypatch.setattr(thread, "post", lambda command: (posted.append(command), post(command)))
    dock = driver.window.docks["wall_panel"]
    dock.show()
    driver.qtbot.waitUntil(lambda: driver.window.is_seen(dock))
    driver.settle()
    assert not any(isinstance(command, Watch) for command in posted), "nothing else is wanted"
    assert driver.controller.shown.needs == {
        shown
        for name, panel in driver.controller.panels.items()
        if name != "wall_panel" and not driver.window.docks[name].isHidden()
        for shown in panel.shows
    }
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)


def test_it_opens_at_rest_with_both_balls_at_their_start(driver, wall):
    assert wall.step == 0
    assert not wall.runs
    start = WallSettings()
    for trail in wall._trails:
        assert (trail.x.tolist(), trail.y.tolist()) == ([start.w], [start.b])
    assert all("step 0" in readout.accessibleName() for readout in wall._readouts)
    press(driver, "run")
    driver.qtbot.waitUntil(lambda: wall.step > 2)


def test_it_tells_the_whole_story_once_the_balls_have_arrived(driver, wall):
    with_clipping, without = wall._trails
    let_arrive(driver, wall)
    assert without.leaves
    assert not with_clipping.leaves
    clipped, unclipped = wall.descents
    np.testing.assert_array_equal(with_clipping.x, clipped.w)
    outside = unclipped.first_outside(*EXTENT)
    assert len(without.x) == outside + 1
    told = wall._readouts[1].accessibleName()
    assert "thrown to w = 201, b = 314" in told
    assert f"in step {outside}" in told
    assert "norm 745" in told
    assert "37 of 120 gradients were shortened" in wall._readouts[0].accessibleName()
    # Where the picture is what it says: against the network itself.
    w, b = 5.995, -2.505
    assert wall._surface.value_at(w, b) == pytest.approx(surface_point(w, b).error, rel=1e-3)


def test_a_click_lets_both_balls_roll_from_there(driver, wall):
    x, y = wall.map.mapping.x.to_pixel(5.0), wall.map.mapping.y.to_pixel(-1.5)
    place = QPoint(round(x), round(y))
    driver.qtbot.mouseClick(wall.map.viewport(), Qt.MouseButton.LeftButton, pos=place)
    start = wall.controls.settings
    assert (start.w, start.b) == pytest.approx((5.0, -1.5), abs=0.1)
    assert wall.step < 3
    assert timer_of(wall).isActive()
    driver.qtbot.waitUntil(lambda: wall.step >= 5)
    for trail, way in zip(wall._trails, wall.descents, strict=True):
        assert (trail.x[0], trail.y[0]) == (start.w, start.b) == (way.w[0], way.b[0])
        assert len(trail.x) == wall.step + 1


def test_the_animation_rests_while_nobody_sees_it_and_when_it_is_done(driver, wall):
    timer = timer_of(wall)
    assert not timer.isActive()
    press(driver, "run")
    assert timer.isActive()
    driver.qtbot.waitUntil(lambda: wall.step >= 2)
    driver.window.docks["wall_panel"].hide()
    assert not timer.isActive()
    step = wall.step
    driver.qtbot.wait(200)
    assert wall.step == step
    driver.window.docks["wall_panel"].show()
    driver.qtbot.waitUntil(timer.isActive)
    timer.setInterval(0)
    driver.qtbot.waitUntil(lambda: wall.step == STEPS)
    assert not timer.isActive()
    assert driver.child(QPushButton, "wall_run").accessibleName()


def test_the_buttons_run_hold_step_and_put_back(driver, wall):
    press(driver, "reset")
    assert wall.step == 0
    press(driver, "step")
    press(driver, "step")
    assert wall.step == 2
    assert [len(trail.x) for trail in wall._trails] == [3, 3]
    press(driver, "run")
    driver.qtbot.waitUntil(lambda: wall.step > 3)
    press(driver, "run")
    assert not timer_of(wall).isActive()
    held = wall.step
    press(driver, "step")
    assert wall.step == held + 1


def test_numbers_are_chosen_with_the_keyboard_too(driver, wall):
    before = wall.descents
    let_arrive(driver, wall)
    for name, typed in (("start_w", "4.8"), ("start_b", "-1.7"), ("learning_rate", "0.3"),
                        ("clip_threshold", "1")):  # fmt: skip
        box = driver.child(RealBox, f"wall_{name}")
        assert box.accessibleName()
        box.setFocus()
        box.selectAll()
        driver.qtbot.keyClicks(box, typed)
        driver.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert wall.controls.settings == WallSettings(4.8, -1.7, 0.3, 1.0)
    assert wall.descents is not before
    expected = descend((4.8, -1.7), 0.3, STEPS, 1.0)
    np.testing.assert_array_equal(wall._trails[0].x, expected.w)
    assert wall._threshold.value == 1.0
    press(driver, "defaults")
    assert wall.controls.settings == WallSettings()


def test_hovering_tells_error_and_gradient_of_the_place(driver, wall):
    x, y = wall.map.mapping.x.to_pixel(6.0), wall.map.mapping.y.to_pixel(-2.0)
    driver.qtbot.mouseMove(wall.map.viewport(), QPoint(round(x), round(y)))
    lines = wall.map.hover_text.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["w", "error:", "gradient"]
    told = float(lines[1].split(": ")[1])
    assert told == pytest.approx(surface_point(6.0, -2.0).error, rel=0.02)


def test_the_table_holds_both_ways_and_the_surface(driver, wall):
    rows = list(csv.DictReader(io.StringIO(wall.csv())))
    for name, way in zip(("with clipping", "without clipping"), wall.descents, strict=True):
        for part, values in (("w", way.w), ("error", way.error), ("gradient norm", way.norm)):
            column = [float(row[f"{name}: {part}"]) for row in rows[: STEPS + 1]]
            np.testing.assert_array_equal(column, values)
    row = rows[len(rows) // 3]
    w, b, error = (float(row[f"surface: {part}"]) for part in ("w", "b", "error"))
    assert error == pytest.approx(surface_point(w, b).error, rel=1e-6)


def test_the_table_holds_what_is_in_view(driver, wall):
    whole = list(csv.DictReader(io.StringIO(wall.csv())))
    wall._error.hold_x(3, 5)
    low, high = W_RANGE
    wall.map.hold_x(low, (low + high) / 2)
    rows = list(csv.DictReader(io.StringIO(wall.csv())))
    assert [row["step"] for row in rows[:4]] == ["3", "4", "5", ""]
    name = "with clipping: shortened"
    assert [row[name] for row in rows[:3]] == [row[name] for row in whole[3:6]]
    assert 0 < sum(bool(row["surface: w"]) for row in rows) < len(whole)


@pytest.mark.parametrize("rate", [0.001, 10.0])
@pytest.mark.parametrize("threshold", [0.001, 1000.0])
def test_no_choice_breaks_it(driver, wall, rate, threshold):
    for w in W_RANGE:
        for b in (*B_RANGE, -2.6125):
            wall.controls.set_settings(WallSettings(w, b, rate, threshold))
            press(driver, "step")
            press(driver, "step")
            assert all(readout.text() for readout in wall._readouts)


def test_it_fits_every_size_theme_and_scale(driver, wall):
    theme = driver.controller.theme
    let_arrive(driver, wall)
    driver.controller.panels["wall_panel"].expand_requested.emit()
    driver.qtbot.waitUntil(lambda: wall._side.isVisible())
    for scheme in (ColorScheme.DARK, ColorScheme.LIGHT):
        theme.set_scheme(scheme)
        theme.set_presentation(True)
        driver.settle()
        for readout in wall._readouts:
            wide = readout.fontMetrics().horizontalAdvance(readout.words)
            assert wide <= readout.width()
        theme.set_presentation(False)
    longest = wall._readouts[1].words
    driver.controller.panels["wall_panel"].expand_requested.emit()
    driver.qtbot.waitUntil(lambda: not wall._side.isVisible())
    assert len(wall._readouts[1].words) < len(longest)
    for box in wall.controls.findChildren(RealBox):
        assert box.geometry().right() <= wall.controls.width()


def open_alone(driver):
    driver.child(QAction, "experiment_wall").trigger()
    panel = driver.controller.panels["wall_panel"]
    driver.qtbot.waitUntil(lambda: driver.controller.shown.player is panel.board)
    return panel.board


def test_where_it_is_alone_train_step_reset_and_space_act_on_it(driver):
    board = open_alone(driver)
    train = driver.window.actions_by_name["action_train"]
    driver.qtbot.waitUntil(lambda: train.text() == "Run")
    before = driver.controller.snapshot.step
    driver.trigger("action_train")
    assert board.runs
    assert train.text() == "Pause"
    driver.trigger("action_train")
    assert not board.runs
    driver.trigger("action_reset")
    assert board.step == 0
    driver.trigger("action_step")
    assert board.step == 1
    driver.window.activateWindow()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    assert board.runs
    let_arrive(driver, board)
    assert train.text() == "Run"
    assert driver.controller.snapshot.step == before


def test_where_it_is_alone_nothing_is_shown_of_a_network_that_nobody_sees(driver):
    open_alone(driver)
    toolbar, form = driver.window.toolbar, driver.controller.form
    driver.qtbot.waitUntil(lambda: not form.isVisible())
    assert not any(readout.isVisible() for readout in toolbar.readouts.values())
    assert not toolbar.speed.isVisible()
    driver.trigger("action_restore_layout")
    driver.qtbot.waitUntil(form.isVisible)
    assert toolbar.readouts["step"].isVisible()
    assert driver.window.actions_by_name["action_train"].text() == "Train"
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)


def test_where_it_is_one_of_several_train_acts_on_the_network(driver, wall):
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    assert wall.step == 0
    assert driver.controller.form.isVisible()


def test_training_waits_where_nobody_sees_it(driver):
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 5)
    board = open_alone(driver)
    driver.until_state(RunState.PAUSED)
    assert "Training is paused" in driver.window.messages.text
    assert not board.runs
    driver.trigger("action_restore_layout")
    driver.qtbot.waitUntil(lambda: driver.controller.shown.player is None)
    step = driver.controller.snapshot.step
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > step)


def test_balls_do_not_roll_on_unseen_when_the_panels_of_the_run_come_back(driver):
    board = open_alone(driver)
    driver.trigger("action_train")
    driver.trigger("action_restore_layout")
    driver.qtbot.waitUntil(lambda: not board.isVisible())
    assert not timer_of(board).isActive()


def test_a_ball_that_strolls_out_was_not_thrown():
    way = descend((5.0, -1.02), 0.5, 30)
    edge = (3.0, 7.0, float(way.b[10]), -1.0)
    texts = ball_words(way, 30, edge, "without clipping", "unclipped")
    assert "left the picture in step 11" in texts[0]
    assert "thrown" not in " ".join(texts)
    assert "left the picture" not in ball_words(way, 5, edge, "without clipping", "unclipped")[0]


def test_a_ball_is_carried_to_another_start_and_rolls_from_where_it_is_let_go(driver, wall):
    let_arrive(driver, wall)
    clipped = wall._trails[0]
    viewport, mapping = wall.map.viewport(), wall.map.mapping

    def at(w: float, b: float) -> QPoint:
        return QPoint(round(mapping.x.to_pixel(w)), round(mapping.y.to_pixel(b)))

    ball = at(clipped.x[-1], clipped.y[-1])
    driver.qtbot.mouseMove(viewport, ball)
    assert viewport.cursor().shape() is Qt.CursorShape.OpenHandCursor
    assert "Drag: both balls start where you let go" in wall.map.hover_text
    driver.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=ball)
    driver.qtbot.mouseMove(viewport, at(4.0, -1.5))
    # Both are put down where it is carried, and rest.
    for trail in wall._trails:
        assert (trail.x.tolist(), trail.y.tolist()) == (
            pytest.approx([4.0], abs=0.04),
            pytest.approx([-1.5], abs=0.04),
        )
    assert not wall.runs
    driver.qtbot.waitUntil(lambda: wall.controls.settings.w == pytest.approx(4.0, abs=0.04))
    driver.qtbot.mouseMove(viewport, at(5.0, -1.2))
    driver.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at(5.0, -1.2))
    start = wall.controls.settings
    assert (start.w, start.b) == pytest.approx((5.0, -1.2), abs=0.05)
    driver.qtbot.waitUntil(lambda: wall.step >= 3)
    for trail, way in zip(wall._trails, wall.descents, strict=True):
        assert (trail.x[0], trail.y[0]) == (start.w, start.b) == (way.w[0], way.b[0])
    assert not wall.map.is_held


def test_the_norm_at_which_one_ball_is_clipped_is_dragged(driver, wall):
    driver.controller.panels["wall_panel"].expand_requested.emit()
    norm = wall._norm
    driver.qtbot.waitUntil(lambda: norm.isVisible() and norm.height() > 60)
    driver.settle()
    rect, mapping = norm.mapping.rect, norm.mapping
    place = QPoint(round(rect.center().x()), round(wall._threshold.pixel))
    driver.qtbot.mousePress(norm.viewport(), Qt.MouseButton.LeftButton, pos=place)
    end = QPoint(place.x(), round(mapping.y.to_pixel(5.0)))
    driver.qtbot.mouseMove(norm.viewport(), end)
    driver.qtbot.mouseRelease(norm.viewport(), Qt.MouseButton.LeftButton, pos=end)
    threshold = wall.controls.settings.clip_threshold
    assert threshold == pytest.approx(5.0, rel=0.2)
    assert wall._threshold.value == threshold
    assert wall.descents[0].norm[wall.descents[0].clipped].min() > threshold
