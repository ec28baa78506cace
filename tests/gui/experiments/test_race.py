"""An experiment's runs race: they open as rivals, and are led to their claims together."""

import pytest
from PySide6.QtWidgets import QPushButton

from rnnviz.gui.wording.claims import HOLDS, PENDING
from rnnviz.training.claims import watch
from rnnviz.training.commands import Train
from rnnviz.training.snapshot import RunState

QUICK = """
title = "Ticks"
order = 1
do = "Press Space."
see = "Two losses."
why = "They learn."
panels = ["loss", "gradient"]
seeds_of_five = 5
[settings]
hidden_size = 6
sequence_length = 8
[[variants]]
name = "soon"
settings = { learning_rate = 0.02 }
claims = [{ quantity = "loss", step = 3, above = 0 }, { quantity = "loss", step = 40, above = 0 }]
[[variants]]
name = "later"
settings = { learning_rate = 0.01 }
claims = [{ quantity = "loss", step = 20, above = 0 }, { quantity = "loss", step = 40, above = 9 }]
"""


@pytest.fixture(autouse=True)
def less_to_watch(monkeypatch) -> None:
    monkeypatch.setattr(watch, "_SECONDS_TO_WATCH", 0.5)


@pytest.fixture
def racing(new_driver):
    """A window in which the runs of the experiment about clipping race."""
    driver = new_driver(experiment="clipping-saves")
    runs = driver.controller.runs
    driver.qtbot.waitUntil(lambda: all(run.snapshot is not None for run in runs))
    driver.until(lambda snapshot: snapshot.claims is not None)
    return driver


@pytest.fixture
def quick(new_driver, tmp_path):
    """A window in which two small runs race, with claims at different steps."""
    path = tmp_path / "ticks.toml"
    path.write_text(QUICK)
    return new_driver(experiment=str(path))


def variants(driver):
    experiments = driver.controller.guide.experiments
    return next(one for one in experiments if one.name == "clipping-saves").variants


def rows(driver) -> dict[str, str]:
    """Return what the card says of each run's claims, by its name."""
    grid = driver.window.experiment_card._findings._rows
    return {
        name.text(): claims.text().replace("\N{NO-BREAK SPACE}", " ")
        for _, name, claims in grid
        if name.isVisible()
    }


def until_all_stand_at(driver, step: int) -> None:
    def do() -> bool:
        snapshots = [run.snapshot for run in driver.controller.runs]
        return all(s and s.step == step and s.state is RunState.FINISHED for s in snapshots)

    driver.qtbot.waitUntil(do)


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
    expected = {variant.name: len(variant.claims) for variant in variants(racing)}
    racing.qtbot.waitUntil(
        lambda: {name: words.count(PENDING) for name, words in rows(racing).items()} == expected
    )


def test_what_was_claimed_of_a_run_that_is_gone_is_shown_of_no_other(new_driver):
    driver = new_driver(experiment="gates-remember")
    driver.qtbot.waitUntil(lambda: list(rows(driver)) == ["LSTM", "GRU", "vanilla"])
    driver.controller.rivals.remove(driver.controller.runs.called("GRU"))
    driver.qtbot.waitUntil(lambda: list(rows(driver)) == ["LSTM", "vanilla"])


def test_one_press_of_space_trains_all_of_them_to_the_next_claim_of_any(quick):
    lead = quick.child(QPushButton, "experiment_lead")
    for step, found in ((3, [1, 0]), (20, [1, 1]), (40, [2, 1])):
        quick.qtbot.waitUntil(lead.isVisible)
        assert lead.text() == f"Go to step {step}"
        quick.window.space_pressed.emit()
        until_all_stand_at(quick, step)
        quick.qtbot.waitUntil(
            lambda found=found: [words.count(HOLDS) for words in rows(quick).values()] == found
        )
    assert "✗ step 40: loss" in rows(quick)["later"]
    quick.qtbot.waitUntil(lambda: not lead.isVisible())


def test_who_has_not_begun_yet_is_led_as_well(quick):
    driver = quick
    driver.controller.guide._run_chosen(0)
    driver.qtbot.waitUntil(lambda: len(driver.controller.runs) == 1)
    driver.child(QPushButton, "experiment_run_all").click()
    # The other network is still to be made, and of the one before nothing may be asked.
    driver.window.space_pressed.emit()
    until_all_stand_at(driver, 3)
    assert len(driver.controller.runs) == 2


def test_a_rival_without_claims_goes_along(quick):
    quick.trigger("action_add_rival")
    runs = quick.controller.runs
    quick.qtbot.waitUntil(lambda: len(runs) == 3 and all(run.snapshot for run in runs))
    quick.window.space_pressed.emit()
    until_all_stand_at(quick, 3)


def test_who_is_past_a_claim_waits_there_for_the_others(quick):
    one, other = quick.controller.runs
    quick.qtbot.waitUntil(lambda: other.snapshot is not None)
    one.post(Train(25))
    quick.qtbot.waitUntil(lambda: one.snapshot.step == 25)
    quick.qtbot.waitUntil(lambda: one.snapshot.state is RunState.FINISHED)
    quick.window.space_pressed.emit()
    quick.qtbot.waitUntil(lambda: other.snapshot.step == 20)
    quick.qtbot.waitUntil(lambda: other.snapshot.state is RunState.FINISHED)
    assert one.snapshot.step == 25


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
