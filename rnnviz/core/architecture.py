"""The sizes and kinds that decide what a network is, before there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rnnviz.core.cells import CELLS, Cell
from rnnviz.core.parameters import Shape


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes and kinds that decide a network's parameters.

    Attributes
    ----------
    vocab_size, hidden_size, num_layers
        Sizes; every layer has `hidden_size` units. Where numbers are read, `vocab_size` is how many
        of them a time step has.
    cell
        A key of ``rnnviz.core.cells.CELLS``.
    activation
        A key of ``rnnviz.core.activations.ACTIVATIONS``.
    residual
        Whether each layer from the second on adds what it reads to what it hands upwards.
    num_outputs
        How many numbers it puts out at a time step, where these are not one for each token that it
        reads: the classes of a task, or what is to be estimated.
    reads_numbers
        Whether it reads numbers instead of tokens.
    """

    vocab_size: int
    hidden_size: int
    num_layers: int = 1
    cell: str = "vanilla"
    activation: str = "tanh"
    residual: bool = False
    num_outputs: int | None = None
    reads_numbers: bool = False

    @property
    def output_size(self) -> int:
        """How many numbers it puts out at every time step."""
        return self.vocab_size if self.num_outputs is None else self.num_outputs

    @property
    def kind(self) -> type[Cell]:
        """The cell, as the registry has it."""
        return CELLS[self.cell]

    def make_cells(self) -> tuple[Cell, ...]:
        """Return one cell a layer."""
        return tuple(self.kind(self.hidden_size, self.activation) for _ in range(self.num_layers))

    def state_labels(self) -> tuple[str, ...]:
        """Every state of every layer: ``h1, h2``, and then ``c1, c2`` for an LSTM of two."""
        names = self.kind.state_names()
        return tuple(f"{name}{n}" for name in names for n in range(1, self.num_layers + 1))

    def parameter_shapes(self) -> dict[str, Shape]:
        """Name and shape of every parameter, in the flat vector's order.

        ``U1, b1, W1`` belong to the first layer, ``U2, b2, W2`` to the second, by the letters that
        the cell declares; ``V`` and ``c`` to the output. Matrices are stored transposed: rows are
        inputs, columns are outputs.
        """
        shapes: dict[str, Shape] = {}
        input_size = self.vocab_size
        for number, cell in enumerate(self.make_cells(), start=1):
            for letter, shape in cell.layer_shapes(input_size).items():
                shapes[f"{letter}{number}"] = shape
            input_size = self.hidden_size
        shapes["V"] = (self.hidden_size, self.output_size)
        shapes["c"] = (self.output_size,)
        return shapes

    def parameter_count(self) -> int:
        """How many numbers such a network learns."""
        return sum(math.prod(shape) for shape in self.parameter_shapes().values())

    def within(self, budget: int) -> Architecture | None:
        """Return this architecture at the largest hidden size that needs no more parameters.

        None where even one hidden unit needs more than `budget`.
        """
        one = replace(self, hidden_size=1).parameter_count()
        if one > budget:
            return None
        # The count is a quadratic in the hidden size, with no negative coefficient.
        two, none = replace(self, hidden_size=2).parameter_count(), self.output_size
        square = (two - 2 * one + none) // 2
        linear = one - none - square
        root = math.isqrt(linear**2 + 4 * square * (budget - none))
        return replace(self, hidden_size=(root - linear) // (2 * square))
