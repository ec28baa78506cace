"""What is taken along from inside a step: whole files, or a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QAction, QImage

from rnnviz.gui.inside.view import InsideView

from .conftest import record_of


@pytest.fixture
def view(qtbot, light) -> InsideView:
    record = record_of("large")
    widget = InsideView(light)
    qtbot.addWidget(widget)
    widget.resize(1280, 800)
    widget.show()
    widget.show_subject(record.subject)
    widget.show_record(record)
    return widget


@pytest.fixture
def said(view) -> list[str]:
    sentences: list[str] = []
    view.take_along.done.connect(sentences.append)
    view.take_along.failed.connect(sentences.append)
    return sentences


def test_the_picture_is_of_all_time_steps(view, said, tmp_path):
    assert view.take_along.save("png", tmp_path / "step.png")
    picture = QImage(str(tmp_path / "step.png"))
    assert picture.width() > 2 * view.canvas.width()
    assert picture.size() == view.canvas.whole_size * 2
    assert said == ["Saved step.png."]


def test_the_drawing_as_svg_holds_its_numbers_as_words(view, tmp_path):
    assert view.take_along.save("svg", tmp_path / "step.svg")
    root = ElementTree.parse(tmp_path / "step.svg").getroot()
    labels = {element.get("aria-label") for element in root.iter()}
    assert "t = 25" in labels
    first = view.canvas.picture.cells()
    assert next(first).values


def test_the_step_as_json_is_the_whole_record(view, tmp_path):
    assert view.take_along.save("json", tmp_path / "step.json")
    whole = json.loads((tmp_path / "step.json").read_text(encoding="utf-8"))
    assert len(whole["h"]) == 25


def test_a_phase_as_a_table_has_its_lines_alone(view, tmp_path):
    assert view.take_along.save("phase", tmp_path / "phase.csv")
    assert view.take_along.save("csv", tmp_path / "step.csv")
    phase, whole = ((tmp_path / f"{n}.csv").read_text(encoding="utf-8") for n in ("phase", "step"))
    assert phase.splitlines()[0] == whole.splitlines()[0]
    assert set(phase.splitlines()) < set(whole.splitlines())
    assert {line.split(",")[1] for line in phase.splitlines()[1:]} == {"1"}


def test_a_phase_as_a_document_is_a_part_of_the_whole_step(view, tmp_path):
    assert view.take_along.save("phase_latex", tmp_path / "phase.tex")
    assert view.take_along.save("latex", tmp_path / "step.tex")
    phase, whole = ((tmp_path / f"{n}.tex").read_text(encoding="utf-8") for n in ("phase", "step"))
    assert phase.startswith("\\documentclass")
    assert phase.count("\\section") == 1 < whole.count("\\section")
    assert set(phase.splitlines()) < set(whole.splitlines())


def test_the_script_runs_and_finds_every_number(by_hand, view, tmp_path):
    view.show_record(by_hand)
    assert view.take_along.save("script", tmp_path / "step.py")
    subprocess.run([sys.executable, str(tmp_path / "step.py")], check=True, capture_output=True)


def test_a_file_that_cannot_be_written_is_a_sentence(view, said, tmp_path):
    assert not view.take_along.save("png", tmp_path / "no such folder" / "step.png")
    assert len(said) == 1
    assert said[0].endswith(".")


def test_the_menu_offers_each_of_them(view, tmp_path, monkeypatch):
    from rnnviz.gui.inside import take_along

    names = [
        action.objectName() for action in view.header.take_along_menu.actions() if action.text()
    ]
    assert names == [
        f"inside_take_{name}"
        for name in ("phase", "csv", "phase_latex", "latex", "script", "json", "svg", "png")
    ]
    chosen = tmp_path / "mine"
    monkeypatch.setattr(take_along.QFileDialog, "getSaveFileName", lambda *_args: (str(chosen), ""))
    view.findChild(QAction, "inside_take_json").trigger()
    assert (tmp_path / "mine.json").is_file()
