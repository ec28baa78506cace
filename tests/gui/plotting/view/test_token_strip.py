"""A line of tokens, one outlined: which of them are seen where not all fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.gui.plotting import Axis, TokenStrip
from rnnviz.gui.plotting.view.token_strip import _stretch
from rnnviz.gui.style.theme import ColorScheme, Theme

from ..conftest import MakePlot


@pytest.fixture
def strip(qtbot, theme):
    strip = TokenStrip(theme, object_name="strip", title="A text")
    qtbot.addWidget(strip)
    strip.resize(300, strip.height())
    strip.show()
    return strip


@given(
    widths=st.lists(st.floats(1, 40), min_size=1, max_size=60),
    room=st.floats(10, 800),
    data=st.data(),
)
def test_the_outlined_token_is_always_seen_and_the_rest_as_far_as_it_fits(widths, room, data):
    kept = data.draw(st.integers(0, len(widths) - 1))
    start, end = _stretch(widths, kept, room, 5.0)
    assert 0 <= start <= kept < end <= len(widths)
    if sum(widths) <= room:
        assert (start, end) == (0, len(widths))
    elif sum(widths[kept : kept + 4]) <= room - 10:
        used = sum(widths[start:end])
        assert used <= room - 10 + 1e-9
        if start > 0:
            assert used + widths[start - 1] > room - 10


def test_what_is_cut_off_is_told_by_dots(strip):
    tokens = list("abcdefghij" * 10)
    strip.show_tokens(tokens, [0.5] * 100, 70)
    assert strip.text.startswith("…")
    assert strip.text.endswith("…")
    assert strip.text.strip("…") in "".join(tokens)
    strip.show_tokens(tokens, [0.5] * 100, 0)
    assert strip.text.startswith("abc")
    strip.show_tokens(tokens, [0.5] * 100, 99)
    assert strip.text.endswith("hij")


def test_stronger_marks_are_stronger_colours_and_none_is_none(strip):
    strip.show_tokens("abcd", [0.0, 0.3, 1.0, 0.0], 3)
    fields = strip._fields
    assert [field.isVisible() for field in fields[:4]] == [False, True, True, False]
    pale, strong = (field.brush().color() for field in fields[1:3])
    assert pale.saturation() < strong.saturation()
    rect = strip._outline.rect()
    assert fields[3].rect().contains(rect)


def test_a_message_takes_the_place_of_the_text_and_gives_it_back(strip):
    strip.show_tokens("ab", [1.0, 0.0], 1)
    strip.show_message("Point at a row")
    assert (strip.text, strip.outlined, strip.strengths) == ("Point at a row", None, [])
    assert not any(field.isVisible() for field in strip._fields)
    assert not strip._outline.isVisible()
    strip.show_tokens("ab", [1.0, 0.0], 1)
    assert (strip.text, strip.outlined) == ("ab", 1)


def test_it_follows_the_theme(strip, theme: Theme):
    strip.show_tokens("ab", [1.0, 0.0], 1)
    light, height = strip._fields[0].brush().color(), strip.height()
    theme.set_scheme(ColorScheme.DARK)
    assert strip._fields[0].brush().color() != light
    theme.set_scale(1.5)
    assert strip.height() > height


def test_rows_are_labelled_with_characters_where_they_fit(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("inverted", whole=True), height=300)
    plot.set_y_range(-0.5, 4.5, steady=False)
    plot.set_row_characters(list("ab d\n"))
    words = plot._frame._y_words
    assert [word.text for word in words.words] == ["a", "b", "␣", "d", "↵"]
    tops = [word.item.y() for word in words.words]
    assert tops == sorted(tops)
    plot.set_row_characters(list("vwxyz"))
    assert [word.text for word in words.words] == list("vwxyz")
    plot.set_y_range(-0.5, 39.5, steady=False)
    assert all(word.text.isdigit() for word in words.words)
    plot.set_row_characters([])
    plot.set_y_range(-0.5, 4.5, steady=False)
    assert all(word.text.isdigit() for word in words.words)


def test_long_words_beside_rows_get_room(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("inverted", whole=True), height=300)
    plot.set_y_range(-0.5, 1.5, steady=False)
    plot.set_row_characters(["a", "b"], are_words=True)
    before = plot.mapping.rect.left()
    plot.set_row_characters(["pancakes", "extraordinarily"], are_words=True)
    assert plot.mapping.rect.left() > before
    shown = [word.text for word in plot._frame._y_words.words]
    assert shown == ["pancakes", "extraor…"]
    assert all(word.item.x() >= 0 for word in plot._frame._y_words.words)


def test_the_place_that_is_pointed_at_is_told_and_its_end_too(make_plot: MakePlot, qtbot) -> None:
    plot = make_plot(y=Axis("inverted"))
    plot.set_x_range(0, 10, steady=False)
    plot.set_y_range(0, 10, steady=False)
    told: list[tuple[float, float] | None] = []
    plot.hovered.connect(told.append)
    plot._hover.follow(plot.mapping.rect.center())
    assert told[-1] == pytest.approx((5, 5), abs=0.1)
    plot._hover.follow(plot.mapping.rect.topLeft() * 0)
    assert told[-1] is None
    count = len(told)
    plot._hover.leave()
    assert len(told) == count, "nothing is told twice where nothing is pointed at"
