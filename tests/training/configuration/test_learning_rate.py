"""The learning rate over a run."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.schedules import SCHEDULES

from ..helpers import small, small_dataset, small_trainer


@given(
    schedule=st.sampled_from(list(SCHEDULES)),
    step=st.integers(1, 10**6),
    epoch=st.integers(0, 1000),
    warmup=st.integers(0, 1000),
    end=st.integers(1, 5000),
    start=st.integers(1, 50),
)
def test_a_rate_is_never_above_the_chosen_one_nor_zero(
    schedule: str, step: int, epoch: int, warmup: int, end: int, start: int
) -> None:
    configuration = small(
        schedule=schedule, warmup_steps=warmup, schedule_steps=end, decay_start=start
    )
    assert 0 < configuration.learning_rate_at(step, epoch) <= configuration.learning_rate


def test_a_constant_rate_stays() -> None:
    configuration = small(learning_rate=0.25)
    assert {configuration.learning_rate_at(s, s // 10) for s in range(1, 100)} == {0.25}


def test_the_exponential_schedule_multiplies_once_an_epoch_from_the_chosen_one_on() -> None:
    configuration = small(schedule="exponential", learning_rate=1.0, decay_rate=0.5, decay_start=3)
    rates = [configuration.learning_rate_at(1, epoch) for epoch in range(6)]
    assert rates == [1, 1, 1, 0.5, 0.25, 0.125]


def test_the_cosine_rises_falls_and_ends_at_a_hundredth() -> None:
    configuration = small(schedule="cosine", learning_rate=1.0, warmup_steps=10, schedule_steps=110)
    rates = [configuration.learning_rate_at(step, 0) for step in range(1, 200)]
    assert rates[:10] == pytest.approx([step / 10 for step in range(1, 11)])
    assert rates[59] == pytest.approx((1 + 0.01) / 2)
    assert all(a >= b for a, b in itertools.pairwise(rates[9:]))
    assert set(rates[109:]) == {0.01}


def test_a_warm_up_takes_at_most_half_of_the_schedule() -> None:
    configuration = small(schedule="cosine", learning_rate=1.0, warmup_steps=100, schedule_steps=50)
    rates = [configuration.learning_rate_at(step, 0) for step in range(1, 100)]
    assert rates[24] == 1.0
    assert all(a >= b for a, b in itertools.pairwise(rates[24:]))
    assert set(rates[49:]) == {0.01}


def test_a_step_is_done_with_the_rate_of_its_schedule() -> None:
    trainer = small_trainer(
        small_dataset(60, 0.0), schedule="exponential", decay_start=1, decay_rate=0.5
    )
    whole = trainer.configuration.learning_rate
    rates = []
    while trainer.epoch < 3:
        expected = trainer.learning_rate
        rates.append(trainer.step().learning_rate)
        assert rates[-1] in (expected, expected / 2)  # the step may begin an epoch
    assert set(rates) == {whole, whole / 2, whole / 4, whole / 8}
