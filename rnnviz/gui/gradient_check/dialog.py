"""A gradient check as it comes along: its table, its verdict in words, and what both mean."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.core.gradient_check import ParameterCheck
from rnnviz.diagnostics.gradient_report import CheckSubject, GradientReport, Verdict, extent_of
from rnnviz.gui.gradient_check.table import GradientCheckTable
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.dialog_button import dialog_button
from rnnviz.gui.widgets.popover import Popover

_TITLE = "Gradient check"
# The verdict that one hopes for is one line.
_WIDTH = 920
_PLACES = 1000
_COPY, _COPIED = "Copy table", "Table copied"

_EXPLANATION = """
Backpropagation computes the slope of the loss by every number of the network, with the chain rule.
A mistake in it is easily made and hard to see, for the network may still learn, only worse. So its
gradients are compared with slopes that need no chain rule.

Central differences: one number is moved up and down by 0.00001; the change of the loss over the
distance is the slope. (The same at twice the distance cancels most of the error that a distance
makes.) This takes four readings of the window for each number, so some are chosen: half where the
gradient is largest, half at random.

The relative error is the length of their difference over the sum of their lengths. Rounding
leaves about 1e-9; mistakes mostly leave 0.01 or more, so 1e-7 is where "agrees" ends. Training
computes with 7 digits (float32), in which such small changes of the loss would drown: the check
runs the same code with 16 (float64).

"Cannot be told": differences at two distances contradict each other. The gradient has vanished
into rounding, or explodes, or the loss has a kink, as where a ReLU unit switches on. Single numbers
of that kind are left out and counted.

The check works on a copy. Training goes on, and learns the same to the last bit.
"""


class GradientCheckDialog(QDialog):
    """Shows a check as it comes along; it decides nothing.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Signals
    -------
    check_wanted()
        The network as it is now is to be checked.
    stop_wanted()
        The check under way is to be given up.
    """

    check_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradient_check_dialog")
        self.setWindowTitle(_TITLE)
        self.setModal(False)
        self._theme = theme
        self._is_running = False
        self._is_problem = False
        self._mark = QLabel()
        self._verdict = QLabel()
        self._verdict.setObjectName("gradient_check_verdict")
        self._verdict.setProperty("words", "heading")
        self._extent = QLabel()
        self._extent.setObjectName("gradient_check_extent")
        self._extent.setProperty("words", "small")
        for label in (self._verdict, self._extent):
            label.setWordWrap(True)
        self._help = QToolButton()
        self._help.setObjectName("gradient_check_help")
        self._help.setToolTip("What am I looking at?")
        self._help.setAccessibleName(f"What am I looking at? ({_TITLE})")
        for name in ("flat", "tiny"):
            self._help.setProperty(name, True)
        self._help.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._help.clicked.connect(self._explain)
        self._progress = QProgressBar()
        self._progress.setObjectName("gradient_check_progress")
        self._progress.setAccessibleName("How far the check has come")
        self._progress.setRange(0, _PLACES)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._table = GradientCheckTable(theme)
        self._copy = self._button("copy", _COPY, self.copy_table)
        self._again = self._button("again", "Check again", self._again_or_stop)
        self._close = self._button("close", "Close", self.close)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, self.copy_table)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    # -- what is shown ------------------------------------------------------------------------

    @property
    def verdict(self) -> str:
        """The sentence above the table."""
        return self._verdict.text()

    def show_subject(self, subject: CheckSubject) -> None:
        """Begin the table of a check: every parameter by name, and nothing known of it."""
        self._extent.setText(_extent_in_words(subject))
        self._table.begin(subject.network.architecture)
        self._say("Comparing every gradient with central differences…")
        self._progress.setValue(0)
        self._set_running(True)
        # No control looks chosen that nobody has chosen.
        self.setFocus()

    def show_progress(self, fraction: float) -> None:
        """Show a share from 0 to 1."""
        self._progress.setValue(round(_PLACES * fraction))

    def show_check(self, check: ParameterCheck) -> None:
        """Fill one parameter's row."""
        self._table.show_check(check)

    def show_report(self, report: GradientReport) -> None:
        """Say what came of the check."""
        self._say(report.sentence, problem=report.verdict is not Verdict.AGREES)
        self._set_running(False)

    def show_failure(self, sentence: str) -> None:
        """Say why nothing came of it."""
        self._say(sentence, problem=True)
        self._set_running(False)

    def show_cancelled(self) -> None:
        """Say that the check was given up."""
        done, all_of_them = self._table.compared, self._table.rowCount()
        self._say(f"Cancelled: {done} of {all_of_them} gradients were compared.")
        self._set_running(False)

    def copy_table(self) -> None:
        """Put the verdict and the table on the clipboard, columns apart by tabs."""
        QGuiApplication.clipboard().setText(self.as_text())
        self._copy.setText(_COPIED)

    def as_text(self) -> str:
        """Return what the dialog shows, as lines; the table's columns apart by tabs."""
        lines = [self.verdict, self._extent.text(), "", *self._table.as_lines()]
        return "\n".join([*lines, ""])

    def hideEvent(self, event: QHideEvent) -> None:
        """Have nobody work for what nobody sees."""
        super().hideEvent(event)
        if self._is_running and not event.spontaneous():
            self.stop_wanted.emit()

    # -- parts --------------------------------------------------------------------------------

    def _button(self, part: str, text: str, act: object) -> QPushButton:
        button = dialog_button(f"gradient_check_{part}", text)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(self._theme.px(8))
        above.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        above.addWidget(self._verdict, 1)
        above.addWidget(self._help, 0, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.addWidget(self._copy)
        below.addStretch(1)
        below.addWidget(self._again)
        below.addWidget(self._close)
        column = QVBoxLayout(self)
        column.addLayout(above)
        column.addWidget(self._extent)
        column.addWidget(self._progress)
        column.addWidget(self._table, 1)
        column.addLayout(below)

    def _set_running(self, running: bool) -> None:
        self._is_running = running
        self._progress.setVisible(running)
        self._again.setText("Cancel" if running else "Check again")
        self._copy.setEnabled(not running)
        self._copy.setText(_COPY)

    def _again_or_stop(self) -> None:
        if self._is_running:
            self.stop_wanted.emit()
        else:
            self.check_wanted.emit()

    def _say(self, sentence: str, *, problem: bool = False) -> None:
        self._is_problem = problem
        self._verdict.setText(sentence)
        self._verdict.setAccessibleName(sentence)
        self._restyle()

    def _explain(self) -> None:
        popover = Popover(self._theme, _TITLE, _EXPLANATION, self)
        popover.show_beside(self.frameGeometry(), self.screen().availableGeometry())

    # -- looks --------------------------------------------------------------------------------

    def _restyle(self) -> None:
        theme = self._theme
        self._mark.setFont(theme.font("heading"))
        self._mark.setText("!")
        self._mark.setVisible(self._is_problem)
        self._mark.setProperty("words", "threshold")
        self._mark.style().polish(self._mark)
        self._help.setIcon(theme.icon("help", "faint", "ink", 16))
        self._help.setIconSize(QSize(theme.px(16), theme.px(16)))
        self._table.restyle()
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        self.setMinimumWidth(theme.px(_WIDTH))
        self._fit_height()

    def _fit_height(self) -> None:
        """Grow as far as wrapped sentences need; a dialog does not by itself."""
        layout = self.layout()
        assert layout is not None
        width = max(self.width(), self.minimumWidth())
        self.resize(width, max(self.height(), layout.totalHeightForWidth(width)))


def _extent_in_words(subject: CheckSubject) -> str:
    """Say what is checked, and of what."""
    sequence_length, batch_size = subject.inputs.shape[:2]
    extent = extent_of(subject.network.architecture, sequence_length, batch_size)
    window = f"the next {sequence_length:,} {subject.level}s"
    if sequence_length == 1:
        window = f"the next {subject.level}"
    if extent.steps < sequence_length:
        end = "last" if subject.is_asked_late else "first"
        window = f"the {end} {extent.steps:,} of the next {sequence_length:,} {subject.level}s"
    if extent.streams < batch_size:
        first = "first stream" if extent.streams == 1 else f"first {extent.streams} streams"
        window += f" of the {first} of {batch_size:,}"
    elif batch_size > 1:
        window += f" of {batch_size:,} streams"
    after = f"after step {subject.step:,}" if subject.step else "before the first step"
    sentence = (
        f"{subject.title}, {after}: {window}, and at most {extent.entries} entries of each "
        "parameter, in float64."
    )
    return f"{sentence} Dropout is left out." if subject.dropout else sentence
