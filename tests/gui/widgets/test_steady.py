"""What changes all the time moves nothing around it."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.gui.widgets import steady_sentence
from rnnviz.gui.widgets.steady_number import SteadyNumber
from rnnviz.gui.widgets.steady_sentence import SteadySentence


class Layouts(QObject):
    """Counts how often a widget is asked to lay out anew."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def holder(qtbot) -> QWidget:
    holder = QWidget()
    qtbot.addWidget(holder)
    return holder


def test_a_number_within_its_room_lays_out_nothing(qtbot, holder):
    number = SteadyNumber("number", "9,999")
    QHBoxLayout(holder).addWidget(number)
    number.fit()
    holder.show()
    qtbot.waitExposed(holder)
    qtbot.wait(50)
    layouts = Layouts(holder)
    for step in range(1, 10_000, 999):
        number.show_number(f"{step:,}")
    qtbot.wait(50)
    assert layouts.count == 0
    before = number.width()
    number.show_number("123,456,789")
    qtbot.waitUntil(lambda: number.width() > before)
    assert number.width() >= number.fontMetrics().horizontalAdvance("123,456,789")
    wide = number.width()
    number.show_number("1")
    qtbot.wait(50)
    assert number.width() == wide


@pytest.fixture
def sentence(qtbot, holder) -> SteadySentence:
    sentence = SteadySentence("sentence")
    column = QVBoxLayout(holder)
    column.addWidget(sentence)
    column.addWidget(QWidget(), 1)
    holder.resize(300, 300)
    holder.show()
    qtbot.waitExposed(holder)
    return sentence


def test_a_sentence_keeps_the_lines_that_it_has_needed(qtbot, holder, sentence):
    sentence.show_sentence("Short.", at_once=True)
    qtbot.wait(50)
    low = sentence.height()
    sentence.show_sentence("As long as two lines of this width are. " * 2, at_once=True)
    qtbot.waitUntil(lambda: sentence.height() > low)
    high = sentence.height()
    sentence.show_sentence("Short.", at_once=True)
    qtbot.wait(50)
    assert sentence.height() == high
    # In other room, it may need less.
    holder.resize(600, 300)
    qtbot.waitUntil(lambda: sentence.height() == low)


def test_a_sentence_stands_as_long_as_reading_takes(sentence, monkeypatch):
    now = 100.0
    monkeypatch.setattr(steady_sentence.time, "monotonic", lambda: now)
    sentence.show_sentence("First.", at_once=False)
    now += 0.5
    sentence.show_sentence("Second.", at_once=False)
    assert sentence.text() == "First."
    now += 0.5
    sentence.show_sentence("Third.", at_once=False)
    assert sentence.text() == "Third."
    sentence.show_sentence("Last.", at_once=True)
    assert sentence.text() == "Last."
