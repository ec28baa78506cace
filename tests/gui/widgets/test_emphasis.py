"""What is pointed out over a panel: marks, and what is said of them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.emphasis import Emphasis, Mark, card_places

ROOM, MARGIN, RADIUS = QRectF(0, 0, 600, 320), 6, 9
CARD = QSizeF(260, 26)


def circle(x: float, y: float) -> QRectF:
    return QRectF(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS)


PLACES = st.tuples(st.floats(20, 580), st.floats(20, 300))


@given(st.lists(PLACES, min_size=1, max_size=4))
def test_what_is_said_of_marks_stands_in_the_room_and_covers_nothing_else_that_is_said(places):
    marks = [circle(x, y) for x, y in places]
    cards = card_places(marks, [CARD] * len(marks), ROOM, MARGIN)
    assert all(ROOM.contains(card) for card in cards)
    assert not any(one.intersects(other) for one, other in combinations(cards, 2))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_marks_at_one_place_are_told_apart_and_none_is_covered(count):
    marks = [circle(500, 200 + 2 * n) for n in range(count)]
    cards = card_places(marks, [CARD] * count, ROOM, MARGIN)
    assert not any(card.intersects(mark) for card in cards for mark in marks)
    assert cards[0].bottom() < marks[0].top(), "the first one stands above its mark"


def test_what_is_written_below_is_not_covered_where_there_is_other_room():
    mark = circle(500, 200)
    name = QRectF(400, 165, 120, 20)
    (usual,) = card_places([mark], [CARD], ROOM, MARGIN)
    assert usual.intersects(name)
    (card,) = card_places([mark], [CARD], ROOM, MARGIN, [name])
    assert not card.intersects(name)
    (card,) = card_places([mark], [CARD], ROOM, MARGIN, [ROOM])
    assert card == usual, "something has to be"


def test_what_would_stand_on_an_axis_stands_to_the_right_of_its_mark():
    axes = [QRectF(0, 0, 60, 320), QRectF(0, 290, 600, 30)]
    for mark in (circle(60, 150), circle(590, 280), circle(70, 290)):
        (card,) = card_places([mark], [CARD], ROOM, MARGIN, axes)
        assert not any(card.intersects(axis) for axis in axes)


def test_where_words_must_be_covered_it_is_as_little_as_can_be():
    axis, names = QRectF(0, 0, 400, 320), QRectF(0, 0, 600, 305)
    (usual,) = card_places([circle(300, 150)], [CARD], ROOM, MARGIN)
    (card,) = card_places([circle(300, 150)], [CARD], ROOM, MARGIN, [axis, names])
    covered = [
        sum((one & words).width() * (one & words).height() for words in (axis, names))
        for one in (usual, card)
    ]
    assert covered[1] < 0.6 * covered[0]


def test_of_all_of_a_body_it_is_said_at_its_foot_which_shows_nothing_else_meanwhile(qtbot):
    body = QWidget()
    qtbot.addWidget(body)
    body.resize(300, 200)
    over, free = Emphasis(body, Theme()), [0]
    over.keep_foot_free = free.append
    over.point_out([Mark(lambda: None, "✓ wrong answers")])
    (card,) = over._cards([QRectF(150, 198, 0, 0)], ["✓ wrong answers"])
    assert card.top() > 200 - free[-1]
    assert card.width() > 280, "no half of a word looks out beside it"
    line, several = free[-1], "✓ wrong answers of the first run\n✓ and of the second"
    over.point_out([Mark(lambda: None, several)])
    assert free[-1] > line
    over.point_out([Mark(lambda: QPointF(5, 5), "✓ wrong answers")])
    assert free[-1] == 0
    over.point_out([Mark(lambda: None, "✓ wrong answers")])
    over.clear()
    assert free[-1] == 0


def test_what_is_said_of_all_of_a_body_is_tied_to_no_place_in_it(qtbot):
    body = QWidget()
    qtbot.addWidget(body)
    body.resize(300, 200)
    body.show()
    over = Emphasis(body, Theme())
    over.point_out([Mark(lambda: None, "✓ one")], lambda: [QRectF(0, 140, 300, 60)])
    (card,) = over._cards([QRectF(150, 198, 0, 0)], ["✓ one"])
    assert card.bottom() <= 140
    seen = body.grab().toImage()
    ratio = seen.devicePixelRatio()
    row = [seen.pixel(round(x * ratio), round(170 * ratio)) for x in range(20, 280)]
    assert len(set(row)) == 1


def test_at_the_top_it_is_said_below_the_mark():
    (card,) = card_places([circle(300, 12)], [CARD], ROOM, MARGIN)
    assert card.top() > 12 + RADIUS


def test_words_that_are_too_long_for_a_line_take_more_of_them(qtbot):
    body, theme = QWidget(), Theme()
    qtbot.addWidget(body)
    body.resize(150, 200)
    over = Emphasis(body, theme)
    words = "✓ wrong answers 75.5\N{NO-BREAK SPACE}% (within 70\N{NO-BREAK SPACE}% to 80)"
    over.point_out([Mark(lambda: QPointF(75, 100), words)])
    (card,) = over._cards([circle(75, 100)], [words])
    assert body.rect().contains(card.toAlignedRect())
    assert card.height() > 2 * QFontMetricsF(theme.font("body")).lineSpacing()


def test_a_body_with_nothing_to_point_out_is_veiled(qtbot):
    body = QWidget()
    qtbot.addWidget(body)
    body.show()
    over = Emphasis(body, Theme())
    assert not over.steps_back
    over.point_out([])
    assert over.steps_back
    over.point_out([Mark(lambda: None, "✓ one"), Mark(lambda: QPointF(1, 1), "✓ two")])
    assert not over.steps_back
    assert over.accessibleName() == "✓ one\n✓ two"
    over.clear()
    assert over.isHidden()
