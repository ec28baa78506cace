"""When there is something to remark on: rules over what was measured, and nothing else."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.cells.declaration import HIDDEN
from rnnviz.diagnostics.saturation import Saturation, saturated_share
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.record.gradient_history import (
    RECENT_WINDOWS,
    SMALLEST_NORM,
    RecentGradientsView,
    from_first_size,
)
from rnnviz.training.record.history import HistoryView
from rnnviz.training.remarks.remark import (
    ClippingActs,
    GradientLeft,
    LossStandsStill,
    NormUnclipped,
    Remark,
    UnitsDead,
)
from rnnviz.training.snapshot import Snapshot

# So many steps back a gradient is spoken of: the first of these that the windows reach.
_LAGS = (20, 10)
# A gradient that keeps less than this share of its size is worth comparing with the radius of W.
_VANISHED = 0.01
# The loss stands still where its mean changes by less than this share.
_HARDLY = 0.005
_MANY_DEAD = 0.1
_MANY_SATURATED = 0.3
# A norm that is worth a word where nothing clips it.
_LARGE_NORM = 1000


def remarks(snapshot: Snapshot) -> tuple[Remark, ...]:
    """Return what a snapshot's numbers show, the most striking first; None shows nothing."""
    history = snapshot.get(HISTORY)
    found = [
        _loss_remark(snapshot),
        _standstill_remark(history),
        _gradient_remark(snapshot),
        _dead_units_remark(snapshot.get(SATURATION)),
        _clipping_remark(snapshot.configuration, history),
    ]
    return tuple(remark for remark in found if remark is not None)


def _loss_remark(snapshot: Snapshot) -> Remark | None:
    loss, problem = snapshot.smoothed_loss, problem_of(snapshot.configuration)
    if loss is None:
        return None
    return problem.loss_remark(loss, snapshot.references, snapshot.get(HISTORY), snapshot.score)


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


def _gradient_remark(snapshot: Snapshot) -> GradientLeft | None:
    configuration, gradients = snapshot.configuration, snapshot.recent_gradients
    lag = next((lag for lag in _LAGS if lag < gradients.logarithms.shape[-1]), None)
    if lag is None:
        return None
    # The last of the labels: an LSTM keeps what it remembers in its highest cell state.
    states, label = CELLS[configuration.cell].states, gradients.labels[-1]
    told = states[-1]
    if _begins_later(gradients, label):
        told, label = HIDDEN, f"{HIDDEN.name}{configuration.num_layers}"
    if (kept := _kept(gradients, label, lag)) is None:
        return None
    radius = saturated = None
    spectrum, measured = snapshot.get(SPECTRUM), snapshot.get(HIDDEN_STATE)
    if spectrum is not None and spectrum.layers:
        radius = spectrum.layers[-1].radius_of_weights
    saturates = CELLS[configuration.cell].ungated and ACTIVATIONS[configuration.activation].bounded
    if measured is not None and saturates:
        saturated = saturated_share(measured[HIDDEN.name][-1])
    return GradientLeft(
        lag,
        kept,
        RECENT_WINDOWS,
        state=told.title if len(states) > 1 else "",
        radius=radius if radius is not None and radius > 1 and kept < _VANISHED else None,
        saturated=saturated if saturated is not None and saturated >= _MANY_SATURATED else None,
    )


def _begins_later(gradients: RecentGradientsView, label: str) -> bool:
    """Tell whether a state is read only one step later: its gradient is 0 at the loss itself."""
    logarithms = gradients.logarithms[:, gradients.labels.index(label)]
    return bool(np.isnan(from_first_size(logarithms)[:, 0]).any())


def _kept(gradients: RecentGradientsView, label: str, lag: int) -> float | None:
    """Return the median share that is left; None where there is none or it was measured rarely."""
    ends = gradients.logarithms[:, gradients.labels.index(label)][:, [0, lag]]
    if len(ends) < RECENT_WINDOWS:
        return None
    if not np.isfinite(ends).all() or ends[:, 0].min() <= math.log10(SMALLEST_NORM):
        return None
    return float(gradients.median(label)[lag])


def _dead_units_remark(saturation: Saturation | None) -> UnitsDead | None:
    if saturation is None or saturation.dead is None:
        return None
    dead, units = saturation.dead, saturation.shape[2]
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
