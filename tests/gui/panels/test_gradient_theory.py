"""Theory over the gradient flow, through the real window."""

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from rnnviz.diagnostics.theory import GradientTheory
from rnnviz.gui.wording.bounds import bound_words
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.theory import THEORY

SMALL = {"hidden_size": 12, "sequence_length": 8}


@pytest.fixture
def panel(driver):
    driver.child(QPushButton, "gradient_theory").click()
    driver.until(lambda snapshot: THEORY in snapshot.window.measured)
    return driver.controller.panels["gradient_panel"]


def vary(driver, **changes):
    return driver.restart(**(SMALL | changes))


def note(panel) -> str:
    return panel.view._frame.note("top_left")


def grey(panel) -> list:
    return [curve for curve in panel._grey if len(curve.x)]


def test_theory_is_measured_only_while_it_is_switched_on_and_seen(driver):
    panel = driver.controller.panels["gradient_panel"]
    assert THEORY not in driver.take_steps().window.measured
    assert grey(panel) == []
    driver.child(QPushButton, "gradient_theory").click()
    driver.until(lambda snapshot: THEORY in snapshot.window.measured)
    driver.qtbot.waitUntil(lambda: len(grey(panel)) == 3)
    driver.window.docks["gradient_panel"].hide()
    assert panel.watches == {GRADIENT_FLOW, THEORY}
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 2 and THEORY not in snapshot.window.measured)
    driver.window.docks["gradient_panel"].show()
    driver.until(lambda snapshot: THEORY in snapshot.window.measured)
    driver.child(QPushButton, "gradient_theory").click()
    assert grey(panel) == []
    assert note(panel) == ""
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 3 and THEORY not in snapshot.window.measured)


def test_three_grey_lines_stand_over_the_measured_one_of_the_same_window(driver, panel):
    vary(driver)
    snapshot = driver.take_steps()
    theory, sizes = snapshot.get(THEORY), snapshot.get(GRADIENT_FLOW).from_last["h"][0]
    expected = (theory.linear_reference, theory.proved_bound, theory.norm_product)
    for first in (sizes[-1], 1.0):
        # Relative to one and the same size, a bound stays a bound.
        assert np.array_equal(panel._from_last["h"].y, sizes / first)
        drawn = [curve.y for curve in panel._grey]
        assert all(np.array_equal(y, v / first) for y, v in zip(drawn, expected, strict=True))
        assert all((panel._from_last["h"].y <= y * (1 + 1e-5)).all() for y in drawn[1:])
        driver.child(QPushButton, "gradient_flow_absolute").click()
    assert {curve.role for curve in panel._grey} == {"faint"}
    assert len({curve.key for curve in panel._grey}) == 3, "told apart by more than words"
    assert panel.view._frame.characters.characters == list(snapshot.window.tokens)
    header = panel.csv().splitlines()[0]
    for name in ("linear reference", "proved bound", "product of norms"):
        assert name in header


@pytest.mark.parametrize(("gain", "words"), [(0.5, "must vanish"), (2.0, "only grows, no proof")])
def test_it_says_what_the_proved_bound_is_worth_with_the_number(driver, panel, gain, words):
    vary(driver, initialization="orthogonal", initialization_gain=gain)
    driver.qtbot.waitUntil(lambda: words in note(panel))
    assert f"γσ = {gain:.2f}" in note(panel)


def test_an_orthogonal_matrix_in_single_precision_neither_grows_nor_must_vanish(driver, panel):
    # Its largest singular value is 1 but for a few units in the last digit of float32.
    vary(driver, initialization="orthogonal", initialization_gain=1.0)
    driver.qtbot.waitUntil(lambda: "γσ = 1" in note(panel))
    assert note(panel) == "γσ = 1: the bound neither grows nor falls"


@pytest.mark.parametrize(
    ("gain", "number", "verdict"),
    [
        (0.9, "0.90 < 1", "must vanish"),
        (0.999, "0.99900 < 1", "must vanish"),
        (1 - 2e-6, "1", "neither grows nor falls"),
        (1.0, "1", "neither grows nor falls"),
        (1 + 2e-6, "1", "neither grows nor falls"),
        (1.001, "1.00100 > 1", "no proof"),
        (3.0, "3.00 > 1", "no proof"),
        (1891663.221, "1,891,663 > 1", "no proof"),
    ],
)
def test_the_words_never_contradict_the_number_beside_them(gain, number, verdict):
    words = bound_words(GradientTheory(np.ones(1), np.ones(1), np.ones(1), gain, gain))
    assert words.startswith(f"γσ = {number}: ")
    assert words.endswith(verdict)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_of_a_cell_with_gates_the_product_alone_is_shown_and_why(driver, panel, cell):
    vary(driver, cell=cell)
    theory = driver.take_steps().get(THEORY)
    (curve,) = grey(panel)
    assert np.array_equal(curve.y, theory.norm_product / theory.norm_product[-1])
    assert "no single W" in note(panel)
    if cell == "lstm":
        driver.child(QPushButton, "gradient_panel_state_h_pill").click()
        assert grey(panel) == []
        assert "hidden state h" in note(panel)


def test_below_the_last_layer_no_theory_is_shown(driver, panel):
    vary(driver, num_layers=2)
    flow = driver.take_steps().get(GRADIENT_FLOW)
    assert len(grey(panel)) == 3
    driver.child(QPushButton, "gradient_panel_layer_1_pill").click()
    assert grey(panel) == []
    assert "last layer, 2" in note(panel)
    sizes = flow.from_last["h"][0]
    assert np.array_equal(panel._from_last["h"].y, sizes / sizes[-1])


def test_a_network_that_is_too_large_is_told_so(driver, panel):
    vary(driver, hidden_size=520, sequence_length=2)
    driver.qtbot.waitUntil(lambda: "too large" in note(panel))
    assert grey(panel) == []


def test_an_exploding_bound_does_not_press_the_measured_curve_flat(driver, panel):
    vary(driver, initialization="orthogonal", initialization_gain=5.0, sequence_length=60)
    measured, scale = panel._from_last["h"].y, panel.view.mapping.y.range
    assert panel._proved.y.max() > 1e10 * measured.max()
    assert scale.high <= np.log10(measured.max()) + 4


def test_one_step_and_one_unit_and_training_at_full_speed(driver, panel):
    vary(driver, hidden_size=1, sequence_length=1)
    driver.take_steps()
    assert all(len(curve.x) == 1 for curve in grey(panel))
    vary(driver, cell="lstm", num_layers=2)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 100)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.window.step == snapshot.step)


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({}, "singular value of W", "no single W"),
        ({"cell": "lstm"}, "no single W", "singular value of W"),
        ({"cell": "gru"}, "update gate", "cell state"),
        ({"corpus": "adding"}, "blue triangles", "forget gate"),
    ],
    ids=lambda value: str(value),
)
def test_the_gradient_is_explained_by_what_is_seen_of_it(driver, panel, changes, said, unsaid):
    vary(driver, **(changes | {"sequence_length": 25}))
    driver.qtbot.waitUntil(lambda: said in panel.explanation)
    assert unsaid not in panel.explanation
    assert "Dash-dotted" in panel.explanation
    reads_characters = driver.controller.snapshot.configuration.token == "character"
    assert "character" not in panel.explanation or reads_characters
    driver.child(QPushButton, "gradient_theory").click()
    driver.qtbot.waitUntil(lambda: "Dash-dotted" not in panel.explanation)
    assert "Theory" in panel.explanation, "it must be found by who does not know of it"
