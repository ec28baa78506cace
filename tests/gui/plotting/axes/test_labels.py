from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsSimpleTextItem

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.view.frame import spread_apart
from rnnviz.gui.wording.tokens import visible_character

from ..conftest import MakePlot


def test_names_of_level_lines_never_overlap(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_y_range(0, 5)
    for value in (2.30, 2.31, 2.32, 2.4, 0.05, 4.99):
        plot.add_horizontal_line(f"line {value}", "faint", label=f"line {value}").set_value(value)
    rects = [rect.adjusted(0, 1, 0, -1) for rect in plot.label_rects]
    assert len(rects) == 6
    assert not any(a.intersects(b) for a, b in combinations(rects, 2))
    assert all(plot.rect().contains(rect.toRect()) for rect in rects)


def margin_names(plot: PlotView) -> list[str]:
    return [word.text for word in plot._frame._margin_words.values() if word.item.isVisible()]


def drawn_lines(plot: PlotView) -> list[str]:
    return [line.name for line in plot._levels() if line._line.isVisible()]


def test_where_names_would_pile_up_the_lines_in_the_middle_are_left_out(
    make_plot: MakePlot,
) -> None:
    plot = make_plot()
    values = {"guess": 3.4, "letters": 2.8, "pairs": 2.4, "entropy": 0.9}
    for name, value in values.items():
        plot.add_horizontal_line(name, "faint", label=name).set_value(value)
    for high, names in (
        (5, list(values)),
        (15, list(values)),
        (45, ["guess", "pairs", "entropy"]),
        (100, ["guess", "entropy"]),
        (1e34, ["guess", "entropy"]),
        (5, list(values)),
    ):
        plot.set_y_range(0, high, steady=False)
        assert margin_names(plot) == names
        assert drawn_lines(plot) == names, "a line without a name is a riddle"
        for rect in plot.label_rects:
            pixels = [plot.mapping.y.to_pixel(value) for value in values.values()]
            assert min(abs(rect.center().y() - pixel) for pixel in pixels) <= 1.6 * rect.height()


def test_two_lines_of_one_value_are_both_named(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_y_range(0, 5)
    for name in ("guess", "letters"):
        plot.add_horizontal_line(name, "faint", label=name).set_value(2.0)
    assert margin_names(plot) == ["guess", "letters"]


@given(
    st.lists(st.floats(0, 200), min_size=1, max_size=12).map(sorted),
    st.floats(1, 15),
)
# The last pair, pushed back from the end, once ran into the pair before it.
@example([165.0, 176.0, 189.0, 200.0], 12.0)
def test_places_are_spread_apart_in_their_order(wanted: list[float], distance: float) -> None:
    places = spread_apart(wanted, distance, 0, 200)
    assert len(places) == len(wanted)
    assert all(b - a >= distance - 1e-6 for a, b in pairwise(places))


@given(st.lists(st.floats(0, 200), min_size=1, max_size=6).map(sorted))
def test_places_that_are_apart_already_stay(wanted: list[float]) -> None:
    apart = [50.0 * k + w / 10 for k, w in enumerate(wanted)]
    np.testing.assert_allclose(spread_apart(apart, 10, -1e3, 1e3), apart)


@pytest.mark.parametrize("slope", [-6.0, -3.0, -1.0, 1.0, 3.0, 6.0])
def test_the_name_of_a_dotted_curve_keeps_off_its_dots(make_plot: MakePlot, slope: float) -> None:
    plot = make_plot(width=440, height=180)
    plot.set_x_range(0, 24)
    plot.set_y_range(-7, 7)
    curve = plot.add_curve("gradient", "backward", label="from the last step only", markers=True)
    curve.set_data(np.arange(25), slope * np.linspace(-1, 1, 25))
    plot.place_labels()
    (rect,) = plot.label_rects
    for x, y in zip(*curve.pixels, strict=True):
        if rect.left() <= x <= rect.right():
            # A dot is 6 pixels high, and wants a little air.
            assert y + 5 <= rect.top() or y - 5 >= rect.bottom()


def test_names_of_curves_keep_off_curves_and_off_each_other(make_plot: MakePlot) -> None:
    plot = make_plot(width=640, height=260)
    plot.set_x_range(0, 100)
    plot.set_y_range(-2, 2)
    x = np.linspace(0, 100, 400)
    curves = []
    for index, name in enumerate(("training", "validation")):
        curve = plot.add_curve(name, "forward", label=name)
        curve.set_data(x, np.sin(x / 15) + 0.3 * index)
        curves.append(curve)
    plot.place_labels()
    first, second = plot.label_rects
    assert not first.intersects(second)
    for rect in (first, second):
        for curve in curves:
            px, py = curve.pixels
            inside = (px > rect.left()) & (px < rect.right())
            inside &= (py > rect.top() + 2) & (py < rect.bottom() - 2)
            assert not inside.any()


@given(seed=st.integers(0, 10_000), height=st.integers(70, 160), curves=st.integers(1, 4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_stands_beside_its_curve_and_over_none_or_is_not_shown(
    make_plot: MakePlot, seed: int, height: int, curves: int
) -> None:
    rng = np.random.default_rng(seed)
    plot = make_plot(width=260, height=height)
    plot.set_x_range(0, 20)
    plot.set_y_range(0, 10)
    shown = [
        plot.add_curve("", "forward", label=f"name {k}", style="dashed") for k in range(curves)
    ]
    for _ in range(3):
        for curve in shown:
            curve.set_data(np.arange(21), rng.uniform(0, 10) + rng.normal(0, 1, 21).cumsum())
        plot.place_labels()
        rects = plot.label_rects
        assert not any(a.intersects(b) for a, b in combinations(rects, 2))
        for rect in rects:
            assert plot.mapping.rect.adjusted(-2, -2, 2, 2).contains(rect)
            for curve in shown:
                x = np.linspace(rect.left() + 4, rect.right() - 4, 50)
                y = np.interp(x, *curve.pixels)
                assert not ((y > rect.top() + 3) & (y < rect.bottom() - 3)).any()


def test_a_name_with_the_sign_of_a_dot_is_framed_as_no_datum_is(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 10)
    plot.set_y_range(0, 10)
    first = plot.add_curve("W", "forward", label="W", markers=True)
    first.set_data(np.arange(11), np.full(11, 3.0))
    plot.place_labels()
    (label,) = plot._labels._labels.values()
    assert label.word.text == "W"
    assert label.plate.pen().style() is Qt.PenStyle.NoPen
    second = plot.add_curve("V", "forward", label="V")
    second.set_data(np.arange(11), np.full(11, 7.0))
    plot.place_labels()
    for label in plot._labels._labels.values():
        assert label.word.text.split()[0] in ("─●─", "─")
        assert label.plate.pen().style() is not Qt.PenStyle.NoPen
        assert label.plate.brush().color().alpha() > 200


def test_a_name_far_from_its_curve_is_not_shown(make_plot: MakePlot) -> None:
    plot = make_plot(height=200)
    plot.set_x_range(0, 10)
    plot.set_y_range(0, 10)
    x = np.linspace(0, 10, 600)
    wild = plot.add_curve("wild", "backward")
    wild.set_data(x, 2 + 2 * np.sign(np.sin(20 * x)))
    hidden = plot.add_curve("V", "forward", label="V")
    hidden.set_data(x, np.full(600, 2.0))
    plot.place_labels()
    assert plot.label_rects == []
    wild.set_data(x, np.full(600, 9.0))
    plot.settle_labels()
    plot.place_labels()
    assert len(plot.label_rects) == 1


def test_a_name_that_is_still_free_stays_where_it_is(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 100)
    plot.set_y_range(0, 10)
    x = np.linspace(0, 100, 300)
    curve = plot.add_curve("loss", "forward", label="loss")
    curve.set_data(x, 5 + 0 * x)
    plot.place_labels()
    before = plot.label_rects
    curve.set_data(x, 5.1 + 0 * x)
    plot.place_labels()
    assert plot.label_rects == before


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        (" ", "␣"),
        ("\n", "↵"),
        ("\t", "⇥"),
        ("a", "a"),
        ("ß", "ß"),
        ("\x00", "\\x00"),
        ("a b", "a␣b"),
    ],
)
def test_every_character_can_be_seen(character: str, shown: str) -> None:
    assert visible_character(character) == shown


def shown_texts(plot: object) -> list[str]:
    return [word.text for word in plot._frame.characters._row.words]  # type: ignore[attr-defined]


def test_characters_label_the_time_axis_where_they_fit(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(whole=True))
    plot.set_x_range(-0.5, 24.5, steady=False)
    plot.set_characters(list("the old miller who sings "))
    assert "".join(shown_texts(plot)) == "the␣old␣miller␣who␣sings␣"


def test_where_characters_do_not_fit_positions_are_shown(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(whole=True))
    plot.set_x_range(-0.5, 199.5, steady=False)
    plot.set_characters(list("abcde" * 40))
    assert shown_texts(plot) == []
    assert "100" in [word.text for word in plot._frame._x_words.words]


def test_characters_stand_under_their_places(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(whole=True))
    plot.set_x_range(-0.5, 9.5, steady=False)
    plot.set_characters(list("abcdefghij"))
    for index, word in enumerate(plot._frame.characters._row.words):
        centre = word.item.x() + word.width / 2
        assert centre == pytest.approx(plot.mapping.x.to_pixel(index), abs=1)


WORDS = [
    "the", "old", "miller", "who", "lives", "below", "the", "meadow", "understands", "his",
    "jackdaws",
]  # fmt: skip


def test_few_words_lie_under_their_places_and_are_cut_where_they_would_touch(
    make_plot: MakePlot,
) -> None:
    plot = make_plot(x=Axis(whole=True))
    plot.set_x_range(-0.5, 4.5, steady=False)
    plot.set_characters(["the", "old", "philosophers' stone", "\n", "sings"], are_words=True)
    assert shown_texts(plot)[:2] == ["the", "old"]
    assert shown_texts(plot)[2].endswith("…")
    assert shown_texts(plot)[3:] == ["↵", "sings"]
    words = plot._frame.characters._row.words
    for left, right in pairwise(words):
        assert left.item.x() + left.width < right.item.x()
    assert all(word.item.rotation() == 0 for word in words)


def test_many_words_rise_and_end_at_their_places(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(whole=True))
    plot.set_x_range(-0.5, len(WORDS) - 0.5, steady=False)
    plot.set_characters(WORDS, are_words=True)
    assert shown_texts(plot) == [w if len(w) <= 8 else f"{w[:7]}…" for w in WORDS]
    bottom = plot.mapping.rect.bottom()
    for index, word in enumerate(plot._frame.characters._row.words):
        around = word.item.sceneBoundingRect()
        place = plot.mapping.x.to_pixel(index)
        assert around.left() < place < around.right() + 8
        assert around.right() - place < word.height
        assert bottom <= around.top()
        assert around.bottom() <= plot.height()


def test_of_words_that_would_touch_some_are_left_out_and_never_the_last(
    make_plot: MakePlot,
) -> None:
    plot = make_plot(x=Axis(whole=True))
    many = [f"word{number}" for number in range(100)]
    plot.set_x_range(-0.5, 99.5, steady=False)
    plot.set_characters(many, are_words=True)
    shown = shown_texts(plot)
    assert shown[-1] == "word99"
    assert 5 < len(shown) < 50
    assert [many.index(word) for word in shown] == list(
        range(99 % (100 - many.index(shown[-2]) - 1), 100, 99 - many.index(shown[-2]))
    )


def test_other_words_move_nothing_but_themselves(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(whole=True))
    plot.set_x_range(-0.5, len(WORDS) - 0.5, steady=False)
    plot.set_characters(WORDS, are_words=True)
    before = plot.mapping.rect
    plot.set_characters(["a"] * len(WORDS), are_words=True)
    assert plot.mapping.rect == before
    plot.set_characters(["a"] * len(WORDS))
    assert plot.mapping.rect.height() > before.height()


def test_in_a_low_plot_words_give_way_to_positions(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(whole=True), height=100)
    plot.set_x_range(-0.5, len(WORDS) - 0.5, steady=False)
    plot.set_characters(WORDS, are_words=True)
    assert shown_texts(plot) == []
    assert "4" in [word.text for word in plot._frame._x_words.words]


def test_an_axis_label_gives_way_to_notes(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(label="training step"), width=260)
    plot.set_note("a note that takes all of the room there is", "bottom_left")
    assert not plot._frame._x_label.item.isVisible()
    plot.set_note("", "bottom_left")
    assert plot._frame._x_label.item.isVisible()
    plot.set_note("short", "bottom_left")
    assert plot._frame._x_label.item.isVisible()
    plot.set_note("a note that takes all of the room there is", "bottom_left")
    assert not plot._frame._x_label.item.isVisible()


def test_a_message_replaces_the_plot_and_leaves_again(make_plot: MakePlot) -> None:
    plot = make_plot()
    curve = plot.add_curve("loss", "forward")
    curve.set_data([0, 1], [0, 1])
    plot.set_empty_message("Press Train.")
    assert not curve.graphics[0].isVisible()
    plot.set_empty_message(None)
    assert curve.graphics[0].isVisible()


def test_settled_names_stand_by_their_curves_again(make_plot: MakePlot) -> None:
    plot = make_plot(width=640, height=260)
    plot.set_x_range(0, 100)
    plot.set_y_range(0, 100)
    x = np.linspace(0, 100, 100)
    curve = plot.add_curve("loss", "forward", label="loss")
    for height in (5.0, 95.0, 20.0, 80.0, 40.0, 60.0) * 3:
        curve.set_data(x, np.full(100, height))
        plot.place_labels()
    plot.settle_labels()
    plot.place_labels()
    (rect,) = plot.label_rects
    assert abs(rect.center().y() - plot.mapping.y.place(60.0)) < 2.5 * rect.height()


def test_a_sign_before_each_of_several_names_looks_like_its_line(make_plot: MakePlot) -> None:
    plot = make_plot(width=640, height=260)
    plot.set_x_range(0, 10)
    plot.set_y_range(0, 10)
    x = np.arange(10)

    def names() -> set[str]:
        plot.place_labels()
        words = [i for i in plot.scene().items() if isinstance(i, QGraphicsSimpleTextItem)]
        return {word.text() for word in words if word.isVisible() and "line" in word.text()}

    plot.add_curve("", "backward", markers=True, label="dotted line").set_data(x, x)
    assert names() == {"dotted line"}
    plot.add_curve("", "ink", style="dotted", label="faint line").set_data(x, 9 - x)
    plot.add_curve("", "forward", label="plain line").set_data(x, 0 * x + 5)
    assert names() == {"─●─ dotted line", "┈ faint line", "─ plain line"}


def test_names_at_the_margin_are_never_cut_off_however_low_the_plot_is(make_plot):
    for height in range(64, 200, 12):
        plot = make_plot(width=462, height=height)
        for value in (3.4, 2.9, 2.1, 0.3):
            plot.add_horizontal_line(
                f"at {value}", "soft", "dashed", label=f"at {value}"
            ).set_value(value)
        plot.set_y_range(0.0, 3.5)
        plot.lay_out()
        assert all(rect.top() >= -4 and rect.bottom() <= height + 4 for rect in plot.label_rects)


@pytest.mark.parametrize("height", range(64, 200, 8))
def test_the_name_of_the_upright_axis_is_whole_or_not_there(make_plot, height):
    plot = make_plot(y=Axis(label="gradient norm"), height=height)
    plot.set_y_range(0.0, 1.0)
    word = plot._frame._y_label
    if word.item.isVisible():
        place = word.item.sceneBoundingRect()
        assert place.top() >= -1
        assert place.bottom() <= height + 1
    else:
        assert height < 130
