"""How weights begin: the schemes that the configuration names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnnviz.core.parameters import Array, Shape

GAUSSIAN_STANDARD_DEVIATION = 0.01


def uniform(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw from [-1/sqrt(n), 1/sqrt(n)], n being the number of incoming connections (rows)."""
    bound = 1.0 / np.sqrt(shape[0])
    return rng.uniform(-bound, bound, shape)


def lecun(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw from [-sqrt(3/n), sqrt(3/n)], n being the number of incoming connections (rows).

    The variance is 1/n, so that a sum over n inputs of variance 1 has variance 1 again (LeCun,
    Bottou, Orr & Mueller 1998).
    """
    bound = np.sqrt(3.0 / shape[0])
    return rng.uniform(-bound, bound, shape)


def lecun_for_tokens(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw as `lecun` does for n = 1: of a token's one-hot vector a single entry is not zero.

    With n the size of the vocabulary, as `uniform` has it, what a token adds is a tenth of this
    for a hundred characters, and it takes hundreds of steps until the network hears it.
    """
    return rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), shape)


def gaussian(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw from a normal distribution of mean 0 and standard deviation 0.01."""
    return rng.normal(0.0, GAUSSIAN_STANDARD_DEVIATION, shape)


def orthogonal(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw a matrix with orthonormal rows or columns, uniformly (Haar).

    The QR factors of a Gaussian matrix, their signs fixed by R's diagonal (Mezzadri 2007),
    square block by square block so that every gate of a cell has its own orthogonal matrix.
    """
    rows, columns = shape
    blocks = []
    for start in range(0, columns, rows):
        q, r = np.linalg.qr(rng.normal(size=(rows, rows)))
        blocks.append((q * np.sign(np.diag(r)))[:, : columns - start])
    return np.concatenate(blocks, axis=1)


def identity(shape: Shape, rng: np.random.Generator) -> Array:
    """Return the identity matrix, once for every square block of columns (Le et al. 2015)."""
    rows, columns = shape
    return np.tile(np.eye(rows), (1, -(-columns // rows)))[:, :columns]


Initializer = Callable[[Shape, np.random.Generator], Array]


class Scheme(NamedTuple):
    """What fills the recurrent matrices, `U` of the first layer, and all others."""

    recurrent: Initializer
    tokens: Initializer
    others: Initializer


INITIALIZATIONS: dict[str, Scheme] = {
    "uniform": Scheme(uniform, uniform, uniform),
    "lecun": Scheme(lecun, lecun_for_tokens, lecun),
    "gaussian": Scheme(gaussian, gaussian, gaussian),
    "orthogonal": Scheme(orthogonal, uniform, uniform),
    "identity": Scheme(identity, uniform, uniform),
}
