"""The grammars' entropies, held against readers that know nothing of how they are computed."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import load_corpus
from rnnviz.data.corpora.brackets import PAIR_WEIGHTS, brackets_rules
from rnnviz.data.corpora.tales import tales_rules
from rnnviz.data.text.grammar import Grammar, Rules

Place = int


class Automaton:
    """Reads endless rows of sentences of a grammar, a character at a time.

    A place is a stack of half-read alternatives; place 0 is the border between two sentences. The
    moves of a place are the characters that can come next, each with its probability and the
    place behind it, one move for each way to read on.
    """

    def __init__(self, rules: Rules, start: str) -> None:
        self._start = start
        self._rows: list[list[str]] = []
        self._alternatives: dict[str, list[tuple[float, int]]] = {}
        for name, alternatives in rules.items():
            total = sum(weight for weight, _ in alternatives)
            self._alternatives[name] = []
            for weight, text in alternatives:
                self._alternatives[name].append((weight / total, len(self._rows)))
                self._rows.append(re.findall(r"<\w+>|.", text, flags=re.DOTALL))
        # Which row is half read, how far, and the place to return to when it is read.
        self._stacks: list[tuple[int, int, Place]] = [(-1, 0, -1)]
        self._numbers: dict[tuple[int, int, Place], Place] = {}
        self._moves: dict[Place, list[tuple[float, str, Place]]] = {}

    def moves(self, place: Place) -> list[tuple[float, str, Place]]:
        if place not in self._moves:
            row, read, back = self._stacks[place]
            if place == 0:
                self._moves[0] = self._moves_into(self._start, 0)
            else:
                symbol = self._rows[row][read]
                behind = self._place(row, read + 1, back)
                self._moves[place] = (
                    self._moves_into(symbol[1:-1], behind)
                    if len(symbol) > 1
                    else [(1.0, symbol, behind)]
                )
        return self._moves[place]

    def _moves_into(self, name: str, behind: Place) -> list[tuple[float, str, Place]]:
        return [
            (probability * further, character, place)
            for probability, row in self._alternatives[name]
            for further, character, place in self.moves(self._place(row, 0, behind))
        ]

    def _place(self, row: int, read: int, back: Place) -> Place:
        if read == len(self._rows[row]):
            return back
        stack = (row, read, back)
        if stack not in self._numbers:
            self._numbers[stack] = len(self._stacks)
            self._stacks.append(stack)
        return self._numbers[stack]

    def code_lengths(self, text: str) -> Iterator[tuple[float, int]]:
        """Yield the nats and the characters of each sentence.

        The nats are the sum of -ln of each character's probability, given all before it.
        """
        beliefs: dict[Place, float] = {0: 1.0}
        nats, characters = 0.0, 0
        for character in text:
            after: dict[Place, float] = defaultdict(float)
            for place, belief in beliefs.items():
                for probability, expected, behind in self.moves(place):
                    if expected == character:
                        after[behind] += belief * probability
            predicted = sum(after.values())
            nats, characters = nats - math.log(predicted), characters + 1
            beliefs = {place: belief / predicted for place, belief in after.items()}
            if beliefs.keys() == {0}:
                yield nats, characters
                nats, characters = 0.0, 0

    def is_ambiguous(self) -> bool:  # noqa: C901  # one algorithm, told in one piece
        """Tell whether any text, of any number of sentences, can be read in two ways.

        Two readings of the same text part at some place and meet at a later one. So follow every
        place that can be reached, and from each parting every pair of places that the same text
        reaches; if no pair meets, no text has two readings.
        """
        reached, open_places = {0}, [0]
        pairs: set[tuple[Place, Place]] = set()
        while open_places:
            behind_each = defaultdict(list)
            for _, character, place in self.moves(open_places.pop()):
                behind_each[character].append(place)
                if place not in reached:
                    reached.add(place)
                    open_places.append(place)
            for places in behind_each.values():
                for k, first in enumerate(places):
                    for second in places[:k]:
                        if first == second:
                            return True
                        pairs.add((min(first, second), max(first, second)))
        open_pairs = list(pairs)
        while open_pairs:
            left, right = open_pairs.pop()
            for _, character, first in self.moves(left):
                for _, other, second in self.moves(right):
                    if character != other:
                        continue
                    if first == second:
                        return True
                    pair = (min(first, second), max(first, second))
                    if pair not in pairs:
                        pairs.add(pair)
                        open_pairs.append(pair)
        return False


def rate_and_error(lengths: list[tuple[float, int]]) -> tuple[float, float]:
    """Return nats per character and its standard error, sentences being independent."""
    nats, characters = np.array(lengths, dtype=np.float64).T
    rate = nats.sum() / characters.sum()
    residuals = nats - rate * characters
    return float(rate), float(residuals.std() / math.sqrt(nats.size) / characters.mean())


@pytest.fixture(scope="module")
def tales_automaton() -> Automaton:
    return Automaton(tales_rules(), "sentence")


def test_no_text_of_tales_has_two_derivations(tales_automaton: Automaton) -> None:
    assert not tales_automaton.is_ambiguous()


@pytest.mark.parametrize(
    "rules",
    [
        # The same words from two alternatives.
        {"s": [(1, "a<x>."), (1, "ab.")], "x": [(1, "b"), (1, "c")]},
        # The border between two names.
        {"s": [(1, "<x><y>.")], "x": [(1, "a"), (1, "ab")], "y": [(1, "bc"), (1, "c")]},
        # The border between two sentences.
        {"s": [(1, "a"), (1, "b"), (1, "ab")]},
        # Two ways to say nothing.
        {"s": [(1, "<x>.")], "x": [(1, ""), (1, "<y>")], "y": [(1, "")]},
    ],
)
def test_the_proof_finds_a_second_derivation_where_there_is_one(rules: Rules) -> None:
    assert Automaton(rules, "s").is_ambiguous()


def test_tales_cost_a_perfect_reader_their_entropy(tales_automaton: Automaton) -> None:
    grammar = Grammar(tales_rules(), "sentence")
    lengths = list(tales_automaton.code_lengths(grammar.sample(2_500, seed=7)))
    assert len(lengths) == 2_500
    rate, error = rate_and_error(lengths)
    assert error < 0.02 * rate
    assert grammar.entropy_rate() == pytest.approx(rate, abs=4 * error)
    assert load_corpus("tales").true_entropy == grammar.entropy_rate()


def bracket_code_length(line: str) -> float:
    """Return the nats of a line to a reader who counts the pairs of each open group."""
    pairs = [0]
    nats = 0.0
    for character in line + "\n":
        weights = PAIR_WEIGHTS[len(pairs) - 1]
        ends = weights[pairs[-1]] / sum(weights[pairs[-1] :])
        if character in "([{":
            nats -= math.log((1 - ends) / 3)
            pairs[-1] += 1
            pairs.append(0)
        else:
            nats -= math.log(ends)
            pairs.pop()
    assert not pairs
    return nats


def test_brackets_cost_a_perfect_reader_their_entropy() -> None:
    grammar = Grammar(brackets_rules(), "line")
    lines = grammar.sample(12_000, seed=7).splitlines()
    rate, error = rate_and_error([(bracket_code_length(line), len(line) + 1) for line in lines])
    assert error < 0.01 * rate
    assert grammar.entropy_rate() == pytest.approx(rate, abs=4 * error)
    assert load_corpus("brackets").true_entropy == grammar.entropy_rate()


def test_the_entropy_of_brackets_is_the_documented_sum() -> None:
    entropy, length, groups = 0.0, 1.0, 1.0
    for weights in PAIR_WEIGHTS:
        shares = np.array(weights) / sum(weights)
        mean = float(shares @ np.arange(len(weights)))
        drawn = shares[shares > 0]
        entropy += groups * (-float(drawn @ np.log(drawn)) + mean * math.log(3))
        groups *= mean
        length += 2 * groups
    grammar = Grammar(brackets_rules(), "line")
    assert grammar.sentence_entropy() == pytest.approx(entropy, rel=1e-12)
    assert grammar.sentence_length() == pytest.approx(length, rel=1e-12)


@st.composite
def small_grammars(draw: st.DrawFn) -> dict[str, list[tuple[int, str]]]:
    """Grammars of three levels, each of which may use the level below."""
    rules: dict[str, list[tuple[int, str]]] = {}
    for level, below in (("z", ""), ("y", "z"), ("x", "y")):
        piece = st.sampled_from(["a", "bc", ""] + [f"<{below}>"] * 2 * bool(below))
        text = st.lists(piece, max_size=3).map("".join)
        rules[level] = draw(st.lists(st.tuples(st.integers(1, 9), text), min_size=1, max_size=3))
    return rules


def derivations(rules: Rules, text: str) -> Iterator[tuple[float, str]]:
    """Yield the probability and the text of each way to replace every name in `text`."""
    parts = re.split(r"<(\w+)>", text, maxsplit=1)
    if len(parts) == 1:
        yield 1.0, text
        return
    before, name, rest = parts
    total = sum(weight for weight, _ in rules[name])
    ends = list(derivations(rules, rest))
    for weight, alternative in rules[name]:
        for probability, middle in derivations(rules, alternative):
            for further, end in ends:
                yield weight / total * probability * further, before + middle + end


@given(small_grammars())
def test_entropy_and_length_are_those_of_all_derivations_listed(rules: Rules) -> None:
    if sum(text.count("<") for row in rules.values() for _, text in row) > 9:
        return
    listed = list(derivations(rules, "<x>"))
    grammar = Grammar(rules, "x")
    assert sum(p for p, _ in listed) == pytest.approx(1.0)
    assert grammar.sentence_entropy() == pytest.approx(
        -sum(p * math.log(p) for p, _ in listed), abs=1e-9
    )
    assert grammar.sentence_length() == pytest.approx(
        sum(p * len(text) for p, text in listed), abs=1e-9
    )


def test_samples_have_the_frequencies_of_the_weights() -> None:
    rules: Rules = {
        "s": [(3, "<n> <n>.\n"), (1, "!\n")],
        "n": [(1, "fox"), (2, "owl"), (5, "")],
    }
    count = 20_000
    seen = Counter(Grammar(rules, "s").sample(count, seed=3).splitlines())
    expected: dict[str, float] = defaultdict(float)
    for probability, text in derivations(rules, "<s>"):
        expected[text.strip("\n")] += probability
    assert seen.keys() == expected.keys()
    for text, probability in expected.items():
        error = math.sqrt(count * probability * (1 - probability))
        assert abs(seen[text] - count * probability) < 4.5 * error


def test_a_seed_gives_one_text_and_another_seed_another() -> None:
    grammar = Grammar(tales_rules(), "sentence")
    assert grammar.sample(50, seed=1) == grammar.sample(50, seed=1)
    assert grammar.sample(50, seed=1) != grammar.sample(50, seed=2)
    assert grammar.sample(0, seed=1) == ""


@pytest.mark.parametrize(
    ("rules", "part"),
    [
        ({"s": [(1, "<x>")]}, "used but not defined: x"),
        ({"x": [(1, "a")]}, "used but not defined: s"),
        ({"s": [(1, "a<s>"), (1, "")]}, "leads back to itself"),
        ({"s": [(1, "<x>")], "x": [(1, "<s>")]}, "leads back to itself"),
        ({"s": []}, "s needs alternatives"),
        ({"s": [(0, "a")]}, "s needs alternatives"),
    ],
)
def test_a_table_that_is_no_grammar_is_refused(rules: Rules, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        Grammar(rules, "s")
