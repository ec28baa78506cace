"""The window's upper edge: what one does, how fast, and how far the run has come."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QToolButton,
    QWidget,
)

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.menu_button import open_menu_with
from rnnviz.gui.widgets.steady_number import SteadyNumber
from rnnviz.gui.wording.numbers import in_places
from rnnviz.wording import of_tokens

if TYPE_CHECKING:
    from rnnviz.training.snapshot import StepNumbers

_NOTHING = "\u2013"

_TIPS_BESIDE_RUN = {
    "action_train": "Let it run, or hold it (Space)",
    "action_step": "Do one step (.)",
    "action_reset": "Go back to the start (Ctrl+R)",
}

# What each number is called, and what it is.
_WORDS = {
    "step": ("step", "Training steps so far"),
    "epoch": ("epoch", "How often the training text has been read"),
    "rate": ("{rate}", "How many {tokens} are trained on per second"),
    "loss": ("{unit}", "Training loss per {per}, smoothed"),
    "bits": ("bits", "The same loss in bits per {per}: 1 nat is 1.44 bits"),
}
# And where a step of the past is seen.
_WORDS_OF_PAST = {
    "step": ("seen at step", "The step of the past that you see: Escape comes back to now"),
    "epoch": ("epoch", "How often the training text had been read by the step that you see"),
    "rate": ("{rate} now", "How many {tokens} are trained on per second now, not at that step"),
    "loss": ("{unit}", "Training loss per {per} at the step that you see, smoothed"),
    "bits": _WORDS["bits"],
}

_COMPARISONS = ("action_add_rival", "action_add_cells", "action_add_cells_equal")

# The slider's places: steps a second, the last without limit.
SPEEDS: tuple[float | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, None)


class Readout(QWidget):
    """A soft word and a number that keeps its width.

    Parameters
    ----------
    name
        The object name.
    widest
        The longest number that is expected.
    after
        Whether the word stands behind the number.
    """

    def __init__(self, name: str, widest: str, *, after: bool = False) -> None:
        super().__init__()
        self._word = QLabel()
        self._word.setProperty("words", "soft")
        self._number = SteadyNumber(name, widest)
        if not after:
            self._number.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._row = QHBoxLayout(self)
        # One that is left out takes its distance to the next with it.
        self._row.setContentsMargins(0, 0, 6, 0)
        self._row.setSpacing(6)
        parts = (self._number, self._word) if after else (self._word, self._number)
        for part in parts:
            self._row.addWidget(part)
        self.show_number(_NOTHING)

    def show_number(self, text: str) -> None:
        """Show another number; how much room it takes is known at once."""
        self._number.show_number(text)
        self._row.activate()

    def fit(self) -> None:
        """Keep room for the widest number in the present font."""
        self._number.fit()

    def say(self, word: str, help: str, *, of_past: bool) -> None:
        """Say what the number is, in a word and a sentence; one of the past stands out."""
        self._word.setText(word)
        self._number.setAccessibleName(word)
        self.setToolTip(help)
        self._number.show_past(of_past)


class Toolbar(QFrame):
    """Buttons, speed, numbers and menus.

    Parameters
    ----------
    theme
        Colours and icons.
    actions
        Every action by object name.
    parent
        The widget that holds it.

    Signals
    -------
    speed_chosen(object)
        Steps a second, or None for as fast as it goes.
    """

    speed_chosen = Signal(object)

    def __init__(
        self, theme: Theme, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self.setObjectName("toolbar")
        self.setProperty("bar", True)
        self._is_running = False
        self._meaningless: frozenset[str] = frozenset()
        self._about_run = True
        self._tips = {name: actions[name].toolTip() for name in _TIPS_BESIDE_RUN}
        self._train = self._button("action_train", primary=True)
        self._icon_buttons = [
            (self._button("action_step"), "step"),
            (self._button("action_reset"), "reset"),
        ]
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setObjectName("speed")
        self.speed.setAccessibleName("Speed")
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setValue(len(SPEEDS) - 1)
        self._speed_label = QLabel("Speed")
        self._speed_words = QLabel()
        self._speed_words.setObjectName("speed_words")
        self._speed_words.setProperty("words", "small")
        self.speed.valueChanged.connect(self._speed_changed)
        self.readouts = {
            "step": Readout("step_count", "1,234,567"),
            "epoch": Readout("epoch_count", "123.45"),
            "rate": Readout("token_rate", "999,999"),
            "loss": Readout("loss_nats", "< 0.001", after=True),
            "bits": Readout("loss_bits", "< 0.001", after=True),
        }
        self._token, self._per, self._unit = "character", "character", "nats"
        self._of_past = False
        self._name_readouts()
        self.file_menu = QMenu("File", self)
        self.step_menu = QMenu("Step", self)
        self.step_menu.setToolTipsVisible(True)
        self.step_menu.addActions([actions[name] for name in ("action_step", "action_inside")])
        self.lessons_menu = QMenu("Lessons", self)
        self.lessons_menu.setToolTipsVisible(True)
        self.experiments_menu = QMenu("Experiments", self)
        self.experiments_menu.setToolTipsVisible(True)
        self.compare_menu = QMenu("Compare", self)
        self.compare_menu.setToolTipsVisible(True)
        self.compare_menu.addActions([actions[name] for name in _COMPARISONS])
        self.layout_menu = QMenu("Layout", self)
        step_button, _ = self._icon_buttons[0]
        open_menu_with(step_button, self.step_menu)
        step_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menus = (
            self.file_menu,
            self.lessons_menu,
            self.experiments_menu,
            self.compare_menu,
            self.layout_menu,
        )
        self._menus = [self._menu_button(menu) for menu in menus]
        self._tail = [
            (self._button("action_present", flat=True), "present"),
            (self._button("action_theme", flat=True), "theme"),
        ]
        for button, _ in self._tail:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._lay_out()
        self._speed_changed(self.speed.value())
        theme.changed.connect(self.restyle)
        self.restyle()

    def show_running(self, running: bool) -> None:
        """Let the first button pause, or train."""
        if running != self._is_running:
            self._is_running = running
            self._name_buttons()

    def set_about_run(self, about_run: bool) -> None:
        """Offer to train, step and reset the run, or what a panel plays beside it.

        The numbers are the run's, and so is the speed.
        """
        if about_run != self._about_run:
            self._about_run = about_run
            self._name_buttons()

    def _name_buttons(self) -> None:
        go = "Train" if self._about_run else "Run"
        self._actions["action_train"].setText("Pause" if self._is_running else go)
        for name, tip in _TIPS_BESIDE_RUN.items():
            self._actions[name].setToolTip(self._tips[name] if self._about_run else tip)
        for button in (self._train, *(button for button, _ in self._icon_buttons)):
            button.setAccessibleName(button.defaultAction().toolTip())
        self.restyle()

    def show_numbers(
        self, reached: StepNumbers, tokens_per_second: float, *, of_past: bool = False
    ) -> None:
        """Show how far the run has come, or had at a step of the past, and how fast it trains now.

        The loss is in nats, or in what `speak_of` said.
        """
        loss = reached.smoothed_loss
        if of_past != self._of_past:
            self._of_past = of_past
            self._name_readouts()
            self._fit_room()
        self.readouts["step"].show_number(f"{reached.step:,}")
        self.readouts["epoch"].show_number(f"{reached.epoch:,.2f}")
        self.readouts["rate"].show_number(
            f"{tokens_per_second:,.0f}" if tokens_per_second else _NOTHING
        )
        self.readouts["loss"].show_number(_short(loss))
        self.readouts["bits"].show_number(_short(None if loss is None else loss / math.log(2)))
        if self._width_needed > self.width():
            self._fit_room()

    @property
    def speed_in_force(self) -> float | None:
        """Steps a second, or None for as fast as it goes."""
        return SPEEDS[self.speed.value()]

    def speak_of(self, token: str, per: str, unit: str, *, has_epochs: bool) -> None:
        """Say what the numbers are of.

        Parameters
        ----------
        token
            ``character``, ``word`` or ``time step``.
        per
            What one loss is of: such a token, or an ``answer``.
        unit
            What the loss is measured in, ``nats`` or ``squared error``.
        has_epochs
            Whether what is read has an end.
        """
        self._token, self._per, self._unit = token, per, unit
        self._name_readouts()
        self._meaningless = frozenset(
            name
            for name, means_something in (("epoch", has_epochs), ("bits", unit == "nats"))
            if not means_something
        )
        self._fit_room()

    def _name_readouts(self) -> None:
        """Say what each number is, and of when."""
        for name, words in (_WORDS_OF_PAST if self._of_past else _WORDS).items():
            word, help = (
                of_tokens(said, self._token, per=self._per, unit=self._unit) for said in words
            )
            self.readouts[name].say(word, help, of_past=self._of_past and name != "rate")

    def restyle(self) -> None:
        """Take over the theme's icons and sizes."""
        theme = self._theme
        size = QSize(theme.px(16), theme.px(16))
        icon = theme.icon("pause" if self._is_running else "train", "panel", "panel", 16)
        self._train.setIcon(icon)
        self._train.setIconSize(size)
        self._keep_width_of_train()
        for button, name in (*self._icon_buttons, *self._tail):
            if name:
                button.setIcon(theme.icon(name, "ink", "ink", 16))
                button.setIconSize(size)
        self.speed.setFixedWidth(theme.px(72))
        self._speed_words.setMinimumWidth(
            self._speed_words.fontMetrics().horizontalAdvance("1,000/s")
        )
        for readout in self.readouts.values():
            readout.fit()
        self._fit_room()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure again: only what is shown has its style."""
        super().showEvent(event)
        self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit_room()

    @property
    def _width_needed(self) -> int:
        layout = self.layout()
        return layout.minimumSize().width() if layout is not None else 0

    def _fit_room(self) -> None:
        """Leave out what matters least, one thing after the other, until the rest has room."""
        buttons = [button for button, _ in self._icon_buttons]
        for button in buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        spare = [self.readouts["bits"], self._speed_label, self.readouts["epoch"]]
        last = [self.readouts["rate"], self._speed_words, self.speed, self.readouts["loss"]]
        # The timeline says of which step all is.
        last += [self.readouts["step"]] if self._of_past else []
        # Light or dark, and the presentation, can be chosen by a key as well.
        last += [button for button, _ in reversed(self._tail)]
        meaningless: set[QWidget] = {self.readouts[name] for name in self._meaningless}
        if not self._about_run:
            meaningless = {
                *self.readouts.values(),
                self._speed_label,
                self._speed_words,
                self.speed,
            }
        for widget in (self.readouts["step"], *spare, *last):
            widget.setVisible(widget not in meaningless)
        for widget in spare:
            if self._width_needed > self.width():
                widget.hide()
        if self._width_needed > self.width():
            for button in buttons:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        for widget in last:
            if self._width_needed > self.width():
                widget.hide()

    def _keep_width_of_train(self) -> None:
        """Let nothing move when the first button says Pause."""
        present = self._train.text()
        self._train.setMinimumWidth(0)
        self._train.ensurePolished()
        widths = []
        for words in ("Train", "Run", "Pause"):
            self._train.setText(words)
            widths.append(self._train.sizeHint().width())
        self._train.setText(present)
        self._train.setMinimumWidth(max(widths))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 8, 9)
        row.setSpacing(6)
        row.addWidget(self._train)
        for button, _ in self._icon_buttons:
            row.addWidget(button)
        row.addSpacing(8)
        self._speed_label.setProperty("words", "soft")
        self._speed_label.setBuddy(self.speed)
        for widget in (self._speed_label, self.speed, self._speed_words):
            row.addWidget(widget)
        row.addStretch(1)
        for readout in self.readouts.values():
            row.addWidget(readout)
        row.addStretch(2)
        # Their own padding keeps them apart.
        menus = QHBoxLayout()
        menus.setSpacing(0)
        for button in self._menus:
            menus.addWidget(button)
        row.addLayout(menus)
        for button, _ in self._tail:
            row.addWidget(button)

    def _button(self, name: str, *, primary: bool = False, flat: bool = False) -> QToolButton:
        action = self._actions[name]
        button = QToolButton()
        button.setObjectName(name.replace("action", "button"))
        button.setDefaultAction(action)
        button.setAccessibleName(action.toolTip())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if primary:
            button.setProperty("primary", True)
        if flat:
            button.setProperty("flat", True)
        return button

    def _menu_button(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"button_{menu.title().lower()}")
        button.setText(menu.title())
        button.setAccessibleName(menu.title())
        open_menu_with(button, menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.aboutToHide.connect(partial(_forget_mouse, button))
        button.setProperty("flat", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _speed_changed(self, place: int) -> None:
        speed = SPEEDS[place]
        words = "full" if speed is None else f"{speed:,}/s"
        self._speed_words.setText(words)
        self.speed.setToolTip(f"Steps a second: {words}")
        self.speed_chosen.emit(speed)


def _forget_mouse(button: QToolButton) -> None:
    """Tell a button whose menu closes that the mouse is elsewhere: the menu took the news of it."""
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    button.update()


def _short(value: float | None) -> str:
    return _NOTHING if value is None else in_places(value)
