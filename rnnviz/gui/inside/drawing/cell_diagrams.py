"""How each cell is drawn when it is open: as the textbooks draw it, as data.

Heights are pairs ``(n, px)``: so many times the height of a column of cells, and so many designed
pixels besides. Places along the step are slots, from 0; what stands in a slot stands in its middle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Height = tuple[float, float]
Corner = tuple[float, Height]


@dataclass(frozen=True, slots=True)
class Node:
    """A column of cells inside the open cell.

    Attributes
    ----------
    name, back
        The line whose value it shows on the way forward, and on the way back; the latter may be
        empty.
    tex, back_tex
        What stands above it; ``{t}`` stands for the time step.
    slot, top
        Where it stands.
    """

    name: str
    back: str
    tex: str
    back_tex: str
    slot: float
    top: Height


@dataclass(frozen=True, slots=True)
class Operation:
    """Something done entry by entry: a badge with a sign; without one, a point where wires part."""

    name: str
    tex: str
    slot: float
    middle: Height


@dataclass(frozen=True, slots=True)
class Way:
    """A wire from one thing to another, around corners.

    Attributes
    ----------
    start, end
        Names of nodes and operations, and after a colon the side, ``l``, ``r``, ``t`` or ``b``,
        at which it leaves or arrives. ``h`` and ``c`` are the states, ``h-`` and ``c-`` those
        before, and ``x`` is what is read.
    line
        The line that is computed with what it carries.
    back
        The line that comes back along it; empty where none does.
    corners
        Where it turns.
    tex
        The parameter on it.
    head
        Whether it ends in an arrowhead.
    beside
        How many other parameters stand already where its own is written.
    """

    start: str
    end: str
    line: str
    back: str = ""
    corners: tuple[Corner, ...] = ()
    tex: str = ""
    head: bool = True
    beside: int = 0


@dataclass(frozen=True, slots=True)
class CellDiagram:
    """A cell, open.

    Attributes
    ----------
    slots
        Where the slot of the states begins.
    height
        Of the layer.
    states
        Where the column of each state begins, in open and in closed cells.
    nodes, operations, ways
        What is inside.
    matrices
        By state the recurrent matrices that read it.
    """

    slots: float
    height: Height
    states: dict[str, Height]
    nodes: tuple[Node, ...]
    operations: tuple[Operation, ...]
    ways: tuple[Way, ...]
    matrices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"h": ("W",)})


BEFORE = -0.64
"""The slot at which what comes from the step before branches off."""


def gate(name: str, slot: float, top: Height) -> Node:
    """Return the column of a gate."""
    back = rf"\partial L/\partial a_{{{name}}}"
    return Node(name, f"da_{name}", f"{name}_{{t}}", back, slot, top)


def _into(gates: str, bus: Height) -> tuple[Way, ...]:
    """Return the ways from a line with h_{t-1} and x_t on it to the badges below gates."""
    return tuple(Way(f"bus {k}:t", f"in {k}:b", f"a_{k}", f"da_{k}") for k in gates) + tuple(
        Way(f"in {k}:t", f"{k}:b", k, f"da_{k}") for k in gates
    )


def _badges(
    gates: dict[str, tuple[float, str]], height: Height, bus: Height
) -> tuple[Operation, ...]:
    badges = (Operation(f"in {k}", tex, slot, height) for k, (slot, tex) in gates.items())
    parting = (Operation(f"bus {k}", "", slot, bus) for k, (slot, _) in gates.items())
    return (*badges, *parting)


def _from_before(end: str, line: str, height: Height, bus: Height) -> Way:
    """Return the way from h_{t-1} to the line that leads to the gates."""
    corners = ((BEFORE, height), (BEFORE, bus))
    return Way("h-:r", end, line, "dh_before", corners, "W", head=False)


VANILLA = CellDiagram(
    slots=1.36,
    height=(1, 0),
    states={"h": (0, 0)},
    nodes=(Node("a", "da", "a_{t}", r"\partial L/\partial a_{t}", 0, (0, 0)),),
    operations=(Operation("f", "f", 0.68, (0.5, 0)),),
    ways=(
        Way("h-:r", "a:l", "a", "dh_before", tex="W"),
        Way("x:t", "a:b", "a", "dx", tex="U"),
        Way("a:r", "f:l", "h", "da", head=False),
        Way("f:r", "h:l", "h", "da"),
    ),
)

_LSTM_GATES = {
    "f": (0.0, r"\sigma"),
    "i": (1.0, r"\sigma"),
    "g": (2.0, r"\tanh"),
    "o": (3.0, r"\sigma"),
}
_LSTM_TOP, _LSTM_BADGE, _LSTM_BUS = (0.5, 46.0), (1.5, 60.0), (1.5, 82.0)

LSTM = CellDiagram(
    slots=4.8,
    height=(2, 70),
    states={"c": (0, 0), "h": (1, 70)},
    nodes=tuple(gate(k, slot, _LSTM_TOP) for k, (slot, _) in _LSTM_GATES.items()),
    operations=(
        *_badges(_LSTM_GATES, _LSTM_BADGE, _LSTM_BUS),
        Operation("keep", r"\times", 0, (0.5, 0)),
        Operation("add", "+", 1.5, (0.5, 0)),
        Operation("let in", r"\times", 1.5, (0.5, 24)),
        Operation("parting", "", 3.86, (0.5, 0)),
        Operation("squash", r"\tanh", 3.86, (1, 22)),
        Operation("show", r"\times", 3.86, (1.5, 70)),
    ),
    ways=(
        _from_before("bus o:l", "a_f", (1.5, 70), _LSTM_BUS),
        Way("x:t", "bus f:b", "a_f", "dx", tex="U", head=False),
        *_into("figo", _LSTM_BUS),
        Way("c-:r", "keep:l", "c", "dc_before"),
        Way("f:t", "keep:b", "c", "da_f"),
        Way("keep:r", "add:l", "c", "dc_before", head=False),
        Way("i:t", "let in:l", "c", "da_i", ((1, (0.5, 24)),)),
        Way("g:t", "let in:r", "c", "da_g", ((2, (0.5, 24)),)),
        Way("let in:t", "add:b", "c", "da_i"),
        Way("add:r", "c:l", "c", "dc"),
        Way("parting:b", "squash:t", "h", "dc"),
        Way("squash:b", "show:t", "h", "dc"),
        Way("o:t", "show:l", "h", "da_o", ((3, (0.5, 32)), (3.52, (0.5, 32)), (3.52, (1.5, 70)))),
        Way("show:r", "h:l", "h", "dh"),
    ),
)

_GRU_TOP, _GRU_BADGE, _GRU_BUS = (0.5, 56.0), (1.5, 70.0), (1.5, 92.0)
_GRU_GATES = {"z": (0.0, r"\sigma"), "r": (1.0, r"\sigma")}

GRU = CellDiagram(
    slots=5.1,
    height=(1.5, 100),
    states={"h": (0, 0)},
    nodes=(
        *(gate(k, slot, _GRU_TOP) for k, (slot, _) in _GRU_GATES.items()),
        Node("s", "ds", "s_{t}", r"\partial L/\partial s_{t}", 2, _GRU_TOP),
        gate("n", 4, _GRU_TOP),
    ),
    operations=(
        *_badges(_GRU_GATES, _GRU_BADGE, _GRU_BUS),
        Operation("bus s", "", 2, _GRU_BUS),
        Operation("bus n", "", 3.3, _GRU_BUS),
        Operation("keep", r"\times", 0, (0.5, 0)),
        Operation("rest", r"1-", 0.62, (0.5, 26)),
        Operation("reset", r"\times", 2.68, (1, 56)),
        Operation("in n", r"\tanh", 3.3, (1, 56)),
        Operation("take", r"\times", 4, (0.5, 26)),
        Operation("add", "+", 4, (0.5, 0)),
        Operation("parting", "", 0, (0.5, 26)),
    ),
    ways=(
        _from_before("bus s:l", "a_z", (0.5, 0), _GRU_BUS),
        Way("bus s:r", "bus n:l", "a_n", "dx", head=False),
        Way("x:t", "bus z:b", "a_z", "dx", tex="U", head=False),
        *_into("zr", _GRU_BUS),
        Way("bus s:t", "s:b", "s", "ds"),
        Way("bus n:t", "in n:b", "a_n", "da_n"),
        Way("s:r", "reset:l", "a_n", "ds"),
        Way("r:t", "reset:t", "a_n", "da_r", ((1, (0.5, 42)), (2.68, (0.5, 42)))),
        Way("reset:r", "in n:l", "a_n", "da_n"),
        Way("in n:r", "n:l", "n", "da_n"),
        Way("h-:r", "keep:l", "h", "dh_before"),
        Way("z:t", "keep:b", "h", "da_z"),
        Way("parting:r", "rest:l", "h", "da_z", head=False),
        Way("rest:r", "take:l", "h", "da_z"),
        Way("n:t", "take:b", "h", "da_n"),
        Way("take:t", "add:b", "h", "da_n"),
        Way("keep:r", "add:l", "h", "dh", head=False),
        Way("add:r", "h:l", "h", "dh"),
    ),
)

DIAGRAMS = {"vanilla": VANILLA, "lstm": LSTM, "gru": GRU}
