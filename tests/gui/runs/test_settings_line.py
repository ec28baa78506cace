"""Settings copied as a line, and pasted, in the real window."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication


def do(driver, name, copied=None):
    if copied is not None:
        QGuiApplication.clipboard().setText(copied)
    driver.window.actions_by_name[f"action_{name}_settings"].trigger()
    return driver.window.messages.text


def test_what_is_copied_is_a_line_that_the_command_line_takes(trained):
    assert do(trained, "copy").startswith("Copied: corpus=hello ")
    line = QGuiApplication.clipboard().text()
    assert "hidden_size=" in line
    assert "\n" not in line
    assert do(trained, "paste") == "These settings are in force already."


def test_what_is_pasted_begins_a_run_with_it(driver):
    do(driver, "paste", "cell=lstm hidden_size=5")
    driver.qtbot.waitUntil(lambda: driver.controller.snapshot.configuration.cell == "lstm")
    assert driver.controller.snapshot.hidden_size == 5


def test_a_live_setting_acts_at_once_and_no_run_is_lost(trained):
    run_id = trained.controller.snapshot.run_id
    assert do(trained, "paste", "temperature=1.5") == "Pasted: Temperature."
    trained.qtbot.waitUntil(lambda: trained.controller.snapshot.configuration.temperature == 1.5)
    assert trained.controller.snapshot.run_id == run_id


def test_before_a_run_is_lost_it_is_asked(trained):
    assert "What was pasted ends this run" in do(trained, "paste", "cell=gru")
    assert trained.controller.snapshot.configuration.cell != "gru"


def test_what_is_no_line_changes_nothing_and_says_why(driver):
    before = driver.controller.snapshot.configuration
    said = do(driver, "paste", "Once upon a time")
    assert said == 'Nothing was pasted. "Once" is no setting with its value, such as cell=lstm.'
    assert "Copy a line of settings first" in do(driver, "paste", " ")
    assert "Hidden units: 0 is not" in do(driver, "paste", "hidden_size=0 cell=lstm")
    assert driver.controller.snapshot.configuration == before
