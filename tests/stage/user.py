"""The random user: looks at what is on the screen, and decides what to do next.

What is decided is a dict that a `Hand` carries out, now or when a log is done again: targets have
paths of names, and places in them are parts of their size.
"""

from __future__ import annotations

import random
from pathlib import Path

from names import keep, path_of
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget
from things import name_to_write, names_of

from rnnviz.gui.window.main_window import MainWindow

_KEYS = (
    *"0123456789[].,abcs", "Space", "Space", "Return", "Escape", "Tab", "Tab", "Backtab", "Left",
    "Right", "Up", "Down", "PageUp", "PageDown", "Home", "End", "Delete", "Backspace", "F1", "F11",
)  # fmt: skip
_SHORTCUTS = (
    *("Ctrl+I", "Ctrl+R", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+Shift+R", "Ctrl+G", "Ctrl+T"),
    *("Ctrl+Shift+T", "Ctrl+L", "Ctrl+B", "Ctrl+N", "Ctrl+O", "Ctrl+S", "Ctrl+Shift+S", "Ctrl+D"),
    *("Ctrl+Shift+N", "Ctrl+C", "Ctrl+V", "Ctrl+A", "Shift+Right", "Alt+Left"),
)
_TYPED = ("0", "1", "-3", "0.5", "1e-3", "1e999", "nan", "abc", "", "12 345", "٣", "7,5", "100",
          "2", "0.01", "hello", "👩‍👩‍👧", "<b>x</b>", "\u202eabc", "x" * 300)  # fmt: skip
_LARGE = {"hidden_size": 48, "layers": 3, "sequence_length": 60, "batch_size": 8}
"""How large what is typed into these may be: a machine has other things to do as well."""
_MENUS = ("file_menu", "step_menu", "lessons_menu", "experiments_menu", "compare_menu",
          "layout_menu")  # fmt: skip
_FIRST = ("action_train", "action_add_cells", "action_train", "action_inside", "action_inside")
"""A session begins with rivals that train."""
_WEIGHTS = {
    "click": 34, "double": 3, "right": 3, "drag": 11, "wheel": 9, "key": 12, "shortcut": 6,
    "type": 7, "menu": 6, "drop": 5, "resize": 2, "speed": 1, "panel": 3, "rival": 1, "train": 2,
}  # fmt: skip


class User:
    """Decides at random what to do.

    Parameters
    ----------
    chance
        Decides.
    window
        Is used.
    """

    def __init__(self, chance: random.Random, window: MainWindow) -> None:
        self._chance, self._window = chance, window
        self._folder = Path.cwd()

    def think(self, number: int) -> dict:
        """Return what to do as the session's act of this number."""
        act = self._decide(number)
        wait = self._chance.random()
        act["pause"] = self._chance.randint(*((100, 600) if wait < 0.04 else (0, 25)))
        return act

    def _decide(self, number: int) -> dict:
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            return self._in_popup(popup)
        if isinstance(modal, QFileDialog):
            return self._in_file_dialog(modal)
        if isinstance(modal, QMessageBox):
            button = self._chance.choice(keep(modal.buttons()))
            return {"do": "click", "on": path_of(button), "at": [0.5, 0.5]}
        if number < len(_FIRST):
            return {"do": "action", "name": _FIRST[number]}
        top = modal or self._some_window()
        what = self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        return getattr(self, f"_{what}")(top)

    def _some_window(self) -> QWidget:
        """Return the main window, mostly, or another one that stands beside it."""
        others = [
            one
            for one in keep(QApplication.topLevelWidgets())
            if one.isVisible() and one.isWindow() and one is not self._window
            and one.windowType() in (Qt.WindowType.Dialog, Qt.WindowType.Tool)
        ]  # fmt: skip
        if others and self._chance.random() < 0.35:
            return self._chance.choice(others)
        return self._window

    # -- what stands before everything else -------------------------------------------------------

    def _in_popup(self, popup: QWidget) -> dict:
        kind = self._chance.choice(("click", "click", "click", "key", "escape"))
        if kind == "click":
            return {"do": "click", "on": path_of(popup), "at": self._place()}
        key = "Escape" if kind == "escape" else self._chance.choice(("Down", "Up", "Return"))
        return {"do": "key", "on": path_of(popup), "key": key}

    def _in_file_dialog(self, dialog: QFileDialog) -> dict:
        if self._chance.random() < 0.35:
            return {"do": "key", "on": path_of(dialog), "key": "Escape"}
        saves = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        names = names_of(self._folder)
        name = name_to_write(self._chance.randrange(99)) if saves else self._chance.choice(names)
        if dialog.fileMode() == QFileDialog.FileMode.Directory:
            name = self._chance.choice(("several texts", "empty folder", "gone", "prose.txt"))
        return {"do": "answer", "name": name}

    # -- what one can do --------------------------------------------------------------------------

    def _target(self, top: QWidget) -> dict:
        """Return a part of a window, any kind of them as often as another, and a place in it."""
        kinds: dict[str, list[QWidget]] = {}
        for part in keep(top.findChildren(QWidget)):
            if part.isVisible() and not part.visibleRegion().isEmpty():
                kinds.setdefault(type(part).__name__, []).append(part)
        if not kinds:
            return {"on": path_of(top), "at": self._place()}
        part = self._chance.choice(kinds[self._chance.choice(sorted(kinds))])
        return {"on": path_of(part), "at": self._place()}

    def _place(self) -> list[float]:
        return [round(self._chance.uniform(0.02, 0.98), 3) for _ in range(2)]

    def _modifier(self) -> str:
        return self._chance.choice(("", "", "", "Shift", "Control", "Alt"))

    def _click(self, top: QWidget) -> dict:
        return {"do": "click", **self._target(top), "with": self._modifier()}

    def _double(self, top: QWidget) -> dict:
        return {"do": "double", **self._target(top)}

    def _right(self, top: QWidget) -> dict:
        return {"do": "right", **self._target(top)}

    def _drag(self, top: QWidget) -> dict:
        to = [self._place() for _ in range(self._chance.randint(1, 5))]
        return {"do": "drag", **self._target(top), "to": to, "with": self._modifier()}

    def _wheel(self, top: QWidget) -> dict:
        by = self._chance.choice((-120, 120, -360, 360, 15, -15, 3000))
        turns = self._chance.randint(1, 4)
        return {"do": "wheel", **self._target(top), "by": by, "turns": turns,
                "with": self._modifier()}  # fmt: skip

    def _key(self, top: QWidget) -> dict:
        times = self._chance.choice((1, 1, 1, 2, 8))
        return {"do": "key", "on": path_of(top), "key": self._chance.choice(_KEYS),
                "with": self._chance.choice(("", "", "", "Shift")), "times": times}  # fmt: skip

    def _shortcut(self, top: QWidget) -> dict:
        *modifiers, key = self._chance.choice(_SHORTCUTS).split("+")
        return {"do": "key", "on": path_of(top), "key": key, "with": "+".join(modifiers)}

    def _type(self, top: QWidget) -> dict:
        fields = [one for one in keep(top.findChildren(QLineEdit)) if one.isVisible()]
        if not fields:
            return self._click(top)
        field = self._chance.choice(fields)
        box = field.parentWidget()
        name = field.objectName() if box is None else box.objectName()
        text = self._chance.choice(_TYPED)
        if name in _LARGE:
            text = str(self._chance.randint(1, _LARGE[name]))
        ends = self._chance.choice(("Return", "Tab", "Escape", ""))
        return {"do": "type", "on": path_of(field), "text": text, "ends": ends}

    def _menu(self, _top: QWidget) -> dict:
        menu = self._chance.choice(_MENUS)
        return {"do": "menu", "menu": menu, "part": round(self._chance.random(), 4)}

    def _drop(self, _top: QWidget) -> dict:
        names = names_of(self._folder)
        count = self._chance.choice((1, 1, 1, 2, 4))
        return {"do": "drop", "names": [self._chance.choice(names) for _ in range(count)]}

    def _resize(self, _top: QWidget) -> dict:
        how = self._chance.choice(("size", "size", "size", "size", "maximize", "minimize", "full"))
        size = [self._chance.randint(800, 1900), self._chance.randint(560, 1050)]
        return {"do": "resize", "how": how, "size": size}

    def _speed(self, _top: QWidget) -> dict:
        return {"do": "speed", "part": round(self._chance.random(), 3)}

    def _panel(self, _top: QWidget) -> dict:
        return {"do": "panel", "name": self._chance.choice(sorted(self._window.docks))}

    def _rival(self, _top: QWidget) -> dict:
        return {"do": "action", "name": "action_add_rival"}

    def _train(self, _top: QWidget) -> dict:
        return {"do": "action", "name": "action_train"}
