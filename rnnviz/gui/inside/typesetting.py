"""Mathematics as outlines: set by ziamath once for each symbol, and filled in any colour.

A symbol is kept as a path, so that another theme, another size and a picture for a file cost
nothing. ``packaging/symbols.py`` has set all that the program's own equations need, and written it
to ``resources/symbols.json``: loading ziamath takes a third of a second, and what is looked at must
not wait for it. It is loaded where something else is wanted, as for a cell that somebody adds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from xml.etree.ElementTree import Element

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QTransform

from rnnviz.resources import resource_path

FILE = "symbols.json"

_EM = 1000.0
_STEP = re.compile(r"([MLQCZ])([^MLQCZ]*)")
_WITH_DIGITS = re.compile(r"(?P<base>.*[^_])_\{(?P<digits>\d+)\}")
_NUMBER = re.compile(r"[\d.]+")
# As STIX Two Math has them: how much smaller and lower what stands below is, and the gap before it.
_SMALLER, _LOWER, _GAP = 0.71, 0.21, 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A piece of mathematics; lengths are in ems, and its baseline is at 0.

    Attributes
    ----------
    path
        Its outline.
    width, ascent, descent
        Its extent, to the right, above and below.
    """

    path: QPainterPath
    width: float
    ascent: float
    descent: float

    def draw(self, painter: QPainter, at: QPointF, size: float, color: QColor) -> None:
        """Fill it with its baseline's left end at a point, with so many pixels to an em."""
        painter.save()
        painter.translate(at)
        painter.scale(size, size)
        painter.fillPath(self.path, QBrush(color))
        painter.restore()


@dataclass(frozen=True, slots=True)
class Outline:
    """A symbol as it is written to a file, in thousandths of an em.

    Attributes
    ----------
    width, ascent, descent
        As of a `Symbol`.
    glyphs
        What it is made of: the path of each, as SVG writes one, from its own first point on, and
        where that point is.
    """

    width: int
    ascent: int
    descent: int
    glyphs: tuple[tuple[str, int, int], ...]

    def symbol(self) -> Symbol:
        """Return what is drawn."""
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for steps, x, y in self.glyphs:
            path.addPath(_path(steps).translated(x / _EM, y / _EM))
        return Symbol(path, self.width / _EM, self.ascent / _EM, self.descent / _EM)


def typeset(tex: str) -> Outline:
    """Set a piece of LaTeX mathematics; the first call loads ziamath."""
    from ziamath.config import config
    from ziamath.zmath import Latex

    config.svg2 = False
    root = Latex(tex, size=_EM, inline=True).svgxml()
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    glyphs = tuple(glyph for element in root.iter() for glyph in _glyphs(element))
    # It leaves a unit of margin on each side.
    return Outline(
        round(max(0.0, left + width - 1)), round(-(top + 1)), round(top + height - 1), glyphs
    )


def as_json(symbols: Mapping[str, Outline]) -> str:
    """Return symbols as the file has them: each glyph once, and a line a symbol."""
    numbers: dict[str, int] = {}
    lines = []
    for tex, one in symbols.items():
        glyphs = [(numbers.setdefault(steps, len(numbers)), x, y) for steps, x, y in one.glyphs]
        lines.append(json.dumps([tex, one.width, one.ascent, one.descent, glyphs]))
    paths = ",\n".join(json.dumps(steps) for steps in numbers)
    symbols_written = ",\n".join(lines)
    return f'{{"glyphs": [\n{paths}\n],\n"symbols": [\n{symbols_written}\n]}}\n'


def find(tex: str) -> Symbol:
    """Return a symbol; numbers, and numbers below a symbol, are put together from digits."""
    if _NUMBER.fullmatch(tex) and len(tex) > 1:
        return _side_by_side(tex)
    below = _WITH_DIGITS.fullmatch(tex)
    return _symbol(tex) if below is None else _with_digits(below["base"], below["digits"])


def parts_of(tex: str) -> Iterable[str]:
    """Return the pieces of which `find` puts a symbol together."""
    below = _WITH_DIGITS.fullmatch(tex)
    if below is not None:
        return (below["base"], *below["digits"])
    return tuple(tex) if _NUMBER.fullmatch(tex) else (tex,)


@cache
def _symbol(tex: str) -> Symbol:
    outline = _outlines().get(tex)
    return (typeset(tex) if outline is None else outline).symbol()


@cache
def _side_by_side(digits: str) -> Symbol:
    path, x = QPainterPath(), 0.0
    path.setFillRule(Qt.FillRule.WindingFill)
    symbols = [_symbol(digit) for digit in digits]
    for symbol in symbols:
        path.addPath(symbol.path.translated(x, 0))
        x += symbol.width
    return Symbol(path, x, max(s.ascent for s in symbols), max(s.descent for s in symbols))


@cache
def _with_digits(base: str, digits: str) -> Symbol:
    above, below = _symbol(base), find(digits)
    place = QTransform.fromTranslate(above.width + _GAP, _LOWER).scale(_SMALLER, _SMALLER)
    path = QPainterPath(above.path)
    path.addPath(place.map(below.path))
    width = above.width + _GAP + _SMALLER * below.width
    return Symbol(path, width, above.ascent, max(above.descent, _LOWER + _SMALLER * below.descent))


@cache
def _outlines() -> dict[str, Outline]:
    try:
        text = resource_path(FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found = json.loads(text)
    paths = found["glyphs"]
    return {
        tex: Outline(width, ascent, descent, tuple((paths[n], x, y) for n, x, y in glyphs))
        for tex, width, ascent, descent, glyphs in found["symbols"]
    }


def _glyphs(element: Element) -> Iterator[tuple[str, int, int]]:
    kind = element.tag.rsplit("}", 1)[-1]
    if kind == "rect":
        x, y, width, height = (float(element.attrib[key]) for key in ("x", "y", "width", "height"))
        corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
        path = "L".join(f"{round(a)} {round(b)}" for a, b in corners)
        yield f"M{path}Z", round(x), round(y)
    elif kind == "path":
        steps = [
            (letter, [float(n) for n in numbers.replace(",", " ").split()])
            for letter, numbers in _STEP.findall(element.attrib["d"])
        ]
        x, y = steps[0][1]
        yield (
            "".join(letter + _written(numbers, x, y) for letter, numbers in steps),
            round(x),
            round(y),
        )


def _written(numbers: list[float], x: float, y: float) -> str:
    """Write points as they are seen from another one."""
    seen = (round(n - (y if place % 2 else x)) for place, n in enumerate(numbers))
    return " ".join(str(n) for n in seen)


@cache
def _path(steps: str) -> QPainterPath:
    path = QPainterPath()
    for letter, numbers in _STEP.findall(steps):
        n = [float(number) / _EM for number in numbers.split()]
        match letter:
            case "M":
                path.moveTo(*n)
            case "L":
                path.lineTo(*n)
            case "Q":
                path.quadTo(*n)
            case "C":
                path.cubicTo(*n)
            case _:
                path.closeSubpath()
    return path
