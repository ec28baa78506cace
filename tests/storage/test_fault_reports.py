"""A fault is told with all that helps to mend it, and with nothing of the person's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest

from rnnviz.runs.messages import SaveModel
from rnnviz.storage import fault_reports
from rnnviz.storage.fault_reports import collect_crash, note, report_fault
from rnnviz.training.commands import Change, NewRun, Train
from rnnviz.training.configuration import Configuration


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_reports, "_commands", deque(maxlen=5))


def raised(kind: type[ValueError] = ValueError, message: str = "odd") -> ValueError:
    """Return an error that was raised, with its trace."""
    try:
        raise kind(message)
    except ValueError as error:
        return error


def test_a_report_has_the_trace_the_versions_and_what_was_asked_for(own_reports: Path) -> None:
    note(Change("learning_rate", 0.25))
    note(Train())
    note(NewRun(Configuration(hidden_size=7, prompt="My own words")))
    fault = report_fault(raised(), "the run is as it was")
    assert fault.report is not None
    assert fault.report.parent == own_reports
    assert fault.sentence == (
        "Something unexpected went wrong (ValueError: odd); the run is as it was. "
        f"A report lies in {fault.report}."
    )
    text = fault.report.read_text(encoding="utf-8")
    assert "in raised" in text
    assert re.search(r"rnnviz \d.*, Python 3.*, numpy \d", text)
    asked = text.partition("What was asked for last:")[2]
    assert "Change(name=learning_rate, value=0.25" in asked
    assert asked.index("Change(") < asked.index("Train(")
    assert "hidden_size=7, prompt=a text of 12 characters" in asked


def test_nothing_of_the_persons_own_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(__file__).parents[2]
    monkeypatch.setattr(Path, "home", lambda: home)
    note(Change("prompt", "Dear diary"))
    note(Change("prompt", "Diary"))
    note(SaveModel(home / "mine.rnnviz"))
    fault = report_fault(raised(), "the window goes on")
    assert fault.report is not None
    text = fault.report.read_text(encoding="utf-8")
    assert "iary" not in text
    assert "mine" not in text
    assert str(home) not in text
    assert "~" + os.sep + str(Path(__file__).relative_to(home)) in text


def test_only_the_last_commands_and_the_newest_reports_are_kept(own_reports: Path) -> None:
    for number in range(9):
        note(Train(number))
    for number in range(25):
        report_fault(raised(type(f"Fault{number}", (ValueError,), {})), "the window goes on")
    reports = list(own_reports.iterdir())
    assert len(reports) == 20
    asked = reports[0].read_text(encoding="utf-8").partition("What was asked for last:")[2]
    assert [int(n) for n in re.findall(r"Train\(steps=(\d)", asked)] == [4, 5, 6, 7, 8]


def test_a_fault_that_comes_back_has_its_report_already(own_reports: Path) -> None:
    faults = [report_fault(raised(message=f"odd {n}"), "the window goes on") for n in range(30)]
    assert len({fault.report for fault in faults}) == len(list(own_reports.iterdir())) == 1
    assert "odd 29" in faults[-1].sentence
    faults[0].report.unlink()
    assert report_fault(raised(), "the window goes on").report.exists()


def test_where_none_can_be_written_the_trace_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv(fault_reports.HOME_VARIABLE, os.devnull)
    fault = report_fault(raised(), "the window goes on")
    assert fault.report is None
    assert fault.sentence.endswith("the window goes on.")
    assert "in raised" in capsys.readouterr().err


_CRASHES = """
import ctypes, sys
from pathlib import Path
from rnnviz.storage.fault_reports import watch_for_crashes
watch_for_crashes(Path(sys.argv[1]))
if sys.argv[2] == "crash":
    ctypes.string_at(0)
"""


@pytest.mark.parametrize("crashes", [True, False])
def test_a_crash_of_python_itself_is_reported(
    crashes: bool, tmp_path: Path, own_reports: Path
) -> None:
    path = tmp_path / "it.crash"
    words = [sys.executable, "-c", _CRASHES, str(path), "crash" if crashes else "not"]
    ended = subprocess.run(words, capture_output=True, check=False)
    assert (ended.returncode != 0) == crashes
    report = collect_crash(path)
    assert not path.exists()
    if not crashes:
        assert report is None
        return
    assert report is not None
    assert report.parent == own_reports
    assert "string_at" in report.read_text(encoding="utf-8")


def test_what_is_not_there_is_no_crash(tmp_path: Path) -> None:
    assert collect_crash(tmp_path / "none.crash") is None
