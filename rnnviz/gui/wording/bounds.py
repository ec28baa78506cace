"""What the bounds of a gradient are worth, in words."""

from __future__ import annotations

import math

from rnnviz.diagnostics.theory import GradientTheory

_NO_PROOF = "no single W: only the product of norms"


def bound_words(theory: GradientTheory) -> str:
    """Say in a few words what the proved bound is worth."""
    gain = theory.largest_gain
    if gain is None:
        return _NO_PROOF
    if not math.isfinite(gain):
        return "no theory: the numbers are no longer finite"
    # A number that rounds to 1 would contradict the words beside it. An orthogonal matrix is one
    # but for rounding, which over a thousand steps is less than a hundredth.
    if abs(gain - 1) < 5e-6:
        return "γσ = 1: the bound neither grows nor falls"
    number = f"{gain:.2f}" if abs(gain - 1) >= 0.005 else f"{gain:.5f}"
    if gain > 1:
        return f"γσ = {number} > 1: the bound only grows, no proof"
    return f"γσ = {number} < 1: the gradient must vanish"
