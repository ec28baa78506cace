"""A drawing for a cell that has none of its own: its lines side by side, and what each reads.

Lines stand in a row, with the hidden state at its right end. The other states lie above that one,
and come from the step before along straight wires. What goes further than to the next column of
the row runs below it, each source in a lane of its own, and what reads such a source is reached
from below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rnnviz.core.cells import Cell
from rnnviz.core.cells.declaration import OF_EVERY_LAYER
from rnnviz.core.cells.lines import Line
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.latex import symbol_latex
from rnnviz.diagnostics.one_step.sources import Source, matrices_by_state, sources_of
from rnnviz.gui.inside.drawing.cell_diagrams import (
    BEFORE,
    CellDiagram,
    Corner,
    Height,
    Node,
    Operation,
    Way,
)

_BETWEEN = 32.0
"""How far apart states lie, one above the other, in designed pixels."""
_FIRST_LANE, _LANE = 12.0, 11.0
_COLUMN = 0.375
"""Half of a column, in slots."""
_TRACK = 0.17
"""How far apart wires rise to the states, in slots."""
_ABOVE, _BELOW = (0.35, -0.35, 0.25, -0.25), (-0.14, 0.14, -0.28, 0.28)
"""Where wires arrive from above, beside a column's symbol, and from below; in slots."""
_BESIDE = 0.27
"""Where one leads from state to state, to the left or to the right of the symbol."""

Route = tuple[str, tuple[Corner, ...], str]
"""Where a wire begins, turns and ends."""


def plain_diagram(kind: type[Cell], lines: Sequence[Line]) -> CellDiagram:
    """Return a drawing for a cell that has none of its own.

    Parameters
    ----------
    kind
        The cell.
    lines
        What one layer computes at a time step, in its order.
    """
    return _Plan(kind, lines).diagram()


class _Plan:
    def __init__(self, kind: type[Cell], lines: Sequence[Line]) -> None:
        self._hidden, *self._upper = kind.state_names()
        self._stack = (*self._upper, self._hidden)
        self._matrices = matrices_by_state(kind, lines)
        self._lines = [line for line in lines if line.name not in OF_EVERY_LAYER]
        self._inner = [line for line in self._lines if line.name not in self._stack]
        self._at = {line.name: float(slot) for slot, line in enumerate(self._inner)}
        sources = sources_of(lines, self._stack)
        edges = [(source, line.name) for line in self._lines for source in sources[line.name]]
        self._edges = edges
        # What is read comes from below them all, so its lane is the lowest.
        lanes = dict.fromkeys(_origin(one) for one, name in edges if self._has_lane(one, name))
        self._lanes = sorted(lanes, key=lambda one: one.name == "x")
        first = len(self._inner) - 0.5
        turns = [name for one, name in edges if self._has_track(one, name)]
        turns += [f"{one.name} down" for one in self._lanes if self._is_state(one)]
        tracks = enumerate(dict.fromkeys(turns), start=1)
        self._tracks = {name: first + _TRACK * number for number, name in tracks}
        last = max(self._tracks.values(), default=first)
        self._at[self._hidden] = max(len(self._inner) + 0.3, last + _COLUMN + 0.25)
        self._points: list[Operation] = []

    def diagram(self) -> CellDiagram:
        """Return it all."""
        written: list[Source] = []
        ways: dict[tuple[str, str], Way] = {}
        for source, target in self._edges:
            start, corners, end = self._route(source, target)
            beside = sum(_origin(one) == _origin(source) for one in written)
            tex = source.matrix if source not in written else ""
            if tex:
                written.append(source)
            back = f"d{source.name}_before" if source.before else f"d{source.name}"
            way = Way(start, end, target, back, corners, tex, beside=beside)
            ways.setdefault((start, end), way)
        lowest = self._lane(self._lanes[-1])[1] + 8 if self._lanes else self._top(self._hidden)[1]
        return CellDiagram(
            slots=self._at[self._hidden],
            height=(float(len(self._stack)), lowest),
            states={name: self._top(name) for name in self._stack},
            nodes=tuple(self._node(line) for line in self._inner),
            operations=tuple(self._points),
            ways=tuple(ways.values()),
            matrices=self._matrices,
        )

    def _node(self, line: Line) -> Node:
        symbol = symbol_latex(parse(line.equation)[0].left).replace(",t}", ",{t}}")
        back, top = rf"\partial L/\partial {symbol}", self._top(self._hidden)
        return Node(line.name, f"d{line.name}", symbol, back, self._at[line.name], top)

    # -- where ----------------------------------------------------------------------------------

    def _top(self, state: str, below: float = 0.0, columns: float = 0.0) -> Height:
        """Return the height at which a state's column begins, or one that lies lower."""
        number = self._stack.index(state)
        return (number + columns, _BETWEEN * number + below)

    def _middle(self, state: str) -> Height:
        return self._top(state, columns=0.5)

    def _lane(self, source: Source) -> Height:
        below = _FIRST_LANE + _LANE * self._lanes.index(_origin(source))
        return self._top(self._hidden, below, 1.0)

    def _point(self, name: str, slot: float, height: Height) -> str:
        """Let a wire begin or end where no column has the middle of its side."""
        self._points.append(Operation(name, "", slot, height))
        return f"{name}:b"

    # -- which way ------------------------------------------------------------------------------

    def _is_state(self, source: Source) -> bool:
        """Tell whether a source is a state after this step."""
        return not source.before and source.name in self._stack

    def _is_beside(self, source: Source, target: str) -> bool:
        """Tell whether a source and what reads it are neighbours in the stack of states."""
        if not self._is_state(source) or target not in self._stack:
            return False
        return abs(self._stack.index(source.name) - self._stack.index(target)) == 1

    def _has_lane(self, source: Source, target: str) -> bool:
        """Tell whether a wire runs below the row."""
        is_first = bool(self._inner) and target == self._inner[0].name
        if source.name == "x":
            return not is_first
        if source.before:
            is_first = is_first or (not self._inner and target == self._hidden)
            return source.name == self._hidden and not is_first
        if self._is_state(source):
            return target not in self._stack
        return target not in self._upper and not self._is_next(source, target)

    def _is_next(self, source: Source, target: str) -> bool:
        row = [*(line.name for line in self._inner), self._hidden]
        return row.index(target) == row.index(source.name) + 1

    def _has_track(self, source: Source, target: str) -> bool:
        """Tell whether a wire turns towards a state just before its column."""
        if target not in self._stack or self._is_beside(source, target):
            return False
        if (source.before and source.name == self._hidden) or source.name == "x":
            return target in self._upper
        return source.name in self._stack and source.name != target

    def _route(self, source: Source, target: str) -> Route:
        if self._is_state(source):
            return self._from_state(source, target)
        start, leaves = self._start(source)
        if self._has_lane(source, target):
            return self._in_lane(source, target, start, leaves)
        if self._has_track(source, target):
            track = self._tracks[target]
            height = self._middle(source.name)
            return start, ((track, height), (track, self._middle(target))), f"{target}:l"
        if source.before and source.name != self._hidden and target not in self._stack:
            at = self._at[target] + _ABOVE[self._upper.index(source.name) % len(_ABOVE)]
            end = self._point(_name(source, target), at, self._top(self._hidden))
            return start, ((at, self._middle(source.name)),), end
        if source.name in self._at and not source.before and target in self._upper:
            at = self._at[source.name] + 0.5
            return start, (*leaves, (at, self._middle(target))), f"{target}:l"
        return start, (), f"{target}:b" if source.name == "x" else f"{target}:l"

    def _start(self, source: Source) -> tuple[str, tuple[Corner, ...]]:
        """Return where a source's wires begin, and where those turn that do not go straight on."""
        row = self._middle(self._hidden)
        if source.name == "x":
            return "x:t", ()
        if source.before:
            return f"{source.name}-:r", ((BEFORE, row),)
        return f"{source.name}:r", ((self._at[source.name] + 0.5, row),)

    def _in_lane(
        self, source: Source, target: str, start: str, leaves: tuple[Corner, ...]
    ) -> Route:
        """Return a way below the row, and up to what reads the source."""
        lane = self._lane(source)
        corners = (*leaves, (leaves[-1][0] if leaves else 0.0, lane))
        if target in self._upper:
            track = self._tracks[target]
            corners += ((track, lane), (track, self._middle(target)))
            return start, corners, f"{target}:l"
        number = self._lanes.index(_origin(source)) % len(_BELOW)
        at = self._at[target] + (0.0 if source.name == "x" else _BELOW[number])
        bottom = self._top(self._hidden, columns=1.0)
        return start, (*corners, (at, lane)), self._point(_name(source, target), at, bottom)

    def _from_state(self, source: Source, target: str) -> Route:
        """Return a way from a state to what reads it at the same time step."""
        name, column = source.name, self._at[self._hidden]
        falls = target not in self._stack or self._stack.index(target) > self._stack.index(name)
        at, side = (column - _BESIDE, 1.0) if falls else (column + _BESIDE, 0.0)
        start = self._point(f"{name} to {target}", at, self._top(name, columns=side))
        if self._is_beside(source, target):
            end = self._top(target, columns=1.0 - side)
            return start, (), self._point(_name(source, target), at, end)
        gap = self._top(name, _BETWEEN / 2 if falls else -_BETWEEN / 2, side)
        if target in self._stack:
            track = self._tracks[target]
            return start, ((at, gap), (track, gap), (track, self._middle(target))), f"{target}:l"
        track = self._tracks[f"{name} down"]
        leaves = ((at, gap), (track, gap)) if name != self._hidden else ((at, gap),)
        return self._in_lane(source, target, start, leaves)


def _origin(source: Source) -> Source:
    """Return a source without what it is multiplied by."""
    return replace(source, matrix="")


def _name(source: Source, target: str) -> str:
    """Name the end of a wire."""
    return f"{source.name}{'-' * source.before} into {target} {source.matrix}"
