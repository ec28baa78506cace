"""One number of a step is hidden and asked for: which, whether an answer is right, and if not why.

Where the slip is, is found by calculating what each slip would have given (`slips`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from rnnviz.diagnostics.one_step.arithmetic import as_sent, equation_of
from rnnviz.diagnostics.one_step.calculator import printed
from rnnviz.diagnostics.one_step.entries import Entries
from rnnviz.diagnostics.one_step.expression import Call, Equation, Number, Symbol
from rnnviz.diagnostics.one_step.phases import Place, line_at
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.rounding import places_in_cell, usual_digits
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.diagnostics.one_step.slips import MOST, Slip, SlipKind, in_full, slips, worth
from rnnviz.diagnostics.one_step.terms import Leaf, Name, Node, Total, children, rebuild

_Half = Callable[[float], float]
Hidden = tuple[Place, tuple[int, ...]]
"""A number that may be hidden: its line, and which of it, as `arithmetic` has it."""

# Longer calculations are work for a computer.
_MOST_LEAVES = 40
# An answer may be off by so much of itself, however roughly the numbers are shown.
_LARGEST_SHARE = 0.05
# Smaller numbers are asked for only if there are no others.
_SMALL = 0.01
_MOST_TRIED, _FEWEST_TRIED = 40, 4
_ALMOST = 4.0


@dataclass(frozen=True, slots=True)
class Question:
    """A number that is asked for.

    Attributes
    ----------
    place, index, stream
        Where it stands, as in `arithmetic`.
    name
        What it is called.
    value
        The number.
    tolerance
        By how much an answer may be off: what comes of calculating with rounded numbers.
    slips
        What mistakes give, as far as that is another number.
    """

    place: Place
    index: tuple[int, ...]
    stream: int
    name: Name
    value: float
    tolerance: float
    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say of an answer.

    Attributes
    ----------
    right
        Whether it is right.
    almost
        Whether it is wrong by so little that it was probably rounded on the way.
    slips
        Which mistakes give this number, the likeliest first; empty where it is right.
    """

    right: bool
    almost: bool = False
    slips: tuple[Slip, ...] = ()


def numbers_of(record: StepRecord, places: Iterable[Place], stream: int = 0) -> Iterator[Hidden]:
    """Go through all numbers of some lines, in one stream."""
    for place in places:
        scope = Scope(record, place, stream)
        value = scope.line.value[stream] if scope.by_stream else scope.line.value
        for index in np.ndindex(value.shape):
            yield place, index


def ask(
    record: StepRecord,
    among: Sequence[Hidden],
    rng: np.random.Generator,
    stream: int = 0,
    asked: Sequence[Hidden] = (),
) -> Question | None:
    """Choose a number to ask for: one that can be calculated by hand, and is not zero.

    The lines take turns: that comes first which was asked for longest ago, or never; within a line,
    any number that was not asked for.

    Parameters
    ----------
    record
        Of a step.
    among
        Which numbers may be hidden: those that are seen.
    rng
        Chooses.
    stream
        Which of the batch, from 0.
    asked
        What was asked for before, the latest last: again only where there is nothing else.

    Returns
    -------
    Question or None
        None where there is none that would be fair.
    """
    when = {one: number for number, one in enumerate(asked)}
    mixed = [among[k] for k in rng.permutation(len(among))]
    new = [one for one in mixed if one not in when]
    old = sorted((one for one in mixed if one in when), key=when.__getitem__)
    just = [one for one in old if one == asked[-1]]
    turns = {_line_of(one): number for number, one in enumerate(asked)}
    lines = sorted(dict.fromkeys(map(_line_of, among)), key=lambda line: turns.get(line, -1))
    order = [*_of_each(record, lines, new, stream), *old[: len(old) - len(just)][:_MOST_TRIED]]
    tries = [(one, in_cells) for in_cells in (True, False) for one in order]
    tries += [(one, in_cells) for in_cells in (True, False) for one in just]
    for (place, index), in_cells in tries:
        question = question_about(record, place, index, stream, in_cells=in_cells)
        if question is not None:
            return question
    return None


def _line_of(one: Hidden) -> tuple[str, str]:
    """Return of which line a number is: what is done to each parameter alike is one."""
    return one[0].part, one[0].name


def _of_each(
    record: StepRecord, lines: Sequence[tuple[str, str]], among: Sequence[Hidden], stream: int
) -> Iterator[Hidden]:
    """Go through some numbers of each line, a line after the other, and first the large ones."""
    most = max(_FEWEST_TRIED, 2 * _MOST_TRIED // max(1, len(lines)))
    for line in lines:
        there = [one for one in among if _line_of(one) == line][: 4 * most]
        sizes = [abs(_value(record, place, index, stream)) for place, index in there]
        large = [one for one, size in zip(there, sizes, strict=True) if size >= _SMALL]
        small = [one for one, size in zip(there, sizes, strict=True) if 0 < size < _SMALL]
        yield from (*large, *small)[:most]


def question_about(
    record: StepRecord,
    place: Place,
    index: tuple[int, ...],
    stream: int = 0,
    *,
    in_cells: bool = False,
) -> Question | None:
    """Ask for one number; None where that would not be fair.

    Which is where nothing is calculated, where it is zero, where it takes too long, or where the
    numbers are shown too roughly: to three places, `in_cells`, or to three digits, as in the
    arithmetic.
    """
    half = _half_in_cells if in_cells else _half_in_lines
    own = Scope(record, place, stream)
    equation, at = equation_of(own, index)
    value = _value(record, place, index, stream)
    found = own.recorded(equation.left)
    where = at[: found.value.ndim - found.by_stream]
    name = Entries(own, MOST).name_of_result(equation, found, where)
    scope, equation = as_sent(own, equation)
    if not value or not math.isfinite(value) or not _is_calculated(equation):
        return None
    nodes = [
        Entries(scope, MOST).of_equation(replace(equation, right=right), at)
        for right in dict.fromkeys((equation.right, in_full(scope, equation)))
    ]
    if not _is_short(nodes[0]):
        return None
    rough = [_roughness(node, value, half) for node in nodes if _is_short(node)]
    fair = [off for off in rough if off + half(value) <= _LARGEST_SHARE * abs(value)]
    if rough[0] not in fair:
        return None
    tolerance = max(_least(value), half(value)) + max(fair)
    if _changes_nothing(nodes[0], value, tolerance):
        return None
    mistakes = [*slips(scope, equation, at, name), *_other_entries(own, equation, at, value)]
    others = {
        (slip.kind, slip.what.text): slip
        for slip in reversed(mistakes)
        if math.isfinite(slip.value) and abs(slip.value - value) > tolerance
    }
    return Question(place, index, stream, name, value, tolerance, tuple(others.values()))


def judge(question: Question, answer: float) -> Verdict:
    """Tell whether an answer is right, and if not which slips would have given it."""
    off = abs(answer - question.value)
    if off <= question.tolerance:
        return Verdict(right=True)
    near = [
        (abs(slip.value - answer) / within, slip)
        for slip in question.slips
        if abs(slip.value - answer) <= (within := _least(slip.value) + question.tolerance / 2)
    ]
    # One that is met is likelier than one that is only near, and then a common one.
    near.sort(key=lambda found: (found[0] > 0.5, _KINDS.index(found[1].kind), found[0]))
    return Verdict(False, off <= _ALMOST * question.tolerance, tuple(slip for _, slip in near))


def number_in(text: str) -> float | None:
    """Read a number as people write it: ``-0.375``, ``−0,375``, ``3.1e-5``, ``3.1·10⁻⁵``."""
    text = text.strip().replace("\N{MINUS SIGN}", "-").replace(",", ".")
    text = re.sub(r"\s*[·*×x]\s*10\^?(?=[-+\d⁻⁰¹²³⁴⁵⁶⁷⁸⁹])", "e", text)
    text = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_KINDS: tuple[SlipKind, ...] = get_args(SlipKind)


def _value(record: StepRecord, place: Place, index: tuple[int, ...], stream: int) -> float:
    scope = Scope(record, place, stream)
    return float(line_at(record, place).value[(stream, *index) if scope.by_stream else index])


def _is_calculated(equation: Equation) -> bool:
    """Tell whether there is something to calculate, and not only to look up."""
    match equation.right:
        case None | Symbol() | Number() | Call("onehot"):
            return False
    return True


def _is_short(node: Node) -> bool:
    """Tell whether a calculation can be done by hand: with not too many numbers, all finite."""
    parts = list(_parts(node))
    return (
        not any(part.more for part in parts if isinstance(part, Total))
        and sum(isinstance(part, Leaf) for part in parts) <= _MOST_LEAVES
        and all(math.isfinite(part.value) for part in parts)
    )


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from _parts(part)


def _roughness(node: Node, value: float, half: _Half) -> float:
    """Return by how much a result may be off that is calculated from numbers as they are shown."""
    off = sum(abs(worth(changed) - value) for changed in _each_leaf_off(node, half))
    return off if math.isfinite(off) else math.inf


def _changes_nothing(node: Node, value: float, tolerance: float) -> bool:
    """Tell whether a term is so small that one might as well look the result up."""
    if not isinstance(node, Total):
        return False
    return any(0 < abs(worth(term)) <= tolerance for term in node.terms) and any(
        abs(worth(term) - value) <= tolerance for term in node.terms
    )


def _each_leaf_off(node: Node, half: _Half) -> Iterator[Node]:
    """Go through the trees in which one number is off by half of its last shown digit."""
    if isinstance(node, Leaf) and (
        float(printed(node, usual_digits(node.value)).value) != node.value
    ):
        yield replace(node, value=node.value + half(node.value))
    parts = children(node)
    for place, part in enumerate(parts):
        for changed in _each_leaf_off(part, half):
            yield rebuild(node, (*parts[:place], changed, *parts[place + 1 :]))


def _half_in_lines(value: float) -> float:
    """Return half of the last digit of a number in a line of arithmetic."""
    return _unit(value) / 2


def _half_in_cells(value: float) -> float:
    """Return half of the last digit of a number in a cell."""
    places = places_in_cell(value)
    if places is None:
        places = -math.floor(math.log10(abs(value)))
    return 0.5 * 10.0**-places if value else 0.0


def _unit(value: float) -> float:
    """Return what one more in the last shown digit is worth."""
    if not value:
        return 0.0
    return float(10.0 ** (math.floor(math.log10(abs(value))) + 1 - usual_digits(value)))


def _least(value: float) -> float:
    """Return by how much an answer may be off at least: three digits of it are enough."""
    if not value:
        return 0.0
    return max(_unit(value), 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 2))


def _other_entries(
    scope: Scope, equation: Equation, at: tuple[int, int], value: float
) -> Iterator[Slip]:
    """Go through the numbers that stand beside the hidden one."""
    found = scope.recorded(equation.left)
    if found.value.ndim == found.by_stream:
        return
    written = found.as_written(scope.stream)
    entries = Entries(scope, MOST)
    for row, column in np.argwhere(written != value)[: MOST**2].tolist():
        where = (row, column)[: found.value.ndim - found.by_stream]
        name = entries.name_of_result(equation, found, where)
        yield Slip("other entry", float(written[row, column]), name)
