"""Which earlier characters each error is credited to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.credit import CreditMatrix
from rnnviz.gui.panels.base.read_text import ReadToken
from rnnviz.gui.panels.base.small_multiples import LayerMultiples
from rnnviz.gui.plotting import Axis, TokenStrip
from rnnviz.gui.plotting.axes.training_axis import POSITIONS
from rnnviz.gui.plotting.axes.transform import as_floats
from rnnviz.gui.plotting.view.export import csv_text
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import format_number, format_power, with_space
from rnnviz.gui.wording.tokens import has_long_tokens, short_word, visible_character
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.snapshot import RunState, Snapshot, WindowView

_FLOOR = 1e-12
_LEVELS = (1e-6, 1e1)
_STRONGEST_SHOWN = 4
_LOW = 220
"""In a plot that is lower, in designed pixels, the words would hide too much: one line less."""
_LEAST_WITH_TEXT = 150
"""A body that is lower has no room for the text below the plot."""
_NORM = "gradient norm"
_SUBTITLE = "a row an error, a column a {token}"
_POINT = "Point at a row: it is marked in the text here."
_EXPLANATION = """
Each row is the error of one prediction, and each column is a {token} read before it. The colour \
shows how much of that error travels back through time to the state just after that {token}: the \
length of the gradient of this one error, on a logarithmic scale, in the same colours as the \
gradient history. {window}

The {token} that was read last lies at the sloping edge, and each cell further left is one step \
further back. Where the colour fades close to the edge, the gradient vanishes: hardly anything \
can be learned from earlier {tokens}. Where it grows to the left, the gradient explodes. Beyond \
the edge lies what was read later and cannot have caused the error.

Point at a row, or use the arrow keys. The text below then frames the {token} to be predicted and \
colours the ones that its error is credited to. The strongest are listed with their norms, also \
as a share of the norm at the {token} read last. While training is paused, the last row is \
marked.

Credit is a slope. It says how much a small change of that state would change the error, not \
whether the network makes use of the state.
""".strip()


@dataclass(frozen=True, slots=True, eq=False)
class CreditedText:
    """A credit matrix with the text that it belongs to.

    Attributes
    ----------
    tokens, targets
        The n last tokens that were read there, and those that should have been predicted; at the
        steps of which a task asks nothing, empty.
    matrix
        Row t is the error in predicting ``targets[t]``, column k the state after ``tokens[k]`` was
        read.
    length
        T, of which these are the last n.
    """

    tokens: tuple[str, ...]
    targets: tuple[str, ...]
    matrix: CreditMatrix
    length: int


def credited_text(window: WindowView, matrix: CreditMatrix) -> CreditedText:
    """Set a credit matrix beside the text of its window."""
    length = len(window.tokens)
    unasked = ("",) * (length - len(window.targets))
    return CreditedText(
        tokens=window.tokens[matrix.first :],
        targets=(*unasked, *window.targets)[matrix.first :],
        matrix=matrix,
        length=length,
    )


class CreditPanel(LayerMultiples):
    """The norm of dL_t/dh_k (or dL_t/dc_k) by t and k, and one row of it marked in the text.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (CREDIT,)
    flow = "backward"

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        # What people are told of its first row and column.
        self._first = POSITIONS.first
        super().__init__(
            theme,
            flow="backward",
            object_name="credit_panel",
            title="Credit matrix",
            subtitle=_SUBTITLE,
            explanation=_EXPLANATION,
            x=Axis(label="credited to", whole=True, ends=True, number_format=self._position),
            y=Axis(
                kind="inverted",
                label="error at",
                whole=True,
                ends=True,
                number_format=self._position,
            ),
            plot_title="Gradient norm by error and by character that it is credited to",
            parent=parent,
        )
        self._heat_map = self.view.add_heat_map(
            _NORM,
            "magnitude",
            levels=_LEVELS,
            value_axis=Axis(kind="log", floor=_FLOOR, number_format=_bar_words),
        )
        # What has vanished has no colour either: the edge tells it from what cannot be.
        self._edge = self.view.add_curve("", "faint", width=1.0)
        self._strip = TokenStrip(
            theme, object_name="credit_text", title="The text, marked by one error's credit"
        )
        body = QWidget()
        # First, for it takes the plot out of its place.
        self.set_body(body)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._strip)
        self.view.show()
        self._shown: tuple[object, ...] = ()
        self._credit: CreditedText | None = None
        self._row: int | None = None
        self._rests = False
        self._are_words = False
        self.view.set_hover_formatter(self._words_at)
        self.view.hovered.connect(self._point_at)
        self._strip.pointed.connect(self.token_pointed)
        self.view.set_note("◂ back through time", "bottom_right", "backward")

    def render_body(self, painter: QPainter) -> None:
        """Paint the matrix, and the text below it."""
        self.view.paint_export(painter)
        if self._strip.isHidden():
            return
        painter.translate(QPoint(0, self._strip.y()))
        self._strip.paint_export(painter)

    def fit_body(self, height: int) -> None:
        """Leave the text out where the plot needs the room."""
        self._strip.setHidden(height < _LEAST_WITH_TEXT)

    def show_again(self) -> None:
        """Draw the latest snapshot once more; without its text where there is nothing to mark."""
        super().show_again()
        if self.missing:
            self._strip.show_message("")

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the credit of one layer's state."""
        window = snapshot.window
        matrix = snapshot.get(CREDIT)
        if window is None or matrix is None:
            return
        began = self.begins_run(snapshot)
        self._rests = snapshot.state is not RunState.RUNNING
        (state,), layer = self.chooser.states, self.chooser.layer
        shown = (matrix, state, layer, self._rests, window.streams)
        if shown == self._shown and not began:
            return
        credit = credited_text(window, matrix)
        self._shown, self._credit = shown, credit
        self._are_words = has_long_tokens(snapshot.configuration)
        words = self.chooser.words
        self.set_subtitle(words or self.of_tokens(_SUBTITLE))
        self._heat_map.name = f"{_NORM}, {words}" if words else _NORM
        self._draw(credit)
        self.show_tokens(snapshot, matrix.first)
        self._note(credit, window)
        self.view.refresh_hover()
        self._mark()

    def csv(self) -> str:
        """Return a line for every error and every character that it can be credited to, in view."""
        credit, norms = self._credit, self._norms
        if credit is None or norms is None:
            return ""
        rows, columns = np.tril_indices(len(norms))
        seen = self._heat_map.rows_in_view().reshape(norms.shape)[rows, columns]
        rows, columns = rows[seen], columns[seen]
        return csv_text(
            [
                ("error at position", (rows + self._first).astype(np.float64)),
                ("token to predict", [credit.targets[t] for t in rows.tolist()]),
                ("credited position", (columns + self._first).astype(np.float64)),
                ("token read", [credit.tokens[k] for k in columns.tolist()]),
                (self._heat_map.name, as_floats(norms[rows, columns])),
            ]
        )

    @property
    def _norms(self) -> Array | None:
        """The norms that are shown, (n, n)."""
        if self._credit is None or self.missing:
            return None
        (state,) = self.chooser.states
        norms: Array = self._credit.matrix.norms[state][self.chooser.layer]
        return norms

    def _draw(self, credit: CreditedText) -> None:
        norms = self._norms
        assert norms is not None
        size, first = len(norms), credit.matrix.first + POSITIONS.first
        self.view.set_x_range(-0.5, size - 0.5, steady=False)
        self.view.set_y_range(-0.5, size - 0.5, steady=False)
        if first != self._first:
            self._first = first
            self.view.lay_out()
        self.view.set_row_characters(list(credit.targets), are_words=self._are_words)
        possible = np.tril(np.ones((size, size), bool))
        self._heat_map.set_data(np.where(possible, norms, np.nan))
        self._edge.set_data([-0.5, size - 0.5], [-1.5, size - 1.5])

    def _note(self, credit: CreditedText, window: WindowView) -> None:
        """Say what part of the window this is."""
        notes = []
        if credit.matrix.size < credit.length:
            count = f"the last {credit.matrix.size:,} of {credit.length:,} {{tokens}}"
            notes.append(self.of_tokens(count))
        self.view.set_note(", ".join(notes), "top_left")
        streams = window.streams
        self.view.set_note(f"stream 1 of {streams:,}" if streams > 1 else "", "bottom_left")

    def _position(self, value: float) -> str:
        return f"{round(value) + self._first:,}"

    # -- one token of it ----------------------------------------------------------------------

    @property
    def pointed_token(self) -> ReadToken | None:
        """The token in the text below, or that of the pointer's column; see `Panel`."""
        place = self._strip.pointed_token
        if self._text is None or place is None:
            return super().pointed_token
        return self._text.at(place + self._first_place)

    def mark_token(self, token: ReadToken | None) -> None:
        """Mark a token's column, and frame it in the text below; see `Panel.mark_token`."""
        super().mark_token(token)
        place = None if token is None else token.place_in(self._text)
        self._strip.frame_token(None if place is None else place - self._first_place)

    # -- one row of it ------------------------------------------------------------------------

    def _point_at(self, place: tuple[float, float] | None) -> None:
        row = None if place is None else round(place[1])
        if row != self._row:
            self._row = row
            self._mark()

    def _mark(self) -> None:
        """Mark the row that is pointed at in the text; while training rests, else the last one."""
        credit, norms = self._credit, self._norms
        if credit is None or norms is None:
            return
        row = len(norms) - 1 if self._row is None and self._rests else self._row
        if row is None or not 0 <= row < len(norms):
            self._strip.show_message(self.of_tokens(_POINT))
            return
        text = (*credit.tokens, credit.targets[-1])
        strengths = [*_strengths(norms[row, : row + 1]), *[0.0] * (len(norms) - row)]
        self._strip.show_tokens(text, strengths, row + 1, are_words=self._are_words)

    def _words_at(self, x: float, y: float) -> str | None:
        """Say to whom the row's error is credited, strongest first."""
        credit, norms = self._credit, self._norms
        row, column = round(y), round(x)
        if credit is None or norms is None or not 0 <= row < len(norms) or column >= len(norms):
            return None  # What rests there may point at more than a shorter window has.
        target = self._quoted(credit.targets[row])
        lines = [f"error in predicting {target} at position {self._position(row + 1)}"]
        if column > row:
            lines.append(f"{self._quoted(credit.tokens[column])} was read later: no credit")
        elif column >= 0:
            lines.append(f"here, {self._credited(credit, norms, row, column)}")
        norms_of_row = norms[row, : row + 1]
        # Not-a-number last, and of equals the later one first.
        order = np.lexsort((-np.arange(row + 1), -np.nan_to_num(norms_of_row, nan=-1.0)))
        count = _STRONGEST_SHOWN - (self.view.height() < self.theme.px(_LOW))
        for rank, place in enumerate(order[:count].tolist(), start=1):
            lines.append(f"{rank}. {self._credited(credit, norms, row, place)}")
        return "\n".join(lines)

    def _credited(self, credit: CreditedText, norms: Array, row: int, column: int) -> str:
        norm, own, back = float(norms[row, column]), float(norms[row, row]), row - column
        where = "just read" if back == 0 else f"{back:,} step{'s' if back > 1 else ''} back"
        words = f"{self._quoted(credit.tokens[column])} {where}: {_norm_words(norm)}"
        if back and 0 < own < math.inf and _FLOOR < norm < math.inf:
            words += f", {_share_words(norm / own)}"
        return words

    def _quoted(self, token: str) -> str:
        return f"“{short_word(visible_character(token), 16)}”"


def _strengths(norms: Array) -> list[float]:
    """Return where norms (n,) stand in the range of the colours, from 0 to 1."""
    low, high = np.log10(_LEVELS)
    finite = np.nan_to_num(norms, nan=0.0, posinf=_LEVELS[1])
    logarithms = np.log10(np.clip(finite, *_LEVELS))
    strengths: list[float] = ((logarithms - low) / (high - low)).tolist()
    return strengths


def _norm_words(norm: float) -> str:
    return f"<{format_power(-12)}" if norm <= _FLOOR else format_number(norm)


def _share_words(share: float) -> str:
    if share >= 10:
        return f"{format_number(share)} times"
    return with_space("<0.5%" if share < 0.005 else f"{share:.0%}")


def _bar_words(value: float) -> str:
    """Write an end of the colours; below the lowest there is no other colour."""
    power = format_power(round(math.log10(value)))
    return f"≤{power}" if value <= _LEVELS[0] else power
