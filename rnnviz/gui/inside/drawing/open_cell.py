"""Lays out the inside of the open cell: columns, badges and wires of its diagram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.cell_diagrams import Height, Node, Way
from rnnviz.gui.inside.drawing.shapes import Badge, Shape, Wire
from rnnviz.gui.inside.drawing.stage import Stage

_BADGE, _WIDE_BADGE = 18.0, 34.0
_WIDE = ("f", r"\tanh", "1-")


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """What an open cell is connected with.

    Attributes
    ----------
    left
        Where its slots begin.
    top
        Where the layer begins.
    before
        Where wires leave the states of the step before: the right side of their columns.
    below
        From where what is read comes.
    """

    left: float
    top: float
    before: dict[str, QPointF]
    below: QPointF


class OpenCell:
    """One cell at one time step.

    Parameters
    ----------
    stage
        Sizes, numbers, and what is known.
    around
        What it is connected with.
    t, layer
        Where it is, from 1.
    """

    def __init__(self, stage: Stage, around: Around, t: int, layer: int) -> None:
        self._stage = stage
        self._m = metrics = stage.m
        self._around = around
        self._t, self._layer = t, layer
        diagram = self._diagram = metrics.diagram
        self._rooms = {node.name: self._room(node.slot, node.top) for node in diagram.nodes}
        self._rooms |= {
            name: self._room(diagram.slots, top) for name, top in diagram.states.items()
        }
        for operation in diagram.operations:
            middle = self._at(operation.slot, operation.middle)
            size = _BADGE * metrics.scale if operation.tex else 0.0
            width = _WIDE_BADGE * metrics.scale if operation.tex in _WIDE else size
            self._rooms[operation.name] = QRectF(
                middle.x() - width / 2, middle.y() - size / 2, width, size
            )

    def shapes(self) -> Iterator[Shape]:
        """Go through all that is inside, without the states themselves."""
        activation = self._stage.architecture.activation
        for way in self._diagram.ways:
            yield self._wire(way)
        for operation in self._diagram.operations:
            if operation.tex:
                tex = rf"\mathrm{{{activation}}}" if operation.tex == "f" else operation.tex
                key = (self._t, self._layer, operation.name)
                yield Badge(key, self._rooms[operation.name], tex)
        for node in self._diagram.nodes:
            yield from self._node(node)

    @property
    def _comes_back(self) -> bool:
        """Whether it is the way back that is looked at."""
        return self._stage.sight.phase.kind not in ("forward", "loss")

    def _node(self, node: Node) -> Iterator[Shape]:
        """Draw a column: its value on the way there, its gradient on the way back."""
        stage, room, units = self._stage, self._rooms[node.name], self._stage.shown.units
        key = (node.name, self._t, self._layer)
        back = Place("backward", node.back, self._t, self._layer)
        shows_back = self._comes_back and bool(node.back) and stage.knows(back)
        if shows_back:
            cells = stage.gradient(key, back, room, units)
        else:
            place = Place("forward", node.name, self._t, self._layer)
            cells = replace(stage.cells(key, place, room, units), reach=_reach(node.name))
        yield cells
        label, beside = self._m.label, 5 * self._m.scale
        rises = any(way.start == f"{node.name}:t" for way in self._diagram.ways)
        above = QRectF(room.x() - beside, room.y() - label, room.width() + 2 * beside, label)
        if rises:
            # Beside the wire that leaves there.
            above.setRect(room.x() - room.width(), above.y(), 1.5 * room.width() - beside, label)
        tex = (node.back_tex if shows_back else node.tex).replace("{t}", f"{{{self._t}}}")
        yield replace(
            stage.label(cells, tex, back=shows_back),
            rect=above,
            align=1 if rises else 0,
        )

    def _wire(self, way: Way) -> Wire:
        stage = self._stage
        points = [self._anchor(way.start), *(self._at(*one) for one in way.corners)]
        points.append(self._anchor(way.end))
        if way.start == "x:t":
            # It rises before it turns.
            points.insert(1, points[0] - QPointF(0, 0.62 * self._m.gap))
        points = _with_right_angles(points)
        place = Place("forward", way.line, self._t, self._layer)
        back = Place("backward", way.back, self._t, self._layer)
        comes_back = self._comes_back and bool(way.back) and stage.knows(back)
        if comes_back:
            place = back
            points.reverse()
        return Wire(
            key=("way", way.start, way.end, self._t, self._layer),
            points=tuple(points),
            flow="backward" if comes_back else "forward",
            place=place,
            tex=way.tex,
            tex_at=self._tex_at(way),
            parameter=f"{way.tex}{self._layer}" if way.tex else "",
            faint=not stage.knows(place),
            glow=stage.sight.glow(place),
            head=way.head or (comes_back and way.start in ("h-:r", "c-:r")),
        )

    def _tex_at(self, way: Way) -> QPointF:
        """Return where a parameter is written: above a wire from before, beside one that rises."""
        start, shift = self._anchor(way.start), 16 * way.beside * self._m.scale
        if way.start == "x:t":
            return start + QPointF(13 * self._m.scale + shift, -self._m.gap / 2)
        right = self._m.second_column + 20 * self._m.scale + shift
        return start + QPointF(right, -11 * self._m.scale)

    def _anchor(self, name: str) -> QPointF:
        """Return the point at a side of a thing."""
        thing, side = name.split(":")
        if thing.endswith("-"):
            return self._around.before[thing[:-1]]
        if thing == "x":
            return self._around.below
        room = self._rooms[thing]
        middle = room.center()
        match side:
            case "l":
                return QPointF(room.left(), middle.y())
            case "r":
                return QPointF(room.right(), middle.y())
            case "t":
                return QPointF(middle.x(), room.top())
            case _:
                return QPointF(middle.x(), room.bottom())

    def _at(self, slot: float, height: Height) -> QPointF:
        """Return the middle of a slot at a height."""
        x = self._around.left + slot * self._m.slot + self._m.column / 2
        return QPointF(x, self._around.top + self._m.height(height))

    def _room(self, slot: float, top: Height) -> QRectF:
        """Return the rectangle of a column of cells."""
        left = self._around.left + slot * self._m.slot
        return QRectF(left, self._around.top + self._m.height(top), self._m.column, self._m.units)


def _reach(name: str) -> float:
    """Return the size of a number whose colour is full: sums before squashing are larger."""
    return 2.5 if name.startswith("a") or name == "s" else 1.0


def _with_right_angles(points: list[QPointF]) -> list[QPointF]:
    """Return a way that runs across and up and down only: slanted pieces get a corner more."""
    way = [points[0]]
    for point in points[1:]:
        last = way[-1]
        if abs(last.x() - point.x()) > 0.5 and abs(last.y() - point.y()) > 0.5:
            way.append(QPointF(point.x(), last.y()))
        way.append(point)
    return way
