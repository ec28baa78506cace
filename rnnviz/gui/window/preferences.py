"""What the window remembers from one start to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_RECENT_COUNT = 8
_LESSONS = "lessons"


class WindowSettings:
    """Size, layout, axes, theme and recent files, kept where the system keeps such things."""

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "rnnviz", "rnnviz"
        )

    @property
    def scheme(self) -> str:
        """The colour scheme's value: light, dark or system."""
        return str(self._store.value("scheme", "system"))

    @scheme.setter
    def scheme(self, value: str) -> None:
        self._store.setValue("scheme", value)

    @property
    def geometry(self) -> QByteArray | None:
        """The window's size and place; None at the first start."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    @property
    def layout(self) -> QByteArray | None:
        """Where the panels stand; None at the first start."""
        value = self._store.value("layout")
        return value if isinstance(value, QByteArray) else None

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._store.setValue("layout", value)

    @property
    def training_unit(self) -> str:
        """What training is drawn over; empty before anything was chosen."""
        return str(self._store.value("training_unit", ""))

    @training_unit.setter
    def training_unit(self, value: str) -> None:
        self._store.setValue("training_unit", value)

    def is_on(self, choice: str) -> bool:
        """Tell whether a choice of how things are shown, by its object name, is made; first not."""
        return bool(self._store.value(choice, False, bool))

    def set_on(self, choice: str, on: bool) -> None:
        """Remember whether a choice of how things are shown is made."""
        self._store.setValue(choice, on)

    @property
    def recent_files(self) -> list[Path]:
        """The files opened or saved last that still exist, the newest first."""
        return [path for path in map(Path, self._strings("recent_files")) if path.is_file()]

    def remember_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        path = path.resolve()
        recent = [path, *(other for other in self.recent_files if other != path)]
        self._store.setValue("recent_files", [str(p) for p in recent[:_RECENT_COUNT]])

    def pages_done(self, lesson: str) -> frozenset[str]:
        """Return the headings of a lesson's pages that were done, whenever that was."""
        return frozenset(self._strings(f"{_LESSONS}/{lesson}"))

    def note_page_done(self, lesson: str, heading: str) -> None:
        """Remember that a page was done."""
        done = sorted(self.pages_done(lesson) | {heading})
        self._store.setValue(f"{_LESSONS}/{lesson}", done)

    def forget_lessons(self) -> None:
        """Forget which pages were done, of all lessons."""
        self._store.remove(_LESSONS)

    def _strings(self, key: str) -> list[str]:
        """Return a list of texts; one of a single text is kept as that text."""
        value = self._store.value(key, [])
        return [value] if isinstance(value, str) else list(value or [])  # type: ignore[call-overload]
