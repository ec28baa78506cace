"""The network as the textbook writes it: one time step after the other, every value by name.

Slow on purpose: nothing is gathered, blocked or reused, and nothing is kept beside what is
returned. ``Network`` does the same for a whole window at once and is held against it. With h_t of
the topmost layer::

    o_t = c + V h_t

The first layer reads the token, as a one-hot vector, or the numbers given. Each layer above reads
x_t = m_t * h_t of the layer below, m_t being a mask of dropout. In a residual stack every layer but
the first hands up u_t = h_t + x_t in the place of h_t.

The equations are read by ``rnnviz.diagnostics.one_step.equation``, whose tests hold every number
against what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.loss import LossName, softmax
from rnnviz.core.parameters import Array, layer_of, letter_of
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
        The lines of every layer, from the lowest: ``x``, what the cell computes, and where there
        are such ``u`` and the mask ``m``.
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
        ``do``, and what the step adds to dL/dV and dL/dc.
    layers
        The lines of every layer, from the lowest: ``du`` where there is a ``u``, and what the cell
        computes.
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
            up = _handed_up(architecture, index)
            if up == "u":
                lines.write("u", "u_t = h_t + x_t", lines["h"] + x)
            layers.append(lines)
            mask = _mask(masks, index)
            x, below = lines[up], f"x_t = {up}_t of layer {index + 1}"
            if mask is not None:
                x = lines.write("m", "m_t, the mask of dropout", mask[t]) * x
                below = f"x_t = (m_t * {up}_t) of layer {index + 1}"
        output = Lines()
        logits = parameters["c"] + layers[-1][up] @ parameters["V"]
        output.write("o", f"o_t = c + V {up}_t", logits)
        steps.append(TimeStep(state, tuple(layers), output))
        state = [
            {name: lines[name] for name in before}
            for lines, before in zip(layers, state, strict=True)
        ]
    return steps


def losses(
    steps: Sequence[TimeStep], targets: NDArray[Any], loss: LossName
) -> tuple[tuple[Lines, ...], tuple[Line, ...]]:
    """Hold what a window's last steps put out against their targets.

    Parameters
    ----------
    steps
        What `forward` returned.
    targets
        (T', B) ids, or (T', B, n_out) numbers, from 1 to T steps.
    loss
        Which loss.

    Returns
    -------
    losses
        For every time step ``p`` (B, n_out), where that is asked for, and ``L`` (B,), one loss a
        stream; none where nothing is asked.
    d_outputs
        For every time step ``do`` (B, n_out): dL/do_t, the average over the batch included.
    """
    first = len(steps) - len(targets)
    outputs = [step.output["o"] for step in steps]
    found = [(Lines(), Line("do", "dL/do_t = 0", (np.zeros_like(o),))) for o in outputs[:first]]
    of_step = _cross_entropy if loss == "cross_entropy" else _squared_error
    found += [of_step(o, target) for o, target in zip(outputs[first:], targets, strict=True)]
    lines, d_outputs = zip(*found, strict=True)
    return lines, d_outputs


def total_loss(losses: Sequence[Lines]) -> Line:
    """Add up the losses of a window's time steps, each averaged over the streams.

    Parameters
    ----------
    losses
        As `losses` returns them.

    Returns
    -------
    Line
        ``L``, a number.
    """
    asked = [lines["L"] for lines in losses if lines]
    of_step = "L_t" if len(asked[0]) == 1 else "mean(L_t)"
    first = len(losses) - len(asked) + 1
    equation = f"L = sum of {of_step} over t = {first} to {len(losses)}"
    return Line("L", equation, (np.array(sum(of_streams.mean() for of_streams in asked)),))


def _cross_entropy(o: Array, targets: NDArray[Any]) -> tuple[Lines, Line]:
    lines, streams = Lines(), np.arange(len(o))
    p = lines.write("p", "p_t = softmax(o_t)", softmax(o))
    shifted = o - o.max(axis=-1, keepdims=True)
    # The logarithm of p, also where p itself is too small a number.
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    lines.write("L", "L_t = -log p_t[y_t]", -log_p[streams, targets])
    one_hot = np.zeros_like(p)
    one_hot[streams, targets] = 1
    equation, batch_size = "dL/do_t = p_t - onehot(y_t)", len(o)
    if batch_size > 1:
        equation = f"dL/do_t = (p_t - onehot(y_t)) / {batch_size}"
    return lines, Line("do", equation, ((p - one_hot) / batch_size,))


def _squared_error(o: Array, targets: NDArray[Any]) -> tuple[Lines, Line]:
    lines, batch_size = Lines(), len(o)
    difference = o - targets
    lines.write("L", "L_t = |o_t - y_t|^2", (difference * difference).sum(axis=-1))
    equation = "dL/do_t = 2 * (o_t - y_t)"
    if batch_size > 1:
        equation += f" / {batch_size}"
    return lines, Line("do", equation, (2 * difference / batch_size,))


def backward(
    architecture: Architecture,
    parameters: Mapping[str, Array],
    steps: Sequence[TimeStep],
    d_outputs: Sequence[Line],
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
        For every t the line ``do`` (B, n_out): dL/do_t, the average over the batch included.

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
        step, output, up = steps[t], Lines(), _handed_up(architecture, len(cells) - 1)
        output.add(d_outputs[t])
        do = output["do"]
        output.add(Line("dV", f"dL/dV += dL/do_t {up}_t^T", (step.layers[-1][up], do)))
        output.write("dc", "dL/dc += dL/do_t", do.sum(axis=0))
        down: Array = do @ parameters["V"].T
        sent = "V^T dL/do_t"
        layers: list[Lines] = []
        for index in reversed(range(len(cells))):
            lines, arriving = Lines(), Lines()
            if _handed_up(architecture, index) == "u":
                lines.write("du", f"dL/du_t = {sent}", down)
                sent = "dL/du_t"
            arriving.write("dh_above", f"(dL/dh_t from above) = {sent}", down)
            for name, array in later[index].items():
                arriving.write(f"d{name}_later", f"(dL/d{name}_t from t+1)", array)
            own = _of_layer(architecture, parameters, index)
            before, there = step.before[index], step.layers[index]
            lines.append(cells[index].step_back(own, before, there, arriving))
            layers.append(lines)
            later[index] = {name: lines[f"d{name}_before"] for name in later[index]}
            down, sent = lines["dx"], f"dL/dx_t of layer {index + 1}"
            if "du" in lines:
                down, sent = down + lines["du"], f"(dL/dx_t + dL/du_t) of layer {index + 1}"
            mask = _mask(masks, index - 1) if index > 0 else None
            if mask is not None:
                down, sent = mask[t] * down, f"m_t * {sent}"
        back.append(TimeStepBack(output, tuple(reversed(layers))))
    return back[::-1]


def gradients(architecture: Architecture, back: Sequence[TimeStepBack]) -> Lines:
    """Add up what the time steps of a window add to the gradient of every parameter.

    Returns
    -------
    Lines
        By the parameters' names, in the network's order, and in their shapes.
    """
    total = Lines()
    for name in architecture.parameter_shapes():
        letter, layer = letter_of(name), layer_of(name)
        steps = [step.output if layer is None else step.layers[layer - 1] for step in back]
        equation = f"dL/d{letter} = sum of (dL/d{letter} from t) over t = 1 to {len(back)}"
        total.write(name, equation, _sum(step[f"d{letter}"] for step in steps))
    return total


def _handed_up(architecture: Architecture, index: int) -> str:
    """Name what a layer hands to the next one."""
    return "u" if architecture.residual and index > 0 else "h"


def _sum(arrays: Iterable[Array]) -> Array:
    """Add up arrays of one shape, of which there are only two at a time."""
    total: Array | None = None
    for array in arrays:
        total = array.copy() if total is None else np.add(total, array, out=total)
    assert total is not None
    return total


def _first_input(
    architecture: Architecture, parameters: Mapping[str, Array], read: Inputs
) -> tuple[Array, str]:
    dtype = parameters["U1"].dtype
    if architecture.reads_numbers:
        return read.astype(dtype), "x_t, the numbers given"
    one_hot: Array = np.zeros((len(read), architecture.vocab_size), dtype)
    one_hot[np.arange(len(read)), read] = 1
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
