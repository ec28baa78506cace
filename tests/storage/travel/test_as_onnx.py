"""The graph is what onnx calls valid, and computes what our network does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnviz.core.network import Network
from rnnviz.core.sampling import Sampler
from rnnviz.storage import StorageError
from rnnviz.storage.travel.exports import export_model
from rnnviz.training.state.checkpoint import Checkpoint

from ..models import small_checkpoint, task_checkpoint

CASES = [
    {"cell": cell, "num_layers": layers, "residual": residual}
    for cell in ("vanilla", "lstm", "gru")
    for layers in (1, 2, 3, 4)
    for residual in ("off", "on")
    if residual == "off" or layers == 3
]
RELU = {"activation": "relu", "num_layers": 2}


@pytest.fixture
def onnx() -> Any:
    return pytest.importorskip("onnx", reason="onnx is not installed")


@pytest.fixture
def onnxruntime() -> Any:
    return pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


def network_of(checkpoint: Checkpoint) -> Network:
    configuration = checkpoint.configuration
    network = Network(configuration.architecture(len(checkpoint.tokens)), configuration.dtype)
    for name, view in network.parameters.items():
        view[...] = checkpoint.parameters[name]
    return network


def window_of(network: Network, steps: int = 6, streams: int = 3) -> dict[str, np.ndarray]:
    """Return random inputs by the graph's names, from a state that is not zero."""
    rng = np.random.default_rng(1)
    shape, size = (steps, streams), network.vocab_size
    given = {"ids": rng.integers(0, size, shape)}
    if network.architecture.reads_numbers:
        given = {"numbers": rng.normal(0, 1, (*shape, size)).astype(np.float32)}
    states = (network.num_layers, streams, network.hidden_size)
    for name in network.cells[0].state_names():
        given[name] = rng.normal(0, 0.5, states).astype(np.float32)
    return given


def ours(network: Network, given: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Return what the graph returns, computed here."""
    names = network.cells[0].state_names()
    state = [
        {name: given[name][layer].astype(network.dtype) for name in names}
        for layer in range(network.num_layers)
    ]
    inputs = given["numbers"] if "numbers" in given else given["ids"]
    tape = network.new_tape(*inputs.shape[:2])
    network.forward(inputs, state, tape)
    final = tape.final_state()
    return [tape.logits, *(np.stack([layer[name] for layer in final]) for name in names)]


@pytest.mark.parametrize("settings", [*CASES, RELU], ids=lambda s: "-".join(map(str, s.values())))
def test_checker_reference_and_runtime_agree(
    tmp_path: Path, settings: dict[str, object], onnx: Any, onnxruntime: Any
) -> None:
    from onnx.reference import ReferenceEvaluator

    checkpoint = small_checkpoint(40, **settings)
    (path,) = export_model(checkpoint, "onnx", tmp_path / "m")
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    network = network_of(checkpoint)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    # Of any length and width, the same graph.
    for steps, streams in ((6, 3), (1, 1), (2, 5)):
        given = window_of(network, steps, streams)
        expected = ours(network, given)
        answers = [session.run(None, given)]
        if settings is not RELU:  # onnx's own evaluator knows tanh alone
            answers.append(ReferenceEvaluator(model).run(None, given))
        for answer in answers:
            for one, other in zip(answer, expected, strict=True):
                np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)


@pytest.mark.parametrize("task", ["adding", "temporal-order", "copying"])
def test_a_network_of_a_task_can_be_asked(tmp_path: Path, task: str, onnxruntime: Any) -> None:
    checkpoint = task_checkpoint(task, cell="gru")
    pytest.importorskip("onnx", reason="onnx is not installed")
    (path,) = export_model(checkpoint, "onnx", tmp_path / "m")
    network = network_of(checkpoint)
    given = window_of(network)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for one, other in zip(session.run(None, given), ours(network, given), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)


def test_a_text_can_be_written_token_by_token(tmp_path: Path, onnx: Any, onnxruntime: Any) -> None:
    checkpoint = small_checkpoint(80, cell="lstm", num_layers=2, dtype="float64")
    (path,) = export_model(checkpoint, "onnx", tmp_path / "m")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    tokens = json.loads(session.get_modelmeta().custom_metadata_map["vocabulary"])
    assert tuple(tokens) == checkpoint.tokens
    h = c = np.zeros((2, 1, 6), np.float32)
    token, written = 3, []
    for _ in range(100):
        given = {"ids": np.array([[token]]), "h": h, "c": c}
        scores, h, c = session.run(None, given)
        token = int(scores[0, 0].argmax())
        written.append(token)
    sampler = Sampler(network_of(checkpoint), [3])
    assert written == sampler.write(100, 0.0, np.random.default_rng(0))[0]


def test_without_onnx_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(StorageError, match=r'pip install "rnnviz\[onnx\]"'):
        export_model(small_checkpoint(1), "onnx", tmp_path / "m")
    assert not list(tmp_path.iterdir())
