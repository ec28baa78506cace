"""A file says of a branch which run it has left, and where."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open

from rnnviz.storage import StorageError, load_model
from rnnviz.training.loading import opened_trainer
from rnnviz.training.state.origin import Origin

from .models import assert_same, saved, small_checkpoint, spoil_part

LEFT = (Origin(8, "LSTM, 128 units"), Origin(3, "Branch, é \N{SNOWMAN}"))


def branch(folder: Path) -> Path:
    return saved(folder, dataclasses.replace(small_checkpoint(), origins=LEFT))


def test_it_comes_out_as_it_went_in_and_is_kept_in_the_next_file(tmp_path: Path) -> None:
    path = branch(tmp_path)
    with safe_open(path, "numpy") as file:
        assert file.metadata()["format_version"] == "5"
    loaded = load_model(path)
    assert loaded.origins == LEFT
    assert_same(loaded, dataclasses.replace(small_checkpoint(), origins=LEFT))
    assert opened_trainer(loaded).checkpoint().origins == LEFT


def test_which_session_it_was_stands_in_no_file(tmp_path: Path) -> None:
    left = (Origin(8, "LSTM", "0123456789abcdef"),)
    path = saved(tmp_path, dataclasses.replace(small_checkpoint(), origins=left))
    assert b"0123456789abcdef" not in path.read_bytes()
    assert load_model(path).origins[0].run_id == ""


def test_a_file_of_a_run_that_is_no_branch_is_as_it_was(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with safe_open(path, "numpy") as file:
        assert file.metadata()["format_version"] == "3"
        assert "branch" not in file.metadata()["training"]


SPOILT: list[Callable[[dict[str, Any]], object]] = [
    lambda training: training.pop("branch"),
    lambda training: training.update(branch={}),
    lambda training: training.update(branch=[{"step": 1, "run": "a"}] * 65),
    lambda training: training["branch"].append("LSTM"),
    lambda training: training["branch"][0].pop("run"),
    lambda training: training["branch"][0].update(more=1),
    lambda training: training["branch"][0].update(run=7),
    lambda training: training["branch"][0].update(run="a" * 201),
    lambda training: training["branch"][0].update(step=13),
    lambda training: training["branch"][0].update(step=-1),
    lambda training: training["branch"][0].update(step=True),
    lambda training: training["branch"][1].update(step=9),
]


@pytest.mark.parametrize("number", range(len(SPOILT)))
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path: Path, number: int) -> None:
    path = branch(tmp_path)
    spoil_part(path, "training", lambda training: SPOILT[number](training) and None)
    with pytest.raises(StorageError, match=r"^m\.rnnviz is damaged: .*\.$"):
        load_model(path)
