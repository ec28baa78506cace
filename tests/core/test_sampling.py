"""Writing with a network."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.core.network import Network
from rnnviz.core.sampling import Sampler

from . import textbook
from .cases import Sizes, draw_case


def random_network(seed: int = 0, dtype: type = np.float64, num_layers: int = 2) -> Network:
    network = draw_case(
        Sizes(hidden_size=8, vocab_size=12, num_layers=num_layers), seed, dtype
    ).network
    network.parameters.flat *= 3
    return network


def predictions(network: Network, tokens: list[int]) -> np.ndarray:
    """Return (T, V), the logits after each of `tokens`, from one pass over all of them."""
    tape = network.new_tape(len(tokens), 1)
    network.forward(np.array(tokens)[:, None], network.zero_state(1), tape)
    return tape.logits[:, 0].copy()


def test_temperature_zero_always_takes_the_likeliest() -> None:
    network = random_network()
    prompt = [3, 1, 4]
    text, _ = Sampler(network, prompt).write(60, 0.0, np.random.default_rng(0))
    logits = predictions(network, prompt + text)
    assert text == logits[len(prompt) - 1 : -1].argmax(axis=1).tolist()
    assert text == Sampler(network, prompt).write(60, 0.0, np.random.default_rng(1))[0]


@pytest.mark.parametrize("cell", CELLS)
def test_a_wide_network_that_has_room_for_few_projections_writes_the_same(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = draw_case(Sizes(hidden_size=8, vocab_size=12, num_layers=2, cell=cell), 0).network
    written = Sampler(network, [3, 1]).write(150, 1.0, np.random.default_rng(0))
    monkeypatch.setattr("rnnviz.core.tape._PROJECTED_BYTES", 1000)
    assert Sampler(network, [3, 1]).write(150, 1.0, np.random.default_rng(0)) == written


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frequencies_follow_the_softmax_of_the_logits_over_the_temperature(
    temperature: float,
) -> None:
    # With every weight zero the logits are the bias c, whatever was read before.
    network = random_network()
    network.parameters.flat.fill(0)
    network.parameters["c"][:] = np.linspace(-1.0, 1.2, 12)
    count = 4000
    text, _ = Sampler(network, [0]).write(count, temperature, np.random.default_rng(7))
    observed = np.bincount(text, minlength=12)
    expected = count * textbook.softmax(network.parameters["c"][:, None] / temperature)[:, 0]
    chi_square = float(np.sum((observed - expected) ** 2 / expected))
    assert chi_square < 31.26  # the 99.9 % quantile at 11 degrees of freedom


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 2.0])
def test_probabilities_are_the_networks_own_at_every_temperature(temperature: float) -> None:
    network = random_network()
    prompt = [5, 2]
    text, probabilities = Sampler(network, prompt).write(40, temperature, np.random.default_rng(0))
    logits = predictions(network, prompt + text)[len(prompt) - 1 : -1]
    expected = [textbook.softmax(o[:, None])[y, 0] for o, y in zip(logits, text, strict=True)]
    np.testing.assert_allclose(probabilities, expected, rtol=1e-10)


def test_a_token_without_probability_is_never_written() -> None:
    network = random_network()
    network.parameters.flat.fill(0)
    network.parameters["c"][:] = -2000.0
    network.parameters["c"][[3, 8]] = 0.0
    text, probabilities = Sampler(network, [0]).write(500, 1.0, np.random.default_rng(0))
    assert set(text) == {3, 8}
    assert set(probabilities) == {0.5}


class _LowestDraw(np.random.Generator):
    """Draws the least that a generator can, as a real one does now and then."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))

    def standard_exponential(self, size: tuple[int, int]) -> np.ndarray:  # type: ignore[override]
        return np.zeros(size)


def test_the_lowest_draw_skips_a_first_token_without_probability() -> None:
    network = random_network()
    network.parameters.flat.fill(0)
    network.parameters["c"][0] = -2000.0
    assert Sampler(network, [0]).write(1, 1.0, _LowestDraw())[0] == [1]


@pytest.mark.parametrize("lead", [0.0, 2.0, 300.0])
@pytest.mark.parametrize("temperature", [0.0, 1e-300, 0.01, 0.5, 1.0, 5.0])
def test_what_must_never_be_written_is_not_however_likely(lead: float, temperature: float) -> None:
    network = random_network()
    network.parameters["c"][0] = network.parameters["c"].max() + lead
    rng = np.random.default_rng(0)
    tokens, probabilities = Sampler(network, [1], never=0).write(200, temperature, rng)
    assert 0 not in tokens
    assert all(0 <= probability <= 1 for probability in probabilities)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_what_must_never_be_written_is_not_where_nothing_is_finite(temperature: float) -> None:
    network = random_network()
    network.parameters["c"][:] = np.nan
    for never in (0, 11):
        rng = np.random.default_rng(0)
        tokens, _ = Sampler(network, [1], never=never).write(20, temperature, rng)
        assert never not in tokens
        assert all(0 <= token < 12 for token in tokens)


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("residual", [False, True])
def test_a_text_longer_than_what_is_written_at_a_time_reads_all_that_stands_before(
    cell: str, residual: bool
) -> None:
    sizes = Sizes(hidden_size=8, vocab_size=12, num_layers=3, residual=residual, cell=cell)
    network = draw_case(sizes, 0, np.float64).network
    network.parameters.flat *= 2
    prompt = [3, 1, 4] * 30
    text, probabilities = Sampler(network, prompt).write(200, 1.0, np.random.default_rng(0))
    logits = predictions(network, prompt + text)[len(prompt) - 1 : -1]
    expected = [textbook.softmax(o[:, None])[y, 0] for o, y in zip(logits, text, strict=True)]
    np.testing.assert_allclose(probabilities, expected, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_writing_changes_no_weight(dtype: type) -> None:
    network = random_network(dtype=dtype)
    before = network.parameters.flat.tobytes()
    Sampler(network, [0, 1]).write(50, 1.0, np.random.default_rng(0))
    assert network.parameters.flat.tobytes() == before


def test_writing_disturbs_no_tape_of_the_networks_trainer() -> None:
    case = draw_case(Sizes(num_layers=2), seed=1)
    tape = case.network.new_tape(*case.inputs.shape)
    case.network.forward(case.inputs, case.state, tape)
    before = tape.logits.copy(), tape.layers[1].hidden.copy()
    Sampler(case.network, [0]).write(10, 1.0, np.random.default_rng(0))
    assert np.array_equal(tape.logits, before[0])
    assert np.array_equal(tape.layers[1].hidden, before[1])


def test_the_same_seed_gives_the_same_text_and_another_seed_another() -> None:
    network = random_network()
    first = Sampler(network, [0]).write(80, 1.0, np.random.default_rng(1))
    assert first == Sampler(network, [0]).write(80, 1.0, np.random.default_rng(1))
    assert first != Sampler(network, [0]).write(80, 1.0, np.random.default_rng(2))


def test_writing_in_pieces_gives_the_text_written_at_once() -> None:
    network = random_network()
    whole, _ = Sampler(network, [0]).write(30, 1.0, np.random.default_rng(1))
    sampler, rng = Sampler(network, [0]), np.random.default_rng(1)
    pieces = [token for _ in range(6) for token in sampler.write(5, 1.0, rng)[0]]
    assert pieces == whole


def test_the_whole_prompt_is_read_and_not_only_its_end() -> None:
    network = random_network()
    _, after_one = Sampler(network, [1, 0]).write(1, 0.0, np.random.default_rng(0))
    _, after_another = Sampler(network, [2, 0]).write(1, 0.0, np.random.default_rng(0))
    assert after_one != after_another


def test_nothing_is_written_when_nothing_is_asked() -> None:
    assert Sampler(random_network(), [0]).write(0, 1.0, np.random.default_rng(0)) == ([], [])


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        Sampler(random_network(), [])


@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_network_that_is_not_finite_writes_tokens_of_unknown_probability(
    temperature: float, bad: float
) -> None:
    network = random_network()
    network.parameters["c"][3] = bad
    text, probabilities = Sampler(network, [0]).write(20, temperature, np.random.default_rng(0))
    assert all(0 <= token < 12 for token in text)
    assert len(text) == 20
    assert all(math.isnan(probability) for probability in probabilities)


def test_a_network_that_is_not_finite_reads_its_prompt_without_a_warning() -> None:
    network = random_network()
    network.parameters["W1"][0, 0] = np.inf
    with np.errstate(all="warn"):
        Sampler(network, [0, 1, 2]).write(5, 1.0, np.random.default_rng(0))
