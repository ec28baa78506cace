"""What others trained comes in exactly, or is refused by the tensor that says why."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from rnnviz.core.architecture import Architecture
from rnnviz.data.text.word_vocabulary import BareWordVocabulary
from rnnviz.storage import StorageError, load_model, save_model
from rnnviz.storage.travel.exports import export_model
from rnnviz.storage.travel.imports import (
    PickleError,
    VocabularyMissingError,
    import_model,
    open_model,
)
from rnnviz.training.loading import opened_trainer

from ..models import assert_same, put_together, saved, small_checkpoint, small_trainer, spoil
from .foreign import GATES, Foreign, our_scores

IDS = np.random.default_rng(3).integers(0, 7, 12)
CHARACTERS = "abcdefg"


def vocabulary(folder: Path, tokens: object = CHARACTERS) -> Path:
    path = folder / "vocab.json"
    path.write_text(json.dumps(list(tokens) if isinstance(tokens, str) else tokens))
    return path


def assert_comes_in(foreign: Foreign, folder: Path, tolerance: float = 1e-5) -> None:
    path = foreign.save(folder / "theirs.safetensors")
    imported = import_model(path, vocabulary(folder))
    ours = our_scores(imported.checkpoint, IDS)
    np.testing.assert_allclose(ours, foreign.scores(IDS), rtol=0, atol=tolerance)


def refusal(folder: Path, tensors: dict[str, np.ndarray]) -> str:
    save_file(tensors, folder / "theirs.safetensors")
    with pytest.raises(StorageError) as caught:
        import_model(folder / "theirs.safetensors", vocabulary(folder))
    return str(caught.value)


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
@pytest.mark.parametrize("embedding", [0, 3, 5])
def test_every_cell_and_depth_comes_in(
    tmp_path: Path, cell: str, layers: int, embedding: int
) -> None:
    assert_comes_in(Foreign(cell, 5, 7, layers, embedding), tmp_path)


@pytest.mark.parametrize("cell", GATES)
def test_in_float64_it_is_the_same_to_the_last_digits(tmp_path: Path, cell: str) -> None:
    assert_comes_in(Foreign(cell, 5, 7, 2, 4, dtype="float64"), tmp_path, 1e-13)


@pytest.mark.parametrize("cell", GATES)
def test_layers_without_biases_come_in(tmp_path: Path, cell: str) -> None:
    assert_comes_in(Foreign(cell, 5, 7, 2, biases=False), tmp_path)


@pytest.mark.parametrize("part", ["bias_ih", "bias_hh"])
def test_one_trained_bias_is_enough(tmp_path: Path, part: str) -> None:
    foreign = Foreign("gru", 5, 7)
    tensors = {name: array for name, array in foreign.tensors().items() if part not in name}
    path = foreign.save(tmp_path / "m.safetensors", tensors)
    ours = our_scores(import_model(path, vocabulary(tmp_path)).checkpoint, IDS)
    np.testing.assert_allclose(ours, foreign.scores(IDS, tensors), rtol=0, atol=1e-5)


@pytest.mark.parametrize("prefix", ["", "lstm.", "rnn.", "model.gru.", "_orig_mod.net.0."])
@pytest.mark.parametrize("head", ["fc.", "decoder.", "linear.", "model.out.", "whatever."])
@pytest.mark.parametrize("table", ["encoder.", "emb.", "model.embed.", "anything."])
def test_any_prefix_will_do(tmp_path: Path, prefix: str, head: str, table: str) -> None:
    # As wide as the hidden units, so that shapes alone do not tell what is what.
    names = {"prefix": prefix, "head": head, "table": table}
    assert_comes_in(Foreign("lstm", 5, 7, 2, 5, **names), tmp_path)


@pytest.mark.parametrize("kind", ["F16", "BF16"])
def test_numbers_of_16_bits_come_in_as_they_are(tmp_path: Path, kind: str) -> None:
    foreign = Foreign("gru", 5, 7, 2, 3)
    rounded, described, data = {}, {}, b""
    for name, array in foreign.tensors().items():
        bits = array.astype("<f2")
        if kind == "BF16":
            bits = (array.view("<u4") >> 16).astype("<u2")
            rounded[name] = (bits.astype("<u4") << 16).view("<f4")
        else:
            rounded[name] = bits.astype("<f4")
        end = len(data) + bits.nbytes
        described[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(data), end]}
        data += bits.tobytes()
    path = tmp_path / "m.safetensors"
    path.write_bytes(put_together(described, data))
    ours = our_scores(import_model(path, vocabulary(tmp_path)).checkpoint, IDS)
    np.testing.assert_allclose(ours, foreign.scores(IDS, rounded), rtol=0, atol=1e-5)
    with pytest.raises(StorageError, match="not a model that rnnviz wrote: rnnviz import"):
        load_model(path)


def test_layers_in_modules_of_their_own_are_one_stack(tmp_path: Path) -> None:
    foreign = Foreign("lstm", 5, 7, 3)
    for named in ("lstm{}.{}_l0", "rnns.{}.{}_l0", "cells.{}.{}"):
        tensors = {}
        for name, array in foreign.tensors().items():
            part, _, layer = name.removeprefix("rnn.").rpartition("_l")
            own = name.startswith("rnn.")
            tensors[named.format(int(layer) + 9, part) if own else name] = array
        path = foreign.save(tmp_path / "m.safetensors", tensors)
        ours = our_scores(import_model(path, vocabulary(tmp_path)).checkpoint, IDS)
        np.testing.assert_allclose(ours, foreign.scores(IDS), rtol=0, atol=1e-5)


def test_an_embedding_that_is_the_output_too_is_there_once(tmp_path: Path) -> None:
    foreign = Foreign("gru", 5, 7, 1, 5)
    tensors = foreign.tensors()
    tensors["embedding.weight"] = tensors["head.weight"]
    expected = foreign.scores(IDS, tensors)
    del tensors["embedding.weight"]
    path = foreign.save(tmp_path / "m.safetensors", tensors)
    ours = our_scores(import_model(path, vocabulary(tmp_path)).checkpoint, IDS)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)


architectures = st.builds(
    Architecture,
    vocab_size=st.integers(1, 9),
    hidden_size=st.integers(1, 6),
    num_layers=st.integers(1, 4),
    cell=st.sampled_from(sorted(GATES)),
)


@given(architectures, st.integers(0, 2**32 - 1), st.sampled_from(["float32", "float64"]))
@settings(max_examples=100, deadline=None)
def test_random_networks_to_pytorchs_names_and_back(
    architecture: Architecture, seed: int, dtype: str
) -> None:
    rng = np.random.default_rng(seed)
    tokens = tuple("abcdefghi"[: architecture.vocab_size])
    parameters = {
        name: rng.normal(0, 1, shape).astype(dtype)
        for name, shape in architecture.parameter_shapes().items()
    }
    sizes = {name: getattr(architecture, name) for name in ("hidden_size", "num_layers", "cell")}
    one = small_trainer(**sizes, dtype=dtype).checkpoint()
    checkpoint = replace(one, tokens=tokens, parameters=parameters, samples=())
    with TemporaryDirectory() as folder:
        path, _ = export_model(checkpoint, "pytorch", Path(folder) / "m")
        back = import_model(path).checkpoint
    assert back.tokens == tokens
    assert back.parameters.keys() == parameters.keys()
    for name, array in parameters.items():
        assert back.parameters[name].dtype == array.dtype
        assert back.parameters[name].tobytes() == array.tobytes(), name


@pytest.mark.parametrize("residual", ["off", "on"])
def test_our_own_export_comes_back_without_a_question(tmp_path: Path, residual: str) -> None:
    sizes = {"cell": "gru", "num_layers": 3, "residual": residual}
    checkpoint = small_checkpoint(9, **sizes, learning_rate=0.03, level="word", vocabulary_size=9)
    path, _ = export_model(checkpoint, "pytorch", tmp_path / "m")
    opened = open_model(path)
    back = opened.checkpoint
    assert opened.is_foreign
    assert not opened.notices
    assert back.configuration == checkpoint.configuration
    assert back.tokens == checkpoint.tokens
    for name, array in checkpoint.parameters.items():
        assert np.array_equal(back.parameters[name], array)


@pytest.mark.parametrize("level", ["character", "grapheme", "word", "bare-word"])
def test_our_own_export_keeps_its_kind_of_tokens(tmp_path: Path, level: str) -> None:
    checkpoint = small_checkpoint(2, level=level, vocabulary_size=9)
    path, _ = export_model(checkpoint, "pytorch", tmp_path / "m")
    back = open_model(path).checkpoint
    assert back.configuration == checkpoint.configuration
    assert back.tokens == checkpoint.tokens


def test_a_model_of_ours_that_others_trained_on_comes_back(tmp_path: Path) -> None:
    path = saved(tmp_path, small_checkpoint(9))
    (length,) = struct.unpack("<Q", path.read_bytes()[:8])
    metadata = json.loads(path.read_bytes()[8 : 8 + length])["__metadata__"]
    weights = {n: a * 2 for n, a in load_file(path).items() if n.startswith(("rnn.", "head."))}
    save_file(weights, tmp_path / "theirs.safetensors", metadata)
    opened = open_model(tmp_path / "theirs.safetensors")
    back = opened.checkpoint
    assert opened.is_foreign
    assert np.array_equal(back.parameters["W1"], weights["rnn.weight_hh_l0"].T)
    assert not open_model(path).is_foreign


def test_what_is_imported_can_be_saved_opened_and_trained(tmp_path: Path) -> None:
    path = Foreign("lstm", 5, 7, 2, 3).save(tmp_path / "theirs.safetensors")
    checkpoint = import_model(path, vocabulary(tmp_path)).checkpoint
    save_model(tmp_path / "m.rnnviz", checkpoint)
    loaded = load_model(tmp_path / "m.rnnviz")
    assert_same(replace(loaded, text_places=None), replace(checkpoint, text_places=None))
    trainer = opened_trainer(loaded)
    assert "theirs.txt" in " ".join(trainer.notices)
    (tmp_path / "theirs.txt").write_text("abacabadabacabaeabacabadabacabafg" * 20)
    trainer = opened_trainer(loaded)
    assert not trainer.notices
    trainer.step()
    assert trainer.step_count == 1


# -- vocabularies ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        list(CHARACTERS),
        {token: number for number, token in enumerate(CHARACTERS)},
        {str(number): token for number, token in enumerate(CHARACTERS)},
        {"vocab": {token: number for number, token in reversed([*enumerate(CHARACTERS)])}},
        {"itos": list(CHARACTERS), "size": 7},
    ],
)
def test_a_vocabulary_may_be_a_list_or_a_table(tmp_path: Path, form: object) -> None:
    path = Foreign("gru", 5, 7).save(tmp_path / "m.safetensors")
    assert import_model(path, vocabulary(tmp_path, form)).checkpoint.tokens == tuple(CHARACTERS)


def test_digits_as_characters_are_not_taken_for_numbers(tmp_path: Path) -> None:
    path = Foreign("gru", 5, 7).save(tmp_path / "m.safetensors")
    form = {str(6 - number): number for number in range(7)}
    assert import_model(path, vocabulary(tmp_path, form)).checkpoint.tokens == tuple("6543210")


def test_of_words_the_unknown_one_comes_first_with_its_weights(tmp_path: Path) -> None:
    foreign = Foreign("gru", 5, 7, 1, 3)
    path = foreign.save(tmp_path / "m.safetensors")
    words = ["the", "fox", "[UNK]", "sleeps", ".", ",", "sea"]
    checkpoint = import_model(path, vocabulary(tmp_path, words)).checkpoint
    assert checkpoint.configuration.level == BareWordVocabulary.level
    assert checkpoint.tokens == ("<unk>", "the", "fox", "sleeps", ".", ",", "sea")
    order = [2, 0, 1, 3, 4, 5, 6]
    ours = our_scores(checkpoint, np.array([order.index(one) for one in IDS]))
    np.testing.assert_allclose(ours, foreign.scores(IDS)[:, order], rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("abc", "The vocabulary has 3 tokens, and m.safetensors reads 7."),
        (["<pad>", *"abcdef"], 'A vocabulary of words needs "<unk>" among them.'),
        ([*"aabcdef"], "twice"),
        ({"a": 1, "b": 2}, "vocab.json is no vocabulary: it should be a JSON list"),
        ([1, 2], "vocab.json is no vocabulary"),
        ({}, "vocab.json is no vocabulary"),
    ],
)
def test_what_is_no_vocabulary_of_the_network_is_refused(
    tmp_path: Path, form: object, sentence: str
) -> None:
    path = Foreign("gru", 5, 7).save(tmp_path / "m.safetensors")
    with pytest.raises(StorageError) as caught:
        import_model(path, vocabulary(tmp_path, form))
    assert sentence.lower() in str(caught.value).lower()


def test_without_a_vocabulary_it_is_asked_for(tmp_path: Path) -> None:
    path = Foreign("gru", 5, 7).save(tmp_path / "m.safetensors")
    with pytest.raises(VocabularyMissingError, match="which 7 tokens its numbers stand for"):
        import_model(path)


def test_what_squashes_a_vanilla_network_is_said_or_told(tmp_path: Path) -> None:
    path = Foreign("vanilla", 5, 7).save(tmp_path / "m.safetensors")
    imported = import_model(path, vocabulary(tmp_path))
    assert imported.checkpoint.configuration.activation == "tanh"
    assert "taken for tanh" in imported.notices[0]
    imported = import_model(path, vocabulary(tmp_path), "relu")
    assert imported.checkpoint.configuration.activation == "relu"
    assert not imported.notices


# -- what cannot come -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("rnn.weight_ih_l0_reverse", (20, 7), "both directions (rnn.weight_ih_l0_reverse)"),
        ("rnn.weight_hr_l0", (3, 5), "projects its hidden state (rnn.weight_hr_l0)"),
        ("attention.weight", (5, 5), "attention.weight"),
        ("norm.bias", (5,), "norm.bias has no place"),
        ("conv.weight", (5, 5, 3), "conv.weight has no place"),
        ("encoder.lstm.weight_ih_l0", (20, 7), "is of another recurrent network"),
        ("rnn.weight_ih_l1", (20, 5), "the weight_hh that belongs to rnn.weight_ih_l1 is missing"),
    ],
)
def test_a_tensor_that_has_no_place_is_named(
    tmp_path: Path, name: str, shape: tuple[int, ...], words: str
) -> None:
    tensors = Foreign("lstm", 5, 7).tensors() | {name: np.zeros(shape, np.float32)}
    said = refusal(tmp_path, tensors)
    assert said.startswith("theirs.safetensors cannot be imported: ")
    assert words in said


def test_networks_of_other_shapes_are_refused_by_name(tmp_path: Path) -> None:
    five = Foreign("gru", 5, 7, 5).tensors()
    assert "_l4 is of layer 5, and 4 are possible" in refusal(tmp_path, five)
    answers = Foreign("gru", 5, 7).tensors()
    answers["head.weight"], answers["head.bias"] = (
        answers["head.weight"][:2],
        answers["head.bias"][:2],
    )
    assert "head.weight has 2 scores, and the network reads one of 7" in refusal(tmp_path, answers)
    odd = Foreign("gru", 5, 7).tensors() | {"rnn.weight_hh_l0": np.zeros((10, 5), np.float32)}
    assert "rnn.weight_hh_l0 has 2 blocks" in refusal(tmp_path, odd)
    narrower = Foreign("gru", 5, 7, 2).tensors()
    narrower["rnn.weight_hh_l1"] = np.zeros((9, 3), np.float32)
    assert "rnn.weight_hh_l1 has the shape (9, 3)" in refusal(tmp_path, narrower)
    none = {"fc.weight": np.zeros((7, 5), np.float32)}
    assert "none of its tensors is a recurrent layer's" in refusal(tmp_path, none)
    whole = Foreign("gru", 5, 7).tensors()
    whole["head.weight"] = whole["head.weight"].astype(np.int64)
    assert "head.weight is of the kind I64" in refusal(tmp_path, whole)
    endless = Foreign("gru", 5, 7).tensors()
    endless["head.bias"][3] = np.inf
    assert "head.bias holds a value that is not finite" in refusal(tmp_path, endless)


def test_a_pickle_is_refused_with_three_lines_and_never_read(tmp_path: Path) -> None:
    path = tmp_path / "theirs.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("theirs/data.pkl", b"\x80\x02cos\nsystem\n.")
    with pytest.raises(PickleError, match=r"theirs\.pt is a pickle") as caught:
        open_model(path)
    assert len(caught.value.lines) == 3
    for line in caught.value.lines:
        compile(line, "line", "exec")
    path.write_bytes(b"\x80\x04\x95bare")
    with pytest.raises(PickleError):
        import_model(path)


@given(st.binary(max_size=80), st.integers(0, 400), st.integers(0, 80))
@settings(max_examples=150, deadline=None)
def test_a_spoilt_file_is_a_sentence_or_a_network(junk: bytes, place: int, cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = Foreign("gru", 2, 3).save(Path(folder) / "m.safetensors")
        content = path.read_bytes()
        path.write_bytes(content[:place] + junk + content[place + cut :])
        try:
            imported = import_model(path, vocabulary(Path(folder), "abc"))
        except StorageError as error:
            said, arrays = str(error), []
        else:
            said, arrays = "m.safetensors ", list(imported.checkpoint.parameters.values())
    assert said.startswith(("m.safetensors ", "The vocabulary "))
    assert all(np.isfinite(array).all() for array in arrays)


def test_a_pipe_and_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with a name here")
    os.mkfifo(tmp_path / "pipe.safetensors")
    for path in (tmp_path / "pipe.safetensors", tmp_path):
        for read in (import_model, open_model):
            with pytest.raises(StorageError, match=r"is not a regular file|is a folder"):
                read(path)
    model = Foreign("gru", 5, 7).save(tmp_path / "m.safetensors")
    with pytest.raises(StorageError, match="no file that a vocabulary could be in"):
        import_model(model, tmp_path / "pipe.safetensors")


@pytest.mark.parametrize("spoilt", ["format", "state"])
def test_a_damaged_model_of_ours_is_not_opened_without_its_training(
    tmp_path: Path, spoilt: str
) -> None:
    path = saved(tmp_path)
    if spoilt == "format":
        spoil(path, lambda header: header["__metadata__"].update(format="rnnvjz"))
    else:
        spoil(path, lambda header: header.update({"stbte.h_l0": header.pop("state.h_l0")}))
    with pytest.raises(StorageError):
        open_model(path)
