"""Going inside a step of a real run, and out again."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton

from rnnviz.training.snapshot import RunState

SMALL = {"hidden_size": 3, "sequence_length": 4}


def enter(driver):
    """Go inside, and return the view once it shows a record."""
    driver.trigger("action_inside")
    inside = driver.controller.inside
    driver.qtbot.waitUntil(lambda: inside.view is not None and inside.view.step_cursor.has_record)
    return inside.view


def test_the_next_step_of_a_resting_run_is_shown_and_not_taken(driver):
    driver.restart(**SMALL)
    before = driver.take_steps(2)
    view = enter(driver)
    assert view.isVisible()
    assert driver.child(QLabel, "inside_title").text() == "Inside step 3"
    assert driver.child(QLabel, "inside_phase").text() == "Forward, t = 1"
    assert driver.controller.snapshot.step == before.step
    view.left.emit()
    assert not view.isVisible()
    assert driver.window.panel_area.isVisible()


def test_training_waits_while_one_is_inside_and_goes_on_as_it_was(driver):
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 5)
    view = enter(driver)
    driver.qtbot.waitUntil(lambda: driver.controller.snapshot.state is RunState.PAUSED)
    step = driver.controller.snapshot.step
    assert view.step_cursor.record.subject.step == step
    driver.qtbot.wait(100)
    assert driver.controller.snapshot.step == step
    driver.trigger("action_inside")
    driver.until(lambda snapshot: snapshot.step > step)
    assert driver.controller.snapshot.state is RunState.RUNNING


def test_training_that_was_to_end_at_a_step_ends_there_after_all(driver):
    from rnnviz.training.commands import SetSpeed, Train

    run = driver.controller.runs.front
    # So slowly that it has not ended before one is inside.
    run.post(SetSpeed(2))
    run.post(Train(steps=12))
    driver.until(lambda snapshot: snapshot.step >= 1)
    enter(driver)
    driver.qtbot.waitUntil(lambda: driver.controller.snapshot.state is RunState.PAUSED)
    run.post(SetSpeed(None))
    driver.trigger("action_inside")
    driver.until_state(RunState.FINISHED)
    assert driver.controller.snapshot.step == 12


def test_a_run_that_rested_rests_when_one_leaves(driver):
    enter(driver)
    driver.trigger("action_inside")
    driver.qtbot.wait(100)
    assert driver.controller.snapshot.state is RunState.IDLE


def test_taking_the_step_goes_on_inside_the_next_one(driver):
    driver.restart(**SMALL)
    view = enter(driver)
    record = view.step_cursor.record
    promised = record.updates["W1"]["new"]
    view.step_cursor.go_to(5)
    driver.qtbot.mouseClick(
        driver.child(QToolButton, "inside_take_step"), Qt.MouseButton.LeftButton
    )
    cursor = view.step_cursor
    driver.qtbot.waitUntil(lambda: cursor.record.subject.step == 1)
    assert cursor.number == 0
    assert cursor.record.parameters["W1"] == pytest.approx(promised, rel=1e-6)


def test_what_befalls_the_run_meanwhile_is_followed(driver):
    driver.restart(**SMALL)
    driver.take_steps(3)
    view = enter(driver)
    driver.trigger("action_reset")
    driver.qtbot.waitUntil(lambda: view.step_cursor.record.subject.step == 0)
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: view.step_cursor.record.subject.step == 1)


def test_keys_move_through_the_phases(driver):
    driver.restart(**SMALL)
    view = enter(driver)
    cursor, press = view.step_cursor, driver.qtbot.keyClick
    label = driver.child(QLabel, "inside_phase")
    press(view, Qt.Key.Key_Right)
    assert label.text() == "Forward, t = 2"
    press(view, Qt.Key.Key_Left)
    assert label.text() == "Forward, t = 1"
    press(view, Qt.Key.Key_PageDown)
    assert label.text() == "Loss, t = 1"
    press(view, Qt.Key.Key_End)
    assert label.text() == "Result"
    assert not driver.child(QToolButton, "inside_next").isEnabled()
    press(view, Qt.Key.Key_Home)
    assert not driver.child(QToolButton, "inside_back").isEnabled()
    line = cursor.line_number
    press(view, Qt.Key.Key_Down)
    assert cursor.line_number == line + 1
    press(view, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_one_can_enter_at_a_phase_and_is_told_of_each(driver):
    driver.restart(**SMALL)
    inside, seen = driver.controller.inside, []
    inside.shown.connect(lambda phase: seen.append((phase.kind, phase.t)))
    inside.enter("backward", 2)
    driver.qtbot.waitUntil(lambda: ("backward", 2) in seen)
    inside.enter("loss")
    assert seen[-1] == ("loss", 1)
    assert inside.is_open


def test_a_number_can_be_answered_by_hand_for_the_person(driver):
    driver.restart(**SMALL)
    view, answered = enter(driver), []
    driver.controller.inside.answered.connect(lambda phase: answered.append(phase.kind))
    driver.controller.inside.answer_by_hand()
    assert answered == ["forward"]
    assert driver.child(QLabel, "inside_hint").text() == "Right."
    assert view.story.by_hand.hidden is None


def test_a_number_is_written_into_the_answer_whatever_has_the_keyboard(driver):
    driver.restart(**SMALL)
    view = enter(driver)
    view.header.set_asks(True)
    answer = driver.child(QLineEdit, "inside_answer")
    driver.window.activateWindow()
    other = driver.child(QToolButton, "inside_next")
    other.setFocus()
    driver.qtbot.keyClick(other, "-")
    other.setFocus()
    for key in "0.42":
        driver.qtbot.keyClick(QApplication.focusWidget() or other, key)
    assert answer.text() == "-0.42"
    driver.qtbot.wait(100)
    assert driver.controller.snapshot.step == 0, "the point is no step"
    driver.qtbot.keyClick(answer, Qt.Key.Key_Escape)
    assert view.isVisible()
    assert not answer.hasFocus()


@pytest.mark.parametrize("name", ["give_up", "check"])
def test_a_button_that_has_settled_a_question_hands_the_keyboard_to_the_next_question(driver, name):
    driver.restart(**SMALL)
    view = enter(driver)
    view.step_cursor.go_to(2)
    driver.window.activateWindow()
    view.header.set_asks(True)
    asking = view.story.by_hand
    button, another = (driver.child(QPushButton, f"inside_{one}") for one in (name, "another"))
    driver.child(QLineEdit, "inside_answer").setText(str(asking.question.value))
    button.setFocus()
    driver.qtbot.keyClick(button, Qt.Key.Key_Space)
    assert asking.hidden is None
    assert driver.window.focusWidget() is another
    driver.qtbot.keyClick(another, Qt.Key.Key_Space)
    assert asking.hidden is not None
    assert driver.window.focusWidget() is driver.child(QLineEdit, "inside_answer")
    view.header.set_asks(False)
    assert driver.window.focusWidget() is view.story
    driver.qtbot.keyClick(driver.window.focusWidget(), Qt.Key.Key_Right)
    assert view.step_cursor.number == 3, "the keys still move"


def test_where_nothing_is_asked_the_keyboard_stays_with_the_card(driver):
    driver.restart(**SMALL)
    view = enter(driver)
    driver.window.activateWindow()
    view.header.set_asks(True)
    asking, record = view.story.by_hand, view.step_cursor.record
    driver.child(QLineEdit, "inside_answer").setFocus()
    asking.ask(record, [], 0)
    assert asking.question is None
    assert driver.window.focusWidget() is asking


def test_what_cannot_be_looked_into_is_said_and_one_stays_outside(driver, monkeypatch):
    from rnnviz.core.errors import RnnvizError
    from rnnviz.training.session import Session

    def refuse(_session):
        raise RnnvizError("This step is too large.")

    assert driver.session  # which this patches
    monkeypatch.setattr(Session, "step_subject", refuse)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 2)
    driver.trigger("action_inside")
    driver.until_message("This step is too large.")
    # What is said, and what is done about it, are told one after the other.
    driver.qtbot.waitUntil(lambda: not driver.controller.inside.is_open, timeout=40_000)
    driver.until_state(RunState.RUNNING)


def test_a_step_for_which_memory_is_short_is_a_sentence(driver, monkeypatch):
    from rnnviz.gui.inside import recorder

    def run_out(_subject):
        raise MemoryError

    monkeypatch.setattr(recorder, "record_step", run_out)
    driver.trigger("action_inside")
    driver.until_message("There is not enough memory to write this step out.")
    assert not driver.controller.inside.is_open


def test_what_nobody_expected_is_a_sentence_too(driver, monkeypatch):
    from rnnviz.gui.inside import recorder

    def stumble(_subject):
        raise ValueError("odd")

    monkeypatch.setattr(recorder, "record_step", stumble)
    driver.trigger("action_inside")
    driver.until_message("Something unexpected went wrong (ValueError: odd)")
    assert not driver.controller.inside.is_open


def test_messages_are_seen_inside_as_well(driver):
    driver.restart(**SMALL)
    view = enter(driver)
    driver.window.messages.tell("Hello.", "notice")
    assert driver.window.messages.isVisible()
    assert view.isAncestorOf(driver.window.messages)
    driver.trigger("action_inside")
    assert not view.isAncestorOf(driver.window.messages)


def test_space_plays_inside_and_trains_outside(driver):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    driver.restart(**SMALL)
    view = enter(driver)
    view.setFocus()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    assert view.transport.is_playing
    assert driver.controller.snapshot.state is not RunState.RUNNING
    driver.trigger("action_inside")
    assert not view.transport.is_playing


def test_in_a_presentation_one_looks_inside_in_large_type(driver):
    driver.restart(**SMALL)
    view = enter(driver)
    before = view.header.height()
    driver.trigger("action_present")
    driver.settle()
    assert view.isVisible()
    assert view.header.height() > before
    driver.trigger("action_present")
    driver.settle()
    assert view.header.height() == before


def test_the_key_of_a_step_takes_it_inside_as_well(driver):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    driver.restart(**SMALL)
    view = enter(driver)
    view.setFocus()
    driver.qtbot.keyClick(view, Qt.Key.Key_Period)
    driver.qtbot.waitUntil(lambda: view.step_cursor.record.subject.step == 1)


def test_the_step_button_has_a_menu_with_the_way_in(driver):
    button = driver.child(QToolButton, "button_step")
    actions = [action.objectName() for action in button.menu().actions()]
    assert actions == ["action_step", "action_inside"]
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    driver.until(lambda snapshot: snapshot.step == 1)


def test_the_layout_menu_has_the_way_in_too(driver):
    names = [action.objectName() for action in driver.window.toolbar.layout_menu.actions()]
    assert names[0] == "action_inside"
