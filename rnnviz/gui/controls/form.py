"""The form: one row a setting, generated from the configuration's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.data.files import readable_name
from rnnviz.data.sources import SOURCES, is_own_file
from rnnviz.gui.controls.choice_editor import ChoiceEditor
from rnnviz.gui.controls.editor import Editor
from rnnviz.gui.controls.editors import new_editor
from rnnviz.gui.controls.remarks_card import RemarksCard
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.menu_button import open_menu_with
from rnnviz.gui.widgets.wheel import WheelPassesOn
from rnnviz.gui.wording.numbers import in_full
from rnnviz.training.configuration import (
    SETTINGS,
    Configuration,
    Setting,
    Value,
    suits,
)
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.wording import in_bytes

_LIVE = "live, no restart"
_GROUPS = {"data": "Data", "network": "Network", "training": "Training", "text": "Writing"}
_ALWAYS_SEEN = "watching"
"""The group that stands below the others and is never scrolled out of sight: the panels show it."""


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
    live_edited(str, object, bool)
        A live setting's name and new value, and whether the hand that chose the one before has
        not let go since.
    structure_edited(object)
        A mapping of all structural settings that differ from the run's; may be empty.
    draft_accepted()
        The person wants a new run with the draft.
    draft_dropped()
        The person keeps the run as it is.
    text_wanted(str)
        The person chose a file of their own as the corpus, by the source's name.
    preset_chosen(str)
        The person chose a preset, by its name.
    """

    live_edited = Signal(str, object, bool)
    structure_edited = Signal(object)
    draft_accepted = Signal()
    draft_dropped = Signal()
    text_wanted = Signal(str)
    preset_chosen = Signal(str)

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
        self._titles: dict[str, QLabel] = {}
        self._watching = QHBoxLayout()
        self._outcome = QLabel()
        self._hidden_size = 0
        self._presets = QPushButton()
        self._preset_actions: dict[str, QAction] = {}
        self._configuration = Configuration()
        self._draft: dict[str, Value] = {}
        self._unwheeled = WheelPassesOn(self)
        self.remarks = RemarksCard()
        self._grids: list[QGridLayout] = []
        self._draft_words = QLabel()
        self._draft_bar = self._new_draft_bar()
        self._more = QPushButton("More settings")
        self._lay_out(elsewhere)
        self._more.toggled.connect(self._show_more)
        self._show_own_text()
        self._show_relevance()
        self._show_preset()
        theme.changed.connect(self._rescale)
        self._rescale()

    @property
    def draft(self) -> Mapping[str, Value]:
        """The structural settings that were edited and not yet started with."""
        return dict(self._draft)

    def offer(self, actions: Sequence[QAction]) -> None:
        """Put a button for each of these actions, while it can be done, beside what is watched."""
        for action in actions:
            button = QToolButton()
            button.setObjectName(action.objectName().replace("action", "button"))
            button.setDefaultAction(action)
            button.setAccessibleName(action.toolTip())
            button.setProperty("pill", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setVisible(action.isEnabled())
            action.enabledChanged.connect(button.setVisible)
            self._watching.addWidget(button)

    def editor(self, name: str) -> Editor:
        """Return a setting's editor."""
        return self._editors[name]

    def choose(self, name: str, value: Value, is_held: bool = False) -> None:
        """Take a value that the person has chosen elsewhere, as one that was chosen here."""
        self._editors[name].choose(value, is_held=is_held)

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
        self._show_preset()
        self._speak_of(configuration)

    def forget_draft(self) -> None:
        """Show the run's own settings again."""
        self._draft.clear()
        for name, editor in self._editors.items():
            editor.show_at_once(getattr(self._configuration, name))
        self._show_own_text()
        self._draft_bar.hide()
        self._show_relevance()

    def show_network(self, parameter_count: int, memory_needed: int, hidden_size: int) -> None:
        """Say how many numbers the network learns, and what a budget of them has made of it."""
        self._notes["network"].setText(f"{parameter_count:,} parameters, {in_bytes(memory_needed)}")
        self._hidden_size = hidden_size
        self._show_outcome()

    def show_learning_rate(self, rate: float) -> None:
        """Say what a schedule has made of the learning rate; without one, that all is live."""
        scheduled = self._configuration.schedule != "constant"
        now = f"learning rate now {in_full(float(f'{rate:.2g}'))}"
        self._notes["training"].setText(now if scheduled else _LIVE)

    def ask_about_draft(self) -> None:
        """Show the bar that offers a new run with the draft."""
        names = [SETTINGS[name].label for name in self._draft]
        named = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        verb = "needs" if len(names) == 1 else "need"
        self._draft_words.setText(f"{named} {verb} a new run. The present one would be lost.")
        self._draft_bar.show()

    # -- editing ------------------------------------------------------------------------------

    def _edited(self, setting: Setting, value: Value) -> None:
        if setting.live:
            self.live_edited.emit(setting.name, value, self._editors[setting.name].is_held)
            self._show_relevance()
            return
        if setting.name == "corpus" and is_own_file(value):
            self._editors["corpus"].set_value(self._configuration.corpus)
            self.text_wanted.emit(value)
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
        """Dim the settings that others make meaningless; show the advanced ones where asked for.

        Every row keeps its place whatever is chosen in another; only the corpus decides which rows
        there are, for not all of them have characters and a held-out text to speak of.
        """
        source, groups = SOURCES[str(self._value("corpus"))], set[str]()
        for name, editor in self._editors.items():
            setting = SETTINGS[name]
            other, values = setting.relevant_when or (name, (self._value(name),))
            relevant = self._value(other) in values
            shown = self._more.isChecked() or not setting.advanced
            shown = shown and suits(name, source)
            groups |= {setting.group} if shown else set()
            # What a budget has made of the hidden size stands where its editor does.
            editor.setVisible(shown and (relevant or name != "hidden_size"))
            self._labels[name].setVisible(shown)
            editor.setEnabled(relevant)
            self._labels[name].setEnabled(relevant or name == "hidden_size")
        for group, title in self._titles.items():
            title.setVisible(group in groups)
        self._show_outcome()

    def _show_outcome(self) -> None:
        """Say how many hidden units a budget of parameters buys, where it is one that decides."""
        budgeted = bool(self._value("parameter_budget"))
        self._outcome.setVisible(budgeted)
        in_force = budgeted and bool(self._configuration.parameter_budget)
        size = f"{self._hidden_size:,}, " if in_force else ""
        self._outcome.setText(f"{size}from the budget")

    def _show_more(self) -> None:
        self._more.setText("Fewer settings" if self._more.isChecked() else "More settings")
        self._show_relevance()

    def _show_preset(self) -> None:
        """Name the preset that the settings in force follow, if they follow one."""
        followed = [p.name for p in PRESETS.values() if not p.changes(self._configuration)]
        for name, action in self._preset_actions.items():
            action.setChecked(name in followed)
        title = PRESETS[followed[0]].title if followed else "custom"
        # The space is the padding that style sheets do not give to words at the left.
        self._presets.setText(f"\N{EN SPACE}{title}")
        self._presets.setAccessibleName(f"Preset: {title}")

    def _speak_of(self, configuration: Configuration) -> None:
        """Say of the settings what is true of this kind of run, and call tokens what they are."""
        for name, editor in self._editors.items():
            label = self._labels[name]
            help = SETTINGS[name].help_for(configuration.source, configuration.level)
            if help != label.toolTip():
                editor.show_help(help)
                label.setToolTip(help)

    def _show_own_text(self) -> None:
        """Name the person's own file in the list of corpora."""
        editor = self._editors["corpus"]
        assert isinstance(editor, ChoiceEditor)
        for name in filter(is_own_file, SOURCES):
            file = self._configuration.text_name if self._configuration.corpus == name else ""
            title = readable_name(file) if file else f"{SOURCES[name].menu_title}…"
            editor.box.setItemText(editor.box.findData(name), title)

    # -- layout -------------------------------------------------------------------------------

    def _lay_out(self, elsewhere: frozenset[str]) -> None:
        content = QWidget()
        content.setObjectName("scroll_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 4, 12, 8)
        column.setSpacing(6)
        column.addLayout(self._new_preset_row())
        column.addSpacing(4)
        for group, title in _GROUPS.items():
            heading, rows = self._new_heading(group, title), self._new_group(group, elsewhere)
            column.addLayout(heading)
            column.addLayout(rows)
            column.addSpacing(4 if rows.count() else 0)
        self._more.setObjectName("more_settings")
        self._more.setCheckable(True)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setProperty("flat", True)
        column.addWidget(self._more)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("controls_scroll_area")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        # Always in sight, and nothing that a person points at moves when they come or change.
        foot = QVBoxLayout()
        foot.setContentsMargins(4, 6, 12, 8)
        foot.setSpacing(6)
        foot.addWidget(self._draft_bar)
        foot.addWidget(self.remarks)
        self._watching.addLayout(self._new_group(_ALWAYS_SEEN, elsewhere), 1)
        foot.addLayout(self._watching)
        outer.addLayout(foot)

    def _new_group(self, group: str, elsewhere: frozenset[str]) -> QGridLayout:
        grid = self._new_grid()
        for setting in SETTINGS.values():
            # A choice of one is no choice; a panel's own settings stand in the panel.
            if setting.group == group and setting.name not in elsewhere | {"text_file"}:
                self._add_row(grid, setting)
        return grid

    def _new_preset_row(self) -> QGridLayout:
        button = self._presets
        button.setObjectName("presets")
        button.setToolTip("Well-known sets of settings, in one click")
        button.setProperty("field", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for preset in PRESETS.values():
            action = menu.addAction(preset.title)
            action.setObjectName(f"preset_{preset.name}")
            action.setToolTip(preset.help)
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose_preset, preset.name))
            self._preset_actions[preset.name] = action
        open_menu_with(button, menu)
        label = QLabel("Preset")
        label.setBuddy(button)
        grid = self._new_grid()
        grid.addWidget(label, 0, 0)
        grid.addWidget(button, 0, 1)
        return grid

    def _choose_preset(self, name: str, _checked: bool = False) -> None:
        # Which one is followed is the run's to say, and it may be kept as it is.
        self._show_preset()
        self.preset_chosen.emit(name)

    def _new_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self._grids.append(grid)
        return grid

    def _new_heading(self, group: str, title: str) -> QHBoxLayout:
        heading = QLabel(title)
        heading.setProperty("words", "title")
        note = QLabel(_LIVE if group == "training" else "")
        note.setObjectName(f"{group}_note")
        note.setProperty("words", "small")
        self._notes[group] = note
        self._titles[group] = heading
        row = QHBoxLayout()
        row.addWidget(heading)
        row.addStretch(1)
        row.addWidget(note)
        return row

    def _add_row(self, grid: QGridLayout, setting: Setting) -> None:
        if len(setting.choices) == 1:
            return
        editor = new_editor(setting)
        self._unwheeled.calm(editor)
        label = QLabel(setting.label)
        label.setToolTip(setting.help_for())
        label.setBuddy(editor.main_widget)
        editor.edited.connect(partial(self._edited, setting))
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(editor, row, 1)
        self._editors[setting.name] = editor
        self._labels[setting.name] = label
        if setting.name == "hidden_size":
            self._outcome.setObjectName("hidden_size_outcome")
            self._outcome.setProperty("words", "soft")
            # Where the editor stood, and as high.
            self._outcome.setMinimumHeight(editor.sizeHint().height())
            grid.addWidget(self._outcome, row, 1)

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
