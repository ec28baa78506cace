"""The view that fills the window: drawing, equations, arithmetic and phases of one step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.diagnostics.one_step.by_hand import Hidden as OneHidden
from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.gui.inside.arithmetic.names import as_entry, as_index
from rnnviz.gui.inside.cursor import Cursor
from rnnviz.gui.inside.drawing.canvas import Canvas
from rnnviz.gui.inside.drawing.network_drawing import NetworkDrawing
from rnnviz.gui.inside.drawing.painting import Painter
from rnnviz.gui.inside.drawing.shapes import Entry, Hidden, Thing
from rnnviz.gui.inside.drawing.time_steps import diagram_of
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.equations.grids import Window
from rnnviz.gui.inside.equations.items import pieces_of
from rnnviz.gui.inside.equations.line_list import LineList
from rnnviz.gui.inside.equations.lines import StepLine
from rnnviz.gui.inside.equations.row_view import RowView
from rnnviz.gui.inside.header import Header
from rnnviz.gui.inside.phases.transport import Transport
from rnnviz.gui.inside.shown import Shown, shown_of
from rnnviz.gui.inside.story import Story
from rnnviz.gui.inside.take_along import TakeAlong
from rnnviz.gui.style.theme import SPACING, PanelTheme, Theme

# What a number is written with.
_OF_A_NUMBER = "0123456789.,+-\N{MINUS SIGN}"


class InsideView(QWidget):
    """Shows one record; it decides nothing about the run.

    Parameters
    ----------
    theme
        Colours and type.

    Signals
    -------
    left()
        Back to training.
    step_wanted()
        The step is to be taken for real.
    """

    left = Signal()
    step_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_view")
        self.setAccessibleName("Inside one step")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._theme = theme = PanelTheme(theme)
        theme.setParent(self)
        theme.dress(self)
        self._lookup: Lookup | None = None
        self._shown: Shown | None = None
        self.step_cursor = Cursor(self)
        painter = Painter(theme)
        self.header = Header(theme)
        self.canvas = Canvas(theme, painter)
        self.lines = LineList(theme)
        self.row = RowView(theme, painter)
        self.story = Story(self.step_cursor, theme)
        self.transport = Transport(self.step_cursor, theme)
        self.take_along = TakeAlong(
            self.header.take_along_menu, self.canvas, self.step_cursor, self
        )
        self._lay_out()
        self._connect()
        self._restyle()

    # -- what is shown ------------------------------------------------------------------------

    def show_subject(self, subject: StepSubject) -> None:
        """Say what is looked into, while its numbers are computed."""
        self.header.show_subject(subject)
        if not self.step_cursor.has_record:
            self.story.wait()
        self.setFocus()

    def rest(self) -> None:
        """Do nothing by itself while nobody sees it."""
        self.transport.hold()

    def show_record(self, record: StepRecord) -> None:
        """Show the first phase of a step, and let the network unfold."""
        self._lookup = None
        self.header.set_can_step(True)
        self.step_cursor.begin(record)
        self.canvas.unfold()

    def _begun(self) -> None:
        cursor = self.step_cursor
        self._lookup = Lookup(cursor.record, cursor.phases)
        self._choose_drawn()

    def _choose_drawn(self) -> None:
        assert self._lookup is not None
        record = self._lookup.record
        layers = record.subject.network.num_layers
        rows = diagram_of(self._lookup).height[0] * layers
        header = self.header
        self._shown = shown_of(
            record, header.choice, header.units_by_hand, header.stream, rows_a_unit=rows
        )
        self.story.stream = self.take_along.stream = self._shown.stream
        drawing = NetworkDrawing(self._lookup, self._shown, self._theme)
        self.canvas.show_network(drawing)

    def _window(self) -> Window:
        """Return what is shown at the present phase."""
        assert self._shown is not None
        return Window(self.step_cursor.record, self._shown, self.step_cursor.phase.t)

    def _choice_changed(self) -> None:
        if self._lookup is not None:
            self._choose_drawn()
            self.step_cursor.look_again()
            self._ask(about_chosen=True)

    def _show_line(self) -> None:
        """Show the present line, everywhere."""
        assert self._lookup is not None
        cursor, hidden = self.step_cursor, self._hidden
        self.lines.show_lines(cursor.lines, cursor.line_number)
        self.row.show_line(cursor.line, self._window(), self._lookup.largest_gradient)
        self.row.select((cursor.place, cursor.entry), hidden)
        sight = Sight(
            cursor.record, cursor.phases, cursor.number, cursor.place, self._read(), hidden
        )
        self.canvas.show_phase(sight)
        self.canvas.select((cursor.place, cursor.entry))

    # -- by hand ------------------------------------------------------------------------------

    @property
    def _hidden(self) -> Hidden:
        question = self.story.by_hand.hidden
        if question is None:
            return {}
        return {question.place: frozenset({as_entry(question.index)})}

    def _ask(self, *, about_chosen: bool = False) -> None:
        """Ask for a number of the present phase, where that is wanted; if so for the chosen one."""
        cursor = self.step_cursor
        if self.header.asks and cursor.has_record:
            self.story.ask(
                [one for line in cursor.lines for one in self._numbers_of(line)],
                (cursor.place, as_index(cursor.entry)) if about_chosen else None,
            )

    def _numbers_of(self, line: StepLine) -> list[OneHidden]:
        """Return the numbers of a line of the present phase that are seen."""
        return [(line.place, as_index(entry)) for entry in self._window().entries(line)]

    @property
    def _is_asked(self) -> bool:
        """Whether a question stands: then all that is shown is of it, whatever is clicked."""
        return self.header.asks and self.story.by_hand.question is not None

    def _asked(self) -> None:
        """Have the number that is asked for looked at, and hidden."""
        question = self.story.by_hand.question
        if question is not None:
            self.step_cursor.choose(question.place, as_entry(question.index))
        else:
            self._show_line()

    def _set_by_hand(self, on: bool) -> None:
        self.transport.set_can_play(not on)
        self.row.set_in_full(on)
        if on:
            self._ask(about_chosen=True)
            self.story.by_hand.focus_answer()
        else:
            self.story.ask_nothing()
            if self.step_cursor.has_record:
                self._show_line()

    def _read(self) -> frozenset[Place]:
        """Return the lines that the present one reads."""
        cursor = self.step_cursor
        scope = cursor.line.scope(cursor.record, 0)
        pieces = pieces_of(cursor.line, scope, whole=True)[1:]
        return frozenset(piece.place for piece in pieces if piece.place is not None)

    # -- wiring -------------------------------------------------------------------------------

    def _connect(self) -> None:
        cursor = self.step_cursor
        cursor.entries_shown = lambda line: self._window().entries(line)
        cursor.begun.connect(self._begun)
        cursor.line_changed.connect(self._show_line)
        cursor.phase_entered.connect(self._ask)
        cursor.phase_changed.connect(lambda: self.header.set_at_end(cursor.is_at_end))
        self.header.left.connect(self.left)
        self.header.step_wanted.connect(self.step_wanted)
        self.header.choice_changed.connect(self._choice_changed)
        self.header.by_hand_toggled.connect(self._set_by_hand)
        self.story.by_hand.asked.connect(self._asked)
        self.story.by_hand.settled.connect(self._show_line)
        self.story.by_hand.done.connect(self.transport.next)
        self.lines.chosen.connect(lambda number: self._choose_line([number]))
        self.row.chosen.connect(self._chosen)
        self.row.pointed.connect(self._pointed)
        self.canvas.chosen.connect(self._chosen)
        self.story.arithmetic.chosen.connect(self._chosen)
        self.story.arithmetic.pointed.connect(self._pointed_in_arithmetic)
        self.canvas.pointed.connect(self._cell_pointed)
        self._theme.changed.connect(self._restyle)

    def _chosen(self, place: Place, entry: Entry | None) -> None:
        self.transport.hold()
        cursor = self.step_cursor
        if self._is_asked and entry is not None and cursor.computes(place):
            self.story.by_hand.ask_for([(place, as_index(entry))])
        elif self._is_asked and place in cursor.phase.places:
            lines = [line for line in cursor.lines if line.place == place]
            self.story.by_hand.ask_for([one for line in lines for one in self._numbers_of(line)])
        else:
            cursor.choose(place, entry)

    def _choose_line(self, numbers: Sequence[int]) -> None:
        """Go to the first of some lines; or ask for a number of the first that has one to ask."""
        lines = self.step_cursor.lines
        if self._is_asked:
            wanted = [one for number in numbers for one in self._numbers_of(lines[number])]
            self.story.by_hand.ask_for(wanted)
        elif numbers:
            self.step_cursor.choose_line(numbers[0])

    def _pointed(self, things: frozenset[Thing]) -> None:
        self.canvas.light(things)

    def _pointed_in_arithmetic(self, things: frozenset[Thing]) -> None:
        self.canvas.light(things)
        self.row.light(things)

    def _cell_pointed(self, place: Place | None, _entry: Entry | None) -> None:
        self.row.light(frozenset() if place is None else frozenset({place}))

    def event(self, event: QEvent) -> bool:
        """Keep for the answer what is typed, of which the point would else train a step."""
        is_shortcut = event.type() == QEvent.Type.ShortcutOverride
        if is_shortcut and isinstance(event, QKeyEvent) and self._belongs_to_answer(event):
            event.accept()
            return True
        return super().event(event)

    def _belongs_to_answer(self, event: QKeyEvent) -> bool:
        is_asked = self.header.asks and self.story.by_hand.hidden is not None
        return is_asked and bool(event.text()) and event.text() in _OF_A_NUMBER

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the keys."""
        if self._belongs_to_answer(event):
            self.story.by_hand.write(event.text())
            return
        transport, cursor = self.transport, self.step_cursor
        above = range(cursor.line_number - 1, -1, -1)
        below = range(cursor.line_number + 1, len(cursor.lines))
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        keys = {
            Qt.Key.Key_Right: transport.next_kind if shift else transport.next,
            Qt.Key.Key_Left: transport.back,
            Qt.Key.Key_PageDown: transport.next_kind,
            Qt.Key.Key_Down: lambda: self._choose_line(below),
            Qt.Key.Key_Up: lambda: self._choose_line(above),
            Qt.Key.Key_Home: lambda: cursor.go_to(0),
            Qt.Key.Key_End: lambda: cursor.go_to(len(cursor.phases)),
            Qt.Key.Key_Space: transport.toggle_play,
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = keys.get(Qt.Key(event.key()))
        if act is None or not (cursor.has_record or act == self.left.emit):
            event.ignore()
            return
        act()

    # -- looks --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        self.above = QVBoxLayout()
        self.above.setContentsMargins(SPACING, SPACING, SPACING, 0)
        column.addLayout(self.above)
        body = QHBoxLayout()
        body.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        body.setSpacing(SPACING)
        drawing, equations = self._card(self.canvas), self._card(self.lines, self.row)
        self._halves = _Halves(drawing, equations, self._theme)
        body.addWidget(self._halves, 1)
        body.addWidget(self.story)
        column.addLayout(body, 1)
        column.addWidget(self.transport)

    def _card(self, *widgets: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        row = QHBoxLayout(card)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(0)
        for widget in widgets:
            row.addWidget(widget)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out."""
        super().resizeEvent(event)
        self._restyle()

    def _restyle(self) -> None:
        """Give the story a quarter of the width, and the lines a sixth."""
        theme = self._theme
        theme.suit(self.size())
        width = self.width() / theme.scale
        self.story.setFixedWidth(theme.px(max(300, min(440, 0.26 * width))))
        self.lines.setFixedWidth(theme.px(max(220, min(360, 0.18 * width))))
        self._halves.share()


class _Halves(QWidget):
    """The drawing above, and the equations below in a third of the height."""

    def __init__(self, above: QWidget, below: QWidget, theme: Theme) -> None:
        super().__init__()
        self._below = below
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(above, 1)
        column.addWidget(below)

    def share(self) -> None:
        """Share the height out."""
        theme = self._theme
        height = self.height() / theme.scale
        self._below.setFixedHeight(theme.px(max(190, min(320, 0.346 * height))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height out."""
        super().resizeEvent(event)
        self.share()
