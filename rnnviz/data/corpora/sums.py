"""Sums such as 12+30=42; of two numbers from 0 to 99.

Entropy. The two addends are independent and uniform, and the result adds nothing that they do not
tell, so a sum carries `2 ln 100` nats. Each sum ends in a semicolon and can be read in one way
only, so the entropy per character is `2 ln 100` divided by the expected length, which is counted
over all 10,000 sums.
"""

import math
import random

from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.source import TextSource

SUMS = 40_000
SEED = 1837
LIMIT = 100
"""Addends are smaller than this."""


def entropy_rate() -> float:
    """Return the exact entropy in nats per character."""
    addend_length = sum(len(str(n)) for n in range(LIMIT)) / LIMIT
    # s is the sum of LIMIT - |s - (LIMIT - 1)| of the pairs.
    result_length = (
        sum((LIMIT - abs(s - (LIMIT - 1))) * len(str(s)) for s in range(2 * LIMIT - 1)) / LIMIT**2
    )
    return 2 * math.log(LIMIT) / (2 * addend_length + result_length + len("+=;"))


def _load(progress: Progress | None) -> Corpus:
    if progress is not None:
        progress(0.0, "Writing the sums")
    # random() is the one method whose sequence Python promises never to change.
    draw = random.Random(SEED).random
    addends = [int(draw() * LIMIT) for _ in range(2 * SUMS)]
    text = "".join(f"{a}+{b}={a + b};" for a, b in zip(addends[::2], addends[1::2], strict=True))
    return Corpus(SOURCE.name, SOURCE.title, text, entropy_rate())


SOURCE = TextSource(
    name="sums",
    title="Sums",
    description="Sums of two numbers from 0 to 99; its true entropy is known.",
    load=_load,
)
