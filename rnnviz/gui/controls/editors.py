"""Which editor suits a setting."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rnnviz.gui.controls.choice_editor import ChoiceEditor
from rnnviz.gui.controls.editor import Editor
from rnnviz.gui.controls.number_editor import NumberEditor
from rnnviz.gui.controls.segment_editor import SegmentEditor, fits_segments
from rnnviz.gui.controls.text_editor import TextEditor
from rnnviz.training.configuration import Setting


def new_editor(setting: Setting, parent: QWidget | None = None, *, compact: bool = False) -> Editor:
    """Return the editor that suits a setting; a compact one takes little room in a title row."""
    editor = _editor_of_kind(setting, parent)
    if compact:
        editor.make_compact()
    return editor


def _editor_of_kind(setting: Setting, parent: QWidget | None) -> Editor:
    if fits_segments(setting):
        return SegmentEditor(setting, parent)
    if setting.choices:
        return ChoiceEditor(setting, parent)
    if setting.kind is str:
        return TextEditor(setting, parent)
    return NumberEditor(setting, parent)
