"""A history as a table has what was measured, with its units."""

from __future__ import annotations

import csv
import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnviz.storage import StorageError
from rnnviz.storage.travel.exports import export_model

from ..models import small_checkpoint, small_trainer, task_checkpoint


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_step_has_its_row_and_every_column_its_unit(tmp_path: Path) -> None:
    trainer = small_trainer()
    results = [trainer.step() for _ in range(12)]
    (path,) = export_model(trainer.checkpoint(), "csv", tmp_path / "m")
    rows = rows_of(path)
    assert [int(row["step"]) for row in rows] == list(range(1, 13))
    for part in ("mean", "lowest", "highest"):
        losses = [float(row[f"loss, {part} (nats per token)"]) for row in rows]
        np.testing.assert_allclose(losses, [result.loss for result in results])
        norms = [float(row[f"gradient norm, {part}"]) for row in rows]
        np.testing.assert_allclose(norms, [result.gradient_norm for result in results])
    held_out = [row["held-out loss (nats per token)"] for row in rows]
    expected = [result.validation_loss for result in results]
    assert held_out == ["" if loss is None else str(loss) for loss in expected]
    assert held_out.count("") < 12


def test_where_steps_were_merged_a_row_has_the_whole_interval(tmp_path: Path) -> None:
    trainer = small_trainer(hidden_size=2, sequence_length=1, validation_interval=1)
    losses = [trainer.step().loss for _ in range(1500)]
    (path,) = export_model(trainer.checkpoint(), "csv", tmp_path / "m")
    rows = rows_of(path)
    assert [int(row["step"]) for row in rows] == list(range(2, 1501, 2))
    assert float(rows[3]["loss, highest (nats per token)"]) == max(losses[6:8])
    assert rows[3]["held-out loss (nats per token)"] != ""


def test_the_unit_is_that_of_the_loss(tmp_path: Path) -> None:
    (path,) = export_model(task_checkpoint("adding"), "csv", tmp_path / "m")
    assert "loss, mean (squared error)" in rows_of(path)[0]


def test_parquet_has_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    checkpoint = small_checkpoint(12)
    (there,) = export_model(checkpoint, "csv", tmp_path / "m")
    (path,) = export_model(checkpoint, "parquet", tmp_path / "m")
    rows = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in parquet.read_table(path).to_pylist()
    ]
    assert rows == rows_of(there)


def test_what_there_is_not_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = small_checkpoint(2)
    with pytest.raises(StorageError, match="There is no history yet"):
        export_model(dataclasses.replace(checkpoint, history={}), "csv", tmp_path / "m")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(StorageError, match="pip install pyarrow"):
        export_model(checkpoint, "parquet", tmp_path / "m")
    assert not list(tmp_path.iterdir())
