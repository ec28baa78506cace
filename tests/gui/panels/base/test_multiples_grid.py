"""Where small multiples stand: as large as there is room, or said to be left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.gui.panels.base.multiples_grid import Caption, MultiplesGrid, grid_for
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import ColorScheme, Theme

LEAST_CELL = (104, 130)
NAMES = ("vanilla RNN, 100 units", "LSTM, 2 layers of 128 units", "GRU, 8 units")


@given(count=st.integers(1, 8), width=st.floats(0, 2000), height=st.floats(0, 1200))
def test_cells_are_never_too_small_and_as_many_as_there_is_room_for(count, width, height):
    columns, rows, shown = grid_for(count, width, height, LEAST_CELL)
    assert 1 <= shown <= min(count, columns * rows)
    assert (rows - 1) * columns < shown, "no row is empty"
    if shown > 1:
        assert width / columns >= LEAST_CELL[0]
        assert height / rows >= LEAST_CELL[1]
    elif count > 1:
        least_width, least_height = LEAST_CELL
        assert not (width >= 2 * least_width and height >= least_height)
        assert not (width >= least_width and height >= 2 * least_height)


@pytest.mark.parametrize(
    ("count", "size", "grid"),
    [
        (2, (480, 200), (2, 1, 2)),
        (3, (480, 200), (3, 1, 3)),
        (4, (480, 200), (4, 1, 4)),
        (8, (480, 200), (4, 1, 4)),
        (8, (900, 400), (4, 2, 8)),
        (3, (1000, 500), (3, 1, 3)),
        (2, (200, 600), (1, 2, 2)),
    ],
)
def test_runs_stand_side_by_side_and_wrap_where_that_leaves_them_larger(count, size, grid):
    assert grid_for(count, *size, LEAST_CELL) == grid


@pytest.fixture
def grid(qtbot) -> MultiplesGrid:
    grid = MultiplesGrid(Theme(ColorScheme.LIGHT), "forward", LEAST_CELL)
    qtbot.addWidget(grid)
    grid.resize(900, 400)
    grid.show()
    return grid


def fill(grid, count, *, front=0, step=None, spare=0.0) -> list[QWidget]:
    contents = [QWidget() for _ in range(count)]
    show(grid, contents, front=front, step=step, spare=spare)
    return contents


def show(grid, contents, *, front=0, step=None, spare=0.0) -> None:
    captions = [Caption(NAMES[n % 3], SIGNS[n], step, n == front) for n in range(len(contents))]
    grid.show_all(list(zip(contents, captions, strict=True)), spare)


def words(grid) -> list[list[str]]:
    """What stands above each cell that is seen."""
    labels = [cell.above.findChildren(QLabel) for cell in grid.shown]
    return [[w.text() for w in row if w.text() and not w.isHidden()] for row in labels]


def test_one_alone_has_all_the_room_and_no_caption(grid):
    (content,) = fill(grid, 1)
    assert content.size() == grid.size()
    assert grid.shown[0].above.isHidden()


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_all_contents_are_of_one_size_and_stand_apart(grid, count):
    contents = fill(grid, count, step=12)
    assert [cell.content for cell in grid.shown] == contents
    places = [cell.geometry() for cell in grid.shown]
    assert all(grid.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[:n])
    widths, heights = {c.width() for c in contents}, {c.height() for c in contents}
    assert max(widths) - min(widths) <= 1
    assert max(heights) - min(heights) <= 1


def test_the_last_column_has_the_spare_room(grid):
    contents = fill(grid, 4, spare=50.0)
    assert [cell.ends_row for cell in grid.shown] == [False, True, False, True] or [
        cell.ends_row for cell in grid.shown
    ] == [False, False, False, True]
    last = max(contents, key=QWidget.width)
    assert last is contents[-1]
    assert abs(last.width() - contents[0].width() - 50) <= 1
    assert grid.shown[-1].geometry().right() <= grid.rect().right()


def test_every_cell_says_whose_it_is_and_of_which_step(grid):
    fill(grid, 2, step=1234)
    assert words(grid) == [[NAMES[0], "step 1,234"], [NAMES[1], "step 1,234"]]
    grid.resize(480, 200)
    contents = fill(grid, 4, step=1234)
    said = words(grid)
    assert [step for _, step in said] == ["1,234"] * 4, "the word is left out first"
    assert all(name.startswith(NAMES[n % 3][:3]) for n, (name, _) in enumerate(said))
    show(grid, contents, step=1235)
    assert [step for _, step in words(grid)] == ["1,235"] * 4


@pytest.mark.parametrize("width", [10, 40, 80])
def test_in_hardly_any_room_steps_may_come_to_be_the_same(grid, width):
    grid.resize(width, 30)
    contents = fill(grid, 2, step=1234)
    show(grid, contents, step=None)
    assert all("1,234" not in said for row in words(grid) for said in row)


@pytest.mark.parametrize("width", range(150, 900, 90))
def test_nothing_of_a_caption_is_cut_off_or_stands_over_anything(grid, width):
    grid.resize(width, 300)
    fill(grid, 3, step=123_456)
    for cell in grid.shown:
        seen = [w for w in cell.above.findChildren(QLabel) if not w.isHidden()]
        places = [w.geometry() for w in seen if w.text() or not w.pixmap().isNull()]
        assert all(cell.above.rect().contains(place) for place in places)
        assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[:n])


def test_names_that_begin_alike_are_told_apart_by_their_ends(grid):
    grid.resize(330, 200)
    names = [f"vanilla RNN, 50 units, optimiser Adagrad, clip gradients {n}" for n in ("a", "b")]
    captions = [Caption(name, SIGNS[n], None, n == 0) for n, name in enumerate(names)]
    grid.show_all([(QWidget(), caption) for caption in captions])
    (first,), (second,) = words(grid)
    assert (first[-1], second[-1]) == ("a", "b")
    assert first.startswith("van")


@pytest.mark.parametrize("front", [0, 3, 7])
def test_of_many_the_one_in_front_is_always_shown_and_the_rest_counted(grid, front):
    grid.resize(330, 200)
    contents = fill(grid, 8, front=front)
    shown = [cell.content for cell in grid.shown]
    assert len(shown) == 3
    assert contents[front] in shown
    assert grid.left_out.startswith("5 runs have no room here")
    grid.resize(120, 150)
    assert [cell.content for cell in grid.shown] == [contents[front]]
    assert grid.left_out == "7 more"
    grid.resize(900, 500)
    assert len(grid.shown) == 8
    assert grid.left_out == ""


def test_one_that_is_left_out_is_called_one(grid):
    grid.resize(190, 200)
    fill(grid, 2)
    assert grid.left_out == "1 run has no room here."


@pytest.mark.parametrize("width", range(110, 520, 40))
def test_what_is_said_of_those_that_are_left_out_is_not_cut(grid, width):
    grid.resize(width, 135)
    fill(grid, 8)
    label = grid._left_out
    assert grid.left_out
    assert QFontMetricsF(label.font()).horizontalAdvance(label.text()) <= label.width()
    assert label.geometry().right() <= grid.width()
