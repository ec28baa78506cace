"""What is worth saying of a loss, for the problems to choose from."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rnnviz.data import ReferenceLine
from rnnviz.training.record.history import HistoryView
from rnnviz.training.remarks.remark import (
    AnswersTested,
    BesideGuess,
    LossAmongReferences,
    LossBesideGuess,
    LossFarAbove,
    Place,
)
from rnnviz.training.score import Score

_WORSE, _MUCH_WORSE = 1.02, 1.5
# So near to the true entropy a loss is at it, in nats.
_AT_FLOOR = 0.005
# From so many steps on, the smoothed loss is that of the network and not of the windows it met.
_FEWEST = 50


def among_references(
    loss: float, references: Mapping[str, float], history: HistoryView | None
) -> LossFarAbove | LossAmongReferences | None:
    """Place the loss among the references; what a network has learned is for people to conclude.

    Parameters
    ----------
    loss
        Of a text, smoothed.
    references
        A text's reference lines by name.
    history
        Of the run, where somebody watches it.
    """
    uniform = references["uniform"]
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


def _place_among(references: Mapping[str, float], loss: float) -> Place:
    letters, pairs = references["unigram"], references["bigram"]
    floor = references.get("true_entropy")
    if loss > max(letters, 0.98 * references["uniform"]):
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


def beside_guess(
    loss: float, guess: ReferenceLine, score: Score | None
) -> LossBesideGuess | AnswersTested:
    """Set the loss beside that of a guess, or say how many answers were wrong.

    Parameters
    ----------
    loss
        Smoothed.
    guess
        The loss of who has learned nothing of what was read.
    score
        Of the last test.
    """
    far_worse = loss > _MUCH_WORSE * guess.loss
    if score is not None and score.loss < 0.9 * guess.loss and not far_worse:
        return AnswersTested(score.wrong, score.sequences, score.is_solved)
    if far_worse:
        beside = BesideGuess.FAR_WORSE
    elif loss > 1.1 * guess.loss:
        beside = BesideGuess.WORSE
    elif loss > 0.9 * guess.loss:
        beside = BesideGuess.ALIKE
    else:
        beside = BesideGuess.BELOW
    return LossBesideGuess(beside, loss, guess.loss, guess.label)
