"""Networks as PyTorch has them, built and computed by hand: no test needs PyTorch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from rnnviz.core.network import Network
from rnnviz.training.state.checkpoint import Checkpoint

GATES = {"vanilla": 1, "lstm": 4, "gru": 3}
Tensors = dict[str, np.ndarray]


@dataclass
class Foreign:
    """A network of PyTorch's: what `torch.nn` would call its tensors, and what it computes.

    With `embedding` 0 the first layer reads one-hot rows.
    """

    cell: str
    hidden: int
    vocabulary: int
    layers: int = 1
    embedding: int = 0
    biases: bool = True
    prefix: str = "rnn."
    head: str = "head."
    table: str = "embedding."
    seed: int = 0
    dtype: str = "float32"

    def tensors(self) -> Tensors:
        rng = np.random.default_rng(self.seed)

        def draw(*shape: int) -> np.ndarray:
            return rng.normal(0, 0.5, shape).astype(self.dtype)

        rows, inputs = GATES[self.cell] * self.hidden, self.embedding or self.vocabulary
        made = {f"{self.head}weight": draw(self.vocabulary, self.hidden)}
        if self.embedding:
            made[f"{self.table}weight"] = draw(self.vocabulary, self.embedding)
        for layer in range(self.layers):
            made[f"{self.prefix}weight_ih_l{layer}"] = draw(rows, inputs)
            made[f"{self.prefix}weight_hh_l{layer}"] = draw(rows, self.hidden)
            inputs = self.hidden
            if self.biases:
                made[f"{self.prefix}bias_ih_l{layer}"] = draw(rows)
                made[f"{self.prefix}bias_hh_l{layer}"] = draw(rows)
        if self.biases:
            made[f"{self.head}bias"] = draw(self.vocabulary)
        return made

    def save(self, path: Path, tensors: Tensors | None = None, **metadata: str) -> Path:
        save_file(self.tensors() if tensors is None else tensors, path, metadata or None)
        return path

    def scores(self, ids: np.ndarray, tensors: Tensors | None = None) -> np.ndarray:
        """Return (T, V) in float64, by the equations of PyTorch's manual."""
        given = self.tensors() if tensors is None else tensors
        tensors = {name: array.astype(float) for name, array in given.items()}
        x = np.eye(self.vocabulary)[ids]
        if self.embedding:
            x = tensors[f"{self.table}weight"][ids]
        for layer in range(self.layers):
            x = self._layer(x, tensors, layer)
        return x @ tensors[f"{self.head}weight"].T + tensors.get(f"{self.head}bias", 0.0)

    def _layer(self, x: np.ndarray, tensors: Tensors, layer: int) -> np.ndarray:
        def named(part: str) -> np.ndarray:
            return tensors.get(f"{self.prefix}{part}_l{layer}", np.zeros(1))

        h = c = np.zeros(self.hidden)
        out = []
        for x_t in x:
            a = x_t @ named("weight_ih").T + named("bias_ih")
            r = h @ named("weight_hh").T + named("bias_hh")
            if self.cell == "vanilla":
                h = np.tanh(a + r)
            elif self.cell == "lstm":
                i, f, g, o = np.split(a + r, 4)
                c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
                h = _sigmoid(o) * np.tanh(c)
            else:
                (a_r, a_z, a_n), (r_r, r_z, r_n) = np.split(a, 3), np.split(r, 3)
                n = np.tanh(a_n + _sigmoid(a_r + r_r) * r_n)
                z = _sigmoid(a_z + r_z)
                h = (1 - z) * n + z * h
            out.append(h)
        return np.array(out)


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def our_scores(checkpoint: Checkpoint, ids: np.ndarray) -> np.ndarray:
    """Return (T, V) as our network has them."""
    configuration = checkpoint.configuration
    network = Network(configuration.architecture(len(checkpoint.tokens)), configuration.dtype)
    for name, view in network.parameters.items():
        view[...] = checkpoint.parameters[name]
    tape = network.new_tape(len(ids), 1)
    network.forward(ids[:, None], network.zero_state(1), tape)
    return tape.logits[:, 0].copy()
