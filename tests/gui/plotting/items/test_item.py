"""What is true of everything that a plot is made of."""

from collections.abc import Callable

import numpy as np
import pytest

from rnnviz.gui.plotting import PlotView
from rnnviz.gui.plotting.items.item import PlotItem
from rnnviz.gui.style.theme import ColorScheme, Theme

from ..conftest import MakePlot

ADD: dict[str, Callable[[PlotView], PlotItem]] = {
    "band": lambda plot: plot.add_band("a", "forward_band"),
    "curve": lambda plot: plot.add_curve("a", "forward", markers=True),
    "histogram": lambda plot: plot.add_histogram("a", "forward", "forward_band"),
    "level line": lambda plot: plot.add_horizontal_line("a", "faint", label="a"),
    "markers": lambda plot: plot.add_markers("a", "threshold"),
    "points": lambda plot: plot.add_points("a", "forward"),
    "trail": lambda plot: plot.add_trajectory("a", "forward"),
    "upright line": lambda plot: plot.add_vertical_line("a", "threshold"),
}


@pytest.mark.parametrize("kind", ADD)
def test_what_has_no_data_draws_nothing_when_it_is_shown_again(
    make_plot: MakePlot, kind: str
) -> None:
    """An empty path that counts as visible would stand in SVG files, where it is an error."""
    item = ADD[kind](make_plot())
    item.set_visible(False)
    item.set_visible(True)
    assert not any(graphics.isVisible() for graphics in item.graphics)


def test_hidden_items_stay_hidden_when_data_come(make_plot: MakePlot) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward")
    curve.set_visible(False)
    curve.set_data([0, 1], [0, 1])
    plot.resize(600, 300)
    assert not any(item.isVisible() for item in curve.graphics)


def test_a_change_of_theme_recolours_everything(make_plot: MakePlot, theme: Theme) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward")
    band = plot.add_band("range", "forward_band")
    marks = plot.add_markers("clipped", "threshold")
    heat = plot.add_heat_map("state", "signed")
    before = heat.table
    theme.set_scheme(ColorScheme.DARK)
    assert curve.graphics[0].pen().color().name() == theme.palette.forward
    assert band.graphics[0].brush().color().name() == theme.palette.forward_band
    assert marks.graphics[0].brush().color().name() == theme.palette.threshold
    assert heat.table != before
    assert plot.grab().toImage().pixelColor(1, 1).name() == theme.palette.panel


@pytest.mark.parametrize("kind", ["band", "curve", "markers", "points"])
def test_what_is_drawn_already_is_not_drawn_again(
    make_plot: MakePlot, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    item = ADD[kind](make_plot())
    drawn: list[int] = []
    refresh = item.refresh
    monkeypatch.setattr(item, "refresh", lambda: (drawn.append(1), refresh()))
    count = {"band": 3, "markers": 1}.get(kind, 2)
    data = [np.array([0.0, 1.0, np.nan]) for _ in range(count)]
    item.set_data(*data)
    item.set_data(*(array.copy() for array in data))
    assert len(drawn) == 1
    data[-1][0] = 0.5
    item.set_data(*data)
    assert len(drawn) == 2
    data[-1][0] = 0.25
    item.set_data(*data)
    assert len(drawn) == 3, "an array that was written to since is another one"
    item.set_data(*(array[:2] for array in data))
    assert len(drawn) == 4
