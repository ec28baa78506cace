"""What can be recorded and how, in boxes, and in words what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.recording.plan import FilmPlan, RecordingPlan
from rnnviz.gui.style.theme import SPACING
from rnnviz.storage.video.formats import FORMATS, VideoFormat
from rnnviz.training.past.timeline import TimelineView

_MOST = 2**31 - 1
_FIRST_SECONDS, _MOST_SECONDS = 12.0, 600.0
_RATES = (5, 10, 15, 20, 25, 30)
_SIZES = ((1280, 720), (1920, 1080))
_TIMES = "\N{MULTIPLICATION SIGN}"
_HARDLY = 1.01
_WHOLE_WINDOW = "The whole window"
_FILM, _LIVE = "The film of the timeline", "What is on the screen from now on"
_EVENLY, _SLOWER_FIRST = "evenly", "slower at first"
_ABOUT_FILM = (
    "Each frame waits until its step is drawn, however long that takes. Meanwhile the timeline "
    "moves by itself; at the end it is back where it was."
)
_ABOUT_LIVE = "Recording begins at once, and shows whatever happens in the window."


class RecordChoices(QWidget):
    """The boxes, and what follows from them.

    Attributes
    ----------
    source, part, pace, format, size_box, rate
        Which kind, of what, how steps go by, the file's format, size and rate.
    first, last, seconds
        The film's steps and how long it lasts.

    Signals
    -------
    changed()
        Something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own_sizes: dict[str, tuple[int, int]] = {}
        self.source = _choice("record_source", "What", [(_FILM, "film"), (_LIVE, "live")])
        self.part = _choice("record_part", "Of what", [(_WHOLE_WINDOW, "")])
        self.first = _step("record_first", "First step")
        self.last = _step("record_last", "Last step")
        self.pace = _choice("record_pace", "Steps go by", [(_EVENLY, 0), (_SLOWER_FIRST, 1)])
        self.pace.setToolTip("Early in training more happens in a step than later")
        self.seconds = _seconds()
        self.format = _choice("record_format", "Format", [(one.name, one) for one in FORMATS])
        sizes = [(f"{width} {_TIMES} {height}", (width, height)) for width, height in _SIZES]
        self.size_box = _choice("record_size", "Size", [*sizes, ("", None)])
        self.rate = _choice("record_rate", "Rate", [(f"{n} frames a second", n) for n in _RATES])
        self._good_for = _words("record_format_words")
        self._frames = _words("record_frames")
        self._margins = _words("record_margins")
        self._about = _words("record_about")
        self._form = QFormLayout()
        self._steps = _row(self.first, QLabel("to"), self.last, self.pace)
        self._lay_out()
        for box in (self.source, self.part, self.pace, self.size_box, self.rate):
            box.currentIndexChanged.connect(self._show_what_follows)
        for spin in (self.first, self.last, self.seconds):
            spin.valueChanged.connect(self._show_what_follows)
        self.format.currentIndexChanged.connect(self._format_chosen)
        self._format_chosen()

    def offer(
        self,
        panels: Mapping[str, str],
        own_sizes: Mapping[str, tuple[int, int]],
        view: TimelineView | None,
        *,
        logarithmic: bool,
    ) -> None:
        """Offer what can be recorded now; what was chosen before stays, where it still can be.

        Parameters
        ----------
        panels
            Those that are seen: their titles by object names.
        own_sizes
            Width and height in pixels, by object names; of the window by an empty one.
        view
            The way of the run in front; None where there is none.
        logarithmic
            Whether its timeline gives the first steps more room.
        """
        self._own_sizes = dict(own_sizes)
        part = self.part.currentData() or ""
        with QSignalBlocker(self.part):
            self.part.clear()
            self.part.addItem(_WHOLE_WINDOW, "")
            for name, title in panels.items():
                self.part.addItem(title, name)
            self.part.setCurrentIndex(max(0, self.part.findData(part)))
        has_past = view is not None and view.last > view.first
        model = self.source.model()
        assert isinstance(model, QStandardItemModel)
        model.item(0).setEnabled(has_past)
        self.source.setCurrentIndex(0 if has_past else 1)
        if view is not None:
            for spin in (self.first, self.last):
                spin.setRange(view.first, min(view.last, _MOST))
            self.first.setValue(view.first)
            self.last.setValue(view.last)
        self.pace.setCurrentIndex(int(logarithmic))
        self._show_what_follows()

    @property
    def plan(self) -> RecordingPlan:
        """What is chosen."""
        film = None
        if self.source.currentData() == "film":
            steps = sorted((self.first.value(), self.last.value()))
            film = FilmPlan(steps[0], steps[1], logarithmic=bool(self.pace.currentData()))
        return RecordingPlan(
            panel=self.part.currentData() or "",
            film=film,
            seconds=self.seconds.value(),
            frames_per_second=self.rate.currentData(),
            size=self.size_box.currentData(),
            video_format=self._chosen_format,
        )

    @property
    def lacks(self) -> str:
        """How to get what the chosen format needs; empty where that is there."""
        return self._chosen_format.lacks()

    @property
    def _chosen_format(self) -> VideoFormat:
        return FORMATS[self.format.currentIndex()]

    def _format_chosen(self) -> None:
        chosen = self._chosen_format
        self._good_for.setText(chosen.lacks() or chosen.words)
        self._good_for.setProperty("words", "threshold" if chosen.lacks() else "small")
        self._good_for.style().polish(self._good_for)
        with QSignalBlocker(self.rate):
            self.rate.setCurrentIndex(self.rate.findData(chosen.first_rate))
        self._show_what_follows()

    def _show_what_follows(self) -> None:
        plan = self.plan
        self._form.setRowVisible(self._steps, plan.film is not None)
        own = self._own_sizes.get(plan.panel)
        words = "as it is" if own is None else f"as it is, {own[0]} {_TIMES} {own[1]}"
        self.size_box.setItemText(self.size_box.count() - 1, words)
        margins = "" if own is None or plan.size is None else _margins(own, plan.size)
        self._margins.setText(margins)
        self._margins.setVisible(bool(margins))
        self._frames.setText(frames_in_words(plan))
        self._about.setText(_ABOUT_LIVE if plan.film is None else _ABOUT_FILM)
        self.changed.emit()

    def _lay_out(self) -> None:
        form = self._form
        form.setSpacing(SPACING)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&What", self.source)
        form.addRow("&Of", self.part)
        steps = QLabel("&Steps")
        steps.setBuddy(self.first)
        form.addRow(steps, self._steps)
        form.addRow("&Lasts", self.seconds)
        told = (
            ("&Format", self.format, self._good_for),
            ("Si&ze", self.size_box, self._margins),
            ("&Rate", self.rate, self._frames),
        )
        for text, box, words in told:
            label = QLabel(text)
            label.setBuddy(box)
            form.addRow(label, _below(box, words))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACING)
        column.addLayout(form)
        column.addWidget(self._about)
        column.addStretch(1)


def frames_in_words(plan: RecordingPlan) -> str:
    """Say how many frames that makes, and how many steps lie between two."""
    count = plan.frame_count
    frames = f"{count:,} frame{'s' if count > 1 else ''}"
    if plan.film is None:
        return frames
    steps = plan.film.last - plan.film.first
    if steps < count or count == 1:
        return f"{frames} of {steps + 1:,} step{'s' if steps else ''}"
    between = f"{steps / (count - 1):,.1f}".removesuffix(".0")
    average = " on average" if plan.film.logarithmic else ""
    return (
        f"{frames}, one every {between} steps{average}"
        if between != "1"
        else (f"{frames}, one for each step")
    )


def _margins(own: tuple[int, int], size: tuple[int, int]) -> str:
    """Say where there is room left around something of this size; empty where hardly any is."""
    across, down = size[0] / own[0], size[1] / own[1]
    if max(across, down) < _HARDLY * min(across, down):
        return ""
    where = "at the sides" if across > down else "above and below"
    return f"{own[0]} {_TIMES} {own[1]} has another shape: there are margins {where}"


def _choice(name: str, said: str, entries: Sequence[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(said)
    for text, data in entries:
        box.addItem(text, data)
    return box


def _step(name: str, said: str) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(said)
    box.setGroupSeparatorShown(True)
    box.setRange(0, 0)
    return box


def _seconds() -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName("record_seconds")
    box.setAccessibleName("Length in seconds")
    box.setRange(0.5, _MOST_SECONDS)
    box.setDecimals(1)
    box.setSuffix(" s")
    box.setValue(_FIRST_SECONDS)
    return box


def _words(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("words", "small")
    label.setWordWrap(True)
    return label


def _below(box: QWidget, words: QLabel) -> QVBoxLayout:
    """Return a box with a few words right below it."""
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING // 4)
    layout.addWidget(box)
    layout.addWidget(words)
    return layout


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return row
