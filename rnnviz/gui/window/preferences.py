"""What the window remembers from one start to the next."""

from __future__ import annotations

import os
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from rnnviz.gui.style.theme import ColorScheme
from rnnviz.gui.window.settings_file import FORMAT, FORMAT_KEY, open_settings

_RECENT_COUNT = 8
_SECONDS_TO_LOOK = 0.25
"""The window stands still for no longer to learn whether files are there."""
_LESSONS = "lessons"
_STATES = ("geometry", "layout")
_CHECKSUM_BYTES = 4


class WindowSettings:
    """Size, layout, axes, theme and recent files, kept where the system keeps such things.

    A file that is damaged, foreign or of a newer version is set aside, and all is as at the first
    start.

    Parameters
    ----------
    reset
        Set the file aside, whatever it holds.

    Attributes
    ----------
    remark
        What the person should know of the file; None if all is well.
    """

    def __init__(self, *, reset: bool = False) -> None:
        self._store, self.remark = open_settings(_fits, reset=reset)

    @property
    def scheme(self) -> ColorScheme:
        """The colour scheme."""
        return ColorScheme(self._store.value("scheme", ColorScheme.SYSTEM.value))

    @scheme.setter
    def scheme(self, scheme: ColorScheme) -> None:
        self._keep("scheme", scheme.value)

    @property
    def geometry(self) -> QByteArray | None:
        """The window's size and place; None at the first start."""
        return _unsealed(self._store.value("geometry"))

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._keep("geometry", _sealed(value))

    @property
    def layout(self) -> QByteArray | None:
        """Where the panels stand; None at the first start."""
        return _unsealed(self._store.value("layout"))

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._keep("layout", _sealed(value))

    @property
    def training_unit(self) -> str:
        """What training is drawn over; empty before anything was chosen."""
        return str(self._store.value("training_unit", ""))

    @training_unit.setter
    def training_unit(self, value: str) -> None:
        self._keep("training_unit", value)

    def is_on(self, choice: str) -> bool:
        """Tell whether a choice of how things are shown, by its object name, is made; first not."""
        return _is_on(self._store.value(choice))

    def set_on(self, choice: str, on: bool) -> None:
        """Remember whether a choice of how things are shown is made."""
        self._keep(choice, on)

    @property
    def recent_files(self) -> list[Path]:
        """The files opened or saved last that still exist, the newest first.

        Those on a drive that does not answer may.
        """
        return [Path(name) for name in _not_gone(self._strings("recent_files"))]

    def remember_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        path = path.resolve()
        recent = [path, *(other for other in self.recent_files if other != path)]
        self._keep("recent_files", [str(p) for p in recent[:_RECENT_COUNT]])

    def pages_done(self, lesson: str) -> frozenset[str]:
        """Return the headings of a lesson's pages that were done, whenever that was."""
        return frozenset(self._strings(f"{_LESSONS}/{lesson}"))

    def note_page_done(self, lesson: str, heading: str) -> None:
        """Remember that a page was done."""
        done = sorted(self.pages_done(lesson) | {heading})
        self._keep(f"{_LESSONS}/{lesson}", done)

    def forget_lessons(self) -> None:
        """Forget which pages were done, of all lessons."""
        self._store.remove(_LESSONS)

    def _keep(self, key: str, value: object) -> None:
        if self._store.value(FORMAT_KEY) is None:
            # Before files had formats, these were not sealed.
            for state in _STATES:
                self._store.remove(state)
        # Each time: another window may have set the file aside in which it stood.
        self._store.setValue(FORMAT_KEY, FORMAT)
        self._store.setValue(key, value)

    def _strings(self, key: str) -> list[str]:
        """Return a list of texts; one of a single text is kept as that text."""
        value = self._store.value(key)
        return [each for each in _listed(value) if isinstance(each, str)]


def _not_gone(names: list[str]) -> list[str]:
    gone = set()

    def look(name: str) -> None:
        # Unlike a Path, this raises for no name, however odd or out of reach.
        if not os.path.isfile(name):
            gone.add(name)

    threads = [threading.Thread(target=look, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    end = time.monotonic() + _SECONDS_TO_LOOK
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [name for name in names if name not in gone]


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_on(value: object) -> bool:
    return value in (True, "true")


def _sealed(state: QByteArray) -> QByteArray:
    """Put a checksum before a state of Qt's, which takes what is damaged, and dies of it."""
    data = state.data()
    return QByteArray(zlib.crc32(data).to_bytes(_CHECKSUM_BYTES) + data)


def _unsealed(value: object) -> QByteArray | None:
    """Return what was sealed; None for anything else."""
    if not isinstance(value, QByteArray):
        return None
    data = value.data()
    checksum, state = data[:_CHECKSUM_BYTES], data[_CHECKSUM_BYTES:]
    return QByteArray(state) if zlib.crc32(state) == int.from_bytes(checksum) else None


def _is_state(value: object, restore: Callable[[QMainWindow, QByteArray], bool]) -> bool:
    state = _unsealed(value)
    return state is not None and restore(QMainWindow(), state)


_KINDS: dict[str, Callable[[object], bool]] = {
    FORMAT_KEY: lambda _value: True,
    "scheme": lambda value: value in [scheme.value for scheme in ColorScheme],
    "geometry": lambda value: _is_state(value, QMainWindow.restoreGeometry),
    "layout": lambda value: _is_state(value, QMainWindow.restoreState),
    "training_unit": lambda value: isinstance(value, str),
    "recent_files": lambda value: all(isinstance(each, str) for each in _listed(value)),
}
"""What each value may be; a key that is not here is a choice, or a lesson's pages."""


def _fits(store: QSettings) -> bool:
    """Tell whether every value of a file is of its kind; before there were formats, none sealed."""
    kinds = dict(_KINDS)
    if not store.contains(FORMAT_KEY):
        kinds |= dict.fromkeys(_STATES, lambda value: isinstance(value, QByteArray))
    return all(key and _kind(key, kinds)(store.value(key)) for key in store.allKeys())


def _kind(key: str, kinds: dict[str, Callable[[object], bool]]) -> Callable[[object], bool]:
    if key.startswith(f"{_LESSONS}/"):
        return kinds["recent_files"]
    return kinds.get(key, lambda value: value in (True, False, "true", "false"))
