"""Softmax, cross-entropy and its gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core import step_by_step
from rnnviz.core.cells.lines import Lines
from rnnviz.core.loss import cross_entropy, softmax
from rnnviz.core.step_by_step import TimeStep

from . import textbook

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 30))


def draw_logits(shape: tuple[int, int, int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 3, shape), rng.integers(0, shape[2], shape[:2])


def loss_and_gradient(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    d_logits = np.full_like(logits, np.nan)
    return cross_entropy(logits, targets, d_logits), d_logits


@given(shape=SHAPES, seed=st.integers(0, 2**32 - 1))
def test_loss_and_gradient_equal_the_textbooks(shape: tuple[int, int, int], seed: int) -> None:
    logits, targets = draw_logits(shape, seed)
    loss, d_logits = loss_and_gradient(logits, targets)
    sequence_length, batch_size, vocab_size = shape
    expected = 0.0
    for t in range(sequence_length):
        for b in range(batch_size):
            p = textbook.softmax(logits[t, b][:, None])
            y = targets[t, b]
            expected -= math.log(p[y, 0]) / batch_size
            do = (p - textbook.one_hot(y, vocab_size)) / batch_size
            np.testing.assert_allclose(d_logits[t, b], do[:, 0], rtol=1e-10, atol=1e-15)
    assert loss == pytest.approx(expected, rel=1e-12, abs=1e-14)


@given(shape=SHAPES, seed=st.integers(0, 2**32 - 1), shift=st.floats(-1000, 1000))
def test_a_shift_of_all_logits_changes_nothing(
    shape: tuple[int, int, int], seed: int, shift: float
) -> None:
    logits, targets = draw_logits(shape, seed)
    loss, d_logits = loss_and_gradient(logits, targets)
    shifted_loss, shifted_d_logits = loss_and_gradient(logits + shift, targets)
    assert shifted_loss == pytest.approx(loss, abs=1e-10)
    np.testing.assert_allclose(shifted_d_logits, d_logits, atol=1e-11)
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), atol=1e-11)


@given(shape=SHAPES, seed=st.integers(0, 2**32 - 1))
def test_every_rows_gradient_sums_to_zero_and_only_the_target_is_pushed_up(
    shape: tuple[int, int, int], seed: int
) -> None:
    logits, targets = draw_logits(shape, seed)
    _, d_logits = loss_and_gradient(logits, targets)
    np.testing.assert_allclose(d_logits.sum(axis=-1), 0, atol=1e-14)
    is_target = np.arange(shape[2]) == targets[..., None]
    assert (d_logits[is_target] <= 0).all()
    assert (d_logits[~is_target] > 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_logits_stay_finite(dtype: type, size: float) -> None:
    logits = np.array([[[size, 0.0, -size]]], dtype)
    for target in range(3):
        loss, d_logits = loss_and_gradient(logits, np.array([[target]]))
        assert loss == np.abs(logits).max() - logits[0, 0, target]
        assert np.isfinite(d_logits).all()
    winner = int(logits.argmax())
    assert np.array_equal(softmax(logits)[0, 0], np.arange(3) == winner)


@pytest.mark.parametrize("vocab_size", [1, 2, 33, 300])
def test_uniform_logits_cost_the_logarithm_of_the_vocabulary_at_every_step(
    vocab_size: int,
) -> None:
    logits = np.full((7, 3, vocab_size), 0.25)
    loss, _ = loss_and_gradient(logits, np.zeros((7, 3), int))
    assert loss == pytest.approx(7 * math.log(vocab_size), rel=1e-14)
    assert softmax(logits) == pytest.approx(1 / vocab_size)


def test_copies_of_a_stream_cost_what_the_one_costs_and_share_its_gradient() -> None:
    logits, targets = draw_logits((5, 1, 4), seed=0)
    loss, d_logits = loss_and_gradient(logits, targets)
    many_loss, many_d_logits = loss_and_gradient(logits.repeat(8, 1), targets.repeat(8, 1))
    assert many_loss == pytest.approx(loss, rel=1e-14)
    np.testing.assert_allclose(many_d_logits.sum(axis=1), d_logits[:, 0], rtol=1e-12)


def test_the_losses_of_the_steps_add_up() -> None:
    logits, targets = draw_logits((6, 2, 5), seed=1)
    whole, _ = loss_and_gradient(logits, targets)
    parts = [loss_and_gradient(logits[t : t + 1], targets[t : t + 1])[0] for t in range(6)]
    assert whole == pytest.approx(math.fsum(parts), rel=1e-14)


def test_the_logits_are_left_alone() -> None:
    logits, targets = draw_logits((4, 2, 5), seed=2)
    before = logits.copy()
    loss_and_gradient(logits, targets)
    softmax(logits)
    assert np.array_equal(logits, before)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_logit_that_is_not_finite_shows_in_the_loss(bad: float) -> None:
    logits, targets = draw_logits((4, 2, 5), seed=3)
    logits[2, 1, 0] = bad
    targets[2, 1] = 1
    with np.errstate(invalid="ignore"):
        loss, _ = loss_and_gradient(logits, targets)
    assert not math.isfinite(loss)


@given(shape=SHAPES, seed=st.integers(0, 2**32 - 1), size=st.sampled_from([1.0, 1e4, 1e300]))
def test_written_out_step_by_step_it_is_the_same_however_large(
    shape: tuple[int, int, int], seed: int, size: float
) -> None:
    logits, targets = draw_logits(shape, seed)
    logits *= size
    loss, d_logits = loss_and_gradient(logits, targets)
    steps = []
    for o in logits:
        output = Lines()
        output.write("o", "o_t", o)
        steps.append(TimeStep([], (), output))
    losses, gradients = step_by_step.losses(steps, targets, "cross_entropy")
    assert float(step_by_step.total_loss(losses).value) == pytest.approx(loss, rel=1e-12, abs=1e-14)
    np.testing.assert_allclose([line.value for line in gradients], d_logits, rtol=1e-9, atol=1e-15)
