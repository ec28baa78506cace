"""Plots that are painted without Python.

Training and painting share Python's lock, so whatever paints through Python is paid for in training
speed. Here every drawn thing is a stock item of Qt's graphics view, made of C++ alone: Python works
out arrays of pixels, hands over one path or picture, and Qt paints it with the lock released. No
class of this package overrides a method that Qt calls while it paints.
"""

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.axes.ranges import quantile
from rnnviz.gui.plotting.items.curves import Band, Curve
from rnnviz.gui.plotting.items.heat_map import HeatMap
from rnnviz.gui.plotting.items.histogram import Histogram
from rnnviz.gui.plotting.items.lines import HorizontalLine, VerticalLine
from rnnviz.gui.plotting.items.markers import Markers
from rnnviz.gui.plotting.items.points import Circle, Points
from rnnviz.gui.plotting.items.run_curve import RunCurve
from rnnviz.gui.plotting.items.stepped_line import SteppedLine
from rnnviz.gui.plotting.items.trajectory import Trajectory
from rnnviz.gui.plotting.view.plot_view import PlotView
from rnnviz.gui.plotting.view.shared_axis import SharedAxis
from rnnviz.gui.plotting.view.token_strip import TokenStrip

__all__ = [
    "Axis",
    "Band",
    "Circle",
    "Curve",
    "HeatMap",
    "Histogram",
    "HorizontalLine",
    "Markers",
    "PlotView",
    "Points",
    "RunCurve",
    "SharedAxis",
    "SteppedLine",
    "TokenStrip",
    "Trajectory",
    "VerticalLine",
    "quantile",
]
