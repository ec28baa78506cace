"""Which numbers of a record the symbols of a line stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.parameters import Array, layer_of
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.evaluation import evaluate
from rnnviz.diagnostics.one_step.expression import Equation, Expression, Symbol, shifted
from rnnviz.diagnostics.one_step.phases import Part, Place, line_at, lines_at
from rnnviz.diagnostics.one_step.record import StepRecord

# Parts whose lines can name each other.
_LAYER: tuple[Part, ...] = ("forward", "backward")
_OUTPUT: tuple[Part, ...] = ("output", "loss", "output back")
_BY_STREAM = (*_LAYER, *_OUTPUT)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a symbol stands for.

    Attributes
    ----------
    value
        As the code has it: (B, n) in rows, or (B,); a parameter, or what is of its shape; or one
        number. Matrices are stored transposed.
    by_stream
        Whether its first axis is the batch.
    place
        The line of the record that it is; None where it is none.
    parameter
        The parameter that it is, or that it is a block of; empty where it is none.
    first
        Where in that line or parameter it begins: a gate's is a block of columns.
    """

    value: Array
    by_stream: bool = False
    place: Place | None = None
    parameter: str = ""
    first: int = 0

    def as_written(self, stream: int) -> Array:
        """Return it as equations have it: a column (n, 1), a matrix (m, n), or a number ()."""
        value = self.value[stream] if self.by_stream else self.value
        return value[:, np.newaxis] if value.ndim == 1 else value.T


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What the symbols of a record's line stand for, in one stream.

    Attributes
    ----------
    record
        Of a step.
    place
        Of one of its lines.
    stream
        Which of the batch, from 0.
    """

    record: StepRecord
    place: Place
    stream: int = 0

    @property
    def one_hot_size(self) -> int:
        """How many entries the one-hot vectors have that are written there."""
        network = self.record.subject.network
        return network.vocab_size if self.place.part in _LAYER else network.output_size

    @property
    def line(self) -> Line:
        """The line itself."""
        return line_at(self.record, self.place)

    @property
    def by_stream(self) -> bool:
        """Whether its first axis is the batch."""
        adds = any(equation.adds for equation in parse(self.line.equation))
        return self.place.part in _BY_STREAM and not adds

    def streams(self) -> Sequence[Scope]:
        """Return what they stand for in each stream."""
        return [replace(self, stream=one) for one in range(self.record.subject.batch_size)]

    def of(self, symbol: Symbol) -> Array:
        """Return what a symbol stands for, as equations have it."""
        return self.find(symbol).as_written(self.stream)

    def find(self, symbol: Symbol) -> Found:
        """Return what a symbol stands for, of all streams.

        Raises
        ------
        KeyError
            Where it is the name of nothing.
        """
        own = replace(symbol, layer=0)
        place = replace(self.place, layer=symbol.layer) if symbol.layer else self.place
        for way in (self._line, self._gradient, self._parameter, self._given):
            found = way(own, place)
            if found is not None:
                return found
        raise KeyError(f"{symbol} is the name of nothing at {self.place}")

    def right_of(self, symbol: Symbol) -> Expression:
        """Return how what a symbol stands for comes about, as its own line says it."""
        place = self.find(symbol).place
        assert place is not None
        (equation,) = parse(line_at(self.record, place).equation)
        assert equation.right is not None
        return equation.right

    def compute(self, equation: Equation) -> Array:
        """Return what an equation comes to, as equations have it.

        Parameters
        ----------
        equation
            With a right side, and for one value of its index. What a step adds to a gradient is of
            all streams together.
        """
        assert equation.right is not None
        streams = self.streams() if equation.adds else [self]
        with np.errstate(all="ignore"):
            return np.asarray(sum(evaluate(equation.right, one) for one in streams))

    def recorded(self, left: Symbol) -> Found:
        """Return what the record has at this place for the left side of one of its equations."""
        whole = Found(self.line.value, self.by_stream, self.place)
        if self.by_stream or self.place.part not in _BY_STREAM:
            return whole
        return self._block(whole, left)

    # -- where a symbol is looked for -----------------------------------------------------------

    def _line(self, symbol: Symbol, place: Place) -> Found | None:
        tries = [(place.t, symbol)]
        if symbol.time:
            moved = shifted(symbol, -symbol.time)
            assert isinstance(moved, Symbol)
            tries.append((place.t + symbol.time, moved))
        for t, name in tries:
            for beside in self._beside(replace(place, t=t)):
                found = names_in(lines_at(self.record, beside)).get(name)
                if found is not None:
                    at = replace(beside, name=found)
                    by_stream = at.part in _BY_STREAM and name.part != "step"
                    return Found(line_at(self.record, at).value, by_stream, at)
        return None

    def _beside(self, place: Place) -> Iterator[Place]:
        """Go through the parts of the record whose lines can be named, the nearest first."""
        match place.part:
            case "clip":
                yield Place("clip", "")
                return
            case "update":
                yield replace(place, name="", t=0)
                yield Place("clip", "")
                return
            case "gradients":
                place = replace(place, layer=layer_of(place.name) or 0)
        if not 1 <= place.t <= len(self.record.forward):
            return
        layers = (place.layer,) if place.layer else ()
        top = len(self.record.forward[0].layers)
        own = [Place(part, "", place.t, layer) for layer in layers for part in _LAYER]
        output = [Place(part, "", place.t) for part in _OUTPUT]
        yield from (*own, *output)
        if not layers:
            yield from (Place(part, "", place.t, top) for part in _LAYER)

    def _gradient(self, symbol: Symbol, place: Place) -> Found | None:
        if not symbol.gradient or symbol.time is not None:
            return None
        name = self._named(symbol.letter, place)
        return Found(self.record.gradients[name], place=Place("gradients", name)) if name else None

    def _parameter(self, symbol: Symbol, place: Place) -> Found | None:
        """Find a parameter, or the state that a window begins with."""
        if symbol.time == -1 and place.t == 1 and not symbol.gradient:
            # Without a layer it is that of the topmost one, which is the last.
            value = self.record.forward[0].before[place.layer - 1].get(symbol.letter)
            return None if value is None else Found(value, by_stream=True)
        if symbol.gradient or symbol.time is not None:
            return None
        name = self._named(symbol.letter, place)
        if name is None:
            return None
        return self._block(Found(self.record.parameters[name], parameter=name), symbol)

    def _given(self, symbol: Symbol, place: Place) -> Found | None:
        """Find what is read, or what is asked for."""
        subject = self.record.subject
        if symbol.letter == "token":
            return Found(subject.inputs[place.t - 1], by_stream=True)
        if symbol.letter == "y":
            t = place.t + (symbol.time or 0)
            return Found(subject.targets[t - subject.first_asked], by_stream=True)
        return None

    def _named(self, letter: str, place: Place) -> str | None:
        """Return the name of a parameter that an equation calls by this letter."""
        layer = layer_of(place.parameter) if place.part == "update" else place.layer
        names = (f"{letter}{layer or 1}", letter)
        return next((name for name in names if name in self.record.parameters), None)

    def _block(self, whole: Found, symbol: Symbol) -> Found:
        """Return the columns of one gate."""
        if not symbol.subscript:
            return whole
        kind = self.record.subject.network.architecture.kind
        spec = next(spec for spec in kind.parameters if spec.letter == symbol.letter)
        blocks = spec.blocks or kind.blocks
        size = whole.value.shape[-1] // len(blocks)
        first = blocks.index(symbol.subscript) * size
        return replace(whole, value=whole.value[..., first : first + size], first=first)


def names_in(lines: Lines) -> Mapping[Symbol, str]:
    """Return the names of lines by the symbols that their equations begin with.

    What a step adds to the gradient of W is under ``(dL/dW from t)``.
    """
    found = {}
    for line in lines.lines():
        for equation in parse(line.equation):
            left = equation.left
            if equation.adds:
                left = Symbol(left.letter, time=0, gradient=True, part="step")
            found[left] = line.name
    return found
