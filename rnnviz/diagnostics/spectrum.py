"""The eigenvalues of the recurrence: of the weights alone, and of what the network makes of them.

The spectral radius of `W`, the modulus of its largest eigenvalue, decides how a linear network
``h_t = W h_{t-1}`` grows or fades. A trained one is not linear: its state changes with the state
before by the Jacobian of the update, for tanh ``diag(1 - h_t^2) W``, and units that are saturated
make that small however large `W` is. Averaged over a window it is a summary and no bound: where
different units pass the gradient on at different steps, a product of Jacobians grows while the
average has a radius below 1. Source: Pascanu, Mikolov & Bengio 2013, section 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only
from rnnviz.diagnostics.spectral_norm import spectral_norms

Eigenvalues = NDArray[np.complex128]

LARGEST_STATE = 512
"""Eigenvalues of more numbers than this (a second and more) are not for a window that is live."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerSpectrum:
    """One layer's eigenvalues, largest modulus first; None where there is no such matrix.

    Attributes
    ----------
    of_weights
        (H,) complex128: those of `W`. None for cells that have more than one square matrix, as a
        block of `W` for each gate, and where a weight is not finite.
    of_jacobian
        (S,) complex128: those of the state update's Jacobian averaged over the window, S being H
        times the number of the cell's states. None where it is not finite.
    largest_singular_values
        By gate (``h`` for the vanilla cell's only block), the 2-norm of its block of `W`; by the
        letter of the matrix too, where a cell has several.
    """

    of_weights: Eigenvalues | None
    of_jacobian: Eigenvalues | None
    largest_singular_values: Mapping[str, float]

    @property
    def radius_of_weights(self) -> float:
        """The spectral radius of `W`; not a number where there is none."""
        return _radius(self.of_weights)

    @property
    def radius_of_jacobian(self) -> float:
        """The spectral radius of the averaged Jacobian; not a number where there is none."""
        return _radius(self.of_jacobian)


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The spectra of all layers.

    Attributes
    ----------
    state_size
        S, how many numbers a layer carries from step to step.
    layers
        From the lowest; empty where S is above `LARGEST_STATE`.
    """

    state_size: int
    layers: tuple[LayerSpectrum, ...]

    @property
    def is_too_large(self) -> bool:
        """Whether eigenvalues would take too long."""
        return not self.layers

    def series(self) -> tuple[tuple[str, ...], Array]:
        """Return what is followed over training: labels, and a number for each.

        The radii of `W` and of the averaged Jacobian, layer by layer: ``W1, J1, W2`` and so on.
        """
        labels = (f"{name}{n}" for n in range(1, 1 + len(self.layers)) for name in "WJ")
        radii = [(one.radius_of_weights, one.radius_of_jacobian) for one in self.layers]
        return tuple(labels), np.ravel(radii)


def spectrum(network: Network, tape: NetworkTape, stream: int = 0) -> Spectrum:
    """Return the spectra of every layer's recurrence in one stream of a window.

    Parameters
    ----------
    network
        With the parameters of the forward pass on `tape`.
    tape
        After ``forward``; read only.
    stream
        Which of the B streams the Jacobian is averaged over.
    """
    state_size = network.hidden_size * len(network.cells[0].states)
    if state_size > LARGEST_STATE:
        return Spectrum(state_size, ())
    with np.errstate(all="ignore"):
        layers = [
            _layer_spectrum(network, tape, index, stream) for index in range(len(tape.layers))
        ]
    return Spectrum(state_size, tuple(layers))


def mean_jacobian(network: Network, tape: NetworkTape, index: int, stream: int = 0) -> Array:
    """Return the Jacobian of one layer's state update, averaged over a window's steps.

    Parameters
    ----------
    network, tape, stream
        As for `spectrum`.
    index
        Which layer, from 0.

    Returns
    -------
    Array
        (S, S) float64, in columns as `Cell.jacobian` has it.
    """
    cell, layer = network.cells[index], tape.layers[index]
    parameters = network.recurrent_parameters(index)
    total: Array = cell.jacobian(parameters, layer, 0, stream).astype(np.float64)
    for step in range(1, tape.sequence_length):
        total += cell.jacobian(parameters, layer, step, stream)
    total /= tape.sequence_length
    return total


def _layer_spectrum(network: Network, tape: NetworkTape, index: int, stream: int) -> LayerSpectrum:
    cell, parameters = network.cells[index], network.recurrent_parameters(index)
    matrices = cell.recurrent_matrices()
    blocks: dict[str, Array] = {}
    for letter, names in matrices.items():
        parts = np.split(parameters[letter].astype(np.float64), len(names), axis=1)
        for name, part in zip(names, parts, strict=True):
            several = letter if len(names) == 1 else f"{letter}_{name}"
            blocks[name if len(matrices) == 1 else several] = part
    norms = spectral_norms(np.stack(list(blocks.values())))
    square = cell.square_matrix()
    return LayerSpectrum(
        of_weights=None if square is None else _eigenvalues(next(iter(blocks.values()))),
        of_jacobian=_eigenvalues(mean_jacobian(network, tape, index, stream)),
        largest_singular_values=dict(zip(blocks, norms.tolist(), strict=True)),
    )


def _eigenvalues(matrix: Array) -> Eigenvalues | None:
    if not np.isfinite(matrix).all():
        return None
    try:
        values = np.linalg.eigvals(matrix).astype(np.complex128)
    except np.linalg.LinAlgError:
        # The iteration did not end; nothing is known then.
        return None
    return read_only(values[np.argsort(-np.abs(values), kind="stable")])


def spectral_radius(matrix: Array) -> float:
    """Return the largest modulus of an eigenvalue of a matrix (n, n), in double precision.

    Not a number where the matrix is not finite.
    """
    return _radius(_eigenvalues(matrix.astype(np.float64)))


def _radius(values: Eigenvalues | None) -> float:
    return float("nan") if values is None else float(np.abs(values[0]))
