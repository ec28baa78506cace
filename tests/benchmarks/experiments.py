"""How many of five seeds bear out what each experiment claims, and how long it takes. Run by hand.

    python tests/benchmarks/experiments.py [--seeds 5] [NAME ...]

Prints a table in Markdown, a line a claim. The slow test of tests/training measures the same.

Another processor rounds in another way, and after a thousand steps its run is another one, as
another seed's is. So a claim that holds for the five seeds here, and fails for two of the next
twenty, will fail in somebody's lecture: whoever writes one tries it with `--seeds 25`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from rnnviz.gui.wording.claims import claim_sentence
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import (
    SEEDS,
    Experiment,
    Variant,
    check_claims,
    load_experiments,
)

HEAD = (
    "| Experiment | Run | Claim | Measured, seeds 1 to {seeds} | Seeds | Processor seconds a run |"
)


@dataclass(frozen=True, slots=True)
class VariantTrial:
    """One run's findings over the seeds.

    Attributes
    ----------
    variant
        Which run.
    findings
        For each seed a finding for each claim.
    seconds
        How long each seed kept the one thread busy: on a processor of its own, the time to wait.
    """

    variant: Variant
    findings: tuple[tuple[Finding, ...], ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trials:
    """An experiment over the seeds."""

    experiment: Experiment
    variants: tuple[VariantTrial, ...]

    @property
    def seeds(self) -> int:
        """How many seeds bear out every claim of every run."""
        by_seed = zip(*(trial.findings for trial in self.variants), strict=True)
        return sum(
            all(finding.holds for findings in of_seed for finding in findings)
            for of_seed in by_seed
        )

    def as_table(self) -> str:
        """Return a line for each claim and one for the whole."""
        lines = []
        for trial in self.variants:
            seconds = f"{min(trial.seconds):.1f} to {max(trial.seconds):.1f}"
            for findings in zip(*trial.findings, strict=True):
                values = ", ".join(
                    f"{finding.measured:.3g}{'' if finding.holds else ' ✗'}" for finding in findings
                )
                holding = sum(finding.holds for finding in findings)
                lines.append(
                    f"| {self.experiment.name} | {trial.variant.name} | "
                    f"{claim_sentence(findings[0].claim)} | {values} | {holding} | {seconds} |"
                )
        told = self.experiment.seeds_of_five
        lines.append(
            f"| {self.experiment.name} | | all (the file says {told} of 5) | | {self.seeds} | |"
        )
        return "\n".join(lines)


def trials(
    experiment: Experiment,
    check_claims: Callable[[Configuration, Sequence[Claim]], list[Finding]] = check_claims,
    seeds: int = SEEDS,
) -> Trials:
    """Measure every claim of every run with each seed; one thread, as in the window."""
    measured = []
    with threadpool_limits(1):
        for variant in experiment.variants:
            findings, seconds = [], []
            for seed in range(1, seeds + 1):
                began = time.process_time()
                findings.append(tuple(check_claims(variant.configuration(seed), variant.claims)))
                seconds.append(time.process_time() - began)
            measured.append(VariantTrial(variant, tuple(findings), tuple(seconds)))
    return Trials(experiment, tuple(measured))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="all that claim something if none")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help="seeds 1 to N")
    options = parser.parse_args()
    experiments, problems = load_experiments(None)
    for problem in problems:
        print(problem)
    print(HEAD.format(seeds=options.seeds))
    print("|" + " --- |" * (HEAD.count("|") - 1))
    for experiment in experiments:
        if experiment.seeds_of_five is not None and (
            not options.names or experiment.name in options.names
        ):
            print(trials(experiment, seeds=options.seeds).as_table(), flush=True)


if __name__ == "__main__":
    main()
