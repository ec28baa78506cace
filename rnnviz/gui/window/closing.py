"""How the window closes: after asking about what is not saved, out of sight, for the system too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMessageBox

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.question import Question


class Closing(QObject):
    """Asks before the window closes, and has everything end once it does.

    Parameters
    ----------
    window
        The window.
    theme
        Colours and type.
    count_behind
        Tells of how many runs there is training that no file holds.
    save_first
        Saves that, then does what it is given.
    end
        Ends what works for the window, which is out of sight by then.

    Attributes
    ----------
    has_ended
        Whether nothing works for the window any more.

    Signals
    -------
    hurried()
        The window closes, or Qt has ended, and nobody has answered whether to save.
    ended()
        All has ended that worked for the window.
    """

    hurried = Signal()
    ended = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        *,
        count_behind: Callable[[], int],
        save_first: Callable[[Callable[[], None]], None],
        end: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._count_behind = count_behind
        self._save_first = save_first
        self._end = end
        self.has_ended = False
        self._unasked = False
        self._question: QMessageBox | None = None
        window.close_asked.connect(self._close_asked)

    def close_for_system(self) -> None:
        """Close as the close button does; asked a second time, close though nobody has answered."""
        if self._question is not None:
            self.hurried.emit()
            self._question.done(int(QMessageBox.StandardButton.Discard.value))
        else:
            self._window.close()

    def close_now(self) -> None:
        """Close the window without asking about what is not saved."""
        self._unasked = True
        self._window.close()

    def end_unasked(self) -> None:
        """Have everything end, and keep what no file holds, where Qt has ended by itself."""
        if not self.has_ended:
            self.hurried.emit()
            self._end_all()

    def _close_asked(self, event: QCloseEvent) -> None:
        behind = 0 if self._unasked else self._count_behind()
        if behind:
            answer = self._ask(behind)
            if answer != QMessageBox.StandardButton.Discard:
                event.ignore()
                if answer == QMessageBox.StandardButton.Save:
                    self._save_first(self.close_now)
                return
        self._end_all()
        event.accept()

    def _end_all(self) -> None:
        # A step under way is waited for, and a large network's may take long: out of sight.
        self._end()
        self.has_ended = True
        self.ended.emit()

    def _ask(self, behind: int) -> int:
        several = behind > 1
        button = QMessageBox.StandardButton
        self._question = Question(
            self._theme,
            "save",
            "Save the models before closing?" if several else "Save the model before closing?",
            f"The training of {behind} runs is not saved."
            if several
            else "Its training is not saved.",
            button.Save | button.Discard | button.Cancel,
            self._window,
        )
        self._question.setDefaultButton(button.Save)
        self._question.button(button.Discard).setText("Close without saving")
        answer = self._question.exec()
        destroy_later(self._question)
        self._question = None
        return answer
