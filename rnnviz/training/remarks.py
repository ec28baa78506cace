"""What just happened, in one or two sentences, from measured conditions only."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.data import ReferenceLosses
from rnnviz.diagnostics.saturation import saturated_share
from rnnviz.training.configuration import Configuration
from rnnviz.training.record.gradient_history import (
    RECENT_WINDOWS,
    SMALLEST_NORM,
    RecentGradientsView,
)
from rnnviz.training.record.history import HistoryView
from rnnviz.training.snapshot import TaskView, WindowView
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
# From so many steps on, the smoothed loss is that of the network and not of the windows it met.
_FEWEST = 50


def remarks(  # noqa: PLR0913  # what a snapshot holds
    configuration: Configuration,
    smoothed_loss: float | None,
    references: ReferenceLosses | None,
    history: HistoryView | None,
    window: WindowView | None,
    task: TaskView | None = None,
    gradients: RecentGradientsView | None = None,
) -> tuple[str, ...]:
    """Say what the numbers show, the most striking first.

    Parameters
    ----------
    configuration, smoothed_loss, references, history, window, task, gradients
        As in ``rnnviz.training.snapshot.Snapshot``, `gradients` being its recent ones; what is
        None is not spoken of.
    """
    sentences = [
        _task_remark(smoothed_loss, task),
        _loss_remark(configuration.level, smoothed_loss, references, history),
        _standstill_remark(history),
        _gradient_remark(configuration, gradients, window),
        _dead_units_remark(window),
        _clipping_remark(configuration, history),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def advice(configuration: Configuration, changed: str, step: int) -> str | None:
    """Say what a live change of one setting makes of another that stayed as it was, or nothing.

    Parameters
    ----------
    configuration
        The settings, changed already.
    changed
        The setting that was.
    step
        How many steps the run has done.
    """
    rate = configuration.learning_rate
    kind = OPTIMIZERS[configuration.optimizer]
    if changed == "optimizer" and rate > kind.largest_usual_rate:
        return (
            f"A learning rate of {rate:g} is large for {kind.title}: up to "
            f"{kind.largest_usual_rate:g} is usual."
        )
    if changed in ("schedule", "schedule_steps") and configuration.schedule == "cosine":
        end = configuration.schedule_steps
        if step >= end:
            return (
                f"The cosine has ended at step {end:,}, where the learning rate stays at a "
                f"hundredth: let it fall until a step after {step:,}."
            )
    return None


def _loss_remark(
    token: str,
    loss: float | None,
    references: ReferenceLosses | None,
    history: HistoryView | None,
) -> str:
    """Place the loss among the references; what a network has learned is for people to conclude."""
    if loss is None or references is None:
        return ""
    uniform = references.uniform
    if loss > _MUCH_WORSE * uniform:
        worse = f"The loss, {_nats(loss)} nats, is far worse than the uniform guess's {uniform:.2f}"
        # A run that began so has large first weights; one that came to it, large steps.
        if history is not None and history.smoothed_loss.min(initial=math.inf) <= 1.1 * uniform:
            return (
                f"{worse}, where it has been. Steps that are too large do that: a lower learning "
                "rate may help."
            )
        return f"{worse}."
    if loss > _WORSE * uniform:
        return f"The loss, {loss:.2f} nats, is worse than guessing every {token} alike."
    if history is None or history.recent_steps < _FEWEST:
        # The mean of a few windows tells more of them than of the network.
        return ""
    return _place_among(references, loss, token)


def _place_among(references: ReferenceLosses, loss: float, token: str) -> str:
    letters, pairs, floor = (
        references.unigram,
        references.bigram,
        references.true_entropy,
    )
    kind = "letter" if token == "character" else token
    if loss > max(letters, 0.98 * references.uniform):
        return f"The loss is about that of guessing every {token} alike."
    if loss > letters:
        return (
            f"The loss is below that of guessing every {token} alike, and above that of {kind} "
            "frequencies."
        )
    if loss > pairs:
        return f"The loss is below that of {kind} frequencies, and above that of {kind} pairs."
    if floor is None or loss >= floor + 0.25 * (pairs - floor):
        return (
            f"The loss is below that of {kind} pairs: over the whole text, whoever knows only the "
            f"last {token} loses {pairs:.2f} nats at least."
        )
    bound = "over a long new text no model loses less on average"
    if loss >= floor + _AT_FLOOR:
        return f"The loss is {loss - floor:.2f} nats above the true entropy, {floor:.2f}: {bound}."
    if loss >= floor - _AT_FLOOR:
        return f"The loss is at the true entropy, {floor:.2f} nats: {bound}."
    return (
        f"The loss is below the true entropy, {floor:.2f} nats: these windows were easy, or the "
        f"network knows them by heart. {bound.capitalize()}."
    )


def _task_remark(loss: float | None, view: TaskView | None) -> str:
    if loss is None or view is None:
        return ""
    task, score = view.task, view.score
    guess = f"{task.guess}, {task.chance:.2f}"
    if loss > _MUCH_WORSE * task.chance:
        return f"The loss, {_nats(loss)}, is far worse than that of {guess}."
    if score is not None and score.loss < 0.9 * task.chance:
        answered = f"{score.wrong:,} of {score.sequences:,} new sequences wrongly"
        if score.wrong_share < SOLVED:
            return f"Solved: at the last test it answered {answered}."
        return (
            f"At the last test it answered {answered}: it uses what it reads. Below "
            f"{_percent(SOLVED)} is solved."
        )
    if loss > 1.1 * task.chance:
        return f"The loss, {loss:.2f}, is worse than that of {guess}."
    if loss > 0.9 * task.chance:
        return f"The loss is about that of {guess}."
    return f"The loss, {loss:.2f}, is below that of {guess}."


def _standstill_remark(history: HistoryView | None) -> str:
    """Compare the mean loss of the last thousand steps with that of the thousand before."""
    if history is None or not len(history.steps):
        return ""
    # In a long run an interval of the history is long too: eight of them at the least.
    half = max(1_000, 8 * history.interval)
    counts = np.diff(history.steps, prepend=history.steps[0] - history.interval)
    last = float(history.steps[-1])
    late = history.steps > last - half
    early = ~late & (history.steps > last - 2 * half)
    if counts.sum() < 2 * half:
        return ""
    before, now = (
        float(np.average(history.loss.mean[part], weights=counts[part])) for part in (early, late)
    )
    if not abs(now - before) < _HARDLY * now:
        return ""
    return (
        f"On average the loss is where it was: {now:.3f} over the last {half:,} steps, "
        f"{before:.3f} over the {half:,} before."
    )


def _gradient_remark(
    configuration: Configuration, gradients: RecentGradientsView | None, window: WindowView | None
) -> str:
    if gradients is None:
        return ""
    lag = next((lag for lag in _LAGS if lag < gradients.logarithms.shape[-1]), None)
    if lag is None or (kept := _kept(gradients, lag)) is None:
        return ""
    # The last of the labels: an LSTM keeps what it remembers in its highest cell state.
    by_state = " by the cell state" if gradients.labels[-1].startswith("c") else ""
    sentence = (
        f"The last error's gradient{by_state}, {lag} steps back, is {_times(kept)} its first size "
        f"(median of the last {RECENT_WINDOWS} windows measured)"
    )
    if window is None:
        return f"{sentence}."
    if window.spectrum is not None and window.spectrum.layers and kept < _VANISHED:
        radius = window.spectrum.layers[-1].radius_of_weights
        if radius > 1:
            sentence += f", although \N{GREEK SMALL LETTER RHO}(W) = {radius:.1f}"
    saturates = CELLS[configuration.cell].ungated and ACTIVATIONS[configuration.activation].bounded
    if window.hidden is not None and saturates:
        share = saturated_share(window.hidden[-1])
        if share >= 0.3:
            return f"{sentence}; {_percent(share)} of this window's hidden states are beyond 0.95."
    return f"{sentence}."


def _kept(gradients: RecentGradientsView, lag: int) -> float | None:
    """Return the median share that is left; None where there is none or it was measured rarely."""
    ends = gradients.logarithms[:, -1, [0, lag]]
    if len(ends) < RECENT_WINDOWS:
        return None
    if not np.isfinite(ends).all() or ends[:, 0].min() <= math.log10(SMALLEST_NORM):
        return None
    return float(gradients.median(gradients.labels[-1])[lag])


def _dead_units_remark(window: WindowView | None) -> str:
    if window is None or window.saturation is None or window.saturation.dead is None:
        return ""
    dead, units = window.saturation.dead, window.saturation.shape[2]
    layer = int(np.argmax(dead))
    # A few that this window has no use for are nothing to remark on.
    if dead[layer] < _MANY_DEAD * units:
        return ""
    where = f" of layer {layer + 1}" if len(dead) > 1 else ""
    verb = "was" if dead[layer] == 1 else "were"
    return (
        f"When last counted, {dead[layer]:,} of {units:,} ReLU units{where} {verb} 0 at every step "
        "of the window."
    )


def _times(ratio: float) -> str:
    if ratio < 1e-30:
        return "nothing beside"
    if 100 <= ratio < 1000:
        return f"{ratio:.0f} times"
    if 0.001 <= ratio < 100:
        return f"{ratio:.2g} times"
    digits, exponent = f"{ratio:.0e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} \u00d7 10{raised} times"


def _clipping_remark(configuration: Configuration, history: HistoryView | None) -> str:
    if history is None or not history.recent_steps:
        return ""
    if configuration.clip_mode == "none":
        largest = float(np.max(history.norm_before.high[-1:]))
        if largest > 1000:
            return f"Clipping is off, and the gradient's norm reached {_large(largest)}."
        return ""
    if history.recent_steps == 1:
        acted = "acted" if history.recent_clipped else "did not act"
        return f"Clipping {acted} on the only step so far."
    if not history.recent_clipped:
        return f"Clipping acted on none of the last {history.recent_steps:,} steps."
    return (
        f"Clipping acted on {history.recent_clipped:,} of the last {history.recent_steps:,} steps."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def _large(number: float) -> str:
    return f"{number:,.0f}" if number < 1e9 else f"{number:.1e}"


def _nats(loss: float) -> str:
    return f"{loss:.2f}" if loss < 100 else _large(loss)
