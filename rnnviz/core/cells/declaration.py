"""What a cell declares of itself: files, panels and words ask for it, and know no cell by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["input", "bias", "recurrent", "recurrent bias", "output", "output bias"]
"""What a parameter does: reads, is added, carries from step to step, or makes the output."""

OUTPUT_ROLES: dict[str, Role] = {"V": "output", "c": "output bias"}
"""The letters of what comes after the last layer; no cell has a parameter of these."""


@dataclass(frozen=True, slots=True)
class StateSpec:
    """An array (B, H) that a layer carries from step to step.

    Attributes
    ----------
    name
        What equations, files and panels call it.
    title
        What people call it, before its name.
    is_bounded
        Whether it stays between -1 and 1. The cell reads one that does not through a tanh, whose
        flat ends are then shown instead. Of the first state, `Cell.ungated` decides.
    """

    name: str
    title: str
    is_bounded: bool = True

    @property
    def words(self) -> str:
        """Title and name: ``hidden state h``."""
        return f"{self.title} {self.name}"

    @property
    def squashed(self) -> str:
        """What of it has flat ends: itself, or ``tanh(c)``."""
        return self.name if self.is_bounded else f"tanh({self.name})"

    @property
    def words_squashed(self) -> str:
        """The same in words: ``cell state as tanh(c)``."""
        return self.words if self.is_bounded else f"{self.title} as {self.squashed}"


@dataclass(frozen=True, slots=True)
class GateSpec:
    """A gate, or the candidate that gates let in.

    Attributes
    ----------
    name, title
        As in a `StateSpec`.
    is_sigmoid
        Whether it lies between 0 and 1, and not between -1 and 1.
    """

    name: str
    title: str
    is_sigmoid: bool = True

    @property
    def words(self) -> str:
        """Title and name: ``input gate i``."""
        return f"{self.title} {self.name}"


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """A parameter of each of a cell's layers.

    Attributes
    ----------
    letter
        Its name without the layer's number.
    role
        What it does; a matrix, or a vector if a bias.
    tensor
        What model files call it, without the layer: ``weight_ih`` for ``rnn.weight_ih_l0``.
    blocks
        Which blocks of H columns it has, in their order; all of the cell's, if empty.
    tensor_blocks
        Which blocks the file's tensor has, where these are not the same: zeros fill the others.
    second_tensor
        A bias of PyTorch's that is added to this one, and that need not be ours.
    """

    letter: str
    role: Role
    tensor: str
    blocks: tuple[str, ...] = ()
    tensor_blocks: tuple[str, ...] = ()
    second_tensor: str = ""

    @property
    def is_matrix(self) -> bool:
        """Whether it is a matrix, and no bias."""
        return not is_bias(self.role)

    @property
    def is_recurrent(self) -> bool:
        """Whether it works on the state before, and not on the input."""
        return self.role in ("recurrent", "recurrent bias")


def is_bias(role: Role) -> bool:
    """Tell whether a parameter of this role is a vector that is added."""
    return role.endswith("bias")


HIDDEN = StateSpec("h", "hidden state")
INPUT = ParameterSpec("U", "input", "weight_ih")
BIAS = ParameterSpec("b", "bias", "bias_ih", second_tensor="bias_hh")
RECURRENT = ParameterSpec("W", "recurrent", "weight_hh")


OF_EVERY_LAYER = {
    "x": "what a layer reads",
    "m": "the mask of dropout",
    "u": "what a layer of a residual stack hands up",
}
"""What equations call what is so in any cell; no cell has a state or a gate of these names."""


def check_shown(what: str, names: Sequence[str]) -> None:
    """Refuse states and gates that could not be told apart, or from what every layer has.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    check_names(f"{what}, its states and gates", names)
    for name in names:
        if name in OF_EVERY_LAYER:
            raise ValueError(f"{what}: {name!r} is {OF_EVERY_LAYER[name]}, in every cell")


def check_names(what: str, names: Sequence[str]) -> None:
    """Refuse names that could not be told apart, alone or with a layer's number behind them.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    for name in names:
        if not name or name[-1].isdigit():
            raise ValueError(f"{what}: the name {name!r} is empty or ends with a digit")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what}: two have the name {twice[0]!r}")


def check_parameters(what: str, parameters: Sequence[ParameterSpec], blocks: Sequence[str]) -> None:
    """Refuse parameters that would get into each other's way, in the network or in a file.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    letters = [one.letter for one in parameters]
    check_names(f"{what}, its parameters", letters)
    biases = [one.tensor for one in parameters if not one.is_matrix]
    seconds = [one.second_tensor for one in parameters if one.second_tensor not in ("", *biases)]
    check_names(f"{what}, its names in files", [*(one.tensor for one in parameters), *seconds])
    if [(one.letter, one.role) for one in parameters[:2]] != [("U", "input"), ("b", "bias")]:
        raise ValueError(f"{what}: U and b, by which the network reads the input, come first")
    for one in parameters:
        if one.letter in OUTPUT_ROLES or (one.role in OUTPUT_ROLES.values()):
            raise ValueError(f"{what}: {one.letter!r} belongs to the output")
        own = one.blocks or tuple(blocks)
        if not {*own} <= {*blocks} or not {*own} <= {*(one.tensor_blocks or own)}:
            raise ValueError(f"{what}: {one.letter!r} has a block that is not there")
