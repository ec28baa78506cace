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
from rnnviz.training.history import HistoryView
from rnnviz.training.snapshot import TaskView, WindowView
from rnnviz.training.validation import SOLVED

_LAG = 10
_MUCH_WORSE = 1.5
# A gradient that keeps less than this share of its size is worth comparing with the radius of W.
_VANISHED = 0.01
# The loss stands still where its mean changes by less than this share from one half to the other.
_STANDSTILL, _HARDLY = 2_000, 0.005
_MANY_DEAD = 0.1
# From so many steps on, the smoothed loss is that of the network and not of the windows it met.
_FEWEST = 50


def remarks(
    configuration: Configuration,
    smoothed_loss: float | None,
    references: ReferenceLosses | None,
    history: HistoryView | None,
    window: WindowView | None,
    task: TaskView | None = None,
) -> tuple[str, ...]:
    """Say what the numbers show, the most striking first.

    Parameters
    ----------
    configuration, smoothed_loss, references, history, window, task
        As in ``rnnviz.training.snapshot.Snapshot``; what is None is not spoken of.
    """
    sentences = [
        _task_remark(smoothed_loss, task),
        _loss_remark(configuration.level, smoothed_loss, references, history),
        _standstill_remark(history),
        _gradient_remark(configuration, window),
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
    if loss is None or references is None:
        return ""
    uniform, letters, pairs = (
        references.uniform,
        references.letter_frequencies,
        references.letter_pairs,
    )
    if loss > _MUCH_WORSE * uniform:
        worse = f"The loss, {_nats(loss)} nats, is far worse than the uniform guess's {uniform:.2f}"
        # A run that began so has large first weights; one that came to it, large steps.
        if history is not None and history.loss.low.min(initial=math.inf) <= 1.1 * uniform:
            return f"{worse}, where it has been: the steps are too large. Lower the learning rate."
        return f"{worse}."
    if loss > 1.02 * uniform:
        return f"The loss, {loss:.2f} nats, is worse than guessing every {token} alike."
    if history is not None and len(history.steps) and history.steps[-1] < _FEWEST:
        # The mean of a few windows tells more of them than of the network.
        return ""
    if loss > max(letters, 0.98 * uniform):
        return f"The network still guesses nearly every {token} alike."
    if loss > letters:
        return f"The network is learning which {token}s are frequent."
    if loss > pairs:
        return f"The network knows which {token}s are frequent, and is learning which follow which."
    floor = references.true_entropy
    if floor is not None and loss - floor < 0.005:
        return f"The loss is down to the true entropy, {floor:.2f} nats: nothing is left to learn."
    if floor is not None and loss < floor + 0.25 * (pairs - floor):
        return (
            f"The loss is {loss - floor:.2f} nats above the true entropy, below which no model "
            "can stay."
        )
    pairs_of = "letter" if token == "character" else token
    return (
        f"The loss is lower than {pairs_of} pairs allow: the network makes use of more than the "
        f"last {token}."
    )


def _task_remark(loss: float | None, view: TaskView | None) -> str:
    if loss is None or view is None:
        return ""
    task, score = view.task, view.score
    if score is not None:
        asked = f"{score.sequences:,} new sequences"
        if score.wrong_share < SOLVED:
            return f"Solved: of {asked} it answers {score.wrong:,} wrongly."
        if score.loss < 0.9 * task.chance:
            wrong, solved = _percent(score.wrong_share), _percent(SOLVED)
            return f"Of {asked} it answers {wrong} wrongly; below {solved} is solved."
    if loss > _MUCH_WORSE * task.chance:
        return f"The loss, {_nats(loss)}, is far worse than {task.chance_label}, {task.chance:.2f}."
    if loss > 0.9 * task.chance:
        return f"It does no better yet than {task.chance_label} ({task.chance:.2f})."
    return f"The loss is below that of {task.chance_label}: it has begun to use what it read."


def _standstill_remark(history: HistoryView | None) -> str:
    """Compare the mean loss of the last thousand steps with that of the thousand before."""
    if history is None or len(history.steps) < 4:
        return ""
    last = float(history.steps[-1])
    late = history.steps > last - _STANDSTILL / 2
    early = ~late & (history.steps > last - _STANDSTILL)
    if last - float(history.steps[0]) < _STANDSTILL or not early.any():
        return ""
    before, now = (float(history.loss.mean[part].mean()) for part in (early, late))
    if not abs(now - before) < _HARDLY * now:
        return ""
    return f"The loss has hardly moved for {_STANDSTILL:,} steps."


def _gradient_remark(configuration: Configuration, window: WindowView | None) -> str:
    if window is None or window.gradient_flow is None:
        return ""
    kept = {
        name: float(norms[-1][-1 - _LAG]) / float(norms[-1][-1])
        for name, norms in window.gradient_flow.from_last.items()
        if norms.shape[-1] > _LAG and np.isfinite(norms[-1]).all() and norms[-1][-1] > 0
    }
    if "h" not in kept:
        return ""
    measured = (
        f"The last error's gradient, {_LAG} steps back, is {_times(kept['h'])} its first size"
    )
    if "c" in kept:
        return f"{measured}; that of the cell state is {_times(kept['c'])}."
    saturates = (
        CELLS[configuration.cell].chooses_activation
        and ACTIVATIONS[configuration.activation].bounded
    )
    if window.spectrum is not None and window.spectrum.layers and kept["h"] < _VANISHED:
        radius = window.spectrum.layers[-1].radius_of_weights
        if radius > 1:
            measured += f", although \N{GREEK SMALL LETTER RHO}(W) = {radius:.1f}"
    if window.hidden is not None and saturates:
        share = saturated_share(window.hidden[-1])
        if share >= 0.3:
            return f"{measured}; {_percent(share)} of the units are saturated."
    return f"{measured}."


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
    return f"{dead[layer]:,} of {units:,} ReLU units{where} {verb} 0 at every step of the window."


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
