"""The wall in the error surface of a one-unit network, and two balls that meet it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.wall.board import WallBoard
from rnnviz.gui.plotting import PlotView
from rnnviz.gui.style.theme import Theme
from rnnviz.training.snapshot import Snapshot

_WORDED_WIDTH = 440
_EXPLANATION = """
This panel does not show the network that you train. It shows the smallest recurrent network \
there is: one unit without input. It starts at x = 0.5 and replaces x by w·sigmoid(x) + b fifty \
times. Its error at the end is (sigmoid(x) − 0.7)². The picture shows this error for every weight \
w and bias b, on a logarithmic scale: the bluer, the larger. It is figure 6 of Pascanu, Mikolov & \
Bengio (2013), seen from above.

On the grey dashed line, the unit stays at 0.5. Just above the line it climbs away, and just \
below it falls away, further with every step, so that after fifty steps the errors differ widely: \
that is the wall. The gradient explodes there for the same reason. On its way back, every step \
multiplies it by 0.235·w. At w = 5 this is 1.175, and fifty times in a row makes 3,200.

Two balls start at the same place and roll by plain gradient descent. From the place where they \
start at first, the ball without clipping meets such a long gradient at the wall that one step \
throws it out of the picture. There the unit is saturated and hardly any gradient is left, so the \
ball stays. Clipping keeps the gradient's direction and limits its length, so the other ball is \
pushed back only a little. It zigzags along the wall into the valley, where there is no blue.

Click anywhere, or drag a ball, to start both there. From some places, neither meets the wall; \
and where a ball lands after meeting it depends on the smallest differences.
""".strip()


class WallPanel(Panel):
    """The error over w and b as a picture, and two descents over it, with clipping and without.

    Nothing in it comes from a snapshot. Its body is made when it is first asked for: it is hidden
    at first, and three plots that nobody sees would delay the window's start.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="wall_panel",
            title="The wall",
            subtitle="a one-unit network of its own, not the one you train",
            explanation=_EXPLANATION,
            parent=parent,
        )
        self._board: WallBoard | None = None
        self._run, self._step, self._back = (
            self._new_button(part, name)
            for part, name in (
                ("run", "Let both balls roll, or hold them"),
                ("step", "Let both balls take one step"),
                ("reset", "Put both balls back to their start"),
            )
        )
        self._run.clicked.connect(lambda: self.board.toggle())
        self._step.clicked.connect(lambda: self.board.take_step())
        self._back.clicked.connect(lambda: self.board.put_back())
        theme.changed.connect(self._name_buttons)
        self._name_buttons()

    @property
    def board(self) -> WallBoard:
        """The body."""
        if self._board is None:
            self._board = WallBoard(self.theme)
            self._board.running_changed.connect(self._name_buttons)
            self._board.running_changed.connect(self.played)
            self.set_body(self._board)
            self._fit_body()
            self._layout.activate()
        return self._board

    @property
    def player(self) -> WallBoard:
        """The two balls."""
        return self.board

    @property
    def plot_view(self) -> PlotView:
        """The picture of the surface."""
        return self.board.map

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show nothing of it: this panel is not about the run."""

    def csv(self) -> str:
        """Return both ways, step by step, and beside them the surface below."""
        return self.board.csv()

    def paint_export(self, painter: QPainter) -> None:
        """Paint the panel for a file, though nobody may have seen it yet."""
        _ = self.board
        super().paint_export(painter)

    def render_body(self, painter: QPainter) -> None:
        """Paint the plots and the words, without the controls."""
        self.board.paint_export(painter)

    def fit_body(self, height: int) -> None:
        """Leave the words and the controls out where the picture needs the room."""
        if self._board is not None:
            self._board.fit(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say in words what the buttons do, where there is room."""
        super().resizeEvent(event)
        self._name_buttons()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the body, if this is the first time."""
        _ = self.board
        super().showEvent(event)

    def _new_button(self, part: str, name: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"wall_{part}")
        button.setProperty("tiny", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.setToolTip(name)
        self.add_header_widget(button)
        return button

    def _name_buttons(self) -> None:
        """Say what the buttons do, with a word beside the icon where there is room."""
        px = self.theme.px
        runs = self._board is not None and self._board.runs
        for button, (icon, word) in (
            (self._run, ("pause", "Pause") if runs else ("train", "Run")),
            (self._step, ("step", "Step")),
            (self._back, ("reset", "Reset")),
        ):
            button.setIcon(self.theme.icon(icon, "soft", "ink", 12))
            button.setIconSize(QSize(px(12), px(12)))
            button.setText(word if self.width() >= px(_WORDED_WIDTH) else "")
