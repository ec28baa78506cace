"""Whether the backward pass of a network is right, at one step of its training."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from numpy.typing import NDArray

from rnnviz.core.architecture import Architecture
from rnnviz.core.gradient_check import ParameterCheck, each_check
from rnnviz.core.loss import LossName
from rnnviz.core.network import Network
from rnnviz.core.parameters import layer_of, letter_of
from rnnviz.core.tape import Inputs, State

THRESHOLD = 1e-7
"""Below this relative error an analytic gradient agrees with central differences.

Two differences of losses in float64 leave about 1e-9 of it; a mistake in a backward pass leaves
1e-2, and hardly ever less than 1e-5.
"""

# An error so many times the resolution is the gradient's, not that of the differences.
_WELL_ABOVE = 10.0
# Losses that a parameter's entry costs, and the sizes between which a check is cut to its seconds.
_LOSSES_AN_ENTRY = 4
_MOST_ENTRIES, _FAIR_ENTRIES, _FEWEST_ENTRIES = 100, 20, 10
_MOST_STEPS, _FEWEST_STEPS = 100, 10
_MOST_STREAMS = 2
_SECONDS = 3.0
# Of one forward pass in float64, as measured on one thread: a layer's step, and a product's number.
_SECONDS_A_STEP, _SECONDS_A_NUMBER = 6e-6, 3e-10


class Verdict(Enum):
    """What a comparison says, in a word."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNDECIDED = "cannot be told"


@dataclass(frozen=True, slots=True, eq=False)
class CheckSubject:
    """What is checked: a network between two steps, with the window that it would read next.

    Nothing of it is shared with the run.

    Attributes
    ----------
    step
        How many steps the network was trained.
    title
        What its text or task is called.
    level
        What its tokens are: ``character``, ``word`` or ``time step``.
    network
        With parameters of its own.
    inputs, targets
        As a ``rnnviz.data.Window`` has them.
    loss
        Which loss.
    state
        The state before the window, (B, H) by name, a layer each.
    dropout
        The probability in force, which the check goes without.
    """

    step: int
    title: str
    level: str
    network: Network
    inputs: Inputs
    targets: NDArray[Any]
    state: State
    dropout: float
    loss: LossName = "cross_entropy"

    @property
    def is_asked_late(self) -> bool:
        """Whether the window's last steps alone have a loss."""
        return len(self.targets) < len(self.inputs)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a window is checked, so that it takes seconds.

    Attributes
    ----------
    steps, streams
        The window's first ones; of a window that is asked late, its last steps.
    entries
        Of each parameter at most.
    """

    steps: int
    streams: int
    entries: int


@dataclass(frozen=True, slots=True)
class GradientReport:
    """The outcome of a check.

    Attributes
    ----------
    checks
        One for each parameter, in the network's order.
    """

    checks: tuple[ParameterCheck, ...]

    @property
    def verdict(self) -> Verdict:
        """Differs where one does; agrees only where all do."""
        verdicts = {verdict_of(check) for check in self.checks}
        for verdict in (Verdict.DIFFERS, Verdict.UNDECIDED):
            if verdict in verdicts:
                return verdict
        return Verdict.AGREES

    @property
    def sentence(self) -> str:
        """The outcome in plain words."""
        by_verdict: dict[Verdict, list[ParameterCheck]] = {verdict: [] for verdict in Verdict}
        for check in self.checks:
            by_verdict[verdict_of(check)].append(check)
        agreeing, differing = by_verdict[Verdict.AGREES], by_verdict[Verdict.DIFFERS]
        undecided, count = by_verdict[Verdict.UNDECIDED], len(self.checks)
        if differing:
            one = len(differing) == 1
            return (
                f"{len(differing)} of {count} gradients {'differs' if one else 'differ'} from "
                f"central differences: {'that' if one else 'those'} of {self._listed(differing)}. "
                f"The largest relative error is {_largest_error(differing)}."
            )
        if not agreeing:
            return "Nothing can be decided: central differences settle none of these gradients."
        largest = f"the largest relative error is {_largest_error(agreeing)}"
        if not undecided:
            return f"All {count} gradients agree with central differences: {largest}."
        return (
            f"{len(agreeing)} of {count} gradients agree with central differences: {largest}. "
            f"Nothing can be told of {self._listed(undecided)}."
        )

    def _listed(self, checks: list[ParameterCheck]) -> str:
        """Name parameters by the textbook's letters, layer by layer where there are several."""
        several = any(layer_of(check.name) == 2 for check in self.checks)
        layers: dict[int | None, list[str]] = {}
        for check in checks:
            layers.setdefault(layer_of(check.name), []).append(letter_of(check.name))
        groups = []
        for layer, letters in layers.items():
            named = " and ".join(part for part in (", ".join(letters[:-1]), letters[-1]) if part)
            groups.append(f"{named} of layer {layer}" if several and layer else named)
        return "; ".join(groups)


def verdict_of(check: ParameterCheck) -> Verdict:
    """Tell what one parameter's comparison says.

    Where most entries had to be left out, or the error is no larger than what central differences
    can resolve, they do not say whether the gradient is right.
    """
    if not check.entries or check.left_out > check.entries:
        # What was compared may be wrong all the same.
        is_wrong = check.entries and check.relative_error >= _WELL_ABOVE * check.resolution
        is_wrong = is_wrong and check.relative_error >= THRESHOLD
        return Verdict.DIFFERS if is_wrong else Verdict.UNDECIDED
    if check.relative_error < THRESHOLD:
        return Verdict.AGREES
    if check.relative_error < _WELL_ABOVE * check.resolution:
        return Verdict.UNDECIDED
    return Verdict.DIFFERS


def extent_of(architecture: Architecture, sequence_length: int, batch_size: int) -> Extent:
    """Choose how much to check of a window (T, B), so that it takes a few seconds at most.

    The window is cut only where even a few entries of each parameter would take longer.
    """
    shapes = architecture.parameter_shapes()
    # A token reads one row of U1, whatever its size.
    numbers = sum(math.prod(shape) for name, shape in shapes.items() if name != "U1")

    def entries(steps: int, streams: int) -> float:
        loss = steps * (
            architecture.num_layers * _SECONDS_A_STEP + streams * numbers * _SECONDS_A_NUMBER
        )
        return _SECONDS / (_LOSSES_AN_ENTRY * len(shapes) * loss)

    steps, streams = min(sequence_length, _MOST_STEPS), min(batch_size, _MOST_STREAMS)
    if entries(steps, streams) < _FAIR_ENTRIES:
        streams = 1
    share = entries(steps, streams) / _FAIR_ENTRIES
    if share < 1:
        steps = min(steps, max(_FEWEST_STEPS, int(steps * share)))
    count = max(_FEWEST_ENTRIES, min(_MOST_ENTRIES, int(entries(steps, streams))))
    return Extent(steps, streams, count)


def check(
    subject: CheckSubject,
    progress: Callable[[float], None] | None = None,
    found: Callable[[ParameterCheck], None] | None = None,
) -> GradientReport:
    """Compare every gradient of a network with central differences, changing nothing.

    Parameters
    ----------
    subject
        The network and its window; `extent_of` says how much of the window is used.
    progress
        Told how far the check has come, from 0 to 1; may raise to give it up.
    found
        Told each parameter's comparison as soon as it is done.
    """
    extent = extent_of(subject.network.architecture, *subject.inputs.shape[:2])
    late, streams = subject.is_asked_late, slice(extent.streams)
    steps = slice(-extent.steps, None) if late else slice(extent.steps)
    state = [
        {name: array[: extent.streams] for name, array in layer.items()} for layer in subject.state
    ]
    checks = []
    for result in each_check(
        subject.network,
        subject.inputs[steps, streams],
        subject.targets[steps, streams],
        state,
        loss_name=subject.loss,
        entries_per_parameter=extent.entries,
        progress=progress,
    ):
        checks.append(result)
        if found is not None:
            found(result)
    return GradientReport(tuple(checks))


def short(error: float) -> str:
    """Return an error in one digit, such as ``3e-9`` or ``0.2``; a dash where there is none."""
    if math.isnan(error):
        return "\N{EN DASH}"
    if error == 0 or error >= 1e-3:
        return f"{error:.1g}"
    mantissa, exponent = f"{error:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _largest_error(checks: list[ParameterCheck]) -> str:
    return short(max(check.relative_error for check in checks))
