"""A record as a script that recomputes it: NumPy's own code for each equation, and the numbers.

The code is written from the equations, so that it is the network's own: of its cell, its layers,
its loss, its optimiser. The numbers are those of `rnnviz.storage.one_step.as_json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import dedent, indent

from rnnviz.core.cells.lines import Line
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.expression import Equation, Symbol
from rnnviz.diagnostics.one_step.phases import Part, Place, lines_at
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.scope import Scope
from rnnviz.storage.one_step.as_json import as_json
from rnnviz.storage.one_step.layout import key_of
from rnnviz.storage.one_step.python_code import Code, folded

_HELPERS = {
    "onehot": """
        def onehot(ids, size):
            columns = np.zeros((size, len(ids)))
            columns[ids, range(len(ids))] = 1
            return columns
    """,
    "entry": """
        def entry(columns, ids):
            return columns[ids, range(len(ids))]
    """,
    "softmax": """
        def softmax(o):
            e = np.exp(o - o.max(axis=0))
            return e / e.sum(axis=0)
    """,
    "sigmoid": """
        def sigmoid(a):
            return (1 + np.tanh(a / 2)) / 2
    """,
    "relu": """
        def relu(a):
            return np.maximum(a, 0)
    """,
}
_COLUMN = """
def column(numbers):
    array = np.array(numbers, float)
    return array.reshape(-1, 1) if array.ndim == 1 else array
"""
_ABOUT = """
Vectors are columns, one for each stream, and matrices act on them from the left. What there is of
every time step is a dict by t, from 1. Every number is held against what was shown; an
AssertionError names the first that differs.
"""
_CHECK = '''
def check(found):
    """Hold every number against what was shown, and count them."""
    count = 0
    for key, values in found.items():
        for t, value in (values if isinstance(values, dict) else {None: values}).items():
            if t != 0:
                there = np.array(shown[key][t - 1] if t else shown[key], float)
                pair = [np.nan_to_num(np.ravel(one), posinf=0, neginf=0) for one in (value, there)]
                margin = 1e-12 * abs(pair[1]).max()
                assert np.allclose(*pair, rtol=1e-9, atol=margin), f"not as shown: {key}, t = {t}"
                count += there.size
    return count
'''
_RUN = """
T = {steps}
inputs = {{t: {inputs}(read) for t, read in enumerate(shown["inputs"], start=1)}}
y = {{t: {targets}(asked) for t, asked in enumerate(shown["targets"], start=1)}}
parameters = {{P: column(shown[P]) for P in {names}}}
found, loss = forward(parameters)
found |= backward(parameters, found) | {{"loss": loss}}
found |= update(parameters, found)
_, found["loss_after"] = forward({{P: found["new_" + P] for P in parameters}})
print(f"{{check(found):,}} numbers agree.")
"""


def as_script(record: StepRecord) -> str:
    """Write a script that recomputes and asserts every number of a record with NumPy alone."""
    script = _Script(record)
    parts = (script.forward(), script.backward(), script.update())
    functions = "\n\n\n".join("\n".join(map(folded, lines)) for lines in parts)
    helpers = (dedent(helper) for name, helper in _HELPERS.items() if f"{name}(" in functions)
    subject = record.subject
    run = _RUN.format(
        steps=len(record.forward),
        names=_quoted(record.parameters),
        inputs="column" if subject.network.architecture.reads_numbers else "np.atleast_1d",
        targets="np.atleast_1d" if subject.loss == "cross_entropy" else "column",
    )
    data = f'shown = json.loads(r"""{as_json(record)}""")'
    top = f"{_heading(record)}\n\nimport json\n\nimport numpy as np"
    code = "\n\n\n".join(part.strip("\n") for part in (top, *helpers, _COLUMN, functions, _CHECK))
    return f"{code}\n\n\n{data}\n{run}"


def _heading(record: StepRecord) -> str:
    subject = record.subject
    title = "".join(sign for sign in subject.title if sign.isprintable() and sign not in '"\\')
    cell, units = subject.network.architecture.kind.title, f"{subject.network.hidden_size:,} units"
    first = f"Step {subject.step + 1:,} of {title}, recomputed with NumPy alone: {cell}, {units}."
    return f'"""{first}\n{_ABOUT}"""'


class _Script:
    """Writes the functions of one record's script."""

    def __init__(self, record: StepRecord) -> None:
        self.record = record
        self.kind = record.subject.network.architecture.kind
        self.layers = range(1, record.subject.network.num_layers + 1)
        self.last = len(record.forward)

    def forward(self) -> Iterator[str]:
        """Write the function that reads the window, and returns its values and its loss."""
        subject = self.record.subject
        parts = [Place("forward", "", self.last, layer) for layer in self.layers]
        parts.append(Place("output", "", self.last))
        keys = [key for part in parts for key in self._keys(part)]
        of_loss = Place("loss", "", self.last)
        yield "def forward(parameters):"
        yield from indented(self._parameters("forward"))
        yield from indented(_dicts("values", [*keys, *self._keys(of_loss)]))
        for layer in self.layers:
            for letter in self.kind.state_names():
                before = key_of(self.record, Place("forward", f"{letter}_before", 1, layer))
                key = key_of(self.record, Place("forward", letter, 1, layer))
                yield f'    {key}[0] = column(shown["{before}"])'
        yield "    for t in range(1, T + 1):"
        for part in parts:
            yield from indented(self._lines(part), 2)
        losses = list(self._lines(of_loss))
        if subject.first_asked > 1:
            yield f"        if t >= {subject.first_asked}:"
        yield from indented(losses, 3 if subject.first_asked > 1 else 2)
        yield f"    return values, {self._right(Place('result', 'L'))}"

    def backward(self) -> Iterator[str]:
        """Write the function that goes back through the window, and adds the gradients up."""
        output = Place("output back", "", self.last)
        parts = [output, *(Place("backward", "", self.last, one) for one in reversed(self.layers))]
        keys = [key for part in parts for key in self._keys(part)]
        lines = [line for part in parts for line in self._lines(part)]
        used = "\n".join(lines)
        values = [key for key in self._forward_keys() if f"{key}[" in used]
        yield "def backward(parameters, values):"
        yield from indented(self._parameters("backward"))
        yield f"    {_tuple(values)} = (values[key] for key in {_quoted(values)})"
        yield from indented(_dicts("back", keys))
        yield "    for t in range(T, 0, -1):"
        yield from indented(lines, 2)
        yield '    return back | {"d" + P: sum(back[f"d{P}_from_t"].values()) for P in parameters}'

    def update(self) -> Iterator[str]:
        """Write the function that clips the gradients, and updates every parameter."""
        yield "def update(parameters, found):"
        first = next(iter(self.record.parameters))
        lines = self.record.updates[first]
        constants = [line.name for line in lines.lines() if not line.value.ndim]
        if constants:
            yield f'    {_tuple(constants)} = shown["constants"].values()'
        yield "    new = {}"
        for line in self.record.clipping.lines():
            place = Place("clip", line.name)
            if parse(line.equation)[0].right is None:
                yield f'    {line.name} = shown["{line.name}"]'
            else:
                yield f'    {line.name} = new["{line.name}"] = {self._right(place)}'
        yield "    for P in parameters:"
        yield from indented(self._update_of_one(first), 2)
        yield "    return new"

    def _update_of_one(self, first: str) -> Iterator[str]:
        """Write the update of the parameter P, as it is of the first one."""
        for line in self.record.updates[first].lines():
            (equation,) = parse(line.equation)
            if not line.value.ndim:
                continue
            name = self._in_update(equation.left, first)
            if equation.right is None:
                yield f'{name} = new["{line.name}_" + P] = column(shown["{line.name}_" + P])'
                continue
            code = Code(lambda symbol: self._in_update(symbol, first), by_stream=False)
            yield f'{name} = new["{line.name}_" + P] = {code.right(equation)}'

    def _in_update(self, symbol: Symbol, parameter: str) -> str:
        """Name a symbol in the loop over all parameters."""
        letter = parameter.rstrip("0123456789")
        if symbol.gradient:
            return 'found["d" + P]'
        if symbol.letter == letter:
            return "after" if symbol.subscript else "parameters[P]"
        return "_".join(part for part in (symbol.letter, symbol.subscript) if part)

    # -- names ----------------------------------------------------------------------------------

    def _keys(self, part: Place) -> list[str]:
        return [
            key_of(self.record, replace(part, name=line.name))
            for line in lines_at(self.record, part).lines()
        ]

    def _forward_keys(self) -> list[str]:
        parts = [Place("forward", "", self.last, layer) for layer in self.layers]
        parts += [Place("output", "", self.last), Place("loss", "", self.last)]
        return [key for part in parts for key in self._keys(part)]

    def _parameters(self, part: Part) -> Iterator[str]:
        """Give the parameters their names, and the gates' blocks theirs."""
        names = list(self.record.parameters)
        yield f"{', '.join(names)} = parameters.values()"
        order = self.kind.blocks_in_files()
        for layer in self.layers:
            for spec in self.kind.parameters:
                blocks = [block for block in order if block in (spec.blocks or order)]
                needed = part == "forward" or spec.is_matrix
                if len(blocks) > 1 and needed:
                    name = f"{spec.letter}{layer}"
                    each = ", ".join(f"{name}_{block}" for block in blocks)
                    yield f"{each} = np.split({name}, {len(blocks)})"

    def _name(self, place: Place, symbol: Symbol) -> str:
        """Name what a symbol stands for at the time step t."""
        layer = symbol.layer or place.layer or len(self.layers)
        if symbol.time == -1 and symbol.letter in self.kind.state_names() and not symbol.gradient:
            return f"{key_of(self.record, Place('forward', symbol.letter, 1, layer))}[t - 1]"
        if symbol.letter == "P":
            return 'found["d" + P]'
        if symbol.letter == "token":
            return "inputs[t]"
        found = Scope(self.record, place).find(symbol)
        if found.parameter:
            block = self._is_block(found.parameter, symbol)
            return f"{found.parameter}_{symbol.subscript}" if block else found.parameter
        if found.place is None:
            return "y[t]"
        key = key_of(self.record, found.place)
        return key if symbol.time is None else f"{key}[t]"

    def _is_block(self, parameter: str, symbol: Symbol) -> bool:
        letter = parameter.rstrip("0123456789")
        spec = next((one for one in self.kind.parameters if one.letter == letter), None)
        several = len((spec.blocks or self.kind.blocks) if spec else ()) > 1
        return several and bool(symbol.subscript)

    # -- lines ----------------------------------------------------------------------------------

    def _lines(self, part: Place) -> Iterator[str]:
        """Write the lines of one part at the time step t."""
        for line in lines_at(self.record, part).lines():
            place = replace(part, name=line.name)
            yield f"{key_of(self.record, place)}[t] = {self._right(place)}"

    def _right(self, place: Place) -> str:
        line = Scope(self.record, place).line
        equations = [one for many in parse(line.equation) for one in many.each()]
        if len(equations) > 1:
            order = {block: n for n, block in enumerate(self.kind.blocks_in_files())}
            equations.sort(key=lambda one: order[one.left.subscript])
            rows = (self._of_equation(place, one, line) for one in equations)
            return f"np.vstack([{', '.join(rows)}])"
        return self._of_equation(place, equations[0], line)

    def _of_equation(self, place: Place, equation: Equation, line: Line) -> str:
        if equation.right is None:
            return self._given(place, equation)
        by_stream = place.part not in ("clip", "result")
        scope = Scope(self.record, place)
        size = scope.one_hot_size if place.part in ("forward", "loss", "output back") else 0
        # A sum over t is written with its terms as they are at one of the steps.
        at = Place("loss", "L", self.last) if place.part == "result" else place
        code = Code(lambda symbol: self._name(at, symbol), size, by_stream).right(equation)
        first = self.record.subject.first_asked
        if line.name == "do" and first > 1:
            return f"{code} if t >= {first} else 0 * o[t]"
        return code

    def _given(self, place: Place, equation: Equation) -> str:
        """Write where a value comes from that is not calculated."""
        key = key_of(self.record, place)
        if equation.left == Symbol("x", time=0):
            return "inputs[t]"
        if equation.left.part != "later":
            return f'column(shown["{key}"][t - 1])'
        letter = equation.left.letter
        sent = key_of(self.record, replace(place, name=f"d{letter}_before"))
        state = key_of(self.record, Place("forward", letter, 1, place.layer))
        return f"{sent}[t + 1] if t < T else 0 * {state}[t]"


def indented(lines: Iterator[str] | list[str], by: int = 1) -> Iterator[str]:
    """Indent lines of code."""
    return (indent(line, "    " * by) for line in lines)


def _dicts(name: str, keys: list[str]) -> Iterator[str]:
    """Write dicts by t, in one of all and under their names."""
    yield f"{name} = {{key: {{}} for key in {_quoted(keys)}}}"
    yield f"{_tuple(keys)} = {name}.values()"


def _quoted(names: Iterable[str]) -> str:
    return _tuple([f'"{name}"' for name in names])


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"
