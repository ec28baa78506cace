"""By how much a matrix can lengthen a vector."""

from __future__ import annotations

import numpy as np

from rnnviz.core.parameters import Array


def spectral_norms(matrices: Array) -> Array:
    """Return the largest singular value of each matrix, in double precision.

    It is the root of the largest eigenvalue of ``A A^T``, or of ``A^T A`` where that is the smaller
    one: half the time of all singular values, and of the largest one it loses no digits.

    Parameters
    ----------
    matrices
        (..., m, n).

    Returns
    -------
    Array
        (...), float64; not a number where a matrix is not finite.
    """
    matrices = np.asarray(matrices, np.float64)
    if matrices.shape[-2] > matrices.shape[-1]:
        matrices = np.swapaxes(matrices, -1, -2)
    # Squares leave the range of numbers before the matrix does.
    scale = np.abs(matrices).max(axis=(-2, -1))
    norms: Array = np.full(scale.shape, np.nan)
    norms[scale == 0] = 0.0
    known = (scale > 0) & np.isfinite(scale)
    if known.any():
        scaled = matrices[known] / scale[known][:, None, None]
        largest = np.linalg.eigvalsh(scaled @ np.swapaxes(scaled, -1, -2))[:, -1]
        norms[known] = scale[known] * np.sqrt(largest)
    return norms
