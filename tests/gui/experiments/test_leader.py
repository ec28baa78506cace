"""A led experiment trains to each claim so that it can be watched, stops and points it out."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

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
    assert words(panel).startswith("✓ known words")
    assert panel._chosen == 10
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
    found = {f.claim.quantity: f for f in saturated.controller.snapshot.claims.findings}
    panels = saturated.controller.panels
    x, y = panels["spectrum_panel"].place_in_plot(found["spectral_radius"])
    assert np.hypot(x, y) == pytest.approx(found["spectral_radius"].measured, rel=1e-4)
    x, y = panels["gradient_panel"].place_in_plot(found["gradient_ratio"])
    assert (x, y) == (24 - 20, pytest.approx(found["gradient_ratio"].measured, rel=1e-4))
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
