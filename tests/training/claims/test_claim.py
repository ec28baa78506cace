"""A claim holds within its bounds."""

from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.training.claims.claim import Claim, Finding

NUMBERS = st.floats(-1e12, 1e12)


@given(st.none() | NUMBERS, st.none() | NUMBERS, st.floats())
def test_a_claim_holds_strictly_between_its_bounds_and_never_of_what_is_no_number(
    above, below, value
):
    holds = Claim("loss", 1, above=above, below=below).holds(value)
    if math.isnan(value) or (math.isinf(value) and None not in (above, below)):
        assert not holds
    elif math.isfinite(value):
        assert holds == ((above is None or value > above) and (below is None or value < below))


@pytest.mark.parametrize("bound", [-1.5, 0.0, 3.0])
def test_a_bound_itself_is_not_within(bound):
    assert not Claim("loss", 1, above=bound).holds(bound)
    assert not Claim("loss", 1, below=bound).holds(bound)


def test_values_travel():
    finding = Finding(Claim("loss", 3, below=1.0), 0.5)
    assert pickle.loads(pickle.dumps(finding)) == finding
    assert finding.holds
