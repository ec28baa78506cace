"""A run's curve is told from others by shade, dash and marker, however dense it is."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from rnnviz.gui.plotting import Axis, PlotView, RunCurve
from rnnviz.gui.plotting.items.dashes import dashed_path
from rnnviz.gui.plotting.items.paths import smoothed
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.sign_drawing import DASHES
from rnnviz.gui.style.theme import ColorScheme, Theme

DENSE = np.arange(1000.0)


@pytest.fixture
def view(qtbot) -> PlotView:
    view = PlotView(Theme(ColorScheme.LIGHT), x=Axis(), y=Axis())
    qtbot.addWidget(view)
    view.resize(1060, 320)
    view.show()
    view.set_x_range(0, 1000, steady=False)
    view.set_y_range(0, 4, steady=False)
    return view


def curve_of(view: PlotView, number: int, *, in_front: bool = False) -> RunCurve:
    curve = view.add_run_curve("loss", "forward")
    curve.take_sign(SIGNS[number], in_front=in_front)
    return curve


def pieces(path: QPainterPath) -> list[float]:
    """Return how long each connected stretch is, along x."""
    lengths = []
    for index in range(path.elementCount()):
        element = path.elementAt(index)
        if element.isMoveTo():
            start = element.x
            lengths.append(0.0)
        else:
            lengths[-1] = element.x - start
    return lengths


def test_dashes_are_as_long_as_designed(view: PlotView) -> None:
    x = np.linspace(0, 500, 60)
    drawn = pieces(dashed_path(x, np.full(60, 20.0), (12.0, 4.0, 2.5, 4.0)))
    assert drawn[:4] == pytest.approx([12, 2.5, 12, 2.5])
    assert sum(drawn) == pytest.approx(500 * 14.5 / 22.5, rel=0.02)


def test_a_rough_line_is_dashed_along_its_way_and_not_along_its_wiggles() -> None:
    wiggle = 20 + 15 * (-1.0) ** np.arange(1000)
    drawn = pieces(dashed_path(DENSE, wiggle, (9.0, 5.0)))
    assert len(drawn) == pytest.approx(999 / 14, abs=2)
    assert max(drawn) < 9.5


def test_where_a_value_is_missing_nothing_is_drawn() -> None:
    y = np.full(1000, 20.0)
    y[300:600] = np.nan
    path = dashed_path(DENSE, y, (9.0, 5.0))
    places = [path.elementAt(index).x for index in range(path.elementCount())]
    assert not [x for x in places if 299.5 < x < 599.5]
    assert min(places) < 10
    assert max(places) > 985


def test_a_steep_fall_is_still_to_be_seen() -> None:
    y = np.where(DENSE < 500, 0.0, 300.0)
    path = dashed_path(DENSE, y, (9.0, 5.0))
    heights = [path.elementAt(index).y for index in range(path.elementCount())]
    assert [height for height in heights if 50 < height < 250]


def test_the_mean_of_a_rough_line_keeps_its_ends_and_its_course() -> None:
    rng = np.random.default_rng(0)
    course = DENSE / 10
    x, y = smoothed(DENSE, course + rng.normal(0, 20, 1000), 12.0)
    assert (x[0], x[-1]) == (0, 999)
    assert 250 < len(x) < 400, "as many points as are seen"
    assert np.abs(y - x / 10)[10:-10].max() < 20
    x, y = smoothed(DENSE, course, 12.0)
    assert y == pytest.approx(x / 10)


def test_a_curve_that_is_smooth_is_drawn_as_it_is(view: PlotView) -> None:
    curve = curve_of(view, 1)
    curve.set_data(DENSE, 3 * np.exp(-DENSE / 300))
    assert curve.pixels[1] == pytest.approx(view.mapping.y.to_pixels(curve.y))


def test_its_table_has_the_values_and_not_their_mean(view: PlotView) -> None:
    values = 2 + np.random.default_rng(0).normal(0, 0.5, 1000)
    curve = curve_of(view, 1)
    curve.set_data(DENSE, values)
    assert np.array_equal(curve.columns()[1][1], values)


@pytest.mark.parametrize("number", range(8))
def test_markers_are_a_handful_along_the_curve_however_dense_it_is(
    view: PlotView, number: int
) -> None:
    curve = curve_of(view, number)
    curve.set_data(DENSE, 3 * np.exp(-DENSE / 300))
    places, heights = curve._marked()
    assert 4 <= len(places) <= 7
    assert heights == pytest.approx(np.interp(places, *curve.pixels))


def test_no_two_runs_have_their_markers_at_the_same_places(view: PlotView) -> None:
    places = []
    for number in range(8):
        curve = curve_of(view, number)
        curve.set_data(DENSE, np.ones(1000))
        places += curve._marked()[0].tolist()
    assert np.diff(np.sort(places)).min() > 10


def test_a_run_that_has_just_begun_has_a_marker(view: PlotView) -> None:
    curve = curve_of(view, 5)
    curve.set_data([0.0, 1.0], [1.0, 2.0])
    assert len(curve._marked()[0]) == 1
    curve.clear()
    assert not curve._marked()[0].size


def test_the_theme_and_the_sign_give_it_its_colour(view: PlotView) -> None:
    curve = curve_of(view, 3)
    curve.set_data(DENSE, np.ones(1000))
    palette = view._theme.palette
    pens = [item.pen().color() for item in curve.graphics[:1]]
    assert pens == [palette.shade("forward", 3)]
    curve.take_sign(SIGNS[4], in_front=False)
    assert curve.graphics[0].pen().color() == palette.shade("forward", 4)
    view._theme.set_scheme(ColorScheme.DARK)
    assert curve.graphics[0].pen().color() == view._theme.palette.shade("forward", 4)


def test_a_picture_as_svg_has_no_empty_path(view: PlotView) -> None:
    curve = curve_of(view, 0)
    curve.set_data(DENSE, np.ones(1000))
    curve.clear()
    for item in curve.graphics:
        assert not item.isVisible()


def test_every_dash_has_a_pattern_of_pairs() -> None:
    assert all(len(dash) % 2 == 0 for dash in DASHES.values())


def test_the_one_in_front_is_named_where_there_is_room_for_one(qtbot) -> None:
    view = PlotView(Theme(), x=Axis(), y=Axis())
    qtbot.addWidget(view)
    view.resize(180, 90)
    view.show()
    view.set_x_range(0, 1000, steady=False)
    view.set_y_range(0, 4, steady=False)
    for number in range(3):
        curve = curve_of(view, number, in_front=number == 2)
        curve.set_data(DENSE, np.full(1000, 2.0 + number / 9))
        curve.set_label(f"run {number}")
    view.settle_labels()
    view.place_labels()
    named = [
        label.word.text for label in view._labels._labels.values() if label.word.item.isVisible()
    ]
    assert [text for text in named if "run 2" in text]


def test_before_its_name_stands_a_piece_of_its_curve(view: PlotView) -> None:
    for number in range(2):
        curve = curve_of(view, number)
        curve.set_data(DENSE, np.full(1000, 1.0 + number))
        curve.set_label(f"run {number}")
    view.place_labels()
    for label in view._labels._labels.values():
        picture = label.picture
        assert picture is not None
        assert picture._line.isVisible()
        right = picture._line.mapRectToScene(picture._line.path().boundingRect()).right()
        assert label.rect.left() < right < label.word.item.x()
        assert label.word.item.x() + label.word.width <= label.rect.right() + 1
    view.set_empty_message("nothing")
    assert not any(label.picture._line.isVisible() for label in view._labels._labels.values())


def test_a_curve_of_no_run_has_no_picture_before_its_name(view: PlotView) -> None:
    curve = view.add_curve("loss", "forward", label="training")
    curve.set_data(DENSE, np.ones(1000))
    view.place_labels()
    assert [label.picture for label in view._labels._labels.values()] == [None]


def test_a_run_whose_name_would_cover_much_of_the_plot_is_named_by_its_beginning_and_its_end(
    view: PlotView,
) -> None:
    view.resize(420, 320)
    names = "clip none", "Branch at step 201, clip gradients norm, threshold 1, with all the rest"
    for number, name in enumerate(names):
        curve = curve_of(view, number, in_front=number == 1)
        curve.set_data(DENSE, np.full(1000, 1.0 + 2 * number))
        curve.set_label(name)
    view.place_labels()
    labels = [one for one in view._labels._labels.values() if one.word.item.isVisible()]
    said = sorted(label.word.text for label in labels)
    assert said[1] == "clip none"
    assert said[0].startswith("Branch")
    assert said[0].endswith("the rest")
    assert "…" in said[0]
    places = [QRectF(rect) for rect in view.label_rects]
    view.place_labels()
    assert view.label_rects == places, "it stands still"
    widest = max(label.word.width for label in labels)
    assert widest <= 0.33 * view.mapping.rect.width(), "most of the plot is the curves'"
    (touched,) = [
        view._under_pointer.find(label.rect.center())
        for label in labels
        if label.word.text == said[0]
    ]
    assert names[1] in touched.words, "who points at it reads all of it"
    view.resize(1560, 320)
    view.place_labels()
    assert sorted(label.word.text for label in labels) == sorted(names)
