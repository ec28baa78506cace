"""A damaged, foreign or hostile file gets one sentence, and costs next to nothing."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnnviz.data import TASKS
from rnnviz.storage import StorageError, load_model
from rnnviz.storage.container import CHECKSUM, HEADER_LIMIT
from rnnviz.training.commands import Resume, TakeStep
from rnnviz.training.session import Session
from rnnviz.training.state.checkpoint import Checkpoint

from .models import (
    assert_same,
    header_and_data,
    put_together,
    saved,
    small_checkpoint,
    spoil,
    spoil_part,
    spoil_tensor,
    task_checkpoint,
)


def refusal(path: Path) -> str:
    """Return the sentence that refuses a file, once it is known to be one sentence."""
    with pytest.raises(StorageError) as caught:
        load_model(path)
    sentence = str(caught.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


def refusal_of(folder: Path, content: bytes) -> str:
    path = folder / "m.rnnviz"
    path.write_bytes(content)
    return refusal(path)


@pytest.fixture(scope="module")
def whole() -> Checkpoint:
    return small_checkpoint(6, hidden_size=2)


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory: pytest.TempPathFactory, whole: Checkpoint) -> bytes:
    return saved(tmp_path_factory.mktemp("whole"), whole).read_bytes()


class _Malicious:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch pwned",)


def test_files_of_other_kinds_are_called_that(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a", "b" * 100)
    others = [
        pickle.dumps({"weights": [1.0] * 1000}),
        pickle.dumps(_Malicious(), protocol=0),
        (tmp_path / "z.zip").read_bytes(),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"Call me Ishmael. " * 50,
        b'{"just": "json"}',
        b"\0",
        bytes(1000),
        b"\xff" * 1000,
    ]
    for content in others:
        assert refusal_of(tmp_path, content) == "m.rnnviz is not a model file."
    assert not Path("pwned").exists()


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, b"") == "m.rnnviz is empty."


def test_a_missing_file_a_folder_and_a_pipe_are_told_apart(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.rnnviz") == "There is no file no.rnnviz."
    assert "is a folder" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe.rnnviz")
    assert "not a regular file" in refusal(tmp_path / "pipe.rnnviz")
    with pytest.raises(StorageError, match="There is no file"):
        load_model(Path("a\0b"))
    name = "x" * 300
    with pytest.raises(StorageError, match="its name is too long"):
        load_model(tmp_path / name)


def test_a_file_that_may_not_be_read_is_called_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may read everything, so the refusal itself is simulated.
    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path) == "You have no permission to read m.rnnviz."


def test_a_foreign_safetensors_file_is_called_that(tmp_path: Path) -> None:
    from safetensors.numpy import save

    for metadata in (None, {"format": "pt"}):
        content = save({"rnn.weight_ih_l0": np.zeros((2, 3))}, metadata)
        assert "not a model that rnnviz wrote" in refusal_of(tmp_path, content)


def test_a_newer_format_is_called_newer(tmp_path: Path) -> None:
    path = saved(tmp_path)
    spoil(path, lambda header: header["__metadata__"].update(format_version="7", more="{}"))
    assert "newer version of rnnviz" in refusal(path)
    spoil(path, lambda header: header["__metadata__"].update(format_version="9" * 4000))
    assert "newer version of rnnviz" in refusal(path)


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path, whole_file: bytes) -> None:
    path = tmp_path / "m.rnnviz"
    header_length = struct.unpack("<Q", whole_file[:8])[0]
    lengths = {*range(0, 64), *range(0, len(whole_file), 97), len(whole_file) - 1}
    lengths |= {header_length + place for place in range(4, 16)}
    for length in sorted(lengths):
        path.write_bytes(whole_file[:length])
        sentence = refusal(path)
        assert length < 9 or "cut short" in sentence
    path.write_bytes(whole_file + b"\0")
    assert "longer than it says" in refusal(path)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_damage_is_noticed(
    tmp_path: Path, whole: Checkpoint, whole_file: bytes, data: st.DataObject
) -> None:
    spoiled = bytearray(whole_file)
    header_end = 8 + struct.unpack("<Q", whole_file[:8])[0]
    places = st.one_of(
        st.integers(0, len(whole_file) - 1), st.integers(0, 40), st.integers(0, header_end - 1)
    )
    for place in data.draw(st.lists(places, min_size=1, max_size=4)):
        spoiled[place] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        del spoiled[data.draw(places) :]
    path = tmp_path / "m.rnnviz"
    path.write_bytes(spoiled)
    # Anything else that is raised fails the test.
    with contextlib.suppress(StorageError):
        assert_same(load_model(path), whole)


HEADERS: dict[str, str | object] = {
    "not json": "{nonsense}",
    "a list": [1, 2],
    "nested deeply": '{"a":' * 100_000,
    "nested deeply and closed": '{"a":' + "[" * 50_000 + "]" * 50_000 + "}",
    "a name twice": '{"__metadata__":{},"__metadata__":{}}',
    "a number of many digits": '{"a":{"dtype":"F32","shape":[' + "9" * 5000 + "]}}",
    "not a number": '{"a":NaN}',
    "metadata a list": {"__metadata__": [1]},
    "metadata not texts": {"__metadata__": {"format": 1}},
    "a tensor that is a number": {"a": 1},
    "a tensor without a place": {"a": {"dtype": "F32", "shape": [1]}},
    "an unknown dtype": {"a": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}},
    "a dtype that is a list": {"a": {"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]}},
    "a shape that is a text": {"a": {"dtype": "F32", "shape": "1", "data_offsets": [0, 4]}},
    "a size below zero": {"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}},
    "a size that is a fraction": {"a": {"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]}},
    "a size that is true": {"a": {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}},
    "an enormous size": {"a": {"dtype": "F32", "shape": [2**70], "data_offsets": [0, 2**72]}},
    "a large tensor": {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}},
    "too many axes": {"a": {"dtype": "F32", "shape": [1] * 100_000, "data_offsets": [0, 4]}},
    "backwards": {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}},
    "a gap": {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}},
    "an overlap": {
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
    },
    "the same place twice": {
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "b": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
    },
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_a_header_that_contradicts_itself_is_refused(tmp_path: Path, header: object) -> None:
    refusal_of(tmp_path, put_together(header, bytes(8)))


def test_a_header_length_is_not_believed(tmp_path: Path) -> None:
    for length in (0, 1, HEADER_LIMIT, HEADER_LIMIT + 1, 2**40, 2**64 - 1):
        refusal_of(tmp_path, struct.pack("<Q", length) + b"{}")


def set_training(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda training: training.update({key: value})


def set_sample(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda training: training["samples"][-1].update({key: value})


def set_generator(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda training: training["generator"].update({key: value})


PARTS: list[tuple[str, Callable[[Any], object]]] = [
    ("configuration", lambda _: []),
    ("configuration", lambda c: c.update(hidden_size=7)),
    ("configuration", lambda c: c.update(hidden_size=0)),
    ("configuration", lambda c: c.update(hidden_size=4096)),
    ("configuration", lambda c: c.update(hidden_size=10**400)),
    ("configuration", lambda c: c.update(hidden_size="6")),
    ("configuration", lambda c: c.update(hidden_size=[[[]]])),
    ("configuration", lambda c: c.update(batch_size=1024)),
    ("configuration", lambda c: c.update(learning_rate=None)),
    ("configuration", lambda c: c.update(optimizer="sgd")),
    ("configuration", lambda c: c.update(activation={"a": "tanh"})),
    ("configuration", lambda c: c.update(cell="x" * 1_000_000)),
    ("configuration", lambda c: c.update(dtype="float64")),
    ("configuration", lambda c: c.update(corpus="file", text_file="")),
    ("configuration", lambda c: c.update(unheard_of=1)),
    ("vocabulary", lambda _: {}),
    ("vocabulary", lambda _: []),
    ("vocabulary", lambda v: v[:-1]),
    ("vocabulary", lambda v: [*v[:-1], v[0]]),
    ("vocabulary", lambda v: [*v[:-1], "ab"]),
    ("vocabulary", lambda v: [*v[:-1], 7]),
    ("vocabulary", lambda v: [*v[:-1], None]),
    ("training", lambda _: 5),
    ("training", lambda t: t.pop("step")),
    ("training", lambda t: t.update(more=1)),
    ("training", set_training("step", 13)),
    ("training", set_training("step", -1)),
    ("training", set_training("step", 12.0)),
    ("training", set_training("step", True)),
    ("training", set_training("step", 10**300)),
    ("training", set_training("tokens_seen", 3)),
    ("training", set_training("epoch", 13)),
    ("training", set_training("position", "0")),
    ("training", set_training("position", -5)),
    ("training", set_training("position", 10**30)),
    ("training", set_training("fingerprint", "ABC")),
    ("training", set_training("title", None)),
    ("training", set_training("generator", {})),
    ("training", set_training("generator", None)),
    ("training", set_training("generator", [1])),
    ("training", set_generator("bit_generator", "MT19937")),
    ("training", set_generator("state", 1)),
    ("training", set_generator("state", {"state": -1, "inc": 1})),
    ("training", set_generator("state", {"state": 2**200, "inc": 1})),
    ("training", set_generator("state", {"state": 1.5, "inc": 1})),
    ("training", set_generator("has_uint32", 10**30)),
    ("training", set_generator("uinteger", "x")),
    ("training", set_training("samples", {})),
    ("training", set_training("samples", [1])),
    ("training", lambda t: t["samples"].append(t["samples"][0])),
    ("training", set_sample("step", 99)),
    ("training", set_sample("pieces", 5)),
    ("training", set_sample("pieces", "th")),
    ("training", set_sample("pieces", ["t", "h"])),
    ("training", lambda t: t["samples"][-1]["pieces"].__setitem__(0, 7)),
    ("training", lambda t: t["samples"][-1]["pieces"].__setitem__(0, "Ω")),
    ("training", lambda t: t["samples"][-1]["pieces"].__setitem__(0, "the")),
    ("training", set_training("optimizer_steps", -1)),
    ("training", set_training("optimizer_steps", 13)),
    ("training", set_training("best", 1.5)),
    ("training", set_training("best", None)),
    ("training", set_training("best", {"step": 5})),
    ("training", set_training("best", {"step": 0, "loss": 1.0})),
    ("training", set_training("best", {"step": 13, "loss": 1.0})),
    ("training", set_training("best", {"step": 5, "loss": "1"})),
    ("training", set_training("best", {"step": 5, "loss": -1.0})),
    ("training", set_sample("prompt", "Ω")),
    ("training", set_sample("temperature", -1)),
    ("training", set_sample("temperature", "1")),
    ("training", lambda t: t["samples"][-1]["probabilities"].__setitem__(0, 2)),
    ("training", lambda t: t["samples"][-1]["probabilities"].__setitem__(0, "1")),
    ("training", lambda t: t["samples"][-1]["probabilities"].__setitem__(0, 10**400)),
]


@pytest.mark.parametrize(("part", "change"), PARTS)
def test_a_description_that_cannot_be_is_refused(
    tmp_path: Path, part: str, change: Callable[[Any], object]
) -> None:
    path = saved(tmp_path)
    spoil_part(path, part, change)
    refusal(path)


OF_A_TASK: list[tuple[str, Callable[[Any], object]]] = [
    ("configuration", lambda c: c.update(sequence_length=1)),
    ("configuration", lambda c: c.update(corpus="tales")),
    ("configuration", lambda c: c.update(corpus=next(n for n in TASKS if n != c["corpus"]))),
    ("vocabulary", lambda v: v[:-1]),
    ("vocabulary", lambda v: [*v, "z"]),
    ("vocabulary", lambda v: v[::-1]),
    ("training", set_training("epoch", 1)),
    ("training", set_training("position", -1)),
    ("training", set_training("position", 10**30)),
    ("training", set_training("position", 1.5)),
    ("training", set_training("samples", [{"step": 0}])),
]


@pytest.mark.parametrize("name", list(TASKS))
@pytest.mark.parametrize(("part", "change"), OF_A_TASK)
def test_a_description_of_a_task_that_cannot_be_is_refused(
    tmp_path: Path, name: str, part: str, change: Callable[[Any], object]
) -> None:
    path = saved(tmp_path, task_checkpoint(name))
    spoil_part(path, part, change)
    refusal(path)


HARMLESS: list[tuple[str, Callable[[Any], object]]] = [
    ("configuration", lambda c: c.update(level="word", vocabulary_size=7)),
    ("configuration", lambda c: c.update(text_file="/no/such/file", validation_fraction=0.5)),
    ("configuration", lambda c: c.update(prompt="\0Ω", temperature=0.0)),
    ("training", set_training("position", 2**53)),
    ("training", set_training("fingerprint", "0" * 64)),
    ("training", set_training("fingerprint", "")),
]


@pytest.mark.parametrize("name", list(TASKS))
@pytest.mark.parametrize(("part", "change"), HARMLESS)
def test_what_is_odd_in_the_description_of_a_task_does_not_keep_it_from_training(
    tmp_path: Path, name: str, part: str, change: Callable[[Any], object]
) -> None:
    path = saved(tmp_path, task_checkpoint(name))
    spoil_part(path, part, change)
    session = Session()
    session.apply(Resume(load_model(path)))
    session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.step == 4
    assert snapshot.configuration.token == "time step"


@pytest.mark.parametrize("part", ["format", "format_version", "configuration", "vocabulary"])
@pytest.mark.parametrize("text", ["", "{", "nonsense", "[" * 100_000, "1e999", "NaN", '"x"'])
def test_metadata_that_is_no_json_is_refused(tmp_path: Path, part: str, text: str) -> None:
    path = saved(tmp_path)
    spoil(path, lambda header: header["__metadata__"].update({part: text}))
    refusal(path)


def test_metadata_that_lacks_a_part_or_has_one_too_many_is_refused(tmp_path: Path) -> None:
    for part in ("format", "format_version", "configuration", "vocabulary", "training"):
        path = saved(tmp_path)
        spoil(path, lambda header, part=part: header["__metadata__"].pop(part))
        refusal(path)
    path = saved(tmp_path)
    spoil(path, lambda header: header["__metadata__"].update(more=""))
    refusal(path)


def test_a_missing_an_extra_and_a_misshapen_tensor_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    header, data = header_and_data(path)
    del header["__metadata__"][CHECKSUM]
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        renamed = {("other" if key == name else key): value for key, value in header.items()}
        path.write_bytes(put_together(renamed, data))
        assert "missing" in refusal(path)
        if 0 not in entry["shape"]:
            flat = [int(np.prod(entry["shape"])), 1, 1]
            path.write_bytes(put_together({**header, name: {**entry, "shape": flat}}, data))
            refusal(path)
    place = [len(data), len(data) + 4]
    extra = {"dtype": "F32", "shape": [1], "data_offsets": place}
    path.write_bytes(put_together({**header, "extra": extra}, data + bytes(4)))
    assert "does not call for" in refusal(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused(tmp_path: Path, value: float) -> None:
    names = ["rnn.weight_hh_l0", "optim.sum.head.bias", "state.h_l0", "history.bins"]
    for name in [*names, "history.gradient_rows"]:
        path = saved(tmp_path)
        spoil_tensor(path, name, lambda array: array.reshape(-1).__setitem__(-1, value))
        assert "not finite" in refusal(path)


def test_two_biases_that_overflow_together_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    for name in ("rnn.bias_ih_l0", "rnn.bias_hh_l0"):
        spoil_tensor(path, name, lambda array: array.fill(3e38))
    assert "add up" in refusal(path)


@pytest.mark.parametrize("value", [-1.0, 1e-9])
def test_a_sum_of_squares_that_cannot_be_is_refused(tmp_path: Path, value: float) -> None:
    path = saved(tmp_path)
    spoil_tensor(path, "optim.sum.head.bias", lambda array: array.fill(value))
    assert "impossible value" in refusal(path)


HISTORIES: list[tuple[str, Callable[[np.ndarray], object]]] = [
    *[("history.state", lambda a, i=i: a.__setitem__(i, 1e300)) for i in (0, 1, 2, 5, 6)],
    *[("history.state", lambda a, i=i: a.__setitem__(i, -1)) for i in (0, 1, 2, 5, 6)],
    *[("history.state", lambda a, i=i: a.__setitem__(i, 0.5)) for i in (0, 1, 2)],
    ("history.state", lambda a: a.__setitem__(0, 0)),
    ("history.state", lambda a: a.__setitem__(1, 7)),
    ("history.bins", lambda a: a.__setitem__((3, 9), 0)),
    ("history.gradient_interval", lambda a: a.__setitem__(0, 0)),
    ("history.gradient_interval", lambda a: a.__setitem__(0, 1e300)),
    ("history.gradient_steps", lambda a: a.__setitem__(0, -1)),
    ("history.gradient_steps", lambda a: a.__setitem__(0, 0.5)),
    ("history.gradient_steps", lambda a: a.__setitem__(0, 9)),
    ("history.gradient_steps", lambda a: a.__iadd__(1)),
]


@pytest.mark.parametrize(("name", "change"), HISTORIES)
def test_a_history_that_cannot_be_is_refused(
    tmp_path: Path, name: str, change: Callable[[np.ndarray], object]
) -> None:
    path = saved(tmp_path)
    spoil_tensor(path, name, change)
    refusal(path)


def test_claims_of_gigabytes_are_refused_before_they_are_believed(tmp_path: Path) -> None:
    path = tmp_path / "m.rnnviz"
    saved(tmp_path)
    header, data = header_and_data(path)
    del header["__metadata__"][CHECKSUM]
    configuration = json.loads(header["__metadata__"]["configuration"])
    header["__metadata__"]["configuration"] = json.dumps(configuration | {"hidden_size": 4096})
    # A sparse file: it claims, and seems to hold, 64 GB that take no room on the disk.
    gigabytes = 1 << 36
    header["rnn.weight_hh_l0"]["shape"] = [1 << 17, 1 << 17]
    start, stop = header["rnn.weight_hh_l0"]["data_offsets"]
    for name, entry in header.items():
        if name != "__metadata__" and entry["data_offsets"][0] >= stop:
            entry["data_offsets"] = [n - stop + start + gigabytes for n in entry["data_offsets"]]
    header["rnn.weight_hh_l0"]["data_offsets"] = [start, start + gigabytes]
    path.write_bytes(put_together(header))
    os.truncate(path, path.stat().st_size + len(data) - (stop - start) + gigabytes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "another size" in refusal(path)
    # In kilobytes; nothing of the claim was allocated.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
