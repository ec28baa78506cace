"""Finds a free place beside each curve for its name, and leaves it there as long as it is free."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.layers import LAYER_LABEL
from rnnviz.gui.plotting.axes.transform import AxesTransform
from rnnviz.gui.plotting.axes.words import Word
from rnnviz.gui.plotting.items.curves import Band, Curve
from rnnviz.gui.plotting.items.lines import HorizontalLine
from rnnviz.gui.plotting.items.run_curve import RunCurve
from rnnviz.gui.plotting.items.short_names import short_names
from rnnviz.gui.plotting.items.sign_picture import SignPicture
from rnnviz.gui.style.theme import Theme

_PLACES = np.linspace(0.04, 0.96, 24)
_GAPS = (3.0, 10.0, 18.0, 28.0)
_MEMORY = 5
"""How many looks back a curve's way is remembered: some seven seconds."""
_VEIL, _TAG_VEIL = 150, 225
"""How much a name, and a name with a sign before it, dims what is behind it, of 255."""
_FARTHEST = 2.0
"""How many of its heights a name may stand off its curve: beyond, it seems to be another's."""
_COLUMN = 3.0
"""How many pixels of x are looked at as one."""
_LINE, _AREA, _RULE = 6.0, 0.35, 0.5
"""How bad it is to cover a curve, a band, a reference line."""
_FAR = 1000.0
"""How many pixels away it is, where nothing is below or above."""
_TAKEN = 1000.0
"""How bad a place is that is not free."""
_LONGEST, _SHORTEST = (0.33, 104), (0.2, 72)
"""To which share of the plot's width, and to how many designed pixels at the least, a run's name is
cut, so as not to cover the curves; and where there is no place for that."""
_GOOD, _WORTH_MOVING = 0.6, 0.3
"""A place that costs less is kept, even when another is better, and so is one nearly as good."""


@dataclass(slots=True)
class _Label:
    owner: Curve | HorizontalLine
    word: Word
    plate: QGraphicsRectItem
    picture: SignPicture | None
    rect: QRectF


@dataclass(slots=True)
class _Trace:
    """What something covers: the upper and lower pixel of each column; nothing where NaN."""

    upper: Floats
    lower: Floats
    weight: float


@dataclass(frozen=True, slots=True)
class _Field:
    """Traces on top of each other, so that one call looks at all of them.

    Attributes
    ----------
    upper, lower
        ``(traces, columns)``: what each covers.
    weights
        ``(traces,)``: how bad it is to cover it.
    """

    upper: Floats
    lower: Floats
    weights: Floats

    def covering(self, places: Floats, size: tuple[float, float]) -> tuple[Floats, Floats]:
        """Return which share of each place each covers, and how far away it is.

        Parameters
        ----------
        places
            Upper left corners, ``(places, 2)``.
        size
            Width and height.

        Returns
        -------
        shares, distances
            ``(traces, places)`` each.
        """
        width, height = size
        window = _windows(places[:, 0], width, self.upper.shape[1])
        tops = places[:, 1, None]
        upper, lower = self.upper[:, window], self.lower[:, window]
        # Comparisons with not-a-number are false: nothing covers nothing.
        shares = ((upper < tops + height - 1) & (lower > tops + 2)).mean(axis=2)
        distances = np.maximum(np.maximum(upper - (tops + height), tops - lower), 0.0)
        nearest = np.fmin.reduce(distances, axis=2, initial=_FAR)
        # Even a single peak through a word makes it hard to read.
        return np.where(shares > 0, shares + 0.2, 0.0), nearest


def _field(traces: Iterable[_Trace], plot: QRectF) -> _Field:
    found = list(traces)
    edges = np.array([(one.upper, one.lower) for one in found])
    edges = edges.reshape(len(found), 2, _columns(plot))
    return _Field(edges[:, 0], edges[:, 1], np.array([one.weight for one in found]))


class CurveLabels:
    """The names of curves and of level lines that carry theirs themselves.

    Where several curves are named, a sign before each name shows what its line looks like; a thin
    frame around both tells the sign from the data. A name for which there is no room is not shown.

    A label that moved with its curve would be unreadable, and one that stood still for ever would
    be run over. So places are looked at every second and a half, and a free one is kept.
    """

    def __init__(self, scene: QGraphicsScene, theme: Theme, mapping: AxesTransform) -> None:
        self._scene = scene
        self._theme = theme
        self._mapping = mapping
        self._labels: dict[int, _Label] = {}
        self._past: dict[int, deque[_Trace]] = {}

    @property
    def rects(self) -> list[QRectF]:
        """Where the visible labels stand."""
        return [label.rect for label in self._labels.values() if label.word.item.isVisible()]

    def owner_at(self, place: QPointF) -> Curve | HorizontalLine | None:
        """Return whose name stands at a place in pixels; None where there is none."""
        shown = (label for label in self._labels.values() if label.word.item.isVisible())
        return next((one.owner for one in shown if one.plate.rect().contains(place)), None)

    def forget_places(self) -> None:
        """Look for every place anew the next time."""
        self._past.clear()
        for label in self._labels.values():
            label.rect = QRectF()

    def forget_past(self) -> None:
        """Forget where curves have been: the axes have moved under them."""
        self._past.clear()

    def place(
        self,
        curves: list[Curve],
        bands: list[Band],
        levels: list[HorizontalLine],
        taken: Sequence[QRectF] = (),
        *,
        stays: Curve | HorizontalLine | None = None,
    ) -> None:
        """Give each named curve and level line its label, off the bands where that is possible.

        Never where something stands already, in `taken`. Somebody points at the name of what
        `stays`: it must not run away.
        """
        plot = self._mapping.rect
        levels = [line for line in levels if line.shown]
        curves = [c for c in curves if c.visible and np.isfinite(c.pixels[1]).any()]
        # What lies above the others is named before room runs out.
        curves.sort(key=lambda curve: -curve.graphics[0].zValue())
        bands = [band for band in bands if band.visible and len(band.x) > 1]
        owners: list[Curve | HorizontalLine] = [
            line for line in levels if line.label_on == "line" and line.label and not line.hushed
        ]
        owners += [curve for curve in curves if curve.label]
        owners.sort(key=lambda owner: owner is not stays)
        traces: dict[int, _Trace] = {}
        for line in levels:
            begin = int((line.left - plot.left()) / _COLUMN)
            row = np.full(_columns(plot), line.pixel - plot.top())
            row[:begin] = np.nan
            traces[id(line)] = _Trace(row, row, _RULE)
        # Of curves, `traces` has where they were lately, and this where they are.
        now = {id(curve): _curve_trace(*curve.pixels, plot, curve.halo) for curve in curves}
        traces |= {key: self._remembered(key, trace) for key, trace in now.items()}
        traces |= {id(band): _band_trace(*band.pixels, plot) for band in bands}
        several = sum(isinstance(owner, Curve) for owner in owners) > 1
        lately, present = _field(traces.values(), plot), _field(now.values(), plot)
        rows = {key: row for row, key in enumerate(traces)}
        present_rows = {key: row for row, key in enumerate(now)}
        names = self._names_of_runs(curves)
        taken = [rect for rect in taken if not rect.isEmpty()]
        shown = set()
        for owner in owners:
            sign = owner.key if several and isinstance(owner, Curve) else ""
            key = id(owner)
            judge = _Judge(
                traces[key], rows[key], lately, present_rows.get(key), present, taken, plot
            )
            name, short = names.get(key, (owner.label or "",) * 2)
            rect = self._put(owner, sign, name, judge, stays=owner is stays)
            if rect is None and short != name:
                rect = self._put(owner, sign, short, judge, stays=owner is stays)
            if rect is not None:
                taken.append(rect)
                shown.add(id(owner))
        for key, label in self._labels.items():
            label.word.set_visible(key in shown)
            label.plate.setVisible(key in shown)
            if label.picture is not None and key not in shown:
                label.picture.hide()

    def _put(
        self, owner: Curve | HorizontalLine, sign: str, name: str, judge: _Judge, *, stays: bool
    ) -> QRectF | None:
        """Return where the name stands, or nothing where there is no place for it."""
        label, plot = self._label_of(owner), self._mapping.rect
        label.word.set_style(self._theme.font("small"), owner.word_color)
        before = 0.0 if label.picture is None else label.picture.width
        written = sign if label.picture is None else ""
        label.word.set_text(f"{written} {name}" if written else name)
        size = (label.word.width + before, label.word.height)
        rect = label.rect
        here = np.array([[rect.left() - plot.left(), rect.top() - plot.top()]])
        cost, free_here = judge.look_at(here, size)
        has_place = (rect.width(), rect.height()) == size
        present = float(cost[0]) if has_place else np.inf
        is_free = bool(free_here[0])
        if stays and has_place:
            present, is_free = 0.0, True
        if present > _GOOD or not is_free:
            places = _candidates(judge.own, size, plot)
            all_costs, free = judge.look_at(places, size)
            all_costs += _TAKEN * ~free
            present += 0.0 if is_free else _TAKEN
            best = int(np.argmin(all_costs))
            # A little better is not worth a jump.
            if all_costs[best] < present - _WORTH_MOVING:
                left, top = places[best].tolist()
                rect = QRectF(round(left + plot.left()), round(top + plot.top()), *size)
                is_free = bool(free[best])
        if not is_free:
            return None
        label.rect = rect
        label.word.move(rect.left() + before, rect.top())
        if label.picture is not None and isinstance(owner, RunCurve):
            label.picture.show(owner.sign, owner.color, rect.left(), rect.center().y())
        plate = self._theme.palette.color("panel")
        plate.setAlpha(_TAG_VEIL if sign else _VEIL)
        label.plate.setBrush(plate)
        frame = QPen(self._theme.palette.color("line"), 1.0)
        label.plate.setPen(frame if sign else QPen(Qt.PenStyle.NoPen))
        label.plate.setRect(rect.adjusted(-3.5, 0.5, 3.5, -0.5))
        return rect

    def _names_of_runs(self, curves: list[Curve]) -> dict[int, tuple[str, str]]:
        """Return what is written at each run's curve, and what where that has no place."""
        runs = [curve for curve in curves if isinstance(curve, RunCurve) and curve.label]
        metrics, plot = QFontMetricsF(self._theme.font("small")), self._mapping.rect
        said = [curve.label or "" for curve in runs]
        usual, least = (
            short_names(said, max(share * plot.width(), self._theme.px(room)), metrics)
            for share, room in (_LONGEST, _SHORTEST)
        )
        both = zip(usual, least, strict=True)
        return {id(curve): names for curve, names in zip(runs, both, strict=True)}

    def _remembered(self, key: int, trace: _Trace) -> _Trace:
        """Return what a curve has covered lately: one that jumps needs more room than it takes."""
        past = self._past.setdefault(key, deque(maxlen=_MEMORY))
        if past and len(past[-1].upper) != len(trace.upper):
            past.clear()
        past.append(trace)
        with_past = np.array([(one.upper, one.lower) for one in past])
        return _Trace(
            np.fmin.reduce(with_past[:, 0]), np.fmax.reduce(with_past[:, 1]), trace.weight
        )

    def _label_of(self, owner: Curve | HorizontalLine) -> _Label:
        label = self._labels.get(id(owner))
        if label is None:
            plate = QGraphicsRectItem()
            plate.setZValue(LAYER_LABEL - 1)
            self._scene.addItem(plate)
            is_run = isinstance(owner, RunCurve)
            picture = SignPicture(self._scene, self._theme) if is_run else None
            label = _Label(owner, Word(self._scene), plate, picture, QRectF())
            self._labels[id(owner)] = label
        return label


def _columns(plot: QRectF) -> int:
    return int(plot.width() / _COLUMN) + 1


def _curve_trace(x: Floats, y: Floats, plot: QRectF, halo: float) -> _Trace:
    """Return what a curve covers, its peaks between two columns and its dots included."""
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = (x[finite] - plot.left()) / _COLUMN, y[finite] - plot.top()
    columns = _columns(plot)
    edges = np.interp(np.arange(columns + 1) - 0.5, x, y, left=np.nan, right=np.nan)
    upper, lower = np.fmin(edges[:-1], edges[1:]), np.fmax(edges[:-1], edges[1:])
    column = np.clip(np.rint(x), 0, columns - 1).astype(np.intp)
    np.fmin.at(upper, column, y)
    np.fmax.at(lower, column, y)
    return _Trace(upper - halo, lower + halo, _LINE)


def _band_trace(x: Floats, low: Floats, high: Floats, plot: QRectF) -> _Trace:
    finite = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
    columns = np.arange(_columns(plot)) * _COLUMN
    if not finite.any():
        nothing = np.full(columns.shape, np.nan)
        return _Trace(nothing, nothing, 0.0)
    x = x[finite] - plot.left()
    upper, lower = (
        np.interp(columns, x, edge[finite] - plot.top(), left=np.nan, right=np.nan)
        for edge in (high, low)
    )
    return _Trace(upper, lower, _AREA)


def _candidates(own: _Trace, size: tuple[float, float], plot: QRectF) -> Floats:
    """Return upper left corners above and below a curve, all along it, in the plot's own pixels."""
    width, height = size
    lefts = np.clip(_PLACES * plot.width() - width / 2, 2.0, max(plot.width() - width - 2, 2.0))
    # The name of a level belongs on its line; a curve's may keep clear of its wiggles.
    gaps = _GAPS[:1] if own.weight == _RULE else _GAPS
    window = _windows(lefts, width, len(own.upper))
    above = np.nanmin(own.upper[window], axis=1, initial=np.inf) - height
    below = np.nanmax(own.lower[window], axis=1, initial=-np.inf)
    tops = np.concatenate([edge for gap in gaps for edge in (above - gap, below + gap)])
    lefts = np.tile(lefts, 2 * len(gaps))
    # Where the curve has ended there is nothing to stand beside.
    beside = np.isfinite(tops)
    if not beside.any():
        return np.zeros((1, 2))
    tops = np.clip(tops[beside], 0.0, max(plot.height() - height, 0.0))
    return np.column_stack((lefts[beside], tops))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says of places how well a name stands there.

    Attributes
    ----------
    own
        What is named.
    row, lately
        Where all have been lately, and which of them is named.
    present_row, present
        Where the curves are now, and which of them is named; None where it is no curve.
    taken
        By other names.
    plot
        Where all of this is.
    """

    own: _Trace
    row: int
    lately: _Field
    present_row: int | None
    present: _Field
    taken: list[QRectF]
    plot: QRectF

    def look_at(
        self, places: Floats, size: tuple[float, float]
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Return how bad places are, and at which a name can stand at all."""
        covered, distances = self.lately.covering(places, size)
        return (
            self._costs(places, size, covered, distances),
            self._are_free(places, size, distances[self.row]),
        )

    def _costs(
        self, places: Floats, size: tuple[float, float], covered: Floats, distances: Floats
    ) -> Floats:
        """Return how bad places are: 0 is free and near, more than 1 is worth leaving."""
        width, height = size
        weights, near = self.lately.weights, distances[self.row]
        # Names read best in the middle and to the right of it, where curves have settled.
        costs = 0.9 * np.abs((places[:, 0] + width / 2) / self.plot.width() - 0.62)
        # Too far from its curve, a name belongs to none.
        costs += np.maximum(near - 0.3 * height, 0.0) / height + weights @ covered
        nearer = distances[weights == _LINE] < near - 3
        return np.asarray(costs + 0.9 * nearer.sum(axis=0))

    def _are_free(
        self, places: Floats, size: tuple[float, float], lately: Floats
    ) -> NDArray[np.bool_]:
        """Return at which places a name is beside its owner, nearest to it, and over no curve."""
        width, height = size
        lefts, tops, plot = places[:, 0], places[:, 1], self.plot
        free = (lefts >= -1) & (tops >= -1)
        free &= (lefts + width <= plot.width() + 1) & (tops + height <= plot.height() + 1)
        covered, distances = self.present.covering(places, size)
        own = lately if self.present_row is None else distances[self.present_row]
        free &= own <= _FARTHEST * height
        free &= ((covered == 0) & (distances >= own - 3)).all(axis=0)
        for rect in self.taken:
            other_left, other_top = rect.left() - plot.left(), rect.top() - plot.top()
            apart = (lefts > other_left + rect.width() + 6) | (lefts + width < other_left - 6)
            apart |= (tops > other_top + rect.height() + 1) | (tops + height < other_top - 1)
            free &= apart
        return free


def _windows(lefts: Floats, width: float, columns: int) -> NDArray[np.intp]:
    """Return the columns below each place, shape ``(places, columns)``."""
    first = ((lefts - 2) / _COLUMN).astype(np.intp)
    window: NDArray[np.intp] = first[:, None] + np.arange(int((width + 4) / _COLUMN) + 2)
    return np.minimum(np.maximum(window, 0, out=window), columns - 1, out=window)
