"""The saturation panel in the real window, for every cell."""

import numpy as np
import pytest
from PySide6.QtGui import QAction

from rnnviz.diagnostics.saturation import dead_label, series_label
from rnnviz.gui.panels.saturation_panel import percent
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.snapshot import RunState

SMALL = {"hidden_size": 12, "sequence_length": 8, "batch_size": 3}


@pytest.fixture
def panel(driver):
    driver.window.docks["saturation_panel"].show()
    driver.until(lambda snapshot: SATURATION in snapshot.window.measured)
    return driver.controller.panels["saturation_panel"]


def vary(driver, **changes):
    driver.restart(**(SMALL | changes))


def choose(driver, what):
    driver.child(QAction, f"saturation_panel_{what}").trigger()


def is_drawn(panel, snapshot):
    return lambda: panel._latest is not None and panel._latest.step == snapshot.step


@pytest.mark.parametrize(
    ("cell", "names"),
    [("vanilla", ["h"]), ("lstm", ["h", *"ifgo", "tanh(c)"]), ("gru", ["h", *"rzn"])],
)
def test_every_quantity_of_every_layer_is_a_click_away(driver, panel, cell, names):
    vary(driver, cell=cell, num_layers=2)
    snapshot = driver.take_steps(2)
    driver.qtbot.waitUntil(is_drawn(panel, snapshot))
    quantities = snapshot.get(SATURATION).quantities
    assert list(quantities) == names
    for layer in range(2):
        choose(driver, f"layer_{layer + 1}")
        for name in names:
            if len(names) > 1:
                choose(driver, f"state_{name}")
            distribution = quantities[name]
            assert np.array_equal(panel._histogram.heights, distribution.shares[layer])
            high = percent(float(distribution.high[layer]))
            assert panel._saturated.label == f"{high} beyond 0.95"
            assert panel._saturated.value == 0.95
            if distribution.low is None:
                assert panel._shut.value is None
            else:
                low = percent(float(distribution.low[layer]))
                assert panel._shut.label == f"{low} below 0.05"
            assert f"layer {layer + 1}" in panel.subtitle


def test_the_series_has_a_curve_for_the_state_and_for_every_gate(driver, panel, tmp_path):
    vary(driver, cell="lstm", num_layers=2)
    choose(driver, "state_f")
    driver.child(QAction, "saturation_series").trigger()
    snapshot = driver.take_steps(3)
    driver.qtbot.waitUntil(is_drawn(panel, snapshot))
    series = snapshot.series[SATURATION]
    assert series.steps[-1] == 3
    curves = [*panel._each, panel._part, panel._chosen]
    shown = {curve.label: curve.y for curve in curves if len(curve.x)}
    assert set(shown) == {"h", "i", "f", "g", "o", "tanh(c)", "f below 0.05"}
    assert panel._chosen.label == "f"

    def column(label):
        return series.values[:, series.labels.index(label)]

    low = column(series_label("f", 1, "low"))
    assert np.array_equal(shown["f"], low + column(series_label("f", 1, "high")))
    assert np.array_equal(shown["f below 0.05"], low)
    assert np.array_equal(shown["h"], column(series_label("h", 1, "high")))
    assert "share of f, layer 2" in panel.csv().splitlines()[0]
    assert panel.exports.save_svg(tmp_path / "series.svg")
    drawing = (tmp_path / "series.svg").read_text()
    assert "training step" in drawing
    assert "share beyond 0.95, or below 0.05" in drawing
    driver.child(QAction, "saturation_series").trigger()
    assert "share of the values, from" in panel.csv().splitlines()[0]


def test_of_relu_dead_units_are_counted(driver, panel):
    vary(driver, activation="relu", sequence_length=2, batch_size=1)
    snapshot = driver.take_steps(2)
    driver.qtbot.waitUntil(is_drawn(panel, snapshot))
    dead = int(snapshot.get(SATURATION).dead[0])
    hidden = snapshot.get(HIDDEN_STATE)["h"][0]
    assert dead == int((hidden == 0).all(axis=0).sum()) > 0
    assert panel.view._frame.note("top_left").startswith(f"{dead} of 12 units dead, ")
    assert panel._saturated.value is None
    driver.child(QAction, "saturation_series").trigger()
    series = snapshot.series[SATURATION]
    assert panel._chosen.label == "dead units"
    assert np.array_equal(panel._chosen.y, series.values[:, series.labels.index(dead_label(0))])
    assert panel._chosen.y[-1] == dead / 12


def test_hovering_tells_a_bars_share(driver, panel):
    driver.take_steps(1)
    heights = panel._histogram.heights
    words = panel._bar_words(0.51, 0.0)
    assert words.startswith("|h| from 0.500 to 0.525\n")
    assert words.endswith(f"{percent(float(heights[20]))} of 2,500 values")
    assert panel._bar_words(1.2, 0.0) is None


def test_changing_the_network_while_the_panel_trains_leaves_no_trace(driver, panel):
    driver.trigger("action_train")
    for changes in (
        {"cell": "lstm", "num_layers": 4},
        {"activation": "relu", "num_layers": 1},
        {"cell": "gru", "hidden_size": 1, "sequence_length": 1, "batch_size": 1},
        {"cell": "vanilla"},
    ):
        vary(driver, **changes)
        driver.trigger("action_train")
        driver.until(lambda snapshot: snapshot.step > 5 or snapshot.state is RunState.FAILED)
        driver.child(QAction, "saturation_series").trigger()
    assert panel._histogram.heights.size == 40


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0%"), (1e-5, "<0.1%"), (0.031, "3.1%"), (0.125, "12%"), (0.9971, "99.7%"),
     (0.99999, ">99.9%"), (1.0, "100%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_none_or_all(share, words):
    assert percent(share) == words.replace("%", "\N{NO-BREAK SPACE}%")
