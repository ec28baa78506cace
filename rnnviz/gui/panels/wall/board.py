"""The error surface of a one-unit network, two balls on it, and all that is said of them."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.diagnostics.wall import (
    Descent,
    descend,
    error_surface,
    growth,
    surface_point,
    wall_line,
)
from rnnviz.gui.panels.wall.controls import B_RANGE, W_RANGE, WallControls
from rnnviz.gui.panels.wall.readout import WallReadout, ball_words
from rnnviz.gui.plotting import Axis, Curve, PlotView, Trajectory
from rnnviz.gui.plotting.axes.transform import as_floats
from rnnviz.gui.plotting.items.item import Column
from rnnviz.gui.plotting.view.export import csv_text
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.wording.numbers import format_number, in_full

STEPS = 120
"""How many steps each ball takes."""

EXTENT = (*W_RANGE, *B_RANGE)
"""Left, right, lower and upper edge of the picture."""

_COLUMNS, _ROWS = 400, 300
_LEVELS = (0.01, 0.5)
_DIGITS = 3
"""So many are kept of a threshold that is dragged."""
_FLOOR = 1e-6
_FRAME_MS = 50
_SIDE_WIDTH, _SIDE_HEIGHT = 560, 300
_WORDED_WIDTH = 440
_LEAST_WITH_WORDS, _LEAST_WITH_CONTROLS = 160, 200
"""Lower, there is only the picture; or no controls."""
_ROLES: tuple[ColorRole, ColorRole] = ("backward", "backward_deep")
_NAMES = ("with clipping", "without clipping")
_SHORT_NAMES = ("clipped", "unclipped")
_SIGNS = ("●", "✕")


class WallBoard(QWidget):
    """The error over w and b as a picture, two descents over it, and their course beside it.

    The animation's timer runs only while balls roll and somebody sees them.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.

    Attributes
    ----------
    map
        The picture of the surface.
    controls
        Start, learning rate and threshold.

    Signals
    -------
    running_changed()
        The balls roll now, or rest.
    """

    running_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall_board")
        self._theme = theme
        self._descents: tuple[Descent, Descent] | None = None
        self._step = 0
        self._runs = False
        self._timer = QTimer(self)
        self._timer.setObjectName("wall_timer")
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self.controls = WallControls(theme)
        self.controls.edited.connect(self._start_anew)
        self._build_map()
        self._build_side()
        self._readouts = [
            WallReadout(theme, f"wall_readout_{number + 1}", sign, role)
            for number, (sign, role) in enumerate(zip(_SIGNS, _ROLES, strict=True))
        ]
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def descents(self) -> tuple[Descent, Descent]:
        """The ways of the ball with clipping and of the one without, from the chosen start."""
        if self._descents is None:
            chosen = self.controls.settings
            start, rate = (chosen.w, chosen.b), chosen.learning_rate
            self._descents = (
                descend(start, rate, STEPS, chosen.clip_threshold),
                descend(start, rate, STEPS),
            )
        return self._descents

    @property
    def step(self) -> int:
        """The step that the balls have reached on the screen."""
        return self._step

    @property
    def runs(self) -> bool:
        """Whether the balls roll."""
        return self._runs

    def fit(self, height: int) -> None:
        """Leave out what there is no room for in so many designed pixels."""
        self.controls.setHidden(height < _LEAST_WITH_CONTROLS)
        for label in self._readouts:
            label.setHidden(height < _LEAST_WITH_WORDS)

    # -- what the person does -----------------------------------------------------------------

    def toggle(self) -> None:
        """Let both balls roll, from the start where they have arrived; or hold them."""
        if self._runs:
            self._hold()
            return
        if self._step >= STEPS:
            self._show_step(0)
        self._runs = True
        if self.isVisible():
            self._timer.start()
        self.running_changed.emit()

    def take_step(self) -> None:
        """Let both balls take one step; from the start where they have arrived."""
        self._hold()
        self._show_step(0 if self._step >= STEPS else self._step + 1)

    def put_back(self) -> None:
        """Put both balls back to their start."""
        self._hold()
        self._show_step(0)

    def start_at(self, w: float, b: float) -> None:
        """Let both balls roll from here."""
        self.controls.set_start(w, b)
        self.put_back()
        self.toggle()

    def _carry(self, w: float, b: float) -> None:
        """Have both balls where they are carried; where they would roll is worked out later."""
        for one in (self._start, *self._trails):
            one.set_data([w], [b])

    def _drag_threshold(self, _step: float, norm: float) -> None:
        norm = _rounded(norm)
        self._threshold.set_value(norm, f"clipped at {in_full(norm)}")

    def _set_threshold(self, _step: float, norm: float) -> None:
        settings = dataclasses.replace(self.controls.settings, clip_threshold=_rounded(norm))
        self.controls.set_settings(settings)

    def _start_anew(self) -> None:
        """Take other settings: the balls rest as many steps along their new ways."""
        self._descents = None
        self._hold()
        self._show_step(self._step)

    def _advance(self) -> None:
        self._show_step(self._step + 1)
        if self._step >= STEPS:
            self._hold()

    def _hold(self) -> None:
        self._runs = False
        self._timer.stop()
        self.running_changed.emit()

    def _show_step(self, step: int) -> None:
        self._step = step
        if self.isVisible():
            self._draw_ways()

    # -- what leaves it -----------------------------------------------------------------------

    def csv(self) -> str:
        """Return both ways, step by step, and beside them the surface below, as far as in view."""
        steps = np.arange(STEPS + 1.0)
        ways: list[Column] = [("step", steps)]
        for name, way in zip(_NAMES, self.descents, strict=True):
            parts = {"w": way.w, "b": way.b, "error": way.error, "gradient norm": way.norm}
            ways += [(f"{name}: {part}", as_floats(values)) for part, values in parts.items()]
        ways.append((f"{_NAMES[0]}: shortened", as_floats(self.descents[0].clipped)))
        self._draw_surface()
        (_, w), (_, b), (_, error) = self._surface.columns()
        surface: list[Column] = [("surface: w", w), ("surface: b", b), ("surface: error", error)]
        passed = self._error.mapping.x.are_in_view(steps) & self._norm.mapping.x.are_in_view(steps)
        tables = (ways, passed), (surface, self._surface.rows_in_view())
        return csv_text(
            [
                (name, np.asarray(values)[seen[: len(values)]])
                for table, seen in tables
                for name, values in table
            ]
        )

    def paint_export(self, painter: QPainter) -> None:
        """Paint the plots and the words for a file, without the controls."""
        self._draw_surface()
        self._draw_ways()
        for view in (self.map, self._error, self._norm):
            if view.isVisibleTo(self):
                painter.save()
                painter.translate(view.mapTo(self, QPoint(0, 0)))
                view.paint_export(painter)
                painter.restore()
        painter.setFont(self._theme.font("small"))
        for label, sign, role in zip(self._readouts, _SIGNS, _ROLES, strict=True):
            if label.isHidden():
                continue
            painter.setPen(self._theme.palette.word_color(role))
            place = label.mapTo(self, QPoint(0, painter.fontMetrics().ascent()))
            painter.drawText(place, f"{sign}  {label.words}")

    # -- drawing ------------------------------------------------------------------------------

    def _draw_surface(self) -> None:
        """Compute the surface, once: it never changes."""
        if self._surface.values is not None:
            return
        (left, right), (bottom, top) = W_RANGE, B_RANGE
        half_w, half_b = (right - left) / _COLUMNS / 2, (top - bottom) / _ROWS / 2
        w = np.linspace(left + half_w, right - half_w, _COLUMNS)
        b = np.linspace(bottom + half_b, top - half_b, _ROWS)
        self._surface.set_data(error_surface(w, b), EXTENT)
        line = np.linspace(left, right, 100)
        line = line[growth(line) > 1.0]
        self._line.set_data(line, wall_line(line))

    def _draw_ways(self) -> None:
        if not self._threshold_grip.is_held:
            self._drag_threshold(0.0, self.controls.settings.clip_threshold)
        self._start.set_data([self.controls.settings.w], [self.controls.settings.b])
        for number, way in enumerate(self.descents):
            count = min(self._step + 1, len(way))
            # Where one ball is thrown off the picture, what it does out there is not drawn.
            outside = way.first_outside(*EXTENT)
            drawn = count if outside is None else min(count, outside + 1)
            self._trails[number].set_data(way.w[:drawn], way.b[:drawn])
            steps = np.arange(count)
            self._errors[number].set_data(steps, way.error[:count])
            self._norms[number].set_data(steps, way.norm[:count])
            self._readouts[number].say(
                ball_words(way, self._step, EXTENT, _NAMES[number], _SHORT_NAMES[number])
            )

    def _hovered(self, w: float, b: float) -> str:
        point = surface_point(w, b)
        return "\n".join(
            (
                f"w {format_number(w, 0.01)}, b {format_number(b, 0.01)}",
                f"error: {format_number(point.error)}",
                f"gradient norm: {format_number(point.norm)}",
            )
        )

    # -- building -----------------------------------------------------------------------------

    def _build_map(self) -> None:
        self.map = PlotView(
            self._theme,
            x=Axis(label="recurrent weight w", name="w"),
            y=Axis(label="bias b", name="b"),
            object_name="wall_plot",
            title="Error of a one-unit network by weight and bias, with two descents",
        )
        self.map.set_x_range(*W_RANGE, steady=False)
        self.map.set_y_range(*B_RANGE, steady=False)
        self.map.set_hover_formatter(self._hovered)
        self.map.clicked.connect(self.start_at)
        self.map.viewport().setCursor(Qt.CursorShape.CrossCursor)
        value = Axis(kind="log", floor=_LEVELS[0], number_format=in_full)
        self._surface = self.map.add_heat_map("error", "loss", levels=_LEVELS, value_axis=value)
        self._line = self.map.add_trajectory(
            "where the unit rests", "soft", style="dashed", mark="none", width=1.5
        )
        self._start = self.map.add_trajectory("start", "ink", mark="ring")
        self._trails: list[Trajectory] = [
            self.map.add_trajectory(_NAMES[1], _ROLES[1], style="dashed", mark="cross"),
            self.map.add_trajectory(_NAMES[0], _ROLES[0]),
        ][::-1]
        ball = self.map.grip_points(
            [self._start, *self._trails], "Drag: both balls start where you let go"
        )
        ball.grasped.connect(self.put_back)
        ball.dragged.connect(self._carry)
        ball.set_to.connect(self.controls.set_start)
        ball.let_go.connect(self.toggle)

    def _build_side(self) -> None:
        step = Axis(label="step", whole=True)
        self._error = PlotView(
            self._theme,
            x=Axis(name="step", whole=True),
            y=Axis(kind="log", floor=_FLOOR, label="error"),
            object_name="wall_error_plot",
            title="Error of both balls by step",
        )
        self._norm = PlotView(
            self._theme,
            x=step,
            y=Axis(kind="log", floor=_FLOOR, label="gradient norm"),
            object_name="wall_norm_plot",
            title="Gradient norm of both balls by step, before clipping",
        )
        self._error.set_y_range(1e-5, 1.0)
        self._norm.set_y_range(1e-3, 1e3)
        self._errors, self._norms = (self._pair(view) for view in (self._error, self._norm))
        self._threshold = self._norm.add_horizontal_line(
            "threshold", "threshold", "solid", label_on="line"
        )
        grip = self._threshold_grip = self._norm.grip_line(
            self._threshold, "Drag: set the norm at which one ball is clipped"
        )
        grip.dragged.connect(self._drag_threshold)
        grip.set_to.connect(self._set_threshold)
        for view in (self._error, self._norm):
            view.set_x_range(0, STEPS, steady=False)

    def _pair(self, view: PlotView) -> list[Curve]:
        # They zigzag at every step of an animation: wider, they would take four times the painting.
        without = view.add_curve(_NAMES[1], _ROLES[1], width=1.0, style="dashed", label=_NAMES[1])
        return [view.add_curve(_NAMES[0], _ROLES[0], width=1.0, label=_NAMES[0]), without]

    def _lay_out(self) -> None:
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self._error, 1)
        side.addWidget(self._norm, 1)
        self._plots = QHBoxLayout()
        self._plots.addWidget(self.map, 3)
        self._plots.addWidget(self._side, 2)
        self._words = QVBoxLayout()
        for label in self._readouts:
            self._words.addWidget(label)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._plots, 1)
        self._column.addLayout(self._words)
        self._column.addWidget(self.controls)

    def _restyle(self) -> None:
        px = self._theme.px
        self._words.setContentsMargins(px(SPACING), 0, px(SPACING), 0)
        self._words.setSpacing(0)
        self._column.setSpacing(px(SPACING) // 2)
        self._plots.setSpacing(px(SPACING))
        self._arrange()

    def _arrange(self) -> None:
        """Show the small plots beside the picture, and longer words, where there is room."""
        px, width = self._theme.px, self.width()
        has_side = width >= px(_SIDE_WIDTH) and self.height() >= px(_SIDE_HEIGHT)
        self._side.setVisible(has_side)
        wide = (width / 2 if has_side else width) >= px(_WORDED_WIDTH)
        blue = "blue: error after 50 steps" if wide else "blue: error"
        self.map.set_note(blue, "top_left", "forward")
        self.map.set_note("click, or drag a ball: both start there", "bottom_left")
        self.map.set_note("╌ the unit stays at 0.5" if wide else "╌ the wall", "top_right")

    # -- what Qt tells ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed unseen, and let balls that rolled roll on."""
        super().showEvent(event)
        self._draw_surface()
        self._draw_ways()
        if self._runs:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while nobody sees it."""
        super().hideEvent(event)
        self._timer.stop()


def _rounded(norm: float) -> float:
    return float(f"{norm:.{_DIGITS}g}")
