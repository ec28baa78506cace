"""What to do, what to see and why, and whether it is so: the experiment that is open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.theme import Theme

_PARTS = ("Do", "See", "Why")
_MEASURED = "Measured"
_BETWEEN = " \N{EM SPACE}\N{EN SPACE}"


class ExperimentCard(QFrame):
    """The experiment's title, a button for each of its runs, three sentences and the findings.

    Parameters
    ----------
    theme
        Colours, type and icons.
    parent
        The widget that holds it.

    Signals
    -------
    run_chosen(int)
        The person wants the run with this number, from 0.
    closed()
        The person has read enough.
    lead_asked()
        The person wants to be led to the next claim.
    """

    run_chosen = Signal(int)
    closed = Signal()
    lead_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("experiment_card")
        self.setProperty("card", True)
        self._title = QLabel()
        self._title.setObjectName("experiment_title")
        self._borne_out = QLabel()
        self._borne_out.setObjectName("experiment_borne_out")
        self._borne_out.setProperty("words", "small")
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.run_chosen)
        self._runs = QHBoxLayout()
        self._runs.setSpacing(4)
        self._close = QToolButton()
        self._close.setObjectName("experiment_close")
        self._close.setAccessibleName("Close the experiment's sentences")
        self._close.setToolTip("Close these sentences; the run stays")
        self._close.setProperty("flat", True)
        self._close.setProperty("tiny", True)
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self._close_clicked)
        self._findings = QLabel()
        self._lead = QPushButton()
        self._lead.setObjectName("experiment_lead")
        self._lead.setToolTip("Train up to there so that it can be watched, and stop (Space)")
        self._lead.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lead.clicked.connect(self.lead_asked)
        self._names = {part: QLabel(part) for part in (*_PARTS, _MEASURED)}
        self._words = {part: QLabel() for part in _PARTS}
        for part, label in self._words.items():
            label.setObjectName(f"experiment_{part.lower()}")
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._names[part].setProperty("words", "small")
        self._findings.setObjectName("experiment_findings")
        self._findings.setWordWrap(True)
        self._names[_MEASURED].setProperty("words", "small")
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.show_findings(())
        self.show_next_stop(None)
        self.hide()

    def show_experiment(
        self, title: str, sentences: Sequence[str], runs: Sequence[str], borne_out: str
    ) -> None:
        """Show another experiment, its first run chosen.

        Parameters
        ----------
        title
            What it is called.
        sentences
            What to do, what to see, and why.
        runs
            What the buttons of its runs say; one run alone needs no button.
        borne_out
            With how many seeds its claims were found to hold.
        """
        self._title.setText(title)
        self._borne_out.setText(borne_out)
        for part, sentence in zip(_PARTS, sentences, strict=True):
            self._words[part].setText(sentence)
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.deleteLater()
        for number, run in enumerate(runs if len(runs) > 1 else ()):
            button = QPushButton(run)
            button.setObjectName(f"experiment_run_{number + 1}")
            button.setAccessibleName(f"Begin the run: {run}")
            button.setCheckable(True)
            button.setChecked(number == 0)
            button.setProperty("pill", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button, number)
            self._runs.addWidget(button)
        self.setAccessibleName(f"Experiment: {title}")
        self.setAccessibleDescription(" ".join(sentences))
        self.show()

    def show_run(self, number: int) -> None:
        """Mark the run that is under way."""
        button = self._group.button(number)
        if button is not None:
            button.setChecked(True)

    def show_findings(self, lines: Sequence[str], explanation: str = "") -> None:
        """Show how the claims stand; nothing where nothing is claimed.

        Parameters
        ----------
        lines
            One a claim, with its mark.
        explanation
            What is said of them to who asks.
        """
        # A line breaks between two findings, never within one.
        text = _BETWEEN.join(line.replace(" ", "\N{NO-BREAK SPACE}") for line in lines)
        if text != self._findings.text():
            self._findings.setText(text)
            self._findings.setToolTip(explanation)
            self._findings.setAccessibleName(f"Measured in this run: {'; '.join(lines)}")
        for label in (self._findings, self._names[_MEASURED]):
            label.setVisible(bool(lines))

    def show_next_stop(self, step: int | None) -> None:
        """Offer to be led to the claim about this step; None where there is none to come."""
        self._lead.setVisible(step is not None)
        if step is not None:
            self._lead.setText(f"Go to step {step:,}")
            self._lead.setAccessibleName(f"Train up to step {step:,} and stop")

    def _close_clicked(self) -> None:
        self.hide()
        self.closed.emit()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addLayout(self._runs)
        head.addStretch(1)
        head.addWidget(self._borne_out)
        head.addWidget(self._close)
        body = QGridLayout()
        body.setHorizontalSpacing(16)
        body.setVerticalSpacing(2)
        # To do is said in few words, why in many.
        for column, (part, share) in enumerate(zip(_PARTS, (3, 5, 5), strict=True)):
            body.addWidget(self._names[part], 0, column)
            body.addWidget(self._words[part], 1, column)
            body.setColumnStretch(column, share)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._names[_MEASURED], 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._findings, 1)
        foot.addWidget(self._lead, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 6, 8, 10)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(body)
        layout.addLayout(foot)

    def _restyle(self) -> None:
        self._title.setFont(self._theme.font("title"))
        self._borne_out.setFont(self._theme.font("small"))
        for label in self._names.values():
            label.setFont(self._theme.font("small"))
        for label in (*self._words.values(), self._findings):
            label.setFont(self._theme.font("small"))
        self._close.setIcon(self._theme.icon("close"))
