"""How runs stand against each other, in words."""

from __future__ import annotations

import pytest

from rnnviz.gui.wording.race import result_sentence, seen_beside_rivals
from rnnviz.training.record.standings import Standings


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("steps", "At step 12,345 “LSTM” leads “GRU” by 0.250 in loss, since step 1,200."),
        ("tokens", "At token 12,345 “LSTM” leads “GRU” by 0.250 in loss, since token 1,200."),
        (
            "time",
            "At second 12,345.0 “LSTM” leads “GRU” by 0.250 in loss, since second 1,200.0.",
        ),
    ],
)
def test_it_says_who_leads_whom_since_when_and_by_how_much(rule: str, sentence: str) -> None:
    standings = Standings(0, 2, (0.5, 0.9, 0.75), 1200.0, 12345.0)
    assert result_sentence(standings, ["LSTM", "vanilla RNN", "GRU"], rule) == sentence


def test_two_that_cannot_be_told_apart_are_level() -> None:
    standings = Standings(1, 0, (0.5004, 0.5), 1.0, 70.0)
    assert result_sentence(standings, ["LSTM", "GRU"], "steps") == (
        "At step 70 “GRU” and “LSTM” are level."
    )


def test_a_number_in_a_name_is_told_from_those_beside_it() -> None:
    standings = Standings(0, 1, (0.2, 0.221), 16.0, 10_000.0)
    assert result_sentence(standings, ["40 characters", "5 characters"], "steps") == (
        "At step 10,000 “40 characters” leads “5 characters” by 0.021 in loss, since step 16."
    )


def test_a_branch_leads_nobody_before_it_has_parted() -> None:
    standings = Standings(1, 0, (0.52, 0.5), 3.0, 502.0)
    said = result_sentence(standings, ["LSTM", "Branch"], "steps", parted=502.0)
    assert said == "Up to step 502 “Branch” and “LSTM” are one run."
    later = Standings(1, 0, (0.52, 0.5), 3.0, 600.0)
    assert result_sentence(later, ["LSTM", "Branch"], "steps", parted=502.0) == (
        "At step 600 “Branch” leads “LSTM” by 0.020 in loss, since step 502."
    )


def test_of_the_run_in_front_it_is_said_how_far_behind_it_is() -> None:
    standings = Standings(0, 1, (0.5, 0.5001, 0.75), 9.0, 70.0)
    names = ["LSTM", "GRU", "vanilla RNN"]
    assert result_sentence(standings, names, "steps", front=2) == (
        "At step 70 “LSTM” and “GRU” are level; “vanilla RNN” is 0.250 behind."
    )
    assert result_sentence(standings, names, "steps", front=1) == (
        "At step 70 “LSTM” and “GRU” are level."
    )


def test_of_which_step_each_run_is_seen_is_said_once():
    assert seen_beside_rivals(1_200, [None, None]) == (
        "The run in front is seen at step 1,200, the others as they are now."
    )
    assert seen_beside_rivals(1_200, [None, 5]) == "The run in front is seen at step 1,200."
