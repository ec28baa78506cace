"""Opening the window from the command line where there is no display."""

import sys

import pytest

from rnnviz.cli import FAILURE, main


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a display")
@pytest.mark.parametrize("display", [None, ":61234"])
def test_without_a_display_the_window_is_refused_in_a_sentence(monkeypatch, capsys, display):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    if display is not None:
        monkeypatch.setenv("DISPLAY", display)
    assert main([]) == FAILURE
    said = capsys.readouterr().err
    assert "no display" in said
    assert "rnnviz train --help" in said
    assert said.count("\n") == 1
