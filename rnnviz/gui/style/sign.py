"""How a run is told from its rivals: a shade, a dash and a marker, each enough by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Dash = Literal[
    "solid",
    "dashed",
    "dotted",
    "dash-dotted",
    "long-dashed",
    "dash-dot-dotted",
    "long-short",
    "sparsely dotted",
]
Marker = Literal[
    "circle", "square", "triangle", "diamond", "inverted triangle", "cross", "star", "plus"
]


@dataclass(frozen=True, slots=True)
class Sign:
    """A run's sign.

    Attributes
    ----------
    shade
        Which of its family's shades, from 0 on; see `Palette.shade`. The first is the family's own
        colour. The same number is a blue where things flow forward and an orange where they come
        back: of the same rank in lightness, and drifted to the same side.
    dash, marker
        Of its curves.
    """

    shade: int
    dash: Dash
    marker: Marker


SIGNS = tuple(
    Sign(shade, dash, marker)
    for shade, (dash, marker) in enumerate(zip(get_args(Dash), get_args(Marker), strict=True))
)
"""As many as there can be runs; the first ones differ most."""


def free_sign(taken: Iterable[Sign]) -> Sign:
    """Return the first sign that no run has; the first of all where every one is taken."""
    have = set(taken)
    return next((sign for sign in SIGNS if sign not in have), SIGNS[0])
