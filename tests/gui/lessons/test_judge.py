"""Whether what a page asks for is done, and what is said of an answer."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.gui.lessons.judge import judged, number_in, right_answer, stands
from rnnviz.training.claims.goal import Goal
from rnnviz.training.commands import NewRun, TakeStep, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.lessons.todo import BestUnit, Choose, Deed, Do, Number, Reach
from rnnviz.training.observation.diagnostics.units import UNITS
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

LOSS = Goal("loss", below=2.0)
ASKED = Number(Goal("loss"), 0.05)


def with_loss(first: Snapshot, loss: float | None, **settings: object) -> Snapshot:
    goals = {} if loss is None else {LOSS: loss, Goal("loss"): loss}
    configuration = dataclasses.replace(first.configuration, **settings)
    return dataclasses.replace(first, goals=goals, configuration=configuration)


def test_any_run_may_come_to_a_goal_unless_one_is_named(first):
    runs = {"a": with_loss(first, 3.21), "b": with_loss(first, 1.5)}
    assert stands(Reach(LOSS), None, runs) == (True, "loss 1.5, wanted <\N{NO-BREAK SPACE}2")
    assert stands(Reach(LOSS, "a"), None, runs) == (False, "loss 3.21, wanted <\N{NO-BREAK SPACE}2")
    assert stands(Reach(LOSS, "b"), None, runs) == (True, "loss 1.5, wanted <\N{NO-BREAK SPACE}2")


def test_before_anything_is_measured_nothing_is_done_or_said(first):
    assert stands(Reach(LOSS), None, {}) == (False, "")
    assert stands(Reach(LOSS), None, {"a": with_loss(first, None)}) == (False, "")
    is_done, words = stands(Reach(LOSS), None, {"a": with_loss(first, math.nan)})
    assert not is_done
    assert words == "loss \N{EN DASH}, wanted <\N{NO-BREAK SPACE}2"


def test_a_setting_is_that_of_the_run_in_front(first):
    wish = Choose("temperature", above=1.0)
    assert stands(wish, with_loss(first, 1, temperature=1.5), {}) == (True, "")
    assert stands(wish, with_loss(first, 1, temperature=0.5), {}) == (False, "")
    assert stands(wish, None, {}) == (False, "")


def test_runs_do_not_tell_of_deeds_and_answers(first):
    runs = {"a": with_loss(first, 1.0)}
    for wish in (Do(Deed.ADD_RIVAL), ASKED, BestUnit("vowel")):
        assert stands(wish, runs["a"], runs) == (False, "")


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        *(("0.1", 0.1), ("0,1", 0.1), (" 12 ", 12), ("-3e-4", -3e-4), ("\N{MINUS SIGN}2", -2)),
        *(("2 x 10^-7", 2e-7), ("2\N{MULTIPLICATION SIGN}10-7", 2e-7), ("1,000.5", 1000.5)),
        *(("", None), ("about 3", None), ("nan", None), ("inf", None), ("1.2.3", None)),
    ],
)
def test_a_number_is_read_as_people_write_one(answer, number):
    assert number_in(answer) == number


@given(st.text(max_size=30))
def test_whatever_is_written_is_a_number_or_none(answer):
    assert number_in(answer) is None or math.isfinite(number_in(answer))


def test_an_answer_near_enough_is_right_and_the_measured_one_is_told(first):
    front = with_loss(first, 2.5)
    assert judged(ASKED, "2.45", front) == (True, "Right. The program measures 2.5.")
    assert judged(ASKED, "2,6", front)[0]
    assert judged(ASKED, "2.7", front) == (
        False,
        "Not yet. Within 5\N{NO-BREAK SPACE}% is near enough.",
    )
    assert judged(ASKED, "-2.5", front) == (False, "The size is right, but the sign is not.")
    assert judged(ASKED, "much", front) == (False, "That is no number.")
    assert judged(ASKED, "  ", front) == (False, "")


def test_what_is_not_measured_cannot_be_answered(first):
    assert judged(ASKED, "2.5", None) == (False, "There is no network yet.")
    for loss in (None, math.nan):
        assert judged(ASKED, "2.5", with_loss(first, loss)) == (False, "Nothing is measured yet.")


def test_the_right_answer_is_right(first):
    front = with_loss(first, 1.23456789e-7)
    assert judged(ASKED, right_answer(ASKED, front), front)[0]
    assert right_answer(ASKED, None) == ""
    assert right_answer(ASKED, with_loss(first, None)) == ""


@pytest.fixture(scope="module")
def with_units() -> Snapshot:
    session = Session()
    session.apply(Watch(frozenset({UNITS})))
    session.apply(NewRun(Configuration(corpus="brackets", hidden_size=6, sequence_length=9)))
    session.apply(TakeStep())
    return session.snapshot()


def test_the_unit_that_the_panel_lists_first_is_right(with_units):
    wish = BestUnit("bracket depth")
    reading = with_units.get(UNITS).reading
    of_feature = abs(reading.correlations["h"][0][:, reading.features.index("bracket depth")])
    best = int(of_feature.argmax()) + 1
    assert right_answer(wish, with_units) == str(best)
    is_right, words = judged(wish, str(best), with_units)
    assert is_right
    assert words == f"Right. Unit {best} has |r| = {of_feature.max():.2f}."
    worst = int(of_feature.argmin()) + 1
    is_right, words = judged(wish, str(worst), with_units)
    assert not is_right
    assert words.startswith(f"Unit {worst} has |r| = ")


@pytest.mark.parametrize("answer", ["0", "7", "1.5", "-1"])
def test_what_is_no_unit_is_told_which_there_are(with_units, answer):
    words = judged(BestUnit("bracket depth"), answer, with_units)[1]
    assert words == "Units are numbered from 1 to 6."


def test_units_that_nobody_looks_at_are_not_measured(first, with_units):
    words = "Units are measured while their panel is on the screen."
    assert judged(BestUnit("bracket depth"), "1", first) == (False, words)
    assert judged(BestUnit("beauty"), "1", with_units) == (False, words)
    assert right_answer(BestUnit("beauty"), with_units) == ""
