"""Set rnnviz up where that is still to be done, then start it.

    python3 packaging/bootstrap.py run [ARGUMENTS...]    opens the window, or runs a command
    python3 packaging/bootstrap.py test [ARGUMENTS...]   runs the tests

Nothing but the standard library is used. Any Python 3 can read this file, so that one that is too
old can say so; the files that need a newer one are imported only after that.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is run by whatever Python there is
        sys.exit(
            "rnnviz needs Python 3.11 or newer, and this is Python "
            + ".".join(str(part) for part in sys.version_info[:3])
            + "."
        )
    from pathlib import Path

    # What of rnnviz itself needs nothing installed can be imported from the checkout.
    sys.path.insert(1, str(Path(__file__).resolve().parent.parent))
    from launcher import main

    sys.exit(main(sys.argv))
