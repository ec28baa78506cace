"""What is said while something takes its time."""

from __future__ import annotations

import pytest

from rnnviz.cli import console

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_REPAINT_SECONDS", "_QUIET_SECONDS", "_PATIENCE_SECONDS"):
        monkeypatch.setattr(console, name, 0.0)


def test_a_terminal_sees_one_line_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(console, "is_terminal", lambda: True)
    progress = console.ReadingProgress()
    progress(0.25, "Reading a.txt")
    progress(0.5, "Reading a\x1b[2J.txt")
    progress.close()
    shown = capsys.readouterr().err
    assert "Reading a.txt:  25%" in shown
    assert "Reading a?[2J.txt:  50%" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_a_file_sees_lines(capsys: Capture) -> None:
    progress = console.ReadingProgress()
    progress(0.25, "Reading a.txt")
    progress(0.5, "Reading a.txt")
    progress.close()
    assert capsys.readouterr().err == "Reading a.txt:  25%\nReading a.txt:  50%\n"


def test_what_is_quick_is_not_spoken_of(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(console, "_QUIET_SECONDS", 10.0)
    progress = console.ReadingProgress()
    progress(0.25, "Reading a.txt")
    progress.close()
    assert capsys.readouterr().err == ""


def test_training_without_a_terminal_says_how_far_it_is(capsys: Capture) -> None:
    with console.TrainingProgress(first_step=100, steps=50, tokens=2500) as progress:
        assert progress.is_due()
        progress.show(125, 3125, 1.5)
        progress.finish(150, 3750, 1.25)
    shown = capsys.readouterr().err
    assert shown.startswith("Step 125 of 150: loss 1.500, ")
    assert shown.endswith(" tokens/s.\n")
    assert shown.count("\n") == 1
