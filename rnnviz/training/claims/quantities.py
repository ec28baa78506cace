"""What can be measured of a run, and so be claimed of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.loss import softmax
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import DataError, Dataset, Trait, text_features
from rnnviz.data.token_vocabulary import Ids
from rnnviz.diagnostics.saturation import saturation
from rnnviz.diagnostics.spectrum import spectral_radius
from rnnviz.diagnostics.units import (
    LEAST_HELD_OUT,
    READ,
    WINDOW,
    correlations,
    states_while_reading,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.record.gradient_history import (
    RECENT_WINDOWS,
    GradientHistory,
    from_first_size,
)
from rnnviz.training.record.history import History
from rnnviz.training.score import Score
from rnnviz.training.state.journal import Journal, StepFailed
from rnnviz.training.text_generator import NoText, TextGenerator

_WORD = re.compile(r"[^\W\d_]+")
# Shorter ones come by themselves: any letter between two spaces may be a word.
_SHORTEST_WORD = 3
# Tokens of a text that are read at a time: whoever looks at the window meanwhile feels no more.
_TOKENS_AT_A_TIME = 1 << 16
# More tokens than any text has: all that it is trained on is read.
_ALL = 1 << 62


class WithJournal(Protocol):
    """The state of a run, as far as a claim looks at it."""

    @property
    def journal(self) -> Journal:
        """What was done to the run between its steps."""


class MeasurableRun(Protocol):
    """A run, as far as a claim looks at it; none of this changes the run."""

    dataset: Dataset
    network: Network
    text_generator: TextGenerator | NoText

    @property
    def state(self) -> WithJournal:
        """The run between two steps."""

    @property
    def step_count(self) -> int:
        """How many steps were done."""

    @property
    def history(self) -> History:
        """Loss, norms and clipping of its steps."""

    @property
    def gradient_history(self) -> GradientHistory:
        """How far the gradient reached back."""

    @property
    def score(self) -> Score | None:
        """How the network did when it was last tested; None where nothing is right or wrong."""

    def held_out_loss(self) -> float | None:
        """Measure the weights as they are on what is held out."""

    def look_ahead(self) -> NetworkTape:
        """Read the next window with the weights as they are."""


class Detail(Protocol):
    """What has to be said of some quantities besides their name."""

    @property
    def lag(self) -> int:
        """How many steps back."""

    @property
    def of(self) -> str:
        """Of what."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be measured of a run.

    Attributes
    ----------
    label, words
        What it is, in a few words and in a sentence's; ``{lag}``, ``{of}``, and ``{before}`` and
        ``{after}`` a bar in the latter, stand for what has to be said besides.
    measure
        Takes the run and the details; NaN where there is nothing to measure.
    is_share
        Whether it is a part of a whole, from 0 to 1, which people read in percent.
    needs_lag
        Whether it depends on a number of steps back.
    needs_of
        What has to be said for it to be measured, in words; empty where nothing has.
    accepts
        Tells whether that is well said.
    can_be_measured
        Tells of a run's settings whether there is such a thing in it.
    where
        Of which runs it can be measured, in words.
    """

    label: str
    words: str
    measure: Callable[[MeasurableRun, Detail], float]
    is_share: bool = False
    needs_lag: bool = False
    needs_of: str = ""
    accepts: Callable[[str], bool] = bool
    can_be_measured: Callable[[Configuration], bool] = lambda configuration: True
    where: str = "any run"


def _steps(run: MeasurableRun, detail: Detail) -> float:
    return float(run.step_count)


def _gradient_ratio(run: MeasurableRun, detail: Detail) -> float:
    return _ratio_of("h", run, detail)


def _cell_gradient_ratio(run: MeasurableRun, detail: Detail) -> float:
    return _ratio_of("c", run, detail)


def _ratio_of(state: str, run: MeasurableRun, detail: Detail) -> float:
    """Return the median of the last measured windows, of the highest layer's state."""
    view, label = run.gradient_history.view(), f"{state}{run.network.num_layers}"
    if label not in view.labels or view.logarithms.shape[-1] <= detail.lag:
        return math.nan
    rows = from_first_size(view.logarithms[-RECENT_WINDOWS:, view.labels.index(label)])
    return float(10.0 ** float(np.median(rows[:, detail.lag])))


def _smoothed_loss(run: MeasurableRun, detail: Detail) -> float:
    loss = run.history.smoothed_loss
    return math.nan if loss is None else loss


def _lowest_loss(run: MeasurableRun, detail: Detail) -> float:
    losses = run.history.view().smoothed_loss
    return float(losses.min()) if losses.size else math.nan


def _guess_loss(run: MeasurableRun, detail: Detail) -> float:
    lines = run.dataset.reference_lines
    return lines[0].loss if lines else math.nan


def _held_out_loss(run: MeasurableRun, detail: Detail) -> float:
    loss = run.held_out_loss()
    return math.nan if loss is None else loss


def _wrong_share(run: MeasurableRun, detail: Detail) -> float:
    run.held_out_loss()
    return math.nan if run.score is None else run.score.wrong_share


def _overflows(run: MeasurableRun, detail: Detail) -> float:
    return float(len(_failed_after(run.state)))


def _rescued_loss(run: MeasurableRun, detail: Detail) -> float:
    return _smoothed_loss(run, detail) if _failed_after(run.state) else math.nan


def _failed_after(state: WithJournal) -> list[int]:
    """Return after how many steps one more was tried that was not finite."""
    return [entry.step for entry in state.journal.entries if isinstance(entry, StepFailed)]


def _largest_norm(run: MeasurableRun, detail: Detail) -> float:
    return float(run.history.view().norm_before.high.max(initial=0.0))


def _clipped_share(run: MeasurableRun, detail: Detail) -> float:
    history = run.history.view()
    return history.recent_clipped / max(1, history.recent_steps)


def _saturated_share(run: MeasurableRun, detail: Detail) -> float:
    high = saturation(run.network, run.look_ahead()).hidden.high
    return math.nan if high is None else float(high[-1])


def _spectral_radius(run: MeasurableRun, detail: Detail) -> float:
    square = run.network.cells[-1].square_matrix()
    if square is None:
        return math.nan
    return spectral_radius(run.network.recurrent_parameters(run.network.num_layers - 1)[square])


def _probability(run: MeasurableRun, detail: Detail) -> float:
    try:
        read, following = map(run.dataset.vocabulary.encode, before_and_after(detail.of))
    except DataError:  # a token that the text does not have
        return math.nan
    if not read.size or following.size != 1:
        return math.nan
    network = run.network
    tape = network.new_tape(read.size, 1)
    network.forward(read[:, np.newaxis], network.zero_state(1), tape)
    return float(softmax(tape.logits[-1, 0])[following[0]])


def before_and_after(text: str) -> tuple[str, str]:
    """Cut a text at its bar: ``th|e`` is what is read, ``th``, and what may follow, ``e``."""
    before, _, after = text.rpartition("|")
    return before, after


def _unit_correlation(run: MeasurableRun, detail: Detail) -> float:
    vocabulary = run.dataset.vocabulary
    _, ids = run.dataset.text_to_read(READ, LEAST_HELD_OUT) or ("", np.empty(0, np.intp))
    feature = text_features(vocabulary.pieces(ids), vocabulary.noun).get(detail.of)
    if feature is None:
        return math.nan
    states = states_while_reading(run.network, ids, run.network.new_tape(WINDOW, 1))
    highest = next(iter(states.values()))[-1]
    return float(np.abs(correlations(highest, feature[:, np.newaxis])).max())


def _known_words(run: MeasurableRun, detail: Detail) -> float:
    text = run.dataset.text_to_read(_ALL, least=_ALL)
    # At the default temperature, whatever the person lets it write at meanwhile.
    sample = run.text_generator.sample(run.step_count, Configuration())
    if text is None or not text[1].size or sample is None:
        return math.nan
    written = [word for word in _WORD.findall(sample.text) if len(word) >= _SHORTEST_WORD]
    unknown = _not_in_text(set(written), text[1], run.dataset.vocabulary.decoder())
    return sum(word not in unknown for word in written) / max(1, len(written))


def _not_in_text(words: set[str], ids: Ids, decode: Callable[[int], str]) -> set[str]:
    """Return those of the words that a text, which may be very long, does not have."""
    rest = ""
    for start in range(0, ids.size, _TOKENS_AT_A_TIME):
        piece = ids[start : start + _TOKENS_AT_A_TIME].tolist()
        text = rest + "".join(map(decode, piece))
        read = _WORD.findall(text)
        # What ends a piece may be the beginning of a longer word.
        rest = read.pop() if read and text.endswith(read[-1]) else ""
        words = words.difference(read)
        if not words:
            break
    return words - {rest}


def _has_held_out(configuration: Configuration) -> bool:
    return Trait.SPLIT not in configuration.source.traits or configuration.validation_fraction > 0


def _is_bounded(configuration: Configuration) -> bool:
    chooses = CELLS[configuration.cell].ungated
    return not chooses or ACTIVATIONS[configuration.activation].bounded


def _writes(configuration: Configuration) -> bool:
    return Trait.WRITES in configuration.source.traits


def _has_cell_state(configuration: Configuration) -> bool:
    return any(state.name == "c" for state in CELLS[configuration.cell].states)


QUANTITIES: dict[str, Quantity] = {
    "steps": Quantity("steps", "the number of training steps", _steps),
    "gradient_ratio": Quantity(
        "relative gradient {lag} steps back",
        "the gradient of the last step's loss, {lag} steps back, as a share of its first length",
        _gradient_ratio,
        needs_lag=True,
    ),
    "cell_gradient_ratio": Quantity(
        "relative gradient of c {lag} steps back",
        "the gradient of the last step's loss by the cell state, {lag} steps back, as a share of "
        "its first length",
        _cell_gradient_ratio,
        needs_lag=True,
        can_be_measured=_has_cell_state,
        where="a network with a cell state",
    ),
    "loss": Quantity("loss", "the loss, smoothed over about 50 steps,", _smoothed_loss),
    "lowest_loss": Quantity(
        "lowest loss",
        "the lowest loss so far, smoothed over about 50 steps,",
        _lowest_loss,
    ),
    "guess_loss": Quantity(
        "loss of the simplest guess",
        "the loss of whoever gives every answer the same probability",
        _guess_loss,
    ),
    "held_out_loss": Quantity(
        "held-out loss",
        "the loss on held-out text or sequences",
        _held_out_loss,
        can_be_measured=_has_held_out,
        where="a run on a task, or on a text of which a part is held out",
    ),
    "wrong_share": Quantity(
        "wrong answers",
        "the share of new sequences answered wrongly",
        _wrong_share,
        is_share=True,
        can_be_measured=lambda configuration: Trait.SCORED in configuration.source.traits,
        where="a run on a task",
    ),
    "known_words": Quantity(
        "known words",
        "the share of the written words, of three letters and more, that the text has",
        _known_words,
        is_share=True,
        can_be_measured=_writes,
        where="a run on a text",
    ),
    "probability": Quantity(
        "probability of “{after}” after “{before}”",
        "the probability of “{after}” after “{before}”",
        _probability,
        is_share=True,
        needs_of='what is read and what may follow, with a bar between them, such as "th|e"',
        accepts=lambda of: all(before_and_after(of)),
        can_be_measured=_writes,
        where="a run on a text",
    ),
    "unit_correlation": Quantity(
        "best |r| with “{of}”",
        "the largest correlation of a unit with “{of}”, of whichever sign,",
        _unit_correlation,
        needs_of="a feature that the panel of units can name",
        can_be_measured=_writes,
        where="a run on a text",
    ),
    "overflows": Quantity(
        "steps that overflowed", "the number of steps that overflowed", _overflows
    ),
    "rescued_loss": Quantity(
        "loss after an overflow",
        "the loss of a run that has overflowed and gone on, smoothed over about 50 steps,",
        _rescued_loss,
    ),
    "largest_norm": Quantity(
        "largest norm", "the largest norm of the gradient so far", _largest_norm
    ),
    "clipped_share": Quantity(
        "clipped steps",
        "the share of the last 1,000 steps that was clipped",
        _clipped_share,
        is_share=True,
    ),
    "saturated_share": Quantity(
        "saturated",
        "the share of the hidden states beyond 0.95",
        _saturated_share,
        is_share=True,
        can_be_measured=_is_bounded,
        where="a network whose activation is bounded",
    ),
    "spectral_radius": Quantity(
        "ρ(W)",
        "the spectral radius of W",
        _spectral_radius,
        can_be_measured=lambda configuration: CELLS[configuration.cell].square_matrix() is not None,
        where="a vanilla network, whose W is square",
    ),
}
"""What a claim can be about, by name."""
