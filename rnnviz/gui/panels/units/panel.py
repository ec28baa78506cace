"""What single units follow: a ranking, and a text coloured by one of them."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from rnnviz.core.cells import CELLS
from rnnviz.core.parameters import Array
from rnnviz.data import Source, Trait, is_yes_or_no
from rnnviz.diagnostics.units import ranking
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.units.unit_list import UnitList, signed_words
from rnnviz.gui.plotting.axes.axis import nice_step
from rnnviz.gui.style.palette import mix
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.colored_text import ColoredText
from rnnviz.gui.widgets.eliding_combo_box import ElidingComboBox
from rnnviz.gui.widgets.numbers import CountBox
from rnnviz.gui.widgets.state_chooser import StateChooser
from rnnviz.gui.wording.numbers import MINUS
from rnnviz.training.observation.diagnostics.units import UNITS, UnitsView
from rnnviz.training.snapshot import Snapshot

_ADJUSTS_TO_CONTENTS_LENGTH = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_LEVELS = 7
# The words must stay readable on the strongest of the colours.
_STRONGEST = 0.45
# While the best unit is followed: only one that is better by so much takes its place.
_CLEARLY_BETTER = 0.05
_MARGIN = 14
_LIST_WIDTH, _BOX_WIDTH = 132, 72
_LEAST_WITH_HEADS, _LEAST_WITH_CHANCE = 130, 110
"""Lower, the list and the text have no heads; or what chance would give is told by hovering."""
_EXPLANATION = """
A unit is one number of the hidden state. Here the network, with its present weights, reads a \
longer text, and the activation of one unit colours each {token}: teal is positive, plum is \
negative, and no colour is 0. The text is underlined where the feature chosen above is present.

The list ranks the layer's units by how well they follow that feature. The number r is the \
correlation over the whole text: a unit with +1 follows the feature perfectly, one with -1 does \
so with the opposite sign, and one with 0 says nothing about it. Karpathy, Johnson and Fei-Fei \
(2015) found units like these: one was on inside quotes, another counted its way along the line.

Even an untrained network has units that follow a feature of the last {token}, because that needs \
no memory. What came much earlier, such as an opening quote or the beginning of the line, a \
network has to learn to keep.

Beware of chance. If you compare a hundred units with a feature, you will always find one that \
seems to follow it. So the program measures on this very text how well the best unit does by \
chance: it shifts the feature along the text again and again, and only one shift in 20 finds a \
unit beyond the red line of the list. If you look at several features, layers or moments, chance \
gets as many tries.

A unit that follows a feature need not be needed by the network, and other units may know the \
feature as well: most of what a network knows is spread over many units.
""".strip()


class UnitsPanel(Panel):
    """The units that follow a feature best, and a text coloured by one unit.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.
    """

    shows = (UNITS,)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="units_panel",
            title="Units",
            subtitle="",
            explanation=_EXPLANATION,
            parent=parent,
        )
        self.chooser = StateChooser(self.objectName(), flow="forward")
        self.chooser.chosen.connect(self._show_anew)
        self.add_header_widget(self.chooser)
        self._view: UnitsView | None = None
        self._step = 0
        self._run = ""
        self._number = 0
        self._has_text = True
        self._height = _LEAST_WITH_HEADS
        self._shown_tokens: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._formats: dict[tuple[int, bool], QTextCharFormat] = {}
        self._feature = ElidingComboBox()
        self._feature.setObjectName("units_feature")
        self._feature.setAccessibleName("Feature that units are compared with")
        self._feature.setToolTip("What the units are compared with")
        self._feature.activated.connect(self._show_anew)
        self._best = QPushButton("best")
        self._best.setObjectName("units_best")
        self._best.setAccessibleName("Show the unit that follows the feature best")
        self._best.setToolTip(self._best.accessibleName())
        self._best.setProperty("pill", True)
        self._best.setCheckable(True)
        self._best.setChecked(True)
        self._best.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._best.clicked.connect(self._show_anew)
        self._unit = CountBox()
        self._unit.setObjectName("units_unit")
        self._unit.setAccessibleName("Unit that colours the text")
        self._unit.setToolTip(self._unit.accessibleName())
        self._unit.valueChanged.connect(lambda value: self._choose(value - 1))
        self._list = UnitList("units_list", "Units by how well they follow the feature")
        self._list.unit_chosen.connect(self._choose)
        self._text = ColoredText("units_text", "Text coloured by the unit")
        self._text.viewport().setMouseTracking(True)
        self._text.piece_hovered.connect(self._tell)
        self._chance, self._legend, self._head = QLabel(), QLabel(), QLabel()
        body = QWidget()
        body.setLayout(self._layout_body())
        self.set_body(body)
        theme.changed.connect(self._recolor)
        self._recolor()

    def _layout_body(self) -> QVBoxLayout:
        for label in (self._chance, self._legend, self._head):
            label.setProperty("words", "small")
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._chance.setWordWrap(True)
        # It need not show all of its words: in a narrow panel they end in an ellipsis.
        self._feature.setMinimumContentsLength(8)
        self._feature.setSizeAdjustPolicy(_ADJUSTS_TO_CONTENTS_LENGTH)
        word = self._unit_word = QLabel("unit")
        word.setProperty("words", "small")
        word.setBuddy(self._unit)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._feature, 1)
        for widget in (self._best, word, self._unit):
            row.addWidget(widget)
        self._head.setText(UnitList.HEAD)
        lower = QGridLayout()
        lower.setHorizontalSpacing(8)
        lower.setVerticalSpacing(2)
        lower.addWidget(self._head, 0, 0)
        lower.addWidget(self._legend, 0, 1)
        lower.addWidget(self._list, 1, 0)
        lower.addWidget(self._text, 1, 1)
        lower.setColumnStretch(1, 1)
        layout = QVBoxLayout()
        layout.setContentsMargins(_MARGIN, 4, _MARGIN, 8)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self._chance)
        layout.addLayout(lower, 1)
        return layout

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Offer what the text has to offer, and show the ranking and the text."""
        configuration = snapshot.configuration
        states = {state.name: state.words for state in CELLS[configuration.cell].states}
        self.chooser.offer(configuration.num_layers, states)
        if snapshot.run_id != self._run:
            # Another network may have neither the layers nor the states of what was shown.
            self._run, self._view = snapshot.run_id, None
            self.speak_of(configuration.token)
            self._suit(configuration.source)
        window, view = snapshot.window, snapshot.get(UNITS)
        if window is None or view is None or view is self._view:
            return
        self._step = window.step
        # Of the network before, the best unit is any unit of this one.
        is_first, self._view = self._view is None, view
        self._offer_features(view)
        self._show(anew=is_first)

    def _suit(self, source: Source) -> None:
        """Show nothing but a sentence where there is no text to compare units with."""
        self._has_text = Trait.TEXT in source.traits
        parts = (self._feature, self._best, self._unit, self._unit_word, self._list, self._text)
        for part in parts:
            part.setVisible(self._has_text)
        self._leave_out()
        if not self._has_text:
            self.set_subtitle("")
            words = f"Units are compared with a text, and this run learns a {source.noun}."
            self._chance.setText(words)

    def fit_body(self, height: int) -> None:
        """Leave the heads out, and what chance would give, where the list needs the room."""
        self._height = height
        self._leave_out()

    def _leave_out(self) -> None:
        for head in (self._legend, self._head):
            head.setVisible(self._has_text and self._height >= _LEAST_WITH_HEADS)
        self._chance.setVisible(not self._has_text or self._height >= _LEAST_WITH_CHANCE)

    def csv(self) -> str:
        """Return all units in the order of the list, with their correlations, and chance's."""
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        view = self._view
        if view is None:
            writer.writerow(["unit"])
            return output.getvalue()
        (state,), layer = self.chooser.states, self.chooser.layer
        table = view.reading.correlations[state][layer]
        writer.writerow(["unit", *view.reading.features])
        order = ranking(self._of_feature()) if view.reading.features else range(len(table))
        writer.writerows([unit + 1, *map(float, table[unit])] for unit in order)
        levels = view.reading.chance[state][layer]
        writer.writerow(["best by chance in 1 of 20 tries", *map(float, levels)])
        return output.getvalue()

    # -- what is chosen -----------------------------------------------------------------------

    def _offer_features(self, view: UnitsView) -> None:
        """Fill the list of features, where they are others than before, and keep the choice."""
        features = list(view.reading.features)
        if features == [self._feature.itemText(n) for n in range(self._feature.count())]:
            return
        chosen = self._feature.currentText()
        self._feature.clear()
        self._feature.addItems(features)
        self._feature.setCurrentIndex(max(0, self._feature.findText(chosen)))
        self._feature.setEnabled(bool(features))

    def _of_feature(self) -> Array:
        """Return the correlations (H,) of the chosen state with the chosen feature."""
        assert self._view is not None
        (state,) = self.chooser.states
        table = self._view.reading.correlations[state][self.chooser.layer]
        index = self._feature.currentIndex()
        return table[:, index] if index >= 0 else np.zeros(len(table))

    def _choose(self, number: int) -> None:
        """Show the unit that the person chose, and no longer the best whichever it is."""
        self._best.setChecked(False)
        self._number = number
        self._show()

    def _show_anew(self) -> None:
        """Show something else of the same reading."""
        self._show(anew=True)

    # -- what is shown ------------------------------------------------------------------------

    def _show(self, *, anew: bool = False) -> None:
        if self._view is None:
            return
        of_feature = self._of_feature()
        order = ranking(of_feature)
        self._number = min(self._number, len(order) - 1)
        if self._best.isChecked() and self._feature.count():
            behind = abs(of_feature[order[0]]) - abs(of_feature[self._number])
            if anew or behind > _CLEARLY_BETTER:
                self._number = int(order[0])
        with QSignalBlocker(self._unit):
            self._unit.setRange(1, len(order))
            self._unit.setValue(self._number + 1)
        level = self._chance_level()
        self._list.show_ranking(order, of_feature, level, self._number)
        self._say(of_feature, level)
        self._show_text()

    def _chance_level(self) -> float:
        assert self._view is not None
        (state,), index = self.chooser.states, self._feature.currentIndex()
        levels = self._view.reading.chance[state][self.chooser.layer]
        return float(levels[index]) if index >= 0 else math.nan

    def _say(self, of_feature: Array, level: float) -> None:
        """Say what was read, and what chance would give."""
        assert self._view is not None
        view = self._view
        read = self.of_tokens(f"{view.reading.length:,} {{tokens}}")
        self.set_subtitle(f"{read} of {view.source}, step {self._step:,}")
        self._chance.setText(chance_words(of_feature, level, bool(view.reading.features)))
        self._list.setToolTip(self._chance.text())

    def _show_text(self) -> None:
        assert self._view is not None
        reading = self._view.reading
        (state,) = self.chooser.states
        # In float64, for a round number above the largest of float32 would not be one of it.
        values = reading.activations[state][self.chooser.layer, :, self._number].astype(np.float64)
        limit = _limit(values)
        steps = np.zeros(len(values), np.intp)
        finite = np.isfinite(values)
        steps[finite] = np.rint(np.clip(values[finite] / limit, -1, 1) * _LEVELS).astype(np.intp)
        index = self._feature.currentIndex()
        marked = np.zeros(len(values), np.bool_)
        is_marked = index >= 0 and is_yes_or_no(reading.values[index])
        if is_marked:
            marked = reading.values[index] > 0
        if reading.tokens is not self._shown_tokens[0]:
            shown = tuple(token.replace("\n", "↵\n") for token in reading.tokens)
            self._shown_tokens = reading.tokens, shown
        pairs = zip(steps.tolist(), marked.tolist(), strict=True)
        self._text.set_pieces(self._shown_tokens[1], [self._formats[pair] for pair in pairs])
        self._legend.setText(self._legend_words(limit, is_marked))

    def _legend_words(self, limit: float, is_marked: bool) -> str:
        """Say what the colours and the lines under the text mean."""
        ends = []
        for step in (-_LEVELS, _LEVELS):
            color = self._formats[step, False].background().color().name()
            number = f"{math.copysign(limit, step):+g}".replace("-", MINUS)
            style = f"background:{color};color:{self.theme.palette.ink}"
            ends.append(f'<span style="{style}">&nbsp;{number}&nbsp;</span>')
        underlined = f", <u>{self._feature.currentText()}</u>" if is_marked else ""
        return " to ".join(ends) + underlined

    def _tell(self, piece: int, place: QPoint) -> None:
        """Say what the unit and the feature are where the pointer is."""
        if piece < 0 or self._view is None:
            QToolTip.hideText()
            return
        reading = self._view.reading
        (state,) = self.chooser.states
        value = float(reading.activations[state][self.chooser.layer, piece, self._number])
        token = reading.tokens[piece].strip(" ") or "space"
        token = "line end" if token == "\n" else token
        words = f"{token} · unit {self._number + 1:,}: {signed_words(value, 3)}"
        index = self._feature.currentIndex()
        if index >= 0:
            feature = reading.values[index]
            has = ("no", "yes")[int(feature[piece])] if is_yes_or_no(feature) else feature[piece]
            words += f" · {self._feature.currentText()}: {has}"
        QToolTip.showText(place, words, self._text)

    def _recolor(self) -> None:
        palette = self.theme.palette
        self._text.setFont(self.theme.font("mono"))
        self._head.setFont(self.theme.font("mono_small"))
        self._unit.setFixedWidth(self.theme.px(_BOX_WIDTH))
        self._list.dress(self.theme, self.theme.px(_LIST_WIDTH))
        self._formats = {}
        for step in range(-_LEVELS, _LEVELS + 1):
            end = palette.negative if step < 0 else palette.positive
            color = QColor(mix(palette.panel, end, _STRONGEST * abs(step) / _LEVELS))
            for marked in (False, True):
                character_format = QTextCharFormat()
                character_format.setBackground(color)
                character_format.setForeground(palette.color("ink"))
                character_format.setFontUnderline(marked)
                self._formats[step, marked] = character_format
        self._show()


def chance_words(of_feature: Array, level: float, has_features: bool) -> str:
    """Say how far the best unit comes by chance, and how many come further.

    Parameters
    ----------
    of_feature
        (H,) correlations with one feature.
    level
        What chance exceeds in one of 20 tries; NaN where that is unknown.
    has_features
        Whether there is anything to compare with.
    """
    if not has_features:
        return "Nothing that has a name here varies in this text."
    if not math.isfinite(level):
        return "This text is too short to say how well a unit would do by chance."
    count = len(of_feature)
    among = f"the best of {count:,} units" if count > 1 else "the only unit"
    beyond = int(np.count_nonzero(np.abs(of_feature) > level))
    verb = "is" if beyond == 1 else "are"
    found = f"{beyond:,} {verb} beyond that here" if beyond else "none is beyond that here"
    return f"By chance alone {among} reaches r = ±{level:.2f} in 1 of 20 tries; {found}."


def _limit(values: Array) -> float:
    """Return a round number that holds the finite ones of `values` (m,)."""
    magnitudes = np.abs(values[np.isfinite(values)])
    return nice_step(float(magnitudes.max(initial=0.0)))
