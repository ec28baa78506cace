"""Balanced brackets of three kinds, a line at a time.

Each group holds a number of pairs, drawn by weights that depend on how deep the group lies; each
pair is round, square or curly with the same probability. To close a pair a network must remember
how it was opened, however much stands between.

Entropy. With `n(d)` the expected number of groups at depth d in a line, `K(d)` the number of
pairs of a group and `H` the entropy of a draw, a line has the entropy
`sum_d n(d) (H(K(d)) + E[K(d)] ln 3)` with `n(1) = 1`, `n(d + 1) = n(d) E[K(d)]`, and the expected
length `1 + 2 sum_d n(d) E[K(d)]`. That is what the general function for grammars computes. A line
has one derivation only: an opening bracket can begin nothing but a pair, a closing one or the
line's end nothing but the end of a group.
"""

from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.grammar import Grammar, Rules
from rnnviz.data.text.source import TextSource

LINES = 24_000
SEED = 1837
KINDS = (("(", ")"), ("[", "]"), ("{", "}"))
PAIR_WEIGHTS = (
    (0, 4, 3, 2, 1),
    (3, 4, 2, 1),
    (4, 4, 2, 1),
    (5, 4, 2),
    (6, 3, 1),
    (1,),
)
"""By depth, from the line itself inwards: the weights of 0, 1, 2, ... pairs in a group."""


def brackets_rules() -> Rules:
    """Return the grammar, its nesting written out level by level."""
    rules: dict[str, list[tuple[int, str]]] = {"line": [(1, "<group_1>\n")]}
    for depth, weights in enumerate(PAIR_WEIGHTS, start=1):
        rules[f"group_{depth}"] = [
            (weight, f"<pair_{depth}>" * pairs) for pairs, weight in enumerate(weights) if weight
        ]
        if len(weights) > 1:
            rules[f"pair_{depth}"] = [
                (1, f"{opening}<group_{depth + 1}>{closing}") for opening, closing in KINDS
            ]
    return rules


def _load(progress: Progress | None) -> Corpus:
    if progress is not None:
        progress(0.0, "Writing the brackets")
    grammar = Grammar(brackets_rules(), "line")
    text = grammar.sample(LINES, SEED)
    return Corpus(SOURCE.name, SOURCE.title, text, grammar.entropy_rate())


SOURCE = TextSource(
    name="brackets",
    title="Brackets",
    description=(
        "Balanced round, square and curly brackets, nested up to five deep; "
        "its true entropy is known."
    ),
    load=_load,
)
