"""Every cell, several layers, words, presets and schedules, through the real window."""

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDockWidget, QLabel, QPushButton, QWidget

from rnnviz.core.cells import CELLS
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.gradient_history import GRADIENT_HISTORY
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.snapshot import RunState

SMALL = {"hidden_size": 12, "sequence_length": 8}


def vary(driver, **changes):
    return driver.restart(**(SMALL | changes))


def labels_of(panel) -> dict[str, np.ndarray]:
    curves = (*panel._from_last.values(), *panel._total.values())
    return {curve.label: curve.y for curve in curves if len(curve.x)}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("num_layers", [1, 3])
def test_the_panels_show_the_last_layer_of_every_cell(driver, cell, num_layers):
    before = vary(driver, cell=cell, num_layers=num_layers)
    snapshot = driver.take_steps()
    panels = driver.controller.panels
    hidden, gradient = panels["hidden_panel"], panels["gradient_panel"]
    window = snapshot.window
    assert np.array_equal(hidden._heat_map.values, window.measured[HIDDEN_STATE]["h"][-1].T)
    from_last = window.measured[GRADIENT_FLOW].from_last["h"][-1]
    assert np.array_equal(gradient._from_last["h"].y, from_last / from_last[-1])
    # The history has the window of the first step, which was looked at before it was done.
    learned_from = before.window.measured[GRADIENT_FLOW].from_last["h"][-1]
    rows = panels["gradient_history_panel"]._heat_map.values
    # Beside its first size, so that a small error does not look like a short memory.
    assert np.allclose(rows[:, 0], np.log10(learned_from[::-1] / learned_from[-1]), atol=1e-5)
    driver.child(QAction, "gradient_absolute").trigger()
    rows = panels["gradient_history_panel"]._heat_map.values
    assert np.allclose(rows[:, 0], np.log10(learned_from[::-1]), atol=1e-5)
    assert hidden.chooser.isHidden() == (num_layers == 1 and len(CELLS[cell].states) == 1)


def test_another_layer_and_the_cell_state_are_a_click_away(driver):
    vary(driver, cell="lstm", num_layers=2)
    snapshot = driver.take_steps()
    panels = driver.controller.panels
    for name in ("hidden_panel", "gradient_history_panel"):
        driver.child(QPushButton, f"{name}_layer_1_pill").click()
        driver.child(QPushButton, f"{name}_state_c_pill").click()
        assert panels[name].subtitle == "cell state c, layer 1"
        assert "cell state c, layer 1" in panels[name]._heat_map.name
    window, history = snapshot.window, snapshot.get(GRADIENT_HISTORY)
    assert np.array_equal(
        panels["hidden_panel"]._heat_map.values, window.measured[HIDDEN_STATE]["c"][0].T
    )
    shown = panels["gradient_history_panel"]._heat_map.values
    logarithms = history.logarithms[:, history.labels.index("c1")]
    assert np.array_equal(shown, (logarithms - logarithms[:, :1]).T)


def test_of_an_lstm_the_gradients_of_both_states_are_shown_and_named(driver):
    vary(driver, cell="lstm", num_layers=2)
    flow = driver.take_steps().get(GRADIENT_FLOW)
    panel = driver.controller.panels["gradient_panel"]
    shown = labels_of(panel)
    assert set(shown) == {"dL/dh, last step only", "dL/dc, last step only"}
    of_c = flow.from_last["c"]
    assert np.array_equal(shown["dL/dc, last step only"], of_c[1] / of_c[1, -1])
    assert panel._from_last["h"].role != panel._from_last["c"].role
    driver.child(QPushButton, "gradient_total").click()
    shown = labels_of(panel)
    assert np.array_equal(shown["dL/dc, all losses"], flow.total["c"][1] / of_c[1, -1])
    driver.child(QPushButton, "gradient_panel_state_h_pill").click()
    driver.child(QPushButton, "gradient_panel_layer_1_pill").click()
    shown = labels_of(panel)
    assert set(shown) == {"dL/dc, last step only", "dL/dc, all losses"}
    assert np.array_equal(shown["dL/dc, all losses"], flow.total["c"][0] / of_c[0, -1])
    assert panel.subtitle == "layer 1, by character"
    header = panel.csv().splitlines()[0]
    assert '"dL/dc, last step only, layer 1, relative to its first size"' in header


def test_a_cell_state_widens_the_colours_and_the_hidden_state_takes_them_back(driver):
    vary(driver, cell="lstm", forget_bias=5.0, sequence_length=60, initialization="gaussian")
    panel = driver.controller.panels["hidden_panel"]
    driver.child(QPushButton, "hidden_panel_state_c_pill").click()
    panel._set_levels(np.full((3, 4), 7.0))
    assert panel._heat_map.levels == (-10.0, 10.0)
    driver.child(QPushButton, "hidden_panel_state_h_pill").click()
    assert panel._heat_map.levels == (-1.0, 1.0)


def test_where_tokens_are_words_the_whole_window_speaks_of_words(driver):
    vary(driver, level="word")
    driver.take_steps()
    panels = driver.controller.panels
    driver.qtbot.waitUntil(lambda: "nats per word" in panels["loss_panel"].subtitle)
    lines = {line.name: line for line in panels["loss_panel"]._lines}
    assert lines["bigram"].label == "word pairs"
    assert lines["unigram"].label == "word frequencies"
    assert panels["gradient_panel"].subtitle == "by word"
    assert panels["hidden_panel"].subtitle == "12 units, one column a word"
    axis = panels["gradient_panel"].view._frame.characters
    assert axis.are_words
    assert axis.characters == list(driver.controller.snapshot.window.tokens)
    assert driver.child(QLabel, "token_rate").accessibleName() == "words/s"
    shown = [name for name, dock in driver.window.docks.items() if dock.isVisible()]
    said = [panels[name].explanation for name in shown]
    said += [w.toolTip() for w in driver.window.findChildren(QWidget) if w.objectName() != "level"]
    spared = ("characters; graphemes",)
    assert not [s for s in said if "character" in s and not any(w in s for w in spared)]
    vary(driver, level="character")
    driver.qtbot.waitUntil(lambda: lines["bigram"].label == "letter pairs")
    assert "characters" in driver.child(QWidget, "sequence_length").toolTip()


def test_a_long_text_of_words_is_not_written_anew_in_each_frame(driver, monkeypatch):
    vary(driver, level="word")
    panel = driver.controller.panels["text_panel"]
    pieces = tuple(f" word{number:04d}" for number in range(2000))
    stream = driver.controller.snapshot.get(TEXT).stream
    rewrites = []
    rewrite = panel._text.rewrite
    monkeypatch.setattr(
        panel._text, "rewrite", lambda *a: (rewrites.append(len(a[1])), rewrite(*a))
    )
    for length in (5000, 5002, 5004):
        panel._stream = type(stream)(99, length, "", pieces, (0.5,) * 2000)
        panel._show()
    assert len(rewrites) == 1
    assert panel.text.endswith("word1999")


def test_write_begins_a_fresh_text_from_the_prompt(driver):
    driver.controller.live.change("prompt", "the owl")
    snapshot = driver.until(lambda snapshot: snapshot.get(TEXT).stream.prompt == "the owl")
    before = snapshot.get(TEXT).stream.number
    driver.child(QPushButton, "sample_0").click()
    driver.child(QPushButton, "write_text").click()
    snapshot = driver.until(lambda snapshot: snapshot.get(TEXT).stream.number != before)
    assert snapshot.get(TEXT).stream.length == 400
    panel = driver.controller.panels["text_panel"]
    driver.qtbot.waitUntil(lambda: panel.text == "the owl" + snapshot.get(TEXT).stream.text)


def places(driver) -> dict[str, int]:
    """Where each row of the form that scrolls stands, from the top of all rows."""
    form = driver.controller.form
    content = driver.child(QWidget, "scroll_content")
    labels = {
        name: label
        for name, label in form._labels.items()
        if not label.isHidden() and content.isAncestorOf(label)
    }
    return {name: label.mapTo(content, QPoint(0, 0)).y() for name, label in labels.items()}


def test_settings_that_do_not_matter_are_dim_and_keep_their_place(driver):
    def matters(name: str) -> bool:
        editor = driver.controller.form.editor(name)
        return not editor.isHidden() and editor.isEnabled()

    assert matters("activation")
    assert not matters("vocabulary_size")
    assert not matters("momentum")
    before = places(driver)
    vary(driver, level="word", cell="lstm", optimizer="momentum")
    driver.qtbot.waitUntil(lambda: matters("momentum"))
    assert matters("vocabulary_size")
    assert not matters("activation")
    assert places(driver) == before
    assert driver.controller.form.editor("forget_bias").isHidden(), "it is advanced"
    driver.child(QPushButton, "more_settings").click()
    driver.qtbot.waitUntil(lambda: places(driver).keys() > before.keys())
    assert matters("forget_bias")
    assert not matters("dropout"), "there is one layer only"
    assert not matters("warmup_steps")
    driver.qtbot.wait(50)  # the rows that have come find their places
    before = places(driver)
    driver.controller.live.change("schedule", "cosine")
    driver.qtbot.waitUntil(lambda: matters("warmup_steps"))
    assert places(driver) == before
    driver.child(QPushButton, "more_settings").click()
    assert not matters("warmup_steps")


def test_a_setting_that_is_chosen_shows_at_once_what_it_makes_matter(driver):
    box = driver.child(QComboBox, "optimizer")
    box.setCurrentIndex(box.findData("momentum"))
    box.activated.emit(box.currentIndex())
    assert driver.controller.form.editor("momentum").isEnabled()


def test_a_budget_of_parameters_says_what_it_buys(driver):
    note = driver.child(QLabel, "network_note")
    count = driver.controller.snapshot.parameter_count
    driver.qtbot.waitUntil(lambda: note.text().startswith(f"{count:,} parameters, "))
    outcome = driver.child(QLabel, "hidden_size_outcome")
    assert outcome.isHidden()
    snapshot = vary(driver, parameter_budget=20_000)
    size = f"{snapshot.hidden_size:,}"
    driver.qtbot.waitUntil(lambda: outcome.text() == f"{size}, from the budget")
    assert outcome.isVisible()
    assert driver.controller.form.editor("hidden_size").isHidden()
    assert note.text().startswith(f"{snapshot.parameter_count:,} parameters, ")
    driver.until_new_run(lambda: driver.child(QAbstractSpinBox, "parameter_budget").setValue(0))
    driver.qtbot.waitUntil(lambda: not driver.controller.form.editor("hidden_size").isHidden())


def test_a_schedule_shows_the_learning_rate_in_force(driver):
    note = driver.child(QLabel, "training_note")
    assert note.text() == "live, no restart"
    vary(driver, schedule="cosine", warmup_steps=4, learning_rate=0.1)
    driver.take_steps()
    rate = driver.controller.snapshot.learning_rate
    driver.qtbot.waitUntil(lambda: note.text() == f"learning rate now {rate:.2g}")
    driver.controller.live.change("schedule", "constant")
    driver.qtbot.waitUntil(lambda: note.text() == "live, no restart")


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "char-rnn"])
def test_a_preset_is_followed_in_one_click(driver, name):
    vary(driver)
    button = driver.child(QPushButton, "presets")
    driver.qtbot.waitUntil(lambda: button.text().strip() == "custom")
    action = driver.child(QAction, f"preset_{name}")
    assert action.toolTip() == PRESETS[name].help
    snapshot = driver.until_new_run(action.trigger)
    assert not PRESETS[name].changes(snapshot.configuration)
    driver.qtbot.waitUntil(lambda: button.text().strip() == PRESETS[name].title)
    assert action.isChecked()


def test_the_preset_that_is_followed_already_begins_no_run(driver):
    driver.take_steps()
    run = driver.controller.snapshot.run_id
    action = driver.child(QAction, "preset_default")
    assert action.isChecked()
    action.trigger()
    assert action.isChecked()
    assert driver.window.messages.text == ""
    assert driver.take_steps().run_id == run


def test_a_preset_asks_before_it_ends_a_run(driver):
    before = driver.take_steps()
    driver.child(QAction, "preset_textbook").trigger()
    assert 'The preset "textbook" ends this run' in driver.window.messages.text
    assert not driver.child(QAction, "preset_textbook").isChecked()
    driver.child(QPushButton, "message_refuse").click()
    assert driver.controller.snapshot.run_id == before.run_id
    driver.child(QAction, "preset_textbook").trigger()
    accept = driver.child(QPushButton, "message_accept")
    snapshot = driver.until_new_run(accept.click)
    assert not PRESETS["textbook"].changes(snapshot.configuration)
    assert snapshot.state is RunState.IDLE


def test_all_panels_come_back_as_they_were_at_first(driver):
    docks = driver.window.docks
    shown_at_first = {name for name, dock in docks.items() if dock.isVisible()}
    for name in ("loss_panel", "text_panel"):
        docks[name].hide()
    driver.trigger("action_restore_layout")
    assert {name for name, dock in docks.items() if dock.isVisible()} == shown_at_first


def test_in_the_smallest_window_nothing_is_cut_off(driver):
    vary(driver, cell="lstm", num_layers=4)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 1000)
    driver.trigger("action_train")
    driver.until_state(RunState.PAUSED)
    driver.window.resize(driver.window.minimumSize())
    area = driver.window.panel_area
    driver.qtbot.waitUntil(lambda: driver.window.width() == driver.window.minimumWidth())

    def fits(dock: QDockWidget) -> bool:
        within = dock.geometry().right() < area.width()
        return within and dock.width() >= dock.minimumSizeHint().width()

    docks = driver.window.docks.values()
    driver.qtbot.waitUntil(lambda: all(fits(d) for d in docks if driver.window.is_seen(d)))


def test_the_best_weights_are_a_click_away_once_there_are_any(driver):
    snapshot = vary(driver, validation_interval=2)
    action = driver.child(QAction, "action_use_best")
    assert not action.isEnabled()
    while snapshot.best_step is None:
        snapshot = driver.take_steps()
    driver.until(lambda _: action.isEnabled())
    driver.trigger("action_use_best")
    messages = driver.controller.window.messages
    driver.until(lambda _: f"step {snapshot.best_step} are back" in messages.text)
    assert driver.controller.snapshot.state is RunState.PAUSED


def test_what_a_prompt_has_that_the_network_does_not_know_is_told(driver):
    driver.controller.live.change("prompt", "the Öx")
    assert 'does not know: "Ö"' in driver.until_message("The prompt goes without.")


def test_positions_are_counted_from_one_as_units_are(driver):
    snapshot = driver.controller.snapshot
    length = len(snapshot.window.tokens)
    for name in ("hidden_panel", "gradient_panel"):
        panel = driver.controller.panels[name]
        view = panel.view
        rect = view.mapping.rect
        for place, x in ((1, rect.left() + 2), (length, rect.right() - 2)):
            view._hover.follow(QPointF(x, rect.center().y()))
            assert f"at position {place}, {length - place} step" in view.hover_text
        view._hover.leave()
        heads, *rows = csv.reader(io.StringIO(panel.csv()))
        column = heads.index("position")
        assert [float(row[column]) for row in rows[:length]] == list(range(1, length + 1))
