"""What an experiment claims: a measured quantity, a bound, after how many steps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.data import Dataset
from rnnviz.diagnostics.spectrum import spectral_radius
from rnnviz.training.commands import Diagnostic
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.scribe import Scribe
from rnnviz.training.trainer import NonFiniteError, Trainer

# A gradient's length changes from window to window: the median over so many measured steps.
_ROWS = 20
# Shorter ones come by themselves: any letter between two spaces may be a word.
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be measured of a run.

    Attributes
    ----------
    words
        What it is, for people; ``{lag}`` stands for the number of steps back.
    measure
        Takes the run and the lag; NaN where there is nothing to measure.
    needs_lag
        Whether it depends on a number of steps back.
    can_be_measured
        Tells of a run's settings whether there is such a thing in it.
    where
        Of which runs it can be measured, in words.
    """

    words: str
    measure: Callable[[Trainer, int], float]
    needs_lag: bool = False
    can_be_measured: Callable[[Configuration], bool] = lambda configuration: True
    where: str = "any run"


def _gradient_ratio(trainer: Trainer, lag: int) -> float:
    # The states h of all layers come first: this is the highest one's.
    rows = trainer.gradient_history.view().logarithms[-_ROWS:, trainer.network.num_layers - 1]
    if rows.shape[-1] <= lag:
        return math.nan
    return float(10.0 ** float(np.median(rows[:, lag] - rows[:, 0])))


def _smoothed_loss(trainer: Trainer, lag: int) -> float:
    loss = trainer.history.smoothed_loss
    return math.nan if loss is None else loss


def _held_out_loss(trainer: Trainer, lag: int) -> float:
    loss = trainer.held_out_loss()
    return math.nan if loss is None else loss


def _wrong_share(trainer: Trainer, lag: int) -> float:
    trainer.held_out_loss()
    return math.nan if trainer.score is None else trainer.score.wrong_share


def _largest_norm(trainer: Trainer, lag: int) -> float:
    return float(trainer.history.view().norm_before.high.max(initial=0.0))


def _clipped_share(trainer: Trainer, lag: int) -> float:
    history = trainer.history.view()
    return history.recent_clipped / max(1, history.recent_steps)


def _saturated_share(trainer: Trainer, lag: int) -> float:
    trainer.observe(frozenset({Diagnostic.SATURATION}))
    window = trainer.last_window
    if window is None or window.saturation is None:
        return math.nan
    high = window.saturation.quantities["h"].high
    return math.nan if high is None else float(high[-1])


def _spectral_radius(trainer: Trainer, lag: int) -> float:
    weights = trainer.network.recurrent_parameters(trainer.network.num_layers - 1)["W"]
    if weights.shape[0] != weights.shape[1]:
        return math.nan
    return spectral_radius(weights)


def _known_words(trainer: Trainer, lag: int) -> float:
    dataset, scribe = trainer.dataset, trainer.scribe
    if not isinstance(dataset, Dataset) or not isinstance(scribe, Scribe):
        return math.nan
    read = "".join(map(dataset.vocabulary.decoder(), dataset.training_ids.tolist()))
    written = scribe.sample(trainer.step_count, trainer.configuration)
    words, known = _WORD.findall(written.text), set(_WORD.findall(read))
    return sum(word in known for word in words) / max(1, len(words))


def _has_held_out(configuration: Configuration) -> bool:
    return configuration.task is not None or configuration.validation_fraction > 0


def _is_bounded(configuration: Configuration) -> bool:
    chooses = CELLS[configuration.cell].chooses_activation
    return not chooses or ACTIVATIONS[configuration.activation].bounded


QUANTITIES: dict[str, Quantity] = {
    "gradient_ratio": Quantity(
        "the gradient of the last step's loss, {lag} steps back, as a share of its first length",
        _gradient_ratio,
        needs_lag=True,
    ),
    "loss": Quantity("the loss, smoothed over about 50 steps,", _smoothed_loss),
    "held_out_loss": Quantity(
        "the loss on held-out text or sequences",
        _held_out_loss,
        can_be_measured=_has_held_out,
        where="a run on a task, or on a text of which a part is held out",
    ),
    "wrong_share": Quantity(
        "the share of new sequences answered wrongly",
        _wrong_share,
        can_be_measured=lambda configuration: configuration.task is not None,
        where="a run on a task",
    ),
    "known_words": Quantity(
        "the share of the written words, of three letters and more, that the text has",
        _known_words,
        can_be_measured=lambda configuration: configuration.task is None,
        where="a run on a text",
    ),
    "largest_norm": Quantity("the largest norm of the gradient so far", _largest_norm),
    "clipped_share": Quantity("the share of the last 1,000 steps that was clipped", _clipped_share),
    "saturated_share": Quantity(
        "the share of the hidden states beyond 0.95",
        _saturated_share,
        can_be_measured=_is_bounded,
        where="a network whose activation is bounded",
    ),
    "spectral_radius": Quantity(
        "the spectral radius of W",
        _spectral_radius,
        can_be_measured=lambda configuration: CELLS[configuration.cell].chooses_activation,
        where="a vanilla network, whose W is square",
    ),
}
"""What a claim can be about, by name."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured quantity and its bounds.

    Attributes
    ----------
    quantity
        A key of `QUANTITIES`.
    step
        After how many training steps.
    above, below
        Bounds, of which at least one is given.
    lag
        Steps back, for the quantities that need them; else 0.
    """

    quantity: str
    step: int
    above: float | None = None
    below: float | None = None
    lag: int = 0

    def holds(self, measured: float) -> bool:
        """Tell whether a measurement lies within the bounds; NaN never does."""
        low = -math.inf if self.above is None else self.above
        high = math.inf if self.below is None else self.below
        return low < measured < high

    def in_words(self) -> str:
        """Say what is claimed."""
        bounds = [
            f"{word} {_plain(bound)}"
            for word, bound in (("above", self.above), ("below", self.below))
            if bound is not None
        ]
        when = "the first step" if self.step == 1 else f"{self.step:,} steps"
        words = QUANTITIES[self.quantity].words.format(lag=self.lag)
        return f"after {when} {words} is {' and '.join(bounds)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured for one claim.

    Attributes
    ----------
    claim
        What was claimed.
    measured
        What was found.
    """

    claim: Claim
    measured: float

    @property
    def holds(self) -> bool:
        """Whether it bears the claim out."""
        return self.claim.holds(self.measured)


def bear_out(configuration: Configuration, claims: Sequence[Claim]) -> list[Finding]:
    """Train a run as far as its claims reach, and measure each at its step.

    Returns
    -------
    list of Finding
        In the order of the steps. A run that fails on the way (its loss is no longer finite)
        does not reach its later claims: what is measured there is NaN, which bears nothing out.

    Raises
    ------
    RnnvizError
        Where the text cannot be read or does not fit.
    """
    trainer = new_trainer(configuration)
    findings = []
    failed = False
    for claim in sorted(claims, key=lambda claim: claim.step):
        try:
            while not failed and trainer.step_count < claim.step:
                trainer.step()
        except NonFiniteError:
            failed = True
        measure = QUANTITIES[claim.quantity].measure
        findings.append(Finding(claim, math.nan if failed else measure(trainer, claim.lag)))
    return findings


def _plain(number: float) -> str:
    """Write a bound as people do: 1,000 and 0.00001."""
    if 1e-9 <= abs(number) < 1e-4:
        return f"{number:.12f}".rstrip("0")
    return f"{number:,.10g}"
