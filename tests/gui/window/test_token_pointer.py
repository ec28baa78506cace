"""A character that is pointed at in one panel is marked in all that show the same text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QWidget

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.panels.base.read_text import ReadText
from rnnviz.gui.panels.base.shown_run import ShownRun
from rnnviz.gui.panels.base.small_multiples import SmallMultiples
from rnnviz.gui.panels.credit_panel import CreditPanel
from rnnviz.gui.panels.gradient_panel import GradientPanel
from rnnviz.gui.panels.hidden_panel import HiddenPanel
from rnnviz.gui.panels.predictions_panel import PredictionsPanel
from rnnviz.gui.panels.task.panel import TaskPanel
from rnnviz.gui.panels.updates_panel import UpdatesPanel
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.gui.window.token_pointer import TokenPointer
from rnnviz.training.commands import Change, NewRun, Pause, SetSpeed, TakeStep, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

OF_TEXT = (HiddenPanel, GradientPanel, CreditPanel, PredictionsPanel)
OF_TASK = (HiddenPanel, GradientPanel, CreditPanel, TaskPanel)
TASK = (("corpus", "temporal-order"), ("sequence_length", 30))
WATCHED = (("watched_text", "the old king"),)


@cache
def snapshot_of(steps: int, *settings: tuple[str, object]) -> Snapshot:
    session = Session()
    wanted = {"hidden_size": 4, "sequence_length": 12} | dict(settings)
    session.apply(NewRun(Configuration.from_mapping(Configuration().to_mapping() | wanted)))
    for _ in range(steps):
        session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    return snapshot


def run(number: int, steps: int, *settings: tuple[str, object]) -> ShownRun:
    return ShownRun(str(number), f"run {number}", SIGNS[number], snapshot_of(steps, *settings))


class Desk:
    """Some panels with one pointer, and what can be read off them."""

    def __init__(self, panels: list[Panel]) -> None:
        self.panels = panels
        self.parent = QObject()
        self.pointer = TokenPointer(panels, self.parent)

    def draw(self, *runs: ShownRun) -> None:
        for panel in self.panels:
            panel.show_runs(runs[0], runs if panel.compares else runs[:1])
        self.pointer.follow()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()


@pytest.fixture
def new_desk(qtbot):
    def make(*kinds: type[Panel]) -> Desk:
        panels = [kind(Theme(ColorScheme.LIGHT)) for kind in kinds]
        for panel in panels:
            qtbot.addWidget(panel)
            panel.resize(700, 400)
            panel.show()
        return Desk(panels)

    return make


def each(panels: list[Panel]) -> Iterator[Panel]:
    """Go through panels, and through those of rivals in them."""
    for panel in panels:
        yield panel
        if isinstance(panel, SmallMultiples):
            yield from panel.guests


def text_of(panel: Panel) -> ReadText | None:
    """Return what a panel says that it shows, once that is what can be read there."""
    match panel:
        case LayerPanel():
            text = panel._text
            if text is not None:
                shown = panel.view._frame.characters.characters
                assert tuple(shown) == text.tokens[panel._first_place : -1]
        case PredictionsPanel():
            text = panel._read
            if text is not None:
                assert panel.text.startswith("".join(text.tokens))
        case TaskPanel():
            text = panel._read
            for step, (start, end) in panel._text._spans.items():
                assert panel._text.raw_text[start:end] == text.tokens[step]
        case _:
            text = None
    return text


def marked(panel: Panel) -> int | None:
    """Return the place of the character that is marked in a panel, as it is seen there."""
    match panel:
        case LayerPanel():
            x = panel.view.marked_x
            return None if x is None else round(x) + panel._first_place
        case PredictionsPanel():
            start = framed(panel._text)
            return None if start is None else panel._text._ends.index(start)
        case TaskPanel():
            ends = {end: step for step, (_, end) in panel._text._spans.items()}
            end = framed(panel._text)
            return None if end is None else ends[end]
        case _:
            return None


def framed(edit: QPlainTextEdit | QTextEdit) -> int | None:
    """Return the position at which what is framed ends."""
    span = edit.mark.span
    assert edit.mark.isHidden() is (span is None)
    return None if span is None else span[1]


def move(widget: QWidget, place: QPoint | QPointF) -> None:
    point = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        point,
        QPointF(widget.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def point_at(panel: Panel, place: int) -> None:
    """Point at a character of what a panel shows."""
    match panel:
        case LayerPanel():
            view = panel.view
            x = view.mapping.x.to_pixel(place - panel._first_place)
            move(view.viewport(), QPointF(x, view.mapping.rect.center().y()))
        case PredictionsPanel():
            ends = panel._text._ends
            move(panel._text.viewport(), middle(panel._text, ends[place] - 1))
        case TaskPanel():
            move(panel._text.viewport(), middle(panel._text, panel._text._spans[place][0]))


def middle(edit: QPlainTextEdit | QTextEdit, position: int) -> QPoint:
    cursor = edit.textCursor()
    cursor.setPosition(position)
    rect = edit.cursorRect(cursor)
    return rect.center() + QPoint(edit.fontMetrics().averageCharWidth() // 2, 0)


def leave(panel: Panel) -> None:
    widget = panel.view if isinstance(panel, LayerPanel) else panel._text
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def check(panels: list[Panel], pointed: Panel) -> None:
    """Check that the character pointed at is marked wherever its text is, and nowhere else."""
    token = pointed.pointed_token
    for panel in each(panels):
        if panel is pointed and isinstance(panel, LayerPanel):
            continue  # There is the pointer's own cross.
        expected = None if token is None else token.place_in(text_of(panel))
        if expected is not None and isinstance(panel, LayerPanel):
            # What is predicted last is not read: it has no place on the axis of time.
            is_read = panel._first_place <= expected < len(token.text.tokens) - 1
            expected = expected if is_read and panel.view.isVisible() else None
        assert marked(panel) == expected, panel.objectName()


@pytest.mark.parametrize(
    ("kinds", "settings"), [(OF_TEXT, ()), (OF_TASK, TASK), (OF_TEXT, WATCHED)]
)
def test_a_character_is_marked_wherever_its_text_is_shown(new_desk, kinds, settings) -> None:
    desk = new_desk(*kinds)
    snapshot = snapshot_of(3, *settings)
    desk.draw(run(0, 3, *settings))
    for pointed in desk.panels:
        for place in range(0, len(snapshot.window.tokens), 3):
            point_at(pointed, place)
            assert pointed.pointed_token == ReadText.of(snapshot.window).at(place)
            check(desk.panels, pointed)
            others = [panel for panel in desk.panels if panel is not pointed]
            assert [marked(panel) for panel in others] == [place] * 3
        leave(pointed)
        assert not any(marked(panel) is not None for panel in desk.panels)


def test_what_is_predicted_last_stands_on_no_axis_of_time(new_desk) -> None:
    desk = new_desk(PredictionsPanel, HiddenPanel)
    desk.draw(run(0, 3))
    predictions, hidden = desk.panels
    point_at(predictions, 12)
    assert predictions.pointed_token.place == 12
    assert marked(predictions) == 12
    assert marked(hidden) is None


def test_as_windows_change_the_mark_goes_with_the_pointer(new_desk) -> None:
    desk = new_desk(*OF_TEXT)
    for pointed in desk.panels:
        desk.draw(run(0, 1))
        point_at(pointed, 5)
        for steps in (2, 3):
            desk.draw(run(0, steps))
            token = pointed.pointed_token
            assert token.text == ReadText.of(snapshot_of(steps).window)
            check(desk.panels, pointed)
        leave(pointed)


def test_a_panel_that_shows_an_older_window_is_not_marked(new_desk) -> None:
    desk = new_desk(*OF_TEXT)
    desk.draw(run(0, 1))
    hidden, gradient, credit, predictions = desk.panels
    gradient.show_runs(run(0, 2), (run(0, 2),))
    predictions.show_runs(run(0, 2), (run(0, 2),))
    point_at(hidden, 4)
    check(desk.panels, hidden)
    assert [marked(panel) for panel in (gradient, credit, predictions)] == [None, 4, None]


@pytest.mark.parametrize("pointed_rival", [False, True])
def test_rivals_join_in_with_the_same_text_and_no_other(new_desk, pointed_rival: bool) -> None:
    desk = new_desk(HiddenPanel, CreditPanel, PredictionsPanel)
    same = run(0, 4), run(1, 4, ("cell", "gru"))
    others = run(2, 5), run(3, 4, ("sequence_length", 9)), run(4, 4, ("corpus", "counting"))
    desk.draw(*same, *others)
    for host in desk.panels:
        pointed = host.guests[0] if pointed_rival else host
        point_at(pointed, 6)
        check(desk.panels, pointed)
        found = [panel for panel in each(desk.panels) if marked(panel) == 6]
        # Of both in each panel, but for a cross.
        assert len(found) == 6 - isinstance(pointed, LayerPanel)
        leave(pointed)
        assert not any(marked(panel) is not None for panel in each(desk.panels))


def test_a_watched_text_is_the_same_in_all_runs_and_at_all_steps(new_desk) -> None:
    desk = new_desk(HiddenPanel, PredictionsPanel)
    desk.draw(run(0, 2, *WATCHED), run(1, 5, *WATCHED, ("cell", "lstm")))
    hidden, _ = desk.panels
    point_at(hidden, 7)
    check(desk.panels, hidden)
    assert [marked(panel) for panel in each(desk.panels)] == [None, 7, 7, 7]


def test_a_token_in_the_line_below_the_credit_matrix_is_one_of_the_text(new_desk) -> None:
    desk = new_desk(CreditPanel, HiddenPanel, PredictionsPanel)
    desk.draw(run(0, 3))
    credit, hidden, _ = desk.panels
    strip = credit._strip
    move(strip.viewport(), strip._boxes[4].center())
    check(desk.panels, credit)
    assert [marked(panel) for panel in desk.panels] == [4, 4, 4]
    assert strip.framed == 4
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    point_at(hidden, 7)
    assert strip.framed == 7
    leave(hidden)
    assert strip.framed is None


def test_a_plot_over_training_keeps_what_it_marks_itself(new_desk) -> None:
    desk = new_desk(HiddenPanel, UpdatesPanel)
    desk.draw(run(0, 3))
    hidden, updates = desk.panels
    updates.view.mark_x(2.0)
    point_at(hidden, 3)
    leave(hidden)
    assert updates.view.marked_x == 2.0


def test_what_a_panel_cannot_show_cannot_be_pointed_at(new_desk) -> None:
    desk = new_desk(HiddenPanel, PredictionsPanel)
    desk.draw(run(0, 3, ("num_layers", 2)), run(1, 3))
    hidden, predictions = desk.panels
    hidden.chooser._layers.actions()[1].trigger()
    (rival,) = hidden.guests
    assert rival.missing == "no layer 2"
    point_at(rival, 3)
    assert hidden.pointed_token is None
    point_at(predictions, 3)
    assert marked(rival) is None


# -- in the window that trains --------------------------------------------------------------------

SHOWN = ["hidden_panel", "gradient_panel", "credit_panel", "predictions_panel", "units_panel"]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_only_what_the_pointer_means_is_marked(driver, seed, thoroughness) -> None:
    rng = random.Random(seed)
    driver.window.arrange(SHOWN)
    driver.restart(hidden_size=8, sequence_length=10)
    driver.trigger("action_add_rival")
    runs = driver.controller.runs
    driver.qtbot.waitUntil(lambda: len(runs) == 2 and runs.front.snapshot is not None)
    driver.until(lambda snapshot: snapshot.run_id == runs.front.snapshot.run_id)
    panels = [driver.controller.panels[name] for name in SHOWN]
    pointed: Panel | None = None
    deeds = {
        "train": lambda run: run.post(Train()),
        "pause": lambda run: run.post(Pause()),
        "step": lambda run: run.post(TakeStep()),
        "slow": lambda run: run.post(SetSpeed(rng.choice([3.0, 15.0, 40.0]))),
        "length": lambda run: run.post(Change("sequence_length", rng.randrange(4, 14))),
        "watch": lambda _run: driver.trigger("action_watch"),
        "let go": lambda _run: driver.trigger("action_let_go"),
        "front": lambda run: driver.controller.rivals.put_in_front(run),
    }
    done: list[str] = []
    for _ in range(int(40 * thoroughness) + 2):
        name = rng.choice(list(deeds))
        deeds[name](rng.choice(list(runs)))
        done.append(name)
        candidates = [panel for panel in each(panels) if text_of(panel) is not None]
        if rng.random() < 0.5 and candidates:
            if pointed is not None:
                leave(pointed)
            pointed = rng.choice(candidates)
            first = getattr(pointed, "_first_place", 0)
            last = len(text_of(pointed).tokens) - 2
            point_at(pointed, rng.randint(first, last))
        for _ in range(rng.choice([1, 5, 40])):
            QApplication.processEvents()
            if pointed is not None and pointed not in list(each(panels)):
                pointed = None
            if pointed is not None:
                try:
                    check(panels, pointed)
                except AssertionError as error:
                    raise AssertionError(f"after {done[-6:]}") from error
        driver.qtbot.wait(rng.choice([0, 0, 100]))
