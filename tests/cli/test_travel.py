"""Models for others and models of others, from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnnviz.cli import main
from rnnviz.storage import load_model


def test_export_says_what_it_wrote(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(small_model), "--to", "script", str(tmp_path / "s")]) == 0
    assert capsys.readouterr().out == f"Wrote {tmp_path / 's.py'} and {tmp_path / 's.npz'}.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.npz", "s.py"]


def test_export_does_not_write_over_the_model_that_it_reads(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(small_model.read_bytes())
    assert main(["export", str(model), "--to", "pytorch", str(tmp_path / "m")]) == 2
    assert "would write over" in capsys.readouterr().err
    assert model.read_bytes() == small_model.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]


def test_the_help_of_export_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    said = capsys.readouterr().out
    for words in ("(OUT.safetensors, OUT.py)", "(OUT.npz)", "(OUT.py, OUT.npz)"):
        assert words in said


def foreign(folder: Path) -> Path:
    weights = {
        "fc.weight": np.ones((3, 2), np.float32),
        "rnn.weight_ih_l0": np.ones((2, 3), np.float32),
        "rnn.weight_hh_l0": np.zeros((2, 2), np.float32),
    }
    save_file(weights, folder / "theirs.safetensors")
    return folder / "theirs.safetensors"


def test_import_makes_a_model_that_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "v.json").write_text('["a", "b", "\\n"]')
    model = tmp_path / "m.rnnviz"
    words = [str(foreign(tmp_path)), "--vocabulary", str(tmp_path / "v.json"), "--out", str(model)]
    assert main(["import", *words]) == 0
    said = capsys.readouterr()
    assert said.out == f"Saved {model}: vanilla RNN, 1 layer of 2 units, over 3 characters.\n"
    assert "taken for tanh. --activation says otherwise." in said.err
    assert main(["generate", str(model), "--length", "20", "--seed", "1"]) == 0
    assert set(capsys.readouterr().out) <= set("ab\n")


def test_import_asks_for_the_vocabulary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(foreign(tmp_path)), "--out", str(tmp_path / "m")]) == 1
    said = capsys.readouterr().err
    assert "theirs.safetensors does not say which 3 tokens its numbers stand for." in said
    assert "--vocabulary FILE.json" in said
    assert not (tmp_path / "m").exists()


def test_import_tells_how_a_pickle_is_converted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs.pt").write_bytes(b"\x80\x02pickled")
    words = [str(tmp_path / "theirs.pt"), "--out", str(tmp_path / "m")]
    assert main(["import", *words]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("rnnviz: theirs.pt is a pickle")
    assert len(lines) == 4
    assert "weights_only=True" in lines[2]


def test_import_does_not_write_over_what_it_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = foreign(tmp_path)
    before = path.read_bytes()
    assert main(["import", str(path), "--out", str(path)]) == 2
    assert "would write over" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_settings_are_taken_from_a_line_and_an_option_wins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["--settings", "cell=lstm hidden_size=7 num_layers=2", "--hidden-size", "5"]
    words = ["train", "--corpus", "hello", "--steps", "0", "--out", str(tmp_path / "m.rnnviz")]
    assert main([*words, *line]) == 0
    configuration = load_model(tmp_path / "m.rnnviz").configuration
    assert (configuration.cell, configuration.hidden_size) == ("lstm", 5)
    assert configuration.num_layers == 2
    assert main([*words, "--settings", "cel=lstm"]) == 2
    assert '--settings: There is no setting "cel": did you mean cell?' in capsys.readouterr().err
