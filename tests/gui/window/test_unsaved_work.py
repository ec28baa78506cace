"""No way out of unsaved work that does not ask, and none that asks in vain."""

import os
import signal

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QMessageBox, QPushButton, QSlider

from rnnviz.gui.window.system_signals import SystemSignals
from rnnviz.storage import load_model
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.snapshot import RunState
from rnnviz.training.undo.view import UndoView

Answer = QMessageBox.StandardButton


@pytest.fixture
def questions(monkeypatch):
    """The questions asked on closing, each answered with Cancel."""
    asked = []

    def cancel(box):
        asked.append(box.text())
        return Answer.Cancel

    monkeypatch.setattr(QMessageBox, "exec", cancel)
    return asked


@pytest.mark.parametrize("running", [True, False])
def test_quitting_asks_about_a_single_unsaved_step(driver, questions, running):
    if running:
        driver.trigger("action_train")
    else:
        driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step > 0)
    driver.trigger("action_quit")
    assert len(questions) == 1
    assert driver.window.isVisible()


def test_quitting_does_not_ask_where_nothing_was_trained(driver, questions):
    driver.trigger("action_quit")
    assert not questions
    assert not driver.window.isVisible()


def test_another_experiment_asks_once_with_save_among_the_answers(driver, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "rnnviz.gui.window.run_view.QFileDialog.getSaveFileName",
        lambda *_: (str(tmp_path / "kept.rnnviz"), ""),
    )
    guide = driver.controller.guide
    first, second = guide.experiments[:2]
    driver.until_new_run(lambda: guide._chosen(first))
    run = driver.train_and_pause(20).run_id
    guide._chosen(second)
    assert driver.window.messages.kind == "question"
    assert driver.controller.snapshot.run_id == run
    save = driver.child(QPushButton, "message_save")
    assert save.isVisible()
    driver.until_new_run(save.click)
    assert (tmp_path / "kept.rnnviz").exists()


@pytest.mark.parametrize("name", ["model.rnnviz", "text.txt"])
def test_a_bad_file_is_refused_before_anything_is_asked(driver, tmp_path, name):
    bad = tmp_path / name
    bad.write_bytes(b"\x00\x01\x02" * 100)
    driver.train_and_pause(20)
    driver.controller.open_file(bad)
    driver.qtbot.waitUntil(lambda: driver.window.messages.kind == "problem", timeout=40_000)
    assert "not saved" not in driver.window.messages.text


def test_a_reset_is_undone_by_one_click(driver):
    before = driver.train_and_pause(20)
    loss = before.get(HISTORY).loss.mean.copy()
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    assert driver.controller.snapshot.step == 0
    after = driver.until_new_run(driver.child(QPushButton, "message_accept").click)
    assert after.step == before.step
    assert np.array_equal(after.get(HISTORY).loss.mean, loss)
    # It is no more saved than it was.
    assert driver.controller.run_file.is_behind


def test_a_reset_is_undone_at_once(driver):
    before = driver.train_and_pause(20)

    def reset_and_undo() -> None:
        driver.trigger("action_reset")
        driver.child(QPushButton, "message_accept").click()

    reset_and_undo()
    after = driver.until(lambda snapshot: snapshot.undo.last is not None)
    assert (after.run_id, after.step) == (before.run_id, before.step)
    assert driver.controller.run_file.is_behind
    assert driver.window.messages.text == "The run before the reset is back."


def test_a_reset_can_be_undone_after_further_training_but_not_after_another_run(driver):
    before = driver.train_and_pause(20)
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.train_and_pause(5)
    undo = driver.window.actions_by_name["action_undo"]
    assert undo.isEnabled()
    after = driver.until_new_run(undo.trigger)
    assert after.step == before.step
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    assert undo.isEnabled()
    another = driver.controller.run_control.begin
    driver.until_new_run(lambda: another(driver.controller.snapshot.configuration))
    assert not undo.isEnabled()


def test_quitting_asks_about_a_run_that_a_reset_put_away(driver, questions):
    driver.train_and_pause(20)
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.trigger("action_quit")
    assert len(questions) == 1
    assert driver.window.isVisible()


def test_what_a_reset_put_away_is_saved_before_another_run_takes_its_place(
    driver, tmp_path, monkeypatch
):
    path = tmp_path / "kept.rnnviz"
    monkeypatch.setattr(
        "rnnviz.gui.window.run_view.QFileDialog.getSaveFileName", lambda *_: (str(path), "")
    )
    trained = driver.train_and_pause(20)
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.trigger("action_new")
    assert "the training before the reset is not saved" in driver.window.messages.text
    driver.child(QPushButton, "message_save").click()
    driver.until(lambda s: s.step == 0 and s.undo == UndoView())
    driver.qtbot.waitUntil(path.exists)
    assert load_model(path).step == trained.step
    driver.qtbot.waitUntil(lambda: not driver.controller.run_file.is_behind)


def test_the_title_is_the_texts_after_a_text_took_a_models_place(driver, tmp_path):
    model, text = tmp_path / "kept.rnnviz", tmp_path / "own.txt"
    text.write_text("a stitch in time saves nine. " * 50)
    driver.controller.save(model)
    driver.qtbot.waitUntil(lambda: "kept.rnnviz" in driver.window.windowTitle())
    driver.until_new_run(lambda: driver.controller.open_file(text))
    driver.qtbot.waitUntil(lambda: "own" in driver.window.windowTitle())
    assert "kept" not in driver.window.windowTitle()


def test_the_wheel_over_the_settings_changes_none(driver):
    form = driver.controller.form
    controls = [
        control
        for kind in (QSlider, QAbstractSpinBox)
        for control in form.findChildren(kind)
        if control.isVisible() and control.isEnabled()
    ]
    assert len(controls) > 3
    for control in controls:
        control.setFocus()
        before = control.value()
        place = QPointF(control.rect().center())
        wheel = QWheelEvent(
            place,
            QPointF(control.mapToGlobal(control.rect().center())),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(control, wheel)
        assert control.value() == before, control.objectName()


def test_enter_in_the_prompt_leaves_the_next_space_to_the_prompt(driver):
    line = driver.controller.panels["text_panel"]._editors["prompt"].line
    driver.window.activateWindow()
    line.setFocus()
    driver.qtbot.waitUntil(line.hasFocus, timeout=40_000)
    driver.qtbot.keyClicks(line, "once")
    driver.qtbot.keyClick(line, Qt.Key.Key_Return)
    driver.until(lambda snapshot: snapshot.configuration.prompt.endswith("once"))
    driver.qtbot.keyClick(driver.window.focusWidget(), Qt.Key.Key_Space)
    assert line.text().endswith("once ")
    assert driver.controller.snapshot.state is RunState.IDLE


def test_the_default_preset_takes_the_precision_back():
    from rnnviz.training.configuration import Configuration

    changes = PRESETS["default"].changes(Configuration(dtype="float64"))
    assert changes == {"dtype": Configuration().dtype}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_closes_the_window_as_its_button_does(qtbot, name):
    heard = []
    signals = SystemSignals(lambda: heard.append(name))
    try:
        os.kill(os.getpid(), getattr(signal, name))
        qtbot.waitUntil(lambda: heard == [name], timeout=40_000)
    finally:
        signals.restore()


def test_an_experiments_panels_are_not_what_the_next_start_shows(new_driver):
    driver = new_driver()
    driver.window.docks["clipping_panel"].hide()
    driver.until_new_run(lambda: driver.controller.guide.open("explodes"))
    driver.qtbot.waitUntil(lambda: not driver.window.docks["clipping_panel"].isHidden())
    driver.controller.close_now()
    again = new_driver()
    shown = {name for name, dock in again.window.docks.items() if not dock.isHidden()}
    assert "clipping_panel" not in shown
    assert "hidden_panel" in shown
