"""Experiments: chosen in the menu or named at the start, begun, explained, and asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton

from rnnviz.data import DataError
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import load_experiments
from rnnviz.training.snapshot import RunState

EXPERIMENTS, _ = load_experiments(None)

OWN = """
title = "My own"
order = 1
do = "Do it."
see = "See it."
why = "For a reason."
panels = ["loss", "spectrum"]
[settings]
hidden_size = 7
"""


def shown(driver) -> set[str]:
    return {name for name, dock in driver.window.docks.items() if not dock.isHidden()}


def choose(driver, name: str) -> None:
    driver.child(QAction, f"experiment_{name}").trigger()


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_every_experiment_begins_in_one_click_with_its_panels_and_sentences(driver, experiment):
    run = driver.controller.snapshot.run_id
    choose(driver, experiment.name)
    card = driver.window.experiment_card
    assert card.isVisible()
    for part in ("do", "see", "why"):
        assert driver.child(QLabel, f"experiment_{part}").text() == getattr(experiment, part)
    first = experiment.variants[0]
    if first.settings or first.claims:
        snapshot = driver.until(lambda snapshot: snapshot.run_id != run)
        assert snapshot.configuration == first.configuration()
        driver.trigger("action_step")
        driver.until(lambda snapshot: snapshot.step == 1)
    else:
        driver.qtbot.wait(200)
        assert driver.controller.snapshot.run_id == run, "this one is not about the run"
    assert shown(driver) == {f"{name}_panel" for name in experiment.panels}


def test_another_run_of_an_experiment_is_a_button_away(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    before = shown(driver)
    button = driver.child(QPushButton, "experiment_run_3")
    snapshot = driver.until_new_run(button.click)
    assert snapshot.configuration.clip_mode == "norm"
    assert button.isChecked()
    assert shown(driver) == before


def test_a_run_that_would_be_lost_is_asked_about_first(driver):
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    run = driver.controller.snapshot.run_id
    choose(driver, "saturated")
    assert "ends this run" in driver.until_message("saved")
    assert driver.controller.snapshot.run_id == run
    assert driver.window.experiment_card.isHidden()
    driver.child(QPushButton, "message_accept").click()
    driver.until(lambda snapshot: snapshot.run_id != run)
    assert driver.window.experiment_card.isVisible()


def test_the_runs_of_an_experiment_follow_each_other_without_a_question_before_a_step(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.until_new_run(driver.child(QPushButton, "experiment_run_2").click)
    assert driver.window.messages.text == ""


def test_an_experiment_follows_another_without_a_question_before_a_step(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.until_new_run(lambda: choose(driver, "saturated"))
    assert driver.window.messages.text == ""


def test_a_closed_card_comes_back_and_its_run_goes_on(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.until_new_run(driver.child(QPushButton, "experiment_run_2").click)
    driver.trigger("action_step")
    snapshot = driver.until(lambda snapshot: snapshot.step == 1)
    driver.window.experiment_card._close.click()
    choose(driver, "explodes")
    assert driver.window.experiment_card.isVisible()
    assert driver.child(QPushButton, "experiment_run_2").isChecked()
    assert "loss > 10" in findings(driver)
    driver.qtbot.wait(200)
    assert driver.controller.snapshot.run_id == snapshot.run_id
    choose(driver, "explodes")
    driver.until_new_run(driver.child(QPushButton, "message_accept").click)
    assert driver.child(QPushButton, "experiment_run_all").isChecked(), "open, it begins anew"


def test_a_run_goes_on_while_the_wall_is_looked_at(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    snapshot = driver.until_new_run(driver.child(QPushButton, "experiment_run_2").click)
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    panels = shown(driver)
    choose(driver, "wall")
    assert shown(driver) == {"wall_panel"}
    choose(driver, "explodes")
    driver.qtbot.wait(200)
    assert driver.controller.snapshot.run_id == snapshot.run_id
    assert driver.child(QPushButton, "experiment_run_2").isChecked()
    assert shown(driver) == panels
    assert "loss > 10" in findings(driver)


def test_an_experiment_that_could_not_begin_is_begun_when_it_is_chosen_again(driver, monkeypatch):
    assert driver.session  # which this patches
    before = driver.until_new_run(lambda: choose(driver, "saturated"))
    with monkeypatch.context() as patch:
        patch.setattr("rnnviz.training.loading.load_dataset", refused)
        choose(driver, "explodes")
        driver.until_message("no such text")
    assert driver.controller.snapshot.run_id == before.run_id
    driver.window.experiment_card._close.click()
    driver.until_new_run(lambda: choose(driver, "explodes"))


def refused(*_: object) -> None:
    raise DataError("There is no such text.")


def test_a_run_that_was_changed_is_asked_about_and_stays_marked(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.controller.live.change("learning_rate", 0.002)
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    driver.child(QPushButton, "experiment_run_2").click()
    driver.until_message("ends these runs")
    driver.child(QPushButton, "message_refuse").click()
    assert driver.child(QPushButton, "experiment_run_all").isChecked()
    assert driver.controller.snapshot.configuration.clip_mode == "none"


def findings(driver) -> str:
    return driver.child(QLabel, "experiment_findings").text().replace("\N{NO-BREAK SPACE}", " ")


def test_the_card_says_of_each_claim_whether_this_run_bears_it_out(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.qtbot.waitUntil(
        lambda: "○ step 1: relative gradient 40 steps back > 50" in findings(driver)
    )
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: "✓ step 1: relative gradient" in findings(driver))
    assert "○ step 2,000: largest norm > 10,000" in findings(driver)
    assert "step 2,000" in driver.child(QLabel, "experiment_findings").accessibleName()


def test_the_card_shows_the_claims_of_the_run_that_was_chosen(driver):
    driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.until_new_run(driver.child(QPushButton, "experiment_run_3").click)
    driver.qtbot.waitUntil(lambda: findings(driver) == "○ step 1,000: loss < 2.7")


def test_a_changed_setting_ends_the_measuring_on_the_card(driver):
    driver.until_new_run(lambda: choose(driver, "saturated"))
    driver.controller.live.change("learning_rate", 0.002)
    driver.qtbot.waitUntil(lambda: findings(driver).startswith("\N{EN DASH} step 100"))


def test_a_card_about_no_run_has_no_claims_to_show(driver):
    choose(driver, "wall")
    driver.qtbot.wait(100)
    assert driver.window.findChild(QLabel, "experiment_findings") is None


def test_the_next_stop_comes_back_with_the_sentences(driver):
    driver.until_new_run(lambda: choose(driver, "saturated"))
    lead = driver.child(QPushButton, "experiment_lead")
    driver.qtbot.waitUntil(lead.isVisible)
    driver.window.experiment_card._close.click()
    choose(driver, "saturated")
    assert lead.isVisible()
    assert lead.text() == "Go to step 100"


def test_closing_the_sentences_keeps_the_run(driver):
    snapshot = driver.until_new_run(lambda: choose(driver, "explodes"))
    driver.window.experiment_card._close.click()
    assert driver.window.experiment_card.isHidden()
    assert driver.controller.snapshot.run_id == snapshot.run_id


def test_an_experiment_of_ones_own_is_begun_by_its_file(new_driver, tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    driver = new_driver(experiment=str(path))
    assert driver.controller.snapshot.configuration.hidden_size == 7
    assert driver.controller.snapshot.state is RunState.IDLE
    assert driver.window.experiment_card.isVisible()


def test_an_experiment_that_cannot_be_used_is_told_and_a_run_begins(new_driver, tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace("hidden_size = 7", "hidden_size = 0"))
    driver = new_driver(experiment=str(path))
    assert "mine.toml: settings.hidden_size" in driver.window.messages.text
    assert driver.controller.snapshot.configuration.hidden_size == 100


def test_an_experiment_about_no_run_is_begun_beside_the_default_one(new_driver):
    driver = new_driver(experiment="wall")
    assert driver.controller.snapshot.configuration == Configuration()
    assert driver.window.experiment_card.isVisible()
    assert shown(driver) == {"wall_panel"}


def test_files_that_cannot_be_used_are_named_at_the_start(new_driver, tmp_path: Path, monkeypatch):
    (tmp_path / "bad.toml").write_text("title = 3")
    found = load_experiments(None, tmp_path)
    monkeypatch.setattr("rnnviz.gui.experiments.guide.load_experiments", lambda panels: found)
    assert "bad.toml" in new_driver().window.messages.text


def test_a_question_about_a_run_that_is_gone_is_asked_no_more(driver):
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    choose(driver, "holds")
    assert "ends this run" in driver.window.messages.text
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.qtbot.waitUntil(lambda: "ends this run" not in driver.window.messages.text)
