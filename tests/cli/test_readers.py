"""Texts as people have them on the command line: compressed, in a folder, from standard input."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import sys
import tempfile
from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.storage import load_model
from rnnviz.storage.model_file import _text_places

Capture = pytest.CaptureFixture[str]
TEXT = "the old fox sleeps by the sea. " * 40
SIZES = ["--hidden-size", "4", "--sequence-length", "9"]


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNVIZ_TEXTS", str(tmp_path / "memory"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Tales"
    folder.mkdir()
    (folder / "2.txt").write_text(TEXT)
    (folder / "10.txt.gz").write_bytes(gzip.compress(TEXT.upper().encode()))
    return folder


def train(text: str | Path, out: Path, *words: str) -> int:
    return main(["train", "--text", str(text), *SIZES, "--steps", "6", "--out", str(out), *words])


def go_on(model: Path, *words: str) -> int:
    out = model.with_name("on.rnnviz")
    return main(["train", "--resume", str(model), "--steps", "2", "--out", str(out), *words])


def standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


def test_a_folder_is_trained_on_and_found_again_beside_the_model(
    folder: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "m.rnnviz"
    assert train(folder, model, "--batch-size", "3") == 0
    assert (
        "Tales has 2 texts, read one after the other: 2.txt, 10.txt.gz." in capsys.readouterr().err
    )
    assert load_model(model).configuration.text_file == "Tales"
    assert go_on(model) == 0
    assert main(["replay", str(model.with_name("on.rnnviz")), "--verify"]) == 0
    # As on another computer.
    monkeypatch.setenv("RNNVIZ_TEXTS", str(tmp_path / "nothing"))
    assert go_on(model) == 0
    (folder / "3.txt").write_text("one more")
    capsys.readouterr()
    assert go_on(model) == 0
    assert "The text is not the one that the model was last trained on" in capsys.readouterr().err
    monkeypatch.setenv("RNNVIZ_TEXTS", str(tmp_path / "nothing either"))
    assert go_on(model) != 0
    assert "neither where it was read last nor beside" in capsys.readouterr().err


def test_a_model_of_a_compressed_text_finds_that_or_what_was_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, model = tmp_path / "book.txt.gz", tmp_path / "m.rnnviz"
    text.write_bytes(gzip.compress(TEXT.encode()))
    assert train(text, model) == 0
    monkeypatch.setenv("RNNVIZ_TEXTS", str(tmp_path / "nothing"))
    assert go_on(model) == 0
    text.unlink()
    (tmp_path / "book.txt").write_text(TEXT)
    assert go_on(model) == 0


@pytest.mark.parametrize("name", ["/somewhere/..", "{folder}"])
def test_a_folder_around_a_model_or_far_from_it_is_never_its_text(
    name: str, folder: Path, tmp_path: Path
) -> None:
    model = tmp_path / "m.rnnviz"
    assert train(folder / "2.txt", model) == 0
    checkpoint = load_model(model)
    foreign = dataclasses.replace(
        checkpoint,
        configuration=checkpoint.configuration.with_value(
            "text_file", name.format(folder=folder.parent)
        ),
    )
    places = _text_places(folder / "m.rnnviz", foreign)
    assert not [path for path in places.others if Path(path).is_dir()]


@pytest.mark.parametrize("compressed", [False, True])
def test_standard_input_is_read_as_a_file_would_be(
    compressed: bool, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, one, other = tmp_path / "t.txt", tmp_path / "1.rnnviz", tmp_path / "2.rnnviz"
    text.write_text(TEXT)
    assert train(text, one) == 0
    standard_input(monkeypatch, gzip.compress(TEXT.encode()) if compressed else TEXT.encode())
    assert train("-", other) == 0
    models = [load_model(path) for path in (one, other)]
    assert models[0].fingerprint == models[1].fingerprint
    assert models[0].parameters.keys() == models[1].parameters.keys()
    for name, array in models[0].parameters.items():
        assert array.tobytes() == models[1].parameters[name].tobytes()
    assert models[1].configuration.text_file == "standard input"
    assert tempfile.gettempdir().encode() + b"/rnnviz-" not in other.read_bytes()
    # Where the same text lies in a file this computer still knows it.
    assert models[1].text_places is not None
    assert models[1].text_places.last_read == str(text)


def test_a_model_of_standard_input_says_how_to_go_on(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, model = tmp_path / "t.txt", tmp_path / "m.rnnviz"
    standard_input(monkeypatch, TEXT.encode())
    assert train("-", model) == 0
    capsys.readouterr()
    assert go_on(model) != 0
    assert capsys.readouterr().err == (
        "rnnviz: The text that the model was trained on came from standard input, which no file "
        "keeps. Name it with --text FILE.\n"
    )
    text.write_text(TEXT)
    assert go_on(model, "--text", str(text)) == 0
    standard_input(monkeypatch, TEXT.encode())
    assert go_on(model, "--text", "-") == 0
    assert "is not the one" not in capsys.readouterr().err


def test_standard_input_that_is_no_text_is_refused_in_a_sentence(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnnviz.cli.own_text.LARGEST_BYTES", 1 << 30)
    for raw, said in (
        (b"", "standard input is empty."),
        (bytes(99), "standard input is a binary file, not a text."),
    ):
        standard_input(monkeypatch, raw)
        assert train("-", tmp_path / "m.rnnviz") != 0
        assert said in capsys.readouterr().err
    monkeypatch.setattr("rnnviz.cli.own_text.LARGEST_BYTES", 10)
    standard_input(monkeypatch, TEXT.encode())
    assert train("-", tmp_path / "m.rnnviz") != 0
    assert "Standard input goes on after" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", None)
    assert train("-", tmp_path / "m.rnnviz") != 0
    assert "There is no standard input" in capsys.readouterr().err


def test_rivals_share_standard_input(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard_input(monkeypatch, TEXT.encode())
    rivals = ["--rival", "cell=gru", "--rival", "cell=lstm text=-"]
    words = ["--text", "-", *SIZES, "--steps", "3", "--out", str(tmp_path / "race")]
    assert main(["race", *rivals, *words]) == 0
    fingerprints = {load_model(path).fingerprint for path in (tmp_path / "race").glob("*.rnnviz")}
    assert len(fingerprints) == 1


def test_info_and_step_read_what_train_reads(
    folder: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["info", "--text", str(folder), "--json", *SIZES]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["text"]["title"] == "Tales"
    model = tmp_path / "m.rnnviz"
    assert train(folder, model) == 0
    for text in (str(folder), str(folder / "10.txt.gz"), "-"):
        standard_input(monkeypatch, TEXT.encode())
        assert main(["step", str(model), "--text", text]) == 0


def test_metrics_do_not_become_a_text_of_the_folder(
    folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    model = tmp_path / "m.rnnviz"
    assert train(folder, model, "--metrics", str(folder / "m.csv")) != 0
    assert "--metrics lies in the folder that --text reads" in capsys.readouterr().err
    assert not model.exists()
