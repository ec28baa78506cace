"""Lays out the network folded: a circle a layer with its loops, beside the rows that unfold it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF

from rnnviz.gui.inside.drawing.metrics import Metrics
from rnnviz.gui.inside.drawing.shapes import Picture, Ring, Shape, Wire, Words

WIDTH = 128.0
"""How wide it is, in designed pixels."""

_RADIUS = 19.0
_MIDDLE = 46.0
_LOOP = 15.0


def folded_picture(m: Metrics, more: Mapping[str, str]) -> Picture:
    """Draw the folded network at the heights at which the unfolded one has its rows.

    Parameters
    ----------
    m
        Sizes.
    more
        For ``h`` and ``o``, how much of them is drawn, where it is not all.
    """
    return Picture(tuple(_shapes(m, more)))


def circle_of(m: Metrics, row: str, layer: int = 1) -> QPointF:
    """Return the middle of the circle of what is read (``x``), put out (``o``) or of a layer."""
    x = _MIDDLE * m.scale
    match row:
        case "x":
            return QPointF(x, m.inputs_top + m.inputs_height / 2)
        case "o":
            return QPointF(x, (m.outputs_top + m.outputs_bottom) / 2)
        case _:
            top = m.layer_top(layer) + m.height(m.diagram.states["h"])
            return QPointF(x, top + m.units / 2)


def _shapes(m: Metrics, more: Mapping[str, str]) -> Iterator[Shape]:
    radius = _RADIUS * m.scale
    layers = range(1, m.rows.layers + 1)
    places = [("x", 0), *(("h", layer) for layer in layers), ("o", 0)]
    middles = [circle_of(m, row, layer) for row, layer in places]
    letters = ["U"] * len(layers) + ["V"]
    ways = zip(pairwise(middles), letters, (*layers, 0), strict=True)
    for (start, end), letter, number in ways:
        tail, head = start - QPointF(0, radius), end + QPointF(0, radius)
        name = f"{letter}{number}" if number else letter
        yield Wire(
            ("folded", name),
            (tail, head),
            parameter=name,
            tex=letter if len(layers) == 1 or not number else f"U^{{({number})}}",
            tex_at=(tail + head) / 2 + QPointF(-12 * m.scale, 0),
        )
    letters_of_loops = [one for several in m.diagram.matrices.values() for one in several]
    for layer in layers:
        for number, letter in enumerate(letters_of_loops):
            tex = letter if len(layers) == 1 else f"{letter}^{{({layer})}}"
            yield _loop(m, middles[layer], number, f"{letter}{layer}", tex)
    words = {"x": "input", "h": "hidden state", "o": "output"}
    for (row, layer), middle in zip(places, middles, strict=True):
        rect = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        yield Ring(("folded", row, layer), rect, f"{row}_{{t}}", flow="forward")
        said = words[row] if len(layers) == 1 or row != "h" else f"layer {layer}"
        room = QRectF(middle.x() + 7 * m.scale, rect.bottom() - 1, 80 * m.scale, 15 * m.scale)
        if row == "x":
            room.moveCenter(QPointF(middle.x(), room.center().y() + 2 * m.scale))
        align = 0 if row == "x" else -1
        yield Words(("folded", row, layer, "words"), room, said, align=align, size=11 * m.scale)
        below = room.translated(0, 13 * m.scale)
        key = ("folded", row, layer, "more")
        yield Words(key, below, more.get(row, ""), align=align, size=11 * m.scale)
    yield from _captions(m)


def _loop(m: Metrics, middle: QPointF, number: int, name: str, tex: str) -> Wire:
    """Draw the loop of a recurrent matrix: the first at the right, the next at the left."""
    side, level = (1, -1)[number % 2], number // 2
    radius, out = _RADIUS * m.scale, (_RADIUS + _LOOP + (30, 5)[number % 2] * level) * m.scale
    lift, top = 7 * m.scale, -radius - (10 + 18 * level) * m.scale
    points = (
        middle + QPointF(side * radius * 0.92, lift),
        middle + QPointF(side * out, lift),
        middle + QPointF(side * out, top),
        middle + QPointF(side * radius * 0.62, top),
        middle + QPointF(side * radius * 0.62, -radius * 0.78),
    )
    # Only beside the first one there is room; above the others it is.
    beside = QPointF(out + 12 * m.scale, -8 * m.scale)
    above = QPointF(side * (out + radius * 0.62) / 2, top - 9 * m.scale)
    return Wire(
        ("folded", name),
        points,
        parameter=name,
        tex=tex,
        tex_at=middle + (above if number else beside),
    )


def _captions(m: Metrics) -> Iterator[Shape]:
    """Say what the rows above the outputs are."""
    width = WIDTH * m.scale
    room = QRectF(0, m.tiles_top, width - 6 * m.scale, m.tile)
    yield Words(("folded", "tiles"), room, "prediction, target", align=1, size=11 * m.scale)
