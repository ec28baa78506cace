"""What a plot says about itself: at a place, when hovering, and as the columns of a table."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.gui.plotting.character_axis import visible_character
from rnnviz.gui.plotting.curves import Curve
from rnnviz.gui.plotting.heat_map import HeatMap
from rnnviz.gui.plotting.items import Column, PlotItem
from rnnviz.gui.plotting.lines import LevelLine
from rnnviz.gui.plotting.mapping import Mapping


def default_readout(
    items: list[PlotItem], mapping: Mapping, characters: list[str], x: float, y: float
) -> str | None:
    """Return the values at a place, one line each; ``None`` where there are none.

    Parameters
    ----------
    items
        What the plot is made of.
    mapping
        Its axes.
    characters
        The characters at x = 0, 1, 2, ..., if it has any.
    x, y
        The place in data units.
    """
    lines: list[str] = []
    nearest: float | None = None
    for item in items:
        if isinstance(item, Curve) and item.visible and len(item.x):
            index = _nearest(item.x, x)
            value = float(item.y[index])
            if math.isfinite(value):
                nearest = float(item.x[index]) if nearest is None else nearest
                lines.append(f"{item.label or item.name}: {mapping.y.axis.format(value)}")
        elif isinstance(item, HeatMap):
            cell = item.value_at(x, y)
            if cell is not None:
                name = mapping.y.axis.title or "row"
                lines.append(f"{name} {round(y):,}")
                words = "none" if math.isnan(cell) else item.value_axis.format(cell)
                lines.append(f"{item.name}: {words}")
    if not lines:
        return None
    place = x if nearest is None else nearest
    return "\n".join([_place_words(mapping, characters, place), *lines])


def plot_columns(items: list[PlotItem], mapping: Mapping, characters: list[str]) -> list[Column]:
    """Return the columns of a table of everything in a plot.

    Items at the same values of x share one column of x. Level lines come last, one value each.
    """
    x_name = mapping.x.axis.title or "x"
    columns: list[Column] = []
    last_x: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None = None
    for item in sorted(items, key=lambda item: isinstance(item, LevelLine)):
        found = item.columns()
        if found and found[0][0] == "":
            x = np.asarray(found[0][1], dtype=np.float64)
            if last_x is None or not np.array_equal(last_x, x):
                columns.append((x_name, x))
                if characters:
                    columns.append(("token", [_character_at(characters, v) for v in x.tolist()]))
                last_x = x
            found = found[1:]
        columns += found
    return columns


def _nearest(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], wanted: float) -> int:
    index = int(np.searchsorted(x, wanted))
    if index == 0:
        return 0
    if index == len(x):
        return len(x) - 1
    return index if x[index] - wanted < wanted - x[index - 1] else index - 1


def _character_at(characters: list[str], place: float) -> str:
    index = round(place)
    return characters[index] if 0 <= index < len(characters) else ""


def _place_words(mapping: Mapping, characters: list[str], place: float) -> str:
    axis = mapping.x.axis
    if characters:
        character = _character_at(characters, place)
        back = len(characters) - 1 - round(place)
        words = f"{back:,} step{'' if back == 1 else 's'} back"
        return f"“{visible_character(character)}” at {axis.title} {round(place):,}, {words}"
    return f"{axis.title or 'x'} {axis.format(place)}"
