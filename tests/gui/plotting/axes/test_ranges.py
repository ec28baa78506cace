import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.axes.ranges import SteadyRange


def test_a_range_grows_at_once() -> None:
    steady = SteadyRange(Axis())
    steady.offer(0, 4.5)
    assert steady.offer(0, 9.0)
    assert steady.high >= 9.0


def test_a_range_shrinks_only_after_its_patience() -> None:
    steady = SteadyRange(Axis(), patience=10)
    steady.offer(0, 100)
    assert not any(steady.offer(0, 40) for _ in range(9))
    assert steady.offer(0, 40)
    assert steady.high <= 44


def test_a_range_that_is_far_too_wide_shrinks_after_a_fifth_of_its_patience() -> None:
    steady = SteadyRange(Axis(), patience=10)
    steady.offer(0, 100)
    assert not steady.offer(0, 10)
    assert steady.offer(0, 10)
    assert steady.high <= 11


def test_waiting_to_shrink_begins_again_when_the_room_was_needed() -> None:
    steady = SteadyRange(Axis(), patience=10)
    steady.offer(0, 100)
    for _ in range(5):
        assert not any(steady.offer(0, 40) for _ in range(9))
        assert not steady.offer(0, 100)


def test_a_shrunken_range_still_holds_everything_seen_while_waiting() -> None:
    steady = SteadyRange(Axis(), patience=10)
    steady.offer(0, 100)
    for k in range(10):
        steady.offer(0, 30 if k == 3 else 10)
    assert 30 <= steady.high < 100


def test_a_range_that_follows_a_growing_run_seldom_moves_and_wastes_little() -> None:
    steady = SteadyRange(Axis(whole=True))
    moves = 0
    for step in range(100, 20_000, 10):
        moves += steady.offer(0, step)
        assert step <= steady.high <= 1.25 * step
    assert moves < 80


def test_data_that_tremble_move_no_axis() -> None:
    steady = SteadyRange(Axis())
    rng = np.random.default_rng(0)
    steady.offer(0, 4.0)
    for _ in range(20):
        steady.offer(0.0, 4.0 + rng.normal(0, 0.1))
    moves = sum(steady.offer(0.0, 4.0 + rng.uniform(-0.1, 0.1)) for _ in range(500))
    assert moves <= 1


def test_a_log_range_ends_at_whole_decades() -> None:
    steady = SteadyRange(Axis("log"))
    steady.offer(-7.3, 0.2)
    assert (steady.low, steady.high) == (-8, 1)


def test_after_a_reset_the_next_range_is_taken_as_it_comes() -> None:
    steady = SteadyRange(Axis())
    steady.offer(0, 12_000)
    steady.reset()
    assert steady.offer(0, 10)
    assert steady.high <= 11


def test_what_is_not_finite_moves_nothing() -> None:
    steady = SteadyRange(Axis())
    steady.offer(0, 1)
    assert not steady.offer(float("nan"), 1)
    assert not steady.offer(0, float("inf"))


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_every_offer_is_inside_the_range(offers: list[tuple[float, float]]) -> None:
    steady = SteadyRange(Axis(), patience=5)
    for a, b in offers:
        steady.offer(a, b)
        margin = 1e-6 * (abs(a) + abs(b) + 1)
        assert steady.low <= min(a, b) + margin
        assert steady.high >= max(a, b) - margin


def test_a_held_range_stays_and_then_shows_what_the_data_have_needed_meanwhile() -> None:
    steady, never_held = SteadyRange(Axis()), SteadyRange(Axis())
    for one in (steady, never_held):
        one.offer(0, 100)
    steady.hold(20, 30)
    for high in range(100, 500, 7):
        assert not steady.offer(0, high)
        never_held.offer(0, high)
    steady.reset()
    never_held.reset()
    assert not steady.fix(0, 40)
    never_held.fix(0, 40)
    assert (steady.low, steady.high) == (20, 30)
    assert steady.follow()
    assert (steady.low, steady.high) == (never_held.low, never_held.high)
    assert not steady.follow()


@given(
    st.floats(0, 1),
    st.lists(st.floats(0.01, 30), min_size=1, max_size=30),
    st.sampled_from([Axis(), Axis(whole=True), Axis("log")]),
)
def test_zooming_about_a_place_in_sight_never_loses_the_data(
    share: float, factors: list[float], axis: Axis
) -> None:
    steady = SteadyRange(axis)
    steady.offer(-6, 2)
    low, high = steady.low, steady.high
    for factor in factors:
        steady.zoom(steady.low + share * (steady.high - steady.low), factor)
        assert 0 < steady.high - steady.low <= 4 * (high - low) * (1 + 1e-9)
        assert low - 1e-9 <= (steady.low + steady.high) / 2 <= high + 1e-9


def test_what_is_zoomed_about_keeps_its_place_and_steps_are_never_zoomed_to_nothing() -> None:
    steady = SteadyRange(Axis(whole=True))
    steady.offer(0, 1000)
    steady.zoom(250, 0.1)
    assert (steady.low, steady.high) == (225, 325)
    for _ in range(50):
        steady.zoom(300, 0.5)
    assert steady.high - steady.low == 2
    assert steady.low <= 300 <= steady.high


def test_a_moved_range_is_as_long_and_ends_where_half_of_it_is_beside_the_data() -> None:
    steady = SteadyRange(Axis())
    steady.fix(0, 100)
    steady.hold(40, 60)
    steady.move(15)
    assert (steady.low, steady.high) == (55, 75)
    steady.move(1e6)
    assert (steady.low, steady.high) == (90, 110)
