"""One word, over and over: four letters, so few that a network of three units can be drawn whole.

What follows "l" depends on which of the two it is, so a network needs a memory of one step; who has
it is never wrong. The entropy is 0.
"""

from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.source import TextSource

WORD = "hello"
TIMES = 100_000


def _load(progress: Progress | None) -> Corpus:
    if progress is not None:
        progress(0.0, "Saying hello")
    return Corpus(SOURCE.name, SOURCE.title, WORD * TIMES, true_entropy=0.0)


SOURCE = TextSource(
    name="hello",
    title="Hello",
    description=(
        'The word "hello" over and over: four letters, for a network so small that every number '
        "of it can be checked by hand."
    ),
    load=_load,
)
