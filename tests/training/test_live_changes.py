"""Live settings act at the next step, with no reset and in the same place of the text."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.core.errors import RnnvizError
from rnnviz.training.configuration import SETTINGS, ConfigurationError, Value
from rnnviz.training.loading import continued_trainer
from rnnviz.training.state.bits import same_bits

from .helpers import small_dataset, small_trainer


def test_a_learning_rate_scales_the_very_next_update() -> None:
    updates = []
    for rate in (0.1, 0.2):
        trainer = small_trainer(optimizer="sgd", clip_mode="none")
        for _ in range(5):
            trainer.step()
        trainer.change("learning_rate", rate)
        before = trainer.network.parameters.flat.astype(float)
        assert trainer.step().learning_rate == rate
        updates.append(before - trainer.network.parameters.flat)
    assert np.abs(updates[0]).max() > 0
    np.testing.assert_allclose(updates[1], 2 * updates[0], rtol=1e-3, atol=1e-7)


def test_clipping_and_its_threshold_act_at_the_next_step() -> None:
    trainer = small_trainer(clip_mode="none")
    free = trainer.step()
    assert free.clipped_gradient_norm == free.gradient_norm > 0.01
    trainer.change("clip_threshold", 0.01)
    assert trainer.step().clipped_gradient_norm > 0.01
    trainer.change("clip_mode", "norm")
    assert trainer.step().clipped_gradient_norm == pytest.approx(0.01, rel=1e-5)
    trainer.change("clip_threshold", 0.001)
    assert trainer.step().clipped_gradient_norm == pytest.approx(0.001, rel=1e-5)
    trainer.change("clip_mode", "value")
    trainer.step()
    assert np.abs(trainer.bptt.gradients.flat).max() == pytest.approx(0.001)
    assert trainer.history.view().clipped_steps.tolist() == [0, 0, 1, 1, 1]


def test_another_optimiser_begins_with_fresh_slots_and_the_same_weights() -> None:
    trainer = small_trainer(optimizer="adagrad", clip_mode="none")
    for _ in range(5):
        trainer.step()
    before = trainer.network.parameters.flat.copy()
    trainer.change("optimizer", "sgd")
    assert trainer.network.parameters.flat.tobytes() == before.tobytes()
    trainer.step()
    expected = before - np.float32(0.1) * trainer.bptt.gradients.flat
    np.testing.assert_allclose(trainer.network.parameters.flat, expected, rtol=1e-6, atol=1e-8)
    assert trainer.checkpoint().slots == {}
    trainer.change("optimizer", "adagrad")
    fresh = small_trainer(optimizer="adagrad").state.optimizer.slots
    assert same_bits(trainer.state.optimizer.slots, fresh)


def test_the_same_optimiser_again_keeps_its_slots() -> None:
    trainer = small_trainer(optimizer="adagrad")
    trainer.step()
    optimizer = trainer.state.optimizer
    trainer.change("optimizer", "adagrad")
    assert trainer.state.optimizer is optimizer


def test_another_sequence_length_goes_on_with_the_next_character_and_the_same_state() -> None:
    trainer = small_trainer()
    ids = trainer.dataset.training_ids
    read = 0
    for length in (5, 5, 9, 9, 1, 30, 3):
        trainer.change("sequence_length", length)
        carried = trainer.checkpoint().carried_state[0]["h"]
        trainer.step()
        tape = trainer.bptt._tapes[length, 1]
        assert tape.inputs[:, 0].tolist() == ids[read : read + length].tolist()
        assert tape.layers[0].states["h"][0].tobytes() == carried.tobytes()
        assert carried.any() == (read > 0)
        read += length
        assert trainer.state.tokens_seen == read
    assert trainer.step_count == trainer.history.step_count == 7
    assert trainer.reader.epoch == 0


def test_another_batch_size_goes_on_at_the_same_share_of_the_text_from_empty_states() -> None:
    trainer = small_trainer(small_dataset(2000, 0.0))
    for _ in range(200):
        trainer.step()
    share = trainer.epoch
    assert 0.4 < share < 0.6
    trainer.change("batch_size", 4)
    assert trainer.epoch == pytest.approx(share, abs=0.01)
    assert not trainer.checkpoint().carried_state[0]["h"].any()
    assert trainer.checkpoint().carried_state[0]["h"].shape == (4, 8)
    seen = trainer.state.tokens_seen
    trainer.step()
    assert trainer.state.tokens_seen == seen + 20
    streams = trainer.dataset.training_ids[: 4 * 500].reshape(4, 500)
    start = int(share * 499)
    assert trainer.bptt._tapes[5, 4].inputs.T.tolist() == streams[:, start : start + 5].tolist()
    trainer.change("batch_size", 1)
    assert trainer.epoch == pytest.approx(share, abs=0.03)
    assert np.isfinite(trainer.step().loss)


def test_windows_begin_with_zeros_as_soon_as_it_is_chosen_and_with_the_last_state_again() -> None:
    trainer, began = small_trainer(window_start="zeros", batch_size=2), []
    for start in ("zeros", "zeros", "carried", "carried", "zeros", "zeros"):
        trainer.change("window_start", start)
        trainer.step()
        tape = trainer.bptt._tapes[5, 2]
        began.append(tape.layers[0].states["h"][0].any())
    assert began == [False, False, False, True, False, False]


def test_the_buffers_of_earlier_windows_are_given_back() -> None:
    trainer = small_trainer()
    for length in range(2, 12):
        trainer.change("sequence_length", length)
        trainer.step()
    assert len(trainer.bptt._tapes) == 1


def test_the_same_batch_size_again_keeps_the_carried_state() -> None:
    changed, plain = small_trainer(), small_trainer()
    for trainer in (changed, plain):
        for _ in range(5):
            trainer.step()
    changed.change("batch_size", 1)
    changed.change("sequence_length", 5)
    assert changed.step().loss == plain.step().loss


def test_a_changed_run_can_be_saved_and_resumed() -> None:
    trainer = small_trainer()
    for name, value in (("batch_size", 3), ("sequence_length", 4), ("optimizer", "sgd")):
        trainer.step()
        trainer.change(name, value)
        trainer.step()
    again = continued_trainer(trainer.checkpoint(), trainer.configuration, trainer.dataset)
    assert [again.step().loss for _ in range(9)] == [trainer.step().loss for _ in range(9)]


@pytest.mark.parametrize(
    ("name", "value"), [("sequence_length", 630), ("sequence_length", 2000), ("batch_size", 200)]
)
def test_a_window_that_does_not_fit_is_refused_and_nothing_changes(name: str, value: int) -> None:
    trainer = small_trainer()
    for _ in range(5):
        trainer.step()
    before = trainer.checkpoint()
    with pytest.raises(RnnvizError, match="would fit") as caught:
        trainer.change(name, value)
    assert str(caught.value).endswith(".")
    assert same_bits(trainer.checkpoint(), before)
    twin = small_trainer()
    for _ in range(5):
        twin.step()
    assert trainer.step().loss == twin.step().loss


def test_a_window_beyond_the_computers_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = small_trainer(small_dataset(4000), hidden_size=64)
    monkeypatch.setattr("rnnviz.training.memory_estimate._physical_memory", lambda: 4_000_000)
    with pytest.raises(RnnvizError, match="MB of memory"):
        trainer.change("sequence_length", 1000)
    assert trainer.configuration.sequence_length == 5
    trainer.change("sequence_length", 6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden_size", 5),
        ("seed", 2),
        ("corpus", "tales"),
        ("no such setting", 1),
        ("learning_rate", -1.0),
        ("learning_rate", float("nan")),
        ("learning_rate", True),
        ("sequence_length", 2.5),
        ("batch_size", 0),
        ("optimizer", "newton"),
        ("clip_mode", 3),
        ("prompt", 7),
    ],
)
def test_what_is_not_live_or_not_allowed_is_refused_and_nothing_changes(
    name: str, value: Value
) -> None:
    trainer = small_trainer()
    trainer.step()
    before = trainer.checkpoint()
    with pytest.raises(ConfigurationError):
        trainer.change(name, value)
    assert same_bits(trainer.checkpoint(), before)


def test_every_live_setting_can_be_changed_to_its_own_value_without_a_trace() -> None:
    trainer = small_trainer(validation_interval=7)
    for _ in range(12):
        trainer.step()
    before = trainer.checkpoint()
    for name, setting in SETTINGS.items():
        if setting.live:
            trainer.change(name, getattr(trainer.configuration, name))
    assert same_bits(trainer.checkpoint(), before)
