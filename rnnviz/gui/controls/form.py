"""The form: one row a setting, generated from the configuration's fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.controls.editors import ChoiceEditor, Editor, new_editor
from rnnviz.gui.controls.remarks_card import RemarksCard
from rnnviz.gui.theme import Theme
from rnnviz.training.configuration import OWN_TEXT, SETTINGS, Configuration, Setting, Value

_GROUPS = {"data": "Data", "network": "Network", "training": "Training"}


class ControlForm(QWidget):
    """Every setting but those that a panel carries, and what just happened.

    It shows the configuration in force. A live setting that the person edits is announced at
    once. Structural ones are gathered into a draft, which a bar offers to start a new run with.

    Parameters
    ----------
    theme
        Type and its scale.
    elsewhere
        Names of settings that have an editor in a panel.
    parent
        The widget that holds it.

    Signals
    -------
    live_edited(str, object)
        A live setting's name and new value.
    structure_edited(object)
        A mapping of all structural settings that differ from the run's; may be empty.
    draft_accepted()
        The person wants a new run with the draft.
    draft_dropped()
        The person keeps the run as it is.
    text_wanted()
        The person chose a text of their own as the corpus.
    """

    live_edited = Signal(str, object)
    structure_edited = Signal(object)
    draft_accepted = Signal()
    draft_dropped = Signal()
    text_wanted = Signal()

    def __init__(
        self, theme: Theme, elsewhere: frozenset[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("controls")
        self.setAccessibleName("Controls")
        self._editors: dict[str, Editor] = {}
        self._labels: dict[str, QLabel] = {}
        self._notes: dict[str, QLabel] = {}
        self._advanced: list[QWidget] = []
        self._configuration = Configuration()
        self._draft: dict[str, Value] = {}
        self.remarks = RemarksCard()
        self._area = QScrollArea()
        self._grids: list[QGridLayout] = []
        self._draft_words = QLabel()
        self._draft_bar = self._new_draft_bar()
        self._more = QPushButton("More settings")
        self._lay_out(elsewhere)
        self._show_advanced(False)
        self._show_relevance()
        theme.changed.connect(self._rescale)
        self._rescale()

    @property
    def draft(self) -> Mapping[str, Value]:
        """The structural settings that were edited and not yet started with."""
        return dict(self._draft)

    def editor(self, name: str) -> Editor:
        """Return a setting's editor."""
        return self._editors[name]

    def show_configuration(self, configuration: Configuration) -> None:
        """Show the settings in force; what the person drafted stays."""
        if configuration == self._configuration:
            return
        self._configuration = configuration
        for name, editor in self._editors.items():
            if name not in self._draft:
                editor.show_in_force(getattr(configuration, name))
        self._show_own_text()
        self._show_relevance()

    def forget_draft(self) -> None:
        """Show the run's own settings again."""
        self._draft.clear()
        for name, editor in self._editors.items():
            editor.show_at_once(getattr(self._configuration, name))
        self._show_own_text()
        self._draft_bar.hide()
        self._show_relevance()

    def show_parameter_count(self, count: int) -> None:
        """Say how many numbers the network learns."""
        self._notes["network"].setText(f"{count:,} parameters")

    def ask_about_draft(self) -> None:
        """Show the bar that offers a new run with the draft."""
        names = [SETTINGS[name].label for name in self._draft]
        named = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        verb = "needs" if len(names) == 1 else "need"
        self._draft_words.setText(f"{named} {verb} a new run. The present one would be lost.")
        self._draft_bar.show()
        # It stands below the settings, perhaps out of sight; once laid out, it is to be seen.
        QTimer.singleShot(0, lambda: self._area.ensureWidgetVisible(self._draft_bar))

    # -- editing ------------------------------------------------------------------------------

    def _edited(self, setting: Setting, value: Value) -> None:
        if setting.live:
            self.live_edited.emit(setting.name, value)
            self._show_relevance()
            return
        if setting.name == "corpus" and value == OWN_TEXT:
            self._editors["corpus"].set_value(self._configuration.corpus)
            self.text_wanted.emit()
            return
        if value == getattr(self._configuration, setting.name):
            self._draft.pop(setting.name, None)
        else:
            self._draft[setting.name] = value
        if not self._draft:
            self._draft_bar.hide()
        self._show_relevance()
        self.structure_edited.emit(self.draft)

    def _value(self, name: str) -> Value:
        value: Value = self._draft.get(name, getattr(self._configuration, name))
        return self._editors[name].value() if name in self._editors else value

    def _show_relevance(self) -> None:
        for name, editor in self._editors.items():
            relevant_when = SETTINGS[name].relevant_when
            if relevant_when is None:
                continue
            other, values = relevant_when
            relevant = self._value(other) in values
            editor.setEnabled(relevant)
            self._labels[name].setEnabled(relevant)

    def _show_own_text(self) -> None:
        """Name the person's own text in the list of corpora."""
        editor = self._editors["corpus"]
        assert isinstance(editor, ChoiceEditor)
        index = editor.box.findData(OWN_TEXT)
        name = self._configuration.text_file.replace("\\", "/").rsplit("/", 1)[-1]
        own = self._configuration.corpus == OWN_TEXT and bool(name)
        editor.box.setItemText(index, name if own else "Your own text…")

    # -- layout -------------------------------------------------------------------------------

    def _lay_out(self, elsewhere: frozenset[str]) -> None:
        content = QWidget()
        content.setObjectName("scroll_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 4, 12, 8)
        column.setSpacing(6)
        for group, title in _GROUPS.items():
            column.addLayout(self._new_heading(group, title))
            grid = QGridLayout()
            grid.setHorizontalSpacing(8)
            grid.setVerticalSpacing(5)
            self._grids.append(grid)
            grid.setColumnStretch(1, 1)
            for setting in SETTINGS.values():
                # A choice of one is no choice; a panel's own settings stand in the panel.
                if setting.group == group and setting.name not in elsewhere | {"text_file"}:
                    self._add_row(grid, setting)
            column.addLayout(grid)
            column.addSpacing(6)
        self._more.setObjectName("more_settings")
        self._more.setCheckable(True)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setProperty("flat", True)
        self._more.toggled.connect(self._show_advanced)
        column.addWidget(self._more)
        column.addWidget(self._draft_bar)
        column.addWidget(self.remarks)
        column.addStretch(1)
        area = self._area
        area.setObjectName("controls_scroll_area")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _new_heading(self, group: str, title: str) -> QHBoxLayout:
        heading = QLabel(title)
        heading.setProperty("words", "title")
        note = QLabel("live, no restart" if group == "training" else "")
        note.setProperty("words", "small")
        self._notes[group] = note
        row = QHBoxLayout()
        row.addWidget(heading)
        row.addStretch(1)
        row.addWidget(note)
        return row

    def _add_row(self, grid: QGridLayout, setting: Setting) -> None:
        if len(setting.choices) == 1:
            return
        editor = new_editor(setting)
        label = QLabel(setting.label)
        label.setToolTip(setting.help)
        label.setBuddy(editor.main_widget)
        editor.edited.connect(partial(self._edited, setting))
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(editor, row, 1)
        self._editors[setting.name] = editor
        self._labels[setting.name] = label
        if setting.advanced:
            self._advanced += [label, editor]

    def _new_draft_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("draft_bar")
        bar.setProperty("card", True)
        self._draft_words.setWordWrap(True)
        accept = QPushButton("Start new run")
        accept.setObjectName("draft_accept")
        accept.setProperty("primary", True)
        accept.clicked.connect(self.draft_accepted)
        drop = QPushButton("Keep this one")
        drop.setObjectName("draft_drop")
        drop.clicked.connect(self.draft_dropped)
        for button in (
            accept,
            drop,
        ):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        buttons = QHBoxLayout()
        buttons.addWidget(accept, 1)
        buttons.addWidget(drop, 1)
        layout = QVBoxLayout(bar)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self._draft_words)
        layout.addLayout(buttons)
        bar.hide()
        return bar

    def _rescale(self) -> None:
        for editor in self._editors.values():
            editor.rescale(self._theme.px)
        for label in self._labels.values():
            label.ensurePolished()
        widest = max(label.sizeHint().width() for label in self._labels.values())
        for grid in self._grids:
            grid.setColumnMinimumWidth(0, widest)

    def _show_advanced(self, shown: bool) -> None:
        for widget in self._advanced:
            widget.setVisible(shown)
        self._more.setText("Fewer settings" if shown else "More settings")
