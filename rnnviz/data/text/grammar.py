r"""Probabilistic grammars: one sampler, and the exact entropy of what it writes.

A grammar is a table: for each name, alternatives with whole-number weights. An alternative is
text in which `<name>` stands for one alternative of that name:

    {"greeting": [(3, "good <time>!\n"), (1, "hello!\n")],
     "time": [(1, "morning"), (1, "evening")]}

No name may lead back to itself, so every sentence is finite; nesting is written out level by
level.

Why the entropy is exact. A derivation is a sequence of independent choices, so its entropy is the
sum, over the names, of the expected number of times that the name is expanded times the entropy
of its choice (the chain rule; Soule 1974, "Entropies of probabilistic grammars"). If every text has
exactly one derivation, text and derivation determine each other and have the same entropy. If the
sentences are drawn independently, and their ends can be told, the entropy per character of the
endless text is (entropy of a sentence) / (expected characters of a sentence), by the renewal
theorem. The tests prove for each grammar of this project that no text has two derivations.
"""

import math
import random
import re
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

Rules = Mapping[str, Sequence[tuple[int, str]]]
"""For each name its alternatives: a weight and a text with `<names>` in it."""

_NAME = re.compile(r"<(\w+)>")


class Grammar:
    """A probabilistic grammar without recursion, ready to be sampled and measured.

    Parameters
    ----------
    rules
        The table that the module's docstring describes.
    start
        The name that stands for one sentence.

    Raises
    ------
    ValueError
        If a name is used but not defined, leads back to itself, or has no alternative, or a
        weight is not positive.
    """

    def __init__(self, rules: Rules, start: str) -> None:
        self.rules = rules
        self.start = start
        self._pieces = {
            name: [_NAME.split(text) for _, text in alternatives]
            for name, alternatives in rules.items()
        }
        self._order = self._parents_first()

    def expected_counts(self) -> dict[str, float]:
        """Return how often each name is expanded in one sentence, on average."""
        counts = dict.fromkeys(self._order, 0.0)
        counts[self.start] = 1.0
        for name in self._order:
            for probability, pieces in self._choices(name):
                for child in pieces[1::2]:
                    counts[child] += counts[name] * probability
        return counts

    def sentence_entropy(self) -> float:
        """Return the entropy of one sentence in nats, if no text has two derivations."""
        return math.fsum(
            count * -math.fsum(p * math.log(p) for p, _ in self._choices(name))
            for name, count in self.expected_counts().items()
        )

    def sentence_length(self) -> float:
        """Return the expected number of characters of one sentence."""
        return math.fsum(
            count * probability * sum(map(len, pieces[::2]))
            for name, count in self.expected_counts().items()
            for probability, pieces in self._choices(name)
        )

    def entropy_rate(self) -> float:
        """Return the exact entropy in nats per character of independent sentences in a row."""
        return self.sentence_entropy() / self.sentence_length()

    def sample(self, sentences: int, seed: int) -> str:
        """Return `sentences` independent sentences in a row: the same text on every machine.

        All of the text grows at once: in each round every name in it is replaced by one of its
        alternatives, until only characters are left.
        """
        table = _SamplingTable(self._pieces, self.rules)
        # random() is the one method whose sequence Python promises never to change.
        draw = random.Random(seed).random
        symbols = np.full(sentences, table.number_of[self.start], dtype=np.intp)
        while (open_places := np.flatnonzero(symbols >= table.first_name)).size:
            draws = np.array([draw() for _ in range(open_places.size)])
            symbols = table.expand(symbols, open_places, draws)
        return "".join(map(table.texts.__getitem__, symbols.tolist()))

    def _choices(self, name: str) -> list[tuple[float, list[str]]]:
        total = sum(weight for weight, _ in self.rules[name])
        return [
            (weight / total, pieces)
            for (weight, _), pieces in zip(self.rules[name], self._pieces[name], strict=True)
        ]

    def _parents_first(self) -> list[str]:
        for name, alternatives in self.rules.items():
            if not alternatives or any(weight < 1 for weight, _ in alternatives):
                raise ValueError(f"{name} needs alternatives with positive weights")
        # Sorted, so that sums over the names are rounded in the same order everywhere.
        children = {
            name: sorted({child for pieces in alternatives for child in pieces[1::2]})
            for name, alternatives in self._pieces.items()
        }
        missing = {self.start}.union(*children.values()) - children.keys()
        if missing:
            raise ValueError(f"used but not defined: {', '.join(sorted(missing))}")
        try:
            return list(TopologicalSorter(children).static_order())[::-1]
        except CycleError as error:
            raise ValueError(f"leads back to itself: {error.args[1]}") from error


class _SamplingTable:
    """The rules as flat arrays.

    Symbols are numbers: first the texts between names, then the names. Each text has one row
    (itself), each name one row for each alternative; a row is a run of symbols in `_flat`.
    """

    def __init__(self, alternatives: Mapping[str, list[list[str]]], rules: Rules) -> None:
        every_row = [pieces for rows in alternatives.values() for pieces in rows]
        self.texts = sorted({text for pieces in every_row for text in pieces[::2]})
        self.first_name = len(self.texts)
        text_number = {text: number for number, text in enumerate(self.texts)}
        self.number_of = {name: self.first_name + k for k, name in enumerate(alternatives)}

        rows = [[number] for number in range(self.first_name)]
        row_of_ticket: list[int] = []
        first_ticket, tickets = [], []
        for name, choices in alternatives.items():
            first_ticket.append(len(row_of_ticket))
            for (weight, _), pieces in zip(rules[name], choices, strict=True):
                # An alternative of weight w has w of the name's lottery tickets.
                row_of_ticket += [len(rows)] * weight
                rows.append(
                    [
                        self.number_of[piece] if odd else text_number[piece]
                        for odd, piece in ((k % 2, piece) for k, piece in enumerate(pieces))
                        if odd or piece
                    ]
                )
            tickets.append(len(row_of_ticket) - first_ticket[-1])
        self._row_of_ticket = np.array(row_of_ticket)
        self._first_ticket, self._tickets = np.array(first_ticket), np.array(tickets)
        self._flat = np.array([symbol for row in rows for symbol in row], dtype=np.intp)
        self._row_length = np.array([len(row) for row in rows])
        self._row_start = np.cumsum(self._row_length) - self._row_length

    def expand(
        self,
        symbols: NDArray[np.intp],
        open_places: NDArray[np.intp],
        draws: NDArray[np.float64],
    ) -> NDArray[np.intp]:
        """Return `symbols` with each name replaced by a row that its draw in [0, 1) chooses."""
        names = symbols[open_places] - self.first_name
        ticket = (draws * self._tickets[names]).astype(np.intp)
        rows = symbols.copy()
        rows[open_places] = self._row_of_ticket[self._first_ticket[names] + ticket]
        lengths = self._row_length[rows]
        ends = np.cumsum(lengths)
        # Place k of the result lies in the row of some symbol, k - (that row's first place) along.
        sources = np.repeat(self._row_start[rows] - (ends - lengths), lengths)
        sources += np.arange(sources.size)
        expanded: NDArray[np.intp] = self._flat[sources]
        return expanded
