"""What is exported is the same network: its names, its numbers, its text."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from rnnviz.cli import main
from rnnviz.storage import StorageError, save_model
from rnnviz.storage.travel.exports import EXPORTS, export_model

from ..models import small_checkpoint, task_checkpoint
from .foreign import our_scores

CELLS = ("vanilla", "lstm", "gru")
STACKS = [
    {"cell": cell, "num_layers": layers, "residual": residual}
    for cell in CELLS
    for layers, residual in ((1, "off"), (2, "off"), (4, "off"), (3, "on"))
]


@pytest.mark.parametrize(
    "settings",
    [*STACKS, {"dtype": "float64", "activation": "relu"}, {"cell": "lstm", "dtype": "float64"}],
    ids=lambda settings: "-".join(map(str, settings.values())),
)
def test_the_script_writes_what_generate_writes(
    tmp_path: Path, settings: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = small_checkpoint(60, hidden_size=13, **settings)
    save_model(tmp_path / "m.rnnviz", checkpoint)
    export_model(checkpoint, "script", tmp_path / "writes")
    words = ["--length", "300", "--seed", "7", "--prime", "naïve ", "--temperature", "0.8"]
    assert main(["generate", str(tmp_path / "m.rnnviz"), *words]) == 0
    script = [sys.executable, str(tmp_path / "writes.py"), *words]
    done = subprocess.run(
        script, check=True, capture_output=True, timeout=60, env={"PYTHONIOENCODING": "utf-8"}
    )
    assert done.stdout.decode("utf-8") == capsys.readouterr().out


def test_the_script_is_short_and_has_no_number_of_the_network(tmp_path: Path) -> None:
    for settings in STACKS:
        path, _ = export_model(small_checkpoint(1, **settings), "script", tmp_path / "s.py")
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 110
        assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_dict_has_just_what_pytorchs_layers_have(tmp_path: Path, cell: str) -> None:
    checkpoint = small_checkpoint(3, cell=cell, num_layers=2)
    path, _ = export_model(checkpoint, "pytorch", tmp_path / "m")
    gates, hidden, size = {"vanilla": 1, "lstm": 4, "gru": 3}[cell] * 6, 6, len(checkpoint.tokens)
    assert {name: array.shape for name, array in load_file(path).items()} == {
        "rnn.weight_ih_l0": (gates, size),
        "rnn.weight_hh_l0": (gates, hidden),
        "rnn.bias_ih_l0": (gates,),
        "rnn.bias_hh_l0": (gates,),
        "rnn.weight_ih_l1": (gates, hidden),
        "rnn.weight_hh_l1": (gates, hidden),
        "rnn.bias_ih_l1": (gates,),
        "rnn.bias_hh_l1": (gates,),
        "head.weight": (size, hidden),
        "head.bias": (size,),
    }


def test_a_residual_stack_is_a_list_of_modules(tmp_path: Path) -> None:
    path, module = export_model(small_checkpoint(1, **STACKS[3]), "pytorch", tmp_path / "m")
    assert "rnn.2.weight_hh_l0" in load_file(path)
    assert "nn.ModuleList([nn.RNN(size, 6) for size in sizes])" in module.read_text()


@pytest.mark.parametrize("settings", STACKS, ids=lambda settings: str(settings["cell"]))
def test_the_module_is_python_and_names_the_weights(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    checkpoint = dataclasses.replace(small_checkpoint(1, **settings), title='Q"""\n\\ \udcff')
    _, module = export_model(checkpoint, "pytorch", tmp_path / "a'b")
    text = module.read_text(encoding="utf-8")
    compile(text, "module", "exec")
    assert "a'b.safetensors" in text


def test_the_arrays_say_what_they_are_and_give_the_same_scores(tmp_path: Path) -> None:
    checkpoint = small_checkpoint(30, cell="lstm", dtype="float64")
    (path,) = export_model(checkpoint, "numpy", tmp_path / "m.npz")
    with np.load(path) as file:
        arrays = dict(file)
    assert tuple(json.loads(str(arrays["vocabulary"]))) == checkpoint.tokens
    readme = str(arrays["readme"])
    assert "x @ U1 + b1 + h @ W1" in readme
    assert "6 columns each for o, i, f, g" in readme
    ids = np.arange(9) % len(checkpoint.tokens)
    h = c = np.zeros(6)
    scores = []
    for token in ids:
        a = arrays["U1"][token] + arrays["b1"] + h @ arrays["W1"]
        o, i, f, g = np.split(a, 4)
        o, i, f = (1 / (1 + np.exp(-one)) for one in (o, i, f))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        scores.append(h @ arrays["V"] + arrays["c"])
    np.testing.assert_allclose(scores, our_scores(checkpoint, ids), rtol=1e-12, atol=1e-13)


def test_the_best_weights_can_be_taken(tmp_path: Path) -> None:
    checkpoint = small_checkpoint(12)
    assert checkpoint.best is not None
    (path,) = export_model(checkpoint, "numpy", tmp_path / "m", best=True)
    with np.load(path) as file:
        assert np.array_equal(file["W1"], checkpoint.best.parameters["W1"])
        assert f"after step {checkpoint.best.step}." in str(file["readme"])
    untested = dataclasses.replace(checkpoint, best=None)
    with pytest.raises(StorageError, match="never tested"):
        export_model(untested, "numpy", tmp_path / "n", best=True)


@pytest.fixture(params=EXPORTS)
def to(request: pytest.FixtureRequest) -> str:
    needed = {"onnx": "onnx", "parquet": "pyarrow"}.get(request.param)
    if needed is not None:
        pytest.importorskip(needed, reason=f"{needed} is not installed")
    return str(request.param)


def test_no_export_has_the_folder_of_a_persons_text(tmp_path: Path, to: str) -> None:
    checkpoint = small_checkpoint(1)
    secret = "/home/somebody/diary.txt"
    configuration = dataclasses.replace(checkpoint.configuration, corpus="file", text_file=secret)
    checkpoint = dataclasses.replace(checkpoint, configuration=configuration)
    for path in export_model(checkpoint, to, tmp_path / "m"):
        assert b"somebody" not in path.read_bytes()


def test_the_same_model_gives_the_same_files(tmp_path: Path, to: str) -> None:
    checkpoint = small_checkpoint(1)
    once = [path.read_bytes() for path in export_model(checkpoint, to, tmp_path / "m")]
    assert [path.read_bytes() for path in export_model(checkpoint, to, tmp_path / "m")] == once


def test_a_file_that_nobody_named_is_not_written_over(tmp_path: Path) -> None:
    checkpoint, mine = small_checkpoint(1), tmp_path / "m.py"
    mine.write_text("print('mine')\n")
    with pytest.raises(StorageError, match=r"write over m\.py, which is no earlier export"):
        export_model(checkpoint, "pytorch", tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m.py"]
    assert mine.read_text() == "print('mine')\n"


def test_a_network_of_a_task_has_no_script(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no text for a script"):
        export_model(task_checkpoint("adding"), "script", tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_a_network_that_reads_numbers_says_so(tmp_path: Path) -> None:
    _, module = export_model(task_checkpoint("adding"), "pytorch", tmp_path / "m")
    assert "def forward(self, numbers, state=None):" in module.read_text()


def test_the_name_has_the_ending_that_it_is_known_by(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"m\.pt: the name of such an export ends with"):
        export_model(small_checkpoint(1), "pytorch", tmp_path / "m.pt")
