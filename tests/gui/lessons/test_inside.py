"""Lessons that lead inside a step, and what is done there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

OWN = """
title = "Inside"
about = "For a test."
order = 1

[[pages]]
heading = "Look"
text = "This is the second time step."
panels = ["loss", "hidden"]
settings = { corpus = "hello", hidden_size = 3, sequence_length = 4 }
inside = "forward 2"
[pages.todo]
say = "Go to the way back at the last time step."
deed = "open inside"
phase = "backward 4"

[[pages]]
heading = "Compute"
text = "Compute one of these."
inside = "clip"
[pages.todo]
say = "Compute a number of the way back."
deed = "answer by hand"
phase = "backward"

[[pages]]
heading = "Outside"
text = "Here are the panels again."

[[pages]]
heading = "By yourself"
text = "Go inside by yourself."
[pages.todo]
say = "Go inside."
deed = "open inside"

[[pages]]
heading = "Another network"
text = "This one is longer."
settings = { corpus = "hello", hidden_size = 3, sequence_length = 6 }
inside = "loss 6"
[pages.todo]
say = "Take two steps."
quantity = "steps"
above = 1.5
show_me = { train = 2 }
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    return path


@pytest.fixture
def driver_of_own(new_driver, own):
    return new_driver(lesson=str(own))


def press(driver, name: str) -> None:
    driver.child(QPushButton, f"lesson_{name}").click()


def until_inside(driver, phase: str) -> None:
    def is_there() -> bool:
        label = driver.window.findChild(QLabel, "inside_phase")
        return driver.controller.inside.is_open and label is not None and label.text() == phase

    driver.qtbot.waitUntil(is_there)


def until_ticked(driver, page: int) -> None:
    button = driver.child(QPushButton, f"lesson_page_{page}")
    driver.qtbot.waitUntil(lambda: button.text() == "\N{CHECK MARK}")


def is_ticked(driver, page: int) -> bool:
    return driver.child(QPushButton, f"lesson_page_{page}").text() == "\N{CHECK MARK}"


def test_a_page_opens_inside_at_its_phase_and_its_words_stay_in_sight(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    assert driver_of_own.window.lesson_bar.isVisible()
    assert not driver_of_own.window.panel_area.isVisible()
    assert not is_ticked(driver_of_own, 1)


def test_going_to_the_phase_that_is_asked_for_is_ticked(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    cursor = driver_of_own.controller.inside.view.step_cursor
    cursor.go_to(next(n for n, p in enumerate(cursor.phases) if (p.kind, p.t) == ("backward", 3)))
    assert not is_ticked(driver_of_own, 1)
    cursor.back()
    until_ticked(driver_of_own, 1)


def test_a_number_that_is_computed_at_another_phase_does_not_count(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    press(driver_of_own, "next")
    until_inside(driver_of_own, "Clip")
    inside = driver_of_own.controller.inside
    inside.enter("forward")
    inside.answer_by_hand()
    assert not is_ticked(driver_of_own, 2)
    inside.enter("backward")
    inside.answer_by_hand()
    until_ticked(driver_of_own, 2)


def test_show_me_goes_to_the_phase_and_computes_there(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    press(driver_of_own, "show_me")
    until_inside(driver_of_own, "Backward, t = 4")
    until_ticked(driver_of_own, 1)
    press(driver_of_own, "next")
    press(driver_of_own, "show_me")
    until_ticked(driver_of_own, 2)


def test_no_number_is_asked_for_on_a_page_that_wants_none(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    press(driver_of_own, "next")
    until_inside(driver_of_own, "Clip")
    view = driver_of_own.controller.inside.view
    view.header.set_asks(True)
    driver_of_own.qtbot.wait(50)
    assert view.header.asks
    press(driver_of_own, "back")
    until_inside(driver_of_own, "Forward, t = 2")
    assert not view.header.asks


def test_show_me_comes_back_inside_to_compute(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    press(driver_of_own, "next")
    driver_of_own.controller.inside.leave()
    press(driver_of_own, "show_me")
    until_ticked(driver_of_own, 2)


def test_a_page_that_is_not_inside_shows_the_panels_again(driver_of_own):
    until_inside(driver_of_own, "Forward, t = 2")
    press(driver_of_own, "next")
    press(driver_of_own, "next")
    assert not driver_of_own.controller.inside.is_open
    assert driver_of_own.window.panel_area.isVisible()
    press(driver_of_own, "next")
    driver_of_own.trigger("action_inside")
    until_ticked(driver_of_own, 4)


def test_another_network_is_looked_into_once_it_is_there_and_steps_are_taken_inside(
    driver_of_own,
):
    until_inside(driver_of_own, "Forward, t = 2")
    driver_of_own.until_new_run(driver_of_own.child(QPushButton, "lesson_page_5").click)
    until_inside(driver_of_own, "Loss, t = 6")
    press(driver_of_own, "show_me")
    until_ticked(driver_of_own, 5)
    driver_of_own.qtbot.waitUntil(
        lambda: driver_of_own.controller.inside.view.step_cursor.record.subject.step == 2
    )
    assert driver_of_own.controller.inside.is_open
    until_inside(driver_of_own, "Loss, t = 6")
