"""What a plot says about itself: at a place, when hovering, and as the columns of a table."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.transform import AxesTransform
from rnnviz.gui.plotting.items.curves import Band, Curve
from rnnviz.gui.plotting.items.heat_map import HeatMap
from rnnviz.gui.plotting.items.item import Column, PlotItem
from rnnviz.gui.plotting.items.lines import HorizontalLine
from rnnviz.gui.plotting.items.run_curve import RunCurve
from rnnviz.gui.plotting.view.summary import stretch_words
from rnnviz.gui.wording.tokens import visible_character

_NEAR = 12.0
"""How many pixels from a curve one still points at it."""


def default_readout(
    items: list[PlotItem],
    mapping: AxesTransform,
    characters: list[str],
    x: float,
    y: float | None,
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
        The place in data units; without y, somebody points at x in another plot, which says where:
        only the values of curves and bands there are told.
    """
    lines: list[str] = []
    nearest: float | None = None
    pointed = None if y is None else _pointed_at(items, mapping, x, y)
    compares = any(isinstance(item, RunCurve) and len(item.x) for item in items)
    for item in items:
        if compares and _has_ended(item, mapping, x):
            continue
        if isinstance(item, Curve) and item.visible and len(item.x):
            index = _nearest(item.x, x)
            value = float(item.y[index])
            if math.isfinite(value):
                nearest = float(item.x[index]) if nearest is None else nearest
                standard = f"{item.label or item.name}: {mapping.y.axis.format(value)}"
                line = standard if item.say is None else item.say(index)
                lines.append(f"▸ {line}" if item is pointed else line)
        elif isinstance(item, Band) and item.say is not None and item.visible and len(item.x):
            index = _nearest(item.x, x)
            nearest = float(item.x[index]) if nearest is None else nearest
            lines.append(item.say(index))
        elif isinstance(item, HeatMap) and y is not None:
            cell = item.value_at(x, y)
            if cell is not None:
                rows = mapping.y.axis
                lines.append(f"{rows.title or 'row'} {round(y) + rows.first:,}")
                lines.append(f"{item.name}: {item.words_of(cell)}")
                nearest = item.column_at(x) if nearest is None else nearest
    if not lines:
        return None
    if y is None:
        return "\n".join(lines)
    place = x if nearest is None else nearest
    return "\n".join([_place_words(mapping, characters, place), *lines])


def _pointed_at(
    items: list[PlotItem], mapping: AxesTransform, x: float, y: float
) -> RunCurve | None:
    """Return the run's curve that a place is on, or next to; None where there is none."""
    pixel, height = mapping.x.to_pixel(x), mapping.y.to_pixel(y)
    curves = [item for item in items if isinstance(item, RunCurve) and item.visible]
    near = [(curve.distance(pixel, height), curve) for curve in curves]
    distance, curve = min(near, key=lambda one: one[0], default=(math.inf, None))
    return curve if distance <= _NEAR else None


def _has_ended(item: PlotItem, mapping: AxesTransform, x: float) -> bool:
    """Return whether a place lies beyond all of it: of several runs, some are ahead."""
    if not isinstance(item, Curve | Band) or not len(item.x):
        return False
    return mapping.x.to_pixel(x) > mapping.x.to_pixel(float(item.x[-1])) + _NEAR


def plot_columns(
    items: list[PlotItem], mapping: AxesTransform, characters: list[str]
) -> list[Column]:
    """Return the columns of a table of what is in view, of all in a plot that has a name and data.

    Where the plot follows the data, that is everything.
    Whatever stands at values of x shares one column of them, and is empty where it has no value.
    What has several values at one x, such as a matrix, keeps its own. Level lines come last, one
    value each.
    """
    x_name, first = mapping.x.axis.title or "x", mapping.x.axis.first
    at_x: list[list[Column]] = []
    others: list[Column] = []
    for item in sorted(items, key=lambda item: isinstance(item, HorizontalLine)):
        table = item.columns() if item.name and item.visible else []
        if not any(len(values) for _, values in table):
            continue
        seen = item.rows_in_view()
        table = [(name, np.asarray(values)[seen]) for name, values in table]
        if table[0][0] == "":
            at_x.append(table)
        else:
            others += table
    if len(at_x) > 1:
        for table in [table for table in at_x if _repeats(_x_of(table))]:
            at_x.remove(table)
            others += [(f"{table[-1][0]}: {x_name}", _x_of(table) + first), *table[1:]]
    if not at_x:
        return others
    xs = [_x_of(table) for table in at_x]
    same = all(np.array_equal(x, xs[0]) for x in xs)
    joined = xs[0] if same else np.unique(np.concatenate(xs))
    columns: list[Column] = [(x_name, joined + first)]
    if characters:
        columns.append(("token", [_character_at(characters, v) for v in joined.tolist()]))
    for x, table in zip(xs, at_x, strict=True):
        columns += [(name, _spread(x, np.asarray(values), joined)) for name, values in table[1:]]
    return columns + others


def view_words(items: list[PlotItem], mapping: AxesTransform) -> list[str]:
    """Say of each axis that is held which stretch of it is in view, x first."""
    # Of a cell a part is enough, and cells have their numbers in the middle.
    has_cells = any(isinstance(item, HeatMap) and item.visible for item in items)
    said = []
    for scale, unnamed in ((mapping.x, "x"), (mapping.y, "y")):
        if scale.range.is_held:
            low, high = (scale.axis.inverse(end) for end in (scale.low, scale.high))
            if scale.axis.whole and not has_cells:
                low, high = float(math.ceil(low)), float(math.floor(high))
            said.append(stretch_words((low, high), scale.axis, unnamed))
    return said


def _x_of(table: list[Column]) -> Floats:
    return np.asarray(table[0][1], dtype=np.float64)


def _repeats(x: Floats) -> bool:
    return len(np.unique(x)) < len(x)


def _spread(x: Floats, values: Floats, joined: Floats) -> Floats:
    """Return values at `x` as values at `joined`, not-a-number where there are none."""
    if np.array_equal(x, joined):
        return values
    spread = np.full(len(joined), np.nan)
    spread[np.searchsorted(joined, x)] = values
    return spread


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


def _place_words(mapping: AxesTransform, characters: list[str], place: float) -> str:
    axis = mapping.x.axis
    if characters:
        character = _character_at(characters, place)
        back = len(characters) - 1 - round(place)
        where = f"“{visible_character(character)}” at {axis.title} {axis.format(round(place))}"
        return f"{where}, {back:,} step{'' if back == 1 else 's'} back"
    return f"{axis.title or 'x'} {axis.format(place)}"
