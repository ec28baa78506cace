"""The strip of runs: a line each, where there are several; nothing at all where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.runs.run import Run
from rnnviz.gui.style.sign import SIGNS, Sign
from rnnviz.gui.style.sign_drawing import sign_pixmap
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.widgets.eliding_button import ElidingButton
from rnnviz.gui.widgets.menu_button import open_menu_with
from rnnviz.gui.widgets.plain import plain_tip
from rnnviz.gui.widgets.steady_number import SteadyNumber
from rnnviz.gui.widgets.steady_sentence import SteadySentence
from rnnviz.gui.wording.numbers import in_places
from rnnviz.gui.wording.runs import origin_words
from rnnviz.runs.race import RaceRule
from rnnviz.training.snapshot import RunState

# Lines stand side by side where no name is cut for it, or where there would be too many below each
# other: then each has so much at the least, in designed pixels.
_MOST_BELOW, _LEAST_LINE = 4, 430
_MARGINS, _COLUMN_GAP = (14, 4, 8, 6), 12
# Of a number, what keeps its room.
_WIDEST_STEP, _WIDEST_LOSS = "9,999", "< 0.001"
_NOTHING = "\N{EN DASH}"
_STEP, _SEEN_STEP = "step", "seen at step"
_HELP = {
    RaceRule.STEPS: "All runs do the same number of steps: none is more than a few steps ahead.",
    RaceRule.TOKENS: "All runs read the same number of tokens: one with a longer window or a "
    "larger batch does fewer steps.",
    RaceRule.TIME: "All runs compute for the same time: a network with quicker steps does "
    "more of them.",
}


@dataclass(frozen=True, slots=True)
class StripLine:
    """What a line says of its run.

    Attributes
    ----------
    number, name, sign
        Who it is.
    origin
        Where it has left which run; empty where it is no branch.
    step, loss, state
        How it stands, or stood at the step of its past that is seen; None before there is a
        network.
    is_of_past
        Whether a step of its past is seen.
    is_compared, is_in_front
        How it is shown.
    """

    number: int
    name: str
    origin: str
    sign: Sign
    step: int | None
    loss: float | None
    state: RunState | None
    is_of_past: bool
    is_compared: bool
    is_in_front: bool


def strip_line(run: Run, name: str, is_compared: bool, is_in_front: bool) -> StripLine:
    """Return what is to be said of a run."""
    snapshot = run.snapshot
    seen = None if snapshot is None else snapshot.seen
    return StripLine(
        number=run.number,
        name=name,
        origin=origin_words(run.origins),
        sign=run.sign,
        step=None if seen is None else seen.step,
        loss=None if seen is None else seen.smoothed_loss,
        state=None if snapshot is None else snapshot.state,
        is_of_past=snapshot is not None and snapshot.is_of_past,
        is_compared=is_compared,
        is_in_front=is_in_front,
    )


class RunsStrip(QFrame):
    """Shows who races and how far each has come, and what can be done with one of them.

    Parameters
    ----------
    theme
        Colours and icons.
    add_rival
        Adds a run to those that are there.
    parent
        The widget that holds it.

    Signals
    -------
    front_asked(int), play_asked(int), remove_asked(int)
        What the person wants of the run of this number.
    compare_asked(int, bool)
        Whether it is to be shown beside the others.
    sign_chosen(int, Sign)
        How it is to be told from the others.
    rule_chosen(RaceRule)
        What the runs are to have equally much of.
    """

    front_asked = Signal(int)
    play_asked = Signal(int)
    remove_asked = Signal(int)
    compare_asked = Signal(int, bool)
    sign_chosen = Signal(int, object)
    rule_chosen = Signal(object)

    def __init__(self, theme: Theme, add_rival: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("runs_strip")
        self.setProperty("card", True)
        self.setAccessibleName("Runs")
        self._lines: dict[int, _Line] = {}
        self.rule = QComboBox()
        self.rule.setObjectName("race_rule")
        self.rule.setAccessibleName("Rule of the race")
        for rule in RaceRule:
            self.rule.addItem(rule.words, rule)
            self.rule.setItemData(self.rule.count() - 1, _HELP[rule], Qt.ItemDataRole.ToolTipRole)
        self.rule.currentIndexChanged.connect(self._rule_changed)
        self._rule_changed()
        self._result = SteadySentence("race_result")
        self._result.setProperty("words", "soft")
        self._add = QToolButton()
        self._add.setDefaultAction(add_rival)
        self._add.setProperty("flat", True)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.rule)
        head.addWidget(self._result, 1)
        head.addWidget(self._add)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(_COLUMN_GAP)
        self._grid.setVerticalSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(*_MARGINS)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(self._grid)
        # Once the style sheet has come to them, lines know how wide they are.
        self._placing = QTimer(self, interval=0, singleShot=True)
        self._placing.timeout.connect(self._place_lines)
        theme.changed.connect(self._restyle)
        self.hide()

    def _rule_changed(self) -> None:
        rule = self.rule.currentData()
        self.rule.setToolTip(_HELP[rule])
        self.rule_chosen.emit(rule)

    def show_lines(self, lines: Sequence[StripLine], result: str = "") -> None:
        """Show a line for each run, and nothing where there is one.

        Parameters
        ----------
        lines
            One a run, in order.
        result
            A sentence about how they stand.
        """
        self.setVisible(len(lines) > 1)
        numbers = [line.number for line in lines]
        if numbers != list(self._lines):
            self._make_lines(numbers)
        are_named_anew = [self._lines[line.number].show_line(line) for line in lines]
        if any(are_named_anew):
            self._placing.start()
        trains = any(line.state is RunState.RUNNING for line in lines)
        self._result.show_sentence(result, at_once=not trains)

    def _make_lines(self, numbers: Sequence[int]) -> None:
        for number in self._lines.keys() - set(numbers):
            destroy_later(self._lines.pop(number))
        self._lines = {number: self._lines.get(number) or self._line(number) for number in numbers}
        self._place_lines()

    def _line(self, number: int) -> _Line:
        line = _Line(self._theme, number)
        line.name.clicked.connect(partial(self.front_asked.emit, number))
        line.play.clicked.connect(partial(self.play_asked.emit, number))
        line.remove.clicked.connect(partial(self.remove_asked.emit, number))
        line.sign_chosen.connect(partial(self.sign_chosen.emit, number))
        line.compare.toggled.connect(partial(self.compare_asked.emit, number))
        return line

    def _place_lines(self) -> None:
        if not self._lines:
            return
        columns = self._columns
        rows = -(-len(self._lines) // columns)
        for place, line in enumerate(self._lines.values()):
            self._grid.addWidget(line, place % rows, place // rows)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column * rows < len(self._lines)))

    @property
    def _columns(self) -> int:
        """How many lines stand side by side."""
        count, (left, _, right, _) = len(self._lines), _MARGINS
        room = self.width() - left - right + _COLUMN_GAP
        whole = max(line.sizeHint().width() for line in self._lines.values())
        uncut = room // (whole + _COLUMN_GAP)
        most = max(1, room // (self._theme.px(_LEAST_LINE) + _COLUMN_GAP))
        return min(max(1, uncut, min(most, -(-count // _MOST_BELOW))), count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let lines stand side by side where there is room."""
        super().resizeEvent(event)
        self._place_lines()

    def _restyle(self) -> None:
        for line in self._lines.values():
            line.restyle()
        self._placing.start()


class _Line(QWidget):
    """One run: its sign, its name, how far it has come, and its controls."""

    sign_chosen = Signal(object)

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._shown: StripLine | None = None
        self._sign = self._button(f"run_sign_{number}")
        self._sign.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._signs = QMenu("Sign", self)
        self._signs.aboutToShow.connect(self._offer_signs)
        open_menu_with(self._sign, self._signs)
        self.name = ElidingButton()
        self.name.setObjectName(f"run_front_{number}")
        self.name.setCheckable(True)
        self.step = SteadyNumber(f"run_step_{number}", _WIDEST_STEP)
        self.loss = SteadyNumber(f"run_loss_{number}", _WIDEST_LOSS)
        self.play = self._button(f"run_train_{number}")
        self.compare = QCheckBox()
        self.compare.setObjectName(f"run_compare_{number}")
        self.remove = self._button(f"run_remove_{number}")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.compare)
        self._row.addWidget(self._sign)
        self._row.addWidget(self.name)
        self._row.addStretch(1)
        self._step_word = _word(_STEP)
        for word, label in ((self._step_word, self.step), (_word("loss"), self.loss)):
            self._row.addSpacing(6)
            self._row.addWidget(word)
            self._row.addSpacing(3)
            self._row.addWidget(label)
        self._row.addWidget(self.play)
        self._row.addWidget(self.remove)
        self.restyle()

    def show_line(self, line: StripLine) -> bool:
        """Say how the run stands; return whether it is called otherwise than before."""
        if line == self._shown:
            return False
        before, self._shown = self._shown, line
        if before is None or before.sign != line.sign:
            self._draw_sign(line.sign)
        self.step.show_number(_NOTHING if line.step is None else f"{line.step:,}")
        if (before is not None and before.is_of_past) != line.is_of_past:
            self._show_past(line.is_of_past)
        has_failed = line.state is RunState.FAILED and not line.is_of_past
        loss = _NOTHING if line.loss is None else in_places(line.loss)
        self.loss.show_number("failed" if has_failed else loss)
        self.name.setChecked(line.is_in_front)
        self.compare.blockSignals(True)
        self.compare.setChecked(line.is_compared or line.is_in_front)
        self.compare.blockSignals(False)
        self.compare.setEnabled(not line.is_in_front)
        if before is None or _told_of(before) != _told_of(line):
            self._name(line)
        return before is None or before.name != line.name

    def _show_past(self, is_of_past: bool) -> None:
        """Say whether the numbers are of an earlier step, as the toolbar does."""
        self._step_word.setText(_SEEN_STEP if is_of_past else _STEP)
        for number in (self.step, self.loss):
            number.show_past(is_of_past)

    def _draw_sign(self, sign: Sign) -> None:
        pixmap = sign_pixmap(sign, self._theme, "forward")
        self._sign.setIcon(QIcon(pixmap))
        self._sign.setIconSize(pixmap.size())

    def _offer_signs(self) -> None:
        """Offer every sign: in the menu's own words, for an icon cannot be read aloud."""
        self._signs.clear()
        for sign in SIGNS:
            icon = QIcon(sign_pixmap(sign, self._theme, "forward"))
            action = self._signs.addAction(icon, f"{sign.dash}, {sign.marker}")
            action.triggered.connect(partial(self.sign_chosen.emit, sign))

    def _name(self, line: StripLine) -> None:
        name, trains = line.name, line.state is RunState.RUNNING
        self.name.set_words(name)
        front = f"Put {name} in front: panels of one run and the form are about it"
        tips: tuple[tuple[QWidget, str], ...] = (
            (self._sign, f"Choose another sign for {name}"),
            (self.name, f"{front}\nIt was {line.origin}" if line.origin else front),
            (self.compare, f"Show {name} beside the run in front"),
            (self.play, f"{'Pause' if trains else 'Train'} {name} alone"),
            (self.remove, f"Remove {name}"),
        )
        for widget, tip in tips:
            widget.setToolTip(plain_tip(tip))
            widget.setAccessibleName(tip)
        self.play.setIcon(self._theme.icon("pause" if trains else "train"))

    def restyle(self) -> None:
        """Take icons and sizes from the theme."""
        self.remove.setIcon(self._theme.icon("close"))
        for number in (self.step, self.loss):
            # Not its own: that is the one of before until the style sheet has come to it.
            number.fit(self._theme.font("mono"))
        if self._shown is not None:
            self._name(self._shown)
            self._draw_sign(self._shown.sign)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure again: only what is shown has its style."""
        super().showEvent(event)
        self.restyle()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("flat", True)
        button.setProperty("tiny", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _told_of(line: StripLine) -> tuple[object, ...]:
    """Return what of a line its controls tell."""
    return line.name, line.origin, line.state


def _word(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("words", "small")
    return label
