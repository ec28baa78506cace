"""What a run writes, and when."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.sampling import Sampler
from rnnviz.training.text_generator import (
    LONGEST_PROMPT,
    SAMPLE_LENGTH,
    STREAM_LENGTH,
    is_sample_step,
)
from rnnviz.training.trainer import Trainer

from .helpers import small, small_trainer


def test_samples_are_kept_at_0_10_100_and_then_one_two_and_five_of_every_power() -> None:
    steps = [step for step in range(60_000) if is_sample_step(step)]
    expected = [0, 10, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]
    assert steps == expected
    assert is_sample_step(5_000_000)
    assert not is_sample_step(3_000_000)


def test_a_run_keeps_its_samples_with_their_settings() -> None:
    trainer = small_trainer(prompt="the ", temperature=0.3)
    for _ in range(10):
        trainer.step()
    trainer.change("temperature", 1.2)
    for _ in range(90):
        trainer.step()
    samples = trainer.state.samples
    assert [sample.step for sample in samples] == [0, 10, 100]
    assert [sample.temperature for sample in samples] == [0.3, 0.3, 1.2]
    for sample in samples:
        assert sample.prompt == "the "
        assert len(sample.text) == len(sample.probabilities) == SAMPLE_LENGTH
        assert set(sample.text) <= set(trainer.dataset.vocabulary.tokens)
        assert all(0 < probability <= 1 for probability in sample.probabilities)


def test_a_sample_is_what_a_fresh_writer_writes_from_the_prompt() -> None:
    trainer = small_trainer(prompt="fox")
    vocabulary = trainer.dataset.vocabulary
    writer = Sampler(trainer.network, vocabulary.encode("fox").tolist())
    ids, probabilities = writer.write(SAMPLE_LENGTH, 0.6, np.random.default_rng([1, 1, 0]))
    sample = trainer.state.samples[0]
    assert sample.text == vocabulary.decode(ids)
    assert sample.probabilities == tuple(probabilities)


def test_the_same_seed_writes_the_same_samples_whether_streamed_between_or_not() -> None:
    quiet, streamed = small_trainer(), small_trainer()
    for number in range(100):
        quiet.step()
        streamed.text_generator.restart_stream(streamed.configuration, number)
        streamed.step()
        streamed.text_generator.continue_stream(streamed.configuration, 3)
        streamed.text_generator.stream()
    assert quiet.state.samples == streamed.state.samples
    assert len(quiet.state.samples) == 3
    assert small_trainer(seed=2).state.samples[0] != quiet.state.samples[0]


def test_a_sample_of_the_same_step_takes_the_place_of_the_older_one() -> None:
    trainer = small_trainer()
    trainer.state.keep_sample(trainer.text_generator.sample(0, small(temperature=0.0)))
    assert [sample.temperature for sample in trainer.state.samples] == [0.0]


def test_a_sample_that_is_only_looked_at_is_not_kept() -> None:
    trainer = small_trainer()
    assert trainer.text_generator.sample(0, trainer.configuration) == trainer.state.samples[0]
    later = trainer.text_generator.sample(5, trainer.configuration)
    assert later.text != trainer.state.samples[0].text
    assert [sample.step for sample in trainer.state.samples] == [0]


@pytest.mark.parametrize("prompt", ["", "\u20ac\U0001f600", "\ud800", "\0"])
def test_a_prompt_without_a_known_character_begins_at_a_lines_start(prompt: str) -> None:
    trainer = small_trainer(prompt=prompt)
    sample = trainer.state.samples[0]
    assert sample.prompt == ""
    writer = Sampler(trainer.network, trainer.dataset.vocabulary.encode("\n").tolist())
    ids, _ = writer.write(SAMPLE_LENGTH, 0.6, np.random.default_rng([1, 1, 0]))
    assert sample.text == trainer.dataset.vocabulary.decode(ids)


def test_unknown_characters_of_a_prompt_are_skipped() -> None:
    known, mixed = small_trainer(prompt="the fox"), small_trainer(prompt="t\u20achXe\ud800 fQox")
    assert known.state.samples == mixed.state.samples
    assert mixed.state.samples[0].prompt == "the fox"


def test_of_a_long_prompt_only_the_end_is_read() -> None:
    end = "how vexingly, they said!\n" * (LONGEST_PROMPT // 25)
    assert len(end) == LONGEST_PROMPT
    long, short = small_trainer(prompt="the quick" * 10_000 + end), small_trainer(prompt=end)
    assert long.state.samples == short.state.samples


def test_the_stream_goes_on_where_it_stopped() -> None:
    at_once, in_pieces = small_trainer(), small_trainer()
    at_once.text_generator.restart_stream(at_once.configuration, 50)
    in_pieces.text_generator.restart_stream(in_pieces.configuration, 20)
    for _ in range(15):
        in_pieces.text_generator.continue_stream(in_pieces.configuration, 2)
    assert at_once.text_generator.stream() == in_pieces.text_generator.stream()
    assert at_once.text_generator.stream().length == 50


def test_a_stream_keeps_its_last_2000_characters_and_counts_all() -> None:
    trainer = small_trainer()
    trainer.text_generator.restart_stream(trainer.configuration, 1990)
    before = trainer.text_generator.stream()
    trainer.text_generator.continue_stream(trainer.configuration, 30)
    after = trainer.text_generator.stream()
    assert (before.length, after.length) == (1990, 2020)
    assert len(after.text) == len(after.probabilities) == STREAM_LENGTH
    assert after.text[: 1990 - 20] == before.text[20:]
    assert after.probabilities[: 1990 - 20] == before.probabilities[20:]


def test_a_restarted_stream_has_another_number_and_is_empty() -> None:
    trainer = small_trainer(prompt="fox")
    trainer.text_generator.restart_stream(trainer.configuration, 5)
    first = trainer.text_generator.stream()
    trainer.text_generator.restart_stream(trainer.configuration)
    second = trainer.text_generator.stream()
    assert second.number != first.number
    assert (second.text, second.length, second.prompt) == ("", 0, "fox")


@given(bad=st.sampled_from([np.nan, np.inf, -np.inf, 1e30]), temperature=st.sampled_from([0, 1, 2]))
@settings(max_examples=12)
def test_a_network_whose_predictions_are_not_finite_still_writes(
    bad: float, temperature: int
) -> None:
    trainer: Trainer = small_trainer(activation="relu", prompt="the fox", temperature=temperature)
    trainer.network.parameters.flat[:] = bad
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trainer.state.keep_sample(trainer.text_generator.sample(10, trainer.configuration))
        trainer.text_generator.restart_stream(trainer.configuration, 30)
        trainer.text_generator.continue_stream(trainer.configuration, 3)
    sample, stream = trainer.state.samples[-1], trainer.text_generator.stream()
    assert (len(sample.text), len(stream.text)) == (SAMPLE_LENGTH, 33)
    if not math.isfinite(bad):
        assert all(math.isnan(probability) for probability in stream.probabilities)


def test_writing_changes_neither_the_weights_nor_the_carried_state() -> None:
    trainer = small_trainer()
    trainer.step()

    def state() -> Any:
        checkpoint = trainer.checkpoint()
        return trainer.network.parameters.flat.tobytes(), [
            array.tobytes() for layer in checkpoint.carried_state for array in layer.values()
        ]

    before = state()
    trainer.text_generator.restart_stream(trainer.configuration, 40)
    trainer.state.keep_sample(trainer.text_generator.sample(1, trainer.configuration))
    assert state() == before
