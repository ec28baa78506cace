"""The ranking of units and the text that they colour, with real widgets."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QSpinBox, QToolTip

from rnnviz.gui.panels.units.panel import chance_words
from rnnviz.gui.panels.units.unit_list import UnitList
from rnnviz.gui.style.theme import ColorScheme
from rnnviz.gui.widgets.colored_text import ColoredText
from rnnviz.gui.wording.numbers import MINUS
from rnnviz.training.observation.diagnostics.units import UNITS


@pytest.fixture
def panel(driver):
    driver.window.docks["units_panel"].show()
    return shown(driver, hidden_size=30)


def shown(driver, **changes):
    snapshot = driver.restart(**changes)
    panel = driver.controller.panels["units_panel"]
    driver.qtbot.waitUntil(
        lambda: panel._run == snapshot.run_id and panel._view is not None, timeout=40_000
    )
    return panel


def reading_of(driver):
    return driver.controller.snapshot.get(UNITS).reading


def choose_feature(driver, name):
    box = driver.child(QComboBox, "units_feature")
    box.setCurrentIndex(box.findText(name))
    assert box.currentText() == name
    box.activated.emit(box.currentIndex())


def units_in(rows):
    return [int(row.split()[0]) for row in rows if "chance" not in row]


def test_the_list_ranks_the_units_by_the_chosen_feature(driver, panel):
    choose_feature(driver, "vowel")
    reading = reading_of(driver)
    r = reading.correlations["h"][0][:, reading.features.index("vowel")]
    rows = driver.child(UnitList, "units_list").rows
    best = sorted(range(30), key=lambda unit: -abs(r[unit]))[:20]
    assert units_in(rows)[:20] == [unit + 1 for unit in best]
    assert f"{abs(r[best[0]]):.2f}" in rows[0]
    assert driver.child(QSpinBox, "units_unit").value() == best[0] + 1


def test_the_line_of_chance_stands_below_what_is_beyond_it(driver, panel):
    units = driver.child(UnitList, "units_list")
    r = np.array([0.1, -0.9, 0.5, 0.3])
    units.show_ranking(np.argsort(-np.abs(r)), r, 0.4, 3)
    assert [("chance" in row) for row in units.rows] == [False, False, True, False, False]
    assert "0.40" in units.rows[2]
    assert units.currentRow() == 3
    units.show_ranking(np.argsort(-np.abs(r)), r, np.nan, 0)
    assert not any("chance" in row for row in units.rows)


def test_a_unit_far_down_the_ranking_is_listed_once_it_is_chosen(driver, panel):
    choose_feature(driver, "vowel")
    reading = reading_of(driver)
    r = reading.correlations["h"][0][:, reading.features.index("vowel")]
    worst = int(np.abs(r).argmin())
    driver.child(QSpinBox, "units_unit").setValue(worst + 1)
    units = driver.child(UnitList, "units_list")
    assert units_in(units.rows)[-1] == worst + 1
    assert units.currentRow() == units.count() - 1


def test_the_text_is_coloured_by_the_unit_and_underlined_where_the_feature_is_so(driver, panel):
    choose_feature(driver, "vowel")
    unit = driver.child(QSpinBox, "units_unit").value() - 1
    reading = reading_of(driver)
    text = driver.child(ColoredText, "units_text")
    assert text.toPlainText().replace("↵", "") == "".join(reading.tokens)
    values = reading.activations["h"][0, :, unit]
    cursor = QTextCursor(text.document())
    for end, token, value in zip(text._ends, reading.tokens, values, strict=True):
        # Of a line end the sign before it.
        cursor.setPosition(end - (token == "\n"))
        character_format = cursor.charFormat()
        if token.isalpha():
            assert character_format.fontUnderline() == (token in "aeiou")
        color = character_format.background().color()
        if value > 0.5 * np.abs(values).max():
            assert color.green() > color.red()
        elif value < -0.5 * np.abs(values).max():
            assert color.red() > color.green()


@pytest.mark.parametrize("how", ["click", "keys", "box"])
def test_a_unit_is_chosen_by_mouse_by_keys_and_by_number(driver, panel, how):
    choose_feature(driver, "vowel")
    units, box = driver.child(UnitList, "units_list"), driver.child(QSpinBox, "units_unit")
    best = driver.child(QPushButton, "units_best")
    assert best.isChecked()
    other = units_in(units.rows)[1]
    if how == "click":
        place = units.visualItemRect(units.item(1)).center()
        QTest.mouseClick(units.viewport(), Qt.MouseButton.LeftButton, pos=place)
    elif how == "keys":
        units.setFocus()
        QTest.keyClick(units, Qt.Key.Key_Down)
    else:
        box.setValue(other)
    assert box.value() == other
    assert units.currentItem().text().split()[0] == str(other)
    assert not best.isChecked()
    best.click()
    assert box.value() == units_in(units.rows)[0]


def test_a_chosen_unit_stays_while_training_goes_on(driver, panel):
    driver.child(QSpinBox, "units_unit").setValue(7)
    view = panel._view
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: panel._view is not view, timeout=40_000)
    assert driver.child(QSpinBox, "units_unit").value() == 7
    assert not driver.child(QPushButton, "units_best").isChecked()


@pytest.mark.parametrize("hidden_size", [7, 12, 23])
def test_the_best_unit_of_another_network_is_that_networks_own(driver, panel, hidden_size):
    best = driver.child(QPushButton, "units_best")
    assert best.isChecked()
    shown(driver, hidden_size=hidden_size)
    feature = driver.child(QComboBox, "units_feature").currentIndex()
    r = reading_of(driver).correlations["h"][0][:, feature]
    assert best.isChecked()
    assert driver.child(QSpinBox, "units_unit").value() == int(np.abs(r).argmax()) + 1


def test_space_trains_also_from_the_list_and_the_box(driver, panel):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    for kind, name in ((UnitList, "units_list"), (QSpinBox, "units_unit")):
        step = driver.controller.snapshot.step
        widget = driver.child(kind, name)
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_Space)
        driver.until(lambda snapshot, step=step: snapshot.step > step)
        QTest.keyClick(widget, Qt.Key.Key_Space)
        driver.until(lambda snapshot: snapshot.state.value == "paused")


def test_the_cell_state_of_another_layer_is_a_click_away(driver, panel):
    panel = shown(driver, cell="lstm", num_layers=2)
    driver.child(QPushButton, "units_panel_state_c_pill").click()
    driver.child(QPushButton, "units_panel_layer_1_pill").click()
    reading = reading_of(driver)
    table = panel.csv().splitlines()
    assert table[0] == "unit," + ",".join(reading.features)
    order = units_in(row.replace(",", " ") for row in table[1:-1])
    first = reading.correlations["c"][0]
    assert order == [int(unit) + 1 for unit in np.argsort(-np.abs(first[:, 0]), kind="stable")]
    assert [float(r) for r in table[1].split(",")[1:]] == list(first[order[0] - 1])
    assert table[-1].startswith("best by chance in 1 of 20 tries,")
    assert float(table[-1].split(",")[1]) == reading.chance["c"][0, 0]


def test_the_pointer_tells_the_activation(driver, panel, monkeypatch):
    text = driver.child(ColoredText, "units_text")
    said = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, words, widget: said.append(words))
    text.verticalScrollBar().setValue(0)
    cursor = QTextCursor(text.document())
    cursor.setPosition(1)
    edge = text.cursorRect(cursor).center()
    for piece, x in ((0, edge.x() - 3), (1, edge.x() + 3)):
        assert text.piece_at(QPoint(x, edge.y())) == piece
    assert text.piece_at(QPoint(edge.x(), 50_000)) == -1
    QTest.mouseMove(text.viewport(), QPoint(edge.x() + 3, edge.y()))
    panel._tell(1, QPoint())
    unit = driver.child(QSpinBox, "units_unit").value()
    value = reading_of(driver).activations["h"][0, 1, unit - 1]
    assert f"unit {unit}: {value:+.3f}".replace("-", MINUS) in said[-1]


def test_it_survives_another_run_another_theme_and_a_single_unit(driver, panel):
    driver.child(QSpinBox, "units_unit").setValue(30)
    panel = shown(driver, hidden_size=1, sequence_length=1, cell="lstm", num_layers=3)
    assert driver.child(QSpinBox, "units_unit").value() == 1
    driver.child(QPushButton, "units_panel_state_c_pill").click()
    panel = shown(driver, cell="gru", num_layers=1, level="word", hidden_size=5)
    for scheme in (ColorScheme.DARK, ColorScheme.LIGHT):
        driver.controller.theme.set_scheme(scheme)
    assert "words of" in panel.subtitle
    offered = driver.child(QComboBox, "units_feature")
    assert offered.findText("punctuation") >= 0
    assert offered.findText("vowel") < 0


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38, 1e-45, 0.0])
def test_a_unit_of_impossible_numbers_is_shown_without_a_word_of_complaint(driver, panel, value):
    reading = panel._view.reading
    strange = reading.activations["h"].copy()
    strange[..., ::2] = value
    strange[:, 0] = 0.5
    reading = replace(reading, activations={"h": strange})
    panel._view = replace(panel._view, reading=reading)
    with np.errstate(all="raise"):
        for unit in (1, 2):
            driver.child(QSpinBox, "units_unit").setValue(unit)
            panel._show()
            panel._tell(3, QPoint())
    text = driver.child(ColoredText, "units_text").toPlainText()
    assert text.replace("↵", "") == "".join(reading.tokens)


def test_a_hidden_panel_reads_nothing(driver):
    assert UNITS not in driver.controller.snapshot.window.measured
    driver.window.docks["units_panel"].show()
    driver.until(lambda snapshot: UNITS in snapshot.window.measured)
    driver.window.docks["units_panel"].hide()
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1 and UNITS not in snapshot.window.measured)


@pytest.mark.parametrize(
    ("of_feature", "level", "has_features", "said"),
    [
        ([0.5, -0.6, 0.1], 0.4, True, "best of 3 units reaches r = ±0.40 in 1 of 20 tries; 2 are"),
        ([0.5, -0.3], 0.4, True, "1 is beyond that here"),
        ([0.3], 0.4, True, "the only unit reaches r = ±0.40 in 1 of 20 tries; none is"),
        ([0.3], np.nan, True, "too short to say"),
        ([0.0], np.nan, False, "Nothing that has a name here varies"),
    ],
)
def test_what_chance_would_give_is_said_in_words(of_feature, level, has_features, said):
    assert said in chance_words(np.array(of_feature), level, has_features)


def test_colours_change_in_place_and_the_place_in_the_text_is_kept(qtbot):
    text = ColoredText("text", "Text")
    qtbot.addWidget(text)
    text.resize(200, 60)
    text.show()
    one, other = (text.currentCharFormat() for _ in range(2))
    other.setFontUnderline(True)
    pieces = tuple("😀 line\n") * 40
    text.set_pieces(pieces, [one] * len(pieces))
    text.verticalScrollBar().setValue(5)
    formats = [other if piece == "😀" else one for piece in pieces]
    text.set_pieces(pieces, formats)
    assert text.verticalScrollBar().value() == 5
    assert text.toPlainText() == "".join(pieces)
    cursor = QTextCursor(text.document())
    for end, piece in zip(text._ends, pieces, strict=True):
        cursor.setPosition(end)
        if piece != "\n":
            assert cursor.charFormat().fontUnderline() == (piece == "😀")
