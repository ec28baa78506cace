"""An autosave is looked into without being believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnviz.storage.autosaves.found import look_into

from ..models import saved, small_checkpoint


def test_what_when_and_how_far_is_told(tmp_path: Path) -> None:
    checkpoint = small_checkpoint(12)
    path = saved(tmp_path, checkpoint)
    found = look_into(path)
    assert found is not None
    assert found.saved_at == path.stat().st_mtime
    assert found.run is not None
    assert (found.run.step, found.run.title) == (12, "A text")
    assert found.run.configuration == checkpoint.configuration
    assert found.run.history is not None
    assert np.array_equal(found.run.history.steps, np.arange(1, 13))
    assert found.run.loss is not None
    assert found.run.loss.shape == (12,)
    assert found.refusal == ""


def test_a_damaged_one_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = saved(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    found = look_into(path)
    assert found is not None
    assert found.run is None
    assert found.refusal.startswith("It is damaged: ")
    assert path.name not in found.refusal


def test_one_that_is_gone_is_none(tmp_path: Path) -> None:
    assert look_into(tmp_path / "gone.rnnviz") is None
