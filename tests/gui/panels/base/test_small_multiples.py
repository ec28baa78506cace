"""All compared runs side by side, made by real sessions of tiny networks."""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from rnnviz.gui.panels.base.multiples_grid import MultiplesGrid, _ways_to_say
from rnnviz.gui.panels.base.shown_run import Found, ShownRun
from rnnviz.gui.panels.base.small_multiples import SmallMultiples
from rnnviz.gui.panels.credit_panel import CreditPanel
from rnnviz.gui.panels.hidden_panel import HiddenPanel
from rnnviz.gui.panels.predictions_panel import PredictionsPanel
from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.panels.task.panel import TaskPanel
from rnnviz.gui.panels.text_panel import TextPanel
from rnnviz.gui.plotting import PlotView
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.widgets.emphasis import Emphasis
from rnnviz.gui.wording.runs import run_name
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.commands import NewRun, TakeStep
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.predictions import PREDICTIONS
from rnnviz.training.observation.diagnostics.text import TEXT
from rnnviz.training.observation.kinds.diagnostic import Measurements
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot

# The platform without a screen has neither size hints nor a keyboard to grab, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

KINDS = [kind.make for kind in PANELS if issubclass(kind.make, SmallMultiples)]
CELLS = ("vanilla", "lstm", "gru")


@cache
def snapshot_of(number: int, steps: int, settings: tuple[tuple[str, object], ...]) -> Snapshot:
    session = Session()
    wanted = {"hidden_size": 4 + number, "sequence_length": 8, "cell": CELLS[number % 3]}
    session.apply(NewRun(Configuration(**(wanted | dict(settings)))))
    for _ in range(steps):
        session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def a_run(number: int, steps: int | None = None, **settings: object) -> ShownRun:
    """Return the run of this number: a vanilla RNN, an LSTM, a GRU, a vanilla RNN ..."""
    snapshot = snapshot_of(number, number if steps is None else steps, tuple(settings.items()))
    return shown(number, snapshot)


def shown(number: int, snapshot: Snapshot) -> ShownRun:
    return ShownRun(str(number), run_name(snapshot.configuration), SIGNS[number], snapshot)


def runs(count: int, **settings: object) -> list[ShownRun]:
    return [a_run(number, **settings) for number in range(count)]


def settings_for(kind: type) -> dict[str, object]:
    if kind is TaskPanel:
        return {"corpus": "temporal-order", "sequence_length": 21}
    return {}


@pytest.fixture
def make(qtbot):
    def make_panel(kind, size=(900, 460)):
        panel = kind(Theme(ColorScheme.LIGHT))
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        QApplication.processEvents()
        return panel

    return make_panel


def draw(panel, compared: Sequence[ShownRun], front: int = 0) -> None:
    panel.show_runs(compared[front], compared)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def grid_of(panel) -> MultiplesGrid | None:
    return panel.findChild(MultiplesGrid)


def panels_in_order(panel) -> list:
    """Return the panel of each run that is seen, in the order in which they stand."""
    return [
        panel if cell.content is panel.of_one_run else cell.content for cell in grid_of(panel).shown
    ]


def said_by(panel, run: ShownRun) -> bool:
    """Tell whether what a panel shows is this run's."""
    snapshot = run.snapshot
    match panel:
        case HiddenPanel():
            values = snapshot.get(HIDDEN_STATE)["h"][0].T
            return np.array_equal(panel._heat_map.values, values)
        case CreditPanel():
            return np.array_equal(
                np.nan_to_num(panel._heat_map.values), snapshot.get(CREDIT).norms["h"][0]
            )
        case TextPanel():
            return panel.text == snapshot.get(TEXT).stream.text
        case PredictionsPanel():
            loss = -np.log(snapshot.get(PREDICTIONS).probabilities).mean()
            return panel.text.endswith(f"\n{loss:.2f} nats per character")
        case TaskPanel():
            (answer,) = snapshot.get(ANSWERS)
            return f"Right is {answer.expected}; it answers {answer.given}" in panel.text
    kind = type(panel).__name__
    raise AssertionError(f"said_by needs a case for {kind}: by what does it show a run's own?")


def test_five_panels_at_least_are_small_multiples():
    assert set(KINDS) >= {HiddenPanel, CreditPanel, TextPanel, PredictionsPanel, TaskPanel}
    assert all(kind.compares for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_one_run_alone_has_neither_a_grid_nor_another_parent(make, kind):
    panel = make(kind)
    parent = panel.of_one_run.parentWidget()
    widgets = panel.findChildren(QWidget)
    draw(panel, runs(1, **settings_for(kind)))
    assert grid_of(panel) is None
    assert panel.of_one_run.parentWidget() is parent
    assert said_by(panel, a_run(0, **settings_for(kind)))
    if kind is not TextPanel:
        # The text's buttons for samples come with them.
        assert panel.findChildren(QWidget) == widgets


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [2, 3, 8])
def test_every_run_is_shown_in_its_place_with_its_name_sign_and_step(make, kind, count):
    panel, compared = make(kind), runs(count, **settings_for(kind))
    draw(panel, compared, front=1)
    stand = panels_in_order(panel)
    assert len(stand) == count
    assert stand[1] is panel, "the run in front stays in its place in the list"
    for one, run, cell in zip(stand, compared, grid_of(panel).shown, strict=True):
        assert said_by(one, run)
        assert (cell.caption.name, cell.caption.sign) == (run.name, run.sign)
        assert cell.caption.step == run.snapshot.step
        assert cell.caption.in_front == (run is compared[1])


@pytest.mark.parametrize("kind", KINDS)
def test_runs_come_and_go_in_any_order_and_leave_nothing_behind(make, kind):
    panel, all_runs = make(kind), runs(8, **settings_for(kind))
    rng = random.Random(1)
    counts = []
    for _ in range(25):
        compared = sorted(rng.sample(all_runs, rng.randint(1, 8)), key=lambda run: run.identity)
        front = rng.randrange(len(compared))
        draw(panel, compared, front)
        for one, run in zip(panels_in_order(panel), compared, strict=True):
            assert said_by(one, run)
        draw(panel, all_runs[:1])
        assert len(panel.side_by_side) == 1
        counts.append(len(panel.findChildren(QObject)))
    assert len(set(counts[5:])) == 1, "what goes is deleted"
    panel.theme.set_scheme(ColorScheme.DARK)
    panel.theme.set_scale(1.5)
    assert said_by(panel, all_runs[0])


def test_a_run_keeps_its_widgets_while_others_come_and_go(make):
    panel = make(HiddenPanel)
    draw(panel, runs(3))
    third = panels_in_order(panel)[2]
    draw(panel, [a_run(0), a_run(2), a_run(3)])
    assert panels_in_order(panel)[1] is third
    draw(panel, [a_run(0), a_run(2)])
    assert panels_in_order(panel)[1] is third


@pytest.mark.parametrize("kind", KINDS)
def test_another_run_in_front_changes_no_places(make, kind):
    panel, compared = make(kind), runs(3, **settings_for(kind))
    for front in (0, 2, 1):
        draw(panel, compared, front)
        stand = panels_in_order(panel)
        assert stand[front] is panel
        assert all(said_by(one, run) for one, run in zip(stand, compared, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_things_in_a_panel_have_one_name(make, kind):
    panel = make(kind)
    draw(panel, runs(4, **settings_for(kind)))
    names = [child.objectName() for child in panel.findChildren(QObject)]
    names = [name for name in names if name and not name.startswith("qt_")]
    apart = [name for name in names if not name.startswith(("emphasis",))]
    assert len(set(apart)) == len(apart)


def test_only_the_hosts_controls_can_be_seen_and_reached(make):
    panel = make(TextPanel)
    draw(panel, runs(3))
    for guest in panel.guests:
        assert not [b for b in guest.findChildren(QPushButton) if b.isVisible()]
        assert not guest._header.isVisible()


@pytest.mark.parametrize("kind", KINDS)
def test_who_cannot_see_the_captions_is_told_whose_each_is(make, kind):
    panel, compared = make(kind), runs(3, **settings_for(kind))

    def spoken() -> list[str]:
        return [(one.plot_view or one.of_one_run).accessibleName() for one in panel.side_by_side]

    draw(panel, compared[:1])
    (alone,) = spoken()
    draw(panel, compared, front=1)
    assert set(spoken()) == {f"{alone}, {run.name}" for run in compared}
    draw(panel, compared[:1])
    assert spoken() == [alone]


class StepPanel(SmallMultiples):
    """As little as a panel can be that shows several runs side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, object_name="step_panel", title="Step")
        self.set_body(QLabel())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.of_one_run.setText(f"after {snapshot.step} steps")


def test_a_panel_that_can_be_made_from_a_theme_needs_nothing_else(make):
    panel = make(StepPanel)
    draw(panel, [a_run(number, steps=number) for number in range(3)])
    said = [one.of_one_run.text() for one in panels_in_order(panel)]
    assert said == ["after 0 steps", "after 1 steps", "after 2 steps"]


# -- the same scale -------------------------------------------------------------------------------


def test_colours_mean_the_same_in_all_runs_and_shrink_when_the_widest_goes(make):
    panel = make(HiddenPanel)
    draw(panel, [a_run(1), a_run(2)])
    assert {one._heat_map.levels for one in panel.side_by_side} == {(-1.0, 1.0)}
    draw(panel, [wild_run(), a_run(1), a_run(2)], front=1)
    levels = {one._heat_map.levels for one in panel.side_by_side}
    assert len(levels) == 1
    assert levels.pop()[1] >= 40
    draw(panel, [replace_run(a_run(1)), a_run(2)])
    assert {one._heat_map.levels for one in panel.side_by_side} == {(-1.0, 1.0)}


def wild_run() -> ShownRun:
    """Return a run whose units have no upper end, and went far."""
    wild = a_run(0, activation="relu")
    values = wild.snapshot.get(HIDDEN_STATE)
    large = Measurements({HIDDEN_STATE: {name: 40 * np.sign(v) for name, v in values.items()}})
    window = replace(wild.snapshot.window, measured=large)
    return shown(0, replace(wild.snapshot, window=window))


def replace_run(run: ShownRun) -> ShownRun:
    """Return the same run with a newer snapshot."""
    return replace(run, snapshot=replace(run.snapshot))


@pytest.mark.parametrize("kind", [HiddenPanel, CreditPanel])
def test_one_bar_at_the_end_of_each_row_explains_the_colours_of_all(make, kind):
    panel = make(kind)
    draw(panel, runs(8))
    stand = panels_in_order(panel)
    assert [one.view._frame.color_bar._bar.isVisible() for one in stand] == [
        cell.ends_row for cell in grid_of(panel).shown
    ]
    widths = [one.view.mapping.rect.width() for one in stand]
    assert max(widths) - min(widths) <= 2, "all pictures are of one size"
    draw(panel, runs(1))
    assert panel.view._frame.color_bar._bar.isVisible()


def test_a_new_picture_lays_nothing_out_again(make, monkeypatch):
    panel = make(HiddenPanel)
    compared = [wild_run(), a_run(1), a_run(2)]
    draw(panel, compared)
    draw(panel, [replace_run(run) for run in compared])
    laid_out = []
    for one in panel.side_by_side:
        monkeypatch.setattr(one.view, "lay_out", lambda **_: laid_out.append(1))
    draw(panel, [replace_run(run) for run in compared])
    assert not laid_out


@pytest.mark.parametrize("kind", [HiddenPanel, CreditPanel])
def test_all_runs_are_looked_at_in_the_same_place(make, qtbot, kind):
    panel = make(kind)
    draw(panel, runs(2))
    first, second = (one.view for one in panels_in_order(panel))
    qtbot.keyClick(second, Qt.Key.Key_Plus)
    looked_at = second.mapping.x.low, second.mapping.x.high
    assert (first.mapping.x.low, first.mapping.x.high) == pytest.approx(looked_at)
    assert not first.mapping.y.range.is_held
    # A run that joins them is looked at there, too.
    draw(panel, runs(3))
    third = panels_in_order(panel)[2].view
    assert (third.mapping.x.low, third.mapping.x.high) == pytest.approx(looked_at)
    # One that has gone does not matter any more.
    draw(panel, runs(1))
    draw(panel, runs(2))
    stand = [one.view for one in panels_in_order(panel)]
    qtbot.keyClick(stand[0], Qt.Key.Key_Plus)
    looked_at = stand[0].mapping.x.low, stand[0].mapping.x.high
    assert (stand[1].mapping.x.low, stand[1].mapping.x.high) == pytest.approx(looked_at)
    qtbot.keyClick(stand[1], Qt.Key.Key_Home)
    assert not any(one.view.mapping.x.range.is_held for one in panels_in_order(panel))


# -- what is chosen -------------------------------------------------------------------------------


def pill(panel, name: str) -> QPushButton:
    return panel.findChild(QPushButton, f"{panel.objectName()}_{name}_pill")


@pytest.mark.parametrize("kind", [HiddenPanel, CreditPanel])
@pytest.mark.parametrize("front", [0, 1])
def test_what_any_run_has_can_be_chosen_and_who_has_it_not_says_so(make, kind, front):
    panel, compared = make(kind), [a_run(0), a_run(1), a_run(2)]
    draw(panel, compared, front)
    pill(panel, "state_c").click()
    vanilla, lstm, gru = panels_in_order(panel)
    assert [one.missing for one in (vanilla, lstm, gru)] == [
        "no cell state c",
        "",
        "no cell state c",
    ]
    assert vanilla.view._message.text == "no cell state c"
    assert lstm.view._message.text == ""
    assert panel.subtitle == "cell state c"
    rows = list(csv.DictReader(io.StringIO(panel.export_csv())))
    assert {row["run"] for row in rows} == {"LSTM, 5 units"}
    # It is still chosen when another snapshot, or another run, comes.
    draw(panel, [replace_run(run) for run in (*compared, a_run(4))], front)
    assert [not one.missing for one in panels_in_order(panel)] == [False, True, False, True]
    pill(panel, "state_h").click()
    assert all(
        said_by(one, run) for one, run in zip(panels_in_order(panel), compared, strict=False)
    )
    pill(panel, "state_c").click()
    draw(panel, [a_run(0), a_run(2)])
    assert [one.missing for one in panels_in_order(panel)] == ["", ""], "none has c any more"


@pytest.mark.parametrize("kind", [HiddenPanel, CreditPanel])
def test_a_layer_that_only_one_run_has_can_be_chosen(make, kind):
    panel = make(kind)
    compared = [a_run(2), a_run(5, num_layers=3)]
    draw(panel, compared)
    assert all(said_by(one, run) for one, run in zip(panels_in_order(panel), compared, strict=True))
    pill(panel, "layer_3").click()
    assert [one.missing for one in panels_in_order(panel)] == ["no layer 3", ""]
    draw(panel, compared[:1])
    assert panel.missing == ""
    assert said_by(panel, compared[0])


def test_of_all_runs_the_sample_of_one_step_is_shown(make):
    panel = make(TextPanel)
    compared = [a_run(0, steps=100), a_run(1, steps=100), a_run(2, steps=3)]
    draw(panel, compared)
    panel._choose(100)
    first, second, third = panels_in_order(panel)
    for one, run in ((first, compared[0]), (second, compared[1])):
        sample = next(s for s in run.snapshot.get(TEXT).samples if s.step == 100)
        assert one.text == sample.text
    assert third.text == "What it writes at step 100 is still to come."
    draw(panel, [*compared, a_run(3, steps=100)])
    assert "step" not in panels_in_order(panel)[3].text, "one that joins shows the same sample"
    panel._choose(None)
    assert all(
        said_by(one, run) for one, run in zip(panels_in_order(panel), compared, strict=False)
    )


def test_the_row_of_samples_has_the_room_of_the_panel_and_not_of_one_text(make, qtbot):
    panel = make(TextPanel)
    compared = [a_run(0, steps=100), a_run(1, steps=100), a_run(2, steps=100)]
    draw(panel, compared)
    chip = panel.findChild(QPushButton, "sample_100")
    qtbot.waitUntil(chip.isVisible)
    qtbot.waitUntil(lambda: panel._legend.text() != "")


def test_a_rival_of_another_kind_says_that_it_has_nothing_to_show(make):
    text, task = a_run(0), a_run(1, corpus="temporal-order", sequence_length=21)
    panel = make(TextPanel)
    draw(panel, [text, task])
    assert panels_in_order(panel)[1].text == (
        "It was made for the task temporal order: it writes no text."
    )
    panel = make(TaskPanel)
    draw(panel, [task, text])
    assert "This run learns a text." in panels_in_order(panel)[1].text


# -- steps, and what is still to come -------------------------------------------------------------


def test_names_that_have_no_room_are_cut_to_differ(make):
    panel = make(HiddenPanel, (420, 300))
    rates = [f"learning rate {rate}, clip gradients none" for rate in (0.1, 0.37)]
    draw(panel, [replace(run, name=name) for run, name in zip(runs(2), rates, strict=True)])
    said = [cell._name.text() for cell in grid_of(panel).shown]
    assert "…" in said[0]
    assert said[0] != said[1]
    assert [cell._name.toolTip() for cell in grid_of(panel).shown] == rates


def test_steps_are_told_where_they_differ_or_may_at_any_moment(make):
    panel = make(HiddenPanel)

    def steps() -> list[int | None]:
        return [cell.caption.step for cell in grid_of(panel).shown]

    draw(panel, [a_run(0, steps=2), a_run(1, steps=2)])
    assert steps() == [None, None]
    draw(panel, [a_run(0, steps=2), a_run(1, steps=3)])
    assert steps() == [2, 3]
    running = a_run(1, steps=2)
    running = replace(running, snapshot=replace(running.snapshot, state=RunState.RUNNING))
    draw(panel, [a_run(0, steps=2), running])
    assert steps() == [2, 2]


def test_a_picture_that_is_behind_says_its_own_step_and_the_title_says_none(make):
    panel = make(HiddenPanel)
    late = a_run(0, steps=2)
    late = replace(late, snapshot=replace(late.snapshot, step=40))
    draw(panel, [late, a_run(1, steps=3)])
    panel.say_behind(2)
    assert [cell.caption.step for cell in grid_of(panel).shown] == [2, 3]
    assert "of step" not in panel.subtitle
    draw(panel, [late])
    panel.say_behind(2)
    assert panel.subtitle.startswith("of step 2, ")


def test_a_rival_whose_window_is_still_to_be_measured_shows_nothing_old(make):
    panel = make(HiddenPanel)
    draw(panel, runs(2))
    _, guest = panels_in_order(panel)
    assert guest.view.isVisible()
    other = a_run(1)
    bare = replace(other.snapshot.window, measured=Measurements())
    draw(panel, [a_run(0), replace(other, snapshot=replace(other.snapshot, window=bare))])
    assert not guest.view.isVisible()
    assert panel.view.isVisible()
    draw(panel, runs(2))
    assert guest.view.isVisible()


# -- room, claims, files --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_small_panel_the_run_in_front_is_seen_and_the_others_are_counted(make, kind):
    panel = make(kind, (300, 260))
    draw(panel, runs(8, **settings_for(kind)), front=6)
    stand = panels_in_order(panel)
    assert 1 <= len(stand) < 8
    assert panel in stand
    assert grid_of(panel).left_out.startswith(f"{8 - len(stand)} runs have no room")
    panel.resize(1400, 800)
    QApplication.processEvents()
    assert len(panels_in_order(panel)) == 8
    for one in panels_in_order(panel):
        inside = one.of_one_run.rect().translated(one.of_one_run.mapTo(panel, QWidget().pos()))
        assert panel.rect().contains(inside)


def test_what_lies_over_a_panel_lies_over_all_of_its_runs(make):
    panel = make(HiddenPanel)
    draw(panel, runs(3))

    def veiled() -> list[bool]:
        return [one.view.findChild(Emphasis).steps_back for one in panels_in_order(panel)]

    panel.point_out(None, ())
    assert veiled() == [True] * 3
    panel.stand_as_usual()
    assert veiled() == [False] * 3


def found_of(run: ShownRun, quantity: str, measured: float) -> Found:
    return Found(run, Finding(Claim(quantity, 5, below=0.5), measured))


def said_over(panel) -> list[str]:
    marks = (one._body.findChild(Emphasis) for one in panels_in_order(panel))
    return ["" if mark.isHidden() else mark.words for mark in marks]


def test_each_runs_finding_is_marked_in_its_own_place(make):
    panel, compared = make(TaskPanel), runs(3, **settings_for(TaskPanel))
    draw(panel, compared, front=1)
    shares = [found_of(run, "wrong_share", 0.4 * n) for n, run in enumerate(compared)]
    panel.point_out(shares[1], [shares[2]])
    assert said_over(panel) == [
        "",
        "✓ wrong answers 40\N{NO-BREAK SPACE}% (<\N{NO-BREAK SPACE}50\N{NO-BREAK SPACE}%)",
        "✗ wrong answers 80\N{NO-BREAK SPACE}% (not <\N{NO-BREAK SPACE}50\N{NO-BREAK SPACE}%)",
    ]
    assert panel.guests[0]._emphasis.steps_back
    panel.point_out(None, [shares[0]])
    assert [bool(said) for said in said_over(panel)] == [True, False, False]
    panel.stand_as_usual()
    assert said_over(panel) == ["", "", ""]


@pytest.mark.parametrize("size", [(460, 200), (900, 460)])
def test_what_is_said_of_a_text_covers_none_of_it(make, size):
    panel, compared = make(TaskPanel, size), runs(3, **settings_for(TaskPanel))
    draw(panel, compared)
    shares = [found_of(run, "wrong_share", 0.4 * n) for n, run in enumerate(compared)]
    panel.point_out(shares[0], shares[1:])
    for one in panels_in_order(panel):
        over, viewport = one._emphasis, one._text.viewport().geometry()
        (card,) = over._cards([QRectF(9, over.height() - 2, 0, 0)], [over.words])
        assert viewport.height() > 20
        assert card.top() >= viewport.bottom()
        assert card.bottom() <= over.height()
    panel.stand_as_usual()
    for one in panels_in_order(panel):
        assert one._text.viewport().height() == one._text.height()


def test_where_a_panel_shows_all_texts_in_its_body_it_says_whose_each_finding_is(make):
    panel, compared = make(TextPanel), runs(2)
    draw(panel, compared)
    words = [found_of(run, "known_words", 0.25 + n) for n, run in enumerate(compared)]
    panel.point_out(words[0], [words[1]])
    said = panel._emphasis.words.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert said == [
        f"✓ {compared[0].name}: known words 25 % (< 50 %)",
        f"✗ {compared[1].name}: known words 125 % (not < 50 %)",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_holds_all_runs_and_of_one_it_is_as_ever(make, kind):
    panel, compared = make(kind), runs(3, **settings_for(kind))
    draw(panel, compared[:1])
    assert panel.export_csv() == panel.csv()
    of_one = list(csv.reader(io.StringIO(panel.csv())))[1:]
    draw(panel, [*compared, replace(compared[0], identity="again")])
    rows = list(csv.DictReader(io.StringIO(panel.export_csv())))
    assert {(row["run"], row["of step"]) for row in rows} == {
        ("vanilla RNN, 4 units", "0"),
        ("LSTM, 5 units", "1"),
        ("GRU, 6 units", "2"),
        ("vanilla RNN, 4 units (2)", "0"),
    }
    own = [list(row.values())[2:] for row in rows if row["run"] == "vanilla RNN, 4 units"]
    assert [row[: len(of_one[0])] for row in own] == of_one


def test_the_table_holds_of_every_run_the_stretch_that_is_looked_at(make):
    panel, compared = make(HiddenPanel), runs(3)
    draw(panel, compared)
    panel.view.hold_x(0.5, 2.5)
    panel.view.x_held.emit(0.5, 2.5)
    rows = list(csv.DictReader(io.StringIO(panel.export_csv())))
    assert len({row["run"] for row in rows}) == 3
    assert {row["position"] for row in rows} == {"2", "3"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_holds_all_runs_with_their_names(make, kind, tmp_path):
    panel, compared = make(kind), runs(3, **settings_for(kind))
    draw(panel, compared)
    assert panel.exports.save_svg(tmp_path / "panel.svg")
    root = ElementTree.parse(tmp_path / "panel.svg").getroot()
    words = [path.get("aria-label") for path in root]
    for run in compared:
        assert words.count(run.name) == 1
        assert f"step {run.snapshot.step}" in words
    assert panel.exports.save_png(tmp_path / "panel.png")


# -- in the real window ---------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["expanded", "presented"])
def test_a_panel_of_several_runs_fills_the_window_or_the_stage(driver, way, monkeypatch):
    controller, window = driver.controller, driver.window
    front, _ = controller.rivals_view.shown_runs()
    compared = (front, *(a_run(number) for number in (1, 2)))
    monkeypatch.setattr(controller.rivals_view, "shown_runs", lambda: (front, compared))
    controller.shown.draw(front, compared)
    panel = controller.panels["hidden_panel"]
    before = len(panels_in_order(panel))
    if way == "expanded":
        window.toggle_expanded("hidden_panel")
    else:
        monkeypatch.setattr(window, "showFullScreen", lambda: window.resize(1600, 900))
        controller.shown.presentation.set_on(True)
        controller.shown.presentation.bring("hidden_panel")
    driver.settle()
    stand = panels_in_order(panel)
    assert before == len(stand) == 3
    assert panel.theme.scale > 1
    for one in stand:
        assert one.view.isVisible()
        assert one.view.width() > 250
        assert isinstance(one.view, PlotView)


def test_a_step_is_never_cut_to_another_number():
    assert _ways_to_say(133_304) == ("step 133,304", "133,304", "133k")
    assert _ways_to_say(150) == ("step 150", "150")
