"""A run's history as a table: CSV, or Parquet where pyarrow is installed."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.storage.errors import StorageError
from rnnviz.storage.travel.portable import PortableModel
from rnnviz.training.record.history import History


def as_csv(model: PortableModel, stem: str) -> dict[str, bytes]:
    """Return the table by the ending of its file, ``.csv``; empty where nothing was measured.

    Raises
    ------
    StorageError
        If there is no history.
    """
    columns = _columns(model)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow("" if np.isnan(value) else value.item() for value in row)
    return {".csv": file.getvalue().encode("utf-8")}


def as_parquet(model: PortableModel, stem: str) -> dict[str, bytes]:
    """Return the same by ``.parquet``; what was not measured is null.

    Raises
    ------
    StorageError
        If there is no history, or pyarrow is not installed.
    """
    columns = _columns(model)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise StorageError(
            "Parquet files need the package pyarrow: install it by pip install pyarrow."
        ) from error
    arrays = {
        name: pyarrow.array(values, mask=np.isnan(values)) for name, values in columns.items()
    }
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays), file)
    return {".parquet": file.getvalue()}


def _columns(model: PortableModel) -> dict[str, NDArray[Any]]:
    """Return columns under names that say the unit; a row is an interval of steps, by its last."""
    if not model.history:
        raise StorageError("There is no history yet.")
    view = History.from_arrays(model.history).view()
    unit = model.configuration.source.loss_unit
    of_steps = {
        "loss": (view.loss, f" ({unit})"),
        "gradient norm": (view.norm_before, ""),
        "clipped gradient norm": (view.norm_after, ""),
    }
    columns: dict[str, NDArray[Any]] = {"step": view.steps.astype(np.int64)}
    for name, (series, suffix) in of_steps.items():
        columns[f"{name}, mean{suffix}"] = series.mean
        columns[f"{name}, lowest{suffix}"] = series.low
        columns[f"{name}, highest{suffix}"] = series.high
    columns[f"smoothed loss ({unit})"] = view.smoothed_loss
    columns["clipped (steps)"] = view.clipped_steps.astype(np.int64)
    held_out = np.full(len(view.steps), np.nan)
    # The last one of an interval stays.
    held_out[np.searchsorted(view.steps, view.validation_steps)] = view.validation_loss
    columns[f"held-out loss ({unit})"] = held_out
    return columns
