"""The strip of runs: a line each."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from rnnviz.gui.runs.strip import RunsStrip, StripLine
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.eliding_button import ElidingButton
from rnnviz.training.snapshot import RunState


@pytest.fixture
def strip(qtbot: QtBot, application: QApplication) -> RunsStrip:
    theme = Theme(parent=application)
    theme.apply(application)
    strip = RunsStrip(theme, QAction("Add a rival"))
    qtbot.addWidget(strip)
    strip.resize(940, 100)
    return strip


def line(number: int, **changes: object) -> StripLine:
    usual = {
        "name": f"LSTM, {number} units",
        "origin": "",
        "sign": SIGNS[number - 1],
        "step": 100 * number,
        "loss": 1.5,
        "state": RunState.PAUSED,
        "is_of_past": False,
        "is_compared": True,
        "is_in_front": number == 1,
    }
    return StripLine(number=number, **(usual | changes))


def texts(strip: RunsStrip, numbers: Sequence[int]) -> list[str]:
    return [strip.findChild(QLabel, f"run_step_{number}").text() for number in numbers]


def test_one_run_has_no_line_to_be_seen(strip: RunsStrip) -> None:
    strip.show_lines([line(1)])
    assert strip.isHidden()


def test_each_of_eight_runs_has_a_line(strip: RunsStrip) -> None:
    strip.show_lines([line(number) for number in range(1, 9)])
    assert strip.isVisible()
    assert texts(strip, range(1, 9)) == [str(100 * number) for number in range(1, 9)]


def test_a_line_says_whether_its_numbers_are_of_an_earlier_step(strip: RunsStrip) -> None:
    strip.show_lines([line(1, is_of_past=True), line(2)])
    words = {label.text() for label in strip.findChildren(QLabel)}
    assert {"seen at step", "step"} <= words
    assert strip.findChild(QLabel, "run_step_1").property("of_past")
    strip.show_lines([line(1), line(2)])
    assert "seen at step" not in {label.text() for label in strip.findChildren(QLabel)}


def test_lines_come_and_go_with_their_runs(strip: RunsStrip, qtbot: QtBot) -> None:
    strip.show_lines([line(1), line(2), line(3)])
    strip.show_lines([line(1), line(3)])
    qtbot.waitUntil(lambda: strip.findChild(QLabel, "run_step_2") is None)
    strip.show_lines([line(1), line(2), line(3)])
    assert texts(strip, (1, 2, 3)) == ["100", "200", "300"]


def test_a_line_says_which_run_it_would_act_on(strip: RunsStrip, qtbot: QtBot) -> None:
    strip.show_lines([line(1), line(2, state=RunState.RUNNING)])
    with qtbot.waitSignal(strip.play_asked) as asked:
        strip.findChild(QToolButton, "run_train_2").click()
    assert asked.args == [2]
    assert strip.findChild(QToolButton, "run_train_2").accessibleName() == (
        "Pause LSTM, 2 units alone"
    )
    with qtbot.waitSignal(strip.compare_asked) as asked:
        strip.findChild(QCheckBox, "run_compare_2").click()
    assert asked.args == [2, False]
    assert not strip.findChild(QCheckBox, "run_compare_1").isEnabled(), "in front, it is shown"


def test_what_is_not_known_yet_and_what_has_failed_is_said(strip: RunsStrip) -> None:
    strip.show_lines([line(1, step=None, loss=None, state=None), line(2, state=RunState.FAILED)])
    assert texts(strip, [1]) == ["\N{EN DASH}"]
    assert strip.findChild(QLabel, "run_loss_2").text() == "failed"


def test_a_long_name_gives_way_and_comes_back(strip: RunsStrip, qtbot: QtBot) -> None:
    long = "GRU, 2 layers of 1,024 units, learning rate 0.001, threshold 100"
    strip.resize(560, 100)
    strip.show_lines([line(1, name=long), line(2)])
    name = strip.findChild(ElidingButton, "run_front_1")
    qtbot.waitUntil(lambda: "…" in name.text() and name.text().endswith("100"))
    assert name.words == long
    strip.resize(3000, 100)
    qtbot.waitUntil(lambda: name.text() == long)


def lefts(strip: RunsStrip, numbers: Sequence[int]) -> list[int]:
    """Return where the lines begin."""
    names = (strip.findChild(ElidingButton, f"run_front_{number}") for number in numbers)
    return [name.parentWidget().x() for name in names]


def test_lines_stand_side_by_side_where_no_name_is_cut_for_it(strip: RunsStrip, qtbot: QtBot):
    strip.resize(932, 100)  # in a window of 1280 pixels, beside the settings
    names = ("tiny steps", "steps of 0.01", "norm clipped at 20")
    strip.show_lines([line(n, name=name, step=1000) for n, name in enumerate(names, start=1)])
    qtbot.waitUntil(lambda: len(set(lefts(strip, (1, 2, 3)))) == 2)
    for number, name in enumerate(names, start=1):
        assert strip.findChild(ElidingButton, f"run_front_{number}").text() == name
    longer = "norm clipped at 20, from zeros"
    strip.show_lines([line(n, name=longer + " " * n) for n in (1, 2, 3)])
    qtbot.waitUntil(lambda: len(set(lefts(strip, (1, 2, 3)))) == 1)
    qtbot.waitUntil(lambda: strip.findChild(ElidingButton, "run_front_1").text().startswith(longer))


def test_of_many_runs_some_stand_side_by_side_in_any_case(strip: RunsStrip, qtbot: QtBot) -> None:
    long = "GRU, 2 layers of 1,024 units, learning rate 0.001, threshold 100"
    strip.show_lines([line(number, name=long) for number in range(1, 9)])
    qtbot.waitUntil(lambda: len(set(lefts(strip, range(1, 9)))) == 2)


def test_numbers_take_no_more_room_once_the_type_is_small_again(strip: RunsStrip, qtbot: QtBot):
    strip.show_lines([line(1), line(2)])
    label = strip.findChild(QLabel, "run_step_1")
    before = label.sizeHint().width()
    strip._theme.set_scale(1.5)
    assert label.sizeHint().width() > before
    strip._theme.set_scale(1.0)
    assert label.sizeHint().width() == before


def test_a_huge_loss_is_not_cut_in_a_narrow_strip(strip: RunsStrip, qtbot: QtBot) -> None:
    strip.resize(420, 200)
    strip.show_lines([line(number, loss=2e34, step=12_345_678) for number in (1, 2, 3)], "")
    numbers = [strip.findChild(QLabel, f"run_{what}_2") for what in ("loss", "step")]
    assert [number.text() for number in numbers] == ["2.0 × 10³⁴", "12,345,678"]
    qtbot.waitUntil(
        lambda: all(n.width() >= n.fontMetrics().horizontalAdvance(n.text()) for n in numbers)
    )


def test_a_sign_is_chosen_from_all_that_there_are(strip: RunsStrip, qtbot: QtBot) -> None:
    strip.show_lines([line(1), line(2)])
    menu = strip.findChild(QToolButton, "run_sign_2").menu()
    menu.aboutToShow.emit()
    assert len(menu.actions()) == len(SIGNS)
    with qtbot.waitSignal(strip.sign_chosen) as chosen:
        menu.actions()[4].trigger()
    assert chosen.args == [2, SIGNS[4]]
