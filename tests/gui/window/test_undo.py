"""Undo and Redo in the real window: by key, by menu, and never in the place of undone typing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox

from rnnviz.training.commands import Change
from rnnviz.training.undo.view import UndoView

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def rate(driver) -> QAbstractSpinBox:
    """The box of the learning rate, with the keyboard."""
    box = driver.child(QAbstractSpinBox, "learning_rate")
    driver.window.activateWindow()
    box.setFocus()
    driver.qtbot.waitUntil(box.hasFocus)
    return box


def press_undo(driver, *, again: bool = False) -> None:
    keys = CTRL | SHIFT if again else CTRL
    driver.qtbot.keyClick(driver.window.focusWidget() or driver.window, Qt.Key.Key_Z, keys)


def set_rate(driver, box: QAbstractSpinBox, value: float, leave_by: Qt.Key) -> None:
    box.selectAll()
    driver.qtbot.keyClicks(box, str(value))
    driver.qtbot.keyClick(box, leave_by)
    driver.until(lambda snapshot: snapshot.configuration.learning_rate == value)


@pytest.mark.parametrize("leave_by", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_setting_is_undone_and_done_again_by_key(driver, rate, leave_by):
    before = driver.controller.snapshot.configuration.learning_rate
    set_rate(driver, rate, 0.25, leave_by)
    press_undo(driver)
    driver.until(lambda snapshot: snapshot.configuration.learning_rate == before)
    assert rate.value() == before
    assert driver.window.messages.text == f"Learning rate: {before:g} again."
    press_undo(driver, again=True)
    driver.until(lambda snapshot: snapshot.configuration.learning_rate == 0.25)
    assert rate.value() == 0.25
    assert driver.window.messages.text == "Learning rate: 0.25 again."


def test_in_a_field_typing_is_undone_and_no_setting(driver, rate):
    set_rate(driver, rate, 0.25, Qt.Key.Key_Return)
    line = driver.controller.panels["text_panel"]._editors["prompt"].line
    line.setFocus()
    driver.qtbot.waitUntil(line.hasFocus)
    before = line.text()
    driver.qtbot.keyClicks(line, "once")
    press_undo(driver)
    assert line.text() == before
    press_undo(driver, again=True)
    assert line.text() == f"{before}once"
    driver.trigger("action_step")
    after = driver.until(lambda snapshot: snapshot.step == 1)
    assert after.configuration.learning_rate == 0.25
    assert after.undo.to_undo is not None
    press_undo(driver)
    assert line.text() == before
    # Now nothing is left of the typing.
    press_undo(driver)
    driver.until(lambda snapshot: snapshot.undo.to_undo is None)
    assert line.text() == before


def test_a_number_that_is_being_typed_is_undone_in_its_box(driver, rate):
    rate.selectAll()
    driver.qtbot.keyClicks(rate, "0.7")
    press_undo(driver)
    assert "0.7" not in rate.text()
    assert driver.controller.snapshot.undo == UndoView()


def test_what_was_undone_before_it_was_seen_is_not_seen(driver):
    box = driver.child(QAbstractSpinBox, "learning_rate")
    before = driver.controller.snapshot.configuration.learning_rate
    driver.controller.live.change("dropout", 0.3)
    driver.until(lambda snapshot: snapshot.configuration.dropout == 0.3)
    # Both are obeyed before the next picture.
    box.setValue(0.25)
    driver.controller.run_control.undo()
    driver.until(lambda snapshot: snapshot.undo.last is not None)
    assert driver.controller.snapshot.configuration.learning_rate == before
    assert box.value() == before


def test_the_menu_says_what_would_be_undone(driver):
    undo, redo = (driver.window.actions_by_name[name] for name in ("action_undo", "action_redo"))
    said = lambda: (undo.text(), undo.isEnabled(), redo.text(), redo.isEnabled())  # noqa: E731
    assert said() == ("Undo", False, "Redo", False)
    driver.controller.thread_of_training.post(Change("learning_rate", 0.25))
    driver.until(lambda snapshot: snapshot.undo.to_undo is not None)
    assert said() == ("Undo learning rate", True, "Redo", False)
    undo.trigger()
    driver.until(lambda snapshot: snapshot.undo.to_redo is not None)
    assert said() == ("Undo", False, "Redo learning rate", True)
    driver.restart(hidden_size=9)
    assert said() == ("Undo new run (hidden units)", True, "Redo", False)


def test_a_run_that_other_settings_ended_is_back_with_all_that_is_known_of_it(driver, tmp_path):
    driver.controller.save(tmp_path / "kept.rnnviz")
    driver.until_message("Saved")
    before = driver.train_and_pause(20)
    control = driver.controller.run_control
    driver.until_new_run(lambda: control.restart(cell="lstm"))
    # A picture of the run may be drawn before it is told that it has begun.
    title = driver.window.windowTitle
    driver.qtbot.waitUntil(lambda: "kept" not in title(), timeout=40_000)
    driver.until_new_run(lambda: driver.trigger("action_undo"))
    after = driver.controller.snapshot
    assert (after.run_id, after.step, after.loss) == (before.run_id, before.step, before.loss)
    assert driver.until_message("is back") == "The earlier run is back (cell: vanilla RNN)."
    driver.qtbot.waitUntil(lambda: "kept" in title(), timeout=40_000)
    assert driver.controller.run_file.is_behind
    driver.until_new_run(lambda: driver.trigger("action_redo"))
    assert driver.controller.snapshot.configuration.cell == "lstm"
