"""Which layer's states a panel shows: a few small buttons for its title row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from rnnviz.core.cells.declaration import HIDDEN
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.widgets.menu_button import open_menu_with

_GAP, _GROUP_GAP = 2, 7


class StateChooser(QWidget):
    """Buttons for the layers and for the states of a cell, shown where there is a choice at all.

    Where the title row has no room for all of them, one button with a menu stands for them.

    Parameters
    ----------
    name
        The object names begin with it.
    several
        Whether more than one state can be chosen.
    switch, more_switches
        The object name, the short and the long words of what can be shown besides.
    flow
        What the panel shows: blue goes forward, orange comes back.
    parent
        The widget that holds it.

    Signals
    -------
    chosen()
        The person chose something else.
    """

    chosen = Signal()

    def __init__(
        self,
        name: str,
        *,
        several: bool = False,
        switch: tuple[str, str, str] | None = None,
        more_switches: tuple[tuple[str, str, str], ...] = (),
        flow: Literal["forward", "backward"] = "forward",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._several = several
        self._flow = flow
        self._offered: tuple[int, dict[str, str]] = (1, {HIDDEN.name: HIDDEN.words})
        self._layers = QActionGroup(self)
        self._states = QActionGroup(self)
        if several:
            self._states.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        self.setObjectName(f"{name}_chooser")
        self._row = QWidget(self)
        self._word = QLabel("layer")
        self._word.setProperty("words", "small")
        self._pills: dict[QAction, QPushButton] = {}
        self._layout = QHBoxLayout(self._row)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_GAP)
        self._menu = QMenu(self)
        self._button = self._new_pill(f"{name}_choose")
        self._button.setParent(self)
        open_menu_with(self._button, self._menu)
        self._switches: list[QAction] = []
        for names in (switch, *more_switches):
            if names is not None:
                action = self._new_action(*names)
                self._switches.append(action)
                self._pills[action] = self._new_pill(names[0], action)
        self._fill()

    @property
    def layer(self) -> int:
        """The chosen layer, from 0."""
        return int(next(a.data() for a in self._layers.actions() if a.isChecked()))

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the chosen states."""
        return tuple(str(a.data()) for a in self._states.actions() if a.isChecked())

    @property
    def chosen_states(self) -> dict[str, str]:
        """The chosen states, by name and in words."""
        return {name: self._offered[1][name] for name in self.states}

    @property
    def offers_states(self) -> bool:
        """Whether the cell has more than one state."""
        return len(self._offered[1]) > 1

    @property
    def words(self) -> str:
        """What was chosen, in words; empty where there was nothing to choose."""
        layers, _ = self._offered
        parts = [" and ".join(self.chosen_states.values())] if self.offers_states else []
        return ", ".join([*parts, f"layer {self.layer + 1}"] if layers > 1 else parts)

    @property
    def is_switched(self) -> bool:
        """Whether the first of what can be shown besides is to be shown."""
        return bool(self._switches) and self._switches[0].isChecked()

    def is_on(self, switch: str) -> bool:
        """Whether what the switch of this object name stands for is to be shown."""
        return any(a.isChecked() for a in self._switches if a.objectName() == switch)

    def offer(self, num_layers: int, states: Mapping[str, str], *, keeps: bool = False) -> None:
        """Let the person choose among these; at first the last layer, and its first state.

        A choice stays until something else is offered.

        Parameters
        ----------
        num_layers
            How many layers there are.
        states
            By their names the states, or the gates, and what people call them.
        keeps
            Whether a choice stays also then, as far as it is offered still.
        """
        if (num_layers, states) == self._offered:
            return
        layer, chosen = self.layer, self.states
        self._offered = num_layers, dict(states)
        self._fill()
        if keeps:
            self._choose_again(layer, chosen)

    # -- how it is laid out -------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the room for all buttons and their word."""
        return QSize(self._row_width(worded=True), self._button.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for the one button that stands for all."""
        compact, row = self._button.sizeHint(), self._row_width(worded=False)
        # One button need not stand for one.
        return QSize(min(compact.width(), row) if len(self._pills) > 1 else row, compact.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self._fit()

    def _fit(self) -> None:
        width = self.width()
        fits = width >= self._row_width(worded=False)
        self._word.setVisible(self._is_worded and width >= self._row_width(worded=True))
        self._row.setVisible(fits)
        self._button.setVisible(not fits)
        self._row.setGeometry(self.rect())
        compact = self._button.sizeHint()
        self._button.setGeometry(self.width() - compact.width(), 0, compact.width(), self.height())

    def _row_width(self, *, worded: bool) -> int:
        groups = [[self._pills[action].sizeHint().width() for action in g] for g in self._groups]
        width = sum(sum(group) + _GAP * (len(group) - 1) for group in groups)
        width += _GROUP_GAP * max(len(groups) - 1, 0)
        return width + (self._word.sizeHint().width() + _GAP if worded and self._is_worded else 0)

    @property
    def _has_layers(self) -> bool:
        return self._offered[0] > 1

    @property
    def _is_worded(self) -> bool:
        """Whether the digits need a word: beside letters, the panel says what is chosen."""
        return self._has_layers and not self.offers_states

    @property
    def _groups(self) -> list[list[QAction]]:
        """What there is to choose, in the order in which it is shown."""
        groups = [self._layers.actions(), self._states.actions()]
        offered = [group for group in groups if len(group) > 1]
        return [*offered, self._switches] if self._switches else offered

    # -- what can be chosen -------------------------------------------------------------------

    def _fill(self) -> None:
        num_layers, states = self._offered
        for action in (*self._layers.actions(), *self._states.actions()):
            if action in self._pills:
                destroy_later(self._pills.pop(action))
            action.actionGroup().removeAction(action)
            destroy_later(action)
        for number in range(1, num_layers + 1):
            action = self._new_action(
                f"{self._name}_layer_{number}", str(number), f"layer {number}"
            )
            action.setData(number - 1)
            self._layers.addAction(action)
            action.setChecked(number == num_layers)
        for place, (state, words) in enumerate(states.items()):
            action = self._new_action(f"{self._name}_state_{state}", state, f"the {words}")
            action.setData(state)
            self._states.addAction(action)
            action.setChecked(self._several or place == 0)
        self._lay_out_groups()
        self._show_choice()
        self.setVisible(bool(self._groups))
        self.updateGeometry()
        self._fit()

    def _choose_again(self, layer: int, states: tuple[str, ...]) -> None:
        """Choose what was chosen before, as far as it is offered."""
        for action in self._layers.actions():
            if action.data() == layer:
                action.setChecked(True)
        kept = [action for action in self._states.actions() if action.data() in states]
        if kept and self._several:
            for action in self._states.actions():
                action.setChecked(action in kept)
        elif kept:
            kept[0].setChecked(True)
        self._show_choice()

    def _lay_out_groups(self) -> None:
        while self._layout.count():
            self._layout.takeAt(0)
        self._menu.clear()
        if self._is_worded:
            self._layout.addWidget(self._word)
        for number, group in enumerate(self._groups):
            if number:
                self._layout.addSpacing(_GROUP_GAP - 2 * _GAP)
                self._menu.addSeparator()
            for action in group:
                if action not in self._pills:
                    name = f"{action.objectName()}_pill"
                    self._pills[action] = self._new_pill(name, action, narrow=True)
                self._layout.addWidget(self._pills[action])
                self._menu.addAction(action)

    def _new_action(self, name: str, short: str, words: str) -> QAction:
        action = QAction(f"Show {words}", self)
        action.setObjectName(name)
        action.setIconText(short)
        action.setCheckable(True)
        action.triggered.connect(lambda: self._choose(action))
        return action

    def _choose(self, action: QAction) -> None:
        if self._states.actions() and not self.states:
            # There must be something to see.
            action.setChecked(True)
        self._show_choice()
        self.chosen.emit()

    def _show_choice(self) -> None:
        for action, pill in self._pills.items():
            pill.setChecked(action.isChecked())
        parts = [str(self.layer + 1)] if self._has_layers else []
        parts += [" ".join(self.states)] if self.offers_states else []
        # With nothing but switches, there is no choice to name.
        self._button.setText(" · ".join(parts) or "show")
        self._button.setToolTip(
            f"Showing {self.words}: choose another" if self.words else "Choose what else to show"
        )
        self._button.setAccessibleName(self._button.toolTip())

    def _new_pill(
        self, name: str, action: QAction | None = None, *, narrow: bool = False
    ) -> QPushButton:
        pill = QPushButton()
        pill.setObjectName(name)
        pill.setProperty("pill", True)
        pill.setProperty("narrow", narrow)
        pill.setProperty("flow", self._flow)
        pill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action is not None:
            pill.setText(action.iconText())
            pill.setToolTip(action.text())
            pill.setAccessibleName(action.text())
            pill.setCheckable(True)
            pill.clicked.connect(action.trigger)
        return pill
