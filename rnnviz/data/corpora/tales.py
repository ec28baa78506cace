"""Tales: readable little sentences from a probabilistic grammar.

The verb agrees with a subject that may stand a whole clause earlier ("the foxes that the miller
trusts sleep by the sea"), so a network has to remember it.
"""

import re

from rnnviz.data.progress import Progress
from rnnviz.data.text.corpus import Corpus
from rnnviz.data.text.grammar import Grammar, Rules
from rnnviz.data.text.source import TextSource

SENTENCES = 7_000
SEED = 1837


def _equally(words: str) -> list[tuple[int, str]]:
    """Return the words, parted by commas, as alternatives of the same weight."""
    return [(1, word) for word in words.split(", ")]


# A name that ends in # is a pair of names, _one and _many, and [this|that] picks between them.
_TABLE: Rules = {
    "sentence": [
        (10, "<opening><statement_one><afterthought><stop>"),
        (8, "<opening><statement_many><afterthought><stop>"),
        (2, "<place> there lives one <mood><animal_one> that <does_one><stop>"),
        (2, "<place> there live <count> <mood><animal_many> that <does_many><stop>"),
        (2, "<question_one><question_stop>"),
        (2, "<question_many><question_stop>"),
    ],
    "opening": [
        (24, ""),
        (2, "every evening "),
        (2, "at dawn "),
        (1, "in winter "),
        (1, "on quiet nights "),
        (1, "after the rain "),
        (1, "once a year "),
        (1, "when the moon is full "),
    ],
    "statement#": [
        (7, "<subject#> <does#>"),
        (2, "<subject#> <acts#> and <acts#>"),
        (1, "<subject#> <acts#> because <reason>"),
        (1, "<subject#> <acts#> while the <animal_one> <acts_one>"),
        (1, "<subject#> <acts#> while the <animal_many> <acts_many>"),
    ],
    "afterthought": [
        (20, ""),
        (1, ", and no one knows why"),
        (1, ", as everybody knows"),
        (1, ", or so they say"),
        (1, ", even in the snow"),
    ],
    "question#": [
        (2, "why [does|do] <someone#> <acts_many>"),
        (1, "where [does|do] <someone#> sleep"),
        (1, "[is|are] <someone#> <feeling>"),
    ],
    "stop": [(3, ". "), (1, ".\n")],
    "question_stop": [(3, "? "), (1, "?\n")],
    # Who does it.
    "subject_one": [(1, "<someone_one>")],
    "subject_many": [
        (6, "<someone_many>"),
        (1, "the <person_one> and the <animal_one>"),
        (1, "<count> <mood><person_many>"),
        (1, "<count> <mood><animal_many>"),
    ],
    "someone#": [
        (5, "the <mood><person#>"),
        (4, "the <mood><person#> who <does#>"),
        (1, "the <mood><person#> whom <admirer>"),
        (5, "the <mood><animal#>"),
        (4, "the <mood><animal#> that <does#>"),
        (1, "the <mood><animal#> that <admirer>"),
    ],
    "admirer": [(1, "<admirer_one>"), (1, "<admirer_many>")],
    "admirer#": [(1, "the <person#> <admires#>"), (1, "the <animal#> <admires#>")],
    "admires#": _equally("love[s|], trust[s|], remember[s|], visit[s|], follow[s|], forg[ets|et]"),
    "person#": _equally(
        "miller[|s], baker[|s], weaver[|s], sailor[|s], gardener[|s], clockmaker[|s], "
        "fiddler[|s], queen[|s], tailor[|s], shepherd[|s], witch[|es], child[|ren], ferrym[an|en]"
    ),
    "animal#": _equally(
        "fox[|es], owl[|s], hare[|s], m[ouse|ice], g[oose|eese], hedgehog[|s], wol[f|ves], "
        "cat[|s], bear[|s], raven[|s], otter[|s], jackdaw[|s]"
    ),
    "mood": [
        (16, ""),
        (3, "old "),
        (2, "young "),
        (2, "quiet "),
        (1, "clever "),
        (1, "sleepy "),
        (1, "proud "),
        (1, "lonely "),
        (1, "merry "),
        (1, "lazy "),
        (1, "gentle "),
    ],
    # What is done.
    "does#": [(10, "<acts#>"), (1, "[is|are] <feeling>")],
    "acts#": [
        (4, "[has|have] <possession>"),
        (2, "hide[s|] <possession> <hiding_place>"),
        (2, "carr[ies|y] <possession> to <destination>"),
        (1, "lend[s|] <possession> to <friend>"),
        (2, "mend[s|] <age><thing_many>"),
        (3, "sing[s|] to <nature>"),
        (2, "dream[s|] of <nature>"),
        (1, "watch[es|] <nature>"),
        (3, "live[s|] <place>"),
        (2, "sleep[s|] <place>"),
        (2, "bake[s|] <food> for <friend>"),
        (2, "tell[s|] <tale> to <friend>"),
        (2, "dance[s|] with <friend>"),
        (2, "wait[s|] for <friend>"),
        (2, "walk[s|] <pace> to <destination>"),
        (2, "know[s|] <secret>"),
    ],
    "friend": [
        (3, "the <person_one>"),
        (2, "the <person_many>"),
        (3, "the <animal_one>"),
        (2, "the <animal_many>"),
        (1, "a stranger"),
    ],
    "possession": [
        (7, "a <quality><thing_one>"),
        (1, "an <open_quality> <thing_one>"),
        (3, "<count> <quality><thing_many>"),
    ],
    "thing#": _equally(
        "lantern[|s], key[|s], clock[|s], kettle[|s], fiddle[|s], basket[|s], boat[|s], bell[|s], "
        "map[|s], quilt[|s], jar[|s] of honey, box[|es] of buttons"
    ),
    "quality": [
        (8, ""),
        (3, "small "),
        (1, "silver "),
        (1, "golden "),
        (1, "wooden "),
        (1, "painted "),
        (1, "broken "),
        (1, "heavy "),
        (1, "borrowed "),
    ],
    "open_quality": _equally("old, empty, enormous"),
    "age": [(2, ""), (1, "old "), (1, "broken ")],
    "count": [(3, "two"), (3, "three"), (2, "seven"), (1, "many")],
    "nature": _equally(
        "the moon, the stars, the rivers, the sea, the wind, the clouds, the first snow, "
        "the rain, the hills, the frozen lake"
    ),
    "place": _equally(
        "in the forest, in the old mill, in the orchard, in the tower, by the sea, by the river, "
        "on the hill, on an island, under the bridge, near the lighthouse, behind the bakery"
    ),
    "hiding_place": _equally(
        "under the bed, behind the stove, in the cellar, beneath a stone, in a hollow tree"
    ),
    "destination": _equally(
        "the harbour, the market, the mill, the forest, the next village, the top of the hill"
    ),
    "pace": _equally("slowly, quietly, happily, barefoot, backwards"),
    "food": _equally("bread, plum cakes, apple pies, gingerbread, pancakes"),
    "tale": _equally("old tales, a long tale, jokes, small lies, the truth, a secret"),
    "secret": _equally(
        "every song, the way home, the names of the stars, a good joke, how to whistle, "
        "what the wind says"
    ),
    "feeling": _equally(
        "afraid of the dark, fond of plums, never in a hurry, always late, very happy, a little shy"
    ),
    "reason": _equally(
        "the snow is deep, the moon is full, it is spring, no one is looking, the winter is long"
    ),
}


def tales_rules() -> Rules:
    """Return the grammar with each pair of names written out as singular and plural."""
    rules: dict[str, list[tuple[int, str]]] = {}
    for name, alternatives in _TABLE.items():
        if not name.endswith("#"):
            rules[name] = list(alternatives)
            continue
        for form, suffix in ((1, "_one"), (2, "_many")):
            rules[name.replace("#", suffix)] = [
                (weight, re.sub(r"\[(.*?)\|(.*?)\]", rf"\{form}", text).replace("#>", f"{suffix}>"))
                for weight, text in alternatives
            ]
    return rules


def _load(progress: Progress | None) -> Corpus:
    if progress is not None:
        progress(0.0, "Writing the tales")
    grammar = Grammar(tales_rules(), "sentence")
    text = grammar.sample(SENTENCES, SEED)
    return Corpus(SOURCE.name, SOURCE.title, text, grammar.entropy_rate())


SOURCE = TextSource(
    name="tales",
    title="Tales",
    description=(
        "Sentences from a small grammar whose verbs agree with subjects far away; "
        "its true entropy is known."
    ),
    load=_load,
)
