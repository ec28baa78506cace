"""Plots that are painted without Python.

Training and painting share Python's lock, so whatever paints through Python is paid for in training
speed. Here every drawn thing is a stock item of Qt's graphics view, made of C++ alone: Python works
out arrays of pixels, hands over one path or picture, and Qt paints it with the lock released. No
class of this package overrides a method that Qt calls while it paints.
"""

from rnnviz.gui.plotting.axis import Axis
from rnnviz.gui.plotting.curves import Band, Curve
from rnnviz.gui.plotting.heat_map import HeatMap
from rnnviz.gui.plotting.histogram import Histogram
from rnnviz.gui.plotting.lines import LevelLine, UprightLine
from rnnviz.gui.plotting.markers import Markers
from rnnviz.gui.plotting.plot_view import PlotView
from rnnviz.gui.plotting.points import Circle, Points
from rnnviz.gui.plotting.ranges import quantile
from rnnviz.gui.plotting.token_strip import TokenStrip
from rnnviz.gui.plotting.trail import Trail

__all__ = [
    "Axis",
    "Band",
    "Circle",
    "Curve",
    "HeatMap",
    "Histogram",
    "LevelLine",
    "Markers",
    "PlotView",
    "Points",
    "TokenStrip",
    "Trail",
    "UprightLine",
    "quantile",
]
