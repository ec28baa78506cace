"""What is written of a sequence: what matters, and as much of the rest as there is room for."""

import math
import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from rnnviz.data import TASKS
from rnnviz.data.tasks.task import SymbolTask
from rnnviz.gui.panels.task.picture import TaskPicture, stretches
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.training.snapshot import Answer

FEW = 12
"""So many of the steps that matter have room in any case."""


@given(
    matters=st.lists(st.booleans(), max_size=300), room=st.integers(0, 300), gap=st.integers(0, 9)
)
def test_every_step_is_in_one_stretch_and_none_of_a_few_that_matter_is_left_out(matters, room, gap):
    chosen = stretches(matters, room, gap)
    steps = [step for stretch in chosen for step in range(stretch.start, stretch.stop)]
    assert steps == list(range(len(matters)))
    hidden = [step for s in chosen if not s.shown for step in range(s.start, s.stop)]
    assert not {0, len(matters) - 1} & set(hidden)
    assert all(before.shown != after.shown for before, after in pairwise(chosen))
    if sum(matters) <= FEW - 2 or len(matters) <= room:
        assert not any(matters[step] for step in hidden)


@pytest.mark.parametrize("every", [1, 2, 5, 9])
@pytest.mark.parametrize("room", [240, 300, 900])
def test_where_many_steps_matter_as_many_as_there_is_room_for_are_shown_at_both_ends(every, room):
    gap = 16
    matters = [step % every == 0 for step in range(2000)]
    chosen = stretches(matters, room, gap)
    shown = [step for s in chosen if s.shown for step in range(s.start, s.stop)]
    needed = len(shown) + gap * (len(chosen) - len(chosen) // 2 - 1)
    assert room - 3 * (gap + every) <= needed <= room
    assert len(shown) >= FEW
    left_out = [any(matters[s.start : s.stop]) for s in chosen if not s.shown]
    assert left_out.count(True) == 1
    assert left_out.index(True) == len(left_out) // 2, "it is the middle"


@given(places=st.lists(st.integers(0, 1999), min_size=2, max_size=2), room=st.integers(40, 1000))
def test_what_is_written_of_a_long_sequence_has_room(places, room):
    matters = [step in places for step in range(2000)]
    shown = sum(s.stop - s.start for s in stretches(matters, room) if s.shown)
    assert shown <= room
    assert shown >= room / 2, "there is room for more neighbours"


def plain(html: str) -> str:
    """Return the words, as a browser that knows nothing of Qt would."""
    text = unescape(re.sub(r"<[^>]*>", "", html))
    return re.sub(r"[ \N{NO-BREAK SPACE}]+", " ", text)


def picture(qapp, name, labels, answers, room=1000):
    theme = Theme(ColorScheme.LIGHT, qapp)
    return TaskPicture(theme).write(TASKS[name], labels, answers, room, "a score")


def test_the_letters_that_matter_differ_in_weight_and_by_a_line(qapp):
    labels = (*"ccAde", "f", *"fcdB", "c")
    answer = Answer(10, "AB", "AA", False, (("AA", 0.6), ("AB", 0.4), ("BA", 0.0), ("BB", 0.0)))
    html = picture(qapp, "temporal-order", labels, (answer,))
    document = QTextDocument()
    document.setDefaultStyleSheet(TaskPicture(Theme(ColorScheme.DARK, qapp)).style)
    document.setHtml(html)
    fragments = []
    iterator = document.firstBlock().begin()
    while not iterator.atEnd():
        fragments.append(iterator.fragment())
        iterator += 1
    assert "".join(f.text() for f in fragments) == "ccAdeffcdB c"
    bold = [f.text() for f in fragments if f.charFormat().fontWeight() > 500]
    lined = [f.text() for f in fragments if f.charFormat().fontUnderline()]
    assert bold == lined == ["A", "B"]


def test_of_one_answer_all_probabilities_are_told_and_the_right_one_is_ticked(qapp):
    answer = Answer(4, "AB", "AA", False, (("AA", 0.6), ("AB", 0.3), ("BA", 0.1), ("BB", 0.0)))
    words = plain(picture(qapp, "temporal-order", tuple("cAdBc"), (answer,)))
    assert "Right is AB; it answers AA: ✗ wrong" in words
    assert "AA 60 %✓ AB 30 %BA 10 %BB 0 %" in words


def test_of_several_answers_each_has_its_tick_or_its_cross(qapp):
    shares = tuple((name, float(name == "c")) for name in "abcdefgh")
    answers = tuple(
        Answer(step, right, "c", right == "c", shares) for step, right in enumerate("abcdcfghca")
    )
    words = plain(picture(qapp, "copying", tuple("abcdcfghca·?··········"), answers))
    assert "3 of 10 are right" in words
    assert "✗ ✗ ✓ ✗ ✓ ✗ ✗ ✗ ✓ ✗".replace(" ", "") in words.replace(" ", "")
    assert words.count("█") == 3


@pytest.mark.parametrize(
    ("given_", "words"),
    [("1.25", "off by 0.25: ✗ wrong"), ("nan", "not a number"), ("inf", "not a number"),
     ("-7000.00", "it answers −7,000, off by 7,001")],
)  # fmt: skip
def test_a_number_stands_beside_the_right_one_whatever_it_is(qapp, given_, words):
    answer = Answer(1, "1.00", given_, False, ())
    shown = plain(picture(qapp, "adding", ("0.40*", "0.60*"), (answer,)))
    assert "Right is 1.00" in shown
    assert words in shown


def test_probabilities_that_are_no_numbers_are_dashes(qapp):
    shares = tuple((name, math.nan) for name in ("AA", "AB", "BA", "BB"))
    answer = Answer(4, "AB", "AA", False, shares)
    words = plain(picture(qapp, "temporal-order", tuple("cAdBc"), (answer,)))
    assert words.count("\N{EN DASH}") == 4


def test_what_is_left_out_is_counted(qapp):
    labels = ["c"] * 2000
    labels[300], labels[900] = "A", "B"
    shares = tuple((name, 0.25) for name in ("AA", "AB", "BA", "BB"))
    html = picture(qapp, "temporal-order", labels, (Answer(1999, "AB", "AB", True, shares),), 60)
    words = plain(html)
    counted = [int(n.replace(",", "")) for n in re.findall(r"… ([\d,]+) steps …", words)]
    letters = re.sub(r"… [\d,]+ steps …", "", words.split("After")[0])
    assert len(letters.replace(" ", "")) + sum(counted) == 2000
    assert len(counted) == 3


class Parity(SymbolTask):
    """A task in which half of the steps matter."""

    name, title, description = "parity", "Parity", "Ones are counted."
    question = "Is the number of ones even?"
    symbols, answers, chance = ("0", "1"), ("even", "odd"), math.log(2)

    def matters(self, label):
        return label == "1"

    def draw(self, rng, sequence_length, batch_size):
        raise NotImplementedError


@pytest.mark.parametrize("width", [190, 400])
def test_of_what_matters_and_is_left_out_it_is_said_how_much_it_is(qapp, width):
    drawn = TaskPicture(Theme(ColorScheme.LIGHT, qapp))
    drawn.width = width
    labels = ["0", "1"] * 1000
    words = plain(drawn.write(Parity(), labels, (), 100, "a score"))
    sequence = words.split("After")[0].removesuffix("a score")
    (counted,) = re.findall(r"… ?(.*?) ?…", sequence)
    steps, matter = (int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", counted))
    letters = sequence.replace(counted, "")
    assert letters.count("0") + letters.count("1") + steps == 2000
    assert letters.count("1") + matter == 1000
    assert "matter" in counted
    assert 30 <= letters.count("1") <= 50


@pytest.mark.parametrize("width", [190, 230])
def test_answers_fit_into_a_narrow_picture(qapp, width):
    drawn = TaskPicture(Theme(ColorScheme.LIGHT, qapp))
    drawn.width = width
    shares = tuple((letter, 0.1) for letter in "abcdefghij")
    copied = [Answer(step, "a", "b", False, shares) for step in range(10)]
    for name, labels, answers in (
        ("adding", ("0.40*", "0.60*"), [Answer(1, "1.00", "0.50", False, ())]),
        ("copying", tuple("abcdefghij?"), copied),
    ):
        document = QTextDocument()
        document.setDefaultStyleSheet(drawn.style)
        document.setHtml(drawn.write(TASKS[name], labels, answers, 10, "a score"))
        document.setTextWidth(width)
        assert document.idealWidth() <= width


@pytest.mark.parametrize("scale", [1.0, 4 / 3])
@pytest.mark.parametrize("width", [150, 190, 230, 300, 400, 500])
@pytest.mark.parametrize("share", [0.25, 1.0])
def test_no_answer_is_broken_into_two_lines_and_none_stands_outside(qapp, width, scale, share):
    theme = Theme(ColorScheme.LIGHT, qapp)
    theme.set_scale(scale)
    drawn = TaskPicture(theme)
    drawn.width = width * scale
    shares = (("AA", share), ("AB", 0.25), ("BA", 1.0), ("BB", 0.0))
    document = QTextDocument()
    document.setDefaultFont(theme.font("body"))
    document.setDefaultStyleSheet(drawn.style)
    answer = Answer(1, "AB", "AA", False, shares)
    document.setHtml(drawn.write(TASKS["temporal-order"], tuple("AB"), [answer], 10, "a score"))
    document.setTextWidth(drawn.width)
    assert document.idealWidth() <= drawn.width
    block, written = document.begin(), []
    while block.isValid():
        if QTextCursor(block).currentTable() is not None and block.text().strip():
            assert block.layout().lineCount() == 1, block.text()
            written.append(block.text().replace("\N{NO-BREAK SPACE}", " "))
        block = block.next()
    told = "".join(written)
    assert all(name in told for name, _ in shares)
    assert told.count("%") == len(shares)


def test_a_narrow_picture_spends_few_words_on_what_is_left_out_and_asked(qapp):
    drawn = TaskPicture(Theme(ColorScheme.LIGHT, qapp))
    answer = Answer(39, "1.00", "0.50", False, ())
    labels = ["0.10"] * 40
    labels[9], labels[24] = "0.40*", "0.60*"
    wide = plain(drawn.write(TASKS["adding"], labels, [answer], 4, "a score"))
    assert "… 8 steps …" in wide
    assert TASKS["adding"].question in wide
    drawn.width = 140
    narrow = plain(drawn.write(TASKS["adding"], labels, [answer], 4, "a score"))
    assert "…8…" in narrow
    assert "?" not in narrow
    assert "Right is 1.00; it answers 0.50" in narrow
