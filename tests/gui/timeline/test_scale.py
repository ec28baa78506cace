"""Steps and their places on the timeline."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.gui.timeline.scale import StepScale

scales = st.builds(
    lambda first, length, logarithmic: StepScale(first, first + length, logarithmic),
    st.integers(0, 10**7),
    st.integers(0, 10**8),
    st.booleans(),
)


@given(scales, st.floats(0, 1))
def test_a_place_is_that_of_its_step(scale, place):
    step = scale.step(place)
    assert scale.first <= step <= scale.last
    assert scale.step(scale.place(step)) == step


@given(scales, st.integers(-10, 2 * 10**8), st.integers(-10, 2 * 10**8))
def test_later_steps_lie_further_along(scale, one, other):
    earlier, later = sorted((one, other))
    assert 0 <= scale.place(earlier) <= scale.place(later) <= 1


@given(scales, st.lists(st.integers(-10, 2 * 10**8)))
def test_many_steps_lie_where_each_of_them_does(scale, steps):
    places = scale.places(np.array(steps, np.int64))
    assert places.tolist() == pytest.approx([scale.place(step) for step in steps], abs=1e-12)


def test_the_first_steps_have_more_room_in_the_logarithm():
    even, log = (StepScale(0, 10_000, logarithmic) for logarithmic in (False, True))
    assert even.place(100) == 0.01
    assert log.place(100) > 0.5
    assert (log.place(0), log.place(10_000)) == (0, 1)
