"""A theme and a plot of a known size, for every test of the plots."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.style.theme import ColorScheme, Theme

MakePlot = Callable[..., PlotView]


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    return Theme(ColorScheme.LIGHT)


@pytest.fixture
def make_plot(qtbot: QtBot, theme: Theme) -> MakePlot:
    def make(
        x: Axis | None = None, y: Axis | None = None, width: int = 480, height: int = 180
    ) -> PlotView:
        plot = PlotView(theme, x=x, y=y)
        qtbot.addWidget(plot)
        plot.resize(width, height)
        plot.show()
        return plot

    return make
