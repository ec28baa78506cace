"""A model to look at and to write with, and commands that keep quiet however long they take."""

import math
from pathlib import Path

import pytest

from rnnviz.cli import console, main


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell no progress to what is no terminal: on a busy machine, it came into what tests read."""
    monkeypatch.setattr(console, "_QUIET_SECONDS", math.inf)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model of 120 steps on sums, which no test may change."""
    path = tmp_path_factory.mktemp("model") / "m.rnnviz"
    words = "train --corpus sums --hidden-size 12 --steps 120 --validation-interval 50 --out"
    assert main([*words.split(), str(path)]) == 0
    return path
