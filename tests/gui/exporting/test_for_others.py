"""The network in front, written for other programs from the File menu."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog


@pytest.fixture
def answer(monkeypatch):
    """Have the file dialog answer with a path, and the kind that is offered first or later."""
    asked = []

    def answering(path, place=0):
        def chosen(_parent, _title, suggestion, filters):
            asked.append(suggestion)
            return (str(path), filters.split(";;")[place]) if path else ("", "")

        monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
        return asked

    return answering


def export(driver):
    driver.window.actions_by_name["action_export_model"].trigger()


def said(driver):
    return driver.window.messages.text


def test_the_menu_writes_the_network_and_says_so(trained, tmp_path, answer):
    asked = answer(tmp_path / "mine", 2)
    export(trained)
    trained.qtbot.waitUntil(lambda: "Wrote" in said(trained))
    assert said(trained) == "Wrote mine.npz, as the network was after step 60."
    assert asked[0].endswith("hello")
    with np.load(tmp_path / "mine.npz") as file:
        assert "after step 60" in str(file["readme"])
    assert trained.controller.run_file.path is None


def test_nobody_was_asked_about_a_file_with_the_usual_ending(trained, tmp_path, answer):
    (tmp_path / "mine.npz").write_text("mine")
    answer(tmp_path / "mine", 2)
    export(trained)
    assert said(trained) == "mine.npz is there already: say its whole name to write over it."
    assert (tmp_path / "mine.npz").read_text() == "mine"


def test_what_cannot_be_written_is_said_and_the_run_stays(trained, tmp_path, answer):
    answer(tmp_path / "mine.pt")
    export(trained)
    assert said(trained) == "mine.pt: the name of such an export ends with .safetensors."
    answer(tmp_path / "nowhere" / "mine")
    export(trained)
    trained.qtbot.waitUntil(lambda: "there is no folder" in said(trained))
    assert trained.controller.snapshot.step == 60


def test_given_up_it_writes_nothing(trained, tmp_path, answer):
    answer(None)
    export(trained)
    assert not list(tmp_path.iterdir())
