"""Networks of other programs, opened in the real window."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton
from safetensors.numpy import save_file

TOKENS = ["a", "b", " "]


@pytest.fixture
def theirs(tmp_path) -> Path:
    weights = {
        "decoder.weight": np.eye(3, 4, dtype=np.float16),
        "lstm.weight_ih_l0": np.ones((16, 3), np.float16),
        "lstm.weight_hh_l0": np.zeros((16, 4), np.float16),
    }
    save_file(weights, tmp_path / "theirs.safetensors")
    (tmp_path / "vocab.json").write_text(json.dumps(TOKENS))
    return tmp_path / "theirs.safetensors"


@pytest.fixture
def vocabulary(monkeypatch, theirs):
    asked = []

    def chosen(_parent, _title, folder, _filter):
        asked.append(folder)
        return str(theirs.parent / "vocab.json"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    return asked


def answer(driver, words):
    (button,) = [one for one in driver.window.findChildren(QPushButton) if one.text() == words]
    button.click()


def wait_for(driver, words):
    driver.qtbot.waitUntil(lambda: words in driver.window.messages.text, timeout=20_000)


def test_it_asks_for_the_vocabulary_and_opens_what_then_writes(driver, theirs, vocabulary):
    driver.controller.open_file(theirs)
    wait_for(driver, "theirs.safetensors does not say which 3 tokens its numbers stand for.")
    answer(driver, "Choose its vocabulary…")
    driver.qtbot.waitUntil(lambda: driver.controller.snapshot.configuration.cell == "lstm")
    assert vocabulary == [str(theirs.parent)]
    snapshot = driver.controller.snapshot
    assert snapshot.hidden_size == 4
    assert snapshot.step == 0
    wait_for(driver, "The model can write")


def test_saving_does_not_write_over_the_others_file(driver, theirs, vocabulary, monkeypatch):
    before = theirs.read_bytes()
    driver.controller.open_file(theirs)
    wait_for(driver, "does not say")
    answer(driver, "Choose its vocabulary…")
    driver.qtbot.waitUntil(lambda: driver.controller.snapshot.configuration.cell == "lstm")
    assert driver.controller.run_file.path is None
    assert theirs not in driver.controller.settings.recent_files
    mine = theirs.with_name("mine.rnnviz")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(mine), ""))
    driver.controller.save()
    driver.qtbot.waitUntil(mine.exists)
    assert theirs.read_bytes() == before


def test_where_a_run_would_be_lost_it_is_asked_after_the_vocabulary(trained, theirs, vocabulary):
    trained.controller.open_file(theirs)
    wait_for(trained, "does not say")
    answer(trained, "Choose its vocabulary…")
    wait_for(trained, "Opening theirs.safetensors ends this run")
    answer(trained, "Go ahead without saving")
    trained.qtbot.waitUntil(lambda: trained.controller.snapshot.configuration.cell == "lstm")


def test_a_pickle_is_refused_and_the_lines_can_be_copied(driver, tmp_path):
    before = driver.controller.snapshot.run_id
    (tmp_path / "theirs.pt").write_bytes(b"\x80\x02pickled")
    driver.controller.open_file(tmp_path / "theirs.pt")
    wait_for(driver, "theirs.pt is a pickle")
    answer(driver, "Copy the lines")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 3
    assert "weights_only=True" in lines[1]
    assert driver.controller.snapshot.run_id == before


def test_what_cannot_come_is_said_and_the_run_stays(driver, theirs):
    weights = {"lstm.weight_ih_l0_reverse": np.ones((16, 3), np.float16)}
    save_file(weights, theirs)
    before = driver.controller.snapshot.run_id
    driver.controller.open_file(theirs)
    wait_for(driver, "it reads in both directions (lstm.weight_ih_l0_reverse)")
    assert driver.controller.snapshot.run_id == before


def test_among_several_models_one_that_lacks_its_vocabulary_leaves_no_empty_place(
    driver, theirs, vocabulary
):
    again = theirs.with_name("again.safetensors")
    again.write_bytes(theirs.read_bytes())
    driver.controller.open_files([theirs, again])
    wait_for(driver, "does not say")
    driver.qtbot.waitUntil(lambda: len(driver.controller.runs) == 1)
