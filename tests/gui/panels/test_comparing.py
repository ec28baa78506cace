"""Panels that compare show every run in one plot, and one run as they always did."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from rnnviz.gui.panels.base.comparison import Comparison, Trace
from rnnviz.gui.panels.base.plot_panel import PlotPanel
from rnnviz.gui.panels.base.shown_run import Found, ShownRun
from rnnviz.gui.panels.base.small_multiples import SmallMultiples
from rnnviz.gui.panels.clipping_panel import ClippingPanel
from rnnviz.gui.panels.gradient_history_panel import GradientHistoryPanel
from rnnviz.gui.panels.gradient_panel import GradientPanel
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.panels.saturation_panel import SaturationPanel
from rnnviz.gui.panels.spectrum_panel import SpectrumPanel
from rnnviz.gui.panels.updates_panel import UpdatesPanel
from rnnviz.gui.plotting import Axis, RunCurve
from rnnviz.gui.plotting.axes.training_axis import STEPS, TrainingAxis
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import Theme
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

# Those that show runs side by side are tested in base/test_small_multiples.py.
KINDS = [
    kind.make for kind in PANELS if kind.make.compares and not issubclass(kind.make, SmallMultiples)
]
# A new one whose axis is the window's steps stands beside the gradient's here.
OVER_TRAINING = [kind for kind in KINDS if kind not in (GradientPanel,)]
CHANGES = (
    {"cell": "lstm"},
    {"cell": "vanilla"},
    {"cell": "gru"},
    {"cell": "vanilla", "activation": "relu", "seed": 3},
    {"cell": "lstm", "num_layers": 2},
    {"cell": "gru", "sequence_length": 9},
    {"cell": "vanilla", "hidden_size": 7},
    {"cell": "lstm", "seed": 5},
)


@cache
def snapshot_of(number: int) -> Snapshot:
    """Return a tiny network's, after some forty steps."""
    changes = {"hidden_size": 5, "sequence_length": 6, "batch_size": 1, "validation_interval": 10}
    session = Session()
    mapping = Configuration().to_mapping() | changes | CHANGES[number]
    session.apply(NewRun(Configuration.from_mapping(mapping)))
    for _ in range(40 + 3 * number):
        session.trainer.step(EVERYTHING, noted=EVERYTHING)
    session.trainer.observe(EVERYTHING)
    return session.snapshot()


def shown(number: int) -> ShownRun:
    name = f"run {number + 1}"
    return ShownRun(str(number), name, SIGNS[number], snapshot_of(number))


def runs(count: int) -> list[ShownRun]:
    return [shown(number) for number in range(count)]


def new_panel(qtbot, kind: type[PlotPanel]) -> PlotPanel:
    panel = kind(Theme())
    qtbot.addWidget(panel)
    panel.resize(900, 420)
    panel.show()
    if kind in (SaturationPanel, SpectrumPanel):
        panel.chooser._switches[0].setChecked(True)
    return panel


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def panel(qtbot, request: pytest.FixtureRequest) -> PlotPanel:
    return new_panel(qtbot, request.param)


def picture(panel: PlotPanel) -> QImage:
    panel.plot_view.place_labels()
    return panel.plot_view.grab().toImage()


def curves(panel: PlotPanel) -> list[RunCurve]:
    return [
        item
        for item in panel.plot_view.items_shown
        if isinstance(item, RunCurve) and len(item.x) and not item._hollow
    ]


def draw(panel: PlotPanel, compared: Sequence[ShownRun], front: int = 0) -> None:
    panel.show_runs(compared[front], compared)


def test_six_panels_at_least_compare_in_one_plot() -> None:
    over_training = {LossPanel, ClippingPanel, UpdatesPanel, SaturationPanel, SpectrumPanel}
    assert set(KINDS) >= over_training | {GradientPanel}


def test_one_run_looks_as_it_does_without_a_list_of_runs(qtbot, panel: PlotPanel) -> None:
    draw(panel, runs(1))
    other = new_panel(qtbot, type(panel))
    other.show_snapshot(snapshot_of(0))
    assert panel.plot_view.items_shown
    assert len(panel.plot_view.items_shown) == len(other.plot_view.items_shown)
    assert picture(panel) == picture(other)


@pytest.mark.parametrize("count", [2, 3, 8])
def test_each_run_has_a_curve_in_its_sign_and_its_name(panel: PlotPanel, count: int) -> None:
    compared = runs(count)
    draw(panel, compared)
    for run in compared:
        own = [curve for curve in curves(panel) if run.name in curve.name]
        assert own, f"{run.name} is not to be seen"
        for curve in own:
            flow = curve._flow
            assert curve.color == panel.theme.palette.shade(flow, run.sign.shade)
            assert run.name in curve.label
    assert len({curve.sign for curve in curves(panel)}) == count


def test_the_one_in_front_is_thicker_and_lies_above_the_others(panel: PlotPanel) -> None:
    draw(panel, runs(3), front=1)
    (front,) = {curve for curve in curves(panel) if "run 2" in curve.name and curve.name[-1] != "W"}
    for other in curves(panel):
        if "run 2" not in other.name:
            assert front._width > other._width
            assert front.graphics[0].zValue() > other.graphics[0].zValue()


@pytest.mark.parametrize("kind", OVER_TRAINING)
def test_the_ranges_hold_all_runs(qtbot, kind: type[PlotPanel]) -> None:
    panel = new_panel(qtbot, kind)
    draw(panel, runs(8))
    mapping = panel.plot_view.mapping
    for curve in curves(panel):
        assert mapping.x.contains(float(curve.x[-1]))
        known = curve.y[np.isfinite(curve.y)]
        assert mapping.y.contains(float(known[-1]))


def test_windows_of_other_lengths_end_at_the_same_place(qtbot) -> None:
    panel = new_panel(qtbot, GradientPanel)
    draw(panel, runs(6))
    ends = {float(curve.x[-1]) for curve in curves(panel)}
    assert ends == {5.0}
    longest = next(curve for curve in curves(panel) if "run 6" in curve.name)
    assert longest.x[0] == -3.0
    assert panel.plot_view.mapping.x.contains(-3.0)


def test_runs_that_go_leave_the_plot_as_it_was_before_them(qtbot, panel: PlotPanel) -> None:
    draw(panel, runs(8))
    draw(panel, runs(2))
    assert {name for curve in curves(panel) for name in ("run 1", "run 2") if name in curve.name}
    assert not [curve for curve in curves(panel) if "run 3" in curve.name]
    draw(panel, runs(1))
    assert not curves(panel)
    panel.plot_view.reset_ranges()
    draw(panel, runs(1))
    other = new_panel(qtbot, type(panel))
    draw(other, runs(1))
    for each in (panel, other):
        each.plot_view._frame.forget_margins()
        each.plot_view.lay_out()
        each.plot_view.settle_labels()
    assert picture(panel) == picture(other)


def test_a_run_whose_snapshot_lacks_what_is_compared_is_left_out(panel: PlotPanel) -> None:
    bare = replace(shown(1).snapshot, recorded={}, window=None, series={})
    compared = [shown(0), replace(shown(1), snapshot=bare), shown(2)]
    draw(panel, compared)
    assert not [curve for curve in curves(panel) if "run 2" in curve.name]
    assert [curve for curve in curves(panel) if "run 3" in curve.name]


def test_a_sign_that_the_person_chose_is_taken_at_once(panel: PlotPanel) -> None:
    draw(panel, runs(2))
    draw(panel, [shown(0), replace(shown(1), sign=SIGNS[6])])
    assert {curve.sign for curve in curves(panel) if "run 2" in curve.name} == {SIGNS[6]}


def test_a_table_has_every_run_in_a_column_of_its_name(panel: PlotPanel) -> None:
    draw(panel, runs(3))
    head, *rows = csv.reader(io.StringIO(panel.csv()))
    for run in runs(3):
        (column, *_) = (n for n, name in enumerate(head) if run.name in name)
        values = [float(row[column]) for row in rows if row[column]]
        drawn = next(curve for curve in curves(panel) if curve.name == head[column])
        known = drawn.y[np.isfinite(drawn.y)]
        assert values == pytest.approx(known.tolist())
    assert len(set(head)) == len(head)


def test_pointing_at_a_curve_says_whose_it_is(qtbot) -> None:
    panel = new_panel(qtbot, LossPanel)
    draw(panel, runs(3))
    for curve in curves(panel):
        middle = len(curve.pixels[0]) // 3
        pixel, height = curve.pixels[0][middle], curve.pixels[1][middle]
        others = [other for other in curves(panel) if other is not curve]
        if min(other.distance(pixel, height) for other in others) < 2:
            continue
        panel.view._hover.follow(QPointF(pixel, height))
        (pointed,) = (line for line in panel.view.hover_text.splitlines() if line[0] == "▸")
        assert curve.label in pointed


def test_beyond_its_end_nothing_is_said_of_a_run(qtbot) -> None:
    panel = new_panel(qtbot, LossPanel)
    draw(panel, runs(8))
    said = panel.view._readout(60.0, 1.0)
    assert "run 8" in said
    assert "run 1" not in said


def test_what_is_said_of_the_run_in_front_alone_says_whose_it_is(qtbot) -> None:
    loss, clipping = new_panel(qtbot, LossPanel), new_panel(qtbot, ClippingPanel)
    for panel, said in ((loss, "this step's own: "), (clipping, "not clipped")):
        draw(panel, runs(1))
        assert f"\n{said}" in panel.view._readout(20.0, 1.0)
        draw(panel, runs(3), front=1)
        assert f"\nrun 2: {said}" in panel.view._readout(20.0, 1.0)
    assert loss.subtitle.startswith("run 2: ")


def test_losses_in_another_unit_are_not_compared(qtbot) -> None:
    panel = new_panel(qtbot, LossPanel)
    session = Session()
    task = Configuration().to_mapping() | {"corpus": "adding", "hidden_size": 4}
    session.apply(NewRun(Configuration.from_mapping(task)))
    for _ in range(5):
        session.trainer.step()
    adding = replace(shown(1), snapshot=session.snapshot())
    assert adding.snapshot.get(HISTORY) is not None
    draw(panel, [shown(0), adding, shown(2)])
    assert not [curve for curve in curves(panel) if "run 2" in curve.name]


@pytest.mark.parametrize("kind", OVER_TRAINING)
def test_steps_can_be_drawn_over_the_tokens_that_they_took(qtbot, kind: type[PlotPanel]) -> None:
    panel = new_panel(qtbot, kind)
    draw(panel, runs(8))
    by_steps = {curve.name: curve.x for curve in curves(panel)}
    panel.set_axis(TrainingAxis("tokens"))
    mapping = panel.plot_view.mapping
    assert mapping.x.axis.label == "tokens trained on"
    for curve in curves(panel):
        number = next(n for n in range(8) if f"run {n + 1}" in curve.name)
        window = CHANGES[number].get("sequence_length", 6)
        assert curve.x == pytest.approx(window * by_steps[curve.name])
        assert mapping.x.contains(float(curve.x[-1]))
    panel.set_axis(TrainingAxis())
    assert all(np.array_equal(curve.x, by_steps[curve.name]) for curve in curves(panel))


def test_one_run_can_be_drawn_over_tokens_and_still_tells_its_steps(qtbot) -> None:
    panel = new_panel(qtbot, LossPanel)
    draw(panel, runs(1))
    panel.set_axis(TrainingAxis("tokens"))
    step = panel._steps[20]
    assert panel._curve.x[20] == 6 * step
    said = panel.view._readout(6.0 * step, 0.0)
    assert said.startswith(f"tokens trained on {int(6 * step)}")
    assert f"at step {int(panel._held_out_steps[1])}" in said


def test_a_gradient_in_its_window_is_drawn_over_no_steps_at_all(qtbot) -> None:
    panel = new_panel(qtbot, GradientPanel)
    draw(panel, runs(3))
    before = [curve.x for curve in curves(panel)]
    panel.set_axis(TrainingAxis("tokens"))
    assert all(np.array_equal(a.x, b) for a, b in zip(curves(panel), before, strict=True))


class PanelOfOneFile(PlotPanel):
    """What a new panel that compares has to say."""

    compares = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            object_name="epoch_panel",
            title="Epoch",
            subtitle="",
            explanation="How far it read.",
            x=STEPS,
            y=Axis(),
            plot_title="Epoch",
        )
        self.curve = self.view.add_curve("epoch", "forward")
        self.compare(Comparison(self.view, "epoch", "forward", self.trace, alone=[self.curve]))

    def trace(self, snapshot: Snapshot, _front: Snapshot) -> Trace:
        x = np.array([0.0, snapshot.step])
        return Trace(x, x / 7, (0.0, snapshot.step / 7))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        own = self.trace(snapshot, snapshot)
        self.view.set_x_range(0, own.x[-1])
        self.view.set_y_range(*own.span)
        self.curve.set_data(own.x, own.y)


def test_what_is_of_one_run_is_not_said_to_be_of_several(qtbot) -> None:
    panel = new_panel(qtbot, SaturationPanel)
    draw(panel, runs(2))
    assert "This plot compares several runs" in panel.explanation
    panel.chooser._switches[0].trigger()
    draw(panel, runs(2))
    assert "This plot compares several runs" not in panel.explanation
    history = new_panel(qtbot, GradientHistoryPanel)
    draw(history, runs(2))
    assert "This plot compares several runs" not in history.explanation


def test_choosing_something_else_chooses_it_for_all_runs(qtbot) -> None:
    panel = new_panel(qtbot, GradientPanel)
    draw(panel, runs(3))
    before = [curve.y for curve in curves(panel)]
    panel.chooser._switches[2].trigger()
    assert panel.is_absolute
    for curve, old in zip(curves(panel), before, strict=True):
        assert not np.array_equal(curve.y, old)


def test_a_new_panel_that_compares_says_what_is_compared_and_no_more(qtbot) -> None:
    panel = new_panel(qtbot, PanelOfOneFile)
    draw(panel, runs(3))
    assert [curve.label for curve in curves(panel)] == ["run 1", "run 2", "run 3"]
    assert panel.view.mapping.x.contains(46.0)


def test_a_long_name_does_not_push_out_of_a_plot_what_is_said_of_its_run(qtbot):
    panel, (one, other) = new_panel(qtbot, ClippingPanel), runs(2)
    draw(panel, [one, other])
    assert panel.view._frame.note("bottom_left").startswith("run 1: ▾ clipped steps")
    long = replace(one, name="LSTM, 2 layers, 1,024 units, learning rate 0.0001, " * 4)
    draw(panel, [long, other])
    assert panel.view._frame.note("bottom_left").startswith("▾ clipped steps")


# -- claims ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        (LossPanel, Claim("loss", 20, above=0)),
        (GradientPanel, Claim("gradient_ratio", 20, above=0, lag=3)),
        (ClippingPanel, Claim("clipped_share", 20, above=0)),
    ],
)
def test_what_was_found_of_each_run_is_marked_on_its_own_curve(qtbot, kind, claim):
    panel, compared = new_panel(qtbot, kind), runs(3)
    draw(panel, compared, front=1)
    drawn = [(curve.x, curve.y) for curve in curves(panel)]
    found = []
    for run, (x, y) in zip(compared, drawn, strict=True):
        at = {"loss": 20, "gradient_ratio": x[-1] - 3, "clipped_share": x[-1]}[claim.quantity]
        found.append(Found(run, Finding(claim, float(np.interp(at, x, y)))))
    panel.point_out(found[1], [found[0], found[2]])
    said = panel._emphasis.words.splitlines()
    assert [line.split(":")[0] for line in said] == ["✓ run 2", "✓ run 1", "✓ run 3"]
    for one, (x, y) in zip(found, drawn, strict=True):
        place_x, place_y = panel.place_in_plot(one)
        assert np.interp(place_x, x, y) == pytest.approx(place_y, rel=1e-3)
        assert panel.view.mapping.rect.contains(panel.place_of(one))


def test_a_largest_norm_is_marked_where_the_run_had_it(qtbot):
    panel, compared = new_panel(qtbot, ClippingPanel), runs(2)
    draw(panel, compared)
    for run in compared:
        history = run.snapshot.get(HISTORY)
        found = Found(run, Finding(Claim("largest_norm", 20, above=0), 1.0))
        norms = history.norm_before.high
        assert panel.place_in_plot(found) == (history.steps[np.argmax(norms)], norms.max())


def test_what_a_plot_shows_of_the_run_in_front_alone_is_marked_of_it_alone(qtbot):
    panel, compared = SaturationPanel(Theme()), runs(2)
    qtbot.addWidget(panel)
    draw(panel, compared)
    own, other = (
        Found(run, Finding(Claim("saturated_share", 20, below=1), 0.5)) for run in compared
    )
    panel.point_out(own, [other])
    assert panel._emphasis.words.startswith("✓ saturated 50")
    panel.point_out(None, [other])
    assert panel._emphasis.steps_back
