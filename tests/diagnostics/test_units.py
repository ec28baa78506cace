"""Correlations of units against NumPy's own, and chance against planted noise."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.diagnostics.units import (
    CHANCE_SHARE,
    chance_levels,
    correlations,
    ranking,
    read_units,
    standardized,
)


def slow_noise(rng: np.random.Generator, length: int, count: int, memory: float) -> np.ndarray:
    """Columns (n, k) whose entries resemble those before them, as states and quotations do."""
    columns = rng.normal(size=(length, count))
    for t in range(1, length):
        columns[t] = memory * columns[t - 1] + np.sqrt(1 - memory**2) * columns[t]
    return columns


@given(
    seed=st.integers(0, 2**32 - 1),
    length=st.integers(2, 40),
    units=st.integers(1, 5),
    scale=st.sampled_from([1e-30, 1e-3, 1.0, 1e30]),
    offset=st.sampled_from([0.0, 1.0, -7.0]),
)
def test_correlations_are_those_of_numpy(seed, length, units, scale, offset):
    rng = np.random.default_rng(seed)
    states = scale * (rng.normal(size=(length, units)) + offset)
    features = rng.normal(size=(length, 2))
    expected = np.corrcoef(states.T, features.T)[:units, units:]
    np.testing.assert_allclose(correlations(states, features), expected, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_unit_that_is_constant_or_not_finite_follows_nothing_and_warns_nobody(dtype):
    rng = np.random.default_rng(1)
    states = rng.normal(size=(50, 6)).astype(dtype)
    states[:, 0] = 0.1
    states[:, 1] = 0
    states[7, 2] = np.nan
    states[7, 3], states[9, 3] = np.inf, -np.inf
    states[:, 4] *= np.finfo(dtype).max / 10
    features = np.column_stack([np.arange(50), np.ones(50)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = correlations(states, features)
        chance_levels(states, features)
    assert (found[:4] == 0).all()
    assert (found[:, 1] == 0).all()
    assert (found[4:, 0] != 0).all()
    assert np.isfinite(found).all()


def test_a_perfect_follower_has_a_correlation_of_one_and_its_opposite_of_minus_one():
    feature = np.array([0.0, 1.0, 1.0, 0.0, 1.0])[:, np.newaxis]
    units = np.hstack([3 * feature - 1, -0.01 * feature])
    np.testing.assert_allclose(correlations(units, feature)[:, 0], [1, -1])


def test_a_planted_unit_is_ranked_first_and_beyond_chance():
    rng = np.random.default_rng(2)
    quotes = (slow_noise(rng, 1000, 1, 0.95) > 0.8).astype(float)
    units = slow_noise(rng, 1000, 100, 0.8)
    units[:, 37] = np.tanh(2 * quotes[:, 0] - 1 + 0.5 * rng.normal(size=1000))
    of_feature = correlations(units, quotes)[:, 0]
    order = ranking(-of_feature)
    assert order[0] == 37
    assert sorted(order) == list(range(100))
    assert (np.diff(np.abs(of_feature[order])) <= 0).all()
    level = chance_levels(units, quotes)[0]
    assert abs(of_feature[37]) > 2 * level
    assert np.abs(np.delete(of_feature, 37)).max() < 2 * level


@pytest.mark.parametrize("memory", [0.0, 0.9])
@pytest.mark.parametrize("length", [100, 300])
def test_noise_goes_beyond_chance_about_as_often_as_is_stated(memory, length):
    rng = np.random.default_rng(3)
    tries, beyond = 400, 0
    for _ in range(tries):
        units = slow_noise(rng, length, 20, memory)
        feature = (slow_noise(rng, length, 1, memory) > 0.5).astype(float)
        best = np.abs(correlations(units, feature)).max()
        beyond += bool(best > chance_levels(units, feature)[0])
    # Four standard errors of so many tries, about 1.1 % each.
    assert beyond / tries == pytest.approx(CHANCE_SHARE, abs=0.044)


def test_slow_units_reach_further_by_chance_than_independent_tokens_would_let_one_think():
    rng = np.random.default_rng(4)
    feature = slow_noise(rng, 1000, 1, 0.97)
    slow = chance_levels(slow_noise(rng, 1000, 50, 0.97), feature)[0]
    quick = chance_levels(slow_noise(rng, 1000, 50, 0.0), feature)[0]
    assert slow > 2 * quick


def test_more_units_reach_further_by_chance():
    rng = np.random.default_rng(5)
    units, feature = slow_noise(rng, 500, 200, 0.5), slow_noise(rng, 500, 1, 0.5)
    assert chance_levels(units, feature)[0] > chance_levels(units[:, :2], feature)[0]


@pytest.mark.parametrize("length", [0, 1, 2, 10, 19])
def test_of_a_text_too_short_for_twenty_shifts_chance_is_not_told(length):
    rng = np.random.default_rng(6)
    levels = chance_levels(rng.normal(size=(length, 3)), rng.normal(size=(length, 2)))
    assert levels.shape == (2,)
    assert np.isnan(levels).all()


def test_from_twenty_shifts_on_chance_is_the_largest_of_them():
    rng = np.random.default_rng(7)
    units, features = rng.normal(size=(22, 4)), rng.normal(size=(22, 1))
    every = [
        np.abs(correlations(units, np.roll(features, shift, axis=0))).max() for shift in range(22)
    ]
    level = chance_levels(units, features)[0]
    assert np.isclose(every, level, atol=1e-6).any()
    # Of 21 possible shifts 19 are played, and the largest of those counts.
    assert np.sum(np.array(every[1:]) > level + 1e-6) <= 2


def test_a_reading_holds_every_layer_and_state_and_the_end_of_the_text():
    rng = np.random.default_rng(8)
    states = {"h": rng.normal(size=(2, 60, 3)), "c": rng.normal(size=(2, 60, 3))}
    features = {"one": rng.normal(size=60), "two": rng.normal(size=60)}
    tokens = tuple("abcdef" * 10)
    reading = read_units(states, tokens, features, shown=7)
    assert reading.length == 60
    assert reading.features == ("one", "two")
    assert reading.tokens == tokens[-7:]
    assert np.array_equal(reading.values, [features["one"][-7:], features["two"][-7:]])
    table = np.column_stack(list(features.values()))
    for name, layers in states.items():
        assert np.array_equal(reading.activations[name], layers[:, -7:])
        for number, layer in enumerate(layers):
            expected = np.corrcoef(layer.T, table.T)[:3, 3:]
            np.testing.assert_allclose(reading.correlations[name][number], expected, atol=1e-12)
            levels = chance_levels(layer, table)
            assert np.array_equal(reading.chance[name][number], levels)
    arrays = [reading.values, *reading.activations.values()]
    for array in (*arrays, *reading.correlations.values(), *reading.chance.values()):
        assert not array.flags.writeable
        assert not np.shares_memory(array, states["h"])


def test_a_text_without_features_is_still_read():
    reading = read_units({"h": np.zeros((1, 1, 4))}, ("a",), {}, shown=5)
    assert reading.correlations["h"].shape == (1, 4, 0)
    assert reading.chance["h"].shape == (1, 0)
    assert reading.values.shape == (0, 1)


def test_standardized_columns_have_no_mean_and_a_length_of_one():
    columns = np.random.default_rng(9).normal(3, 2, size=(30, 4)).astype(np.float32)
    found = standardized(columns)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose((found**2).sum(axis=0), 1)
