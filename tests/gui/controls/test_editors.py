"""Editors show the run's values without taking the person's out of their hands."""

import pytest
from PySide6.QtWidgets import QWidget

from rnnviz.gui.controls.choice_editor import ChoiceEditor
from rnnviz.gui.controls.editors import new_editor
from rnnviz.gui.controls.number_editor import NumberEditor
from rnnviz.gui.controls.segment_editor import SegmentEditor
from rnnviz.gui.controls.text_editor import TextEditor
from rnnviz.training.configuration import SETTINGS


@pytest.fixture
def rate(qtbot) -> NumberEditor:
    editor = new_editor(SETTINGS["learning_rate"])
    qtbot.addWidget(editor)
    return editor


def test_a_dragged_slider_is_not_moved_back_by_values_of_a_frame_ago(rate):
    chosen = []
    rate.edited.connect(chosen.append)
    for place in (300, 400, 500):
        rate.slider.setValue(place)
    assert len(chosen) == 3
    for late in chosen[:2]:
        rate.show_in_force(late)
        assert rate.slider.value() == 500
    rate.show_in_force(chosen[2])
    rate.show_in_force(0.1)
    assert rate.value() == 0.1


def test_what_is_chosen_with_a_slider_is_held_until_it_is_let_go(rate):
    held = []
    rate.edited.connect(lambda _value: held.append(rate.is_held))
    for _ in range(2):
        rate.slider.setSliderDown(True)
        for place in (300, 400, 500):
            rate.slider.setValue(place)
        rate.slider.setSliderDown(False)
        rate.slider.setValue(600)
    rate.box.setValue(0.5)
    assert held == [False, True, True, False, False, True, True, False, False]


def test_a_refused_value_gives_way_to_the_one_in_force(rate):
    rate.box.setValue(5.0)
    rate.show_at_once(0.1)
    assert rate.value() == 0.1
    rate.show_in_force(0.2)
    assert rate.value() == 0.2


def test_showing_a_value_does_not_choose_it(rate, qtbot):
    with qtbot.assertNotEmitted(rate.edited):
        rate.set_value(0.5)
    assert rate.slider.value() > 0


def test_a_structural_value_is_not_waited_for(qtbot):
    editor = new_editor(SETTINGS["hidden_size"])
    qtbot.addWidget(editor)
    editor.box.setValue(50)
    editor.show_in_force(70)
    assert editor.value() == 70


def test_few_choices_are_buttons_of_which_one_is_down(qtbot):
    editor = new_editor(SETTINGS["clip_mode"])
    qtbot.addWidget(editor)
    assert isinstance(editor, SegmentEditor)
    with qtbot.waitSignal(editor.edited) as signal:
        editor._buttons.button(1).click()
    assert signal.args == ["value"]
    assert [button.isChecked() for button in editor._buttons.buttons()] == [False, True, False]


def test_a_text_is_chosen_when_editing_ends_and_once(qtbot):
    editor = new_editor(SETTINGS["prompt"])
    qtbot.addWidget(editor)
    assert isinstance(editor, TextEditor)
    chosen = []
    editor.edited.connect(chosen.append)
    editor.line.setText("once")
    editor.line.editingFinished.emit()
    editor.line.editingFinished.emit()
    assert chosen == ["once"]


def test_a_text_that_was_not_taken_whole_is_shown_as_it_was_taken(qtbot):
    editor = new_editor(SETTINGS["watched_text"])
    qtbot.addWidget(editor)
    assert isinstance(editor, TextEditor)
    editor.line.setText("the € fox")
    editor.line.editingFinished.emit()
    editor.show_in_force("")
    assert editor.value() == "the € fox", "the run has not answered yet"
    for text in ("the  fox", ""):
        editor.show_in_force(text)
        assert editor.value() == text


def test_of_a_long_text_the_beginning_is_seen(qtbot):
    editor = new_editor(SETTINGS["watched_text"])
    qtbot.addWidget(editor)
    assert isinstance(editor, TextEditor)
    editor.show_in_force("once upon a time there was a king who lived in a castle")
    assert editor.line.cursorPosition() == 0


@pytest.mark.parametrize("name", [n for n, s in SETTINGS.items() if s.kind is not str])
def test_a_slider_reaches_its_setting_s_usual_range_and_no_further_than_its_limits(qtbot, name):
    editor = new_editor(SETTINGS[name])
    qtbot.addWidget(editor)
    setting = SETTINGS[name]
    for place in (0, 137, 500, 1000):
        editor.slider.setValue(place)
        assert setting.minimum <= editor.value() <= setting.maximum


def test_a_slider_of_factors_begins_at_0_where_that_is_allowed(qtbot):
    editor = new_editor(SETTINGS["parameter_budget"])
    qtbot.addWidget(editor)
    assert (editor.slider.value(), editor.value()) == (0, 0)
    editor.slider.setValue(1)
    assert editor.value() == 1000
    editor.slider.setValue(500)
    assert editor.value() == 100_000
    editor.set_value(1)
    assert editor.slider.value() == 1
    editor.slider.setValue(0)
    assert editor.value() == 0


def test_of_a_drag_through_structural_values_only_the_last_is_chosen(qtbot):
    editor = new_editor(SETTINGS["hidden_size"])
    qtbot.addWidget(editor)
    chosen = []
    editor.edited.connect(chosen.append)
    editor.slider.setSliderDown(True)
    for place in (300, 400, 1000):
        editor.slider.setValue(place)
    assert editor.value() == 1024
    assert chosen == []
    editor.slider.setSliderDown(False)
    assert chosen == [1024]


def test_choices_with_long_titles_are_a_list(qtbot):
    editor = new_editor(SETTINGS["schedule"])
    qtbot.addWidget(editor)
    assert isinstance(editor, ChoiceEditor)


@pytest.mark.parametrize("name", ["clip_mode", "cell", "sequence_length", "prompt"])
def test_another_help_reaches_every_part_of_an_editor(qtbot, name):
    editor = new_editor(SETTINGS[name])
    qtbot.addWidget(editor)
    editor.show_help("other words")
    told = [each for each in (editor, *editor.findChildren(QWidget)) if each.toolTip()]
    assert told
    for each in told:
        assert (each.toolTip(), each.accessibleDescription()) == ("other words", "other words")
