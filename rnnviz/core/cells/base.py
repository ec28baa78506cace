"""The interface between a network and its recurrent layers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.cells.declaration import (
    BIAS,
    HIDDEN,
    INPUT,
    OUTPUT_ROLES,
    RECURRENT,
    GateSpec,
    ParameterSpec,
    Role,
    StateSpec,
    check_names,
    check_parameters,
    check_shown,
)
from rnnviz.core.cells.layer_tape import LayerTape
from rnnviz.core.cells.lines import Lines
from rnnviz.core.parameters import Array, Shape

WHOLE_WINDOW = slice(None)


class Cell(ABC):
    """One recurrent layer: pure recurrence, forward and backward, on a tape.

    The network owns the input side (``U x_t + b`` for the whole window at once, and its
    gradients); a cell owns what must be sequential. A new cell is one file here and one line in
    the registry ``rnnviz.core.cells.CELLS``: what files, panels and words need to know of it, it
    declares.

    Parameters
    ----------
    hidden_size
        H.
    activation
        The name of an activation, for the cells that let one choose.

    Attributes
    ----------
    name, title
        What configurations and files call it, and what people do.
    states
        What is carried from window to window; the first is the hidden state, which the layer above
        reads.
    gates
        What is shown of its gates, in the order in which people name them, and files have them.
    blocks
        The blocks of H columns of its pre-activation, in their order: those of `U` and `b`.
    parameters
        ``U`` and ``b``, and then those of the recurrence.
    arrays_a_step
        How many arrays (B, H) its tape holds for every step.
    ungated
        Whether it has no gates; its `activation` can then be chosen.
    adds_the_products
        Whether its only recurrent parameter is a matrix with all blocks, whose product with
        h_{t-1} is just added to ``U x_t + b``, so that both have the same gradient.
    uses_forget_bias
        Whether `initial_bias` heeds what it is given.
    way_back
        What there is to say of the gradient's way back through it; may be empty.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    arrays_a_step: ClassVar[int]
    states: ClassVar[tuple[StateSpec, ...]] = (HIDDEN,)
    gates: ClassVar[tuple[GateSpec, ...]] = ()
    blocks: ClassVar[tuple[str, ...]] = ("h",)
    parameters: ClassVar[tuple[ParameterSpec, ...]] = (INPUT, BIAS, RECURRENT)
    ungated: ClassVar[bool] = False
    adds_the_products: ClassVar[bool] = True
    uses_forget_bias: ClassVar[bool] = False
    way_back: ClassVar[str] = ""

    def __init__(self, hidden_size: int, activation: str) -> None:
        self.hidden_size = hidden_size
        self.activation = activation

    @classmethod
    def checked(cls) -> type[Self]:
        """Return the cell, once what it declares is known to fit together.

        Raises
        ------
        ValueError
            Where two of its states, gates or parameters, or two tensors in a file, would have the
            same name, or a parameter could not be what it is said to be.
        """
        what = f"the cell {cls.name!r}"
        shown = [state.name for state in cls.states] + [gate.name for gate in cls.gates]
        check_shown(what, shown)
        check_names(f"{what}, its blocks", cls.blocks)
        check_parameters(what, cls.parameters, cls.blocks)
        recurrent = [(one.role, one.blocks) for one in cls.parameters if one.is_recurrent]
        if cls.adds_the_products and recurrent != [("recurrent", ())]:
            raise ValueError(f"{what} has more to add than one product: adds_the_products is False")
        return cls

    @classmethod
    def state_names(cls) -> tuple[str, ...]:
        """Return the names of its states; the first is the hidden state's."""
        return tuple(state.name for state in cls.states)

    @classmethod
    def blocks_in_files(cls) -> tuple[str, ...]:
        """Return the blocks in the order of model files: the gates' own, which is PyTorch's."""
        gates = [gate.name for gate in cls.gates if gate.name in cls.blocks]
        return (*gates, *(block for block in cls.blocks if block not in gates))

    @classmethod
    def recurrent_matrices(cls) -> dict[str, tuple[str, ...]]:
        """Return the recurrent matrices by letter, each with its blocks of H columns."""
        return {
            one.letter: one.blocks or cls.blocks
            for one in cls.parameters
            if one.role == "recurrent"
        }

    @classmethod
    def square_matrix(cls) -> str | None:
        """Return the letter of its only recurrent matrix, where that is square; else None."""
        matrices = cls.recurrent_matrices()
        letter, blocks = next(iter(matrices.items()))
        return letter if len(matrices) == len(blocks) == 1 else None

    @classmethod
    def roles(cls) -> dict[str, Role]:
        """Return by letter what each parameter of its network does, the output's too."""
        return {one.letter: one.role for one in cls.parameters} | OUTPUT_ROLES

    def layer_shapes(self, input_size: int) -> dict[str, Shape]:
        """Letter and shape of a layer's parameters, in the order of the network's vector.

        Parameters
        ----------
        input_size
            How many numbers the layer reads at a step.
        """
        rows = {"input": (input_size,), "recurrent": (self.hidden_size,)}
        return {
            one.letter: (
                *rows.get(one.role, ()),
                len(one.blocks or self.blocks) * self.hidden_size,
            )
            for one in self.parameters
        }

    def recurrent_shapes(self) -> dict[str, Shape]:
        """Letter and shape of the recurrent parameters: ``W`` (H, G*H), and what a cell adds.

        Matrices among them begin as the initialisation scheme says of recurrent ones, vectors at
        zero.
        """
        shapes = self.layer_shapes(0)
        return {one.letter: shapes[one.letter] for one in self.parameters if one.is_recurrent}

    def initial_bias(self, forget_bias: float) -> Array:
        """Return what the input's bias `b` (G*H,) begins with: zeros.

        Parameters
        ----------
        forget_bias
            What a forget gate's bias begins with, in the cells that have one.
        """
        return np.zeros(len(self.blocks) * self.hidden_size)

    @abstractmethod
    def new_tape(
        self, sequence_length: int, batch_size: int, dtype: DTypeLike, at_once: int | None = None
    ) -> LayerTape:
        """Make the buffers for windows of T steps of B streams.

        Parameters
        ----------
        sequence_length, batch_size, dtype
            T, B, and the type of all numbers.
        at_once
            For how many steps there is room for ``U x + b``: who writes and reads a few at a time
            has them in the cache. None for all.
        """

    def prepare(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Copy the weights onto the tape in the scale and the layout that `forward` reads.

        So it is for one matrix `W` with all blocks; a cell with others overrides this, and
        `recurrent_gradients`.
        """
        tape.products.prepare(parameters["W"])

    @abstractmethod
    def forward(self, tape: LayerTape, steps: slice = WHOLE_WINDOW) -> None:
        """Fill `tape.states` from index 1 on, given index 0 and `tape.projected`.

        It reads the weights that `prepare` has put there.

        Parameters
        ----------
        tape
            Made by `new_tape`.
        steps
            Which time steps, where it is not the whole window: of those that are projected at once
            some that lie side by side. Who writes does one at a time.
        """

    @abstractmethod
    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Complete `tape.d_states` and fill `tape.d_projection`, from the last step to the first.

        Nothing is clipped here: these are the true gradients.
        """

    @abstractmethod
    def jacobian(
        self, parameters: Mapping[str, Array], tape: LayerTape, step: int, stream: int = 0
    ) -> Array:
        """Return how one step of one stream changes the state with the state before it.

        Parameters
        ----------
        parameters
            By the names of `recurrent_shapes`; those of the forward pass.
        tape
            After `forward`.
        step, stream
            Which time step, from 0, of which stream.

        Returns
        -------
        Array
            (S, S), in columns as the textbook writes it: entry i, j is the derivative of entry i
            of the state after the step by entry j of the state before it, the input held fixed.
            The states follow each other in the order of `states`, S = H times their number.
        """

    @abstractmethod
    def step(self, parameters: Mapping[str, Array], x: Array, before: Mapping[str, Array]) -> Lines:
        """Compute one time step as the textbook writes it: slowly, and every value by name.

        Nothing is kept or overwritten. `forward` does the same for a whole window, fast, and is
        held against it.

        Parameters
        ----------
        parameters
            By letter, in the shapes of `layer_shapes`.
        x
            (B, n): what the layer reads; a token is a one-hot row.
        before
            By name the states (B, H) before the step.

        Returns
        -------
        Lines
            Among them the states after the step, by their names.
        """

    @abstractmethod
    def step_back(
        self,
        parameters: Mapping[str, Array],
        before: Mapping[str, Array],
        step: Mapping[str, Array],
        arriving: Lines,
    ) -> Lines:
        """Compute one time step backward as the textbook writes it, every gradient by name.

        Parameters
        ----------
        parameters, before
            As `step` was given them.
        step
            What `step` returned, and under ``x`` what it read.
        arriving
            (B, H) each: ``dh_above``, the part of dL/dh_t that the losses, or the next layer, send,
            and ``dh_later`` and so on, the parts that step t+1 sends.

        Returns
        -------
        Lines
            What arrives; then among others the gradient of each state (``dh`` and so on), which is
            what arrives there and what other states of the same step send; ``dx`` (B, n), what goes
            to step t-1 (``dh_before`` and so on), and what the step adds to the gradient of each
            parameter (``dU`` and so on, in their shapes).
        """

    def by_block(self, parameters: Mapping[str, Array], letter: str) -> dict[str, Array]:
        """View the blocks of H columns of a parameter that has all of the cell's."""
        parts = np.split(parameters[letter], len(self.blocks), axis=-1)
        return dict(zip(self.blocks, parts, strict=True))

    def gate_activations(self, tape: LayerTape) -> Mapping[str, Array]:
        """Return what the gates came to, by their names: views (T, B, H), not to be written to.

        In the order of `gates`; empty for a cell without any.

        Parameters
        ----------
        tape
            After `forward`.
        """
        return {}

    def recurrent_gradients(self, tape: LayerTape, gradients: Mapping[str, Array]) -> None:
        """Write the recurrent parameters' gradients: ``dW = sum_t h_{t-1}^T da_t``.

        This is right where ``W h_{t-1}`` is just added to ``U x_t + b``. A cell in which something
        comes between (the GRU's reset gate scales ``W_n h_{t-1}`` before the sum) overrides it.

        Parameters
        ----------
        tape
            After `backward`.
        gradients
            By the names of `recurrent_shapes`; overwritten.
        """
        np.matmul(tape.hidden_before_rows.T, tape.d_projection_rows, out=gradients["W"])
