"""The colour ramps of the design, as tables for 8-bit pictures.

Index 0 of each is the panel's own colour and means *no value*; 1 to 255 are values. Zero looks like
nothing in both themes: the middle of the signed ramp and the lower end of the others are the panel.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from rnnviz.gui.style.palette import Palette

HeatMapKind = Literal["signed", "magnitude", "loss"]

MISSING, LOWEST, MIDDLE, HIGHEST = 0, 1, 128, 255


def color_table(kind: HeatMapKind, palette: Palette) -> list[int]:
    """Return 256 colours as Qt's ``0xffrrggbb``.

    Parameters
    ----------
    kind
        ``"signed"`` (negative, panel at 128, positive) ``"magnitude"`` (panel to backward), or
        ``"loss"`` (panel to forward).
    palette
        The colours in force.
    """
    panel = _channels(palette.panel)
    index = np.arange(256)
    if kind == "signed":
        share = np.abs(index - MIDDLE) / (HIGHEST - MIDDLE)
        ends = np.where((index < MIDDLE)[:, None], _channels(palette.negative), 1)
        ends = np.where((index > MIDDLE)[:, None], _channels(palette.positive), ends)
    else:
        share = np.maximum(index - LOWEST, 0) / (HIGHEST - LOWEST)
        end = palette.forward if kind == "loss" else palette.backward
        ends = np.broadcast_to(_channels(end), (256, 3))
    share[MISSING] = 0.0
    channels = np.rint(panel + (ends - panel) * share[:, None]).astype(np.int64)
    packed = (0xFF << 24) | (channels[:, 0] << 16) | (channels[:, 1] << 8) | channels[:, 2]
    return [int(color) for color in packed]


def _channels(color: str) -> NDArray[np.float64]:
    rgb = QColor(color)
    return np.array([rgb.red(), rgb.green(), rgb.blue()], dtype=np.float64)
