"""When what a page asks for is done."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.training.claims.goal import Goal
from rnnviz.training.lessons.todo import BestUnit, Choose, Deed, Do, Number, Phase

NUMBER = Number(Goal("loss"), 0.05)
UNIT = BestUnit("vowel")
numbers = st.floats(1e-12, 1e12)


@given(numbers, st.floats(-0.049, 0.049), st.sampled_from([-1, 1]))
def test_an_answer_within_the_tolerance_is_right_and_no_other(measured, off, sign):
    assert NUMBER.is_right(sign * measured * (1 + off), sign * measured)
    assert not NUMBER.is_right(sign * measured * (1.051 + abs(off)), sign * measured)
    assert not NUMBER.is_right(-sign * measured, sign * measured)


def test_nothing_is_near_what_is_no_number():
    assert not NUMBER.is_right(1.0, math.nan)


@pytest.mark.parametrize(
    ("unit", "chance", "is_right"),
    [
        *((1, 0.3, False), (2, 0.3, True), (3, 0.3, True), (4, 0.3, False)),
        *((2, 0.95, False), (2, math.nan, True), (0, 0.3, False), (5, 0.3, False)),
    ],
)
def test_a_unit_that_is_nearly_the_best_is_right_where_chance_does_not_reach(
    unit, chance, is_right
):
    assert UNIT.is_right(unit, [0.2, 0.9, 0.87, 0.8], chance) is is_right


def test_a_setting_is_to_lie_within_bounds_or_to_be_a_value():
    assert Choose("temperature", above=1.0).holds(1.5)
    assert not Choose("temperature", above=1.0).holds(1.0)
    assert Choose("learning_rate", above=1e-3, below=1e-2).holds(5e-3)
    assert not Choose("learning_rate", above=1e-3, below=1e-2).holds(0.1)
    assert Choose("clip_mode", value="norm").holds("norm")
    assert not Choose("clip_mode", value="norm").holds("none")
    assert Choose("batch_size", value=4).holds(4)
    assert not Choose("batch_size", value=4).holds(5)


def test_a_deed_is_done_by_itself_in_its_phase():
    assert Do(Deed.ADD_RIVAL).is_done_by(Deed.ADD_RIVAL)
    assert not Do(Deed.ADD_RIVAL).is_done_by(Deed.CHECK_GRADIENTS)
    anywhere, back, second = (
        Do(Deed.OPEN_INSIDE),
        Do(Deed.OPEN_INSIDE, Phase("backward")),
        Do(Deed.OPEN_INSIDE, Phase("backward", 2)),
    )
    there = Phase("backward", 3)
    assert anywhere.is_done_by(Deed.OPEN_INSIDE, there)
    assert back.is_done_by(Deed.OPEN_INSIDE, there)
    assert not second.is_done_by(Deed.OPEN_INSIDE, there)
    assert second.is_done_by(Deed.OPEN_INSIDE, Phase("backward", 2))
    assert not back.is_done_by(Deed.OPEN_INSIDE, Phase("forward", 3))
    assert not back.is_done_by(Deed.OPEN_INSIDE)
