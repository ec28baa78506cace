"""What agrees in every bit and type is the same, and nothing else is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.journal import BestUsed, SettingChanged, StepFailed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (math.nan, math.nan),
        (np.array([math.nan, 1.0]), np.array([math.nan, 1.0])),
        ({"a": 1, "b": [2.0]}, {"b": (2.0,), "a": 1}),
        (SettingChanged(3, "momentum", 0.5), SettingChanged(3, "momentum", 0.5)),
        (None, None),
    ],
)
def test_what_agrees_in_every_bit_is_the_same(one: object, other: object) -> None:
    assert same_bits(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        (1.0, math.nextafter(1.0, 2.0)),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros((2, 1)), np.zeros((1, 2))),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [2, 1]),
        (1, 1.0),
        (1, True),
        (BestUsed(3), StepFailed(3)),
        ([BestUsed(3)], [StepFailed(3)]),
    ],
)
def test_what_differs_in_a_bit_or_in_type_is_not(one: object, other: object) -> None:
    assert not same_bits(one, other)
