"""Undo and Redo in the window: they say what they would do, and cannot where there is nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject

from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.wording.undo import change_words
from rnnviz.training.undo.view import Undoable, UndoView


class UndoActions(QObject):
    """Joins the two actions and who decides.

    Parameters
    ----------
    window
        Has the actions.
    control
        Undoes and does again.
    """

    def __init__(self, window: MainWindow, control: RunControl) -> None:
        super().__init__(window)
        self._undo = window.actions_by_name["action_undo"]
        self._redo = window.actions_by_name["action_redo"]
        self._undo.triggered.connect(lambda _checked=False: control.undo())
        self._redo.triggered.connect(lambda _checked=False: control.redo())
        self._shown: tuple[Undoable | None, Undoable | None] | None = None
        self.show(UndoView())

    def show(self, view: UndoView) -> None:
        """Show what can be undone and done again of the run in front."""
        shown = (view.to_undo, view.to_redo)
        if shown == self._shown:
            return
        self._shown = shown
        for action, verb, change in zip(
            (self._undo, self._redo), ("Undo", "Redo"), shown, strict=True
        ):
            action.setEnabled(change is not None)
            action.setText(verb if change is None else f"{verb} {change_words(change)}")
