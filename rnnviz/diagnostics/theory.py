"""How fast a gradient may fade or grow on its way back, by theory and for these data.

One loss, that of the window's last step T, reaches an earlier state of the top layer only through
the states between: ``dL_T/ds_k = J_{k+1}^T ... J_T^T dL_T/ds_T``, where J_t is the Jacobian of the
state update at step t. A product of matrices lengthens a vector by no more than the product of
their 2-norms, so

    ||dL_T/ds_k|| <= ||J_{k+1}|| ... ||J_T|| ||dL_T/ds_T||,

whatever the cell: a bound for these data. For a vanilla cell J_t = diag(f'(a_t)) W, and as f' is
never above gamma (1 for tanh and for ReLU), each norm is at most gamma sigma_max(W), for any data:

    ||dL_T/dh_k|| <= (gamma sigma_max(W))^(T-k) ||dL_T/dh_T||,

which proves that the gradient vanishes where gamma sigma_max < 1, and nothing where it is larger
(Pascanu, Mikolov & Bengio 2013, section 2.1; Bengio, Simard & Frasconi 1994). In a linear network
it goes like rho(W)^(T-k) in the long run: a reference, not a bound.

An LSTM's state is s = (h, c), and dL/ds has two parts: dL/dh and dL/dc, each with the other held
still. The last loss sees h_T alone, so that ||dL_T/ds_T|| = ||dL_T/dh_T||; and a part is never
longer than the whole. So the product of norms bounds ``dL_T/dh_k``, and with it the root of the
sum of both parts' squares. It does not bound the dL/dc of `GradientFlow`, which counts besides what
c_k does through its own h_k: that may be longer by a factor of up to the root of 2.

In a stack, a loss reaches a lower layer's state through the layers above as well. None of this then
holds, and so all of it is about the top layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only
from rnnviz.diagnostics.spectral_norm import spectral_norms
from rnnviz.diagnostics.spectrum import LARGEST_STATE, spectral_radius

LARGEST_SLOPE = 1.0
"""Gamma, the largest |f'(a)| of tanh and of ReLU."""

LARGEST_WORK = 2_000_000_000
"""T times S^3: above, the norms of a window's Jacobians take more than about a second."""


@dataclass(frozen=True, slots=True, eq=False)
class GradientTheory:
    """What the norm of dL_T/dh_k is compared with, k = 1...T, of the top layer.

    Arrays are read-only, (T,), float64, and end at the measured norm of the last step.

    Attributes
    ----------
    norm_product
        That norm times the product of the Jacobians' 2-norms on the way: a bound for these data.
    linear_reference
        That norm times rho(W)^(T-k); None for a cell that has no single W.
    proved_bound
        That norm times (gamma sigma_max(W))^(T-k); None likewise.
    spectral_radius, largest_gain
        rho(W), and gamma sigma_max(W); None likewise.
    """

    norm_product: Array
    linear_reference: Array | None
    proved_bound: Array | None
    spectral_radius: float | None
    largest_gain: float | None


def gradient_theory(
    network: Network, tape: NetworkTape, last_norm: float, stream: int = 0
) -> GradientTheory | None:
    """Return the bounds of one stream's gradient; None where they would take too long.

    Parameters
    ----------
    network
        With the parameters of the forward pass on `tape`.
    tape
        After ``forward``; read only.
    last_norm
        The norm of dL_T/dh_T of the top layer, as `gradient_flow` measured it.
    stream
        Which of the B streams.
    """
    cell, length = network.cells[-1], tape.sequence_length
    state_size = network.hidden_size * len(cell.states)
    if state_size > LARGEST_STATE or length * state_size**3 > LARGEST_WORK:
        return None
    with np.errstate(all="ignore"):
        product = _going_back(last_norm, _jacobian_norms(network, tape, stream))
        square = cell.square_matrix()
        if square is None:
            return GradientTheory(product, None, None, None, None)
        weights = network.recurrent_parameters(len(network.cells) - 1)[square].astype(np.float64)
        radius = spectral_radius(weights)
        gain = LARGEST_SLOPE * float(spectral_norms(weights))
        return GradientTheory(
            norm_product=product,
            linear_reference=_going_back(last_norm, np.full(length - 1, radius)),
            proved_bound=_going_back(last_norm, np.full(length - 1, gain)),
            spectral_radius=radius,
            largest_gain=gain,
        )


def _jacobian_norms(network: Network, tape: NetworkTape, stream: int) -> Array:
    """Return the 2-norms (T-1,) of the Jacobians that lead from the first state to the last."""
    cell, layer = network.cells[-1], tape.layers[-1]
    parameters = network.recurrent_parameters(len(network.cells) - 1)
    # One by one: all of them at once could fill the memory.
    norms = [
        float(spectral_norms(cell.jacobian(parameters, layer, step, stream)))
        for step in range(1, tape.sequence_length)
    ]
    return np.array(norms, np.float64)


def _going_back(last_norm: float, factors: Array) -> Array:
    """Multiply the last norm by the `factors` (T-1,) one after the other, from the last step back.

    Through logarithms: on the way a product may leave the range of numbers and come back.
    """
    logarithms = np.concatenate((np.log(factors), [np.log(np.float64(last_norm))]))
    return read_only(np.exp(np.cumsum(logarithms[::-1]))[::-1].copy())
