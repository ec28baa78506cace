"""The dialog that lists what was left behind, for a person who did not expect to need it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.recovery.card import Decision, RunCard
from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.widgets.dialog_button import dialog_button
from rnnviz.gui.wording.recovery import offer_words
from rnnviz.storage.autosaves.found import Found

_WIDTH = 720
_MOST_SEEN = 4
"""Of more runs than these, the rest is scrolled to."""


class RecoveryDialog(QDialog):
    """Shows a card for each run; it decides nothing.

    Parameters
    ----------
    found
        The autosaves, the newest first.
    now
        When they are offered.
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Signals
    -------
    open_wanted(list)
        Each `Found` that is to be opened.
    """

    open_wanted = Signal(list)

    def __init__(
        self,
        found: Sequence[Found],
        now: datetime,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("recovery_dialog")
        self.setWindowTitle("Go on where you were")
        self.setModal(False)
        self.cards = [RunCard(one, now, theme, is_only=len(found) == 1) for one in found]
        for card in self.cards:
            card.open_wanted.connect(self._open)
            card.decided.connect(self._follow)
        self._later = dialog_button("recovery_later", "Decide later")
        self._later.clicked.connect(self.close)
        self._open_all = dialog_button("recovery_open_all", "Open all")
        self._open_all.setProperty("primary", True)
        self._open_all.clicked.connect(self._open_rest)
        self._scroll = QScrollArea()
        self._lay_out()
        theme.changed.connect(self._fit)
        self._follow()
        self._fit()
        self._put_focus()

    @property
    def discarded(self) -> list[Found]:
        """Those that are to be removed."""
        return [card.found for card in self.cards if card.decision is Decision.DISCARD]

    @property
    def opened(self) -> list[Found]:
        """Those that a run goes on with."""
        return [card.found for card in self.cards if card.decision is Decision.OPEN]

    def take_back(self, found: Found) -> None:
        """Offer one again that was to be opened: there was no place for it."""
        card = next(card for card in self.cards if card.found is found)
        card.decide(Decision.LATER)

    def _open(self, card: RunCard) -> None:
        self._open_cards([card])

    def _open_rest(self) -> None:
        self._open_cards([card for card in self._undecided if card.can_open])

    def _open_cards(self, cards: Sequence[RunCard]) -> None:
        for card in cards:
            card.decide(Decision.OPEN)
        self.open_wanted.emit([card.found for card in cards])
        # A discard can be taken back until this closes: only who opened the last one is done.
        if not self._undecided:
            self.close()

    @property
    def _undecided(self) -> list[RunCard]:
        return [card for card in self.cards if card.decision is Decision.LATER]

    def _follow(self) -> None:
        """Offer what can still be done."""
        undecided = self._undecided
        to_open = [card for card in undecided if card.can_open]
        self._open_all.setVisible(len(self.cards) > 1)
        self._open_all.setEnabled(bool(to_open))
        self._later.setText("Decide later" if undecided else "Close")

    def _put_focus(self) -> None:
        if self._open_all.isVisibleTo(self):
            self._open_all.setFocus()
        else:
            self.cards[0].put_focus()

    def _lay_out(self) -> None:
        can_open = any(card.can_open for card in self.cards)
        heading_words, more_words = offer_words(len(self.cards), can_open=can_open)
        heading = QLabel(heading_words)
        heading.setObjectName("recovery_heading")
        heading.setProperty("words", "heading")
        words = QLabel(more_words)
        words.setObjectName("recovery_words")
        words.setWordWrap(True)
        words.setProperty("words", "soft")
        content = QWidget()
        content.setObjectName("scroll_content")
        cards = QVBoxLayout(content)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(SPACING)
        for card in self.cards:
            cards.addWidget(card)
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._later)
        buttons.addWidget(self._open_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACING] * 4)
        column.setSpacing(SPACING)
        column.addWidget(heading)
        column.addWidget(words)
        column.addSpacing(SPACING)
        column.addWidget(self._scroll)
        column.addSpacing(SPACING)
        column.addLayout(buttons)

    def _fit(self) -> None:
        """Be as high as the first cards are together."""
        self.setMinimumWidth(self._theme.px(_WIDTH))
        heights = [card.sizeHint().height() for card in self.cards[:_MOST_SEEN]]
        self._scroll.setFixedHeight(sum(heights) + SPACING * (len(heights) - 1))
        self.adjustSize()
