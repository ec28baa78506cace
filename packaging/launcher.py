"""The two commands of bootstrap.py: what each needs, in which order, and what is said if it fails.

A start that finds everything in place reads one small file and goes on as the program itself.
"""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import qt_requirements
import system_packages
import virtual_environment
from setup_error import SetupError
from virtual_environment import Work

CHECKOUT = Path(__file__).resolve().parent.parent

_USAGE = """\
usage: python3 {program} run [ARGUMENTS...]    open the window, or run an rnnviz command
       python3 {program} test [ARGUMENTS...]   run the tests; arguments go to pytest

The first start makes a virtual environment in .venv and installs what rnnviz needs.
`run --help` shows the arguments of rnnviz.
"""

# What rnnviz does without a window, and so without Qt, a display or Qt's system libraries.
_HEADLESS_COMMANDS = ("train", "generate", "info")
_HEADLESS_OPTIONS = {"-h", "--help", "--version"}


# The whole suite goes over all processors, of which a few are enough; single tests need no others.
_ALL_TESTS = ("--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal")


def opens_window(arguments: Sequence[str]) -> bool:
    """Tell whether rnnviz opens a window when it is given these arguments."""
    words = [argument for argument in arguments if not argument.startswith("-")]
    if words and words[0] in _HEADLESS_COMMANDS:
        return False
    return _HEADLESS_OPTIONS.isdisjoint(arguments)


def program_to_start(command: str, arguments: Sequence[str], python: Path) -> list[str]:
    """Return the program that a command ends in, with its arguments."""
    if command == "test":
        return [str(python), "-m", "pytest", *(arguments or _ALL_TESTS)]
    # -P: a file random.py in the person's folder must not stand in for Python's own module.
    return [str(python), "-P", "-m", "rnnviz", *arguments]


def _qt_requirements(command: str, arguments: Sequence[str], program: str) -> frozenset[str]:
    """Return what Qt will need of the system; refuse a window where there is no display."""
    window = command == "run" and opens_window(arguments)
    if not sys.platform.startswith("linux") or (command == "run" and not window):
        return frozenset()
    problem = None
    if window:
        answers = qt_requirements.x11_server_answers
        problem = qt_requirements.display_problem(os.environ, answers)
    if problem:
        headless = f"python3 {shlex.quote(program)} run train --help"
        raise SetupError(f"{problem}; to train without one, see: {headless}")
    return qt_requirements.requirements(os.environ, window=window)


def prepare(command: str, arguments: Sequence[str], program: str) -> None:
    """Make sure that everything a command needs is there.

    Raises
    ------
    SetupError
        If something is missing that this program may not or cannot provide.
    """
    asked = virtual_environment.wanted(CHECKOUT, tests=command == "test")
    found = virtual_environment.read_record(CHECKOUT)
    work = virtual_environment.work_to_do(found, asked)
    known = set(found["present"]) if found is not None else set()
    needed = _qt_requirements(command, arguments, program) - known
    if work is Work.NOTHING and not needed:
        return

    # All system packages at once, so that a person who must install them is told once.
    missing = qt_requirements.missing(needed, qt_requirements.is_present)
    if work is Work.MAKE:
        missing |= virtual_environment.missing_for_making()
    system_packages.provide(missing)
    still_missing = qt_requirements.missing(
        needed.intersection(missing), qt_requirements.is_present
    )
    if still_missing:
        raise SetupError(system_packages.instruction(still_missing, has_apt=False))

    asked["present"] = sorted(known | needed)
    asked["ours"] = found["ours"] if found is not None else True
    asked["tests"] = asked["tests"] or (work is not Work.MAKE and bool(found and found["tests"]))
    if work is Work.MAKE:
        asked["ours"] = virtual_environment.make(CHECKOUT, found)
    if work is not Work.NOTHING:
        if asked["ours"]:  # an interruption from here on means that it is made anew
            virtual_environment.write_record(CHECKOUT, asked | {"complete": False})
        virtual_environment.install(CHECKOUT, tests=asked["tests"])
    virtual_environment.write_record(CHECKOUT, asked)


def main(words: Sequence[str]) -> int:
    """Run bootstrap.py and return its exit status.

    Parameters
    ----------
    words
        The program's name as it was called, and its arguments.
    """
    program, *arguments = words
    command = arguments.pop(0) if arguments else ""
    if command not in ("run", "test"):
        asked_for_help = command in ("-h", "--help")
        print(_USAGE.format(program=program), end="", file=None if asked_for_help else sys.stderr)
        return 0 if asked_for_help else 2
    try:
        prepare(command, arguments, program)
        if command == "test":
            os.chdir(CHECKOUT)
        python = virtual_environment.python_of(CHECKOUT)
        return virtual_environment.replace_process(program_to_start(command, arguments, python))
    except SetupError as problem:
        print(problem, file=sys.stderr)
    except OSError as problem:
        place = f" ({problem.filename})" if problem.filename else ""
        print(f"The set-up cannot go on: {problem.strerror or problem}{place}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted; the same command starts again where needed.", file=sys.stderr)
        return 130
    return 1
