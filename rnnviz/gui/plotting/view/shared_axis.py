"""Plots that have x in common look at the same stretch of it, and are pointed at together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from rnnviz.gui.plotting.view.plot_view import PlotView


class SharedAxis(QObject):
    """Whatever stretch of x a person holds in one plot is held in all of them.

    A place that is pointed at in one is marked in the others, with what they have there. A plot
    over steps says nothing to one over tokens or seconds. Each lays the stretch along its own axis,
    linear or logarithmic.

    Parameters
    ----------
    views
        The plots, such as all whose x is the course of training.
    parent
        Whose they are.
    marks
        Whether what is pointed at is marked: not where the same x need not mean the same.

    Signals
    -------
    switched(bool)
        They are drawn over a logarithmic axis now, or over a linear one.
    """

    switched = Signal(bool)

    def __init__(self, views: Iterable[PlotView], parent: QObject, *, marks: bool = True) -> None:
        super().__init__(parent)
        self._marks = marks
        self._views: list[PlotView] = []
        self._stays: tuple[float, str] | None = None
        for view in views:
            self.join(view)

    def stay_at(self, x: float | None, title: str = "") -> None:
        """Mark a place in plots whose axis has this title, where nobody points; None: no more."""
        stays = None if x is None else (x, title)
        # The curve on which it is marked may have moved, or be another run's.
        if stays is not None or self._stays is not None:
            self._stays = stays
            for view in self._views:
                view.stay_at_x(self._place_of(view))

    def _place_of(self, view: PlotView) -> float | None:
        """Return what is marked in a plot where nobody points."""
        x, title = self._stays or (None, "")
        return x if view.mapping.x.axis.title == title else None

    def join(self, view: PlotView) -> None:
        """Let one more plot look where the others do, from now on."""
        x = self._views[0].mapping.x if self._views else view.mapping.x
        if x.range.is_held:
            view.hold_x(x.to_value(x.start), x.to_value(x.end))
        self._views.append(view)
        view.stay_at_x(self._place_of(view))
        view.x_held.connect(partial(self._hold, view))
        view.x_let_go.connect(partial(self._follow, view))
        view.x_switched.connect(self.set_logarithmic)
        if self._marks:
            view.hovered.connect(partial(self._mark, view))
        view.destroyed.connect(partial(self._leave, view))

    def set_logarithmic(self, on: bool) -> None:
        """Draw all that may be over a logarithmic axis, or a linear one, whatever it counts."""
        for view in self._views:
            view.set_logarithmic_x(on)
        self.switched.emit(on)

    def _leave(self, gone: PlotView, _object: QObject | None = None) -> None:
        self._views = [view for view in self._views if view is not gone]

    def _hold(self, touched: PlotView, low: float, high: float) -> None:
        for view in self._others(touched):
            view.hold_x(low, high)

    def _follow(self, touched: PlotView) -> None:
        for view in self._others(touched):
            view.follow_x()

    def _mark(self, touched: PlotView, place: tuple[float, float] | None) -> None:
        for view in self._others(touched):
            view.mark_x(None if place is None else place[0])

    def _others(self, touched: PlotView) -> list[PlotView]:
        title = touched.mapping.x.axis.title
        return [
            view
            for view in self._views
            if view is not touched and view.mapping.x.axis.title == title
        ]
