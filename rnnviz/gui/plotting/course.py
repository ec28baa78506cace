"""What the plots over the course of training have in common."""

from rnnviz.gui.plotting.axis import Axis

STEPS = Axis(label="training step", whole=True)
"""The axis of all of them."""

FEWEST_STEPS = 100
"""They show at least so many steps: the first ones would else fill the whole width."""

LARGEST_MARKED = 20
"""A curve of so many points, or fewer, has a dot at each; of one alone there is no line to see."""
