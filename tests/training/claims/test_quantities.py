"""What can be measured of a run, against computations that share nothing with the program's."""

from __future__ import annotations

import math
import statistics
import tracemalloc
from typing import Any

import numpy as np
import pytest

from rnnviz.core.cells import CELLS
from rnnviz.data import Corpus, Task, Trait, build_dataset, held_out
from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.loading import new_trainer, opened_trainer
from rnnviz.training.observation.diagnostics.units import UNITS
from rnnviz.training.state.checkpoint import Sample
from rnnviz.training.trainer import NonFiniteError, Trainer

from ..helpers import own_text, small, small_dataset, small_trainer, task_settings, text_gone


def measured(trainer: Trainer, quantity: str, lag: int = 0, of: str = "") -> float:
    return QUANTITIES[quantity].measure(trainer, Goal(quantity, lag=lag, of=of))


# --- The equations, one stream and one step at a time, in float64 -----------------------------


def states_of(parameters: Any, inputs: Any, state: Any, layers: int) -> list[list[np.ndarray]]:
    """Return h of every step, a list over layers each, the state before the first step first."""
    states = [state]
    for token in inputs:
        below, layer_states = None, []
        for layer in range(layers):
            U, b, W = (parameters[f"{name}{layer + 1}"].astype(float) for name in ("U", "b", "W"))
            a = b + (U[token] if below is None else below @ U) + states[-1][layer] @ W
            below = np.tanh(a)
            layer_states.append(below)
        states.append(layer_states)
    return states


def loss_of(parameters: Any, top: np.ndarray, target: int) -> tuple[float, np.ndarray]:
    """Return the cross entropy and its derivative by the topmost state."""
    V, c = parameters["V"].astype(float), parameters["c"].astype(float)
    o = c + top @ V
    p = np.exp(o - o.max())
    p /= p.sum()
    d_o = p.copy()
    d_o[target] -= 1
    return -math.log(p[target]), V @ d_o


def gradient_ratio_of(subject: CheckSubject, lag: int) -> float:
    """Return |dL_T/dh_{T-lag}| / |dL_T/dh_T| of a single layer's first stream."""
    parameters = subject.network.parameters
    state = [layer["h"][0].astype(float) for layer in subject.state]
    states = states_of(parameters, subject.inputs[:, 0], state, 1)
    _, d_h = loss_of(parameters, states[-1][0], int(subject.targets[-1, 0]))
    first = np.linalg.norm(d_h)
    W = parameters["W1"].astype(float)
    for back in range(lag):
        d_h = W @ ((1 - states[-1 - back][0] ** 2) * d_h)
    return float(np.linalg.norm(d_h) / first)


def fails(trainer: Trainer) -> None:
    """Have one step overflow, and the run as it was before."""
    weights = trainer.network.parameters.flat.copy()
    trainer.network.parameters["V"][:] = np.inf
    with pytest.raises(NonFiniteError):
        trainer.step()
    trainer.network.parameters.flat[:] = weights


# --- Quantities -------------------------------------------------------------------------------


@pytest.mark.parametrize("configuration", [task_settings(), task_settings(sequence_length=30)])
@pytest.mark.parametrize("lag", [1, 7, 11])
def test_the_gradient_ratio_is_the_median_of_the_last_fifty_measured_steps(configuration, lag):
    trainer = new_trainer(configuration)
    ratios = []
    for _ in range(65):
        ratios.append(gradient_ratio_of(trainer.check_subject(), lag))
        trainer.step()
    expected = 10 ** statistics.median(map(math.log10, ratios[-50:]))
    assert measured(trainer, "gradient_ratio", lag) == pytest.approx(expected, rel=1e-3)
    assert expected != pytest.approx(10 ** statistics.median(map(math.log10, ratios)), rel=1e-3)


def test_the_gradient_ratio_of_one_step_is_that_step():
    trainer = small_trainer(sequence_length=9)
    expected = gradient_ratio_of(trainer.check_subject(), 8)
    trainer.step()
    assert measured(trainer, "gradient_ratio", 8) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_ratio_of_several_layers_is_that_of_the_highest(cell):
    trainer = small_trainer(num_layers=3, cell=cell)
    trainer.step()
    labels = list(trainer.gradient_history.view().labels)
    rows = trainer.gradient_history.view().logarithms[0]
    at = labels.index("h3")
    expected = 10.0 ** float(rows[at, 2] - rows[at, 0])
    assert measured(trainer, "gradient_ratio", 2) == pytest.approx(expected, rel=1e-6)


def test_a_gradient_ratio_further_back_than_the_window_is_no_number():
    trainer = small_trainer(sequence_length=5)
    assert math.isnan(measured(trainer, "gradient_ratio", 1))
    trainer.step()
    assert measured(trainer, "gradient_ratio", 4) > 0
    assert math.isnan(measured(trainer, "gradient_ratio", 5))


def test_the_gradient_of_the_cell_state_is_the_other_row_of_an_lstm():
    trainer = small_trainer(cell="lstm", num_layers=2)
    trainer.step()
    view = trainer.gradient_history.view()
    row = view.logarithms[0, list(view.labels).index("c2")]
    expected = 10.0 ** float(row[3] - row[0])
    assert measured(trainer, "cell_gradient_ratio", 3) == pytest.approx(expected, rel=1e-6)
    assert measured(trainer, "cell_gradient_ratio", 3) != measured(trainer, "gradient_ratio", 3)


@pytest.mark.parametrize("cell", ["vanilla", "gru"])
def test_without_a_cell_state_its_gradient_is_no_number(cell):
    trainer = small_trainer(cell=cell)
    trainer.step()
    assert math.isnan(measured(trainer, "cell_gradient_ratio", 3))


def test_the_loss_is_a_mean_that_halves_a_steps_weight_within_35_steps():
    trainer = small_trainer()
    assert math.isnan(measured(trainer, "loss"))
    losses = [trainer.step().loss for _ in range(90)]
    weights = [0.98**age for age in reversed(range(90))]
    expected = np.average(losses, weights=weights)
    assert measured(trainer, "loss") == pytest.approx(expected, rel=1e-9)


def test_the_lowest_loss_is_that_of_the_smoothed_ones():
    trainer = small_trainer()
    assert math.isnan(measured(trainer, "lowest_loss"))
    smoothed = []
    for _ in range(90):
        trainer.step()
        if trainer.step_count == 60:
            trainer.change("learning_rate", 100.0)  # from here on it only gets worse
        smoothed.append(measured(trainer, "loss"))
    assert min(smoothed) < smoothed[-1]
    assert measured(trainer, "lowest_loss") == pytest.approx(min(smoothed))


def test_the_loss_on_held_out_text_is_that_of_one_token_after_the_other():
    dataset = small_dataset(300)
    trainer = small_trainer(dataset, num_layers=2)
    for _ in range(30):
        trainer.step()
    ids = dataset.validation_ids.tolist()
    assert 2 <= len(ids) < 34  # so few are read as a single stream
    parameters = trainer.network.parameters
    states = states_of(parameters, ids[:-1], [np.zeros(8), np.zeros(8)], 2)
    losses = [
        loss_of(parameters, state[-1], target)[0]
        for state, target in zip(states[1:], ids[1:], strict=True)
    ]
    assert measured(trainer, "held_out_loss") == pytest.approx(statistics.mean(losses), rel=1e-4)


def test_there_is_no_held_out_loss_without_held_out_text():
    trainer = small_trainer(small_dataset(300, 0.0), validation_fraction=0.0)
    assert math.isnan(measured(trainer, "held_out_loss"))


def test_what_is_answered_wrongly_is_counted_on_a_thousand_held_out_sequences():
    trainer = new_trainer(task_settings())
    for _ in range(20):
        trainer.step()
    parameters, task = trainer.network.parameters, trainer.configuration.source
    assert isinstance(task, Task)
    wrong, losses = 0, []
    for number in range(4):
        drawn = held_out(task, 12, number, 250)
        for stream in range(250):
            state = states_of(parameters, drawn.inputs[:, stream], [np.zeros(7)], 1)[-1]
            target = int(drawn.targets[-1, stream])
            losses.append(loss_of(parameters, state[0], target)[0])
            scores = parameters["c"].astype(float) + state[0] @ parameters["V"].astype(float)
            wrong += int(scores.argmax()) != target
    assert 300 < wrong < 1000
    assert measured(trainer, "wrong_share") == pytest.approx(wrong / 1000, abs=0.0011)
    assert measured(trainer, "held_out_loss") == pytest.approx(statistics.mean(losses), rel=1e-4)


def test_a_text_has_no_wrong_answers():
    assert math.isnan(measured(small_trainer(), "wrong_share"))


@pytest.mark.parametrize("tokens_at_a_time", [1, 7, 1000])
@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("zzquick fox jum quick", 2 / 4),
        ("qui jump jumps ick ver over", 2 / 6),
        ("the lazy dogs. how vexingly", 1.0),
        ("ov to it  \n. x", 0.0),
        ("thequick xyz", 0.0),
        ("", 0.0),
    ],
)
def test_known_words_are_the_texts_own_among_what_is_written(
    monkeypatch, written, share, tokens_at_a_time
):
    monkeypatch.setattr("rnnviz.training.claims.quantities._TOKENS_AT_A_TIME", tokens_at_a_time)
    trainer = small_trainer()
    sample = Sample(0, "", tuple(written), (1.0,) * len(written), 0.6)
    monkeypatch.setattr(trainer.text_generator, "sample", lambda step, configuration: sample)
    assert measured(trainer, "known_words") == share


@pytest.mark.parametrize(("words", "known"), [(["cat"], 0.0), (["dog", "cat"], 1.0)])
def test_a_text_read_as_words_has_its_own_ones_only(monkeypatch, words, known):
    """Where it is read in pieces no two words become one, and none is taken apart."""
    monkeypatch.setattr("rnnviz.training.claims.quantities._TOKENS_AT_A_TIME", 1)
    text = "catdog bird " * 20 + ("cat dog " if known else "")
    trainer = small_trainer(build_dataset(Corpus("a", "A", text), 0.0, level="word"), level="word")
    sample = Sample(0, "", tuple(" ".join(words)), (), 0.6)
    monkeypatch.setattr(trainer.text_generator, "sample", lambda step, configuration: sample)
    assert measured(trainer, "known_words") == known


def test_a_long_text_is_not_copied_to_find_words_in_it():
    trainer = small_trainer(small_dataset(1_000_000))
    tracemalloc.start()
    try:
        assert measured(trainer, "known_words") < 1, "not all is found, so that all is read"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_task_has_no_words():
    assert math.isnan(measured(new_trainer(task_settings()), "known_words"))


def test_no_word_is_known_or_unknown_to_a_text_that_is_not_at_hand(tmp_path):
    saved = new_trainer(own_text(tmp_path)).checkpoint()
    assert math.isnan(measured(opened_trainer(text_gone(saved, tmp_path)), "known_words"))


@pytest.mark.parametrize("read", ["qu", "the ov", "e"])
def test_a_probability_is_that_of_what_follows_once_a_text_was_read_from_zeros(read):
    trainer = small_trainer(num_layers=2)
    for _ in range(20):
        trainer.step()
    parameters, vocabulary = trainer.network.parameters, trainer.dataset.vocabulary
    ids = vocabulary.encode(read).tolist()
    top = states_of(parameters, ids, [np.zeros(8), np.zeros(8)], 2)[-1][-1]
    probabilities = []
    for token in vocabulary.tokens:
        loss, _ = loss_of(parameters, top, vocabulary.tokens.index(token))
        probability = measured(trainer, "probability", of=f"{read}|{token}")
        assert probability == pytest.approx(math.exp(-loss), rel=1e-4)
        probabilities.append(probability)
    assert sum(probabilities) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("of", ["the|Q", "Q|t", "th", "th|er", ""])
def test_a_probability_of_no_single_known_token_is_no_number(of):
    assert math.isnan(measured(small_trainer(), "probability", of=of))


def test_the_best_unit_is_the_one_that_the_panel_would_list_first():
    trainer = small_trainer(small_dataset(3000), num_layers=2, cell="lstm")
    for _ in range(20):
        trainer.step()
    trainer.observe(frozenset({UNITS}))
    reading = trainer.last_window.measured[UNITS].reading
    for index, feature in enumerate(reading.features):
        expected = abs(reading.correlations["h"][-1][:, index]).max()
        assert measured(trainer, "unit_correlation", of=feature) == pytest.approx(expected)
    assert math.isnan(measured(trainer, "unit_correlation", of="beauty"))


def test_no_unit_follows_what_stands_in_a_text_that_is_not_at_hand(tmp_path):
    saved = new_trainer(own_text(tmp_path)).checkpoint()
    trainer = opened_trainer(text_gone(saved, tmp_path))
    assert math.isnan(measured(trainer, "unit_correlation", of="vowel"))


def test_the_simplest_guess_gives_every_answer_the_same_probability():
    trainer = small_trainer()
    expected = math.log(trainer.network.vocab_size)
    assert measured(trainer, "guess_loss") == pytest.approx(expected)
    assert measured(new_trainer(task_settings()), "guess_loss") == pytest.approx(math.log(4))


def test_steps_and_overflows_are_counted():
    trainer = small_trainer()
    seen = []
    for number in range(9):
        (fails if number in (3, 4, 6) else Trainer.step)(trainer)
        seen.append((measured(trainer, "steps"), measured(trainer, "overflows")))
    assert [steps for steps, _ in seen] == [1, 2, 3, 3, 3, 4, 4, 5, 6]
    assert [failed for _, failed in seen] == [0, 0, 0, 1, 2, 2, 3, 3, 3]


def test_the_loss_after_an_overflow_is_that_of_a_run_that_has_overflowed():
    trainer = small_trainer()
    trainer.step()
    assert math.isnan(measured(trainer, "rescued_loss"))
    fails(trainer)
    trainer.step()
    assert measured(trainer, "rescued_loss") == measured(trainer, "loss")


def test_norms_and_clipping_are_those_of_the_steps():
    threshold = 2.0
    trainer = small_trainer(clip_mode="norm", clip_threshold=threshold, learning_rate=0.3)
    assert measured(trainer, "largest_norm") == 0
    assert measured(trainer, "clipped_share") == 0
    norms = [trainer.step().gradient_norm for _ in range(1300)]
    assert measured(trainer, "largest_norm") == pytest.approx(max(norms))
    clipped = sum(norm > threshold for norm in norms[-1000:])
    assert 0 < clipped < 1000
    assert measured(trainer, "clipped_share") == pytest.approx(clipped / 1000)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_the_saturated_share_is_that_of_the_highest_layers_states(batch_size):
    trainer = small_trainer(
        **{"num_layers": 2, "batch_size": batch_size, "initialization": "orthogonal"},
        **{"initialization_gain": 4.0},
    )
    for _ in range(10):
        trainer.step()
    subject, beyond = trainer.check_subject(), []
    for stream in range(batch_size):
        state = [layer["h"][stream].astype(float) for layer in subject.state]
        states = states_of(subject.network.parameters, subject.inputs[:, stream], state, 2)
        beyond += [float(abs(entry) > 0.95) for step in states[1:] for entry in step[1]]
    assert 0.1 < statistics.mean(beyond) < 1
    assert measured(trainer, "saturated_share") == pytest.approx(statistics.mean(beyond))


def test_relu_does_not_saturate():
    assert math.isnan(measured(small_trainer(activation="relu"), "saturated_share"))


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_the_spectral_radius_is_that_of_the_highest_layers_matrix(gain):
    trainer = small_trainer(num_layers=2, hidden_size=6)
    angles = (0.3, 1.1, 2.0)
    blocks = np.zeros((6, 6))
    for place, angle in enumerate(angles):
        at = slice(2 * place, 2 * place + 2)
        turn = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        blocks[at, at] = (gain if place == 1 else 0.1) * np.array(turn)
    # Any other basis leaves the eigenvalues what they are, but not the matrix's norm.
    basis = np.eye(6) + np.triu(np.ones((6, 6)), 1)
    trainer.network.parameters["W2"][:] = basis @ blocks @ np.linalg.inv(basis)
    assert measured(trainer, "spectral_radius") == pytest.approx(gain, rel=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gates_have_no_single_spectral_radius(cell):
    assert math.isnan(measured(small_trainer(cell=cell), "spectral_radius"))


SAID = {"probability": "th|e", "unit_correlation": "vowel"}


@pytest.mark.parametrize("quantity", list(QUANTITIES))
@pytest.mark.parametrize(
    "settings",
    [{}, {"cell": "lstm"}, {"cell": "gru", "num_layers": 2}, {"activation": "relu"}]
    + [{"corpus": name, "sequence_length": 6} for name in ("temporal-order", "adding")]
    + [{"sequence_length": 1, "hidden_size": 1}, {"validation_fraction": 0.0}],
)
def test_what_can_be_measured_is_a_number_and_measuring_changes_no_loss(settings, quantity):
    def run(look: bool) -> list[float]:
        losses = []
        for _ in range(3):
            losses.append(trainer.step().loss)
            if look:
                value = measured(trainer, quantity, lag=0, of=SAID.get(quantity, ""))
                possible = QUANTITIES[quantity].can_be_measured(trainer.configuration)
                assert math.isnan(value) != (possible and quantity != "rescued_loss")
        return losses

    def fresh() -> Trainer:
        configuration = small(**settings)
        if Trait.TEXT not in configuration.source.traits:
            return new_trainer(configuration)
        return small_trainer(
            small_dataset(400, configuration.validation_fraction or 0.0), **settings
        )

    trainer = fresh()
    unwatched = run(look=False)
    trainer = fresh()
    assert run(look=True) == unwatched
