"""Where the person's own text is that the command line names; standard input is kept in a file."""

from __future__ import annotations

import atexit
import functools
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from rnnviz.cli.console import UsageError, say
from rnnviz.core.errors import RnnvizError
from rnnviz.data import STANDARD_INPUT
from rnnviz.data.files import reason
from rnnviz.data.text.folder import LARGEST_BYTES

_PIECE_BYTES = 1 << 20


def whole_path(given: str) -> str:
    """Return the path of a file or folder that may be read on from another folder; of "-" as well.

    Raises
    ------
    RnnvizError
        Where standard input cannot be read and kept.
    """
    if given == "-":
        return _kept(sys.stdin)
    path = Path(given)
    # By their names models find their texts again, and two dots are none.
    return str(path.resolve() if path.name in {"", ".."} else path.absolute())


@functools.cache
def _kept(source: TextIO | None) -> str:
    """Copy what comes in into a file that is gone with this process, once for all who ask.

    A text is read more than once, and by the processes of rivals.
    """
    if source is None:
        raise UsageError("There is no standard input to read a text from.")
    if source.isatty():
        say("Reading the text from the terminal; Ctrl+D on a line of its own ends it.")
    try:
        folder = tempfile.mkdtemp(prefix="rnnviz-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = Path(folder, STANDARD_INPUT)
        count = 0
        with path.open("wb") as file:
            while raw := source.buffer.read(_PIECE_BYTES):
                count += file.write(raw)
                if count > LARGEST_BYTES:
                    raise RnnvizError(
                        f"Standard input goes on after {LARGEST_BYTES >> 30} GB: put the text into "
                        "a file, and name that with --text FILE."
                    )
    except OSError as error:
        raise RnnvizError(f"Standard input cannot be read and kept: {reason(error)}.") from error
    return str(path)
