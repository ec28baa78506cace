"""What theory says of a gradient, and what its bounds are worth, in words."""

from __future__ import annotations

import math

from rnnviz.diagnostics.theory import GradientTheory

_NO_PROOF = "no single W: only the product of norms"
_WITHOUT_THEORY = """
"Theory" sets grey lines beside the curve, and explains them here: how the gradient should shrink \
or grow, and how large it can be at most.
""".strip()
_OF_THEORY = """
"Theory" sets grey lines beside the orange curve, for the hidden state h of the last layer, the \
only place where they hold. All start at the last {token}'s gradient and go back from there. \
They take long to compute: while training runs, they and the curve are drawn less often.
""".strip()
_OF_ONE_MATRIX = """
Dashed, ρ to the power k: what a linear network would do in the long run, ρ being the spectral \
radius of W and k the steps back. It is a reference, and the curve may lie on either side of it.

Dotted, γσ to the power k: σ is the largest singular value of W, γ the steepest slope that the \
activation can have, 1 for tanh and ReLU. The curve is proved never to lie above, whatever the \
network reads. Where γσ is below 1 the gradient must vanish; where it is above, the line only \
grows, and proves nothing.
""".strip()
_OF_THE_PRODUCT = """
Dash-dotted, the product of the norms of the Jacobians: by how much each step could at most \
have lengthened the gradient, with the activations as they were. The curve is never above this \
line either, for what was read here.
""".strip()
_OF_THE_PRODUCT_ALONE = """
Of an LSTM it limits the gradients of h and c together, and so that of h. LSTM and GRU have no \
single W, and there is no such proof for them: this line is all.
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
