"""What goes wrong with one of several runs leaves the others alone."""

import os
import signal

import pytest

from rnnviz.runs.process import WorkerProcess
from rnnviz.training.snapshot import RunState


def add_rivals(driver):
    driver.until_new_run(lambda: driver.controller.run_control.restart(hidden_size=8))
    driver.trigger("action_add_cells")
    runs = list(driver.controller.runs)
    driver.qtbot.waitUntil(lambda: all(run.snapshot is not None for run in runs))
    return runs


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_worker_that_is_killed_is_a_sentence_and_the_others_train_on(new_driver):
    driver = new_driver(worker=WorkerProcess())
    runs = add_rivals(driver)
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: all(run.snapshot.step > 20 for run in runs))
    os.kill(runs[1].thread.client.pid, signal.SIGKILL)
    driver.until_message("LSTM: The training process ended unexpectedly (killed by signal 9)")
    before = [run.snapshot.step for run in runs]
    # Nobody waits for the dead one, though all go by equal steps.
    driver.qtbot.waitUntil(lambda: all(runs[n].snapshot.step > before[n] + 50 for n in (0, 2)))
    assert runs[1].snapshot.state is RunState.PAUSED
    driver.window.messages._accept.click()
    driver.qtbot.waitUntil(lambda: runs[1].snapshot.step == 0)
    assert runs[1].snapshot.configuration.cell == "lstm"


def test_a_text_that_is_gone_is_a_sentence_and_leaves_no_empty_place(driver, tmp_path):
    text = tmp_path / "tale.txt"
    text.write_text("once upon a time there was a text. " * 200)
    driver.until_new_run(lambda: driver.controller.open_file(text))
    text.unlink()
    before = driver.controller.snapshot
    driver.trigger("action_add_rival")
    driver.until_message("tale.txt")
    driver.qtbot.waitUntil(lambda: len(driver.controller.runs) == 1)
    driver.until(lambda snapshot: snapshot.run_id == before.run_id)


def test_all_runs_stay_where_one_cannot_be_saved(driver, tmp_path, monkeypatch):
    runs = add_rivals(driver)
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: all(run.file.is_behind for run in runs))
    gone = tmp_path / "gone"
    monkeypatch.setattr(driver.controller.view, "ask_for_folder", lambda: gone)
    driver.trigger("action_save_all")
    driver.until_message("gone")
    assert all(run.file.is_behind for run in runs)


def test_all_are_saved_and_open_again_as_they_were(new_driver, tmp_path, monkeypatch):
    driver = new_driver()
    runs = add_rivals(driver)
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: all(run.snapshot.step == 1 for run in runs))
    losses = [run.snapshot.smoothed_loss for run in runs]
    monkeypatch.setattr(driver.controller.view, "ask_for_folder", lambda: tmp_path)
    driver.trigger("action_save_all")
    driver.qtbot.waitUntil(lambda: not any(run.file.is_behind for run in runs))
    driver.controller.close_now()
    driver.window.hide()
    again = new_driver()
    again.controller.open_files([tmp_path])
    again.qtbot.waitUntil(lambda: len(again.controller.runs) == 3)
    runs = list(again.controller.runs)
    again.qtbot.waitUntil(lambda: [run.snapshot and run.snapshot.step for run in runs] == [1, 1, 1])
    assert [run.snapshot.smoothed_loss for run in runs] == losses
    assert [run.snapshot.configuration.cell for run in runs] == ["vanilla", "lstm", "gru"]
