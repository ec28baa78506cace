"""Names of numbers as they are drawn: ``h_2[1]`` with its 2 below, ``dL/dh`` with curly letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from rnnviz.diagnostics.one_step.terms import Source
from rnnviz.gui.inside.drawing.shapes import Entry
from rnnviz.gui.style.palette import ColorRole

_BELOW = re.compile(r"_(\{[^}]*\}|[A-Za-z0-9+-]+)")


@dataclass(frozen=True, slots=True)
class Span:
    """Some characters that are drawn alike.

    Attributes
    ----------
    text
        What is written.
    is_below
        Whether it stands lower, and is smaller.
    """

    text: str
    is_below: bool = False


def spans_of(text: str) -> tuple[Span, ...]:
    """Return a name, cut where it changes between the line and below it."""
    text = text.replace("dL/d", "∂L/∂")
    spans, start = [], 0
    for found in _BELOW.finditer(text):
        spans.append(Span(text[start : found.start()]))
        spans.append(Span(found[1].strip("{}"), is_below=True))
        start = found.end()
    spans.append(Span(text[start:]))
    return tuple(span for span in spans if span.text)


def as_html(text: str) -> str:
    """Return a name for a label."""
    return "".join(
        f"<sub>{escape(span.text)}</sub>" if span.is_below else escape(span.text)
        for span in spans_of(text)
    )


def role_of(source: Source | None, text: str) -> ColorRole:
    """Return the colour of a name: blue goes forward, orange comes back, ink is given."""
    if "dL/d" in text:
        return "backward"
    if source is None or source.place is None:
        return "ink"
    place = source.place
    if place.part == "update":
        return "backward" if place.name in ("g", "update") else "ink"
    return "backward" if place.part in ("clip", "gradients") else "forward"


def as_entry(index: tuple[int, ...]) -> Entry:
    """Return which number is meant as it is written, where the code has rows for columns."""
    return index[::-1]


def as_index(entry: Entry) -> tuple[int, ...]:
    """Return which number is meant as the code has it."""
    return entry[::-1]
