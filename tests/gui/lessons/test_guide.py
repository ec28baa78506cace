"""Lessons in the window: chosen or named at the start, gone through, ticked, and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.training.claims import watch
from rnnviz.training.claims.goal import Goal
from rnnviz.training.configuration import Configuration
from rnnviz.training.lessons import load_lessons
from rnnviz.training.snapshot import RunState

LESSONS, _ = load_lessons(None)

OWN = """
title = "Mine"
about = "For a test."
order = 1

[[pages]]
heading = "Steps"
text = "Look at the *Loss* of h_2, h_{t−1} and text_file."
panels = ["loss", "hidden"]
settings = { hidden_size = 5, sequence_length = 9 }
[[pages.claims]]
quantity = "steps"
step = 12
above = 11
[pages.todo]
say = "Train for more than six steps."
quantity = "steps"
above = 6.5
show_me = { train = 20 }

[[pages]]
heading = "Guessing"
text = "What does guessing cost?"
[[pages.claims]]
quantity = "guess_loss"
step = 12
above = 3
[pages.todo]
say = "Write it."
quantity = "guess_loss"
within = 0.01

[[pages]]
heading = "Bold"
text = "Write boldly."
[pages.todo]
say = "Set the temperature to 2."
setting = "temperature"
above = 1.5
show_me = { change = { temperature = 2 } }

[[pages]]
heading = "Only read"
text = "Nothing is to be done here."

[[pages]]
heading = "A rival"
text = "Two are better than one."
panels = ["loss", "units"]
settings = { corpus = "brackets", hidden_size = 6, sequence_length = 9 }
[pages.todo]
say = "Add a rival."
deed = "add a rival"

[[pages]]
heading = "Units"
text = "They are numbers."
[pages.todo]
say = "Which one is the best?"
best_unit = "bracket depth"
show_me = { train = 1 }

[[pages]]
heading = "A race"
text = "Two at once."
[[pages.rivals]]
name = "small"
settings = { hidden_size = 3 }
[[pages.rivals]]
name = "large"
settings = { hidden_size = 4 }
[pages.todo]
say = "Train the large one."
quantity = "steps"
above = 4.5
run = "large"
show_me = { train = 5 }
"""
HEADINGS = ["Steps", "Guessing", "Bold", "Only read", "A rival", "Units", "A race"]


@pytest.fixture(autouse=True)
def less_to_watch(monkeypatch) -> None:
    monkeypatch.setattr(watch, "_SECONDS_TO_WATCH", 1.0)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    return path


@pytest.fixture
def driver_of_own(new_driver, own):
    return new_driver(lesson=str(own))


def bar(driver):
    return driver.window.lesson_bar


def press(driver, name: str) -> None:
    driver.child(QPushButton, f"lesson_{name}").click()


def words(driver, name: str) -> str:
    return driver.child(QLabel, f"lesson_{name}").text().replace("\N{NO-BREAK SPACE}", " ")


def ticks(driver, count: int = len(HEADINGS)) -> list[bool]:
    buttons = [driver.child(QPushButton, f"lesson_page_{n + 1}") for n in range(count)]
    return [button.text() == "\N{CHECK MARK}" for button in buttons]


def until_ticked(driver, page: int) -> None:
    driver.qtbot.waitUntil(lambda: ticks(driver)[page - 1])


def go_to(driver, page: int) -> None:
    driver.child(QPushButton, f"lesson_page_{page}").click()
    driver.qtbot.waitUntil(lambda: words(driver, "heading") == HEADINGS[page - 1])


def shown(driver) -> set[str]:
    return {name for name, dock in driver.window.docks.items() if not dock.isHidden()}


def choose(driver, name: str) -> None:
    driver.child(QAction, f"lesson_{name}").trigger()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_lesson_begins_in_one_click_with_its_first_page(driver, lesson):
    choose(driver, lesson.name)
    page = lesson.pages[0]
    configuration = page.runs[0].configuration()
    driver.until(lambda snapshot: snapshot.configuration == configuration)
    assert bar(driver).isVisible()
    assert words(driver, "title") == lesson.title
    assert words(driver, "heading") == page.heading
    assert shown(driver) == {f"{name}_panel" for name in page.panels}


def test_a_lesson_of_ones_own_is_begun_by_its_file(driver_of_own):
    driver = driver_of_own
    assert driver.controller.snapshot.configuration.hidden_size == 5
    assert driver.controller.snapshot.state is RunState.IDLE
    assert words(driver, "heading") == "Steps"
    assert words(driver, "text") == (
        "Look at the <b>Loss</b> of h<sub>2</sub>, h<sub>t−1</sub> and text_file."
    )
    assert shown(driver) == {"loss_panel", "hidden_panel"}
    assert driver.child(QAction, "lesson_mine").text() == f"{len(LESSONS) + 1}.  Mine"


def test_a_folder_of_lessons_is_offered_below_the_programs_own(new_driver, own):
    (own.parent / "bad.toml").write_text("title = 3")
    (own.parent / "later.toml").write_text(OWN.replace("order = 1", "order = 2"))
    driver = new_driver(lesson=str(own.parent))
    assert words(driver, "heading") == "Steps"
    assert driver.child(QAction, "lesson_later").text() == f"{len(LESSONS) + 2}.  Mine"
    assert "bad.toml: " in driver.window.messages.text


def test_a_lesson_that_cannot_be_used_is_told_and_a_run_begins(new_driver, own):
    own.write_text(OWN.replace("hidden_size = 5", "hidden_size = 0"))
    driver = new_driver(lesson=str(own))
    assert "mine.toml: pages[1].settings.hidden_size" in driver.window.messages.text
    assert driver.controller.snapshot.configuration == Configuration()
    assert bar(driver).isHidden()


def test_what_is_brought_about_is_ticked_and_how_it_stands_is_told(driver_of_own):
    driver = driver_of_own
    driver.qtbot.waitUntil(lambda: words(driver, "state") == "steps 0, wanted > 6.5")
    assert words(driver, "mark") == "\N{WHITE CIRCLE}"
    driver.take_steps(6)
    assert not any(ticks(driver))
    driver.take_steps(1)
    until_ticked(driver, 1)
    assert words(driver, "mark") == "\N{CHECK MARK}"
    assert words(driver, "state") == "steps 7, wanted > 6.5"


def test_next_is_always_possible_and_what_was_not_done_stays_unticked(driver_of_own):
    driver = driver_of_own
    for number in range(1, len(HEADINGS)):
        press(driver, "next")
        driver.qtbot.waitUntil(lambda number=number: words(driver, "heading") == HEADINGS[number])
    assert ticks(driver) == [False, False, False, True, False, False, False]
    assert driver.child(QPushButton, "lesson_next").text() == "Finish"
    press(driver, "next")
    assert bar(driver).isHidden()


def test_show_me_does_what_a_page_asks_for_and_stops_at_its_claim(driver_of_own):
    driver = driver_of_own
    press(driver, "show_me")
    assert driver.child(QPushButton, "lesson_show_me").text() == "Stop"
    driver.until(lambda snapshot: snapshot.step == 12 and snapshot.state is RunState.FINISHED)
    until_ticked(driver, 1)
    button = driver.child(QPushButton, "lesson_show_me")
    driver.qtbot.waitUntil(lambda: button.text() == "Show me")
    assert words(driver, "findings") == "✓ step 12: steps 12 (> 11)"


def test_what_was_pointed_out_is_let_go_on_the_next_page(new_driver, own):
    claim = 'quantity = "steps"\nstep = 12\nabove = 11'
    assert claim in OWN
    own.write_text(OWN.replace(claim, 'quantity = "loss"\nstep = 12\nbelow = 9'))
    driver = new_driver(lesson=str(own))
    press(driver, "show_me")
    driver.qtbot.waitUntil(lambda: driver.controller.leader.points_out)
    press(driver, "next")
    assert not driver.controller.leader.points_out


def test_show_me_stops_where_it_is_done_and_no_claim_is_left_to_be_seen(driver_of_own):
    driver = driver_of_own
    press(driver, "show_me")
    until_ticked(driver, 1)
    driver.until(lambda snapshot: snapshot.step >= 12)
    driver.controller.lessons._memory.forget_lessons()
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.window.messages.clear()
    # The claim is ahead again: it is seen, though the six steps are done before.
    press(driver, "show_me")
    driver.until(lambda snapshot: snapshot.step == 12)


def test_stop_leaves_it_where_it_is(driver_of_own, monkeypatch):
    driver = driver_of_own
    monkeypatch.setattr(watch, "_SECONDS_TO_WATCH", 12.0)
    press(driver, "show_me")
    driver.until(lambda snapshot: snapshot.state is RunState.RUNNING)
    press(driver, "show_me")
    snapshot = driver.until_state(RunState.PAUSED)
    assert snapshot.step < 12
    assert driver.child(QPushButton, "lesson_show_me").text() == "Show me"


def test_a_page_that_asks_for_a_number_takes_it_and_gives_no_hint_before(driver_of_own):
    driver = driver_of_own
    go_to(driver, 2)
    assert words(driver, "findings") == "", "the claim would tell what is asked for"
    answer = driver.child(QLineEdit, "lesson_answer")
    driver.until(lambda snapshot: Goal("guess_loss") in snapshot.goals)
    driver.qtbot.keyClicks(answer, "4")
    driver.qtbot.keyClick(answer, Qt.Key.Key_Return)
    assert words(driver, "state").startswith("Not yet.")
    assert not ticks(driver)[1]
    answer.clear()
    driver.qtbot.keyClicks(answer, "3.43")
    driver.qtbot.keyClick(answer, Qt.Key.Key_Return)
    assert words(driver, "state") == "Right. The program measures 3.43."
    assert ticks(driver)[1]
    assert words(driver, "findings") == "○ step 12: loss of the simplest guess > 3"


def test_show_me_writes_the_answer(driver_of_own):
    driver = driver_of_own
    go_to(driver, 2)
    press(driver, "show_me")
    until_ticked(driver, 2)
    assert driver.child(QLineEdit, "lesson_answer").text() == "3.43"
    # It trains to the page's claim before, for that is to be seen as well.
    assert driver.controller.snapshot.step == 12


def test_a_setting_that_is_chosen_is_ticked(driver_of_own):
    driver = driver_of_own
    go_to(driver, 3)
    driver.controller.live.change("temperature", 1.2)
    driver.until(lambda snapshot: snapshot.configuration.temperature == 1.2)
    assert not ticks(driver)[2]
    driver.controller.live.change("temperature", 1.7)
    until_ticked(driver, 3)


def test_show_me_changes_a_setting(driver_of_own):
    driver = driver_of_own
    go_to(driver, 3)
    press(driver, "show_me")
    until_ticked(driver, 3)
    assert driver.controller.snapshot.configuration.temperature == 2


def test_a_page_to_read_has_nothing_to_show_and_is_ticked_once_it_is_read(driver_of_own):
    driver = driver_of_own
    go_to(driver, 4)
    assert not driver.child(QPushButton, "lesson_show_me").isVisible()
    assert not driver.child(QLineEdit, "lesson_answer").isVisible()
    assert not ticks(driver)[3]
    press(driver, "next")
    assert ticks(driver)[3]


@pytest.mark.parametrize("by_show_me", [False, True])
def test_a_rival_that_the_person_adds_is_ticked_and_no_other(driver_of_own, by_show_me):
    driver = driver_of_own
    go_to(driver, 5)
    driver.until(lambda snapshot: snapshot.configuration.corpus == "brackets")
    assert not ticks(driver)[4]
    if by_show_me:
        press(driver, "show_me")
    else:
        driver.trigger("action_add_rival")
    until_ticked(driver, 5)
    assert len(driver.controller.runs) == 2
    go_to(driver, 7)
    assert len(driver.controller.runs) == 2
    assert not ticks(driver)[6]


def test_the_unit_that_is_named_is_judged_by_the_panel_of_units(driver_of_own):
    driver = driver_of_own
    go_to(driver, 6)
    press(driver, "show_me")
    until_ticked(driver, 6)
    assert words(driver, "state").startswith("Right. Unit ")


def test_rivals_of_a_page_race_and_the_one_that_is_named_has_to_come_there(driver_of_own):
    driver = driver_of_own
    go_to(driver, 7)
    runs = driver.controller.runs
    driver.qtbot.waitUntil(lambda: [run.title for run in runs] == ["small", "large"])
    press(driver, "show_me")
    until_ticked(driver, 7)
    driver.qtbot.waitUntil(lambda: runs.numbered(2).snapshot.step == 5)
    driver.qtbot.waitUntil(lambda: not runs.trains)


def test_the_run_goes_on_from_page_to_page_and_another_begins_where_the_file_says(driver_of_own):
    driver = driver_of_own
    driver.take_steps(2)
    run = driver.controller.snapshot.run_id
    for page in (2, 3, 4, 1):
        go_to(driver, page)
    driver.qtbot.wait(200)
    assert driver.controller.snapshot.run_id == run
    driver.until_new_run(lambda: go_to(driver, 5))
    assert driver.window.messages.text == "", "a lesson's own run can be had again"
    driver.until_new_run(lambda: press(driver, "back"))
    assert driver.controller.snapshot.configuration.hidden_size == 5


def test_panels_that_a_page_does_not_name_stay_as_the_person_has_them(driver_of_own):
    driver = driver_of_own
    driver.window.docks["text_panel"].show()
    go_to(driver, 2)
    assert shown(driver) == {"loss_panel", "hidden_panel", "text_panel"}
    go_to(driver, 5)
    assert shown(driver) == {"loss_panel", "units_panel"}


def test_what_was_done_is_remembered_and_the_lesson_goes_on_where_its_network_begins(
    new_driver, own
):
    driver = new_driver(lesson=str(own))
    driver.take_steps(7)
    until_ticked(driver, 1)
    go_to(driver, 4)
    press(driver, "next")
    driver.controller.close_now()
    again = new_driver(lesson=str(own))
    assert ticks(again) == [True, False, False, True, False, False, False]
    assert words(again, "heading") == "Steps", "Guessing is about a network that was trained there"
    menu = again.window.toolbar.lessons_menu
    menu.aboutToShow.emit()
    assert again.child(QAction, "lesson_mine").text().endswith("\t2 of 7")
    again.child(QAction, "lessons_forget").trigger()
    assert not any(ticks(again))
    menu.aboutToShow.emit()
    assert "\t" not in again.child(QAction, "lesson_mine").text()


def test_ticks_are_kept_by_heading_whatever_place_a_page_has(own_settings):
    memory = WindowSettings()
    for heading in ("One, two", "Three", "One, two"):
        memory.note_page_done("mine", heading)
    assert WindowSettings().pages_done("mine") == {"One, two", "Three"}
    assert WindowSettings().pages_done("other") == set()
    memory.forget_lessons()
    assert WindowSettings().pages_done("mine") == set()


def test_a_run_that_would_be_lost_is_asked_about_before_a_lesson_begins(driver):
    driver.take_steps(1)
    run = driver.controller.snapshot.run_id
    choose(driver, LESSONS[0].name)
    assert "ends this run" in driver.until_message("saved")
    assert bar(driver).isHidden()
    driver.child(QPushButton, "message_accept").click()
    driver.until(lambda snapshot: snapshot.run_id != run)
    assert bar(driver).isVisible()


def test_a_run_that_was_saved_and_went_on_is_asked_about_before_a_page_ends_it(
    driver_of_own, tmp_path
):
    driver = driver_of_own
    driver.controller.save(tmp_path / "kept.rnnviz")
    driver.until_message("Saved")
    driver.take_steps(1)
    driver.child(QPushButton, "lesson_page_5").click()
    driver.until_message("ends this run")
    assert words(driver, "heading") == "Steps"
    assert driver.child(QPushButton, "lesson_page_1").isChecked()
    driver.until_new_run(driver.child(QPushButton, "message_accept").click)
    assert words(driver, "heading") == "A rival"


def test_a_lesson_and_an_experiment_are_never_open_at_once(driver_of_own):
    driver = driver_of_own
    card = driver.window.experiment_card
    driver.until_new_run(lambda: driver.child(QAction, "experiment_explodes").trigger())
    assert card.isVisible()
    assert bar(driver).isHidden()
    driver.until_new_run(lambda: choose(driver, LESSONS[0].name))
    assert bar(driver).isVisible()
    assert card.isHidden()


def test_closing_the_lesson_keeps_the_run_and_measures_nothing_more(driver_of_own):
    driver = driver_of_own
    run = driver.controller.snapshot.run_id
    bar(driver)._close.click()
    assert bar(driver).isHidden()
    driver.take_steps(8)
    assert driver.controller.snapshot.run_id == run
    assert driver.controller.snapshot.goals == {}
    choose(driver, "mine")
    driver.child(QPushButton, "message_accept").click()
    assert not any(ticks(driver))


def test_space_leads_to_the_next_claim_of_a_lesson(driver_of_own):
    driver = driver_of_own
    driver.window.setFocus()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    driver.until(lambda snapshot: snapshot.state is RunState.FINISHED and snapshot.step == 12)


def test_in_a_presentation_the_arrows_turn_the_pages(driver_of_own):
    driver = driver_of_own
    driver.trigger("action_present")
    driver.settle()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Right)
    assert words(driver, "heading") == "Guessing"
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Left)
    assert words(driver, "heading") == "Steps"
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Left)
    assert words(driver, "heading") == "Steps"
    driver.trigger("action_present")
    driver.settle()
    assert driver.child(QPushButton, "lesson_back").isVisible()


def test_whoever_comes_to_a_page_past_its_training_is_told_where_that_is(driver_of_own):
    driver = driver_of_own
    go_to(driver, 5)
    driver.until(lambda snapshot: snapshot.configuration.corpus == "brackets")
    go_to(driver, 3)
    assert words(driver, "state") == "This network is trained from page 1 on."


def test_space_leads_to_the_claims_of_the_page_alone(new_driver, own):
    early = '[[pages.claims]]\nquantity = "loss"\nstep = 3\nabove = 0\n'
    page = 'text = "What does guessing cost?"\n'
    assert page in OWN
    own.write_text(OWN.replace(page, page + early))
    driver = new_driver(lesson=str(own))
    driver.window.setFocus()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    driver.until(lambda snapshot: snapshot.state is RunState.FINISHED)
    assert driver.controller.snapshot.step == 12, "3 is a step of another page"
