"""Models for others and models of others, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnviz.cli import main


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
