"""Lays out what a time step puts out: scores, probabilities, what is said and what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.numbers import in_cell
from rnnviz.gui.inside.drawing.shapes import Shape, Tile, Wire, Words
from rnnviz.gui.inside.drawing.stage import Stage
from rnnviz.gui.inside.shown import target_of
from rnnviz.gui.wording.tokens import visible_character


def output_shapes(stage: Stage, t: int) -> Iterator[Shape]:
    """Go through the columns of what is put out, and the wires to and from them."""
    m, left = stage.m, stage.state_left(t)
    outputs, is_open = stage.outputs[t - 1], t == stage.arrangement.open_at
    room = QRectF(left, m.outputs_top, m.column, len(outputs) * m.cell)
    o, p, do = Place("output", "o", t), Place("loss", "p", t), Place("output back", "do", t)
    target = target_of(stage.lookup.record, t, stage.shown.stream)
    marked = None if target is None else outputs.index(target)
    # A closed step has room for one of the two: the probabilities, once they are known.
    first = p if stage.knows(p) and not is_open else o
    cells = replace(stage.cells((first.name, t), first, room, outputs), marked=marked)
    labels = tuple(visible_character(stage.answer(k)) if stage.answer(k) else "" for k in outputs)
    yield replace(cells, labels=labels)
    yield stage.label(cells, rf"{first.name}_{{{t}}}")
    if is_open and stage.lookup.has(p):
        room = room.translated(m.second_column, 0)
        cells = replace(stage.cells(("p", t), p, room, outputs), marked=marked)
        yield cells
        yield stage.label(cells, rf"p_{{{t}}}")
    room = room.translated(m.second_column, 0)
    if stage.knows(do):
        cells = stage.gradient(("do", t), do, room, outputs)
        yield cells
        yield stage.label(cells, rf"\partial L/\partial o_{{{t}}}", back=True)
    yield _rising(stage, t)
    yield from _falling(stage, t, room.center().x())


def _rising(stage: Stage, t: int) -> Wire:
    """Draw the wire from the topmost hidden state, around the states that stand above it."""
    m = stage.m
    o, left = Place("output", "o", t), stage.state_left(t)
    x, start = left + m.column / 2, stage.state_top("h", m.rows.layers) - m.label
    beside, turn = left - 13 * m.scale, 4 * m.scale
    back = m.layer_top(m.rows.layers) - m.label - turn
    around = (
        QPointF(x, start - turn),
        QPointF(beside, start - turn),
        QPointF(beside, back),
        QPointF(x, back),
    )
    corners = around if m.diagram.states["h"] != (0, 0) else ()
    end = m.outputs_bottom
    return Wire(
        ("out", t),
        (QPointF(x, start), *corners, QPointF(x, end)),
        place=o,
        tex="V",
        parameter="V",
        tex_at=QPointF(x + 12 * m.scale, end + m.gap / 2),
        faint=not stage.knows(o),
        glow=stage.sight.glow(o),
    )


def _falling(stage: Stage, t: int, x: float) -> Iterator[Wire]:
    """Draw what the loss sends down to the topmost hidden state, once it does."""
    m = stage.m
    place = Place("backward", "dh_above", t, m.rows.layers)
    if not stage.knows(place):
        return
    home = stage.state_left(t) + m.second_column + m.column / 2
    start, end = m.outputs_bottom, stage.state_top("h", m.rows.layers) - m.label
    middle = start + 0.45 * m.gap
    corners = (QPointF(x, middle), QPointF(home, middle)) if abs(x - home) > 1 else ()
    points = (QPointF(x, start), *corners, QPointF(home, end))
    yield Wire(("sent down", t), points, "backward", place, glow=stage.sight.glow(place))


def asking_shapes(stage: Stage, t: int) -> Iterator[Shape]:
    """Go through what the network says, what was asked for, and the loss."""
    m, subject, stream = stage.m, stage.subject, stage.shown.stream
    asked_at = t - subject.first_asked
    if asked_at < 0:
        return
    o, loss = Place("output", "o", t), Place("loss", "L", t)
    asked, outputs = subject.targets[asked_at, stream], stage.lookup.value(o)[stream]
    if subject.loss == "cross_entropy":
        ids = int(outputs.argmax()), int(asked)
        said, wanted = (visible_character(stage.answer(number)) for number in ids)
    else:
        said, wanted = in_cell(float(outputs[0])), in_cell(float(asked[0]))
    narrow = max(len(said), len(wanted)) <= 2
    width = min(m.column, 1.25 * m.tile) if narrow else m.column
    left = stage.state_left(t) + (m.column - width) / 2
    room = QRectF(left, m.tiles_top, width, m.tile)
    known = stage.knows(o)
    yield Tile(("said", t), room, said if known else "", faint=not known)
    room = room.translated(m.second_column, 0)
    yield Tile(("target", t), room, wanted, filled=False)
    if stage.knows(loss):
        value = float(stage.lookup.value(loss)[stream])
        room = QRectF(stage.state_left(t) - 10, m.loss_top, m.closed_width + 20, 18 * m.scale)
        yield Words(
            ("L", t),
            room,
            "loss ?" if loss in stage.sight.hidden else f"loss {in_cell(value)}",
            role="forward",
            mono=True,
            bold=stage.sight.glow(loss) == "output",
            size=12 * m.scale,
        )
