"""A worker that dies leaves its window usable."""

import os
import signal

import pytest
from PySide6.QtWidgets import QPushButton

from rnnviz.runs.process import WorkerProcess
from rnnviz.training.snapshot import RunState

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")


@pytest.fixture
def killed(new_driver, qapp):
    """A window whose run has trained, and whose worker was killed."""
    driver = new_driver(worker=WorkerProcess())
    driver.controller.run_control.restart(hidden_size=7)
    driver.until(lambda snapshot: snapshot.hidden_size == 7)
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 0)
    os.kill(driver.controller.thread_of_training.client.pid, signal.SIGKILL)
    driver.until_message("ended unexpectedly (killed by signal 9)")
    return driver


def test_it_is_said_and_the_run_begins_anew_with_its_settings(killed):
    assert killed.window.messages.kind == "problem"
    assert killed.controller.snapshot.state is RunState.PAUSED
    button = killed.child(QPushButton, "message_accept")
    assert button.text() == "Begin anew"
    snapshot = killed.until_new_run(button.click)
    assert (snapshot.step, snapshot.hidden_size) == (0, 7)
    assert killed.window.messages.text == ""
    killed.trigger("action_train")
    killed.until(lambda snapshot: snapshot.step > 0)


def test_what_needs_the_dead_worker_says_so_again_and_the_window_closes_unasked(killed):
    killed.window.messages.clear()
    killed.trigger("action_train")
    killed.until_message("ended unexpectedly")
    assert not killed.controller.run_file.is_behind, "there is nothing left to save"
    killed.window.close()
    assert not killed.window.isVisible()


def test_another_seed_begins_at_once(killed):
    seed = killed.controller.snapshot.configuration.seed
    snapshot = killed.until_new_run(lambda: killed.trigger("action_new_seed"))
    assert snapshot.configuration.seed == seed + 1
    assert snapshot.hidden_size == 7
