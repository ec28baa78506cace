"""Texts as people have them in the window: compressed, or several in a folder."""

import gzip

import pytest
from PySide6.QtWidgets import QFileDialog

TEXT = "the old fox sleeps by the sea. " * 40


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "Tales"
    folder.mkdir()
    (folder / "2.txt").write_text(TEXT)
    (folder / "10.txt.gz").write_bytes(gzip.compress(TEXT.upper().encode()))
    return folder


def test_a_compressed_text_opens_as_a_text(driver, folder):
    path = folder / "10.txt.gz"
    snapshot = driver.until_new_run(lambda: driver.controller.open_files([path]))
    assert snapshot.title == "10.txt.gz"


def test_a_dropped_folder_without_a_model_stands_for_its_texts(driver, folder):
    snapshot = driver.until_new_run(lambda: driver.controller.open_files([folder]))
    assert snapshot.title == "Tales"
    driver.until_message("Tales has 2 texts, read one after the other: 2.txt, 10.txt.gz.")


def test_the_menu_opens_a_folder_of_texts_even_where_it_has_a_model(driver, folder, monkeypatch):
    (folder / "m.rnnviz").write_bytes(bytes(10))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    action = driver.controller.window.actions_by_name["action_open_folder"]
    assert driver.until_new_run(action.trigger).title == "Tales"
    message = driver.until_message("1 of the 3 files in Tales was left out.")
    assert "m.rnnviz is a binary file, not a text." in message


def test_a_folder_without_a_text_leaves_the_run_and_says_so(driver, folder):
    before = driver.controller.snapshot.run_id
    for path in folder.iterdir():
        path.write_bytes(bytes(100))
    driver.controller.open_files([folder])
    driver.until_message("There is no text in Tales: ")
    assert driver.controller.snapshot.run_id == before
