"""What curves do in a stretch of x: mean, minimum, maximum and slope."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.gui.plotting.axes.axis import Axis, Floats
from rnnviz.gui.plotting.axes.transform import Span
from rnnviz.gui.plotting.items.curves import Curve
from rnnviz.gui.plotting.items.item import PlotItem
from rnnviz.gui.wording.numbers import format_number


@dataclass(frozen=True, slots=True)
class Summary:
    """One curve in a stretch.

    Attributes
    ----------
    name
        The curve's.
    num_points
        How many points it has there: in a long run each stands for several steps.
    mean, minimum, maximum
        Of these points.
    slope
        By how much it rises in one unit of x: that of the straight line nearest to its points, in
        the sense of least squares; not-a-number of a single one.
    """

    name: str
    num_points: int
    mean: float
    minimum: float
    maximum: float
    slope: float


def summaries(items: Iterable[PlotItem], stretch: Span) -> list[Summary]:
    """Return what every curve that is shown does in a stretch of x, in data units."""
    found = []
    for item in items:
        if not isinstance(item, Curve) or not item.visible:
            continue
        name = item.label or item.name
        inside = (item.x >= stretch[0]) & (item.x <= stretch[1]) & np.isfinite(item.y)
        x, y = item.x[inside], item.y[inside]
        # What has no name is a part of the picture alone.
        if name and len(y):
            ends = float(y.mean()), float(y.min()), float(y.max())
            found.append(Summary(name, len(y), *ends, _slope(x, y)))
    return found


def stretch_words(stretch: Span, axis: Axis, unnamed: str = "x") -> str:
    """Say from where to where a stretch of an axis goes; without a title, by its unit."""
    name = axis.title or ("" if axis.unit else unnamed)
    low, high = replace(axis, unit="").format(stretch[0]), axis.format(stretch[1])
    return f"{name} {low} to {high}".lstrip()


def summary_words(found: Sequence[Summary], stretch: Span, x: Axis, y: Axis) -> str:
    """Return summaries for people to read, one curve a line; empty of none."""
    if not found:
        return ""
    # So many that the slope is about what is seen.
    many = 10.0 ** math.floor(math.log10(max(stretch[1] - stretch[0], 1e-300)))
    lines = [f"{stretch_words(stretch, x)}; slopes per {format_number(many, many)}"]
    bare = replace(y, unit="")
    for one in found:
        ends = f"{bare.format(one.minimum)} to {bare.format(one.maximum)}"
        slope = format_number(one.slope * many) if math.isfinite(one.slope) else "none"
        points = "1 point" if one.num_points == 1 else f"{one.num_points:,} points"
        lines.append(f"{one.name}: mean {y.format(one.mean)} ({ends}), slope {slope}, {points}")
    return "\n".join(lines)


def summary_table(found: Sequence[Summary], stretch: Span, x: Axis) -> str:
    """Return summaries as a text with a tab between columns, which a spreadsheet takes."""
    title = x.title or "x"
    rows = [
        [stretch_words(stretch, x)],
        ["curve", "points", "mean", "minimum", "maximum", f"slope per {title}"],
    ]
    for one in found:
        numbers = (one.mean, one.minimum, one.maximum, one.slope)
        rows.append([one.name, str(one.num_points), *(f"{number:.6g}" for number in numbers)])
    return "".join("\t".join(row) + "\n" for row in rows)


def _slope(x: Floats, y: Floats) -> float:
    away = x - x.mean()
    spread = float((away**2).sum())
    return float((away * y).sum()) / spread if spread > 0 else math.nan
