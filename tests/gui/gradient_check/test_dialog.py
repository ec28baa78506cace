"""Checking gradients through the real window, while the run goes on."""

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTableWidget, QToolButton

from rnnviz.core.cells import CELLS, VanillaCell
from rnnviz.gui.style.theme import ColorScheme
from rnnviz.gui.widgets.popover import Popover
from rnnviz.training.commands import Restart
from rnnviz.training.loading import make_trainer
from rnnviz.training.snapshot import RunState

TIMES = "\N{MULTIPLICATION SIGN}"
SMALL = {"hidden_size": 12, "sequence_length": 8}
# So large that a check of it takes minutes.
LARGE = {"hidden_size": 600, "num_layers": 4, "cell": "lstm", "sequence_length": 40}


def vary(driver, **changes):
    post = driver.controller.thread_of_training.post
    return driver.until_new_run(lambda: post(Restart(tuple(changes.items()))), timeout=60_000)


def begun(driver):
    """Ask for a check by its menu entry, and wait for its dialog."""
    copied = driver.controller.thread_of_training.copied
    with driver.qtbot.waitSignal(copied, timeout=40_000):
        driver.trigger("action_check_gradients")
    dialog = driver.controller.gradient_checker.dialog
    assert dialog.isVisible()
    return dialog


def checked(driver):
    dialog = begun(driver)
    button = driver.child(QPushButton, "gradient_check_again")
    driver.qtbot.waitUntil(lambda: button.text() == "Check again", timeout=60_000)
    return dialog


def rows_of(driver) -> list[list[str]]:
    table = driver.child(QTableWidget, "gradient_check_table")
    columns = range(table.columnCount())
    return [[table.item(row, c).text() for c in columns] for row in range(table.rowCount())]


def thread_of(driver):
    return driver.controller.gradient_checker._thread


def test_the_menu_has_it_and_it_shows_a_row_for_each_parameter_with_a_verdict(driver):
    vary(driver, **SMALL)
    actions = driver.window.toolbar.file_menu.actions()
    assert driver.window.actions_by_name["action_check_gradients"] in actions
    dialog = checked(driver)
    vocab = driver.controller.snapshot.vocab_size
    rows = rows_of(driver)
    assert [row[:3] for row in rows] == [
        ["U", "input to hidden", f"12 {TIMES} {vocab}"],
        ["b", "bias of the hidden layer", "12"],
        ["W", "hidden to hidden", f"12 {TIMES} 12"],
        ["V", "hidden to output", f"{vocab} {TIMES} 12"],
        ["c", "bias of the output", f"{vocab}"],
    ]
    assert [row[3] for row in rows[:3]] == [f"100 of {12 * vocab}", "12 of 12", "100 of 144"]
    assert [row[5] for row in rows] == ["agrees"] * 5
    assert dialog.verdict.startswith("All 5 gradients agree with central differences: the largest")
    assert max(float(row[4]) for row in rows) == float(dialog.verdict.split()[-1].rstrip("."))
    extent = driver.child(QLabel, "gradient_check_extent").text()
    assert extent == (
        "Tales, before the first step: the next 8 characters, and at most 100 entries of each "
        "parameter, in float64."
    )
    assert not dialog.isModal()
    assert dialog.windowTitle() == "Gradient check"


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_is_checked_layer_by_layer_with_what_is_left_out_said(driver, cell):
    parameters = 2 * len(CELLS[cell].parameters) + 2
    vary(driver, cell=cell, num_layers=2, dropout=0.3, level="word", batch_size=3, **SMALL)
    dialog = checked(driver)
    rows = rows_of(driver)
    assert len(rows) == parameters
    assert [row[5] for row in rows] == ["agrees"] * parameters
    names = [row[0] for row in rows]
    assert names[:2] == ["U, layer 1", "b, layer 1"]
    assert names[-2:] == ["V", "c"]
    extent = driver.child(QLabel, "gradient_check_extent").text()
    assert "the next 8 words of the first 2 streams of 3" in extent
    assert extent.endswith("Dropout is left out.")
    assert "character" not in dialog.as_text()


def test_a_wrong_gradient_is_shown_as_wrong(driver, monkeypatch):
    right = VanillaCell.backward

    def untransposed(self, parameters, tape):
        right(self, {"W": np.ascontiguousarray(parameters["W"].T)}, tape)

    monkeypatch.setattr(VanillaCell, "backward", untransposed)
    vary(driver, **SMALL)
    dialog = checked(driver)
    assert dialog.verdict.startswith("3 of 5 gradients differ from central differences: those of U")
    assert [row[5] for row in rows_of(driver)] == ["differs"] * 3 + ["agrees"] * 2
    table = driver.child(QTableWidget, "gradient_check_table")
    for scheme in (ColorScheme.LIGHT, ColorScheme.DARK):
        driver.controller.theme.set_scheme(scheme)
        palette = driver.controller.theme.palette
        colors = [table.item(row, 5).foreground().color() for row in (0, 4)]
        assert colors == [QColor(palette.threshold), QColor(palette.ink)]
    # Mended, it is told apart.
    monkeypatch.undo()
    checked(driver)
    assert dialog.verdict.startswith("All 5 gradients agree")


def test_training_goes_on_during_a_check_and_learns_the_same(driver):
    vary(driver, **SMALL)
    driver.trigger("action_train")
    before = driver.until(lambda snapshot: snapshot.step > 50).step
    for _ in range(2):
        dialog = checked(driver)
        assert dialog.verdict.startswith("All 5 gradients agree")
        assert "after step" in driver.child(QLabel, "gradient_check_extent").text()
        assert driver.controller.snapshot.state is RunState.RUNNING
        before = driver.until(lambda snapshot, before=before: snapshot.step > before).step
    driver.trigger("action_train")
    reached = driver.until_state(RunState.PAUSED).step
    trainer = driver.session.trainer
    alone = make_trainer(trainer.configuration, trainer.dataset)
    for _ in range(reached):
        alone.step()
    assert alone.state.last_loss == trainer.state.last_loss
    assert np.array_equal(alone.network.parameters.flat, trainer.network.parameters.flat)


def test_cancelling_keeps_the_dialog_and_says_how_far_it_came(driver):
    vary(driver, **LARGE)
    dialog = begun(driver)
    assert thread_of(driver).isRunning()
    thread = thread_of(driver)
    button = driver.child(QPushButton, "gradient_check_again")
    assert button.text() == "Cancel"
    button.click()
    assert thread.isFinished()
    assert thread_of(driver) is None
    assert dialog.isVisible()
    assert dialog.verdict.startswith("Cancelled: 0 of 14 gradients were compared.")
    assert button.text() == "Check again"
    # What was still on its way arrives nowhere.
    driver.qtbot.wait(50)
    assert dialog.verdict.startswith("Cancelled")
    button.click()
    driver.qtbot.waitUntil(lambda: thread_of(driver) is not None)
    assert button.text() == "Cancel"


def test_what_a_check_that_was_given_up_said_last_arrives_nowhere(driver):
    vary(driver, **SMALL)
    dialog = begun(driver)
    thread_of(driver).wait()  # all that it has to say is on its way
    driver.child(QPushButton, "gradient_check_again").click()
    assert dialog.verdict.startswith("Cancelled")
    rows = rows_of(driver)
    driver.qtbot.wait(50)
    assert dialog.verdict.startswith("Cancelled")
    assert rows_of(driver) == rows


def test_escape_closes_the_dialog_and_gives_the_check_up(driver):
    vary(driver, **LARGE)
    dialog = begun(driver)
    thread = thread_of(driver)
    driver.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert thread.isFinished()
    assert thread_of(driver) is None


def test_closing_the_window_ends_a_check_at_once(driver):
    vary(driver, **LARGE)
    begun(driver)
    thread = thread_of(driver)
    driver.qtbot.waitUntil(thread.isRunning)
    began = time.monotonic()
    driver.window.close()
    assert time.monotonic() - began < 5
    assert thread.isFinished()


def test_a_copy_that_arrives_after_closing_is_not_checked(driver, qapp):
    vary(driver, **SMALL)
    thread = driver.controller.thread_of_training
    driver.trigger("action_check_gradients")
    driver.window.close()
    thread.copied.emit(driver.session.check_subject())
    for _ in range(20):
        qapp.processEvents()
    checker = driver.controller.gradient_checker
    assert thread_of(driver) is None
    assert checker.dialog is None or not checker.dialog.isVisible()


def test_asking_again_during_a_check_begins_anew_with_the_network_of_now(driver):
    vary(driver, **LARGE)
    begun(driver)
    first = thread_of(driver)
    vary(driver, **SMALL, num_layers=1, cell="vanilla")
    dialog = checked(driver)
    assert thread_of(driver) is not first
    assert dialog.verdict.startswith("All 5 gradients agree")
    assert len(rows_of(driver)) == 5


def test_the_table_is_copied_as_text(driver):
    vary(driver, **SMALL)
    dialog = checked(driver)
    copy = driver.child(QPushButton, "gradient_check_copy")
    copy.click()
    assert copy.text() == "Table copied"
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == dialog.verdict
    assert lines[3].split("\t")[0] == "Gradient of"
    assert [line.split("\t") for line in lines[4:]] == rows_of(driver)


def test_it_explains_itself_and_every_part_has_a_name(driver):
    vary(driver, **SMALL)
    dialog = checked(driver)
    driver.child(QToolButton, "gradient_check_help").click()
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, Popover)
    said = " ".join(label.text() for label in popover.findChildren(QLabel))
    for word in ("Central differences", "float64", "1e-7", "ReLU", "copy"):
        assert word in said
    for label in popover.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), "a line is cut off"
    popover.close()
    named = (*dialog.findChildren(QPushButton), *dialog.findChildren(QTableWidget))
    assert all(widget.accessibleName() or widget.text() for widget in named)
    assert driver.child(QToolButton, "gradient_check_help").accessibleName()
    assert driver.child(QLabel, "gradient_check_verdict").accessibleName() == dialog.verdict


def test_nothing_of_a_long_verdict_is_cut_off_at_any_size(driver, monkeypatch):
    right = VanillaCell.backward

    def halved(self, parameters, tape):
        right(self, {"W": 0.5 * parameters["W"]}, tape)

    monkeypatch.setattr(VanillaCell, "backward", halved)
    vary(driver, num_layers=4, **SMALL)
    for presentation in (False, True):
        driver.controller.theme.set_presentation(presentation)
        dialog = checked(driver)
        for name in ("verdict", "extent"):
            label = driver.child(QLabel, f"gradient_check_{name}")
            assert label.height() >= label.heightForWidth(label.width())
        table = driver.child(QTableWidget, "gradient_check_table")
        button = driver.child(QPushButton, "gradient_check_close")
        assert table.geometry().bottom() < button.geometry().top()
        assert dialog.rect().contains(button.geometry())
