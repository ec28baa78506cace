"""Loss and gradients against PyTorch's, in float64: run by hand where PyTorch is installed.

    python tests/comparisons/pytorch_gradients.py

Every cell, 1 to 3 layers, zero and carried states, several sizes; plain stacks run as one module
of PyTorch, stacks with residual connections or given dropout masks as one module a layer. Prints
the worst relative error of each cell and kind of stack, and fails where one exceeds 1e-9.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import nn

from rnnviz.core.architecture import Architecture
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.parameters import ParameterVector
from rnnviz.core.tape import NetworkTape, State

TOLERANCE = 1e-9
# T, B, H, vocabulary; U's gradient is found in another way for 300 tokens than for few.
SIZES = ((1, 1, 1, 2), (1, 4, 6, 300), (7, 3, 5, 11), (25, 4, 32, 60), (60, 2, 16, 300))
CELLS = (("vanilla", "tanh"), ("vanilla", "relu"), ("lstm", "tanh"), ("gru", "tanh"))
STACKS = ("plain", "residual", "dropout", "residual and dropout")
DROPOUT = 0.3
# The gates in the order of our blocks, and in the order of PyTorch's.
GATES = {"vanilla": ("h", "h"), "lstm": ("oifg", "ifgo"), "gru": ("rzn", "rzn")}


@dataclass
class Case:
    network: Network
    tape: NetworkTape
    inputs: np.ndarray
    targets: np.ndarray
    state: State


def draw(architecture: Architecture, shape: tuple[int, int], carried: bool, dropout: bool) -> Case:
    rng = np.random.default_rng(0)
    network = Network(architecture, np.float64)
    spread = 0.7 / np.sqrt(architecture.hidden_size)
    network.parameters.flat[:] = rng.normal(0, spread, network.parameters.size)
    state = network.zero_state(shape[1])
    if carried:
        for layer in state:
            for array in layer.values():
                array[...] = rng.normal(0, 0.5, array.shape)
    tape = network.new_tape(*shape)
    if dropout:
        for index in range(architecture.num_layers - 1):
            kept = rng.random((*shape, architecture.hidden_size)) >= DROPOUT
            tape.dropout_masks[index] = kept / (1 - DROPOUT)
    inputs, targets = rng.integers(0, architecture.vocab_size, (2, *shape))
    return Case(network, tape, inputs, targets, state)


def reordered(array: np.ndarray, order: str, wanted: str) -> np.ndarray:
    """Put the blocks of the last axis, one a gate in `order`, into the order `wanted`."""
    blocks = dict(zip(order, np.split(array, len(order), axis=-1), strict=True))
    return np.concatenate([blocks[gate] for gate in wanted], axis=-1)


class Twin:
    """The same network in PyTorch."""

    def __init__(self, architecture: Architecture, one_module: bool) -> None:
        self.architecture = architecture
        self.ours, self.theirs = GATES[architecture.cell]
        vocab_size, hidden_size = architecture.vocab_size, architecture.hidden_size
        depth = architecture.num_layers
        if one_module:
            self.modules = [self.recurrent(vocab_size, depth)]
        else:
            widths = [vocab_size] + [hidden_size] * (depth - 1)
            self.modules = [self.recurrent(width, 1) for width in widths]
        self.output = nn.Linear(hidden_size, vocab_size, dtype=torch.float64)

    def recurrent(self, input_size: int, num_layers: int) -> nn.RNNBase:
        sizes = (input_size, self.architecture.hidden_size, num_layers)
        if self.architecture.cell == "lstm":
            return nn.LSTM(*sizes, dtype=torch.float64)
        if self.architecture.cell == "gru":
            return nn.GRU(*sizes, dtype=torch.float64)
        return nn.RNN(*sizes, nonlinearity=self.architecture.activation, dtype=torch.float64)

    def weights(self, kind: str, number: int) -> nn.Parameter:
        """Return PyTorch's ``weight_ih``, ``bias_hh`` and so on of the layer of our number."""
        if len(self.modules) == 1:
            return getattr(self.modules[0], f"{kind}_l{number - 1}")
        return getattr(self.modules[number - 1], f"{kind}_l0")

    def load(self, parameters: ParameterVector) -> None:
        hidden_size = self.architecture.hidden_size
        with torch.no_grad():
            for number in range(1, self.architecture.num_layers + 1):
                for ours, theirs in (("U", "weight_ih"), ("W", "weight_hh"), ("b", "bias_ih")):
                    values = reordered(parameters[f"{ours}{number}"], self.ours, self.theirs)
                    self.weights(theirs, number).copy_(torch.tensor(values.T))
                second_bias = self.weights("bias_hh", number)
                second_bias.zero_()
                if self.architecture.cell == "gru":
                    second_bias[-hidden_size:] = torch.tensor(parameters[f"d{number}"])
            self.output.weight.copy_(torch.tensor(parameters["V"].T))
            self.output.bias.copy_(torch.tensor(parameters["c"]))

    def loss(self, case: Case) -> torch.Tensor:
        """Sum over the steps, average over the streams."""
        inputs = torch.tensor(case.inputs)
        x = nn.functional.one_hot(inputs, self.architecture.vocab_size).double()
        if len(self.modules) == 1:
            y, _ = self.modules[0](x, self.start(case.state))
        else:
            y = self.layer_by_layer(x, case)
        logits = self.output(y).flatten(0, 1)
        targets = torch.tensor(case.targets).flatten()
        total = nn.functional.cross_entropy(logits, targets, reduction="sum")
        return total / case.inputs.shape[1]

    def layer_by_layer(self, x: torch.Tensor, case: Case) -> torch.Tensor:
        y = x
        for index, module in enumerate(self.modules):
            mask = case.tape.dropout_masks[index - 1] if index > 0 else None
            x = y if mask is None else y * torch.tensor(mask)
            h, _ = module(x, self.start(case.state[index : index + 1]))
            y = h + x if self.architecture.residual and index > 0 else h
        return y

    def start(self, state: State) -> torch.Tensor | tuple[torch.Tensor, ...]:
        stacked = [
            torch.tensor(np.stack([layer[name] for layer in state])) for name in sorted(state[0])
        ]
        if self.architecture.cell == "lstm":
            c, h = stacked
            return h, c
        return stacked[0]

    def gradients(self) -> dict[str, np.ndarray]:
        """Return every gradient by our names and in our layout."""
        hidden_size = self.architecture.hidden_size
        gradients = {"V": self.output.weight.grad.numpy().T, "c": self.output.bias.grad.numpy()}
        for number in range(1, self.architecture.num_layers + 1):
            for ours, theirs in (("U", "weight_ih"), ("W", "weight_hh"), ("b", "bias_ih")):
                values = self.weights(theirs, number).grad.numpy().T
                gradients[f"{ours}{number}"] = reordered(values, self.theirs, self.ours)
            if self.architecture.cell == "gru":
                d = self.weights("bias_hh", number).grad.numpy()[-hidden_size:]
                gradients[f"d{number}"] = d
        return gradients


def relative_error(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the difference's norm over PyTorch's; 0 where both vanish."""
    difference, norm = np.linalg.norm(ours - theirs), np.linalg.norm(theirs)
    return float(difference / norm) if difference else 0.0


def worst_error(case: Case) -> tuple[float, str]:
    """Return the largest relative error of the loss and the gradients, and whose it is."""
    network, tape = case.network, case.tape
    network.forward(case.inputs, case.state, tape)
    loss = cross_entropy(tape.logits, case.targets, tape.d_logits)
    gradients = network.parameters.zeros_like()
    network.backward(tape, gradients)

    architecture = network.architecture
    dropout = any(mask is not None for mask in tape.dropout_masks)
    twin = Twin(architecture, one_module=not (architecture.residual or dropout))
    twin.load(network.parameters)
    their_loss = twin.loss(case)
    their_loss.backward()
    theirs = twin.gradients()
    if theirs.keys() != set(gradients):
        raise ValueError(f"{set(gradients) ^ theirs.keys()} in one network only")
    errors = {name: relative_error(gradients[name], theirs[name]) for name in gradients}
    errors["loss"] = relative_error(np.array(loss), their_loss.detach().numpy())
    name = max(errors, key=errors.__getitem__)
    return errors[name], name


def describe(architecture: Architecture, shape: tuple[int, int], carried: bool, name: str) -> str:
    sizes = f"T={shape[0]} B={shape[1]} H={architecture.hidden_size} V={architecture.vocab_size}"
    start = "carried" if carried else "zero"
    return f"{name}, {sizes}, {architecture.num_layers} layers, {start} state"


def main() -> int:
    print(f"PyTorch {torch.__version__}, NumPy {np.__version__}")
    print(f"{'cell':<14}{'stack':<22}{'compared':>9}{'worst error':>13}  at")
    failed = False
    for (cell, activation), stack in product(CELLS, STACKS):
        results = []
        for (*shape, hidden_size, vocab_size), depth, carried in product(
            SIZES, (1, 2, 3), (False, True)
        ):
            if stack != "plain" and depth == 1:
                continue
            architecture = Architecture(
                vocab_size, hidden_size, depth, cell, activation, residual="residual" in stack
            )
            window = (shape[0], shape[1])
            error, name = worst_error(draw(architecture, window, carried, "dropout" in stack))
            results.append((error, describe(architecture, window, carried, name)))
        error, where = max(results)
        failed |= not error <= TOLERANCE
        title = f"{cell} {activation}" if cell == "vanilla" else cell
        print(f"{title:<14}{stack:<22}{len(results):>9}{error:>13.1e}  {where}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
