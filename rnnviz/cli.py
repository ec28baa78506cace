"""The command line of rnnviz."""

import argparse
from collections.abc import Sequence

from rnnviz import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments
        The words after the program's name; those of the process if None.
    """
    parser = argparse.ArgumentParser(
        prog="rnnviz", description="Watch a recurrent network learn to write."
    )
    parser.add_argument("--version", action="version", version=f"rnnviz {__version__}")
    parser.parse_args(arguments)
    parser.error("the window and the commands are still to be written")
