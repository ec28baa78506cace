"""The laws of gradient clipping."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.core.clipping import (
    CLIP_MODES,
    ClipMode,
    clip_by_step,
    clip_gradients,
    global_norm,
)

Array = np.ndarray

FLOAT32 = arrays(
    np.float32, st.integers(1, 40), elements=st.floats(-(2.0**127), 2.0**127, width=32)
)
FLOAT64 = arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e300, 1e300))
ORDINARY = arrays(np.float32, st.integers(1, 40), elements=st.floats(-100, 100, width=32))
GRADIENTS = FLOAT32 | FLOAT64 | ORDINARY
THRESHOLDS = st.floats(1e-3, 1e3)
HUGE = np.array([3e38, -1e20, 0, 1e-45], np.float32)
laws = settings(max_examples=200)


def exact_norm(gradients: Array) -> float:
    return math.hypot(*gradients.tolist())


@laws
@given(gradients=GRADIENTS)
@example(gradients=HUGE)
@example(gradients=np.full(5, 1e200))
@example(gradients=np.full(5, 1e-200))
@example(gradients=np.full(5, 1e-30, np.float32))
@example(gradients=np.zeros(3, np.float32))
def test_the_norm_is_right_where_squares_overflow_or_vanish(gradients: Array) -> None:
    assert global_norm(gradients) == pytest.approx(exact_norm(gradients), rel=1e-6, abs=1e-320)


@laws
@given(gradients=GRADIENTS, threshold=THRESHOLDS)
@example(gradients=HUGE, threshold=1e-3)
def test_norm_clipping_keeps_the_direction_and_reaches_the_threshold(
    gradients: Array, threshold: float
) -> None:
    clipped = gradients.copy()
    report = clip_gradients(clipped, "norm", threshold)
    before = exact_norm(gradients)
    assert report.norm_before == pytest.approx(before, rel=1e-6)
    assert report.norm_after == pytest.approx(min(before, threshold), rel=1e-6)
    assert report.norm_after == pytest.approx(exact_norm(clipped), rel=1e-6)
    # A norm of a few of the smallest numbers there are is itself a rounded one.
    if before > 1e-300:
        direction = gradients.astype(float) / before
        clipped_direction = clipped.astype(float) / exact_norm(clipped)
        assert float(direction @ clipped_direction) == pytest.approx(1, abs=1e-6)
    if report.clipped:
        assert report.touched == np.count_nonzero(gradients)


@laws
@given(gradients=GRADIENTS, threshold=THRESHOLDS)
@example(gradients=HUGE, threshold=1e-3)
def test_value_clipping_bounds_every_entry_and_changes_only_the_larger(
    gradients: Array, threshold: float
) -> None:
    clipped = gradients.copy()
    report = clip_gradients(clipped, "value", threshold)
    bound = gradients.dtype.type(threshold)
    larger = np.abs(gradients) > bound
    assert np.abs(clipped).max() <= bound
    assert np.array_equal(clipped[~larger], gradients[~larger])
    assert np.array_equal(clipped[larger], np.copysign(bound, gradients[larger]))
    assert report.touched == np.count_nonzero(larger)
    assert report.norm_before == pytest.approx(exact_norm(gradients), rel=1e-6)
    assert report.norm_after == pytest.approx(exact_norm(clipped), rel=1e-6)


def test_value_clipping_turns_the_direction_and_norm_clipping_does_not() -> None:
    gradients = np.array([10.0, 1.0])
    by_value, by_norm = gradients.copy(), gradients.copy()
    clip_gradients(by_value, "value", 1.0)
    clip_gradients(by_norm, "norm", 1.0)
    assert cosine(gradients, by_value) == pytest.approx(11 / math.sqrt(202))
    assert cosine(gradients, by_norm) == pytest.approx(1, abs=1e-15)


def cosine(one: Array, other: Array) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@laws
@given(gradients=GRADIENTS, threshold=THRESHOLDS)
def test_no_clipping_changes_not_a_bit_and_still_reports_the_norm(
    gradients: Array, threshold: float
) -> None:
    kept = gradients.copy()
    report = clip_gradients(kept, "none", threshold)
    assert kept.tobytes() == gradients.tobytes()
    assert report.norm_before == report.norm_after
    assert report.norm_before == pytest.approx(exact_norm(gradients), rel=1e-6)
    assert report.touched == 0
    assert not report.clipped


@pytest.mark.parametrize("mode", CLIP_MODES)
def test_a_gradient_below_the_threshold_keeps_every_bit(mode: ClipMode) -> None:
    gradients = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    kept = gradients.copy()
    report = clip_gradients(kept, mode, 1.001 * exact_norm(gradients))
    assert kept.tobytes() == gradients.tobytes()
    assert not report.clipped
    assert report.norm_after == report.norm_before


def test_value_clipping_leaves_small_entries_of_a_large_gradient_alone() -> None:
    gradients = np.full(100, 0.5, np.float32)
    report = clip_gradients(gradients, "value", 1.0)
    assert report == (5.0, 5.0, 0)
    assert (gradients == 0.5).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mode", CLIP_MODES)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_reported_and_left_alone(
    dtype: type, mode: ClipMode, bad: float
) -> None:
    gradients = np.array([1e30, bad, -2.0, 0.0], dtype)
    before = gradients.copy()
    report = clip_gradients(gradients, mode, 1.0)
    assert not math.isfinite(report.norm_before)
    assert not math.isfinite(report.norm_after)
    assert report.touched == 0
    assert gradients.tobytes() == before.tobytes()


@pytest.mark.parametrize("mode", CLIP_MODES)
def test_clipping_raises_no_floating_point_warning(mode: ClipMode) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for gradients in (HUGE.copy(), np.zeros(3, np.float32), np.full(5, 1e200)):
            clip_gradients(gradients, mode, 1.0)


@laws
@given(
    gradients=FLOAT64 | ORDINARY.map(lambda array: array.astype(np.float64)),
    cut=st.integers(0, 40),
    mode=st.sampled_from(CLIP_MODES),
    threshold=THRESHOLDS,
)
@example(gradients=np.zeros(3), cut=1, mode="norm", threshold=1.0)
@example(gradients=np.full(5, 1e200), cut=2, mode="norm", threshold=1.0)
def test_written_out_parameter_by_parameter_it_is_the_same(
    gradients: Array, cut: int, mode: ClipMode, threshold: float
) -> None:
    before = gradients.copy()
    of_all, clipped = clip_by_step({"U1": gradients[:cut], "c": gradients[cut:]}, mode, threshold)
    assert np.array_equal(gradients, before)
    report = clip_gradients(gradients, mode, threshold)
    assert float(of_all["norm"]) == pytest.approx(report.norm_before, rel=1e-12)
    whole = np.concatenate([line.value for line in clipped.values()])
    largest = np.abs(gradients).max(initial=0)
    np.testing.assert_allclose(whole, gradients, rtol=1e-12, atol=1e-12 * largest)
    assert ("factor" in of_all) == (mode == "norm")
    if mode == "norm":
        assert (float(of_all["factor"]) < 1) == (report.norm_before > threshold)


@pytest.mark.parametrize(
    ("names", "written"), [("U1 W1 b1 V c", "U, W, b, V, c"), ("U1 U2 V", "U1, U2, V")]
)
def test_the_norm_names_a_layer_only_where_there_are_several(names, written):
    lines, _ = clip_by_step({name: np.ones(2) for name in names.split()}, "norm", 1.0)
    assert lines.equation("norm").endswith(f"P = {written})")
