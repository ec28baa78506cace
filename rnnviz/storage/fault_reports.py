"""Reports of faults of this program's own, for a person to hand on: nothing is sent."""

from __future__ import annotations

import contextlib
import faulthandler
import platform
import sys
import time
import traceback
from collections import deque
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from typing import IO

import platformdirs

from rnnviz import __version__
from rnnviz.storage.folder import users_folder
from rnnviz.training.configuration import Configuration

HOME_VARIABLE = "RNNVIZ_REPORTS"
"""The environment may name another folder than the user's own in this."""

CRASH_SUFFIX = ".crash"
"""Of a file that is empty, unless the interpreter itself has crashed."""

_MOST_REPORTS = 20
_MOST_COMMANDS = 30
_PACKAGES = ("numpy", "PySide6-Essentials", "pyqtgraph", "threadpoolctl")

_commands: deque[str] = deque(maxlen=_MOST_COMMANDS)
_crash_files: list[IO[bytes]] = []
_reports: dict[str, Path] = {}
"""The report of each fault of this process, by where it came about."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is said of a fault.

    Attributes
    ----------
    sentence
        What went wrong, what follows, and where a report lies.
    report
        The report; None where none could be written.
    """

    sentence: str
    report: Path | None


def report_home() -> Path:
    """Return the folder of the reports; it need not be there."""
    return users_folder(
        HOME_VARIABLE, platformdirs.user_log_path("rnnviz", appauthor=False) / "reports"
    )


def note(command: object) -> None:
    """Remember what was asked for: reports tell the last of these."""
    _commands.append(f"{time.strftime('%H:%M:%S')}  {_described(command)}")


def report_fault(error: BaseException, then: str) -> Fault:
    """Write a report of a fault, and return what is said of it.

    One that comes back where it was before has its report already: a hundred of the same would
    push out all others. Where none can be written, its trace is printed, for it to be known at all.

    Parameters
    ----------
    error
        What nobody expected.
    then
        What follows from it, as the second half of a sentence.
    """
    sentence = f"Something unexpected went wrong ({type(error).__name__}: {error}); {then}."
    trace = "".join(traceback.format_exception(error))
    where = "".join([type(error).__name__, *traceback.format_tb(error.__traceback__)])
    report = _reports.get(where)
    if report is None or report.parent != report_home() or not report.exists():
        report = _write("fault", f"{sentence}\n\n{trace}\n{_last_commands()}")
    if report is not None:
        _reports[where] = report
        return Fault(f"{sentence} {where_it_lies(report)}", report)
    # A window that was begun without a terminal may have lost its output.
    with contextlib.suppress(OSError, ValueError):
        traceback.print_exception(error)
    return Fault(sentence, None)


def where_it_lies(report: Path) -> str:
    """Return a sentence that says where a report is to be found."""
    return f"A report lies in {_without_home(str(report))}."


def watch_for_crashes(path: Path) -> None:
    """Have the interpreter's own crashes, of any thread of this process, be told in a file."""
    if faulthandler.is_enabled():
        return  # somebody else wants them
    with contextlib.suppress(OSError):
        file = path.open("wb", buffering=0)
        _crash_files.append(file)
        faulthandler.enable(file)


def collect_crash(path: Path) -> Path | None:
    """Make a report of what a process left that has crashed; return it, None where it has not."""
    try:
        told = path.read_text(encoding="utf-8", errors="replace")
        path.unlink()
    except OSError:
        return None
    return _write("crash", f"Python itself crashed.\n\n{told}") if told.strip() else None


def _write(kind: str, text: str) -> Path | None:
    """Write a report under a name that nobody has; return None where that cannot be done."""
    home, stem = report_home(), f"{kind}-{time.strftime('%Y-%m-%d-%H%M%S')}"
    whole = _without_home(f"{_versions()}\n\n{text}\n")
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in count(1):
            path = home / (f"{stem}.txt" if number == 1 else f"{stem}-{number}.txt")
            with contextlib.suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
                file.write(whole)
                break
    except OSError:
        return None
    _remove_old(home)
    return path


def _remove_old(home: Path) -> None:
    with contextlib.suppress(OSError):
        by_age = sorted(home.glob("*.txt"), key=lambda one: one.stat().st_mtime)
        for report in by_age[:-_MOST_REPORTS]:
            report.unlink()


def _versions() -> str:
    found = [f"rnnviz {__version__}", f"Python {sys.version.split()[0]}", platform.platform()]
    for package in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found.append(f"{package} {version(package)}")
    return ", ".join(found)


def _last_commands() -> str:
    if not _commands:
        return "Nothing was asked for before."
    return "\n".join(["What was asked for last:", *_commands])


def _without_home(text: str) -> str:
    """Leave out where the person's files lie: the name of a folder is often that of its owner."""
    home = str(Path.home())
    return text if len(home) < 2 else text.replace(home, "~")


def _described(command: object) -> str:
    """Return what a command is, without any text of the person's own."""
    if not is_dataclass(command):
        return type(command).__name__
    names = [field.name for field in fields(command)]
    values = ", ".join(f"{name}={_value(name, getattr(command, name))}" for name in names)
    return f"{type(command).__name__}({values})"


def _settings(configuration: Configuration) -> str:
    """Return the settings that are others than at first."""
    first = Configuration().to_mapping()
    changed = {n: v for n, v in configuration.to_mapping().items() if v != first[n]}
    return (
        ", ".join(f"{name}={_value(name, value)}" for name, value in changed.items()) or "as first"
    )


def _value(field: str, value: object) -> str:
    match value:
        case None | bool() | int() | float():
            return repr(value)
        case str() if field == "name":
            return value  # of a setting
        case str():
            return f"a text of {len(value):,} characters"
        case Configuration():
            return _settings(value)
        case frozenset() | tuple():
            return f"{len(value)} of them"
        case _:
            return type(value).__name__
