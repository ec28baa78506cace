"""Every export and import held against PyTorch itself, which is no dependency of this project.

    python tests/benchmarks/travel.py [--onnx]

Needs PyTorch beside the project's own packages; with ``--onnx`` also onnx and onnxruntime. Every
cell at every depth is exported and loaded with ``load_state_dict(strict=True)`` into the module
that comes with it; networks of PyTorch's, of each kind that people save, are imported. All compute
the same window from a state that is not zero. Prints the largest difference of a score or a state,
as a share of the largest where that exceeds 1, and fails where one is beyond 1e-5.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from rnnviz.core.network import Network
from rnnviz.data import Corpus, build_dataset
from rnnviz.storage.travel.exports import export_model
from rnnviz.storage.travel.imports import import_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import make_trainer
from rnnviz.training.state.checkpoint import Checkpoint

TOLERANCE = 1e-5
STEPS, STREAMS, HIDDEN, TRAINED = 50, 4, 48, 300
CELLS = (("vanilla", "tanh"), ("vanilla", "relu"), ("lstm", "tanh"), ("gru", "tanh"))
TEXT = "the fox sleeps. the foxes sleep by the sea, naïve and happy.\n" * 40
CLASSES = {"vanilla": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def trained(**settings: object) -> Checkpoint:
    configuration = Configuration(hidden_size=HIDDEN, learning_rate=0.02, **settings)  # type: ignore[arg-type]
    trainer = make_trainer(configuration, build_dataset(Corpus("t", "A text", TEXT), 0.1))
    for _ in range(TRAINED):
        trainer.step()
    return trainer.checkpoint()


class Window:
    """The same tokens and first states for all."""

    def __init__(self, vocabulary: int, layers: int) -> None:
        rng = np.random.default_rng(0)
        self.ids = rng.integers(0, vocabulary, (STEPS, STREAMS))
        self.states = {
            name: rng.normal(0, 0.3, (layers, STREAMS, HIDDEN)).astype(np.float32) for name in "hc"
        }

    def ours(self, checkpoint: Checkpoint) -> list[np.ndarray]:
        """Return scores (T, B, V), and each state (L, B, H) after them."""
        configuration = checkpoint.configuration
        network = Network(configuration.architecture(len(checkpoint.tokens)), configuration.dtype)
        for name, view in network.parameters.items():
            view[...] = checkpoint.parameters[name]
        names = network.cells[0].state_names()
        state = [
            {name: self.states[name][layer].astype(network.dtype) for name in names}
            for layer in range(network.num_layers)
        ]
        tape = network.new_tape(STEPS, STREAMS)
        network.forward(self.ids, state, tape)
        final = tape.final_state()
        return [tape.logits, *(np.stack([layer[name] for layer in final]) for name in names)]

    def given(self, cell: str, layers: int, residual: bool) -> object:
        """Return the first state as PyTorch takes it."""
        h, c = (torch.tensor(self.states[name]) for name in "hc")
        if residual:
            parts = [(h[k : k + 1], c[k : k + 1]) for k in range(layers)]
            return parts if cell == "lstm" else [h for h, _ in parts]
        return (h, c) if cell == "lstm" else h


def flat(state: object) -> list[np.ndarray]:
    """Return a state of PyTorch's as an array for h, and one for c where there is one."""
    if isinstance(state, list):
        each = [flat(one) for one in state]
        return [np.concatenate(parts) for parts in zip(*each, strict=True)]
    if isinstance(state, tuple):
        return [one.numpy() for one in state]
    return [state.numpy()]  # type: ignore[attr-defined]


def difference(some: list[np.ndarray], others: list[np.ndarray]) -> float:
    """Return the largest difference, of what is larger than 1 as a share of the largest."""
    return max(
        float(abs(one - other).max() / max(1, abs(other).max()))
        for one, other in zip(some, others, strict=True)
    )


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@torch.inference_mode()
def exported(folder: Path, checkpoint: Checkpoint) -> float:
    """Export to PyTorch, load strictly, and compare."""
    configuration = checkpoint.configuration
    layers, residual = configuration.num_layers, configuration.residual == "on"
    _, module = export_model(checkpoint, "pytorch", folder / "m")
    model, tokens = loaded(module).load()
    assert tuple(tokens) == checkpoint.tokens
    window = Window(len(tokens), layers)
    state = window.given(configuration.cell, layers, residual)
    scores, after = model(torch.tensor(window.ids), state)
    return difference([scores.numpy(), *flat(after)], window.ours(checkpoint))


def in_onnx(folder: Path, checkpoint: Checkpoint) -> float:
    """Export to ONNX, check, and compare with both who compute it."""
    import onnx
    import onnxruntime
    from onnx.reference import ReferenceEvaluator

    (path,) = export_model(checkpoint, "onnx", folder / "m")
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    window = Window(len(checkpoint.tokens), checkpoint.configuration.num_layers)
    names = checkpoint.configuration.architecture(1).kind.state_names()
    given = {"ids": window.ids} | {name: window.states[name] for name in names}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    answers = [session.run(None, given)]
    if checkpoint.configuration.activation == "tanh":  # it knows no other
        answers.append(ReferenceEvaluator(model).run(None, given))
    return max(difference(answer, window.ours(checkpoint)) for answer in answers)


class Theirs(nn.Module):
    """A character model as tutorials write it."""

    def __init__(self, cell: str, layers: int, embedding: int, bias: bool, names: str) -> None:
        super().__init__()
        recurrent, self.head_name, self.table = names.split()
        self.recurrent = recurrent
        if embedding:
            setattr(self, self.table, nn.Embedding(30, embedding))
        made = CLASSES[cell](embedding or 30, HIDDEN, layers, bias=bias)
        setattr(self, recurrent, made)
        setattr(self, self.head_name, nn.Linear(HIDDEN, 30, bias=bias))
        self.embedding_size = embedding

    def forward(self, ids, state):  # type: ignore[no-untyped-def]
        one_hot = nn.functional.one_hot(ids, 30).to(next(self.parameters()).dtype)
        x = getattr(self, self.table)(ids) if self.embedding_size else one_hot
        h, state = getattr(self, self.recurrent)(x, state)
        return getattr(self, self.head_name)(h), state


def foreign() -> Iterator[tuple[str, Theirs, str, int]]:
    """Yield what it is, a network of PyTorch's, and its cell and layers."""
    kinds: dict[str, Callable[[str, int], Theirs]] = {
        "one-hot, rnn. and fc.": lambda c, n: Theirs(c, n, 0, True, "rnn fc none"),
        "embedding, lstm. and decoder.": lambda c, n: Theirs(
            c, n, 20, True, "lstm decoder encoder"
        ),
        "embedding as wide as H, linear.": lambda c, n: Theirs(
            c, n, HIDDEN, True, "gru linear embedding"
        ),
        "without biases": lambda c, n: Theirs(c, n, 20, False, "rnn fc embed"),
    }
    for what, make in kinds.items():
        for cell in CLASSES:
            for layers in (1, 2, 3, 4):
                torch.manual_seed(layers)
                yield what, make(cell, layers), cell, layers
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        for cell in CLASSES:
            model = Theirs(cell, 2, 20, True, "rnn fc embedding").to(dtype)
            yield str(dtype).removeprefix("torch."), model, cell, 2
    for cell in CLASSES:
        model = Theirs(cell, 2, HIDDEN, True, "rnn decoder encoder")
        model.encoder.weight = model.decoder.weight
        yield "tied, saved once", model, cell, 2


@torch.inference_mode()
def imported(folder: Path, model: Theirs, cell: str, layers: int) -> float:
    tensors = dict(model.state_dict())
    if len({tensor.data_ptr() for tensor in tensors.values()}) < len(tensors):
        del tensors["encoder.weight"]
    save_file(tensors, folder / "theirs.safetensors")
    (folder / "v.json").write_text(json.dumps([chr(97 + k) for k in range(30)]))
    checkpoint = import_model(folder / "theirs.safetensors", folder / "v.json").checkpoint
    window = Window(30, layers)
    # Of 16 bits the same numbers, computed as exactly as ours.
    state = window.given(cell, layers, False)
    if next(model.parameters()).dtype == torch.float64:
        state = tuple(one.double() for one in state) if cell == "lstm" else state.double()  # type: ignore[attr-defined]
    else:
        model = model.float()
    scores, after = model(torch.tensor(window.ids), state)
    return difference([scores.numpy(), *flat(after)], window.ours(checkpoint))


def show(title: str, rows: Iterator[tuple[str, float]]) -> bool:
    """Print a table; return whether all of it is as it should be."""
    print(f"\n{title}")
    fine = True
    for what, error in rows:
        fine &= error <= TOLERANCE
        print(f"  {what:<52}{error:>10.1e}{'' if error <= TOLERANCE else '  TOO LARGE'}")
    return fine


def stacks(compare: Callable[[Path, Checkpoint], float]) -> Iterator[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        for cell, activation in CELLS:
            for layers in (1, 2, 3, 4):
                for residual in ("off", "on") if layers > 1 else ("off",):
                    checkpoint = trained(
                        cell=cell, activation=activation, num_layers=layers, residual=residual
                    )
                    said = f"{cell} {activation}" if cell == "vanilla" else cell
                    said += f", {layers} layers{', residual' * (residual == 'on')}"
                    yield said, compare(Path(folder), checkpoint)


def comings() -> Iterator[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        for what, model, cell, layers in foreign():
            yield f"{what}: {cell}, {layers} layers", imported(Path(folder), model, cell, layers)


def main() -> int:
    print(f"PyTorch {torch.__version__}, NumPy {np.__version__}; the largest difference of each")
    fine = show("To PyTorch, load_state_dict(strict=True)", stacks(exported))
    fine &= show("From PyTorch", comings())
    if "--onnx" in sys.argv:
        fine &= show("To ONNX: full checker, reference evaluator, onnxruntime", stacks(in_onnx))
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
