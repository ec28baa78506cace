"""As many b as there were a, a line at a time: a^n b^n.

Each line holds n times a, then n times b, where n is drawn evenly from 1 to 12. Once the b have
begun, all that follows is certain for who has counted the a. The numbers are all different lines,
so the entropy of a line is ln 12, spread over its characters.
"""

from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.grammar import Grammar, Rules
from rnnviz.data.text.source import TextSource

LINES = 24_000
SEED = 1956
LARGEST = 12


def counting_rules() -> Rules:
    """Return the grammar: one rule for every n."""
    return {"line": [(1, "a" * n + "b" * n + "\n") for n in range(1, LARGEST + 1)]}


def _load(progress: Progress | None) -> Corpus:
    if progress is not None:
        progress(0.0, "Counting a and b")
    grammar = Grammar(counting_rules(), "line")
    text = grammar.sample(LINES, SEED)
    return Corpus(SOURCE.name, SOURCE.title, text, grammar.entropy_rate())


SOURCE = TextSource(
    name="counting",
    title="Counting: aⁿbⁿ",
    description=(
        f"Lines of 1 to {LARGEST} letters a and then as many b: to know where a line ends, the "
        "network must count; its true entropy is known."
    ),
    load=_load,
)
