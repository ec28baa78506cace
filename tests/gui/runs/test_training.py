"""What a person can do with a run, through the real window and its real thread."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from rnnviz.data.sources import SOURCES
from rnnviz.gui.panels.registry import PANELS
from rnnviz.training.commands import Train
from rnnviz.training.configuration import SETTINGS, Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.snapshot import RunState


def headless_losses(steps: int) -> list[float]:
    trainer = new_trainer(Configuration())
    return [trainer.step().loss for _ in range(steps)]


def test_before_the_first_step_every_panel_shows_the_untrained_network(driver):
    snapshot = driver.controller.snapshot
    assert snapshot.state is RunState.IDLE
    assert snapshot.step == 0
    assert len(snapshot.window.tokens) == snapshot.configuration.sequence_length
    assert snapshot.get(HIDDEN_STATE)["h"].any()
    assert (snapshot.get(GRADIENT_FLOW).from_last["h"] > 0).all()
    assert len(driver.controller.panels["text_panel"].text) > 100


def test_space_trains_and_space_pauses(driver):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    driver.until(lambda snapshot: snapshot.step > 50)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Space)
    snapshot = driver.until_state(RunState.PAUSED)
    assert snapshot.loss < np.log(snapshot.vocab_size) * 1.2


def test_step_does_one_step_and_reset_returns_to_the_first_weights(driver):
    first = driver.controller.snapshot.get(HIDDEN_STATE)["h"]
    driver.trigger("action_step")
    assert driver.until(lambda snapshot: snapshot.step == 1).state is RunState.PAUSED
    again = driver.until_new_run(lambda: driver.trigger("action_reset"))
    assert again.step == 0
    assert np.array_equal(again.get(HIDDEN_STATE)["h"], first)


def test_the_window_trains_bit_for_bit_as_headless(driver):
    driver.controller.thread_of_training.post(Train(300))
    snapshot = driver.until_state(RunState.FINISHED)
    expected = headless_losses(snapshot.step)
    assert snapshot.get(HISTORY).interval == 1
    assert snapshot.get(HISTORY).loss.mean.tolist() == expected[: len(snapshot.get(HISTORY).steps)]
    assert snapshot.loss == expected[-1]


def test_new_seed_begins_a_run_with_the_next_seed(driver):
    snapshot = driver.until_new_run(lambda: driver.trigger("action_new_seed"))
    assert snapshot.configuration.seed == Configuration().seed + 1
    assert snapshot.step == 0


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if setting.live])
def test_a_live_setting_changes_the_run_without_restarting_it(driver, name):
    if name == "prompt":
        editor = driver.controller.panels["text_panel"]._editors[name]
        value = "the "
        editor.line.setText(value)
        editor.line.editingFinished.emit()
    else:
        source = driver.controller.form._editors | driver.controller.panels["text_panel"]._editors
        editor = source[name]
        setting = SETTINGS[name]
        if setting.choices:
            value = next(v for v in reversed(setting.choices) if v != setting.default)
        elif setting.kind is str:
            value = "the hill sings"
        else:
            doubled = 2 * setting.default
            value = doubled if 0 < doubled <= setting.maximum else setting.maximum
        editor.set_value(value)
        editor.edited.emit(value)
    run = driver.controller.snapshot.run_id
    driver.trigger("action_step")
    snapshot = driver.until(lambda s: s.step == 1 and getattr(s.configuration, name) == value)
    assert snapshot.run_id == run


def test_a_structural_change_to_an_untrained_run_acts_at_once(driver):
    box = driver.child(QAbstractSpinBox, "hidden_size")
    snapshot = driver.until_new_run(lambda: box.setValue(30))
    assert snapshot.configuration.hidden_size == 30
    assert snapshot.get(HIDDEN_STATE)["h"].shape[-1] == 30


def test_a_structural_change_to_a_trained_run_asks_first(driver):
    driver.trigger("action_step")
    run = driver.until(lambda snapshot: snapshot.step == 1).run_id
    bar = driver.child(QWidget, "draft_bar")
    driver.child(QAbstractSpinBox, "hidden_size").setValue(30)
    assert bar.isVisible()
    driver.child(QPushButton, "draft_drop").click()
    assert not bar.isVisible()
    assert driver.child(QAbstractSpinBox, "hidden_size").value() == 100
    assert driver.controller.snapshot.run_id == run

    driver.child(QAbstractSpinBox, "hidden_size").setValue(30)
    snapshot = driver.until_new_run(driver.child(QPushButton, "draft_accept").click)
    assert snapshot.configuration.hidden_size == 30


def test_choosing_a_corpus_begins_a_run_on_it(driver):
    box = driver.child(QComboBox, "corpus")
    box.setCurrentIndex(box.findData("sums"))
    snapshot = driver.until_new_run(lambda: box.activated.emit(box.currentIndex()))
    assert snapshot.configuration.corpus == "sums"
    assert set(snapshot.window.tokens) <= set("0123456789+=;\n")


def test_an_exploding_run_stops_in_its_state_and_a_lower_rate_continues_it(driver):
    for name, value in (("learning_rate", 1000.0), ("clip_mode", "none")):
        driver.controller.live.change(name, value)
    activation = driver.child(QPushButton, "activation_relu")
    driver.until_new_run(activation.click)
    driver.trigger("action_train")
    failed = driver.until_state(RunState.FAILED)
    assert "not finite" in driver.until_message("not finite")
    driver.trigger("action_train")
    assert "not finite" in driver.until_message("not finite")
    driver.controller.live.change("learning_rate", 0.01)
    driver.controller.live.change("clip_mode", "norm")
    driver.trigger("action_train")
    running = driver.until(lambda snapshot: snapshot.step > failed.step + 20)
    assert np.isfinite(running.loss)


def test_a_saturated_run_is_called_worse_than_guessing(driver):
    driver.controller.live.change("learning_rate", 1000.0)
    driver.controller.live.change("clip_mode", "none")
    driver.trigger("action_train")
    snapshot = driver.until(lambda s: s.step > 300 and s.smoothed_loss > 2 * np.log(s.vocab_size))
    assert np.isfinite(snapshot.loss)
    words = driver.child(QLabel, "remarks_text")
    driver.qtbot.waitUntil(lambda: "far worse than the uniform guess" in words.text())


def test_a_hidden_panel_is_neither_measured_nor_drawn(driver):
    driver.window.docks["hidden_panel"].hide()
    driver.until(lambda snapshot: True)
    driver.trigger("action_step")
    snapshot = driver.until(lambda s: s.step == 1 and HIDDEN_STATE not in s.window.measured)
    assert GRADIENT_FLOW in snapshot.window.measured
    driver.window.docks["hidden_panel"].show()
    driver.until(lambda s: HIDDEN_STATE in s.window.measured)


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.make.__name__)
def test_every_panel_is_exported_as_picture_drawing_and_table(driver, kind, tmp_path):
    panel = next(p for p in driver.controller.panels.values() if type(p) is kind.make)
    if kind.of_source not in ("", Configuration().source.kind):
        corpus = next(s.name for s in SOURCES.values() if s.kind == kind.of_source)
        driver.until_new_run(lambda: driver.controller.run_control.restart(corpus=corpus))
    driver.window.docks[panel.objectName()].show()
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    driver.qtbot.waitUntil(lambda: len(panel.csv().splitlines()) > 1)
    assert panel.exports.save_png(tmp_path / "panel.png")
    assert panel.exports.save_svg(tmp_path / "panel.svg")
    assert panel.exports.save_csv(tmp_path / "panel.csv")
    assert (tmp_path / "panel.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "panel.svg").read_text()
    assert len((tmp_path / "panel.csv").read_text().splitlines()) > 1


def test_every_configuration_field_has_a_named_and_labelled_control(driver):
    hidden = {name for name, setting in SETTINGS.items() if len(setting.choices) == 1}
    for name in set(SETTINGS) - hidden - {"text_file"}:
        widget = driver.child(QWidget, name)
        assert widget.accessibleName() == SETTINGS[name].label


def test_presentation_and_theme_change_while_training(driver):
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 5)
    for _ in range(2):
        driver.trigger("action_theme")
        driver.trigger("action_present")
    step = driver.controller.snapshot.step
    driver.until(lambda snapshot: snapshot.step > step)


def test_a_panel_fills_the_window_and_goes_back(driver):
    panel = driver.controller.panels["loss_panel"]
    shown = [dock for dock in driver.window.docks.values() if not dock.isHidden()]
    width = panel.width()
    panel.expand_requested.emit()
    driver.qtbot.waitUntil(lambda: panel.width() > 1.5 * width)
    panel.expand_requested.emit()
    driver.qtbot.waitUntil(lambda: panel.width() < 1.5 * width)
    assert [dock for dock in driver.window.docks.values() if not dock.isHidden()] == shown


def test_at_one_step_a_second_training_waits(driver):
    driver.window.toolbar.speed.setValue(0)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step >= 1)
    driver.qtbot.wait(300)
    assert driver.controller.snapshot.step <= 2


def test_looking_back_shows_the_text_of_that_step(driver):
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 120)
    driver.trigger("action_train")
    snapshot = driver.until_state(RunState.PAUSED)
    panel = driver.controller.panels["text_panel"]
    driver.child(QPushButton, "sample_0").click()
    assert panel.text == snapshot.get(TEXT).samples[0].text
    driver.child(QPushButton, "sample_now").click()
    assert panel.text.endswith(snapshot.get(TEXT).stream.text[-50:])


def test_space_presses_the_button_that_the_tab_key_chose(driver):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    button = driver.child(QPushButton, "clip_mode_none")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    driver.qtbot.keyClick(button, Qt.Key.Key_Space)
    driver.until(lambda snapshot: snapshot.configuration.clip_mode == "none")
    assert driver.controller.snapshot.state is RunState.IDLE


def test_unbounded_activations_widen_the_colours_of_the_hidden_state(driver):
    driver.until_new_run(driver.child(QPushButton, "activation_relu").click)
    panel = driver.controller.panels["hidden_panel"]
    panel._set_levels(250.0 * driver.controller.snapshot.get(HIDDEN_STATE)["h"][-1].T)
    assert panel._heat_map.levels[1] >= 10


def test_at_a_slow_speed_every_panel_shows_every_step(driver, monkeypatch):
    docks, panels = driver.window.docks, driver.controller.panels
    steps = {name: set() for name in panels if docks[name].isVisible()}
    for name, panel in ((name, panels[name]) for name in steps):

        def record(snapshot, name=name, show=panel.show_snapshot):
            steps[name].add(snapshot.step)
            show(snapshot)

        monkeypatch.setattr(panel, "show_snapshot", record)
    driver.window.toolbar.speed.setValue(1)
    driver.trigger("action_train")

    def all_show_four_in_a_row() -> bool:
        # A machine that takes longer for a frame than for a step drops some on the way.
        shown = set.intersection(*steps.values())
        return any({step, step + 1, step + 2, step + 3} <= shown for step in shown)

    driver.qtbot.waitUntil(all_show_four_in_a_row)
    assert driver.child(QLabel, "step_count").text() == str(driver.controller.snapshot.step)


def test_after_a_reset_the_loss_panel_forgets_the_loss_of_the_run_before(driver):
    panel = driver.controller.panels["loss_panel"]
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: "perplexity" in panel.subtitle)
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.qtbot.waitUntil(lambda: panel.subtitle == "nats per character")


def test_another_prompt_is_answered_at_once_also_while_looking_back(driver):
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    driver.child(QPushButton, "sample_0").click()
    line = driver.child(QLineEdit, "prompt")
    line.setText("the owl")
    line.editingFinished.emit()
    panel = driver.controller.panels["text_panel"]
    driver.qtbot.waitUntil(lambda: panel.text.startswith("the owl"))
    assert driver.child(QPushButton, "sample_now").isChecked()


def test_a_sample_without_a_button_of_its_own_is_named_on_the_button_of_all(driver):
    panel = driver.controller.panels["text_panel"]
    driver.trigger("action_train")
    driver.until(lambda snapshot: any(sample.step == 200 for sample in snapshot.get(TEXT).samples))
    driver.trigger("action_train")
    driver.until_state(RunState.PAUSED)
    panel._choose(200)
    assert driver.child(QPushButton, "all_samples").text() == "200"
    panel._choose(None)
    assert driver.child(QPushButton, "all_samples").text() == "all"


def test_space_trains_also_from_a_box_of_numbers(driver):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    box = driver.child(QAbstractSpinBox, "sequence_length")
    box.setFocus(Qt.FocusReason.MouseFocusReason)
    driver.qtbot.keyClick(box, Qt.Key.Key_Space)
    driver.until_state(RunState.RUNNING)


def test_return_leaves_a_box_so_that_the_keys_of_training_act_again(driver):
    with driver.qtbot.waitActive(driver.window):
        driver.window.activateWindow()
    box = driver.child(QAbstractSpinBox, "sequence_length")
    box.setFocus(Qt.FocusReason.MouseFocusReason)
    box.selectAll()
    driver.qtbot.keyClicks(box, "4")
    driver.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not box.hasFocus()
    driver.qtbot.keyClick(QApplication.focusWidget() or driver.window, Qt.Key.Key_Period)
    snapshot = driver.until(lambda snapshot: snapshot.step == 1)
    assert snapshot.configuration.sequence_length == 4


def test_the_bar_names_the_settings_that_need_a_new_run(driver):
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    driver.child(QAbstractSpinBox, "hidden_size").setValue(30)
    words = driver.child(QWidget, "draft_bar").findChild(QLabel).text()
    assert words.startswith("Hidden units needs a new run.")
    driver.child(QAbstractSpinBox, "seed").setValue(7)
    words = driver.child(QWidget, "draft_bar").findChild(QLabel).text()
    assert words.startswith("Hidden units and Seed need a new run.")


def test_the_colours_of_the_hidden_state_are_wide_no_longer_than_needed(driver):
    panel = driver.controller.panels["hidden_panel"]
    values = driver.controller.snapshot.get(HIDDEN_STATE)["h"][-1].T
    panel._set_levels(values * 3 / abs(values).max())
    wide = panel._heat_map.levels
    assert wide[1] >= 2
    panel._set_levels(values * 0.9 / abs(values).max())
    assert panel._heat_map.levels == wide, "the scale must not flicker"
    driver.until_new_run(driver.child(QPushButton, "activation_relu").click)
    assert panel._heat_map.levels == (-1.0, 1.0)


def test_a_presentation_is_not_what_the_next_start_begins_with(driver):
    driver.controller.settings.geometry = driver.window.saveGeometry()
    before = driver.controller.settings.geometry
    driver.trigger("action_present")
    driver.qtbot.waitUntil(driver.window.isFullScreen)
    driver.window.close()
    assert driver.controller.settings.geometry == before


def test_what_clipping_by_value_did_has_room_below_its_plot(driver):
    for name, value in (("clip_mode", "value"), ("clip_threshold", 0.001)):
        driver.controller.live.change(name, value)
    driver.controller.thread_of_training.post(Train(1000))
    driver.until_state(RunState.FINISHED)
    view = driver.controller.panels["clipping_panel"].view
    driver.qtbot.waitUntil(lambda: "1,000 of the last 1,000" in view._frame.note("bottom_left"))
    metrics = QFontMetricsF(view._theme.font("small"))
    width = metrics.horizontalAdvance(view._frame.note("bottom_left"))
    assert view.mapping.rect.left() + width <= view.width()
