"""What was left behind is offered once, opened as it was, and never lost by deciding late."""

import os
import shutil
import time

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from threadpoolctl import threadpool_limits

from rnnviz.gui.recovery.card import Decision
from rnnviz.gui.recovery.loss_picture import LossPicture
from rnnviz.storage import load_model, save_model
from rnnviz.storage.autosaves.folder import AutosaveFolder, claim_left_behind
from rnnviz.storage.autosaves.names import file_in
from rnnviz.storage.autosaves.own_file import OwnFile, note_own_file
from rnnviz.training.commands import NewRun, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState

HOUR = 3600.0


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Three runs of small networks, each trained a little further."""
    folder = tmp_path_factory.mktemp("models")
    paths = []
    for number, cell in enumerate(("vanilla", "lstm", "gru"), start=1):
        session = trained(Configuration(cell=cell, hidden_size=6, sequence_length=8), 100 * number)
        paths.append(folder / f"{cell}.rnnviz")
        save_model(paths[-1], session.checkpoint())
    return paths


def trained(configuration, steps):
    session = Session()
    session.apply(NewRun(configuration))
    session.apply(Train(steps=steps))
    # The window's runs have one thread: with several, sums are of other pieces.
    with threadpool_limits(1, user_api="blas"):
        while session.state is RunState.RUNNING:
            session.advance(look=False)
    return session


def leave(home, *models, damaged=False):
    """Leave models behind as a process does that is killed; return its folder."""
    folder = AutosaveFolder.new(home)
    for number, model in enumerate(models):
        path = file_in(folder.path, f"place{number}", "run")
        shutil.copy(model, path)
        os.utime(path, (time.time() - number,) * 2)
        if damaged:
            path.write_bytes(path.read_bytes()[:-10])
    folder._lock.release()
    return folder.path


@pytest.fixture
def offered(new_driver):
    """Make a window, and wait for its offer."""

    def make(**more):
        driver = new_driver(autosave_seconds=HOUR, **more)
        dialog_of(driver)
        return driver

    return make


def dialog_of(driver):
    driver.qtbot.waitUntil(
        lambda: (
            driver.furnish.recovery is not None
            and driver.furnish.recovery.dialog is not None
            and driver.furnish.recovery.dialog.isVisible()
        )
    )
    return driver.furnish.recovery.dialog


def until_looked(driver):
    """Wait until the window has looked for what was left, and has a folder of its own."""
    driver.qtbot.waitUntil(
        lambda: driver.furnish.recovery is not None and driver.furnish.recovery._thread.isFinished()
    )
    driver.qtbot.waitUntil(lambda: driver.controller.runs._autosaves is not None)


def words(card):
    return [label.text() for label in card.findChildren(QLabel) if label.text()]


def press(dialog, name, number=0):
    dialog.findChildren(QPushButton, name)[number].click()


def test_a_clean_close_leaves_nothing(new_driver, own_autosaves):
    driver = new_driver(autosave_seconds=0.05)
    until_looked(driver)
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: steps_in(own_autosaves) != [])
    driver.controller.close_now()
    assert list(own_autosaves.iterdir()) == []


def test_a_window_that_is_closed_looks_for_nothing_any_more(new_driver, monkeypatch):
    monkeypatch.setattr("rnnviz.gui.application._RECOVERY_DELAY_MS", 3_600_000)
    driver = new_driver(autosave_seconds=HOUR)
    timer = driver.window.findChild(QTimer, "recovery_timer")
    driver.controller.close_now()
    timer.timeout.emit()
    assert driver.furnish.recovery is None, "nobody would wait for its thread"


def test_where_nothing_was_left_nothing_is_offered(new_driver, own_autosaves):
    driver = new_driver(autosave_seconds=HOUR)
    until_looked(driver)
    assert driver.furnish.recovery.dialog is None


def test_that_python_crashed_the_last_time_is_told_with_a_report(
    new_driver, own_autosaves, own_reports, models
):
    folder = leave(own_autosaves, models[1])
    (folder / "window.crash").write_text("Fatal Python error: Aborted", encoding="utf-8")
    (folder / "run.crash").write_text("", encoding="utf-8")
    driver = new_driver(autosave_seconds=HOUR)
    dialog_of(driver)
    (report,) = own_reports.iterdir()
    assert "Fatal Python error: Aborted" in report.read_text(encoding="utf-8")
    assert driver.window.messages.text == (
        f"The last time, this program ended unexpectedly. A report lies in {report}."
    )


def test_it_says_what_when_and_how_far(offered, own_autosaves, models):
    leave(own_autosaves, models[1])
    dialog = dialog_of(offered())
    (card,) = dialog.cards
    what, how_far, when = words(card)
    assert what == "Tales: LSTM, 6 units"
    assert how_far.startswith("Step 200, loss ")
    assert how_far.endswith(" nats per character")
    assert when.startswith("Autosaved today, ") or when.startswith("Autosaved yesterday, ")
    picture = card.findChild(LossPicture)
    assert picture.accessibleName().startswith("The loss went from ")
    assert not dialog.isModal()
    assert dialog.findChild(QPushButton, "recovery_open_all").isHidden()


def test_what_is_opened_is_unsaved_training_without_a_file(
    offered, own_autosaves, models, monkeypatch
):
    folder = leave(own_autosaves, models[1])
    driver = offered()
    dialog = dialog_of(driver)
    driver.until_new_run(lambda: press(dialog, "recovery_open"))
    assert len(driver.controller.runs) == 1, "it takes the place of a run that nobody touched"
    assert driver.furnish.recovery.dialog is None
    snapshot = driver.controller.snapshot
    assert (snapshot.step, snapshot.configuration.cell) == (200, "lstm")
    assert driver.controller.run_file.path is None
    assert driver.controller.run_file.is_behind
    assert driver.window.windowTitle() == "Tales — rnnviz"
    assert list(folder.iterdir()) == [], "it is in the folder of this process by now"
    assert [load_model(path).step for path in own_autosaves.rglob("*.rnnviz")] == [200]
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()))
    driver.window.close()
    assert asked == ["Save the model before closing?"]
    driver.controller.close_now()
    assert list(own_autosaves.iterdir()) == []


def test_what_is_opened_goes_on_in_the_file_that_it_was_saved_to(
    offered, own_autosaves, models, tmp_path
):
    folder = leave(own_autosaves, models[1])
    mine = tmp_path / "tide.rnnviz"
    shutil.copy(models[0], mine)
    note_own_file(next(folder.glob("*.rnnviz")), OwnFile.at(mine))
    driver = offered()
    driver.until_new_run(lambda: press(dialog_of(driver), "recovery_open"))
    assert driver.window.windowTitle() == "tide.rnnviz — rnnviz"
    assert driver.controller.run_file.is_behind
    driver.trigger("action_save")
    driver.until_message("Saved tide.rnnviz.")
    assert load_model(mine).step == 200
    assert not driver.controller.run_file.is_behind


def test_it_goes_on_with_the_losses_that_it_would_have_had(offered, own_autosaves, models):
    leave(own_autosaves, models[1])
    driver = offered()
    driver.until_new_run(lambda: press(dialog_of(driver), "recovery_open"))
    driver.controller.runs.front.post(Train(steps=50))
    after = driver.until(lambda snapshot: snapshot.step == 250)
    whole = trained(Configuration(cell="lstm", hidden_size=6, sequence_length=8), 250).snapshot()
    assert np.array_equal(after.get(HISTORY).loss.mean, whole.get(HISTORY).loss.mean)


def test_several_open_beside_each_other(offered, own_autosaves, models):
    leave(own_autosaves, *models)
    driver = offered()
    dialog = dialog_of(driver)
    assert [words(card)[0] for card in dialog.cards] == [
        f"Tales: {cell}, 6 units" for cell in ("vanilla RNN", "LSTM", "GRU")
    ]
    press(dialog, "recovery_open_all")
    runs = driver.controller.runs
    driver.qtbot.waitUntil(
        lambda: [run.snapshot and run.snapshot.step for run in runs] == [100, 200, 300]
    )
    assert runs.front.snapshot.configuration.cell == "vanilla"
    assert all(run.file.is_behind for run in runs)


def test_who_has_begun_something_keeps_it_beside_what_is_opened(offered, own_autosaves, models):
    leave(own_autosaves, models[0])
    driver = offered()
    dialog = dialog_of(driver)
    driver.take_steps(1)
    press(dialog, "recovery_open")
    driver.until(lambda snapshot: snapshot.step == 100)
    assert len(driver.controller.runs) == 2
    assert next(iter(driver.controller.runs)).snapshot.step == 1


def test_who_decides_later_is_asked_at_the_next_start_and_not_before(
    offered, new_driver, own_autosaves, models
):
    leave(own_autosaves, models[0])
    driver = offered()
    press(dialog_of(driver), "recovery_later")
    assert driver.furnish.recovery.dialog is None
    driver.controller.close_now()
    again = dialog_of(offered())
    press(again, "recovery_open")


def test_a_discard_can_be_taken_back_until_the_dialog_closes(offered, own_autosaves, models):
    folder = leave(own_autosaves, models[0], models[1])
    driver = offered()
    dialog = dialog_of(driver)
    press(dialog, "recovery_discard", 0)
    press(dialog, "recovery_discard", 1)
    assert dialog.findChild(QPushButton, "recovery_later").text() == "Close"
    press(dialog, "recovery_discard", 1)
    assert [card.decision for card in dialog.cards] == [Decision.DISCARD, Decision.LATER]
    assert len(list(folder.iterdir())) == 2
    press(dialog, "recovery_later")
    assert [load_model(path).step for path in folder.iterdir()] == [200]


def test_a_damaged_one_is_told_and_can_be_discarded(offered, own_autosaves, models):
    folder = leave(own_autosaves, models[0], damaged=True)
    driver = offered()
    dialog = dialog_of(driver)
    (card,) = dialog.cards
    assert words(card)[1].startswith("It is damaged: ")
    assert card.findChild(QPushButton, "recovery_open").isHidden()
    press(dialog, "recovery_discard")
    press(dialog, "recovery_later")
    assert not folder.exists()
    assert driver.controller.snapshot.step == 0


def test_two_windows_do_not_offer_the_same(offered, new_driver, own_autosaves, models):
    leave(own_autosaves, models[0])
    offered()
    other = new_driver(autosave_seconds=HOUR)
    until_looked(other)
    assert other.furnish.recovery.dialog is None
    assert claim_left_behind(own_autosaves).folders == [], "nor does a third"


def test_what_finds_no_place_is_offered_further(offered, own_autosaves, models):
    leave(own_autosaves, *models, *models, *models)
    driver = offered()
    dialog = dialog_of(driver)
    press(dialog, "recovery_open_all")
    left = [card for card in dialog.cards if card.decision is Decision.LATER]
    assert len(left) == 1
    driver.until_message("There are 8 runs already")
    driver.qtbot.waitUntil(lambda: all(run.snapshot for run in driver.controller.runs))
    press(dialog, "recovery_later")
    driver.controller.close_now()
    assert len(list(own_autosaves.rglob("*.rnnviz"))) == 1


def test_a_home_that_cannot_be_written_is_told_once_and_training_goes_on(new_driver, own_autosaves):
    own_autosaves.write_bytes(b"")
    driver = new_driver(autosave_seconds=0.05)
    driver.until_message("Training cannot be autosaved: nothing can be written into")
    driver.window.messages.clear()
    driver.train_and_pause(20)
    assert driver.window.messages.text == ""


def test_a_signal_keeps_what_is_unsaved_before_it_asks_and_so_does_the_sessions_end(
    new_driver, own_autosaves, monkeypatch
):
    driver = new_driver(autosave_seconds=HOUR)
    until_looked(driver)
    step = driver.train_and_pause(20).step
    driver.qtbot.waitUntil(lambda: steps_in(own_autosaves) == [step])
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > step)
    driver.furnish.autosave()
    driver.qtbot.waitUntil(lambda: steps_in(own_autosaves)[0] > step)
    asked = []

    def ask_again(box):
        asked.append(box.text())
        driver.furnish.close_for_system()
        return box.result()

    monkeypatch.setattr(QMessageBox, "exec", ask_again)
    kept = steps_in(own_autosaves)[0]
    driver.furnish.close_for_system()
    assert len(asked) == 1
    assert not driver.window.isVisible()
    assert steps_in(own_autosaves)[0] >= kept, "nobody has said that it may go"
    (left,) = claim_left_behind(own_autosaves).folders
    left.let_go()


def steps_in(home):
    return [load_model(path).step for path in home.rglob("*.rnnviz")]
