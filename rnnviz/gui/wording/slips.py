"""Hints for a wrong answer: where the slip probably is. They never give the answer away."""

from __future__ import annotations

from rnnviz.diagnostics.one_step.slips import Slip, SlipKind

HINTS: dict[SlipKind, str] = {
    "sign": "The size is right, but the sign is not.",
    "sign of a term": "Check the sign of {what}.",
    "bias": "It looks as if the bias {what} is missing.",
    "term": "It looks as if {what} is missing from your sum.",
    "factor": "It looks as if you did not multiply by {what}.",
    "divisor": "It looks as if you did not divide by {what}.",
    "transposed": "The rows and columns of {what} are swapped.",
    "before squashing": "You need {what} here, not the sum inside its tanh or sigmoid.",
    "not squashed": "That is the sum inside. It still has to go through tanh or sigmoid.",
    "other squashing": "Check which function it is: tanh or sigmoid?",
    "square": "It looks as if {what} is not squared.",
    "root": "The square root is still missing.",
    "logarithm": "That is the logarithm to base 10. Here, log is the natural logarithm (ln).",
    "average": "Think of the average over the batch: it is taken once, with the loss.",
    "normalised": "It still has to be divided by {what}.",
    "upside down": "You divided the wrong way round.",
    "limit": "Look again at min and max: which of the two numbers counts?",
    "time": "Check the time step: this is not {what}.",
    "old": "Check whether {what} is the value before the update or after it.",
    "other entry": "That is {what}.",
}
"""``{what}`` is what the slip is about."""

ALMOST = "Almost. Did you round on the way? Keep one more digit."
UNKNOWN = "Not quite. Try it again, step by step."


def hint(slips: tuple[Slip, ...], *, almost: bool) -> str:
    """Return a hint for an answer that is wrong.

    Parameters
    ----------
    slips
        Which slips give that answer, the likeliest first.
    almost
        Whether it is nearly right.
    """
    if almost:
        return ALMOST
    if not slips:
        return UNKNOWN
    return HINTS[slips[0].kind].format(what=slips[0].what.text)
