"""What single numbers of a record are called: ``h_2[1]``, ``W[1,3]``, ``U[1,'e']``."""

from __future__ import annotations

from collections.abc import Callable

from rnnviz.core.parameters import letter_of
from rnnviz.diagnostics.one_step.expression import Symbol
from rnnviz.diagnostics.one_step.latex import symbol_latex
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.scope import Found
from rnnviz.diagnostics.one_step.terms import Name

Labels = Callable[[int], str]
"""What an entry along an axis is called, given which it is, from 0."""

_GREEK = {"delta": "δ", "eta": "η", "mu": "μ", "beta": "β", "epsilon": "ε"}
_LATEX_SIGNS = {
    "\\": r"\backslash ", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\wedge ", "~": r"\sim ",
}  # fmt: skip
ANY = "·"
"""Stands for a whole row or column."""


def symbol_name(symbol: Symbol, t: int) -> Name:
    """Name a whole quantity, at a time step."""
    return Name(symbol_text(symbol, t), symbol_latex(symbol, t))


def entry_name(symbol: Symbol, t: int, labels: tuple[str, ...]) -> Name:
    """Name an entry of a quantity, with what its row and its column are called, if any."""
    if not labels:
        return symbol_name(symbol, t)
    inside = ",".join(in_latex(label) for label in labels)
    latex = f"{symbol_latex(symbol, t)}[{inside}]"
    return Name(symbol_text(symbol, t, f"[{','.join(labels)}]"), latex)


def symbol_text(symbol: Symbol, t: int, entry: str = "") -> str:
    """Write a symbol in plain characters, and which entry of it is meant."""
    time = None if symbol.time is None else t + symbol.time
    below = [symbol.subscript] if symbol.subscript else []
    if time is not None and symbol.part != "step":
        below.append(str(time))
    letter = _GREEK.get(symbol.letter, symbol.letter)
    if below:
        letter += "_" + (below[0] if len(below) == 1 else f"{{{','.join(below)}}}")
    if symbol.slope:
        return f"f'({letter}){entry}"
    text = f"dL/d{letter}" if symbol.gradient else letter
    match symbol.part:
        case "above":
            text = f"({text} from above)"
        case "later" | "before":
            assert time is not None
            text = f"({text} from {time + 1})"
        case "step":
            text = f"({text} from {time})"
    return f"{text}{entry} of layer {symbol.layer}" if symbol.layer else text + entry


def in_latex(text: str) -> str:
    """Write a label in LaTeX."""
    if text.isdigit():
        return text
    if text == ANY:
        return r"\cdot"
    # Within \text some of these would be written as they stand, by one program or another.
    signs = (f"}}{_LATEX_SIGNS[sign]}\\text{{" if sign in _LATEX_SIGNS else sign for sign in text)
    return rf"\text{{{''.join(signs)}}}".replace(r"\text{}", "")


def unit(index: int) -> str:
    """Name a unit: they are counted from 1."""
    return str(index + 1)


def quoted(labels: tuple[str, ...]) -> Labels:
    """Name tokens, or what is read or put out, by their labels; a number without one is counted."""

    def name(index: int) -> str:
        label = labels[index].replace("\n", r"\n").replace("\t", r"\t")
        return f"'{label}'" if label else unit(index)

    return name


def labels_of(record: StepRecord, symbol: Symbol, found: Found) -> tuple[Labels, Labels]:
    """Return what the rows and the columns of a quantity are called, as equations have it."""
    tokens, answers = quoted(record.subject.tokens), quoted(record.subject.answers)
    parameter, place = parameter_of(found), found.place
    if parameter in ("V", "c") or symbol.letter == "y":
        return answers, unit
    if parameter:
        return _units_of(record, parameter, found), tokens if parameter == "U1" else unit
    if place is not None and place.layer == 1 and place.name in ("x", "dx"):
        return tokens, unit
    if place is not None and place.layer == 0 and place.name in ("o", "p", "do"):
        return answers, unit
    return unit, unit


def _units_of(record: StepRecord, parameter: str, found: Found) -> Labels:
    """Name the rows of a parameter: units, or the units of several gates, ``f2``."""
    kind, letter = record.subject.network.architecture.kind, letter_of(parameter)
    spec = next(spec for spec in kind.parameters if spec.letter == letter)
    blocks, size = spec.blocks or kind.blocks, record.subject.network.hidden_size
    if len(blocks) == 1 or found.value.shape[-1] == size:
        return unit
    return lambda index: f"{blocks[index // size]}{index % size + 1}"


def parameter_of(found: Found) -> str:
    """Return the name of the parameter that a quantity is, or has an entry for each entry of."""
    place = found.place
    if place is None:
        return found.parameter
    if found.by_stream or not found.value.ndim:
        return ""
    match place.part:
        case "gradients":
            return place.name
        case "update":
            return place.parameter
    letter = place.name.removeprefix("d")
    return f"{letter}{place.layer}" if place.layer else letter
