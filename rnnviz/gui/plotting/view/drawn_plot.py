"""What a plot shows: a graphics view that holds nothing but stock items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsView, QWidget

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.axes.layers import LAYER_HOVER
from rnnviz.gui.plotting.axes.transform import AxesTransform, Scale
from rnnviz.gui.plotting.axes.words import Word
from rnnviz.gui.plotting.items.curve_labels import CurveLabels
from rnnviz.gui.plotting.items.curves import Band, Curve
from rnnviz.gui.plotting.items.heat_map import HeatMap
from rnnviz.gui.plotting.items.histogram import Histogram
from rnnviz.gui.plotting.items.item import Canvas, PlotItem
from rnnviz.gui.plotting.items.lines import HorizontalLine, VerticalLine
from rnnviz.gui.plotting.items.markers import Markers
from rnnviz.gui.plotting.items.plate import Plate
from rnnviz.gui.plotting.items.points import Circle, Points
from rnnviz.gui.plotting.items.run_curve import RunCurve
from rnnviz.gui.plotting.items.stepped_line import SteppedLine
from rnnviz.gui.plotting.items.trajectory import Trajectory
from rnnviz.gui.plotting.view.color_bar import ColorBar
from rnnviz.gui.plotting.view.frame import BarShown, Corner, PlotFrame
from rnnviz.gui.plotting.view.hidden_names import HiddenNames
from rnnviz.gui.plotting.view.hiding import Hiding
from rnnviz.gui.plotting.view.naming_timer import NamingTimer
from rnnviz.gui.plotting.view.still_view import StillView
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme

_Options = ParamSpec("_Options")
_Item = TypeVar("_Item", bound=PlotItem)

NOT_FOLLOWING = "not following"
"""What a plot says that stays where a person looks."""
_NEAR = 24.0
"""Names beside curves need not follow at once where an axis moves by so many pixels."""
_LEAST_WIDTH, _LEAST_HEIGHT = 120, 64
_CHIP_GAP = 4
"""Around the chips in the upper right corner, in designed pixels."""


def _adds(
    kind: Callable[Concatenate[Canvas, _Options], _Item],
) -> Callable[Concatenate[DrawnPlot, _Options], _Item]:
    """Return a method that makes an item, from what its class asks for, and adds it to the plot."""

    def add(plot: DrawnPlot, /, *args: _Options.args, **options: _Options.kwargs) -> _Item:
        item = kind(plot._canvas, *args, **options)  # noqa: SLF001  # it becomes a method of the plot
        plot._add(item)  # noqa: SLF001  # as above
        return item

    add.__doc__ = kind.__doc__
    return add


class DrawnPlot(StillView):
    """What is seen of a plot; `PlotView` adds what a person can do with it.

    Python takes part only when data, a range or the size change. What `add_curve` and the others
    like it take, after a name and the colour's role, stands at the class of the item. A subclass
    calls `restyle` once it has all its parts.

    Parameters
    ----------
    theme
        Colours and type; the plot follows its changes.
    x, y
        What the axes mean.
    object_name
        The object's name; its accessible name is ``title``.
    title
        What the plot shows, for people who cannot see it.
    parent
        The widget that holds it.

    Attributes
    ----------
    hiding
        Which curves a person has hidden.

    Signals
    -------
    ranges_wanted()
        Other curves are hidden, or an axis is another one: whoever knows what the ranges should
        hold is to say so again.
    """

    ranges_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        x: Axis | None = None,
        y: Axis | None = None,
        object_name: str = "plot",
        title: str = "Plot",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, object_name=object_name, title=title, parent=parent)
        self._items: list[PlotItem] = []
        self.hiding = Hiding(self._items, self)
        self.hiding.changed.connect(self._show_what_is_left)
        self._wanted_of_y: tuple[float, float, bool] | None = None
        self._empty_message = ""
        self._mapping = AxesTransform(Scale(x or Axis()), Scale(y or Axis()))
        self._canvas = Canvas(self._mapping, theme, self._item_changed)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        scene = self.scene()
        self._clip = QGraphicsRectItem()
        self._clip.setPen(QPen(Qt.PenStyle.NoPen))
        self._clip.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape)
        scene.addItem(self._clip)
        self._frame = PlotFrame(scene, theme, self._mapping)
        self._labels = CurveLabels(scene, theme, self._mapping)
        self._chip = Plate(scene, theme, LAYER_HOVER - 1, is_button=True)
        self._hidden_names = HiddenNames(scene, theme)
        self._pointed_name: Curve | HorizontalLine | None = None
        self._message = Word(scene)
        self._naming = NamingTimer(self.place_labels, self)

    # -- what it shows ------------------------------------------------------------------------

    add_curve = _adds(Curve)
    add_run_curve = _adds(RunCurve)
    add_band = _adds(Band)
    add_horizontal_line = _adds(HorizontalLine)
    add_stepped_line = _adds(SteppedLine)
    add_vertical_line = _adds(VerticalLine)
    add_markers = _adds(Markers)
    add_histogram = _adds(Histogram)
    add_points = _adds(Points)
    add_circle = _adds(Circle)
    add_trajectory = _adds(Trajectory)
    add_heat_map = _adds(HeatMap)

    def set_equal_scales(self) -> None:
        """Show one unit as long on both axes, so that a circle is a circle at any size."""
        self._mapping.equal = True
        self.lay_out()

    def show_color_bar(self, shown: BarShown) -> None:
        """Say when the bar that tells what the colours mean stands beside a heat map."""
        if shown != self._frame.color_bar_shown:
            self._frame.color_bar_shown = shown
            self._frame.forget_margins()
            self.lay_out()

    @property
    def color_bar_room(self) -> float:
        """How many pixels narrower that bar makes the plot; 0 where there is none."""
        return self._frame.color_bar_room

    @property
    def items_shown(self) -> list[PlotItem]:
        """What the plot is made of, in the order in which it was added."""
        return list(self._items)

    @property
    def mapping(self) -> AxesTransform:
        """Where values stand on the screen."""
        return self._mapping

    @property
    def is_held(self) -> bool:
        """Whether a range stays where it is, whatever the data need; said in a corner."""
        return self._mapping.x.range.is_held or self._mapping.y.range.is_held

    @property
    def chip_text(self) -> str:
        """What is said there; empty where it follows the data."""
        return self._chip.text

    @property
    def hidden_text(self) -> str:
        """What is said there of hidden curves; empty where there are none."""
        return self._hidden_names.text

    def set_x_range(self, low: float, high: float, *, steady: bool = True) -> None:
        """Show at least this stretch of x, in data units.

        Parameters
        ----------
        low, high
            The stretch.
        steady
            Whether to end at round values, grow at once and shrink late; otherwise the range is
            exactly this one.
        """
        self._set_range(self._mapping.x, low, high, steady)

    def set_y_range(self, low: float, high: float, *, steady: bool = True) -> None:
        """Show at least this stretch of y, in data units; see :meth:`set_x_range`."""
        self._wanted_of_y = low, high, steady
        self._set_range(
            self._mapping.y, *self.hiding.narrowed(self._mapping.y.axis, low, high), steady
        )

    def set_y_unit(self, unit: str, label: str | None = None) -> None:
        """Say what y is measured in from now on, for hovering, and what its axis is called."""
        axis = self._mapping.y.axis
        label = axis.label if label is None else label
        self._mapping.y.axis = replace(axis, unit=unit, label=label)
        if label != axis.label:
            self.lay_out()

    def count_back_from(self, place: float) -> None:
        """Label x, where no characters do, by how far it lies to the left of a place."""
        if self._mapping.x.axis.counted_from != place:
            self._mapping.x.axis = replace(self._mapping.x.axis, counted_from=place)
            self.lay_out()

    def reset_ranges(self) -> None:
        """Take the next ranges as they come, as at the beginning of a new run."""
        self._mapping.x.range.reset()
        self._mapping.y.range.reset()
        self._frame.forget_margins()

    def set_characters(self, characters: list[str], *, are_words: bool = False) -> None:
        """Label x = 0, 1, 2, ... with characters, or words; with none, label numbers again."""
        before = self._frame.characters
        if (characters, are_words) == (before.characters, before.are_words):
            return
        same_shape = (len(characters), are_words) == (len(before.characters), before.are_words)
        fitted = before.fits(self._mapping.x)
        before.set_characters(characters, are_words=are_words)
        fits = before.fits(self._mapping.x)
        if same_shape and fitted and fits and not self._empty_message:
            before.place(self._mapping.x, self._mapping.rect.bottom() + self._theme.px(4))
        elif fitted or fits:
            self.lay_out()

    def set_row_characters(self, characters: list[str], *, are_words: bool = False) -> None:
        """Label y = 0, 1, 2, ... with characters, or words, where they fit; else with numbers."""
        if self._frame.set_row_characters(characters, are_words=are_words):
            self.lay_out()

    def set_note(
        self, text: str, corner: Corner = "bottom_left", color_role: ColorRole = "soft"
    ) -> None:
        """Write small words into the margins, such as ``◂ back through time``."""
        if text != self._frame.note(corner):
            is_blank = bool(self._empty_message)
            if self._frame.set_note(text, corner, color_role, blank=is_blank):
                self.lay_out()

    def set_empty_message(self, text: str | None) -> None:
        """Show only a message, in the middle; with ``None``, the plot again."""
        if (text or "") == self._empty_message:
            return
        self._empty_message = text or ""
        self._message.set_text(self._empty_message)
        self._clip.setVisible(not text)
        self.lay_out()
        self.place_labels()

    # -- how it is laid out -------------------------------------------------------------------

    def lay_out(self, *, names_at_once: bool = True) -> None:
        """Place everything anew, and draw the data again, named at once or soon."""
        viewport = self.viewport().size()
        size = QRectF(0, 0, max(viewport.width(), 1), max(viewport.height(), 1))
        self._frame.lay_out(size, self._levels(), blank=bool(self._empty_message))
        rect = self._mapping.rect
        # A little more than the plot: lines along an edge keep their whole width. What goes on
        # beside the plot is not to stick out of it.
        more = 1 if self.is_held else 4
        self._clip.setRect(rect.adjusted(-more, -more, more, more))
        self._message.move(
            (size.width() - self._message.width) / 2, (size.height() - self._message.height) / 2
        )
        self._show_chips(True)
        for item in self._items:
            item.refresh()
        self._naming.place(at_once=names_at_once or not self._labels.rects)

    def place_labels(self) -> None:
        """Find places for the names that stand beside curves."""
        shown = [] if self._empty_message else self._items
        # What is hidden may have got something to show, or have nothing any more.
        self._show_chips(True)
        self._labels.place(
            [item for item in shown if isinstance(item, Curve)],
            [item for item in shown if isinstance(item, Band)],
            [item for item in shown if isinstance(item, HorizontalLine)],
            [self._chip.rect, self._hidden_names.rect],
            stays=self._pointed_name,
        )

    def _show_chips(self, shown: bool) -> None:
        """Say that it does not follow the data, and what is hidden; or show the plot without."""
        shown = shown and not self._empty_message
        gap, rect = self._theme.px(_CHIP_GAP), self._mapping.rect
        right, top = rect.right() - gap, rect.top() + gap
        self._chip.say(NOT_FOLLOWING if shown and self.is_held else "")
        self._chip.place(right, top)
        if not self._chip.rect.isEmpty():
            right = self._chip.rect.left() - gap
        hidden = self.hiding.hidden if shown else []
        self._hidden_names.show(hidden, right, top, right - rect.left())

    def _show_what_is_left(self) -> None:
        """Look at what is not hidden, and find room for its names."""
        self._mapping.y.range.reset()
        self.ranges_wanted.emit()
        if self._wanted_of_y is not None:
            self.set_y_range(*self._wanted_of_y[:2], steady=self._wanted_of_y[2])
        self._show_chips(True)
        self.settle_labels()

    def settle_labels(self) -> None:
        """Look for the names' places anew, now that the curves stand still."""
        self._labels.forget_places()
        self._naming.place(at_once=True)

    @property
    def label_rects(self) -> list[QRectF]:
        """Where the names of curves and level lines stand, in pixels."""
        return [*self._labels.rects, *self._frame.margin_label_rects()]

    @property
    def axis_rects(self) -> list[QRectF]:
        """Where the axes have their numbers and names: to the left of the plot and below it."""
        all_of_it, plot = QRectF(self.viewport().rect()), self._mapping.rect
        left, below = QRectF(all_of_it), QRectF(all_of_it)
        left.setRight(plot.left())
        below.setTop(plot.bottom())
        return [left, below]

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(self._theme.px(420), self._theme.px(200))

    def _add(self, item: PlotItem) -> None:
        self._items.append(item)
        for graphics in item.graphics:
            if isinstance(item, Markers):
                # They stand above the plot's upper edge.
                self.scene().addItem(graphics)
            else:
                graphics.setParentItem(self._clip)
        if isinstance(item, Markers):
            self._frame.has_marks = True
        elif isinstance(item, HeatMap):
            self._frame.color_bar = ColorBar(self.scene(), self._theme, item)
            self.lay_out()

    def _levels(self) -> list[HorizontalLine]:
        return [item for item in self._items if isinstance(item, HorizontalLine)]

    def _set_range(self, scale: Scale, low: float, high: float, steady: bool) -> None:
        moved = scale.show(low, high, steady=steady)
        if moved is not None:
            self._labels.forget_past()
            self.lay_out(names_at_once=moved > _NEAR)

    def _item_changed(self, item: PlotItem) -> None:
        self.hiding.apply_to(item)
        if isinstance(item, HorizontalLine):
            levels = self._levels()
            if self._frame.needs_right(levels):
                self.lay_out()
            else:
                self._frame.place_margin_labels(levels)
        if isinstance(item, HeatMap):
            bar = self._frame.color_bar
            if bar is not None and bar.is_outdated:
                self.lay_out()
            return
        self._naming.place(at_once=not self._labels.rects)

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        super().restyle()
        self._message.set_style(self._theme.font("body"), self._theme.palette.color("soft"))
        for item in self._items:
            item.restyle()
        self._frame.restyle()
        self._chip.restyle()
        self._hidden_names.restyle()
        self._labels.forget_places()
        self.lay_out()

    # -- what Qt tells ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new size."""
        super().resizeEvent(event)
        self._frame.forget_margins()
        self.lay_out()
