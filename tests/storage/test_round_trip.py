"""What is saved comes back bit for bit, and other programs can read it."""

from __future__ import annotations

import dataclasses
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rnnviz.core.network import Network
from rnnviz.storage import load_model, save_model
from rnnviz.storage.container import CHECKSUM, checksum
from rnnviz.training.loading import continued_trainer
from rnnviz.training.state.checkpoint import Checkpoint, Sample
from rnnviz.training.trainer import Trainer

from .models import (
    assert_same,
    header_and_data,
    put_together,
    saved,
    small_checkpoint,
    small_trainer,
    spoil,
    spoil_part,
)

SETTINGS = [
    {},
    {"dtype": "float64", "activation": "relu"},
    {"optimizer": "sgd", "batch_size": 3, "prompt": "the \udcff ü", "temperature": 1.5},
    {"initialization": "orthogonal", "clip_mode": "value", "clip_threshold": 1e-6},
    {"cell": "lstm", "num_layers": 2, "optimizer": "adam", "residual": "on"},
    {"cell": "gru", "num_layers": 2, "optimizer": "rmsprop", "dropout": 0.5},
    {"level": "word", "vocabulary_size": 7, "optimizer": "momentum"},
    {"level": "bare-word", "vocabulary_size": 7},
    {"level": "grapheme"},
]


def resumed(checkpoint: Checkpoint, like: Trainer) -> Trainer:
    return continued_trainer(checkpoint, checkpoint.configuration, like.dataset)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("steps", [0, 1, 12])
def test_a_saved_checkpoint_comes_back_bit_for_bit(
    tmp_path: Path, settings: dict[str, object], steps: int
) -> None:
    checkpoint = small_checkpoint(steps, **settings)
    save_model(tmp_path / "m.rnnviz", checkpoint)
    assert_same(load_model(tmp_path / "m.rnnviz"), checkpoint)


def test_the_same_run_gives_the_same_file_whole_or_resumed(tmp_path: Path) -> None:
    def file_of(checkpoint: Checkpoint) -> bytes:
        save_model(tmp_path / "m.rnnviz", checkpoint)
        return (tmp_path / "m.rnnviz").read_bytes()

    whole, half = small_trainer(), small_trainer()
    for _ in range(12):
        whole.step()
    for _ in range(5):
        half.step()
    file_of(half.checkpoint())
    rest = resumed(load_model(tmp_path / "m.rnnviz"), half)
    for _ in range(7):
        rest.step()
    assert len({file_of(whole.checkpoint()) for _ in range(5)} | {file_of(rest.checkpoint())}) == 1


def test_a_long_run_with_merged_history_comes_back(tmp_path: Path) -> None:
    trainer = small_trainer(hidden_size=2, sequence_length=1, validation_interval=1)
    for _ in range(2600):
        trainer.step()
    assert trainer.history.interval == 4
    assert trainer.gradient_history.interval > 2
    checkpoint = trainer.checkpoint()
    save_model(tmp_path / "m.rnnviz", checkpoint)
    assert_same(load_model(tmp_path / "m.rnnviz"), checkpoint)


def test_training_on_from_a_file_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    whole = small_trainer(seed=3)
    losses = [whole.step().loss for _ in range(200)]
    first = small_trainer(seed=3)
    for _ in range(100):
        first.step()
    save_model(tmp_path / "m.rnnviz", first.checkpoint())
    second = resumed(load_model(tmp_path / "m.rnnviz"), first)
    assert [second.step().loss for _ in range(100)] == losses[100:]
    assert_same(second.checkpoint(), whole.checkpoint())


def test_both_endings_hold_the_same(tmp_path: Path) -> None:
    checkpoint = small_checkpoint()
    for name in ("m.rnnviz", "m.safetensors"):
        save_model(tmp_path / name, checkpoint)
        assert_same(load_model(tmp_path / name), checkpoint)


def test_a_vocabulary_keeps_its_order_and_its_strangest_characters(tmp_path: Path) -> None:
    checkpoint = small_checkpoint(0)
    count = len(checkpoint.tokens)
    strange = ("z", "\0", '"', "\\", "\n", "😀", "\u2028", "é")
    tokens = strange + checkpoint.tokens[len(strange) :]
    assert len(set(tokens)) == count
    checkpoint = dataclasses.replace(checkpoint, tokens=tokens, samples=())
    save_model(tmp_path / "m.rnnviz", checkpoint)
    assert load_model(tmp_path / "m.rnnviz").tokens == tokens


def test_probabilities_that_were_not_finite_come_back_as_such(tmp_path: Path) -> None:
    sample = Sample(3, "", ("t", "h"), (math.nan, 0.25), 0.5)
    checkpoint = dataclasses.replace(small_checkpoint(), samples=(sample,))
    save_model(tmp_path / "m.rnnviz", checkpoint)
    assert repr(load_model(tmp_path / "m.rnnviz").samples) == repr((sample,))


def test_a_model_without_a_past_comes_back(tmp_path: Path) -> None:
    checkpoint = dataclasses.replace(small_checkpoint(), history={}, samples=(), fingerprint="")
    save_model(tmp_path / "m.rnnviz", checkpoint)
    assert_same(load_model(tmp_path / "m.rnnviz"), checkpoint)


def test_a_file_of_the_first_version_is_read(tmp_path: Path) -> None:
    checkpoint = dataclasses.replace(small_checkpoint(), best=None)
    path = saved(tmp_path, checkpoint)

    def as_before(training: dict[str, Any]) -> None:
        del training["optimizer_steps"], training["best"], training["journal"]
        for sample in training["samples"]:
            sample["text"] = "".join(sample.pop("pieces"))

    spoil_part(path, "training", as_before)
    spoil(path, lambda header: header["__metadata__"].update(format_version="1"))
    assert_same(load_model(path), dataclasses.replace(checkpoint, journal=None))


def test_the_file_is_what_the_design_says(tmp_path: Path) -> None:
    checkpoint = small_checkpoint(batch_size=2)
    path = saved(tmp_path, checkpoint)
    header, _ = header_and_data(path)
    metadata = header["__metadata__"]
    assert metadata["format"] == "rnnviz"
    assert metadata["format_version"] == "3"
    assert {"configuration", "vocabulary", "training"} < metadata.keys()
    tensors, vocab = load_file(path), len(checkpoint.tokens)
    shapes = {name: array.shape for name, array in tensors.items()}
    parameters = {
        "rnn.weight_ih_l0": (6, vocab),
        "rnn.weight_hh_l0": (6, 6),
        "rnn.bias_ih_l0": (6,),
        "head.weight": (vocab, 6),
        "head.bias": (vocab,),
    }
    expected = {
        **parameters,
        **{f"optim.sum.{name}": shape for name, shape in parameters.items()},
        **{f"best.{name}": shape for name, shape in parameters.items()},
        "rnn.bias_hh_l0": (6,),
        "state.h_l0": (2, 6),
    }
    rest = {name: shape for name, shape in shapes.items() if not name.startswith("history.")}
    assert rest == expected
    assert not tensors["rnn.bias_hh_l0"].any()
    assert np.array_equal(tensors["rnn.weight_ih_l0"], checkpoint.parameters["U1"].T)
    assert {tensors[name].dtype for name in expected} == {np.dtype(np.float32)}


def test_two_biases_of_a_layer_are_added(tmp_path: Path) -> None:
    checkpoint = small_checkpoint()
    path = saved(tmp_path, checkpoint)
    metadata = header_and_data(path)[0]["__metadata__"]
    tensors = load_file(path)
    tensors["rnn.bias_hh_l0"] = np.arange(6, dtype=np.float32)
    metadata[CHECKSUM] = checksum(metadata, tensors)
    save_file(tensors, path, metadata)
    bias = load_model(path).parameters["b1"]
    assert np.array_equal(bias, checkpoint.parameters["b1"] + tensors["rnn.bias_hh_l0"])


def test_a_file_rewritten_without_its_checksum_is_believed(tmp_path: Path) -> None:
    checkpoint = small_checkpoint()
    path = saved(tmp_path, checkpoint)
    metadata = header_and_data(path)[0]["__metadata__"]
    del metadata[CHECKSUM]
    save_file(load_file(path), path, metadata)
    assert_same(load_model(path), checkpoint)


def test_the_order_of_a_header_does_not_matter(tmp_path: Path) -> None:
    checkpoint = small_checkpoint()
    path = saved(tmp_path, checkpoint)
    header, data = header_and_data(path)
    path.write_bytes(put_together(dict(reversed(header.items())), data))
    assert_same(load_model(path), checkpoint)


def test_loaded_arrays_can_be_trained_on(tmp_path: Path) -> None:
    checkpoint = load_model(saved(tmp_path))
    for array in (*checkpoint.parameters.values(), *checkpoint.slots["sum"].values()):
        assert array.flags.writeable
        assert array.flags.c_contiguous


def test_a_path_may_be_a_link(tmp_path: Path) -> None:
    path = saved(tmp_path)
    link = tmp_path / "link.rnnviz"
    os.symlink(path.name, link)
    checkpoint = small_checkpoint(3)
    save_model(link, checkpoint)
    assert link.is_symlink()
    assert_same(load_model(path), checkpoint)


def test_pytorch_computes_the_same_logits(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    for activation in ("tanh", "relu"):
        checkpoint = small_checkpoint(dtype="float64", activation=activation, batch_size=2)
        tensors = load_file(saved(tmp_path, checkpoint))
        vocab = len(checkpoint.tokens)
        rnn = torch.nn.RNN(vocab, 6, nonlinearity=activation).double()
        head = torch.nn.Linear(6, vocab).double()
        for module, prefix in ((rnn, "rnn."), (head, "head.")):
            module.load_state_dict(
                {
                    name.removeprefix(prefix): torch.from_numpy(array.copy())
                    for name, array in tensors.items()
                    if name.startswith(prefix)
                }
            )
        ids = np.random.default_rng(0).integers(vocab, size=(15, 2))
        one_hot = torch.nn.functional.one_hot(torch.from_numpy(ids), vocab).double()
        state = torch.from_numpy(tensors["state.h_l0"].copy())[None]
        with torch.no_grad():
            theirs = head(rnn(one_hot, state)[0]).numpy()

        network = Network(checkpoint.configuration.architecture(vocab), np.float64)
        for name, view in network.parameters.items():
            view[...] = checkpoint.parameters[name]
        tape = network.new_tape(15, 2)
        network.forward(ids, [dict(layer) for layer in checkpoint.carried_state], tape)
        np.testing.assert_allclose(tape.logits, theirs, rtol=1e-12, atol=1e-13)
