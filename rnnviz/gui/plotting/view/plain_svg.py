"""SVG that every program draws alike: paths and images at their final places, and nothing else.

What a `QSvgGenerator` writes is right, but leans on much that readers of SVG do differently:
ImageMagick loses what stands in a clip, fills what is transparent and misplaces turned words, and
CairoSVG knows no second typeface. Here words become outlines, what would be clipped is cut, nothing
is moved or turned by a ``transform``, and an image has as many pixels as it is seen with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPolygonF,
    QTransform,
)

from rnnviz.gui.style import fonts

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_LINK = f"{{{_XLINK}}}href"
_IMAGE_DENSITY = 2.0

# What an element takes over from those around it, and writes of it where it fills or strokes.
_OF_FILL = ("fill", "fill-opacity", "fill-rule", "opacity")
_OF_STROKE = (
    "stroke",
    "stroke-opacity",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-dasharray",
    "stroke-dashoffset",
    "opacity",
)
_INHERITED = {*_OF_FILL, *_OF_STROKE, "font-family", "font-size", "font-weight", "font-style"}
_LENGTHS = ("stroke-width", "stroke-dasharray", "stroke-dashoffset")

_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER = re.compile(r"[-+]?[0-9.]+(?:e[-+]?[0-9]+)?")
_PATH_STEP = re.compile(r"([MLCZ])([^MLCZ]*)")


@dataclass(frozen=True)
class _Context:
    """What holds around an element: its inherited attributes, its place, and where it is seen."""

    definitions: dict[str, ElementTree.Element]
    style: dict[str, str]
    place: QTransform
    clip: QRectF

    def within(self, own: dict[str, str]) -> _Context:
        """Return what holds inside an element with these attributes."""
        style = self.style | {key: own[key] for key in _INHERITED & own.keys()}
        place, clip = self.place, self.clip
        if "transform" in own:
            place = QTransform(*_numbers(own["transform"])) * place
        if "clip-path" in own:
            (shape,) = self.definition(own["clip-path"])
            clip = clip.intersected(_path_of(shape).boundingRect())
        return _Context(self.definitions, style, place, clip)

    def definition(self, reference: str) -> ElementTree.Element:
        """Return what ``url(#name)`` refers to."""
        return self.definitions[reference.removeprefix("url(#").removesuffix(")")]

    def paints(self, kind: str) -> bool:
        """Return whether it fills or strokes with anything that can be seen."""
        shares = (float(self.style.get(key, "1")) for key in (f"{kind}-opacity", "opacity"))
        return self.style.get(kind, "none") != "none" and all(shares)

    def element(
        self, path: QPainterPath, keys: tuple[str, ...], **more: str
    ) -> Iterator[ElementTree.Element]:
        """Yield a path with some of the inherited attributes, unless nothing is left of it."""
        if not path.isEmpty():
            style = {key: self.style[key] for key in keys if key in self.style}
            yield ElementTree.Element(f"{{{_SVG}}}path", more | style, d=_written(path))


def plain_svg(data: bytes) -> bytes:
    """Return a document of `QSvgGenerator` (SVG 1.1) as paths and images that need no more.

    Parameters
    ----------
    data
        The document, in UTF-8.

    Returns
    -------
    bytes
        The same picture. Words are outlines that carry their text as ``aria-label``.
    """
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    source = ElementTree.fromstring(_NOT_IN_XML.sub(b"", data))
    x, y, width, height = _numbers(source.attrib["viewBox"])
    result = ElementTree.Element(f"{{{_SVG}}}svg", version="1.1")
    result.attrib |= {"width": f"{width:g}", "height": f"{height:g}"}
    result.set("viewBox", source.attrib["viewBox"])
    title = ElementTree.SubElement(result, f"{{{_SVG}}}title")
    title.text = source.findtext(f"{{{_SVG}}}title")
    definitions = {definition.get("id", ""): definition for definition in source.iter()}
    everywhere = _Context(definitions, {}, QTransform(), QRectF(x, y, width, height))
    for group in source.findall(f"{{{_SVG}}}g"):
        result.extend(_plain(group, everywhere))
    ElementTree.indent(result, " ")
    document: bytes = ElementTree.tostring(result, encoding="utf-8", xml_declaration=True)
    return document


def _plain(element: ElementTree.Element, around: _Context) -> Iterator[ElementTree.Element]:
    """Yield what an element and those inside it draw."""
    context = around.within(element.attrib)
    match element.tag.removeprefix(f"{{{_SVG}}}"):
        case "g":
            for child in element:
                yield from _plain(child, context)
        case "image":
            yield from _plain_image(element, context)
        case "text":
            yield from _plain_words(element, context)
        case _:
            yield from _plain_shape(element, context)


def _plain_shape(element: ElementTree.Element, context: _Context) -> Iterator[ElementTree.Element]:
    outline = _path_of(element)
    path = context.place.map(outline)
    if element.get("vector-effect", "none") == "none":
        context = replace(context, style=_scaled(context.style, context.place))
    if context.style.get("fill", "none").startswith("url("):
        gradient = _gradient_of(context.definition(context.style["fill"]), outline.boundingRect())
        area = outline.boundingRect()
        yield from _image(area, context, lambda painter: painter.fillPath(outline, gradient))
    elif context.paints("fill"):
        yield from context.element(_cut_area(path, context.clip), _OF_FILL, stroke="none")
    if context.paints("stroke"):
        yield from context.element(_cut_lines(path, context.clip), _OF_STROKE, fill="none")


def _plain_words(element: ElementTree.Element, context: _Context) -> Iterator[ElementTree.Element]:
    style, text = context.style, element.text or ""
    families = [name.strip(" '\"") for name in style["font-family"].split(",")]
    font = QFont()
    # Some versions of Qt name only the first family: the others are where a sign may come from.
    font.setFamilies([*families, *fonts.families(fonts.MONO in families[0])])
    font.setPixelSize(round(float(style["font-size"])))
    font.setWeight(QFont.Weight(int(style.get("font-weight", "400"))))
    font.setItalic(style.get("font-style") == "italic")
    outlines = QPainterPath()
    outlines.addText(float(element.attrib["x"]), float(element.attrib["y"]), font, text)
    outlines = context.place.map(outlines)
    context = replace(context, style=style | {"fill-rule": "nonzero"})
    more = {"aria-label": text, "stroke": "none"}
    yield from context.element(_cut_area(outlines, context.clip), _OF_FILL, **more)


def _plain_image(element: ElementTree.Element, context: _Context) -> Iterator[ElementTree.Element]:
    data = element.attrib[_LINK].partition(",")[2].encode()
    image = QImage.fromData(QByteArray.fromBase64(data))
    rect = _path_of(element).boundingRect()
    # Every pixel may stand for a cell: enlarged here, it is not smoothed where it is read.
    yield from _image(rect, context, lambda painter: painter.drawImage(rect, image))


def _image(
    rect: QRectF, context: _Context, draw: Callable[[QPainter], None]
) -> Iterator[ElementTree.Element]:
    """Yield what is drawn in a rectangle as an image, unless nothing of it is seen."""
    seen = context.place.mapRect(rect).intersected(context.clip)
    if seen.isEmpty():
        return
    dense = QImage((seen.size() * _IMAGE_DENSITY).toSize(), QImage.Format.Format_ARGB32)
    dense.fill(0)
    painter = QPainter(dense)
    painter.scale(dense.width() / seen.width(), dense.height() / seen.height())
    painter.translate(-seen.topLeft())
    painter.setTransform(context.place, combine=True)
    draw(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    dense.save(buffer, "PNG")  # type: ignore[call-overload]
    place = {"x": seen.x(), "y": seen.y(), "width": seen.width(), "height": seen.height()}
    result = ElementTree.Element(f"{{{_SVG}}}image", {k: f"{v:g}" for k, v in place.items()})
    result.set("preserveAspectRatio", "none")
    result.set(_LINK, "data:image/png;base64," + buffer.data().toBase64().toStdString())
    yield result


def _gradient_of(element: ElementTree.Element, rect: QRectF) -> QBrush:
    """Return a linear gradient, in the coordinates of the shape whose rectangle is given."""
    own = element.attrib
    start, end = (QPointF(float(own[f"x{end}"]), float(own[f"y{end}"])) for end in "12")
    if own.get("gradientUnits") != "userSpaceOnUse":
        unit = QTransform(rect.width(), 0, 0, rect.height(), rect.x(), rect.y())
        start, end = unit.map(start), unit.map(end)
    gradient = QLinearGradient(start, end)
    for stop in element:
        color = QColor(stop.attrib["stop-color"])
        color.setAlphaF(float(stop.attrib["stop-opacity"]))
        gradient.setColorAt(float(stop.attrib["offset"]), color)
    return QBrush(gradient)


# -- geometry -------------------------------------------------------------------------------------


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _path_of(element: ElementTree.Element) -> QPainterPath:
    """Return the outline of a shape as a `QSvgGenerator` writes them."""
    own, path = element.attrib, QPainterPath()
    match element.tag.removeprefix(f"{{{_SVG}}}"):
        case "rect" | "image":
            path.addRect(*(float(own[key]) for key in ("x", "y", "width", "height")))
        case "circle":
            path.addEllipse(QPointF(float(own["cx"]), float(own["cy"])), *2 * [float(own["r"])])
        case "ellipse":
            center = QPointF(float(own["cx"]), float(own["cy"]))
            path.addEllipse(center, float(own["rx"]), float(own["ry"]))
        case "polyline" | "polygon" as kind:
            numbers = _numbers(own["points"])
            points = zip(numbers[::2], numbers[1::2], strict=True)
            path.addPolygon(QPolygonF([QPointF(*point) for point in points]))
            if kind == "polygon":
                path.closeSubpath()
        case "path":
            for step, rest in _PATH_STEP.findall(own["d"]):
                _go_on(path, step, _numbers(rest))
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def _go_on(path: QPainterPath, step: str, numbers: list[float]) -> None:
    match step:
        case "M":
            path.moveTo(*numbers)
        case "L":
            path.lineTo(*numbers)
        case "C":
            path.cubicTo(*numbers)
        case _:
            path.closeSubpath()


def _written(path: QPainterPath) -> str:
    """Return the value of ``d``, to a hundredth of a pixel."""
    letters = {
        QPainterPath.ElementType.MoveToElement: "M",
        QPainterPath.ElementType.LineToElement: "L",
        QPainterPath.ElementType.CurveToElement: "C",
        QPainterPath.ElementType.CurveToDataElement: "",
    }
    elements = (path.elementAt(index) for index in range(path.elementCount()))
    return " ".join(f"{letters[e.type]}{round(e.x, 2):g},{round(e.y, 2):g}" for e in elements)


def _scaled(style: dict[str, str], place: QTransform) -> dict[str, str]:
    """Return the attributes with the lengths of the stroke as large as the place makes them."""
    scale = math.sqrt(abs(place.determinant()))
    lengths = {key: _numbers(style[key]) for key in _LENGTHS if style.get(key, "none") != "none"}
    return style | {
        key: ",".join(f"{scale * number:g}" for number in numbers)
        for key, numbers in lengths.items()
    }


def _cut_area(path: QPainterPath, clip: QRectF) -> QPainterPath:
    """Return what of an area lies in a rectangle."""
    if clip.contains(path.boundingRect()):
        return path
    result = QPainterPath()
    for polygon in path.toSubpathPolygons():
        points = [(point.x(), point.y()) for point in polygon.toList()]
        for axis, edge, sign in _edges(clip):
            points = _cut_by_edge(points, axis, edge, sign)
        if points:
            result.addPolygon(QPolygonF([QPointF(*point) for point in points]))
            result.closeSubpath()
    return result


def _cut_lines(path: QPainterPath, clip: QRectF) -> QPainterPath:
    """Return what of the lines of a path lies in a rectangle."""
    if clip.contains(path.boundingRect()):
        return path
    result = QPainterPath()
    for polygon in path.toSubpathPolygons():
        points = [(point.x(), point.y()) for point in polygon.toList()]
        for start, end in pairwise(points):
            part = _cut_segment(start, end, clip)
            if part is None:
                continue
            if result.currentPosition() != QPointF(*part[0]) or result.isEmpty():
                result.moveTo(*part[0])
            result.lineTo(*part[1])
    return result


_Point = tuple[float, float]


def _edges(rect: QRectF) -> tuple[tuple[int, float, int], ...]:
    """Return the edges as (axis, place, sign): inside is where sign * coordinate is above it."""
    return (
        (0, rect.left(), 1),
        (0, rect.right(), -1),
        (1, rect.top(), 1),
        (1, rect.bottom(), -1),
    )


def _cut_by_edge(points: list[_Point], axis: int, edge: float, sign: int) -> list[_Point]:
    """Return what of a polygon lies on one side of an edge."""
    result: list[_Point] = []
    for start, end in pairwise([*points[-1:], *points]):
        before, after = (sign * (point[axis] - edge) for point in (start, end))
        if (before >= 0) != (after >= 0):
            result.append(_between(start, end, before / (before - after)))
        if after >= 0:
            result.append(end)
    return result


def _cut_segment(start: _Point, end: _Point, clip: QRectF) -> tuple[_Point, _Point] | None:
    """Return what of a segment lies in a rectangle, or None."""
    first, last = 0.0, 1.0
    for axis, edge, sign in _edges(clip):
        before, after = (sign * (point[axis] - edge) for point in (start, end))
        if before < 0 and after < 0:
            return None
        if before < 0:
            first = max(first, before / (before - after))
        elif after < 0:
            last = min(last, before / (before - after))
    if first > last:
        return None
    return _between(start, end, first), _between(start, end, last)


def _between(start: _Point, end: _Point, share: float) -> _Point:
    return (
        start[0] + share * (end[0] - start[0]),
        start[1] + share * (end[1] - start[1]),
    )
