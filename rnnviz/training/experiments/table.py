"""Files that people write, one small TOML file each, read with doubt."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from rnnviz.core.errors import RnnvizError

_LONGEST_FILE = 100_000
_LARGEST_BOUND = 1e12


class WrittenFileError(RnnvizError):
    """A file that cannot be used; names the file, the key and what is allowed."""


class Table:
    """A table of a file, whose values are taken one by one; every complaint names file and key.

    Parameters
    ----------
    path
        The file.
    values
        What the table holds.
    complain_by
        What is raised where a value is not allowed.
    place
        Where in the file the table stands, such as ``variants[1].``; empty for the whole file.
    """

    def __init__(
        self,
        path: Path,
        values: dict[str, Any],
        complain_by: type[WrittenFileError],
        place: str = "",
    ) -> None:
        self.path = path
        self.place = place
        self._values = values
        self._complain_by = complain_by

    @classmethod
    def read(cls, path: Path, what: str, complain_by: type[WrittenFileError]) -> Table:
        """Read a file as the table that it is.

        Parameters
        ----------
        path
            The file.
        what
            What the file is to be, such as ``an experiment``.
        complain_by
            What is raised where it is not.
        """
        name = shown_key(path.name)
        try:
            with path.open("rb") as file:
                content = file.read(_LONGEST_FILE + 1)
            if len(content) > _LONGEST_FILE:
                raise complain_by(
                    f"{name} is too long: {what} has at most {_LONGEST_FILE:,} bytes."
                )
            # Some editors begin a file with a byte order mark.
            values = tomllib.loads(content.decode("utf-8-sig"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise complain_by(f"{name} cannot be read: {reason}.") from error
        except UnicodeDecodeError as error:
            raise complain_by(f"{name} is not text in UTF-8.") from error
        except RecursionError as error:
            raise complain_by(f"{name} is nested too deeply to be {what}.") from error
        except ValueError as error:  # what is not TOML, and numbers of thousands of digits
            raise complain_by(f"{name} is not TOML: {str(error).rstrip('.')}.") from error
        return cls(path, values, complain_by)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """Go through the keys."""
        return iter(self._values)

    def __getitem__(self, key: str) -> Any:
        """Return a value as it stands in the file; None where it does not."""
        return self._values.get(key)

    def check_keys(self, known: Collection[str], needed: Collection[str], what: str) -> None:
        """Refuse keys that mean nothing in `what`, such as ``a claim``, and miss those needed."""
        for key in self._values:
            if key not in known:
                raise self.complaint(
                    shown_key(key), f"is not known; the keys of {what} are {listed(known)}"
                )
        for key in needed:
            if key not in self._values:
                raise self.complaint(key, "is missing")

    def table(self, key: str, what: str) -> Table | None:
        """Return the table of a key, or None where there is none; `what` is it to be called."""
        values = self._values.get(key)
        if values is None:
            return None
        if not isinstance(values, dict):
            raise self.complaint(key, f"must be {what}, not {shown(values)}")
        return self._inner(f"{key}.", values)

    def tables(self, key: str) -> list[Table]:
        """Return the tables of a key, none where it is missing."""
        entries = self._values.get(key, [])
        if not isinstance(entries, list):
            raise self.complaint(key, f"must be a list of tables, not {shown(entries)}")
        for number, entry in enumerate(entries, start=1):
            if not isinstance(entry, dict):
                raise self.complaint(f"{key}[{number}]", f"must be a table, not {shown(entry)}")
        return [self._inner(f"{key}[{n}].", entry) for n, entry in enumerate(entries, start=1)]

    def text(self, key: str, longest: int) -> str:
        """Return a text of at most so many characters, its lines joined."""
        value = self._values.get(key)
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if not 1 <= len(text) <= longest:
            found = f"one of {len(text)}" if len(text) > longest else shown(value)
            raise self.complaint(key, f"must be a text of 1 to {longest} characters, not {found}")
        return text

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number within these bounds."""
        number = self._values.get(key)
        if type(number) is not int or not low <= number <= high:
            found = f"not {shown(number)}" if key in self._values else "and is missing"
            raise self.complaint(key, f"must be a whole number from {low:,} to {high:,}, {found}")
        return number

    def number(self, key: str) -> float:
        """Return a finite number."""
        number = self._values[key]
        # Infinity and NaN are written as numbers in TOML, but bound nothing.
        if type(number) not in (int, float) or not abs(number) <= _LARGEST_BOUND:
            raise self.complaint(
                key,
                f"must be a number from -{_LARGEST_BOUND:,.0f} to {_LARGEST_BOUND:,.0f}, "
                f"not {shown(number)}",
            )
        return float(number)

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """Return one of these names."""
        name = self._values.get(key)
        if not isinstance(name, str) or name not in allowed:
            raise self.complaint(key, f"must be one of {listed(allowed)}, not {shown(name)}")
        return name

    def panels(self, known: Collection[str] | None) -> tuple[str, ...]:
        """Return the panels that are named; where nobody knows them, any names will do."""
        names = self._values["panels"]
        if not isinstance(names, list) or not names:
            raise self.complaint("panels", f"must be a list of panels, not {shown(names)}")
        for number, name in enumerate(names, start=1):
            if not isinstance(name, str) or (known is not None and name not in known):
                allowed = "the name of a panel" if known is None else f"one of {listed(known)}"
                raise self.complaint(f"panels[{number}]", f"must be {allowed}, not {shown(name)}")
            if name in names[: number - 1]:
                raise self.complaint(
                    f"panels[{number}]", f"must be another than those before, not {shown(name)}"
                )
        return tuple(names)

    def stage(self, panels: tuple[str, ...]) -> str:
        """Return which of the panels takes the stage: the first unless the file says."""
        return self.one_of("stage", panels) if "stage" in self else panels[0]

    def complaint(self, key: str, what: str) -> WrittenFileError:
        """Return what to raise about a key."""
        return self._complain_by(f"{shown_key(self.path.name)}: {self.place}{key} {what}.")

    def _inner(self, place: str, values: dict[str, Any]) -> Table:
        return Table(self.path, values, self._complain_by, f"{self.place}{place}")


def listed(names: Collection[str]) -> str:
    """Write names one after the other."""
    return ", ".join(names)


def shown_key(key: str) -> str:
    """Write a key or a file's name so that it stays one short piece of a sentence."""
    return _shortened(key if key.isprintable() and key.strip() else json.dumps(key))


def shown(value: object) -> str:
    """Write a value as TOML does; it may be of any length, and nested to any depth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "table"
        return f"a {kind}" if value else f"an empty {kind}"
    if isinstance(value, str):
        return _shortened(json.dumps(value, ensure_ascii=False))
    try:
        return _shortened(str(value))
    except ValueError:
        return "a number of thousands of digits"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
