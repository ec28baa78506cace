"""The size of an update, by hand and against NumPy's norms."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.diagnostics import updates
from rnnviz.diagnostics.updates import update_ratios


def test_a_case_by_hand() -> None:
    before = {"W": np.array([[3.0, 0.0], [0.0, 4.0]], np.float32), "b": np.zeros(2, np.float32)}
    after = {"W": np.array([[3.0, 0.5], [0.0, 4.0]], np.float32), "b": np.ones(2, np.float32)}
    measured = update_ratios(before, after)
    assert measured.names == ("W", "b")
    assert measured.update_norms.tolist() == [0.5, np.sqrt(2)]
    assert measured.parameter_norms.tolist() == [5.0, 0.0]
    assert measured.ratios[0] == 0.1
    # What has no size has no ratio, and not an infinite one.
    assert np.isnan(measured.ratios[1])


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    scale=st.sampled_from([1e-30, 1e-8, 1.0, 1e30]),
)
def test_the_norms_are_numpys_and_keep_their_digits(
    seed: int, shape: tuple[int, int], scale: float
) -> None:
    rng = np.random.default_rng(seed)
    before = {"W": (rng.normal(size=shape) * scale).astype(np.float32)}
    after = {"W": (before["W"] * (1 + 1e-3 * rng.normal(size=shape))).astype(np.float32)}
    measured = update_ratios(before, after)
    exact = {name: arrays["W"].astype(np.float64) for name, arrays in
             (("before", before), ("after", after))}  # fmt: skip
    size = np.linalg.norm(exact["before"])
    moved = np.linalg.norm(exact["after"] - exact["before"])
    assert measured.parameter_norms[0] == pytest.approx(size, rel=1e-12)
    assert measured.update_norms[0] == pytest.approx(moved, rel=1e-12)
    assert measured.ratios[0] == pytest.approx(moved / size, rel=1e-12)


def test_arrays_longer_than_a_block_are_measured_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_BLOCK", 4)
    before, after = {"V": np.full((3, 3), 2.0)}, {"V": np.full((3, 3), 2.5)}
    measured = update_ratios(before, after)
    assert measured.parameter_norms[0] == 6.0
    assert measured.update_norms[0] == 1.5


@pytest.mark.parametrize("odd", [np.nan, np.inf, 3e38])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_not_finite_has_no_ratio_and_warns_nobody(odd: float, dtype: type) -> None:
    before = {"W": np.array([1.0, odd], dtype), "V": np.ones(2, dtype)}
    after = {"W": np.array([2.0, -odd], dtype), "V": np.array([1.0, odd], dtype)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured = update_ratios(before, after)
    assert not np.isinf(measured.ratios).any()
    assert np.isfinite(measured.ratios).all() == (odd == 3e38)


def test_nothing_is_changed_and_nothing_can_be_written_to() -> None:
    before, after = {"W": np.arange(4.0)}, {"W": np.arange(4.0) + 1}
    before["W"].setflags(write=False)
    measured = update_ratios(before, after)
    assert after["W"].tolist() == [1, 2, 3, 4]
    for array in (measured.update_norms, measured.parameter_norms, measured.ratios):
        assert not array.flags.writeable


def test_weights_that_stay_have_a_ratio_of_zero() -> None:
    weights = {"W": np.arange(4.0)}
    assert update_ratios(weights, weights).ratios.tolist() == [0.0]
