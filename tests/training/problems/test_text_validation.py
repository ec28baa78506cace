"""The loss on held-out text."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.network import Network
from rnnviz.training.problems.text_validation import TextValidation

from ..helpers import small_dataset, small_trainer


def plain_loss(network: Network, tokens: np.ndarray) -> float:
    """Return the mean loss of one stream read from a state of zeros, a step at a time."""
    p = {name: array.astype(float) for name, array in network.parameters.items()}
    h = np.zeros(network.hidden_size)
    losses = []
    for token, target in itertools.pairwise(tokens):
        h = np.tanh(p["b1"] + h @ p["W1"] + p["U1"][token])
        o = p["c"] + h @ p["V"]
        losses.append(o.max() + math.log(np.exp(o - o.max()).sum()) - o[target])
    return float(np.mean(losses))


def drawn_network(seed: int = 0) -> Network:
    network = Network(Architecture(9, 5), np.float64)
    rng = np.random.default_rng(seed)
    network.parameters.flat[:] = rng.normal(0, 0.7, network.parameters.size)
    return network


def streams_of(validation: TextValidation) -> np.ndarray:
    windows = validation._windows
    inputs = [window.inputs for window in windows]
    return np.concatenate([*inputs, windows[-1].targets[-1:]]).T


@given(lengths=st.lists(st.integers(1, 250), min_size=2, max_size=9), seed=st.integers(0, 100))
@settings(max_examples=25)
def test_texts_are_read_each_from_zeros_and_none_into_the_next(
    lengths: list[int], seed: int
) -> None:
    network, rng = drawn_network(seed), np.random.default_rng(seed)
    texts = [rng.integers(0, 9, length).astype(np.uint8) for length in lengths]
    bounds = np.cumsum(lengths)[:-1].tolist()
    loss = TextValidation(network, np.concatenate(texts), bounds).loss()
    size = min(16, max(lengths) - 1)
    if size < 1:
        assert loss is None
        return
    windows = [
        (number, at)
        for number, length in enumerate(lengths)
        for at in range(0, length - size, size)
    ]
    batch_size = min(16, len(windows))
    per_stream = len(windows) // batch_size
    total, read = 0.0, 0
    for stream in range(batch_size):
        own = windows[stream * per_stream : (stream + 1) * per_stream]
        for number, group in itertools.groupby(own, lambda window: window[0]):
            places = [at for _, at in group]
            stretch = texts[number][places[0] : places[-1] + size + 1]
            total += plain_loss(network, stretch.astype(int)) * (len(stretch) - 1)
            read += len(stretch) - 1
    assert loss == pytest.approx(total / read, rel=1e-10)


@given(length=st.integers(2, 1500), seed=st.integers(0, 100))
@settings(max_examples=25)
def test_it_is_the_mean_over_streams_that_are_read_from_zeros(length: int, seed: int) -> None:
    network = drawn_network(seed)
    tokens = np.random.default_rng(seed).integers(0, 9, length).astype(np.uint8)
    streams = streams_of(TextValidation(network, tokens))
    assert streams.size > length - 64
    assert streams.reshape(-1).tolist() == tokens[: streams.size].tolist()
    expected = np.mean([plain_loss(network, stream.astype(int)) for stream in streams])
    assert TextValidation(network, tokens).loss() == pytest.approx(expected, rel=1e-10)


def test_a_text_of_any_length_costs_no_more_than_its_first_8192_tokens() -> None:
    network = drawn_network()
    tokens = np.random.default_rng(1).integers(0, 9, 40_000).astype(np.uint8)
    assert TextValidation(network, tokens).loss() == TextValidation(network, tokens[:8192]).loss()
    assert streams_of(TextValidation(network, tokens[:8192])).size > 8192 - 64


@pytest.mark.parametrize("length", [0, 1])
def test_fewer_than_two_tokens_measure_nothing(length: int) -> None:
    validation = TextValidation(drawn_network(), np.zeros(length, np.uint8))
    assert not validation.is_possible
    assert validation.loss() is None


def test_the_same_weights_give_the_same_loss_however_often_it_is_measured() -> None:
    network = drawn_network()
    validation = TextValidation(network, np.arange(700, dtype=np.uint16) % 9)
    first = validation.loss()
    assert validation.loss() == first
    network.parameters["c"][0] += 1
    assert validation.loss() != first


def test_it_is_recorded_after_every_interval_and_only_then() -> None:
    trainer = small_trainer(validation_interval=4)
    measured = [record.validation_loss is not None for record in map(_step, [trainer] * 12)]
    assert measured == [number % 4 == 0 for number in range(1, 13)]
    view = trainer.history.view()
    assert view.validation_steps.tolist() == [4, 8, 12]
    expected = TextValidation(trainer.network, trainer.dataset.validation_ids).loss()
    assert view.validation_loss[-1] == expected


def test_nothing_is_recorded_where_no_text_is_held_out() -> None:
    trainer = small_trainer(small_dataset(300, 0.0), validation_interval=1)
    assert trainer.step().validation_loss is None
    assert len(trainer.history.view().validation_loss) == 0


def _step(trainer):  # type: ignore[no-untyped-def]
    return trainer.step()
