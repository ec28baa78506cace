"""When there is something to remark on: rules over what was measured, and nothing else."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.data import ReferenceLosses
from rnnviz.diagnostics.saturation import saturated_share
from rnnviz.training.configuration import Configuration
from rnnviz.training.record.gradient_history import (
    RECENT_WINDOWS,
    SMALLEST_NORM,
    RecentGradientsView,
)
from rnnviz.training.record.history import HistoryView
from rnnviz.training.remarks.remark import (
    BesideGuess,
    ClippingActs,
    GradientLeft,
    LossAmongReferences,
    LossFarAbove,
    LossStandsStill,
    NormUnclipped,
    Place,
    Remark,
    TaskLoss,
    TaskTested,
    UnitsDead,
)
from rnnviz.training.snapshot import Snapshot, TaskView, WindowView
from rnnviz.training.validation import SOLVED

# So many steps back a gradient is spoken of: the first of these that the windows reach.
_LAGS = (20, 10)
_WORSE, _MUCH_WORSE = 1.02, 1.5
# So near to the true entropy a loss is at it, in nats.
_AT_FLOOR = 0.005
# A gradient that keeps less than this share of its size is worth comparing with the radius of W.
_VANISHED = 0.01
# The loss stands still where its mean changes by less than this share.
_HARDLY = 0.005
_MANY_DEAD = 0.1
_MANY_SATURATED = 0.3
# A norm that is worth a word where nothing clips it.
_LARGE_NORM = 1000
# From so many steps on, the smoothed loss is that of the network and not of the windows it met.
_FEWEST = 50


def remarks(snapshot: Snapshot) -> tuple[Remark, ...]:
    """Return what a snapshot's numbers show, the most striking first; None shows nothing."""
    loss, history, window = snapshot.smoothed_loss, snapshot.history, snapshot.window
    found = [
        _task_remark(loss, snapshot.task),
        _loss_remark(loss, snapshot.references, history),
        _standstill_remark(history),
        _gradient_remark(snapshot.configuration, snapshot.recent_gradients, window),
        _dead_units_remark(window),
        _clipping_remark(snapshot.configuration, history),
    ]
    return tuple(remark for remark in found if remark is not None)


def _loss_remark(
    loss: float | None, references: ReferenceLosses | None, history: HistoryView | None
) -> LossFarAbove | LossAmongReferences | None:
    """Place the loss among the references; what a network has learned is for people to conclude."""
    if loss is None or references is None:
        return None
    uniform = references.uniform
    if loss > _MUCH_WORSE * uniform:
        # A run that began so has large first weights; one that came to it, large steps.
        lowest = math.inf if history is None else history.smoothed_loss.min(initial=math.inf)
        return LossFarAbove(loss, uniform, has_been_lower=bool(lowest <= 1.1 * uniform))
    if loss > _WORSE * uniform:
        return LossAmongReferences(Place.WORSE_THAN_UNIFORM, loss, references)
    if history is None or history.recent_steps < _FEWEST:
        # The mean of a few windows tells more of them than of the network.
        return None
    return LossAmongReferences(_place_among(references, loss), loss, references)


def _place_among(references: ReferenceLosses, loss: float) -> Place:
    letters, pairs, floor = references.unigram, references.bigram, references.true_entropy
    if loss > max(letters, 0.98 * references.uniform):
        return Place.AT_UNIFORM
    if loss > letters:
        return Place.BELOW_UNIFORM
    if loss > pairs:
        return Place.BELOW_UNIGRAM
    if floor is None or loss >= floor + 0.25 * (pairs - floor):
        return Place.BELOW_BIGRAM
    if loss >= floor + _AT_FLOOR:
        return Place.ABOVE_ENTROPY
    return Place.AT_ENTROPY if loss >= floor - _AT_FLOOR else Place.BELOW_ENTROPY


def _task_remark(loss: float | None, view: TaskView | None) -> TaskLoss | TaskTested | None:
    if loss is None or view is None:
        return None
    chance, score = view.task.chance, view.score
    far_worse = loss > _MUCH_WORSE * chance
    if score is not None and score.loss < 0.9 * chance and not far_worse:
        return TaskTested(score.wrong, score.sequences, score.wrong_share < SOLVED)
    if far_worse:
        beside = BesideGuess.FAR_WORSE
    elif loss > 1.1 * chance:
        beside = BesideGuess.WORSE
    elif loss > 0.9 * chance:
        beside = BesideGuess.ALIKE
    else:
        beside = BesideGuess.BELOW
    return TaskLoss(beside, loss, chance, view.task.guess)


def _standstill_remark(history: HistoryView | None) -> LossStandsStill | None:
    """Compare the mean loss of the last thousand steps with that of the thousand before."""
    if history is None or not len(history.steps):
        return None
    # In a long run an interval of the history is long too: eight of them at the least.
    half = max(1_000, 8 * history.interval)
    counts = np.diff(history.steps, prepend=history.steps[0] - history.interval)
    last = float(history.steps[-1])
    late = history.steps > last - half
    early = ~late & (history.steps > last - 2 * half)
    if counts.sum() < 2 * half:
        return None
    before, now = (
        float(np.average(history.loss.mean[part], weights=counts[part])) for part in (early, late)
    )
    if not abs(now - before) < _HARDLY * now:
        return None
    return LossStandsStill(now, before, half)


def _gradient_remark(
    configuration: Configuration, gradients: RecentGradientsView, window: WindowView | None
) -> GradientLeft | None:
    lag = next((lag for lag in _LAGS if lag < gradients.logarithms.shape[-1]), None)
    if lag is None or (kept := _kept(gradients, lag)) is None:
        return None
    states = CELLS[configuration.cell].states
    radius = saturated = None
    if window is not None and window.spectrum is not None and window.spectrum.layers:
        radius = window.spectrum.layers[-1].radius_of_weights
    saturates = CELLS[configuration.cell].ungated and ACTIVATIONS[configuration.activation].bounded
    if window is not None and window.hidden is not None and saturates:
        saturated = saturated_share(window.hidden[-1])
    return GradientLeft(
        lag,
        kept,
        RECENT_WINDOWS,
        # The last of the labels: an LSTM keeps what it remembers in its highest cell state.
        state=states[-1].title if len(states) > 1 else "",
        radius=radius if radius is not None and radius > 1 and kept < _VANISHED else None,
        saturated=saturated if saturated is not None and saturated >= _MANY_SATURATED else None,
    )


def _kept(gradients: RecentGradientsView, lag: int) -> float | None:
    """Return the median share that is left; None where there is none or it was measured rarely."""
    ends = gradients.logarithms[:, -1, [0, lag]]
    if len(ends) < RECENT_WINDOWS:
        return None
    if not np.isfinite(ends).all() or ends[:, 0].min() <= math.log10(SMALLEST_NORM):
        return None
    return float(gradients.median(gradients.labels[-1])[lag])


def _dead_units_remark(window: WindowView | None) -> UnitsDead | None:
    if window is None or window.saturation is None or window.saturation.dead is None:
        return None
    dead, units = window.saturation.dead, window.saturation.shape[2]
    layer = int(np.argmax(dead))
    # A few that this window has no use for are nothing to remark on.
    if dead[layer] < _MANY_DEAD * units:
        return None
    return UnitsDead(int(dead[layer]), units, layer + 1 if len(dead) > 1 else None)


def _clipping_remark(
    configuration: Configuration, history: HistoryView | None
) -> ClippingActs | NormUnclipped | None:
    if history is None or not history.recent_steps:
        return None
    if configuration.clip_mode == "none":
        largest = float(np.max(history.norm_before.high[-1:]))
        return NormUnclipped(largest) if largest > _LARGE_NORM else None
    return ClippingActs(history.recent_clipped, history.recent_steps)
