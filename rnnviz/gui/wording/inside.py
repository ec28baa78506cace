"""What is said inside one step: the names of its phases, and a few sentences about each."""

from __future__ import annotations

from math import isfinite

from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.diagnostics.one_step.phases import Phase, PhaseKind
from rnnviz.diagnostics.one_step.record import StepRecord
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
    before = "what it carries from the window before" if t == 1 else "what it remembers"
    memory = f"{at('h', t - 1)} ({before}, through W)"
    if architecture.kind.ungated:
        words.append(f"Its state {at('h', t)} is made of this (through U) and of {memory}.")
    else:
        gates = [gate.title for gate in architecture.kind.gates]
        comes = f"come the {', '.join(gates[:-1])} and" if len(gates) > 1 else "comes the"
        words.append(f"From this (through U) and from {memory} {comes} {gates[-1]}.")
        words.append("The gates decide what is kept and what is let in.")
    if phase.layer == architecture.num_layers:
        scores = f"one score for each possible {_asked_for(record)}"
        if subject.loss == "squared_error":
            scores = "the network's estimate"
        words.append(f"V turns {at('h', t)} into {at('o', t)}: {scores}.")
    return " ".join(words)


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
        f"The loss is minus the logarithm of that: {loss}."
    )


def _backward(record: StepRecord, phase: Phase) -> str:
    t, architecture = phase.t, record.subject.network.architecture
    layers, last = architecture.num_layers, len(record.forward)
    if phase.layer < layers:
        above = f"layer {phase.layer + 1}"
    elif t < record.subject.first_asked:
        above = "above (nothing, for no answer is asked for here)"
    else:
        above = f"the loss at t = {t}"
    later = (
        "nothing from later, for the window ends here"
        if t == last
        else f"another from t = {t + 1}, through W"
    )
    words = [
        f"How would the loss change if {at('h', t)} were a little larger? One part comes from "
        f"{above}, {later}. Their sum is the gradient at {at('h', t)}."
    ]
    if architecture.kind.ungated:
        function = SETTINGS["activation"].choices[architecture.activation]
        words.append(f"f'({at('a', t)}), the slope of {function} there, scales it.")
    else:
        words.append("It is shared out among the gates, each scaled by its slope.")
    words.append("From there it adds to the weights' gradients and goes on to the step before.")
    return " ".join(words)


def _clip(record: StepRecord) -> str:
    subject, norm = record.subject, float(record.clipping["norm"])
    length = f"All gradients together have the norm {format_number(norm)}."
    threshold = format_number(subject.clip_threshold)
    match subject.clip_mode:
        case "none":
            does = (
                "They are not clipped, so g, which the optimiser is given, is the gradient itself."
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
