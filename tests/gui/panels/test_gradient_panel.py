"""What Gradient through time shows of a run: shares of the first size, and what is usual."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QAction

from rnnviz.core.cells import CELLS
from rnnviz.data.text.source import TextSource
from rnnviz.diagnostics.gradient_flow import GradientFlow
from rnnviz.gui.panels.gradient_panel import GradientPanel
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import NewRun, TakeStep
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.kinds.diagnostic import Measurements
from rnnviz.training.record.gradient_history import GradientHistory, RecentGradients
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot


@pytest.fixture
def panel(qtbot) -> GradientPanel:
    panel = GradientPanel(Theme())
    qtbot.addWidget(panel)
    panel.resize(560, 240)
    panel.show()
    return panel


def run_of(steps: int, **settings: object) -> Snapshot:
    session = Session()
    changes = {"hidden_size": 12, "sequence_length": 9} | settings
    session.apply(NewRun(Configuration.from_mapping(Configuration().to_mapping() | changes)))
    for _ in range(steps):
        session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def with_gradient(snapshot: Snapshot, sizes: np.ndarray) -> Snapshot:
    """Return the snapshot as if these had been the gradient's sizes (T,) in its window."""
    flow = GradientFlow(from_last={"h": sizes[None]}, total={"h": sizes[None]})
    measured = Measurements({GRADIENT_FLOW: flow})
    return replace(snapshot, window=replace(snapshot.window, measured=measured))


def switch(panel: GradientPanel, name: str) -> None:
    panel.findChild(QAction, name).trigger()


def hovered(panel: GradientPanel, place: int) -> list[str]:
    return panel.view._readout(float(place), 0.0).splitlines()


@pytest.mark.parametrize(("corpus", "noun"), [("hello", "game"), ("adding", "text")])
def test_it_speaks_of_what_is_learned_where_all_errors_are_added_up(
    panel, monkeypatch, corpus, noun
):
    monkeypatch.setattr(TextSource, "noun", "game")
    panel.show_snapshot(run_of(1, corpus=corpus))
    assert f"In a {noun}, every " in panel.explanation
    assert "In a task, only the last answers feed it." in panel.explanation


def test_a_small_error_does_not_look_like_a_short_memory(panel):
    snapshot = run_of(3)
    sizes = np.geomspace(0.5, 1, 9)
    panel.show_snapshot(with_gradient(snapshot, 1e-9 * sizes))
    np.testing.assert_allclose(panel._from_last["h"].y, sizes)
    assert panel.view.mapping.y.axis.label == "gradient / first size"
    assert hovered(panel, 8)[1] == "from the last step only: 1.00 times its first size"
    switch(panel, "gradient_flow_absolute")
    np.testing.assert_allclose(panel._from_last["h"].y, 1e-9 * sizes)
    assert panel.view.mapping.y.axis.label == "gradient norm"
    assert "first size" not in hovered(panel, 8)[1]


@pytest.mark.parametrize("cell", CELLS)
def test_the_band_is_where_four_fifths_of_the_last_windows_lie(panel, cell):
    snapshot = run_of(12, cell=cell)
    panel.show_snapshot(snapshot)
    recent = snapshot.recent_gradients
    for absolute in (False, True):
        for state in panel.chooser.states:
            low, median, high = recent.quantiles(
                f"{state}1", (0.1, 0.5, 0.9), relative=not absolute
            )
            band = panel._spread[state]
            assert np.array_equal(band.low, low[::-1], equal_nan=True)
            assert np.array_equal(band.high, high[::-1], equal_nan=True)
            (said,) = (line for line in hovered(panel, 3) if line.startswith(band.name))
            assert "last 12 windows" in band.name
            assert f"median {median[::-1][3]:.3g}".rstrip("0") in said
        switch(panel, "gradient_flow_absolute")


def test_the_axis_follows_what_is_usual_and_an_unusual_window_ends_in_an_arrow(panel):
    snapshot = run_of(12)
    panel.show_snapshot(snapshot)
    usual = panel.view.mapping.y.range.low, panel.view.mapping.y.range.high
    assert panel._from_last["h"].arrows == 0
    panel.show_snapshot(with_gradient(snapshot, np.geomspace(1e-30, 1, 9)))
    assert (panel.view.mapping.y.range.low, panel.view.mapping.y.range.high) == usual
    curve = panel._from_last["h"]
    assert curve.arrows == 1
    assert not np.isfinite(curve.pixels[1][0]), "no dot on the floor"
    assert hovered(panel, 0)[1] == "from the last step only: <10⁻¹²"


def test_where_all_have_vanished_no_band_lies_on_the_floor(panel):
    snapshot = run_of(3)
    recent = snapshot.recent_gradients
    gone = np.broadcast_to(np.array([0, -3, -6, *[-30] * 6], np.float32), recent.logarithms.shape)
    panel.show_snapshot(replace(snapshot, recent_gradients=replace(recent, logarithms=gone)))
    band = panel._spread["h"]
    assert np.isfinite(band.high).tolist() == [False] * 6 + [True] * 3
    assert panel.view.mapping.y.range.low == -12
    assert "median <10⁻¹²" in hovered(panel, 0)[-1]


def test_the_axis_is_that_of_the_last_windows_and_not_of_all_before(panel):
    snapshot = run_of(3)
    recent = snapshot.recent_gradients
    wild = np.broadcast_to(np.linspace(0, -11, 9, dtype=np.float32), recent.logarithms.shape)
    panel.show_snapshot(replace(snapshot, recent_gradients=replace(recent, logarithms=wild)))
    assert panel.view.mapping.y.range.low <= -11
    panel.show_snapshot(snapshot)
    low = np.log10(panel._spread["h"].low.min())
    assert panel.view.mapping.y.range.low >= min(np.floor(low), -3)


def test_of_no_error_at_all_there_is_no_share(panel):
    snapshot = run_of(3)
    panel.show_snapshot(with_gradient(snapshot, np.zeros(9)))
    assert "error is 0" in panel.view._frame.note("top_left")
    panel.show_snapshot(snapshot)
    assert panel.view._frame.note("top_left") == ""


def test_a_state_that_is_read_one_step_later_is_drawn_from_its_first_size_above_0(panel):
    snapshot = run_of(3, cell="lstm")
    panel.show_snapshot(snapshot)
    assert panel.view._frame.note("top_left") == ""
    sizes = {"h": np.geomspace(0.01, 1, 9)[None], "c": np.array([[*np.geomspace(0.5, 2, 8), 0.0]])}
    measured = Measurements({GRADIENT_FLOW: GradientFlow(from_last=sizes, total=sizes)})
    recent = RecentGradients(GradientHistory(("h1", "c1")))
    recent.append(3, np.concatenate(list(sizes.values())))
    shown = replace(
        snapshot,
        window=replace(snapshot.window, measured=measured),
        recent_gradients=recent.view(),
    )
    panel.show_snapshot(shown)
    expected = [*np.geomspace(0.25, 1, 8), np.nan]
    np.testing.assert_allclose(panel._from_last["c"].y, expected)
    np.testing.assert_allclose(panel._spread["c"].high, expected, rtol=1e-5)
    assert panel.view.mapping.y.range.low >= -3
    note = "dL/dc is 0 at the loss itself: relative to its first size above 0"
    assert panel.view._frame.note("top_left") == note
    switch(panel, "gradient_total")
    np.testing.assert_allclose(panel._total["c"].y, expected)
    assert panel.view.mapping.y.range.low >= -3
    switch(panel, "gradient_flow_absolute")
    np.testing.assert_allclose(panel._from_last["c"].y[:-1], sizes["c"][0, :-1])
    assert np.isnan(panel._from_last["c"].y[-1])
    assert panel.view.mapping.y.range.low >= -3
    assert panel.view._frame.note("top_left") == ""


def test_only_where_nothing_of_the_hidden_state_goes_back_is_the_error_said_to_be_0(panel):
    snapshot = run_of(3, cell="lstm")
    for hidden, note in ((1.0, ""), (0.0, "the last error is 0: nothing goes back")):
        sizes = {"h": np.full((1, 9), hidden), "c": np.zeros((1, 9))}
        measured = Measurements({GRADIENT_FLOW: GradientFlow(from_last=sizes, total=sizes)})
        window = replace(snapshot.window, measured=measured)
        panel.show_snapshot(replace(snapshot, window=window))
        assert panel.view._frame.note("top_left") == note


def test_windows_of_another_length_are_not_laid_over_this_one(panel):
    snapshot = run_of(3)
    panel.show_snapshot(with_gradient(snapshot, np.ones(9)))
    assert len(panel._spread["h"].x) == 9
    window = replace(snapshot.window, tokens=snapshot.window.tokens[:5])
    shorter = with_gradient(replace(snapshot, window=window), np.ones(5))
    panel.show_snapshot(shorter)
    assert len(panel._spread["h"].x) == 0


def test_the_band_of_longer_windows_ends_where_a_shorter_watched_text_begins(panel):
    snapshot = run_of(3)
    panel.show_snapshot(with_gradient(snapshot, np.ones(9)))
    whole = panel._spread["h"].x
    assert len(whole) == 9
    tokens = snapshot.window.tokens[:5]
    window = replace(snapshot.window, tokens=tokens, is_watched_text=True)
    panel.show_snapshot(with_gradient(replace(snapshot, window=window), np.ones(5)))
    assert panel._spread["h"].x.tolist() == [0, 1, 2, 3, 4]
