"""The checkout's virtual environment: whether it is fit to use, and how it is made so.

A record in the environment says what it was made from, and is written last: an environment without
a complete record is one whose making was interrupted, and is made anew.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import TypedDict, cast

from setup_error import SetupError

FOLDER = ".venv"
_RECORD = "rnnviz-bootstrap.json"


class Record(TypedDict):
    """What an environment was made from."""

    complete: bool
    ours: bool  # False: someone else made the environment, and it is never deleted
    python: str
    checkout: str
    pyproject: str  # hash of the file
    tests: bool  # whether the packages that only the tests need are installed
    present: list[str]  # what was seen to be there of what Qt needs of the system


class Work(Enum):
    """What is to be done before an environment can be used."""

    NOTHING = "nothing"
    INSTALL = "install"  # the environment stands; the packages in it are not those wanted now
    MAKE = "make"  # there is none, or none that can be relied on


def wanted(checkout: Path, *, tests: bool) -> Record:
    """Describe the environment that this checkout and this Python ask for."""
    return Record(
        complete=True,
        ours=True,
        python=".".join(str(part) for part in sys.version_info[:3]),
        checkout=str(checkout),  # an environment that was moved starts the wrong programs
        pyproject=hashlib.sha256((checkout / "pyproject.toml").read_bytes()).hexdigest(),
        tests=tests,
        present=[],
    )


def work_to_do(found: Record | None, asked: Record) -> Work:
    """Decide what has to be done to get from the environment found to the one asked for.

    Parameters
    ----------
    found
        The record of the environment that stands, None if there is none.
    asked
        What `wanted` gave.
    """
    if found is None or not found["complete"]:
        return Work.MAKE
    if (found["python"], found["checkout"]) != (asked["python"], asked["checkout"]):
        return Work.MAKE
    if found["pyproject"] != asked["pyproject"] or (asked["tests"] and not found["tests"]):
        return Work.INSTALL
    return Work.NOTHING


def python_of(checkout: Path, platform: str = sys.platform) -> Path:
    """Return where the environment's Python is, or will be."""
    if platform == "win32":
        return checkout / FOLDER / "Scripts" / "python.exe"
    return checkout / FOLDER / "bin" / "python"


def read_record(checkout: Path) -> Record | None:
    """Return the record of the environment, None if there is none that can be read.

    An environment whose Python is gone (it was uninstalled, say) counts as unfinished.
    """
    try:
        content = json.loads((checkout / FOLDER / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.keys() != Record.__annotations__.keys():
        # Written by another version of this file: all that matters is whether we may delete it.
        ours = isinstance(content, dict) and content.get("ours") is True
        return _unfinished(ours=ours)
    record = cast(Record, content)
    if not python_of(checkout).exists():
        record["complete"] = False
    return record


def write_record(checkout: Path, record: Record) -> None:
    """Write the record of the environment, whole or not at all."""
    path = checkout / FOLDER / _RECORD
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(record, indent=1), encoding="utf-8")
    draft.replace(path)


def _unfinished(*, ours: bool) -> Record:
    return Record(
        complete=False, ours=ours, python="", checkout="", pyproject="", tests=False, present=[]
    )


def missing_for_making() -> dict[str, str]:
    """Return what this Python lacks to make an environment, with its Debian package.

    Debian's ``python3`` package comes without ``ensurepip``, which puts pip into an environment.
    """
    modules = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if not modules:
        return {}
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return {f"Python's module {name}": package for name in modules}


def make(checkout: Path, found: Record | None) -> bool:
    """Make the environment, in place of an unfit one that this program made.

    One that someone else made (with uv, or by hand) is kept and given pip, never deleted.

    Parameters
    ----------
    checkout
        The folder of the checkout.
    found
        The record of the environment that stands, None if there is none.

    Returns
    -------
    bool
        Whether the environment is ours.

    Raises
    ------
    SetupError
        If it cannot be made.
    """
    folder = checkout / FOLDER
    if found is not None and found["ours"]:
        shutil.rmtree(folder)
    elif python_of(checkout).exists():
        print(f"Using the environment that stands in {folder}.", flush=True)
        _run_quietly([str(python_of(checkout)), "-m", "ensurepip"], f"{folder} cannot be used")
        return False
    print(f"Making a virtual environment in {folder}.", flush=True)
    folder.mkdir(exist_ok=True)
    write_record(checkout, _unfinished(ours=True))
    # The Python below, should an environment be active: one made of another depends on it.
    base_python = getattr(sys, "_base_executable", None) or sys.executable
    _run_quietly([base_python, "-m", "venv", str(folder)], f"{folder} cannot be made")
    return True


def install(checkout: Path, *, tests: bool) -> None:
    """Install the project into its environment, editable, with the packages that it needs.

    Raises
    ------
    SetupError
        If pip fails; its own message stands above.
    """
    print("Installing rnnviz and the packages that it needs, which happens once.", flush=True)
    project = ".[test]" if tests else "."
    options = ["--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [str(python_of(checkout)), "-m", "pip", "install", *options, "--editable", project],
        cwd=checkout,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise SetupError(
            "pip could not install what rnnviz needs: its own message stands above, and the same"
            " command goes on from here once the reason (the network, the disk) is mended."
        )


def _run_quietly(command: list[str], complaint: str) -> None:
    """Run a command, and show what it wrote only if it fails: the last line says why."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        reason = lines[-1].strip() if lines else f"exit status {done.returncode}"
        raise SetupError(f"The virtual environment {complaint}: {reason}")


def replace_process(command: list[str]) -> int:
    """Go on as another program; where the system has no such thing, start it and wait.

    Returns
    -------
    int
        The program's exit status, where this returns at all.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode
