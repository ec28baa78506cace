"""An experiment's runs, all at once."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton


@pytest.fixture
def racing(new_driver):
    """A window in which the runs of the experiment about clipping race."""
    driver = new_driver(experiment="clipping-saves")
    driver.child(QPushButton, "experiment_run_all").click()
    runs = driver.controller.runs
    driver.qtbot.waitUntil(lambda: all(run.snapshot is not None for run in runs))
    driver.until(lambda snapshot: snapshot.claims is not None)
    return driver


def variants(driver):
    experiments = driver.controller.guide.experiments
    return next(one for one in experiments if one.name == "clipping-saves").variants


def test_all_runs_open_as_rivals_under_their_names(racing):
    runs = list(racing.controller.runs)
    racing.qtbot.waitUntil(
        lambda: (
            [run.snapshot.configuration for run in runs]
            == [variant.configuration() for variant in variants(racing)]
        )
    )
    assert list(racing.controller.runs.names.values()) == [one.name for one in variants(racing)]
    assert racing.controller.runs.front is runs[0]
    assert racing.child(QPushButton, "experiment_run_all").isChecked()


def test_the_card_shows_each_claim_for_each(racing):
    findings = racing.child(QLabel, "experiment_findings")
    expected = sum(len(variant.claims) for variant in variants(racing))
    racing.qtbot.waitUntil(lambda: findings.text().count("○") == expected)
    words = findings.text().replace("\N{NO-BREAK SPACE}", " ")
    assert all(f"○ {variant.name}, step" in words for variant in variants(racing))


def test_one_press_of_space_trains_all_of_them(racing):
    racing.window.space_pressed.emit()
    runs = list(racing.controller.runs)
    racing.qtbot.waitUntil(lambda: all(run.snapshot.step > 0 for run in runs))


def test_a_run_can_still_be_looked_at_alone(racing):
    racing.child(QPushButton, "experiment_run_2").click()
    racing.until(lambda snapshot: snapshot.configuration == variants(racing)[1].configuration())
    assert len(racing.controller.runs) == 1
    assert racing.controller.rivals_view.strip.isHidden()


def test_what_all_have_learned_is_asked_about(racing):
    racing.trigger("action_step")
    runs = list(racing.controller.runs)
    racing.qtbot.waitUntil(lambda: all(run.file.is_behind for run in runs))
    racing.child(QPushButton, "experiment_run_1").click()
    racing.until_message("ends these runs, and their training is not saved")
    assert len(racing.controller.runs) == 2


def test_a_run_that_begins_anew_is_called_after_its_settings(racing):
    runs = racing.controller.runs
    racing.controller.run_control.restart(hidden_size=9)
    racing.until(lambda snapshot: snapshot.hidden_size == 9)
    assert runs.names[runs.front] != variants(racing)[0].name
