"""The view of one record: drawing, equation and arithmetic are of one thing, and move together."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QToolButton

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.gui.inside.arithmetic.names import as_entry
from rnnviz.gui.inside.view import InsideView
from rnnviz.gui.wording.inside import quoted
from rnnviz.storage.one_step.as_latex import as_latex
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.session import Session

from .conftest import record_of


@pytest.fixture
def view(qtbot, light, by_hand) -> InsideView:
    widget = InsideView(light)
    qtbot.addWidget(widget)
    widget.resize(1280, 800)
    widget.show()
    widget.show_subject(by_hand.subject)
    widget.show_record(by_hand)
    return widget


def go(view, kind: str, t: int = 0, line: str = "") -> None:
    cursor = view.step_cursor
    phases = cursor.phases
    cursor.go_to(next(n for n, p in enumerate(phases) if (p.kind, p.t) == (kind, t)))
    if line:
        cursor.choose_line(next(n for n, x in enumerate(cursor.lines) if x.place.name == line))


def click(qtbot, widget, at: QPointF) -> None:
    qtbot.mouseClick(widget.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())


def test_all_of_a_small_network_is_seen_on_a_small_projector(view, light, qtbot):
    light.set_presentation(True, screen=(1280, 720))
    view.resize(1280, 720)
    try:
        for number, phase in enumerate(view.step_cursor.phases):
            if phase.t == 0:
                break  # of the weights, all at once would be too small to be read
            view.step_cursor.go_to(number)
            bars = view.canvas.horizontalScrollBar(), view.canvas.verticalScrollBar()
            assert [bar.maximum() for bar in bars] == [0, 0], phase
    finally:
        light.set_presentation(False)


def test_a_click_on_a_number_shows_its_arithmetic_and_goes_to_its_phase(view, qtbot):
    go(view, "forward", 3)
    view.canvas.glide.stop()
    place = Place("forward", "h", 1, 1)
    rect = view.canvas.cell_rect(place, (1,))
    click(qtbot, view.canvas, rect.center())
    cursor = view.step_cursor
    assert (cursor.place, cursor.entry) == (place, (1,))
    assert cursor.phase.t == 1
    assert view.story.arithmetic.text.startswith("h1[2] = ")


def test_a_click_on_a_wire_shows_the_line_that_is_computed_with_it(view, qtbot):
    go(view, "forward", 2)
    wire = next(
        w for w in view.canvas.picture.wires() if w.parameter == "V" and w.key == ("out", 2)
    )
    middle = (wire.points[0] + wire.points[-1]) / 2
    found = view.canvas.at((middle + view.canvas._shift) * view.canvas._zoom)
    assert found == (Place("output", "o", 2), None)


def test_pointing_at_a_symbol_lights_its_cells_and_at_a_cell_its_symbol(view):
    go(view, "forward", 2, "a")
    placed = next(p for p in view.row.placed if p.piece.tex == "h_{t-1}")
    view.row._point_at(placed)
    assert view.canvas._lit == {Place("forward", "h", 1, 1)}
    placed = next(p for p in view.row.placed if p.piece.tex == "W")
    view.row._point_at(placed)
    assert view.canvas._lit == {"W1"}
    view.canvas._point_at((Place("forward", "h", 1, 1), (0,)))
    assert view.row._lit == {Place("forward", "h", 1, 1)}
    view.canvas._point_at(None)
    assert view.row._lit == frozenset()


def test_a_name_in_the_arithmetic_is_followed(view, qtbot):
    go(view, "forward", 2, "a")
    source = next(
        ink.source
        for ink in view.story.arithmetic._layout.inks
        if ink.source is not None and ink.source.place is not None
    )
    click(qtbot, view.story.arithmetic, view.story.arithmetic.ink_rect(source).center())
    cursor = view.step_cursor
    assert (cursor.place, cursor.entry) == (source.place, as_entry(source.index))


def test_every_phase_can_be_shown(view):
    cursor = view.step_cursor
    for number in range(len(cursor.phases)):
        cursor.go_to(number)
        for line in range(len(cursor.lines)):
            cursor.choose_line(line)
            assert view.story.arithmetic.text
            assert view.row.placed
        view.grab()


@pytest.mark.parametrize("name", ["lstm", "gru", "residual", "words", "numbers", "large"])
def test_every_kind_of_network_can_be_shown(view, name):
    record = record_of(name)
    view.show_subject(record.subject)
    view.show_record(record)
    cursor = view.step_cursor
    kinds = [
        n for n, p in enumerate(cursor.phases) if n == 0 or p.kind != cursor.phases[n - 1].kind
    ]
    for number in kinds:
        cursor.go_to(number)
        assert view.story.arithmetic.text
        view.grab()
        cursor.next_kind()


def test_play_goes_through_the_equations_of_a_phase_and_on_to_the_next(view, qtbot):
    seen: list[tuple[int, str]] = []
    cursor = view.step_cursor
    cursor.line_changed.connect(lambda: seen.append((cursor.phase.t, cursor.place.name)))
    view.transport._seconds.setValue(0.25)
    view.transport.toggle_play()
    qtbot.waitUntil(lambda: cursor.phase.t == 2 and len(seen) >= 5)
    view.transport.toggle_play()
    assert [name for t, name in seen if t == 1] == ["h", "o"]
    assert seen[2] == (2, "a") or seen[3] == (2, "a")
    assert not view.transport.is_playing


def test_a_click_holds_what_plays(view, qtbot):
    view.transport.toggle_play()
    click(qtbot, view.canvas, view.canvas.cell_rect(Place("forward", "h", 1, 1), (0,)).center())
    assert not view.transport.is_playing


def test_other_units_are_drawn_when_they_are_chosen(view, qtbot):
    record = record_of("large")
    view.show_subject(record.subject)
    view.show_record(record)
    view.header._units.setCurrentIndex(2)
    view.header._numbers.setText("7, 30 99")
    view.header._numbers.editingFinished.emit()
    labels = [cells.labels for cells in view.canvas.picture.cells() if cells.key == ("h", 0, 1)]
    assert labels == [("7", "30", "99")]


def test_another_stream_of_the_batch_is_shown_everywhere_when_it_is_chosen(view):
    record = record_of("residual")
    view.show_subject(record.subject)
    view.show_record(record)
    stream = view.findChild(QSpinBox, "inside_stream")
    assert stream.isVisible()
    assert stream.suffix() == " of 2"
    go(view, "forward", 2, "h")
    place = view.step_cursor.place
    first = view.story.arithmetic.text
    stream.setValue(2)
    assert view.step_cursor.place == place
    h = record.forward[1].layers[place.layer - 1]["h"][1]
    drawn = next(c for c in view.canvas.picture.cells() if c.place == place)
    assert drawn.values == pytest.approx(tuple(h))
    assert view.story.arithmetic.text != first
    number = f"{h[view.step_cursor.entry[0]]:.4f}".replace("-", "−")
    assert view.story.arithmetic.text.startswith(f"h2[1] = {number}")
    go(view, "forward", 1)
    token = record.subject.tokens[int(record.subject.inputs[0, 1])]
    assert quoted(token) in view.findChild(QLabel, "inside_words").text()
    phase = view.step_cursor.phase
    of_streams = [as_latex(record, [phase], number).encode("utf-8") for number in (0, 1)]
    assert of_streams[0] != of_streams[1]
    assert view.take_along._bytes("phase_latex") == of_streams[1]


def test_by_hand_asks_for_a_number_of_the_stream_that_is_shown(view):
    record = record_of("residual")
    view.show_subject(record.subject)
    view.show_record(record)
    go(view, "forward", 2, "h")
    view.findChild(QToolButton, "inside_by_hand").click()
    first = view.story.by_hand.question
    view.findChild(QSpinBox, "inside_stream").setValue(2)
    question = view.story.by_hand.question
    assert (question.place, question.index) == (first.place, first.index)
    layer = record.forward[1].layers[question.place.layer - 1]
    assert question.value == pytest.approx(float(layer[question.place.name][1][question.index]))


def test_with_one_stream_there_is_none_to_choose(view):
    assert not view.findChild(QSpinBox, "inside_stream").isVisible()


def test_by_hand_hides_a_number_everywhere_until_it_is_found(view, qtbot):
    go(view, "forward", 2)
    qtbot.mouseClick(view.findChild(QToolButton, "inside_by_hand"), Qt.MouseButton.LeftButton)
    asking = view.story.by_hand
    question = asking.question
    hidden = {question.place: frozenset({as_entry(question.index)})}
    assert view.canvas._sight.hidden == view.row._hidden == hidden
    assert not view.story.arithmetic.isVisible()
    assert view.findChild(QLabel, "inside_question").text().startswith("What is ")
    answer, hint = view.findChild(QLineEdit, "inside_answer"), view.findChild(QLabel, "inside_hint")
    qtbot.keyClicks(answer, "nothing")
    qtbot.keyClick(answer, Qt.Key.Key_Return)
    assert hint.text() == "Please write a number, such as 0.375."
    answer.setText(str(-question.value))
    qtbot.keyClick(answer, Qt.Key.Key_Return)
    assert hint.text() != "Right."
    assert asking.hidden is not None
    answer.setText(f"{question.value:.4g}")
    qtbot.keyClick(answer, Qt.Key.Key_Return)
    assert hint.text() == "Right."
    assert asking.hidden is None
    assert view.row._hidden == {}
    assert view.story.arithmetic.isVisible()
    number = view.step_cursor.number
    qtbot.keyClick(answer, Qt.Key.Key_Return)
    assert view.step_cursor.number == number + 1
    assert asking.hidden is not None


def test_the_switch_that_asks_is_not_called_as_the_preset_is(view):
    button = view.findChild(QToolButton, "inside_by_hand")
    assert button.text() == "Ask me"
    assert button.text().lower() not in {preset.title for preset in PRESETS.values()}
    assert "ask" in button.toolTip()


def test_by_hand_can_be_given_up_and_switched_off(view, qtbot):
    go(view, "backward", 2)
    button = view.findChild(QToolButton, "inside_by_hand")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.findChild(QPushButton, "inside_give_up"), Qt.MouseButton.LeftButton)
    assert view.story.by_hand.hidden is None
    first = view.story.by_hand.question
    qtbot.mouseClick(view.findChild(QPushButton, "inside_another"), Qt.MouseButton.LeftButton)
    assert view.story.by_hand.question is not first
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view.story.by_hand.hidden is None
    assert not view.story.by_hand.isVisible()
    assert view.findChild(QLabel, "inside_words").isVisible()


def test_nothing_that_is_said_gives_away_what_is_asked_for(view, qtbot):
    qtbot.mouseClick(view.findChild(QToolButton, "inside_by_hand"), Qt.MouseButton.LeftButton)
    for kind, t in (("loss", 2), ("clip", 0), ("result", 0)):
        go(view, kind, t)
        assert view.story.by_hand.hidden is None or not view.story._words.isVisible()


def test_what_is_dragged_scrolls_and_chooses_nothing(view, qtbot):
    record = record_of("large")
    view.show_subject(record.subject)
    view.show_record(record)
    go(view, "forward", 12)
    view.canvas.glide.stop()
    before, bar = view.step_cursor.place, view.canvas.horizontalScrollBar()
    start = bar.value()
    viewport = view.canvas.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(500, 200))
    view.canvas.viewportEvent(_move(QPointF(420, 200)))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(420, 200))
    assert bar.value() == start + 80
    assert view.step_cursor.place == before


def _move(at: QPointF):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    left = Qt.MouseButton.LeftButton
    return QMouseEvent(QEvent.Type.MouseMove, at, at, left, left, Qt.KeyboardModifier.NoModifier)


def test_by_hand_asks_for_the_number_that_was_chosen_and_then_for_any(view):
    place = Place("forward", "h", 2, 1)
    for unit in range(3):
        go(view, "forward", 2)
        view.step_cursor.choose(place, (unit,))
        view.header.set_asks(True)
        question = view.story.by_hand.question
        assert (question.place, question.index) == (place, (unit,))
        view.header.set_asks(False)


def test_another_one_is_another_one_and_every_line_comes_up(view, qtbot):
    go(view, "forward", 2)
    view.step_cursor.choose(Place("forward", "a", 2, 1), (1,))
    view.header.set_asks(True)
    asked = []
    for _ in range(6):
        question = view.story.by_hand.question
        asked.append((question.place.name, question.index))
        view.story.by_hand.solve()
        qtbot.mouseClick(view.findChild(QPushButton, "inside_another"), Qt.MouseButton.LeftButton)
    assert asked[0] == ("a", (1,))
    assert len(set(asked)) == 6
    assert {name for name, _ in asked[:3]} == {"a", "h", "o"}


def shows_what_is_asked(view) -> bool:
    """Tell whether question, equation and what is hidden are of one number."""
    cursor, question = view.step_cursor, view.story.by_hand.question
    at = (cursor.place, cursor.entry)
    hidden = {question.place: frozenset({as_entry(question.index)})}
    return (
        at == (question.place, as_entry(question.index))
        and view.row._line.place == question.place
        and view.row._hidden == view.canvas._sight.hidden == hidden
    )


def ask_at(view, place: Place, unit: int) -> None:
    go(view, "forward", 2)
    view.step_cursor.choose(place, (unit,))
    view.header.set_asks(True)
    assert view.story.by_hand.question.place == place


def test_a_click_on_a_number_asks_for_that_one(view, qtbot):
    ask_at(view, Place("forward", "a", 2, 1), 2)
    view.canvas.glide.stop()
    answer = view.findChild(QLineEdit, "inside_answer")
    answer.setText("0.3")
    h = Place("forward", "h", 2, 1)
    click(qtbot, view.canvas, view.canvas.cell_rect(h, (1,)).center())
    assert view.findChild(QLabel, "inside_question").text() == "What is h<sub>2</sub>[2]?"
    assert answer.text() == ""
    assert shows_what_is_asked(view)
    view.story.by_hand.solve()
    assert view.story.arithmetic.text.startswith("h2[2] = ")


def test_a_click_on_a_number_of_another_phase_goes_there_and_asks_for_it(view):
    ask_at(view, Place("forward", "a", 2, 1), 2)
    view._chosen(Place("loss", "p", 3), (1,))
    question = view.story.by_hand.question
    assert (question.place, question.index) == (Place("loss", "p", 3), (1,))
    assert (view.step_cursor.phase.kind, view.step_cursor.phase.t) == ("loss", 3)
    assert shows_what_is_asked(view)
    view.findChild(QPushButton, "inside_give_up").click()
    view.findChild(QPushButton, "inside_another").click()
    assert view.story.by_hand.question.place.part == "loss"
    assert shows_what_is_asked(view)


def test_what_cannot_be_asked_leaves_the_question_as_it_is(view, qtbot):
    ask_at(view, Place("forward", "a", 2, 1), 2)
    question = view.story.by_hand.question
    answer, hint = view.findChild(QLineEdit, "inside_answer"), view.findChild(QLabel, "inside_hint")
    answer.setText("0.3")
    view._chosen(Place("forward", "x", 2, 1), (0,))
    assert "Choose another one." in hint.text()
    view._chosen(Place("forward", "h", 0, 1), (0,))  # carried: it is no phase's
    view._chosen(question.place, as_entry(question.index))
    view.transport.toggle_play()
    assert not view.transport.is_playing, "it waits for the answer"
    assert view.story.by_hand.question is question
    assert answer.text() == "0.3"
    assert shows_what_is_asked(view)
    view.story.by_hand.solve()
    view._chosen(Place("forward", "x", 2, 1), (0,))
    assert view.story.by_hand.question is question
    assert view.story.arithmetic.text.startswith("a2[3] = ")
    view.header.set_asks(False)
    view._chosen(Place("forward", "x", 2, 1), (0,))
    assert view.step_cursor.place.name == "x"
    view.transport.toggle_play()
    assert view.transport.is_playing


def test_another_line_that_is_chosen_is_asked_for(view, qtbot):
    ask_at(view, Place("forward", "a", 2, 1), 2)
    names = [line.place.name for line in view.step_cursor.lines]
    view.lines.chosen.emit(names.index("o"))
    assert view.story.by_hand.question.place.name == "o"
    assert shows_what_is_asked(view)
    for key, name in ((Qt.Key.Key_Up, "h"), (Qt.Key.Key_Up, "a"), (Qt.Key.Key_Down, "h")):
        qtbot.keyClick(view, key)
        assert view.story.by_hand.question.place.name == name
        assert shows_what_is_asked(view)
    view._chosen(Place("forward", "a", 2, 1), None)
    assert view.story.by_hand.question.place.name == "a"
    assert shows_what_is_asked(view)


def in_colours(row) -> bool:
    return any(cells.bare for placed in row.placed for cells in placed.cells)


def test_whoever_computes_sees_every_number_also_once_the_answer_is_known(view):
    view.resize(1000, 700)
    go(view, "gradients", 0, "U1")
    view.header.set_asks(True)
    assert not in_colours(view.row)
    view.story.by_hand.solve()
    assert not in_colours(view.row)
    view.header.set_asks(False)
    assert in_colours(view.row)


@pytest.mark.parametrize(
    ("name", "kind", "place", "called"),
    [
        ("by hand", "clip", Place("update", "g", parameter="W1"), "g[1,1] of W"),
        ("by hand", "gradients", Place("gradients", "W1"), "∂L/∂W[1,1]"),
        ("two layers", "clip", Place("update", "g", parameter="W2"), "g[1,1] of W, layer 2"),
        ("two layers", "gradients", Place("gradients", "W2"), "∂L/∂W[1,1], layer 2"),
    ],
)
def test_a_number_of_a_parameter_is_asked_for_by_its_name_on_the_screen(
    view, name, kind, place, called
):
    view.show_record(record_of(name))
    go(view, kind)
    view.step_cursor.choose(place, (0, 0))
    view.header.set_asks(True)
    question = view.story.by_hand.question
    assert (question.place, question.index) == (place, (0, 0))
    assert view.findChild(QLabel, "inside_question").text() == f"What is {called}?"


@pytest.mark.parametrize(
    ("name", "kind", "place", "heading"),
    [
        ("by hand", "clip", Place("update", "g", parameter="W1"), "g[1,1] of W = "),
        ("by hand", "update", Place("update", "update", parameter="U1"), "δ[1,'e'] of U = "),
        ("by hand", "update", Place("update", "new", parameter="W1"), "Wnew[1,1] = "),
        ("two layers", "update", Place("update", "new", parameter="W2"), "Wnew[1,1], layer 2 = "),
    ],
)
def test_the_arithmetic_says_of_which_parameter_it_is(view, name, kind, place, heading):
    view.show_record(record_of(name))
    go(view, kind)
    view.step_cursor.choose(place, (0, 0))
    assert view.story.arithmetic.text.startswith(heading)


def test_a_step_with_fewer_phases_can_follow_whatever_phase_one_was_at(view):
    session = Session()
    settings = {"corpus": "hello", "hidden_size": 2, "sequence_length": 2}
    session.apply(NewRun(Configuration.from_mapping(settings)))
    shorter = record_step(session.step_subject())
    view.step_cursor.go_to(len(view.step_cursor.phases))
    assert view.step_cursor.is_at_end
    view.show_subject(shorter.subject)
    view.show_record(shorter)
    assert view.step_cursor.number == 0
    assert view.step_cursor.record is shorter


def test_what_step_t_sends_is_written_as_what_arrives_and_nothing_arrives_at_the_end(view):
    texts = {}
    for t in (3, 4):
        go(view, "backward", t, "dh_later")
        texts[t] = "".join(placed.piece.tex for placed in view.row.placed)
    assert texts[3].endswith(r"\frac{\partial L}{\partial a_{t+1}}")
    assert texts[4].endswith("=0")


def test_the_drawing_shows_what_the_line_reads_of_the_step_after(view):
    columns = lambda: {cells.place for cells in view.canvas.picture.cells()}  # noqa: E731
    read, own = Place("backward", "da", 4, 1), Place("backward", "dh", 4, 1)
    go(view, "backward", 3, "dh_later")
    assert read in columns()
    assert own not in columns()
    go(view, "backward", 3, "dh_above")
    assert own in columns()
    assert read not in columns()


def test_no_wire_glows_but_those_that_carry_what_is_computed(view):
    for line in ("a", "h"):
        go(view, "forward", 2, line)
        glowing = {wire.key for wire in view.canvas.picture.wires() if wire.glow}
        assert glowing
        assert all(key[-2] == 2 for key in glowing), glowing


def test_the_norm_lights_every_gradient_that_it_is_made_of(view):
    go(view, "clip", 0, "norm")
    lit = {shape.key[-1] for shape in view.canvas.picture.shapes if shape.key[0] == "halo"}
    assert {"U", "W", "V", "b", "c"} <= lit


def test_a_long_sum_of_small_matrices_is_written_in_numbers_below_one_another(view):
    view.resize(1440, 900)
    go(view, "gradients", 0, "U1")
    grids = [one for one in view.row.placed if not one.grid.isEmpty()]
    assert len(grids) == 5
    assert not in_colours(view.row)
    assert not any(
        one.rect.intersects(other.grid) for one in grids for other in grids if one is not other
    )
    bars = view.row.horizontalScrollBar(), view.row.verticalScrollBar()
    assert [bar.maximum() for bar in bars] == [0, 0]
