"""Train a recurrent network written in NumPy, and watch why it forgets.

Importing this package imports nothing else, so that a window can be painted before NumPy loads and
the command line can answer ``--help`` at once.
"""

__version__ = "0.1.0"
