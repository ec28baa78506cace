"""How a run is told from its rivals: a colour, a dash and a marker, each enough by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dash = Literal["solid", "dashed", "dotted", "dash-dotted"]
Marker = Literal["circle", "square", "triangle", "diamond"]

_DASHES: tuple[Dash, ...] = ("solid", "dashed", "dotted", "dash-dotted")
_MARKERS: tuple[Marker, ...] = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True, slots=True)
class Sign:
    """A run's sign.

    Attributes
    ----------
    shade
        Which shade of its family's colour, from 0 on.
    dash, marker
        Of its curves.
    """

    shade: int
    dash: Dash
    marker: Marker


SIGNS = tuple(
    Sign(shade, dash, marker)
    for shade, (dash, marker) in enumerate(zip(_DASHES, _MARKERS, strict=True))
)
