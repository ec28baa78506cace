"""A task is trained, told about and refused by the commands that know texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.data import TASKS

SIZES = ["--hidden-size", "6", "--batch-size", "3", "--sequence-length", "25"]


@pytest.mark.parametrize("name", ["temporal-order", "adding", "copying"])
def test_a_task_is_trained_saved_resumed_and_told_about(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "m.rnnviz")
    assert main(["train", "--corpus", name, "--steps", "5", "--out", out, *SIZES]) == 0
    said = capsys.readouterr().out
    unit = "squared error" if name == "adding" else "nats per answer"
    assert f"{unit} (on new sequences" in said
    assert "sequences wrong" in said
    assert main(["train", "--resume", out, "--steps", "5", "--out", out]) == 0
    assert "after step 10" in capsys.readouterr().out
    assert main(["info", out]) == 0
    told = capsys.readouterr().out
    assert "10 steps, 750 time steps" in told
    assert ("squared error" if name == "adding" else "nats") in told
    assert main(["info", "--corpus", name, *SIZES]) == 0
    planned = capsys.readouterr().out
    assert "Task" in planned
    guess = TASKS[name].guess.capitalize()
    (in_model,) = (line for line in told.splitlines() if line.startswith(guess))
    (in_plan,) = (line for line in planned.splitlines() if line.startswith(guess))
    assert in_model.split() == in_plan.split(), "the same loss in the same words"


def test_epochs_text_and_writing_mean_nothing_to_a_task(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "m.rnnviz")
    assert main(["train", "--corpus", "adding", "--epochs", "2", "--out", out]) == 2
    assert "it has no epochs" in capsys.readouterr().err
    assert main(["train", "--corpus", "adding", "--steps", "1", "--out", out, *SIZES]) == 0
    capsys.readouterr()
    assert main(["generate", out]) == 2
    assert "it writes no text" in capsys.readouterr().err
    assert main(["train", "--resume", out, "--corpus", "tales", "--steps", "1", "--out", out]) == 1
    assert "made for the task adding" in capsys.readouterr().err
