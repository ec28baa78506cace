"""The network as the textbook writes it: one time step after the other, every value by name.

Slow on purpose: nothing is gathered, blocked or reused, and nothing is kept beside what is
returned. ``Network`` does the same for a whole window at once and is held against it. With y_t the
output of the topmost layer::

    o_t = c + V y_t

The first layer reads the token, as a one-hot vector, or the numbers given. Each layer above reads
x_t = m_t * y_t of the layer below, m_t being a mask of dropout, and hands up y_t = h_t, or
y_t = h_t + x_t in a residual stack; the first layer always y_t = h_t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells.lines import Lines
from rnnviz.core.parameters import Array
from rnnviz.core.tape import Inputs, State

Masks = Sequence[Array | None]
"""The dropout masks (T, B, H) of all layers but the last; None, or too few, drop nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class TimeStep:
    """One time step forward.

    Attributes
    ----------
    before
        The states before it, one dict of (B, H) a layer.
    layers
        The lines of every layer, from the lowest: ``x``, what the cell computes, and ``y``.
    output
        ``o``, (B, n_out).
    """

    before: State
    layers: tuple[Lines, ...]
    output: Lines


@dataclass(frozen=True, slots=True, eq=False)
class TimeStepBack:
    """One time step backward.

    Attributes
    ----------
    output
        ``do``, what the step adds to dL/dV and dL/dc, and ``dy``, what goes down.
    layers
        The lines of every layer, from the lowest.
    """

    output: Lines
    layers: tuple[Lines, ...]


def forward(
    architecture: Architecture,
    parameters: Mapping[str, Array],
    inputs: Inputs,
    state: State,
    masks: Masks = (),
) -> list[TimeStep]:
    """Read a window.

    Parameters
    ----------
    architecture, parameters
        Of a network, in any dtype.
    inputs
        (T, B) token ids, or (T, B, n) numbers.
    state
        The state before the window, one dict of (B, H) a layer.
    masks
        Of dropout.
    """
    cells = architecture.make_cells()
    steps: list[TimeStep] = []
    for t, read in enumerate(inputs):
        x, below = _first_input(architecture, parameters, read)
        layers: list[Lines] = []
        for index, cell in enumerate(cells):
            lines = Lines()
            lines.write("x", below, x)
            lines.append(cell.step(_of_layer(architecture, parameters, index), x, state[index]))
            y, handed_up = lines[cell.states[0].name], "y_t = h_t"
            if architecture.residual and index > 0:
                y, handed_up = y + x, "y_t = h_t + x_t"
            lines.write("y", handed_up, y)
            layers.append(lines)
            mask = _mask(masks, index)
            x = y if mask is None else mask[t] * y
            below = f"x_t = {'' if mask is None else 'm_t * '}y_t of layer {index + 1}"
        output = Lines()
        output.write("o", "o_t = c + V y_t", parameters["c"] + y @ parameters["V"])
        steps.append(TimeStep(state, tuple(layers), output))
        state = [
            {name: lines[name] for name in before}
            for lines, before in zip(layers, state, strict=True)
        ]
    return steps


def backward(
    architecture: Architecture,
    parameters: Mapping[str, Array],
    steps: Sequence[TimeStep],
    d_outputs: Array,
    masks: Masks = (),
) -> list[TimeStepBack]:
    """Send the gradient of a loss back through a window.

    Parameters
    ----------
    architecture, parameters, masks
        As `forward` was given them.
    steps
        What `forward` returned.
    d_outputs
        (T, B, n_out): dL/do_t for every t, the average over the batch included.

    Returns
    -------
    list of TimeStepBack
        In the order of time, from the first step to the last.
    """
    cells = architecture.make_cells()
    later = [
        {name: np.zeros_like(array) for name, array in states.items()}
        for states in steps[-1].before
    ]
    back: list[TimeStepBack] = []
    for t in reversed(range(len(steps))):
        step, do = steps[t], d_outputs[t]
        output = Lines()
        output.write("do", "dL/do_t", do)
        output.write("dV", "dL/dV += dL/do_t y_t^T", step.layers[-1]["y"].T @ do)
        output.write("dc", "dL/dc += dL/do_t", do.sum(axis=0))
        dy = output.write("dy", "dL/dy_t = V^T dL/do_t", do @ parameters["V"].T)
        layers: list[Lines] = []
        for index in reversed(range(len(cells))):
            lines = cells[index].step_back(
                _of_layer(architecture, parameters, index),
                step.before[index],
                step.layers[index],
                dy,
                later[index],
            )
            layers.append(lines)
            later[index] = {name: lines[f"d{name}_before"] for name in later[index]}
            if index > 0:
                dx = lines["dx"] + dy if architecture.residual else lines["dx"]
                mask = _mask(masks, index - 1)
                dy = dx if mask is None else mask[t] * dx
        back.append(TimeStepBack(output, tuple(reversed(layers))))
    return back[::-1]


def gradients(architecture: Architecture, back: Sequence[TimeStepBack]) -> dict[str, Array]:
    """Add up what the time steps of a window add to the gradient of every parameter."""
    letters = [spec.letter for spec in architecture.kind.parameters]
    total = {
        f"{letter}{index + 1}": _sum([step.layers[index][f"d{letter}"] for step in back])
        for index in range(architecture.num_layers)
        for letter in letters
    }
    for letter in ("V", "c"):
        total[letter] = _sum([step.output[f"d{letter}"] for step in back])
    return total


def _sum(arrays: Sequence[Array]) -> Array:
    total: Array = np.sum(arrays, axis=0)
    return total


def _first_input(
    architecture: Architecture, parameters: Mapping[str, Array], read: Inputs
) -> tuple[Array, str]:
    dtype = parameters["U1"].dtype
    if architecture.reads_numbers:
        return read.astype(dtype), "x_t, the numbers given"
    one_hot: Array = np.eye(architecture.vocab_size, dtype=dtype)[read]
    return one_hot, "x_t = onehot(token)"


def _of_layer(
    architecture: Architecture, parameters: Mapping[str, Array], index: int
) -> dict[str, Array]:
    return {
        spec.letter: parameters[f"{spec.letter}{index + 1}"]
        for spec in architecture.kind.parameters
    }


def _mask(masks: Masks, index: int) -> Array | None:
    return masks[index] if index < len(masks) else None
