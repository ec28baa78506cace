"""Names of numbers as they are drawn: ``h_2[1]`` with its 2 below, ``dL/dh`` with curly letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from rnnviz.core.parameters import letter_of
from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.terms import Source
from rnnviz.gui.inside.drawing.shapes import Entry
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.wording.parameters import parameter_name, which_layer

_LETTERS = re.compile(r"(?:dL/d)?([^\W\d_]+)")
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


def whose(place: Place, text: str, record: StepRecord) -> str:
    """Say of which parameter a number is, where its name and the phase's do not.

    Parameters
    ----------
    place
        Where it stands.
    text
        What it is called: ``g[1,2]``, which would be one of several numbers.
    record
        Of the step.

    Returns
    -------
    str
        What to write behind the name: `` of W``, `` of W, layer 2``, ``, layer 2``, or nothing.
    """
    parameter = place.name if place.part == "gradients" else place.parameter
    if not parameter or "[" not in text:
        # The learning rate, and the like, is one for all.
        return ""
    layers, letters = record.subject.network.num_layers, _LETTERS.match(text)
    if letters is not None and letters[1] == letter_of(parameter):
        return which_layer(parameter, layers)
    return f" of {parameter_name(parameter, layers)}"


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
