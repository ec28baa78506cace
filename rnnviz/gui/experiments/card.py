"""What to do, what to see and why, and whether it is so: the experiment that is open.

In a presentation the card is a headline: the title, the claims' marks, and one of the sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.experiments.findings import FindingsMarks, FindingsTable, RunFindings
from rnnviz.gui.experiments.run_choice import RunChoice
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.plain import PlainLabel

_PARTS = ("Do", "See", "Why")
_MEASURED = "Measured"


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
    opened()
        An experiment is shown where none was.
    run_chosen(int)
        The person wants the run with this number, from 0, or `ALL_AT_ONCE`.
    closed()
        The person has read enough.
    lead_asked()
        The person wants to be led to the next claim.
    made_asked()
        The person wants the claims asked as the experiment makes them.
    """

    opened = Signal()
    run_chosen = Signal(int)
    closed = Signal()
    lead_asked = Signal()
    made_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("experiment_card")
        self.setProperty("card", True)
        self._title = PlainLabel()
        self._title.setObjectName("experiment_title")
        self._title.setProperty("words", "title")
        self._borne_out = PlainLabel()
        self._borne_out.setObjectName("experiment_borne_out")
        self._borne_out.setProperty("words", "small")
        self._choice = RunChoice()
        self._choice.chosen.connect(self.run_chosen)
        self._close = self._new_close_button()
        self._is_headline = False
        self._part = 0
        self._marks = FindingsMarks(theme)
        self._sentence = PlainLabel()
        self._sentence.setObjectName("experiment_sentence")
        self._sentence.setProperty("small", True)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._signposts = [QLabel(part) for part in _PARTS]
        for signpost in self._signposts:
            signpost.setProperty("words", "title")
            signpost.setToolTip("Left and Right: what to do, what to see, and why")
        self._full = QWidget()
        self._head, self._below_do = QHBoxLayout(), QVBoxLayout()
        self._findings = FindingsTable(theme)
        self._lead = QPushButton()
        self._lead.setObjectName("experiment_lead")
        self._lead.setToolTip(
            "Train up to that step, slowly enough to watch, and stop there (Space)"
        )
        self._lead.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lead.clicked.connect(self.lead_asked)
        self._asked, self._as_made = PlainLabel(), QPushButton("Ask as the experiment does")
        self._names = {part: QLabel(part) for part in (*_PARTS, _MEASURED)}
        self._words = {part: PlainLabel() for part in _PARTS}
        for part, label in self._words.items():
            label.setObjectName(f"experiment_{part.lower()}")
            label.setProperty("small", True)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._names[part].setProperty("words", "small")
        self._names[_MEASURED].setProperty("words", "small")
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.show_findings(())
        self.show_asked("")
        self.show_next_stop(None)
        self.hide()

    def _new_close_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("experiment_close")
        button.setAccessibleName("Close the experiment's sentences")
        button.setToolTip("Close these sentences; the run stays")
        button.setProperty("flat", True)
        button.setProperty("tiny", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.put_away)
        return button

    def show_experiment(
        self, title: str, sentences: Sequence[str], runs: Sequence[str], borne_out: str
    ) -> None:
        """Show another experiment.

        Parameters
        ----------
        title
            What it is called.
        sentences
            What to do, what to see, and why.
        runs
            What its runs are called; one run alone needs no button.
        borne_out
            With how many seeds its claims were found to hold.
        """
        self._title.setText(title)
        self._borne_out.setText(borne_out)
        for part, sentence in zip(_PARTS, sentences, strict=True):
            self._words[part].setText(sentence)
        self._choice.offer(runs)
        self._part = 0
        self._show_part()
        self.setAccessibleName(f"Experiment: {title}")
        self.setAccessibleDescription(" ".join(sentences))
        was_hidden = self.isHidden()
        self.show()
        # Before it had its place in the window, the style sheet had undone its fonts.
        self._restyle()
        if was_hidden:
            self.opened.emit()

    def show_run(self, number: int) -> None:
        """Mark the run that is under way, or `ALL_AT_ONCE`."""
        self._choice.mark(number)

    def show_findings(self, rows: Sequence[RunFindings]) -> None:
        """Show how the claims of each run stand; nothing where nothing is claimed."""
        self._findings.show_rows(rows)
        # A headline has room for the marks alone.
        self._marks.show_rows(rows)
        for part in (self._findings, self._names[_MEASURED]):
            part.setVisible(bool(rows))

    def show_asked(self, words: str) -> None:
        """Say what is asked instead of what the experiment claims; empty where nothing is."""
        self._asked.setText(words)
        for part in (self._asked, self._as_made):
            part.setVisible(bool(words))

    def show_next_stop(self, step: int | None) -> None:
        """Offer to be led to the claim about this step; None where there is none to come."""
        self._lead.setVisible(step is not None)
        if step is not None:
            self._lead.setText(f"Go to step {step:,}")
            self._lead.setAccessibleName(f"Train up to step {step:,} and stop")

    def set_headline(self, on: bool) -> None:
        """Be a headline with one sentence, or show all that there is."""
        self._is_headline = on
        for label in (*self._signposts, self._marks, self._sentence):
            label.setVisible(on)
        self._full.setVisible(not on)
        self._borne_out.setVisible(not on)
        if on:
            self._head.insertWidget(self._head.indexOf(self._signposts[0]), self._lead)
        else:
            self._below_do.addWidget(self._lead, 0, Qt.AlignmentFlag.AlignLeft)
        self._restyle()

    def walk(self, parts: int) -> None:
        """Show the sentence so many parts further on: what to do, what to see, why."""
        self._part = max(0, min(len(_PARTS) - 1, self._part + parts))
        self._show_part()

    def changeEvent(self, event: QEvent) -> None:
        """Keep that height in another type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._keep_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the headline as high as its longest sentence needs: walking moves nothing."""
        super().resizeEvent(event)
        self._keep_height()

    def _show_part(self) -> None:
        self._sentence.setText(self._words[_PARTS[self._part]].text())
        for number, signpost in enumerate(self._signposts):
            signpost.setEnabled(number == self._part)
        self._keep_height()

    def _keep_height(self) -> None:
        if not self._is_headline:
            return
        shown, width = self._sentence.text(), self._sentence.width()
        heights = []
        self._sentence.setMinimumHeight(0)
        for words in self._words.values():
            self._sentence.setText(words.text())
            heights.append(self._sentence.heightForWidth(width))
        self._sentence.setText(shown)
        self._sentence.setMinimumHeight(max(0, *heights))

    def put_away(self) -> None:
        """Show no experiment any more."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _lay_out(self) -> None:
        head = self._head
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._choice)
        head.addStretch(1)
        for signpost in self._signposts:
            head.addWidget(signpost)
        head.addSpacing(10)
        head.addWidget(self._marks)
        head.addWidget(self._borne_out)
        head.addWidget(self._close)
        body = QGridLayout()
        body.setHorizontalSpacing(16)
        body.setVerticalSpacing(2)
        # To do is said in few words, why in many.
        for column, (part, share) in enumerate(zip(_PARTS, (3, 5, 5), strict=True)):
            body.addWidget(self._names[part], 0, column)
            body.setColumnStretch(column, share)
        self._below_do.addWidget(self._words["Do"], 1)
        body.addLayout(self._below_do, 1, 0)
        for column, part in enumerate(_PARTS[1:], start=1):
            body.addWidget(self._words[part], 1, column)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._names[_MEASURED], 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._findings, 1)
        full = QVBoxLayout(self._full)
        full.setContentsMargins(0, 0, 0, 0)
        full.setSpacing(4)
        full.addLayout(body)
        full.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 6, 8, 10)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._full)
        layout.addWidget(self._sentence)
        layout.addLayout(self._new_asked_row())
        self.set_headline(False)

    def _new_asked_row(self) -> QHBoxLayout:
        self._asked.setObjectName("experiment_asked")
        self._asked.setProperty("small", True)
        self._asked.setWordWrap(True)
        self._as_made.setObjectName("experiment_as_made")
        self._as_made.setProperty("tiny", True)
        self._as_made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._as_made.clicked.connect(self.made_asked)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._asked, 1)
        row.addWidget(self._as_made)
        return row

    def _restyle(self) -> None:
        self._findings.restyle()
        self._marks.restyle()
        self._close.setIcon(self._theme.icon("close"))
        self._keep_height()
