"""The panel of update ratios in the real window."""

import re

import numpy as np
import pytest
from PySide6.QtGui import QAction

from rnnviz.core.cells import CELLS
from rnnviz.training.observation.diagnostics.updates import UPDATES

SMALL = {"hidden_size": 12, "sequence_length": 8}


@pytest.fixture
def panel(driver):
    driver.window.docks["updates_panel"].show()
    return driver.controller.panels["updates_panel"]


def vary(driver, **changes):
    driver.restart(**(SMALL | changes))


def shown(panel):
    return {curve.label: curve for curve in panel._curves.values() if len(curve.x)}


def test_before_the_first_step_it_says_what_will_come(driver, panel):
    driver.qtbot.waitUntil(lambda: "Training adds" in panel.view._empty_message)
    driver.take_steps(1)
    driver.qtbot.waitUntil(lambda: not panel.view._empty_message)


@pytest.mark.parametrize(
    ("cell", "biases"),
    [("vanilla", {"b2", "c"}), ("lstm", {"b2", "c"}), ("gru", {"b2", "d2", "c"})],
)
def test_each_matrix_has_a_curve_and_each_bias_on_demand(driver, panel, cell, biases):
    vary(driver, cell=cell, num_layers=2)
    snapshot = driver.take_steps(3)
    driver.qtbot.waitUntil(lambda: "V" in shown(panel) and shown(panel)["V"].x[-1] == 3)
    series = snapshot.series[UPDATES]
    assert set(shown(panel)) == {"U2", "W2", "V"}
    driver.child(QAction, "updates_biases").trigger()
    curves = shown(panel)
    assert set(curves) == {"U2", "W2", "V"} | biases
    for name, curve in curves.items():
        expected = series.values[:, series.labels.index(name)]
        assert np.array_equal(curve.y, expected, equal_nan=True)
    looks = {(curve.role, curve._style, curve._width) for curve in curves.values()}
    assert len(looks) == len(curves)
    driver.child(QAction, "updates_panel_layer_1").trigger()
    assert {"U1", "W1", "V"} <= set(shown(panel))
    assert panel.subtitle == "layer 1"
    assert "update ratio of W1" in panel.csv().splitlines()[0]


def test_it_is_said_what_every_letter_of_every_cell_is(panel):
    assert "the biases b and c, and the d of a GRU." in panel.explanation
    assert not set("[]") & set(panel.explanation)
    for cell in CELLS.values():
        for parameter in cell.parameters:
            assert re.search(rf"\b{parameter.letter}\b", panel.explanation), parameter


def test_a_band_and_a_line_say_what_is_usual(driver, panel):
    driver.take_steps(2)
    driver.qtbot.waitUntil(lambda: len(panel._band.x) == 2)
    assert panel._band.low.tolist() == [1e-4, 1e-4]
    assert panel._band.high.tolist() == [1e-2, 1e-2]
    assert panel._usual.shown
    mapping = panel.view.mapping
    assert mapping.y.contains(1e-4)
    assert mapping.y.contains(1e-2)


def test_the_names_of_the_curves_do_not_overlap(driver, panel):
    vary(driver, cell="gru", num_layers=2)
    driver.window.toggle_expanded("updates_panel")
    driver.child(QAction, "updates_biases").trigger()
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 300)
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: len(shown(panel)) == 6)
    panel.view.settle_labels()
    panel.view.place_labels()
    # A name that finds no room beside its curve is left out; which do depends on the curves.
    rects = panel.view.label_rects
    assert len(rects) > 1
    for number, rect in enumerate(rects):
        assert not any(rect.intersects(other) for other in rects[:number])


def test_a_new_run_begins_with_no_curve_of_the_one_before(driver, panel):
    driver.take_steps(3)
    driver.qtbot.waitUntil(lambda: bool(shown(panel)))
    vary(driver, cell="lstm")
    driver.qtbot.waitUntil(lambda: not shown(panel))
