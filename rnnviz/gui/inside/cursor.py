"""Where in a step one is: the phase, the line of it, and the number of that line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from rnnviz.diagnostics.one_step.phases import Phase, Place, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.gui.inside.drawing.shapes import Entry
from rnnviz.gui.inside.equations.lines import StepLine, lines_of


class Cursor(QObject):
    """One place in a record, which everything that is shown of it follows.

    Attributes
    ----------
    entries_shown
        Returns which numbers of a line are drawn; one of them is looked at unless another is asked
        for.

    Signals
    -------
    begun()
        It is in another record.
    phase_changed()
        It is at another phase.
    line_changed()
        It is at another line, or at another number of the same one.
    phase_entered()
        After both: it has come to another phase.
    """

    begun = Signal()
    phase_changed = Signal()
    line_changed = Signal()
    phase_entered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._record: StepRecord | None = None
        self._phases: tuple[Phase, ...] = ()
        self._number = 0
        self._lines: tuple[StepLine, ...] = ()
        self._line = 0
        self._entry: Entry = (0,)
        self._was_output = False
        self.entries_shown: Callable[[StepLine], Sequence[Entry]] = lambda line: ()

    def begin(self, record: StepRecord) -> None:
        """Go to the first phase of a record."""
        self._record = record
        self._phases = phases_of(record)
        # The phase where one was may be beyond the end of a shorter step.
        self._number, self._lines = 0, ()
        self.begun.emit()
        self._go(0, "")

    @property
    def record(self) -> StepRecord:
        """The step's; there has to be one."""
        assert self._record is not None
        return self._record

    @property
    def has_record(self) -> bool:
        """Whether there is anything to look into yet."""
        return self._record is not None

    # -- phases -------------------------------------------------------------------------------

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All of them."""
        return self._phases

    @property
    def number(self) -> int:
        """The present phase's, from 0."""
        return self._number

    @property
    def phase(self) -> Phase:
        """The present one."""
        return self._phases[self._number]

    @property
    def is_at_start(self) -> bool:
        """Whether there is none before it."""
        return self._number == 0

    @property
    def is_at_end(self) -> bool:
        """Whether there is none behind it."""
        return self._number == len(self._phases) - 1

    def go_to(self, number: int) -> None:
        """Go to a phase; from beyond the ends, to the last one there is."""
        number = max(0, min(number, len(self._phases) - 1))
        if self._phases and number != self._number:
            self._go(number, self.place.name if self._lines else "")

    def next(self) -> None:
        """Go to the next phase."""
        self.go_to(self._number + 1)

    def back(self) -> None:
        """Go to the phase before."""
        self.go_to(self._number - 1)

    def next_kind(self) -> None:
        """Go to the next phase that does something else: from forward to the loss, and so on."""
        kind = self.phase.kind
        later = range(self._number + 1, len(self._phases))
        self.go_to(next((n for n in later if self._phases[n].kind != kind), len(self._phases)))

    def _go(self, number: int, name: str) -> None:
        """Go to a phase, and there to a line of the same name, where it has one."""
        before = self.phase.kind if self._lines else None
        self._was_output = bool(self._lines) and _is_output(self.place)
        self._number = number
        self._lines = lines_of(self.record, self.phase)
        alike = [n for n, line in enumerate(self._lines) if line.place.name == name]
        same_kind = before == self.phase.kind
        self._line = alike[0] if alike and same_kind else _first(self._lines)
        self._look_at_shown()
        self.phase_changed.emit()
        self.line_changed.emit()
        self.phase_entered.emit()

    def look_again(self) -> None:
        """Stay, and have all that follows show it anew: other numbers are drawn by now."""
        self._look_at_shown()
        self.phase_changed.emit()
        self.line_changed.emit()

    def _look_at_shown(self) -> None:
        """Look at the number of the present line where one was looked at before, if it is drawn.

        From a unit one comes to the output that matters most, and back to the first unit.
        """
        entry, shown = self.line.nearest(self._entry), self.entries_shown(self.line)
        stays = entry in shown and self._was_output == _is_output(self.place)
        self._entry = entry if stays or not shown else shown[0]

    # -- lines --------------------------------------------------------------------------------

    @property
    def lines(self) -> tuple[StepLine, ...]:
        """The present phase's."""
        return self._lines

    @property
    def line_number(self) -> int:
        """The present line's, from 0."""
        return self._line

    @property
    def line(self) -> StepLine:
        """The present one."""
        return self._lines[self._line]

    @property
    def place(self) -> Place:
        """Where in the record it stands."""
        return self.line.place

    @property
    def entry(self) -> Entry:
        """Which number of it is looked at."""
        return self._entry

    def choose_line(self, number: int) -> None:
        """Go to a line of the present phase."""
        number = max(0, min(number, len(self._lines) - 1))
        if number != self._line:
            self._was_output = _is_output(self.place)
            self._line = number
            self._look_at_shown()
            self.line_changed.emit()

    def computes(self, place: Place) -> bool:
        """Tell whether it is a line of one of the phases."""
        return any(place in phase.places for phase in self._phases)

    def choose(self, place: Place, entry: Entry | None) -> None:
        """Go to a number, and to the phase that computes it, where that is another one."""
        number = next((n for n, phase in enumerate(self._phases) if place in phase.places), None)
        if number is None:
            return
        self._was_output = _is_output(self.place)
        moves = number != self._number
        if moves:
            self._number = number
            self._lines = lines_of(self.record, self.phase)
        there = [n for n, line in enumerate(self._lines) if line.place == place]
        holds = [n for n in there if entry is not None and self._lines[n].holds(entry)]
        self._line = (holds or there)[0]
        if entry is None:
            self._look_at_shown()
        else:
            self._entry = self.line.nearest(entry)
        if moves:
            self.phase_changed.emit()
        self.line_changed.emit()
        if moves:
            self.phase_entered.emit()


def _is_output(place: Place) -> bool:
    return place.part in ("output", "loss", "output back")


def _first(lines: tuple[StepLine, ...]) -> int:
    """Return the line with which a phase begins to compute: what is merely given comes before."""
    computed = (n for n, line in enumerate(lines) if line.is_computed)
    return next(computed, 0)
