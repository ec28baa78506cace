"""A text that a network writes: its colours, its end, and what is said where there is none."""

import math

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.widgets.written_text import WrittenText


@pytest.fixture
def text(qtbot):
    text = WrittenText("text", "A text", Theme(ColorScheme.LIGHT))
    qtbot.addWidget(text)
    text.resize(200, 100)
    text.show()
    return text


def background_of(text: WrittenText, place: int) -> str:
    cursor = QTextCursor(text.document())
    cursor.setPosition(place + 1)
    return cursor.charFormat().background().color().name()


def test_what_was_more_probable_is_bluer(text):
    text.rewrite("", ["a", "b", "c"], [0.0, math.nan, 1.0])
    palette = Theme(ColorScheme.LIGHT).palette
    assert [background_of(text, k) for k in range(3)] == [
        palette.panel,
        palette.panel,
        palette.forward_band,
    ]


def test_what_is_nothing_but_spaces_can_be_seen(text):
    text.rewrite("", [" ", "\n"], [0.5, 0.5])
    assert text.toPlainText() == "␣↵\n"


def test_a_text_that_grows_is_followed_to_its_end_and_another_is_not(text, qtbot):
    bar = text.verticalScrollBar()
    text.rewrite("prompt", ["word "] * 200, [0.5] * 200)
    qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())
    text.is_growing = False
    bar.setValue(0)
    text.resize(200, 60)
    QApplication.processEvents()
    assert bar.value() == 0


def test_a_sentence_stands_in_the_place_of_a_text(text):
    text.rewrite("", ["a"], [0.5])
    text.say("It writes no text.")
    assert text.toPlainText() == "It writes no text."
