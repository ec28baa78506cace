"""A led experiment trains to each claim so that it can be watched, stops and points it out."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.widgets.emphasis import Emphasis
from rnnviz.training.claims import watch
from rnnviz.training.experiments import load_experiments
from rnnviz.training.snapshot import RunState

EXPERIMENTS, _ = load_experiments(None)
WITH_CLAIMS = [e.name for e in EXPERIMENTS if any(v.claims for v in e.variants)]


def press_space(driver) -> None:
    driver.window.setFocus()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)


def lead_button(driver) -> QPushButton:
    return driver.child(QPushButton, "experiment_lead")


@pytest.fixture(autouse=True)
def less_to_watch(monkeypatch) -> None:
    monkeypatch.setattr(watch, "_SECONDS_TO_WATCH", 2.0)


@pytest.fixture
def saturated(new_driver):
    return new_driver(experiment="saturated")


def words(panel) -> str:
    return panel._emphasis.words


def until_words(driver, panel: str, *lines: str) -> None:
    """Wait until a panel has drawn what was found: it is told of it in the next frame."""

    def are_there() -> bool:
        found = words(driver.controller.panels[panel]).splitlines()
        return len(found) >= len(lines) and all(map(str.startswith, found, lines))

    driver.qtbot.waitUntil(are_there)


def test_space_goes_to_the_claim_at_a_speed_that_can_be_followed_and_stops_there(saturated):
    driver = saturated
    assert lead_button(driver).text() == "Go to step 100"
    press_space(driver)
    driver.until(lambda s: s.state is RunState.RUNNING and s.step > 3)
    session = driver.session
    assert session._speed.steps_per_second == pytest.approx(100 / 2)
    driver.until_state(RunState.FINISHED)
    assert driver.controller.snapshot.step == 100
    panels = driver.controller.panels
    assert words(panels["spectrum_panel"]).startswith("✓ ρ(W)")
    assert words(panels["saturation_panel"]).startswith("✓ saturated")
    assert words(panels["gradient_panel"]).startswith("✓ relative gradient 20 steps back")
    assert panels["loss_panel"]._emphasis.steps_back
    assert not lead_button(driver).isVisible(), "no claim is left"
    press_space(driver)
    driver.until(lambda s: s.state is RunState.RUNNING and s.step > 100)
    assert not any(mark.isVisible() for mark in driver.window.findChildren(Emphasis))
    assert session._speed.steps_per_second is None, "from there it goes on freely"


def test_train_goes_on_freely_past_the_claim(saturated):
    saturated.trigger("action_train")
    saturated.until(lambda s: s.step > 150)
    assert not saturated.controller.leader.points_out
    assert not lead_button(saturated).isVisible()


def test_space_pauses_on_the_way_and_goes_on_to_the_same_claim(saturated):
    press_space(saturated)
    saturated.until(lambda s: s.step > 2)
    press_space(saturated)
    paused = saturated.until_state(RunState.PAUSED)
    assert 0 < paused.step < 100
    assert lead_button(saturated).text() == "Go to step 100"
    lead_button(saturated).click()
    saturated.until(lambda s: s.step > paused.step)
    session = saturated.session
    assert session._speed.steps_per_second == pytest.approx(100 / 2), "no slower than before"
    assert session._finish_at == 100


def test_the_speed_slider_takes_over_on_the_way_and_it_stops_all_the_same(saturated):
    press_space(saturated)
    saturated.until(lambda s: s.state is RunState.RUNNING)
    slider = saturated.window.toolbar.speed
    slider.setValue(slider.maximum() - 1)
    slider.setValue(slider.maximum())
    assert saturated.until_state(RunState.FINISHED).step == 100


def test_without_its_sentences_nobody_is_led(saturated):
    saturated.window.experiment_card._close.click()
    press_space(saturated)
    saturated.until(lambda s: s.step > 150)


def test_settings_that_the_claims_are_not_about_lead_nowhere(saturated):
    saturated.controller.live.change("learning_rate", 0.05)
    saturated.until(lambda s: s.claims.invalidated)
    assert not lead_button(saturated).isVisible()


def test_the_text_that_is_claimed_of_is_the_one_that_is_shown(new_driver):
    driver = new_driver(experiment="writes")
    press_space(driver)
    driver.until_state(RunState.FINISHED)
    panel = driver.controller.panels["text_panel"]
    assert driver.controller.snapshot.step == 10
    driver.qtbot.waitUntil(lambda: panel._chosen == 10, timeout=40_000)
    assert words(panel).startswith("✓ known words")
    driver.trigger("action_step")
    driver.until(lambda s: s.step == 11)
    assert panel._chosen is None
    assert not panel._emphasis.isVisible()


@pytest.mark.parametrize("name", WITH_CLAIMS)
def test_every_quantity_that_is_claimed_can_be_seen_in_a_panel_that_is_shown(new_driver, name):
    driver = new_driver(experiment=name)
    experiment = next(e for e in EXPERIMENTS if e.name == name)
    seen = {q for p in experiment.panels for q in driver.controller.panels[f"{p}_panel"].quantities}
    assert {claim.quantity for v in experiment.variants for claim in v.claims} <= seen


def test_the_marks_stand_where_the_findings_can_be_seen(saturated):
    press_space(saturated)
    saturated.until_state(RunState.FINISHED)
    front, _ = saturated.controller.rivals_view.shown_runs()
    findings = saturated.controller.snapshot.claims.findings
    found = {one.claim.quantity: Found(front, one) for one in findings}
    panels = saturated.controller.panels
    x, y = panels["spectrum_panel"].place_in_plot(found["spectral_radius"])
    assert np.hypot(x, y) == pytest.approx(found["spectral_radius"].finding.measured, rel=1e-4)
    x, y = panels["gradient_panel"].place_in_plot(found["gradient_ratio"])
    assert (x, y) == (24 - 20, pytest.approx(found["gradient_ratio"].finding.measured, rel=1e-4))
    for quantity, name in (("saturated_share", "saturation"), ("spectral_radius", "spectrum")):
        panel = panels[f"{name}_panel"]
        place = panel.place_of(found[quantity])
        assert panel.view.mapping.rect.contains(place)


def test_in_a_presentation_the_panel_of_the_finding_takes_the_stage(saturated):
    saturated.trigger("action_present")
    press_space(saturated)
    saturated.until_state(RunState.FINISHED)
    presentation = saturated.controller.shown.presentation
    assert presentation.on_stage[:2] == ["spectrum_panel", "saturation_panel"]


def test_in_a_presentation_that_begins_once_something_is_found_its_panel_takes_the_stage(saturated):
    press_space(saturated)
    saturated.until_state(RunState.FINISHED)
    saturated.qtbot.waitUntil(lambda: saturated.controller.leader.points_out)
    saturated.trigger("action_present")
    presentation = saturated.controller.shown.presentation
    assert presentation.on_stage[:2] == ["spectrum_panel", "saturation_panel"]
    presentation.bring("loss_panel")
    assert presentation.on_stage[0] == "loss_panel", "the person decides"


# -- several runs ---------------------------------------------------------------------------------

RACE = """
title = "Marks"
order = 1
do = "Press Space."
see = "Two losses."
why = "They learn."
panels = ["loss", "saturation", "gradient"]
seeds_of_five = 5
[settings]
hidden_size = 6
sequence_length = 8
[[variants]]
name = "soon"
settings = { learning_rate = 0.02 }
claims = [{ quantity = "loss", step = 3, above = 0 }, { quantity = "loss", step = 9, above = 9 }]
[[variants]]
name = "later"
settings = { learning_rate = 0.01 }
claims = [
    { quantity = "saturated_share", step = 6, below = 2 },
    { quantity = "loss", step = 9, above = 0 },
]
"""


@pytest.fixture
def race(new_driver, tmp_path):
    path = tmp_path / "marks.toml"
    path.write_text(RACE)
    return new_driver(experiment=str(path))


def lead_to(driver, step: int) -> None:
    button = lead_button(driver)
    driver.qtbot.waitUntil(lambda: button.isVisible() and button.text() == f"Go to step {step}")
    press_space(driver)
    leader, runs = driver.controller.leader, driver.controller.runs
    driver.qtbot.waitUntil(
        lambda: (
            leader.points_out
            and [run.snapshot and run.snapshot.step for run in runs] == [step] * len(runs)
        )
    )


def test_each_finding_is_marked_under_the_name_of_its_run_once_all_have_stopped(race):
    panels, runs = race.controller.panels, race.controller.runs
    lead_to(race, 3)
    until_words(race, "loss_panel", "✓ soon: loss")
    assert runs.front.title == "soon"
    lead_to(race, 6)
    # Of this one something was found here, and it is put in front.
    race.qtbot.waitUntil(lambda: runs.front.title == "later")
    until_words(race, "saturation_panel", "✓ saturated")
    race.qtbot.waitUntil(lambda: panels["loss_panel"]._emphasis.steps_back)
    lead_to(race, 9)
    until_words(race, "loss_panel", "✓ later: loss", "✗ soon: loss")
    assert runs.front.title == "later", "something was found of it here as well"


def test_whoever_is_put_in_front_stays_there_with_what_was_found(race):
    runs = race.controller.runs
    lead_to(race, 3)
    race.controller.rivals.put_in_front(runs.called("later"))
    assert runs.front.title == "later"
    until_words(race, "loss_panel", "✓ soon: loss")


def test_a_panel_that_stands_behind_comes_forward_with_its_finding(race):
    window = race.window
    loss, gradient = window.docks["loss_panel"], window.docks["gradient_panel"]
    window.panel_area.tabifyDockWidget(loss, gradient)
    gradient.raise_()
    race.settle()
    assert not window.is_seen(loss)
    lead_to(race, 3)
    race.qtbot.waitUntil(lambda: window.is_seen(loss))
    until_words(race, "loss_panel", "✓ soon: loss")


def test_in_the_past_nothing_is_pointed_out_that_was_found_now(saturated):
    press_space(saturated)
    saturated.until_state(RunState.FINISHED)
    until_words(saturated, "spectrum_panel", "✓ ρ(W)")
    saturated.window.timeline.asked.emit(20, True)
    saturated.until(lambda s: s.timeline.seen == s.timeline.wanted == 20)
    marks = saturated.window.findChildren(Emphasis)
    saturated.qtbot.waitUntil(lambda: not any(mark.isVisible() for mark in marks))
