"""The race in a real window: one rule for all, and how they stand."""

import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from rnnviz.runs.race import RaceRule
from rnnviz.training.commands import SetSpeed, Train


@pytest.fixture
def racing(driver):
    """A window with a small vanilla RNN, an LSTM and a GRU."""
    driver.until_new_run(lambda: driver.controller.run_control.restart(hidden_size=8))
    driver.trigger("action_add_cells")
    driver.qtbot.waitUntil(lambda: all(run.snapshot is not None for run in driver.controller.runs))
    return driver


def test_nobody_runs_away_from_the_slowest(racing):
    runs = list(racing.controller.runs)
    runs[1].post(SetSpeed(50))
    racing.trigger("action_train")
    racing.qtbot.waitUntil(lambda: runs[1].snapshot.step > 20)
    # What is read first is older: the slow one can only have come further meanwhile.
    others = max(runs[0].snapshot.step, runs[2].snapshot.step)
    slowest = racing.controller.race._table.progress(1, RaceRule.STEPS)
    assert others <= slowest + 4


def test_it_is_said_who_leads_and_by_which_rule(racing):
    for run in racing.controller.runs:
        run.post(Train(60))
    result = racing.child(QLabel, "race_result")
    racing.qtbot.waitUntil(lambda: result.text().startswith("At step 60 "))
    assert " leads “" in result.text()
    assert " in loss, since step " in result.text()
    rule = racing.child(QComboBox, "race_rule")
    assert rule.currentText() == "equal steps"
    rule.setCurrentIndex(rule.findData(RaceRule.TOKENS))
    assert racing.controller.race.rule is RaceRule.TOKENS
    racing.trigger("action_step")
    racing.qtbot.waitUntil(lambda: result.text().startswith("At token 1,525 "))


def test_losses_of_different_texts_are_not_compared(racing):
    racing.controller.run_control.restart(corpus="brackets")
    result = racing.child(QLabel, "race_result")
    racing.qtbot.waitUntil(
        lambda: result.text().startswith("These runs learn from different texts")
    )


def test_who_cannot_begin_holds_nobody_back(racing, tmp_path):
    runs = list(racing.controller.runs)
    racing.controller.race.expect([runs[1]])
    racing.controller._release(runs[1])
    runs[0].post(Train(30))
    racing.qtbot.waitUntil(lambda: runs[0].snapshot.step == 30)


def test_the_last_one_waits_for_nobody(racing):
    runs = list(racing.controller.runs)
    for run in runs[1:]:
        racing.controller.rivals.remove(run)
    runs[0].post(Train(30))
    racing.until(lambda snapshot: snapshot.step == 30)
