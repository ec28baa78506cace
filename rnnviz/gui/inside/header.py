"""The upper edge of the view: which step it is, what is drawn of it, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)

from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.gui.inside.shown import MOST_DRAWN, Choice
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.eliding_label import ElidingLabel
from rnnviz.gui.widgets.menu_button import open_menu_with
from rnnviz.gui.widgets.numbers import CountBox
from rnnviz.gui.widgets.plain import PlainLabel

_CHOICES: tuple[tuple[str, Choice], ...] = (
    ("the first", "first"),
    ("the most saturated", "most saturated"),
    ("by hand", "by hand"),
)


class Header(QFrame):
    """Says what is looked into.

    Parameters
    ----------
    theme
        Colours and icons.

    Signals
    -------
    left()
        Back to training.
    step_wanted()
        The step is to be taken for real.
    choice_changed()
        Other units are to be drawn, or another stream of the batch.
    by_hand_toggled(bool)
        Whether a number of each phase is to be asked for.
    """

    left = Signal()
    step_wanted = Signal()
    choice_changed = Signal()
    by_hand_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_header")
        self.setProperty("bar", True)
        self._theme = theme
        self._leave = self._button("leave", "Back to training", "Leave this step (Escape)")
        self._leave.setProperty("flat", True)
        self._title = PlainLabel()
        self._title.setObjectName("inside_title")
        self._title.setProperty("words", "heading")
        self._about = ElidingLabel()
        self._about.setObjectName("inside_about")
        self._about.setProperty("words", "soft")
        self._stream_label = QLabel("Stream")
        self._stream_label.setProperty("words", "soft")
        self._stream = CountBox()
        self._stream.setObjectName("inside_stream")
        self._stream.setAccessibleName("Which stream of the batch is drawn")
        self._stream_label.setBuddy(self._stream)
        self._units_label = QLabel("Units")
        self._units_label.setProperty("words", "soft")
        self._units = QComboBox()
        self._units.setObjectName("inside_units")
        self._units.setAccessibleName("Which units are drawn")
        self._units.addItems([text for text, _ in _CHOICES])
        self._units_label.setBuddy(self._units)
        self._numbers = QLineEdit()
        self._numbers.setObjectName("inside_unit_numbers")
        self._numbers.setAccessibleName("The units that are drawn")
        self._numbers.setPlaceholderText("1, 5, 17")
        tip = "Hide a number, and ask me to compute it by hand"
        self._by_hand = self._button("by_hand", "Ask me", tip)
        self._by_hand.setCheckable(True)
        self._take_along = self._button("take_along", "Take along", "Save what is shown here")
        self.take_along_menu = QMenu("Take along", self)
        open_menu_with(self._take_along, self.take_along_menu)
        self._take_along.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        tip = "Have the network learn from this window, and look into the next step (.)"
        self._step = self._button("take_step", "Take the step", tip)
        self._leave.clicked.connect(self.left)
        self._by_hand.toggled.connect(self.by_hand_toggled)
        self._step.clicked.connect(self.step_wanted)
        self._units.currentIndexChanged.connect(self._way_chosen)
        self._numbers.editingFinished.connect(self.choice_changed)
        self._stream.valueChanged.connect(self.choice_changed)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_subject(self, subject: StepSubject) -> None:
        """Say which step it is, and of what."""
        self._title.setText(f"Inside step {subject.step + 1:,}")
        self._about.setText(about(subject))
        many = subject.network.hidden_size > MOST_DRAWN
        for widget in (self._units_label, self._units):
            widget.setVisible(many)
        self._numbers.setVisible(many and self.choice == "by hand")
        with QSignalBlocker(self._stream):
            self._stream.setMaximum(subject.batch_size)
        self._stream.setSuffix(f" of {subject.batch_size}")
        self._stream_label.setVisible(subject.batch_size > 1)
        self._stream.setVisible(subject.batch_size > 1)

    @property
    def stream(self) -> int:
        """Which stream of the batch is drawn, from 0."""
        return self._stream.value() - 1

    @property
    def choice(self) -> Choice:
        """Which units are drawn of a large network."""
        return _CHOICES[self._units.currentIndex()][1]

    @property
    def units_by_hand(self) -> tuple[int, ...]:
        """The units that were written down, from 0."""
        words = self._numbers.text().replace(",", " ").split()
        return tuple(int(word) - 1 for word in words if word.isdigit())

    @property
    def asks(self) -> bool:
        """Whether a number of each phase is to be asked for."""
        return self._by_hand.isChecked()

    def set_asks(self, asks: bool) -> None:
        """Ask for numbers, or no longer."""
        self._by_hand.setChecked(asks)

    def set_at_end(self, at_end: bool) -> None:
        """Let the step be what is most likely to be wanted, once one has seen all of it."""
        if bool(self._step.property("primary")) != at_end:
            self._step.setProperty("primary", at_end)
            self._step.style().polish(self._step)

    def set_can_step(self, can_step: bool) -> None:
        """Offer to take the step, or not while it is taken."""
        self._step.setEnabled(can_step)

    def _way_chosen(self) -> None:
        self._numbers.setVisible(self.choice == "by hand")
        self.choice_changed.emit()

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"inside_{name}")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 9, 14, 9)
        row.setSpacing(8)
        row.addWidget(self._leave)
        row.addSpacing(6)
        row.addWidget(self._title)
        row.addWidget(self._about, 1)
        what = (self._stream_label, self._stream, self._units_label, self._units, self._numbers)
        for widget in what:
            row.addWidget(widget)
        row.addSpacing(8)
        for button in (self._by_hand, self._take_along, self._step):
            row.addWidget(button)

    def _restyle(self) -> None:
        theme = self._theme
        self._leave.setIcon(theme.icon("leave", "ink", "ink", 16))
        self._leave.setIconSize(QSize(theme.px(16), theme.px(16)))
        self._numbers.setFixedWidth(theme.px(110))


def about(subject: StepSubject) -> str:
    """Say in a line of what a step is: the text, the network, the window."""
    architecture = subject.network.architecture
    cell = architecture.kind.title
    layers = "" if architecture.num_layers == 1 else f"{architecture.num_layers} layers of "
    units = f"{layers}{architecture.hidden_size} units"
    many = subject.sequence_length
    window = f"the next {many:,} {subject.level}s" if many > 1 else f"the next {subject.level}"
    if subject.batch_size > 1:
        window += f" of each of {subject.batch_size} streams"
    return f"{subject.title} · {cell}, {units} · {window}"
