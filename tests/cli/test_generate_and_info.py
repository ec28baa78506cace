"""`rnnviz generate` writes text and nothing else; `rnnviz info` tells what a file holds."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.core.cells import VanillaCell
from rnnviz.storage import load_model, save_model
from rnnviz.training.loading import opened_trainer
from rnnviz.training.state.origin import Origin

Capture = pytest.CaptureFixture[str]


def written(capsys: Capture, model: Path, *words: str) -> str:
    capsys.readouterr()
    assert main(["generate", str(model), *words]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def complaint(capsys: Capture, *words: str) -> str:
    capsys.readouterr()
    assert main(list(words)) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_the_prime_and_so_many_characters_are_written(small_model: Path, capsys: Capture) -> None:
    text = written(capsys, small_model, "--length", "2500", "--prime", "1+2=")
    assert text.startswith("1+2=")
    assert len(text) == 4 + 2500
    assert set(text) <= set(load_model(small_model).tokens)
    assert written(capsys, small_model, "--length", "0") == ""
    assert len(written(capsys, small_model)) == 500


def test_a_seed_writes_the_same_and_none_writes_another_text(
    small_model: Path, capsys: Capture
) -> None:
    warm = ("--length", "80", "--temperature", "1")
    one, other = (written(capsys, small_model, *warm, "--seed", "7") for _ in range(2))
    assert one == other
    assert one != written(capsys, small_model, *warm, "--seed", "8")
    assert written(capsys, small_model, *warm) != written(capsys, small_model, *warm)


def test_a_longer_text_begins_with_the_shorter_one(small_model: Path, capsys: Capture) -> None:
    long = written(capsys, small_model, "--length", "2300", "--seed", "1")
    assert long.startswith(written(capsys, small_model, "--length", "40", "--seed", "1"))


def test_temperature_zero_leaves_nothing_to_chance(small_model: Path, capsys: Capture) -> None:
    cold = ("--length", "60", "--temperature", "0")
    assert written(capsys, small_model, *cold) == written(capsys, small_model, *cold)


def test_a_prime_of_unknown_characters_is_refused(small_model: Path, capsys: Capture) -> None:
    words = ("generate", str(small_model), "--prime", "1+ü=")
    assert "ü" in complaint(capsys, *words)


def test_models_that_cannot_be_read_get_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "text.rnnviz").write_text("no model")
    for command in ("generate", "info"):
        assert "There is no file" in complaint(capsys, command, str(tmp_path / "missing"))
        assert "not a model file" in complaint(capsys, command, str(tmp_path / "text.rnnviz"))
        assert "is a folder" in complaint(capsys, command, str(tmp_path))


def test_the_table_tells_what_the_file_holds(small_model: Path, capsys: Capture) -> None:
    capsys.readouterr()
    assert main(["info", str(small_model)]) == 0
    table = capsys.readouterr().out
    for words in ("vanilla RNN", "12 units", "Sums", "120 steps", "nats", "Adagrad", "Vocabulary"):
        assert words in table


def test_of_a_branch_it_is_told_what_it_left_and_what_was_changed(
    small_model: Path, tmp_path: Path, capsys: Capture
) -> None:
    trainer = opened_trainer(load_model(small_model))
    trainer.change("clip_threshold", 2.0)
    trainer.change("temperature", 0.7)
    for _ in range(5):
        trainer.step()
    trainer.change("clip_threshold", 1.0)
    left = (Origin(120, "LSTM, 12 units"), Origin(40, "GRU, 12 units"))
    path = tmp_path / "branch.rnnviz"
    save_model(path, dataclasses.replace(trainer.checkpoint(), origins=left))
    capsys.readouterr()
    assert main(["info", str(path)]) == 0
    rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    place = [row[:1] for row in rows].index(["Branched"])
    assert rows[place][1] == "at step 120 from LSTM, 12 units; changed from there on: Threshold"
    assert rows[place + 1] == ["and", "at step 40 from GRU, 12 units"]
    assert main(["info", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["branched"][0] == {"step": 120, "from": "LSTM, 12 units"}
    assert told["changed_since_branching"] == ["clip_threshold"]
    # A step before the fork is of the run that was left.
    other = tmp_path / "other.rnnviz"
    for step, count in ((100, 1), (122, 2), (20, 0)):
        assert main(["replay", str(path), "--step", str(step), "--out", str(other)]) == 0
        assert len(load_model(other).origins) == count


def test_json_tells_all_of_it(small_model: Path, capsys: Capture) -> None:
    capsys.readouterr()
    assert main(["info", str(small_model), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    checkpoint = load_model(small_model)
    assert facts["step"] == 120
    assert facts["tokens_seen"] == 3000
    assert tuple(facts["vocabulary"]) == checkpoint.tokens
    assert facts["settings"] == checkpoint.configuration.to_mapping()
    assert facts["parameter_count"] == sum(a.size for a in checkpoint.parameters.values())
    assert facts["architecture"]["hidden_size"] == 12
    assert facts["loss"]["uniform_guess"] == math.log(len(checkpoint.tokens))
    assert 0 < facts["loss"]["training"] < 3
    assert 0 < facts["loss"]["validation"] < 3


def test_an_untrained_model_has_no_losses(tmp_path: Path, capsys: Capture) -> None:
    out = str(tmp_path / "m")
    assert main(["train", "--corpus", "sums", "--steps", "0", "--out", out]) == 0
    capsys.readouterr()
    assert main(["info", out]) == 0
    assert "not measured" in capsys.readouterr().out
    assert main(["info", out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loss"]["training"] is None


def test_a_prime_that_ends_in_a_space_is_followed_by_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "w.rnnviz"
    words = "train --corpus tales --level word --hidden-size 8 --steps 2 --out"
    assert main([*words.split(), str(model)]) == 0
    texts = []
    for prime in ("the", "the "):
        capsys.readouterr()
        words = f"generate {model} --length 20 --temperature 5 --seed 1 --prime"
        assert main([*words.split(), prime]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert texts[0].startswith("the ")


def test_the_gradients_of_a_model_are_checked_on_demand(
    small_model: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    assert main(["info", str(small_model), "--check-gradients"]) == 0
    table = capsys.readouterr().out
    assert "All 5 gradients agree with central differences" in table
    assert "dL/dW1" in table
    assert main(["info", str(small_model), "--check-gradients", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["gradient_check"]
    assert found["verdict"] == "agrees"
    assert list(found["parameters"]) == ["U1", "b1", "W1", "V", "c"]
    assert all(0 <= one["relative_error"] < 1e-7 for one in found["parameters"].values())
    right = VanillaCell.backward
    monkeypatch.setattr(
        VanillaCell,
        "backward",
        lambda self, parameters, tape: right(self, {"W": 0.5 * parameters["W"]}, tape),
    )
    assert main(["info", str(small_model), "--check-gradients"]) == 1
    assert "3 of 5 gradients differ" in capsys.readouterr().out


def test_only_the_gradients_of_a_model_can_be_checked(capsys: Capture) -> None:
    assert main(["info", "--corpus", "sums", "--check-gradients"]) == 2
    assert "Name the MODEL" in capsys.readouterr().err
