import base64
import csv
import io
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QBrush, QImage, QLinearGradient, QPainter, QPolygonF, QRegion
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.view.export import (
    ExportError,
    csv_text,
    joined_csv,
    picture,
    png_bytes,
    svg_bytes,
    write_atomically,
)

from ..conftest import MakePlot


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_numbers_come_back_from_csv_exactly(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(label="training step", whole=True))
    x = np.arange(0, 5000, 7)
    y = np.random.default_rng(0).normal(size=len(x))
    low, high = y - 0.1, y + 0.1
    plot.add_band("every step", "forward_band").set_data(x, low, high)
    plot.add_curve("training", "forward").set_data(x, y)
    plot.add_horizontal_line("uniform guess", "faint", label="uniform guess").set_value(3.5)
    rows = rows_of(plot.to_csv())
    assert list(rows[0]) == [
        "training step",
        "every step minimum",
        "every step maximum",
        "training",
        "uniform guess",
    ]
    assert [float(row["training"]) for row in rows] == y.tolist()
    assert [int(row["training step"]) for row in rows] == x.tolist()
    assert rows[0]["uniform guess"] == "3.5"


def test_csv_holds_the_true_values_and_not_the_drawn_ones(make_plot: MakePlot) -> None:
    plot = make_plot(y=Axis("log", floor=1e-12))
    plot.add_curve("norm", "backward").set_data([0, 1, 2], [1.0, 1e-200, math.nan])
    assert [row["norm"] for row in rows_of(plot.to_csv())] == ["1", "1e-200", ""]


@given(st.lists(st.floats(width=64) | st.integers(-(2**53), 2**53), max_size=9))
def test_every_number_reads_as_it_was_and_whole_ones_have_no_point(values: list[float]) -> None:
    (header, *rows) = csv.reader(io.StringIO(csv_text([("x", np.array(values, np.float64))])))
    assert header == ["x"]
    for value, row in zip(values, rows, strict=True):
        (text,) = row or [""]
        if math.isnan(value):
            assert text == ""
        else:
            assert float(text) == value
            assert text.lstrip("-").isdigit() == (float(value).is_integer() and abs(value) < 1e15)


def test_csv_names_the_token_of_each_step(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(name="time step"))
    plot.set_characters(["a", ",", "\n"])
    plot.add_curve("norm", "backward").set_data([0, 1, 2], [1, 2, 3])
    assert [row["token"] for row in rows_of(plot.to_csv())] == ["a", ",", "\n"]


def test_csv_of_a_heat_map_has_one_row_a_cell(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(name="time step"), y=Axis("inverted", name="unit"))
    values = np.arange(6.0).reshape(2, 3)
    plot.add_heat_map("state").set_data(values, (-0.5, 2.5, 0.5, 2.5))
    rows = rows_of(plot.to_csv())
    assert [(r["time step"], r["unit"], r["state"]) for r in rows[:4]] == [
        ("0", "1", "0"),
        ("1", "1", "1"),
        ("2", "1", "2"),
        ("0", "2", "3"),
    ]


def test_tables_are_joined_below_each_other_in_the_columns_of_all() -> None:
    joined = joined_csv(
        [
            ({"run": "LSTM, 4 units"}, 'unit,"cell, c"\n1,0.5\n'),
            ({"run": "GRU"}, 'unit,h\n1,"a ""b""\nc"\n2,1\n'),
            ({"run": "vanilla"}, ""),
        ]
    )
    assert rows_of(joined) == [
        {"run": "LSTM, 4 units", "unit": "1", "cell, c": "0.5", "h": ""},
        {"run": "GRU", "unit": "1", "cell, c": "", "h": 'a "b"\nc'},
        {"run": "GRU", "unit": "2", "cell, c": "", "h": "1"},
    ]


def full_plot(make_plot: MakePlot) -> PlotView:
    plot = make_plot(x=Axis(label="training step"), y=Axis(label="<loss> & more"))
    x = np.linspace(0, 100, 500)
    plot.set_x_range(0, 100)
    plot.set_y_range(-1, 1)
    plot.add_curve("training", "forward", label="training").set_data(x, 3 * np.sin(x / 9))
    plot.add_curve("empty", "forward")
    plot.add_band("band", "forward_band").set_data(x, np.sin(x / 9) - 1, np.sin(x / 9) + 1)
    plot.add_markers("clipped", "threshold").set_data([10, 20])
    plot.add_horizontal_line("threshold", "threshold", label="threshold").set_value(0.5)
    return plot


def svg_of(plot: PlotView) -> ElementTree.Element:
    data = svg_bytes(plot.paint_export, plot.size(), "a plot", plot.logicalDpiX())
    return ElementTree.fromstring(data)


def words_of(root: ElementTree.Element) -> list[str]:
    return [path.get("aria-label", "") for path in root if path.get("aria-label")]


def outline_of(path: ElementTree.Element) -> QRectF:
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.attrib["d"])]
    polygon = QPolygonF(
        [QPointF(*point) for point in zip(numbers[::2], numbers[1::2], strict=True)]
    )
    return polygon.boundingRect()


def test_svg_is_well_formed_and_as_large_as_the_plot(make_plot: MakePlot) -> None:
    plot = full_plot(make_plot)
    root = svg_of(plot)
    assert root.attrib["viewBox"] == f"0 0 {plot.width()} {plot.height()}"
    assert root.attrib["width"] == str(plot.width())
    words = words_of(root)
    assert "training step" in words
    assert "<loss> & more" in words


def test_svg_uses_nothing_that_readers_of_svg_do_differently(make_plot: MakePlot) -> None:
    plot = full_plot(make_plot)
    plot.add_heat_map("state").set_data(np.eye(3), (20, 90, -2, 2))
    root = svg_of(plot)
    names = [element.tag.partition("}")[2] for element in root]
    assert set(names) == {"title", "path", "image"}
    allowed = {"d", "aria-label", "opacity", "fill-rule"}
    allowed |= {"fill", "fill-opacity", "stroke", "stroke-opacity"}
    allowed |= {f"stroke-{end}" for end in ("width", "linecap", "linejoin")}
    allowed |= {"stroke-dasharray", "stroke-dashoffset"}
    for path in root.findall("{http://www.w3.org/2000/svg}path"):
        assert set(path.attrib) <= allowed
        # What is not said, some fill and some stroke.
        assert {"fill", "stroke"} <= set(path.attrib)
        assert "0" not in (path.get("fill-opacity"), path.get("stroke-opacity"))
        if path.get("stroke") == "none":
            assert not set(path.attrib) & {"stroke-width", "stroke-dasharray"}


def test_svg_cuts_curves_that_leave_the_plot_and_keeps_what_stands_around_it(
    make_plot: MakePlot,
) -> None:
    plot = full_plot(make_plot)
    root = svg_of(plot)
    seen = plot._clip.rect().adjusted(-0.01, -0.01, 0.01, 0.01)
    curves = [path for path in root if path.get("stroke") == plot._theme.palette.forward]
    assert curves
    assert all(seen.contains(outline_of(curve)) for curve in curves)
    words = {path.get("aria-label"): outline_of(path) for path in root if path.get("aria-label")}
    for tick in ("0", "20", "100", "−1.0", "1.0"):
        assert not words[tick].isEmpty()
    assert words["20"].top() > seen.bottom() - 4
    assert words["−1.0"].right() < seen.left() + 4


def test_svg_shows_an_image_no_larger_than_the_plot(make_plot: MakePlot) -> None:
    plot = full_plot(make_plot)
    plot.add_heat_map("state").set_data(np.eye(3), (20, 90, -2, 2))
    image, _color_bar = svg_of(plot).findall("{http://www.w3.org/2000/svg}image")
    place = QRectF(*(float(image.attrib[key]) for key in ("x", "y", "width", "height")))
    assert plot._clip.rect().adjusted(-0.01, -0.01, 0.01, 0.01).contains(place)
    code = image.attrib["{http://www.w3.org/1999/xlink}href"].partition(",")[2]
    pixels = QImage.fromData(base64.b64decode(code))
    assert pixels.width() == pytest.approx(2 * place.width(), abs=1)


def test_svg_is_the_picture_that_png_is(make_plot: MakePlot) -> None:
    plot = full_plot(make_plot)
    plot.add_heat_map("state").set_data(np.eye(3), (20, 90, -2, 2))
    svg = svg_bytes(plot.paint_export, plot.size(), "a plot", plot.logicalDpiX())
    drawn = QImage(plot.size() * 2, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(0)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    pictures = [
        np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()
        for image in (drawn, picture(plot.paint_export, plot.size()))
    ]
    differences = np.abs(pictures[0].astype(int) - pictures[1]).max(axis=2)
    assert np.mean(differences > 60) < 0.01


def test_an_exported_plot_is_painted_in_the_order_of_its_layers(make_plot: MakePlot) -> None:
    plot = make_plot()
    plot.set_x_range(0, 1)
    plot.set_y_range(0, 1)
    # The curve is made first, and lies over the band all the same.
    plot.add_curve("curve", "forward").set_data([0, 1], [0.5, 0.5])
    plot.add_band("band", "backward_band").set_data([0, 1], [0, 0], [1, 1])
    middle = plot._clip.rect().center().toPoint()
    column = picture(plot.paint_export, plot.size(), density=1)
    colors = {column.pixelColor(middle.x(), middle.y() + dy).name() for dy in (-1, 0, 1)}
    assert plot._theme.palette.forward in colors


def test_svg_of_a_widget_within_another_holds_its_words(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    layout = QVBoxLayout(widget)
    box, text = QComboBox(), QPlainTextEdit("many words")
    box.addItem("a choice")
    for child in (box, text, QLabel("a label")):
        layout.addWidget(child)
    widget.resize(200, 200)

    def paint(painter: QPainter) -> None:
        painter.translate(300, 40)
        widget.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)

    root = ElementTree.fromstring(svg_bytes(paint, QSize(500, 240), "widgets", 96))
    assert {"a choice", "many words", "a label"} <= set(words_of(root))


def test_svg_of_a_gradient_is_an_image_of_it(qtbot: QtBot) -> None:
    def paint(painter: QPainter) -> None:
        gradient = QLinearGradient(QPointF(0, 0), QPointF(1, 0))
        gradient.setCoordinateMode(QLinearGradient.CoordinateMode.ObjectMode)
        gradient.setColorAt(0, "#ff0000")
        gradient.setColorAt(1, "#0000ff")
        painter.translate(10, 10)
        painter.fillRect(0, 0, 50, 10, QBrush(gradient))

    svg = svg_bytes(paint, QSize(100, 40), "a bar", 96)
    image = picture(
        lambda painter: QSvgRenderer(QByteArray(svg)).render(painter), QSize(100, 40), 1
    )
    left, right = image.pixelColor(11, 15), image.pixelColor(58, 15)
    assert left.red() > 200 > 55 > left.blue()
    assert right.blue() > 200 > 55 > right.red()
    assert image.pixelColor(65, 15).alpha() == 0


def test_words_that_xml_cannot_hold_do_no_harm(qtbot: QtBot) -> None:
    def paint(painter: QPainter) -> None:
        painter.drawText(10, 20, "a\x02b")

    root = ElementTree.fromstring(svg_bytes(paint, QSize(100, 40), "a plot", 96))
    assert "".join(words_of(root)).replace("\ufffd", "") == "ab"


def test_svg_holds_no_empty_path(make_plot: MakePlot) -> None:
    paths = svg_of(full_plot(make_plot)).findall(".//{http://www.w3.org/2000/svg}path")
    assert paths
    assert all(path.attrib["d"].strip() for path in paths)


def test_png_is_twice_as_dense_as_the_screen(make_plot: MakePlot) -> None:
    plot = full_plot(make_plot)
    image = QImage.fromData(png_bytes(plot.paint_export, plot.size()))
    assert (image.width(), image.height()) == (2 * plot.width(), 2 * plot.height())


def test_a_file_that_cannot_be_written_is_a_sentence_and_harms_nothing(tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text("precious")
    with pytest.raises(ExportError) as caught:
        write_atomically(tmp_path / "nowhere" / "plot.csv", b"data")
    assert str(caught.value).startswith("plot.csv cannot be saved: ")
    assert str(caught.value).endswith(".")
    write_atomically(old, b"new")
    assert old.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]


def test_csv_joins_what_stands_at_other_places_and_leaves_out_what_has_no_data_or_no_name(
    make_plot: MakePlot,
) -> None:
    plot = make_plot(x=Axis(label="step"))
    plot.add_curve("a", "forward").set_data([1, 2, 4], [10, 20, 40])
    plot.add_curve("b", "forward").set_data([2, 3], [0.2, 0.3])
    plot.add_curve("empty", "forward")
    plot.add_curve("", "line").set_data([0, 9], [1, 1])
    plot.add_markers("clipped", "threshold").set_data([3])
    assert plot.to_csv().splitlines() == [
        "step,a,b,clipped",
        "1,10,,",
        "2,20,0.2,",
        "3,,0.3,1",
        "4,40,,",
    ]


def test_csv_gives_a_matrix_beside_a_curve_places_of_its_own(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(name="step"), y=Axis(name="unit"))
    plot.add_curve("a", "forward").set_data([0, 5], [10, 50])
    plot.add_heat_map("state").set_data([[1.0, 2.0], [3.0, 4.0]])
    assert plot.to_csv().splitlines() == [
        "step,a,state: step,unit,state",
        "0,10,0,0,1",
        "5,50,1,0,2",
        ",,0,1,3",
        ",,1,1,4",
    ]
