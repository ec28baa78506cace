"""Hints name what the slip is about, in a sentence, and never the answer."""

from __future__ import annotations

from typing import get_args

import pytest

from rnnviz.diagnostics.one_step.slips import Slip, SlipKind
from rnnviz.diagnostics.one_step.terms import Name
from rnnviz.gui.wording.slips import ALMOST, HINTS, UNKNOWN, hint

KINDS = get_args(SlipKind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_slip_has_a_hint(kind: SlipKind) -> None:
    words = hint((Slip(kind, 0.375, Name("W[1,·] h_1", "")),), almost=False)
    assert words[0].isupper()
    assert words.endswith((".", "?"))
    assert "{" not in words
    assert "0.375" not in words


def test_there_is_no_hint_for_a_slip_that_there_is_not() -> None:
    assert set(HINTS) == set(KINDS)


def test_the_likeliest_slip_is_spoken_of_and_what_is_nearly_right_is_said_to_be() -> None:
    bias, sign = (Slip(kind, 1.0, Name("b[1]", "")) for kind in ("bias", "sign"))
    assert hint((bias, sign), almost=False) == "It looks as if the bias b[1] is missing."
    assert hint((bias,), almost=True) == ALMOST
    assert hint((), almost=False) == UNKNOWN
