"""Whether a run bears out what is claimed of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rnnviz.training.claims.claim import Claim, Finding, found
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import new_trainer
from rnnviz.training.trainer import NonFiniteError


def check_claims(configuration: Configuration, claims: Sequence[Claim]) -> list[Finding]:
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
        findings.append(Finding(claim, math.nan) if failed else found(claim, trainer))
    return findings
