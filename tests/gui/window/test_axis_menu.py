"""What training is drawn over, and from where it is counted."""

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction

from rnnviz.gui.plotting import RunCurve
from rnnviz.gui.wording.numbers import MINUS
from rnnviz.training.commands import Change, Reset, Train

SHOWN = ["loss_panel", "clipping_panel", "gradient_history_panel", "updates_panel"]


def test_what_is_over_training_is_drawn_over_what_was_chosen(driver):
    driver.controller.thread_of_training.post(Train(30))
    driver.until(lambda snapshot: snapshot.step == 30)
    driver.child(QAction, "axis_tokens").trigger()
    loss = driver.controller.panels["loss_panel"]
    assert loss.view.mapping.x.axis.label == "tokens trained on"
    assert loss._curve.x[-1] == 30 * 25
    driver.child(QAction, "axis_steps").trigger()
    assert loss._curve.x[-1] == 30
    assert not driver.child(QAction, "axis_tokens").isChecked()


def branch_at(driver, step):
    """Branch off the run in front; return the branch, which comes to the front."""
    runs = driver.controller.runs
    before = len(runs)
    driver.window.timeline.asked.emit(step, True)
    driver.until(lambda s: s.timeline.seen == s.timeline.wanted == s.window.step == step)
    driver.trigger("action_branch")
    driver.qtbot.waitUntil(lambda: len(runs) > before and runs.front.snapshot is not None)
    driver.until(lambda s: s.run_id == runs.front.run_id and s.step == step)
    return runs.front


def train(driver, run, steps):
    reached = run.snapshot.step + steps
    run.post(Train(steps))
    driver.qtbot.waitUntil(lambda: run.snapshot.step == reached)
    driver.controller.rivals.put_in_front(run)
    driver.until(lambda s: s.run_id == run.run_id and s.step == reached)


def switch(driver):
    return driver.child(QAction, "axis_from_fork")


def curve_of(driver, run):
    name = driver.controller.runs.names[run]
    items = driver.controller.panels["loss_panel"].view.items_shown
    return next(
        item
        for item in items
        if isinstance(item, RunCurve) and len(item.x) and item.name.endswith(f", {name}")
    )


def title(driver, name="loss_panel"):
    return driver.controller.panels[name].view.mapping.x.axis.title


@pytest.fixture
def forked(driver):
    """Return a run of 60 steps, and its branches at steps 20 and 30, which is in front."""
    driver.window.arrange(SHOWN)
    driver.restart(corpus="hello", hidden_size=8)
    first = driver.controller.runs.front
    assert not switch(driver).isEnabled()
    train(driver, first, 60)
    early = branch_at(driver, 20)
    train(driver, early, 40)
    driver.controller.rivals.put_in_front(first)
    driver.until(lambda s: s.run_id == first.run_id)
    late = branch_at(driver, 30)
    train(driver, late, 30)
    return first, early, late


def test_branches_lie_over_one_another_from_where_they_left(driver, forked):
    first, early, late = forked
    switch(driver).trigger()
    assert title(driver) == "training step since the fork"
    for run, fork in ((first, 30), (early, 20), (late, 30)):
        curve = curve_of(driver, run)
        assert curve.x[-1] == 60 - fork
        assert curve.x[0] == 1 - fork
    # Up to the fork, a branch goes on the line of the run that it left.
    before = curve_of(driver, first).x <= 0
    assert np.array_equal(
        curve_of(driver, first).y[before], curve_of(driver, late).y[: before.sum()]
    )
    history = driver.controller.panels["gradient_history_panel"]
    assert title(driver, "gradient_history_panel") == title(driver)
    assert history._heat_map.extent[1] == 30.5
    driver.controller.rivals.put_in_front(early)
    driver.qtbot.waitUntil(lambda: curve_of(driver, first).x[-1] == 40)
    driver.qtbot.waitUntil(lambda: history._heat_map.extent[1] == 40.5)
    assert [curve_of(driver, run).x[-1] for run in forked] == [40, 40, 30]
    switch(driver).trigger()
    assert title(driver) == "training step"
    assert [curve_of(driver, run).x[-1] for run in forked] == [60, 60, 60]
    assert history._heat_map.extent[1] == 60.5


def test_branches_out_of_files_lie_where_they_lay_in_the_session_that_made_them(
    new_driver, tmp_path
):
    made = new_driver()
    made.window.arrange(SHOWN)
    made.restart(corpus="hello", hidden_size=8)
    first = made.controller.runs.front
    train(made, first, 60)
    early = branch_at(made, 20)
    early.post(Change("learning_rate", 0.05))
    train(made, early, 40)
    late = branch_at(made, 40)  # of the branch
    train(made, late, 20)
    names = ["first", "early", "late"]
    for name, run in zip(names, (first, early, late), strict=True):
        made.controller.rivals.put_in_front(run)
        made.controller.save(tmp_path / f"{name}.rnnviz")
        made.until_message(f"Saved {name}.rnnviz")
    switch(made).trigger()
    counted = [curve_of(made, run).x[-1] for run in (first, early, late)]
    opened = new_driver()
    opened.window.arrange(SHOWN)
    opened.controller.open_files([tmp_path / f"{name}.rnnviz" for name in names])
    runs = opened.controller.runs
    opened.qtbot.waitUntil(lambda: len(runs) == 3 and all(run.snapshot for run in runs))
    again = sorted(runs, key=lambda run: run.number)
    opened.controller.rivals.put_in_front(again[2])
    opened.until(lambda s: s.run_id == again[2].run_id and s.step == 60)
    assert [runs.names[run] for run in again] == [
        made.controller.runs.names[run] for run in (first, early, late)
    ]
    opened.qtbot.waitUntil(lambda: title(opened) == "training step since the fork")
    lengths = lambda: [curve_of(opened, run).x[-1] for run in again]  # noqa: E731
    opened.qtbot.waitUntil(lambda: lengths() == counted == [20, 20, 20])
    # A picture of a run may be drawn before it is told from which file it is.
    named = "late.rnnviz (branched at step 40 from Branch at step 20, learning rate 0.05)"
    opened.qtbot.waitUntil(lambda: named in opened.window.windowTitle())


def test_all_that_is_said_of_a_place_counts_as_the_axis_does(driver, forked):
    switch(driver).trigger()
    loss, clipping = (driver.controller.panels[name] for name in SHOWN[:2])
    said = loss.view._readout(-10.0, 1.0)
    assert said.startswith(f"training step since the fork {MINUS}10\n")
    rows = list(csv.reader(io.StringIO(clipping.view.to_csv())))
    steps = [float(row[0]) for row in rows[1:] if row[0]]
    assert rows[0][0] == "training step since the fork"
    assert (steps[0], steps[-1]) == (-29, 40)
    loss.view._select(loss.view.mapping.x.to_pixel(-10), loss.view.mapping.x.to_pixel(20))
    assert loss.view.stretch_text.startswith(f"training step since the fork {MINUS}10 to 20; ")
    assert "The axis counts from the fork" in loss.explanation
    assert "fork" not in driver.controller.panels["hidden_panel"].explanation


def test_the_step_of_the_past_that_is_seen_is_marked_where_it_stands(driver, forked):
    switch(driver).trigger()
    driver.window.timeline.asked.emit(50, True)
    driver.until(lambda s: s.timeline.seen == s.window.step == 50)
    plots = [driver.controller.panels[name].view for name in SHOWN[:3]]
    driver.qtbot.waitUntil(lambda: [plot.marked_x for plot in plots] == [20] * 3)
    switch(driver).trigger()
    assert [plot.marked_x for plot in plots] == [50] * 3


def test_tokens_count_from_the_fork_as_well(driver, forked):
    switch(driver).trigger()
    driver.child(QAction, "axis_tokens").trigger()
    assert title(driver) == "tokens trained on since the fork"
    assert title(driver, "gradient_history_panel") == "training step since the fork"
    *_, late = forked
    assert curve_of(driver, late).x[-1] == 30 * late.snapshot.configuration.sequence_length


def test_a_run_without_a_fork_is_left_where_it_is(driver, forked):
    switch(driver).trigger()
    runs = driver.controller.runs
    driver.trigger("action_add_rival")
    driver.qtbot.waitUntil(lambda: len(runs) == 4 and runs.front.snapshot is not None)
    rival = runs.front
    train(driver, rival, 25)
    assert title(driver) == "training step since the fork, or the start"
    assert curve_of(driver, rival).x[-1] == 25
    assert [curve_of(driver, run).x[-1] for run in forked] == [30, 40, 30]
    driver.controller.rivals.compare(rival, False)
    driver.controller.rivals.put_in_front(forked[1])
    assert title(driver) == "training step since the fork"


def test_without_a_branch_nothing_counts_from_a_fork(driver, forked):
    first, early, late = forked
    switch(driver).trigger()
    driver.controller.rivals.remove(late)
    assert title(driver) == "training step since the fork"
    # What a reset begins in the branch's place has left nobody; undone, the branch is there again.
    driver.controller.rivals.put_in_front(early)
    branch = early.run_id
    driver.until_new_run(lambda: early.post(Reset()))
    driver.qtbot.waitUntil(lambda: not switch(driver).isEnabled())
    assert not switch(driver).isChecked()
    assert title(driver) == "training step"
    driver.trigger("action_undo")
    driver.until(lambda s: s.run_id == branch)
    driver.qtbot.waitUntil(lambda: switch(driver).isEnabled())
    driver.controller.rivals.remove(early)
    assert driver.controller.runs.front is first
    assert not switch(driver).isEnabled()


def test_all_plots_over_training_are_logarithmic_together_by_the_menu_or_a_click(driver):
    driver.controller.thread_of_training.post(Train(30))
    driver.until(lambda snapshot: snapshot.step == 30)
    plots = driver.controller.shown.over_training
    action = driver.child(QAction, "axis_logarithmic")
    action.trigger()
    assert all(plot.mapping.x.axis.is_logarithmic for plot in plots)
    # What is drawn over something else stays as it was chosen.
    loss = driver.controller.panels["loss_panel"]
    driver.child(QAction, "axis_tokens").trigger()
    assert loss.view.mapping.x.axis.label == "tokens trained on"
    assert loss.view.mapping.x.axis.is_logarithmic
    x = loss.view.mapping.x
    assert x.to_value(x.start) > 15, "the first step is 25 tokens, and nothing is before it"
    rect = loss.view.mapping.rect
    place = QPoint(round(rect.center().x()), round(rect.bottom()) + 8)
    driver.qtbot.mouseClick(loss.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.qtbot.waitUntil(lambda: not action.isChecked())
    assert not any(plot.mapping.x.axis.is_logarithmic for plot in plots)
    assert loss.view.mapping.x.axis.label == "tokens trained on"


def test_what_was_chosen_is_chosen_at_the_next_start_and_as_at_first_ends_that(new_driver):
    def looks(driver):
        x = driver.controller.panels["loss_panel"].view.mapping.x.axis
        names = ("axis_tokens", "axis_steps", "axis_logarithmic")
        checked = [driver.child(QAction, name).isChecked() for name in names]
        timeline = driver.window.timeline
        log = timeline.log.isChecked(), timeline.bar.scale.logarithmic
        return x.label, x.is_logarithmic, *checked, *log

    at_first = ("training step", False, False, True, False, False, False)
    first = new_driver()
    assert looks(first) == at_first
    first.child(QAction, "axis_tokens").trigger()
    first.child(QAction, "axis_logarithmic").trigger()
    first.window.timeline.log.click()
    second = new_driver()
    assert looks(second) == ("tokens trained on", True, True, False, True, True, True)
    # A run is drawn so, not only an empty axis.
    second.take_steps(2)
    assert second.controller.panels["loss_panel"]._curve.x[-1] == 50
    second.trigger("action_restore_layout")
    assert looks(second) == at_first
    assert looks(new_driver()) == at_first


def test_that_training_is_counted_from_the_fork_is_remembered_until_there_is_one(new_driver):
    first = new_driver()
    first.restart(corpus="hello", hidden_size=8)
    train(first, first.controller.runs.front, 20)
    branch_at(first, 10)
    switch(first).trigger()
    second = new_driver()
    assert not switch(second).isChecked()
    second.restart(corpus="hello", hidden_size=8)
    train(second, second.controller.runs.front, 20)
    branch_at(second, 10)
    second.qtbot.waitUntil(lambda: switch(second).isChecked())
    assert title(second) == "training step since the fork"
    second.trigger("action_restore_layout")
    assert title(second) == "training step"
    assert (switch(second).isEnabled(), switch(second).isChecked()) == (True, False)


def test_a_new_run_is_drawn_over_the_axis_that_was_chosen(driver):
    driver.child(QAction, "axis_logarithmic").trigger()
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.take_steps(2)
    loss = driver.controller.panels["loss_panel"].view
    assert loss.mapping.x.axis.is_logarithmic
    assert loss.mapping.x.to_value(loss.mapping.x.start) == 1


def test_an_axis_that_counts_from_the_fork_is_linear_for_as_long(driver, forked):
    driver.child(QAction, "axis_logarithmic").trigger()
    switch(driver).trigger()
    assert title(driver) == "training step since the fork"
    x = driver.controller.panels["loss_panel"].view.mapping.x
    assert not x.axis.is_logarithmic
    driver.qtbot.waitUntil(lambda: x.to_value(x.start) < 0, timeout=40_000)
    switch(driver).trigger()
    assert x.axis.is_logarithmic
