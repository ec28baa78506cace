"""Mathematics as outlines: what is in the file, what is set afresh, what is put together."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.gui.inside.typesetting import as_json, find, parts_of, typeset


@pytest.mark.parametrize("tex", ["a_{t}", r"\frac{\partial L}{\partial h_{t}}", r"{W}^{\top}"])
def test_a_symbol_of_the_file_is_the_one_that_is_set_afresh(tex):
    kept, fresh = find(tex), typeset(tex).symbol()
    assert (kept.width, kept.ascent, kept.descent) == (fresh.width, fresh.ascent, fresh.descent)
    assert kept.path == fresh.path


def test_what_the_file_has_costs_no_loading():
    code = (
        "import sys; from rnnviz.gui.inside.typesetting import find;"
        "find('h_{12}'); find('a_{t}'); print('ziamath' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_what_the_file_lacks_is_set():
    assert find(r"q_{\mathrm{new}}").width > find("a_{t}").width


def test_a_number_below_a_symbol_stands_where_one_that_is_set_does():
    put_together, fresh = find("h_{12}"), typeset("h_{12}").symbol()
    assert put_together.width == pytest.approx(fresh.width, abs=0.05)
    assert put_together.descent == pytest.approx(fresh.descent, abs=0.03)
    assert put_together.path.boundingRect().width() == pytest.approx(
        fresh.path.boundingRect().width(), abs=0.05
    )
    assert tuple(parts_of("h_{12}")) == ("h", "1", "2")
    assert tuple(parts_of("16")) == ("1", "6")
    assert tuple(parts_of("a_{t}")) == ("a_{t}",)


def test_a_glyph_is_written_once():
    one, two = as_json({"a": typeset("a")}), as_json({"a": typeset("a"), "aa": typeset("aa")})
    assert len(two) < 1.3 * len(one)


def test_it_is_drawn_in_the_colour_that_is_asked_for():
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    with QPainter(image) as painter:
        find("W").draw(painter, QPointF(4, 30), 24, QColor("#d9630b"))
    colors = {image.pixelColor(x, y).name() for x in range(40) for y in range(40)}
    assert {"#ffffff", "#d9630b"} <= colors
