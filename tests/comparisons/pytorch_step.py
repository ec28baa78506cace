"""One step's record against PyTorch's autograd, clipping and optimisers, in float64: run by hand.

    python tests/comparisons/pytorch_step.py

PyTorch reads the same window with its own cells, one time step after the other, from leaves that
are our parameters; every use of a parameter and every state is kept with its gradient, so that the
parts of each are there as well. Compared are all states, outputs, probabilities and losses; of each
h_t (and c_t) the gradient and its two parts; what each time step adds to every gradient, the
gradients, their norm, what clipping leaves, the optimiser's slots, the new weights, and the loss
that they have. Every cell, 1 to 3 layers, plain and residual, with dropout masks, one stream and
several, tokens and numbers, windows asked at every step and at the last ones, the five optimisers
and the clip modes. Prints the worst relative error of each cell and optimiser, and fails where one
exceeds 1e-9.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import torch
from pytorch_gradients import CELLS, GATES, relative_error, reordered
from torch import nn
from torch.func import functional_call

from rnnviz.core.architecture import Architecture
from rnnviz.core.clipping import CLIP_MODES
from rnnviz.core.network import Network
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.core.parameters import layer_of, letter_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.diagnostics.one_step.subject import StepSubject

TOLERANCE = 1e-9
RATE, MOMENTUM, UPDATES_DONE, THRESHOLD = 0.05, 0.9, 7, 0.3
# T, steps that are asked, B, H, what is read, layers.
SHAPES = ((4, 4, 1, 3, 4, 1), (6, 2, 3, 5, 7, 2), (5, 5, 2, 4, 6, 3), (12, 12, 1, 20, 30, 1))
# Residual, dropout, numbers read and put out.
WAYS = ((False, False, False), (True, True, False), (False, True, True))
# Our slots, as PyTorch's optimisers call them.
SLOTS = {
    "sgd": {},
    "momentum": {"velocity": "momentum_buffer"},
    "adagrad": {"sum": "sum"},
    "rmsprop": {"mean_square": "square_avg"},
    "adam": {"mean": "exp_avg", "mean_square": "exp_avg_sq"},
}
Shape = tuple[int, int, int, int, int, int]
Way = tuple[bool, bool, bool]
Errors = Mapping[str, float]


def draw(
    cell: tuple[str, str], shape: Shape, way: Way, clip_mode: str, optimizer: str
) -> StepSubject:
    """Draw a network between two steps, its window, its state, its masks and its slots."""
    rng = np.random.default_rng(0)
    length, asked, batch, hidden, vocab, layers = shape
    residual, dropout, numbers = way
    architecture = Architecture(
        *(vocab, hidden, layers, *cell),
        residual=residual,
        num_outputs=2 if numbers else None,
        reads_numbers=numbers,
    )
    network = Network(architecture, np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.7 / np.sqrt(hidden), network.parameters.size)
    state = network.zero_state(batch)
    for layer in state:
        for array in layer.values():
            array[...] = rng.normal(0, 0.5, array.shape)
    inputs = rng.integers(0, vocab, (length, batch))
    targets = rng.integers(0, architecture.output_size, (asked, batch))
    kept = rng.random((layers - 1, length, batch, hidden)) >= 0.3
    return StepSubject(
        step=UPDATES_DONE,
        title="A window",
        level="character",
        network=network,
        inputs=rng.normal(size=(length, batch, vocab)) if numbers else inputs,
        targets=rng.normal(size=(asked, batch, 2)) if numbers else targets,
        state=state,
        masks=list(kept / 0.7) if dropout else (),
        loss="squared_error" if numbers else "cross_entropy",
        learning_rate=RATE,
        clip_mode=clip_mode,  # type: ignore[arg-type]
        clip_threshold=THRESHOLD / 10 if clip_mode == "value" else THRESHOLD,
        optimizer=optimizer,
        momentum=MOMENTUM,
        updates_done=UPDATES_DONE,
        slots={
            slot: {name: rng.random(array.shape) for name, array in network.parameters.items()}
            for slot in OPTIMIZERS[optimizer].slot_names
        },
        tokens=("",) * vocab,
        answers=("",) * architecture.output_size,
    )


class Twin:
    """The same step in PyTorch."""

    def __init__(self, subject: StepSubject) -> None:
        self.subject = subject
        self.architecture = subject.network.architecture
        self.ours, self.theirs = GATES[self.architecture.cell]
        self.leaves = {
            name: torch.tensor(self.to_theirs(name, array), requires_grad=True)
            for name, array in subject.network.parameters.items()
        }
        # What was made on the way, by name and time step, with its gradient.
        self.kept: dict[tuple[str, int], torch.Tensor] = {}

    def to_theirs(self, name: str, array: np.ndarray) -> np.ndarray:
        """Return what has a parameter's shape in PyTorch's layout and order of gates."""
        in_order = reordered(array, self.ours, self.theirs) if self.has_gates(name) else array
        return np.ascontiguousarray(in_order.T)

    def to_ours(self, name: str, tensor: torch.Tensor) -> np.ndarray:
        array = tensor.detach().numpy().T
        return reordered(array, self.theirs, self.ours) if self.has_gates(name) else array

    def has_gates(self, name: str) -> bool:
        return layer_of(name) is not None and letter_of(name) != "d"

    def keep(self, name: str, t: int, tensor: torch.Tensor) -> torch.Tensor:
        if tensor.requires_grad:
            tensor.retain_grad()
        self.kept[name, t] = tensor
        return tensor

    def part(self, name: str, t: int, tensor: torch.Tensor) -> torch.Tensor:
        """Return the same values once more, to see what comes back on this way alone."""
        return self.keep(name, t, tensor.clone())

    def cell(self) -> nn.RNNCellBase:
        size, kind = self.architecture.hidden_size, self.architecture.cell
        if kind == "vanilla":
            return nn.RNNCell(1, size, nonlinearity=self.architecture.activation)
        return {"lstm": nn.LSTMCell, "gru": nn.GRUCell}[kind](1, size)

    def forward(self) -> torch.Tensor:
        """Read the window step by step, and return its loss."""
        subject = self.subject
        state = [{n: torch.tensor(a) for n, a in layer.items()} for layer in subject.state]
        total = torch.zeros((), dtype=torch.float64)
        for t, read in enumerate(subject.inputs):
            x = torch.tensor(read)
            if not self.architecture.reads_numbers:
                x = nn.functional.one_hot(x, self.architecture.vocab_size).double()
            for number, layer in enumerate(state, start=1):
                x = self.keep(f"x{number}", t, x)
                y = self.step(number, t, x, layer)
                if self.architecture.residual and number > 1:
                    y = y + x
                x = y
                if number <= len(subject.masks):
                    x = torch.tensor(subject.masks[number - 1][t]) * y
            V, c = (self.part(f"{name}_from_t", t, self.leaves[name]) for name in "Vc")
            o = self.keep("o", t, y @ V.T + c)
            total = total + self.loss(t, o)
        return total

    def step(
        self, number: int, t: int, x: torch.Tensor, state: dict[str, torch.Tensor]
    ) -> torch.Tensor:
        """Do one time step of one layer; return what goes up, and renew its state."""
        used = {
            letter_of(name): self.part(f"{name}_from_t", t, leaf)
            for name, leaf in self.leaves.items()
            if layer_of(name) == number
        }
        second = torch.zeros_like(used["b"])
        if "d" in used:
            second = torch.cat((second[: -len(used["d"])], used["d"]))
        weights = dict(
            zip(
                ("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
                (used["U"], used["W"], used["b"], second),
                strict=True,
            )
        )
        # An LSTM's state is the pair (h, c).
        before = tuple(state.values()) if len(state) > 1 else state["h"]
        after = functional_call(self.cell(), weights, (x, before))
        found = dict(zip(state, after if len(state) > 1 else (after,), strict=True))
        for name, tensor in found.items():
            self.keep(f"{name}{number}", t, tensor)
            state[name] = self.part(f"{name}{number}_later", t, tensor)
        return self.part(f"h{number}_above", t, found["h"])

    def loss(self, t: int, o: torch.Tensor) -> torch.Tensor:
        place = t - (self.subject.first_asked - 1)
        if place < 0:
            return torch.zeros((), dtype=torch.float64)
        target = torch.tensor(self.subject.targets[place])
        if self.subject.loss == "squared_error":
            each = ((o - target) ** 2).sum(dim=-1)
        else:
            self.keep("p", t, torch.softmax(o, dim=-1))
            each = nn.functional.cross_entropy(o, target, reduction="none")
        self.keep("L", t, each)
        return each.mean()

    def clip(self) -> float:
        """Clip the leaves' gradients, and return their norm before that."""
        leaves, threshold = list(self.leaves.values()), self.subject.clip_threshold
        limit = threshold if self.subject.clip_mode == "norm" else np.inf
        # PyTorch adds 1e-6 to the norm that it divides by: the factor is taken from the norm here.
        norm = float(nn.utils.get_total_norm([leaf.grad for leaf in leaves]))
        if norm > limit:
            for leaf in leaves:
                leaf.grad *= limit / norm
        if self.subject.clip_mode == "value":
            nn.utils.clip_grad_value_(leaves, threshold)
        return norm

    def optimizer(self) -> torch.optim.Optimizer:
        """Return an optimiser that has done as many updates, and remembers the same."""
        leaves = list(self.leaves.values())
        optimizer = {
            "sgd": lambda: torch.optim.SGD(leaves, RATE),
            "momentum": lambda: torch.optim.SGD(leaves, RATE, momentum=MOMENTUM),
            "adagrad": lambda: torch.optim.Adagrad(leaves, RATE, eps=0.0),
            "rmsprop": lambda: torch.optim.RMSprop(leaves, RATE, alpha=0.95, eps=1e-8),
            "adam": lambda: torch.optim.Adam(leaves, RATE, betas=(0.9, 0.999), eps=1e-8),
        }[self.subject.optimizer]()
        for name, leaf in self.leaves.items():
            remembered = optimizer.state[leaf]
            for ours, theirs in SLOTS[self.subject.optimizer].items():
                slot = self.subject.slots[ours][name]
                remembered[theirs] = torch.tensor(self.to_theirs(name, slot))
            if self.subject.optimizer in ("adagrad", "rmsprop", "adam"):
                remembered["step"] = torch.tensor(float(UPDATES_DONE))
        return optimizer

    def compare(self, record: StepRecord) -> Errors:
        """Take the step, and return the largest relative error of each kind of number."""
        errors: dict[str, float] = defaultdict(float)

        def hold(name: str, ours: object, theirs: object) -> None:
            if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
                raise ValueError(f"{name} is not finite")
            errors[name] = max(errors[name], relative_error(np.asarray(ours), np.asarray(theirs)))

        loss = self.forward()
        loss.backward()
        hold("loss", record.loss, loss.item())
        for name, ours, theirs in self.on_the_way(record):
            hold(name, ours, theirs)
        for name, leaf in self.leaves.items():
            hold("gradient", record.gradients[name], self.to_ours(name, leaf.grad))
        hold("norm", record.clipping["norm"], self.clip())
        for name, leaf in self.leaves.items():
            hold("clipped gradient", record.clipped[name], self.to_ours(name, leaf.grad))
        optimizer = self.optimizer()
        optimizer.step()
        for name, leaf in self.leaves.items():
            hold("new weights", record.updates[name]["new"], self.to_ours(name, leaf))
            for ours, theirs in SLOTS[self.subject.optimizer].items():
                slot = self.to_ours(name, optimizer.state[leaf][theirs])
                hold(f"slot {ours}", record.updates[name][ours], slot)
        hold("loss afterwards", record.loss_after, self.forward().item())
        return errors

    def on_the_way(self, record: StepRecord) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Go through what is computed at each time step: its name, our value, PyTorch's."""
        for t, (step, back) in enumerate(zip(record.forward, record.backward, strict=True)):
            yield "o", step.output["o"], self.value("o", t)
            yield "do", back.output["do"], self.gradient("o", t)
            for name in record.losses[t]:
                yield name, record.losses[t][name], self.value(name, t)
            for letter in "Vc":
                added = self.to_ours(letter, self.came_back(f"{letter}_from_t", t))
                yield "what a step adds", back.output[f"d{letter}"], added
            for number, (lines, ways) in enumerate(
                zip(step.layers, back.layers, strict=True), start=1
            ):
                yield "x", lines["x"], self.value(f"x{number}", t)
                if number > 1 and not self.architecture.residual:
                    yield "dx", ways["dx"], self.gradient(f"x{number}", t)
                for name in step.before[number - 1]:
                    yield name, lines[name], self.value(f"{name}{number}", t)
                    yield f"d{name}", ways[f"d{name}"], self.gradient(f"{name}{number}", t)
                    later = self.gradient(f"{name}{number}_later", t)
                    yield f"d{name} from t+1", ways[f"d{name}_later"], later
                yield "dh from above", ways["dh_above"], self.gradient(f"h{number}_above", t)
                for spec in self.architecture.kind.parameters:
                    name = f"{spec.letter}{number}"
                    added = self.to_ours(name, self.came_back(f"{name}_from_t", t))
                    yield "what a step adds", ways[f"d{spec.letter}"], added

    def value(self, name: str, t: int) -> np.ndarray:
        return self.kept[name, t].detach().numpy()

    def came_back(self, name: str, t: int) -> torch.Tensor:
        """Return the gradient of what was kept: zeros where nothing came back."""
        kept = self.kept[name, t]
        return torch.zeros_like(kept) if kept.grad is None else kept.grad

    def gradient(self, name: str, t: int) -> np.ndarray:
        return self.came_back(name, t).numpy()


def main() -> int:
    print(f"PyTorch {torch.__version__}, NumPy {np.__version__}")
    print(f"{'cell':<14}{'optimiser':<11}{'compared':>9}{'worst error':>13}  of")
    failed, every = False, defaultdict(float)
    for (cell, activation), optimizer in product(CELLS, OPTIMIZERS):
        worst: dict[str, float] = defaultdict(float)
        cases = list(product(SHAPES, WAYS, CLIP_MODES))
        for shape, way, clip_mode in cases:
            subject = draw((cell, activation), shape, way, clip_mode, optimizer)
            for name, error in Twin(subject).compare(record_step(subject)).items():
                worst[name], every[name] = max(worst[name], error), max(every[name], error)
        name = max(worst, key=worst.__getitem__)
        failed |= not worst[name] <= TOLERANCE
        title = f"{cell} {activation}" if cell == "vanilla" else cell
        print(f"{title:<14}{optimizer:<11}{len(cases):>9}{worst[name]:>13.1e}  {name}")
    print("\nworst error of each:")
    for name, error in every.items():
        print(f"  {name:<20}{error:9.1e}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
