"""The command line of rnnviz: a window, or one of the commands that need none.

Each command is a module with ``add_arguments`` and ``run``, imported only when it is asked for:
the window must appear before NumPy is loaded, and no command may load Qt.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING

from rnnviz import __version__
from rnnviz.cli.console import Parser, UsageError, complain, reason_of
from rnnviz.core.errors import RnnvizError

if TYPE_CHECKING:
    from rnnviz.runs.process import WorkerProcess

COMMANDS = {
    "train": "train a network and save it",
    "race": "train several side by side and say who leads",
    "generate": "let a saved network write",
    "export": "write a saved network for PyTorch, ONNX or NumPy, or as a script",
    "import": "make a model of a network that another program trained",
    "step": "show all that a model's next training step computes",
    "replay": "do a saved run again, to check it or to have an earlier step",
    "info": "tell what a model file holds, or what a run would cost",
}

_AUTOSAVE_SECONDS = 30.0

FAILURE, USAGE, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141
"""Exit statuses; the last two are what a shell expects of Ctrl+C and of a closed pipe."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments
        The words after the program's name; those of the process if None.
    """
    if getattr(sys, "frozen", False):
        # A bundle starts the process that trains as itself, with words that only this knows.
        from multiprocessing import freeze_support

        freeze_support()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _status_of(words)
    except Exception as error:  # noqa: BLE001  # it becomes a sentence, and a report
        from rnnviz.storage.fault_reports import report_fault

        complain(report_fault(error, "the command ends").sentence)
    return FAILURE


def _status_of(words: Sequence[str]) -> int:
    """Do what the words say; return the exit status, with a sentence where that cannot be done."""
    try:
        status = _command(words) if words and words[0] in COMMANDS else _window(words)
        # What is still in the buffer may be refused too, and Python would only say so on exit.
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except UsageError as error:
        complain(str(error))
        return USAGE
    except RnnvizError as error:
        complain(str(error))
    except KeyboardInterrupt:
        complain(
            "Stopped."
            if words[0:1] not in (["train"], ["race"])
            else "Stopped, and nothing was saved."
        )
        return INTERRUPTED
    except BrokenPipeError:
        _give_up_output()
        return PIPE_CLOSED
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        complain(
            f"The output's encoding, {error.encoding}, has no U+{ord(character):04X}: set "
            "PYTHONIOENCODING=utf-8."
        )
    except MemoryError:
        complain("There is not enough memory for this on this computer.")
    except OSError as error:
        complain(reason_of(error))
        _give_up_output()
    return FAILURE


def _command(words: Sequence[str]) -> int:
    name = words[0]
    # One command is called as Python's own statement is.
    module = importlib.import_module(f"rnnviz.cli.{name}{'_' * iskeyword(name)}")
    parser = Parser(prog=f"rnnviz {name}", description=module.__doc__)
    module.add_arguments(parser)
    status: int = module.run(parser.parse_args(words[1:]))
    return status


def _window(words: Sequence[str]) -> int:
    parser = Parser(
        prog="rnnviz",
        usage="rnnviz [FILE | --lesson NAME | --experiment NAME] [--in-process]\n"
        "              [--reset-settings]\n"
        "       rnnviz {" + ",".join(COMMANDS) + "} ...",
        description="Watch a recurrent network learn to write, and see why it forgets.",
        epilog="commands that need no window (each has its own --help):\n"
        + "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a model or a text")
    parser.add_argument(
        "--lesson",
        metavar="NAME",
        help="begin with a lesson, by the name that --lesson list shows, by its file, or by the "
        "folder of several",
    )
    parser.add_argument(
        "--experiment",
        metavar="NAME",
        help="begin with an experiment, by the name that --experiment list shows or by its file",
    )
    parser.add_argument(
        "--in-process",
        action="store_true",
        help="train in the window's own process instead of one beside it: slower, but a "
        "debugger can look into it",
    )
    parser.add_argument(
        "--reset-settings",
        action="store_true",
        help="begin with the defaults of the window; what it remembers is set aside, and it says "
        "where",
    )
    parser.add_argument("--version", action="version", version=f"rnnviz {__version__}")
    options, unknown = parser.parse_known_args(words)
    file: Path | None = options.file
    # A mistyped command comes with options that only it would know: its name is what is wrong.
    if file is not None and not file.exists() and (not unknown or words[0] == str(file)):
        hint = f"; the commands are {', '.join(COMMANDS)}" if file.name == str(file) else ""
        raise UsageError(f"There is no file {file}{hint}.")
    if options.experiment == "list" or options.lesson == "list":
        print("\n".join(_experiment_names() if options.lesson is None else _lesson_names()))
        return 0
    if sum(one is not None for one in (file, options.experiment, options.lesson)) > 1:
        raise UsageError("A file, a lesson or an experiment: only one can be begun with.")
    if options.experiment is not None:
        _check_experiment(options.experiment)
    if options.lesson is not None:
        _check_lesson(options.lesson)
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    from rnnviz.gui.window.display import display_problem, x11_server_answers

    if sys.platform.startswith("linux"):
        problem = display_problem(os.environ, x11_server_answers)
        if problem is not None:
            raise RnnvizError(f"{problem}; to train without one, see rnnviz train --help.")
    return _open_window(
        file,
        options.experiment,
        options.lesson,
        in_process=options.in_process,
        reset_settings=options.reset_settings,
    )


def _open_window(
    file: Path | None,
    experiment: str | None,
    lesson: str | None,
    *,
    in_process: bool,
    reset_settings: bool,
) -> int:
    from rnnviz.runs.process import WorkerProcess

    # Before Qt is loaded: the process that trains makes itself ready while the window is made.
    worker = None if in_process else WorkerProcess()
    try:
        return _loaded_window()(file, experiment, worker, lesson, _AUTOSAVE_SECONDS, reset_settings)
    finally:
        if worker is not None:
            worker.kill()


def _loaded_window() -> Callable[
    [Path | None, str | None, WorkerProcess | None, str | None, float | None, bool], int
]:
    try:
        from rnnviz.gui.application import run_window
    except ImportError as error:
        # Qt is missing, or one of the system's libraries that it needs.
        reason = str(error).partition("\n")[0].rstrip(".")
        raise RnnvizError(
            f"The window cannot be opened ({reason}); to train without one, see rnnviz train "
            "--help."
        ) from error
    return run_window


def _experiment_names() -> list[str]:
    """Return the names of the experiments that come with the program, in the menu's order."""
    from rnnviz.training.experiments import load_experiments

    return [experiment.name for experiment in load_experiments(None)[0]]


def _lesson_names() -> list[str]:
    """Return the names of the lessons that come with the program, in the menu's order."""
    from rnnviz.training.lessons import load_lessons

    return [lesson.name for lesson in load_lessons(None)[0]]


def _check_lesson(name: str) -> None:
    """Refuse what is no lesson before a window opens."""
    from rnnviz.training.lessons import load_lessons, read_lesson

    path = Path(name)
    if name.lower().endswith(".toml"):
        read_lesson(path, None)
    elif path.is_dir():
        lessons, problems = load_lessons(None, path)
        if not lessons:
            raise UsageError(" ".join(problems) or f"There is no lesson in the folder {name}.")
    elif name not in (names := _lesson_names()):
        raise UsageError(f'There is no lesson "{name}"; there are {", ".join(names)}.')


def _check_experiment(name: str) -> None:
    """Refuse what is no experiment before a window opens."""
    if name.lower().endswith(".toml"):
        from rnnviz.training.experiments import read_experiment

        read_experiment(Path(name), None)
    elif name not in (names := _experiment_names()):
        raise UsageError(f'There is no experiment "{name}"; there are {", ".join(names)}.')


def _give_up_output() -> None:
    """Have Python's own flush on exit go nowhere, where it would fail once more and say so."""
    try:
        output = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, output)
    os.close(nowhere)
