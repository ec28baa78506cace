"""What several plots have in common: those over the course of training, and those of a window."""

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.training.record.progress import Unit

STEPS = Axis(label="training step", whole=True)
"""The axis of all plots over training."""

AXES: dict[Unit, Axis] = {
    "steps": STEPS,
    "tokens": Axis(label="tokens trained on", whole=True),
    "seconds": Axis(label="seconds of training"),
}
"""What such plots can be drawn over."""

FEWEST_STEPS = 100
"""They show at least so many steps: the first ones would else fill the whole width."""

LARGEST_MARKED = 20
"""A curve of so many points, or fewer, has a dot at each; of one alone there is no line to see."""

POSITIONS = Axis(name="position", whole=True, first=1)
"""The axis of what was read in one window, counted from 1 as its units are; data count from 0."""
