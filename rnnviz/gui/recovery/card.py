"""One run that was left behind: what it is, how far it came, when that was, and what to do."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from rnnviz.gui.recovery.loss_picture import LossPicture
from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.widgets.dialog_button import dialog_button
from rnnviz.gui.widgets.eliding_label import ElidingLabel
from rnnviz.gui.widgets.plain import PlainLabel
from rnnviz.gui.wording.recovery import how_far_words, what_words, when_words
from rnnviz.storage.autosaves.found import Found


class Decision(Enum):
    """What is to become of an autosave."""

    LATER = auto()
    OPEN = auto()
    DISCARD = auto()


_SAID = {
    Decision.LATER: "",
    Decision.OPEN: "Opened",
    Decision.DISCARD: "Goes when this closes",
}


class RunCard(QFrame):
    """Shows one autosave; what is discarded can be taken back while the card is there.

    Parameters
    ----------
    found
        The autosave.
    now
        When it is offered.
    theme
        Colours and type.
    is_only
        Whether there is no other one.
    parent
        The widget that holds it.

    Signals
    -------
    open_wanted(RunCard)
        The person wants to go on with it.
    decided()
        Something else was decided about it than before.
    """

    open_wanted = Signal(object)
    decided = Signal()

    def __init__(
        self,
        found: Found,
        now: datetime,
        theme: Theme,
        *,
        is_only: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recovery_card")
        self.setProperty("card", True)
        self.found = found
        self.decision = Decision.LATER
        run = found.run
        when = f"Autosaved {when_words(datetime.fromtimestamp(found.saved_at), now)}"
        if run is None:
            words = ["A run that cannot be opened", found.refusal, when]
        else:
            loss = None if run.loss is None or not len(run.loss) else float(run.loss[-1])
            words = [
                what_words(run.configuration, run.title),
                how_far_words(run.configuration, run.step, loss),
                when,
            ]
        self._title, self._how_far, self._when = (ElidingLabel(text) for text in words)
        for label, name, style in (
            (self._title, "recovery_what", "title"),
            (self._how_far, "recovery_how_far", "body"),
            (self._when, "recovery_when", "small"),
        ):
            label.setObjectName(name)
            label.setProperty("words", style)
            label.setToolTip(label.text())
        self._said = PlainLabel()
        self._said.setProperty("words", "small")
        self._open = dialog_button("recovery_open", "Open")
        self._open.setAccessibleName(f"Go on with {words[0]}")
        self._open.setProperty("primary", is_only)
        self._open.setVisible(self.can_open)
        self._open.clicked.connect(lambda: self.open_wanted.emit(self))
        self._discard = dialog_button("recovery_discard", "Discard")
        self._discard.setAccessibleName(f"Discard {words[0]}")
        self._discard.clicked.connect(self._toggle_discard)
        picture = LossPicture(None if run is None else run.history, theme)
        column = QVBoxLayout()
        column.setSpacing(SPACING // 4)
        for label in (self._title, self._how_far, self._when):
            column.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[3 * SPACING // 2] * 4)
        row.setSpacing(2 * SPACING)
        row.addWidget(picture)
        row.addLayout(column, 1)
        for widget in (self._said, self._discard, self._open):
            row.addWidget(widget)
        self.decide(Decision.LATER)

    @property
    def can_open(self) -> bool:
        """Whether there is anything to go on with."""
        return self.found.run is not None

    def decide(self, decision: Decision) -> None:
        """Show that this was decided."""
        self.decision = decision
        self._said.setText(_SAID[decision])
        self._said.setVisible(bool(_SAID[decision]))
        self._open.setVisible(self.can_open and decision is Decision.LATER)
        self._discard.setVisible(decision is not Decision.OPEN)
        self._discard.setText("Keep" if decision is Decision.DISCARD else "Discard")
        self.decided.emit()

    def put_focus(self) -> None:
        """Let Enter open it, or discard it where it cannot be opened."""
        (self._open if self.can_open else self._discard).setFocus()

    def _toggle_discard(self) -> None:
        discarded = self.decision is Decision.DISCARD
        self.decide(Decision.LATER if discarded else Decision.DISCARD)
