"""The credit matrix in the real window: what it shows, says and marks."""

import csv
import io
import warnings
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton

from rnnviz.core.cells import CELLS
from rnnviz.diagnostics.credit import CreditMatrix
from rnnviz.gui.plotting import PlotView, TokenStrip
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.kinds.diagnostic import Measurements
from rnnviz.training.snapshot import RunState, Snapshot

SMALL = {"hidden_size": 12, "sequence_length": 8}


def show_panel(driver, **changes):
    """Show the panel of a small network that has done one step; return it and the snapshot."""
    # Alone, so that each of many rows has a pixel to point at.
    driver.window.arrange(["credit_panel"])
    driver.restart(**(SMALL | changes))
    driver.trigger("action_step")
    snapshot = driver.until(lambda s: s.window.step == 1 and CREDIT in s.window.measured)
    panel = driver.controller.panels["credit_panel"]
    driver.qtbot.waitUntil(lambda: panel._shown[:1] == (snapshot.get(CREDIT),))
    return panel, snapshot


def with_norms(snapshot: Snapshot, norms: np.ndarray, **changes: object) -> Snapshot:
    """Return a snapshot of one layer with other norms (n, n), and other things besides."""
    matrix = CreditMatrix({"h": np.tril(norms)[None]}, 0)
    size = len(norms)
    window = replace(
        snapshot.window,
        tokens=tuple("abcdefgh"[:size]),
        targets=tuple("bcdefghi"[:size]),
        measured=Measurements({CREDIT: matrix}),
    )
    return replace(snapshot, window=window, **changes)


def point_at(panel, row: float, column: float) -> str:
    """Move the pointer to a cell; return what hovering says."""
    mapping = panel.view.mapping
    place = QPoint(round(mapping.x.place(column)), round(mapping.y.place(row)))
    panel.view._hover.follow(place.toPointF())
    return panel.view.hover_text


def strip_of(panel) -> TokenStrip:
    return panel.findChild(TokenStrip, "credit_text")


@pytest.mark.parametrize("cell", CELLS)
def test_it_shows_the_triangle_of_the_last_layers_hidden_state(driver, cell):
    panel, snapshot = show_panel(driver, cell=cell, num_layers=2, batch_size=2)
    shown, norms = panel._heat_map.values, snapshot.get(CREDIT).norms["h"][1]
    assert np.array_equal(np.nan_to_num(shown), norms)
    assert np.isnan(shown[np.triu_indices(8, 1)]).all()
    assert (shown[np.tril_indices(8)] > 0).all()
    driver.window.docks["gradient_panel"].show()
    snapshot = driver.until(lambda s: GRADIENT_FLOW in s.window.measured)
    flow = snapshot.get(GRADIENT_FLOW).from_last["h"][1]
    assert np.allclose(shown[-1], flow, rtol=1e-4)
    assert panel.view._frame.note("bottom_left") == "stream 1 of 2"


def test_another_layer_and_the_cell_state_are_a_click_away(driver):
    panel, snapshot = show_panel(driver, cell="lstm", num_layers=2)
    driver.child(QPushButton, "credit_panel_layer_1_pill").click()
    driver.child(QPushButton, "credit_panel_state_c_pill").click()
    norms = snapshot.get(CREDIT).norms["c"][0]
    assert np.array_equal(np.nan_to_num(panel._heat_map.values), norms)
    assert panel.subtitle == "cell state c, layer 1"
    assert panel.csv().splitlines()[0].endswith('"gradient norm, cell state c, layer 1"')


def test_rows_are_the_characters_to_predict_and_columns_those_read(driver):
    panel, snapshot = show_panel(driver)
    driver.window.toggle_expanded("credit_panel")
    driver.qtbot.waitUntil(lambda: panel.view.height() > 400)
    frame, window = panel.view._frame, snapshot.window
    assert frame.characters.characters == list(window.tokens)
    written = [word.text for word in frame._y_words.words]
    assert "".join(written) == "".join(window.targets).replace(" ", "␣").replace("\n", "↵")


def test_pointing_at_a_row_names_the_strongest_first_beside_its_own(driver):
    panel, snapshot = show_panel(driver)
    norms = np.full((5, 5), 1e-3)
    norms[3, :4] = [0.5, 1e-14, 4.0, 2.0]
    panel.show_snapshot(with_norms(snapshot, norms))
    said = point_at(panel, 3, 1).splitlines()
    assert said[0] == "error in predicting “e” at position 5"
    assert said[1] == "here, “b” 2 steps back: <10⁻¹²"
    assert said[2] == "1. “c” 1 step back: 4.00, 200\N{NO-BREAK SPACE}%"
    assert said[3] == "2. “d” just read: 2.00"
    assert said[4] == "3. “a” 3 steps back: 0.500, 25\N{NO-BREAK SPACE}%"


def test_pointing_at_a_row_marks_the_earlier_characters_in_the_text(driver):
    panel, snapshot = show_panel(driver)
    norms = np.full((5, 5), 1e-3)
    norms[3, :4] = [1e-30, 1e-6, 10.0, 1e-1]
    panel.show_snapshot(with_norms(snapshot, norms))
    point_at(panel, 3, 0)
    strip = strip_of(panel)
    assert strip.text == "abcdef"
    assert strip.outlined == 4
    assert strip.strengths == pytest.approx([0, 0, 1, 5 / 7, 0, 0])
    panel.view._hover.leave()
    assert strip.outlined == 5, "while training rests the last row is marked"


def test_a_pointer_that_rests_where_a_shorter_window_has_nothing_is_told_nothing(driver):
    panel, snapshot = show_panel(driver)
    panel.show_snapshot(with_norms(snapshot, np.full((5, 5), 1e-3)))
    assert point_at(panel, 1, 4)
    panel.show_snapshot(with_norms(snapshot, np.full((2, 2), 1e-3)))
    # The axes may not have followed yet: the pointer still means the fifth character.
    assert panel._words_at(4.0, 1.0) is None
    assert panel._words_at(1.0, 1.0)


def test_while_training_runs_the_text_is_touched_only_under_the_pointer(driver):
    panel, snapshot = show_panel(driver)
    norms, strip = np.full((5, 5), 1e-3), strip_of(panel)
    panel.show_snapshot(with_norms(snapshot, norms, state=RunState.RUNNING))
    assert strip.outlined is None
    assert strip.text == "Point at a row: it is marked in the text here."
    point_at(panel, 2, 0)
    assert strip.outlined == 3
    norms[2, 0] = 10.0
    panel.show_snapshot(with_norms(snapshot, norms, state=RunState.RUNNING))
    assert strip.strengths[0] == 1.0
    assert "1. “a” 2 steps back: 10.0" in panel.view.hover_text


def test_what_is_read_later_gets_no_credit_and_is_said_so(driver):
    panel, snapshot = show_panel(driver)
    panel.show_snapshot(with_norms(snapshot, np.ones((5, 5))))
    assert "“e” was read later: no credit" in point_at(panel, 1, 4)


def test_arrow_keys_move_from_row_to_row(driver):
    panel, snapshot = show_panel(driver)
    panel.show_snapshot(with_norms(snapshot, np.ones((5, 5))))
    point_at(panel, 2, 2)
    driver.qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert strip_of(panel).outlined == 4
    for _ in range(9):
        driver.qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    assert strip_of(panel).outlined == 1
    for _ in range(9):
        driver.qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert strip_of(panel).outlined == 5


def test_of_a_long_window_it_says_which_part_it_shows(driver):
    panel, snapshot = show_panel(driver, sequence_length=150)
    assert panel.view._frame.note("top_left") == "the last 128 of 150 characters"
    assert panel._position(0) == "23"
    said = point_at(panel, 100, 100)
    assert "at position 124" in said
    rows = list(csv.reader(io.StringIO(panel.csv())))[1:]
    assert (rows[0][0], rows[-1][0]) == ("23", "150")
    assert len(rows) == 128 * 129 // 2
    text = "".join(snapshot.window.tokens)
    assert rows[0][3] == text[22]
    assert rows[-1][1] == snapshot.window.targets[-1]


def test_where_tokens_are_words_it_speaks_of_words(driver):
    panel, _ = show_panel(driver, level="word", sequence_length=150)
    assert panel.view._frame.note("top_left") == "the last 128 of 150 words"
    assert "character" not in panel.subtitle
    assert panel.view._frame.characters.are_words
    driver.window.toggle_expanded("credit_panel")
    driver.qtbot.waitUntil(lambda: panel.view.height() > 300)
    point_at(panel, 5, 5)
    assert strip_of(panel).outlined == 6


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 1e300])
def test_numbers_that_cannot_be_drawn_do_no_harm(driver, value):
    panel, snapshot = show_panel(driver)
    norms = np.full((5, 5), value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for state in (RunState.FAILED, RunState.RUNNING):
            panel.show_snapshot(with_norms(snapshot, norms, state=state))
            said = point_at(panel, 4, 1)
    assert said.startswith("error in predicting “f”")
    assert all(0 <= strength <= 1 for strength in strip_of(panel).strengths)
    assert len(panel.csv().splitlines()) == 16


def test_one_step_and_one_unit_are_enough(driver):
    panel, _ = show_panel(driver, sequence_length=1, hidden_size=1)
    assert panel._heat_map.values.shape == (1, 1)
    assert "just read" in point_at(panel, 0, 0)


def test_the_plot_and_the_text_are_both_exported(driver, tmp_path):
    panel, _ = show_panel(driver)
    assert isinstance(panel.plot_view, PlotView)
    assert panel.exports.save_svg(tmp_path / "panel.svg")
    drawn = (tmp_path / "panel.svg").read_text(encoding="utf-8")
    assert "error at" in drawn
    strip_of(panel).show_message("a sentence in the strip")
    assert panel.exports.save_svg(tmp_path / "panel.svg")
    assert "a sentence in the strip" in (tmp_path / "panel.svg").read_text(encoding="utf-8")


def test_the_table_of_a_stretch_that_is_looked_at_has_its_cells_alone(driver):
    panel, _ = show_panel(driver)
    panel.view.hold_x(1.5, 3.5)
    panel.view.mapping.y.hold(4.5, 6.5)
    rows = list(csv.DictReader(io.StringIO(panel.csv())))
    cells = [(row["error at position"], row["credited position"]) for row in rows]
    assert cells == [("6", "3"), ("6", "4"), ("7", "3"), ("7", "4")]
    panel.view.follow()
    assert len(list(csv.DictReader(io.StringIO(panel.csv())))) == 36
