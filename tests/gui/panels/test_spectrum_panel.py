"""The panel of eigenvalues, through the real window."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel, QPushButton

from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.snapshot import RunState

SMALL = {"hidden_size": 12, "sequence_length": 8}


@pytest.fixture
def panel(driver):
    driver.window.docks["spectrum_panel"].show()
    driver.until(lambda snapshot: SPECTRUM in snapshot.window.measured)
    return driver.controller.panels["spectrum_panel"]


def vary(driver, **changes):
    return driver.restart(**(SMALL | changes))


def drawn(points) -> np.ndarray:
    return points.x + 1j * points.y


def numbers(driver) -> str:
    return driver.child(QLabel, "spectrum_numbers").text()


def test_it_is_hidden_at_first_and_measured_only_while_it_is_seen(driver):
    assert driver.window.docks["spectrum_panel"].isHidden()
    driver.take_steps()
    snapshot = driver.controller.snapshot
    assert SPECTRUM not in snapshot.window.measured
    assert SPECTRUM not in snapshot.series


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_it_draws_both_spectra_of_the_chosen_layer_and_says_their_numbers(
    driver, panel, activation, num_layers
):
    vary(driver, activation=activation, num_layers=num_layers)
    spectrum = driver.take_steps().get(SPECTRUM)
    for layer in reversed(range(num_layers)):
        if num_layers > 1:
            driver.child(QPushButton, f"spectrum_panel_layer_{layer + 1}_pill").click()
            assert panel.subtitle == f"layer {layer + 1}"
        expected = spectrum.layers[layer]
        assert np.array_equal(drawn(panel._weights), expected.of_weights)
        assert np.array_equal(drawn(panel._jacobian), expected.of_jacobian)
        for value in (
            expected.radius_of_weights,
            expected.radius_of_jacobian,
            expected.largest_singular_values["h"],
        ):
            assert f"{value:.3f}" in numbers(driver)


@pytest.mark.parametrize(("cell", "gates", "states"), [("lstm", "oifg", 2), ("gru", "rzn", 1)])
def test_of_a_cell_with_gates_it_draws_the_jacobian_alone(driver, panel, cell, gates, states):
    vary(driver, cell=cell)
    (expected,) = driver.take_steps().get(SPECTRUM).layers
    assert len(panel._weights.x) == 0
    assert len(panel._jacobian.x) == states * 12
    for gate in gates:
        assert f"{gate} = {expected.largest_singular_values[gate]:.3f}" in numbers(driver)
    assert panel.chooser.isVisible()
    assert not panel.chooser.offers_states


def test_the_other_view_shows_both_radii_over_training(driver, panel):
    vary(driver)
    for _ in range(3):
        snapshot = driver.take_steps()
    driver.child(QPushButton, "spectrum_series").click()
    assert panel._series.isVisible()
    assert not panel.view.isVisible()
    series = snapshot.series[SPECTRUM]
    assert series.steps.tolist() == [0, 1, 2, 3]
    assert np.array_equal(panel._radius_of_weights.y, series.values[:, 0])
    assert np.array_equal(panel._radius_of_jacobian.y, series.values[:, 1])
    assert panel.csv().splitlines()[0] == "training step,ρ of W,ρ of the Jacobian,ρ = 1"
    vary(driver, cell="gru")
    snapshot = driver.take_steps()
    assert len(panel._radius_of_weights.x) == 0
    assert len(panel._radius_of_jacobian.x) == 2
    driver.child(QPushButton, "spectrum_series").click()
    assert panel.csv().startswith('"eigenvalue of the Jacobian, real part"')


def test_hovering_says_what_the_nearest_eigenvalue_does(driver, panel):
    vary(driver)
    driver.take_steps()
    value = drawn(panel._jacobian)[np.argmax(panel._jacobian.y)]
    scales = panel.view.mapping
    place = QPointF(scales.x.to_pixel(value.real), scales.y.to_pixel(value.imag))
    panel.view._hover.follow(place)
    assert panel.view.hover_text.startswith("eigenvalue of the Jacobian: ")
    assert "turns by" in panel.view.hover_text
    panel.view._hover.follow(QPointF(scales.rect.left() + 1, scales.rect.top() + 1))
    assert panel.view.hover_text.endswith(" here")
    panel.view._hover.leave()


def test_a_network_too_large_for_eigenvalues_is_told_so_in_words(driver, panel):
    vary(driver, hidden_size=513, sequence_length=2)
    driver.until(lambda snapshot: snapshot.get(SPECTRUM).is_too_large)
    assert "too large to watch" in panel.view._empty_message
    assert numbers(driver) == ""
    vary(driver)
    driver.qtbot.waitUntil(lambda: panel.view._empty_message == "")
    assert len(panel._weights.x) == 12


def test_weights_that_are_not_finite_are_told_of_and_nothing_breaks(driver, panel):
    vary(driver)
    driver.take_steps()
    network = driver.session.trainer.network
    network.parameters["W1"][...] = np.nan
    driver.window.docks["spectrum_panel"].hide()
    driver.until(lambda snapshot: snapshot.window is not None)
    driver.window.docks["spectrum_panel"].show()
    driver.qtbot.waitUntil(lambda: "no longer finite" in panel.view._empty_message)


def test_the_scales_stay_equal_when_the_panel_fills_the_window(driver, panel):
    vary(driver)
    driver.take_steps()
    rects = [panel._circle.rect]
    driver.window.toggle_expanded("spectrum_panel")
    driver.qtbot.waitUntil(lambda: panel.width() > 700)
    rects.append(panel._circle.rect)
    for rect in rects:
        assert rect.width() == pytest.approx(rect.height(), abs=0.01)
    assert rects[1].width() > rects[0].width()


def test_it_follows_training_and_the_theme(driver, panel):
    vary(driver)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 200)
    driver.trigger("action_theme")
    driver.trigger("action_train")
    snapshot = driver.until_state(RunState.PAUSED)
    driver.until(lambda snapshot: True)
    assert panel.theme.palette.backward in numbers(driver)
    steps = snapshot.series[SPECTRUM].steps
    assert len(steps) > 1
    assert np.all(np.diff(steps) > 0)
