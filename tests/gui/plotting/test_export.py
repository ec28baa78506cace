import csv
import io
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage

from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.plotting.export import ExportError, png_bytes, svg_bytes, write_atomically

from .conftest import MakePlot


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_numbers_come_back_from_csv_exactly(make_plot: MakePlot) -> None:
    plot = make_plot(x=Axis(label="training step", whole=True))
    x = np.arange(0, 5000, 7)
    y = np.random.default_rng(0).normal(size=len(x))
    low, high = y - 0.1, y + 0.1
    plot.add_band("every step", "forward_band").set_data(x, low, high)
    plot.add_curve("training", "forward").set_data(x, y)
    plot.add_level_line("uniform guess", "faint", label="uniform guess").set_value(3.5)
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


def full_plot(make_plot: MakePlot) -> PlotView:
    plot = make_plot(x=Axis(label="training step"), y=Axis(label="<loss> & more"))
    x = np.linspace(0, 100, 500)
    plot.set_x_range(0, 100)
    plot.set_y_range(-1, 1)
    plot.add_curve("training", "forward", label="training").set_data(x, 3 * np.sin(x / 9))
    plot.add_curve("empty", "forward")
    plot.add_band("band", "forward_band").set_data(x, np.sin(x / 9) - 1, np.sin(x / 9) + 1)
    plot.add_markers("clipped", "threshold").set_data([10, 20])
    plot.add_level_line("threshold", "threshold", label="threshold").set_value(0.5)
    return plot


def svg_of(plot: PlotView) -> ElementTree.Element:
    data = svg_bytes(plot.paint_export, plot.size(), "a plot", plot.logicalDpiX())
    return ElementTree.fromstring(data)


def test_svg_is_well_formed_and_as_large_as_the_plot(make_plot: MakePlot) -> None:
    plot = full_plot(make_plot)
    root = svg_of(plot)
    assert root.attrib["viewBox"] == f"0 0 {plot.width()} {plot.height()}"
    words = "".join(root.itertext())
    assert "training step" in words
    assert "<loss> & more" in words


def test_svg_clips_curves_that_leave_the_plot(make_plot: MakePlot) -> None:
    root = svg_of(full_plot(make_plot))
    assert root.findall(".//{http://www.w3.org/2000/svg}clipPath")


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
