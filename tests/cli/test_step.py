"""`rnnviz step` shows what a model's next step computes, and takes it nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnviz.cli import main
from rnnviz.storage import load_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "m.rnnviz"
    assert main(["train", "--preset", "by-hand", "--steps", "20", "--out", str(path)]) == 0
    return path


def said(capsys: Capture, *words: str) -> str:
    capsys.readouterr()
    assert main(["step", *words]) == 0
    return capsys.readouterr().out


def test_the_record_is_the_step_that_training_takes(
    by_hand: Path, capsys: Capture, tmp_path: Path
) -> None:
    before = by_hand.read_bytes()
    step = json.loads(said(capsys, str(by_hand), "--json"))
    assert by_hand.read_bytes() == before
    assert step["step"] == 21
    assert "".join(step["tokens"][k] for k in step["inputs"]) in "hellohello"
    further = tmp_path / "further.rnnviz"
    words = f"train --resume {by_hand} --steps 1 --out {further}"
    assert main(words.split()) == 0
    after = load_model(further).parameters
    for name, array in after.items():
        np.testing.assert_allclose(np.array(step[f"new_{name}"]).T, array, rtol=0, atol=1e-6)


def test_it_can_be_read_as_well(by_hand: Path, capsys: Capture) -> None:
    text = said(capsys, str(by_hand))
    assert text.startswith("Step 21 of Hello: vanilla RNN, 3 units\nA window of 4 characters\n")
    assert "    a_t = b + W h_{t-1} + U x_t\n" in text


def test_another_text_is_read_from_its_beginning(
    by_hand: Path, capsys: Capture, tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("hole " * 30, encoding="utf-8")
    capsys.readouterr()
    assert main(["step", str(by_hand), "--text", str(text), "--json"]) == 0
    captured = capsys.readouterr()
    step = json.loads(captured.out)
    assert "".join(step["tokens"][k] for k in step["inputs"]) == "hole"
    assert step["h_before"] == [0.0] * 3
    assert "that the vocabulary does not know" in captured.err


def test_a_model_without_its_text_has_no_next_step(tmp_path: Path, capsys: Capture) -> None:
    text, model = tmp_path / "text.txt", tmp_path / "m.rnnviz"
    text.write_text("over and over. " * 60, encoding="utf-8")
    words = ["train", "--text", str(text), "--steps", "1", "--hidden-size", "4", "--out"]
    assert main([*words, str(model)]) == 0
    text.unlink()
    capsys.readouterr()
    assert main(["step", str(model)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "text.txt" in captured.err


def test_a_task_has_its_next_step_and_no_text(tmp_path: Path, capsys: Capture) -> None:
    model, text = tmp_path / "m.rnnviz", tmp_path / "text.txt"
    text.write_text("no task. " * 60, encoding="utf-8")
    words = "train --corpus adding --sequence-length 6 --hidden-size 4 --steps 1 --out"
    assert main([*words.split(), str(model)]) == 0
    step = json.loads(said(capsys, str(model), "--json"))
    assert step["L"][:5] == [None] * 5
    assert step["loss"] == step["L"][5]
    assert main(["step", str(model), "--text", str(text)]) == 1
    assert "cannot go on with a text" in capsys.readouterr().err


def test_a_script_is_written_that_agrees(by_hand: Path, capsys: Capture, tmp_path: Path) -> None:
    script = tmp_path / "step.py"
    assert said(capsys, str(by_hand), "--script", str(script)) == f"Saved step 21 to {script}.\n"
    done = subprocess.run(
        [sys.executable, "-I", str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    script.write_text(script.read_text().replace("tanh", "sin"))
    done = subprocess.run(
        [sys.executable, "-I", str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("option", "name", "beginning", "part"),
    [
        ("--latex", "step.tex", r"\documentclass", r"\fit{a_{1} = b + W\,h_{0} + U\,x_{1}}"),
        ("--csv", "step.csv", "name,t,stream,row,column,value,equation\n", "\nh,2,1,3,"),
    ],
)
def test_a_document_and_a_table_are_written(
    by_hand: Path,
    capsys: Capture,
    tmp_path: Path,
    option: str,
    name: str,
    beginning: str,
    part: str,
) -> None:
    path = tmp_path / name
    assert said(capsys, str(by_hand), option, str(path)) == f"Saved step 21 to {path}.\n"
    text = path.read_text(encoding="utf-8")
    assert text.startswith(beginning)
    assert part in text


def test_nothing_is_written_over_what_is_read_and_one_way_is_chosen(
    by_hand: Path, capsys: Capture, tmp_path: Path
) -> None:
    before = by_hand.read_bytes()
    assert main(["step", str(by_hand), "--script", str(by_hand)]) == 2
    assert "which is read" in capsys.readouterr().err
    assert main(["step", str(by_hand), "--script", str(tmp_path / "no" / "step.py")]) == 1
    assert "no folder" in capsys.readouterr().err
    assert main(["step", str(by_hand), "--json", "--script", str(tmp_path / "step.py")]) == 2
    assert not list(tmp_path.iterdir())
    assert by_hand.read_bytes() == before
