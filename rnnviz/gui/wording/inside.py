"""What is said inside one step: the names of its phases, and a few sentences about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from rnnviz.core.cells import Cell
from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.expression import Symbol, walk, with_gates
from rnnviz.diagnostics.one_step.phases import Phase, PhaseKind
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.sources import Source, made_of, sources_of
from rnnviz.gui.wording.numbers import format_number, in_places
from rnnviz.gui.wording.tokens import short_word, visible_character
from rnnviz.training.configuration import SETTINGS

KINDS: dict[PhaseKind, str] = {
    "forward": "Forward",
    "loss": "Loss",
    "backward": "Backward",
    "gradients": "Gradients",
    "clip": "Clip",
    "update": "Update",
    "result": "Result",
}
"""What the phases are called."""

_LONGEST_TOKEN = 14
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def phase_name(phase: Phase, layers: int) -> str:
    """Return what a phase is called: ``Backward, t = 3, layer 2``."""
    name = KINDS[phase.kind]
    if phase.t:
        name += f", t = {phase.t}"
    if phase.layer and layers > 1:
        name += f", layer {phase.layer}"
    return name


def phase_words(record: StepRecord, phase: Phase, stream: int) -> str:
    """Say in a few sentences what a phase does, with this window's own tokens and numbers."""
    match phase.kind:
        case "forward":
            return _forward(record, phase, stream)
        case "loss":
            return _loss(record, phase, stream)
        case "backward":
            return _backward(record, phase)
        case "gradients":
            return (
                "The same weights are used at every time step. The gradient of a weight is the sum "
                "of what each step adds to it."
            )
        case "clip":
            return _clip(record)
        case "update":
            return _update(record)
        case "result":
            return _result(record)


def quoted(token: str) -> str:
    """Return a token in quotation marks, made visible, and not too long."""
    return f"“{short_word(visible_character(token), _LONGEST_TOKEN)}”"


def at(letter: str, t: int) -> str:
    """Return a symbol with the time step below it: ``h₂``."""
    return f"{letter}{str(t).translate(_BELOW)}"


def _forward(record: StepRecord, phase: Phase, stream: int) -> str:
    subject, t = record.subject, phase.t
    architecture = subject.network.architecture
    words = []
    if phase.layer == 1:
        if architecture.reads_numbers:
            words.append("The network reads numbers.")
        else:
            token = subject.tokens[int(subject.inputs[t - 1, stream])]
            words.append(f"The network reads {quoted(token)}.")
    else:
        words.append(f"Layer {phase.layer} reads what layer {phase.layer - 1} hands up.")
    lines = record.forward[t - 1].layers[phase.layer - 1].lines()
    words += _made(architecture.kind, lines, t, _remembered(record, phase))
    if phase.layer == architecture.num_layers:
        scores = f"one score for each possible {_asked_for(record)}"
        if subject.loss == "squared_error":
            scores = "the network's estimate"
        words.append(f"V turns {at('h', t)} into {at('o', t)}: {scores}.")
    return " ".join(words)


def _remembered(record: StepRecord, phase: Phase) -> str:
    """Say what the hidden state of the step before is."""
    if phase.t > 1:
        return "what it remembers"
    hidden = record.subject.network.architecture.kind.states[0].name
    is_carried = record.subject.state[phase.layer - 1][hidden].any()
    return "what it carries from the window before" if is_carried else "zeros to begin with"


def _made(kind: type[Cell], lines: Sequence[Line], t: int, remembered: str) -> Iterator[str]:
    """Say of what a cell makes its gates; without gates, of what its states."""
    states = kind.state_names()
    sources = sources_of(lines, states)
    gates = [gate for gate in kind.gates if gate.name in sources]
    if gates:
        read = [one for gate in gates for one in made_of(gate.name, sources, states)]
        titles = [gate.title for gate in gates]
        comes = f"come the {', '.join(titles[:-1])} and" if len(gates) > 1 else "comes the"
        yield f"{_listed('From', read, kind, t, remembered)} {comes} {titles[-1]}."
        yield "The gates decide what is kept and what is let in."
        return
    for state in kind.states:
        title = state.title if len(states) > 1 else "state"
        read = list(made_of(state.name, sources, states))
        listed = _listed("of", read, kind, t, remembered)
        yield f"Its {title} {at(state.name, t)} is made {listed}."


def _listed(word: str, read: Sequence[Source], kind: type[Cell], t: int, remembered: str) -> str:
    """Return what is read, each with the matrices that read it: ``of this (through U) and of``."""
    hidden = kind.states[0].name
    through: dict[tuple[str, bool], list[str]] = {}
    for one in sorted(dict.fromkeys(read), key=lambda one: one.name != "x"):
        through.setdefault((one.name, one.before), []).extend([one.matrix] if one.matrix else [])
    parts = []
    for (name, before), letters in through.items():
        notes = [f"through {' and '.join(letters)}"] if letters else []
        if before and name == hidden:
            notes.insert(0, remembered)
        part = "this" if name == "x" else at(name, t - before)
        parts.append(f"{word.lower()} {part}" + (f" ({', '.join(notes)})" if notes else ""))
    text = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return word[:1] + text[1:]


def _asked_for(record: StepRecord) -> str:
    """Return what is to be predicted: of a text what comes next, of a task the answer."""
    subject = record.subject
    return f"next {subject.level}" if subject.answers == subject.tokens else "answer"


def _loss(record: StepRecord, phase: Phase, stream: int) -> str:
    subject, t = record.subject, phase.t
    lines = record.losses[t - 1]
    asked = subject.targets[t - subject.first_asked, stream]
    loss = in_places(float(lines["L"][stream]))
    if subject.loss == "squared_error":
        said = float(record.forward[t - 1].output["o"][stream, 0])
        return (
            f"The right answer {at('y', t)} is {format_number(float(asked[0]))}, and the network "
            f"says {format_number(said)}. The loss is the square of the difference: {loss}."
        )
    given = float(lines["p"][stream, int(asked)])
    what = _asked_for(record)
    return (
        f"Softmax turns the scores {at('o', t)} into probabilities {at('p', t)}. The {what} "
        f"{at('y', t)} is {quoted(subject.answers[int(asked)])}, and the network gives it "
        f"{given:.3f}. "
        f"The loss is minus the natural logarithm of that: {loss}."
    )


def _backward(record: StepRecord, phase: Phase) -> str:
    t, architecture = phase.t, record.subject.network.architecture
    kind, lines = architecture.kind, record.backward[t - 1].layers[phase.layer - 1]
    layers, last = architecture.num_layers, len(record.forward)
    if phase.layer < layers:
        above = f"layer {phase.layer + 1}"
    elif t < record.subject.first_asked:
        above = "above (nothing, for no answer is asked for here)"
    else:
        above = f"the loss at t = {t}"
    words = [f"How would the loss change if {at('h', t)} were a little larger?"]
    others = "".join(f", and another from {at(name, t)}" for name in _other_parts(lines))
    if t < last:
        others = f", another from t = {t + 1}{_through(kind, lines)}{others}"
    if others:
        words.append(f"One part comes from {above}{others}.")
        words.append(f"Their sum is the gradient at {at('h', t)}.")
    else:
        words.append(f"All of the gradient at {at('h', t)} comes from {above}.")
    if t == last:
        words.append("Nothing comes from later, for the window ends here.")
    slopes = [one.left for line in lines.lines() for one in parse(line.equation) if one.left.slope]
    if kind.gates:
        words.append("It is shared out among the gates, each scaled by its slope.")
    elif kind.ungated and len(slopes) == 1:
        function = SETTINGS["activation"].choices[architecture.activation]
        words.append(f"f'({at(slopes[0].letter, t)}), the slope of {function} there, scales it.")
    words.append("From there it adds to the weights' gradients and goes on to the step before.")
    return " ".join(words)


def _through(kind: type[Cell], lines: Lines) -> str:
    """Return through which matrices a gradient goes to the hidden state of the step before."""
    named = {one.letter for one in _symbols(lines, "dh_before") if not one.gradient}
    letters = [letter for letter in kind.recurrent_matrices() if letter in named]
    return f", through {' and '.join(letters)}" if letters else ""


def _other_parts(lines: Lines) -> list[str]:
    """Return whose gradients a cell adds to its hidden state's, beside what arrives there."""
    whole = [one for one in _symbols(lines, "dh") if one.gradient and not one.part]
    return list(dict.fromkeys(one.subscript or one.letter for one in whole))


def _symbols(lines: Lines, name: str) -> Iterator[Symbol]:
    """Go through what the equation of a line reads."""
    for equation in parse(lines.equation(name)) if name in lines else ():
        if equation.right is not None:
            for _, part in walk(with_gates(equation.right)):
                if isinstance(part, Symbol):
                    yield part


def _clip(record: StepRecord) -> str:
    subject, norm = record.subject, float(record.clipping["norm"])
    length = f"All gradients together have the norm {format_number(norm)}."
    threshold = format_number(subject.clip_threshold)
    match subject.clip_mode:
        case "none":
            does = (
                "Nothing is clipped, so g, which the optimiser is given, is the gradient itself. "
                "To see clipping act, choose norm for 'Clip gradients' in the settings, and a "
                "threshold below this norm."
            )
        case "norm" if norm > subject.clip_threshold:
            factor = format_number(float(record.clipping["factor"]))
            does = (
                f"That is more than the threshold {threshold}, so clipping acts: every entry is "
                f"multiplied by {factor}. The clipped gradient g has the same direction."
            )
        case "norm":
            does = (
                f"The threshold is {threshold}, so clipping does not act, and g is the gradient "
                "itself."
            )
        case _:
            does = f"In g, every entry is cut to between −{threshold} and {threshold}."
    return f"{length} {does}"


def _update(record: StepRecord) -> str:
    subject = record.subject
    optimizer = OPTIMIZERS[subject.optimizer]
    rate = format_number(subject.learning_rate)
    keeps = f": {optimizer.keeps}" if optimizer.keeps else ""
    return (
        "Every weight moves a little against its gradient g: δ is subtracted from it. The "
        f"optimiser is {optimizer.title}{keeps}. The learning rate η is {rate}."
    )


def _result(record: StepRecord) -> str:
    if not (isfinite(record.loss) and isfinite(float(record.clipping["norm"]))):
        what = "gradient" if isfinite(record.loss) else "loss"
        return (
            f"The {what} of this step is not finite. Take the step, and it fails: the run stops, "
            "and keeps the weights that it has."
        )
    before = in_places(record.loss)
    if not isfinite(record.loss_after):
        return (
            f"The loss of this window was {before}. With the new weights it would not be finite: "
            "the step went too far. Take it, and one of the next steps fails."
        )
    after = in_places(record.loss_after)
    change = "fell" if record.loss_after < record.loss else "rose"
    return (
        f"The loss of this window was {before}. With the new weights it would be {after} on the "
        f"same window: it {change}. Take the step to make this real."
    )
