"""What just happened, in a sentence for each remark."""

from __future__ import annotations

from rnnviz.gui.wording.numbers import (
    TIMES,
    format_number,
    in_places,
    in_whole_percent,
    superscript,
)
from rnnviz.training.remarks.remark import (
    AnswersTested,
    BesideGuess,
    ClippingActs,
    GradientLeft,
    LossAmongReferences,
    LossBesideGuess,
    LossFarAbove,
    LossStandsStill,
    NormUnclipped,
    Place,
    Remark,
    UnitsDead,
)
from rnnviz.training.score import SOLVED
from rnnviz.training.snapshot import RunState, Snapshot

_NOTHING_LEARNED = "Nothing is learned yet: press Train, or the space bar, to begin."
_OF_THE_PAST = (
    "You are looking at an earlier step. Remarks are made about now: press Escape to come back."
)


def what_just_happened(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what is said of a run as it is seen, a few sentences each."""
    if snapshot.is_of_past:
        return (_OF_THE_PAST,)
    token = snapshot.configuration.token
    said = tuple(remark_sentence(remark, token) for remark in snapshot.remarks)
    if snapshot.reason:
        said = (snapshot.reason,)
    if snapshot.state is RunState.IDLE and not snapshot.step:
        said = (_NOTHING_LEARNED, *said)
    return said


def remark_sentence(remark: Remark, token: str) -> str:
    """Return the sentence for a remark.

    Parameters
    ----------
    remark
        What was measured.
    token
        The noun for what one step reads.
    """
    match remark:
        case LossFarAbove():
            return _far_above(remark)
        case LossAmongReferences():
            return _among_references(remark, token)
        case LossBesideGuess():
            return _beside_guess(remark)
        case AnswersTested():
            return _answers_tested(remark)
        case LossStandsStill(now, before, steps):
            return (
                f"On average the loss is where it was: {in_places(now)} over the last {steps:,} "
                f"steps, {in_places(before)} over the {steps:,} before."
            )
        case GradientLeft():
            return _gradient_left(remark)
        case UnitsDead(dead, units, layer):
            where = "" if layer is None else f" of layer {layer}"
            verb = "was" if dead == 1 else "were"
            return (
                f"When last counted, {dead:,} of {units:,} ReLU units{where} {verb} 0 at every "
                "step."
            )
        case ClippingActs():
            return _clipping_acts(remark)
        case NormUnclipped(norm):
            return f"Clipping is off, and the gradient's norm reached {format_number(norm)}."


def _far_above(remark: LossFarAbove) -> str:
    worse = (
        f"The loss, {in_places(remark.loss, 2)} nats, is far worse than the uniform guess's "
        f"{remark.uniform:.2f}"
    )
    if not remark.has_been_lower:
        return f"{worse}."
    return (
        f"{worse}, though it has been lower. Steps that are too large do that: a lower learning "
        "rate may help."
    )


def _among_references(remark: LossAmongReferences, token: str) -> str:
    loss, references = remark.loss, remark.references
    # The unigrams and bigrams of characters are better known as letter frequencies and pairs.
    kind = "letter" if token == "character" else token
    floor = references.get("true_entropy", 0.0)
    bound = "over a long new text no model has a lower mean loss"
    match remark.place:
        case Place.WORSE_THAN_UNIFORM:
            return f"The loss, {loss:.2f} nats, is worse than that of the uniform guess."
        case Place.AT_UNIFORM:
            return "The loss is about that of the uniform guess."
        case Place.BELOW_UNIFORM:
            return (
                "The loss is below that of the uniform guess, and above that of "
                f"{kind} frequencies."
            )
        case Place.BELOW_UNIGRAM:
            return f"The loss is below that of {kind} frequencies, and above that of {kind} pairs."
        case Place.BELOW_BIGRAM:
            return (
                f"The loss is below that of {kind} pairs: over the whole text, a model that sees "
                f"only the last {token} has a loss of at least {references['bigram']:.2f} nats."
            )
        case Place.ABOVE_ENTROPY:
            return (
                f"The loss is {loss - floor:.2f} nats above the true entropy, {floor:.2f}: {bound}."
            )
        case Place.AT_ENTROPY:
            return f"The loss is at the true entropy, {floor:.2f} nats: {bound}."
        case Place.BELOW_ENTROPY:
            return (
                f"The loss is below the true entropy, {floor:.2f} nats: these windows were easy, "
                f"or the network knows them by heart. {bound.capitalize()}."
            )


def _beside_guess(remark: LossBesideGuess) -> str:
    guess = f"{remark.guess}, {remark.chance:.2f}"
    match remark.beside:
        case BesideGuess.FAR_WORSE:
            return f"The loss, {in_places(remark.loss, 2)}, is far worse than that of {guess}."
        case BesideGuess.WORSE:
            return f"The loss, {remark.loss:.2f}, is worse than that of {guess}."
        case BesideGuess.ALIKE:
            return f"The loss is about that of {guess}."
        case BesideGuess.BELOW:
            return f"The loss, {remark.loss:.2f}, is below that of {guess}."


def _answers_tested(remark: AnswersTested) -> str:
    answered = f"{remark.wrong:,} of {remark.sequences:,} new sequences wrongly"
    if remark.is_solved:
        return f"Solved: at the last test it answered {answered}."
    return (
        f"At the last test it answered {answered}: it uses what it reads. Below "
        f"{in_whole_percent(SOLVED)} counts as solved."
    )


def _gradient_left(remark: GradientLeft) -> str:
    to_state = f" with respect to the {remark.state}" if remark.state else ""
    sentence = (
        f"The last error's gradient{to_state}, {remark.steps_back} steps back, is "
        f"{_times(remark.share)} its first size (median of the last {remark.windows} windows "
        "measured)"
    )
    if remark.radius is not None:
        sentence += f", although \N{GREEK SMALL LETTER RHO}(W) = {in_places(remark.radius, 1)}"
    if remark.saturated is not None:
        share = in_whole_percent(remark.saturated)
        sentence += f"; of the hidden states, when last looked at, {share} were beyond 0.95"
    return f"{sentence}."


def _clipping_acts(remark: ClippingActs) -> str:
    if remark.steps == 1:
        acted = "acted" if remark.clipped else "did not act"
        return f"Clipping {acted} on the only step so far."
    clipped = f"{remark.clipped:,}" if remark.clipped else "none"
    return f"Clipping acted on {clipped} of the last {remark.steps:,} steps."


def _times(ratio: float) -> str:
    if ratio < 1e-30:
        return "vanishingly small beside"
    if 100 <= ratio < 1000:
        return f"{ratio:,.0f} times"
    if 0.001 <= ratio < 100:
        return f"{ratio:.2g} times"
    digits, exponent = f"{ratio:.0e}".split("e")
    return f"{digits} {TIMES} 10{superscript(int(exponent))} times"
