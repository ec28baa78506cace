"""Claims and what was found: in a sentence each, and in one short line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rnnviz.gui.wording.numbers import MINUS, TIMES, format_number, in_full, superscript
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.claims.watch import ClaimsView

_FIXED_SPACE = "\N{NO-BREAK SPACE}"
PENDING, HOLDS, FAILS, NOT_MEASURED = "○", "✓", "✗", "\N{EN DASH}"

_MEANINGS = {
    PENDING: "will be measured after this step",
    HOLDS: "was found in this run",
    FAILS: "was not found in this run: with another seed it may be",
    NOT_MEASURED: "is not measured: the settings or the weights are no longer those that the "
    "claim is about",
}


def claim_lines(view: ClaimsView) -> tuple[str, ...]:
    """Return a line for each claim: its mark, its step, what is claimed, and what was found.

    ``○ step 50: loss > 5`` before its step, ``✓ step 50: loss 10.6 (> 5)`` after it.
    """
    return tuple(
        _line(claim, finding, view.invalidated)
        for claim, finding in zip(view.claims, view.findings, strict=True)
    )


def explained(view: ClaimsView, who: str = "The experiment") -> str:
    """Return what the marks mean, of those that are there, and each claim in full."""
    marks = {line[0] for line in claim_lines(view)}
    meanings = [f"{mark} {meaning}" for mark, meaning in _MEANINGS.items() if mark in marks]
    claims = [f"{claim_sentence(claim)};" for claim in view.claims]
    return "\n".join((f"{who} claims that", *claims, "", *meanings))


def claim_sentence(claim: Claim) -> str:
    """Return what is claimed, in full."""
    bounds = [
        f"{word} {in_full(bound)}"
        for word, bound in (("above", claim.above), ("below", claim.below))
        if bound is not None
    ]
    when = "the first step" if claim.step == 1 else f"{claim.step:,} steps"
    return f"after {when} {claim.words} is {' and '.join(bounds)}"


def finding_words(finding: Finding, name: str = "") -> str:
    """Return what was found of a claim, where its step is plain: ``✓ loss 10.6 (> 5)``.

    Of one of several runs with its name: ``✓ tiny steps: loss 10.6 (> 5)``.
    """
    whose = f"{name}: " if name else ""
    return f"{_mark(finding)} {whose}{finding.claim.label} {_outcome(finding)}"


def bound_words(claim: Claim, side: str, bound: float, verb: str) -> str:
    """Return what is claimed, or asked, on one side: ``claimed at step 1,000: loss < 2.7``."""
    sign = ">" if side == "above" else "<"
    what = f"{claim.label} {sign}{_FIXED_SPACE}{_written(claim, bound)}"
    return f"{verb} at step {claim.step:,}: {what}"


def asked_words(pairs: Sequence[tuple[Claim, Claim]]) -> str:
    """Return what is asked instead of what an experiment claims; empty where nothing is."""
    asked = [
        f"{asked.label} {_bounds(asked)} at step {made.step:,}, where the experiment claims "
        f"{_bounds(made)}"
        for made, asked in pairs
    ]
    return f"You ask for {'; and for '.join(asked)}." if asked else ""


def goal_words(goal: Goal, measured: float) -> str:
    """Return how a run stands to a goal: ``loss 3.1, wanted < 2``."""
    return f"{goal.label} {measured_words(goal, measured)}, wanted {_bounds(goal)}"


def measured_words(goal: Goal, measured: float) -> str:
    """Return what was measured, in three digits; a dash for what is no number."""
    if math.isnan(measured):
        return "\N{EN DASH}"
    return _written(goal, _rounded(goal, measured))


def _mark(finding: Finding) -> str:
    return HOLDS if finding.holds else FAILS


def _outcome(finding: Finding) -> str:
    claim = finding.claim
    measured, bounds = _written(claim, _rounded(claim, finding.measured)), _bounds(claim)
    return f"{measured} ({bounds})" if finding.holds else f"{measured} (not {bounds})"


def _line(claim: Claim, finding: Finding | None, invalidated: bool) -> str:
    what = f"step {claim.step:,}: {claim.label}"
    if finding is None:
        return f"{NOT_MEASURED if invalidated else PENDING} {what} {_bounds(claim)}"
    return f"{_mark(finding)} {what} {_outcome(finding)}"


def _bounds(claim: Goal) -> str:
    above, below = claim.above, claim.below
    if above is not None and below is not None:
        return f"within {_written(claim, above)} to {_written(claim, below)}"
    if above is not None:
        return f">{_FIXED_SPACE}{_written(claim, above)}"
    return f"<{_FIXED_SPACE}{_written(claim, below or 0.0)}"


def _rounded(goal: Goal, measured: float) -> float:
    """Round to so many digits that the number still lies on its side of the bound."""
    rounded = measured
    for digits in range(3, 9):
        rounded = float(f"{measured:.{digits}g}")
        if goal.holds(rounded) == goal.holds(measured):
            break
    return rounded


def _written(claim: Goal, value: float) -> str:
    if math.isfinite(value):
        if QUANTITIES[claim.quantity].is_share:
            return f"{100 * value:.8g}{_FIXED_SPACE}%"
        if value == 0 or 1e-4 <= abs(value) < 1e7:
            return f"{value:,.8g}".replace("-", MINUS)
        mantissa, exponent = f"{value:.7e}".split("e")
        return f"{float(mantissa):.8g} {TIMES} 10{superscript(int(exponent))}".replace("-", MINUS)
    return format_number(value)
