"""What is said of changes that are undone and done again."""

from __future__ import annotations

from rnnviz.gui.wording.settings import setting_name, setting_value
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.undo.view import Done, Undoable


def change_words(change: Undoable) -> str:
    """Name a change after the word Undo or Redo, such as ``learning rate``."""
    if change.kind == "reset":
        return "reset"
    if change.kind == "setting":
        return setting_name(change.name)
    return f"new run ({setting_name(change.name)})" if change.name else "new run"


def done_words(done: Done) -> str:
    """Say what has come back."""
    change = done.change
    if change.kind == "setting":
        value = setting_value(change.name, change.value)
        return f"{SETTINGS[change.name].label}: {value} again."
    if change.kind == "reset":
        return f"The run {'after' if done.again else 'before'} the reset is back."
    which = "later" if done.again else "earlier"
    if not change.name:
        return f"The {which} run is back."
    value = setting_value(change.name, change.value)
    return f"The {which} run is back ({setting_name(change.name)}: {value})."
