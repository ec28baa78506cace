"""How what is claimed of a run stands, while somebody trains it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rnnviz.training.claims.claim import Claim, Finding, found
from rnnviz.training.claims.quantities import MeasurableRun
from rnnviz.training.configuration import SETTINGS, Configuration, Value

# What leads up to a claim takes so long on the screen, and no step longer than half a second.
_SECONDS_TO_WATCH = 12.0
_SLOWEST = 2.0

_WITHOUT_EFFECT = {"seed", *(name for name, one in SETTINGS.items() if one.only_looks)}


def watchable_speed(steps: int) -> float:
    """Return how many steps a second people can watch, where so many are to be done."""
    return max(steps / _SECONDS_TO_WATCH, _SLOWEST)


@dataclass(frozen=True, slots=True)
class Way:
    """How training comes to a claim so that people can watch it.

    Attributes
    ----------
    stop
        The claim's step, at which all runs stop that are not past it.
    steps_per_second
        Neither a flash nor a wait.
    """

    stop: int
    steps_per_second: float


@dataclass(frozen=True, slots=True)
class ClaimsView:
    """How the claims made of a run stand.

    Attributes
    ----------
    claims
        In the order of their steps.
    findings
        For each what was measured; None before its step.
    invalidated
        Whether settings that training depends on, or the weights, are no longer those that the
        claims are about: what was not measured by then is not measured at all.
    """

    claims: tuple[Claim, ...]
    findings: tuple[Finding | None, ...]
    invalidated: bool

    @classmethod
    def of_none_measured(cls, claims: Sequence[Claim]) -> ClaimsView | None:
        """Return how claims stand of a run that is about to begin; None where there are none."""
        ordered = _in_order(claims)
        return cls(ordered, (None,) * len(ordered), invalidated=False) if ordered else None

    def only(self, claims: Collection[Claim]) -> ClaimsView:
        """Return how some of them stand."""
        pairs = zip(self.claims, self.findings, strict=True)
        kept = [(claim, finding) for claim, finding in pairs if claim in claims]
        return ClaimsView(
            tuple(claim for claim, _ in kept), tuple(found for _, found in kept), self.invalidated
        )

    def findings_at(self, step: int) -> tuple[Finding, ...]:
        """Return what was found of the claims about `step`."""
        return tuple(one for one in self.findings if one is not None and one.claim.step == step)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a run is, and how the claims made of it stand.

    Attributes
    ----------
    step
        After how many steps.
    claims
        None where nothing is claimed of it.
    """

    step: int
    claims: ClaimsView | None = None


def way_to_next(runs: Iterable[Reached]) -> Way | None:
    """Return the way on which all runs come to the next claim that is made of one of them.

    They go there together, also those of which nothing is claimed there: what is found is then
    found of runs that have done as many steps. None where no claim is left to be reached.
    """
    led = [(run.step, run.claims) for run in runs if run.claims and not run.claims.invalidated]
    stops = {claim.step for _, view in led for claim in view.claims}
    ahead = {claim.step for step, view in led for claim in view.claims if claim.step > step}
    if not ahead:
        return None
    stop = min(ahead)
    whole = stop - max((before for before in stops if before < stop), default=0)
    return Way(stop, watchable_speed(whole))


class ClaimWatch:
    """Measures what is claimed of a run while somebody trains it, each claim at its step.

    Parameters
    ----------
    claims
        In any order; none for a run of which nothing is claimed.
    configuration
        What they are about, with any seed.
    """

    def __init__(
        self, claims: Sequence[Claim] = (), configuration: Configuration | None = None
    ) -> None:
        self._claims = _in_order(claims)
        self._configuration = configuration or Configuration()
        self._findings: list[Finding | None] = [None] * len(self._claims)
        self._invalidated = False

    def begun_anew(self, configuration: Configuration) -> ClaimWatch:
        """Return a watch over the same claims for a run from its first step, nothing measured."""
        watch = ClaimWatch(self._claims, self._configuration)
        watch.configuration_changed(configuration)
        return watch

    def configuration_changed(self, configuration: Configuration) -> None:
        """Notice settings that the claims are not about; to take them back does not help."""
        if _what_matters(configuration) != _what_matters(self._configuration):
            self._invalidated = True

    def weights_replaced(self) -> None:
        """Notice that the weights are no longer those that this step's training gave."""
        self._invalidated = True

    def after_step(self, step: int, run: MeasurableRun) -> None:
        """Measure what is claimed of this step, a run's count of them from 1."""
        if self._invalidated:
            return
        for index, claim in enumerate(self._claims):
            if claim.step == step:
                self._findings[index] = found(claim, run)

    def view(self) -> ClaimsView | None:
        """Return how they stand; None where nothing is claimed."""
        if not self._claims:
            return None
        return ClaimsView(self._claims, tuple(self._findings), self._invalidated)


def _in_order(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: claim.step))


def _what_matters(configuration: Configuration) -> Mapping[str, Value]:
    """Return the settings that training depends on, without the seed: claims are about any."""
    return {
        name: value
        for name, value in configuration.to_mapping().items()
        if name not in _WITHOUT_EFFECT and configuration.matters(name)
    }
