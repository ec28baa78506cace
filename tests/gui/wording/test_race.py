"""How runs stand against each other, in words."""

from __future__ import annotations

import pytest

from rnnviz.gui.wording.race import result_sentence
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
