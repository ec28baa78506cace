from rnnviz.gui.plotting import PlotView

from ..conftest import MakePlot


def test_marks_stand_along_the_upper_edge_inside_the_range(make_plot: MakePlot) -> None:
    plot: PlotView = make_plot()
    plot.set_x_range(0, 100)
    marks = plot.add_markers("clipped", "threshold")
    marks.set_data([-50.0, 10.0, 20.0, 500.0])
    rect = marks.graphics[-1].path().boundingRect()
    assert abs(rect.top() - plot.mapping.rect.top()) < 8
    assert rect.left() >= plot.mapping.rect.left() - 5
    assert rect.right() <= plot.mapping.rect.right() + 5


def test_of_many_marks_the_last_is_drawn_first_for_then_they_are_painted_fast(
    make_plot: MakePlot,
) -> None:
    plot: PlotView = make_plot()
    plot.set_x_range(0, 100)
    marks = plot.add_markers("clipped", "threshold")
    marks.set_data([float(x) for x in range(0, 100, 4)])
    path = marks.graphics[-1].path()
    # Four corners each.
    lefts = [path.elementAt(n).x for n in range(0, path.elementCount(), 4)]
    assert len(lefts) == 25
    assert lefts == sorted(lefts, reverse=True)
