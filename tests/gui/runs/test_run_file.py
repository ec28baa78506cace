"""Opening, saving and bad input, through the real window."""

import os
import pickle
import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QMessageBox, QPushButton

from rnnviz.gui.application import new_window
from rnnviz.gui.runs.run_file import RunFile
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.training.commands import NewRun, Resume, TakeStep
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState


def test_a_saved_run_opens_where_it_stood(driver, tmp_path):
    path = tmp_path / "model.rnnviz"
    before = driver.train_and_pause(60)
    driver.controller.save(path)
    driver.until_message("Saved")
    after = driver.until_new_run(lambda: driver.controller.open_file(path))
    assert after.step == before.step
    assert after.smoothed_loss == before.smoothed_loss
    assert path.name in driver.window.windowTitle()
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > before.step)


def test_training_that_was_done_before_a_run_is_first_seen_is_in_no_file():
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=3)))
    session.apply(TakeStep())
    file, opened = RunFile(), RunFile()
    file.follow(session.snapshot(), new_run=True)
    assert file.is_behind
    session.apply(Resume(session.checkpoint()))
    opened.follow(session.snapshot(), new_run=True)
    assert not opened.is_behind
    session.apply(TakeStep())
    opened.follow(session.snapshot(), new_run=False)
    assert opened.is_behind


def test_opening_over_an_unsaved_run_asks_first(driver, tmp_path):
    text = tmp_path / "own.txt"
    text.write_text("a stitch in time saves nine. " * 50)
    run = driver.train_and_pause(5).run_id
    driver.controller.open_file(text)
    driver.until_message("not saved")
    driver.child(QPushButton, "message_refuse").click()
    assert driver.controller.snapshot.run_id == run
    driver.controller.open_file(text)
    driver.until_message("not saved")
    snapshot = driver.until_new_run(driver.child(QPushButton, "message_accept").click)
    assert snapshot.configuration.text_file == str(text)


def test_what_a_file_holds_already_is_not_called_lost(driver, tmp_path):
    driver.train_and_pause(5)
    path = tmp_path / "kept.rnnviz"
    driver.controller.save(path)
    driver.until_message("Saved")
    saved = driver.controller.snapshot.step
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == saved + 1)
    driver.controller.open_file(path)
    driver.until_message(f"what came after step {saved:,} is not saved")


def test_a_dropped_text_is_trained_on(driver, tmp_path):
    text = tmp_path / "own.txt"
    text.write_text("to be or to have been. " * 80)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(text))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    snapshot = driver.until_new_run(lambda: driver.window.dropEvent(event))
    assert snapshot.title == "own.txt"
    driver.train_and_pause(20)


def test_a_text_that_is_named_without_its_folder_is_where_the_program_was_started(
    driver, tmp_path, monkeypatch
):
    (tmp_path / "own.txt").write_text("to be or to have been. " * 80)
    monkeypatch.chdir(tmp_path)
    open_it = partial(driver.controller.open_file, Path("own.txt"))
    assert driver.until_new_run(open_it).configuration.text_file == str(tmp_path / "own.txt")


BAD_FILES = {
    "missing.txt": None,
    "empty.txt": b"",
    "short.txt": b"abcabcabc",
    "one_character.txt": b"a" * 500,
    "binary.txt": bytes(range(256)) * 20,
    "pickle.rnnviz": pickle.dumps({"weights": [1.0, 2.0]}),
    "missing.rnnviz": None,
    "empty.rnnviz": b"",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_the_run_stays(driver, tmp_path, name):
    path, content = tmp_path / name, BAD_FILES[name]
    if content is not None:
        path.write_bytes(content)
    driver.trigger("action_step")
    before = driver.until(lambda snapshot: snapshot.step == 1)
    driver.controller.run_file.saved_step = before.step
    driver.controller.open_file(path)
    driver.qtbot.waitUntil(lambda: driver.window.messages.kind == "problem", timeout=40_000)
    sentence = driver.window.messages.text
    assert sentence.endswith(".")
    assert "\n" not in sentence
    driver.trigger("action_step")
    after = driver.until(lambda snapshot: snapshot.step == 2)
    assert after.run_id == before.run_id


def test_an_unwritable_place_gets_a_sentence_and_training_goes_on(driver, tmp_path):
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 5)
    driver.controller.save(tmp_path / "no such folder" / "model.rnnviz")
    driver.qtbot.waitUntil(lambda: driver.window.messages.kind == "problem", timeout=40_000)
    step = driver.controller.snapshot.step
    assert driver.until(lambda snapshot: snapshot.step > step).state is RunState.RUNNING


def test_a_text_too_short_for_the_new_window_refuses_the_change_only(new_driver, tmp_path):
    text = tmp_path / "own.txt"
    text.write_text("abcdefghij" * 10)
    driver = new_driver(text)
    driver.until(lambda snapshot: snapshot.title == "own.txt")
    driver.controller.live.change("sequence_length", 500)
    driver.until_message("sequence length")
    assert driver.controller.snapshot.configuration.sequence_length == 25


def test_closing_while_training_leaves_no_thread(driver):
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 5)
    driver.controller.close_now()
    assert driver.controller.thread_of_training.isFinished()


def test_what_was_said_of_a_file_that_could_not_be_saved_goes_once_it_is(driver, tmp_path):
    folder = tmp_path / "later"
    driver.take_steps(1)
    driver.controller.save(folder / "model.rnnviz")
    driver.until_message("model.rnnviz cannot be saved")
    folder.mkdir()
    driver.controller.save(folder / "model.rnnviz")
    driver.until_message("Saved")
    assert driver.window.messages.text == "Saved model.rnnviz."


def test_a_drive_that_does_not_answer_holds_up_nobody_who_wants_the_recent_files(
    own_settings, tmp_path, monkeypatch
):
    there, gone, stalled = (tmp_path / f"{name}.rnnviz" for name in ("there", "gone", "stalled"))
    settings = WindowSettings()
    for path in (stalled, gone, there):
        path.write_bytes(b"")
        settings.remember_file(path)
    gone.unlink()
    answers = threading.Event()
    isfile = os.path.isfile

    def slow(name):
        return answers.wait(60) if str(name) == str(stalled) else isfile(name)

    monkeypatch.setattr(os.path, "isfile", slow)
    try:
        assert settings.recent_files == [there, stalled], "it may be there"
        assert not answers.is_set()
    finally:
        answers.set()


def test_recent_files_remember_what_was_saved(driver, tmp_path):
    path = tmp_path / "model.rnnviz"
    driver.controller.save(path)
    driver.until_message("Saved")
    assert driver.controller.settings.recent_files == [path]


def test_a_model_whose_text_is_gone_can_still_write(driver, new_driver, tmp_path):
    text, model = tmp_path / "own.txt", tmp_path / "model.rnnviz"
    text.write_text("the cat sat on the mat. " * 40)
    driver.until_new_run(lambda: driver.controller.open_file(text))
    driver.train_and_pause(10)
    driver.controller.save(model)
    driver.until_message("Saved")
    text.unlink()
    other = new_driver(model)
    snapshot = other.until(lambda s: s.step >= 10)
    assert "own.txt" in other.until_message("own.txt")
    assert len(snapshot.get(TEXT).stream.text) > 100
    other.trigger("action_train")
    other.until_message("own.txt")
    assert other.controller.snapshot.state is not RunState.RUNNING


def test_reading_a_long_text_shows_its_progress_and_closing_gives_it_up(driver, tmp_path):
    text = tmp_path / "long.txt"
    text.write_text("a long text of many lines that repeats itself. \n" * 400_000)
    bar = driver.child(QFrame, "loading_bar")
    driver.controller.open_file(text)
    driver.qtbot.waitUntil(bar.isVisible)
    assert driver.child(QLabel, "loading_words").text()
    driver.window.close()
    assert driver.controller.thread_of_training.isFinished()


def test_the_bar_goes_when_the_text_is_read(driver, qtbot, tmp_path):
    text = tmp_path / "own.txt"
    text.write_text("a text of many lines that repeats itself. \n" * 4_000)
    driver.until_new_run(lambda: driver.controller.open_file(text))
    # The run may be shown before the word that its text is read has come through the queue.
    bar = driver.child(QFrame, "loading_bar")
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_a_bad_file_at_the_start_leaves_the_default_run(new_driver, tmp_path):
    driver = new_driver(tmp_path / "gone.txt")
    driver.until_message("gone.txt")
    assert driver.controller.snapshot.configuration.corpus == "tales"


def test_a_first_window_is_no_larger_than_the_screen(new_driver, qapp):
    window, _ = new_window(qapp)
    room = window.screen().availableGeometry()
    least = window.minimumSize()
    assert window.width() <= max(room.width(), least.width())
    assert window.height() <= max(room.height(), least.height())
    window.deleteLater()


def test_a_save_given_up_when_closing_lets_a_later_one_leave_the_window_open(
    driver, monkeypatch, tmp_path
):
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step == 1)
    monkeypatch.setattr(QMessageBox, "exec", lambda _: QMessageBox.StandardButton.Save)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    driver.window.close()
    assert driver.window.isVisible()
    driver.controller.save(tmp_path / "model.rnnviz")
    driver.until_message("Saved")
    driver.qtbot.wait(50)
    assert driver.window.isVisible()


def test_a_new_run_begins_a_new_page(driver, tmp_path):
    text = tmp_path / "own.txt"
    text.write_text("0123456789 " * 200)
    driver.until_new_run(lambda: driver.controller.open_file(text))
    panel = driver.controller.panels["text_panel"]
    driver.qtbot.waitUntil(lambda: set(panel.text) <= set("0123456789 "))
