"""What an experiment claims: a measured quantity, a bound, after how many steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.diagnostics.saturation import saturated_share
from rnnviz.training.commands import Diagnostic
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.trainer import NonFiniteError, Trainer

# A gradient's length changes from window to window: the median over so many measured steps.
_ROWS = 20


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be measured of a run.

    Attributes
    ----------
    words
        What it is, for people; ``{lag}`` stands for the number of steps back.
    measure
        Takes the run and the lag.
    needs_lag
        Whether it depends on a number of steps back.
    """

    words: str
    measure: Callable[[Trainer, int], float]
    needs_lag: bool = False


def _gradient_ratio(trainer: Trainer, lag: int) -> float:
    rows = trainer.gradient_history.view().logarithms[-_ROWS:, trainer.network.num_layers - 1]
    if rows.shape[-1] <= lag:
        return math.nan
    return float(10 ** np.median(rows[:, lag] - rows[:, 0]))


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
    trainer.observe(frozenset({Diagnostic.HIDDEN_STATE}))
    window = trainer.last_window
    if window is None or window.hidden is None:
        return math.nan
    return saturated_share(window.hidden[-1])


def _spectral_radius(trainer: Trainer, lag: int) -> float:
    weights = trainer.network.recurrent_parameters(trainer.network.num_layers - 1)["W"]
    if weights.shape[0] != weights.shape[1]:
        return math.nan
    return float(np.abs(np.linalg.eigvals(weights.astype(np.float64))).max())


QUANTITIES: dict[str, Quantity] = {
    "gradient_ratio": Quantity(
        "the last error's gradient {lag} steps back, beside its first size", _gradient_ratio, True
    ),
    "loss": Quantity("the loss", _smoothed_loss),
    "held_out_loss": Quantity("the loss on held-out text or sequences", _held_out_loss),
    "wrong_share": Quantity("the share of new sequences answered wrongly", _wrong_share),
    "largest_norm": Quantity("the largest norm of the gradient so far", _largest_norm),
    "clipped_share": Quantity("the share of the last 1,000 steps that was clipped", _clipped_share),
    "saturated_share": Quantity("the share of saturated units", _saturated_share),
    "spectral_radius": Quantity("the spectral radius of W", _spectral_radius),
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
            f"{word} {bound:g}"
            for word, bound in (("above", self.above), ("below", self.below))
            if bound is not None
        ]
        words = QUANTITIES[self.quantity].words.format(lag=self.lag)
        return f"after {self.step:,} steps {words} is {' and '.join(bounds)}"


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

    A run that fails on the way (its loss is no longer finite) is measured as it is then.
    """
    trainer = new_trainer(configuration)
    findings = []
    for claim in sorted(claims, key=lambda claim: claim.step):
        try:
            while trainer.step_count < claim.step:
                trainer.step()
        except NonFiniteError:
            pass
        measured = QUANTITIES[claim.quantity].measure(trainer, claim.lag)
        findings.append(Finding(claim, measured))
    return findings
