"""Boxes for numbers: what they show, read and step to."""

import pytest
from PySide6.QtGui import QValidator

from rnnviz.gui.widgets.numbers import RealBox, WholeBox, next_round_value
from rnnviz.training.configuration import SETTINGS


@pytest.fixture
def box(qtbot) -> RealBox:
    box = RealBox(SETTINGS["learning_rate"])
    qtbot.addWidget(box)
    return box


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1000.0, "1000"), (10_000.0, "10000"), (100.0, "100"), (0.1, "0.1"), (0.05, "0.05"),
        (2.5, "2.5"), (0.00025, "0.00025"), (1e-5, "1e-05"), (75.5, "75.5"),
    ],
)  # fmt: skip
def test_a_number_is_shown_whole_and_without_empty_zeros(box, value, text):
    box.setValue(value)
    assert box.text() == text


@pytest.mark.parametrize("name", ["learning_rate", "clip_threshold", "temperature"])
def test_what_is_shown_reads_as_the_value(qtbot, name):
    box = RealBox(SETTINGS[name])
    qtbot.addWidget(box)
    value = box.minimum() or 1e-3
    while value < box.maximum():
        box.setValue(value)
        assert box.valueFromText(box.text()) == pytest.approx(box.value(), rel=2e-3)
        value *= 1.7


@pytest.mark.parametrize("text", ["0.5", "0,5", "5e-1", " 0.5 "])
def test_numbers_are_read_as_people_write_them(box, text):
    assert box.validate(text, 0)[0] is QValidator.State.Acceptable
    assert box.valueFromText(text) == 0.5


def test_what_is_no_number_is_not_taken(box):
    assert box.validate("fast", 0)[0] is QValidator.State.Invalid
    assert box.validate("1e", 0)[0] is QValidator.State.Intermediate
    assert box.validate("1e9", 0)[0] is QValidator.State.Intermediate


def test_steps_go_by_one_two_five(box):
    box.setValue(0.1)
    seen = []
    for _ in range(4):
        box.stepBy(1)
        seen.append(box.value())
    assert seen == pytest.approx([0.2, 0.5, 1.0, 2.0])
    assert next_round_value(1.0, up=False) == pytest.approx(0.5)


def test_a_whole_box_keeps_to_its_setting(qtbot):
    box = WholeBox(SETTINGS["sequence_length"])
    qtbot.addWidget(box)
    box.setValue(10**9)
    assert box.value() == SETTINGS["sequence_length"].maximum


def test_a_whole_box_that_goes_far_steps_by_factors_and_from_0(qtbot):
    box = WholeBox(SETTINGS["parameter_budget"])
    qtbot.addWidget(box)
    seen = []
    for _ in range(4):
        box.stepBy(1)
        seen.append(box.value())
    assert seen == [1000, 2000, 5000, 10_000]
    box.stepBy(-3)
    assert box.value() == 1000
    box.stepBy(-1)
    assert box.value() == 0
    box.stepBy(-1)
    assert box.value() == 0


def test_a_whole_box_that_stays_near_steps_by_one(qtbot):
    box = WholeBox(SETTINGS["hidden_size"])
    qtbot.addWidget(box)
    box.stepBy(1)
    assert box.value() == 101
