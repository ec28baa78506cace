"""What the bar at the window's top says, and what it keeps."""

import pytest
from PySide6.QtCore import QTimer

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.window.messages import MessageBar


@pytest.fixture
def bar(qtbot):
    bar = MessageBar(Theme(ColorScheme.LIGHT))
    qtbot.addWidget(bar)
    return bar


def lapse(bar):
    """Let the time of a confirmation be over."""
    timer = bar.findChild(QTimer, "confirmation_timer")
    assert timer.isActive()
    timer.stop()
    timer.timeout.emit()


def test_a_confirmation_goes_by_itself(bar):
    bar.confirm("Copied the picture.")
    assert bar.text == "Copied the picture."
    assert not bar.isHidden()
    lapse(bar)
    assert bar.text == ""
    assert bar.isHidden()


def test_a_confirmation_leaves_a_message_and_what_it_offers(bar):
    taken = []
    bar.offer("Back at the first weights.", "Undo", lambda: taken.append(True))
    bar.confirm("Copied the picture.")
    assert "Back at the first weights." in bar.text
    assert "Copied the picture." in bar.text
    lapse(bar)
    assert bar.text == "Back at the first weights."
    bar._accept.click()
    assert taken


def test_a_message_that_comes_meanwhile_stays(bar):
    bar.confirm("Copied the picture.")
    bar.tell("The file cannot be read.", "problem")
    lapse(bar)
    assert bar.text == "The file cannot be read."


def test_of_two_things_that_can_be_done_closing_does_neither(bar):
    taken = []
    bar.offer("It ended.", "Go on", lambda: taken.append("on"), "problem", ("Anew", taken.clear))
    assert not bar._refuse.isHidden()
    bar._close.click()
    assert taken == []
    bar.offer("It ended.", "Go on", taken.clear, "problem", ("Anew", lambda: taken.append("anew")))
    bar._refuse.click()
    assert taken == ["anew"]
    bar.offer("It ended.", "Go on", taken.clear)
    assert bar._refuse.isHidden()
