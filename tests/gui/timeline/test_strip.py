"""The timeline's strip: the bar, its handle, its marks and the box for a step."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.timeline.strip import TimelineStrip
from rnnviz.gui.window.actions import new_actions
from rnnviz.gui.wording.timeline import mark_words, past_words, seen_words
from rnnviz.training.past.timeline import Mark, TimelineView

MARKS = (
    Mark(0, "text"),
    Mark(250, "setting", "learning_rate", 0.02),
    Mark(250, "setting", "clip_mode", "norm"),
    Mark(600, "failure"),
    Mark(900, "best"),
)


def view(**changes):
    kept = np.arange(0, 1001, 100)
    told = {"first": 0, "last": 1000, "kept": kept, "marks": MARKS} | changes
    return TimelineView(**told)


@pytest.fixture
def strip(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    strip = TimelineStrip(Theme(ColorScheme.LIGHT), new_actions(owner))
    strip.owner = owner  # of the actions
    strip.speak_with(mark_words, seen_words)
    qtbot.addWidget(strip)
    strip.resize(1000, 40)
    strip.show()
    qtbot.waitExposed(strip)
    strip.show_view(view())
    return strip


def asked_of(strip):
    asked = []
    strip.asked.connect(lambda step, exactly: asked.append((step, exactly)))
    strip.now_asked.connect(lambda: asked.append("now"))
    return asked


def at(strip, step):
    return QPoint(round(strip.bar.x_of(step)), strip.bar.height() // 2)


def test_a_drag_asks_for_what_is_near_and_its_end_for_the_step_itself(strip):
    asked = asked_of(strip)
    QTest.mousePress(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 500))
    QTest.mouseMove(strip.bar, at(strip, 300))
    QTest.mouseRelease(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 300))
    *near, last = asked
    assert near
    assert all(not exactly for _, exactly in near)
    assert last[1] is True
    assert last[0] == near[-1][0]
    assert abs(last[0] - 300) <= 2


def test_under_the_hand_the_bar_stays_as_wide_as_it_is(strip, qtbot):
    wide = strip.bar.width()
    QTest.mousePress(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 500))
    strip.show_view(view(seen=500, wanted=500))
    qtbot.wait(20)
    assert strip.bar.width() == wide
    QTest.mouseRelease(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 500))
    strip.show_view(view(seen=500, wanted=500))
    assert strip.is_of_past
    qtbot.waitUntil(lambda: strip.bar.width() < wide)
    narrow = strip.bar.width()
    QTest.mousePress(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 300))
    strip.show_view(view(seen=300, wanted=412))
    qtbot.wait(20)
    assert strip.bar.width() == narrow
    QTest.mouseRelease(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 300))
    strip.show_view(view(seen=300, wanted=412))
    label = strip.findChild(QLabel, "timeline_where")
    qtbot.waitUntil(lambda: label.width() >= label.sizeHint().width())


def test_who_lets_go_at_the_end_is_back_in_the_present(strip):
    asked = asked_of(strip)
    QTest.mousePress(strip.bar, Qt.MouseButton.LeftButton, pos=at(strip, 500))
    QTest.mouseMove(strip.bar, QPoint(strip.bar.width() - 1, 10))
    QTest.mouseRelease(strip.bar, Qt.MouseButton.LeftButton, pos=QPoint(strip.bar.width() - 1, 10))
    assert asked[-1] == "now"


def test_of_what_a_hand_moved_for_a_while_it_is_said_since_when():
    mark = Mark(1250, "setting", "learning_rate", 0.02, since=1100)
    assert mark_words((mark,)).splitlines() == [
        "Step 1,250", "Learning rate: 0.02 from here on, moved since step 1,100"
    ]  # fmt: skip


def test_what_happened_is_said_where_it_is_pointed_at(strip):
    said = strip.bar.words_at(strip.bar.x_of(250))
    assert said.splitlines() == [
        "Step 250",
        "Learning rate: 0.02 from here on",
        "Clip gradients: norm from here on",
    ]
    assert "went back to its last finite weights" in strip.bar.words_at(strip.bar.x_of(600) + 3)
    assert strip.bar.words_at(strip.bar.x_of(450)).startswith("Step 4")


def test_it_is_plain_to_see_that_one_is_in_the_past(strip):
    buttons = [button for button in strip.findChildren(QToolButton) if button.text()]
    branch = next(button for button in buttons if button.text() == "Branch here")
    assert branch.isHidden()
    strip.show_view(view(seen=100, wanted=120, reached=110))
    assert not branch.isHidden()
    assert not branch.isEnabled(), "the step is not there yet"
    assert "step 120 is being computed" in strip._where.text()
    strip.show_view(view(seen=120, wanted=120, reached=120))
    assert branch.isEnabled()
    assert strip._where.text() == "Step 120, seen from 1,000"
    assert strip.step.value() == 120
    assert strip.property("of_past") is True
    strip.show_view(view())
    assert branch.isHidden()
    assert strip.step.value() == 1000


def test_in_the_present_it_says_what_it_is_for(strip):
    hint = strip.findChild(QLabel, "timeline_hint")
    assert hint.isVisible()
    assert hint.text() == "Drag to see earlier steps"
    assert strip.bar.width() > 0.7 * strip.width(), "most of the room is the bar's"
    strip.show_view(view(seen=120, wanted=120, reached=120))
    assert not hint.isVisible(), "there the strip says more"
    strip.show_view(view(memory_needed=3_400_000))
    assert not hint.isVisible(), "nothing is kept to drag to"


def test_in_the_past_the_bar_stays_as_long_as_it_is(strip):
    strip.show_view(view(seen=100, wanted=120, reached=110))
    length = strip.bar.width()
    strip.show_view(view(seen=120, wanted=120, reached=120))
    strip.layout().activate()
    assert strip.bar.width() == length
    strip.show_view(view())
    assert strip._where.minimumWidth() == 0


def test_a_step_that_is_written_is_asked_for(strip):
    asked = asked_of(strip)
    strip.step.setFocus()
    strip.step.lineEdit().selectAll()
    QTest.keyClicks(strip.step, "345")
    QTest.keyClick(strip.step, Qt.Key.Key_Return)
    assert asked == [(345, True)]


def test_what_comes_meanwhile_does_not_change_what_is_written(strip, monkeypatch):
    strip.show_view(view(seen=100, wanted=100))
    strip.step.lineEdit().setText("3")
    monkeypatch.setattr(strip.step, "hasFocus", lambda: True)
    strip.show_view(view(last=2000, seen=100, wanted=100))
    assert strip.step.lineEdit().text() == "3"
    monkeypatch.undo()
    strip.show_view(view(last=2000, seen=200, wanted=200))
    assert strip.step.value() == 200


@pytest.mark.parametrize(
    ("key", "of_past", "asked"),
    [
        (Qt.Key.Key_Home, False, [(0, True)]),
        (Qt.Key.Key_Home, True, [(0, True)]),
        (Qt.Key.Key_End, True, ["now"]),
        (Qt.Key.Key_Escape, True, ["now"]),
        (Qt.Key.Key_End, False, []),
        (Qt.Key.Key_Escape, False, []),
    ],
)
def test_keys_take_one_along_it(strip, key, of_past, asked):
    if of_past:
        strip.show_view(view(seen=100, wanted=100))
    heard = asked_of(strip)
    assert strip.take_key(key) is bool(asked)
    assert heard == asked


@pytest.mark.parametrize("scheme", [ColorScheme.LIGHT, ColorScheme.DARK])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_marks_and_handle_are_painted(strip, scheme, logarithmic):
    strip._theme.set_scheme(scheme)
    strip.bar.set_logarithmic(logarithmic)
    strip.show_view(view(marks=(), kept=np.empty(0, int)))
    bare = strip.bar.grab().toImage()
    strip.show_view(view())
    marked = strip.bar.grab().toImage()
    strip.show_view(view(seen=300, wanted=300))
    moved = strip.bar.grab().toImage()
    assert bare != marked
    assert marked != moved


def test_a_budget_that_is_too_small_is_told():
    assert "more than 'Kept past' allows" in past_words(view(memory_needed=3_400_000))
    assert "about 4 MB" in past_words(view(memory_needed=3_400_000))
    assert "Drag the handle" in past_words(view())
