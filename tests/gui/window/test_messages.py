"""What the bar at the window's top says, and what it keeps."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.window.messages import MessageBar
from rnnviz.storage.fault_reports import Fault


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


def test_the_report_of_a_fault_can_be_copied(bar, tmp_path):
    report = tmp_path / "fault.txt"
    report.write_text("what happened, é", encoding="utf-8")
    bar.tell_fault(Fault("Something went wrong.", report))
    assert (bar.text, bar.kind) == ("Something went wrong.", "problem")
    assert bar._accept.text() == "Copy the report"
    bar._accept.click()
    assert QGuiApplication.clipboard().text() == "what happened, é"
    assert bar.text == "The report is on the clipboard."


def test_a_report_that_is_gone_is_a_sentence(bar, tmp_path):
    bar.tell_fault(Fault("Something went wrong.", tmp_path / "gone.txt"))
    bar._accept.click()
    assert bar.text == "The report is not there any more."


def test_where_there_is_no_report_nothing_is_offered(bar):
    bar.tell_fault(Fault("Something went wrong.", None))
    assert bar.text == "Something went wrong."
    assert bar._accept.isHidden()


def test_what_stands_comes_back_after_others_until_it_is_closed(bar):
    bar.stand("The settings were set aside.", "problem")
    assert (bar.text, bar.kind) == ("The settings were set aside.", "problem")
    bar.clear()
    assert bar.text == "The settings were set aside."
    bar.tell("There is no model in a.rnnviz.")
    assert bar.text == "There is no model in a.rnnviz."
    bar._close.click()
    assert (bar.text, bar.kind) == ("The settings were set aside.", "problem")
    bar.confirm("Saved.")
    lapse(bar)
    assert bar.text == "The settings were set aside."
    bar._close.click()
    assert bar.isHidden()
    bar.tell("Another.")
    bar.clear()
    assert bar.isHidden()


def test_what_stands_waits_for_what_is_shown(bar):
    answers = []
    bar.ask("Begin anew?", "Begin", lambda: bar.tell("Begun."), "Leave")
    bar.stand("The settings were set aside.")
    assert bar.text == "Begin anew?"
    bar._accept.click()
    assert bar.text == "Begun."
    bar.clear()
    assert bar.text == "The settings were set aside."
    bar.offer("Back.", "Undo", lambda: answers.append(True))
    bar._accept.click()
    assert answers == [True]
    assert bar.text == "The settings were set aside."


def test_what_stands_comes_when_a_confirmation_is_gone(bar):
    bar.confirm("Saved.")
    bar.stand("The settings were set aside.")
    lapse(bar)
    assert bar.text == "The settings were set aside."


def test_several_stand_one_after_the_other_and_a_report_goes_when_it_is_copied(bar, tmp_path):
    report = tmp_path / "crash.txt"
    report.write_text("what happened", encoding="utf-8")
    bar.tell("A run has begun.")
    bar.stand("It ended unexpectedly.", "problem", report)
    bar.stand("The settings were set aside.")
    bar.clear()
    assert bar.text == "It ended unexpectedly."
    bar.tell("Another.")
    bar.clear()
    bar._accept.click()
    assert QGuiApplication.clipboard().text() == "what happened"
    lapse(bar)
    assert bar.text == "The settings were set aside."
    bar._close.click()
    assert bar.isHidden()


def test_what_looks_like_html_in_a_text_is_shown_as_it_stands(bar):
    plain = 'notes.txt was read as Windows-1252 (Western): "xx<b>é</b>xx".'
    bar.tell(plain)
    words = bar.findChild(QLabel, "message")
    assert words.textFormat() is Qt.TextFormat.PlainText
