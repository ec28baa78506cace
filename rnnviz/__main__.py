"""Lets ``python -m rnnviz`` do what the ``rnnviz`` command does."""

from rnnviz.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
