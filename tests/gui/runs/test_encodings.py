"""A text that was misread: one sees it at once, and chooses how it is to be read."""

import pytest
from PySide6.QtWidgets import QComboBox

from tests.data.text.natural_texts import SAMPLES

RUSSIAN = SAMPLES["Russian"] * 3


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "lake.txt"
    path.write_bytes(RUSSIAN.encode("koi8_u", "ignore"))
    return path


def choose(driver, encoding):
    box = driver.child(QComboBox, "encoding")
    box.setCurrentIndex(box.findData(encoding))
    return driver.until_new_run(lambda: box.activated.emit(box.currentIndex()))


def test_what_was_decided_is_shown_with_a_sample(driver, text):
    driver.until_new_run(lambda: driver.controller.open_file(text))
    message = driver.until_message("KOI8 (Cyrillic)")
    sample = message.split('"')[1].strip("…")
    assert sample in " ".join(RUSSIAN.split())


def test_the_encoding_is_chosen_below_the_files_name_and_another_text_is_told_anew(
    driver, text, tmp_path
):
    assert not driver.child(QComboBox, "encoding").isVisible()
    driver.until_new_run(lambda: driver.controller.open_file(text))
    driver.qtbot.waitUntil(driver.child(QComboBox, "encoding").isVisible)
    wrong = choose(driver, "windows-1251")
    assert wrong.configuration.encoding == "windows-1251"
    driver.until_message("lake.txt was read as Windows-1251 (Cyrillic), as chosen")
    assert choose(driver, "koi8-u").title == "lake.txt"
    driver.until_message("lake.txt was read as KOI8 (Cyrillic), as chosen")
    other = tmp_path / "other.txt"
    other.write_text(RUSSIAN, encoding="utf-8")
    again = driver.until_new_run(lambda: driver.controller.open_file(other))
    assert again.configuration.encoding == "automatic"
    assert driver.child(QComboBox, "encoding").currentData() == "automatic"


def test_an_encoding_that_cannot_be_leaves_the_run_and_says_so(driver, text):
    data = text.read_bytes()
    text.write_bytes(data if len(data) % 2 else data + b"!")
    snapshot = driver.until_new_run(lambda: driver.controller.open_file(text))
    box = driver.child(QComboBox, "encoding")
    box.setCurrentIndex(box.findData("utf-16"))
    box.activated.emit(box.currentIndex())
    driver.until_message("lake.txt is not UTF-16. Choose another encoding.")
    assert driver.controller.snapshot.run_id == snapshot.run_id


def test_of_several_things_to_say_of_a_text_none_hides_another(driver, text):
    text.write_bytes(RUSSIAN.encode("koi8_u", "ignore") * 4)
    driver.restart(level="word", vocabulary_size=10)
    driver.until_new_run(lambda: driver.controller.open_file(text))
    message = driver.until_message("KOI8 (Cyrillic)")
    assert "The vocabulary of 10 words" in message
