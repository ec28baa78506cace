"""Lays out the layers of a time step: their states, and what runs between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.open_cell import Around, OpenCell
from rnnviz.gui.inside.drawing.shapes import Badge, Shape, Wire
from rnnviz.gui.inside.drawing.stage import Stage

_APART = 6.0
"""How far what goes forward and what comes back run apart, side by side."""


def layer_shapes(stage: Stage, t: int, layer: int) -> Iterator[Shape]:
    """Go through what is drawn of a layer at a time step, from 1."""
    m = stage.m
    yield from state_shapes(stage, t, layer)
    before = {
        name: QPointF(
            stage.state_left(t - 1) + m.column, stage.state_top(name, layer) + m.units / 2
        )
        for name in m.diagram.states
    }
    below = _top_of_what_is_read(stage, t, layer)
    if stage.is_open(t, layer):
        around = Around(stage.arrangement.lefts[t], m.layer_top(layer), before, below)
        yield from OpenCell(stage, around, t, layer).shapes()
    else:
        yield from _closed_wires(stage, (t, layer), before, below)
        yield from _to_the_step_before(stage, t, layer)
    if layer > 1:
        yield from _falling(stage, t, layer)
        if stage.architecture.residual:
            yield from _passing_by(stage, t, layer, below)


def state_shapes(stage: Stage, t: int, layer: int) -> Iterator[Shape]:
    """Go through the states of a layer after a time step; at 0 those before the window."""
    m, left, units = stage.m, stage.state_left(t), stage.shown.units
    for name in m.diagram.states:
        y = stage.state_top(name, layer)
        place = Place("forward", name, t, layer)
        cells = stage.cells((name, t, layer), place, QRectF(left, y, m.column, m.units), units)
        if t == 0:
            cells = replace(cells, labels=tuple(f"{unit + 1}" for unit in units))
        yield cells
        yield stage.label(cells, rf"{name}_{{{t}}}")
        back, tex = _gradient_beside(stage, name, t, layer)
        if stage.knows(back):
            room = QRectF(left + m.second_column, y, m.column, m.units)
            cells = stage.gradient((f"d{name}", t, layer), back, room, units)
            yield cells
            yield stage.label(cells, tex, back=True)


def _gradient_beside(stage: Stage, name: str, t: int, layer: int) -> tuple[Place, str]:
    """Return which gradient stands beside a state: its own, or what is read of its step now."""
    tex = rf"\partial L/\partial {name}_{{{t}}}"
    if t == 0:
        return Place("backward", f"d{name}_before", 1, layer), tex
    if t != stage.arrangement.open_at:
        for node in stage.m.diagram.nodes:
            inner = Place("backward", node.back, t, layer)
            if len(stage.m.diagram.nodes) == 1 and inner in stage.sight.read:
                return inner, node.back_tex.replace("{t}", f"{{{t}}}")
    return Place("backward", f"d{name}", t, layer), tex


def _top_of_what_is_read(stage: Stage, t: int, layer: int) -> QPointF:
    """Return from where the wire of what a layer reads rises."""
    m = stage.m
    if layer == 1:
        return QPointF(stage.reading_left(t) + m.column / 2, m.inputs_top)
    return QPointF(stage.state_left(t) + m.column / 2, stage.state_top("h", layer - 1) - m.label)


def _closed_wires(
    stage: Stage, at: tuple[int, int], before: dict[str, QPointF], below: QPointF
) -> Iterator[Shape]:
    """Draw what comes into a closed cell: from the step before, and from below."""
    m, (t, layer) = stage.m, at
    left = stage.state_left(t)
    reads = Place("forward", "h", t, layer)
    faint = not stage.knows(reads)
    for name, start in before.items():
        middle = (start.x() + m.second_column + left) / 2
        if name != "h":
            # What h hands up passes there.
            middle = min(middle, left - 25 * m.scale)
        place = Place("forward", name, t, layer)
        key = ("way", f"{name}-:r", t, layer)
        # One wire has one parameter on it; where several read a state, they lie on each other.
        letters = m.diagram.matrices.get(name) or ("",)
        for number, letter in enumerate(letters):
            aside = (number - (len(letters) - 1) / 2) * 16 * m.scale
            yield Wire(
                (*key, letter) if number else key,
                (start, QPointF(left, start.y())),
                place=place,
                tex=letter,
                parameter=f"{letter}{layer}" if letter else "",
                tex_at=QPointF(middle + aside, start.y() - 11 * m.scale),
                faint=faint,
            )
    bottom, x = stage.state_top("h", layer) + m.units, left + m.column / 2
    middle = bottom + m.gap / 2
    turns = abs(below.x() - x) > 1
    corners = (QPointF(below.x(), middle), QPointF(x, middle)) if turns else ()
    yield Wire(
        ("way", "x:t", t, layer),
        (below, *corners, QPointF(x, bottom)),
        place=reads,
        tex="U",
        parameter=f"U{layer}",
        tex_at=QPointF(x + 13 * m.scale, middle),
        faint=faint,
    )


def _to_the_step_before(stage: Stage, t: int, layer: int) -> Iterator[Shape]:
    """Draw what a closed step has sent to the one before."""
    m = stage.m
    start, end = stage.state_left(t), stage.state_left(t - 1) + m.closed_width
    for name in m.diagram.states:
        place = Place("backward", f"d{name}_before", t, layer)
        if stage.knows(place):
            y = stage.state_top(name, layer) + m.units / 2 + _APART * m.scale
            points = QPointF(start, y), QPointF(end, y)
            glow = stage.sight.glow(place)
            yield Wire(("back", name, t, layer), points, "backward", place, glow=glow)


def _falling(stage: Stage, t: int, layer: int) -> Iterator[Shape]:
    """Draw what a layer sends down to the one below it."""
    m = stage.m
    place = Place("backward", "dh_above", t, layer - 1)
    if not stage.knows(place):
        return
    x = stage.state_left(t) + m.second_column + m.column / 2
    start = stage.state_top("h", layer) + m.units
    end = stage.state_top("h", layer - 1) - m.label
    points = QPointF(x, start), QPointF(x, end)
    yield Wire(("falls", t, layer), points, "backward", place, glow=stage.sight.glow(place))


def _passing_by(stage: Stage, t: int, layer: int, below: QPointF) -> Iterator[Shape]:
    """Draw how what a layer reads is added to what it hands up."""
    m = stage.m
    place = Place("forward", "u", t, layer)
    x, side = stage.state_left(t) + m.column / 2, stage.state_left(t) - 13 * m.scale
    top = stage.state_top("h", layer) - m.label - 7 * m.scale
    start = QPointF(below.x(), below.y() - 0.3 * m.gap)
    faint, glow = not stage.knows(place), stage.sight.glow(place)
    points = (start, QPointF(side, start.y()), QPointF(side, top), QPointF(x - 8 * m.scale, top))
    yield Wire(("by", t, layer), points, place=place, faint=faint, glow=glow)
    size = 15 * m.scale
    room = QRectF(x - size / 2, top - size / 2, size, size)
    yield Badge(("plus", t, layer), room, "+", faint=faint)
