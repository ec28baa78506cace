"""The text that the network writes, now and earlier in the run."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Self

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.controls.editor import Editor
from rnnviz.gui.controls.editors import new_editor
from rnnviz.gui.controls.text_editor import TextEditor
from rnnviz.gui.panels.base.shown_run import Found
from rnnviz.gui.panels.base.small_multiples import SmallMultiples
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.widgets.menu_button import open_menu_with
from rnnviz.gui.widgets.written_text import WrittenText
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.snapshot import Snapshot
from rnnviz.training.state.checkpoint import Sample
from rnnviz.training.text_generator import LiveText

_LONGEST_REWRITTEN = 3000
_WRITTEN_AT_ONCE = 400
_LARGEST_CHIPS = 4
_ROW_MARGIN = 14
_LEAST_HEADER, _WORDED_HEADER = 350, 437
_CHIP_GAP, _ROW_GAP = 4, 8
_LEGEND = "blue: how probable"
_EXPLANATION = """
The network writes: it draws a {token} at random from its own prediction, reads it, and goes on. \
The stronger the blue behind a {token}, the more probable the network thought it.

"Now" shows what it writes with its present weights; "write" makes it begin again. The other \
buttons show what it wrote after that many training steps.

The temperature sharpens or flattens the prediction before a {token} is drawn: 0 always takes the \
likeliest one, 1 draws as the network predicts, and more is wilder. The prompt is what the \
network reads before it begins.
""".strip()


class TextPanel(SmallMultiples):
    """The stream of text, the samples of earlier steps, temperature and prompt.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The widget that holds it.

    Signals
    -------
    setting_edited(str, object)
        The person chose a value for a setting that belongs to this panel.
    text_wanted(int)
        The person wants a fresh text of so many tokens.
    """

    setting_edited = Signal(str, object)
    text_wanted = Signal(int)

    settings: ClassVar[tuple[str, ...]] = ("temperature", "prompt")

    shows = (TEXT,)
    least_cell = (104, 92)
    quantities = frozenset({"known_words"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            object_name="text_panel",
            title="Generated text",
            subtitle="",
            explanation=_EXPLANATION,
            parent=parent,
        )
        self._chosen: int | None = None
        self._awaited: int | None = None
        self._seen_step: int | None = None
        self._stream: LiveText | None = None
        self._samples: tuple[Sample, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._written = 0
        self._run = ""
        self._step = 0
        self._text = WrittenText("generated_text", "Generated text", theme)
        self._row = QWidget()
        self._legend = QLabel()
        # Once the row is laid out: only then is it known what the buttons leave.
        self._fitting = QTimer(self, interval=0, singleShot=True)
        self._fitting.timeout.connect(self._fit_row)
        self.header_resized.connect(self._fitting.start)
        self._write = QPushButton("write")
        self._write.setObjectName("write_text")
        self._write.setProperty("pill", True)
        self._write.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._write.clicked.connect(self._write_clicked)
        self._chip_box = QWidget()
        # Not as wide as all buttons: in a narrow panel some give way.
        self._chip_box.setMinimumWidth(1)
        self._chips = QHBoxLayout(self._chip_box)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(_CHIP_GAP)
        self._chip_group = QButtonGroup(self)
        self._chip_group.setExclusive(True)
        self._editors: dict[str, Editor] = {}
        self._words_before_editors: list[QLabel] = []
        body = QWidget()
        body.setLayout(self._layout_body())
        self.set_body(body)
        if self._emphasis is not None:
            self._emphasis.keep_foot_free = lambda height: body.setContentsMargins(0, 0, 0, height)
        theme.changed.connect(self._recolor)
        self._recolor()
        self._name_write_button()

    def _layout_body(self) -> QVBoxLayout:
        row = QHBoxLayout(self._row)
        row.setContentsMargins(_ROW_MARGIN, 4, _ROW_MARGIN, 4)
        row.setSpacing(_ROW_GAP)
        row.addWidget(self._chip_box)
        legend = self._legend
        legend.setProperty("words", "small")
        legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(legend, 1)
        row.addWidget(self._write)
        for name in self.settings:
            editor = new_editor(SETTINGS[name], compact=True)
            editor.edited.connect(partial(self._edited, name))
            word = SETTINGS[name].label.lower()
            if isinstance(editor, TextEditor):
                # The line says itself what it is for, and takes the room that there is.
                editor.line.setPlaceholderText(word)
                self.add_header_widget(editor, stretch=3)
            else:
                label = QLabel(word)
                label.setProperty("words", "small")
                label.setBuddy(editor.main_widget)
                label.setContentsMargins(8, 0, 4, 0)
                self._words_before_editors.append(label)
                self.add_header_widget(label)
                self.add_header_widget(editor)
            self._editors[name] = editor
        self._all_samples = QPushButton("all")
        self._all_samples.setObjectName("all_samples")
        self._all_samples.setAccessibleName("All samples of this run")
        self._all_samples.setProperty("pill", True)
        self._all_samples.setCheckable(True)
        self._all_samples.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._sample_menu = QMenu(self)
        self._sample_menu.aboutToShow.connect(self._fill_sample_menu)
        open_menu_with(self._all_samples, self._sample_menu)
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._row)
        layout.addWidget(self._text, 1)
        self._add_chips([])
        return layout

    @property
    def of_one_run(self) -> QWidget:
        """The text below the row of buttons."""
        return self._text

    def join(self, host: Self) -> None:
        """Show one run's text, and the sample that is chosen in the host's row."""
        super().join(host)
        self._row.hide()

    @property
    def chosen(self) -> int | None:
        """The step whose sample is chosen; None for what is written now."""
        return self._chosen if self.host is None else self.host.chosen

    @property
    def text(self) -> str:
        """What is shown at present."""
        return self._text.toPlainText()

    def point_out(self, own: Found | None, of_rivals: Sequence[Found]) -> None:
        """Show the text that was measured, where it is kept; see `Panel.point_out`."""
        for found in (*([own] if own else []), *of_rivals)[:1]:
            step = found.finding.claim.step
            self._choose(step)
            # It may be told of before it is drawn.
            self._awaited = None if self._chosen == step else step
        super().point_out(own, of_rivals)

    def stand_as_usual(self) -> None:
        """Show again what is written now; see `Panel.stand_as_usual`."""
        super().stand_as_usual()
        self._choose(None)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Write on, or show the sample that was chosen."""
        for name, editor in self._editors.items():
            editor.show_in_force(getattr(snapshot.configuration, name))
        self._step = snapshot.step
        written = snapshot.get(TEXT)
        if written is None:
            if TEXT in snapshot.recorded:
                phrase = snapshot.configuration.source.phrase
                self._say(f"It was made for {phrase}: it writes no text.")
            return
        if snapshot.run_id != self._run:
            self._run = snapshot.run_id
            self.speak_of(snapshot.configuration.token)
            self._name_write_button()
        if [sample.step for sample in written.samples] != [s.step for s in self._samples]:
            self._add_chips([sample.step for sample in written.samples])
        self._stream, self._samples = written.stream, written.samples
        self._name_what_is_seen(snapshot.timeline.seen)
        self._show()

    def step_of(self, snapshot: Snapshot) -> int:
        """Return of which step the text is that is shown of a snapshot."""
        if self.chosen is not None:
            return self.chosen
        return snapshot.step if snapshot.timeline.seen is None else snapshot.timeline.seen

    def say_behind(self, step: int | None) -> None:
        """Leave it to the buttons, which say of which step it is."""

    @property
    def of_step(self) -> int | None:
        """Of which step the text is: of the sample that is chosen, or of the past that is seen."""
        of_past = None if self.is_compared else self._seen_step
        return of_past if self.chosen is None else self.chosen

    def csv(self) -> str:
        """Return the tokens shown, each with the probability that the network gave it."""
        source = self._source()
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(["token", "probability"])
        if source is not None:
            writer.writerows(zip(source.pieces, source.probabilities, strict=True))
        return output.getvalue()

    # -- what is shown ------------------------------------------------------------------------

    def _source(self) -> LiveText | Sample | None:
        if self.chosen is None:
            return self._stream
        return next((sample for sample in self._samples if sample.step == self.chosen), None)

    def _say(self, sentence: str) -> None:
        """Say why there is no text."""
        if self._shown != (sentence,):
            self._shown = (sentence,)
            self._text.say(sentence)

    def _show(self) -> None:
        source, chosen = self._source(), self.chosen
        self._text.is_growing = chosen is None
        if source is None:
            if chosen is not None:
                comes = "is still to come" if chosen > self._step else "was not kept"
                self._say(f"What it writes at step {chosen:,} {comes}.")
            return
        if isinstance(source, Sample):
            key: tuple[object, ...] = ("sample", source.step, source.text)
            if key != self._shown:
                self._text.rewrite(source.prompt, source.pieces, source.probabilities)
                self._text.verticalScrollBar().setValue(0)
            self._shown = key
            return
        key = ("stream", self._run, self._seen_step, source.number)
        new = source.length - self._written
        if key != self._shown or not 0 <= new <= len(source.pieces) or self._text.is_full:
            start = _start_of_last(source.pieces, _LONGEST_REWRITTEN)
            self._text.rewrite(
                source.prompt if source.length == len(source.pieces) and not start else "",
                source.pieces[start:],
                source.probabilities[start:],
            )
        elif new:
            self._text.write_on(source.pieces[-new:], source.probabilities[-new:])
        self._shown, self._written = key, source.length

    def _recolor(self) -> None:
        self._header.setMinimumWidth(self.theme.px(_LEAST_HEADER))
        for editor in self._editors.values():
            editor.rescale(self.theme.px)
        self._text.restyle()
        self._shown = ()
        self._show()

    def _name_what_is_seen(self, step: int | None) -> None:
        """Say of which step the network is that writes; None for now."""
        self._seen_step = step
        words = "now" if step is None else f"step {step:,}"
        if words != self._now.text():
            self._now.setText(words)
            self._fitting.start()

    # -- choosing a sample --------------------------------------------------------------------

    def _add_chips(self, steps: list[int]) -> None:
        if self.host is not None:
            return
        for button in self._chip_group.buttons():
            self._chip_group.removeButton(button)
            destroy_later(button)
        while self._chips.count():
            self._chips.takeAt(0)
        if self._awaited in steps:
            self._chosen, self._awaited = self._awaited, None
        if self._chosen not in steps:
            self._chosen = None
        shown = _round_steps(steps)
        for step in shown:
            self._add_chip(step, f"step {step:,}" if step == 0 else f"{step:,}")
        self._chips.addWidget(self._all_samples)
        self._all_samples.setVisible(len(steps) > 1)
        elsewhere = self._chosen is not None and self._chosen not in shown
        self._all_samples.setText(f"{self._chosen:,}" if elsewhere else "all")
        self._all_samples.setChecked(elsewhere)
        self._now = self._add_chip(None, "now")
        self._fitting.start()

    def _add_chip(self, step: int | None, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("sample_now" if step is None else f"sample_{step}")
        spoken = "What it writes now" if step is None else f"What it wrote after step {step:,}"
        button.setAccessibleName(spoken)
        button.setToolTip(spoken)
        button.setCheckable(True)
        button.setChecked(step == self._chosen)
        button.setProperty("pill", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._choose, step))
        self._chip_group.addButton(button)
        self._chips.addWidget(button)
        return button

    def _fit_row(self) -> None:
        """Leave out what there is no room for: the middle ones of the samples, then the legend."""
        worded = self._header.width() >= self.theme.px(_WORDED_HEADER)
        for label in self._words_before_editors:
            # The editors' own tips say it too.
            label.setVisible(worded)
        room = self._row.width() - 2 * _ROW_MARGIN - self._write.width() - 2 * _ROW_GAP
        chips = [chip for chip in self._chip_group.buttons() if chip is not self._now]
        widths = {chip: chip.sizeHint().width() + _CHIP_GAP for chip in chips}
        always = self._now.sizeHint().width()
        if len(self._samples) > 1:
            always += self._all_samples.sizeHint().width() + _CHIP_GAP
        # Without it nobody knows what the blue says; the first and the last sample tell most.
        words = self._legend.fontMetrics().horizontalAdvance(_LEGEND)
        least = always + words + sum(widths[chip] for chip in {*chips[:1], *chips[-1:]})
        explained = least <= room
        self._legend.setText(_LEGEND if explained else "")
        needed = always + sum(widths.values()) + (words if explained else 0)
        # All of them are in the menu.
        for chip in (*chips[1:], *chips[:1]):
            chip.setVisible(needed <= room)
            needed -= 0 if needed <= room else widths[chip]

    def _fill_sample_menu(self) -> None:
        self._sample_menu.clear()
        for sample in self._samples:
            action = self._sample_menu.addAction(f"step {sample.step:,}")
            action.setCheckable(True)
            action.setChecked(sample.step == self._chosen)
            action.triggered.connect(partial(self._choose, sample.step))

    def _edited(self, name: str, value: object) -> None:
        """Write with another temperature or prompt, and show what is written now."""
        if self._chosen is not None:
            self._choose(None)
        self.setting_edited.emit(name, value)

    def _write_clicked(self) -> None:
        """Ask for a fresh text, and show it as it comes."""
        if self._chosen is not None:
            self._choose(None)
        self.text_wanted.emit(_WRITTEN_AT_ONCE)

    def _name_write_button(self) -> None:
        words = self.of_tokens(f"Write {_WRITTEN_AT_ONCE} {{tokens}} anew, from the prompt")
        self._write.setAccessibleName(words)
        self._write.setToolTip(words)

    def _choose(self, step: int | None, _checked: bool = False) -> None:
        self._chosen, self._awaited = step, None
        self._add_chips([sample.step for sample in self._samples])
        for one in self.side_by_side:
            one.show_chosen()

    def show_chosen(self) -> None:
        """Show what is chosen in the title row."""
        self._show()


def _round_steps(steps: list[int]) -> list[int]:
    """Keep step 0 and the powers of ten, the latest few."""
    powers = [step for step in steps if step and math.log10(step).is_integer()]
    return [step for step in steps if step == 0] + powers[-(_LARGEST_CHIPS - 1) :]


def _start_of_last(pieces: Sequence[str], length: int) -> int:
    """Return where the last pieces begin that are not longer than `length` together."""
    start = len(pieces)
    while start and (length := length - len(pieces[start - 1])) >= 0:
        start -= 1
    return start
