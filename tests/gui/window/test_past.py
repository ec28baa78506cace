"""Back in time, in the real window."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from rnnviz.gui.panels.base.multiples_grid import MultiplesGrid
from rnnviz.gui.wording.numbers import in_places
from rnnviz.training.commands import Change, Pause, Train
from rnnviz.training.snapshot import RunState

SHOWN = ["loss_panel", "hidden_panel", "gradient_panel", "text_panel"]


def is_seen(step):
    return lambda snapshot: (
        snapshot.timeline.seen == snapshot.timeline.wanted == step
        and (step is None or snapshot.window.step == step)
    )


def trained(driver, steps=60):
    driver.window.arrange(SHOWN)
    driver.restart(corpus="hello", hidden_size=8)
    driver.controller.thread_of_training.post(Train(steps))
    return driver.until_state(RunState.FINISHED)


def test_every_panel_of_a_window_shows_the_step_that_was_asked_for(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    snapshot = driver.until(is_seen(20))
    assert snapshot.step == 60, "the run is where it was"
    panels = driver.controller.panels
    assert "of step 20" in panels["hidden_panel"].subtitle
    assert {name: panels[name].exports.suggestion for name in SHOWN} == {
        "loss_panel": "loss",
        "hidden_panel": "hidden_step_20",
        "gradient_panel": "gradient_step_20",
        "text_panel": "text_step_20",
    }
    assert driver.child(QPushButton, "sample_now").text() == "step 20"
    assert driver.window.timeline.step.value() == 20
    then = driver.session.trainer.history.view().smoothed_loss[19]
    assert driver.child(QLabel, "step_count").text() == "20"
    assert driver.child(QLabel, "loss_nats").text() == in_places(then)
    assert panels["loss_panel"].subtitle.startswith(f"step 20: {in_places(then)} nats")
    assert "You are looking at an earlier step" in driver.controller.form.remarks.text
    plot = driver.controller.panels["loss_panel"].view
    driver.qtbot.waitUntil(lambda: plot.marked_x == 20, timeout=40_000)
    QTest.keyClick(driver.window, Qt.Key.Key_Escape)
    snapshot = driver.until(is_seen(None))
    assert snapshot.window.step == 60
    assert driver.child(QPushButton, "sample_now").text() == "now"
    assert driver.child(QLabel, "step_count").text() == "60"
    assert driver.child(QLabel, "loss_nats").text() == in_places(snapshot.smoothed_loss)
    assert panels["loss_panel"].subtitle.startswith(in_places(snapshot.smoothed_loss))
    assert "You are looking" not in driver.controller.form.remarks.text
    assert panels["text_panel"].exports.suggestion == "text"
    driver.qtbot.waitUntil(lambda: plot.marked_x is None, timeout=40_000)


def test_training_goes_on_while_the_past_is_seen(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    driver.until(is_seen(20))
    driver.trigger("action_train")
    snapshot = driver.until(lambda snapshot: snapshot.step > 80)
    assert is_seen(20)(snapshot)
    driver.controller.thread_of_training.post(Pause())
    driver.until_state(RunState.PAUSED)
    driver.trigger("action_step")
    driver.until(is_seen(None))


def test_a_branch_goes_the_same_way_until_something_is_changed(driver):
    trained(driver, 60)
    then = driver.controller.snapshot
    driver.window.timeline.asked.emit(25, True)
    driver.until(is_seen(25))
    driver.trigger("action_branch")
    runs = driver.controller.runs
    driver.qtbot.waitUntil(lambda: len(runs) == 2 and runs.front.snapshot is not None)
    driver.until(lambda snapshot: snapshot.step == 25 and snapshot.timeline.seen is None)
    branch = runs.front
    assert runs.names[branch] == "Branch at step 25"
    assert "Change one thing" in driver.until_message("A branch stands at step 25")
    result = driver.child(QLabel, "race_result")
    driver.qtbot.waitUntil(lambda: result.text().startswith("Up to step 25 "), timeout=40_000)
    assert result.text().endswith(" are one run.")
    (first,) = [run for run in runs if run is not branch]
    driver.controller.past.control.come_back()
    branch.post(Train(35))
    snapshot = driver.until(lambda snapshot: snapshot.step == 60)
    assert snapshot.smoothed_loss == then.smoothed_loss
    assert first.snapshot.smoothed_loss == then.smoothed_loss
    branch.post(Change("learning_rate", 0.5))
    driver.until(lambda snapshot: snapshot.configuration.learning_rate == 0.5)
    assert runs.names[branch] == "Branch at step 25, learning rate 0.5"
    tip = driver.child(QWidget, f"run_front_{branch.number}").toolTip()
    assert tip.endswith("\nIt was branched at step 25 from vanilla RNN, 8 units")


def test_a_film_runs_through_the_past_and_ends_in_the_present(driver, monkeypatch):
    trained(driver)
    driver.window.timeline.speed.setCurrentIndex(0)
    seconds = [0.0]
    control = driver.controller.past.control
    monkeypatch.setattr(control, "_clock", lambda: seconds[0])
    driver.trigger("action_film")
    for seconds[0], step in ((0.2, 20), (0.5, 50)):
        driver.until(is_seen(step))
    seconds[0] = 1.0
    driver.until(is_seen(None))
    assert not control._film.isActive()


def test_a_run_without_memory_for_its_past_says_so(driver):
    trained(driver, 5)
    driver.controller.thread_of_training.post(Change("past_memory", 0))
    driver.controller.thread_of_training.post(Train(20))
    driver.until(lambda snapshot: snapshot.timeline.memory_needed > 0)
    assert "more than 'Kept past' allows" in driver.window.timeline.toolTip()


def test_the_network_of_now_is_a_second_curve_beside_its_past(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    driver.until(is_seen(20))
    driver.trigger("action_beside_now")
    # Not by what each panel was drawn from: of several runs some have a plot for each.
    controller = driver.controller
    driver.qtbot.waitUntil(lambda: controller.snapshot.window_of_now is not None, timeout=40_000)
    shown = {}
    for name in ("gradient_panel", "loss_panel"):
        panel = driver.controller.panels[name]
        panel.show_runs = lambda front, runs, name=name: shown.update({name: runs})
    driver.controller._draw()
    assert [run.is_of_now for run in shown["gradient_panel"]] == [False, True]
    assert [run.name for run in shown["gradient_panel"]] == ["step 20", "now, step 60"]
    assert [run.is_of_now for run in shown["loss_panel"]] == [False], "its loss is the same"
    grid = controller.panels["hidden_panel"].findChild(MultiplesGrid)
    captions = [cell.caption for cell in grid.shown]
    assert [one.name for one in captions] == ["step 20", "now, step 60"]
    assert [one.step for one in captions] == [None, None], "the names say it"
    text = controller.panels["text_panel"]
    texts = text.findChild(MultiplesGrid)
    assert [cell.caption.name for cell in texts.shown] == ["step 20", "now, step 60"]
    assert [cell.caption.step for cell in texts.shown] == [None, None]
    (of_now,) = text.guests
    assert text.text
    assert of_now.text not in ("", text.text)
    driver.window.timeline.now_asked.emit()
    driver.qtbot.waitUntil(lambda: not controller.snapshot.is_of_past, timeout=40_000)
    assert controller.snapshot.window_of_now is None


def test_beside_a_rival_what_it_wrote_has_the_step_of_the_past_that_is_seen(driver):
    trained(driver, 60)
    driver.window.timeline.asked.emit(25, True)
    driver.until(is_seen(25))
    driver.trigger("action_branch")
    driver.until(lambda snapshot: snapshot.step == 25 and snapshot.timeline.seen is None)
    driver.window.timeline.asked.emit(10, True)
    driver.until(is_seen(10))

    def steps():
        grids = [driver.controller.panels[name].findChild(MultiplesGrid) for name in SHOWN[1::2]]
        return [[cell.caption.step for cell in grid.shown] for grid in grids]

    driver.qtbot.waitUntil(lambda: steps() == [[60, 10], [60, 10]], timeout=40_000)


def test_beside_a_rival_the_step_that_is_seen_is_marked_at_the_run_in_front_alone(driver):
    trained(driver, 60)
    controller = driver.controller
    (first,) = controller.runs
    driver.trigger("action_add_rival")
    driver.qtbot.waitUntil(lambda: len(controller.runs) == 2)
    front = controller.runs.front
    driver.until(lambda snapshot: snapshot.run_id == front.run_id and snapshot.step == 0)
    front.post(Change("learning_rate", 0.3))
    front.post(Train(80))
    driver.until(lambda snapshot: snapshot.step == 80)
    driver.window.timeline.asked.emit(20, True)
    then = driver.until(is_seen(20)).seen.smoothed_loss
    view = controller.panels["loss_panel"].view
    plate, rect = view._hover._plate, view.mapping.rect
    driver.qtbot.waitUntil(lambda: view.marked_x == 20 and plate._dots.isVisible())
    ring = plate._dots.path().boundingRect().center()
    expected = view.mapping.x.to_pixel(20), view.mapping.y.to_pixel(then)
    assert abs(ring.x() - expected[0]) <= 1
    assert abs(ring.y() - expected[1]) <= 6, "on its curve, which may be smoothed"
    assert plate._upright.line().y1() == ring.y() > rect.top(), "not through the rival's"
    result = driver.child(QLabel, "race_result")
    said = "The run in front is seen at step 20, the others as they are now."
    driver.qtbot.waitUntil(lambda: result.text() == said)
    assert driver.child(QLabel, f"run_step_{front.number}").text() == "20"
    assert driver.child(QLabel, f"run_step_{first.number}").text() == "60"
    driver.window.timeline.now_asked.emit()
    driver.until(is_seen(None))
    driver.qtbot.waitUntil(lambda: not plate._dots.isVisible() and view.marked_x is None)
    driver.qtbot.waitUntil(lambda: "seen at" not in result.text())
    assert driver.child(QLabel, f"run_step_{front.number}").text() == "80"


def test_one_looks_inside_a_step_of_the_past_once_and_takes_none_there(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    driver.until(is_seen(20))
    inside = driver.controller.inside
    asked = []
    ask = inside._ask
    inside._ask = lambda: (asked.append(1), ask())
    driver.trigger("action_inside")
    driver.qtbot.waitUntil(
        lambda: inside.view is not None and inside.view.step_cursor.has_record, timeout=40_000
    )
    assert inside._step == 20
    # Whatever is shown of the run meanwhile, it is the same step.
    driver.controller._show_front()
    assert len(asked) == 1
    take = driver.child(QAbstractButton, "inside_take_step")
    assert not take.isEnabled()
    inside.leave()
    driver.window.timeline.now_asked.emit()
    driver.until(is_seen(None))
    driver.trigger("action_inside")
    driver.qtbot.waitUntil(lambda: inside._step == 60 and take.isEnabled(), timeout=40_000)


def test_the_marked_step_stays_at_its_place_while_the_axis_grows(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    driver.until(is_seen(20))
    plot = driver.controller.panels["loss_panel"].view
    driver.qtbot.waitUntil(lambda: plot.marked_x == 20, timeout=40_000)
    driver.controller.thread_of_training.post(Train(400))
    driver.until_state(RunState.FINISHED)
    line = plot._hover._plate._upright.line()
    assert abs(line.x1() - plot.mapping.x.to_pixel(20)) <= 1
    assert plot.hover_text == "", "it is marked, and not spoken of"


def test_the_marked_step_is_still_marked_after_a_pointer_and_another_layout(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    driver.until(is_seen(20))
    panels = driver.controller.panels
    loss = panels["loss_panel"].view
    driver.qtbot.waitUntil(lambda: loss.marked_x == 20, timeout=40_000)
    QTest.mouseMove(loss.viewport(), loss.mapping.rect.center().toPoint())
    driver.qtbot.waitUntil(lambda: loss.marked_x is None)
    QApplication.sendEvent(loss, QEvent(QEvent.Type.Leave))
    driver.qtbot.waitUntil(lambda: loss.marked_x == 20)
    driver.trigger("action_present")
    driver.qtbot.waitUntil(lambda: loss.marked_x == 20)
    driver.trigger("action_present")
    driver.window.arrange([*SHOWN, "clipping_panel"])
    clipping = panels["clipping_panel"].view
    driver.qtbot.waitUntil(lambda: clipping.marked_x == 20)


def test_a_setting_that_is_changed_in_the_past_is_said_to_be_of_now(driver):
    trained(driver)
    driver.window.timeline.asked.emit(20, True)
    driver.until(is_seen(20))
    driver.controller.form.live_edited.emit("learning_rate", 0.05, False)
    driver.until_message("That changes the run at step 60. To try it from here, branch.")
