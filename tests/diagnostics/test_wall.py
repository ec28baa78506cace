import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.diagnostics.wall import descend, error_surface, growth, surface_point, wall_line

WEIGHTS = st.floats(-9.0, 9.0)
BIASES = st.floats(-6.0, 6.0)
PLACES = st.tuples(st.floats(3.0, 7.0), st.floats(-4.0, -1.0))


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def error_of(w: float, b: float) -> float:
    """Equation 8 and figure 6 of Pascanu, Mikolov & Bengio 2013, as they are printed."""
    x = 0.5
    for _ in range(50):
        x = w * sigmoid(x) + b
    return (sigmoid(x) - 0.7) ** 2


def forward_derivatives(w: float, b: float) -> tuple[float, float]:
    """The error's gradient carried forward with the state: nothing goes back through time."""
    x, x_by_w, x_by_b = 0.5, 0.0, 0.0
    for _ in range(50):
        s = sigmoid(x)
        slope = s * (1.0 - s)
        x, x_by_w, x_by_b = w * s + b, s + w * slope * x_by_w, 1.0 + w * slope * x_by_b
    s = sigmoid(x)
    outer = 2.0 * (s - 0.7) * s * (1.0 - s)
    return outer * x_by_w, outer * x_by_b


def test_the_surface_is_that_of_a_plain_loop():
    w, b = np.linspace(-2.0, 8.0, 23), np.linspace(-5.0, 3.0, 17)
    surface = error_surface(w, b)
    assert surface.shape == (17, 23)
    assert not surface.flags.writeable
    expected = [[error_of(x, y) for x in w.tolist()] for y in b.tolist()]
    # At the wall itself the last bit of a sigmoid is multiplied millions of times.
    np.testing.assert_allclose(surface, expected, rtol=1e-6)


@given(WEIGHTS, BIASES)
def test_the_gradient_is_that_of_derivatives_carried_forward(w, b):
    point = surface_point(w, b)
    assert point.gradient == pytest.approx(forward_derivatives(w, b), rel=1e-6, abs=1e-12)
    assert point.error == pytest.approx(error_of(w, b), rel=1e-6, abs=1e-15)
    assert point.norm == pytest.approx(math.hypot(*point.gradient))


@pytest.mark.parametrize(
    "place", [(3.2, -1.5), (4.6, -2.1), (5.5, -2.0), (6.5, -3.9), (5.2, -2.7), (-3.0, 1.0)]
)
def test_the_gradient_is_that_of_central_differences(place):
    w, b = place
    step = 1e-6
    by_w = (error_of(w + step, b) - error_of(w - step, b)) / (2 * step)
    by_b = (error_of(w, b + step) - error_of(w, b - step)) / (2 * step)
    assert surface_point(w, b).gradient == pytest.approx((by_w, by_b), rel=1e-4, abs=1e-9)


@given(PLACES, st.floats(0.01, 2.0), st.one_of(st.none(), st.floats(0.01, 5.0)))
@settings(max_examples=40)
def test_every_step_is_the_gradient_times_the_learning_rate_and_no_longer_than_clipped(
    start, learning_rate, threshold
):
    way = descend(start, learning_rate, 30, threshold)
    assert (way.w[0], way.b[0]) == start
    for step in range(len(way) - 1):
        gradient = np.array(surface_point(way.w[step], way.b[step]).gradient)
        norm = float(np.hypot(*gradient))
        too_long = threshold is not None and norm > threshold
        expected = gradient * threshold / norm if too_long else gradient
        moved = np.array([way.w[step + 1] - way.w[step], way.b[step + 1] - way.b[step]])
        size = max(abs(way.w[step]), abs(way.b[step]), 1.0)
        np.testing.assert_allclose(moved, -learning_rate * expected, rtol=1e-9, atol=1e-14 * size)
        assert bool(way.clipped[step]) == too_long
        assert way.norm[step] == pytest.approx(norm)
        assert way.error[step] == surface_point(way.w[step], way.b[step]).error
    assert not way.clipped[-1]


def test_a_descent_cannot_be_written_to_and_is_as_long_as_was_asked():
    way = descend((5.0, -2.0), 0.1, 7)
    for values in (way.w, way.b, way.error, way.norm, way.clipped):
        assert values.shape == (8,)
        assert not values.flags.writeable
    assert len(descend((5.0, -2.0), 0.1, 0)) == 1


@pytest.mark.parametrize("threshold", [None, 1.0])
def test_a_way_ends_where_numbers_do(threshold):
    on_the_wall = (5.0, float(wall_line(5.0)))
    assert len(descend(on_the_wall, 1e308, 20)) == 1
    assert len(descend((math.inf, 0.0), 0.1, 20, threshold)) == 0
    assert len(descend((math.nan, 0.0), 0.1, 20, threshold)) == 0
    assert len(descend((1e300, -1e300), 10.0, 20, threshold)) == 21


def test_the_first_place_outside_is_told():
    way = descend((5.0, -2.0), 0.1, 50)
    assert way.first_outside(-1e9, 1e9, -1e9, 1e9) is None
    assert way.first_outside(5.5, 6.0, -3.0, -1.0) == 0
    lowest = float(way.b[:6].min())
    step = way.first_outside(-1e9, 1e9, (lowest + way.b[0]) / 2, 1e9)
    assert step == next(k for k, b in enumerate(way.b) if b < (lowest + way.b[0]) / 2)


@pytest.mark.parametrize("w", [4.5, 5.0, 5.5, 6.0, 6.8])
def test_on_the_walls_line_the_state_rests_and_the_gradient_grows_by_one_factor(w):
    b = float(wall_line(w))
    assert w * sigmoid(0.5) + b == pytest.approx(0.5, abs=1e-14)
    slope = sigmoid(0.5) * (1.0 - sigmoid(0.5))
    assert float(growth(w)) == pytest.approx(w * slope)
    assert float(growth(w)) > 1.0
    # Where nothing moves, dE/db is a geometric series of that factor. The state rests up to a last
    # bit that grows by the same factor, 6e7-fold at w = 6.
    if w <= 5.5:
        series = sum(float(growth(w)) ** k for k in range(50))
        outer = 2.0 * (sigmoid(0.5) - 0.7) * slope
        assert surface_point(w, b).gradient[1] == pytest.approx(outer * series, rel=1e-4)


@pytest.mark.parametrize("w", [5.0, 5.5, 6.0, 6.8])
def test_the_error_is_another_on_the_two_sides_of_the_wall(w):
    b = float(wall_line(w))
    above, below = surface_point(w, b + 0.1), surface_point(w, b - 0.1)
    assert below.error > 4.0 * above.error
    # Somewhere between, the gradient is hundreds of times as long as on either side.
    across = [surface_point(w, b + d).norm for d in np.linspace(-0.05, 0.05, 4001)]
    assert max(across) > 100.0 * max(above.norm, below.norm)


def test_below_a_factor_of_one_there_is_no_wall():
    across = [surface_point(3.5, float(wall_line(3.5)) + d).norm for d in np.linspace(-1, 1, 401)]
    assert float(growth(3.5)) < 1.0
    assert max(across) < 2.0


def test_the_factor_that_the_panel_tells_is_the_true_one():
    assert float(growth(1.0)) == pytest.approx(0.235, abs=5e-4)
    assert float(growth(5.0)) == pytest.approx(1.175, abs=5e-4)
    assert float(growth(5.0)) ** 50 == pytest.approx(3200, rel=0.01)
