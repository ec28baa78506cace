"""Texts of any script stand inside the edges of their field."""

import pytest
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QApplication

from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.widgets.colored_text import ColoredText

HEBREW = "בראשית ברא אלהים את השמים ואת הארץ והארץ היתה תהו ובהו וחשך על פני תהום "
ARABIC = "في البدء خلق الله السماوات والأرض وكانت الأرض خربة وخالية وعلى وجه الغمر ظلمة "
ENGLISH = "In the beginning was a window, and the window was without form, and void. "
CHINESE = "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏閏餘成歲律呂調陽雲騰致雨"
EMOJI = "😀😁😂🤣😃😄👍🏽👨‍👩‍👧‍👦🇩🇪 "


@pytest.fixture
def field(qtbot):
    field = ColoredText("text", "A text")
    field.setFont(Theme(ColorScheme.LIGHT).font("mono"))
    field.resize(300, 400)
    qtbot.addWidget(field)
    field.show()
    return field


def write(field, text):
    formats = [QTextCharFormat(), QTextCharFormat()]
    field.append_pieces(list(text), [formats[k % 2] for k in range(len(text))])
    QApplication.processEvents()


def lines_of(field):
    block = field.document().firstBlock()
    while block.isValid():
        layout = block.layout()
        yield from (layout.lineAt(number) for number in range(layout.lineCount()))
        block = block.next()


@pytest.mark.parametrize("text", [HEBREW, ARABIC, ENGLISH, CHINESE, EMOJI])
def test_every_line_stands_inside_the_edges(field, text):
    # As it comes from a network: in handfuls, and with lines that end somewhere.
    for start in range(0, len(text) * 4, 7):
        write(field, (text * 4)[start : start + 7])
        if start % 70 == 63:
            write(field, "\n")
    lines = list(lines_of(field))
    assert len(lines) > 3
    for line in lines:
        assert line.naturalTextRect().left() >= 0
        assert line.naturalTextRect().right() <= field.viewport().width()


@pytest.mark.parametrize("text", [HEBREW, ARABIC])
def test_what_is_read_from_the_right_begins_there(field, text):
    write(field, text * 2)
    for line in lines_of(field):
        assert line.naturalTextRect().right() == pytest.approx(line.rect().right(), abs=2)


def test_after_it_is_emptied_another_text_begins_where_it_is_read_from(field):
    write(field, HEBREW)
    field.clear()
    write(field, ENGLISH)
    for line in lines_of(field):
        assert line.naturalTextRect().left() == pytest.approx(line.rect().left(), abs=1)
