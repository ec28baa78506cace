"""What theory says of a gradient, and what its bounds are worth, in words."""

from __future__ import annotations

import math

from rnnviz.diagnostics.theory import GradientTheory
from rnnviz.gui.wording.numbers import format_number

_NO_PROOF = "no single W: only the product of norms"
_WITHOUT_THEORY = """
"Theory" adds grey lines, which are then explained here: how the gradient should shrink or grow, \
and how large it can be at most.
""".strip()
_OF_THEORY = """
"Theory" adds grey lines to the orange curve. They hold only for the hidden state h of the last \
layer. All of them start at the last {token}'s gradient and go back from there. They take long to \
compute, so while training runs, they and the curve are drawn less often.
""".strip()
_OF_ONE_MATRIX = """
Dashed, ρ to the power k: what a linear network would do in the long run, where ρ is the spectral \
radius of W and k counts the steps back. It is a reference: the curve may lie on either side of \
it.

Dotted, γσ to the power k: σ is the largest singular value of W, and γ is the steepest slope that \
the activation can have, 1 for tanh and ReLU. It is proved that the curve never lies above this \
line, whatever the network reads. If γσ is below 1, the gradient must vanish. If it is above 1, \
the line only grows and proves nothing.
""".strip()
_OF_THE_PRODUCT = """
Dash-dotted, the product of the norms of the Jacobians: how much each step could have lengthened \
the gradient at most, with the activations as they were. For this window, the curve is never \
above this line either.
""".strip()
_OF_THE_PRODUCT_ALONE = """
For an LSTM, it limits the gradients of h and c together, and so that of h. An LSTM or a GRU has \
no single W, so the other two lines do not exist for them.
""".strip()


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
    if gain >= 1000:
        number = format_number(gain)
    if gain > 1:
        return f"γσ = {number} > 1: the bound only grows, no proof"
    return f"γσ = {number} < 1: the gradient must vanish"


def theory_words(*, compared: bool, is_square: bool) -> str:
    """Explain the lines of theory, or what they would be.

    Parameters
    ----------
    compared
        Whether they are seen.
    is_square
        Whether the cell has a single W, of which there is a proof.
    """
    if not compared:
        return _WITHOUT_THEORY
    of_product = [_OF_THE_PRODUCT] if is_square else [_OF_THE_PRODUCT, _OF_THE_PRODUCT_ALONE]
    return "\n\n".join([_OF_THEORY, *([_OF_ONE_MATRIX] if is_square else []), *of_product])
