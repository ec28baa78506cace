"""Whether lessons can be gone through as they say, over many seeds. Run by hand.

    python tests/benchmarks/lessons.py [--seeds 25] [NAME ...]

Goes through each lesson as its "Show me" does, without a window, and prints a table in Markdown:
for each page after how many steps it was done at the latest, and for each claim the least and the
greatest that was measured. Five seeds are tested; with 25 one sees how much room there is, for
on another processor every run is another one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from rnnviz.gui.wording.claims import claim_sentence
from rnnviz.training.lessons import Lesson, load_lessons
from rnnviz.training.lessons.trial import PageTrial, try_lesson

HEAD = "| Lesson | Page | What | Seeds | Measured |"


def as_table(lesson: Lesson, trials: Sequence[Sequence[PageTrial]]) -> str:
    """Return a line for each page that asks for something, and for each claim."""
    lines = []
    for number, of_seeds in enumerate(zip(*trials, strict=True), start=1):
        page = of_seeds[0].page
        place = f"| {lesson.name} | {number}. {page.heading} |"
        if page.todo is not None:
            steps = [trial.steps for trial in of_seeds if trial.steps is not None]
            allowed = page.todo.show_me.train
            lines.append(
                f"{place} done after at most {max(steps, default=0):,} of {allowed:,} steps | "
                f"{len(steps)} of {len(of_seeds)} | |"
            )
        for findings in zip(*(trial.findings for trial in of_seeds), strict=True):
            name, first = findings[0]
            values = [finding.measured for _, finding in findings]
            holding = sum(finding.holds for _, finding in findings)
            whose = f"{name}: " if name else ""
            lines.append(
                f"{place} {whose}{claim_sentence(first.claim)} | {holding} of {len(findings)} | "
                f"{min(values):.3g} to {max(values):.3g} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="all lessons if none")
    parser.add_argument("--seeds", type=int, default=25)
    options = parser.parse_args()
    lessons, problems = load_lessons(None)
    for problem in problems:
        print(problem)
    print(HEAD)
    print("|" + " --- |" * (HEAD.count("|") - 1))
    with threadpool_limits(1):
        for lesson in lessons:
            if options.names and lesson.name not in options.names:
                continue
            began = time.process_time()
            trials = [try_lesson(lesson, seed) for seed in range(1, options.seeds + 1)]
            seconds = (time.process_time() - began) / options.seeds
            print(as_table(lesson, trials))
            print(f"| {lesson.name} | | {seconds:.1f} processor seconds a seed | | |", flush=True)


if __name__ == "__main__":
    main()
